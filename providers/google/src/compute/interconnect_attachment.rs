//! `google_compute_interconnect_attachment`: a VLAN of an interconnect, which joins a router to a network outside.

use super::document::{self, Area, Document};
use crate::Google;
use crate::mirror::Mirror;
use crate::names::{parse_id, same_reference};
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait,
    validate,
};

/// Provides an interconnect attachment.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_interconnect_attachment",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct InterconnectAttachment {
    /// The path of the attachment, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the attachment.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The router that speaks BGP through the attachment.
    #[attr(force_new, equivalent = same_reference)]
    pub router: String,
    /// The project of the attachment.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the attachment.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// Whether traffic goes through.
    #[attr(default = true)]
    pub admin_enabled: Option<bool>,
    /// The bandwidth: `BPS_50M` to `BPS_50G`.
    pub bandwidth: Auto<String>,
    /// The router's address and the length of its range, where it is to be a certain one.
    #[attr(force_new)]
    pub candidate_cloud_router_ip_address: Option<String>,
    /// The router's IPv6 address, where it is to be a certain one.
    #[attr(force_new)]
    pub candidate_cloud_router_ipv6_address: Option<String>,
    /// The address at the other end, where it is to be a certain one.
    #[attr(force_new)]
    pub candidate_customer_router_ip_address: Option<String>,
    /// The IPv6 address at the other end, where it is to be a certain one.
    #[attr(force_new)]
    pub candidate_customer_router_ipv6_address: Option<String>,
    /// Ranges that the addresses of both ends are taken from.
    #[attr(force_new)]
    pub candidate_subnets: Option<Vec<String>>,
    /// What the attachment is for.
    pub description: Option<String>,
    /// The availability domain that the partner is to use.
    #[attr(force_new)]
    pub edge_availability_domain: Auto<String>,
    /// Whether only HA VPN goes through: `NONE` or `IPSEC`.
    #[attr(force_new, default = "NONE", validate = validate::one_of(&["NONE", "IPSEC"]))]
    pub encryption: Option<String>,
    /// The interconnect, of dedicated attachments.
    #[attr(force_new, equivalent = same_reference)]
    pub interconnect: Option<String>,
    /// Ranges for the addresses of HA VPN gateways that use the attachment.
    #[attr(force_new)]
    pub ipsec_internal_addresses: Option<Vec<String>>,
    /// The labels of the attachment.
    pub labels: BTreeMap<String, String>,
    /// The largest packet.
    pub mtu: Auto<String>,
    /// The address families: `IPV4_ONLY` or `IPV4_IPV6`.
    #[attr(validate = validate::one_of(&["IPV4_ONLY", "IPV4_IPV6"]))]
    pub stack_type: Auto<String>,
    /// The length of the range that both ends are in: 29 or 30.
    #[attr(force_new)]
    pub subnet_length: Option<i64>,
    /// Whose interconnect it is: `DEDICATED`, `PARTNER` or `PARTNER_PROVIDER`.
    #[attr(force_new, name = "type", validate = validate::one_of(&["DEDICATED", "PARTNER", "PARTNER_PROVIDER"]))]
    pub kind: Auto<String>,
    /// The number of the VLAN.
    #[attr(force_new, name = "vlan_tag8021q")]
    pub vlan_tag: Auto<i64>,
    /// The group that the attachment is in.
    pub attachment_group: Computed<String>,
    /// The router's address and the length of its range.
    pub cloud_router_ip_address: Computed<String>,
    /// The router's IPv6 address.
    pub cloud_router_ipv6_address: Computed<String>,
    /// When the attachment was made.
    pub creation_timestamp: Computed<String>,
    /// The address at the other end.
    pub customer_router_ip_address: Computed<String>,
    /// The IPv6 address at the other end.
    pub customer_router_ipv6_address: Computed<String>,
    /// What Google's support knows the attachment by.
    pub google_reference_id: Computed<String>,
    /// The version of the labels.
    pub label_fingerprint: Computed<String>,
    /// What a partner is told to finish the attachment.
    pub pairing_key: Computed<String>,
    /// The partner's number of BGP.
    pub partner_asn: Computed<String>,
    /// What Google made for it.
    pub private_interconnect_info: Computed<Vec<InterconnectInfo>>,
    /// The URL of the attachment.
    pub self_link: Computed<String>,
    /// Whether it waits for somebody: `PENDING_PARTNER`, `ACTIVE` and others.
    pub state: Computed<String>,
}

/// What Google made for an attachment.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InterconnectInfo {
    /// The number of the VLAN.
    pub tag8021q: Computed<i64>,
}

/// What patches change.
const CHANGED: &[&str] = &["adminEnabled", "bandwidth", "description", "mtu", "stackType"];

impl Document for InterconnectAttachment {
    const COLLECTION: &'static str = "interconnectAttachments";
    const AREA: Area = Area::Region;
    const NAMES: Mirror =
        Mirror(&[("id", ""), ("project", ""), ("region", ""), ("private_interconnect_info", "privateInfo")]);
    const REFERENCES: &'static [(&'static str, &'static str)] = &[
        ("router", "{area}/routers"),
        ("interconnect", "global/interconnects"),
        ("ipsecInternalAddresses", "{area}/addresses"),
    ];

    /// The API has numbers where the schema has texts.
    fn adapt(&self, _: &str, body: &mut Json) {
        if let Some(mtu) = self.mtu.as_deref().and_then(|text| text.parse::<i64>().ok()) {
            body["mtu"] = mtu.into();
        }
    }

    fn answered(answer: &mut Json) {
        if answer["privateInterconnectInfo"].is_object() {
            answer["privateInfo"] = json!([answer["privateInterconnectInfo"]]);
        }
        for name in
            ["attachmentGroup", "googleReferenceId", "cloudRouterIpv6Address", "customerRouterIpv6Address"]
        {
            if answer[name].is_null() {
                answer[name] = "".into();
            }
        }
    }
}

#[async_trait]
impl Resource for InterconnectAttachment {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(document::create(google, &planned, cx).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        document::read(google, states).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = document::path(google, &prior)?;
        document::patch(google, &path, (&prior, &planned), CHANGED, cx).await?;
        if prior.labels != planned.labels {
            document::set_labels::<Self>(google, &path, &planned.labels, cx).await?;
        }
        Ok(document::refreshed(google, &planned, &path).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        document::delete(google, &state, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/interconnectAttachments/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        document::list(google).await
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if !cx.is_create() && (cx.changed("labels") || cx.changed("terraform_labels")) {
            cx.set_unknown("label_fingerprint");
        }
    }
}
