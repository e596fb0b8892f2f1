//! Declarations that depend on themselves.

use super::{StaticGraph, StaticNode};
use crate::Config;
use petgraph::algo::tarjan_scc;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::{HashMap, HashSet, VecDeque};
use terrane_diagnostics::{Diagnostic, Span};

/// A cycle of declarations: each depends on the next, and the last on the first.
#[derive(Clone, Debug)]
pub struct Cycle(pub Vec<CycleStep>);

/// A declaration in a cycle.
#[derive(Clone, Debug)]
pub struct CycleStep {
    /// The declaration.
    pub node: StaticNode,
    /// Where it stands.
    pub span: Span,
    /// Where it refers to the next one; `None` when that is not a reference, as from what is in
    /// a module to the call of the module.
    pub reference: Option<Span>,
}

/// From how many nodes of one component the shortest cycle is looked for.
const STARTS: usize = 200;

impl StaticGraph {
    /// The shortest cycle, when there is one. Of several that are equally short, the one whose
    /// declarations come first.
    pub fn find_cycle(&self) -> Option<Cycle> {
        let mut shortest: Option<Vec<NodeIndex>> = None;
        for component in tarjan_scc(&self.graph)
            .into_iter()
            .filter(|c| c.len() > 1 || self.graph.contains_edge(c[0], c[0]))
        {
            let mut starts = component.clone();
            starts.sort_by_key(|n| &self.graph[*n].0);
            let within: HashSet<NodeIndex> = component.into_iter().collect();
            for start in starts.into_iter().take(STARTS) {
                let found = self.shortest_through(start, &within);
                if found.as_ref().is_some_and(|f| shortest.as_ref().is_none_or(|s| f.len() < s.len())) {
                    shortest = found;
                }
            }
        }
        let nodes = shortest?;
        let steps = nodes.iter().enumerate().map(|(i, node)| {
            let next = nodes[(i + 1) % nodes.len()];
            let (declaration, span) = &self.graph[*node];
            let reference = self
                .graph
                .edges_connecting(*node, next)
                .filter_map(|e| *e.weight())
                .min_by_key(|s| (s.file, s.start));
            CycleStep { node: declaration.clone(), span: *span, reference }
        });
        Some(Cycle(steps.collect()))
    }

    /// The shortest way from `start` back to it, within a component.
    fn shortest_through(&self, start: NodeIndex, within: &HashSet<NodeIndex>) -> Option<Vec<NodeIndex>> {
        let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            for edge in self.graph.edges(at) {
                let next = edge.target();
                if next == start {
                    let mut way = vec![at];
                    while let Some(before) = way.last().and_then(|n| came_from.get(n)) {
                        way.push(*before);
                    }
                    way.reverse();
                    return Some(way);
                }
                if within.contains(&next) && !came_from.contains_key(&next) {
                    came_from.insert(next, at);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

impl Cycle {
    /// The problem, with every step of the way and where it stands.
    pub fn diagnostic(&self, config: &Config) -> Diagnostic {
        let first = self.0.first();
        let mut way: Vec<String> = Vec::new();
        for step in &self.0 {
            let span = step.reference.unwrap_or(step.span);
            let place = match config.sources.get(span.file) {
                Some(file) => format!(" ({}:{})", file.name, file.position(span.start).line),
                None => String::new(),
            };
            way.push(format!("{}{place}", step.node));
        }
        way.extend(first.map(|step| step.node.to_string()));
        let detail = format!(
            "These depend on each other, so that none of them can come first:\n    {}\n\nThe lines are those of \
             the references that lead from each to the next. Remove one of them.",
            way.join(" -> ")
        );
        let diagnostic = Diagnostic::error("Cycle", detail);
        match first {
            Some(step) => diagnostic.at(step.reference.unwrap_or(step.span)),
            None => diagnostic,
        }
    }
}
