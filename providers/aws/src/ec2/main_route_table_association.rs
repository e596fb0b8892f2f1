//! `aws_main_route_table_association`: the route table that subnets of a VPC use when they have no
//! other.

use super::batch::{all_failed, describe_all};
use super::routing::{describe, main_tables};
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::{RouteTable, RouteTableAssociation, RouteTableAssociationStateCode as State};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Makes a route table the main one of a VPC. When it is destroyed, the table that was the main one
/// before is it again.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_main_route_table_association",
    keep,
    timeouts(create = "5m", update = "2m", delete = "5m")
)]
pub struct MainRouteTableAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// The table that was the main one before.
    pub original_route_table_id: Computed<String>,
    /// The route table.
    pub route_table_id: String,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
}

fn main_of(table: &RouteTable) -> Option<&RouteTableAssociation> {
    table.associations().iter().find(|a| a.main() == Some(true))
}

/// The main association of a VPC.
async fn find(aws: &Aws, vpc: &str) -> Result<Option<RouteTableAssociation>, Error> {
    let found = main_tables(aws, vec![vpc.to_owned()]).await?;
    Ok(found.iter().find_map(|t| main_of(t).cloned()))
}

/// Gives an association another table, which may be `new`, and waits for it. EC2 answers another id.
async fn replace(
    aws: &Aws,
    association: &str,
    table: &str,
    new: bool,
    timeout: Duration,
) -> Result<String, Error> {
    let call = aws.ec2().replace_route_table_association().association_id(association).route_table_id(table);
    let early = |e: &Error| new && e.has_code(&["InvalidRouteTableID.NotFound"]);
    let replace = || aws.call("ec2:ReplaceRouteTableAssociation", call.clone().send());
    let replaced = retry_while(PROPAGATION.min(timeout), early, replace).await?;
    let id = super::kind::created("ec2:ReplaceRouteTableAssociation", replaced.new_association_id)?;
    wait_until(&format!("main route table association {id}"), timeout, || async {
        let tables = describe(aws, "route-table-id", vec![table.to_owned()]).await?;
        Ok(
            match tables.iter().find_map(main_of).and_then(|a| a.association_state()).and_then(|s| s.state())
            {
                Some(State::Associating) => Poll::Pending("associating".into()),
                None if tables.iter().find_map(main_of).is_none() => Poll::Pending("not found".into()),
                _ => Poll::Ready(()),
            },
        )
    })
    .await?;
    Ok(id)
}

#[async_trait]
impl Resource for MainRouteTableAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The VPC is the natural key: it has one main table. After a crash the table of before may be
    /// forgotten; then there is none to go back to but the one that is the main one.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let main = find(aws, &planned.vpc_id).await?.ok_or_else(|| {
            let detail = format!("{} has none.", planned.vpc_id);
            Error::new("The VPC has no main route table", detail).attribute("vpc_id")
        })?;
        let before = main.route_table_id.unwrap_or_default();
        let association = main.route_table_association_id.unwrap_or_default();
        let id = match before == planned.route_table_id {
            true => association,
            false => {
                replace(aws, &association, &planned.route_table_id, true, cx.timeout_or(PATIENCE)).await?
            }
        };
        Ok(Self { id: id.into(), original_route_table_id: before.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let vpcs = states.iter().map(|s| s.vpc_id.as_str());
        let tables = match describe_all(vpcs, |vpcs| main_tables(aws, vpcs)).await {
            Ok(tables) => tables,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let table = tables.iter().find(|t| t.vpc_id() == Some(&state.vpc_id))?;
            let id = main_of(table)?.route_table_association_id();
            // After an import the id is not known.
            let is_it = state.id.0.is_none() || state.id.as_deref() == id;
            let route_table_id = table.route_table_id.clone().unwrap_or_default();
            is_it.then(|| Self { id: id.map(str::to_owned).into(), route_table_id, ..state })
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        let id = match prior.route_table_id == planned.route_table_id {
            true => id.clone(),
            false => replace(aws, id, &planned.route_table_id, true, cx.timeout_or(PATIENCE)).await?,
        };
        Ok(Self { id: id.into(), original_route_table_id: prior.original_route_table_id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let Some(original) = state.original_route_table_id.as_deref() else { return Ok(()) };
        match replace(aws, state.id.known()?, original, false, cx.timeout_or(PATIENCE)).await {
            // The association is another one by now, or the table of before is gone for good.
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let tables = describe(aws, "association.main", vec!["true".into()]).await?;
        let object = |table: RouteTable| {
            let id = main_of(&table)?.route_table_association_id.clone().into();
            let (route_table_id, vpc_id) = (table.route_table_id?, table.vpc_id?);
            Some(Self { id, route_table_id, vpc_id, ..Self::default() })
        };
        Ok(Some(tables.into_iter().filter_map(object).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(self.vpc_id.clone())
    }

    /// The id of the VPC. What was the main table before is not known then, so that this one stays it when the resource
    /// is destroyed.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("vpc_id", Value::from(id))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("route_table_id") {
            cx.set_unknown("id");
        }
    }
}
