//! What stands in the way of a deletion that EC2 refuses: its error only says that something
//! depends on the object.

use super::batch::filter;
use crate::Aws;
use terrane_sdk::Error;

/// How many to name.
const SHOWN: usize = 5;

/// `error`, a DependencyViolation, with the network interfaces that match `filters` (names and
/// values of DescribeNetworkInterfaces), as nearly all dependents have one.
pub(super) async fn explain(aws: &Aws, mut error: Error, filters: &[(&str, &str)]) -> Error {
    let filters = filters.iter().map(|(name, value)| filter(name, [*value])).collect();
    let call = aws.ec2().describe_network_interfaces().set_filters(Some(filters)).send();
    let Ok(found) = aws.call("ec2:DescribeNetworkInterfaces", call).await else { return error };
    let interfaces = found.network_interfaces.unwrap_or_default();
    let mut names: Vec<String> = (interfaces.iter())
        .take(SHOWN)
        .filter_map(|i| {
            let what = i.description().filter(|d| !d.is_empty()).unwrap_or("no description");
            Some(format!("{} ({what})", i.network_interface_id()?))
        })
        .collect();
    if interfaces.len() > SHOWN {
        names.push(format!("{} more", interfaces.len() - SHOWN));
    }
    if !names.is_empty() {
        error.detail =
            format!("{} Network interfaces that still use it: {}.", error.detail, names.join(", "));
    }
    error
}
