//! `aws_ec2_transit_gateway_peering_attachment_accepter`: the consent of the other side to a peering of
//! transit gateways.

use super::peerings;
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::batch::all_failed;
use crate::ec2::kind;
use crate::ec2::tagging::{tag_list, tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, TransitGatewayAttachmentState as State};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Accepts the peering that another transit gateway asks for. What is destroyed with it is the attachment.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_peering_attachment_accepter", keep)]
pub struct TransitGatewayPeeringAttachmentAccepter {
    /// The id of the attachment.
    pub id: Computed<String>,
    /// The account that owns the gateway that asks.
    pub peer_account_id: Computed<String>,
    /// The region of the gateway that asks.
    pub peer_region: Computed<String>,
    /// The gateway that asks.
    pub peer_transit_gateway_id: Computed<String>,
    /// The tags that this side puts on the attachment.
    pub tags: Tags,
    /// The attachment to accept.
    #[attr(force_new)]
    pub transit_gateway_attachment_id: String,
    /// The transit gateway.
    pub transit_gateway_id: Computed<String>,
}

#[async_trait]
impl Resource for TransitGatewayPeeringAttachmentAccepter {
    type Client = Aws;

    const PART: bool = true;

    /// The attachment is the natural key: accepted by an earlier attempt, it is no longer pending.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.transit_gateway_attachment_id.clone();
        let asked = [State::PendingAcceptance, State::Pending, State::Available];
        let now = peerings::wait_for(aws, &id, &asked).await?;
        if now.state() == Some(&State::PendingAcceptance) {
            let accept = || {
                let call = (aws.ec2().accept_transit_gateway_peering_attachment())
                    .transit_gateway_attachment_id(&id)
                    .send();
                aws.call("ec2:AcceptTransitGatewayPeeringAttachment", call)
            };
            retry_while(crate::ec2::NEW_PARENT, is_not_found, accept).await?;
        }
        let started = TransitGatewayPeeringAttachmentAccepter { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let mut made = peerings::wait_for(aws, &id, &[State::Available]).await?;
            update_tags(aws, &id, &tag_map(made.tags.clone()), &planned.tags).await?;
            made.tags = Some(tag_list(&planned.tags));
            Ok(started.clone().with(made))
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().map(|s| s.transit_gateway_attachment_id.as_str());
        match kind::by_ids::<types::TransitGatewayPeeringAttachment>(aws, ids).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    // What is not accepted is not there.
                    let remote = found.get(&state.transit_gateway_attachment_id);
                    let remote = remote.filter(|a| is_accepted(a));
                    Ok(remote.map(|remote| state.with(remote.clone())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        update_tags(aws, prior.id.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        peerings::delete(aws, &state.transit_gateway_attachment_id).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let accepted = |a: &types::TransitGatewayPeeringAttachment| {
            let side = a.accepter_tgw_info();
            side.and_then(|s| s.region()) == Some(aws.region())
                && side.and_then(|s| s.owner_id()) == Some(&*account)
                && is_accepted(a)
        };
        let all = kind::all::<types::TransitGatewayPeeringAttachment>(aws).await?.into_iter();
        let object = |remote: types::TransitGatewayPeeringAttachment| {
            let transit_gateway_attachment_id =
                remote.transit_gateway_attachment_id.clone().unwrap_or_default();
            Self { transit_gateway_attachment_id, ..Self::default() }.with(remote)
        };
        Ok(Some(all.filter(accepted).map(object).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("transit_gateway_attachment_id", Value::from(id))])
    }
}

fn is_accepted(attachment: &types::TransitGatewayPeeringAttachment) -> bool {
    !matches!(attachment.state(), Some(State::PendingAcceptance | State::InitiatingRequest))
}

impl TransitGatewayPeeringAttachmentAccepter {
    /// This object as EC2 describes it.
    fn with(self, remote: types::TransitGatewayPeeringAttachment) -> Self {
        let peer = remote.requester_tgw_info.unwrap_or_else(|| types::PeeringTgwInfo::builder().build());
        TransitGatewayPeeringAttachmentAccepter {
            id: remote.transit_gateway_attachment_id.into(),
            peer_account_id: peer.owner_id.into(),
            peer_region: peer.region.into(),
            peer_transit_gateway_id: peer.transit_gateway_id.into(),
            tags: tag_map(remote.tags),
            transit_gateway_id: remote.accepter_tgw_info.and_then(|a| a.transit_gateway_id).into(),
            ..self
        }
    }
}
