//! Networks that gateways and public interfaces let through.

use aws_sdk_directconnect::types::RouteFilterPrefix;
use std::collections::BTreeSet;

/// Networks as the service takes them; none when there are none.
pub(super) fn list<'a>(networks: impl IntoIterator<Item = &'a String>) -> Option<Vec<RouteFilterPrefix>> {
    let all: Vec<_> = networks.into_iter().map(|n| RouteFilterPrefix::builder().cidr(n).build()).collect();
    (!all.is_empty()).then_some(all)
}

/// Networks as the service gives them.
pub(super) fn set(networks: Option<Vec<RouteFilterPrefix>>) -> BTreeSet<String> {
    networks.unwrap_or_default().into_iter().filter_map(|n| n.cidr).collect()
}
