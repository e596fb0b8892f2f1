//! `aws_route_table`: where traffic from subnets goes, with routes of its own or without.

use super::batch::{all_failed, describe_by};
use super::kind::by_ids;
use super::operation::{creation_tags, find_made, finish};
use super::route::{TARGETS, one_of};
use super::routing::{self, InlineRoute, describe, describe_one};
use super::tagging::{tag_map, update_tags};
use super::validate::{ipv4_network_or_empty, ipv6_network};
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while, wait_until};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value, async_trait,
    try_join_all,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Attributes of a route inside a table that say where it leads to.
const DESTINATIONS: [&str; 3] = ["cidr_block", "ipv6_cidr_block", "destination_prefix_list_id"];

type Check = fn(&Value) -> Result<(), String>;

/// Provides a route table of a VPC.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_route_table", keep, timeouts(create = "5m", update = "2m", delete = "5m"))]
pub struct RouteTable {
    /// The id of the table.
    pub id: Computed<String>,
    /// The ARN of the table.
    pub arn: Computed<String>,
    /// The VPC the table is in.
    #[attr(force_new)]
    pub vpc_id: String,
    /// Virtual private gateways whose routes come into the table. Unset: whatever there are.
    pub propagating_vgws: Auto<BTreeSet<String>>,
    /// The routes. Unset: whatever there are.
    #[attr(as_blocks)]
    pub route: Auto<BTreeSet<InlineRoute>>,
    /// The account that owns the table.
    pub owner_id: Computed<String>,
    /// The tags of the table.
    pub tags: Tags,
}

