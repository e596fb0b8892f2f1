//! The volumes of an instance.

use super::Instance;
use super::blocks::{EbsBlockDevice, RootBlockDevice};
use super::reading::Facts;
use crate::Aws;
use crate::ec2::kind::int;
use crate::ec2::tagging::{tag_map, update_tags};
use crate::ec2::volume::{Change, change_volume};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, EbsInstanceBlockDeviceSpecification, InstanceBlockDeviceMappingSpecification,
};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::Error;

/// The first volume and those of blocks. Volumes that were attached later have no block, unless none
/// is known yet.
pub(super) fn of(
    ours: &Instance,
    remote: &types::Instance,
    facts: &Facts,
) -> (Option<RootBlockDevice>, BTreeSet<EbsBlockDevice>) {
    let mut root = None;
    let mut others = BTreeSet::new();
    let number = |n: Option<i32>| n.map(i64::from).unwrap_or_default();
    for mapping in remote.block_device_mappings() {
        let name = mapping.device_name().unwrap_or_default();
        let Some(ebs) = mapping.ebs() else { continue };
        let Some(volume) = ebs.volume_id().and_then(|id| facts.volumes.get(id)) else { continue };
        let kind = volume.volume_type().map(|t| t.as_str().to_owned());
        let found = tag_map(volume.tags.clone());
        let key = volume.kms_key_id().unwrap_or_default().to_owned();
        let stays = ebs.delete_on_termination().unwrap_or_default();
        if remote.root_device_name() == Some(name) {
            let tags = ours.root_block_device.as_ref().and_then(|r| r.tags.clone()).map(|_| shown(&found));
            root = Some(RootBlockDevice {
                delete_on_termination: Some(stays),
                device_name: name.to_owned().into(),
                encrypted: volume.encrypted().unwrap_or_default().into(),
                iops: number(volume.iops()).into(),
                kms_key_id: key.into(),
                tags,
                tags_all: shown(&found).into(),
                throughput: number(volume.throughput()).into(),
                volume_id: volume.volume_id.clone().into(),
                volume_size: number(volume.size()).into(),
                volume_type: kind.into(),
            });
            continue;
        }
        let block = ours.ebs_block_device.iter().find(|b| b.device_name == name);
        if block.is_none() && ours.id.0.is_some() && !ours.ami.0.as_deref().unwrap_or_default().is_empty() {
            continue;
        }
        others.insert(EbsBlockDevice {
            delete_on_termination: Some(stays),
            device_name: name.to_owned(),
            encrypted: volume.encrypted().unwrap_or_default().into(),
            iops: number(volume.iops()).into(),
            kms_key_id: key.into(),
            snapshot_id: volume.snapshot_id().unwrap_or_default().to_owned().into(),
            tags: block.and_then(|b| b.tags.clone()).map(|_| shown(&found)),
            tags_all: shown(&found).into(),
            throughput: number(volume.throughput()).into(),
            volume_id: volume.volume_id.clone().into(),
            volume_size: number(volume.size()).into(),
            volume_type: kind.into(),
        });
    }
    (root.or_else(|| ours.root_block_device.clone()), others)
}

/// Tags without those of AWS itself.
fn shown(tags: &Tags) -> Tags {
    tags.iter().filter(|(k, _)| !k.starts_with("aws:")).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// Modifies the first volume, and whether it goes with the instance.
pub(super) async fn change(
    aws: &Aws,
    id: &str,
    prior: &Instance,
    planned: &Instance,
    timeout: Duration,
) -> Result<(), Error> {
    let (Some(before), Some(after)) = (&prior.root_block_device, &planned.root_block_device) else {
        return Ok(());
    };
    let number =
        |f: fn(&RootBlockDevice) -> Option<i64>| int(f(after).filter(|n| *n > 0 && f(before) != Some(*n)));
    let modified = Change {
        size: number(|d| d.volume_size.0),
        kind: after.volume_type.0.clone().filter(|k| before.volume_type.0.as_ref() != Some(k)),
        iops: number(|d| d.iops.0),
        throughput: number(|d| d.throughput.0),
        multi_attach: None,
    };
    if let Some(volume) = before.volume_id.as_deref() {
        change_volume(aws, volume, modified, timeout).await?;
    }
    if before.delete_on_termination != after.delete_on_termination
        && let Some(device) = before.device_name.as_deref()
    {
        let ebs = EbsInstanceBlockDeviceSpecification::builder()
            .set_delete_on_termination(after.delete_on_termination)
            .set_volume_id(before.volume_id.0.clone())
            .build();
        let mapping = InstanceBlockDeviceMappingSpecification::builder().device_name(device).ebs(ebs).build();
        let call = aws.ec2().modify_instance_attribute().instance_id(id).block_device_mappings(mapping);
        aws.call("ec2:ModifyInstanceAttribute", call.send()).await?;
    }
    Ok(())
}

/// Puts tags on volumes: those of blocks, and those of all volumes.
pub(super) async fn tag(aws: &Aws, now: &Instance, planned: &Instance) -> Result<(), Error> {
    let none = Tags::new();
    let mut wishes: Vec<(String, Tags, Tags)> = Vec::new();
    if let (Some(root), Some(wanted)) = (&now.root_block_device, &planned.root_block_device)
        && let (Some(volume), Some(wanted)) = (root.volume_id.0.clone(), &wanted.tags)
    {
        wishes.push((volume, root.tags.clone().unwrap_or_default(), wanted.clone()));
    }
    for block in &now.ebs_block_device {
        let wanted = planned.ebs_block_device.iter().find(|b| b.device_name == block.device_name);
        if let (Some(volume), Some(wanted)) = (block.volume_id.0.clone(), wanted.and_then(|w| w.tags.clone()))
        {
            wishes.push((volume, block.tags.clone().unwrap_or_default(), wanted));
        }
    }
    if now.volume_tags != planned.volume_tags {
        let before = now.volume_tags.as_ref().unwrap_or(&none);
        let after = planned.volume_tags.as_ref().unwrap_or(&none);
        let root = now.root_block_device.iter().filter_map(|r| r.volume_id.0.clone());
        let others = now.ebs_block_device.iter().filter_map(|b| b.volume_id.0.clone());
        wishes.extend(root.chain(others).map(|volume| (volume, before.clone(), after.clone())));
    }
    for (volume, before, after) in wishes {
        update_tags(aws, &volume, &before, &after).await?;
    }
    Ok(())
}
