//! `aws_ec2_transit_gateway_vpc_attachment`: a VPC's attachment to a transit gateway.

use super::PATIENCE;
use super::attachments;
use super::default_tables::{self, Defaults};
use crate::Aws;
use crate::client::retry_while;
use crate::ec2::batch::all_failed;
use crate::ec2::operation::{creation_tags, find_made, finish, tagged};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, ApplianceModeSupportValue, CreateTransitGatewayVpcAttachmentRequestOptions, DnsSupportValue,
    Ipv6SupportValue, ModifyTransitGatewayVpcAttachmentRequestOptions, ResourceType,
    SecurityGroupReferencingSupportValue, TransitGatewayAttachmentState as State,
};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait, validate};

const SWITCH: &[&str] = &["disable", "enable"];

/// Attaches a VPC to a transit gateway, of this account or shared by another one.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_vpc_attachment", keep)]
pub struct TransitGatewayVpcAttachment {
    /// The id of the attachment.
    pub id: Computed<String>,
    /// Whether both directions of a flow take the same zone.
    #[attr(default = "disable", validate = validate::one_of(SWITCH))]
    pub appliance_mode_support: Option<String>,
    /// The ARN of the attachment.
    pub arn: Computed<String>,
    /// Whether names are resolved to private addresses across attached VPCs.
    #[attr(default = "enable", validate = validate::one_of(SWITCH))]
    pub dns_support: Option<String>,
    /// Whether IPv6 is routed.
    #[attr(default = "disable", validate = validate::one_of(SWITCH))]
    pub ipv6_support: Option<String>,
    /// Whether rules may refer to security groups across attached VPCs.
    #[attr(validate = validate::one_of(SWITCH))]
    pub security_group_referencing_support: Auto<String>,
    /// The subnets in which the gateway has interfaces, one in a zone.
    #[attr(required)]
    pub subnet_ids: BTreeSet<String>,
    /// The tags of the attachment.
    pub tags: Tags,
    /// Whether the attachment is associated with the gateway's default route table. Only the
    /// gateway's owner can say so.
    pub transit_gateway_default_route_table_association: Auto<bool>,
    /// Whether the attachment propagates routes to the gateway's default route table. Only the
    /// gateway's owner can say so.
    pub transit_gateway_default_route_table_propagation: Auto<bool>,
    /// The transit gateway.
    #[attr(force_new)]
    pub transit_gateway_id: String,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
    /// The account that owns the VPC.
    pub vpc_owner_id: Computed<String>,
}

