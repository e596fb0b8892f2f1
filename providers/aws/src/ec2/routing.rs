//! Routes: where to (a destination) and by which way (a target), in the forms of the standalone
//! resource and of the one inside a route table.

use super::batch::{filter, one_each, pages};
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::{self, RouteOrigin};
use std::time::Duration;
use terrane_sdk::{Block, Error};

/// A route inside a route table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InlineRoute {
    /// Traffic leaves by this carrier gateway.
    pub carrier_gateway_id: Option<String>,
    /// The destination, an IPv4 network.
    pub cidr_block: Option<String>,
    /// Traffic leaves by this core network.
    pub core_network_arn: Option<String>,
    /// The destination, a prefix list.
    pub destination_prefix_list_id: Option<String>,
    /// Traffic leaves by this egress-only internet gateway.
    pub egress_only_gateway_id: Option<String>,
    /// Traffic leaves by this internet or virtual private gateway, or stays `local`.
    pub gateway_id: Option<String>,
    /// The destination, an IPv6 network.
    pub ipv6_cidr_block: Option<String>,
    /// Traffic leaves by this local gateway of an Outpost.
    pub local_gateway_id: Option<String>,
    /// Traffic leaves by this NAT gateway.
    pub nat_gateway_id: Option<String>,
    /// Traffic leaves by this network interface.
    pub network_interface_id: Option<String>,
    /// Traffic leaves by this database network.
    pub odb_network_arn: Option<String>,
    /// Traffic leaves by this transit gateway.
    pub transit_gateway_id: Option<String>,
    /// Traffic leaves by this endpoint.
    pub vpc_endpoint_id: Option<String>,
    /// Traffic leaves by this peering connection.
    pub vpc_peering_connection_id: Option<String>,
}

/// Where a route leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Destination {
    Ipv4(String),
    Ipv6(String),
    PrefixList(String),
}

impl Destination {
    /// The destination among three attributes of which one is set.
    pub(crate) fn of(ipv4: Option<&str>, ipv6: Option<&str>, list: Option<&str>) -> Option<Destination> {
        let set = |t: Option<&str>| t.filter(|t| !t.is_empty()).map(str::to_owned);
        (set(ipv4).map(Destination::Ipv4))
            .or_else(|| set(ipv6).map(Destination::Ipv6))
            .or_else(|| set(list).map(Destination::PrefixList))
    }

    /// The text of the destination.
    pub(crate) fn text(&self) -> &str {
        match self {
            Destination::Ipv4(text) | Destination::Ipv6(text) | Destination::PrefixList(text) => text,
        }
    }

    /// Whether two destinations are the same one; IPv6 networks have several spellings.
    pub(crate) fn is_same(&self, other: &Destination) -> bool {
        match (self, other) {
            (Destination::Ipv6(a), Destination::Ipv6(b)) => super::validate::same_network(a, b),
            _ => self == other,
        }
    }
}

/// The destination of a route as EC2 describes it.
pub(crate) fn destination_of(route: &types::Route) -> Option<Destination> {
    Destination::of(
        route.destination_cidr_block(),
        route.destination_ipv6_cidr_block(),
        route.destination_prefix_list_id(),
    )
}

/// Fills in destination and target of a CreateRoute or ReplaceRoute call.
macro_rules! route_call {
    ($call:expr, $table:expr, $route:expr) => {{
        let set = |t: &Option<String>| t.clone().filter(|t| !t.is_empty());
        let route: &InlineRoute = $route;
        ($call)
            .route_table_id($table)
            .set_destination_cidr_block(set(&route.cidr_block))
            .set_destination_ipv6_cidr_block(set(&route.ipv6_cidr_block))
            .set_destination_prefix_list_id(set(&route.destination_prefix_list_id))
            .set_carrier_gateway_id(set(&route.carrier_gateway_id))
            .set_core_network_arn(set(&route.core_network_arn))
            .set_egress_only_internet_gateway_id(set(&route.egress_only_gateway_id))
            .set_gateway_id(route.gateway())
            .set_local_gateway_id(set(&route.local_gateway_id))
            .set_nat_gateway_id(set(&route.nat_gateway_id))
            .set_network_interface_id(set(&route.network_interface_id))
            .set_odb_network_arn(set(&route.odb_network_arn))
            .set_transit_gateway_id(set(&route.transit_gateway_id))
            .set_vpc_endpoint_id(set(&route.vpc_endpoint_id))
            .set_vpc_peering_connection_id(set(&route.vpc_peering_connection_id))
    }};
}

