//! `show`

use crate::arguments::StateFileArgs;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;
use std::path::{Path, PathBuf};
use terrane_state::State;

/// Show the current state or a saved state.
///
/// Reads and outputs a state file in a human-readable form. If no path is specified, the
/// current state will be shown.
#[derive(Args)]
pub(crate) struct ShowArgs {
    /// Show the values of sensitive attributes and outputs.
    #[arg(long)]
    show_sensitive: bool,
    /// A state file.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
}

pub(crate) fn run(args: &ShowArgs, context: &mut Context) -> Outcome {
    let state = match &args.path {
        None => crate::backend::open(context, &StateFileArgs::default())?.state(),
        Some(path) => read(context, path)?,
    };
    if state.is_empty() {
        context.output.line(if args.path.is_none() {
            "No state."
        } else {
            "The state file is empty. No resources are represented."
        });
        return Ok(Exit::Success);
    }
    let mut options = context.output.options();
    options.show_sensitive = args.show_sensitive;
    let schemas = crate::providers::native().schemas();
    context.output.print(&terrane_view::render_state(&state, &schemas, &options));
    Ok(Exit::Success)
}

fn read(context: &Context, path: &Path) -> Result<State, Problems> {
    let fail = |reason: String| {
        Problems::new(
            "Failed to read the given file as a state file",
            format!("{}: {reason}", path.display()),
        )
    };
    let bytes = context.environment.read(path).map_err(|e| fail(format!("{e}.")))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| fail(format!("it is not UTF-8: {e}.")))?;
    terrane_state::from_json(text).map_err(|e| fail(e.to_string()))
}
