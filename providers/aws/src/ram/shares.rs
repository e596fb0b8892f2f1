//! Shares as the API lists them, one's own and those of others.

use super::{pages, unless_gone};
use crate::Aws;
use crate::client::{Poll, wait_until};
use crate::tags::Tags;
use aws_sdk_ram::types::{ResourceOwner, ResourceShare, ResourceShareStatus, Tag};
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::Error;

/// Whether a share is there: deleted ones stay listed for some hours.
pub(super) fn is_living(share: &ResourceShare) -> bool {
    !matches!(share.status, Some(ResourceShareStatus::Deleted | ResourceShareStatus::Deleting))
}

/// A share by its ARN, whatever its state.
pub(super) async fn find(aws: &Aws, owner: ResourceOwner, arn: &str) -> Result<Option<ResourceShare>, Error> {
    let call = aws.ram().get_resource_shares().resource_owner(owner).resource_share_arns(arn);
    let found = unless_gone(pages!(aws, "ram:GetResourceShares", call, resource_shares))?;
    Ok(found.into_iter().flatten().find(|share| share.resource_share_arn.as_deref() == Some(arn)))
}

/// The living shares with these ARNs: one is asked for by its ARN, several are among all that there are, as the
/// call fails when one of its ARNs is unknown.
pub(super) async fn living(
    aws: &Aws,
    owner: ResourceOwner,
    arns: &[String],
) -> Result<HashMap<String, ResourceShare>, Error> {
    match arns {
        [] => Ok(HashMap::new()),
        [arn] => Ok(by_arn(find(aws, owner, arn).await?.into_iter().collect())),
        _ => all(aws, owner).await,
    }
}

/// All living shares by their ARNs.
pub(super) async fn all(aws: &Aws, owner: ResourceOwner) -> Result<HashMap<String, ResourceShare>, Error> {
    let call = aws.ram().get_resource_shares().resource_owner(owner);
    Ok(by_arn(pages!(aws, "ram:GetResourceShares", call, resource_shares)?))
}

fn by_arn(found: Vec<ResourceShare>) -> HashMap<String, ResourceShare> {
    let living = found.into_iter().filter(is_living);
    living.filter_map(|share| Some((share.resource_share_arn.clone()?, share))).collect()
}

/// Waits until a share is active; `Err` with AWS's reason when it fails.
pub(super) async fn wait_active(
    aws: &Aws,
    owner: ResourceOwner,
    arn: &str,
    timeout: Duration,
) -> Result<ResourceShare, Error> {
    wait_until(&format!("{arn} to be active"), timeout, || async {
        let Some(share) = find(aws, owner.clone(), arn).await? else {
            return Ok(Poll::Pending("not found".into()));
        };
        match &share.status {
            Some(ResourceShareStatus::Active) => Ok(Poll::Ready(share)),
            Some(ResourceShareStatus::Failed) => {
                let reason = share.status_message.clone().unwrap_or_default();
                Err(aws.here(
                    Error::new("The resource share failed", reason).operation("ram:CreateResourceShare"),
                ))
            }
            status => {
                Ok(Poll::Pending(status.as_ref().map_or("unknown".to_owned(), |s| s.as_str().to_owned())))
            }
        }
    })
    .await
}

/// Waits until a share is no more, or no more seen.
pub(super) async fn wait_gone(
    aws: &Aws,
    owner: ResourceOwner,
    arn: &str,
    timeout: Duration,
) -> Result<(), Error> {
    wait_until(&format!("{arn} to be gone"), timeout, || async {
        let found = find(aws, owner.clone(), arn).await?;
        Ok(match found.filter(|share| share.status != Some(ResourceShareStatus::Deleted)) {
            None => Poll::Ready(()),
            Some(share) => {
                let status = share.status.map_or("unknown".to_owned(), |s| s.as_str().to_owned());
                Poll::Pending(status)
            }
        })
    })
    .await
}

/// The objects in shares, by the share's ARN, in order of their ARNs.
pub(super) async fn resources(
    aws: &Aws,
    owner: ResourceOwner,
    shares: &[String],
) -> Result<HashMap<String, Vec<String>>, Error> {
    let call = aws.ram().list_resources().resource_owner(owner);
    let call = if let [share] = shares { call.resource_share_arns(share) } else { call };
    let mut by_share: HashMap<String, Vec<String>> = HashMap::new();
    for resource in unless_gone(pages!(aws, "ram:ListResources", call, resources))?.into_iter().flatten() {
        if let (Some(share), Some(arn)) = (resource.resource_share_arn, resource.arn) {
            by_share.entry(share).or_default().push(arn);
        }
    }
    by_share.values_mut().for_each(|arns| arns.sort());
    Ok(by_share)
}

/// Tags as RAM takes them; `None` for none.
pub(super) fn tag_list(tags: &Tags) -> Option<Vec<Tag>> {
    let list: Vec<_> = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    Some(list).filter(|list| !list.is_empty())
}

/// Tags as RAM gives them.
pub(super) fn tag_map(tags: Option<&Vec<Tag>>) -> Tags {
    let tags = tags.into_iter().flatten();
    tags.filter_map(|tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()))).collect()
}
