//! Help as Terraform's users know it: flags with one dash, grouped commands.

use clap::{Arg, ArgAction, Command};
use std::fmt::Write;

/// The commands of everyday use, which come first.
const MAIN: [&str; 5] = ["init", "validate", "plan", "apply", "destroy"];
const WIDTH: usize = 80;
/// Where the descriptions of flags begin.
const COLUMN: usize = 24;

/// Help for the command at `path`, or for the program.
pub(crate) fn render(cli: &Command, path: &[String]) -> String {
    let found = path.iter().try_fold(cli, |command, name| command.find_subcommand(name));
    match found {
        Some(command) if !path.is_empty() => of_command(command, path),
        _ => of_program(cli),
    }
}

fn of_program(cli: &Command) -> String {
    let mut out = String::from(
        "Usage: terrane [global options] <subcommand> [args]\n\n\
         The available commands for execution are listed below.\n\
         The primary workflow commands are given first, followed by\n\
         less common or more advanced commands.\n\nMain commands:\n",
    );
    let (main, other): (Vec<&Command>, Vec<&Command>) =
        cli.get_subcommands().filter(|c| !c.is_hide_set()).partition(|c| MAIN.contains(&c.get_name()));
    let in_order = MAIN.iter().filter_map(|name| main.iter().find(|c| c.get_name() == *name));
    in_order.for_each(|c| command_line(&mut out, c));
    out.push_str("\nAll other commands:\n");
    let mut other = other;
    other.sort_by_key(|c| c.get_name());
    other.iter().for_each(|c| command_line(&mut out, c));
    out.push_str(
        "\nGlobal options (use these before the subcommand, if any):\n  \
         -chdir=DIR    Switch to a different working directory before executing the\n                \
         given subcommand.\n  \
         -help         Show this help output, or the help for a specified subcommand.\n  \
         -no-color     Print without colours.\n  \
         -version      An alias for the \"version\" subcommand.\n",
    );
    out
}

fn command_line(out: &mut String, command: &Command) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(out, "  {:<13} {}", command.get_name(), about.trim_end_matches('.'));
}

fn of_command(command: &Command, path: &[String]) -> String {
    let options: Vec<&Arg> =
        command.get_arguments().filter(|a| a.get_long().is_some() && !a.is_hide_set()).collect();
    let mut usage = format!("Usage: terrane [global options] {}", path.join(" "));
    if command.has_subcommands() {
        usage.push_str(" <subcommand>");
    }
    if !options.is_empty() || command.has_subcommands() {
        usage.push_str(" [options]");
    }
    for positional in command.get_positionals() {
        let name = positional.get_value_names().and_then(|n| n.first()).map_or("ARG", |n| n.as_str());
        let many = positional.get_num_args().is_some_and(|n| n.max_values() > 1);
        let name = if many { format!("{name}...") } else { name.to_owned() };
        let _ = match positional.is_required_set() {
            true => write!(usage, " {name}"),
            false => write!(usage, " [{name}]"),
        };
    }
    let mut out = format!("{usage}\n\n");
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    for paragraph in about.split("\n\n") {
        paragraph_into(&mut out, paragraph, 2);
        out.push('\n');
    }
    if command.has_subcommands() {
        out.push_str("Subcommands:\n");
        command.get_subcommands().filter(|c| c.get_name() != "help").for_each(|c| command_line(&mut out, c));
    }
    if !options.is_empty() {
        out.push_str("Options:\n\n");
        options.iter().for_each(|option| option_into(&mut out, option));
    }
    format!("{}\n", out.trim_end())
}

fn option_into(out: &mut String, option: &Arg) {
    let mut flag = format!("  -{}", option.get_long().unwrap_or_default());
    if !matches!(option.get_action(), ArgAction::SetTrue | ArgAction::Count) {
        let name = option.get_value_names().and_then(|n| n.first()).map_or("value", |n| n.as_str());
        let separator = if name.starts_with('\'') { " " } else { "=" };
        let _ = write!(flag, "{separator}{name}");
    }
    let help = option.get_long_help().or(option.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut lines = wrap(&help, WIDTH - COLUMN).into_iter();
    if flag.chars().count() < COLUMN - 1 {
        let _ = writeln!(out, "{flag:<COLUMN$}{}", lines.next().unwrap_or_default());
    } else {
        let _ = writeln!(out, "{flag}");
    }
    for line in lines {
        let _ = writeln!(out, "{:COLUMN$}{line}", "");
    }
    out.push('\n');
}

/// A paragraph filled to the width; lines that are indented stay as they are.
fn paragraph_into(out: &mut String, paragraph: &str, indent: usize) {
    if paragraph.lines().any(|l| l.starts_with(' ')) {
        paragraph.lines().for_each(|line| {
            let _ = writeln!(out, "{:indent$}{line}", "");
        });
        return;
    }
    for line in wrap(paragraph, WIDTH - indent) {
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines
            .last()
            .is_some_and(|l| !l.is_empty() && l.chars().count() + 1 + word.chars().count() > width);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::path::Path;

    /// The page of all commands, as `docs/commands.md` has it.
    fn page() -> String {
        let mut cli = crate::commands::Cli::command();
        cli.build();
        let mut page = String::from(
            "# Commands\n\nWhat `terrane COMMAND -help` says. This page is made from it: `TERRANE_UPDATE_GOLDEN=1 cargo test \
             -p terrane-cli --no-default-features --bin terrane the_commands_page`.\n\n```text\n",
        );
        page.push_str(render(&cli, &[]).trim_end());
        page.push_str("\n```\n");
        let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
        while let Some(path) = waiting.pop() {
            let command = path.iter().try_fold(&cli, |c, name| c.find_subcommand(name)).unwrap();
            if !path.is_empty() {
                let _ = write!(
                    page,
                    "\n## {}\n\n```text\n{}\n```\n",
                    path.join(" "),
                    render(&cli, &path).trim_end()
                );
            }
            let mut inner: Vec<&str> = (command.get_subcommands())
                .filter(|c| !c.is_hide_set() && c.get_name() != "help")
                .map(Command::get_name)
                .collect();
            inner.sort_unstable();
            waiting.extend(inner.iter().rev().map(|name| [&path[..], &[(*name).to_owned()]].concat()));
        }
        page
    }

    #[test]
    fn the_commands_page_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
        let page = page();
        if std::env::var_os("TERRANE_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page, "docs/commands.md is not current: run with TERRANE_UPDATE_GOLDEN=1");
        assert!(page.contains("\n## state mv\n") && page.contains("-shard=i/n"), "{page}");
    }
}
