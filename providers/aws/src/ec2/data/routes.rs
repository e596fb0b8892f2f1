//! `aws_route_table` and `aws_route` as data sources.

use super::one::{only, text, told};
use crate::Aws;
use crate::ec2::data_filter::{DataFilter, chosen};
use crate::ec2::kind::set;
use crate::ec2::routing::{InlineRoute, describe_one, tables};
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The route table that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_route_table")]
pub struct RouteTableData {
    /// The ARN of the table.
    pub arn: Computed<String>,
    /// What uses the table.
    pub associations: Computed<Vec<TableAssociation>>,
    /// Filters of DescribeRouteTables.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The gateway that uses the table.
    pub gateway_id: Auto<String>,
    /// The id of the table.
    pub id: Computed<String>,
    /// The account that owns the table.
    pub owner_id: Computed<String>,
    /// The id of the table, to choose it by.
    pub route_table_id: Auto<String>,
    /// The routes of the table.
    pub routes: Computed<Vec<TableRoute>>,
    /// The subnet that uses the table.
    pub subnet_id: Auto<String>,
    /// Tags that the route table must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The VPC the table is in.
    pub vpc_id: Auto<String>,
}

/// What uses a route table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct TableAssociation {
    /// A gateway.
    pub gateway_id: String,
    /// Whether all subnets use it that have no other.
    pub main: bool,
    /// The association.
    pub route_table_association_id: String,
    /// The table.
    pub route_table_id: String,
    /// A subnet.
    pub subnet_id: String,
}

/// A route of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct TableRoute {
    /// Traffic leaves by this carrier gateway.
    pub carrier_gateway_id: String,
    /// The destination, an IPv4 network.
    pub cidr_block: String,
    /// Traffic leaves by this core network.
    pub core_network_arn: String,
    /// The destination, a prefix list.
    pub destination_prefix_list_id: String,
    /// Traffic leaves by this egress-only internet gateway.
    pub egress_only_gateway_id: String,
    /// Traffic leaves by this internet or virtual private gateway, or stays `local`.
    pub gateway_id: String,
    /// Traffic leaves by this instance.
    pub instance_id: String,
    /// The destination, an IPv6 network.
    pub ipv6_cidr_block: String,
    /// Traffic leaves by this local gateway.
    pub local_gateway_id: String,
    /// Traffic leaves by this NAT gateway.
    pub nat_gateway_id: String,
    /// Traffic leaves by this network interface.
    pub network_interface_id: String,
    /// Traffic leaves by this database network.
    pub odb_network_arn: String,
    /// Traffic leaves by this transit gateway.
    pub transit_gateway_id: String,
    /// Traffic leaves by this endpoint.
    pub vpc_endpoint_id: String,
    /// Traffic leaves by this peering connection.
    pub vpc_peering_connection_id: String,
}

#[async_trait]
impl DataSource for RouteTableData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("route-table-id", set(config.route_table_id.0.as_deref())),
                ("association.gateway-id", set(config.gateway_id.0.as_deref())),
                ("association.subnet-id", set(config.subnet_id.0.as_deref())),
                ("vpc-id", set(config.vpc_id.0.as_deref())),
            ],
        );
        let found = tables(aws, wanted).await?;
        let found = only(found, "route table", "ec2:DescribeRouteTables")?;
        Ok(Self {
            arn: aws
                .ec2_arn(
                    found.owner_id().unwrap_or_default(),
                    &format!("route-table/{}", text(found.route_table_id())),
                )
                .into(),
            associations: found.associations().iter().map(association).collect::<Vec<_>>().into(),
            gateway_id: told(found.associations().iter().find_map(|a| a.gateway_id())),
            id: told(found.route_table_id()),
            owner_id: told(found.owner_id()),
            route_table_id: told(found.route_table_id()),
            routes: found.routes().iter().filter(|r| !hidden(r)).map(route).collect::<Vec<_>>().into(),
            subnet_id: told(
                found.associations().iter().find_map(|a| a.subnet_id()).or(config.subnet_id.0.as_deref()),
            ),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            vpc_id: told(found.vpc_id()),
            ..config
        })
    }
}

fn association(found: &types::RouteTableAssociation) -> TableAssociation {
    TableAssociation {
        gateway_id: text(found.gateway_id()),
        main: found.main().unwrap_or_default(),
        route_table_association_id: text(found.route_table_association_id()),
        route_table_id: text(found.route_table_id()),
        subnet_id: text(found.subnet_id()),
    }
}

/// Routes that no configuration makes: those inside of the VPC, of endpoints by their prefix lists, and
/// propagated ones.
fn hidden(found: &types::Route) -> bool {
    InlineRoute::is_automatic(found)
}

