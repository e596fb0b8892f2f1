//! `aws_dx_gateway_association_proposal`: the wish to have a gateway behind another account's Direct
//! Connect gateway.

use super::calls::{is_missing, or_missing, pages};
use super::gateway_association::of_gateway;
use super::prefixes;
use crate::Aws;
use crate::ec2::{all_failed, created};
use aws_sdk_directconnect::types::{
    DirectConnectGatewayAssociationProposal as Remote, DirectConnectGatewayAssociationProposalState as State,
};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

/// Proposes to associate a virtual private or transit gateway with another account's Direct Connect
/// gateway. When it is destroyed, an association that came of it stays.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_gateway_association_proposal", keep)]
pub struct DxGatewayAssociationProposal {
    /// The id of the proposal.
    pub id: Computed<String>,
    /// The networks to announce to the customer.
    #[attr(force_new)]
    pub allowed_prefixes: Auto<BTreeSet<String>>,
    /// The virtual private or transit gateway.
    #[attr(force_new)]
    pub associated_gateway_id: String,
    /// The account that owns it.
    pub associated_gateway_owner_account_id: Computed<String>,
    /// Whether it is a virtual private or a transit gateway.
    pub associated_gateway_type: Computed<String>,
    /// The Direct Connect gateway.
    #[attr(force_new)]
    pub dx_gateway_id: String,
    /// The account that owns the Direct Connect gateway.
    #[attr(force_new, validate = validate::matches("^[0-9]{12}$", "be an account id"))]
    pub dx_gateway_owner_account_id: String,
}

#[async_trait]
impl Resource for DxGatewayAssociationProposal {
    type Client = Aws;

    const PART: bool = true;

    /// The two gateways are the natural key of a proposal that waits for an answer.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let same = |p: &Remote| {
            p.direct_connect_gateway_id() == Some(&*planned.dx_gateway_id)
                && p.associated_gateway().and_then(|g| g.id()) == Some(&*planned.associated_gateway_id)
                && p.proposal_state() == Some(&State::Requested)
        };
        let made = if cx.repeated { all(aws).await?.into_iter().find(same) } else { None };
        let made = match made {
            Some(made) => made,
            None => {
                let name = "directconnect:CreateDirectConnectGatewayAssociationProposal";
                let allowed = prefixes::list(planned.allowed_prefixes.0.iter().flatten());
                let call = (aws.directconnect().create_direct_connect_gateway_association_proposal())
                    .direct_connect_gateway_id(&planned.dx_gateway_id)
                    .direct_connect_gateway_owner_account(&planned.dx_gateway_owner_account_id)
                    .gateway_id(&planned.associated_gateway_id)
                    .set_add_allowed_prefixes_to_direct_connect_gateway(allowed);
                let made = aws.call(name, call.send()).await?;
                let made = made.direct_connect_gateway_association_proposal;
                made.ok_or_else(|| created(name, None).map_or_else(|e| e, |id: String| Error::new(name, id)))?
            }
        };
        Ok(planned.with(made))
    }

    /// All proposals of the account are one call for each page. AWS forgets an accepted proposal after some
    /// days; then the association that came of it stands for it.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let proposals = match all(aws).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let mut answers = Vec::new();
        for state in states {
            let wanted = |p: &&Remote| p.proposal_id() == state.id.as_deref();
            let found = proposals.iter().find(wanted).filter(|p| p.proposal_state() != Some(&State::Deleted));
            answers.push(match found {
                Some(found) => Ok(Some(state.with(found.clone()))),
                None => state.accepted_before(aws).await,
            });
        }
        answers
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = aws.directconnect().delete_direct_connect_gateway_association_proposal().proposal_id(id);
        match aws.call("directconnect:DeleteDirectConnectGatewayAssociationProposal", call.send()).await {
            Err(e) if is_missing(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Those for gateways of this account.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let own = |p: &Remote| {
            let owner = p.associated_gateway().and_then(|g| g.owner_account());
            owner.is_none_or(|owner| owner == &*account) && p.proposal_state() != Some(&State::Deleted)
        };
        let found = all(aws).await?.into_iter().filter(own);
        Ok(Some(found.map(|p| Self::default().with(p)).collect()))
    }

    /// A proposal's id; or `PROPOSAL-ID/DX-GATEWAY-ID/GATEWAY-ID`, for one that AWS has forgotten.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts: Vec<&str> = id.split('/').collect();
        match parts[..] {
            [id] if !id.is_empty() => Ok(vec![("id", Value::from(id))]),
            [id, gateway, other] if !id.is_empty() && !gateway.is_empty() && !other.is_empty() => Ok(vec![
                ("id", Value::from(id)),
                ("dx_gateway_id", Value::from(gateway)),
                ("associated_gateway_id", Value::from(other)),
            ]),
            _ => {
                let detail =
                    format!("{id:?} is not of the form PROPOSAL-ID or PROPOSAL-ID/DX-GATEWAY-ID/GATEWAY-ID.");
                Err(Error::new("Invalid import id", detail))
            }
        }
    }
}

