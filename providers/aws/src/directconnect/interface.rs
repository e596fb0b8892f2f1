//! What virtual interfaces of all kinds have in common: how they are described, waited for, changed and
//! deleted, and the numbers of autonomous systems, which have a short and a long form.

use super::calls::{is_missing, or_missing, pages, there, wait_for};
use super::connection;
use crate::Aws;
use crate::ec2::all_failed;
use aws_sdk_directconnect::types::{VirtualInterface as Remote, VirtualInterfaceState as State};
use std::collections::HashSet;
use std::time::Duration;
use terrane_sdk::{Diagnostic, Diagnostics, Error, Value};

/// The states of an interface that works, or would if the line did.
pub(super) const WORKING: &[&str] = &["available", "down", "verifying"];

/// The same, or that waits for its owner's consent.
pub(super) const OFFERED: &[&str] = &["available", "confirming", "down", "verifying"];

/// All interfaces that the account sees.
pub(super) async fn all(aws: &Aws) -> Result<Vec<Remote>, Error> {
    let call = || aws.directconnect().describe_virtual_interfaces();
    pages!(aws, "directconnect:DescribeVirtualInterfaces", call(), virtual_interfaces)
}

/// The interfaces of a kind that are there to stay.
pub(super) async fn living(aws: &Aws, kind: &str) -> Result<Vec<Remote>, Error> {
    let mut found = all(aws).await?;
    found.retain(|i| i.virtual_interface_type() == Some(kind) && !is_gone(i));
    Ok(found)
}

/// The interfaces of a kind that the account has accepted on the lines of others.
pub(super) async fn accepted(aws: &Aws, kind: &str, account: &str) -> Result<Vec<Remote>, Error> {
    let mut found = living(aws, kind).await?;
    found.retain(|i| i.owner_account() == Some(account) && WORKING.contains(&state(i)));
    if !found.is_empty() {
        let lines = connection::all(aws).await?;
        let own: HashSet<&str> =
            lines.iter().flat_map(|c| [c.connection_id(), c.lag_id()]).flatten().collect();
        found.retain(|i| i.connection_id().is_none_or(|line| !own.contains(line)));
    }
    Ok(found)
}

async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let call = aws.directconnect().describe_virtual_interfaces().virtual_interface_id(id).send();
    let found = or_missing(aws.call("directconnect:DescribeVirtualInterfaces", call).await)?;
    Ok(found.and_then(|f| f.virtual_interfaces?.into_iter().next()))
}

/// One interface, unless it is gone.
pub(super) async fn one(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    Ok(find(aws, id).await?.filter(|i| !is_gone(i)))
}

pub(super) fn state(interface: &Remote) -> &str {
    interface.virtual_interface_state().map_or("unknown", |s| s.as_str())
}

fn is_gone(interface: &Remote) -> bool {
    matches!(interface.virtual_interface_state(), Some(State::Deleted | State::Deleting | State::Rejected))
}

/// Reads interfaces, all of the account in one call for each page; a call for many ids does not exist.
pub(super) async fn read_each<S>(
    aws: &Aws,
    states: Vec<S>,
    id: for<'a> fn(&'a S) -> Option<&'a str>,
    with: impl Fn(S, Remote) -> S,
) -> Vec<Result<Option<S>, Error>> {
    match all(aws).await {
        Ok(found) => (states.into_iter())
            .map(|state| {
                let wanted = |i: &&Remote| i.virtual_interface_id() == id(&state) && !is_gone(i);
                let remote = found.iter().find(wanted).cloned();
                Ok(remote.map(|remote| with(state, remote)))
            })
            .collect(),
        Err(error) => all_failed(states.len(), &error),
    }
}

/// Waits until an interface is in one of `wanted` states.
pub(super) async fn wait(aws: &Aws, id: &str, wanted: &[&str], timeout: Duration) -> Result<Remote, Error> {
    let what = format!("virtual interface {id} to be {}", wanted.join(" or "));
    there(wait_for(&what, wanted, false, timeout, state, || find(aws, id)).await?, "The virtual interface")
}

