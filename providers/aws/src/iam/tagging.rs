//! Tags of IAM objects.

use crate::tags::Tags;
use aws_sdk_iam::types::Tag;
use terrane_sdk::Error;

/// Tags as IAM takes them; `None` for none.
pub(super) fn tag_list(tags: &Tags) -> Result<Option<Vec<Tag>>, Error> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let list = tags.iter().map(tag).collect::<Result<Vec<_>, _>>();
    let list = list.map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))?;
    Ok(Some(list).filter(|l| !l.is_empty()))
}

/// Tags as IAM gives them.
pub(super) fn tag_map(tags: Option<&Vec<Tag>>) -> Tags {
    tags.into_iter().flatten().map(|t| (t.key.clone(), t.value.clone())).collect()
}

/// Changes the tags of an object: `tag` and `untag` make the calls that its type has.
macro_rules! update_tags {
    ($aws:expr, $before:expr, $after:expr, $tag:literal => $tag_call:expr, $untag:literal => $untag_call:expr) => {{
        let (set, removed) = $crate::tags::difference($before, $after);
        if !removed.is_empty() {
            $aws.call($untag, $untag_call.set_tag_keys(Some(removed)).send()).await?;
        }
        if let Some(tags) = $crate::iam::tagging::tag_list(&set)? {
            $aws.call($tag, $tag_call.set_tags(Some(tags)).send()).await?;
        }
    }};
}
pub(super) use update_tags;
