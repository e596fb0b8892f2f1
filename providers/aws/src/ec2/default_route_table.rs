//! `aws_default_route_table`: the route table that a VPC was made with, adopted and not made.

use super::RouteTable;
use super::batch::describe_all;
use super::route_table::change;
use super::routing::{InlineRoute, describe, main_tables};
use crate::Aws;
use crate::tags::Tags;
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value,
    async_trait, imported,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Manages the main route table that a VPC was made with: its routes become those that are
/// configured, none without any. It stays when the resource is destroyed, as it is then.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_default_route_table", keep, timeouts(create = "5m", update = "2m"))]
pub struct DefaultRouteTable {
    /// The id of the table.
    pub id: Computed<String>,
    /// The ARN of the table.
    pub arn: Computed<String>,
    /// The table, as the VPC names it.
    #[attr(force_new)]
    pub default_route_table_id: String,
    /// The account that owns the table.
    pub owner_id: Computed<String>,
    /// Virtual private gateways whose routes come into the table.
    pub propagating_vgws: BTreeSet<String>,
    /// The routes.
    #[attr(as_blocks)]
    pub route: Auto<BTreeSet<DefaultRoute>>,
    /// The VPC the table is in.
    pub vpc_id: Computed<String>,
    /// The tags of the table.
    pub tags: Tags,
}

/// A route of the default table, which knows fewer targets than those of other tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct DefaultRoute {
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
    /// Not supported: name the instance's network interface.
    pub instance_id: Option<String>,
    /// The destination, an IPv6 network.
    pub ipv6_cidr_block: Option<String>,
    /// Traffic leaves by this NAT gateway.
    pub nat_gateway_id: Option<String>,
    /// Traffic leaves by this network interface.
    pub network_interface_id: Option<String>,
    /// Traffic leaves by this transit gateway.
    pub transit_gateway_id: Option<String>,
    /// Traffic leaves by this endpoint.
    pub vpc_endpoint_id: Option<String>,
    /// Traffic leaves by this peering connection.
    pub vpc_peering_connection_id: Option<String>,
}

impl From<DefaultRoute> for InlineRoute {
    fn from(route: DefaultRoute) -> InlineRoute {
        InlineRoute {
            cidr_block: route.cidr_block,
            core_network_arn: route.core_network_arn,
            destination_prefix_list_id: route.destination_prefix_list_id,
            egress_only_gateway_id: route.egress_only_gateway_id,
            gateway_id: route.gateway_id,
            ipv6_cidr_block: route.ipv6_cidr_block,
            nat_gateway_id: route.nat_gateway_id,
            network_interface_id: route.network_interface_id,
            transit_gateway_id: route.transit_gateway_id,
            vpc_endpoint_id: route.vpc_endpoint_id,
            vpc_peering_connection_id: route.vpc_peering_connection_id,
            ..InlineRoute::default()
        }
    }
}

impl From<InlineRoute> for DefaultRoute {
    fn from(route: InlineRoute) -> DefaultRoute {
        DefaultRoute {
            cidr_block: route.cidr_block,
            core_network_arn: route.core_network_arn,
            destination_prefix_list_id: route.destination_prefix_list_id,
            egress_only_gateway_id: route.egress_only_gateway_id,
            gateway_id: route.gateway_id,
            ipv6_cidr_block: route.ipv6_cidr_block,
            nat_gateway_id: route.nat_gateway_id,
            network_interface_id: route.network_interface_id,
            transit_gateway_id: route.transit_gateway_id,
            vpc_endpoint_id: route.vpc_endpoint_id,
            vpc_peering_connection_id: route.vpc_peering_connection_id,
            instance_id: Some(String::new()),
        }
    }
}

