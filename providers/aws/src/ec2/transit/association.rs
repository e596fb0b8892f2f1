//! `aws_ec2_transit_gateway_route_table_association`: the route table that an attachment's traffic is routed by.

use super::entries::{About, Entry, entries_of};
use crate::Aws;
use crate::ec2::batch::{all_failed, filter};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

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

#[async_trait]
impl Resource for TransitGatewayRouteTableAssociation {
    type Client = Aws;

    /// Table and attachment are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (table, attachment) = planned.key();
        if planned.replace_existing_association == Some(true) {
            replace(aws, &table, &attachment).await?;
        }
        Entry::Association.add(aws, &table, &attachment).await?;
        let started =
            TransitGatewayRouteTableAssociation { id: format!("{table}_{attachment}").into(), ..planned };
        match Entry::Association.find(aws, &table, &attachment).await {
            Ok(Some(about)) => Ok(started.with(about)),
            Ok(None) => {
                let error =
                    Error::new("The association vanished", format!("{attachment} is not in {table}."));
                Err(Failure::partial(aws.here(error), started))
            }
            Err(error) => Err(Failure::partial(error, started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let tables = states.iter().map(|s| s.transit_gateway_route_table_id.as_str());
        match entries_of(aws, Entry::Association, tables).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let (table, attachment) = state.key();
                    let about = found.get(&table).and_then(|t| t.get(&attachment)).cloned();
                    Ok(about.map(|about| {
                        TransitGatewayRouteTableAssociation {
                            id: format!("{table}_{attachment}").into(),
                            ..state
                        }
                        .with(about)
                    }))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let (table, attachment) = state.key();
        Entry::Association.remove(aws, &table, &attachment).await
    }

    /// `tgw-rtb-1_tgw-attach-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts = id.split_once('_').filter(|(t, a)| !t.is_empty() && !a.is_empty());
        let Some((table, attachment)) = parts else {
            let detail = format!("{id:?} is not of the form ROUTE-TABLE-ID_ATTACHMENT-ID.");
            return Err(Error::new("Invalid import id", detail));
        };
        Ok(vec![
            ("transit_gateway_route_table_id", Value::from(table)),
            ("transit_gateway_attachment_id", Value::from(attachment)),
        ])
    }
}

impl TransitGatewayRouteTableAssociation {
    fn key(&self) -> (String, String) {
        (self.transit_gateway_route_table_id.clone(), self.transit_gateway_attachment_id.clone())
    }

    /// This object as EC2 describes it.
    fn with(self, about: About) -> TransitGatewayRouteTableAssociation {
        TransitGatewayRouteTableAssociation {
            resource_id: about.resource_id.into(),
            resource_type: about.resource_type.into(),
            ..self
        }
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
