//! `aws_instance` as a data source: the instance that matches.

use super::machines::moment;
use super::one::{described, only, text};
use crate::Aws;
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::instance::{EbsBlockDevice, Facts, Instance, MetadataOptions, PrivateNames, RootBlockDevice};
use crate::ec2::kind::set;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use aws_smithy_types::base64;
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The instance that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_instance")]
pub struct InstanceData {
    /// The image it was launched from.
    pub ami: Computed<String>,
    /// The ARN of the instance.
    pub arn: Computed<String>,
    /// Whether it has a public address.
    pub associate_public_ip_address: Computed<bool>,
    /// The zone it is in.
    pub availability_zone: Computed<String>,
    /// What becomes of it when its credits are used up.
    pub credit_specification: Computed<Vec<Credits>>,
    /// Whether it is protected from being stopped.
    pub disable_api_stop: Computed<bool>,
    /// Whether it is protected from being terminated.
    pub disable_api_termination: Computed<bool>,
    /// Its further volumes.
    pub ebs_block_device: Computed<BTreeSet<Volume>>,
    /// Whether it has throughput of its own for volumes.
    pub ebs_optimized: Computed<bool>,
    /// Whether it can have enclaves.
    pub enclave_options: Computed<Vec<Enclaves>>,
    /// Volumes of the host, which EC2 does not tell.
    pub ephemeral_block_device: Computed<Vec<HostVolume>>,
    /// Filters of DescribeInstances.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// Whether to tell its password, of Windows.
    pub get_password_data: Option<bool>,
    /// Whether to tell what it was given to begin with.
    pub get_user_data: Option<bool>,
    /// The host it is on.
    pub host_id: Computed<String>,
    /// The group of hosts it is on.
    pub host_resource_group_arn: Computed<String>,
    /// The profile whose role it has.
    pub iam_instance_profile: Computed<String>,
    /// The id of the instance.
    pub id: Computed<String>,
    /// The id of the instance, to choose it by.
    pub instance_id: Option<String>,
    /// Whether it runs.
    pub instance_state: Computed<String>,
    /// Tags that the instance must have.
    pub instance_tags: Auto<Tags>,
    /// What machine it is.
    pub instance_type: Computed<String>,
    /// Its IPv6 addresses.
    pub ipv6_addresses: Computed<BTreeSet<String>>,
    /// The key that it lets in.
    pub key_name: Computed<String>,
    /// When it was launched.
    pub launch_time: Computed<String>,
    /// What AWS does when the host fails.
    pub maintenance_options: Computed<Vec<Recovery>>,
    /// How it gets to know of itself.
    pub metadata_options: Computed<Vec<Metadata>>,
    /// Whether it is measured each minute.
    pub monitoring: Computed<bool>,
    /// Its first network interface.
    pub network_interface_id: Computed<String>,
    /// The Outpost it is on.
    pub outpost_arn: Computed<String>,
    /// Its password, encrypted with its key.
    pub password_data: Computed<String>,
    /// The placement group.
    pub placement_group: Computed<String>,
    /// The placement group, by its id.
    pub placement_group_id: Computed<String>,
    /// The partition of the placement group.
    pub placement_partition_number: Computed<i64>,
    /// Its private DNS name.
    pub private_dns: Computed<String>,
    /// How it is named.
    pub private_dns_name_options: Computed<Vec<Names>>,
    /// Its private address.
    pub private_ip: Computed<String>,
    /// Its public DNS name.
    pub public_dns: Computed<String>,
    /// Its public address.
    pub public_ip: Computed<String>,
    /// Its first volume.
    pub root_block_device: Computed<BTreeSet<RootVolume>>,
    /// Further private addresses.
    pub secondary_private_ips: Computed<BTreeSet<String>>,
    /// Its security groups, by name.
    pub security_groups: Computed<BTreeSet<String>>,
    /// Whether traffic must be from or to the instance itself.
    pub source_dest_check: Computed<bool>,
    /// The subnet it is in.
    pub subnet_id: Computed<String>,
    /// The tags of the instance.
    pub tags: Auto<Tags>,
    /// How it shares hosts.
    pub tenancy: Computed<String>,
    /// What it was given to begin with, as a SHA-1.
    pub user_data: Computed<String>,
    /// What it was given to begin with, when that is asked for.
    pub user_data_base64: Computed<String>,
    /// Its security groups.
    pub vpc_security_group_ids: Computed<BTreeSet<String>>,
}

/// What becomes of an instance whose credits are used up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Credits {
    /// `standard` or `unlimited`.
    pub cpu_credits: String,
}

