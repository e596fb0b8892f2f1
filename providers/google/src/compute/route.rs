//! `google_compute_route`: where packets of a network go to.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, compute_url, parse_id, path_of, same_reference};
use crate::provider::project_of;
use google_cloud_compute_v1::model::{Route as Remote, RouteParams};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Diagnostic, Diagnostics, Error, Failure, PlanContext,
    Resource, Value, async_trait, validate,
};

kind!(Api: Route, routes, "routes", global, set_route, routes);

/// Provides a route of a VPC network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_route", keep, timeouts(create = "20m", delete = "20m"))]
pub struct Route {
    /// The path of the route, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the route.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The network the route is for.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// Where the packets are going.
    #[attr(force_new)]
    pub dest_range: String,
    /// The project of the route.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What the route is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// Of routes for the same packets, the one with the lowest number counts.
    #[attr(force_new, default = 1000, validate = validate::between(0..=65535))]
    pub priority: Option<i64>,
    /// Tags of the instances the route is for; all when there are none.
    #[attr(force_new)]
    pub tags: BTreeSet<String>,
    /// The gateway to send packets to: `default-internet-gateway`.
    #[attr(force_new, equivalent = same_reference)]
    pub next_hop_gateway: Option<String>,
    /// The instance to send packets to.
    #[attr(force_new, equivalent = same_reference)]
    pub next_hop_instance: Option<String>,
    /// The zone of that instance, when only its name is given.
    #[attr(local)]
    pub next_hop_instance_zone: Option<String>,
    /// The address to send packets to.
    #[attr(force_new)]
    pub next_hop_ip: Auto<String>,
    /// The VPN tunnel to send packets to.
    #[attr(force_new, equivalent = same_reference)]
    pub next_hop_vpn_tunnel: Option<String>,
    /// The forwarding rule of the internal load balancer to send packets to.
    #[attr(force_new, equivalent = same_reference)]
    pub next_hop_ilb: Option<String>,
    /// The network that packets stay in, for routes that Google made.
    pub next_hop_network: Computed<String>,
    /// The peering that packets go through.
    pub next_hop_peering: Computed<String>,
    /// The hub that packets go to.
    pub next_hop_hub: Computed<String>,
    /// The cost between regions.
    pub next_hop_inter_region_cost: Computed<String>,
    /// The multi-exit discriminator.
    pub next_hop_med: Computed<String>,
    /// Where a dynamic route was learnt.
    pub next_hop_origin: Computed<String>,
    /// What is given at creation only.
    #[block(force_new, local)]
    pub params: Option<Params>,
    /// The autonomous systems of a dynamic route.
    pub as_paths: Computed<Vec<AsPath>>,
    /// When the route was made.
    pub creation_timestamp: Computed<String>,
    /// Whether a dynamic route is `ACTIVE`, `DROPPED`, `INACTIVE` or `PENDING`.
    pub route_status: Computed<String>,
    /// What the route is: `STATIC`, `TRANSIT`, `SUBNET` or `BGP`.
    pub route_type: Computed<String>,
    /// What is not as it should be.
    pub warnings: Computed<Vec<Warning>>,
    /// The URL of the route.
    pub self_link: Computed<String>,
}

/// What is given at creation only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Params {
    /// Tags of the resource manager: values by keys.
    pub resource_manager_tags: BTreeMap<String, String>,
}

/// Autonomous systems on the way.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AsPath {
    /// Their numbers.
    pub as_lists: Vec<i64>,
    /// `AS_CONFED_SEQUENCE`, `AS_CONFED_SET`, `AS_SEQUENCE` or `AS_SET`.
    pub path_segment_type: String,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Warning {
    /// Its code.
    pub code: String,
    /// It in words.
    pub message: String,
    /// Facts about it.
    pub data: Vec<WarningData>,
}

/// A fact about a warning.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct WarningData {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

