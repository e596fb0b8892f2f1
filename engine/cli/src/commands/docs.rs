//! `docs`

use crate::context::{Context, Exit, Outcome, Problems};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use terrane_address::{ModulePath, ModuleSource};
use terrane_config::{Config, Located, ModuleCall, Modules, load_with};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::Expr;
use terrane_view::module_docs;

/// Write documentation.
#[derive(Subcommand)]
#[command(disable_help_flag = true, disable_help_subcommand = true)]
pub(crate) enum DocsCommand {
    Module(ModuleArgs),
}

/// Write what a module needs, takes and gives into its README.
///
/// Puts requirements, inputs, outputs and resources of the module in the directory (the current one
/// without DIR) into its README.md, between two comments that mark the place; a README that has none gets
/// them at its end, and where there is no README it is made. Everything outside of them stays as it is.
#[derive(Args)]
pub(crate) struct ModuleArgs {
    /// Change nothing, and fail when the README is not current.
    #[arg(long)]
    check: bool,
    /// The directory of the module.
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

const BEGIN: &str = "<!-- Written by `terrane docs module`, down to the end mark. -->";
const END: &str = "<!-- The end of what `terrane docs module` writes. -->";

pub(crate) fn run(command: &DocsCommand, context: &mut Context) -> Outcome {
    let DocsCommand::Module(args) = command;
    let (config, diagnostics) = load_with(&context.environment, &args.dir, &mut Absent);
    if diagnostics.has_errors() {
        return Err(Problems { diagnostics, sources: config.sources });
    }
    let empty = config.sources.get(terrane_diagnostics::FileId(0)).is_none();
    if empty {
        let detail = format!("The directory {} has no configuration files.", args.dir.display());
        return Err(Problems::new("No module here", detail));
    }
    let path = args.dir.join("README.md");
    let before = match context.environment.read(&path) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Problems::new("Failed to read README", format!("{}: {error}.", path.display())));
        }
    };
    let after = placed(before.as_deref(), &title(context, &args.dir), &module_docs(&config))
        .map_err(|why| Problems::new("Unclear place in README", format!("{}: {why}", path.display())))?;
    if before.as_ref() == Some(&after) {
        context.output.line(&format!("{} is current.", path.display()));
        return Ok(Exit::Success);
    }
    if args.check {
        let detail = format!(
            "What {} says is not what the module is. Run \"terrane docs module {}\" to write it anew.",
            path.display(),
            args.dir.display()
        );
        return Err(Problems::new("README is not current", detail));
    }
    context
        .environment
        .write(&path, after.as_bytes())
        .map_err(|e| Problems::new("Failed to write README", format!("{}: {e}.", path.display())))?;
    context.output.line(&format!("Wrote {}.", path.display()));
    Ok(Exit::Success)
}

/// What a new README is called: like the module's directory.
fn title(context: &Context, dir: &Path) -> String {
    let whole = context.environment.original_dir().join(dir);
    whole.components().next_back().map(|c| c.as_os_str().to_string_lossy().into_owned()).unwrap_or_default()
}

/// A README in which the marks are followed by `docs`.
fn placed(before: Option<&str>, title: &str, docs: &str) -> Result<String, &'static str> {
    let part = format!("{BEGIN}\n\n{docs}\n{END}\n");
    let Some(before) = before else { return Ok(format!("# {title}\n\n{part}")) };
    match (before.matches(BEGIN).count(), before.matches(END).count()) {
        (0, 0) => Ok(format!("{}\n\n{part}", before.trim_end())),
        (1, 1) => {
            let (head, rest) = before.split_once(BEGIN).unwrap_or((before, ""));
            let (_, tail) = rest.split_once(END).ok_or("the end mark stands before the beginning.")?;
            Ok(format!("{head}{part}{}", tail.strip_prefix('\n').unwrap_or(tail)))
        }
        _ => Err("the marks of what is written must stand there once each, or not at all."),
    }
}

/// Modules that are called are not looked at, unless they are local.
struct Absent;

impl Modules for Absent {
    fn text(&mut self, _: &Config, _: &ModulePath, expr: &Expr) -> Result<String, Diagnostics> {
        let detail = "The value is not known here.";
        Err(Diagnostic::warning("Source not known", detail).at(expr.span).into())
    }

    fn locate(&mut self, _: &ModulePath, _: &ModuleCall, _: &ModuleSource) -> Located {
        Located::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, placed};

    #[test]
    fn what_people_wrote_stays() {
        let made = placed(None, "name", "one\n").expect("the markers are there");
        assert_eq!(made, format!("# name\n\n{BEGIN}\n\none\n\n{END}\n"));
        let edited = made.replace("# name\n", "# name\n\nWords.\n") + "\n## More\n";
        let again = placed(Some(&edited), "name", "two\n").expect("the markers are there");
        assert_eq!(again, edited.replace("one", "two"));
        let appended = placed(Some("# other\n"), "name", "one\n").expect("the markers are there");
        assert_eq!(appended, format!("# other\n\n{BEGIN}\n\none\n\n{END}\n"));
    }

    #[test]
    fn unclear_marks_are_refused() {
        for text in [format!("{BEGIN}\n"), format!("{END}\n{BEGIN}\n"), format!("{BEGIN}{BEGIN}{END}{END}")] {
            assert!(placed(Some(&text), "name", "").is_err(), "{text}");
        }
    }
}
