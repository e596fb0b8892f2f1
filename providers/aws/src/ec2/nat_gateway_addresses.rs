//! The further addresses of a NAT gateway, which can be changed while it works.

use super::nat_gateway::{NatGateway, ZoneAddress};
use crate::Aws;
use crate::client::retry_while;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::Error;

/// Changes the addresses from what is there to what is planned, as far as the plan says.
pub(super) async fn change(
    aws: &Aws,
    id: &str,
    before: &NatGateway,
    after: &NatGateway,
) -> Result<(), Error> {
    if after.connectivity_type.as_deref() == Some("private") {
        return change_private(aws, id, before, after).await;
    }
    if after.availability_mode.as_deref() == Some("regional") {
        return change_zones(aws, id, before, after).await;
    }
    let removed: BTreeSet<_> =
        before.secondary_allocation_ids.difference(&after.secondary_allocation_ids).collect();
    let added: Vec<String> =
        after.secondary_allocation_ids.difference(&before.secondary_allocation_ids).cloned().collect();
    disassociate(aws, id, removed).await?;
    if !added.is_empty() {
        // Addresses of one's own choice go with the allocations, in the same order; a change of the
        // allocations alone leaves the choice to AWS.
        let call =
            aws.ec2().associate_nat_gateway_address().nat_gateway_id(id).set_allocation_ids(Some(added));
        aws.call("ec2:AssociateNatGatewayAddress", call.send()).await?;
    }
    Ok(())
}

/// Changes the addresses of a regional gateway's zones.
async fn change_zones(aws: &Aws, id: &str, before: &NatGateway, after: &NatGateway) -> Result<(), Error> {
    let addresses = |gateway: &NatGateway| -> BTreeSet<(ZoneAddress, String)> {
        let zones = gateway.availability_zone_address.iter().flat_map(|zone| {
            let named = ZoneAddress { allocation_ids: BTreeSet::new(), ..zone.clone() };
            zone.allocation_ids.iter().map(move |allocation| (named.clone(), allocation.clone()))
        });
        zones.collect()
    };
    let (before, after) = (addresses(before), addresses(after));
    disassociate(aws, id, before.difference(&after).map(|(_, allocation)| allocation).collect()).await?;
    let mut added: BTreeMap<&ZoneAddress, Vec<String>> = BTreeMap::new();
    for (zone, allocation) in after.difference(&before) {
        added.entry(zone).or_default().push(allocation.clone());
    }
    // An address may still be leaving another zone.
    let leaving = |e: &Error| e.has_code(&["Resource.AlreadyAssociated"]);
    for (zone, allocations) in added {
        let call = (aws.ec2().associate_nat_gateway_address().nat_gateway_id(id))
            .set_allocation_ids(Some(allocations))
            .set_availability_zone(zone.availability_zone.clone())
            .set_availability_zone_id(zone.availability_zone_id.clone());
        let associate = || aws.call("ec2:AssociateNatGatewayAddress", call.clone().send());
        retry_while(super::NEW_PARENT, leaving, associate).await?;
    }
    Ok(())
}

async fn disassociate(aws: &Aws, id: &str, removed: BTreeSet<&String>) -> Result<(), Error> {
    if removed.is_empty() {
        return Ok(());
    }
    let associations = associations(aws, id).await?;
    let ids = removed.iter().filter_map(|a| associations.get(*a).cloned()).collect();
    let call = aws.ec2().disassociate_nat_gateway_address().nat_gateway_id(id).set_association_ids(Some(ids));
    aws.call("ec2:DisassociateNatGatewayAddress", call.send()).await.map(|_| ())
}

async fn change_private(aws: &Aws, id: &str, before: &NatGateway, after: &NatGateway) -> Result<(), Error> {
    let none = BTreeSet::new();
    let now = before.secondary_private_ip_addresses.0.as_ref().unwrap_or(&none);
    let (removed, added, count) = match &after.secondary_private_ip_addresses.0 {
        Some(wanted) => (
            now.difference(wanted).cloned().collect::<Vec<_>>(),
            wanted.difference(now).cloned().collect::<Vec<_>>(),
            0,
        ),
        None => {
            let wanted = after.secondary_private_ip_address_count.0.and_then(|n| usize::try_from(n).ok());
            let wanted = wanted.unwrap_or(now.len());
            let surplus = now.iter().skip(wanted).cloned().collect();
            (surplus, Vec::new(), wanted.saturating_sub(now.len()))
        }
    };
    if !removed.is_empty() {
        let call = aws.ec2().unassign_private_nat_gateway_address().nat_gateway_id(id);
        let call = call.set_private_ip_addresses(Some(removed)).send();
        aws.call("ec2:UnassignPrivateNatGatewayAddress", call).await?;
    }
    if !added.is_empty() || count > 0 {
        let call = aws.ec2().assign_private_nat_gateway_address().nat_gateway_id(id);
        let call = match added.is_empty() {
            false => call.set_private_ip_addresses(Some(added)),
            true => call.set_private_ip_address_count(i32::try_from(count).ok()),
        };
        aws.call("ec2:AssignPrivateNatGatewayAddress", call.send()).await?;
    }
    Ok(())
}

/// The associations of a gateway's public addresses, by allocation.
async fn associations(aws: &Aws, id: &str) -> Result<BTreeMap<String, String>, Error> {
    let call = aws.ec2().describe_nat_gateways().nat_gateway_ids(id).send();
    let found = aws.call("ec2:DescribeNatGateways", call).await?.nat_gateways.unwrap_or_default();
    let addresses = found.into_iter().flat_map(|g| g.nat_gateway_addresses.unwrap_or_default());
    Ok(addresses.filter_map(|a| Some((a.allocation_id?, a.association_id?))).collect())
}
