//! `aws_ec2_transit_gateway_route`: a static route of a transit gateway's route table.

use super::{PATIENCE, route_table};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::{all_failed, filter};
use crate::ec2::validate::same_network;
use aws_sdk_ec2::types::{TransitGatewayRoute as Remote, TransitGatewayRouteState as State};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value,
    async_trait, try_join_all,
};

/// Provides a static route of a transit gateway's route table.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_route", keep)]
pub struct TransitGatewayRoute {
    /// The route table and the destination.
    pub id: Computed<String>,
    /// Whether traffic to the destination is dropped.
    #[attr(force_new, default = false)]
    pub blackhole: Option<bool>,
    /// The destination, an IPv4 or IPv6 network.
    #[attr(force_new, equivalent = same_network)]
    pub destination_cidr_block: String,
    /// The attachment by which traffic leaves.
    #[attr(force_new)]
    pub transit_gateway_attachment_id: Option<String>,
    /// The route table.
    #[attr(force_new)]
    pub transit_gateway_route_table_id: String,
}

#[async_trait]
impl Resource for TransitGatewayRoute {
    type Client = Aws;

    const PART: bool = true;

    /// The destination is the route's natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (table, destination) = planned.key();
        let call = (aws.ec2().create_transit_gateway_route())
            .transit_gateway_route_table_id(&table)
            .destination_cidr_block(&destination)
            .set_blackhole(planned.blackhole.filter(|b| *b))
            .set_transit_gateway_attachment_id(planned.attachment().map(str::to_owned));
        let create = || aws.call("ec2:CreateTransitGatewayRoute", call.clone().send());
        match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), create).await {
            Err(e) if cx.repeated && e.has_code(&["RouteAlreadyExists"]) => {
                let present = find(aws, &table, &destination).await?;
                if present.is_none_or(|r| attachment_of(&r) != planned.attachment().map(str::to_owned)) {
                    return Err(e.into());
                }
            }
            other => drop(other?),
        }
        let started = TransitGatewayRoute { id: format!("{table}_{destination}").into(), ..planned };
        let what = format!("the route to {destination} in {table}");
        let made = wait_until(&what, PATIENCE, || async {
            let route = find(aws, &table, &destination).await?;
            Ok(match route.as_ref().and_then(|r| r.state()) {
                Some(State::Active | State::Blackhole) => Poll::Ready(()),
                state => Poll::Pending(state.map_or("not found", |s| s.as_str()).to_owned()),
            })
        });
        match made.await {
            Ok(()) => Ok(started),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let mut asked: HashMap<&str, Vec<&str>> = HashMap::new();
        for state in &states {
            let destinations = asked.entry(&state.transit_gateway_route_table_id).or_default();
            destinations.push(&state.destination_cidr_block);
        }
        let reads = asked.into_iter().map(|(table, destinations)| async move {
            Ok::<_, Error>((table.to_owned(), routes(aws, table, &destinations).await?))
        });
        match try_join_all(reads).await {
            Ok(found) => {
                let found: HashMap<String, Vec<Remote>> = found.into_iter().collect();
                states
                    .into_iter()
                    .map(|state| {
                        let (table, destination) = state.key();
                        let routes = found.get(&table).map(Vec::as_slice).unwrap_or_default();
                        let route = routes.iter().find(|r| is_to(r, &destination));
                        Ok(route.map(|route| state.with(route)))
                    })
                    .collect()
            }
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let (table, destination) = state.key();
        let delete = || {
            let call = (aws.ec2().delete_transit_gateway_route())
                .transit_gateway_route_table_id(&table)
                .destination_cidr_block(&destination)
                .send();
            aws.call("ec2:DeleteTransitGatewayRoute", call)
        };
        match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => drop(other?),
        }
        wait_until(&format!("the route to {destination} in {table} to be deleted"), PATIENCE, || async {
            Ok(match find(aws, &table, &destination).await? {
                None => Poll::Ready(()),
                Some(_) => Poll::Pending("deleting".into()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |table: String| async move {
            let object = |route: Remote| {
                // Those to the networks of a prefix list are of another type.
                let own = route.prefix_list_id().is_none() && !is_gone(&route);
                let destination_cidr_block = route.destination_cidr_block.clone().filter(|_| own)?;
                let transit_gateway_route_table_id = table.clone();
                let named =
                    Self { destination_cidr_block, transit_gateway_route_table_id, ..Self::default() };
                Some(named.with(&route))
            };
            let found = search(aws, &table, None).await?;
            Ok::<_, Error>(found.into_iter().filter_map(object).collect::<Vec<_>>())
        };
        let found = try_join_all(route_table::ids(aws).await?.into_iter().map(of)).await?;
        Ok(Some(found.into_iter().flatten().collect()))
    }

    /// `tgw-rtb-1_10.0.0.0/8`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts = id.split_once('_').filter(|(t, d)| !t.is_empty() && !d.is_empty());
        let Some((table, destination)) = parts else {
            let detail = format!("{id:?} is not of the form ROUTE-TABLE-ID_DESTINATION.");
            return Err(Error::new("Invalid import id", detail));
        };
        Ok(vec![
            ("transit_gateway_route_table_id", Value::from(table)),
            ("destination_cidr_block", Value::from(destination)),
        ])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let attribute = |name: &str| config.attribute(name).unwrap_or(Value::NULL);
        let (hole, to) = (attribute("blackhole"), attribute("transit_gateway_attachment_id"));
        let unknown = !hole.is_known() || !to.is_known();
        let leads = to.as_str().is_some_and(|t| !t.is_empty());
        if !unknown && leads == (hole.as_bool() == Some(true)) {
            let detail = "A route leads to transit_gateway_attachment_id, or has blackhole = true.";
            diagnostics.push(Diagnostic::error("Exactly one target is needed", detail));
        }
    }
}

impl TransitGatewayRoute {
    fn key(&self) -> (String, String) {
        (self.transit_gateway_route_table_id.clone(), self.destination_cidr_block.clone())
    }

    fn attachment(&self) -> Option<&str> {
        self.transit_gateway_attachment_id.as_deref().filter(|a| !a.is_empty())
    }

    /// This object as EC2 describes it. A route whose attachment is gone is a black hole too.
    fn with(self, route: &Remote) -> TransitGatewayRoute {
        let attachment = attachment_of(route);
        TransitGatewayRoute {
            id: format!("{}_{}", self.transit_gateway_route_table_id, self.destination_cidr_block).into(),
            blackhole: Some(attachment.is_none()),
            transit_gateway_attachment_id: attachment,
            ..self
        }
    }
}

fn attachment_of(route: &Remote) -> Option<String> {
    let first = route.transit_gateway_attachments().first();
    first.and_then(|a| a.transit_gateway_attachment_id()).map(str::to_owned)
}

fn is_gone(route: &Remote) -> bool {
    matches!(route.state(), Some(State::Deleted | State::Deleting))
}

fn is_to(route: &Remote, destination: &str) -> bool {
    !is_gone(route) && route.destination_cidr_block().is_some_and(|d| same_network(d, destination))
}

async fn find(aws: &Aws, table: &str, destination: &str) -> Result<Option<Remote>, Error> {
    let found = routes(aws, table, &[destination]).await?;
    Ok(found.into_iter().find(|r| is_to(r, destination)))
}

/// The static routes of a table to these destinations. The search takes many exact destinations.
async fn routes(aws: &Aws, table: &str, destinations: &[&str]) -> Result<Vec<Remote>, Error> {
    let unique: BTreeSet<&str> = destinations.iter().copied().filter(|d| !d.is_empty()).collect();
    let unique: Vec<&str> = unique.into_iter().collect();
    let mut all = Vec::new();
    for some in unique.chunks(100) {
        all.extend(search(aws, table, Some(some)).await?);
    }
    Ok(all)
}

/// The static routes of a table, to these destinations or to all; none when the table does not exist.
async fn search(aws: &Aws, table: &str, destinations: Option<&[&str]>) -> Result<Vec<Remote>, Error> {
    let exact = |some: &[&str]| filter("route-search.exact-match", some.iter().copied());
    let filters: Vec<_> = destinations.map(exact).into_iter().chain([filter("type", ["static"])]).collect();
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let call = (aws.ec2().search_transit_gateway_routes())
            .transit_gateway_route_table_id(table)
            .set_filters(Some(filters.clone()))
            .set_next_token(token);
        match aws.call("ec2:SearchTransitGatewayRoutes", call.send()).await {
            Err(e) if e.has_code(&["InvalidRouteTableID.NotFound"]) => return Ok(Vec::new()),
            Err(e) => return Err(e),
            Ok(page) => {
                token = page.next_token.filter(|t| !t.is_empty());
                all.extend(page.routes.unwrap_or_default());
            }
        }
        if token.is_none() {
            return Ok(all);
        }
    }
}
