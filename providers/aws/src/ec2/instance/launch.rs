//! The launch of an instance.

use super::Instance;
use super::blocks::{MetadataOptions, SecondaryInterface};
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::batch::filter;
use crate::ec2::kind::{created, int, set};
use crate::ec2::operation::creation_tags;
use crate::ec2::tagging::tag_list;
use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use aws_sdk_ec2::types::{
    AmdSevSnpSpecification, BlockDeviceMapping, CapacityReservationPreference,
    CapacityReservationSpecification, CapacityReservationTarget, CpuOptionsRequest,
    CreditSpecificationRequest, EbsBlockDevice, EnclaveOptionsRequest, HibernationOptionsRequest,
    HostnameType, HttpTokensState, IamInstanceProfileSpecification, InstanceAutoRecoveryState,
    InstanceInterruptionBehavior, InstanceIpv6Address, InstanceMaintenanceOptionsRequest,
    InstanceMarketOptionsRequest, InstanceMetadataEndpointState, InstanceMetadataOptionsRequest,
    InstanceMetadataProtocolState, InstanceMetadataTagsState, InstanceNetworkInterfaceSpecification,
    InstanceSecondaryInterfaceSpecificationRequest, InstanceType, LaunchTemplateSpecification, MarketType,
    NestedVirtualizationSpecification, Placement, PrivateDnsNameOptionsRequest,
    PrivateIpAddressSpecification, ResourceType, RunInstancesMonitoringEnabled, SecondaryInterfaceType,
    ShutdownBehavior, SpotInstanceType, SpotMarketOptions, TagSpecification, Tenancy, VolumeType,
};
use aws_smithy_types::base64;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Error};

/// The user data as EC2 takes them.
pub(super) fn user_data(instance: &Instance) -> Option<String> {
    let plain = set(instance.user_data.as_deref());
    let encode = |text: String| base64::encode(text);
    plain.map(encode).or_else(|| set(instance.user_data_base64.as_deref()))
}

fn some<T: Clone>(items: &BTreeSet<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then(|| items.iter().cloned().collect())
}

