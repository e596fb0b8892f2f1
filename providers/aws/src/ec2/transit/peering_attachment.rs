//! `aws_ec2_transit_gateway_peering_attachment`: the attachment of a transit gateway to another one,
//! seen from the side that asks for it.

use super::peerings;
use crate::Aws;
use crate::client::retry_while;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, created, read_each, set};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, CreateTransitGatewayPeeringAttachmentRequestOptions, DynamicRoutingValue, ResourceType,
    TransitGatewayAttachmentState as State,
};
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, validate,
};

/// Asks for the attachment of a transit gateway to another one, of this or another account and region.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_peering_attachment", keep)]
pub struct TransitGatewayPeeringAttachment {
    /// The id of the attachment.
    pub id: Computed<String>,
    /// The ARN of the attachment.
    pub arn: Computed<String>,
    /// How the peers exchange routes.
    #[block(force_new)]
    pub options: Option<PeeringOptions>,
    /// The account that owns the other gateway; this one, unless it says another.
    #[attr(force_new)]
    pub peer_account_id: Auto<String>,
    /// The region of the other gateway.
    #[attr(force_new)]
    pub peer_region: String,
    /// The other gateway.
    #[attr(force_new)]
    pub peer_transit_gateway_id: String,
    /// How far the attachment is.
    pub state: Computed<String>,
    /// The tags of the attachment.
    pub tags: Tags,
    /// The transit gateway.
    #[attr(force_new)]
    pub transit_gateway_id: String,
}

/// How peers exchange routes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct PeeringOptions {
    /// Whether routes are exchanged by BGP: `enable` or `disable`.
    #[attr(validate = validate::one_of(&["disable", "enable"]))]
    pub dynamic_routing: Option<String>,
}

#[async_trait]
impl Resource for TransitGatewayPeeringAttachment {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, &account, cx).await?,
        };
        let started = TransitGatewayPeeringAttachment { id: id.as_str().into(), ..planned };
        // It is for the other side to accept it.
        match peerings::wait_for(aws, &id, &[State::PendingAcceptance, State::Available]).await {
            Ok(made) => Ok(started.with(aws, &account, made)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return all_failed(states.len(), &error),
        };
        read_each(aws, states, |s| s.id.as_deref(), |s, a| s.with(aws, &account, a)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        update_tags(aws, prior.id.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        peerings::delete(aws, state.id.known()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = kind::all::<types::TransitGatewayPeeringAttachment>(aws).await?;
        let asked_here = |a: &types::TransitGatewayPeeringAttachment| {
            a.requester_tgw_info().and_then(|r| r.region()) == Some(aws.region())
                && a.requester_tgw_info().and_then(|r| r.owner_id()) == Some(&*account)
        };
        let own = all.into_iter().filter(asked_here);
        Ok(Some(own.map(|a| Self::default().with(aws, &account, a)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // To ask for what AWS does anyway is no change.
        let routing = |blocks: Value| {
            let first = blocks.as_slice().and_then(|b| b.first().cloned());
            let word = first.and_then(|b| b.attribute("dynamic_routing"));
            word.as_ref().and_then(Value::as_str).unwrap_or("disable").to_owned()
        };
        let planned = cx.planned("options");
        if cx.changed("options")
            && planned.is_wholly_known()
            && routing(cx.prior("options")) == routing(planned)
        {
            cx.set("options", cx.prior("options"));
        }
    }
}

impl TransitGatewayPeeringAttachment {
    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::TransitGatewayPeeringAttachment) -> Self {
        let id = remote.transit_gateway_attachment_id.unwrap_or_default();
        let peer = remote.accepter_tgw_info.unwrap_or_else(|| types::PeeringTgwInfo::builder().build());
        let near = remote.requester_tgw_info.and_then(|r| r.transit_gateway_id);
        let routing = remote.options.and_then(|o| o.dynamic_routing).map(|r| r.as_str().to_owned());
        let options = match routing.as_deref() {
            None | Some("disable") => self.options,
            _ => Some(PeeringOptions { dynamic_routing: routing }),
        };
        TransitGatewayPeeringAttachment {
            arn: aws.ec2_arn(account, &format!("transit-gateway-attachment/{id}")).into(),
            options,
            peer_account_id: peer.owner_id.into(),
            peer_region: peer.region.unwrap_or_default(),
            peer_transit_gateway_id: peer.transit_gateway_id.unwrap_or_default(),
            state: remote.state.map(|s| s.as_str().to_owned()).into(),
            tags: tag_map(remote.tags),
            transit_gateway_id: near.unwrap_or_default(),
            id: id.into(),
        }
    }
}

async fn create(
    aws: &Aws,
    planned: &TransitGatewayPeeringAttachment,
    account: &str,
    cx: &ApplyContext,
) -> Result<String, Error> {
    let routing = planned.options.as_ref().and_then(|o| set(o.dynamic_routing.as_deref()));
    let options = routing.map(|routing| {
        CreateTransitGatewayPeeringAttachmentRequestOptions::builder()
            .dynamic_routing(DynamicRoutingValue::from(routing.as_str()))
            .build()
    });
    let call = (aws.ec2().create_transit_gateway_peering_attachment())
        .transit_gateway_id(&planned.transit_gateway_id)
        .peer_account_id(set(planned.peer_account_id.as_deref()).unwrap_or_else(|| account.to_owned()))
        .peer_region(&planned.peer_region)
        .peer_transit_gateway_id(&planned.peer_transit_gateway_id)
        .set_options(options)
        .tag_specifications(creation_tags(ResourceType::TransitGatewayAttachment, &planned.tags, cx));
    let create = || aws.call("ec2:CreateTransitGatewayPeeringAttachment", call.clone().send());
    // Either gateway may just have been made.
    let early = |e: &Error| e.has_code(&["IncorrectState", "InvalidTransitGatewayID.NotFound"]);
    let made = retry_while(crate::ec2::NEW_PARENT, early, create).await?;
    let id = made.transit_gateway_peering_attachment.and_then(|a| a.transit_gateway_attachment_id);
    created("ec2:CreateTransitGatewayPeeringAttachment", id)
}
