//! The order of replacements: which objects are made before their predecessors go.

use crate::{Action, ResourceChange};
use std::collections::HashMap;
use terrane_address::ResourceInstance;

/// Makes replacements create first where the instance, or one that depends on it directly or
/// through others, says `create_before_destroy`: a dependent's old object needs its
/// dependencies' old objects for as long as it lives.
pub(crate) fn spread_create_before_destroy(changes: &mut [ResourceChange]) {
    let index: HashMap<ResourceInstance, usize> = (changes.iter().enumerate())
        .filter(|(_, c)| c.deposed.is_none())
        .map(|(i, c)| (c.address.clone(), i))
        .collect();
    let mut open: Vec<usize> = (0..changes.len()).filter(|&i| changes[i].create_before_destroy).collect();
    while let Some(i) = open.pop() {
        let dependencies: Vec<usize> =
            changes[i].dependencies.iter().filter_map(|d| index.get(d).copied()).collect();
        for dependency in dependencies {
            if !changes[dependency].create_before_destroy {
                changes[dependency].create_before_destroy = true;
                open.push(dependency);
            }
        }
    }
    for change in changes.iter_mut() {
        if change.action.is_replace() {
            change.action = if change.create_before_destroy {
                Action::CreateThenDelete
            } else {
                Action::DeleteThenCreate
            };
        }
    }
}