/// Launches the instance and answers its id.
pub(super) async fn run(aws: &Aws, planned: &Instance, cx: &ApplyContext) -> Result<String, Error> {
    let mappings = block_devices(aws, planned).await?;
    let interfaces = interfaces(aws, planned).await?;
    let alone = interfaces.is_empty();
    let groups = planned.vpc_security_group_ids.0.as_ref().and_then(some);
    let ipv6: Vec<_> = (planned.ipv6_addresses.0.iter().flatten())
        .map(|ip| InstanceIpv6Address::builder().ipv6_address(ip).build())
        .collect();
    let profile = set(planned.iam_instance_profile.as_deref()).map(|profile| {
        let specification = IamInstanceProfileSpecification::builder();
        match profile.starts_with("arn:") {
            true => specification.arn(profile).build(),
            false => specification.name(profile).build(),
        }
    });
    let mut call = (aws.ec2().run_instances())
        .client_token(cx.token.to_string())
        .min_count(1)
        .max_count(1)
        .set_image_id(set(planned.ami.as_deref()))
        .set_instance_type(planned.instance_type.as_deref().map(InstanceType::from))
        .set_block_device_mappings((!mappings.is_empty()).then_some(mappings))
        .set_disable_api_stop(planned.disable_api_stop.0)
        .set_disable_api_termination(planned.disable_api_termination.0)
        .set_ebs_optimized(planned.ebs_optimized.0)
        .set_iam_instance_profile(profile)
        .set_instance_initiated_shutdown_behavior(
            planned.instance_initiated_shutdown_behavior.as_deref().map(ShutdownBehavior::from),
        )
        .set_key_name(set(planned.key_name.as_deref()))
        .set_monitoring(
            planned.monitoring.0.map(|on| RunInstancesMonitoringEnabled::builder().enabled(on).build()),
        )
        .set_placement(placement(planned))
        .set_user_data(user_data(planned))
        .tag_specifications(creation_tags(ResourceType::Instance, &planned.tags, cx));
    call = match alone {
        true => call
            .set_subnet_id(set(planned.subnet_id.as_deref()))
            .set_private_ip_address(set(planned.private_ip.as_deref()))
            .set_security_group_ids(groups)
            .set_security_groups(planned.security_groups.0.as_ref().and_then(some))
            .set_enable_primary_ipv6(planned.enable_primary_ipv6.0)
            .set_ipv6_address_count(int(planned.ipv6_address_count.0.filter(|n| *n > 0)))
            .set_ipv6_addresses((!ipv6.is_empty()).then_some(ipv6)),
        false => call.set_network_interfaces(Some(interfaces)),
    };
    let mut tags = aws.tags().defaults().clone();
    tags.extend(planned.volume_tags.clone().unwrap_or_default());
    if !tags.is_empty() {
        let tags =
            TagSpecification::builder().resource_type(ResourceType::Volume).set_tags(Some(tag_list(&tags)));
        call = call.tag_specifications(tags.build());
    }
    call = call
        .set_cpu_options(cpu(planned))
        .set_capacity_reservation_specification(capacity(planned))
        .set_credit_specification(
            (planned.credit_specification.as_ref())
                .and_then(|c| c.cpu_credits.clone())
                .map(|credits| CreditSpecificationRequest::builder().cpu_credits(credits).build()),
        )
        .set_enclave_options(
            planned
                .enclave_options
                .as_ref()
                .and_then(|e| e.enabled.0)
                .map(|on| EnclaveOptionsRequest::builder().enabled(on).build()),
        )
        .set_hibernation_options(
            planned.hibernation.map(|on| HibernationOptionsRequest::builder().configured(on).build()),
        )
        .set_instance_market_options(market(planned))
        .set_launch_template(planned.launch_template.as_ref().map(|t| {
            LaunchTemplateSpecification::builder()
                .set_launch_template_id(set(t.id.as_deref()))
                // EC2 takes one of them.
                .set_launch_template_name(set(t.name.as_deref()).filter(|_| set(t.id.as_deref()).is_none()))
                .set_version(set(t.version.as_deref()))
                .build()
        }))
        .set_maintenance_options(
            (planned.maintenance_options.as_ref()).and_then(|m| m.auto_recovery.0.clone()).map(|recovery| {
                let recovery = InstanceAutoRecoveryState::from(recovery.as_str());
                InstanceMaintenanceOptionsRequest::builder().auto_recovery(recovery).build()
            }),
        )
        .set_secondary_interfaces(some(&planned.secondary_network_interface).map(secondary_interfaces))
        .set_metadata_options(planned.metadata_options.as_ref().map(metadata))
        .set_private_dns_name_options(planned.private_dns_name_options.as_ref().map(|n| {
            PrivateDnsNameOptionsRequest::builder()
                .set_enable_resource_name_dns_a_record(n.enable_resource_name_dns_a_record.0)
                .set_enable_resource_name_dns_aaaa_record(n.enable_resource_name_dns_aaaa_record.0)
                .set_hostname_type(n.hostname_type.as_deref().map(HostnameType::from))
                .build()
        }));
    let launch = || aws.call("ec2:RunInstances", call.clone().send());
    // Roles and profiles take a while to be known everywhere.
    let early = |e: &Error| {
        let profile =
            e.has_code(&["InvalidParameterValue"]) && e.detail.contains("Invalid IAM Instance Profile");
        let licence = e.has_code(&["InvalidParameterCombination"]) && e.detail.contains("iamInstanceProfile");
        profile
            || licence
            || is_not_found(e) && !e.has_code(&["InvalidAMIID.NotFound", "InvalidKeyPair.NotFound"])
    };
    let made = retry_while(crate::ec2::NEW_PARENT, early, launch).await?;
    created("ec2:RunInstances", made.instances.unwrap_or_default().into_iter().find_map(|i| i.instance_id))
}

