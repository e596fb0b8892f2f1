//! `aws_route_table_association`: the route table that a subnet or gateway uses.

use super::batch::{all_failed, describe_all};
use super::route::one_of;
use super::routing::{describe, describe_one, tables};
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::{RouteTableAssociation as Remote, RouteTableAssociationStateCode as State};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Computed, Diagnostics, Error, Failure, PlanContext, Resource, Value, async_trait,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Provides the association of a route table with a subnet, or with an internet or virtual
/// private gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_route_table_association", keep, timeouts(create = "5m", update = "2m", delete = "5m"))]
pub struct RouteTableAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// The route table.
    pub route_table_id: String,
    /// The subnet.
    #[attr(force_new)]
    pub subnet_id: Option<String>,
    /// The gateway.
    #[attr(force_new)]
    pub gateway_id: Option<String>,
}

#[async_trait]
impl Resource for RouteTableAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// Subnet or gateway are the natural key: they have one table.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let found = if cx.repeated { find(aws, &planned).await? } else { None };
        let id = match found.filter(|a| a.route_table_id() == Some(&planned.route_table_id)) {
            Some(association) => association.route_table_association_id.unwrap_or_default(),
            None => {
                let call = (aws.ec2().associate_route_table().route_table_id(&planned.route_table_id))
                    .set_subnet_id(planned.subnet_id.clone().filter(|s| !s.is_empty()))
                    .set_gateway_id(planned.gateway_id.clone().filter(|g| !g.is_empty()));
                let associate = || aws.call("ec2:AssociateRouteTable", call.clone().send());
                let created = retry_while(super::NEW_PARENT, is_not_found, associate).await?;
                created.association_id.unwrap_or_default()
            }
        };
        let created = RouteTableAssociation { id: id.as_str().into(), ..planned };
        match wait_associated(aws, &created, &id, cx.timeout_or(PATIENCE)).await {
            Ok(()) => Ok(created),
            Err(error) => Err(Failure::partial(aws.here(error), created)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let (by_id, by_key): (Vec<&Self>, Vec<&Self>) = states.iter().partition(|s| s.id.0.is_some());
        let ids = by_id.iter().filter_map(|s| s.id.as_deref());
        let tables = by_key.iter().map(|s| s.route_table_id.as_str());
        let found = futures::try_join!(
            describe_all(ids, |ids| describe(aws, "association.route-table-association-id", ids)),
            describe_all(tables, |ids| describe(aws, "route-table-id", ids)),
        );
        let associations: Vec<Remote> = match found {
            Ok((one, other)) => {
                one.into_iter().chain(other).flat_map(|t| t.associations.unwrap_or_default()).collect()
            }
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let remote = associations.iter().find(|a| match state.id.as_deref() {
                Some(id) => a.route_table_association_id() == Some(id),
                None => {
                    a.route_table_id() == Some(&state.route_table_id)
                        && (is(a.subnet_id(), &state.subnet_id) || is(a.gateway_id(), &state.gateway_id))
                }
            })?;
            (!is_gone(remote)).then(|| state.with(remote))
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// EC2 gives the association another id with its other table.
    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        if prior.route_table_id == planned.route_table_id {
            return Ok(RouteTableAssociation { id: prior.id, ..planned });
        }
        let call = (aws.ec2().replace_route_table_association())
            .association_id(prior.id.known()?)
            .route_table_id(&planned.route_table_id)
            .send();
        let replaced = match aws.call("ec2:ReplaceRouteTableAssociation", call).await {
            // It has gone, or an earlier attempt has replaced it.
            Err(e) if e.has_code(&["InvalidAssociationID.NotFound"]) => {
                return Self::create(aws, planned, cx).await;
            }
            other => other?,
        };
        let id = replaced.new_association_id.unwrap_or_default();
        let updated = RouteTableAssociation { id: id.as_str().into(), ..planned };
        match wait_associated(aws, &updated, &id, cx.timeout_or(PATIENCE)).await {
            Ok(()) => Ok(updated),
            Err(error) => Err(Failure::partial(aws.here(error), updated)),
        }
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        disassociate(aws, state.id.known()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let tables = tables(aws, None).await?.into_iter();
        let mut found: Vec<Remote> = tables.flat_map(|t| t.associations.unwrap_or_default()).collect();
        found.retain(|a| a.main() != Some(true) && !is_gone(a));
        Ok(Some(found.iter().map(|a| Self::default().with(a)).collect()))
    }

    fn import_id(&self) -> Option<String> {
        let set = |t: &Option<String>| t.clone().filter(|t| !t.is_empty());
        let target = set(&self.subnet_id).or_else(|| set(&self.gateway_id))?;
        Some(format!("{target}/{}", self.route_table_id))
    }

    /// `subnet-1/rtb-1` or `igw-1/rtb-1`.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        let Some((target, table)) = id.split_once('/').filter(|(t, r)| !t.is_empty() && !r.is_empty()) else {
            let detail = format!("{id:?} is not of the form SUBNET-OR-GATEWAY-ID/ROUTE-TABLE-ID.");
            return Err(Error::new("Invalid import id", detail));
        };
        let attribute = if target.starts_with("subnet-") { "subnet_id" } else { "gateway_id" };
        Ok(vec![(attribute, Value::from(target)), ("route_table_id", Value::from(table))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("route_table_id") {
            cx.set_unknown("id");
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, &["subnet_id", "gateway_id"], "subnet or gateway", diagnostics);
    }
}

impl RouteTableAssociation {
    fn with(self, remote: &Remote) -> RouteTableAssociation {
        RouteTableAssociation {
            id: remote.route_table_association_id.clone().into(),
            route_table_id: remote.route_table_id.clone().unwrap_or_default(),
            subnet_id: remote.subnet_id.clone(),
            gateway_id: remote.gateway_id.clone(),
        }
    }
}

fn is_gone(association: &Remote) -> bool {
    association.association_state().and_then(|s| s.state()) == Some(&State::Disassociated)
}

fn is(remote: Option<&str>, wanted: &Option<String>) -> bool {
    wanted.as_deref().is_some_and(|w| !w.is_empty()) && remote == wanted.as_deref()
}

/// The association that the subnet or gateway has.
async fn find(aws: &Aws, planned: &RouteTableAssociation) -> Result<Option<Remote>, Error> {
    let tables = describe(aws, "route-table-id", vec![planned.route_table_id.clone()]).await?;
    let mut all = tables.into_iter().flat_map(|t| t.associations.unwrap_or_default());
    Ok(all.find(|a| is(a.subnet_id(), &planned.subnet_id) || is(a.gateway_id(), &planned.gateway_id)))
}

/// Waits until the table of an association knows it; shares calls with others.
async fn wait_associated(
    aws: &Aws,
    association: &RouteTableAssociation,
    id: &str,
    timeout: Duration,
) -> Result<(), Error> {
    wait_until(&format!("route table association {id}"), timeout, || async {
        let table = describe_one(aws, &association.route_table_id).await?;
        let mut all = table.iter().flat_map(|t| t.associations());
        let found = all.find(|a| a.route_table_association_id() == Some(id));
        let Some(found) = found else { return Ok(Poll::Pending("not found".into())) };
        match found.association_state().and_then(|s| s.state()) {
            Some(State::Associating) => Ok(Poll::Pending("associating".into())),
            Some(State::Failed) => {
                let why = found
                    .association_state()
                    .and_then(|s| s.status_message())
                    .unwrap_or("AWS gives no reason.");
                Err(Error::new("The route table was not associated", why))
            }
            _ => Ok(Poll::Ready(())),
        }
    })
    .await
}

/// Ends an association; one that has ended already is no error.
pub(super) async fn disassociate(aws: &Aws, id: &str) -> Result<(), Error> {
    let call = || {
        aws.call("ec2:DisassociateRouteTable", aws.ec2().disassociate_route_table().association_id(id).send())
    };
    let busy = |e: &Error| e.has_code(&["IncorrectState"]);
    match retry_while(PROPAGATION, busy, call).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}
