//! Tags of Direct Connect's objects, and the tag that names the operation which made an object: no
//! call of this service takes a client token.

use crate::Aws;
use crate::tags::{OPERATION_TAG, Tags, difference};
use aws_sdk_directconnect::types::Tag;
use terrane_sdk::{ApplyContext, Error};

/// Tags as the service takes them; none when there are none, since it takes no empty list.
pub(super) fn tag_list(tags: &Tags) -> Result<Option<Vec<Tag>>, Error> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().map_err(|e| Error::new("Invalid tag", e.to_string()))
    };
    let all = tags.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    Ok((!all.is_empty()).then_some(all))
}

/// The tags to create an object with: its own, and the operation's.
pub(super) fn creation_tags(tags: &Tags, cx: &ApplyContext) -> Result<Option<Vec<Tag>>, Error> {
    let mut tags = tags.clone();
    tags.insert(OPERATION_TAG.to_owned(), cx.token.to_string());
    tag_list(&tags)
}

/// Tags as the service gives them.
pub(super) fn tag_map(tags: Option<Vec<Tag>>) -> Tags {
    tags.unwrap_or_default().into_iter().map(|t| (t.key, t.value.unwrap_or_default())).collect()
}

/// The object that an earlier attempt of this operation made, out of all: `tags` are those of one.
pub(super) fn made_before<T>(all: Vec<T>, tags: fn(&T) -> &[Tag], cx: &ApplyContext) -> Option<T> {
    let token = cx.token.to_string();
    let is = |t: &Tag| t.key() == OPERATION_TAG && t.value() == Some(&*token);
    all.into_iter().find(|object| tags(object).iter().any(is))
}

/// Removes the operation's tag, since the creation will not be repeated. When that fails, the tag
/// stays, hidden, and does no harm.
pub(super) async fn finish(aws: &Aws, arn: Option<&str>) {
    let Some(arn) = arn else { return };
    let call = aws.directconnect().untag_resource().resource_arn(arn).tag_keys(OPERATION_TAG).send();
    let _ = aws.call("directconnect:UntagResource", call).await;
}

/// Changes the tags of an object from `before` to `after`.
pub(super) async fn update_tags(aws: &Aws, arn: &str, before: &Tags, after: &Tags) -> Result<(), Error> {
    let (set, removed) = difference(before, after);
    if !removed.is_empty() {
        let call = aws.directconnect().untag_resource().resource_arn(arn).set_tag_keys(Some(removed));
        aws.call("directconnect:UntagResource", call.send()).await?;
    }
    if let Some(tags) = tag_list(&set)? {
        let call = aws.directconnect().tag_resource().resource_arn(arn).set_tags(Some(tags));
        aws.call("directconnect:TagResource", call.send()).await?;
    }
    Ok(())
}