/// Changes the size of packets and whether sites reach each other, where they differ, one after the other
/// as the service wants; the interface afterwards, if anything changed.
pub(super) async fn update(
    aws: &Aws,
    id: &str,
    mtu: Option<i64>,
    site_link: Option<bool>,
    timeout: Duration,
) -> Result<Option<Remote>, Error> {
    let call = || aws.directconnect().update_virtual_interface_attributes().virtual_interface_id(id);
    let mut now = None;
    let mtu = mtu.and_then(|mtu| i32::try_from(mtu).ok());
    let changes = [mtu.map(|mtu| call().mtu(mtu)), site_link.map(|on| call().enable_site_link(on))];
    for change in changes.into_iter().flatten() {
        aws.call("directconnect:UpdateVirtualInterfaceAttributes", change.send()).await?;
        now = Some(wait(aws, id, WORKING, timeout).await?);
    }
    Ok(now)
}

/// Deletes an interface and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    if one(aws, id).await?.is_none() {
        return Ok(());
    }
    let call = aws.directconnect().delete_virtual_interface().virtual_interface_id(id).send();
    match aws.call("directconnect:DeleteVirtualInterface", call).await {
        Err(e) if is_missing(&e) => return Ok(()),
        other => drop(other?),
    }
    let what = format!("virtual interface {id} to be deleted");
    let gone = &["deleted", "rejected"];
    wait_for(&what, gone, true, timeout, state, || find(aws, id)).await.map(|_| ())
}

/// The ARN of an interface.
pub(super) fn arn(aws: &Aws, account: &str, id: &str) -> String {
    super::calls::arn(aws, account, &format!("dxvif/{id}"))
}

/// The number of an autonomous system as the two attributes have it, out of an interface.
pub(super) struct Asn {
    /// The short form.
    pub(super) short: Option<i64>,
    /// The long form.
    pub(super) long: Option<String>,
}

impl Asn {
    /// The number in the form that the configuration has it in, else in the shortest.
    pub(super) fn of(remote: &Remote, long: Option<&str>) -> Asn {
        let number = remote.asn_long.filter(|n| *n > 0).or((remote.asn > 0).then(|| i64::from(remote.asn)));
        let is_long = long.is_some() || number.is_some_and(|n| n > i64::from(i32::MAX));
        match is_long {
            true => Asn { short: None, long: number.map(|n| n.to_string()) },
            false => Asn { short: number, long: None },
        }
    }

    /// The short form for a call; 0 when the long form is used.
    pub(super) fn short(number: Option<i64>) -> i32 {
        number.and_then(|n| i32::try_from(n).ok()).unwrap_or_default()
    }

    /// The long form for a call.
    pub(super) fn long(number: Option<&str>) -> Option<i64> {
        number.and_then(|n| n.parse().ok())
    }
}

/// Checks that exactly one of two attributes is set.
pub(super) fn one_of(config: &Value, names: [&str; 2], what: &str, diagnostics: &mut Diagnostics) {
    let set = |name: &&str| config.attribute(name).is_some_and(|v| !v.is_null() && v.as_str() != Some(""));
    let count = names.iter().filter(|name| set(name)).count();
    if count != 1 {
        let detail = format!("Exactly one {what} must be set: {} or {}.", names[0], names[1]);
        let summary = if count == 0 { "Missing" } else { "Conflicting" };
        diagnostics.push(Diagnostic::error(format!("{summary} {what}"), detail));
    }
}

/// An invalid interface, as the SDK says it.
pub(super) fn invalid(error: impl std::fmt::Display) -> Error {
    Error::new("Invalid virtual interface", error.to_string())
}

/// A size of packets: 1500, 8500, or for private interfaces 9001.
pub(super) fn mtu(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        Some(1500 | 8500 | 9001) | None => Ok(()),
        Some(other) => Err(format!("expected 1500, 8500 or 9001, got {other}.")),
    }
}

/// A size of packets of a transit interface: 1500 or 8500.
pub(super) fn transit_mtu(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        Some(1500 | 8500) | None => Ok(()),
        Some(other) => Err(format!("expected 1500 or 8500, got {other}.")),
    }
}
