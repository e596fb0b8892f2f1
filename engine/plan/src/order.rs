//! The order of replacements: which objects are made before their predecessors go.

use crate::dependencies::StaticDependencies;
use crate::{Action, ResourceChange};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use terrane_address::ConfigResource;
use terrane_config::Config;

/// Makes replacements create first where the resource, or one that depends on it directly or
/// through others, says `create_before_destroy`: a dependent's old object needs its
/// dependencies' old objects for as long as it lives. Where everything is planned, `config` is given, and
/// resources count that have no instance, as with Terraform.
pub(crate) fn spread_create_before_destroy(
    changes: &mut [Arc<ResourceChange>],
    config: Option<&Config>,
    dependencies: &StaticDependencies,
) {
    let mut index: HashMap<ConfigResource, Vec<usize>> = HashMap::new();
    for (i, change) in changes.iter().enumerate().filter(|(_, c)| c.deposed.is_none()) {
        index.entry(change.address.config()).or_default().push(i);
    }
    let mut forced: BTreeSet<ConfigResource> = (changes.iter())
        .filter(|c| c.create_before_destroy && c.deposed.is_none() && c.action != Action::Delete)
        .map(|c| c.address.config())
        .collect();
    let declared = config.into_iter().flat_map(Config::resources);
    forced.extend(
        declared
            .filter(|(_, block)| block.lifecycle.create_before_destroy == Some(true))
            .map(|(resource, _)| resource),
    );
    let mut open: Vec<ConfigResource> = forced.iter().cloned().collect();
    while let Some(resource) = open.pop() {
        for dependency in dependencies.direct(&resource) {
            if forced.insert(dependency.clone()) {
                open.push(dependency.clone());
                for &i in index.get(dependency).into_iter().flatten() {
                    Arc::make_mut(&mut changes[i]).create_before_destroy = true;
                }
            }
        }
    }
    for change in changes.iter_mut() {
        if change.action.is_replace() {
            let change = Arc::make_mut(change);
            change.action = if change.create_before_destroy {
                Action::CreateThenDelete
            } else {
                Action::DeleteThenCreate
            };
        }
    }
}
