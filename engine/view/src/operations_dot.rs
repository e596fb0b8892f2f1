//! The operations of a plan in the language of Graphviz.

use std::fmt::Write;
use terrane_plan::{ExecutionGraph, Operation};

/// The operations, with an edge from each to those that it waits for.
pub fn operations_dot(graph: &ExecutionGraph) -> String {
    let mut out =
        String::from("digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n");
    let node = |name: &str| format!("\"[root] {}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let mut lines: Vec<String> = Vec::new();
    for operation in graph.node_weights() {
        let name = name(operation);
        let label = node(&name).replacen("[root] ", "", 1);
        lines.push(format!("\t\t{} [label = {label}, shape = \"box\"]", node(&name)));
    }
    lines.sort();
    let mut edges: Vec<String> = Vec::new();
    for edge in graph.edge_indices() {
        if let Some((first, then)) = graph.edge_endpoints(edge) {
            edges.push(format!("\t\t{} -> {}", node(&name(&graph[then])), node(&name(&graph[first]))));
        }
    }
    edges.sort();
    for line in lines.into_iter().chain(edges) {
        let _ = writeln!(out, "{line}");
    }
    out.push_str("\t}\n}\n");
    out
}

fn name(operation: &Operation) -> String {
    let (what, change) = match operation {
        Operation::Keep(change) => ("keep", change),
        Operation::Read(change) => ("read", change),
        Operation::Create(change) => ("create", change),
        Operation::Update(change) => ("update", change),
        Operation::Delete(change) => ("destroy", change),
        Operation::Forget(change) => ("forget", change),
        Operation::AllDeleted(resource) => return format!("{resource} (all destroyed)"),
    };
    match &change.deposed {
        Some(deposed) => format!("{} ({what} deposed {deposed})", change.address),
        None => format!("{} ({what})", change.address),
    }
}
