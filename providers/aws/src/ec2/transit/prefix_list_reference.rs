//! `aws_ec2_transit_gateway_prefix_list_reference`: routes of a transit gateway to all networks of a
//! prefix list.

use super::{PATIENCE, route_table};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::{PAGE, all_failed, filter, pages};
use crate::ec2::kind::{parts, set};
use aws_sdk_ec2::types::{
    TransitGatewayPrefixListReference as Remote, TransitGatewayPrefixListReferenceState as State,
};
use std::collections::{HashMap, HashSet};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value,
    async_trait, try_join_all,
};

/// Routes traffic to the networks of a prefix list.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_transit_gateway_prefix_list_reference", keep)]
pub struct TransitGatewayPrefixListReference {
    /// The route table and the prefix list.
    pub id: Computed<String>,
    /// Whether traffic to the networks is dropped.
    #[attr(default = false)]
    pub blackhole: Option<bool>,
    /// The prefix list.
    #[attr(force_new)]
    pub prefix_list_id: String,
    /// The account that owns the prefix list.
    pub prefix_list_owner_id: Computed<String>,
    /// The attachment by which traffic leaves.
    pub transit_gateway_attachment_id: Option<String>,
    /// The route table.
    #[attr(force_new)]
    pub transit_gateway_route_table_id: String,
}

#[async_trait]
impl Resource for TransitGatewayPrefixListReference {
    type Client = Aws;

    const PART: bool = true;

