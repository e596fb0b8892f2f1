//! `aws_route`: one route of a route table.

use super::batch::{all_failed, describe_by};
use super::routing::{self, Destination, InlineRoute, describe, wait_for_route};
use super::validate::{ipv4_network_or_empty, ipv6_network, same_network};
use crate::Aws;
use aws_sdk_ec2::types;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, PlanContext, Resource, Value,
    async_trait,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

const DESTINATIONS: [&str; 3] =
    ["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"];
pub(super) const TARGETS: [&str; 11] = [
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "odb_network_arn",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
];

/// Provides a route of a route table.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_route", keep, timeouts(create = "5m", update = "2m", delete = "5m"))]
pub struct Route {
    /// The route table and a number made from the destination.
    pub id: Computed<String>,
    /// The route table.
    #[attr(force_new)]
    pub route_table_id: String,
    /// The destination, an IPv4 network.
    #[attr(force_new, validate = ipv4_network_or_empty)]
    pub destination_cidr_block: Option<String>,
    /// The destination, an IPv6 network.
    #[attr(force_new, validate = ipv6_network, equivalent = same_network)]
    pub destination_ipv6_cidr_block: Option<String>,
    /// The destination, a prefix list.
    #[attr(force_new)]
    pub destination_prefix_list_id: Option<String>,
    /// Traffic leaves by this carrier gateway.
    pub carrier_gateway_id: Option<String>,
    /// Traffic leaves by this core network.
    pub core_network_arn: Option<String>,
    /// Traffic leaves by this egress-only internet gateway.
    pub egress_only_gateway_id: Option<String>,
    /// Traffic leaves by this internet or virtual private gateway.
    pub gateway_id: Option<String>,
    /// Traffic leaves by this local gateway of an Outpost.
    pub local_gateway_id: Option<String>,
    /// Traffic leaves by this NAT gateway.
    pub nat_gateway_id: Option<String>,
    /// Traffic leaves by this network interface.
    pub network_interface_id: Auto<String>,
    /// Traffic leaves by this database network.
    pub odb_network_arn: Option<String>,
    /// Traffic leaves by this transit gateway.
    pub transit_gateway_id: Option<String>,
    /// Traffic leaves by this endpoint.
    pub vpc_endpoint_id: Option<String>,
    /// Traffic leaves by this peering connection.
    pub vpc_peering_connection_id: Option<String>,
    /// The instance that the network interface belongs to.
    pub instance_id: Computed<String>,
    /// The account that owns the instance.
    pub instance_owner_id: Computed<String>,
    /// How the route came about.
    pub origin: Computed<String>,
    /// Whether the route leads anywhere: `active` or `blackhole`.
    pub state: Computed<String>,
}

#[async_trait]
impl Resource for Route {
    type Client = Aws;

    const PART: bool = true;

