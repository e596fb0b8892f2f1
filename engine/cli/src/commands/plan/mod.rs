//! `plan`

mod fleet;

use crate::arguments::PlanArgs;
use crate::backend;
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run as runs;
use clap::Args;
use std::path::{Path, PathBuf};
use terrane_plan::PlanFile;

/// Show changes required by the current configuration.
///
/// Generates a speculative execution plan, showing what actions Terrane would take to apply
/// the current configuration. This command will not actually perform the planned actions.
///
/// You can optionally save the plan to a file, which you can then pass to the "apply" command
/// to perform exactly the actions described in the plan.
#[derive(Args)]
pub(crate) struct PlanCommandArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Write a plan file to the given path, as input to "apply".
    #[arg(long, value_name = "file")]
    pub(crate) out: Option<PathBuf>,
    /// Write configuration for the objects of import blocks that have none to this file, which must
    /// not exist yet.
    #[arg(long, value_name = "path")]
    pub(crate) generate_config_out: Option<PathBuf>,
    /// Exit with 0 when there is nothing to do, with 1 on errors, with 2 when there is something to do.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Tell how many requests providers sent, by account, region and service, how many of them were repeats or
    /// refused since there were too many, and how long they took.
    #[arg(long)]
    pub(crate) stats: bool,
    /// Plan all stacks in this directory together: each directory with a state of its own. Where one reads the state of another, it gets
    /// the outputs that this one will have. With -out each plan is written to that path in the directory of its stack.
    #[arg(long, value_name = "dir", conflicts_with_all = [
        "destroy", "replace", "target", "exclude", "target_file", "exclude_file", "json", "json_into", "ci", "state", "backup",
        "generate_config_out",
    ])]
    pub(crate) recursive: Option<PathBuf>,
}

pub(crate) fn run(args: &PlanCommandArgs, context: &mut Context) -> Outcome {
    if let Some(top) = &args.recursive {
        return fleet::run(args, context, top);
    }
    if let Some(path) = &args.generate_config_out {
        runs::refuse_existing(context, path)?;
    }
    let manager = backend::open(context, &args.plan.state)?;
    let generate = args.generate_config_out.is_some();
    let mut planned = runs::plan_with(context, &args.plan, None, manager.state(), generate)?;
    let generated = match &args.generate_config_out {
        Some(path) => write_generated(context, &planned, path)?,
        None => false,
    };
    if let Some(path) = &args.out {
        write(context, &planned, path)?;
    }
    if args.stats {
        planned.sink.traffic(context, &planned.project.providers.traffic());
    }
    planned.report(context)?;
    let applyable = planned.plan.is_applyable();
    if !args.plan.format.json && applyable {
        let note = match &args.out {
            Some(path) => format!(
                "Saved the plan to: {0}\n\nTo perform exactly these actions, run the following command to apply:\n    \
                 terrane apply {0:?}",
                path.display().to_string()
            ),
            None => {
                "Note: You didn't use the -out option to save this plan, so Terrane can't guarantee to take \
                     exactly\nthese actions if you run \"terrane apply\" now."
                    .to_owned()
            }
        };
        let rule = "─".repeat(match context.output.options().width {
            0 => 77,
            width => width,
        });
        let written = match &args.generate_config_out {
            Some(path) if generated => format!("{}\n\n", runs::written(path)),
            _ => String::new(),
        };
        context.output.line(&format!("\n{rule}\n\n{written}{note}"));
    }
    Ok(if planned.plan.has_changes() && args.detailed_exitcode { Exit::Code(2) } else { Exit::Success })
}

/// Writes the configuration of imported objects that have none. Whether there were any.
fn write_generated(context: &Context, planned: &runs::Planned, path: &Path) -> Result<bool, Problems> {
    let blocks = planned.plan.changes.iter().filter_map(|change| {
        let (config, key) = change.generated_config.as_ref().zip(change.importing.as_ref())?;
        Some((Some(key.to_string()), config.to_string()))
    });
    let blocks: Vec<_> = blocks.collect();
    if blocks.is_empty() {
        return Ok(false);
    }
    runs::write_generated(context, path, blocks)?;
    Ok(true)
}

fn write(context: &Context, planned: &runs::Planned, path: &Path) -> Result<(), Problems> {
    let fail =
        |reason: String| Problems::new("Failed to write plan file", format!("{}: {reason}", path.display()));
    let file = PlanFile {
        plan: planned.plan.clone(),
        files: runs::Snapshot::take(context, &planned.project.config),
        workspace: planned.project.workspace.clone(),
    };
    let text = file.to_text().map_err(|e| fail(e.to_string()))?;
    let content = backend::encrypt_plan(context, text)?;
    context.environment.write_secret(path, &content).map_err(|e| fail(format!("{e}.")))
}
