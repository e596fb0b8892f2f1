//! Changes of an instance: those that it takes while it runs, and those for which it stops.

use super::Instance;
use super::launch::{capacity, user_data};
use super::remote::{self, start, stop};
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::batch::filter;
use crate::ec2::kind::{find, int, set};
use aws_sdk_ec2::operation::modify_instance_attribute::builders::ModifyInstanceAttributeFluentBuilder as Modify;
use aws_sdk_ec2::primitives::Blob;
use aws_sdk_ec2::types::{
    self, AttributeBooleanValue, AttributeValue, HttpTokensState, IamInstanceProfileSpecification,
    InstanceAutoRecoveryState, InstanceCreditSpecificationRequest, InstanceMetadataEndpointState,
    InstanceMetadataProtocolState, InstanceMetadataTagsState, InstanceStateName as State,
    NestedVirtualizationSpecification, SecureBlobAttributeValue,
};
use aws_smithy_types::base64;
use std::time::Duration;
use terrane_sdk::Error;

async fn modify(aws: &Aws, id: &str, change: impl FnOnce(Modify) -> Modify) -> Result<(), Error> {
    let call = change(aws.ec2().modify_instance_attribute().instance_id(id)).send();
    aws.call("ec2:ModifyInstanceAttribute", call).await.map(|_| ())
}

fn switch(on: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(on).build()
}

fn word(value: &str) -> AttributeValue {
    AttributeValue::builder().value(value).build()
}

/// Ends the protection from being terminated.
pub(super) async fn unprotect(aws: &Aws, id: &str) -> Result<(), Error> {
    match modify(aws, id, |call| call.disable_api_termination(switch(false))).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other,
    }
}

/// Begins the protection from being stopped, if it is new: once nothing is left for which the instance stops.
pub(super) async fn protect(aws: &Aws, id: &str, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    let on = |i: &Instance| i.disable_api_stop.0 == Some(true);
    match on(planned) && !on(prior) {
        true => modify(aws, id, |call| call.disable_api_stop(switch(true))).await,
        false => Ok(()),
    }
}

/// What a launch does not take.
pub(super) async fn after_launch(aws: &Aws, id: &str, planned: &Instance) -> Result<(), Error> {
    match planned.source_dest_check {
        Some(false) => modify(aws, id, |call| call.source_dest_check(switch(false))).await,
        _ => Ok(()),
    }
}

/// Makes the changes that an instance takes while it runs.
pub(super) async fn running(aws: &Aws, id: &str, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    let differs = |f: fn(&Instance) -> Option<bool>| f(planned).filter(|on| f(prior) != Some(*on));
    if let Some(on) = differs(|i| i.source_dest_check) {
        modify(aws, id, |call| call.source_dest_check(switch(on))).await?;
    }
    if let Some(on) = differs(|i| i.disable_api_termination.0) {
        modify(aws, id, |call| call.disable_api_termination(switch(on))).await?;
    }
    if differs(|i| i.disable_api_stop.0) == Some(false) {
        modify(aws, id, |call| call.disable_api_stop(switch(false))).await?;
    }
    if let Some(on) = differs(|i| i.monitoring.0) {
        match on {
            true => {
                let call = aws.ec2().monitor_instances().instance_ids(id).send();
                aws.call("ec2:MonitorInstances", call).await.map(|_| ())?;
            }
            false => {
                let call = aws.ec2().unmonitor_instances().instance_ids(id).send();
                aws.call("ec2:UnmonitorInstances", call).await.map(|_| ())?;
            }
        }
    }
    let behavior = planned.instance_initiated_shutdown_behavior.as_deref();
    if let Some(behavior) =
        behavior.filter(|b| prior.instance_initiated_shutdown_behavior.as_deref() != Some(b))
    {
        modify(aws, id, |call| call.instance_initiated_shutdown_behavior(word(behavior))).await?;
    }
    if let Some(groups) = &planned.vpc_security_group_ids.0
        && prior.vpc_security_group_ids.0.as_ref() != Some(groups)
    {
        let groups: Vec<String> = groups.iter().cloned().collect();
        modify(aws, id, |call| call.set_groups(Some(groups))).await?;
    }
    profile(aws, id, prior, planned).await?;
    metadata(aws, id, prior, planned).await?;
    addresses(aws, prior, planned).await?;
    ipv6(aws, prior, planned).await?;
    options(aws, id, prior, planned).await
}

