//! What is in shares, and whom they are for, as the API lists it.

use super::{PATIENCE, pages, unless_gone};
use crate::Aws;
use crate::client::{Poll, retry_while, wait_until};
use aws_sdk_ram::types::{
    ResourceShareAssociation, ResourceShareAssociationStatus as Status, ResourceShareAssociationType as Kind,
};
use std::collections::HashSet;
use terrane_sdk::{ApplyContext, Error};

/// A share and what is associated with it.
pub(super) type Pair = (String, String);

/// Whether an association is there, or coming.
fn is_living(association: &ResourceShareAssociation) -> bool {
    !matches!(association.status, Some(Status::Disassociated | Status::Disassociating | Status::Failed))
}

/// An association, if there is one, or was until now: a living one before others.
async fn find(aws: &Aws, kind: &Kind, pair: &Pair) -> Result<Option<ResourceShareAssociation>, Error> {
    let call = aws.ram().get_resource_share_associations().association_type(kind.clone());
    let call = call.resource_share_arns(&pair.0);
    let call = match kind {
        Kind::Principal => call.principal(&pair.1),
        _ => call.resource_arn(&pair.1),
    };
    let found =
        unless_gone(pages!(aws, "ram:GetResourceShareAssociations", call, resource_share_associations))?;
    let mut found: Vec<_> = found.into_iter().flatten().filter(|a| is(a, pair)).collect();
    found.sort_by_key(is_living);
    Ok(found.pop())
}

fn is(association: &ResourceShareAssociation, pair: &Pair) -> bool {
    association.resource_share_arn.as_ref() == Some(&pair.0)
        && association.associated_entity.as_ref() == Some(&pair.1)
}

/// All pairs that are associated.
pub(super) async fn all(aws: &Aws, kind: Kind) -> Result<HashSet<Pair>, Error> {
    let call = aws.ram().get_resource_share_associations().association_type(kind);
    let found = pages!(aws, "ram:GetResourceShareAssociations", call, resource_share_associations)?;
    Ok(living_pairs(found))
}

fn living_pairs(found: Vec<ResourceShareAssociation>) -> HashSet<Pair> {
    let pair = |a: ResourceShareAssociation| Some((a.resource_share_arn?, a.associated_entity?));
    found.into_iter().filter(is_living).filter_map(pair).collect()
}

/// Which of these pairs are associated: one is asked for by itself, several are among all that there are, as
/// the call fails when one of its ARNs is unknown.
pub(super) async fn living(aws: &Aws, kind: Kind, pairs: &[Pair]) -> Result<HashSet<Pair>, Error> {
    match pairs {
        [] => Ok(HashSet::new()),
        [pair] => Ok(living_pairs(find(aws, &kind, pair).await?.into_iter().collect())),
        _ => all(aws, kind).await,
    }
}

/// Adds a resource or principal to a share and waits until it is in effect; for an account outside the
/// organization, until it is invited.
pub(super) async fn associate(aws: &Aws, kind: Kind, pair: &Pair, cx: &ApplyContext) -> Result<(), Error> {
    let there = cx.repeated && find(aws, &kind, pair).await?.is_some_and(|a| is_living(&a));
    if !there {
        // A share that was just made may not be known everywhere yet.
        let unknown = |error: &Error| error.has_code(&["UnknownResourceException"]);
        let patience = std::time::Duration::from_secs(20);
        retry_while(patience, unknown, || async {
            let call = aws.ram().associate_resource_share().resource_share_arn(&pair.0);
            let call = match kind {
                Kind::Principal => call.principals(&pair.1),
                _ => call.resource_arns(&pair.1),
            };
            aws.call("ram:AssociateResourceShare", call.client_token(cx.token.to_string()).send()).await
        })
        .await?;
    }
    let what = format!("{} to be associated with {}", pair.1, pair.0);
    wait_until(&what, cx.timeout_or(PATIENCE), || async {
        let Some(found) = find(aws, &kind, pair).await? else { return Ok(Poll::Pending("not found".into())) };
        let invited = found.external == Some(true) && is_account(&pair.1);
        match found.status {
            Some(Status::Associated) => Ok(Poll::Ready(())),
            Some(Status::Associating) if kind == Kind::Principal && invited => Ok(Poll::Ready(())),
            Some(Status::Failed) => {
                let reason = found.status_message.unwrap_or_default();
                let error =
                    Error::new("The association failed", reason).operation("ram:AssociateResourceShare");
                Err(aws.here(error))
            }
            status => Ok(Poll::Pending(status.map_or("unknown".to_owned(), |s| s.as_str().to_owned()))),
        }
    })
    .await
}

/// Takes a resource or principal out of a share and waits until it is out.
pub(super) async fn disassociate(aws: &Aws, kind: Kind, pair: &Pair, cx: &ApplyContext) -> Result<(), Error> {
    let call = aws.ram().disassociate_resource_share().resource_share_arn(&pair.0);
    let call = match kind {
        Kind::Principal => call.principals(&pair.1),
        _ => call.resource_arns(&pair.1),
    };
    let called = aws.call("ram:DisassociateResourceShare", call.send()).await;
    if unless_gone(called)?.is_none() {
        return Ok(());
    }
    let what = format!("{} to be out of {}", pair.1, pair.0);
    wait_until(&what, cx.timeout_or(PATIENCE), || async {
        let found = find(aws, &kind, pair).await?;
        Ok(match found.and_then(|a| a.status).filter(|status| *status != Status::Disassociated) {
            None => Poll::Ready(()),
            Some(status) => Poll::Pending(status.as_str().to_owned()),
        })
    })
    .await
}

/// Whether a principal is an account, by its id.
pub(super) fn is_account(principal: &str) -> bool {
    principal.len() == 12 && principal.chars().all(|c| c.is_ascii_digit())
}