/// Its interfaces, where the plan says more of them than EC2 takes without.
async fn interfaces(
    aws: &Aws,
    planned: &Instance,
) -> Result<Vec<InstanceNetworkInterfaceSpecification>, Error> {
    let made_elsewhere = planned.network_interface.iter().map(|i| {
        InstanceNetworkInterfaceSpecification::builder()
            .set_device_index(int(Some(i.device_index)))
            .set_network_card_index(int(i.network_card_index))
            .network_interface_id(&i.network_interface_id)
            .set_delete_on_termination(i.delete_on_termination)
            .build()
    });
    let primary = planned.primary_network_interface.iter().map(|i| {
        let interface = InstanceNetworkInterfaceSpecification::builder().device_index(0);
        interface.network_interface_id(&i.network_interface_id).build()
    });
    let given: Vec<_> = primary.chain(made_elsewhere).collect();
    let further = planned.secondary_private_ips.0.clone().unwrap_or_default();
    if !given.is_empty() || planned.associate_public_ip_address.0.is_none() && further.is_empty() {
        return Ok(given);
    }
    let groups = match (&planned.vpc_security_group_ids.0, &planned.security_groups.0) {
        (Some(ids), _) => some(ids),
        (None, Some(names)) if !names.is_empty() => Some(default_groups(aws, names).await?),
        _ => None,
    };
    let first = set(planned.private_ip.as_deref());
    let address = |ip: &String, primary: bool| {
        PrivateIpAddressSpecification::builder().private_ip_address(ip).primary(primary).build()
    };
    let addresses: Vec<_> =
        first.iter().map(|ip| address(ip, true)).chain(further.iter().map(|ip| address(ip, false))).collect();
    let ipv6: Vec<_> = (planned.ipv6_addresses.0.iter().flatten())
        .map(|ip| InstanceIpv6Address::builder().ipv6_address(ip).build())
        .collect();
    let alone = further.is_empty();
    let interface = InstanceNetworkInterfaceSpecification::builder()
        .device_index(0)
        .delete_on_termination(true)
        .set_associate_public_ip_address(planned.associate_public_ip_address.0)
        .set_subnet_id(set(planned.subnet_id.as_deref()))
        .set_private_ip_address(first.filter(|_| alone))
        .set_private_ip_addresses((!alone).then_some(addresses))
        .set_groups(groups)
        .set_primary_ipv6(planned.enable_primary_ipv6.0)
        .set_ipv6_address_count(int(planned.ipv6_address_count.0.filter(|n| *n > 0)))
        .set_ipv6_addresses((!ipv6.is_empty()).then_some(ipv6))
        .build();
    Ok(vec![interface])
}

/// The ids of groups of the default VPC: an interface has its groups by ids only.
async fn default_groups(aws: &Aws, names: &BTreeSet<String>) -> Result<Vec<String>, Error> {
    let vpcs = aws.ec2().describe_vpcs().filters(filter("is-default", ["true"])).send();
    let vpcs = aws.call("ec2:DescribeVpcs", vpcs).await?.vpcs.unwrap_or_default();
    let call = (aws.ec2().describe_security_groups())
        .filters(filter("vpc-id", vpcs.into_iter().filter_map(|v| v.vpc_id)))
        .filters(filter("group-name", names))
        .send();
    let found = aws.call("ec2:DescribeSecurityGroups", call).await?.security_groups.unwrap_or_default();
    match found.len() == names.len() {
        true => Ok(found.into_iter().filter_map(|g| g.group_id).collect()),
        false => {
            let detail = "Not all of security_groups are names of groups in the default VPC. In another one, use \
                          vpc_security_group_ids.";
            Err(Error::new("A security group is not found", detail).attribute("security_groups"))
        }
    }
}

fn secondary_interfaces(
    planned: Vec<SecondaryInterface>,
) -> Vec<InstanceSecondaryInterfaceSpecificationRequest> {
    let specify = |i: SecondaryInterface| {
        InstanceSecondaryInterfaceSpecificationRequest::builder()
            .set_delete_on_termination(i.delete_on_termination)
            .set_device_index(int(i.device_index))
            .set_interface_type(i.interface_type.as_deref().map(SecondaryInterfaceType::from))
            .set_network_card_index(int(Some(i.network_card_index)))
            .set_private_ip_address_count(int(i.private_ip_address_count))
            .secondary_subnet_id(i.secondary_subnet_id)
            .build()
    };
    planned.into_iter().map(specify).collect()
}

