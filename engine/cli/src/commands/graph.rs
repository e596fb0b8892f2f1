//! `graph`

use crate::arguments::VariableArgs;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use terrane_config::{DotOptions, StaticGraph};
use terrane_plan::{PlanFile, execution_graph};

/// Generate a Graphviz graph of the resources and their dependencies.
///
/// The graph is printed in the DOT language, which the tools of Graphviz read:
///
///     terrane graph | dot -Tsvg > graph.svg
///
/// Without options it has the resources of the configuration only. With -type it has everything
/// that takes part in such an operation, and with -plan the operations of a saved plan.
#[derive(Args)]
pub(crate) struct GraphArgs {
    /// The operation whose graph is wanted.
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    kind: Option<Kind>,
    /// Colour what is part of a cycle, which the graph of resources alone does not show: with -type.
    #[arg(long)]
    draw_cycles: bool,
    /// A plan that "plan -out" has saved, whose operations are wanted.
    #[arg(long, value_name = "PATH")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    variables: VariableArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Plan,
    PlanRefreshOnly,
    PlanDestroy,
    Apply,
}

pub(crate) fn run(args: &GraphArgs, context: &mut Context) -> Outcome {
    if let Some(path) = &args.plan {
        return operations(path, context);
    }
    let Some(kind) = args.kind else {
        let config = context.load_config()?;
        context.output.print(&StaticGraph::new(&config).to_dot());
        return Ok(Exit::Success);
    };
    let config = context.load_config()?;
    let options = DotOptions { destroy: kind == Kind::PlanDestroy, draw_cycles: args.draw_cycles };
    context.output.print(&StaticGraph::new(&config).to_operation_dot(&config, options));
    Ok(Exit::Success)
}

/// The graph of a plan's operations.
fn operations(path: &Path, context: &Context) -> Outcome {
    let fail = |reason: String| {
        let detail = format!("{}: {reason}", path.display());
        Problems::new("Failed to read the given file as a plan file", detail)
    };
    let bytes = context.environment.read(path).map_err(|e| fail(format!("{e}.")))?;
    let text =
        std::str::from_utf8(&bytes).map_err(|_| fail("it is no plan that Terrane has made.".into()))?;
    let file = PlanFile::from_text(text).map_err(|e| fail(format!("{e}.")))?;
    context.output.print(&terrane_view::operations_dot(&execution_graph(&file.plan)));
    Ok(Exit::Success)
}
