//! `aws_ec2_transit_gateway_route_table_propagation`: an attachment whose routes a route table learns.

use super::entries::{self, About, Entry, TableEntry};
use crate::Aws;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

/// Provides the propagation of an attachment's routes to a route table of a transit gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_route_table_propagation", keep)]
pub struct TransitGatewayRouteTablePropagation {
    /// The route table and the attachment.
    pub id: Computed<String>,
    /// The VPC, VPN connection or gateway that is attached.
    pub resource_id: Computed<String>,
    /// What it is.
    pub resource_type: Computed<String>,
    /// The attachment.
    #[attr(force_new)]
    pub transit_gateway_attachment_id: String,
    /// The route table.
    #[attr(force_new)]
    pub transit_gateway_route_table_id: String,
}

impl TableEntry for TransitGatewayRouteTablePropagation {
    const ENTRY: Entry = Entry::Propagation;

    fn key(&self) -> (&str, &str) {
        (&self.transit_gateway_route_table_id, &self.transit_gateway_attachment_id)
    }

    fn of(table: String, attachment: String) -> Self {
        TransitGatewayRouteTablePropagation {
            transit_gateway_route_table_id: table,
            transit_gateway_attachment_id: attachment,
            ..Self::default()
        }
    }

    fn with(self, id: String, about: About) -> Self {
        TransitGatewayRouteTablePropagation {
            id: id.into(),
            resource_id: about.resource_id.into(),
            resource_type: about.resource_type.into(),
            ..self
        }
    }
}

#[async_trait]
impl Resource for TransitGatewayRouteTablePropagation {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        entries::create(aws, planned).await
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        entries::read(aws, states).await
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        entries::delete(aws, &state).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        entries::list(aws).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        entries::import(id)
    }
}