impl DxGatewayAssociationProposal {
    /// This object as Direct Connect describes it. The networks that the other account allowed in the end
    /// are not those that were proposed.
    fn with(self, remote: Remote) -> DxGatewayAssociationProposal {
        let accepted = remote.proposal_state() == Some(&State::Accepted);
        let allowed = prefixes::set(remote.requested_allowed_prefixes_to_direct_connect_gateway);
        let gateway = remote.associated_gateway.as_ref();
        DxGatewayAssociationProposal {
            allowed_prefixes: self.allowed_prefixes.0.filter(|_| accepted).unwrap_or(allowed).into(),
            associated_gateway_id: gateway.and_then(|g| g.id.clone()).unwrap_or_default(),
            associated_gateway_owner_account_id: gateway
                .and_then(|g| g.owner_account.clone())
                .unwrap_or_default()
                .into(),
            associated_gateway_type: gateway
                .and_then(|g| g.r#type.as_ref())
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            dx_gateway_id: remote.direct_connect_gateway_id.unwrap_or_default(),
            dx_gateway_owner_account_id: remote.direct_connect_gateway_owner_account.unwrap_or_default(),
            id: remote.proposal_id.into(),
        }
    }

    /// This object, when an association of its two gateways shows that it was accepted.
    async fn accepted_before(self, aws: &Aws) -> Result<Option<Self>, Error> {
        if self.dx_gateway_id.is_empty() || self.associated_gateway_id.is_empty() {
            return Ok(None);
        }
        let found = of_gateway(aws, &self.dx_gateway_id).await?.into_iter().find(|a| {
            a.associated_gateway().and_then(|g| g.id()) == Some(&*self.associated_gateway_id)
                && a.association_state().map(|s| s.as_str()) == Some("associated")
        });
        Ok(found.map(|association| {
            let allowed = prefixes::set(association.allowed_prefixes_to_direct_connect_gateway);
            let gateway = association.associated_gateway.as_ref();
            let owner = gateway.and_then(|g| g.owner_account.clone());
            let kind = gateway.and_then(|g| g.r#type.as_ref()).map(|t| t.as_str().to_owned());
            let before = association.direct_connect_gateway_owner_account;
            DxGatewayAssociationProposal {
                allowed_prefixes: self.allowed_prefixes.0.unwrap_or(allowed).into(),
                associated_gateway_owner_account_id: owner.unwrap_or_default().into(),
                associated_gateway_type: kind.unwrap_or_default().into(),
                dx_gateway_owner_account_id: before.unwrap_or_default(),
                ..self
            }
        }))
    }
}

async fn all(aws: &Aws) -> Result<Vec<Remote>, Error> {
    let call = || aws.directconnect().describe_direct_connect_gateway_association_proposals();
    let name = "directconnect:DescribeDirectConnectGatewayAssociationProposals";
    pages!(aws, name, call(), direct_connect_gateway_association_proposals)
}

/// One proposal.
pub(super) async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let call = aws.directconnect().describe_direct_connect_gateway_association_proposals().proposal_id(id);
    let name = "directconnect:DescribeDirectConnectGatewayAssociationProposals";
    let found = or_missing(aws.call(name, call.send()).await)?;
    Ok(found.and_then(|f| f.direct_connect_gateway_association_proposals?.into_iter().next()))
}
