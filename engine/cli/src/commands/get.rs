//! `get`

use crate::arguments::{OutputFormatArgs, VariableArgs};
use crate::context::{Context, Exit, Outcome};
use crate::modules::{Install, install};
use clap::Args;
use std::path::PathBuf;

/// Install or upgrade remote modules.
///
/// Downloads and installs modules needed for the configuration in the current working directory:
/// all that are called, and all that these call. Modules that are installed already are left alone
/// unless -update is given.
///
/// "terrane init" does the same, and more.
#[derive(Args)]
pub(crate) struct GetArgs {
    /// Fetch modules that are installed already again, and choose the newest versions that
    /// constraints allow.
    #[arg(long)]
    update: bool,
    /// The directory of test files, whose modules are installed as well.
    #[arg(long, value_name = "path", default_value = "tests")]
    test_directory: PathBuf,
    #[command(flatten)]
    variables: VariableArgs,
    #[command(flatten)]
    format: OutputFormatArgs,
}

pub(crate) fn run(args: &GetArgs, context: &mut Context) -> Outcome {
    if args.format.json {
        context.output.speak_json(&context.environment);
    }
    install(context, &Install { upgrade: args.update, test_directory: args.test_directory.clone() })?;
    Ok(Exit::Success)
}