    /// The destination is the route's natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let destination = planned.destination()?;
        let timeout = cx.timeout_or(PATIENCE);
        let wanted = planned.inline();
        (wanted.create(aws, &planned.route_table_id, timeout, cx.repeated).await).map_err(|e| aws.here(e))?;
        let created = Route { id: planned.made_id(&destination).into(), ..planned };
        match wait_for_route(aws, &created.route_table_id, &wanted, timeout).await {
            Ok(route) => Ok(created.with(&route)),
            Err(error) => Err(Failure::partial(aws.here(error), created)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let tables = states.iter().map(|s| s.route_table_id.as_str());
        match describe_by(tables, |ids| describe(aws, "route-table-id", ids), |t| t.route_table_id()).await {
            Ok(tables) => (states.into_iter())
                .map(|state| {
                    let destination = state.destination()?;
                    let table = tables.get(&state.route_table_id);
                    let route = table.and_then(|t| routing::route_to(t, &destination)).cloned();
                    let id = state.id.0.clone().unwrap_or_else(|| state.made_id(&destination));
                    Ok(route.map(|route| Route { id: id.into(), ..state }.with(&route)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (before, after) = (prior.inline(), planned.inline());
        if !before.has_target_of(&after) {
            after.replace(aws, &planned.route_table_id).await?;
        }
        let timeout = cx.timeout_or(PATIENCE);
        let route = wait_for_route(aws, &planned.route_table_id, &after, timeout).await?;
        Ok(Route { id: prior.id, ..planned }.with(&route))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        routing::delete(aws, &state.route_table_id, &state.destination()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let tables = routing::tables(aws, None).await?;
        let of = |table: types::RouteTable| {
            let own = table.routes().iter().filter(|route| !InlineRoute::is_automatic(route));
            let object = |route| Route::of(table.route_table_id().unwrap_or_default(), route);
            own.filter_map(object).collect::<Vec<_>>()
        };
        Ok(Some(tables.into_iter().flat_map(of).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}_{}", self.route_table_id, self.destination().ok()?.text()))
    }

    /// `rtb-1_10.0.0.0/8`, `rtb-1_2001:db8::/32`, `rtb-1_pl-1`.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        let Some((table, destination)) = id.split_once('_').filter(|(t, d)| !t.is_empty() && !d.is_empty())
        else {
            let detail =
                format!("{id:?} is not of the form ROUTE-TABLE-ID_DESTINATION, such as rtb-1_10.0.0.0/8.");
            return Err(Error::new("Invalid import id", detail));
        };
        let attribute = match destination {
            d if d.contains(':') => "destination_ipv6_cidr_block",
            d if d.contains('.') => "destination_cidr_block",
            _ => "destination_prefix_list_id",
        };
        Ok(vec![("route_table_id", Value::from(table)), (attribute, Value::from(destination))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if TARGETS.iter().any(|name| cx.changed(name)) {
            for name in ["network_interface_id", "instance_id", "instance_owner_id", "state"] {
                if cx.config(name).is_null() {
                    cx.set_unknown(name);
                }
            }
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, &DESTINATIONS, "destination", diagnostics);
        one_of(config, &TARGETS, "target", diagnostics);
    }
}

/// Checks that exactly one of some attributes is set.
pub(super) fn one_of(config: &Value, names: &[&str], what: &str, diagnostics: &mut Diagnostics) {
    let values = names.iter().filter_map(|name| Some((name, config.attribute(name)?)));
    let set: Vec<_> = values.filter(|(_, v)| !v.is_null() && v.as_str() != Some("")).collect();
    let known = set.iter().filter(|(_, v)| v.is_known()).count();
    if set.is_empty() || known > 1 {
        let detail = format!("Exactly one {what} must be set: one of {}.", names.join(", "));
        let summary = if set.is_empty() { "Missing" } else { "Conflicting" };
        diagnostics.push(Diagnostic::error(format!("{summary} {what}"), detail));
    }
}

impl Route {
    /// A route of a table as EC2 describes it.
    fn of(table: &str, route: &types::Route) -> Option<Route> {
        let destination = routing::destination_of(route)?;
        let text = Some(destination.text().to_owned());
        let mut found = Route { route_table_id: table.to_owned(), ..Route::default() };
        match &destination {
            Destination::Ipv4(_) => found.destination_cidr_block = text,
            Destination::Ipv6(_) => found.destination_ipv6_cidr_block = text,
            Destination::PrefixList(_) => found.destination_prefix_list_id = text,
        }
        let id = found.made_id(&destination);
        Some(Route { id: id.into(), ..found }.with(route))
    }

    fn destination(&self) -> Result<Destination, Error> {
        let destination = Destination::of(
            self.destination_cidr_block.as_deref(),
            self.destination_ipv6_cidr_block.as_deref(),
            self.destination_prefix_list_id.as_deref(),
        );
        destination.ok_or_else(|| Error::new("Missing destination", "A route needs a destination."))
    }

    /// The id that Terraform gives the route.
    fn made_id(&self, destination: &Destination) -> String {
        format!("r-{}{}", self.route_table_id, crc32(destination.text()))
    }

    fn inline(&self) -> InlineRoute {
        // The interface of an instance that another target leads to is not a target itself.
        let others = [
            &self.carrier_gateway_id,
            &self.core_network_arn,
            &self.egress_only_gateway_id,
            &self.gateway_id,
            &self.local_gateway_id,
            &self.nat_gateway_id,
            &self.odb_network_arn,
            &self.transit_gateway_id,
            &self.vpc_endpoint_id,
            &self.vpc_peering_connection_id,
        ];
        let has_other = others.iter().any(|t| t.as_deref().is_some_and(|t| !t.is_empty()));
        InlineRoute {
            carrier_gateway_id: self.carrier_gateway_id.clone(),
            cidr_block: self.destination_cidr_block.clone(),
            core_network_arn: self.core_network_arn.clone(),
            destination_prefix_list_id: self.destination_prefix_list_id.clone(),
            egress_only_gateway_id: self.egress_only_gateway_id.clone(),
            gateway_id: self.gateway_id.clone(),
            ipv6_cidr_block: self.destination_ipv6_cidr_block.clone(),
            local_gateway_id: self.local_gateway_id.clone(),
            nat_gateway_id: self.nat_gateway_id.clone(),
            network_interface_id: self.network_interface_id.0.clone().filter(|_| !has_other),
            odb_network_arn: self.odb_network_arn.clone(),
            transit_gateway_id: self.transit_gateway_id.clone(),
            vpc_endpoint_id: self.vpc_endpoint_id.clone(),
            vpc_peering_connection_id: self.vpc_peering_connection_id.clone(),
        }
    }

    /// This object as EC2 describes it.
    fn with(self, route: &types::Route) -> Route {
        let now = InlineRoute::from_remote(route);
        let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
        Route {
            carrier_gateway_id: now.carrier_gateway_id,
            core_network_arn: now.core_network_arn,
            egress_only_gateway_id: now.egress_only_gateway_id,
            gateway_id: now.gateway_id,
            local_gateway_id: now.local_gateway_id,
            nat_gateway_id: now.nat_gateway_id,
            network_interface_id: now.network_interface_id.into(),
            odb_network_arn: now.odb_network_arn,
            transit_gateway_id: now.transit_gateway_id,
            vpc_endpoint_id: now.vpc_endpoint_id,
            vpc_peering_connection_id: now.vpc_peering_connection_id,
            instance_id: text(route.instance_id()).into(),
            instance_owner_id: text(route.instance_owner_id()).into(),
            origin: text(route.origin().map(|o| o.as_str())).into(),
            state: text(route.state().map(|s| s.as_str())).into(),
            ..self
        }
    }
}

/// The checksum that Terraform makes ids of routes and rules with.
pub(super) fn crc32(text: &str) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !text.bytes().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_terraform() {
        let route = Route { route_table_id: "rtb-0df84ff7f06b517f6".into(), ..Route::default() };
        let id = route.made_id(&Destination::Ipv4("0.0.0.0/0".into()));
        assert_eq!(id, "r-rtb-0df84ff7f06b517f61080289494");
    }

    #[test]
    fn import_ids() {
        for (id, attribute) in [
            ("rtb-1_10.0.0.0/8", "destination_cidr_block"),
            ("rtb-1_2001:db8::/32", "destination_ipv6_cidr_block"),
            ("rtb-1_pl-0570a1d2d725c16be", "destination_prefix_list_id"),
        ] {
            let set = Route::import(id).expect("a good id");
            assert_eq!(set[1], (attribute, Value::from(&id[6..])));
        }
        assert!(Route::import("rtb-1").is_err());
        assert!(Route::import("_10.0.0.0/8").is_err());
    }
}
