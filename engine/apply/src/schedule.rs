//! Which operations can run now.

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use terrane_plan::ExecutionGraph;

/// The state of a run of an execution graph.
pub(crate) struct Schedule<'g> {
    graph: &'g ExecutionGraph,
    open_predecessors: HashMap<NodeIndex, usize>,
    ready: BTreeSet<NodeIndex>,
    finished: HashSet<NodeIndex>,
    skipped: HashSet<NodeIndex>,
    /// Operations that found during evaluation that they need more results.
    waiting: Vec<(NodeIndex, BTreeSet<Arc<str>>)>,
    /// Operations that were finished, failed or skipped since somebody asked.
    done: Vec<NodeIndex>,
}

impl<'g> Schedule<'g> {
    pub(crate) fn new(graph: &'g ExecutionGraph) -> Schedule<'g> {
        let open_predecessors: HashMap<NodeIndex, usize> = (graph.node_indices())
            .map(|node| (node, graph.neighbors_directed(node, Direction::Incoming).count()))
            .collect();
        let ready = open_predecessors.iter().filter(|(_, n)| **n == 0).map(|(node, _)| *node).collect();
        Schedule {
            graph,
            open_predecessors,
            ready,
            finished: HashSet::new(),
            skipped: HashSet::new(),
            waiting: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Takes an operation that can run now.
    pub(crate) fn next(&mut self) -> Option<NodeIndex> {
        self.ready.pop_first()
    }

    /// The operation can be tried again.
    pub(crate) fn again(&mut self, node: NodeIndex) {
        self.ready.insert(node);
    }

    /// The operation needs these results before it can be evaluated.
    pub(crate) fn wait(&mut self, node: NodeIndex, results: BTreeSet<Arc<str>>) {
        self.waiting.push((node, results));
    }

    /// The result at `address` is there.
    pub(crate) fn arrived(&mut self, address: &str) {
        for (node, results) in &mut self.waiting {
            results.remove(address);
            if results.is_empty() {
                self.ready.insert(*node);
            }
        }
        self.waiting.retain(|(_, results)| !results.is_empty());
    }

    /// Operations that wait for the result at `address`, which will never be there. They wait no
    /// longer, and are to be failed.
    pub(crate) fn give_up(&mut self, address: &str) -> Vec<NodeIndex> {
        let (lost, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(_, results)| results.contains(address));
        self.waiting = waiting;
        lost.into_iter().map(|(node, _)| node).collect()
    }

    /// The operations that were finished, failed or skipped since this was last called.
    pub(crate) fn take_done(&mut self) -> Vec<NodeIndex> {
        std::mem::take(&mut self.done)
    }

    /// The operation is done.
    pub(crate) fn finish(&mut self, node: NodeIndex) {
        self.finished.insert(node);
        self.done.push(node);
        for successor in self.graph.neighbors_directed(node, Direction::Outgoing) {
            let Some(open) = self.open_predecessors.get_mut(&successor) else { continue };
            *open = open.saturating_sub(1);
            if *open == 0 && !self.skipped.contains(&successor) {
                self.ready.insert(successor);
            }
        }
    }

    /// The operation failed: everything that must come after it is skipped.
    pub(crate) fn fail(&mut self, node: NodeIndex) {
        let mut open = vec![node];
        self.done.push(node);
        while let Some(node) = open.pop() {
            for successor in self.graph.neighbors_directed(node, Direction::Outgoing) {
                if self.skipped.insert(successor) {
                    self.done.push(successor);
                    self.ready.remove(&successor);
                    open.push(successor);
                }
            }
        }
    }

    /// Operations that are done.
    pub(crate) fn finished(&self) -> impl Iterator<Item = NodeIndex> {
        self.finished.iter().copied()
    }

    /// Operations that were neither done nor skipped, for a run that ends early.
    pub(crate) fn unfinished(&self) -> usize {
        self.graph.node_count() - self.finished.len()
    }

    /// Operations that wait for results which nothing will deliver.
    pub(crate) fn stuck(&self) -> &[(NodeIndex, BTreeSet<Arc<str>>)] {
        &self.waiting
    }
}
