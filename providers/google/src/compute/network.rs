//! `google_compute_network`: a VPC network.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::parse_id;
use crate::provider::project_of;
use google_cloud_compute_v1::model::{Network as Remote, NetworkParams, NetworkRoutingConfig};
use std::collections::BTreeMap;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value,
    async_trait, validate,
};

kind!(Api: Network, networks, "networks", global, set_network, networks);

/// Provides a VPC network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_network", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Network {
    /// The path of the network, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the network.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project of the network.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What the network is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// Whether the network has a subnet in each region, of Google's choice.
    #[attr(force_new, default = true)]
    pub auto_create_subnetworks: Option<bool>,
    /// Whether routers announce subnets of their region (`REGIONAL`) or all (`GLOBAL`).
    #[attr(validate = validate::one_of(&["REGIONAL", "GLOBAL"]))]
    pub routing_mode: Auto<String>,
    /// How routes compete: `LEGACY` or `STANDARD`.
    #[attr(validate = validate::one_of(&["LEGACY", "STANDARD"]))]
    pub bgp_best_path_selection_mode: Auto<String>,
    /// Whether MED is compared between different neighbour ASNs.
    pub bgp_always_compare_med: Auto<bool>,
    /// Whether costs between regions are Google's own: `DEFAULT` or `ADD_COST_TO_MED`.
    #[attr(validate = validate::one_of(&["DEFAULT", "ADD_COST_TO_MED"]))]
    pub bgp_inter_region_cost: Auto<String>,
    /// The largest packet, in bytes; 0 leaves that to Google.
    #[attr(validate = mtu)]
    pub mtu: Auto<i64>,
    /// Whether the network has an internal IPv6 range.
    #[attr(force_new)]
    pub enable_ula_internal_ipv6: Option<bool>,
    /// The internal IPv6 range, a /48 inside fd20::/20.
    #[attr(force_new)]
    pub internal_ipv6_range: Auto<String>,
    /// Whether firewall policies or firewall rules are looked at first.
    #[attr(default = "AFTER_CLASSIC_FIREWALL", validate = validate::one_of(&["BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"]))]
    pub network_firewall_policy_enforcement_order: Option<String>,
    /// The network profile to apply.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub network_profile: Option<String>,
    /// Whether the route to the internet that each network begins with is deleted.
    #[attr(default = false, local)]
    pub delete_default_routes_on_create: Option<bool>,
    /// What is given at creation only.
    #[block(force_new, local)]
    pub params: Option<Params>,
    /// The gateway of a network without subnets.
    pub gateway_ipv4: Computed<String>,
    /// Google's number for the network.
    pub network_id: Computed<String>,
    /// Google's number for the network.
    pub numeric_id: Computed<String>,
    /// The URL of the network.
    pub self_link: Computed<String>,
}

/// What is given at creation only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Params {
    /// Tags of the resource manager: values by keys.
    pub resource_manager_tags: BTreeMap<String, String>,
}

#[async_trait]
impl Resource for Network {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let place = planned.place(google)?;
        let created = kind::create::<Api>(google, &place, planned.body(), cx).await?;
        let made = planned.clone().with(google, created);
        if planned.delete_default_routes_on_create == Some(true) {
            super::route::delete_defaults(google, &place, made.self_link.as_deref().unwrap_or_default(), cx)
                .await
                .map_err(|e| Failure::partial(e, made.clone()))?;
        }
        Ok(made)
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
        kind::patch::<Api>(
            google,
            &place,
            &planned.name,
            (&prior.changeable(), &planned.changeable()),
            None,
            cx,
        )
        .await?;
        let remote = Api::get(google, &place, &planned.name).await?;
        Ok(planned.with(google, remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        kind::delete::<Api>(google, &state.place(google)?, &state.name, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/global/networks/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let place = Place::global(project);
        let all = Api::list(google, &place).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.config("mtu").as_number().is_some_and(|n| n.to_i64() == Some(0)) {
            match cx.is_create() {
                true => cx.set_unknown("mtu"),
                false => cx.set("mtu", cx.prior("mtu")),
            }
        }
    }
}

fn mtu(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        Some(0) => Ok(()),
        _ => validate::between(1300..=8896)(value),
    }
}

impl Network {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Ok(Place::global(project_of(google, self.project.as_deref())?))
    }

