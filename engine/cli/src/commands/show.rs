//! `show`

use crate::arguments::{OutputFormatArgs, StateFileArgs};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{Project, Snapshot};
use clap::Args;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use terrane_plan::PlanFile;
use terrane_state::State;
use terrane_view::{JsonOptions, Options, plan_json, render_plan, render_state, state_json};

/// Show the current state or a saved plan.
///
/// Reads and outputs a state or plan file in a human-readable form. If no path is specified,
/// the current state will be shown.
#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    format: OutputFormatArgs,
    /// Show the values of sensitive attributes and outputs. With -json they are always there.
    #[arg(long)]
    show_sensitive: bool,
    /// A state file, or a plan that "plan -out" has saved.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
}

/// Programs that read these documents need the values, and know which are sensitive.
const OPEN: JsonOptions = JsonOptions { show_sensitive: true };

pub(crate) fn run(args: &ShowArgs, context: &mut Context) -> Outcome {
    match &args.path {
        None => {
            let manager = crate::backend::open(context, &StateFileArgs::default())?;
            if !manager.exists() && !args.format.json {
                context.output.line("No state.");
                return Ok(Exit::Success);
            }
            show_state(args, context, &manager.state())
        }
        Some(path) => match read(context, path)? {
            Content::State(state) => show_state(args, context, &state),
            Content::Plan(plan) => show_plan(args, context, *plan),
        },
    }
}

enum Content {
    State(State),
    Plan(Box<PlanFile>),
}

fn read(context: &Context, path: &Path) -> Result<Content, Problems> {
    let fail = |reason: String| {
        Problems::new(
            "Failed to read the given file as a state or plan file",
            format!("{}: {reason}", path.display()),
        )
    };
    let bytes = context.environment.read(path).map_err(|e| fail(format!("{e}.")))?;
    let bytes = crate::backend::decrypt_file(context, bytes)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        fail("it is neither a state nor a plan that this version of Terrane has made.".into())
    })?;
    match (terrane_state::from_json(text), PlanFile::from_text(text)) {
        (Ok(state), _) => Ok(Content::State(state)),
        (_, Ok(plan)) => Ok(Content::Plan(Box::new(plan))),
        (Err(state), Err(plan)) => {
            Err(fail(format!("\n\nState read error: {state}\n\nPlan read error: {plan}")))
        }
    }
}

fn show_state(args: &ShowArgs, context: &Context, state: &State) -> Outcome {
    let schemas = crate::providers::schemas_for_state(context)?;
    if args.format.json {
        print(context, &state_json(state, &schemas, &OPEN));
    } else if state.is_empty() {
        context.output.line("The state file is empty. No resources are represented.");
    } else {
        context.output.print(&render_state(state, &schemas, &options(args, context)));
    }
    Ok(Exit::Success)
}

fn show_plan(args: &ShowArgs, context: &Context, file: PlanFile) -> Outcome {
    let PlanFile { plan, files, .. } = file;
    let project = Project::from_snapshot(context, &Snapshot::new(files), plan.variables.clone())?;
    if args.format.json {
        print(context, &plan_json(&plan, &project.config, &project.schemas, &OPEN));
    } else {
        let (palette, options) = (context.output.palette(), options(args, context));
        let text = render_plan(&plan, &project.config, &project.schemas, &palette, &options);
        context.output.print(&text);
    }
    Ok(Exit::Success)
}

/// One line, as Terraform prints it.
fn print(context: &Context, json: &Json) {
    context.output.verbatim(&format!("{json}\n"));
}

fn options(args: &ShowArgs, context: &Context) -> Options {
    Options { show_sensitive: args.show_sensitive, ..context.output.options() }
}
