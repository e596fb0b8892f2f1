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
use terrane_sdk::{Error, PlanContext, Type, Value};

/// The first volume and those of blocks. Volumes that were attached later have no block, unless none
/// is known yet.
pub(super) fn of(
    aws: &Aws,
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
            let tags = ours.root_block_device.as_ref().and_then(|r| r.tags.as_ref());
            let tags = tags.map(|ours| own_tags(aws, ours, &found));
            root = Some(RootBlockDevice {
                delete_on_termination: Some(stays),
                device_name: name.to_owned().into(),
                encrypted: volume.encrypted().unwrap_or_default().into(),
                iops: number(volume.iops()).into(),
                kms_key_id: key.into(),
                tags,
                tags_all: aws.tags().managed(found).into(),
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
            tags: block.and_then(|b| b.tags.as_ref()).map(|ours| own_tags(aws, ours, &found)),
            tags_all: aws.tags().managed(found).into(),
            throughput: number(volume.throughput()).into(),
            volume_id: volume.volume_id.clone().into(),
            volume_size: number(volume.size()).into(),
            volume_type: kind.into(),
        });
    }
    (root.or_else(|| ours.root_block_device.clone()), others)
}

/// Those of the tags found on a volume that are not there by default alone.
pub(super) fn own_tags(aws: &Aws, ours: &Tags, found: &Tags) -> Tags {
    let mut own = aws.tags().managed(found.clone());
    own.retain(|key, value| ours.contains_key(key) || aws.tags().defaults().get(key) != Some(value));
    own
}

/// Plans what the schema does not say of volumes: which blocks are the same as before, which numbers come with
/// another kind, and all tags.
pub(super) fn plan(cx: &mut PlanContext<'_, Aws>) {
    for name in ["root_block_device", "ebs_block_device"] {
        let (config, planned, prior) = (cx.config(name), cx.planned(name), cx.prior(name));
        let ty = planned.ty();
        let (Some(blocks), Some(element)) = (planned.as_slice(), ty.element()) else { continue };
        let configured = config.as_slice().unwrap_or_default();
        if configured.is_empty() && !cx.changed("volume_tags") {
            continue;
        }
        let is_set = name == "ebs_block_device";
        let find = |all: &Value, block: &Value| {
            let same = |other: &&Value| !is_set || part(other, "device_name") == part(block, "device_name");
            all.as_slice().unwrap_or_default().iter().find(same).cloned().unwrap_or(Value::NULL)
        };
        let blocks: Vec<Value> = (blocks.iter())
            .map(|block| {
                let (given, before) = (find(&config, block), find(&prior, block));
                let block = if is_set { with_prior(block, &given, &before) } else { block.clone() };
                let tags = all_tags(cx, &part(&given, "tags"), &before);
                numbers(block, &given, &before).with_attribute("tags_all", tags)
            })
            .collect();
        let blocks = match is_set {
            true => Value::set(element.clone(), blocks),
            false => Value::list(element.clone(), blocks),
        };
        cx.set(name, blocks);
    }
}

/// Part of a block; null where there is none.
fn part(block: &Value, name: &str) -> Value {
    block.attribute(name).unwrap_or(Value::NULL)
}

/// A block of a set with what it has of the same device before.
fn with_prior(block: &Value, given: &Value, before: &Value) -> Value {
    let open = block.as_map().into_iter().flatten().filter(|(_, value)| !value.is_known());
    let kept = open.filter(|(name, _)| !before.is_null() && part(given, name).is_null());
    kept.fold(block.clone(), |block, (name, _)| block.with_attribute(name, part(before, name)))
}

/// A block whose numbers are open where another kind of volume has others.
fn numbers(block: Value, given: &Value, before: &Value) -> Value {
    if before.is_null() || part(&block, "volume_type") == part(before, "volume_type") {
        return block;
    }
    let open = ["iops", "throughput"].into_iter().filter(|name| part(given, name).is_null());
    open.fold(block, |block, name| block.with_attribute(name, Value::unknown(Type::Number)))
}

/// All tags that a volume shall have: what is neither the block's nor the instance's own stays.
fn all_tags(cx: &PlanContext<'_, Aws>, tags: &Value, before: &Value) -> Value {
    let of_instance = cx.planned("volume_tags");
    if !tags.is_known() || !of_instance.is_known() {
        return Value::unknown(Type::map(Type::String));
    }
    let map = |value: &Value| value.as_map().cloned().unwrap_or_default();
    let mut all = map(&part(before, "tags_all"));
    for gone in [part(before, "tags"), cx.prior("volume_tags")] {
        all.retain(|key, _| !map(&gone).contains_key(key));
    }
    all.extend(map(&of_instance));
    all.extend(map(tags));
    cx.client().tags().all(&Value::map(Type::String, all.iter().map(|(k, v)| (&**k, v.clone()))))
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

/// Puts tags on the volumes of blocks.
pub(super) async fn tag(aws: &Aws, now: &Instance, planned: &Instance) -> Result<(), Error> {
    // What was open when it was planned.
    let all = |before: &Tags, own: Option<&Tags>| {
        let mut all = before.clone();
        all.extend(aws.tags().defaults().clone());
        all.extend(planned.volume_tags.clone().unwrap_or_default());
        all.extend(own.cloned().unwrap_or_default());
        all
    };
    let mut wishes: Vec<(String, Tags, Tags)> = Vec::new();
    if let (Some(root), Some(wanted)) = (&now.root_block_device, &planned.root_block_device)
        && let Some(volume) = root.volume_id.0.clone()
    {
        let before = root.tags_all.0.clone().unwrap_or_default();
        let after = wanted.tags_all.0.clone().unwrap_or_else(|| all(&before, wanted.tags.as_ref()));
        wishes.push((volume, before, after));
    }
    for block in &now.ebs_block_device {
        let wanted = planned.ebs_block_device.iter().find(|b| b.device_name == block.device_name);
        if let (Some(volume), Some(wanted)) = (block.volume_id.0.clone(), wanted) {
            let before = block.tags_all.0.clone().unwrap_or_default();
            let after = wanted.tags_all.0.clone().unwrap_or_else(|| all(&before, wanted.tags.as_ref()));
            wishes.push((volume, before, after));
        }
    }
    for (volume, before, after) in wishes {
        update_tags(aws, &volume, &before, &after).await?;
    }
    Ok(())
}
