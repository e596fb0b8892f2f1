//! `aws_ec2_transit_gateway_route_table_propagation`: an attachment whose routes a route table learns.

use super::entries::{About, Entry, entries_of};
use crate::Aws;
use crate::ec2::batch::all_failed;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

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

#[async_trait]
impl Resource for TransitGatewayRouteTablePropagation {
    type Client = Aws;

    /// Table and attachment are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (table, attachment) = planned.key();
        Entry::Propagation.add(aws, &table, &attachment).await?;
        let started =
            TransitGatewayRouteTablePropagation { id: format!("{table}_{attachment}").into(), ..planned };
        match Entry::Propagation.find(aws, &table, &attachment).await {
            Ok(Some(about)) => Ok(started.with(about)),
            Ok(None) => {
                let error =
                    Error::new("The propagation vanished", format!("{attachment} is not in {table}."));
                Err(Failure::partial(aws.here(error), started))
            }
            Err(error) => Err(Failure::partial(error, started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let tables = states.iter().map(|s| s.transit_gateway_route_table_id.as_str());
        match entries_of(aws, Entry::Propagation, tables).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let (table, attachment) = state.key();
                    let about = found.get(&table).and_then(|t| t.get(&attachment)).cloned();
                    Ok(about.map(|about| {
                        TransitGatewayRouteTablePropagation {
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
        Entry::Propagation.remove(aws, &table, &attachment).await
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

impl TransitGatewayRouteTablePropagation {
    fn key(&self) -> (String, String) {
        (self.transit_gateway_route_table_id.clone(), self.transit_gateway_attachment_id.clone())
    }

    /// This object as EC2 describes it.
    fn with(self, about: About) -> TransitGatewayRouteTablePropagation {
        TransitGatewayRouteTablePropagation {
            resource_id: about.resource_id.into(),
            resource_type: about.resource_type.into(),
            ..self
        }
    }
}
