//! Tags of EC2 objects.

use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::{Tags, difference};
use aws_sdk_ec2::types::Tag;
use terrane_sdk::Error;

/// Tags as EC2 takes them.
pub(crate) fn tag_list(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(k, v)| Tag::builder().key(k).value(v).build()).collect()
}

/// Tags as EC2 gives them.
pub(crate) fn tag_map(tags: Option<Vec<Tag>>) -> Tags {
    let pair = |t: Tag| Some((t.key?, t.value.unwrap_or_default()));
    tags.into_iter().flatten().filter_map(pair).collect()
}

/// Changes the tags of an object from `before` to `after`.
pub(crate) async fn update_tags(aws: &Aws, id: &str, before: &Tags, after: &Tags) -> Result<(), Error> {
    let (set, removed) = difference(before, after);
    let ids = [id.to_owned()];
    if !removed.is_empty() {
        delete_tags(aws, &ids, &removed).await?;
    }
    if !set.is_empty() {
        let create = || async {
            let call = aws.ec2().create_tags().resources(id).set_tags(Some(tag_list(&set))).send();
            aws.call("ec2:CreateTags", call).await
        };
        retry_while(PROPAGATION, is_not_found, create).await?;
    }
    Ok(())
}

/// Removes tags, whatever their values, from all of `ids`.
pub(crate) async fn delete_tags(aws: &Aws, ids: &[String], keys: &[String]) -> Result<(), Error> {
    let tags = keys.iter().map(|key| Tag::builder().key(key).build()).collect();
    // The call takes up to 1,000 objects.
    for ids in ids.chunks(500) {
        let call =
            aws.ec2().delete_tags().set_resources(Some(ids.to_vec())).set_tags(Some(Vec::clone(&tags)));
        aws.call("ec2:DeleteTags", call.send()).await?;
    }
    Ok(())
}
