//! `aws_vpn_connection`: a connection of a customer gateway with a gateway of AWS's, by two tunnels.

use super::connection_calls::{self as calls, Surroundings};
use super::tunnel::{self, TunnelLogOptions};
use super::validate::{each_number_of, each_of, inside_ipv4, inside_ipv6, preshared_key};
use crate::Aws;
use crate::ec2::batch::all_failed;
use crate::ec2::kind;
use crate::ec2::operation::{find_made, finish};
use crate::ec2::tagging::update_tags;
use crate::ec2::validate::{ipv4_network_or_empty, ipv6_network};
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

/// Provides a site-to-site VPN connection.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpn_connection", keep)]
pub struct VpnConnection {
    /// The id of the connection.
    pub id: Computed<String>,
    /// The ARN of the connection.
    pub arn: Computed<String>,
    /// The core network that the connection belongs to.
    pub core_network_arn: Computed<String>,
    /// The attachment to the core network.
    pub core_network_attachment_arn: Computed<String>,
    /// The configuration for the customer's router, an XML document.
    #[attr(sensitive)]
    pub customer_gateway_configuration: Computed<String>,
    /// The customer gateway.
    pub customer_gateway_id: String,
    /// Whether traffic enters AWS's network at its edge. Transit gateways only.
    #[attr(force_new)]
    pub enable_acceleration: Auto<bool>,
    /// The IPv4 network at the customer's end.
    #[attr(conflicts_with = "local_ipv6_network_cidr", validate = ipv4_network_or_empty)]
    pub local_ipv4_network_cidr: Auto<String>,
    /// The IPv6 network at the customer's end.
    #[attr(validate = ipv6_network)]
    pub local_ipv6_network_cidr: Auto<String>,
    /// What addresses the ends of the tunnels have: `PublicIpv4`, `PrivateIpv4` or `Ipv6`.
    #[attr(force_new)]
    pub outside_ip_address_type: Auto<String>,
    /// The secret that has the keys, when they are in the Secrets Manager.
    pub preshared_key_arn: Computed<String>,
    /// Where the keys are: `Standard` or `SecretsManager`.
    #[attr(validate = validate::one_of(&["Standard", "SecretsManager"]))]
    pub preshared_key_storage: Auto<String>,
    /// The IPv4 network at AWS's end.
    #[attr(conflicts_with = "remote_ipv6_network_cidr", validate = ipv4_network_or_empty)]
    pub remote_ipv4_network_cidr: Auto<String>,
    /// The IPv6 network at AWS's end.
    #[attr(validate = ipv6_network)]
    pub remote_ipv6_network_cidr: Auto<String>,
    /// The static routes of the connection.
    pub routes: Computed<BTreeSet<ConnectionRoute>>,
    /// Whether routes are static, for routers without BGP.
    #[attr(force_new)]
    pub static_routes_only: Auto<bool>,
    /// The tags of the connection.
    pub tags: Tags,
    /// The attachment to the transit gateway.
    pub transit_gateway_attachment_id: Computed<String>,
    /// The transit gateway at AWS's end.
    #[attr(conflicts_with = "vpn_gateway_id")]
    pub transit_gateway_id: Option<String>,
    /// The attachment of a Direct Connect gateway that carries a private connection.
    #[attr(force_new)]
    pub transport_transit_gateway_attachment_id: Option<String>,
    /// How much the tunnels carry: `standard` or `large`.
    #[attr(validate = validate::one_of(&["standard", "large"]))]
    pub tunnel_bandwidth: Auto<String>,
    /// Whether the tunnels carry `ipv4` or `ipv6`.
    #[attr(force_new, validate = validate::one_of(&["ipv4", "ipv6"]))]
    pub tunnel_inside_ip_version: Auto<String>,
    /// The address of AWS's end of the first tunnel.
    pub tunnel1_address: Computed<String>,
    /// The number of AWS's autonomous system at the first tunnel.
    pub tunnel1_bgp_asn: Computed<String>,
    /// How many seconds the BGP session of the first tunnel lasts without a word.
    pub tunnel1_bgp_holdtime: Computed<i64>,
    /// The customer's address inside of the first tunnel.
    pub tunnel1_cgw_inside_address: Computed<String>,
    /// What happens when the other end of the first tunnel is dead: `clear`, `none` or `restart`.
    #[attr(validate = validate::one_of(&["clear", "none", "restart"]))]
    pub tunnel1_dpd_timeout_action: Option<String>,
    /// After how many seconds without an answer the other end of the first tunnel is dead.
    #[attr(validate = validate::between(30..=i64::MAX))]
    pub tunnel1_dpd_timeout_seconds: Option<i64>,
    /// Whether the endpoint of the first tunnel is replaced only when one is ready for it.
    pub tunnel1_enable_tunnel_lifecycle_control: Option<bool>,
    /// The versions of IKE that the first tunnel allows.
    #[attr(validate = each_of(&["ikev1", "ikev2"]))]
    pub tunnel1_ike_versions: BTreeSet<String>,
    /// The IPv4 network inside of the first tunnel, a /30 of 169.254.0.0/16.
    #[attr(validate = inside_ipv4)]
    pub tunnel1_inside_cidr: Auto<String>,
    /// The IPv6 network inside of the first tunnel, a /126 of fd00::/8.
    #[attr(validate = inside_ipv6)]
    pub tunnel1_inside_ipv6_cidr: Auto<String>,
    /// Where the first tunnel logs to.
    #[block(computed)]
    pub tunnel1_log_options: Option<TunnelLogOptions>,
    /// The Diffie-Hellman groups that phase 1 of the first tunnel allows.
    #[attr(validate = each_number_of(tunnel::PHASE1_GROUPS))]
    pub tunnel1_phase1_dh_group_numbers: BTreeSet<i64>,
    /// How phase 1 of the first tunnel may encrypt.
    #[attr(validate = each_of(tunnel::ENCRYPTION))]
    pub tunnel1_phase1_encryption_algorithms: BTreeSet<String>,
    /// How phase 1 of the first tunnel may check integrity.
    #[attr(validate = each_of(tunnel::INTEGRITY))]
    pub tunnel1_phase1_integrity_algorithms: BTreeSet<String>,
    /// How many seconds phase 1 of the first tunnel lasts.
    #[attr(validate = validate::between(900..=28_800))]
    pub tunnel1_phase1_lifetime_seconds: Option<i64>,
    /// The Diffie-Hellman groups that phase 2 of the first tunnel allows.
    #[attr(validate = each_number_of(tunnel::PHASE2_GROUPS))]
    pub tunnel1_phase2_dh_group_numbers: BTreeSet<i64>,
    /// How phase 2 of the first tunnel may encrypt.
    #[attr(validate = each_of(tunnel::ENCRYPTION))]
    pub tunnel1_phase2_encryption_algorithms: BTreeSet<String>,
    /// How phase 2 of the first tunnel may check integrity.
    #[attr(validate = each_of(tunnel::INTEGRITY))]
    pub tunnel1_phase2_integrity_algorithms: BTreeSet<String>,
    /// How many seconds phase 2 of the first tunnel lasts.
    #[attr(validate = validate::between(900..=3600))]
    pub tunnel1_phase2_lifetime_seconds: Option<i64>,
    /// The key of the first tunnel.
    #[attr(sensitive, validate = preshared_key)]
    pub tunnel1_preshared_key: Auto<String>,
    /// The part of the margin, in percent, within which the first tunnel chooses when to get new keys.
    #[attr(validate = validate::between(0..=100))]
    pub tunnel1_rekey_fuzz_percentage: Option<i64>,
    /// How many seconds before the end of phase 2 the first tunnel gets new keys.
    #[attr(validate = validate::between(60..=1800))]
    pub tunnel1_rekey_margin_time_seconds: Option<i64>,
    /// How many packets the replay window of the first tunnel has.
    #[attr(validate = validate::between(64..=2048))]
    pub tunnel1_replay_window_size: Option<i64>,
    /// Who begins with the first tunnel: the other end (`add`) or AWS (`start`).
    #[attr(validate = validate::one_of(&["add", "start"]))]
    pub tunnel1_startup_action: Option<String>,
    /// AWS's address inside of the first tunnel.
    pub tunnel1_vgw_inside_address: Computed<String>,
    /// The address of AWS's end of the second tunnel.
    pub tunnel2_address: Computed<String>,
    /// The number of AWS's autonomous system at the second tunnel.
    pub tunnel2_bgp_asn: Computed<String>,
    /// How many seconds the BGP session of the second tunnel lasts without a word.
    pub tunnel2_bgp_holdtime: Computed<i64>,
    /// The customer's address inside of the second tunnel.
    pub tunnel2_cgw_inside_address: Computed<String>,
    /// What happens when the other end of the second tunnel is dead: `clear`, `none` or `restart`.
    #[attr(validate = validate::one_of(&["clear", "none", "restart"]))]
    pub tunnel2_dpd_timeout_action: Option<String>,
    /// After how many seconds without an answer the other end of the second tunnel is dead.
    #[attr(validate = validate::between(30..=i64::MAX))]
    pub tunnel2_dpd_timeout_seconds: Option<i64>,
    /// Whether the endpoint of the second tunnel is replaced only when one is ready for it.
    pub tunnel2_enable_tunnel_lifecycle_control: Option<bool>,
    /// The versions of IKE that the second tunnel allows.
    #[attr(validate = each_of(&["ikev1", "ikev2"]))]
    pub tunnel2_ike_versions: BTreeSet<String>,
    /// The IPv4 network inside of the second tunnel, a /30 of 169.254.0.0/16.
    #[attr(validate = inside_ipv4)]
    pub tunnel2_inside_cidr: Auto<String>,
    /// The IPv6 network inside of the second tunnel, a /126 of fd00::/8.
    #[attr(validate = inside_ipv6)]
    pub tunnel2_inside_ipv6_cidr: Auto<String>,
    /// Where the second tunnel logs to.
    #[block(computed)]
    pub tunnel2_log_options: Option<TunnelLogOptions>,
    /// The Diffie-Hellman groups that phase 1 of the second tunnel allows.
    #[attr(validate = each_number_of(tunnel::PHASE1_GROUPS))]
    pub tunnel2_phase1_dh_group_numbers: BTreeSet<i64>,
    /// How phase 1 of the second tunnel may encrypt.
    #[attr(validate = each_of(tunnel::ENCRYPTION))]
    pub tunnel2_phase1_encryption_algorithms: BTreeSet<String>,
    /// How phase 1 of the second tunnel may check integrity.
    #[attr(validate = each_of(tunnel::INTEGRITY))]
    pub tunnel2_phase1_integrity_algorithms: BTreeSet<String>,
    /// How many seconds phase 1 of the second tunnel lasts.
    #[attr(validate = validate::between(900..=28_800))]
    pub tunnel2_phase1_lifetime_seconds: Option<i64>,
    /// The Diffie-Hellman groups that phase 2 of the second tunnel allows.
    #[attr(validate = each_number_of(tunnel::PHASE2_GROUPS))]
    pub tunnel2_phase2_dh_group_numbers: BTreeSet<i64>,
    /// How phase 2 of the second tunnel may encrypt.
    #[attr(validate = each_of(tunnel::ENCRYPTION))]
    pub tunnel2_phase2_encryption_algorithms: BTreeSet<String>,
    /// How phase 2 of the second tunnel may check integrity.
    #[attr(validate = each_of(tunnel::INTEGRITY))]
    pub tunnel2_phase2_integrity_algorithms: BTreeSet<String>,
    /// How many seconds phase 2 of the second tunnel lasts.
    #[attr(validate = validate::between(900..=3600))]
    pub tunnel2_phase2_lifetime_seconds: Option<i64>,
    /// The key of the second tunnel.
    #[attr(sensitive, validate = preshared_key)]
    pub tunnel2_preshared_key: Auto<String>,
    /// The part of the margin, in percent, within which the second tunnel chooses when to get new keys.
    #[attr(validate = validate::between(0..=100))]
    pub tunnel2_rekey_fuzz_percentage: Option<i64>,
    /// How many seconds before the end of phase 2 the second tunnel gets new keys.
    #[attr(validate = validate::between(60..=1800))]
    pub tunnel2_rekey_margin_time_seconds: Option<i64>,
    /// How many packets the replay window of the second tunnel has.
    #[attr(validate = validate::between(64..=2048))]
    pub tunnel2_replay_window_size: Option<i64>,
    /// Who begins with the second tunnel: the other end (`add`) or AWS (`start`).
    #[attr(validate = validate::one_of(&["add", "start"]))]
    pub tunnel2_startup_action: Option<String>,
    /// AWS's address inside of the second tunnel.
    pub tunnel2_vgw_inside_address: Computed<String>,
    /// The kind of VPN: `ipsec.1`.
    #[attr(force_new, name = "type", validate = validate::one_of(&["ipsec.1"]))]
    pub gateway_type: String,
    /// How the tunnels are.
    pub vgw_telemetry: Computed<BTreeSet<Telemetry>>,
    /// The VPN concentrator at AWS's end.
    #[attr(force_new)]
    pub vpn_concentrator_id: Option<String>,
    /// The virtual private gateway at AWS's end.
    pub vpn_gateway_id: Option<String>,
}