async fn profile(aws: &Aws, id: &str, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    let name = |i: &Instance| i.iam_instance_profile.0.clone().unwrap_or_default();
    if planned.iam_instance_profile.0.is_none() || name(prior) == name(planned) {
        return Ok(());
    }
    let call = aws.ec2().describe_iam_instance_profile_associations();
    let call = call.filters(filter("instance-id", [id])).send();
    let there = aws.call("ec2:DescribeIamInstanceProfileAssociations", call).await?;
    let there = there.iam_instance_profile_associations.unwrap_or_default();
    let association = there.into_iter().find_map(|a| {
        let leaves = matches!(a.state().map(|s| s.as_str()), Some("disassociating" | "disassociated"));
        a.association_id.filter(|_| !leaves)
    });
    let wanted = set(Some(&name(planned))).map(|profile| {
        let specification = IamInstanceProfileSpecification::builder();
        match profile.starts_with("arn:") {
            true => specification.arn(profile).build(),
            false => specification.name(profile).build(),
        }
    });
    // Roles and profiles take a while to be known everywhere.
    let early = |e: &Error| {
        e.has_code(&["InvalidParameterValue"]) && e.detail.contains("Invalid IAM Instance Profile")
    };
    let put = || async {
        match (&association, &wanted) {
            (Some(association), Some(profile)) => {
                let call = aws.ec2().replace_iam_instance_profile_association().association_id(association);
                let call = call.iam_instance_profile(profile.clone()).send();
                aws.call("ec2:ReplaceIamInstanceProfileAssociation", call).await.map(|_| ())
            }
            (None, Some(profile)) => {
                let call = aws.ec2().associate_iam_instance_profile().instance_id(id);
                let call = call.iam_instance_profile(profile.clone()).send();
                aws.call("ec2:AssociateIamInstanceProfile", call).await.map(|_| ())
            }
            (Some(association), None) => {
                let call = aws.ec2().disassociate_iam_instance_profile().association_id(association).send();
                aws.call("ec2:DisassociateIamInstanceProfile", call).await.map(|_| ())
            }
            (None, None) => Ok(()),
        }
    };
    retry_while(crate::ec2::NEW_PARENT, early, put).await
}

async fn metadata(aws: &Aws, id: &str, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    let Some(after) = &planned.metadata_options else { return Ok(()) };
    if prior.metadata_options.as_ref() == Some(after) {
        return Ok(());
    }
    let some = |t: Option<&str>| set(t);
    let call = (aws.ec2().modify_instance_metadata_options().instance_id(id))
        .set_http_endpoint(after.http_endpoint.as_deref().map(InstanceMetadataEndpointState::from))
        .set_http_protocol_ipv6(after.http_protocol_ipv6.as_deref().map(InstanceMetadataProtocolState::from))
        .set_http_put_response_hop_limit(int(after.http_put_response_hop_limit.0.filter(|n| *n > 0)))
        .set_http_tokens(some(after.http_tokens.as_deref()).as_deref().map(HttpTokensState::from))
        .set_instance_metadata_tags(
            some(after.instance_metadata_tags.as_deref()).as_deref().map(InstanceMetadataTagsState::from),
        )
        .send();
    aws.call("ec2:ModifyInstanceMetadataOptions", call).await.map(|_| ())
}

async fn addresses(aws: &Aws, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    let Some(wanted) = &planned.secondary_private_ips.0 else { return Ok(()) };
    let there = prior.secondary_private_ips.0.clone().unwrap_or_default();
    let interface = prior.primary_network_interface_id.known()?;
    let added: Vec<String> = wanted.difference(&there).cloned().collect();
    let removed: Vec<String> = there.difference(wanted).cloned().collect();
    if !removed.is_empty() {
        let call = aws.ec2().unassign_private_ip_addresses().network_interface_id(interface);
        let call = call.set_private_ip_addresses(Some(removed)).send();
        aws.call("ec2:UnassignPrivateIpAddresses", call).await?;
    }
    if !added.is_empty() {
        let call = aws.ec2().assign_private_ip_addresses().network_interface_id(interface);
        let call = call.set_private_ip_addresses(Some(added)).send();
        aws.call("ec2:AssignPrivateIpAddresses", call).await?;
    }
    Ok(())
}

/// Changes how many IPv6 addresses there are, and makes the first of them stay.
async fn ipv6(aws: &Aws, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    let interface = || prior.primary_network_interface_id.known().map(String::as_str);
    let there = prior.ipv6_addresses.0.as_deref().unwrap_or_default();
    let wanted = planned.ipv6_address_count.0.and_then(|n| usize::try_from(n).ok()).unwrap_or(there.len());
    if let Some(removed @ [_, ..]) = there.get(wanted..) {
        let call = aws.ec2().unassign_ipv6_addresses().network_interface_id(interface()?);
        let call = call.set_ipv6_addresses(Some(removed.to_vec())).send();
        aws.call("ec2:UnassignIpv6Addresses", call).await?;
    }
    if wanted > there.len() {
        let more = i64::try_from(wanted - there.len()).ok();
        let call = aws.ec2().assign_ipv6_addresses().network_interface_id(interface()?);
        aws.call("ec2:AssignIpv6Addresses", call.set_ipv6_address_count(int(more)).send()).await?;
    }
    if planned.enable_primary_ipv6.0 == Some(true) && prior.enable_primary_ipv6.0 != Some(true) {
        let call = aws.ec2().modify_network_interface_attribute().network_interface_id(interface()?);
        aws.call("ec2:ModifyNetworkInterfaceAttribute", call.enable_primary_ipv6(true).send()).await?;
    }
    Ok(())
}

