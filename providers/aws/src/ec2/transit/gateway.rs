//! `aws_ec2_transit_gateway`: a router between VPCs, VPNs and Direct Connect.

use super::PATIENCE;
use super::gateways::{wait_available, wait_gone};
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::kind::{self, read_each};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, AutoAcceptSharedAttachmentsValue, DefaultRouteTableAssociationValue,
    DefaultRouteTablePropagationValue, DnsSupportValue, EncryptionSupportOptionValue,
    ModifyTransitGatewayOptions, MulticastSupportValue, ResourceType, SecurityGroupReferencingSupportValue,
    TransitGatewayRequestOptions, VpnEcmpSupportValue,
};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, validate,
};

const SWITCH: &[&str] = &["disable", "enable"];

/// Provides a transit gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway", keep, timeouts(create = "10m", update = "10m", delete = "10m"))]
pub struct TransitGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The number of the gateway's autonomous system.
    #[attr(default = 64512)]
    pub amazon_side_asn: Option<i64>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The route table that new attachments are associated with.
    pub association_default_route_table_id: Computed<String>,
    /// Whether attachments from other accounts are accepted by themselves.
    #[attr(default = "disable", validate = validate::one_of(SWITCH))]
    pub auto_accept_shared_attachments: Option<String>,
    /// Whether new attachments are associated with the default route table.
    #[attr(default = "enable", validate = validate::one_of(SWITCH))]
    pub default_route_table_association: Option<String>,
    /// Whether new attachments propagate routes to the default route table.
    #[attr(default = "enable", validate = validate::one_of(SWITCH))]
    pub default_route_table_propagation: Option<String>,
    /// What the gateway is for.
    pub description: Option<String>,
    /// Whether names are resolved to private addresses across attached VPCs.
    #[attr(default = "enable", validate = validate::one_of(SWITCH))]
    pub dns_support: Option<String>,
    /// Whether traffic between attachments is encrypted.
    #[attr(validate = validate::one_of(SWITCH))]
    pub encryption_support: Auto<String>,
    /// Whether the gateway can have multicast domains.
    #[attr(force_new, default = "disable", validate = validate::one_of(SWITCH))]
    pub multicast_support: Option<String>,
    /// The account that owns the gateway.
    pub owner_id: Computed<String>,
    /// The route table that new attachments propagate routes to.
    pub propagation_default_route_table_id: Computed<String>,
    /// Whether rules may refer to security groups across attached VPCs.
    #[attr(default = "disable", validate = validate::one_of(SWITCH))]
    pub security_group_referencing_support: Option<String>,
    /// The tags of the gateway.
    pub tags: Tags,
    /// The gateway's own address ranges: /24 or larger for IPv4, /64 or larger for IPv6.
    pub transit_gateway_cidr_blocks: BTreeSet<String>,
    /// Whether traffic is spread over several VPN tunnels.
    #[attr(default = "enable", validate = validate::one_of(SWITCH))]
    pub vpn_ecmp_support: Option<String>,
}

