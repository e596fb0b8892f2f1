//! Flags that several commands have.

use super::boolean;
use crate::ci::CiSystem;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::path::PathBuf;
use std::time::Duration;
use terrane_address::{ResourceInstance, Target};
use terrane_apply::Parallelism;

/// How a state is locked.
#[derive(Args, Clone, Debug)]
pub(crate) struct LockArgs {
    /// Don't hold a state lock during the operation. This is dangerous if others might
    /// concurrently run commands against the same workspace.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    pub(crate) lock: bool,
    /// Duration to retry a state lock.
    #[arg(long, value_name = "0s", default_value = "0s", value_parser = duration)]
    pub(crate) lock_timeout: Duration,
}

/// How what an interrupted run left unfinished is settled.
#[derive(Args, Clone, Debug)]
pub(crate) struct SettleArgs {
    /// How long to wait before looking for what an interrupted run may have made in its last ten minutes: what it had sent
    /// may not have arrived.
    #[arg(long, value_name = "20s", default_value = "20s", value_parser = duration)]
    pub(crate) settle_delay: Duration,
}

/// Which file is the state, where it is not the backend's to say.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct StateFileArgs {
    /// Path of the state file, instead of what the backend says.
    #[arg(long, value_name = "path")]
    pub(crate) state: Option<PathBuf>,
    /// Path of the backup of the state file; "-" for none. The default is the path of the
    /// state file with ".backup".
    #[arg(long, value_name = "path")]
    pub(crate) backup: Option<PathBuf>,
    /// Where the state goes, where that is another file.
    #[arg(skip)]
    pub(crate) out: Option<PathBuf>,
}

/// Whether output is for people or programs.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct OutputFormatArgs {
    /// Print in JSON, for programs. Implies -no-color.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `plan`, `apply`, `destroy` and `refresh` have in common.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlanArgs {
    /// Select the "destroy" planning mode, which destroys all objects that this configuration
    /// manages.
    #[arg(long, conflicts_with = "refresh_only")]
    pub(crate) destroy: bool,
    /// Select the "refresh only" planning mode, which makes the state match the remote objects
    /// and changes nothing else.
    #[arg(long)]
    pub(crate) refresh_only: bool,
    /// Plan and apply in rounds: what is only known after apply, and decides how many instances
    /// there are or how a provider is configured, is planned when what it depends on is applied.
    /// Each round is shown and approved.
    #[arg(long, conflicts_with = "destroy")]
    pub(crate) rounds: bool,
    /// Skip checking for changes that were made outside of Terrane.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    pub(crate) refresh: bool,
    /// Replace this resource instance, even if an update or nothing would do. May be used more
    /// than once.
    #[arg(long, value_name = "address")]
    pub(crate) replace: Vec<ResourceInstance>,
    /// Limit the operation to this module, resource or instance and what it depends on. May be
    /// used more than once.
    #[arg(long, value_name = "address")]
    pub(crate) target: Vec<Target>,
    /// Leave this module, resource or instance and what depends on it out of the operation. May
    /// be used more than once.
    #[arg(long, value_name = "address", conflicts_with_all = ["target", "target_file"])]
    pub(crate) exclude: Vec<Target>,
    /// The same as -target for each address in a file, one a line; "#" begins a comment.
    #[arg(long, value_name = "path")]
    pub(crate) target_file: Vec<PathBuf>,
    /// The same as -exclude for each address in a file, one a line; "#" begins a comment.
    #[arg(long, value_name = "path", conflicts_with_all = ["target", "target_file"])]
    pub(crate) exclude_file: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) variables: VariableArgs,
    /// Ask for input for variables that are not set.
    #[arg(long, value_name = "true", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    pub(crate) input: bool,
    #[command(flatten)]
    pub(crate) lock: LockArgs,
    #[command(flatten)]
    pub(crate) settle: SettleArgs,
    /// Limit the number of concurrent operations. Without it, ten run at each API of each provider
    /// configuration, and 64 altogether.
    #[arg(long, value_name = "n", value_parser = parallelism)]
    pub(crate) parallelism: Option<Parallelism>,
    /// Show warnings in one line each, unless there are errors too.
    #[arg(long)]
    pub(crate) compact_warnings: bool,
    /// Show no progress, only the plan and what came of it.
    #[arg(long)]
    pub(crate) concise: bool,
    /// Write what -json prints to a file, beside the text for people.
    #[arg(long, value_name = "path", conflicts_with = "json")]
    pub(crate) json_into: Option<PathBuf>,
    /// Tell a CI system what it can show: annotations at the lines that problems are about, and a summary with
    /// the plan.
    #[arg(long, value_name = "system", value_enum, conflicts_with = "json")]
    pub(crate) ci: Option<CiSystem>,
    /// Read only the objects that would change by what the state says, and those that they depend
    /// on; all others are taken as they are in the state.
    #[arg(long, conflicts_with_all = ["refresh_only", "destroy"])]
    pub(crate) minimal_refresh: bool,
    /// Show the values of sensitive attributes and outputs.
    #[arg(long)]
    pub(crate) show_sensitive: bool,
    #[command(flatten)]
    pub(crate) format: OutputFormatArgs,
    #[command(flatten)]
    pub(crate) state: StateFileArgs,
}