#[async_trait]
impl Resource for Route {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let place = planned.place(google)?;
        let created = kind::create::<Api>(google, &place, planned.body(google, &place)?, cx).await?;
        Ok(planned.with(google, created))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |s: &Self| Ok((s.place(google)?, s.name.clone()));
        kind::read_each::<Api, _>(google, states, key, |state, remote| state.with(google, remote)).await
    }

    /// Nothing of a route can change but its local settings.
    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let remote = Api::get(google, &planned.place(google)?, &planned.name).await?;
        Ok(planned.with(google, remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        kind::delete::<Api>(google, &state.place(google)?, &state.name, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/global/routes/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list(google, &Place::global(project)).await?;
        // Networks and subnets come with routes that nobody makes.
        let is_own = |r: &Remote| {
            let named = r.name.as_deref().is_some_and(|n| n.starts_with("default-route-"));
            !named && r.next_hop_network.is_none() && r.next_hop_peering.is_none()
        };
        let own = all.into_iter().filter(is_own);
        Ok(Some(own.map(|remote| Self::default().with(google, remote)).collect()))
    }

    /// Another zone is another instance; an imported route has the zone in the reference alone.
    fn plan(cx: &mut PlanContext<'_, Google>) {
        let (instance, zone) = (cx.prior("next_hop_instance"), cx.prior("next_hop_instance_zone"));
        let there = zone.as_str().or(instance.as_str().and_then(zone_of));
        let planned = cx.planned("next_hop_instance_zone");
        if cx.changed("next_hop_instance_zone") && !planned.is_null() && planned.as_str() != there {
            cx.force_new("next_hop_instance_zone");
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let hops = ["gateway", "instance", "ip", "vpn_tunnel", "ilb"].map(|hop| format!("next_hop_{hop}"));
        // What is not known yet may turn out to be null.
        let given: Vec<_> =
            hops.iter().filter_map(|h| config.attribute(h)).filter(|v| !v.is_null()).collect();
        let set = given.iter().filter(|v| v.is_known()).count();
        if set > 1 || given.is_empty() {
            let detail = format!("Exactly one of {} says where packets go; {set} are set.", hops.join(", "));
            diagnostics.push(Diagnostic::error("Route without a single next hop", detail));
        }
    }
}

/// The zone in the path or URL of an instance.
fn zone_of(reference: &str) -> Option<&str> {
    reference.split_once("/zones/").and_then(|(_, rest)| rest.split('/').next())
}

impl Route {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Ok(Place::global(project_of(google, self.project.as_deref())?))
    }

    /// What Google is to make.
    fn body(&self, google: &Google, place: &Place) -> Result<Remote, Error> {
        let project = &place.project;
        let global = |collection: &str, reference: &String| {
            compute_reference(&format!("projects/{project}/global/{collection}"), reference)
        };
        let zone = self.next_hop_instance_zone.as_deref().or(google.zone());
        let instance = match (&self.next_hop_instance, zone) {
            (Some(name), None) if !name.contains('/') => {
                let detail = format!("{name:?} names an instance, and nothing says in which zone it is.");
                return Err(Error::new("Missing zone", detail).attribute("next_hop_instance_zone"));
            }
            (Some(name), zone) => {
                let instances = format!("projects/{project}/zones/{}/instances", zone.unwrap_or_default());
                Some(compute_reference(&instances, name))
            }
            (None, _) => None,
        };
        // A load balancer may be given by its address.
        let balancer = self.next_hop_ilb.as_ref().map(|ilb| match ilb.contains("projects/") {
            true => compute_url(path_of(ilb)),
            false => ilb.clone(),
        });
        let params = self
            .params
            .as_ref()
            .map(|p| RouteParams::new().set_resource_manager_tags(p.resource_manager_tags.clone()));
        Ok(Remote::new()
            .set_or_clear_params(params)
            .set_name(&self.name)
            .set_network(global("networks", &self.network))
            .set_dest_range(&self.dest_range)
            .set_or_clear_description(self.description.clone())
            .set_or_clear_priority(self.priority.and_then(|n| u32::try_from(n).ok()))
            .set_tags(self.tags.clone())
            .set_or_clear_next_hop_gateway(self.next_hop_gateway.as_ref().map(|g| global("gateways", g)))
            .set_or_clear_next_hop_instance(instance)
            .set_or_clear_next_hop_ip(self.next_hop_ip.0.clone())
            .set_or_clear_next_hop_vpn_tunnel(self.next_hop_vpn_tunnel.as_ref().map(|t| {
                let region = google.region().unwrap_or_default();
                compute_reference(&format!("projects/{project}/regions/{region}/vpnTunnels"), t)
            }))
            .set_or_clear_next_hop_ilb(balancer))
    }

    /// This route as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> Route {
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let name = remote.name.unwrap_or_default();
        let word = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Route {
            id: kind::path::<Api>(&place, &name).into(),
            name,
            network: remote.network.unwrap_or(self.network),
            dest_range: remote.dest_range.unwrap_or_default(),
            project: place.project.into(),
            description: remote.description,
            priority: remote.priority.map(i64::from),
            tags: remote.tags.into_iter().collect(),
            next_hop_gateway: remote.next_hop_gateway,
            next_hop_instance: remote.next_hop_instance,
            next_hop_ip: remote.next_hop_ip.into(),
            next_hop_vpn_tunnel: remote.next_hop_vpn_tunnel,
            next_hop_ilb: remote.next_hop_ilb,
            next_hop_network: remote.next_hop_network.into(),
            next_hop_peering: remote.next_hop_peering.into(),
            next_hop_hub: remote.next_hop_hub.into(),
            next_hop_inter_region_cost: remote.next_hop_inter_region_cost.map(|n| n.to_string()).into(),
            next_hop_med: remote.next_hop_med.map(|n| n.to_string()).into(),
            next_hop_origin: remote.next_hop_origin.and_then(|o| o.name().map(str::to_owned)).into(),
            as_paths: (remote.as_paths.into_iter())
                .map(|path| AsPath {
                    as_lists: path.as_lists.into_iter().map(i64::from).collect(),
                    path_segment_type: word(path.path_segment_type.as_ref().and_then(|v| v.name())),
                })
                .collect::<Vec<_>>()
                .into(),
            creation_timestamp: remote.creation_timestamp.into(),
            route_status: word(remote.route_status.as_ref().and_then(|v| v.name())).into(),
            route_type: word(remote.route_type.as_ref().and_then(|v| v.name())).into(),
            warnings: (remote.warnings.into_iter())
                .map(|warning| Warning {
                    code: word(warning.code.as_ref().and_then(|v| v.name())),
                    message: warning.message.unwrap_or_default(),
                    data: (warning.data.into_iter())
                        .map(|d| WarningData {
                            key: d.key.unwrap_or_default(),
                            value: d.value.unwrap_or_default(),
                        })
                        .collect(),
                })
                .collect::<Vec<_>>()
                .into(),
            self_link: remote.self_link.into(),
            ..self
        }
    }
}

