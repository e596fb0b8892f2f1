//! `aws_ec2_transit_gateway_connect`: a GRE attachment of an appliance, over another attachment.

use super::PATIENCE;
use super::connects::{self, wait_for};
use super::default_tables::{self, Defaults};
use crate::Aws;
use crate::client::retry_while;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, created};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, CreateTransitGatewayConnectRequestOptions, ProtocolValue, ResourceType,
    TransitGatewayAttachmentState as State,
};
use std::collections::HashMap;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, validate};

/// Attaches an appliance to a transit gateway by GRE and BGP.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_ec2_transit_gateway_connect",
    keep,
    timeouts(create = "10m", update = "10m", delete = "10m")
)]
pub struct TransitGatewayConnect {
    /// The id of the attachment.
    pub id: Computed<String>,
    /// The protocol of the tunnels: `gre`.
    #[attr(force_new, default = "gre", validate = validate::one_of(&["gre"]))]
    pub protocol: Option<String>,
    /// The tags of the attachment.
    pub tags: Tags,
    /// Whether the attachment is associated with the gateway's default route table.
    #[attr(default = true)]
    pub transit_gateway_default_route_table_association: Option<bool>,
    /// Whether the attachment propagates routes to the gateway's default route table.
    #[attr(default = true)]
    pub transit_gateway_default_route_table_propagation: Option<bool>,
    /// The transit gateway.
    #[attr(force_new)]
    pub transit_gateway_id: String,
    /// The attachment, of a VPC or of Direct Connect, that carries this one.
    #[attr(force_new)]
    pub transport_attachment_id: String,
}

#[async_trait]
impl Resource for TransitGatewayConnect {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = TransitGatewayConnect { id: id.as_str().into(), ..planned };
        let complete = async {
            let made = wait_for(aws, &id, State::Available, cx.timeout_or(PATIENCE)).await?;
            started.change_defaults(aws, &id).await?;
            started.clone().read_back(aws, made).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().filter_map(|s| s.id.as_deref());
            let found = kind::by_ids::<types::TransitGatewayConnect>(aws, ids).await?;
            let pair = |a: &types::TransitGatewayConnect| {
                Some((a.transit_gateway_attachment_id.clone()?, a.transit_gateway_id.clone()?))
            };
            let gateways: HashMap<String, String> = found.values().filter_map(pair).collect();
            let defaults = default_tables::defaults(aws, &gateways).await?;
            Ok((found, defaults))
        };
        match found.await {
            Ok((found, defaults)) => (states.into_iter())
                .map(|state| {
                    let id = state.id.as_deref().unwrap_or_default().to_owned();
                    let remote = found.get(&id).cloned();
                    Ok(remote.map(|remote| state.with(remote, defaults.get(&id).copied())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        if prior.wanted_defaults() != planned.wanted_defaults() {
            planned.change_defaults(aws, &id).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        connects::delete(aws, state.id.known()?, cx.timeout_or(PATIENCE)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = kind::all::<types::TransitGatewayConnect>(aws).await?;
        let pair = |a: &types::TransitGatewayConnect| {
            Some((a.transit_gateway_attachment_id.clone()?, a.transit_gateway_id.clone()?))
        };
        let defaults = default_tables::defaults(aws, &all.iter().filter_map(pair).collect()).await?;
        let object = |a: types::TransitGatewayConnect| {
            let defaults = defaults.get(a.transit_gateway_attachment_id().unwrap_or_default()).copied();
            Self::default().with(a, defaults)
        };
        Ok(Some(all.into_iter().map(object).collect()))
    }
}

impl TransitGatewayConnect {
    fn wanted_defaults(&self) -> Defaults {
        Defaults {
            association: self.transit_gateway_default_route_table_association.unwrap_or(true),
            propagation: self.transit_gateway_default_route_table_propagation.unwrap_or(true),
        }
    }

    async fn change_defaults(&self, aws: &Aws, id: &str) -> Result<(), Error> {
        default_tables::change_defaults(aws, id, &self.transit_gateway_id, self.wanted_defaults()).await
    }

    async fn read_back(self, aws: &Aws, remote: types::TransitGatewayConnect) -> Result<Self, Error> {
        let id = self.id.known()?;
        let defaults = default_tables::defaults_of(aws, id, &self.transit_gateway_id).await?;
        Ok(self.with(remote, defaults))
    }

    /// This object as EC2 describes it. Of another account's gateway nobody here knows the tables.
    fn with(self, remote: types::TransitGatewayConnect, defaults: Option<Defaults>) -> Self {
        let defaults = defaults.unwrap_or_else(|| self.wanted_defaults());
        TransitGatewayConnect {
            id: remote.transit_gateway_attachment_id.into(),
            protocol: remote.options.and_then(|o| o.protocol).map(|p| p.as_str().to_owned()),
            tags: tag_map(remote.tags),
            transit_gateway_default_route_table_association: Some(defaults.association),
            transit_gateway_default_route_table_propagation: Some(defaults.propagation),
            transit_gateway_id: remote.transit_gateway_id.unwrap_or_default(),
            transport_attachment_id: remote.transport_transit_gateway_attachment_id.unwrap_or_default(),
        }
    }
}

async fn create(aws: &Aws, planned: &TransitGatewayConnect, cx: &ApplyContext) -> Result<String, Error> {
    let protocol = planned.protocol.as_deref().unwrap_or("gre");
    let options =
        CreateTransitGatewayConnectRequestOptions::builder().protocol(ProtocolValue::from(protocol));
    let call = (aws.ec2().create_transit_gateway_connect())
        .transport_transit_gateway_attachment_id(&planned.transport_attachment_id)
        .options(options.build())
        .tag_specifications(creation_tags(ResourceType::TransitGatewayAttachment, &planned.tags, cx));
    let create = || aws.call("ec2:CreateTransitGatewayConnect", call.clone().send());
    let early = |e: &Error| e.has_code(&["IncorrectState", "InvalidTransitGatewayAttachmentID.NotFound"]);
    let made = retry_while(crate::ec2::NEW_PARENT, early, create).await?;
    let id = made.transit_gateway_connect.and_then(|c| c.transit_gateway_attachment_id);
    created("ec2:CreateTransitGatewayConnect", id)
}
