//! The options of tunnels as EC2's calls take them.

use super::tunnel::{Tunnel, TunnelLogOptions};
use crate::ec2::kind::{int, set};
use aws_sdk_ec2::types::{
    CloudWatchLogOptionsSpecification, IkeVersionsRequestListValue, ModifyVpnTunnelOptionsSpecification,
    Phase1DhGroupNumbersRequestListValue, Phase1EncryptionAlgorithmsRequestListValue,
    Phase1IntegrityAlgorithmsRequestListValue, Phase2DhGroupNumbersRequestListValue,
    Phase2EncryptionAlgorithmsRequestListValue, Phase2IntegrityAlgorithmsRequestListValue,
    VpnTunnelLogOptionsSpecification, VpnTunnelOptionsSpecification,
};

/// The values of a set, each in a struct of its own; none when it is empty.
macro_rules! values {
    ($ty:ident, $set:expr, $value:expr) => {{
        let all: Vec<$ty> = $set.iter().map(|v| $ty::builder().value($value(v)).build()).collect();
        (!all.is_empty()).then_some(all)
    }};
}

/// All options that are set; creation and change have the same ones under two names.
macro_rules! options {
    ($builder:expr, $tunnel:expr) => {{
        let tunnel: &Tunnel = $tunnel;
        let text = |v: &String| v.clone();
        let number = |v: &i64| int(Some(*v)).unwrap_or_default();
        $builder
            .set_dpd_timeout_action(set(tunnel.dpd_timeout_action.as_deref()))
            .set_dpd_timeout_seconds(int(tunnel.dpd_timeout_seconds))
            .set_enable_tunnel_lifecycle_control(tunnel.enable_tunnel_lifecycle_control)
            .set_ike_versions(values!(IkeVersionsRequestListValue, tunnel.ike_versions, text))
            .set_log_options(tunnel.log_options.as_ref().and_then(log_options))
            .set_phase1_dh_group_numbers(values!(
                Phase1DhGroupNumbersRequestListValue,
                tunnel.phase1_dh_group_numbers,
                number
            ))
            .set_phase1_encryption_algorithms(values!(
                Phase1EncryptionAlgorithmsRequestListValue,
                tunnel.phase1_encryption_algorithms,
                text
            ))
            .set_phase1_integrity_algorithms(values!(
                Phase1IntegrityAlgorithmsRequestListValue,
                tunnel.phase1_integrity_algorithms,
                text
            ))
            .set_phase1_lifetime_seconds(int(tunnel.phase1_lifetime_seconds))
            .set_phase2_dh_group_numbers(values!(
                Phase2DhGroupNumbersRequestListValue,
                tunnel.phase2_dh_group_numbers,
                number
            ))
            .set_phase2_encryption_algorithms(values!(
                Phase2EncryptionAlgorithmsRequestListValue,
                tunnel.phase2_encryption_algorithms,
                text
            ))
            .set_phase2_integrity_algorithms(values!(
                Phase2IntegrityAlgorithmsRequestListValue,
                tunnel.phase2_integrity_algorithms,
                text
            ))
            .set_phase2_lifetime_seconds(int(tunnel.phase2_lifetime_seconds))
            .set_pre_shared_key(set(tunnel.preshared_key.as_deref()))
            .set_rekey_fuzz_percentage(int(tunnel.rekey_fuzz_percentage))
            .set_rekey_margin_time_seconds(int(tunnel.rekey_margin_time_seconds))
            .set_replay_window_size(int(tunnel.replay_window_size))
            .set_startup_action(set(tunnel.startup_action.as_deref()))
            .set_tunnel_inside_cidr(set(tunnel.inside_cidr.as_deref()))
            .set_tunnel_inside_ipv6_cidr(set(tunnel.inside_ipv6_cidr.as_deref()))
            .build()
    }};
}

/// The options of a new tunnel.
pub(super) fn creation(tunnel: &Tunnel) -> VpnTunnelOptionsSpecification {
    options!(VpnTunnelOptionsSpecification::builder(), tunnel)
}

/// The changes of a tunnel.
pub(super) fn modification(changes: &Tunnel) -> ModifyVpnTunnelOptionsSpecification {
    options!(ModifyVpnTunnelOptionsSpecification::builder(), changes)
}

fn log_options(options: &TunnelLogOptions) -> Option<VpnTunnelLogOptionsSpecification> {
    let group = options.cloudwatch_log_options.as_ref()?;
    let tunnel = group.log_enabled.unwrap_or_default();
    let bgp = group.bgp_log_enabled.unwrap_or_default();
    // The groups and formats of logs that are off are refused.
    let options = CloudWatchLogOptionsSpecification::builder()
        .log_enabled(tunnel)
        .set_log_group_arn(set(group.log_group_arn.as_deref()).filter(|_| tunnel))
        .set_log_output_format(set(group.log_output_format.as_deref()).filter(|_| tunnel))
        .bgp_log_enabled(bgp)
        .set_bgp_log_group_arn(set(group.bgp_log_group_arn.as_deref()).filter(|_| bgp))
        .set_bgp_log_output_format(set(group.bgp_log_output_format.as_deref()).filter(|_| bgp))
        .build();
    Some(VpnTunnelLogOptionsSpecification::builder().cloud_watch_log_options(options).build())
}
