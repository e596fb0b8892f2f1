//! The execution graph: the operations that a plan comes down to, and their order.

use crate::{Action, Plan, ResourceChange};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use terrane_address::{ConfigResource, Mode, ResourceInstance};

/// One operation. It is done when its predecessors are.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Nothing to do: the object is as it should be. Keeps its place in the order.
    Keep(Arc<ResourceChange>),
    /// A data source is read.
    Read(Arc<ResourceChange>),
    /// A new object is made. A replaced object that still exists is deposed first.
    Create(Arc<ResourceChange>),
    /// The object is changed in place.
    Update(Arc<ResourceChange>),
    /// The object is destroyed: a deposed one, or the present one.
    Delete(Arc<ResourceChange>),
    /// The object is taken out of the state and stays as it is.
    Forget(Arc<ResourceChange>),
    /// All objects of a resource that go are gone.
    AllDeleted(ConfigResource),
}

impl Operation {
    /// The change that the operation is part of.
    pub fn change(&self) -> Option<&Arc<ResourceChange>> {
        match self {
            Operation::Keep(c)
            | Operation::Read(c)
            | Operation::Create(c)
            | Operation::Update(c)
            | Operation::Delete(c)
            | Operation::Forget(c) => Some(c),
            Operation::AllDeleted(_) => None,
        }
    }
}

/// Operations, each with edges to those that must wait for it.
pub type ExecutionGraph = DiGraph<Operation, ()>;

/// The operations of a plan in their order:
///
/// - an object is made or changed after what it depends on;
/// - an object is destroyed after everything that depended on it is destroyed or, where that
///   stays, changed to do without it;
/// - an object is changed after everything that depended on it and goes is destroyed, since what uses an
///   object may forbid to change it;
/// - a replaced object is destroyed before or after its successor is made, as planned.
pub fn execution_graph(plan: &Plan) -> ExecutionGraph {
    let mut graph = ExecutionGraph::new();
    let mut makers: HashMap<&ResourceInstance, NodeIndex> = HashMap::new();
    let mut deleters: Vec<(&ResourceChange, NodeIndex)> = Vec::new();
    for change in &plan.changes {
        let maker = match change.action {
            Action::NoOp => Some(Operation::Keep(change.clone())),
            Action::Read => Some(Operation::Read(change.clone())),
            Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => {
                Some(Operation::Create(change.clone()))
            }
            Action::Update => Some(Operation::Update(change.clone())),
            Action::Forget => Some(Operation::Forget(change.clone())),
            Action::Delete => None,
        };
        let maker = maker.map(|operation| graph.add_node(operation));
        if let Some(maker) = maker {
            makers.insert(&change.address, maker);
        }
        if change.action == Action::Delete || change.action.is_replace() {
            let deleter = graph.add_node(Operation::Delete(change.clone()));
            deleters.push((change, deleter));
            match (change.action, maker) {
                (Action::DeleteThenCreate, Some(maker)) => {
                    graph.add_edge(deleter, maker, ());
                }
                (Action::CreateThenDelete, Some(maker)) => {
                    graph.add_edge(maker, deleter, ());
                }
                _ => {}
            }
        }
    }
    for change in &plan.changes {
        let Some(&maker) = makers.get(&change.address) else { continue };
        // Each edge once: to look for one among thousands of others would take its time.
        let before: BTreeSet<NodeIndex> =
            change.dependencies.iter().filter_map(|dependency| makers.get(dependency).copied()).collect();
        for before in before.into_iter().filter(|before| *before != maker) {
            graph.add_edge(before, maker, ());
        }
    }
    let gone = order_deletions(plan, &mut graph, &makers, &deleters);
    order_updates(plan, &mut graph, &makers, &gone);
    graph
}