/// A further volume of an instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Volume {
    /// Whether the volume goes with the instance.
    pub delete_on_termination: bool,
    /// The name of the device.
    pub device_name: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Operations in a second.
    pub iops: i64,
    /// The key, when it is encrypted.
    pub kms_key_id: String,
    /// The snapshot it began with.
    pub snapshot_id: String,
    /// The tags of the volume.
    pub tags: Tags,
    /// Its throughput in MiB in a second.
    pub throughput: i64,
    /// The id of the volume.
    pub volume_id: String,
    /// Its size in GiB.
    pub volume_size: i64,
    /// Its kind.
    pub volume_type: String,
}

/// The first volume of an instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct RootVolume {
    /// Whether the volume goes with the instance.
    pub delete_on_termination: bool,
    /// The name of the device.
    pub device_name: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Operations in a second.
    pub iops: i64,
    /// The key, when it is encrypted.
    pub kms_key_id: String,
    /// The tags of the volume.
    pub tags: Tags,
    /// Its throughput in MiB in a second.
    pub throughput: i64,
    /// The id of the volume.
    pub volume_id: String,
    /// Its size in GiB.
    pub volume_size: i64,
    /// Its kind.
    pub volume_type: String,
}

/// Whether an instance can have enclaves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Enclaves {
    /// Whether it can.
    pub enabled: bool,
}

/// A volume of the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct HostVolume {
    /// The name of the device.
    pub device_name: String,
    /// Whether there is none.
    pub no_device: bool,
    /// The name of the volume.
    pub virtual_name: String,
}

/// What AWS does when the host of an instance fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Recovery {
    /// `default` or `disabled`.
    pub auto_recovery: String,
}

/// How an instance gets to know of itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Metadata {
    /// Whether it can ask at all.
    pub http_endpoint: String,
    /// Whether it can ask over IPv6.
    pub http_protocol_ipv6: String,
    /// How many hops an answer may take.
    pub http_put_response_hop_limit: i64,
    /// Whether a session's token is needed.
    pub http_tokens: String,
    /// Whether tags are told.
    pub instance_metadata_tags: String,
}

/// How an instance is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Names {
    /// Whether its name stands for its IPv4 address.
    pub enable_resource_name_dns_a_record: bool,
    /// Whether its name stands for its IPv6 address.
    pub enable_resource_name_dns_aaaa_record: bool,
    /// `ip-name` or `resource-name`.
    pub hostname_type: String,
}

#[async_trait]
impl DataSource for InstanceData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.instance_tags.0.clone().unwrap_or_default();
        let wanted = filters(&config.filter, &tags, &[("instance-id", set(config.instance_id.as_deref()))]);
        let found = described::<types::Instance>(aws, wanted).await?;
        let found = only(found, "instance", "ec2:DescribeInstances")?;
        let facts = Facts::of(aws, vec![&found]).await?;
        let id = text(found.instance_id());
        let launched = found.launch_time().map(moment).unwrap_or_default();
        let credits = facts.credits.get(&id).cloned();
        let known = Instance::default().with(aws, found, &facts);
        let told = facts.user_data(&id);
        let digest = told.map(digest).unwrap_or_default();
        let data = told.filter(|_| config.get_user_data == Some(true)).unwrap_or_default().to_owned();
        let password = match config.get_password_data {
            Some(true) => {
                let call = aws.ec2().get_password_data().instance_id(&id).send();
                let answer = aws.call("ec2:GetPasswordData", call).await?;
                text(answer.password_data().map(str::trim))
            }
            _ => String::new(),
        };
        Ok(Self {
            ami: known.ami.0.unwrap_or_default().into(),
            arn: known.arn.0.unwrap_or_default().into(),
            associate_public_ip_address: known.associate_public_ip_address.0.unwrap_or_default().into(),
            availability_zone: known.availability_zone.0.unwrap_or_default().into(),
            credit_specification: credits
                .into_iter()
                .map(|cpu_credits| Credits { cpu_credits })
                .collect::<Vec<_>>()
                .into(),
            disable_api_stop: known.disable_api_stop.0.unwrap_or_default().into(),
            disable_api_termination: known.disable_api_termination.0.unwrap_or_default().into(),
            ebs_block_device: known.ebs_block_device.into_iter().map(further).collect::<BTreeSet<_>>().into(),
            ebs_optimized: known.ebs_optimized.0.unwrap_or_default().into(),
            enclave_options: known
                .enclave_options
                .map(|e| Enclaves { enabled: e.enabled.0.unwrap_or_default() })
                .into_iter()
                .collect::<Vec<_>>()
                .into(),
            ephemeral_block_device: Vec::new().into(),
            host_id: known.host_id.0.unwrap_or_default().into(),
            host_resource_group_arn: known.host_resource_group_arn.0.unwrap_or_default().into(),
            iam_instance_profile: known.iam_instance_profile.0.unwrap_or_default().into(),
            id: id.as_str().into(),
            instance_state: known.instance_state.0.unwrap_or_default().into(),
            instance_tags: config.instance_tags.0.clone().unwrap_or_default().into(),
            instance_type: known.instance_type.0.unwrap_or_default().into(),
            ipv6_addresses: known
                .ipv6_addresses
                .0
                .unwrap_or_default()
                .into_iter()
                .collect::<BTreeSet<_>>()
                .into(),
            key_name: known.key_name.0.unwrap_or_default().into(),
            launch_time: launched.into(),
            maintenance_options: known
                .maintenance_options
                .map(|m| Recovery { auto_recovery: m.auto_recovery.0.unwrap_or_default() })
                .into_iter()
                .collect::<Vec<_>>()
                .into(),
            metadata_options: known.metadata_options.map(metadata).into_iter().collect::<Vec<_>>().into(),
            monitoring: known.monitoring.0.unwrap_or_default().into(),
            network_interface_id: known.primary_network_interface_id.0.unwrap_or_default().into(),
            outpost_arn: known.outpost_arn.0.unwrap_or_default().into(),
            password_data: password.into(),
            placement_group: known.placement_group.0.unwrap_or_default().into(),
            placement_group_id: known.placement_group_id.0.unwrap_or_default().into(),
            placement_partition_number: known.placement_partition_number.0.unwrap_or_default().into(),
            private_dns: known.private_dns.0.unwrap_or_default().into(),
            private_dns_name_options: known
                .private_dns_name_options
                .map(names)
                .into_iter()
                .collect::<Vec<_>>()
                .into(),
            private_ip: known.private_ip.0.unwrap_or_default().into(),
            public_dns: known.public_dns.0.unwrap_or_default().into(),
            public_ip: known.public_ip.0.unwrap_or_default().into(),
            root_block_device: known.root_block_device.map(first).into_iter().collect::<BTreeSet<_>>().into(),
            secondary_private_ips: known.secondary_private_ips.0.unwrap_or_default().into(),
            security_groups: known.security_groups.0.unwrap_or_default().into(),
            source_dest_check: known.source_dest_check.unwrap_or_default().into(),
            subnet_id: known.subnet_id.0.unwrap_or_default().into(),
            tags: aws.tags().managed(known.tags).into(),
            tenancy: known.tenancy.0.unwrap_or_default().into(),
            user_data: digest.into(),
            user_data_base64: data.into(),
            vpc_security_group_ids: known.vpc_security_group_ids.0.unwrap_or_default().into(),
            ..config
        })
    }
}

