//! `google_compute_subnetwork`: a range of addresses of a network, in one region.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use google_cloud_compute_v1::model::subnetwork::Purpose;
use google_cloud_compute_v1::model::{
    Subnetwork as Remote, SubnetworkLogConfig, SubnetworkParams, SubnetworkSecondaryRange,
};
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::json;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value,
    async_trait, validate,
};

kind!(Api: Subnetwork, subnetworks, "subnetworks", region, set_subnetwork, subnetworks);

/// Provides a subnet of a VPC network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_subnetwork",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct Subnetwork {
    /// The path of the subnet, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the subnet.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The network the subnet is in.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The project of the subnet.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the subnet.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// What the subnet is for, in words.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The IPv4 range. It can grow; any other change needs a new subnet.
    #[attr(validate = super::ipv4_range)]
    pub ip_cidr_range: Auto<String>,
    /// The internal range that reserves the IPv4 range.
    #[attr(force_new, equivalent = same_reference)]
    pub reserved_internal_range: Option<String>,
    /// What the subnet serves: `PRIVATE`, `REGIONAL_MANAGED_PROXY`, `PRIVATE_SERVICE_CONNECT` and others.
    #[attr(force_new)]
    pub purpose: Auto<String>,
    /// Of two proxy subnets, the `ACTIVE` one or the `BACKUP`.
    #[attr(validate = validate::one_of(&["ACTIVE", "BACKUP"]))]
    pub role: Option<String>,
    /// Whether instances without external address reach Google's APIs.
    pub private_ip_google_access: Auto<bool>,
    /// The same over IPv6.
    pub private_ipv6_google_access: Auto<String>,
    /// The address families: `IPV4_ONLY`, `IPV4_IPV6` or `IPV6_ONLY`.
    #[attr(validate = validate::one_of(&["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"]))]
    pub stack_type: Auto<String>,
    /// Where the IPv6 addresses can be reached from: `EXTERNAL` or `INTERNAL`.
    #[attr(validate = validate::one_of(&["EXTERNAL", "INTERNAL"]))]
    pub ipv6_access_type: Option<String>,
    /// The external IPv6 range.
    #[attr(force_new)]
    pub external_ipv6_prefix: Auto<String>,
    /// The prefix to take addresses from.
    #[attr(force_new)]
    pub ip_collection: Option<String>,
    /// Which questions for addresses are answered: `ARP_ALL_RANGES` or `ARP_PRIMARY_RANGE`.
    #[attr(validate = validate::one_of(&["ARP_ALL_RANGES", "ARP_PRIMARY_RANGE"]))]
    pub resolve_subnet_mask: Auto<String>,
    /// Whether flows are logged; `log_config` says it.
    pub enable_flow_logs: Auto<bool>,
    /// Whether removing all `secondary_ip_range` blocks removes the ranges.
    #[attr(local)]
    pub send_secondary_ip_range_if_empty: Option<bool>,
    /// Ranges for alias addresses: of pods and services, say.
    #[attr(as_blocks)]
    pub secondary_ip_range: Auto<Vec<SecondaryRange>>,
    /// What of the flows is logged.
    #[block]
    pub log_config: Option<LogConfig>,
    /// What is given at creation only.
    #[block(force_new, local)]
    pub params: Option<Params>,
    /// When the subnet was made.
    pub creation_timestamp: Computed<String>,
    /// The address of the gateway.
    pub gateway_address: Computed<String>,
    /// The internal IPv6 range.
    pub internal_ipv6_prefix: Computed<String>,
    /// The IPv6 range.
    pub ipv6_cidr_range: Computed<String>,
    /// Whether the subnet can be an endpoint of IPv6 tunnels.
    pub ipv6_gce_endpoint: Computed<String>,
    /// The state of the subnet.
    pub state: Computed<String>,
    /// The version of the subnet.
    pub fingerprint: Computed<String>,
    /// Google's number for the subnet.
    pub subnetwork_id: Computed<i64>,
    /// The URL of the subnet.
    pub self_link: Computed<String>,
}

