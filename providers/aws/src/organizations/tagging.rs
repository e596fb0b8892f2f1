//! Tags of accounts, units and policies.

use super::{change, pages, unless_gone};
use crate::Aws;
use crate::tags::{Tags, difference};
use aws_sdk_organizations::types::Tag;
use terrane_sdk::Error;

/// Tags as Organizations takes them; `None` for none.
pub(super) fn tag_list(tags: &Tags) -> Result<Option<Vec<Tag>>, Error> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let list = tags.iter().map(tag).collect::<Result<Vec<_>, _>>();
    let list = list.map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))?;
    Ok(Some(list).filter(|l| !l.is_empty()))
}

/// The tags of an object; none of one that does not exist. No call tells those of several.
pub(super) async fn read_tags(aws: &Aws, id: &str) -> Result<Tags, Error> {
    let call = aws.organizations().list_tags_for_resource().resource_id(id);
    let tags = unless_gone(pages!(aws, "organizations:ListTagsForResource", call, tags))?;
    Ok(tags.into_iter().flatten().map(|tag| (tag.key, tag.value)).collect())
}

/// Changes the tags of an object.
pub(super) async fn update_tags(aws: &Aws, id: &str, before: &Tags, after: &Tags) -> Result<(), Error> {
    let (set, removed) = difference(before, after);
    if !removed.is_empty() {
        let call = || {
            let call = aws.organizations().untag_resource().resource_id(id);
            aws.call("organizations:UntagResource", call.set_tag_keys(Some(removed.clone())).send())
        };
        change(call).await?;
    }
    if let Some(tags) = tag_list(&set)? {
        let call = || {
            let call = aws.organizations().tag_resource().resource_id(id);
            aws.call("organizations:TagResource", call.set_tags(Some(tags.clone())).send())
        };
        change(call).await?;
    }
    Ok(())
}
