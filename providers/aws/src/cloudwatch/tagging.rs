//! Tags of alarms.

use crate::Aws;
use crate::tags::{Tags, difference};
use aws_sdk_cloudwatch::types::Tag;
use terrane_sdk::Error;

use super::unless_gone;

/// Tags as CloudWatch takes them.
pub(super) fn tag_list(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// The tags of an alarm, which are told for one at a time.
pub(super) async fn read(aws: &Aws, arn: &str) -> Result<Tags, Error> {
    let call = aws.cloudwatch().list_tags_for_resource().resource_arn(arn).send();
    let found = unless_gone(aws.call("cloudwatch:ListTagsForResource", call).await)?;
    let tags = found.and_then(|f| f.tags).into_iter().flatten();
    Ok(tags.filter_map(|t| Some((t.key?, t.value.unwrap_or_default()))).collect())
}

/// Changes the tags of an alarm.
pub(super) async fn change(aws: &Aws, arn: &str, before: &Tags, after: &Tags) -> Result<(), Error> {
    let (set, removed) = difference(before, after);
    if !removed.is_empty() {
        let call = aws.cloudwatch().untag_resource().resource_arn(arn).set_tag_keys(Some(removed)).send();
        aws.call("cloudwatch:UntagResource", call).await?;
    }
    if !set.is_empty() {
        let call = aws.cloudwatch().tag_resource().resource_arn(arn).set_tags(Some(tag_list(&set))).send();
        aws.call("cloudwatch:TagResource", call).await?;
    }
    Ok(())
}