async fn block_devices(aws: &Aws, planned: &Instance) -> Result<Vec<BlockDeviceMapping>, Error> {
    let number = |n: Option<i64>| int(n.filter(|n| *n > 0));
    let mut all: Vec<BlockDeviceMapping> = (planned.ebs_block_device.iter())
        .map(|d| {
            let ebs = EbsBlockDevice::builder()
                .set_delete_on_termination(d.delete_on_termination)
                .set_encrypted(d.encrypted.0.filter(|e| *e))
                .set_iops(number(d.iops.0))
                .set_kms_key_id(set(d.kms_key_id.as_deref()))
                .set_snapshot_id(set(d.snapshot_id.as_deref()))
                .set_throughput(number(d.throughput.0))
                .set_volume_size(number(d.volume_size.0))
                .set_volume_type(d.volume_type.as_deref().map(VolumeType::from))
                .build();
            BlockDeviceMapping::builder().device_name(&d.device_name).ebs(ebs).build()
        })
        .collect();
    all.extend(planned.ephemeral_block_device.iter().map(|d| {
        BlockDeviceMapping::builder()
            .device_name(&d.device_name)
            .set_virtual_name(d.virtual_name.clone())
            .set_no_device(d.no_device.filter(|no| *no).map(|_| String::new()))
            .build()
    }));
    if let Some(d) = &planned.root_block_device {
        let ebs = EbsBlockDevice::builder()
            .set_delete_on_termination(d.delete_on_termination)
            .set_encrypted(d.encrypted.0.filter(|e| *e))
            .set_iops(number(d.iops.0))
            .set_kms_key_id(set(d.kms_key_id.as_deref()))
            .set_throughput(number(d.throughput.0))
            .set_volume_size(number(d.volume_size.0))
            .set_volume_type(d.volume_type.as_deref().map(VolumeType::from))
            .build();
        let name = root_device(aws, planned).await?;
        all.push(BlockDeviceMapping::builder().device_name(name).ebs(ebs).build());
    }
    Ok(all)
}

/// The image that is launched: the instance's own, or else that of its template.
async fn image(aws: &Aws, planned: &Instance) -> Result<Option<String>, Error> {
    let own = set(planned.ami.as_deref());
    let Some(template) = planned.launch_template.as_ref().filter(|_| own.is_none()) else { return Ok(own) };
    let id = set(template.id.as_deref());
    let call = (aws.ec2().describe_launch_template_versions())
        // EC2 takes one of them.
        .set_launch_template_name(set(template.name.as_deref()).filter(|_| id.is_none()))
        .set_launch_template_id(id)
        .versions(set(template.version.as_deref()).unwrap_or_else(|| "$Default".into()))
        // An image can also be named by a parameter of Systems Manager.
        .resolve_alias(true);
    let found = aws.call("ec2:DescribeLaunchTemplateVersions", call.send()).await?;
    let mut versions = found.launch_template_versions.into_iter().flatten();
    Ok(versions.find_map(|version| version.launch_template_data?.image_id))
}

/// The name that the image gives its first volume.
async fn root_device(aws: &Aws, planned: &Instance) -> Result<String, Error> {
    let image = image(aws, planned).await?.ok_or_else(|| {
        let detail = "Only the image says what the first volume is called, and the launch template names none: set ami.";
        Error::new("root_block_device without an image", detail).attribute("root_block_device")
    })?;
    let call = aws.ec2().describe_images().image_ids(&image).send();
    let found = aws.call("ec2:DescribeImages", call).await?.images.unwrap_or_default();
    let name = found.into_iter().find_map(|i| {
        // What is mapped, when the name stands for no mapping, is the first one.
        let named = i.root_device_name.clone();
        let mapped = i.block_device_mappings().iter().filter_map(|m| m.device_name.clone());
        let mapped: Vec<String> = mapped.collect();
        named.filter(|n| mapped.is_empty() || mapped.contains(n)).or_else(|| mapped.first().cloned())
    });
    name.ok_or_else(|| {
        let detail = format!("{image} is not found, or has no volume.");
        Error::new("The image has no first volume", detail).attribute("ami")
    })
}

