//! `aws_ec2_transit_gateway_vpc_attachment_accepter`: the consent of a transit gateway's owner to
//! the attachment of another account's VPC.

use super::PATIENCE;
use super::attachments;
use super::default_tables::{self, Defaults};
use crate::Aws;
use crate::client::retry_while;
use crate::ec2::batch::all_failed;
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, TransitGatewayAttachmentState as State};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Accepts the attachment of another account's VPC to a transit gateway. What is destroyed with it is
/// the attachment.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_vpc_attachment_accepter", keep)]
pub struct TransitGatewayVpcAttachmentAccepter {
    /// The id of the attachment.
    pub id: Computed<String>,
    /// Whether both directions of a flow take the same zone.
    pub appliance_mode_support: Computed<String>,
    /// Whether names are resolved to private addresses across attached VPCs.
    pub dns_support: Computed<String>,
    /// Whether IPv6 is routed.
    pub ipv6_support: Computed<String>,
    /// Whether rules may refer to security groups across attached VPCs.
    pub security_group_referencing_support: Computed<String>,
    /// The subnets in which the gateway has interfaces.
    pub subnet_ids: Computed<BTreeSet<String>>,
    /// The tags that the gateway's owner puts on the attachment.
    pub tags: Tags,
    /// The attachment to accept.
    #[attr(force_new)]
    pub transit_gateway_attachment_id: String,
    /// Whether the attachment is associated with the gateway's default route table.
    #[attr(default = true)]
    pub transit_gateway_default_route_table_association: Option<bool>,
    /// Whether the attachment propagates routes to the gateway's default route table.
    #[attr(default = true)]
    pub transit_gateway_default_route_table_propagation: Option<bool>,
    /// The transit gateway.
    pub transit_gateway_id: Computed<String>,
    /// The VPC.
    pub vpc_id: Computed<String>,
    /// The account that owns the VPC.
    pub vpc_owner_id: Computed<String>,
}

#[async_trait]
impl Resource for TransitGatewayVpcAttachmentAccepter {
    type Client = Aws;

    const PART: bool = true;

    /// The attachment is the natural key: accepted by an earlier attempt, it is available.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.transit_gateway_attachment_id.clone();
        let accept = || {
            let call =
                aws.ec2().accept_transit_gateway_vpc_attachment().transit_gateway_attachment_id(&id).send();
            aws.call("ec2:AcceptTransitGatewayVpcAttachment", call)
        };
        // What the other account has just made may not be seen yet.
        let early = |e: &Error| e.has_code(&["InvalidTransitGatewayAttachmentID.NotFound"]);
        match retry_while(PATIENCE.min(crate::ec2::NEW_PARENT), early, accept).await {
            Err(e) if cx.repeated && e.has_code(&["IncorrectState"]) => {}
            other => drop(other?),
        }
        let started = TransitGatewayVpcAttachmentAccepter { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let made = attachments::wait_for(aws, &id, &[State::Available]).await?;
            update_tags(aws, &id, &tag_map(made.tags.clone()), &planned.tags).await?;
            let gateway = made.transit_gateway_id().unwrap_or_default();
            default_tables::change_defaults(aws, &id, gateway, planned.wanted_defaults()).await?;
            let made = attachments::wait_for(aws, &id, &[State::Available]).await?;
            read_back(aws, &started, made).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().map(|s| s.transit_gateway_attachment_id.as_str());
            let mut found = attachments::by_id(aws, ids).await?;
            found.retain(|_, a| a.state() != Some(&State::PendingAcceptance));
            let defaults = default_tables::defaults(aws, &attachments::gateways(&found)).await?;
            Ok((found, defaults))
        };
        match found.await {
            Ok((found, defaults)) => (states.into_iter())
                .map(|state| {
                    let id = state.transit_gateway_attachment_id.clone();
                    let remote = found.get(&id).cloned();
                    Ok(remote.map(|remote| state.with(remote, defaults.get(&id).copied())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.transit_gateway_attachment_id.clone();
        let now = attachments::wait_for(aws, &id, &[State::Available]).await?;
        if prior.wanted_defaults() != planned.wanted_defaults() {
            let gateway = now.transit_gateway_id().unwrap_or_default();
            default_tables::change_defaults(aws, &id, gateway, planned.wanted_defaults()).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let now = attachments::wait_for(aws, &id, &[State::Available]).await?;
        Ok(read_back(aws, &planned, now).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        attachments::delete(aws, &state.transit_gateway_attachment_id).await
    }

    /// Those of other accounts' VPCs.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let accepted = |a: &types::TransitGatewayVpcAttachment| {
            a.vpc_owner_id() != Some(&*account) && a.state() != Some(&State::PendingAcceptance)
        };
        let found = attachments::all(aws).await?.into_iter().filter(accepted);
        let found: HashMap<String, _> =
            found.filter_map(|a| Some((a.transit_gateway_attachment_id.clone()?, a))).collect();
        let defaults = default_tables::defaults(aws, &attachments::gateways(&found)).await?;
        let object = |(id, remote): (String, types::TransitGatewayVpcAttachment)| {
            let defaults = defaults.get(&id).copied();
            Self { transit_gateway_attachment_id: id, ..Self::default() }.with(remote, defaults)
        };
        Ok(Some(found.into_iter().map(object).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("transit_gateway_attachment_id", Value::from(id))])
    }
}

impl TransitGatewayVpcAttachmentAccepter {
    fn wanted_defaults(&self) -> Defaults {
        Defaults {
            association: self.transit_gateway_default_route_table_association.unwrap_or(true),
            propagation: self.transit_gateway_default_route_table_propagation.unwrap_or(true),
        }
    }

    /// This object as EC2 describes it.
    fn with(self, remote: types::TransitGatewayVpcAttachment, defaults: Option<Defaults>) -> Self {
        let options = attachments::options(&remote);
        let defaults = defaults.unwrap_or_else(|| self.wanted_defaults());
        let subnets: BTreeSet<String> = remote.subnet_ids.unwrap_or_default().into_iter().collect();
        TransitGatewayVpcAttachmentAccepter {
            id: remote.transit_gateway_attachment_id.into(),
            appliance_mode_support: options.appliance_mode.into(),
            dns_support: options.dns.into(),
            ipv6_support: options.ipv6.into(),
            security_group_referencing_support: options.security_groups.unwrap_or_default().into(),
            subnet_ids: subnets.into(),
            tags: tag_map(remote.tags),
            transit_gateway_default_route_table_association: Some(defaults.association),
            transit_gateway_default_route_table_propagation: Some(defaults.propagation),
            transit_gateway_id: remote.transit_gateway_id.into(),
            vpc_id: remote.vpc_id.into(),
            vpc_owner_id: remote.vpc_owner_id.into(),
            ..self
        }
    }
}

async fn read_back(
    aws: &Aws,
    planned: &TransitGatewayVpcAttachmentAccepter,
    remote: types::TransitGatewayVpcAttachment,
) -> Result<TransitGatewayVpcAttachmentAccepter, Error> {
    let id = planned.transit_gateway_attachment_id.clone();
    let gateway = remote.transit_gateway_id().unwrap_or_default();
    let defaults = default_tables::defaults_of(aws, &id, gateway).await?;
    Ok(planned.clone().with(remote, defaults))
}
