//! `graph`

use crate::context::{Context, Exit, Outcome};
use clap::Args;
use terrane_config::StaticGraph;

/// Generate a Graphviz graph of the resources and their dependencies.
///
/// The graph is printed in the DOT language, which the tools of Graphviz read:
///
///     terrane graph | dot -Tsvg > graph.svg
#[derive(Args)]
pub(crate) struct GraphArgs {}

pub(crate) fn run(_args: &GraphArgs, context: &mut Context) -> Outcome {
    let config = context.load_config()?;
    context.output.print(&StaticGraph::new(&config).to_dot());
    Ok(Exit::Success)
}
