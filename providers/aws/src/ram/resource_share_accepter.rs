//! `aws_ram_resource_share_accepter`: the yes of an account to a share of another.

use super::shares::{self, living, resources, wait_active, wait_gone};
use super::{PATIENCE, arn, pages, unless_gone};
use crate::Aws;
use crate::client::{Poll, wait_until};
use aws_sdk_ram::types::{
    ResourceOwner, ResourceShare, ResourceShareInvitation, ResourceShareInvitationStatus as Status,
};
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, imported,
};

/// Accepts the invitation to a share of another account.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ram_resource_share_accepter", keep, timeouts(create = "5m", delete = "5m"))]
pub struct ResourceShareAccepter {
    /// The ARN of the share.
    pub id: Computed<String>,
    /// The ARN of the invitation.
    pub invitation_arn: Computed<String>,
    /// The account that accepts.
    pub receiver_account_id: Computed<String>,
    /// The ARNs of what is in the share.
    pub resources: Computed<Vec<String>>,
    /// The account that shares.
    pub sender_account_id: Computed<String>,
    /// The ARN of the share.
    #[attr(force_new, validate = arn("a resource share"))]
    pub share_arn: String,
    /// The id under which consoles show the share.
    pub share_id: Computed<String>,
    /// The name of the share.
    pub share_name: Computed<String>,
    /// The status of the share.
    pub status: Computed<String>,
}

impl ResourceShareAccepter {
    fn with_remote(
        self,
        share: &ResourceShare,
        invitation: Option<&ResourceShareInvitation>,
        own: &str,
        resources: Vec<String>,
    ) -> Self {
        let share_arn = share.resource_share_arn.clone().unwrap_or_default();
        let receiver = invitation.and_then(|i| i.receiver_account_id.clone()).or(self.receiver_account_id.0);
        ResourceShareAccepter {
            id: share_arn.as_str().into(),
            // Invitations are forgotten some hours after they were accepted.
            invitation_arn: invitation
                .and_then(|i| i.resource_share_invitation_arn.clone())
                .or(self.invitation_arn.0)
                .unwrap_or_default()
                .into(),
            receiver_account_id: receiver
                .filter(|id| !id.is_empty())
                .unwrap_or_else(|| own.to_owned())
                .into(),
            resources: resources.into(),
            sender_account_id: share.owning_account_id.clone().into(),
            share_id: share_arn.rsplit('/').next().map(|id| format!("rs-{id}")).into(),
            share_name: share.name.clone().into(),
            status: share.status.as_ref().map(|status| status.as_str().to_owned()).into(),
            share_arn,
        }
    }
}

/// The invitations to one share, or to all: the newest last.
async fn invitations(aws: &Aws, share: Option<&str>) -> Result<Vec<ResourceShareInvitation>, Error> {
    let call = aws.ram().get_resource_share_invitations();
    let call = call.set_resource_share_arns(share.map(|share| vec![share.to_owned()]));
    let found =
        unless_gone(pages!(aws, "ram:GetResourceShareInvitations", call, resource_share_invitations))?;
    let mut found = found.unwrap_or_default();
    found.sort_by_key(|invitation| invitation.invitation_timestamp);
    Ok(found)
}

