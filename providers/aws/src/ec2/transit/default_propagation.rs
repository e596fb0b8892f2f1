//! `aws_ec2_transit_gateway_default_route_table_propagation`: the route table that new attachments of a transit gateway propagate routes to.

use super::default_tables::Table;
use super::gateways;
use crate::Aws;
use crate::ec2::kind::all;
use aws_sdk_ec2::types::TransitGateway;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, imported,
};

/// Makes a route table the one that new attachments of a transit gateway propagate routes to. What is destroyed with it is the choice: the gateway goes back
/// to the table it had before.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_ec2_transit_gateway_default_route_table_propagation",
    keep,
    timeouts(create = "5m", update = "5m", delete = "5m")
)]
pub struct TransitGatewayDefaultRouteTablePropagation {
    /// The transit gateway.
    pub id: Computed<String>,
    /// The table that the gateway had before.
    pub original_default_route_table_id: Computed<String>,
    /// The transit gateway.
    #[attr(force_new)]
    pub transit_gateway_id: String,
    /// The route table.
    pub transit_gateway_route_table_id: String,
}

#[async_trait]
impl Resource for TransitGatewayDefaultRouteTablePropagation {
    type Client = Aws;

    const PART: bool = true;

    /// A repeat cannot know the table that the gateway had before; when it has the wanted one already, it
    /// keeps that.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.transit_gateway_id.clone();
        let table = &planned.transit_gateway_route_table_id;
        let before = gateways::choose_default(aws, &id, Table::Propagation, table, cx).await?;
        Ok(Self { id: id.into(), original_default_route_table_id: before.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let gateways = states.iter().map(|s| s.transit_gateway_id.clone()).collect();
        let tables = gateways::default_of_each(aws, Table::Propagation, gateways).await;
        (states.into_iter().zip(tables))
            .map(|(state, table)| {
                Ok(table?.map(|table| {
                    let id = state.transit_gateway_id.clone();
                    Self { id: id.into(), transit_gateway_route_table_id: table, ..state }
                }))
            })
            .collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (id, table) = (&planned.transit_gateway_id, &planned.transit_gateway_route_table_id);
        gateways::choose_default(aws, id, Table::Propagation, table, cx).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let before = state.original_default_route_table_id.as_deref().unwrap_or_default();
        gateways::restore_default(aws, &state.transit_gateway_id, Table::Propagation, before, cx).await
    }

    /// One for each gateway that has such a table.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let gateways = all::<TransitGateway>(aws).await?;
        imported(aws, gateways.into_iter().filter_map(|g| g.transit_gateway_id)).await.map(Some)
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("transit_gateway_id", Value::from(id))])
    }
}
