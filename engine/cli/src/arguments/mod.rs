//! The command line as Terraform's users write it, brought into the form that clap reads.
//!
//! `-flag=value`, `-flag value` and `--flag` all become `--flag=value`; `-chdir` and `-help` are
//! taken out; `TF_CLI_ARGS` and `TF_CLI_ARGS_command` are put in.

mod shared;
mod words;

pub(crate) use shared::{
    LockArgs, OutputFormatArgs, PlanArgs, SettleArgs, StateFileArgs, VariableArg, VariableArgs, duration,
    parallelism, switch,
};

use crate::environment::Environment;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use std::path::PathBuf;
use terrane_diagnostics::{Diagnostic, nearest};

/// What the command line asks for.
pub(crate) struct Parsed {
    /// `-chdir`.
    pub(crate) chdir: Option<PathBuf>,
    /// `-no-color`.
    pub(crate) no_color: bool,
    /// The names of command and subcommand.
    pub(crate) path: Vec<String>,
    pub(crate) action: Action,
}

pub(crate) enum Action {
    /// Run the command that these arguments mean, the first being the program's name.
    Run(Vec<String>),
    /// Print help for a command, or for the program.
    Help { path: Vec<String>, code: u8 },
}

/// Reads the command line. An error is a whole message.
pub(crate) fn read(cli: &mut Command, environment: &Environment) -> Result<Parsed, String> {
    cli.build();
    let mut rest = environment.arguments().iter().cloned().peekable();
    let mut parsed =
        Parsed { chdir: None, no_color: false, path: Vec::new(), action: Action::Run(Vec::new()) };
    while let Some(flag) = rest.next_if(|a| a.starts_with('-') && a.len() > 1) {
        match flag.trim_start_matches('-') {
            "h" | "help" => {
                // `terrane -help plan` is `terrane plan -help`.
                let path: Vec<String> = rest.take_while(|a| !a.starts_with('-')).collect();
                parsed.action = Action::Help { path, code: 0 };
                return Ok(parsed);
            }
            "v" | "version" => {
                parsed.path = vec!["version".into()];
                parsed.action = Action::Run(vec!["terrane".into(), "version".into()]);
                return Ok(parsed);
            }
            "no-color" => parsed.no_color = true,
            other => match other.strip_prefix("chdir=") {
                Some(dir) => parsed.chdir = Some(dir.into()),
                None if other == "chdir" => {
                    return Err("invalid global option -chdir: must include an equals sign followed by a \
                                value: -chdir=value"
                        .into());
                }
                None => return Err(format!("{flag} is not a global option.\n\n{}", see_help(""))),
            },
        }
    }
    let mut command: &Command = cli;
    while command.has_subcommands() {
        match rest.peek().map(String::as_str) {
            None => {
                let code = if parsed.path.is_empty() { 127 } else { 1 };
                parsed.action = Action::Help { path: parsed.path.clone(), code };
                return Ok(parsed);
            }
            Some("-h" | "-help" | "--help" | "help") => {
                parsed.action = Action::Help { path: parsed.path.clone(), code: 0 };
                return Ok(parsed);
            }
            Some(name) => {
                command =
                    command.find_subcommand(name).ok_or_else(|| unknown_command(command, &parsed, name))?;
                parsed.path.extend(rest.next());
            }
        }
    }
    let mut arguments = from_environment(environment, &parsed.path)?;
    arguments.extend(rest);
    let mut all = vec!["terrane".to_owned()];
    all.extend(parsed.path.iter().cloned());
    match rewrite(command, arguments, &mut parsed.no_color) {
        Some(rewritten) => all.extend(rewritten),
        None => {
            parsed.action = Action::Help { path: parsed.path.clone(), code: 0 };
            return Ok(parsed);
        }
    }
    parsed.action = Action::Run(all);
    Ok(parsed)
}

fn unknown_command(parent: &Command, parsed: &Parsed, name: &str) -> String {
    let names = parent.get_subcommands().map(Command::get_name);
    let suggestion = match nearest(name, names) {
        Some(near) => format!(" Did you mean {near:?}?"),
        None => String::new(),
    };
    let path = parsed.path.iter().map(|p| format!("{p} ")).collect::<String>();
    let called = if path.is_empty() { "Terrane".into() } else { format!("\"terrane {}\"", path.trim_end()) };
    format!("{called} has no command named {name:?}.{suggestion}\n\n{}", see_help(&path))
}

fn see_help(path: &str) -> String {
    format!("To see all of its commands, run:\n  terrane {path}-help")
}