impl InlineRoute {
    /// Where the route leads to.
    pub(crate) fn destination(&self) -> Option<Destination> {
        Destination::of(
            self.cidr_block.as_deref(),
            self.ipv6_cidr_block.as_deref(),
            self.destination_prefix_list_id.as_deref(),
        )
    }

    fn is_local(&self) -> bool {
        self.gateway_id.as_deref() == Some("local")
    }

    /// A route as EC2 describes it.
    pub(crate) fn from_remote(route: &types::Route) -> InlineRoute {
        let text = |t: Option<&str>| Some(t.unwrap_or_default().to_owned());
        let gateway = route.gateway_id().unwrap_or_default();
        let is_endpoint = gateway.starts_with("vpce-");
        InlineRoute {
            carrier_gateway_id: text(route.carrier_gateway_id()),
            cidr_block: text(route.destination_cidr_block()),
            core_network_arn: text(route.core_network_arn()),
            destination_prefix_list_id: text(route.destination_prefix_list_id()),
            egress_only_gateway_id: text(route.egress_only_internet_gateway_id()),
            gateway_id: text(Some(if is_endpoint { "" } else { gateway })),
            ipv6_cidr_block: text(route.destination_ipv6_cidr_block()),
            local_gateway_id: text(route.local_gateway_id()),
            nat_gateway_id: text(route.nat_gateway_id()),
            network_interface_id: text(route.network_interface_id()),
            odb_network_arn: text(route.odb_network_arn()),
            transit_gateway_id: text(route.transit_gateway_id()),
            vpc_endpoint_id: text(Some(if is_endpoint { gateway } else { "" })),
            vpc_peering_connection_id: text(route.vpc_peering_connection_id()),
        }
    }

    /// Whether EC2 keeps this route by itself: routes within the VPC, those that a virtual
    /// private gateway propagates, those of gateway endpoints and of VPC Lattice.
    pub(crate) fn is_automatic(route: &types::Route) -> bool {
        let gateway = route.gateway_id().unwrap_or_default();
        gateway == "local"
            || gateway == "VpcLattice"
            || route.origin() == Some(&RouteOrigin::EnableVgwRoutePropagation)
            || (gateway.starts_with("vpce-") && route.destination_prefix_list_id().is_some())
    }

    /// Makes the route. When this is `repeated`, one that is there already with the same target
    /// is no error: an earlier attempt made it.
    pub(crate) async fn create(
        &self,
        aws: &Aws,
        table: &str,
        timeout: Duration,
        repeated: bool,
    ) -> Result<(), Error> {
        if self.is_local() {
            // EC2 made it with the table; it can only be led elsewhere and back.
            return Ok(());
        }
        let call = route_call!(aws.ec2().create_route(), table, self);
        let create = || aws.call("ec2:CreateRoute", call.clone().send());
        let early = |e: &Error| {
            is_not_found(e) && !e.has_code(&["InvalidPrefixListID.NotFound"])
                || e.has_code(&["InvalidParameterException"])
        };
        match retry_while(timeout.min(super::NEW_PARENT), early, create).await {
            Err(e) if repeated && e.has_code(&["RouteAlreadyExists"]) => {
                let there = find(aws, table, self.destination().as_ref()).await?;
                if there.is_some_and(|r| self.is_way_of(&r)) { Ok(()) } else { Err(e) }
            }
            other => other.map(|_| ()),
        }
    }

    /// Leads the route elsewhere.
    pub(crate) async fn replace(&self, aws: &Aws, table: &str) -> Result<(), Error> {
        let call = route_call!(aws.ec2().replace_route(), table, self);
        let call = if self.is_local() { call.local_target(true) } else { call };
        let replace = || aws.call("ec2:ReplaceRoute", call.clone().send());
        retry_while(super::NEW_PARENT, is_not_found, replace).await.map(|_| ())
    }

    fn gateway(&self) -> Option<String> {
        self.gateway_id.clone().filter(|g| !g.is_empty() && g != "local")
    }

