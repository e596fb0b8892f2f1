//! `aws_ec2_transit_gateway_connect_peer`: a GRE tunnel of a Connect attachment.

use super::PATIENCE;
use super::connects::{delete_peer, wait_for_peer};
use crate::Aws;
use crate::client::retry_while;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, created, read_each, set};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::ec2::vpn::any_asn;
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType, TransitGatewayConnectRequestBgpOptions};
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait, validate};

/// Provides a GRE tunnel, with BGP inside, between a Connect attachment and an appliance.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_connect_peer", keep, timeouts(create = "10m", delete = "10m"))]
pub struct TransitGatewayConnectPeer {
    /// The id of the peer.
    pub id: Computed<String>,
    /// The ARN of the peer.
    pub arn: Computed<String>,
    /// The number of the appliance's autonomous system; the gateway's own unless set.
    #[attr(force_new, validate = any_asn)]
    pub bgp_asn: Auto<String>,
    /// The appliance's address inside of the tunnel.
    pub bgp_peer_address: Computed<String>,
    /// The gateway's addresses inside of the tunnel.
    pub bgp_transit_gateway_addresses: Computed<BTreeSet<String>>,
    /// The networks inside of the tunnel: a /29 of 169.254.0.0/16, and perhaps a /125 of fd00::/8.
    #[attr(force_new, required, validate = validate::length(1..=2))]
    pub inside_cidr_blocks: BTreeSet<String>,
    /// The appliance's address outside.
    #[attr(force_new)]
    pub peer_address: String,
    /// The tags of the peer.
    pub tags: Tags,
    /// The gateway's address outside, of its own address ranges.
    #[attr(force_new)]
    pub transit_gateway_address: Auto<String>,
    /// The Connect attachment.
    #[attr(force_new)]
    pub transit_gateway_attachment_id: String,
}

#[async_trait]
impl Resource for TransitGatewayConnectPeer {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = TransitGatewayConnectPeer { id: id.as_str().into(), ..planned };
        match wait_for_peer(aws, &id, cx.timeout_or(PATIENCE)).await {
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
        read_each(aws, states, |s| s.id.as_deref(), |s, p| s.with(aws, &account, p)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        update_tags(aws, prior.id.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        delete_peer(aws, state.id.known()?, cx.timeout_or(PATIENCE)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = kind::all::<types::TransitGatewayConnectPeer>(aws).await?;
        Ok(Some(all.into_iter().map(|p| Self::default().with(aws, &account, p)).collect()))
    }
}

impl TransitGatewayConnectPeer {
    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::TransitGatewayConnectPeer) -> Self {
        let id = remote.transit_gateway_connect_peer_id.unwrap_or_default();
        let tunnel = remote.connect_peer_configuration.as_ref();
        let sessions = tunnel.map(|t| t.bgp_configurations()).unwrap_or_default();
        let near = sessions.iter().filter_map(|s| s.transit_gateway_address.clone());
        let first = sessions.first();
        TransitGatewayConnectPeer {
            arn: aws.ec2_arn(account, &format!("transit-gateway-connect-peer/{id}")).into(),
            bgp_asn: first.and_then(|s| s.peer_asn).map(|n| n.to_string()).unwrap_or_default().into(),
            bgp_peer_address: first.and_then(|s| s.peer_address.clone()).unwrap_or_default().into(),
            bgp_transit_gateway_addresses: near.collect::<BTreeSet<_>>().into(),
            inside_cidr_blocks: tunnel
                .map(|t| t.inside_cidr_blocks().iter().cloned().collect())
                .unwrap_or_default(),
            peer_address: tunnel.and_then(|t| t.peer_address.clone()).unwrap_or_default(),
            tags: tag_map(remote.tags),
            transit_gateway_address: tunnel
                .and_then(|t| t.transit_gateway_address.clone())
                .unwrap_or_default()
                .into(),
            transit_gateway_attachment_id: remote.transit_gateway_attachment_id.unwrap_or_default(),
            id: id.into(),
        }
    }
}

async fn create(aws: &Aws, planned: &TransitGatewayConnectPeer, cx: &ApplyContext) -> Result<String, Error> {
    let asn = planned.bgp_asn.as_deref().and_then(|n| n.parse().ok());
    let bgp = asn.map(|asn| TransitGatewayConnectRequestBgpOptions::builder().peer_asn(asn).build());
    let call = (aws.ec2().create_transit_gateway_connect_peer())
        .transit_gateway_attachment_id(&planned.transit_gateway_attachment_id)
        .peer_address(&planned.peer_address)
        .set_transit_gateway_address(set(planned.transit_gateway_address.as_deref()))
        .set_inside_cidr_blocks(Some(planned.inside_cidr_blocks.iter().cloned().collect()))
        .set_bgp_options(bgp)
        .tag_specifications(creation_tags(ResourceType::TransitGatewayConnectPeer, &planned.tags, cx));
    let create = || aws.call("ec2:CreateTransitGatewayConnectPeer", call.clone().send());
    let early = |e: &Error| e.has_code(&["IncorrectState", "InvalidTransitGatewayAttachmentID.NotFound"]);
    let made = retry_while(crate::ec2::NEW_PARENT, early, create).await?;
    let id = made.transit_gateway_connect_peer.and_then(|p| p.transit_gateway_connect_peer_id);
    created("ec2:CreateTransitGatewayConnectPeer", id)
}