/// The arguments that `TF_CLI_ARGS` and `TF_CLI_ARGS_command` add, which come before those of the
/// command line.
fn from_environment(environment: &Environment, path: &[String]) -> Result<Vec<String>, String> {
    let specific = format!("CLI_ARGS_{}", path.join("_").replace('-', "_"));
    let mut arguments = Vec::new();
    for name in ["CLI_ARGS", &specific] {
        if let Some(text) = environment.setting(name) {
            let words = words::split(text)
                .map_err(|e| format!("The value of TF_{name} is not a list of arguments: {e}"))?;
            arguments.extend(words);
        }
    }
    Ok(arguments)
}

/// Flags in clap's form; `None` when help is asked for.
fn rewrite(command: &Command, arguments: Vec<String>, no_color: &mut bool) -> Option<Vec<String>> {
    let mut rewritten: Vec<String> = Vec::new();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let flag = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-'));
        let Some(flag) = flag.filter(|f| !f.is_empty()) else {
            rewritten.push(argument);
            if rewritten.last().is_some_and(|a| a == "--") {
                rewritten.extend(rest);
                break;
            }
            continue;
        };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        };
        if let "h" | "help" = name {
            return None;
        }
        if name == "no-color" {
            *no_color = value.is_none_or(|v| boolean(v) != Some(false));
            continue;
        }
        match (command.get_arguments().find(|a| a.get_long() == Some(name)), value) {
            (Some(known), Some(value)) if is_switch(known) => match boolean(value) {
                Some(true) => rewritten.push(format!("--{name}")),
                Some(false) => rewritten.retain(|a| a.strip_prefix("--") != Some(name)),
                None => rewritten.push(format!("--{flag}")),
            },
            (Some(known), None) if takes_next(known) => match rest.next() {
                Some(value) => rewritten.push(format!("--{name}={value}")),
                None => rewritten.push(format!("--{name}")),
            },
            _ => rewritten.push(format!("--{flag}")),
        }
    }
    Some(rewritten)
}

fn is_switch(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::SetTrue)
}

fn takes_next(argument: &Arg) -> bool {
    argument.get_action().takes_values() && !argument.is_require_equals_set()
}

/// A boolean as Go reads it.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// What clap had against the arguments, in Terraform's words.
pub(crate) fn explain(error: &clap::Error, cli: &Command, path: &[String]) -> Diagnostic {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let flag = context(ContextKind::InvalidArg);
    // Without its value, and with one dash; arguments that are no flags stand as they are.
    let shown = |argument: &str| match argument.trim_start_matches('-').split(['=', ' ', '[']).next() {
        Some(name) if argument.starts_with('-') => format!("-{name}"),
        _ => argument.to_owned(),
    };
    let name = flag.trim_start_matches('-').split(['=', ' ', '[']).next().unwrap_or_default().to_owned();
    let parse = |detail: String| Diagnostic::error("Failed to parse command-line flags", detail);
    match error.kind() {
        ErrorKind::UnknownArgument if flag.starts_with('-') => {
            let command = path.iter().try_fold(cli, |c, name| c.find_subcommand(name));
            let names = command.into_iter().flat_map(|c| c.get_arguments().filter_map(Arg::get_long));
            let suggestion =
                nearest(&name, names).map(|n| format!(" Did you mean -{n}?")).unwrap_or_default();
            parse(format!("There is no flag -{name}.{suggestion}"))
        }
        // Of a switch, which clap gives no values.
        ErrorKind::TooManyValues if flag.starts_with('-') => {
            let value = context(ContextKind::InvalidValue);
            parse(format!("Invalid value {value:?} for -{name}: true or false is needed."))
        }
        ErrorKind::ArgumentConflict => {
            let other = shown(&context(ContextKind::PriorArg));
            parse(format!("{} cannot be used with {other}.", shown(&flag)))
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => Diagnostic::error(
            "Too many command line arguments",
            format!(
                "{flag:?} is more than this command takes. To work in another directory, use the global option \
                 -chdir."
            ),
        ),
        ErrorKind::MissingRequiredArgument => {
            let missing: Vec<_> = flag.split(", ").map(|flag| flag.replacen("--", "-", 1)).collect();
            Diagnostic::error("Missing command line arguments", format!("Required: {}.", missing.join(", ")))
        }
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => {
            parse(format!("The flag -{name} needs a value."))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(|e| format!(": {e}")).unwrap_or_default();
            parse(format!(
                "Invalid value {:?} for {}{reason}.",
                context(ContextKind::InvalidValue),
                shown(&flag)
            ))
        }
        _ => parse(error.to_string().trim_start_matches("error: ").trim_end().to_owned()),
    }
}
