//! `drift`

mod fleet;
mod outputs;
mod stacks;

use crate::arguments::{VariableArgs, duration, switch};
use crate::context::{Context, Exit, Outcome};
use clap::{ArgAction, Args};
use std::path::PathBuf;
use std::time::Duration;
use terrane_drift::Shard;

/// Find what was changed outside of Terrane, in one stack or in a whole fleet.
///
/// Reads every object that a state has, in batches, and tells which have changed or vanished since, and
/// who did it, as far as the cloud's audit log can tell. With -unmanaged it also tells what exists and is
/// in no state.
///
/// This command cannot change anything: no object, no state, no lock. It takes no lock, and says which
/// serial of each state it compared. Where nobody ran "init", the backend is taken from the
/// configuration as it is.
///
/// What is expected to drift is said by rules in a file drift.terrane.hcl, each with a reason, an owner
/// and an end.
///
/// Exit codes: 0 when nothing drifted, 2 when something did, 3 when something could not be read,
/// whatever the rest is like, and 1 when nothing could be.
#[derive(Args)]
pub(crate) struct DriftArgs {
    /// Look at all stacks in this directory: each directory with a state of its own.
    #[arg(long, value_name = "dir")]
    recursive: Option<PathBuf>,
    /// Look only at one of n equal parts of the stacks and accounts, for several machines that share a fleet.
    #[arg(long, value_name = "i/n")]
    shard: Option<Shard>,
    /// Also tell what exists in the accounts and regions that the stacks reach, and is in no state.
    #[arg(long)]
    unmanaged: bool,
    /// With -unmanaged, list only resource types that fit this pattern, in which * stands for anything. Types of parts
    /// of other objects, such as routes, have to be named in full. May be used more than once.
    #[arg(long = "type", value_name = "pattern", requires = "unmanaged")]
    types: Vec<String>,
    /// With -unmanaged, search all accounts of the AWS organization, each through its role of this name; or all
    /// projects below organizations/NUMBER or folders/NUMBER of Google Cloud. May be used more than once.
    #[arg(long = "organization", value_name = "role or parent", requires = "unmanaged")]
    organizations: Vec<String>,
    /// Ask audit logs who it was.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    who: bool,
    /// How far back to ask who it was.
    #[arg(long, value_name = "duration", default_value = "168h", value_parser = duration)]
    since: Duration,
    /// A file of rules for all stacks, beside drift.terrane.hcl. May be used more than once.
    #[arg(long, value_name = "path")]
    rules: Vec<PathBuf>,
    /// How many stacks are looked at at the same time.
    #[arg(long, value_name = "n", default_value_t = 10)]
    parallelism: usize,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Write the report as Markdown to this file.
    #[arg(long, value_name = "path")]
    markdown: Option<PathBuf>,
    /// Write the report as JUnit XML to this file, for the test reports of CI systems.
    #[arg(long, value_name = "path")]
    junit: Option<PathBuf>,
    /// Write the report as one page of HTML to this file.
    #[arg(long, value_name = "path")]
    html: Option<PathBuf>,
    /// Send a message to this address when something drifted or could not be read, as Slack's incoming webhooks
    /// take it. The variable TERRANE_DRIFT_WEBHOOK says the same, and is seen by fewer.
    #[arg(long, value_name = "url")]
    webhook: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
}

pub(crate) fn run(args: &DriftArgs, context: &mut Context) -> Outcome {
    let report = fleet::look(args, context)?;
    outputs::write(args, context, &report)?;
    Ok(match report.conclusion().exit_code() {
        0 => Exit::Success,
        1 => Exit::Failure,
        code => Exit::Code(code),
    })
}
