//! `aws_ec2_transit_gateway_route_table`: a route table of a transit gateway.

use super::PATIENCE;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::{PAGE, all_failed, describe_by, filter, one_each, pages};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType, TransitGatewayRouteTableState as State};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};

/// Provides a route table of a transit gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_route_table", keep)]
pub struct TransitGatewayRouteTable {
    /// The id of the route table.
    pub id: Computed<String>,
    /// The ARN of the route table.
    pub arn: Computed<String>,
    /// Whether new attachments are associated with it.
    pub default_association_route_table: Computed<bool>,
    /// Whether new attachments propagate routes to it.
    pub default_propagation_route_table: Computed<bool>,
    /// The tags of the route table.
    pub tags: Tags,
    /// The transit gateway.
    #[attr(force_new)]
    pub transit_gateway_id: String,
}

#[async_trait]
impl Resource for TransitGatewayRouteTable {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = TransitGatewayRouteTable { id: id.as_str().into(), ..planned };
        let what = format!("route table {id} to be available");
        let made = wait_until(&what, PATIENCE, || async {
            let table = describe_one(aws, &id).await?;
            Ok(match table.as_ref().and_then(|t| t.state()) {
                Some(State::Available) => Poll::Ready(table),
                state => Poll::Pending(state.map_or("not found", |s| s.as_str()).to_owned()),
            })
        });
        match made.await {
            Ok(table) => Ok(started.with(aws, &account, table.unwrap_or_else(empty))),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        let found = describe_by(ids, |ids| describe(aws, ids), |t| t.transit_gateway_route_table_id());
        match futures::try_join!(found, aws.account()) {
            Ok((found, account)) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default());
                    let remote =
                        remote.filter(|t| !matches!(t.state, Some(State::Deleted | State::Deleting)));
                    Ok(remote.map(|remote| state.with(aws, &account, remote.clone())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let delete = || {
            let call =
                aws.ec2().delete_transit_gateway_route_table().transit_gateway_route_table_id(id).send();
            aws.call("ec2:DeleteTransitGatewayRouteTable", call)
        };
        // Associations may still be going.
        match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        wait_until(&format!("route table {id} to be deleted"), PATIENCE, || async {
            Ok(match describe_one(aws, id).await?.and_then(|t| t.state) {
                None | Some(State::Deleted) => Poll::Ready(()),
                Some(state) => Poll::Pending(state.as_str().to_owned()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = all(aws).await?;
        let account = aws.account().await?;
        let empty = TransitGatewayRouteTable::default;
        Ok(Some(found.into_iter().map(|t| empty().with(aws, &account, t)).collect()))
    }
}

async fn all(aws: &Aws) -> Result<Vec<types::TransitGatewayRouteTable>, Error> {
    let alive = filter("state", ["pending", "available"]);
    let call = aws.ec2().describe_transit_gateway_route_tables().filters(alive).max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayRouteTables", call)
}

/// The ids of all tables.
pub(super) async fn ids(aws: &Aws) -> Result<Vec<String>, Error> {
    Ok(all(aws).await?.into_iter().filter_map(|t| t.transit_gateway_route_table_id).collect())
}

fn empty() -> types::TransitGatewayRouteTable {
    types::TransitGatewayRouteTable::builder().build()
}

impl TransitGatewayRouteTable {
    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::TransitGatewayRouteTable) -> Self {
        let id = remote.transit_gateway_route_table_id.unwrap_or_default();
        TransitGatewayRouteTable {
            arn: aws.ec2_arn(account, &format!("transit-gateway-route-table/{id}")).into(),
            default_association_route_table: remote
                .default_association_route_table
                .unwrap_or_default()
                .into(),
            default_propagation_route_table: remote
                .default_propagation_route_table
                .unwrap_or_default()
                .into(),
            tags: tag_map(remote.tags),
            transit_gateway_id: remote.transit_gateway_id.unwrap_or_default(),
            id: id.into(),
        }
    }
}

async fn create(aws: &Aws, planned: &TransitGatewayRouteTable, cx: &ApplyContext) -> Result<String, Error> {
    let tags = creation_tags(ResourceType::TransitGatewayRouteTable, &planned.tags, cx);
    let call = (aws.ec2().create_transit_gateway_route_table())
        .transit_gateway_id(&planned.transit_gateway_id)
        .tag_specifications(tags);
    let create = || aws.call("ec2:CreateTransitGatewayRouteTable", call.clone().send());
    // The gateway may just be modified.
    let created = retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), create).await?;
    let id = created.transit_gateway_route_table.and_then(|t| t.transit_gateway_route_table_id);
    id.ok_or_else(|| Error::new("CreateTransitGatewayRouteTable failed", "The answer has no id."))
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::TransitGatewayRouteTable>, Error> {
    let call = (aws.ec2().describe_transit_gateway_route_tables())
        .filters(filter("transit-gateway-route-table-id", ids))
        .max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayRouteTables", call)
}

async fn describe_one(aws: &Aws, id: &str) -> Result<Option<types::TransitGatewayRouteTable>, Error> {
    let all = |ids| one_each(ids, |ids| describe(aws, ids), id_of);
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

fn id_of(table: &types::TransitGatewayRouteTable) -> Option<&str> {
    table.transit_gateway_route_table_id()
}
