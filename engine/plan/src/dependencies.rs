//! What depends on what by the text of the configuration, resource by resource: what is stored
//! with objects, and what keeps its order where values alone do not show it.

use std::collections::{BTreeSet, HashMap};
use terrane_address::{ConfigResource, Mode};
use terrane_config::{Config, StaticGraph, StaticNode};

/// How many resources are stored as the dependencies of one object at most, when those that it
/// depends on through others are counted.
const STORED_LIMIT: usize = 64;

/// The resources that the configuration of each resource refers to.
pub struct StaticDependencies(HashMap<ConfigResource, BTreeSet<ConfigResource>>);

impl StaticDependencies {
    /// Those of a configuration. References lead through local values, variables, outputs,
    /// module calls and provider configurations.
    pub fn new(config: &Config) -> StaticDependencies {
        let graph = StaticGraph::new(config);
        let mut direct = HashMap::new();
        for start in graph.graph.node_indices() {
            let StaticNode::Resource(resource) = &graph.graph[start].0 else { continue };
            let (mut found, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![start]);
            while let Some(at) = open.pop() {
                for next in graph.graph.neighbors(at) {
                    match &graph.graph[next].0 {
                        StaticNode::Resource(other) if other == resource => {}
                        StaticNode::Resource(other) => {
                            found.insert(other.clone());
                        }
                        _ if seen.insert(next) => open.push(next),
                        _ => {}
                    }
                }
            }
            if !found.is_empty() {
                direct.insert(resource.clone(), found);
            }
        }
        StaticDependencies(direct)
    }

    /// The resources that `resource` refers to, not through other resources.
    pub fn direct(&self, resource: &ConfigResource) -> impl Iterator<Item = &ConfigResource> {
        self.0.get(resource).into_iter().flatten()
    }

    /// The resources that are stored as the dependencies of objects of `resource`: all that it
    /// depends on, also through others. Where those are very many, only those up to the nearest
    /// managed ones, which say the same: the others follow from them. In the order of their text, as
    /// Terraform writes them.
    pub fn stored(&self, resource: &ConfigResource) -> Vec<ConfigResource> {
        let all = self.closure(resource, |_| true);
        let found = if all.len() > STORED_LIMIT {
            self.closure(resource, |r| r.resource.mode != Mode::Managed)
        } else {
            all
        };
        let mut found: Vec<ConfigResource> = found.into_iter().cloned().collect();
        found.sort_by_cached_key(ToString::to_string);
        found
    }

    /// Resources that can be reached through resources which `through` lets pass; more
    /// than the limit are not looked for when everything passes.
    fn closure(
        &self,
        resource: &ConfigResource,
        through: impl Fn(&ConfigResource) -> bool,
    ) -> BTreeSet<&ConfigResource> {
        let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut open: Vec<&ConfigResource> = self.direct(resource).collect();
        while let Some(next) = open.pop() {
            if next == resource || !seen.insert(next) {
                continue;
            }
            if next.resource.mode != Mode::Ephemeral {
                found.insert(next);
            }
            if through(next) && found.len() <= STORED_LIMIT {
                open.extend(self.direct(next));
            }
        }
        found
    }
}
