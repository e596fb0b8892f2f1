//! `google_compute_forwarding_rule`: sends what comes to an address of a region on: to a load balancer, a classic VPN
//! gateway, a service of somebody else.

use super::document::{self, Area, Document};
use crate::Google;
use crate::mirror::Mirror;
use crate::names::{compute_url, name_of, parse_id, path_of, same_reference};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value,
    async_trait, validate,
};

/// Provides a forwarding rule.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_forwarding_rule",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct ForwardingRule {
    /// The path of the rule, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the rule.
    #[attr(force_new)]
    pub name: String,
    /// The project of the rule.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the rule.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// Whether clients of other regions reach it.
    pub allow_global_access: Option<bool>,
    /// Whether clients of other regions reach it through Private Service Connect.
    pub allow_psc_global_access: Option<bool>,
    /// Whether all ports are forwarded.
    #[attr(force_new)]
    pub all_ports: Option<bool>,
    /// The backend service of internal and pass-through load balancers.
    #[attr(equivalent = same_reference)]
    pub backend_service: Option<String>,
    /// What the rule is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The address, or an address that was reserved, by name, path or URL.
    #[attr(force_new, equivalent = same_address)]
    pub ip_address: Auto<String>,
    /// Where the address is taken from.
    #[attr(force_new, equivalent = same_reference)]
    pub ip_collection: Option<String>,
    /// The protocol: `TCP`, `UDP`, `ESP` and others.
    #[attr(force_new, equivalent = same_word)]
    pub ip_protocol: Auto<String>,
    /// The version of the address: `IPV4` or `IPV6`.
    #[attr(force_new, validate = validate::one_of(&["IPV4", "IPV6"]))]
    pub ip_version: Auto<String>,
    /// Whether it gets copies of packets only.
    #[attr(force_new)]
    pub is_mirroring_collector: Option<bool>,
    /// The labels of the rule.
    pub labels: BTreeMap<String, String>,
    /// For which kind of load balancer it is; empty for Private Service Connect.
    #[attr(force_new, default = "EXTERNAL", validate = scheme)]
    pub load_balancing_scheme: Option<String>,
    /// The network, of internal rules.
    #[attr(force_new, equivalent = same_reference)]
    pub network: Auto<String>,
    /// The network tier: `PREMIUM` or `STANDARD`.
    #[attr(force_new, validate = validate::one_of(&["PREMIUM", "STANDARD"]))]
    pub network_tier: Auto<String>,
    /// Whether no names are made for a service of Private Service Connect.
    #[attr(force_new, local)]
    pub no_automate_dns_zone: Option<bool>,
    /// One range of ports: `80` or `8080-8090`.
    #[attr(force_new, equivalent = same_ports)]
    pub port_range: Auto<String>,
    /// Up to five ports.
    #[attr(force_new)]
    pub ports: Auto<BTreeSet<String>>,
    /// Whether a rule is made again when the service that it leads to closes the connection.
    #[attr(local, default = false)]
    pub recreate_closed_psc: Option<bool>,
    /// Where the service directory knows the rule.
    #[block(computed)]
    pub service_directory_registrations: Option<Registration>,
    /// The first label of the rule's name in DNS.
    #[attr(force_new)]
    pub service_label: Option<String>,
    /// The ranges whose packets are forwarded.
    pub source_ip_ranges: Option<Vec<String>>,
    /// The subnet, of internal rules.
    #[attr(force_new, equivalent = same_reference)]
    pub subnetwork: Auto<String>,
    /// What the packets go to.
    #[attr(equivalent = same_reference)]
    pub target: Option<String>,
    /// The rule that has the same address and no ranges of sources.
    pub base_forwarding_rule: Computed<String>,
    /// When the rule was made.
    pub creation_timestamp: Computed<String>,
    /// Google's number for the rule.
    pub forwarding_rule_id: Computed<i64>,
    /// The version of the labels.
    pub label_fingerprint: Computed<String>,
    /// The number of the connection to a service.
    pub psc_connection_id: Computed<String>,
    /// Whether the service accepts the connection.
    pub psc_connection_status: Computed<String>,
    /// The URL of the rule.
    pub self_link: Computed<String>,
    /// The rule's name in DNS.
    pub service_name: Computed<String>,
}

/// Where the service directory knows a rule.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Registration {
    /// The namespace.
    #[attr(force_new)]
    pub namespace: Auto<String>,
    /// The service.
    #[attr(force_new)]
    pub service: Option<String>,
}

fn same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// An address that is asked for by a reference is answered by its number.
fn same_address(one: &str, other: &str) -> bool {
    let number = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
    one == other || number(one) != number(other) || !number(one) && same_reference(one, other)
}