/// The digest of user data in base 64.
fn digest(encoded: &str) -> String {
    let data = base64::decode(encoded).unwrap_or_else(|_| encoded.into());
    Sha1::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn further(v: EbsBlockDevice) -> Volume {
    Volume {
        delete_on_termination: v.delete_on_termination.unwrap_or_default(),
        device_name: v.device_name,
        encrypted: v.encrypted.0.unwrap_or_default(),
        iops: v.iops.0.unwrap_or_default(),
        kms_key_id: v.kms_key_id.0.unwrap_or_default(),
        snapshot_id: v.snapshot_id.0.unwrap_or_default(),
        tags: v.tags_all.0.unwrap_or_default(),
        throughput: v.throughput.0.unwrap_or_default(),
        volume_id: v.volume_id.0.unwrap_or_default(),
        volume_size: v.volume_size.0.unwrap_or_default(),
        volume_type: v.volume_type.0.unwrap_or_default(),
    }
}

fn first(v: RootBlockDevice) -> RootVolume {
    RootVolume {
        delete_on_termination: v.delete_on_termination.unwrap_or_default(),
        device_name: v.device_name.0.unwrap_or_default(),
        encrypted: v.encrypted.0.unwrap_or_default(),
        iops: v.iops.0.unwrap_or_default(),
        kms_key_id: v.kms_key_id.0.unwrap_or_default(),
        tags: v.tags_all.0.unwrap_or_default(),
        throughput: v.throughput.0.unwrap_or_default(),
        volume_id: v.volume_id.0.unwrap_or_default(),
        volume_size: v.volume_size.0.unwrap_or_default(),
        volume_type: v.volume_type.0.unwrap_or_default(),
    }
}

fn metadata(m: MetadataOptions) -> Metadata {
    Metadata {
        http_endpoint: m.http_endpoint.unwrap_or_default(),
        http_protocol_ipv6: m.http_protocol_ipv6.unwrap_or_default(),
        http_put_response_hop_limit: m.http_put_response_hop_limit.0.unwrap_or_default(),
        http_tokens: m.http_tokens.0.unwrap_or_default(),
        instance_metadata_tags: m.instance_metadata_tags.0.unwrap_or_default(),
    }
}

fn names(n: PrivateNames) -> Names {
    Names {
        enable_resource_name_dns_a_record: n.enable_resource_name_dns_a_record.0.unwrap_or_default(),
        enable_resource_name_dns_aaaa_record: n.enable_resource_name_dns_aaaa_record.0.unwrap_or_default(),
        hostname_type: n.hostname_type.0.unwrap_or_default(),
    }
}