/// A variable's value, or a file of such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariableArg {
    /// `-var name=value`.
    Value(String),
    /// `-var-file=path`.
    File(PathBuf),
}

/// `-var` and `-var-file` in the order in which they were given, the last one winning.
#[derive(Clone, Debug, Default)]
pub(crate) struct VariableArgs(pub(crate) Vec<VariableArg>);

impl Args for VariableArgs {
    fn augment_args(command: Command) -> Command {
        command
            .arg(Arg::new("var").long("var").value_name("'name=value'").action(ArgAction::Append).help(
                "Set a value for one of the input variables in the root module. May be used more than once.",
            ))
            .arg(Arg::new("var-file").long("var-file").value_name("path").action(ArgAction::Append).help(
                "Load variable values from the given file, in addition to terraform.tfvars and *.auto.tfvars. \
                 May be used more than once.",
            ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        VariableArgs::augment_args(command)
    }
}

impl VariableArgs {
    /// Those of whichever command was given; none when it takes none.
    pub(crate) fn of_command(matches: &ArgMatches) -> VariableArgs {
        let mut command = matches;
        while let Some((_, inner)) = command.subcommand() {
            command = inner;
        }
        match command.try_contains_id("var") {
            Ok(_) => VariableArgs::from_arg_matches(command).unwrap_or_default(),
            Err(_) => VariableArgs::default(),
        }
    }
}

impl FromArgMatches for VariableArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<VariableArgs, clap::Error> {
        let mut found: Vec<(usize, VariableArg)> = Vec::new();
        let mut collect = |name, make: fn(String) -> VariableArg| {
            let indices = matches.indices_of(name).into_iter().flatten();
            let values = matches.get_many::<String>(name).into_iter().flatten();
            found.extend(indices.zip(values).map(|(i, value)| (i, make(value.clone()))));
        };
        collect("var", VariableArg::Value);
        collect("var-file", |path| VariableArg::File(path.into()));
        found.sort_by_key(|(index, _)| *index);
        Ok(VariableArgs(found.into_iter().map(|(_, arg)| arg).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = VariableArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

impl PlanArgs {
    /// The same, with the state written to another file.
    pub(crate) fn with_state_out(&self, out: Option<&std::path::Path>) -> PlanArgs {
        let mut args = self.clone();
        args.state.out = out.map(Into::into);
        args
    }
}

/// Reads the value of a flag that is on unless it is switched off.
pub(crate) fn switch(text: &str) -> Result<bool, String> {
    boolean(text).ok_or_else(|| "true or false is needed".into())
}

pub(crate) fn parallelism(text: &str) -> Result<Parallelism, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a number of at least 1 is needed".into()),
        Ok(n) => Ok(Parallelism::of(n)),
    }
}

/// Reads a duration as Go writes it: `90s`, `1h30m`, `1.5m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let bad = || "a duration such as 30s or 5m is needed".to_owned();
    let mut total = Duration::ZERO;
    let mut rest = text;
    if rest == "0" {
        return Ok(total);
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return Err(bad()),
        };
        let number: f64 = number.parse().map_err(|_| bad())?;
        total += Duration::try_from_secs_f64(number * seconds).map_err(|_| bad())?;
        rest = after;
    }
    if text.is_empty() { Err(bad()) } else { Ok(total) }
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_are_read_as_go_does() {
        for (text, milliseconds) in
            [("0", 0), ("0s", 0), ("90s", 90_000), ("1h1m1s", 3_661_000), ("1.5m", 90_000), ("20ms", 20)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for bad in ["", "5", "s", "5x", "1..2s", "-1s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
