//! The calls that make, change and end connections, and a connection as EC2 describes it.

use super::LONG_PATIENCE;
use super::connection::{ConnectionRoute, Telemetry, VpnConnection};
use super::customer_configuration::{DescribedTunnel, tunnels};
use super::tunnel::{Number, Tunnel};
use super::tunnel_calls::{creation, modification};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::kind::{self, created, kind, set};
use crate::ec2::operation::creation_tags;
use crate::ec2::tagging::tag_map;
use crate::ec2::transit::attachments_of_resources;
use aws_sdk_ec2::types::{
    self, ResourceType, TunnelInsideIpVersion, TunnelOption, VpnConnectionOptionsSpecification, VpnState,
    VpnTunnelBandwidth,
};
use aws_smithy_types::date_time::Format;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use terrane_sdk::{ApplyContext, Auto, Error};

// A region has few connections, which come in one answer.
kind!(
    types::VpnConnection,
    "VPN connection",
    None,
    vpn_connection_id,
    |aws, filters| {
        let call = aws.ec2().describe_vpn_connections().set_filters(filters).send();
        Ok(aws.call("ec2:DescribeVpnConnections", call).await?.vpn_connections.unwrap_or_default())
    },
    gone: |connection| matches!(connection.state(), Some(VpnState::Deleted | VpnState::Deleting))
);

/// What else is to be known of connections.
pub(super) struct Surroundings {
    account: Arc<str>,
    /// Attachments to transit gateways by connection.
    attachments: HashMap<String, String>,
}

impl Surroundings {
    /// What surrounds these connections.
    pub(super) async fn of<'a>(
        aws: &Aws,
        connections: impl IntoIterator<Item = &'a types::VpnConnection>,
    ) -> Result<Surroundings, Error> {
        let attached = connections.into_iter().filter(|c| c.transit_gateway_id().is_some());
        let ids: Vec<&str> = attached.filter_map(|c| c.vpn_connection_id()).collect();
        let found = attachments_of_resources(aws, "vpn", ids);
        let (found, account) = futures::try_join!(found, aws.account())?;
        let attachments = found.into_iter().map(|((connection, _), id)| (connection, id)).collect();
        Ok(Surroundings { account, attachments })
    }
}

/// A connection that is to be available by now, or soon.
pub(super) async fn read_back(aws: &Aws, object: VpnConnection) -> Result<VpnConnection, Error> {
    let remote = wait_available(aws, object.id.known()?).await?;
    let around = Surroundings::of(aws, [&remote]).await?;
    Ok(with(object, aws, &around, remote))
}

async fn wait_available(aws: &Aws, id: &str) -> Result<types::VpnConnection, Error> {
    let ready = |found: Option<types::VpnConnection>| match found {
        Some(connection) if connection.state() == Some(&VpnState::Available) => Ok(Poll::Ready(connection)),
        Some(connection) if kind::Kind::is_gone(&connection) => {
            Err(Error::new("The VPN connection vanished", format!("{id} is being deleted.")))
        }
        other => {
            let state = other.and_then(|c| c.state);
            Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned())))
        }
    };
    kind::wait(aws, id, "to be available", LONG_PATIENCE, ready).await
}

/// Creates a connection; its id.
pub(super) async fn create(aws: &Aws, planned: &VpnConnection, cx: &ApplyContext) -> Result<String, Error> {
    let text = |value: &Auto<String>| set(value.as_deref());
    let options = VpnConnectionOptionsSpecification::builder()
        .set_enable_acceleration(planned.enable_acceleration.0)
        .set_static_routes_only(planned.static_routes_only.0)
        .set_local_ipv4_network_cidr(text(&planned.local_ipv4_network_cidr))
        .set_local_ipv6_network_cidr(text(&planned.local_ipv6_network_cidr))
        .set_remote_ipv4_network_cidr(text(&planned.remote_ipv4_network_cidr))
        .set_remote_ipv6_network_cidr(text(&planned.remote_ipv6_network_cidr))
        .set_outside_ip_address_type(text(&planned.outside_ip_address_type))
        .set_transport_transit_gateway_attachment_id(set(planned
            .transport_transit_gateway_attachment_id
            .as_deref()))
        .set_tunnel_bandwidth(text(&planned.tunnel_bandwidth).as_deref().map(VpnTunnelBandwidth::from))
        .set_tunnel_inside_ip_version(
            text(&planned.tunnel_inside_ip_version).as_deref().map(TunnelInsideIpVersion::from),
        )
        .tunnel_options(creation(&planned.tunnel(Number::First)))
        .tunnel_options(creation(&planned.tunnel(Number::Second)))
        .build();
    let call = (aws.ec2().create_vpn_connection())
        .customer_gateway_id(&planned.customer_gateway_id)
        .r#type(&planned.gateway_type)
        .set_transit_gateway_id(set(planned.transit_gateway_id.as_deref()))
        .set_vpn_concentrator_id(set(planned.vpn_concentrator_id.as_deref()))
        .set_vpn_gateway_id(set(planned.vpn_gateway_id.as_deref()))
        .set_pre_shared_key_storage(text(&planned.preshared_key_storage))
        .options(options)
        .tag_specifications(creation_tags(ResourceType::VpnConnection, &planned.tags, cx));
    let create = || aws.call("ec2:CreateVpnConnection", call.clone().send());
    // The gateways may not be known everywhere, or just be changing.
    let early = |e: &Error| is_not_found(e) || e.has_code(&["IncorrectState"]);
    let made = retry_while(crate::ec2::NEW_PARENT, early, create).await?;
    created("ec2:CreateVpnConnection", made.vpn_connection.and_then(|c| c.vpn_connection_id))
}

