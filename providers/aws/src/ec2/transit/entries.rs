//! Which attachments a route table of a transit gateway is for (associations) and learns routes
//! from (propagations). Both are lists of a table, and are read table by table. Resources for either
//! are a [`TableEntry`].

use super::{PATIENCE, route_table};
use crate::Aws;
use crate::client::{Poll, retry_while, wait_until};
use crate::ec2::batch::{PAGE, all_failed, pages};
use crate::ec2::kind::parts;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{Attributes, Error, Failure, Value, try_join_all};

/// What an attachment is to a route table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Its traffic is routed by the table.
    Association,
    /// The table learns its routes.
    Propagation,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct About {
    pub(super) resource_id: String,
    pub(super) resource_type: String,
    pub(super) state: String,
}

/// Entries by route table and attachment.
pub(super) type Entries = HashMap<String, HashMap<String, About>>;

/// The entries of these tables that are there to stay; none for tables that do not exist.
pub(super) async fn entries_of<'a>(
    aws: &Aws,
    kind: Entry,
    tables: impl IntoIterator<Item = &'a str>,
) -> Result<Entries, Error> {
    let tables: BTreeSet<&str> = tables.into_iter().filter(|t| !t.is_empty()).collect();
    let read = tables.into_iter().map(|table| async move {
        let mut found = entries(aws, kind, table).await?;
        found.retain(|_, about| !matches!(about.state.as_str(), "disassociating" | "disabling" | "disabled"));
        Ok::<_, Error>((table.to_owned(), found))
    });
    Ok(try_join_all(read).await?.into_iter().collect())
}

/// All entries of a table. There is no call for several tables.
async fn entries(aws: &Aws, kind: Entry, table: &str) -> Result<HashMap<String, About>, Error> {
    let found = match kind {
        Entry::Association => associations(aws, table).await,
        Entry::Propagation => propagations(aws, table).await,
    };
    match found {
        Err(e) if no_table(&e) => Ok(HashMap::new()),
        other => other,
    }
}

async fn associations(aws: &Aws, table: &str) -> Result<HashMap<String, About>, Error> {
    let call = (aws.ec2().get_transit_gateway_route_table_associations())
        .transit_gateway_route_table_id(table)
        .max_results(PAGE);
    let found = pages!(aws, "ec2:GetTransitGatewayRouteTableAssociations", call)?;
    Ok(found
        .into_iter()
        .filter_map(|a| {
            let about = About {
                resource_id: a.resource_id.unwrap_or_default(),
                resource_type: a.resource_type.map_or_else(String::new, |t| t.as_str().to_owned()),
                state: a.state.map_or_else(String::new, |s| s.as_str().to_owned()),
            };
            Some((a.transit_gateway_attachment_id?, about))
        })
        .collect())
}

async fn propagations(aws: &Aws, table: &str) -> Result<HashMap<String, About>, Error> {
    let call = (aws.ec2().get_transit_gateway_route_table_propagations())
        .transit_gateway_route_table_id(table)
        .max_results(PAGE);
    let found = pages!(aws, "ec2:GetTransitGatewayRouteTablePropagations", call)?;
    Ok(found
        .into_iter()
        .filter_map(|p| {
            let about = About {
                resource_id: p.resource_id.unwrap_or_default(),
                resource_type: p.resource_type.map_or_else(String::new, |t| t.as_str().to_owned()),
                state: p.state.map_or_else(String::new, |s| s.as_str().to_owned()),
            };
            Some((p.transit_gateway_attachment_id?, about))
        })
        .collect())
}

/// The route table is gone.
fn no_table(error: &Error) -> bool {
    error.has_code(&["InvalidRouteTableID.NotFound", "InvalidTransitGatewayRouteTableID.NotFound"])
}

/// Repeats a change that has to wait for another one of the attachment or the table.
fn passes(error: &Error) -> bool {
    error.has_code(&["IncorrectState"])
}

impl Entry {
    /// Makes the entry; there already, for instance from an earlier attempt, is as good.
    pub(super) async fn add(self, aws: &Aws, table: &str, attachment: &str) -> Result<(), Error> {
        let made = match self {
            Entry::Association => {
                let call = (aws.ec2().associate_transit_gateway_route_table())
                    .transit_gateway_route_table_id(table)
                    .transit_gateway_attachment_id(attachment);
                let name = "ec2:AssociateTransitGatewayRouteTable";
                retry_while(PATIENCE, passes, || aws.call(name, call.clone().send())).await.map(|_| ())
            }
            Entry::Propagation => {
                let call = (aws.ec2().enable_transit_gateway_route_table_propagation())
                    .transit_gateway_route_table_id(table)
                    .transit_gateway_attachment_id(attachment);
                let name = "ec2:EnableTransitGatewayRouteTablePropagation";
                retry_while(PATIENCE, passes, || aws.call(name, call.clone().send())).await.map(|_| ())
            }
        };
        if let Err(error) = made {
            let there = ["Resource.AlreadyAssociated", "TransitGatewayRouteTablePropagation.Duplicate"];
            let present = error.has_code(&there) && self.find(aws, table, attachment).await?.is_some();
            if !present {
                return Err(error);
            }
        }
        self.wait(aws, table, attachment, true).await
    }