/// A static route of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ConnectionRoute {
    /// The network at the customer's end.
    pub destination_cidr_block: String,
    /// Who made it.
    pub source: String,
    /// How far it is.
    pub state: String,
}

/// How a tunnel is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Telemetry {
    /// How many routes were accepted.
    pub accepted_route_count: i64,
    /// The certificate of AWS's end.
    pub certificate_arn: String,
    /// When it last changed.
    pub last_status_change: String,
    /// The address of AWS's end.
    pub outside_ip_address: String,
    /// Whether it is `UP` or `DOWN`.
    pub status: String,
    /// More about it.
    pub status_message: String,
}

#[async_trait]
impl Resource for VpnConnection {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => calls::create(aws, &planned, cx).await?,
        };
        let started = VpnConnection { id: id.as_str().into(), ..planned };
        match calls::read_back(aws, started.clone()).await {
            Ok(made) => Ok(made),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().filter_map(|s| s.id.as_deref());
            let found = kind::by_ids::<types::VpnConnection>(aws, ids).await?;
            let around = Surroundings::of(aws, found.values()).await?;
            Ok((found, around))
        };
        match found.await {
            Ok((found, around)) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default()).cloned();
                    Ok(remote.map(|remote| calls::with(state, aws, &around, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let changed = calls::modify(aws, &id, &prior, &planned).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        // Tags alone leave all else as it is known.
        if changed { Ok(calls::read_back(aws, planned).await?) } else { Ok(planned) }
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        calls::delete(aws, state.id.known()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = kind::all::<types::VpnConnection>(aws).await?;
        let around = Surroundings::of(aws, &all).await?;
        Ok(Some(all.into_iter().map(|c| calls::with(Self::default(), aws, &around, c)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // To set what AWS assumes anyway is no change.
        for (option, default) in tunnel::defaults() {
            for name in [format!("tunnel1_{option}"), format!("tunnel2_{option}")] {
                let prior = cx.prior(&name);
                let unset = prior.is_null() || prior.as_slice().is_some_and(<[_]>::is_empty);
                if !cx.is_create() && unset && cx.planned(&name) == default {
                    cx.set(&name, prior);
                }
            }
        }
        let moved = ["customer_gateway_id", "transit_gateway_id", "vpn_gateway_id"];
        let moved = moved.iter().any(|name| cx.changed(name));
        let networks = [
            "local_ipv4_network_cidr",
            "local_ipv6_network_cidr",
            "preshared_key_storage",
            "remote_ipv4_network_cidr",
            "remote_ipv6_network_cidr",
            "tunnel_bandwidth",
        ];
        let changes = |prefix: &str| tunnel::OPTIONS.iter().any(|o| cx.changed(&format!("{prefix}_{o}")));
        let (first, second) = (changes("tunnel1"), changes("tunnel2"));
        let any = moved || first || second || networks.iter().any(|name| cx.changed(name));
        if any {
            for name in ["customer_gateway_configuration", "routes", "vgw_telemetry"] {
                cx.set_unknown(name);
            }
        }
        if moved {
            for name in ["core_network_arn", "core_network_attachment_arn", "transit_gateway_attachment_id"] {
                cx.set_unknown(name);
            }
        }
        if cx.changed("preshared_key_storage") {
            cx.set_unknown("preshared_key_arn");
        }
        for (prefix, changes) in [("tunnel1", first), ("tunnel2", second)] {
            for name in tunnel::COMPUTED.iter().filter(|_| moved || changes) {
                cx.set_unknown(&format!("{prefix}_{name}"));
            }
        }
    }
}