/// Changes what differs but for tags, and waits for it; whether anything did.
pub(super) async fn modify(
    aws: &Aws,
    id: &str,
    prior: &VpnConnection,
    planned: &VpnConnection,
) -> Result<bool, Error> {
    let mut changed = move_gateways(aws, id, prior, planned).await?;
    let differs = |f: fn(&VpnConnection) -> &Auto<String>| {
        set(f(planned).as_deref()).filter(|v| f(prior).as_deref() != Some(v))
    };
    let local_ipv4 = differs(|c| &c.local_ipv4_network_cidr);
    let local_ipv6 = differs(|c| &c.local_ipv6_network_cidr);
    let remote_ipv4 = differs(|c| &c.remote_ipv4_network_cidr);
    let remote_ipv6 = differs(|c| &c.remote_ipv6_network_cidr);
    let bandwidth = differs(|c| &c.tunnel_bandwidth);
    let all = [&local_ipv4, &local_ipv6, &remote_ipv4, &remote_ipv6, &bandwidth];
    if all.iter().any(|v| v.is_some()) {
        let call = (aws.ec2().modify_vpn_connection_options())
            .vpn_connection_id(id)
            .set_local_ipv4_network_cidr(local_ipv4)
            .set_local_ipv6_network_cidr(local_ipv6)
            .set_remote_ipv4_network_cidr(remote_ipv4)
            .set_remote_ipv6_network_cidr(remote_ipv6)
            .set_tunnel_bandwidth(bandwidth.as_deref().map(VpnTunnelBandwidth::from));
        aws.call("ec2:ModifyVpnConnectionOptions", call.send()).await?;
        wait_available(aws, id).await?;
        changed = true;
    }
    let storage = differs(|c| &c.preshared_key_storage);
    for number in [Number::First, Number::Second] {
        let (before, after) = (prior.tunnel(number), planned.tunnel(number));
        let changes = after.changes_from(&before);
        if changes.is_none() && storage.is_none() {
            continue;
        }
        // After a move the tunnels have other addresses than before.
        let remote = wait_available(aws, id).await?;
        let [first, second] = in_order(prior, &remote);
        let (remote, _) = if number == Number::First { first } else { second };
        let call = (aws.ec2().modify_vpn_tunnel_options())
            .vpn_connection_id(id)
            .set_vpn_tunnel_outside_ip_address(remote.outside_ip_address)
            .set_pre_shared_key_storage(storage.clone())
            .tunnel_options(modification(&changes.unwrap_or_default()));
        aws.call("ec2:ModifyVpnTunnelOptions", call.send()).await?;
        wait_available(aws, id).await?;
        changed = true;
    }
    Ok(changed)
}

/// Moves a connection to other gateways.
async fn move_gateways(
    aws: &Aws,
    id: &str,
    prior: &VpnConnection,
    planned: &VpnConnection,
) -> Result<bool, Error> {
    let customer = Some(&planned.customer_gateway_id).filter(|c| **c != prior.customer_gateway_id);
    let transit = set(planned.transit_gateway_id.as_deref())
        .filter(|_| planned.transit_gateway_id != prior.transit_gateway_id);
    let private =
        set(planned.vpn_gateway_id.as_deref()).filter(|_| planned.vpn_gateway_id != prior.vpn_gateway_id);
    if customer.is_none() && transit.is_none() && private.is_none() {
        return Ok(false);
    }
    let call = (aws.ec2().modify_vpn_connection())
        .vpn_connection_id(id)
        .set_customer_gateway_id(customer.cloned())
        .set_transit_gateway_id(transit)
        .set_vpn_gateway_id(private);
    aws.call("ec2:ModifyVpnConnection", call.send()).await?;
    wait_available(aws, id).await?;
    Ok(true)
}

