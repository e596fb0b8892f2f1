//! How many operations run at the same time: at each API of each provider configuration, and
//! altogether. A slow API holds up what waits for it and nothing else.

use petgraph::graph::NodeIndex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use terrane_address::ProviderConfigAddress;

/// How many operations may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parallelism {
    /// Altogether.
    pub whole: usize,
    /// At one API of one provider configuration.
    pub per_api: usize,
}

impl Parallelism {
    /// The same bound for one API and for all of them, as `-parallelism` sets it.
    pub fn of(operations: usize) -> Parallelism {
        Parallelism { whole: operations, per_api: operations }
    }
}

impl Default for Parallelism {
    /// Ten at each API: the number of operations that Terraform has altogether.
    fn default() -> Parallelism {
        Parallelism { whole: 64, per_api: 10 }
    }
}

/// One API of one provider configuration.
pub(crate) type Lane = (ProviderConfigAddress, Arc<str>);

/// What is under way in each lane, and what waits for a place.
pub(crate) struct Lanes {
    bounds: Parallelism,
    lanes: HashMap<Lane, Places>,
    /// The lane of each operation that is under way.
    lane_of: HashMap<NodeIndex, Lane>,
    /// Lanes that may have both a place and somebody who waits for it.
    open: Vec<Lane>,
}

#[derive(Default)]
struct Places {
    taken: usize,
    waiting: VecDeque<NodeIndex>,
}

impl Lanes {
    pub(crate) fn new(bounds: Parallelism) -> Lanes {
        let bounds = Parallelism { whole: bounds.whole.max(1), per_api: bounds.per_api.max(1) };
        Lanes { bounds, lanes: HashMap::new(), lane_of: HashMap::new(), open: Vec::new() }
    }

    /// Whether anything more can begin, in whichever lane.
    pub(crate) fn has_room(&self) -> bool {
        self.lane_of.len() < self.bounds.whole
    }

    /// Whether something can begin in this lane; when not, `node` waits for that.
    pub(crate) fn admits(&mut self, lane: &Lane, node: NodeIndex) -> bool {
        let Some(places) = self.lanes.get_mut(lane) else { return true };
        if places.taken < self.bounds.per_api {
            return true;
        }
        places.waiting.push_back(node);
        false
    }

    /// An operation that waited, and for which there is a place now.
    pub(crate) fn next(&mut self) -> Option<NodeIndex> {
        while let Some(lane) = self.open.last() {
            let places = self.lanes.get_mut(lane).filter(|p| p.taken < self.bounds.per_api);
            if let Some(node) = places.and_then(|p| p.waiting.pop_front()) {
                return Some(node);
            }
            self.open.pop();
        }
        None
    }

    /// The operation has begun.
    pub(crate) fn enter(&mut self, node: NodeIndex, lane: Lane) {
        self.lanes.entry(lane.clone()).or_default().taken += 1;
        self.lane_of.insert(node, lane);
    }

    /// The operation has ended.
    pub(crate) fn leave(&mut self, node: NodeIndex) {
        let Some(lane) = self.lane_of.remove(&node) else { return };
        let Some(places) = self.lanes.get_mut(&lane) else { return };
        places.taken = places.taken.saturating_sub(1);
        if !places.waiting.is_empty() {
            self.open.push(lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(api: &str) -> Lane {
        ("provider[\"registry.terraform.io/hashicorp/aws\"]".parse().expect("an address"), api.into())
    }

    #[test]
    fn a_full_lane_holds_up_itself_alone() {
        let mut lanes = Lanes::new(Parallelism { whole: 4, per_api: 2 });
        let nodes: Vec<NodeIndex> = (0..8).map(NodeIndex::new).collect();
        for node in &nodes[..2] {
            assert!(lanes.admits(&lane("slow"), *node));
            lanes.enter(*node, lane("slow"));
        }
        assert!(!lanes.admits(&lane("slow"), nodes[2]));
        assert!(!lanes.admits(&lane("slow"), nodes[3]));
        assert_eq!(lanes.next(), None);
        assert!(lanes.has_room() && lanes.admits(&lane("fast"), nodes[4]));
        lanes.enter(nodes[4], lane("fast"));
        lanes.enter(nodes[5], lane("fast"));
        assert!(!lanes.has_room());

        lanes.leave(nodes[0]);
        // The first one finds that it cannot begin yet and takes no place: the next one gets it.
        assert_eq!(lanes.next(), Some(nodes[2]));
        assert_eq!(lanes.next(), Some(nodes[3]));
        lanes.enter(nodes[3], lane("slow"));
        assert_eq!(lanes.next(), None);
    }
}