#[async_trait]
impl Resource for DefaultRouteTable {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.default_route_table_id.clone();
        let unknown = DefaultRouteTable { id: id.as_str().into(), ..Self::default() };
        let read = RouteTable::read(aws, vec![unknown.into_table()]).await.pop();
        let mut prior = read.unwrap_or(Ok(None))?.ok_or_else(|| {
            let detail = format!("There is no route table {id}: take default_route_table_id of the VPC.");
            Error::new("The default route table is not found", detail).attribute("default_route_table_id")
        })?;
        prior.tags = aws.tags().managed(prior.tags);
        // What is not configured goes.
        let mut wanted = planned.into_table();
        wanted.id = id.as_str().into();
        wanted.route = wanted.route.0.unwrap_or_default().into();
        change(aws, &id, &prior, &wanted, cx.timeout_or(PATIENCE)).await?;
        let done =
            RouteTable::update(aws, RouteTable { tags: prior.tags, ..wanted.clone() }, wanted, cx).await;
        done.map(Self::from).map_err(|failure| failure.error.into())
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let states = match with_ids(aws, &states).await {
            Ok(ids) => states.into_iter().zip(ids).map(|(s, id)| DefaultRouteTable { id: id.into(), ..s }),
            Err(error) => return super::batch::all_failed(states.len(), &error),
        };
        let read = RouteTable::read(aws, states.map(Self::into_table).collect()).await;
        read.into_iter().map(|answer| answer.map(|table| table.map(Self::from))).collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let done = RouteTable::update(aws, prior.into_table(), planned.into_table(), cx).await;
        done.map(Self::from).map_err(|failure| failure.error.into())
    }

    /// The table belongs to the VPC and stays.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = describe(aws, "association.main", vec!["true".into()]).await?;
        imported(aws, found.into_iter().filter_map(|t| t.route_table_id)).await.map(Some)
    }

    fn import_id(&self) -> Option<String> {
        self.vpc_id.0.clone()
    }

    /// The id of the VPC, or of the table.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        let name = if id.starts_with("rtb-") { "id" } else { "vpc_id" };
        Ok(vec![(name, Value::from(id))])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        RouteTable::validate(config, diagnostics);
        let routes = config.attribute("route").unwrap_or(Value::NULL);
        let names_instance = |route: &Value| {
            let instance = route.attribute("instance_id").unwrap_or(Value::NULL);
            instance.as_str().is_some_and(|i| !i.is_empty())
        };
        if routes.as_slice().into_iter().flatten().filter(|r| r.is_known()).any(names_instance) {
            let detail =
                "Routes lead to network interfaces: set network_interface_id to that of the instance.";
            let problem = Diagnostic::error("instance_id is not supported", detail);
            diagnostics.push(problem.on_attribute("route"));
        }
    }
}

/// The ids of the tables; where only the VPC is known, after an import, that of its main one.
async fn with_ids(aws: &Aws, states: &[DefaultRouteTable]) -> Result<Vec<Option<String>>, Error> {
    let vpcs = states.iter().filter(|s| s.id.0.is_none()).filter_map(|s| s.vpc_id.as_deref());
    let mains = describe_all(vpcs, |vpcs| main_tables(aws, vpcs)).await?;
    let main = |vpc: Option<&str>| {
        let table = mains.iter().find(|t| vpc.is_some() && t.vpc_id() == vpc);
        table.and_then(|t| t.route_table_id.clone())
    };
    Ok(states.iter().map(|s| s.id.0.clone().or_else(|| main(s.vpc_id.as_deref()))).collect())
}

impl DefaultRouteTable {
    fn into_table(self) -> RouteTable {
        RouteTable {
            id: self.id,
            arn: self.arn,
            vpc_id: self.vpc_id.0.unwrap_or_default(),
            propagating_vgws: self.propagating_vgws.into(),
            route: self.route.0.map(|routes| routes.into_iter().map(InlineRoute::from).collect()).into(),
            owner_id: self.owner_id,
            tags: self.tags,
        }
    }
}

impl From<RouteTable> for DefaultRouteTable {
    fn from(table: RouteTable) -> Self {
        DefaultRouteTable {
            default_route_table_id: table.id.0.clone().unwrap_or_default(),
            id: table.id,
            arn: table.arn,
            owner_id: table.owner_id,
            propagating_vgws: table.propagating_vgws.0.unwrap_or_default(),
            route: table.route.0.map(|routes| routes.into_iter().map(DefaultRoute::from).collect()).into(),
            vpc_id: table.vpc_id.into(),
            tags: table.tags,
        }
    }
}