/// Deletes a connection and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str) -> Result<(), Error> {
    let delete = || {
        let call = aws.ec2().delete_vpn_connection().vpn_connection_id(id).send();
        aws.call("ec2:DeleteVpnConnection", call)
    };
    match retry_while(LONG_PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => drop(other?),
    }
    let gone = |found: Option<types::VpnConnection>| {
        Ok(match found.and_then(|c| c.state) {
            None | Some(VpnState::Deleted) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    };
    kind::wait(aws, id, "to be deleted", LONG_PATIENCE, gone).await
}

/// A tunnel by its options and as the document for the router has it.
type Remote = (TunnelOption, DescribedTunnel);

/// The tunnels of a connection, the first one first. AWS keeps no order, so they are known by the
/// address of AWS's end, else by key or inner network, else by what fits best of the other options:
/// those of a new connection, whose addresses nobody knows yet. Where all fits as well, the order is
/// that of the addresses, as Terraform has it.
fn in_order(object: &VpnConnection, remote: &types::VpnConnection) -> [Remote; 2] {
    let described = tunnels(remote.customer_gateway_configuration().unwrap_or_default());
    let options = remote.options().map(|o| o.tunnel_options()).unwrap_or_default();
    let mut all: Vec<Remote> = (options.iter())
        .map(|option| {
            let address = option.outside_ip_address().unwrap_or_default();
            let same = described.iter().find(|d| d.outside_address == address).cloned();
            let alone =
                || DescribedTunnel { outside_address: address.to_owned(), ..DescribedTunnel::default() };
            (option.clone(), same.unwrap_or_else(alone))
        })
        .collect();
    all.sort_by(|a, b| a.1.outside_address.cmp(&b.1.outside_address));
    let (one, two) = (object.tunnel(Number::First), object.tunnel(Number::Second));
    const ABOVE_ALL_OTHERS: i32 = 100;
    let score = |tunnel: &Tunnel, (option, described): &Remote| {
        let set = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(str::to_owned);
        let same = |here: Option<&str>, there: Option<&str>| set(here).is_some() && set(here) == set(there);
        let known = i32::from(same(tunnel.address.as_deref(), Some(&described.outside_address))) * 8
            + i32::from(same(tunnel.preshared_key.as_deref(), Some(&described.preshared_key))) * 4
            + i32::from(same(tunnel.inside_cidr.as_deref(), option.tunnel_inside_cidr())) * 2
            + i32::from(same(tunnel.inside_ipv6_cidr.as_deref(), option.tunnel_inside_ipv6_cidr()));
        let there = tunnel.clone().with(option.clone(), described.clone());
        known * ABOVE_ALL_OTHERS - other_options(tunnel, &there)
    };
    if let [first, second] = &all[..]
        && score(&one, second) + score(&two, first) > score(&one, first) + score(&two, second)
    {
        all.reverse();
    }
    let empty = || (TunnelOption::builder().build(), DescribedTunnel::default());
    let mut all = all.into_iter();
    [all.next().unwrap_or_else(empty), all.next().unwrap_or_else(empty)]
}

/// How many options of one tunnel are not those of the other.
fn other_options(one: &Tunnel, other: &Tunnel) -> i32 {
    macro_rules! differing {
        ($($name:ident)*) => { [$(one.$name != other.$name),*] };
    }
    let all = differing! {
        dpd_timeout_action dpd_timeout_seconds enable_tunnel_lifecycle_control ike_versions
        phase1_dh_group_numbers phase1_encryption_algorithms phase1_integrity_algorithms phase1_lifetime_seconds
        phase2_dh_group_numbers phase2_encryption_algorithms phase2_integrity_algorithms phase2_lifetime_seconds
        rekey_fuzz_percentage rekey_margin_time_seconds replay_window_size startup_action
    };
    all.into_iter().map(i32::from).sum()
}

/// The object as EC2 describes it.
pub(super) fn with(
    object: VpnConnection,
    aws: &Aws,
    around: &Surroundings,
    remote: types::VpnConnection,
) -> VpnConnection {
    let [first, second] = in_order(&object, &remote);
    let (one, two) = (object.tunnel(Number::First), object.tunnel(Number::Second));
    let object = (object.with_tunnel(Number::First, one.with(first.0, first.1)))
        .with_tunnel(Number::Second, two.with(second.0, second.1));
    let id = remote.vpn_connection_id.unwrap_or_default();
    let Some(options) = remote.options else { return VpnConnection { id: id.into(), ..object } };
    let arn = remote.pre_shared_key_arn.unwrap_or_default();
    let storage = if arn.is_empty() { "Standard" } else { "SecretsManager" };
    let text = |text: Option<String>| Auto(Some(text.unwrap_or_default()));
    VpnConnection {
        arn: aws.ec2_arn(&around.account, &format!("vpn-connection/{id}")).into(),
        core_network_arn: remote.core_network_arn.unwrap_or_default().into(),
        core_network_attachment_arn: remote.core_network_attachment_arn.unwrap_or_default().into(),
        customer_gateway_configuration: remote.customer_gateway_configuration.unwrap_or_default().into(),
        customer_gateway_id: remote.customer_gateway_id.unwrap_or_default(),
        enable_acceleration: options.enable_acceleration.unwrap_or_default().into(),
        local_ipv4_network_cidr: text(options.local_ipv4_network_cidr),
        local_ipv6_network_cidr: text(options.local_ipv6_network_cidr),
        outside_ip_address_type: text(options.outside_ip_address_type),
        preshared_key_arn: arn.into(),
        preshared_key_storage: storage.into(),
        remote_ipv4_network_cidr: text(options.remote_ipv4_network_cidr),
        remote_ipv6_network_cidr: text(options.remote_ipv6_network_cidr),
        routes: routes(remote.routes).into(),
        static_routes_only: options.static_routes_only.unwrap_or_default().into(),
        tags: tag_map(remote.tags),
        transit_gateway_attachment_id: around.attachments.get(&id).cloned().unwrap_or_default().into(),
        transit_gateway_id: set(remote.transit_gateway_id.as_deref()),
        transport_transit_gateway_attachment_id: set(options
            .transport_transit_gateway_attachment_id
            .as_deref()),
        tunnel_bandwidth: text(options.tunnel_bandwidth.map(|b| b.as_str().to_owned())),
        tunnel_inside_ip_version: text(options.tunnel_inside_ip_version.map(|v| v.as_str().to_owned())),
        gateway_type: remote.r#type.map(|t| t.as_str().to_owned()).unwrap_or_default(),
        vgw_telemetry: telemetry(remote.vgw_telemetry).into(),
        vpn_concentrator_id: set(remote.vpn_concentrator_id.as_deref()),
        vpn_gateway_id: set(remote.vpn_gateway_id.as_deref()),
        id: id.into(),
        ..object
    }
}

/// The routes that are there to stay.
fn routes(routes: Option<Vec<types::VpnStaticRoute>>) -> BTreeSet<ConnectionRoute> {
    (routes.unwrap_or_default().into_iter())
        .filter(|r| !matches!(r.state(), Some(VpnState::Deleted | VpnState::Deleting)))
        .map(|r| ConnectionRoute {
            destination_cidr_block: r.destination_cidr_block.unwrap_or_default(),
            source: r.source.map(|s| s.as_str().to_owned()).unwrap_or_default(),
            state: r.state.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        })
        .collect()
}

fn telemetry(all: Option<Vec<types::VgwTelemetry>>) -> BTreeSet<Telemetry> {
    (all.unwrap_or_default().into_iter())
        .map(|t| Telemetry {
            accepted_route_count: t.accepted_route_count.unwrap_or_default().into(),
            certificate_arn: t.certificate_arn.unwrap_or_default(),
            last_status_change: t
                .last_status_change
                .and_then(|at| at.fmt(Format::DateTime).ok())
                .unwrap_or_default(),
            outside_ip_address: t.outside_ip_address.unwrap_or_default(),
            status: t.status.map(|s| s.as_str().to_owned()).unwrap_or_default(),
            status_message: t.status_message.unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which address the first tunnel has, when AWS gives the addresses to tunnels of these lifetimes.
    fn first(object: &VpnConnection, lifetimes: [(&str, Option<i32>); 2]) -> String {
        let option = |(address, lifetime): (&str, Option<i32>)| {
            TunnelOption::builder()
                .outside_ip_address(address)
                .set_phase1_lifetime_seconds(lifetime)
                .startup_action("add")
                .build()
        };
        let options = lifetimes.into_iter().map(option).collect();
        let options = types::VpnConnectionOptions::builder().set_tunnel_options(Some(options)).build();
        let remote = types::VpnConnection::builder().options(options).build();
        let [(_, first), _] = in_order(object, &remote);
        first.outside_address
    }

    #[test]
    fn tunnels_of_a_new_connection_are_told_apart_by_whatever_was_set() {
        let second =
            VpnConnection { tunnel2_phase1_lifetime_seconds: Some(28_000), ..VpnConnection::default() };
        assert_eq!(first(&second, [("198.51.1.1", Some(28_000)), ("198.51.2.2", None)]), "198.51.2.2");
        assert_eq!(first(&second, [("198.51.1.1", None), ("198.51.2.2", Some(28_000))]), "198.51.1.1");
        let plain = VpnConnection::default();
        assert_eq!(first(&plain, [("198.51.2.2", None), ("198.51.1.1", None)]), "198.51.1.1");
        // Later, the address says which is which, whatever became of the options.
        let known = VpnConnection { tunnel1_address: "198.51.1.1".into(), ..second };
        assert_eq!(first(&known, [("198.51.1.1", Some(28_000)), ("198.51.2.2", None)]), "198.51.1.1");
    }
}
