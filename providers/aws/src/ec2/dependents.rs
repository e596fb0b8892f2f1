//! What stands in the way of a deletion that EC2 refuses: its error only says that something
//! depends on the object.

use super::batch::filter;
use crate::Aws;
use aws_sdk_ec2::types::VpnState;
use terrane_sdk::Error;

/// How many to name.
const SHOWN: usize = 5;

/// `error`, a DependencyViolation, with the network interfaces that match `filters` (names and
/// values of DescribeNetworkInterfaces), as nearly all dependents have one.
pub(super) async fn explain(aws: &Aws, error: Error, filters: &[(&str, &str)]) -> Error {
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
    named(error, "Network interfaces", names)
}

/// `error` with the names of what still uses the object, when there are any.
pub(super) fn named(mut error: Error, what: &str, names: Vec<String>) -> Error {
    if !names.is_empty() {
        error.detail = format!("{} {what} that still use it: {}.", error.detail, names.join(", "));
    }
    error
}

/// `error` with the VPN connections at a gateway: `name` is the filter `customer-gateway-id`, or that of another kind of gateway.
pub(super) async fn explain_connections(aws: &Aws, error: Error, name: &str, gateway: &str) -> Error {
    let call = aws.ec2().describe_vpn_connections().filters(filter(name, [gateway])).send();
    let Ok(found) = aws.call("ec2:DescribeVpnConnections", call).await else { return error };
    let alive = found.vpn_connections.unwrap_or_default().into_iter();
    let alive = alive.filter(|c| c.state() != Some(&VpnState::Deleted));
    named(error, "VPN connections", alive.filter_map(|c| c.vpn_connection_id).collect())
}