#[async_trait]
impl Resource for TransitGatewayVpcAttachment {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = TransitGatewayVpcAttachment { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            // Another account's gateway may leave it to that account to accept the attachment.
            let ready = [State::Available, State::PendingAcceptance];
            let mut made = attachments::wait_for(aws, &id, &ready).await?;
            made.tags = tagged(aws, &id, &started.tags, made.tags).await?;
            if made.state() == Some(&State::Available) {
                let gateway = made.transit_gateway_id().unwrap_or_default();
                default_tables::change_defaults(aws, &id, gateway, planned.wanted_defaults()).await?;
            }
            read_back(aws, &started, made).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let found = attachments::by_id(aws, states.iter().filter_map(|s| s.id.as_deref())).await?;
            let defaults = default_tables::defaults(aws, &attachments::gateways(&found)).await?;
            Ok((found, defaults))
        };
        match found.await {
            Ok((found, defaults)) => (states.into_iter())
                .map(|state| {
                    let id = state.id.as_deref().unwrap_or_default().to_owned();
                    let remote = found.get(&id).cloned();
                    Ok(remote.map(|remote| state.with(aws, remote, defaults.get(&id).copied())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        modify(aws, &id, &prior, &planned).await?;
        let ready = [State::Available, State::PendingAcceptance];
        let now = attachments::wait_for(aws, &id, &ready).await?;
        let defaults = |a: &Self| {
            (
                a.transit_gateway_default_route_table_association.0,
                a.transit_gateway_default_route_table_propagation.0,
            )
        };
        if defaults(&prior) != defaults(&planned) {
            let gateway = now.transit_gateway_id().unwrap_or_default();
            default_tables::change_defaults(aws, &id, gateway, planned.wanted_defaults()).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let now = attachments::wait_for(aws, &id, &ready).await?;
        Ok(read_back(aws, &planned, now).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        attachments::delete(aws, state.id.known()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let found = attachments::all(aws).await?.into_iter();
        let own = found.filter(|a| account.is_empty() || a.vpc_owner_id() == Some(&*account));
        let own: HashMap<String, _> =
            own.filter_map(|a| Some((a.transit_gateway_attachment_id.clone()?, a))).collect();
        let defaults = default_tables::defaults(aws, &attachments::gateways(&own)).await?;
        let object = |(id, a): (String, types::TransitGatewayVpcAttachment)| {
            TransitGatewayVpcAttachment::default().with(aws, a, defaults.get(&id).copied())
        };
        Ok(Some(own.into_iter().map(object).collect()))
    }
}

impl TransitGatewayVpcAttachment {
    fn wanted_defaults(&self) -> Defaults {
        Defaults {
            association: self.transit_gateway_default_route_table_association.0.unwrap_or(true),
            propagation: self.transit_gateway_default_route_table_propagation.0.unwrap_or(true),
        }
    }

    /// This object as EC2 describes it. Of another account's gateway nobody here knows the tables:
    /// then the configuration's word stays.
    fn with(
        self,
        aws: &Aws,
        remote: types::TransitGatewayVpcAttachment,
        defaults: Option<Defaults>,
    ) -> TransitGatewayVpcAttachment {
        let options = attachments::options(&remote);
        let id = remote.transit_gateway_attachment_id.unwrap_or_default();
        let owner = remote.vpc_owner_id.unwrap_or_default();
        let arn = aws.ec2_arn(&owner, &format!("transit-gateway-attachment/{id}"));
        let association = self.transit_gateway_default_route_table_association.0.unwrap_or(true);
        let propagation = self.transit_gateway_default_route_table_propagation.0.unwrap_or(true);
        TransitGatewayVpcAttachment {
            appliance_mode_support: options.appliance_mode,
            arn: arn.into(),
            dns_support: options.dns,
            ipv6_support: options.ipv6,
            security_group_referencing_support: options.security_groups.unwrap_or_default().into(),
            subnet_ids: remote.subnet_ids.unwrap_or_default().into_iter().collect(),
            tags: tag_map(remote.tags),
            transit_gateway_default_route_table_association: defaults
                .map_or(association, |d| d.association)
                .into(),
            transit_gateway_default_route_table_propagation: defaults
                .map_or(propagation, |d| d.propagation)
                .into(),
            transit_gateway_id: remote.transit_gateway_id.unwrap_or_default(),
            vpc_id: remote.vpc_id.unwrap_or_default(),
            vpc_owner_id: owner.into(),
            id: id.into(),
        }
    }
}

async fn read_back(
    aws: &Aws,
    planned: &TransitGatewayVpcAttachment,
    remote: types::TransitGatewayVpcAttachment,
) -> Result<TransitGatewayVpcAttachment, Error> {
    let id = remote.transit_gateway_attachment_id.clone().unwrap_or_default();
    let gateway = remote.transit_gateway_id().unwrap_or_default();
    let defaults = match remote.state() {
        // Before it is accepted it is in no table.
        Some(State::PendingAcceptance) => None,
        _ => default_tables::defaults_of(aws, &id, gateway).await?,
    };
    Ok(planned.clone().with(aws, remote, defaults))
}

async fn create(
    aws: &Aws,
    planned: &TransitGatewayVpcAttachment,
    cx: &ApplyContext,
) -> Result<String, Error> {
    let word = Option::as_deref;
    let options = CreateTransitGatewayVpcAttachmentRequestOptions::builder()
        .set_appliance_mode_support(
            word(&planned.appliance_mode_support).map(ApplianceModeSupportValue::from),
        )
        .set_dns_support(word(&planned.dns_support).map(DnsSupportValue::from))
        .set_ipv6_support(word(&planned.ipv6_support).map(Ipv6SupportValue::from))
        .set_security_group_referencing_support(
            (planned.security_group_referencing_support.as_deref())
                .map(SecurityGroupReferencingSupportValue::from),
        )
        .build();
    let call = (aws.ec2().create_transit_gateway_vpc_attachment())
        .transit_gateway_id(&planned.transit_gateway_id)
        .vpc_id(&planned.vpc_id)
        .set_subnet_ids(Some(planned.subnet_ids.iter().cloned().collect()))
        .options(options)
        .tag_specifications(creation_tags(ResourceType::TransitGatewayAttachment, &planned.tags, cx));
    let create = || aws.call("ec2:CreateTransitGatewayVpcAttachment", call.clone().send());
    // The gateway may just be modified, or shared, or the subnets not be known everywhere.
    let early = |e: &Error| {
        let codes = ["IncorrectState", "InvalidTransitGatewayID.NotFound", "InvalidSubnetID.NotFound"];
        e.has_code(&codes)
    };
    let created = retry_while(PATIENCE.min(crate::ec2::NEW_PARENT), early, create).await?;
    let id = created.transit_gateway_vpc_attachment.and_then(|a| a.transit_gateway_attachment_id);
    id.ok_or_else(|| Error::new("CreateTransitGatewayVpcAttachment failed", "The answer has no id."))
}

/// Changes what differs.
async fn modify(
    aws: &Aws,
    id: &str,
    prior: &TransitGatewayVpcAttachment,
    planned: &TransitGatewayVpcAttachment,
) -> Result<(), Error> {
    type Word = fn(&TransitGatewayVpcAttachment) -> Option<&str>;
    let changed = |f: Word| f(planned).filter(|v| f(prior) != Some(*v));
    let options = ModifyTransitGatewayVpcAttachmentRequestOptions::builder()
        .set_appliance_mode_support(
            changed(|a| a.appliance_mode_support.as_deref()).map(ApplianceModeSupportValue::from),
        )
        .set_dns_support(changed(|a| a.dns_support.as_deref()).map(DnsSupportValue::from))
        .set_ipv6_support(changed(|a| a.ipv6_support.as_deref()).map(Ipv6SupportValue::from))
        .set_security_group_referencing_support(
            changed(|a| a.security_group_referencing_support.as_deref())
                .map(SecurityGroupReferencingSupportValue::from),
        )
        .build();
    let added: Vec<String> = planned.subnet_ids.difference(&prior.subnet_ids).cloned().collect();
    let removed: Vec<String> = prior.subnet_ids.difference(&planned.subnet_ids).cloned().collect();
    let same = options == ModifyTransitGatewayVpcAttachmentRequestOptions::builder().build();
    if same && added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let call = (aws.ec2().modify_transit_gateway_vpc_attachment())
        .transit_gateway_attachment_id(id)
        .set_add_subnet_ids((!added.is_empty()).then_some(added))
        .set_remove_subnet_ids((!removed.is_empty()).then_some(removed))
        .options(options)
        .send();
    aws.call("ec2:ModifyTransitGatewayVpcAttachment", call).await.map(|_| ())
}
