//! `fmt`

use crate::arguments::switch;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::{ArgAction, Args};
use similar::TextDiff;
use std::path::{Path, PathBuf};
use terrane_diagnostics::{Diagnostics, SourceMap};

/// Reformat your configuration in the standard style.
///
/// Rewrites all configuration files to a canonical format. All configuration files (.tf,
/// .tofu), variables files (.tfvars), testing files (.tftest.hcl) and query files (.tfquery.hcl)
/// are updated. JSON files are not modified.
///
/// By default, fmt scans the current directory for configuration files. If you provide a
/// directory for the target argument, then fmt will scan that directory instead. If you
/// provide a file, then fmt will process just that file. If you provide a single dash ("-"),
/// then fmt will read from standard input.
#[derive(Args)]
pub(crate) struct FmtArgs {
    /// List the files whose formatting differs. Never done for standard input.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    list: bool,
    /// Write to the source files. Never done for standard input or with -check.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    write: bool,
    /// Display diffs of formatting changes.
    #[arg(long)]
    diff: bool,
    /// Check if the input is formatted. The exit status is 0 if it is and 3 otherwise.
    #[arg(long)]
    check: bool,
    /// Also process files in subdirectories.
    #[arg(long)]
    recursive: bool,
    /// Directories or files, or "-" for standard input.
    #[arg(value_name = "target")]
    targets: Vec<PathBuf>,
}

/// The endings of files that are formatted.
const ENDINGS: [&str; 7] =
    [".tf", ".tofu", ".tfvars", ".tftest.hcl", ".tofutest.hcl", ".tfmock.hcl", ".tfquery.hcl"];

/// The exit code when files are not formatted.
const UNFORMATTED: u8 = 3;

pub(crate) fn run(args: &FmtArgs, context: &mut Context) -> Outcome {
    let mut work =
        Work { args, context, sources: SourceMap::default(), problems: Diagnostics::new(), differ: false };
    if args.targets.iter().any(|t| t == Path::new("-")) {
        work.stdin()?;
    } else {
        let here = [PathBuf::from(".")];
        let targets = if args.targets.is_empty() { &here[..] } else { &args.targets };
        for target in targets {
            work.target(target)?;
        }
    }
    let (failed, differ) = (work.problems.has_errors(), work.differ);
    let Work { problems, sources, .. } = work;
    context.output.diagnostics(&problems, &sources);
    Ok(match (failed, args.check && differ) {
        (true, _) => Exit::Code(2),
        (false, true) => Exit::Code(UNFORMATTED),
        (false, false) => Exit::Success,
    })
}

struct Work<'a> {
    args: &'a FmtArgs,
    context: &'a Context,
    sources: SourceMap,
    problems: Diagnostics,
    differ: bool,
}

impl Work<'_> {
    fn stdin(&mut self) -> Result<(), Problems> {
        let bytes = self
            .context
            .environment
            .read_stdin()
            .map_err(|e| Problems::new("Failed to read standard input", format!("{e}.")))?;
        let (text, formatted) = self.format("<stdin>", bytes)?;
        self.differ |= text != formatted;
        if self.args.diff {
            self.print_diff("<stdin>", &text, &formatted);
        } else if !self.args.check {
            self.context.output.print(&formatted);
            if !formatted.ends_with('\n') {
                self.context.output.print("\n");
            }
        }
        Ok(())
    }

    fn target(&mut self, path: &Path) -> Result<(), Problems> {
        let environment = &self.context.environment;
        if environment.is_dir(path) {
            return self.directory(path);
        }
        if !environment.exists(path) {
            return Err(Problems::new(
                "No file or directory",
                format!("There is no file or directory at {}.", path.display()),
            ));
        }
        if !is_formatted(&path.to_string_lossy()) {
            return Err(Problems::new(
                "Not a configuration file",
                format!("Only files ending in {} can be processed: {}.", ENDINGS.join(", "), path.display()),
            ));
        }
        self.file(path)
    }

    fn directory(&mut self, dir: &Path) -> Result<(), Problems> {
        let read = |e| Problems::new("Failed to read directory", format!("{}: {e}.", dir.display()));
        for entry in self.context.environment.entries(dir).map_err(read)? {
            let hidden = entry.name.starts_with('.') || entry.name.ends_with('~');
            let path = if dir == Path::new(".") { PathBuf::from(&entry.name) } else { dir.join(&entry.name) };
            if hidden {
                continue;
            }
            if entry.is_dir {
                if self.args.recursive {
                    self.directory(&path)?;
                }
            } else if is_formatted(&entry.name) {
                self.file(&path)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), Problems> {
        let name = path.display().to_string();
        let bytes = self
            .context
            .environment
            .read(path)
            .map_err(|e| Problems::new("Failed to read file", format!("{name}: {e}.")))?;
        let (text, formatted) = self.format(&name, bytes)?;
        if text == formatted {
            return Ok(());
        }
        self.differ = true;
        if self.args.list {
            self.context.output.line(&name);
        }
        if self.args.diff {
            self.print_diff(&name, &text, &formatted);
        }
        if self.args.write && !self.args.check {
            self.context
                .environment
                .write(path, formatted.as_bytes())
                .map_err(|e| Problems::new("Failed to write file", format!("{name}: {e}.")))?;
        }
        Ok(())
    }

    fn format(&mut self, name: &str, bytes: Vec<u8>) -> Result<(String, String), Problems> {
        let text = String::from_utf8(bytes)
            .map_err(|e| Problems::new("Invalid file encoding", format!("{name} is not UTF-8: {e}.")))?;
        let file = self.sources.add(name, text.as_str());
        let formatted = self.problems.take(terrane_syntax::format_file(&self.sources, file));
        Ok((text, formatted))
    }

    fn print_diff(&self, name: &str, old: &str, new: &str) {
        let diff = TextDiff::from_lines(old, new);
        let text = diff
            .unified_diff()
            .context_radius(3)
            .header(&format!("old/{name}"), &format!("new/{name}"))
            .to_string();
        self.context.output.print(&text);
    }
}

fn is_formatted(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
