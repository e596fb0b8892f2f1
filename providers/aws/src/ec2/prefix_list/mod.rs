//! Managed prefix lists: networks under one name, for routes and rules.

mod entries;
mod entry;
mod list;

pub(super) use entries::LISTS_PAGE;

pub use entry::ManagedPrefixListEntry;
pub use list::ManagedPrefixList;

use crate::Aws;
use terrane_sdk::{ResourceType, resources};

/// The resource types about prefix lists.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![ManagedPrefixList, ManagedPrefixListEntry]
}