    /// What Google is to make.
    fn body(&self) -> Remote {
        let params = self
            .params
            .as_ref()
            .map(|p| NetworkParams::new().set_resource_manager_tags(p.resource_manager_tags.clone()));
        self.changeable()
            .set_name(&self.name)
            .set_or_clear_description(self.description.clone())
            .set_or_clear_auto_create_subnetworks(self.auto_create_subnetworks)
            .set_or_clear_enable_ula_internal_ipv_6(self.enable_ula_internal_ipv6)
            .set_or_clear_internal_ipv_6_range(self.internal_ipv6_range.0.clone())
            .set_or_clear_network_profile(self.network_profile.clone())
            .set_or_clear_params(params)
    }

    /// What can change.
    fn changeable(&self) -> Remote {
        let routing = NetworkRoutingConfig::new()
            .set_or_clear_routing_mode(self.routing_mode.as_deref())
            .set_or_clear_bgp_best_path_selection_mode(self.bgp_best_path_selection_mode.as_deref())
            .set_or_clear_bgp_always_compare_med(self.bgp_always_compare_med.0)
            .set_or_clear_bgp_inter_region_cost(self.bgp_inter_region_cost.as_deref());
        let order = self.network_firewall_policy_enforcement_order.as_deref();
        let body = Remote::new()
            .set_or_clear_network_firewall_policy_enforcement_order(order)
            .set_or_clear_mtu(self.mtu.0.and_then(|n| i32::try_from(n).ok()));
        match routing == NetworkRoutingConfig::new() {
            true => body,
            false => body.set_routing_config(routing),
        }
    }

    /// This network as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> Network {
        let routing = remote.routing_config.unwrap_or_default();
        let word = |value: Option<&str>| value.map(str::to_owned);
        let name = remote.name.unwrap_or_default();
        let project = self.project.as_deref().or(google.project()).unwrap_or_default().to_owned();
        let number = remote.id.map(|n| n.to_string());
        Network {
            id: kind::path::<Api>(&Place::global(&project), &name).into(),
            project: project.into(),
            name,
            description: remote.description,
            auto_create_subnetworks: Some(remote.auto_create_subnetworks == Some(true)),
            routing_mode: word(routing.routing_mode.as_ref().and_then(|v| v.name())).into(),
            bgp_best_path_selection_mode: word(
                routing.bgp_best_path_selection_mode.as_ref().and_then(|v| v.name()),
            )
            .or(self.bgp_best_path_selection_mode.0)
            .into(),
            bgp_always_compare_med: routing.bgp_always_compare_med.or(self.bgp_always_compare_med.0).into(),
            bgp_inter_region_cost: word(routing.bgp_inter_region_cost.as_ref().and_then(|v| v.name()))
                .or(self.bgp_inter_region_cost.0)
                .into(),
            mtu: remote.mtu.map(i64::from).into(),
            enable_ula_internal_ipv6: remote.enable_ula_internal_ipv_6,
            internal_ipv6_range: remote.internal_ipv_6_range.into(),
            network_firewall_policy_enforcement_order: word(
                remote.network_firewall_policy_enforcement_order.as_ref().and_then(|v| v.name()),
            )
            .or_else(|| Some("AFTER_CLASSIC_FIREWALL".into())),
            network_profile: remote.network_profile,
            gateway_ipv4: remote.gateway_i_pv_4.into(),
            network_id: number.clone().into(),
            numeric_id: number.into(),
            self_link: remote.self_link.into(),
            ..self
        }
    }
}