fn same_ports(one: &str, other: &str) -> bool {
    let ends = |text: &str| {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        (from.to_owned(), to.to_owned())
    };
    ends(one) == ends(other)
}

fn scheme(value: &Value) -> Result<(), String> {
    const KNOWN: [&str; 5] = ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED", ""];
    let text = value.as_str().unwrap_or_default();
    match KNOWN.contains(&text) {
        true => Ok(()),
        false => Err(format!("{text:?} is none of {}.", KNOWN.map(|known| format!("{known:?}")).join(", "))),
    }
}

impl Document for ForwardingRule {
    const COLLECTION: &'static str = "forwardingRules";
    const AREA: Area = Area::Region;
    const NAMES: Mirror = Mirror(&[
        ("id", ""),
        ("project", ""),
        ("region", ""),
        ("recreate_closed_psc", ""),
        ("ip_address", "IPAddress"),
        ("ip_protocol", "IPProtocol"),
        ("forwarding_rule_id", "id"),
    ]);
    const REFERENCES: &'static [(&'static str, &'static str)] = &[
        ("backendService", "{area}/backendServices"),
        ("network", "global/networks"),
        ("subnetwork", "{area}/subnetworks"),
        ("target", "{area}/targetPools"),
    ];

    fn adapt(&self, path: &str, body: &mut Json) {
        if let Some(address) = self.ip_address.as_deref().filter(|a| a.parse::<std::net::IpAddr>().is_err()) {
            let regional = path.rsplit_once("/forwardingRules/").map_or("", |(regional, _)| regional);
            let address = match address.contains('/') {
                true => compute_url(path_of(address)),
                false => compute_url(&format!("{regional}/addresses/{}", name_of(address))),
            };
            body["IPAddress"] = address.into();
        }
        if let Some(block) = &self.service_directory_registrations {
            let entry = json!({"namespace": block.namespace.as_deref(), "service": block.service});
            body["serviceDirectoryRegistrations"] = json!([entry]);
        }
        // The name of a service attachment is no pool.
        if let Some(target) = self.target.as_deref().filter(|target| !target.contains('/')) {
            let known = target.ends_with("-apis") || target == "vpc-sc";
            if known {
                body["target"] = target.into();
            }
        }
    }

    fn answered(answer: &mut Json) {
        let texts = [
            "baseForwardingRule",
            "loadBalancingScheme",
            "pscConnectionId",
            "pscConnectionStatus",
            "serviceName",
        ];
        for name in texts {
            if answer[name].is_null() {
                answer[name] = "".into();
            }
        }
    }
}

#[async_trait]
impl Resource for ForwardingRule {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = document::create(google, &planned, cx).await?;
        // Labels are no part of some rules' creation.
        let path = document::path(google, &made)?;
        if made.labels != planned.labels {
            document::set_labels::<Self>(google, &path, &planned.labels, cx)
                .await
                .map_err(|e| Failure::partial(e, made.clone()))?;
        }
        Ok(document::refreshed(google, &planned, &path).await?)
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
        let after = document::body(&planned, &path);
        if document::body(&prior, &path)["target"] != after["target"] {
            document::act::<Self>(google, &path, "setTarget", json!({"target": after["target"]}), cx).await?;
        }
        let fields = ["allowGlobalAccess", "allowPscGlobalAccess", "backendService", "sourceIpRanges"];
        document::patch(google, &path, (&prior, &planned), &fields, cx).await?;
        if prior.labels != planned.labels {
            document::set_labels::<Self>(google, &path, &planned.labels, cx).await?;
        }
        Ok(document::refreshed(google, &planned, &path).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        document::delete(google, &state, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/forwardingRules/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        document::list(google).await
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.is_create() {
            return;
        }
        if cx.changed("labels") || cx.changed("terraform_labels") {
            cx.set_unknown("label_fingerprint");
        }
        let closed = cx.prior("psc_connection_status").as_str() == Some("CLOSED");
        if closed && cx.planned("recreate_closed_psc").as_bool() == Some(true) {
            cx.set_unknown("psc_connection_status");
            cx.force_new("psc_connection_status");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ports_can_be_written_in_several_ways() {
        let url = "projects/p/regions/r/addresses/vpn";
        for (one, other, want) in [
            ("vpn", "34.1.2.3", true),
            (url, "vpn", true),
            ("34.1.2.3", "34.1.2.4", false),
            ("a", "b", false),
        ] {
            assert_eq!(same_address(one, other), want, "{one} {other}");
        }
        assert!(same_ports("500", "500-500") && !same_ports("500", "500-501"));
    }
}