#[async_trait]
impl Resource for TransitGateway {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = TransitGateway { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let made = wait_available(aws, &id, cx.timeout_or(PATIENCE)).await?;
            // It can be asked for only when the gateway exists.
            if planned.encryption_support.as_deref() == Some("enable") && encryption(&made) != "enable" {
                modify(aws, &id, &started.clone().with(made), &planned).await?;
                let made = wait_available(aws, &id, cx.timeout_or(PATIENCE)).await?;
                return Ok(started.clone().with(made));
            }
            Ok(started.clone().with(made))
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        read_each(aws, states, |s| s.id.as_deref(), Self::with).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        modify(aws, &id, &prior, &planned).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(planned.with(wait_available(aws, &id, cx.timeout_or(PATIENCE)).await?))
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let timeout = cx.timeout_or(PATIENCE);
        let delete = || {
            aws.call(
                "ec2:DeleteTransitGateway",
                aws.ec2().delete_transit_gateway().transit_gateway_id(id).send(),
            )
        };
        // Attachments, of other accounts say, may still be going.
        match retry_while(timeout, |e| e.has_code(&["IncorrectState"]), delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        wait_gone(aws, id, timeout).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = kind::all::<types::TransitGateway>(aws).await?;
        let account = aws.account().await?;
        // Those that others share are theirs to manage.
        let own = found.into_iter().filter(|g| account.is_empty() || g.owner_id() == Some(&*account));
        Ok(Some(own.map(|g| TransitGateway::default().with(g)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        for word in ["association", "propagation"] {
            if cx.changed(&format!("default_route_table_{word}")) {
                cx.set_unknown(&format!("{word}_default_route_table_id"));
            }
        }
        // Of what was enabled before, only a new gateway is free.
        let disabled = |name: &str| {
            cx.prior(name).as_str() == Some("enable") && cx.planned(name).as_str() == Some("disable")
        };
        let first = ["default_route_table_association", "default_route_table_propagation"];
        if let Some(name) = first.into_iter().find(|name| disabled(name)) {
            cx.force_new(name);
        }
        if cx.config("encryption_support").is_null() && cx.is_create() {
            cx.set("encryption_support", Value::from("disable"));
        }
    }
}

impl TransitGateway {
    /// This object as EC2 describes it.
    fn with(self, remote: types::TransitGateway) -> TransitGateway {
        let encryption = encryption(&remote).to_owned();
        let Some(options) = remote.options else {
            return TransitGateway { id: remote.transit_gateway_id.into(), ..self };
        };
        let own = |d: Option<String>| d.filter(|d| !d.is_empty());
        TransitGateway {
            id: remote.transit_gateway_id.into(),
            amazon_side_asn: options.amazon_side_asn,
            arn: remote.transit_gateway_arn.into(),
            association_default_route_table_id: options
                .association_default_route_table_id
                .unwrap_or_default()
                .into(),
            auto_accept_shared_attachments: options
                .auto_accept_shared_attachments
                .map(|v| v.as_str().to_owned()),
            default_route_table_association: options
                .default_route_table_association
                .map(|v| v.as_str().to_owned()),
            default_route_table_propagation: options
                .default_route_table_propagation
                .map(|v| v.as_str().to_owned()),
            description: own(remote.description)
                // An empty text that was configured stays one.
                .or_else(|| self.description.filter(String::is_empty)),
            dns_support: options.dns_support.map(|v| v.as_str().to_owned()),
            encryption_support: encryption.into(),
            multicast_support: options.multicast_support.map(|v| v.as_str().to_owned()),
            owner_id: remote.owner_id.into(),
            propagation_default_route_table_id: options
                .propagation_default_route_table_id
                .unwrap_or_default()
                .into(),
            security_group_referencing_support: Some(
                (options.security_group_referencing_support)
                    .map_or_else(|| "disable".to_owned(), |v| v.as_str().to_owned()),
            ),
            tags: tag_map(remote.tags),
            transit_gateway_cidr_blocks: options
                .transit_gateway_cidr_blocks
                .unwrap_or_default()
                .into_iter()
                .collect(),
            vpn_ecmp_support: options.vpn_ecmp_support.map(|v| v.as_str().to_owned()),
        }
    }
}

/// Whether encryption is enabled, or being so, in the word of the argument.
pub(in crate::ec2) fn encryption(gateway: &types::TransitGateway) -> &'static str {
    let state = gateway.options().and_then(|o| o.encryption_support()).and_then(|e| e.encryption_state());
    match state.map(|s| s.as_str()) {
        Some("enabled" | "enabling") => "enable",
        _ => "disable",
    }
}

async fn create(aws: &Aws, planned: &TransitGateway, cx: &ApplyContext) -> Result<String, Error> {
    let blocks: Vec<String> = planned.transit_gateway_cidr_blocks.iter().cloned().collect();
    let text = Option::as_deref;
    let options = TransitGatewayRequestOptions::builder()
        .set_amazon_side_asn(planned.amazon_side_asn)
        .set_auto_accept_shared_attachments(
            text(&planned.auto_accept_shared_attachments).map(AutoAcceptSharedAttachmentsValue::from),
        )
        .set_default_route_table_association(
            text(&planned.default_route_table_association).map(DefaultRouteTableAssociationValue::from),
        )
        .set_default_route_table_propagation(
            text(&planned.default_route_table_propagation).map(DefaultRouteTablePropagationValue::from),
        )
        .set_dns_support(text(&planned.dns_support).map(DnsSupportValue::from))
        .set_multicast_support(text(&planned.multicast_support).map(MulticastSupportValue::from))
        .set_security_group_referencing_support(
            text(&planned.security_group_referencing_support).map(SecurityGroupReferencingSupportValue::from),
        )
        .set_transit_gateway_cidr_blocks((!blocks.is_empty()).then_some(blocks))
        .set_vpn_ecmp_support(text(&planned.vpn_ecmp_support).map(VpnEcmpSupportValue::from))
        .build();
    let call = (aws.ec2().create_transit_gateway())
        .set_description(planned.description.clone().filter(|d| !d.is_empty()))
        .options(options)
        .tag_specifications(creation_tags(ResourceType::TransitGateway, &planned.tags, cx))
        .send();
    let created = aws.call("ec2:CreateTransitGateway", call).await?;
    let id = created.transit_gateway.and_then(|g| g.transit_gateway_id);
    id.ok_or_else(|| Error::new("CreateTransitGateway failed", "The answer has no id."))
}

/// Changes what differs.
async fn modify(aws: &Aws, id: &str, prior: &TransitGateway, planned: &TransitGateway) -> Result<(), Error> {
    let changed = |f: fn(&TransitGateway) -> Option<&str>| f(planned).filter(|v| f(prior) != Some(*v));
    let (before, after) = (&prior.transit_gateway_cidr_blocks, &planned.transit_gateway_cidr_blocks);
    let list = |d: Vec<String>| (!d.is_empty()).then_some(d);
    let options = ModifyTransitGatewayOptions::builder()
        .set_add_transit_gateway_cidr_blocks(list(after.difference(before).cloned().collect()))
        .set_remove_transit_gateway_cidr_blocks(list(before.difference(after).cloned().collect()))
        .set_amazon_side_asn(planned.amazon_side_asn.filter(|n| prior.amazon_side_asn != Some(*n)))
        .set_auto_accept_shared_attachments(
            changed(|g| g.auto_accept_shared_attachments.as_deref())
                .map(AutoAcceptSharedAttachmentsValue::from),
        )
        .set_default_route_table_association(
            changed(|g| g.default_route_table_association.as_deref())
                .map(DefaultRouteTableAssociationValue::from),
        )
        .set_default_route_table_propagation(
            changed(|g| g.default_route_table_propagation.as_deref())
                .map(DefaultRouteTablePropagationValue::from),
        )
        .set_dns_support(changed(|g| g.dns_support.as_deref()).map(DnsSupportValue::from))
        .set_encryption_support(
            changed(|g| g.encryption_support.as_deref()).map(EncryptionSupportOptionValue::from),
        )
        .set_security_group_referencing_support(
            changed(|g| g.security_group_referencing_support.as_deref())
                .map(SecurityGroupReferencingSupportValue::from),
        )
        .set_vpn_ecmp_support(changed(|g| g.vpn_ecmp_support.as_deref()).map(VpnEcmpSupportValue::from))
        .build();
    let description =
        (planned.description != prior.description).then(|| planned.description.clone().unwrap_or_default());
    if description.is_none() && options == ModifyTransitGatewayOptions::builder().build() {
        return Ok(());
    }
    let call = (aws.ec2().modify_transit_gateway())
        .transit_gateway_id(id)
        .set_description(description)
        .options(options)
        .send();
    aws.call("ec2:ModifyTransitGateway", call).await.map(|_| ())
}
