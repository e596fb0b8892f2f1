//! `aws_ec2_transit_gateway_route_table_routes`: the routes of a table of a transit gateway.

use super::one::text;
use crate::Aws;
use crate::ec2::data_filter::{DataFilter, filters};
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

/// The routes of a table that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_route_table_routes")]
pub struct TransitGatewayRouteTableRoutes {
    /// Filters of SearchTransitGatewayRoutes, one at least.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The route table.
    pub id: Computed<String>,
    /// The routes.
    pub routes: Computed<Vec<TransitRoute>>,
    /// The route table.
    pub transit_gateway_route_table_id: String,
}

/// A route of a transit gateway.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct TransitRoute {
    /// The destination, a network.
    pub destination_cidr_block: String,
    /// The destination, a prefix list.
    pub prefix_list_id: String,
    /// Whether it is in force.
    pub state: String,
    /// The announcement that it is from.
    pub transit_gateway_route_table_announcement_id: String,
    /// Whether it was set or propagated.
    #[attr(name = "type")]
    pub kind: String,
}

#[async_trait]
impl DataSource for TransitGatewayRouteTableRoutes {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = Tags::new();
        let wanted = filters(&config.filter, &tags, &[]);
        let call = (aws.ec2().search_transit_gateway_routes())
            .transit_gateway_route_table_id(&config.transit_gateway_route_table_id)
            .set_filters(wanted);
        let found = aws.call("ec2:SearchTransitGatewayRoutes", call.send()).await?.routes.unwrap_or_default();
        Ok(Self {
            id: config.transit_gateway_route_table_id.clone().into(),
            routes: found.iter().map(route).collect::<Vec<_>>().into(),
            ..config
        })
    }
}

fn route(found: &types::TransitGatewayRoute) -> TransitRoute {
    TransitRoute {
        destination_cidr_block: text(found.destination_cidr_block()),
        prefix_list_id: text(found.prefix_list_id()),
        state: text(found.state().map(|s| s.as_str())),
        transit_gateway_route_table_announcement_id: text(
            found.transit_gateway_route_table_announcement_id(),
        ),
        kind: text(found.r#type().map(|t| t.as_str())),
    }
}