/// A range for alias addresses.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecondaryRange {
    /// Its name.
    pub range_name: String,
    /// Its addresses.
    pub ip_cidr_range: Option<String>,
    /// The internal range that reserves it.
    pub reserved_internal_range: Option<String>,
}

/// What of the flows is logged.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LogConfig {
    /// How long flows are joined.
    #[attr(default = "INTERVAL_5_SEC")]
    pub aggregation_interval: Option<String>,
    /// The share of flows that is logged, from 0 to 1.
    #[attr(default = 0.5)]
    pub flow_sampling: Option<f64>,
    /// What is logged besides: `INCLUDE_ALL_METADATA`, `EXCLUDE_ALL_METADATA` or `CUSTOM_METADATA`.
    #[attr(default = "INCLUDE_ALL_METADATA")]
    pub metadata: Option<String>,
    /// The fields of `CUSTOM_METADATA`.
    pub metadata_fields: BTreeSet<String>,
    /// Which flows are logged.
    #[attr(default = "true")]
    pub filter_expr: Option<String>,
}

/// What is given at creation only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Params {
    /// Tags of the resource manager: values by keys.
    pub resource_manager_tags: BTreeMap<String, String>,
}

#[async_trait]
impl Resource for Subnetwork {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let place = planned.place(google)?;
        let created = kind::create::<Api>(google, &place, planned.body(&place), cx).await?;
        Ok(planned.with(google, created))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |s: &Self| Ok((s.place(google)?, s.name.clone()));
        kind::read_each::<Api, _>(google, states, key, |state, remote| state.with(google, remote)).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let place = prior.place(google)?;
        let path = format!("compute/v1/{}", kind::path::<Api>(&place, &planned.name));
        let grown = &planned.ip_cidr_range.0;
        if prior.ip_cidr_range.0 != *grown {
            let operation = "compute.subnetworks.expandIpCidrRange";
            let to = format!("{path}/expandIpCidrRange?requestId={}", kind::request_id(cx, "expand"));
            let body = json!({"ipCidrRange": grown});
            kind::change_at(google, operation, Method::POST, &place, to, Some(body), cx).await?;
        }
        if prior.private_ip_google_access.0 != planned.private_ip_google_access.0 {
            let operation = "compute.subnetworks.setPrivateIpGoogleAccess";
            let to = format!("{path}/setPrivateIpGoogleAccess?requestId={}", kind::request_id(cx, "private"));
            let body = json!({"privateIpGoogleAccess": planned.private_ip_google_access.0 == Some(true)});
            kind::change_at(google, operation, Method::POST, &place, to, Some(body), cx).await?;
        }
        let current = Api::get(google, &place, &planned.name).await?;
        let fingerprint = kind::field(&current, "fingerprint");
        let bodies = (&prior.changeable(), &planned.changeable());
        kind::patch::<Api>(google, &place, &planned.name, bodies, fingerprint, cx).await?;
        let remote = Api::get(google, &place, &planned.name).await?;
        Ok(planned.with(google, remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        kind::delete::<Api>(google, &state.place(google)?, &state.name, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/subnetworks/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list_all(google, project).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        let (prior, planned) = (cx.prior("ip_cidr_range"), cx.planned("ip_cidr_range"));
        if cx.changed("ip_cidr_range") && !grows(&prior, &planned) {
            cx.force_new("ip_cidr_range");
        }
        // Blocks that are no longer configured stay as they are unless told otherwise.
        let removed = cx.config("secondary_ip_range").as_slice().is_none_or(<[_]>::is_empty);
        if removed && cx.config("send_secondary_ip_range_if_empty").as_bool() == Some(true) {
            let none = Value::list(element(&cx.planned("secondary_ip_range")), []);
            cx.set("secondary_ip_range", none);
        }
        if cx.is_changed() && !cx.is_create() {
            cx.set_unknown("fingerprint");
        }
        if cx.changed("ip_cidr_range") {
            cx.set_unknown("gateway_address");
        }
        if !cx.config("log_config").as_slice().is_some_and(<[_]>::is_empty) {
            cx.set("enable_flow_logs", Value::TRUE);
        } else if cx.config("enable_flow_logs").is_null() {
            cx.set("enable_flow_logs", Value::FALSE);
        }
    }
}

fn element(list: &Value) -> terrane_sdk::Type {
    list.ty().element().cloned().unwrap_or(terrane_sdk::Type::Dynamic)
}

/// Whether one IPv4 range holds the other and more.
fn grows(prior: &Value, planned: &Value) -> bool {
    let read = |value: &Value| {
        let (address, length) = value.as_str()?.split_once('/')?;
        Some((u32::from(address.parse::<std::net::Ipv4Addr>().ok()?), length.parse::<u32>().ok()?))
    };
    match (read(prior), read(planned)) {
        (Some((a, m)), Some((b, n))) if n < m && n > 0 => a >> (32 - n) == b >> (32 - n),
        _ => false,
    }
}

impl Subnetwork {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Place::regional(google, self.project.as_deref(), self.region.as_deref())
    }

    /// What Google is to make.
    fn body(&self, place: &Place) -> Remote {
        let networks = format!("projects/{}/global/networks", place.project);
        let params = self
            .params
            .as_ref()
            .map(|p| SubnetworkParams::new().set_resource_manager_tags(p.resource_manager_tags.clone()));
        self.changeable()
            .set_name(&self.name)
            .set_network(compute_reference(&networks, &self.network))
            .set_region(&place.area)
            .set_or_clear_description(self.description.clone())
            .set_or_clear_ip_cidr_range(self.ip_cidr_range.0.clone())
            .set_or_clear_reserved_internal_range(self.reserved_internal_range.clone())
            .set_or_clear_purpose(self.purpose.as_deref())
            .set_or_clear_private_ip_google_access(self.private_ip_google_access.0)
            .set_or_clear_external_ipv_6_prefix(self.external_ipv6_prefix.0.clone())
            .set_or_clear_ip_collection(self.ip_collection.clone())
            .set_or_clear_params(params)
    }

    /// What a patch can change.
    fn changeable(&self) -> Remote {
        let logs = self.log_config.as_ref().map(|log| {
            SubnetworkLogConfig::new()
                .set_enable(true)
                .set_or_clear_aggregation_interval(log.aggregation_interval.as_deref())
                .set_or_clear_flow_sampling(log.flow_sampling.map(|share| share as f32))
                .set_or_clear_metadata(log.metadata.as_deref())
                .set_metadata_fields(log.metadata_fields.clone())
                .set_or_clear_filter_expr(log.filter_expr.clone())
        });
        let plain =
            || (self.enable_flow_logs.0 == Some(true)).then(|| SubnetworkLogConfig::new().set_enable(true));
        // Without log_config, flow logs are switched off explicitly where they can be.
        let off = || SubnetworkLogConfig::new().set_enable(false);
        let proxies = matches!(
            self.purpose.as_deref(),
            Some("REGIONAL_MANAGED_PROXY" | "GLOBAL_MANAGED_PROXY" | "INTERNAL_HTTPS_LOAD_BALANCER")
        );
        let secondary = self.secondary_ip_range.0.iter().flatten().map(|range| {
            SubnetworkSecondaryRange::new()
                .set_range_name(&range.range_name)
                .set_or_clear_ip_cidr_range(range.ip_cidr_range.clone())
                .set_or_clear_reserved_internal_range(range.reserved_internal_range.clone())
        });
        Remote::new()
            .set_or_clear_role(self.role.as_deref())
            .set_or_clear_private_ipv_6_google_access(self.private_ipv6_google_access.as_deref())
            .set_or_clear_stack_type(self.stack_type.as_deref())
            .set_or_clear_ipv_6_access_type(self.ipv6_access_type.as_deref())
            .set_or_clear_resolve_subnet_mask(self.resolve_subnet_mask.as_deref())
            .set_or_clear_log_config(logs.or_else(plain).or_else(|| (!proxies).then(off)))
            .set_secondary_ip_ranges(secondary)
    }

    /// This subnet as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> Subnetwork {
        let word = |value: Option<&str>| value.map(str::to_owned);
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let project = place.project;
        let region = crate::names::name_of(remote.region.as_deref().unwrap_or(&place.area)).to_owned();
        let name = remote.name.clone().unwrap_or_default();
        let fingerprint = kind::field(&remote, "fingerprint");
        let logs = remote.log_config.as_ref().filter(|log| log.enable == Some(true));
        // Logs that were asked for without saying how.
        let plain = self.log_config.is_none() && self.enable_flow_logs.0 == Some(true);
        let secondary = remote.secondary_ip_ranges.into_iter().map(|range| SecondaryRange {
            range_name: range.range_name.unwrap_or_default(),
            ip_cidr_range: range.ip_cidr_range,
            reserved_internal_range: range.reserved_internal_range,
        });
        Subnetwork {
            id: kind::path::<Api>(&Place::area(&project, &region), &name).into(),
            name,
            network: remote.network.unwrap_or(self.network),
            project: project.into(),
            region: region.into(),
            description: remote.description,
            ip_cidr_range: remote.ip_cidr_range.into(),
            reserved_internal_range: remote.reserved_internal_range,
            purpose: word(remote.purpose.as_ref().and_then(Purpose::name)).or(self.purpose.0).into(),
            role: word(remote.role.as_ref().and_then(|v| v.name())),
            private_ip_google_access: (remote.private_ip_google_access == Some(true)).into(),
            private_ipv6_google_access: word(
                remote.private_ipv_6_google_access.as_ref().and_then(|v| v.name()),
            )
            .or(self.private_ipv6_google_access.0)
            .into(),
            stack_type: word(remote.stack_type.as_ref().and_then(|v| v.name())).or(self.stack_type.0).into(),
            ipv6_access_type: word(remote.ipv_6_access_type.as_ref().and_then(|v| v.name())),
            external_ipv6_prefix: remote.external_ipv_6_prefix.into(),
            ip_collection: remote.ip_collection,
            resolve_subnet_mask: word(remote.resolve_subnet_mask.as_ref().and_then(|v| v.name())).into(),
            enable_flow_logs: logs.is_some().into(),
            secondary_ip_range: secondary.collect::<Vec<_>>().into(),
            log_config: logs.filter(|_| !plain).map(|log| LogConfig {
                aggregation_interval: word(log.aggregation_interval.as_ref().and_then(|v| v.name())),
                flow_sampling: log.flow_sampling.map(|share| share.to_string().parse().unwrap_or(0.5)),
                metadata: word(log.metadata.as_ref().and_then(|v| v.name())),
                metadata_fields: log.metadata_fields.iter().cloned().collect(),
                filter_expr: log.filter_expr.clone(),
            }),
            creation_timestamp: remote.creation_timestamp.into(),
            gateway_address: remote.gateway_address.into(),
            internal_ipv6_prefix: remote.internal_ipv_6_prefix.into(),
            ipv6_cidr_range: remote.ipv_6_cidr_range.into(),
            ipv6_gce_endpoint: word(remote.ipv_6_gce_endpoint.as_ref().and_then(|v| v.name())).into(),
            state: word(remote.state.as_ref().and_then(|v| v.name())).into(),
            fingerprint: fingerprint.into(),
            subnetwork_id: remote.id.and_then(|n| i64::try_from(n).ok()).into(),
            self_link: remote.self_link.into(),
            ..self
        }
    }
}