#[async_trait]
impl Resource for RouteTable {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = RouteTable { id: id.as_str().into(), ..planned.clone() };
        let timeout = cx.timeout_or(PATIENCE);
        let complete = async {
            let table = wait_visible(aws, &id, timeout).await?;
            let new = started.clone().with(aws, table, &BTreeSet::new());
            change(aws, &id, &new, &planned, timeout).await?;
            read_back(aws, &started, &id).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        match describe_by(ids, |ids| describe(aws, "route-table-id", ids), |t| t.route_table_id()).await {
            Ok(mut found) => {
                let is_new = |s: &&Self| s.route.0.is_none();
                let new = states.iter().filter(is_new).filter_map(|s| found.get(s.id.as_deref()?));
                let balanced = match balanced(aws, new).await {
                    Ok(balanced) => balanced,
                    Err(error) => return all_failed(states.len(), &error),
                };
                (states.into_iter())
                    .map(|state| {
                        let remote = found.remove(state.id.as_deref().unwrap_or_default());
                        Ok(remote.map(|remote| state.with(aws, remote, &balanced)))
                    })
                    .collect()
            }
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        change(aws, &id, &prior, &planned, cx.timeout_or(PATIENCE)).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        // A table that subnets use cannot be deleted: they fall back to the main one.
        let table = describe_one(aws, id).await?;
        for association in table.iter().flat_map(|t| t.associations()).filter(|a| a.main() != Some(true)) {
            if let Some(association) = association.route_table_association_id() {
                super::route_table_association::disassociate(aws, association).await?;
            }
        }
        let delete =
            || aws.call("ec2:DeleteRouteTable", aws.ec2().delete_route_table().route_table_id(id).send());
        let in_use = |e: &Error| e.has_code(&["DependencyViolation"]);
        match retry_while(cx.timeout_or(PATIENCE), in_use, delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = routing::tables(aws, None).await?;
        let balanced = balanced(aws, found.iter()).await?;
        Ok(Some(found.into_iter().map(|t| RouteTable::empty().with(aws, t, &balanced)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let routes = config.attribute("route").unwrap_or(Value::NULL);
        for route in routes.as_slice().into_iter().flatten().filter(|r| r.is_known()) {
            one_of(route, &DESTINATIONS, "destination of a route", diagnostics);
            one_of(route, &TARGETS, "target of a route", diagnostics);
            for (name, check) in
                [("cidr_block", ipv4_network_or_empty as Check), ("ipv6_cidr_block", ipv6_network)]
            {
                let value = route.attribute(name).filter(|v| v.is_known()).unwrap_or(Value::NULL);
                if let Err(problem) = check(&value) {
                    let problem = Diagnostic::error("Invalid network", format!("{problem}."));
                    diagnostics.push(problem.on_attribute("route"));
                }
            }
        }
    }
}

impl RouteTable {
    fn empty() -> RouteTable {
        RouteTable {
            id: None.into(),
            arn: None.into(),
            vpc_id: String::new(),
            propagating_vgws: None.into(),
            route: None.into(),
            owner_id: None.into(),
            tags: Tags::new(),
        }
    }

    /// This object as EC2 describes it. Of routes that it does not know, those to `balanced` endpoints are its own, too.
    fn with(self, aws: &Aws, remote: types::RouteTable, balanced: &BTreeSet<String>) -> RouteTable {
        let id = remote.route_table_id.clone().unwrap_or_default();
        let owner = remote.owner_id.clone().unwrap_or_default();
        let known = self.route.0.clone().unwrap_or_default();
        let route = |remote: &types::Route| {
            let destination = routing::destination_of(remote)?;
            let known = known.iter().find(|k| k.destination().is_some_and(|d| d.is_same(&destination)));
            let is_balanced = remote.gateway_id().is_some_and(|id| balanced.contains(id));
            if known.is_none() && !is_balanced && InlineRoute::is_automatic(remote) {
                return None;
            }
            let mut now = InlineRoute::from_remote(remote);
            if let Some(known) = known {
                // However the network is spelled.
                now.ipv6_cidr_block = known.ipv6_cidr_block.clone();
            }
            Some(now)
        };
        let propagating = remote.propagating_vgws().iter().filter_map(|v| v.gateway_id.clone());
        RouteTable {
            arn: aws.ec2_arn(&owner, &format!("route-table/{id}")).into(),
            propagating_vgws: propagating.collect::<BTreeSet<_>>().into(),
            route: remote.routes().iter().filter_map(route).collect::<BTreeSet<_>>().into(),
            vpc_id: remote.vpc_id.unwrap_or_default(),
            owner_id: owner.into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}

/// The endpoints of Gateway Load Balancers to which tables have routes by prefix lists, as EC2 makes them for
/// gateway endpoints.
async fn balanced<'a>(
    aws: &Aws,
    tables: impl Iterator<Item = &'a types::RouteTable>,
) -> Result<BTreeSet<String>, Error> {
    let by_list = tables.flat_map(|t| t.routes()).filter(|r| r.destination_prefix_list_id().is_some());
    let endpoints = by_list.filter_map(|r| r.gateway_id()).filter(|id| id.starts_with("vpce-"));
    let mut found = by_ids::<types::VpcEndpoint>(aws, endpoints).await?;
    found.retain(|_, e| e.vpc_endpoint_type() == Some(&types::VpcEndpointType::GatewayLoadBalancer));
    Ok(found.into_keys().collect())
}

async fn create(aws: &Aws, planned: &RouteTable, cx: &ApplyContext) -> Result<String, Error> {
    let call = (aws.ec2().create_route_table())
        .vpc_id(&planned.vpc_id)
        .client_token(cx.token.to_string())
        .tag_specifications(creation_tags(ResourceType::RouteTable, &planned.tags, cx));
    let create = || aws.call("ec2:CreateRouteTable", call.clone().send());
    let unknown_vpc = |e: &Error| e.has_code(&["InvalidVpcID.NotFound"]);
    let created = retry_while(super::NEW_PARENT, unknown_vpc, create).await?;
    let id = created.route_table.and_then(|t| t.route_table_id);
    id.ok_or_else(|| Error::new("CreateRouteTable failed", "The answer has no id."))
}

/// Changes routes and propagation from what is there to what is planned, as far as the plan says.
pub(super) async fn change(
    aws: &Aws,
    id: &str,
    before: &RouteTable,
    after: &RouteTable,
    timeout: Duration,
) -> Result<(), Error> {
    let none = BTreeSet::new();
    if let Some(after) = &after.route.0 {
        let before = before.route.0.as_ref().unwrap_or(&none);
        change_routes(aws, id, before, after, timeout).await?;
    }
    if let Some(after) = &after.propagating_vgws.0 {
        let none = BTreeSet::new();
        let before = before.propagating_vgws.0.as_ref().unwrap_or(&none);
        for gateway in before.difference(after) {
            let call =
                aws.ec2().disable_vgw_route_propagation().route_table_id(id).gateway_id(gateway).send();
            aws.call("ec2:DisableVgwRoutePropagation", call).await?;
        }
        for gateway in after.difference(before) {
            let call = aws.ec2().enable_vgw_route_propagation().route_table_id(id).gateway_id(gateway);
            let enable = || aws.call("ec2:EnableVgwRoutePropagation", call.clone().send());
            // A gateway may still be on its way to being attached.
            let early = |e: &Error| is_not_found(e) || e.has_code(&["Gateway.NotAttached"]);
            retry_while(timeout, early, enable).await?;
        }
    }
    Ok(())
}

async fn change_routes(
    aws: &Aws,
    id: &str,
    before: &BTreeSet<InlineRoute>,
    after: &BTreeSet<InlineRoute>,
    timeout: Duration,
) -> Result<(), Error> {
    let same_destination = |a: &InlineRoute, b: &InlineRoute| {
        a.destination().zip(b.destination()).is_some_and(|(a, b)| a.is_same(&b))
    };
    let gone = before.iter().filter(|b| !after.iter().any(|a| same_destination(a, b)));
    try_join_all(
        gone.filter_map(InlineRoute::destination)
            .map(|destination| async move { routing::delete(aws, id, &destination).await }),
    )
    .await?;
    try_join_all(after.iter().map(|route| async move {
        match before.iter().find(|b| same_destination(b, route)) {
            Some(there) if there.has_target_of(route) => Ok(()),
            Some(_) => route.replace(aws, id).await,
            // What an earlier attempt made is among those before.
            None => route.create(aws, id, timeout, false).await,
        }
    }))
    .await?;
    Ok(())
}

async fn wait_visible(aws: &Aws, id: &str, timeout: Duration) -> Result<types::RouteTable, Error> {
    wait_until(&format!("route table {id}"), timeout, || async {
        Ok(describe_one(aws, id).await?.map_or_else(|| Poll::Pending("not found".into()), Poll::Ready))
    })
    .await
}

async fn read_back(aws: &Aws, planned: &RouteTable, id: &str) -> Result<RouteTable, Error> {
    Ok(planned.clone().with(aws, wait_visible(aws, id, PROPAGATION).await?, &BTreeSet::new()))
}