async fn options(aws: &Aws, id: &str, prior: &Instance, planned: &Instance) -> Result<(), Error> {
    if let Some(credits) = credits(planned).filter(|c| credits(prior).as_ref() != Some(c)) {
        let request =
            InstanceCreditSpecificationRequest::builder().instance_id(id).cpu_credits(credits).build();
        let call = aws.ec2().modify_instance_credit_specification().instance_credit_specifications(request);
        aws.call("ec2:ModifyInstanceCreditSpecification", call.send()).await?;
    }
    let recovery = |i: &Instance| i.maintenance_options.as_ref().and_then(|m| m.auto_recovery.0.clone());
    if let Some(wanted) = recovery(planned).filter(|r| recovery(prior).as_ref() != Some(r)) {
        let call = aws.ec2().modify_instance_maintenance_options().instance_id(id);
        let call = call.auto_recovery(InstanceAutoRecoveryState::from(wanted.as_str())).send();
        aws.call("ec2:ModifyInstanceMaintenanceOptions", call).await?;
    }
    if let Some(names) = &planned.private_dns_name_options
        && prior.private_dns_name_options.as_ref() != Some(names)
    {
        let call = (aws.ec2().modify_private_dns_name_options().instance_id(id))
            .set_enable_resource_name_dns_a_record(names.enable_resource_name_dns_a_record.0)
            .set_enable_resource_name_dns_aaaa_record(names.enable_resource_name_dns_aaaa_record.0)
            .send();
        aws.call("ec2:ModifyPrivateDnsNameOptions", call).await?;
    }
    Ok(())
}

fn credits(instance: &Instance) -> Option<String> {
    instance.credit_specification.as_ref().and_then(|c| c.cpu_credits.clone())
}

/// Makes the changes for which an instance stops, and starts it again when it ran.
pub(super) async fn stopped(
    aws: &Aws,
    id: &str,
    prior: &Instance,
    planned: &Instance,
    timeout: Duration,
) -> Result<(), Error> {
    let kind = planned.instance_type.as_deref().filter(|k| prior.instance_type.as_deref() != Some(k));
    let data = user_data(planned);
    let other_data = data != user_data(prior);
    let cores = |i: &Instance| i.cpu_options.as_ref().map(|c| (c.core_count.0, c.threads_per_core.0));
    let nested = |i: &Instance| i.cpu_options.as_ref().and_then(|c| c.nested_virtualization.0.clone());
    let other_cores = kind.is_none() && cores(prior) != cores(planned);
    let other_nesting = nested(planned).is_some() && nested(prior) != nested(planned);
    let cpu = planned.cpu_options.as_ref().filter(|_| other_cores || other_nesting);
    let reserved = planned.capacity_reservation_specification.is_some()
        && prior.capacity_reservation_specification != planned.capacity_reservation_specification;
    if kind.is_none() && !other_data && cpu.is_none() && !reserved {
        return Ok(());
    }
    let now = find::<types::Instance>(aws, id).await?;
    let runs = now.as_ref().and_then(remote::state) != Some(&State::Stopped);
    stop(aws, id, timeout).await?;
    let change = async {
        if let Some(kind) = kind {
            modify(aws, id, |call| call.instance_type(word(kind))).await?;
        }
        if other_data {
            // The SDK encodes what it is given.
            let plain = base64::decode(data.unwrap_or_default()).unwrap_or_default();
            let value = SecureBlobAttributeValue::builder().value(Blob::new(plain)).build();
            modify(aws, id, |call| call.user_data(value)).await?;
        }
        if let Some(cpu) = cpu {
            let some = |n: Option<i64>| int(n.filter(|n| other_cores && *n > 0));
            let nesting = set(cpu.nested_virtualization.as_deref()).filter(|_| other_nesting);
            let call = (aws.ec2().modify_instance_cpu_options().instance_id(id))
                .set_core_count(some(cpu.core_count.0))
                .set_threads_per_core(some(cpu.threads_per_core.0))
                .set_nested_virtualization(nesting.as_deref().map(NestedVirtualizationSpecification::from))
                .send();
            aws.call("ec2:ModifyInstanceCpuOptions", call).await?;
        }
        if reserved {
            let call = aws.ec2().modify_instance_capacity_reservation_attributes().instance_id(id);
            let call = call.set_capacity_reservation_specification(capacity(planned)).send();
            aws.call("ec2:ModifyInstanceCapacityReservationAttributes", call).await?;
        }
        Ok(())
    };
    let changed: Result<(), Error> = change.await;
    // It runs again even if the change failed.
    let started = if runs { start(aws, id, timeout).await } else { Ok(()) };
    changed.and(started)
}
