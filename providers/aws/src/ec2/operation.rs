//! Creations that survive a crash.
//!
//! EC2's older calls (CreateVpc, CreateSubnet, CreateInternetGateway, AllocateAddress,
//! CreateSecurityGroup) take no `ClientToken`, and their objects have no natural key. So every
//! create writes the operation's token into a tag, atomically with the object, through
//! `TagSpecifications`. The tag goes when the engine has recorded the object: were it removed
//! before, a crash in between would lose the object. A repeat of the operation looks the tag up
//! first and goes on with what it finds. The tag is hidden from reads, so that one left behind by
//! a crash is no drift. Removals of concurrent creates share one DeleteTags.
//!
//! Where a call takes a `ClientToken` (CreateRouteTable, CreateNatGateway) it gets it as well.
//! Objects without tags have natural keys: a route is its destination in its table, an
//! association its subnet or gateway, a rule its group, direction, protocol, ports and peer.

use super::batch::filter;
use super::tagging::{delete_tags, tag_list, tag_map, update_tags};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::{OPERATION_TAG, Tags};
use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use terrane_sdk::{ApplyContext, Error};

/// The tags to create an object with: its own, and the operation's.
pub(crate) fn creation_tags(kind: ResourceType, tags: &Tags, cx: &ApplyContext) -> TagSpecification {
    let mut tags = tags.clone();
    tags.insert(OPERATION_TAG.to_owned(), cx.token.to_string());
    TagSpecification::builder().resource_type(kind).set_tags(Some(tag_list(&tags))).build()
}

/// The tags of an object that was just made. Those that it should have from its creation, and does not show, are
/// set: not every endpoint takes them with every Create call, and to set them twice changes nothing.
pub(crate) async fn tagged(
    aws: &Aws,
    id: &str,
    wanted: &Tags,
    found: Option<Vec<Tag>>,
) -> Result<Option<Vec<Tag>>, Error> {
    let there = tag_map(found.clone());
    let missing: Tags = (wanted.iter().filter(|(key, value)| there.get(*key) != Some(*value)))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if missing.is_empty() {
        return Ok(found);
    }
    update_tags(aws, id, &Tags::new(), &missing).await?;
    Ok(Some(found.into_iter().flatten().chain(tag_list(&missing)).collect()))
}

/// The id of the object that an earlier attempt of this operation made, if it made one. The token
/// says enough: it was used for one creation only. An error when attempts have made several: one arrived when the next had
/// looked already.
pub(crate) async fn find_made(aws: &Aws, cx: &ApplyContext) -> Result<Option<String>, Error> {
    if !cx.repeated {
        return Ok(None);
    }
    let call = (aws.ec2().describe_tags())
        .filters(filter("key", [OPERATION_TAG]))
        .filters(filter("value", [cx.token.to_string()]))
        .send();
    let found = aws.call("ec2:DescribeTags", call).await?;
    let mut ids: Vec<String> =
        found.tags.unwrap_or_default().into_iter().filter_map(|tag| tag.resource_id).collect();
    if ids.len() > 1 {
        let detail = format!(
            "Attempts of one operation that were cut off have made {}. Delete all but one of them, and run this again.",
            ids.join(", ")
        );
        return Err(Error::new("Made more than once", detail));
    }
    Ok(ids.pop())
}

/// Removes the operation's tag, since the creation of `id` will not be repeated. When that fails,
/// the tag stays, hidden, and does no harm.
pub(crate) async fn finish(aws: &Aws, id: Option<&str>) {
    let Some(id) = id else { return };
    let remove = |ids: Vec<String>| async move {
        let keys = [OPERATION_TAG.to_owned()];
        // What does not help one does not help the others either.
        let _ = retry_while(PROPAGATION, is_not_found, || delete_tags(aws, &ids, &keys)).await;
        vec![(); ids.len()]
    };
    let _ = aws.joint().join(id.to_owned(), remove).await;
}
