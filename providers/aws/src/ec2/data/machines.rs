//! `aws_instances`, `aws_key_pair`, `aws_ebs_volume` and `aws_ebs_volumes` as data sources.

use super::one::{described, only, text, told};
use crate::Aws;
use crate::ec2::batch::filter;
use crate::ec2::data_filter::{DataFilter, chosen, filters};
use crate::ec2::kind::set;
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The instances that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_instances")]
pub struct Instances {
    /// Filters of DescribeInstances.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the instances.
    pub ids: Computed<Vec<String>>,
    /// States that instances may have; running, when none is given.
    pub instance_state_names: BTreeSet<String>,
    /// Tags that the instances must have.
    pub instance_tags: Auto<Tags>,
    /// Their IPv6 addresses.
    pub ipv6_addresses: Computed<Vec<String>>,
    /// Their private addresses.
    pub private_ips: Computed<Vec<String>>,
    /// Their public addresses.
    pub public_ips: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for Instances {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.instance_tags.0.clone().unwrap_or_default();
        let wanted = filters(&config.filter, &tags, &[]);
        let states = match config.instance_state_names.is_empty() {
            true => vec!["running".to_owned()],
            false => config.instance_state_names.iter().cloned().collect(),
        };
        let of = [filter("instance-state-name", states)];
        let wanted = Some(wanted.into_iter().flatten().chain(of).collect::<Vec<_>>());
        let found = described::<types::Instance>(aws, wanted).await?;
        Ok(Self {
            id: aws.region().into(),
            ids: found.iter().filter_map(|o| set(o.instance_id())).collect::<Vec<_>>().into(),
            ipv6_addresses: found
                .iter()
                .flat_map(|i| i.network_interfaces())
                .flat_map(|n| n.ipv6_addresses())
                .filter_map(|a| set(a.ipv6_address()))
                .collect::<Vec<_>>()
                .into(),
            private_ips: found.iter().filter_map(|o| set(o.private_ip_address())).collect::<Vec<_>>().into(),
            public_ips: found.iter().filter_map(|o| set(o.public_ip_address())).collect::<Vec<_>>().into(),
            ..config
        })
    }
}

/// The key pair that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_key_pair")]
pub struct KeyPairData {
    /// The ARN of the key pair.
    pub arn: Computed<String>,
    /// When it was made.
    pub create_time: Computed<String>,
    /// Filters of DescribeKeyPairs.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// Its fingerprint.
    pub fingerprint: Computed<String>,
    /// The id of the key pair.
    pub id: Computed<String>,
    /// Whether to tell the public key.
    pub include_public_key: Option<bool>,
    /// The name of the key pair.
    pub key_name: Auto<String>,
    /// The id of the key pair, to choose it by.
    pub key_pair_id: Auto<String>,
    /// What kind of key it is.
    pub key_type: Computed<String>,
    /// The public key.
    pub public_key: Computed<String>,
    /// Tags that the key pair must have; all of its tags.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for KeyPairData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(&config.filter, &config.tags, &[]);
        let call = (aws.ec2().describe_key_pairs())
            .set_filters(wanted)
            .set_key_names(set(config.key_name.0.as_deref()).map(|n| vec![n]))
            .set_key_pair_ids(set(config.key_pair_id.0.as_deref()).map(|i| vec![i]))
            .set_include_public_key(config.include_public_key);
        let found = aws.call("ec2:DescribeKeyPairs", call.send()).await?.key_pairs.unwrap_or_default();
        let found = only(found, "key pair", "ec2:DescribeKeyPairs")?;
        Ok(Self {
            arn: aws.ec2_arn(&aws.account().await?, &format!("key-pair/{}", text(found.key_name()))).into(),
            create_time: found.create_time().map(moment).unwrap_or_default().into(),
            fingerprint: told(found.key_fingerprint()),
            id: told(found.key_pair_id()),
            key_name: told(found.key_name()),
            key_pair_id: told(found.key_pair_id()),
            key_type: told(found.key_type()),
            public_key: told(found.public_key()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            ..config
        })
    }
}

/// The volume that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ebs_volume")]
pub struct EbsVolumeData {
    /// The ARN of the volume.
    pub arn: Computed<String>,
    /// The zone it is in.
    pub availability_zone: Computed<String>,
    /// When it was made.
    pub create_time: Computed<String>,
    /// Whether it is encrypted.
    pub encrypted: Computed<bool>,
    /// Filters of DescribeVolumes.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the volume.
    pub id: Computed<String>,
    /// Operations in a second.
    pub iops: Computed<i64>,
    /// The key, when it is encrypted.
    pub kms_key_id: Computed<String>,
    /// Whether to take the newest of several.
    pub most_recent: Option<bool>,
    /// Whether several instances can use it.
    pub multi_attach_enabled: Computed<bool>,
    /// The Outpost it is on.
    pub outpost_arn: Computed<String>,
    /// Its size in GiB.
    pub size: Computed<i64>,
    /// The snapshot it began with.
    pub snapshot_id: Computed<String>,
    /// Tags that the volume must have; all of its tags.
    pub tags: Auto<Tags>,
    /// Its throughput in MiB in a second.
    pub throughput: Computed<i64>,
    /// The id of the volume.
    pub volume_id: Computed<String>,
    /// How fast it is filled from its snapshot, in MiB in a second.
    pub volume_initialization_rate: Computed<i64>,
    /// Its kind.
    pub volume_type: Computed<String>,
}

#[async_trait]
impl DataSource for EbsVolumeData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(&config.filter, &config.tags, &[]);
        let mut found = described::<types::Volume>(aws, wanted).await?;
        if config.most_recent == Some(true) {
            found.sort_by_key(|v| v.create_time().map_or((0, 0), |t| (t.secs(), t.subsec_nanos())));
            found = found.pop().into_iter().collect();
        }
        let found = only(found, "volume", "ec2:DescribeVolumes")?;
        Ok(Self {
            arn: aws.ec2_arn(&aws.account().await?, &format!("volume/{}", text(found.volume_id()))).into(),
            availability_zone: told(found.availability_zone()),
            create_time: found.create_time().map(moment).unwrap_or_default().into(),
            encrypted: found.encrypted().unwrap_or_default().into(),
            id: told(found.volume_id()),
            iops: found.iops().map_or(0, i64::from).into(),
            kms_key_id: told(found.kms_key_id()),
            multi_attach_enabled: found.multi_attach_enabled().unwrap_or_default().into(),
            outpost_arn: told(found.outpost_arn()),
            size: found.size().map_or(0, i64::from).into(),
            snapshot_id: told(found.snapshot_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            throughput: found.throughput().map_or(0, i64::from).into(),
            volume_id: told(found.volume_id()),
            volume_initialization_rate: found.volume_initialization_rate().map_or(0, i64::from).into(),
            volume_type: told(found.volume_type()),
            ..config
        })
    }
}

/// A time as the reference writes it.
pub(super) fn moment(time: &aws_sdk_ec2::primitives::DateTime) -> String {
    time.fmt(aws_sdk_ec2::primitives::DateTimeFormat::DateTime).unwrap_or_default()
}

/// The volumes that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ebs_volumes")]
pub struct EbsVolumes {
    /// Filters of DescribeVolumes.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the volumes.
    pub ids: Computed<Vec<String>>,
    /// Tags that the volumes must have.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for EbsVolumes {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(&config.filter, &config.tags, &[]);
        let found = described::<types::Volume>(aws, wanted).await?;
        Ok(Self {
            id: aws.region().into(),
            ids: found.iter().filter_map(|o| set(o.volume_id())).collect::<Vec<_>>().into(),
            ..config
        })
    }
}