    fn targets(&self) -> [String; 11] {
        [
            &self.carrier_gateway_id,
            &self.core_network_arn,
            &self.egress_only_gateway_id,
            &self.gateway_id,
            &self.local_gateway_id,
            &self.nat_gateway_id,
            &self.network_interface_id,
            &self.odb_network_arn,
            &self.transit_gateway_id,
            &self.vpc_endpoint_id,
            &self.vpc_peering_connection_id,
        ]
        .map(|t| t.clone().unwrap_or_default())
    }

    /// Whether a route as EC2 describes it takes the way that this one names.
    pub(crate) fn is_way_of(&self, route: &types::Route) -> bool {
        let there = InlineRoute::from_remote(route).targets();
        self.targets().iter().zip(there).all(|(wanted, there)| wanted.is_empty() || *wanted == there)
    }

    /// Whether two routes take the same way.
    pub(crate) fn has_target_of(&self, other: &InlineRoute) -> bool {
        self.targets() == other.targets()
    }
}

/// Removes a route; one that is gone already is no error.
pub(crate) async fn delete(aws: &Aws, table: &str, destination: &Destination) -> Result<(), Error> {
    let call = aws.ec2().delete_route().route_table_id(table);
    let call = match destination {
        Destination::Ipv4(cidr) => call.destination_cidr_block(cidr),
        Destination::Ipv6(cidr) => call.destination_ipv6_cidr_block(cidr),
        Destination::PrefixList(id) => call.destination_prefix_list_id(id),
    };
    match aws.call("ec2:DeleteRoute", call.send()).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Describes the route tables that pass all of these filters, in the largest pages that EC2 gives.
pub(crate) async fn tables(
    aws: &Aws,
    filters: Option<Vec<types::Filter>>,
) -> Result<Vec<types::RouteTable>, Error> {
    let call = aws.ec2().describe_route_tables().set_filters(filters).max_results(100);
    pages!(aws, "ec2:DescribeRouteTables", call)
}

/// Describes route tables that have one of these values in filter `name`.
pub(crate) async fn describe(
    aws: &Aws,
    name: &str,
    values: Vec<String>,
) -> Result<Vec<types::RouteTable>, Error> {
    tables(aws, Some(vec![filter(name, values)])).await
}

/// Describes the main route tables of VPCs.
pub(crate) async fn main_tables(aws: &Aws, vpcs: Vec<String>) -> Result<Vec<types::RouteTable>, Error> {
    tables(aws, Some(vec![filter("vpc-id", vpcs), filter("association.main", ["true"])])).await
}

/// Describes one route table, in a call shared with others.
pub(crate) async fn describe_one(aws: &Aws, id: &str) -> Result<Option<types::RouteTable>, Error> {
    let all = |ids| {
        one_each(ids, |ids| describe(aws, "route-table-id", ids), |t: &types::RouteTable| t.route_table_id())
    };
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

/// The route of a table to a destination, in the table as described.
pub(crate) fn route_to<'a>(
    table: &'a types::RouteTable,
    destination: &Destination,
) -> Option<&'a types::Route> {
    table.routes().iter().find(|r| destination_of(r).is_some_and(|d| d.is_same(destination)))
}

/// The route of a table to a destination.
async fn find(
    aws: &Aws,
    table: &str,
    destination: Option<&Destination>,
) -> Result<Option<types::Route>, Error> {
    let table = describe_one(aws, table).await?;
    Ok(table.zip(destination).and_then(|(t, d)| route_to(&t, d).cloned()))
}

/// Waits until a table has the route `wanted`.
pub(crate) async fn wait_for_route(
    aws: &Aws,
    table: &str,
    wanted: &InlineRoute,
    timeout: Duration,
) -> Result<types::Route, Error> {
    let destination = wanted.destination();
    let text = destination.as_ref().map(Destination::text).unwrap_or_default();
    wait_until(&format!("the route to {text} in {table}"), timeout.min(PROPAGATION), || async {
        Ok(match find(aws, table, destination.as_ref()).await? {
            Some(route) if wanted.is_way_of(&route) => Poll::Ready(route),
            Some(_) => Poll::Pending("it has another target".into()),
            None => Poll::Pending("not found".into()),
        })
    })
    .await
}
