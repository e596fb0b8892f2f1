//! `aws_ec2_transit_gateway_route_table_association`: the route table that an attachment's traffic is routed by.

use super::entries::{self, About, Entry, TableEntry};
use crate::Aws;
use crate::ec2::batch::filter;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

/// Provides the association of an attachment with a route table of a transit gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_route_table_association", keep)]
pub struct TransitGatewayRouteTableAssociation {
    /// The route table and the attachment.
    pub id: Computed<String>,
    /// Whether to replace an association that the attachment has already, with the gateway's
    /// default route table say.
    pub replace_existing_association: Option<bool>,
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

impl TableEntry for TransitGatewayRouteTableAssociation {
    const ENTRY: Entry = Entry::Association;

    fn key(&self) -> (&str, &str) {
        (&self.transit_gateway_route_table_id, &self.transit_gateway_attachment_id)
    }

    fn of(table: String, attachment: String) -> Self {
        TransitGatewayRouteTableAssociation {
            transit_gateway_route_table_id: table,
            transit_gateway_attachment_id: attachment,
            ..Self::default()
        }
    }

    fn with(self, id: String, about: About) -> Self {
        TransitGatewayRouteTableAssociation {
            id: id.into(),
            resource_id: about.resource_id.into(),
            resource_type: about.resource_type.into(),
            ..self
        }
    }
}

#[async_trait]
impl Resource for TransitGatewayRouteTableAssociation {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if planned.replace_existing_association == Some(true) {
            replace(aws, &planned.transit_gateway_route_table_id, &planned.transit_gateway_attachment_id)
                .await?;
        }
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

/// Ends the association that an attachment has with another table.
async fn replace(aws: &Aws, table: &str, attachment: &str) -> Result<(), Error> {
    let call = (aws.ec2().describe_transit_gateway_attachments())
        .filters(filter("transit-gateway-attachment-id", [attachment]))
        .send();
    let found = aws.call("ec2:DescribeTransitGatewayAttachments", call).await?;
    let present = found.transit_gateway_attachments().first().and_then(|a| a.association());
    match present.and_then(|a| a.transit_gateway_route_table_id()) {
        Some(other) if other != table => Entry::Association.remove(aws, other, attachment).await,
        _ => Ok(()),
    }
}
