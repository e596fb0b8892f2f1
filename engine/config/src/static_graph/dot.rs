//! The graph in the language of Graphviz, simplified to resources, as `graph` prints it.

use super::{StaticGraph, StaticNode};
use petgraph::graph::NodeIndex;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;
use terrane_address::{ConfigResource, ModulePath};

impl StaticGraph {
    /// Resources and which of them depend on which, directly or through other declarations;
    /// dependencies that others imply are left out.
    pub fn to_dot(&self) -> String {
        let edges = self.reduced_resource_edges();
        let mut modules: BTreeMap<&ModulePath, Vec<&ConfigResource>> = BTreeMap::new();
        for resource in edges.keys() {
            modules.entry(&resource.module).or_default().push(resource);
        }
        for resources in modules.values_mut() {
            resources.sort_by_key(|r| r.resource.to_string());
        }
        let mut out = String::from(
            "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
        );
        for (path, resources) in &modules {
            let indent = if path.is_root() { "  " } else { "    " };
            if !path.is_root() {
                let _ = writeln!(
                    out,
                    "  subgraph \"cluster_{path}\" {{\n    label = \"{path}\"\n    fontname = \"sans-serif\""
                );
            }
            for resource in resources {
                let _ = writeln!(out, "{indent}\"{resource}\" [label=\"{}\"];", resource.resource);
            }
            if !path.is_root() {
                out.push_str("  }\n");
            }
        }
        for resource in modules.values().flatten() {
            for dependency in &edges[*resource] {
                let _ = writeln!(out, "  \"{resource}\" -> \"{dependency}\";");
            }
        }
        out.push_str("}\n");
        out
    }

    /// For each resource the resources it depends on, without those that a dependency of it
    /// depends on already.
    fn reduced_resource_edges(&self) -> BTreeMap<&ConfigResource, BTreeSet<&ConfigResource>> {
        let direct: BTreeMap<NodeIndex, HashSet<NodeIndex>> = self
            .graph
            .node_indices()
            .filter(|n| self.resource(*n).is_some())
            .map(|n| (n, self.nearest_resources(n)))
            .collect();
        direct
            .iter()
            .filter_map(|(node, targets)| {
                let mut implied: HashSet<NodeIndex> = HashSet::new();
                let mut pending: Vec<NodeIndex> = targets.iter().copied().collect();
                while let Some(at) = pending.pop() {
                    pending.extend(direct[&at].iter().copied().filter(|n| implied.insert(*n)));
                }
                let kept = targets.difference(&implied).filter_map(|n| self.resource(*n)).collect();
                Some((self.resource(*node)?, kept))
            })
            .collect()
    }

    fn resource(&self, node: NodeIndex) -> Option<&ConfigResource> {
        match &self.graph[node].0 {
            StaticNode::Resource(resource) => Some(resource),
            _ => None,
        }
    }

    /// The resources that can be reached from `start` without passing another resource.
    fn nearest_resources(&self, start: NodeIndex) -> HashSet<NodeIndex> {
        let mut seen = HashSet::from([start]);
        let mut found = HashSet::new();
        let mut pending = vec![start];
        while let Some(at) = pending.pop() {
            for next in self.graph.neighbors(at).filter(|n| seen.insert(*n)) {
                if self.resource(next).is_some() {
                    found.insert(next);
                } else {
                    pending.push(next);
                }
            }
        }
        found
    }
}