    /// Removes the entry; gone already is as good.
    pub(super) async fn remove(self, aws: &Aws, table: &str, attachment: &str) -> Result<(), Error> {
        let removed = match self {
            Entry::Association => {
                let call = (aws.ec2().disassociate_transit_gateway_route_table())
                    .transit_gateway_route_table_id(table)
                    .transit_gateway_attachment_id(attachment);
                let name = "ec2:DisassociateTransitGatewayRouteTable";
                retry_while(PATIENCE, passes, || aws.call(name, call.clone().send())).await.map(|_| ())
            }
            Entry::Propagation => {
                let call = (aws.ec2().disable_transit_gateway_route_table_propagation())
                    .transit_gateway_route_table_id(table)
                    .transit_gateway_attachment_id(attachment);
                let name = "ec2:DisableTransitGatewayRouteTablePropagation";
                retry_while(PATIENCE, passes, || aws.call(name, call.clone().send())).await.map(|_| ())
            }
        };
        match removed {
            Err(e) if crate::client::is_not_found(&e) => return Ok(()),
            other => other?,
        }
        self.wait(aws, table, attachment, false).await
    }

    /// The entry of an attachment in a table.
    pub(super) async fn find(self, aws: &Aws, table: &str, attachment: &str) -> Result<Option<About>, Error> {
        Ok(entries(aws, self, table).await?.remove(attachment))
    }

    async fn wait(self, aws: &Aws, table: &str, attachment: &str, present: bool) -> Result<(), Error> {
        let what = match self {
            Entry::Association => "association",
            Entry::Propagation => "propagation",
        };
        wait_until(&format!("the {what} of {attachment} with {table}"), PATIENCE, || async {
            let state = self.find(aws, table, attachment).await?.map(|about| about.state);
            Ok(match (present, state.as_deref()) {
                (true, Some("associated" | "enabled")) | (false, None | Some("disabled")) => Poll::Ready(()),
                (_, state) => Poll::Pending(state.unwrap_or("not found").to_owned()),
            })
        })
        .await
    }
}

/// A resource that is an entry of a route table.
pub(super) trait TableEntry: Sized + Clone {
    /// Which entry.
    const ENTRY: Entry;

    /// The route table and the attachment.
    fn key(&self) -> (&str, &str);

    /// The entry of an attachment in a route table.
    fn of(table: String, attachment: String) -> Self;

    /// The object under `id`, as EC2 describes it.
    fn with(self, id: String, about: About) -> Self;
}

/// Makes an entry. Table and attachment are its natural key: what an earlier attempt made is there.
pub(super) async fn create<R: TableEntry>(aws: &Aws, planned: R) -> Result<R, Failure<R>> {
    let (table, attachment) = planned.key();
    R::ENTRY.add(aws, table, attachment).await?;
    let id = format!("{table}_{attachment}");
    let found = R::ENTRY.find(aws, table, attachment).await;
    let unseen = || {
        let detail = format!("{attachment} is not in {table}.");
        aws.here(Error::new("The entry of the route table vanished", detail))
    };
    match found.and_then(|about| about.ok_or_else(unseen)) {
        Ok(about) => Ok(planned.clone().with(id, about)),
        Err(error) => {
            let nothing =
                About { resource_id: String::new(), resource_type: String::new(), state: String::new() };
            Err(Failure::partial(error, planned.clone().with(id, nothing)))
        }
    }
}

/// Reads entries, one request for each table and page.
pub(super) async fn read<R: TableEntry>(aws: &Aws, states: Vec<R>) -> Vec<Result<Option<R>, Error>> {
    match entries_of(aws, R::ENTRY, states.iter().map(|s| s.key().0)).await {
        Ok(found) => (states.into_iter())
            .map(|state| {
                let (table, attachment) = state.key();
                let about = found.get(table).and_then(|t| t.get(attachment)).cloned();
                let id = format!("{table}_{attachment}");
                Ok(about.map(|about| state.with(id, about)))
            })
            .collect(),
        Err(error) => all_failed(states.len(), &error),
    }
}

/// The entries of all tables.
pub(super) async fn list<R: TableEntry>(aws: &Aws) -> Result<Option<Vec<R>>, Error> {
    let tables = route_table::ids(aws).await?;
    let found = entries_of(aws, R::ENTRY, tables.iter().map(String::as_str)).await?;
    let of = |(table, entries): (String, HashMap<String, About>)| {
        entries.into_iter().map(move |(attachment, about)| {
            let id = format!("{table}_{attachment}");
            R::of(table.clone(), attachment).with(id, about)
        })
    };
    Ok(Some(found.into_iter().flat_map(of).collect()))
}

/// Deletes an entry.
pub(super) async fn delete<R: TableEntry>(aws: &Aws, state: &R) -> Result<(), Error> {
    let (table, attachment) = state.key();
    R::ENTRY.remove(aws, table, attachment).await
}

/// `tgw-rtb-1_tgw-attach-1`.
pub(super) fn import(id: &str) -> Result<Attributes, Error> {
    let [table, attachment] = parts(id, '_', ["ROUTE-TABLE-ID", "ATTACHMENT-ID"])?;
    Ok(vec![
        ("transit_gateway_route_table_id", Value::from(table)),
        ("transit_gateway_attachment_id", Value::from(attachment)),
    ])
}