fn route(found: &types::Route) -> TableRoute {
    let gateway = found.gateway_id().unwrap_or_default();
    let is_endpoint = gateway.starts_with("vpce-");
    TableRoute {
        carrier_gateway_id: text(found.carrier_gateway_id()),
        cidr_block: text(found.destination_cidr_block()),
        core_network_arn: text(found.core_network_arn()),
        destination_prefix_list_id: text(found.destination_prefix_list_id()),
        egress_only_gateway_id: text(found.egress_only_internet_gateway_id()),
        gateway_id: text(Some(gateway).filter(|_| !is_endpoint)),
        instance_id: text(found.instance_id()),
        ipv6_cidr_block: text(found.destination_ipv6_cidr_block()),
        local_gateway_id: text(found.local_gateway_id()),
        nat_gateway_id: text(found.nat_gateway_id()),
        network_interface_id: text(found.network_interface_id()),
        odb_network_arn: text(found.odb_network_arn()),
        transit_gateway_id: text(found.transit_gateway_id()),
        vpc_endpoint_id: text(Some(gateway).filter(|_| is_endpoint)),
        vpc_peering_connection_id: text(found.vpc_peering_connection_id()),
    }
}

/// The route of a table that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_route")]
pub struct RouteData {
    /// The carrier gateway.
    pub carrier_gateway_id: Auto<String>,
    /// The core network.
    pub core_network_arn: Auto<String>,
    /// The destination, an IPv4 network.
    pub destination_cidr_block: Auto<String>,
    /// The destination, an IPv6 network.
    pub destination_ipv6_cidr_block: Auto<String>,
    /// The destination, a prefix list.
    pub destination_prefix_list_id: Auto<String>,
    /// The egress-only internet gateway.
    pub egress_only_gateway_id: Auto<String>,
    /// The internet or virtual private gateway.
    pub gateway_id: Auto<String>,
    /// The instance.
    pub instance_id: Auto<String>,
    /// The local gateway.
    pub local_gateway_id: Auto<String>,
    /// The NAT gateway.
    pub nat_gateway_id: Auto<String>,
    /// The network interface.
    pub network_interface_id: Auto<String>,
    /// The database network.
    pub odb_network_arn: Auto<String>,
    /// The transit gateway.
    pub transit_gateway_id: Auto<String>,
    /// The peering connection.
    pub vpc_peering_connection_id: Auto<String>,
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The table.
    pub route_table_id: String,
}

#[async_trait]
impl DataSource for RouteData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let table = describe_one(aws, &config.route_table_id).await?;
        let operation = "ec2:DescribeRouteTables";
        let table = only(table.into_iter().collect(), "route table", operation)?;
        let matching = |found: &&types::Route| {
            let asked = [
                (&config.carrier_gateway_id.0, found.carrier_gateway_id()),
                (&config.core_network_arn.0, found.core_network_arn()),
                (&config.destination_cidr_block.0, found.destination_cidr_block()),
                (&config.destination_ipv6_cidr_block.0, found.destination_ipv6_cidr_block()),
                (&config.destination_prefix_list_id.0, found.destination_prefix_list_id()),
                (&config.egress_only_gateway_id.0, found.egress_only_internet_gateway_id()),
                (&config.gateway_id.0, found.gateway_id()),
                (&config.instance_id.0, found.instance_id()),
                (&config.local_gateway_id.0, found.local_gateway_id()),
                (&config.nat_gateway_id.0, found.nat_gateway_id()),
                (&config.network_interface_id.0, found.network_interface_id()),
                (&config.odb_network_arn.0, found.odb_network_arn()),
                (&config.transit_gateway_id.0, found.transit_gateway_id()),
                (&config.vpc_peering_connection_id.0, found.vpc_peering_connection_id()),
            ];
            let wanted = |asked: &Option<String>| asked.clone().filter(|a| !a.is_empty());
            asked.iter().all(|(asked, found)| wanted(asked).is_none_or(|a| Some(a.as_str()) == *found))
        };
        let routes = table.routes().iter().filter(|r| !hidden(r)).filter(matching).cloned().collect();
        let found: types::Route = only(routes, "route", operation)?;
        let destination = (found.destination_cidr_block())
            .or(found.destination_ipv6_cidr_block())
            .or(found.destination_prefix_list_id())
            .unwrap_or_default();
        Ok(Self {
            carrier_gateway_id: told(found.carrier_gateway_id()),
            core_network_arn: told(found.core_network_arn()),
            destination_cidr_block: told(found.destination_cidr_block()),
            destination_ipv6_cidr_block: told(found.destination_ipv6_cidr_block()),
            destination_prefix_list_id: told(found.destination_prefix_list_id()),
            egress_only_gateway_id: told(found.egress_only_internet_gateway_id()),
            gateway_id: told(found.gateway_id()),
            instance_id: told(found.instance_id()),
            local_gateway_id: told(found.local_gateway_id()),
            nat_gateway_id: told(found.nat_gateway_id()),
            network_interface_id: told(found.network_interface_id()),
            odb_network_arn: told(found.odb_network_arn()),
            transit_gateway_id: told(found.transit_gateway_id()),
            vpc_peering_connection_id: told(found.vpc_peering_connection_id()),
            id: format!("r-{}{}", config.route_table_id, crate::ec2::route::crc32(destination)).into(),
            route_table_id: config.route_table_id,
        })
    }
}
