//! Whether attachments, of any kind, are in the default route tables of their gateway. Only the owner of
//! a gateway sees its tables.

use super::entries::{Entries, Entry, entries_of};
use crate::Aws;
use crate::ec2::batch::{PAGE, describe_all, filter, pages};
use aws_sdk_ec2::types;
use std::collections::HashMap;
use terrane_sdk::Error;

/// One of a gateway's default route tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// The one that new attachments are associated with.
    Association,
    /// The one that new attachments propagate routes to.
    Propagation,
}

/// Which of a gateway's default route tables an attachment is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Defaults {
    pub(super) association: bool,
    pub(super) propagation: bool,
}

/// The default route tables of a gateway of the account's.
#[derive(Clone, Debug, Default)]
pub(super) struct Gateway {
    pub(super) association: Option<String>,
    pub(super) propagation: Option<String>,
}

/// The gateways with these ids, if they are the account's: to others their tables are hidden.
pub(super) async fn own_gateways<'a>(
    aws: &Aws,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, Gateway>, Error> {
    let describe = |ids: Vec<String>| async move {
        let call = (aws.ec2().describe_transit_gateways())
            .filters(filter("transit-gateway-id", ids))
            .max_results(PAGE);
        pages!(aws, "ec2:DescribeTransitGateways", call)
    };
    let key = |g: &types::TransitGateway| g.transit_gateway_id().map(str::to_owned);
    let found = describe_all(ids, describe).await?;
    let account = aws.account().await?;
    let own = found.into_iter().filter(|g| g.owner_id() == Some(&*account));
    Ok(own
        .filter_map(|g| {
            let options = g.options();
            let gateway = Gateway {
                association: options.and_then(|o| o.association_default_route_table_id()).map(str::to_owned),
                propagation: options.and_then(|o| o.propagation_default_route_table_id()).map(str::to_owned),
            };
            Some((key(&g)?, gateway))
        })
        .collect())
}

/// For each attachment, given with its gateway, of the account's own gateways, whether it is in their
/// default tables. One request for each table and page.
pub(super) async fn defaults(
    aws: &Aws,
    attachments: &HashMap<String, String>,
) -> Result<HashMap<String, Defaults>, Error> {
    let gateways = own_gateways(aws, attachments.values().map(String::as_str)).await?;
    let association = gateways.values().filter_map(|g| g.association.as_deref());
    let propagation = gateways.values().filter_map(|g| g.propagation.as_deref());
    let (associated, propagated) = futures::try_join!(
        entries_of(aws, Entry::Association, association),
        entries_of(aws, Entry::Propagation, propagation),
    )?;
    let within = |table: Option<&String>, id: &String, found: &Entries| {
        table.is_some_and(|table| found.get(table).is_some_and(|ids| ids.contains_key(id)))
    };
    Ok(attachments
        .iter()
        .filter_map(|(id, gateway)| {
            let gateway = gateways.get(gateway)?;
            let defaults = Defaults {
                association: within(gateway.association.as_ref(), id, &associated),
                propagation: within(gateway.propagation.as_ref(), id, &propagated),
            };
            Some((id.clone(), defaults))
        })
        .collect())
}

/// The same for one attachment.
pub(super) async fn defaults_of(
    aws: &Aws,
    attachment: &str,
    gateway: &str,
) -> Result<Option<Defaults>, Error> {
    let one = HashMap::from([(attachment.to_owned(), gateway.to_owned())]);
    Ok(defaults(aws, &one).await?.remove(attachment))
}

/// Puts an attachment into the default tables of a gateway of the account's, or takes it out.
pub(super) async fn change_defaults(
    aws: &Aws,
    attachment: &str,
    gateway: &str,
    wanted: Defaults,
) -> Result<(), Error> {
    let Some(tables) = own_gateways(aws, [gateway]).await?.remove(gateway) else { return Ok(()) };
    let now = defaults_of(aws, attachment, gateway).await?;
    let now = now.unwrap_or(Defaults { association: false, propagation: false });
    let pairs = [
        (Entry::Association, &tables.association, now.association, wanted.association),
        (Entry::Propagation, &tables.propagation, now.propagation, wanted.propagation),
    ];
    for (kind, table, now, wanted) in pairs {
        let Some(table) = table else { continue };
        match (now, wanted) {
            (false, true) => kind.add(aws, table, attachment).await?,
            (true, false) => kind.remove(aws, table, attachment).await?,
            _ => {}
        }
    }
    Ok(())
}
