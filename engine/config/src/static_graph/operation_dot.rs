//! The graph in the language of Graphviz with everything that is in it, as `graph -type` prints
//! it.

use super::{StaticGraph, StaticNode};
use crate::Config;
use petgraph::algo::tarjan_scc;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write;

/// What to draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct DotOptions {
    /// Whether everything is to be destroyed: what depends on something goes before it.
    pub destroy: bool,
    /// Whether to colour the edges that are part of a cycle.
    pub draw_cycles: bool,
}

impl StaticGraph {
    /// All declarations and which depend on which, without what other dependencies imply.
    pub fn to_operation_dot(&self, config: &Config, options: DotOptions) -> String {
        let component = self.components();
        let names: BTreeMap<String, NodeIndex> =
            self.graph.node_indices().map(|n| (self.name(config, n, options), n)).collect();
        let mut out =
            String::from("digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n");
        for (name, node) in &names {
            let shape = match &self.graph[*node].0 {
                StaticNode::Resource(_) => "box",
                StaticNode::Provider(..) => "diamond",
                StaticNode::Variable(path, _) if path.is_root() => "note",
                _ => continue,
            };
            let label = name.strip_suffix(" (expand)").or(name.strip_suffix(" (destroy)")).unwrap_or(name);
            let _ = writeln!(
                out,
                "\t\t{} [label = {}, shape = \"{shape}\"]",
                quoted(&rooted(name)),
                quoted(label)
            );
        }
        let mut edges: BTreeSet<String> = BTreeSet::new();
        let mut needed: HashSet<NodeIndex> = HashSet::new();
        for (from, to) in self.reduced(&component) {
            let same = component.get(&from).is_some_and(|c| component.get(&to) == Some(c));
            let cyclic = options.draw_cycles && same;
            let (first, second) = if self.is_reversed(from, to, options) { (to, from) } else { (from, to) };
            needed.insert(second);
            let (from, to) = (self.name(config, first, options), self.name(config, second, options));
            let colour = if cyclic { " [color = \"red\", penwidth = \"2.0\"]" } else { "" };
            edges.insert(format!("\t\t{} -> {}{colour}\n", quoted(&rooted(&from)), quoted(&rooted(&to))));
        }
        for (name, _) in names.iter().filter(|(_, node)| !needed.contains(*node)) {
            edges.insert(format!("\t\t\"[root] root\" -> {}\n", quoted(&rooted(name))));
        }
        out.extend(edges);
        out.push_str("\t}\n}\n");
        out
    }

    fn is_reversed(&self, from: NodeIndex, to: NodeIndex, options: DotOptions) -> bool {
        let is_resource = |n: NodeIndex| matches!(&self.graph[n].0, StaticNode::Resource(_));
        options.destroy && is_resource(from) && is_resource(to)
    }

    /// The name of a node: its address and what is done with it.
    fn name(&self, config: &Config, node: NodeIndex, options: DotOptions) -> String {
        match &self.graph[node].0 {
            StaticNode::Variable(path, name) if path.is_root() => format!("var.{name}"),
            StaticNode::Provider(path, name, alias) => {
                let address = config.module(path).map(|m| m.provider_address(name).to_string());
                let module = if path.is_root() { String::new() } else { format!("{path}.") };
                let alias = alias.as_ref().map(|a| format!(".{a}")).unwrap_or_default();
                format!("{module}provider[\"{}\"]{alias}", address.unwrap_or_default())
            }
            StaticNode::Resource(resource) if options.destroy => format!("{resource} (destroy)"),
            other => format!("{other} (expand)"),
        }
    }

    /// The strongly connected component of each node that is in one with others.
    fn components(&self) -> HashMap<NodeIndex, usize> {
        let components = tarjan_scc(&self.graph).into_iter().filter(|c| c.len() > 1).enumerate();
        components.flat_map(|(i, nodes)| nodes.into_iter().map(move |n| (n, i))).collect()
    }

    /// The edges that no longer way replaces. Those within cycles all stay.
    fn reduced(&self, component: &HashMap<NodeIndex, usize>) -> Vec<(NodeIndex, NodeIndex)> {
        let mut kept = Vec::new();
        for node in self.graph.node_indices() {
            let direct: BTreeSet<NodeIndex> = self.graph.edges(node).map(|e| e.target()).collect();
            let mut implied: HashSet<NodeIndex> = HashSet::new();
            if direct.len() > 1 && !component.contains_key(&node) {
                let mut pending: Vec<NodeIndex> = direct.iter().copied().collect();
                while let Some(at) = pending.pop() {
                    pending.extend(self.graph.neighbors(at).filter(|n| implied.insert(*n)));
                }
            }
            let in_cycle = |n: &NodeIndex| component.contains_key(n);
            kept.extend(
                direct.into_iter().filter(|n| in_cycle(n) || !implied.contains(n)).map(|n| (node, n)),
            );
        }
        kept
    }
}

fn rooted(name: &str) -> String {
    format!("[root] {name}")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
