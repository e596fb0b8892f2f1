//! The settings of a subnet that EC2 changes one by one.

use super::Subnet;
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use aws_sdk_ec2::operation::modify_subnet_attribute::builders::ModifySubnetAttributeFluentBuilder as Modify;
use aws_sdk_ec2::types::{AttributeBooleanValue, HostnameType};
use terrane_sdk::Error;

type Switch = (fn(&Subnet) -> Option<bool>, fn(Modify, AttributeBooleanValue) -> Modify);

const SWITCHES: [Switch; 5] = [
    (|s| s.assign_ipv6_address_on_creation, |m, v| m.assign_ipv6_address_on_creation(v)),
    (|s| s.enable_dns64, |m, v| m.enable_dns64(v)),
    (
        |s| s.enable_resource_name_dns_aaaa_record_on_launch,
        |m, v| m.enable_resource_name_dns_aaaa_record_on_launch(v),
    ),
    (
        |s| s.enable_resource_name_dns_a_record_on_launch,
        |m, v| m.enable_resource_name_dns_a_record_on_launch(v),
    ),
    (|s| s.map_public_ip_on_launch, |m, v| m.map_public_ip_on_launch(v)),
];

/// Changes what differs between the subnet as it is and as it is planned; one call for each, as
/// EC2 wants it.
pub(super) async fn change(aws: &Aws, id: &str, before: &Subnet, after: &Subnet) -> Result<(), Error> {
    let modify = || aws.ec2().modify_subnet_attribute().subnet_id(id);
    let value = |on: bool| AttributeBooleanValue::builder().value(on).build();
    let mut calls = Vec::new();
    for (get, set) in SWITCHES {
        let on = get(after).unwrap_or_default();
        if get(before).unwrap_or_default() != on {
            calls.push(set(modify(), value(on)));
        }
    }
    let names = after.private_dns_hostname_type_on_launch.as_deref();
    if let Some(names) = names.filter(|n| before.private_dns_hostname_type_on_launch.as_deref() != Some(n)) {
        calls.push(modify().private_dns_hostname_type_on_launch(HostnameType::from(names)));
    }
    let index =
        |s: &Subnet| s.enable_lni_at_device_index.and_then(|i| i32::try_from(i).ok()).unwrap_or_default();
    if index(before) != index(after) {
        calls.push(match index(after) {
            0 => modify().disable_lni_at_device_index(value(true)),
            index => modify().enable_lni_at_device_index(index),
        });
    }
    let pool = |s: &Subnet| s.customer_owned_ipv4_pool.clone().unwrap_or_default();
    let maps = |s: &Subnet| s.map_customer_owned_ip_on_launch.unwrap_or_default();
    if pool(before) != pool(after) || maps(before) != maps(after) {
        let call = modify().map_customer_owned_ip_on_launch(value(maps(after)));
        calls.push(match pool(after) {
            pool if pool.is_empty() => call,
            pool => call.customer_owned_ipv4_pool(pool),
        });
    }
    for call in calls {
        let modify = || aws.call("ec2:ModifySubnetAttribute", call.clone().send());
        retry_while(PROPAGATION, is_not_found, modify).await?;
    }
    Ok(())
}