fn placement(planned: &Instance) -> Option<Placement> {
    let placement = Placement::builder()
        .set_availability_zone(set(planned.availability_zone.as_deref()))
        .set_group_name(set(planned.placement_group.as_deref()))
        .set_group_id(set(planned.placement_group_id.as_deref()))
        .set_partition_number(int(planned.placement_partition_number.0.filter(|n| *n > 0)))
        .set_host_id(set(planned.host_id.as_deref()))
        .set_host_resource_group_arn(set(planned.host_resource_group_arn.as_deref()))
        .set_tenancy(planned.tenancy.as_deref().map(Tenancy::from))
        .build();
    (placement != Placement::builder().build()).then_some(placement)
}

fn cpu(planned: &Instance) -> Option<CpuOptionsRequest> {
    let cpu = planned.cpu_options.as_ref()?;
    let options = CpuOptionsRequest::builder()
        .set_core_count(int(cpu.core_count.0.filter(|n| *n > 0)))
        .set_threads_per_core(int(cpu.threads_per_core.0.filter(|n| *n > 0)))
        .set_amd_sev_snp(set(cpu.amd_sev_snp.as_deref()).as_deref().map(AmdSevSnpSpecification::from))
        .set_nested_virtualization(
            set(cpu.nested_virtualization.as_deref()).as_deref().map(NestedVirtualizationSpecification::from),
        )
        .build();
    (options != CpuOptionsRequest::builder().build()).then_some(options)
}

/// Which reserved capacity is to be used.
pub(super) fn capacity(planned: &Instance) -> Option<CapacityReservationSpecification> {
    let wanted = planned.capacity_reservation_specification.as_ref()?;
    let target = wanted.capacity_reservation_target.as_ref().map(|t| {
        CapacityReservationTarget::builder()
            .set_capacity_reservation_id(set(t.capacity_reservation_id.as_deref()))
            .set_capacity_reservation_resource_group_arn(set(t
                .capacity_reservation_resource_group_arn
                .as_deref()))
            .build()
    });
    let preference = set(wanted.capacity_reservation_preference.as_deref());
    Some(
        CapacityReservationSpecification::builder()
            .set_capacity_reservation_preference(
                preference.as_deref().map(CapacityReservationPreference::from),
            )
            .set_capacity_reservation_target(target)
            .build(),
    )
}

fn market(planned: &Instance) -> Option<InstanceMarketOptionsRequest> {
    let wanted = planned.instance_market_options.as_ref()?;
    let spot = wanted.spot_options.as_ref().map(|s| {
        let until =
            s.valid_until.as_deref().and_then(|t| DateTime::from_str(t, DateTimeFormat::DateTime).ok());
        SpotMarketOptions::builder()
            .set_instance_interruption_behavior(
                set(s.instance_interruption_behavior.as_deref())
                    .as_deref()
                    .map(InstanceInterruptionBehavior::from),
            )
            .set_max_price(set(s.max_price.as_deref()))
            .set_spot_instance_type(
                set(s.spot_instance_type.as_deref()).as_deref().map(SpotInstanceType::from),
            )
            .set_valid_until(until)
            .build()
    });
    let kind = set(wanted.market_type.as_deref());
    Some(
        InstanceMarketOptionsRequest::builder()
            .set_market_type(kind.as_deref().map(MarketType::from))
            .set_spot_options(spot)
            .build(),
    )
}

fn metadata(options: &MetadataOptions) -> InstanceMetadataOptionsRequest {
    InstanceMetadataOptionsRequest::builder()
        .set_http_endpoint(options.http_endpoint.as_deref().map(InstanceMetadataEndpointState::from))
        .set_http_protocol_ipv6(
            options.http_protocol_ipv6.as_deref().map(InstanceMetadataProtocolState::from),
        )
        .set_http_put_response_hop_limit(int(options.http_put_response_hop_limit.0.filter(|n| *n > 0)))
        .set_http_tokens(set(options.http_tokens.as_deref()).as_deref().map(HttpTokensState::from))
        .set_instance_metadata_tags(
            set(options.instance_metadata_tags.as_deref()).as_deref().map(InstanceMetadataTagsState::from),
        )
        .build()
}