    /// The prefix list is the natural key in its table: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = if cx.repeated { planned.find(aws).await? } else { None };
        if made.is_none() {
            let create = || {
                let call = (aws.ec2().create_transit_gateway_prefix_list_reference())
                    .transit_gateway_route_table_id(&planned.transit_gateway_route_table_id)
                    .prefix_list_id(&planned.prefix_list_id)
                    .set_blackhole(planned.blackhole.filter(|b| *b))
                    .set_transit_gateway_attachment_id(set(planned.transit_gateway_attachment_id.as_deref()))
                    .send();
                aws.call("ec2:CreateTransitGatewayPrefixListReference", call)
            };
            retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), create).await?;
        }
        let started = TransitGatewayPrefixListReference { id: planned.made_id().into(), ..planned };
        match started.wait(aws).await {
            Ok(remote) => Ok(started.with(remote)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let tables: HashSet<&str> =
            states.iter().map(|s| s.transit_gateway_route_table_id.as_str()).collect();
        let reads = tables.into_iter().map(|table| async move {
            // A filter of the one prefix list would need a call for each object.
            Ok::<_, Error>((table.to_owned(), references(aws, table, None).await?))
        });
        match try_join_all(reads).await {
            Ok(found) => {
                let found: HashMap<String, Vec<Remote>> = found.into_iter().collect();
                states
                    .into_iter()
                    .map(|state| {
                        let table = found.get(&state.transit_gateway_route_table_id);
                        let wanted = |r: &&Remote| r.prefix_list_id() == Some(&*state.prefix_list_id);
                        let remote = table.and_then(|t| t.iter().find(wanted)).cloned();
                        Ok(remote.map(|remote| state.with(remote)))
                    })
                    .collect()
            }
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let modify = || {
            let call = (aws.ec2().modify_transit_gateway_prefix_list_reference())
                .transit_gateway_route_table_id(&planned.transit_gateway_route_table_id)
                .prefix_list_id(&planned.prefix_list_id)
                .blackhole(planned.blackhole.unwrap_or_default())
                .set_transit_gateway_attachment_id(set(planned.transit_gateway_attachment_id.as_deref()))
                .send();
            aws.call("ec2:ModifyTransitGatewayPrefixListReference", call)
        };
        retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), modify).await?;
        let remote = planned.wait(aws).await?;
        Ok(planned.with(remote))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let delete = || {
            let call = (aws.ec2().delete_transit_gateway_prefix_list_reference())
                .transit_gateway_route_table_id(&state.transit_gateway_route_table_id)
                .prefix_list_id(&state.prefix_list_id)
                .send();
            aws.call("ec2:DeleteTransitGatewayPrefixListReference", call)
        };
        match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => drop(other?),
        }
        let list = &state.prefix_list_id;
        wait_until(&format!("the reference to {list} to be deleted"), PATIENCE, || async {
            Ok(match state.find(aws).await? {
                None => Poll::Ready(()),
                Some(_) => Poll::Pending("deleting".into()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |table: String| async move {
            let object = |remote: Remote| {
                let prefix_list_id = remote.prefix_list_id.clone().unwrap_or_default();
                let transit_gateway_route_table_id = table.clone();
                Self { prefix_list_id, transit_gateway_route_table_id, ..Self::default() }.with(remote)
            };
            let found = references(aws, &table, None).await?;
            Ok::<_, Error>(found.into_iter().map(object).collect::<Vec<_>>())
        };
        let found = try_join_all(route_table::ids(aws).await?.into_iter().map(of)).await?;
        Ok(Some(found.into_iter().flatten().collect()))
    }

    /// `tgw-rtb-1_pl-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [table, list] = parts(id, '_', ["ROUTE-TABLE-ID", "PREFIX-LIST-ID"])?;
        Ok(vec![
            ("transit_gateway_route_table_id", Value::from(table)),
            ("prefix_list_id", Value::from(list)),
        ])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let attribute = |name: &str| config.attribute(name).unwrap_or(Value::NULL);
        let (hole, to) = (attribute("blackhole"), attribute("transit_gateway_attachment_id"));
        let leads = to.as_str().is_some_and(|t| !t.is_empty());
        if hole.is_known() && to.is_known() && leads && hole.as_bool() == Some(true) {
            let detail = "A reference leads to transit_gateway_attachment_id, or has blackhole = true.";
            diagnostics.push(Diagnostic::error("Only one target is possible", detail));
        }
    }
}

impl TransitGatewayPrefixListReference {
    fn made_id(&self) -> String {
        format!("{}_{}", self.transit_gateway_route_table_id, self.prefix_list_id)
    }

    async fn find(&self, aws: &Aws) -> Result<Option<Remote>, Error> {
        let found = references(aws, &self.transit_gateway_route_table_id, Some(&self.prefix_list_id)).await?;
        Ok(found.into_iter().next())
    }

    async fn wait(&self, aws: &Aws) -> Result<Remote, Error> {
        wait_until(&format!("the reference to {}", self.prefix_list_id), PATIENCE, || async {
            Ok(match self.find(aws).await? {
                Some(remote) if remote.state() == Some(&State::Available) => Poll::Ready(remote),
                other => {
                    let state = other.and_then(|r| r.state);
                    Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned()))
                }
            })
        })
        .await
    }

    /// This object as EC2 describes it.
    fn with(self, remote: Remote) -> TransitGatewayPrefixListReference {
        let attachment = remote.transit_gateway_attachment.and_then(|a| a.transit_gateway_attachment_id);
        TransitGatewayPrefixListReference {
            id: self.made_id().into(),
            blackhole: Some(remote.blackhole.unwrap_or_default()),
            prefix_list_owner_id: remote.prefix_list_owner_id.unwrap_or_default().into(),
            transit_gateway_attachment_id: set(attachment.as_deref()),
            ..self
        }
    }
}

/// The references of a table that are there to stay; none when the table does not exist.
async fn references(aws: &Aws, table: &str, list: Option<&str>) -> Result<Vec<Remote>, Error> {
    if table.is_empty() {
        return Ok(Vec::new());
    }
    let call = (aws.ec2().get_transit_gateway_prefix_list_references())
        .transit_gateway_route_table_id(table)
        .set_filters(list.map(|list| vec![filter("prefix-list-id", [list])]))
        .max_results(PAGE);
    match pages!(aws, "ec2:GetTransitGatewayPrefixListReferences", call) {
        Err(e) if is_not_found(&e) => Ok(Vec::new()),
        Err(e) => Err(e),
        Ok(mut found) => {
            found.retain(|r: &Remote| r.state() != Some(&State::Deleting));
            Ok(found)
        }
    }
}
