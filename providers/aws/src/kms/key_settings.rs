//! What is known of a key: five calls, for the service has none that tells it all.

use crate::Aws;
use crate::tags::{OPERATION_TAG, Tags};
use aws_sdk_kms::types::{KeyManagerType, KeyMetadata, OriginType, Tag};
use futures::future::try_join3;
use terrane_sdk::Error;

use super::key::{ids, is_deleted};
use super::unless_gone;

/// What is known of a key.
pub(super) struct Found {
    pub(super) metadata: KeyMetadata,
    pub(super) policy: String,
    /// After how many days its material is renewed, if it is.
    pub(super) rotation: Option<i32>,
    pub(super) tags: Tags,
}

/// Tags as the service takes them.
pub(super) fn tag_list(tags: &Tags) -> Result<Vec<Tag>, Error> {
    let tag = |(key, value): (&String, &String)| Tag::builder().tag_key(key).tag_value(value).build();
    let list: Result<Vec<_>, _> = tags.iter().map(tag).collect();
    list.map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))
}

/// What the service says first of a key; `None` when it is gone.
pub(super) async fn metadata(aws: &Aws, id: &str) -> Result<Option<KeyMetadata>, Error> {
    let found = unless_gone(aws.call("kms:DescribeKey", aws.kms().describe_key().key_id(id).send()).await)?;
    Ok(found.and_then(|f| f.key_metadata).filter(|m| !is_deleted(m.key_state.as_ref())))
}

/// A key; `None` when it is gone.
pub(super) async fn read(aws: &Aws, id: &str) -> Result<Option<Found>, Error> {
    let Some(metadata) = metadata(aws, id).await? else { return Ok(None) };
    let policy = async {
        let call = aws.kms().get_key_policy().key_id(id).policy_name("default").send();
        unless_gone(aws.call("kms:GetKeyPolicy", call).await)
    };
    let rotation = async {
        let symmetric = metadata.key_spec.as_ref().is_none_or(|s| s.as_str() == "SYMMETRIC_DEFAULT");
        if !symmetric || metadata.origin != Some(OriginType::AwsKms) {
            return Ok(None);
        }
        let call = aws.kms().get_key_rotation_status().key_id(id).send();
        match aws.call("kms:GetKeyRotationStatus", call).await {
            Err(e) if e.has_code(&["UnsupportedOperationException"]) => Ok(None),
            other => unless_gone(other),
        }
    };
    let (policy, rotation, tags) = try_join3(policy, rotation, tags(aws, id)).await?;
    let (Some(policy), Some(mut tags)) = (policy, tags) else { return Ok(None) };
    tags.remove(OPERATION_TAG);
    let rotation =
        rotation.filter(|r| r.key_rotation_enabled).map(|r| r.rotation_period_in_days.unwrap_or(365));
    Ok(Some(Found { metadata, policy: policy.policy.unwrap_or_default(), rotation, tags }))
}

async fn tags(aws: &Aws, id: &str) -> Result<Option<Tags>, Error> {
    let listed = async {
        let mut tags = Tags::new();
        let mut items = aws.kms().list_resource_tags().key_id(id).into_paginator().items().send();
        while let Some(tag) = items.next().await {
            let tag = tag?;
            tags.insert(tag.tag_key, tag.tag_value);
        }
        Ok(tags)
    };
    unless_gone(aws.call("kms:ListResourceTags", listed).await)
}

/// The key that an earlier attempt made under this token. All keys are looked at, which only a repeat
/// after a crash does.
pub(super) async fn find_made(aws: &Aws, token: &str) -> Result<Option<String>, Error> {
    for id in ids(aws).await? {
        let known = metadata(aws, &id).await?;
        if known.is_none_or(|m| m.key_manager == Some(KeyManagerType::Aws)) {
            continue;
        }
        // The tags of keys that others guard cannot be read, and none of them is ours.
        let tags = tags(aws, &id).await.ok().flatten().unwrap_or_default();
        if tags.get(OPERATION_TAG).is_some_and(|t| t == token) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
