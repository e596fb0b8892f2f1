//! Dependencies as they are stored with objects.

use crate::{Action, Plan, ResourceChange};
use std::collections::{BTreeSet, HashMap};
use terrane_address::{ConfigResource, Mode, ResourceInstance};

/// What the data sources of a plan were, or will be, read from.
pub struct DataDependencies(HashMap<ConfigResource, BTreeSet<ConfigResource>>);

impl DataDependencies {
    /// The data sources of `plan`.
    pub fn new(plan: &Plan) -> DataDependencies {
        let mut found: HashMap<ConfigResource, BTreeSet<ConfigResource>> = HashMap::new();
        for (address, _, instance) in plan.prior_state.instances() {
            if address.resource.mode == Mode::Data {
                let of_one = instance.current.iter().flat_map(|o| o.dependencies.iter().cloned());
                found.entry(address.config()).or_default().extend(of_one);
            }
        }
        for change in plan.changes.iter().filter(|c| c.action == Action::Read) {
            let of_one = change.dependencies.iter().map(ResourceInstance::config);
            found.entry(change.address.config()).or_default().extend(of_one);
        }
        DataDependencies(found)
    }

    /// The resources that an object made by `change` depends on, as stored with it: those that
    /// its configuration names, and for a data source also what that was read from, since a data
    /// source has no deletion that could keep the order.
    pub fn stored(&self, change: &ResourceChange) -> Vec<ConfigResource> {
        let mut found: BTreeSet<ConfigResource> = BTreeSet::new();
        let mut open: Vec<ConfigResource> =
            change.dependencies.iter().map(ResourceInstance::config).collect();
        while let Some(resource) = open.pop() {
            let behind = self.0.get(&resource);
            if found.insert(resource) {
                open.extend(behind.into_iter().flatten().cloned());
            }
        }
        found.into_iter().collect()
    }
}
