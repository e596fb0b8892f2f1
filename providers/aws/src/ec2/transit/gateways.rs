//! Transit gateways as EC2 describes them: found, waited for, and their default route tables.

use super::PATIENCE;
use super::default_tables::Table;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::{PAGE, all_failed, pages};
use crate::ec2::kind::{self, Kind, kind};
use aws_sdk_ec2::types::{self, ModifyTransitGatewayOptions, TransitGatewayState as State};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Error};

kind!(
    types::TransitGateway,
    "transit gateway",
    Some("transit-gateway-id"),
    transit_gateway_id,
    |aws, filters| {
        let call = aws.ec2().describe_transit_gateways().set_filters(filters).max_results(PAGE);
        pages!(aws, "ec2:DescribeTransitGateways", call)
    },
    gone: |gateway| matches!(gateway.state(), Some(State::Deleted | State::Deleting))
);

/// Waits until a gateway is available.
pub(super) async fn wait_available(
    aws: &Aws,
    id: &str,
    timeout: Duration,
) -> Result<types::TransitGateway, Error> {
    let ready = |found: Option<types::TransitGateway>| match found {
        Some(gateway) if gateway.state() == Some(&State::Available) => Ok(Poll::Ready(gateway)),
        Some(gateway) if gateway.is_gone() => {
            Err(Error::new("The transit gateway vanished", format!("{id} is being deleted.")))
        }
        other => {
            let state = other.and_then(|g| g.state);
            Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned())))
        }
    };
    kind::wait(aws, id, "to be available", timeout, ready).await
}

/// Waits until a gateway is gone.
pub(super) async fn wait_gone(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let gone = |found: Option<types::TransitGateway>| {
        Ok(match found.and_then(|g| g.state) {
            None | Some(State::Deleted) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    };
    kind::wait(aws, id, "to be deleted", timeout, gone).await
}

fn default_of(gateway: &types::TransitGateway, table: Table) -> Option<String> {
    let options = gateway.options()?;
    match table {
        Table::Association => options.association_default_route_table_id.clone(),
        Table::Propagation => options.propagation_default_route_table_id.clone(),
    }
}

/// The default route table of each gateway; `None` for gateways that are gone or have none.
pub(super) async fn default_of_each(
    aws: &Aws,
    table: Table,
    gateways: Vec<String>,
) -> Vec<Result<Option<String>, Error>> {
    match kind::by_ids::<types::TransitGateway>(aws, gateways.iter().map(String::as_str)).await {
        Ok(found) => gateways.iter().map(|id| Ok(found.get(id).and_then(|g| default_of(g, table)))).collect(),
        Err(error) => all_failed(gateways.len(), &error),
    }
}

/// Makes a route table a default one of its gateway; the one that the gateway had.
pub(super) async fn choose_default(
    aws: &Aws,
    gateway: &str,
    which: Table,
    table: &str,
    cx: &ApplyContext,
) -> Result<String, Error> {
    let timeout = cx.timeout_or(PATIENCE);
    let now = wait_available(aws, gateway, timeout).await?;
    let before = default_of(&now, which).unwrap_or_default();
    if before == table {
        return Ok(before);
    }
    let options = ModifyTransitGatewayOptions::builder();
    let options = match which {
        Table::Association => options.association_default_route_table_id(table),
        Table::Propagation => options.propagation_default_route_table_id(table),
    };
    let call = aws.ec2().modify_transit_gateway().transit_gateway_id(gateway).options(options.build());
    let modify = || aws.call("ec2:ModifyTransitGateway", call.clone().send());
    retry_while(timeout, |e| e.has_code(&["IncorrectState"]), modify).await?;
    wait_available(aws, gateway, timeout).await?;
    Ok(before)
}

/// Lets a gateway go back to a default route table; without one, or without the gateway, nothing happens.
pub(super) async fn restore_default(
    aws: &Aws,
    gateway: &str,
    which: Table,
    table: &str,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let there = kind::find::<types::TransitGateway>(aws, gateway).await?.is_some_and(|g| !g.is_gone());
    if table.is_empty() || !there {
        return Ok(());
    }
    match choose_default(aws, gateway, which, table, cx).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}