/// Accepts the invitation to a share, which may be on its way.
async fn accept(aws: &Aws, share: &str, cx: &ApplyContext) -> Result<ResourceShareInvitation, Error> {
    let of = |found: Vec<ResourceShareInvitation>, status: Status| {
        found.into_iter().rev().find(|i| i.status.as_ref() == Some(&status))
    };
    if cx.repeated
        && let Some(accepted) = of(invitations(aws, Some(share)).await?, Status::Accepted)
    {
        return Ok(accepted);
    }
    let what = format!("the invitation to {share}");
    let pending = wait_until(&what, Duration::from_secs(2 * 60), || async {
        let found = of(invitations(aws, Some(share)).await?, Status::Pending);
        Ok(found.map_or_else(|| Poll::Pending("not found".to_owned()), Poll::Ready))
    });
    let pending = pending.await.map_err(|mut error| {
        let more = "There is none for accounts of the same organization once sharing within it is enabled: what \
                    is shared is then there without being accepted.";
        error.detail = format!("{} {more}", error.detail);
        error
    })?;
    let invitation = pending.resource_share_invitation_arn.clone().unwrap_or_default();
    let call = aws.ram().accept_resource_share_invitation().resource_share_invitation_arn(invitation);
    let call = aws.call("ram:AcceptResourceShareInvitation", call.client_token(cx.token.to_string()).send());
    match call.await {
        Err(error) if error.has_code(&["ResourceShareInvitationAlreadyAcceptedException"]) => Ok(pending),
        answer => Ok(answer?.resource_share_invitation.unwrap_or(pending)),
    }
}

#[async_trait]
impl Resource for ResourceShareAccepter {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let share = planned.share_arn.clone();
        let invitation = accept(aws, &share, cx).await?;
        let started = ResourceShareAccepter { id: share.as_str().into(), ..planned.clone() };
        let set_up = async {
            let timeout = cx.timeout_or(PATIENCE);
            let own = aws.account().await?;
            let found = wait_active(aws, ResourceOwner::OtherAccounts, &share, timeout).await?;
            let shares = std::slice::from_ref(&share);
            let mut resources = resources(aws, ResourceOwner::OtherAccounts, shares).await?;
            let resources = resources.remove(&share).unwrap_or_default();
            Ok(planned.with_remote(&found, Some(&invitation), &own, resources))
        };
        set_up.await.map_err(|error| Failure::partial(error, started))
    }

    /// Three listings for all: shares, invitations and what is in the shares.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let arns: Vec<String> = states.iter().filter_map(|state| state.id.get().cloned()).collect();
        let one = if let [arn] = &arns[..] { Some(arn.as_str()) } else { None };
        let listed = futures::try_join!(
            living(aws, ResourceOwner::OtherAccounts, &arns),
            invitations(aws, one),
            resources(aws, ResourceOwner::OtherAccounts, &arns),
            aws.account(),
        );
        let (shares, invitations, resources, own) = match listed {
            Ok(listed) => listed,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        let accepted = invitations.into_iter().filter(|i| i.status == Some(Status::Accepted));
        let accepted: HashMap<_, _> =
            accepted.filter_map(|i| Some((i.resource_share_arn.clone()?, i))).collect();
        let one = |state: Self| {
            let id = state.id.known()?.clone();
            let resources = resources.get(&id).cloned().unwrap_or_default();
            let found = shares.get(&id);
            Ok(found.map(|share| state.with_remote(share, accepted.get(&id), &own, resources)))
        };
        states.into_iter().map(one).collect()
    }

    /// Nothing can change.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let share = state.id.known()?;
        let receiver = match state.receiver_account_id.as_deref() {
            Some(receiver) if !receiver.is_empty() => receiver.to_owned(),
            _ => aws.account().await?.to_string(),
        };
        let call = aws.ram().disassociate_resource_share().resource_share_arn(share).principals(receiver);
        match unless_gone(aws.call("ram:DisassociateResourceShare", call.send()).await) {
            Ok(Some(_)) => wait_gone(aws, ResourceOwner::OtherAccounts, share, cx.timeout_or(PATIENCE)).await,
            Ok(None) => Ok(()),
            // An account cannot leave the shares of its own organization: they end with the sender's association.
            Err(error) if error.has_code(&["OperationNotPermittedException"]) => Ok(()),
            Err(error) => Err(error),
        }
    }

    const PART: bool = true;

    /// The shares of others that the account sees.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let arns = shares::all(aws, ResourceOwner::OtherAccounts).await?.into_keys();
        Ok(Some(imported(aws, arns).await?))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("share_arn", Value::from(id))])
    }
}