/// Deletes the routes to the internet that a new network came with.
pub(super) async fn delete_defaults(
    google: &Google,
    place: &Place,
    network: &str,
    cx: &ApplyContext,
) -> Result<(), Error> {
    for route in Api::list(google, place).await? {
        let of_network = route.network.as_deref().is_some_and(|n| same_reference(n, network));
        let to_all = matches!(route.dest_range.as_deref(), Some("0.0.0.0/0" | "::/0"));
        let to_internet =
            route.next_hop_gateway.as_deref().is_some_and(|g| g.ends_with("/default-internet-gateway"));
        if let (true, Some(name)) = (of_network && to_all && to_internet, &route.name) {
            kind::delete::<Api>(google, place, name, cx).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_sdk::Type;

    #[test]
    fn one_next_hop_is_enough_and_needed() {
        let refused = |hops: &[(&'static str, Value)]| {
            let mut diagnostics = Diagnostics::default();
            <Route as Resource>::validate(&Value::object(hops.to_vec()), &mut diagnostics);
            diagnostics.has_errors()
        };
        let (ip, null, unknown) =
            (Value::from("10.0.0.2"), Value::null(Type::String), Value::unknown(Type::String));
        assert!(refused(&[]) && refused(&[("next_hop_ip", null.clone())]));
        assert!(!refused(&[("next_hop_ip", ip.clone()), ("next_hop_ilb", null)]));
        assert!(refused(&[("next_hop_ip", ip.clone()), ("next_hop_ilb", ip.clone())]));
        // What is not known yet may be null.
        assert!(!refused(&[("next_hop_ip", unknown.clone()), ("next_hop_ilb", unknown.clone())]));
        assert!(!refused(&[("next_hop_ip", ip), ("next_hop_ilb", unknown)]));
    }
}