/// Objects go after the objects that depended on them. What depended on what is known from the
/// state, by resource; one node for each resource keeps the number of edges linear. Gives these nodes.
fn order_deletions(
    plan: &Plan,
    graph: &mut ExecutionGraph,
    makers: &HashMap<&ResourceInstance, NodeIndex>,
    deleters: &[(&ResourceChange, NodeIndex)],
) -> HashMap<ConfigResource, NodeIndex> {
    let mut gone: HashMap<ConfigResource, NodeIndex> = HashMap::new();
    for (change, deleter) in deleters {
        let resource = change.address.config();
        let all =
            *gone.entry(resource.clone()).or_insert_with(|| graph.add_node(Operation::AllDeleted(resource)));
        graph.update_edge(*deleter, all, ());
    }
    // What each resource's dependents are: of those that go, one node stands for all.
    let mut waits: HashMap<ConfigResource, Vec<NodeIndex>> = HashMap::new();
    for (address, dependency) in dependencies(plan) {
        let waiting = waits.entry(dependency.clone()).or_default();
        waiting.extend(gone.get(&address.config()));
        // A dependent that stays may be changed so that it no longer needs the object.
        waiting.extend(makers.get(&address).filter(|&&m| matches!(graph[m], Operation::Update(_))));
    }
    for before in waits.values_mut() {
        before.sort_unstable();
        before.dedup();
    }
    let users = users(plan, makers);
    for (change, deleter) in deleters {
        let before = waits.get(&change.address.config()).map(Vec::as_slice).unwrap_or_default();
        // What comes after this deletion cannot also come before it.
        let after = match before.iter().any(|node| matches!(graph[*node], Operation::Update(_))) {
            true => all_after(graph, *deleter, &users),
            false => HashSet::new(),
        };
        for &node in before {
            let waits_for_us = matches!(graph[node], Operation::Update(_)) && after.contains(&node);
            if node != *deleter && !waits_for_us {
                graph.add_edge(node, *deleter, ());
            }
        }
    }
    gone
}

/// Objects are changed after the objects that depended on them and go, unless these go only after the change.
fn order_updates(
    plan: &Plan,
    graph: &mut ExecutionGraph,
    makers: &HashMap<&ResourceInstance, NodeIndex>,
    gone: &HashMap<ConfigResource, NodeIndex>,
) {
    if gone.is_empty() {
        return;
    }
    let mut leaving: HashMap<&ConfigResource, BTreeSet<NodeIndex>> = HashMap::new();
    for (address, dependency) in dependencies(plan) {
        leaving.entry(dependency).or_default().extend(gone.get(&address.config()));
    }
    leaving.retain(|_, nodes| !nodes.is_empty());
    let users = users(plan, makers);
    for change in plan.changes.iter().filter(|change| change.action == Action::Update) {
        let (Some(dependents), Some(&update)) =
            (leaving.get(&change.address.config()), makers.get(&change.address))
        else {
            continue;
        };
        let after = all_after(graph, update, &users);
        for &dependent in dependents.iter().filter(|node| !after.contains(node)) {
            graph.add_edge(dependent, update, ());
        }
    }
}

/// What depends on what by the state: managed objects, and the resources they depend on.
fn dependencies(plan: &Plan) -> impl Iterator<Item = (ResourceInstance, &ConfigResource)> {
    let managed = plan.prior_state.instances().filter(|(address, ..)| address.resource.mode == Mode::Managed);
    managed.flat_map(|(address, _, instance)| {
        let objects = instance.current.iter().chain(instance.deposed.values());
        let others = objects.flat_map(|object| &object.dependencies);
        let own = address.config();
        others
            .filter(move |other| **other != own && other.resource.mode == Mode::Managed)
            .map(move |other| (address.clone(), other))
    })
}

/// The operations whose expressions name each resource. An object depends on the instances that its
/// values come from; to know these, the others may have to be there as well.
fn users(
    plan: &Plan,
    makers: &HashMap<&ResourceInstance, NodeIndex>,
) -> HashMap<ConfigResource, Vec<NodeIndex>> {
    let mut users: HashMap<ConfigResource, Vec<NodeIndex>> = HashMap::new();
    for change in &plan.changes {
        let Some(&maker) = makers.get(&change.address) else { continue };
        let named: HashSet<ConfigResource> =
            change.dependencies.iter().map(ResourceInstance::config).collect();
        named.into_iter().for_each(|resource| users.entry(resource).or_default().push(maker));
    }
    users
}

/// Everything that waits for an operation, or may have to.
fn all_after(
    graph: &ExecutionGraph,
    start: NodeIndex,
    users: &HashMap<ConfigResource, Vec<NodeIndex>>,
) -> HashSet<NodeIndex> {
    let (mut after, mut open) = (HashSet::from([start]), vec![start]);
    let mut named = HashSet::new();
    while let Some(node) = open.pop() {
        let mut next: Vec<NodeIndex> = graph.neighbors(node).collect();
        if let Operation::Create(change) | Operation::Update(change) | Operation::Read(change) = &graph[node]
            && named.insert(change.address.config())
        {
            next.extend(users.get(&change.address.config()).into_iter().flatten());
        }
        open.extend(next.into_iter().filter(|node| after.insert(*node)));
    }
    after
}
