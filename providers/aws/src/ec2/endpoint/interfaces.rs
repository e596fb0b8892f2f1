//! The network interfaces of endpoints: their addresses in subnets.

use super::SubnetAddresses;
use crate::Aws;
use crate::ec2::batch::{PAGE, describe_by, filter, pages};
use aws_sdk_ec2::types::{NetworkInterface, VpcEndpoint};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::Error;

/// The network interfaces of all of `endpoints`, by their ids.
pub(super) async fn of<'a>(
    aws: &Aws,
    endpoints: impl IntoIterator<Item = &'a VpcEndpoint>,
) -> Result<HashMap<String, NetworkInterface>, Error> {
    let ids = endpoints.into_iter().flat_map(|e| e.network_interface_ids()).map(String::as_str);
    let describe = |ids: Vec<String>| async move {
        let call = aws.ec2().describe_network_interfaces().filters(filter("network-interface-id", ids));
        pages!(aws, "ec2:DescribeNetworkInterfaces", call.max_results(PAGE))
    };
    describe_by(ids, describe, |i: &NetworkInterface| i.network_interface_id()).await
}

/// The addresses that an endpoint has in its subnets. Where the configuration leaves an address of
/// a subnet to AWS, it stays out, as it does in the plan.
pub(super) fn addresses(
    configured: &BTreeSet<SubnetAddresses>,
    endpoint: &VpcEndpoint,
    interfaces: &HashMap<String, NetworkInterface>,
) -> BTreeSet<SubnetAddresses> {
    let found = endpoint.network_interface_ids().iter().filter_map(|id| interfaces.get(id));
    let all: BTreeSet<SubnetAddresses> = (found.filter(|i| i.subnet_id().is_some()))
        .map(|i| {
            let known = configured.iter().find(|c| c.subnet_id.as_deref() == i.subnet_id());
            let ipv4 = i.private_ip_address().filter(|_| known.is_none_or(|k| k.ipv4.is_some()));
            let ipv6 = i.ipv6_addresses().first().and_then(|a| a.ipv6_address());
            let ipv6 = ipv6.filter(|_| known.is_none_or(|k| k.ipv6.is_some()));
            SubnetAddresses {
                ipv4: ipv4.map(str::to_owned),
                ipv6: ipv6.map(str::to_owned),
                subnet_id: i.subnet_id.clone(),
            }
        })
        .collect();
    // Not all subnets need be configured; the plan says nothing of the others then.
    match configured.is_empty() {
        true => all,
        false => {
            let named = |a: &SubnetAddresses| configured.iter().any(|c| c.subnet_id == a.subnet_id);
            all.into_iter().filter(named).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::NetworkInterfaceIpv6Address;

    fn wanted(subnet: &str, ipv4: Option<&str>) -> SubnetAddresses {
        SubnetAddresses { ipv4: ipv4.map(Into::into), ipv6: None, subnet_id: Some(subnet.into()) }
    }

    #[test]
    fn what_is_left_to_aws_stays_out_of_configured_subnets() {
        let interface = |n: u8| {
            let ipv6 = NetworkInterfaceIpv6Address::builder().ipv6_address(format!("2001:db8::{n}")).build();
            let interface = NetworkInterface::builder()
                .network_interface_id(format!("eni-{n}"))
                .subnet_id(format!("subnet-{n}"))
                .private_ip_address(format!("10.0.{n}.7"))
                .ipv6_addresses(ipv6)
                .build();
            (format!("eni-{n}"), interface)
        };
        let interfaces = HashMap::from([interface(1), interface(2)]);
        let endpoint =
            VpcEndpoint::builder().network_interface_ids("eni-1").network_interface_ids("eni-2").build();
        let unset = addresses(&BTreeSet::new(), &endpoint, &interfaces);
        let ipv6: Vec<_> = unset.iter().filter_map(|a| a.ipv6.as_deref()).collect();
        assert_eq!(ipv6, ["2001:db8::1", "2001:db8::2"]);
        let configured = BTreeSet::from([wanted("subnet-1", Some("10.0.1.9"))]);
        let found = addresses(&configured, &endpoint, &interfaces);
        assert_eq!(found, BTreeSet::from([wanted("subnet-1", Some("10.0.1.7"))]));
    }
}
