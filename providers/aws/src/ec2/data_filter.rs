//! The `filter` blocks and `tags` by which data sources choose objects.

use super::batch::filter;
use aws_sdk_ec2::types::Filter;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block};

use crate::tags::Tags;

/// A filter of the API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct DataFilter {
    /// Its name, as the API's documentation lists them.
    pub name: String,
    /// The values, of which one must match.
    #[attr(required)]
    pub values: BTreeSet<String>,
}

/// All filters of a data source whose `tags` are chosen by, and tell all tags then.
pub(super) fn chosen(
    blocks: &BTreeSet<DataFilter>,
    tags: &Auto<Tags>,
    others: &[(&str, Option<String>)],
) -> Option<Vec<Filter>> {
    filters(blocks, tags.0.as_ref().unwrap_or(&Tags::new()), others)
}

/// All filters of a data source; none at all when it has none, as EC2 refuses an empty list.
pub(super) fn filters(
    blocks: &BTreeSet<DataFilter>,
    tags: &Tags,
    others: &[(&str, Option<String>)],
) -> Option<Vec<Filter>> {
    let blocks = blocks.iter().map(|b| filter(&b.name, b.values.iter().cloned()));
    let tags = tags.iter().map(|(key, value)| filter(&format!("tag:{key}"), [value.clone()]));
    let others = others.iter().filter_map(|(name, value)| Some(filter(name, [value.clone()?])));
    let all: Vec<Filter> = blocks.chain(tags).chain(others).collect();
    (!all.is_empty()).then_some(all)
}
