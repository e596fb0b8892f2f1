//! One of the two tunnels of a connection: its options out of the connection's attributes, what of
//! them changes, and what is to be shown of those that AWS tells.

use super::connection::VpnConnection;
use super::customer_configuration::DescribedTunnel;
use aws_sdk_ec2::types::TunnelOption;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, Type, Value};

pub(super) const PHASE1_GROUPS: &[i64] = &[2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
pub(super) const PHASE2_GROUPS: &[i64] = &[2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
pub(super) const ENCRYPTION: &[&str] = &["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"];
pub(super) const INTEGRITY: &[&str] = &["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"];
const IKE: &[&str] = &["ikev1", "ikev2"];

/// The options that can be set of a tunnel, but for its prefix.
pub(super) const OPTIONS: &[&str] = &[
    "dpd_timeout_action",
    "dpd_timeout_seconds",
    "enable_tunnel_lifecycle_control",
    "ike_versions",
    "inside_cidr",
    "inside_ipv6_cidr",
    "log_options",
    "phase1_dh_group_numbers",
    "phase1_encryption_algorithms",
    "phase1_integrity_algorithms",
    "phase1_lifetime_seconds",
    "phase2_dh_group_numbers",
    "phase2_encryption_algorithms",
    "phase2_integrity_algorithms",
    "phase2_lifetime_seconds",
    "preshared_key",
    "rekey_fuzz_percentage",
    "rekey_margin_time_seconds",
    "replay_window_size",
    "startup_action",
];

/// AWS's defaults of options, but for their prefix.
pub(super) fn defaults() -> Vec<(&'static str, Value)> {
    let words = |all: &[&str]| Value::set(Type::String, all.iter().map(|t| Value::from(*t)));
    let numbers = |all: &[i64]| Value::set(Type::Number, all.iter().map(|n| Value::from(*n)));
    vec![
        ("dpd_timeout_action", Value::from("clear")),
        ("dpd_timeout_seconds", Value::from(30)),
        ("enable_tunnel_lifecycle_control", Value::FALSE),
        ("ike_versions", words(IKE)),
        ("phase1_dh_group_numbers", numbers(PHASE1_GROUPS)),
        ("phase1_encryption_algorithms", words(ENCRYPTION)),
        ("phase1_integrity_algorithms", words(INTEGRITY)),
        ("phase1_lifetime_seconds", Value::from(28_800)),
        ("phase2_dh_group_numbers", numbers(PHASE2_GROUPS)),
        ("phase2_encryption_algorithms", words(ENCRYPTION)),
        ("phase2_integrity_algorithms", words(INTEGRITY)),
        ("phase2_lifetime_seconds", Value::from(3600)),
        ("rekey_fuzz_percentage", Value::from(100)),
        ("rekey_margin_time_seconds", Value::from(540)),
        ("replay_window_size", Value::from(1024)),
        ("startup_action", Value::from("add")),
    ]
}

/// What AWS alone says of a tunnel, but for its prefix.
pub(super) const COMPUTED: &[&str] =
    &["address", "bgp_asn", "bgp_holdtime", "cgw_inside_address", "vgw_inside_address"];

/// Where a tunnel logs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct TunnelLogOptions {
    /// The log groups.
    #[block(computed)]
    pub cloudwatch_log_options: Option<TunnelLogGroup>,
}

/// How a tunnel writes to CloudWatch Logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct TunnelLogGroup {
    /// Whether BGP is logged.
    #[attr(default = false)]
    pub bgp_log_enabled: Option<bool>,
    /// The log group for BGP.
    pub bgp_log_group_arn: Option<String>,
    /// How entries about BGP are written: `json` or `text`.
    pub bgp_log_output_format: Auto<String>,
    /// Whether the tunnel is logged.
    #[attr(default = false)]
    pub log_enabled: Option<bool>,
    /// The log group for the tunnel.
    pub log_group_arn: Option<String>,
    /// How entries about the tunnel are written: `json` or `text`.
    pub log_output_format: Auto<String>,
}

/// Which of the tunnels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    First,
    Second,
}

/// A tunnel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tunnel {
    pub(super) address: Computed<String>,
    pub(super) bgp_asn: Computed<String>,
    pub(super) bgp_holdtime: Computed<i64>,
    pub(super) cgw_inside_address: Computed<String>,
    pub(super) dpd_timeout_action: Option<String>,
    pub(super) dpd_timeout_seconds: Option<i64>,
    pub(super) enable_tunnel_lifecycle_control: Option<bool>,
    pub(super) ike_versions: BTreeSet<String>,
    pub(super) inside_cidr: Auto<String>,
    pub(super) inside_ipv6_cidr: Auto<String>,
    pub(super) log_options: Option<TunnelLogOptions>,
    pub(super) phase1_dh_group_numbers: BTreeSet<i64>,
    pub(super) phase1_encryption_algorithms: BTreeSet<String>,
    pub(super) phase1_integrity_algorithms: BTreeSet<String>,
    pub(super) phase1_lifetime_seconds: Option<i64>,
    pub(super) phase2_dh_group_numbers: BTreeSet<i64>,
    pub(super) phase2_encryption_algorithms: BTreeSet<String>,
    pub(super) phase2_integrity_algorithms: BTreeSet<String>,
    pub(super) phase2_lifetime_seconds: Option<i64>,
    pub(super) preshared_key: Auto<String>,
    pub(super) rekey_fuzz_percentage: Option<i64>,
    pub(super) rekey_margin_time_seconds: Option<i64>,
    pub(super) replay_window_size: Option<i64>,
    pub(super) startup_action: Option<String>,
    pub(super) vgw_inside_address: Computed<String>,
}

macro_rules! tunnels {
    ($($name:ident: $first:ident, $second:ident;)*) => {
        impl VpnConnection {
            /// One of the tunnels, out of the attributes.
            pub(super) fn tunnel(&self, number: Number) -> Tunnel {
                match number {
                    Number::First => Tunnel { $($name: self.$first.clone(),)* },
                    Number::Second => Tunnel { $($name: self.$second.clone(),)* },
                }
            }

            /// The same with one of the tunnels changed.
            pub(super) fn with_tunnel(self, number: Number, tunnel: Tunnel) -> VpnConnection {
                match number {
                    Number::First => VpnConnection { $($first: tunnel.$name,)* ..self },
                    Number::Second => VpnConnection { $($second: tunnel.$name,)* ..self },
                }
            }
        }
    };
}
tunnels! {
    address: tunnel1_address, tunnel2_address;
    bgp_asn: tunnel1_bgp_asn, tunnel2_bgp_asn;
    bgp_holdtime: tunnel1_bgp_holdtime, tunnel2_bgp_holdtime;
    cgw_inside_address: tunnel1_cgw_inside_address, tunnel2_cgw_inside_address;
    dpd_timeout_action: tunnel1_dpd_timeout_action, tunnel2_dpd_timeout_action;
    dpd_timeout_seconds: tunnel1_dpd_timeout_seconds, tunnel2_dpd_timeout_seconds;
    enable_tunnel_lifecycle_control: tunnel1_enable_tunnel_lifecycle_control, tunnel2_enable_tunnel_lifecycle_control;
    ike_versions: tunnel1_ike_versions, tunnel2_ike_versions;
    inside_cidr: tunnel1_inside_cidr, tunnel2_inside_cidr;
    inside_ipv6_cidr: tunnel1_inside_ipv6_cidr, tunnel2_inside_ipv6_cidr;
    log_options: tunnel1_log_options, tunnel2_log_options;
    phase1_dh_group_numbers: tunnel1_phase1_dh_group_numbers, tunnel2_phase1_dh_group_numbers;
    phase1_encryption_algorithms: tunnel1_phase1_encryption_algorithms, tunnel2_phase1_encryption_algorithms;
    phase1_integrity_algorithms: tunnel1_phase1_integrity_algorithms, tunnel2_phase1_integrity_algorithms;
    phase1_lifetime_seconds: tunnel1_phase1_lifetime_seconds, tunnel2_phase1_lifetime_seconds;
    phase2_dh_group_numbers: tunnel1_phase2_dh_group_numbers, tunnel2_phase2_dh_group_numbers;
    phase2_encryption_algorithms: tunnel1_phase2_encryption_algorithms, tunnel2_phase2_encryption_algorithms;
    phase2_integrity_algorithms: tunnel1_phase2_integrity_algorithms, tunnel2_phase2_integrity_algorithms;
    phase2_lifetime_seconds: tunnel1_phase2_lifetime_seconds, tunnel2_phase2_lifetime_seconds;
    preshared_key: tunnel1_preshared_key, tunnel2_preshared_key;
    rekey_fuzz_percentage: tunnel1_rekey_fuzz_percentage, tunnel2_rekey_fuzz_percentage;
    rekey_margin_time_seconds: tunnel1_rekey_margin_time_seconds, tunnel2_rekey_margin_time_seconds;
    replay_window_size: tunnel1_replay_window_size, tunnel2_replay_window_size;
    startup_action: tunnel1_startup_action, tunnel2_startup_action;
    vgw_inside_address: tunnel1_vgw_inside_address, tunnel2_vgw_inside_address;
}

/// What is sent so that an option is `after`, when it was `before`: nothing when it is the same,
/// and AWS's default when it is set no longer.
fn changed<T: PartialEq + Clone>(before: &Option<T>, after: &Option<T>, default: T) -> Option<T> {
    (before != after).then(|| after.clone().unwrap_or(default))
}

fn changed_set<T: Ord + Clone>(
    before: &BTreeSet<T>,
    after: &BTreeSet<T>,
    default: impl IntoIterator<Item = T>,
) -> BTreeSet<T> {
    match (before == after, after.is_empty()) {
        (true, _) => BTreeSet::new(),
        (false, true) => default.into_iter().collect(),
        (false, false) => after.clone(),
    }
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|t| (*t).to_owned()).collect()
}

/// What is shown of an option: AWS's default is shown only where it was set.
fn shown<T: PartialEq>(before: Option<T>, remote: Option<T>, default: T) -> Option<T> {
    match (before, remote) {
        (None, Some(remote)) if remote == default => None,
        (Some(before), None) if before == default => Some(before),
        (_, remote) => remote,
    }
}

fn shown_set<T: Ord>(
    before: BTreeSet<T>,
    remote: Vec<T>,
    default: impl IntoIterator<Item = T>,
) -> BTreeSet<T> {
    let remote: BTreeSet<T> = remote.into_iter().collect();
    let default: BTreeSet<T> = default.into_iter().collect();
    match (before.is_empty(), remote.is_empty()) {
        (true, _) if remote == default => before,
        (_, true) if before == default => before,
        _ => remote,
    }
}

impl Tunnel {
    /// Only what is to be sent so that a tunnel becomes this one; `None` when nothing is.
    pub(super) fn changes_from(&self, before: &Tunnel) -> Option<Tunnel> {
        let auto = |before: &Auto<String>, after: &Auto<String>| {
            Auto((before != after).then(|| after.0.clone()).flatten().filter(|t| !t.is_empty()))
        };
        let changes = Tunnel {
            dpd_timeout_action: changed(
                &before.dpd_timeout_action,
                &self.dpd_timeout_action,
                "clear".to_owned(),
            ),
            dpd_timeout_seconds: changed(&before.dpd_timeout_seconds, &self.dpd_timeout_seconds, 30),
            enable_tunnel_lifecycle_control: changed(
                &before.enable_tunnel_lifecycle_control,
                &self.enable_tunnel_lifecycle_control,
                false,
            ),
            ike_versions: changed_set(&before.ike_versions, &self.ike_versions, texts(IKE)),
            inside_cidr: auto(&before.inside_cidr, &self.inside_cidr),
            inside_ipv6_cidr: auto(&before.inside_ipv6_cidr, &self.inside_ipv6_cidr),
            log_options: self.log_options.clone().filter(|_| before.log_options != self.log_options),
            phase1_dh_group_numbers: changed_set(
                &before.phase1_dh_group_numbers,
                &self.phase1_dh_group_numbers,
                PHASE1_GROUPS.iter().copied(),
            ),
            phase1_encryption_algorithms: changed_set(
                &before.phase1_encryption_algorithms,
                &self.phase1_encryption_algorithms,
                texts(ENCRYPTION),
            ),
            phase1_integrity_algorithms: changed_set(
                &before.phase1_integrity_algorithms,
                &self.phase1_integrity_algorithms,
                texts(INTEGRITY),
            ),
            phase1_lifetime_seconds: changed(
                &before.phase1_lifetime_seconds,
                &self.phase1_lifetime_seconds,
                28_800,
            ),
            phase2_dh_group_numbers: changed_set(
                &before.phase2_dh_group_numbers,
                &self.phase2_dh_group_numbers,
                PHASE2_GROUPS.iter().copied(),
            ),
            phase2_encryption_algorithms: changed_set(
                &before.phase2_encryption_algorithms,
                &self.phase2_encryption_algorithms,
                texts(ENCRYPTION),
            ),
            phase2_integrity_algorithms: changed_set(
                &before.phase2_integrity_algorithms,
                &self.phase2_integrity_algorithms,
                texts(INTEGRITY),
            ),
            phase2_lifetime_seconds: changed(
                &before.phase2_lifetime_seconds,
                &self.phase2_lifetime_seconds,
                3600,
            ),
            preshared_key: auto(&before.preshared_key, &self.preshared_key),
            rekey_fuzz_percentage: changed(&before.rekey_fuzz_percentage, &self.rekey_fuzz_percentage, 100),
            rekey_margin_time_seconds: changed(
                &before.rekey_margin_time_seconds,
                &self.rekey_margin_time_seconds,
                540,
            ),
            replay_window_size: changed(&before.replay_window_size, &self.replay_window_size, 1024),
            startup_action: changed(&before.startup_action, &self.startup_action, "add".to_owned()),
            ..Tunnel::default()
        };
        (changes != Tunnel::default()).then_some(changes)
    }

    /// This tunnel as EC2 describes it, by its options and in the document for the router.
    pub(super) fn with(self, remote: TunnelOption, described: DescribedTunnel) -> Tunnel {
        let number = |n: Option<i32>| n.map(i64::from);
        let text = |t: Option<String>| t.filter(|t| !t.is_empty());
        macro_rules! values {
            ($list:expr) => {
                $list.unwrap_or_default().into_iter().filter_map(|v| v.value).collect::<Vec<_>>()
            };
        }
        let groups = |list: Vec<i32>| list.into_iter().map(i64::from).collect::<Vec<_>>();
        // Where a log would go is of no account while there is none.
        let known = self.log_options.clone().and_then(|o| o.cloudwatch_log_options).unwrap_or_default();
        let target = |on: Option<bool>, now: Option<String>, known: Option<String>| {
            if on == Some(true) { text(now) } else { known }
        };
        let key = Some(described.preshared_key).filter(|k| !k.is_empty()).or(remote.pre_shared_key);
        Tunnel {
            address: described.outside_address.into(),
            bgp_asn: described.bgp_asn.into(),
            bgp_holdtime: described.bgp_hold_time.into(),
            cgw_inside_address: described.customer_inside_address.into(),
            vgw_inside_address: described.aws_inside_address.into(),
            dpd_timeout_action: shown(
                self.dpd_timeout_action,
                text(remote.dpd_timeout_action),
                "clear".into(),
            ),
            dpd_timeout_seconds: shown(self.dpd_timeout_seconds, number(remote.dpd_timeout_seconds), 30),
            enable_tunnel_lifecycle_control: shown(
                self.enable_tunnel_lifecycle_control,
                remote.enable_tunnel_lifecycle_control,
                false,
            ),
            ike_versions: shown_set(self.ike_versions, values!(remote.ike_versions), texts(IKE)),
            inside_cidr: remote.tunnel_inside_cidr.unwrap_or_default().into(),
            inside_ipv6_cidr: remote.tunnel_inside_ipv6_cidr.unwrap_or_default().into(),
            log_options: remote.log_options.and_then(|o| o.cloud_watch_log_options).map(|group| {
                TunnelLogOptions {
                    cloudwatch_log_options: Some(TunnelLogGroup {
                        bgp_log_enabled: Some(group.bgp_log_enabled.unwrap_or_default()),
                        bgp_log_group_arn: target(
                            group.bgp_log_enabled,
                            group.bgp_log_group_arn,
                            known.bgp_log_group_arn,
                        ),
                        bgp_log_output_format: group.bgp_log_output_format.unwrap_or_default().into(),
                        log_enabled: Some(group.log_enabled.unwrap_or_default()),
                        log_group_arn: target(group.log_enabled, group.log_group_arn, known.log_group_arn),
                        log_output_format: group.log_output_format.unwrap_or_default().into(),
                    }),
                }
            }),
            phase1_dh_group_numbers: shown_set(
                self.phase1_dh_group_numbers,
                groups(values!(remote.phase1_dh_group_numbers)),
                PHASE1_GROUPS.iter().copied(),
            ),
            phase1_encryption_algorithms: shown_set(
                self.phase1_encryption_algorithms,
                values!(remote.phase1_encryption_algorithms),
                texts(ENCRYPTION),
            ),
            phase1_integrity_algorithms: shown_set(
                self.phase1_integrity_algorithms,
                values!(remote.phase1_integrity_algorithms),
                texts(INTEGRITY),
            ),
            phase1_lifetime_seconds: shown(
                self.phase1_lifetime_seconds,
                number(remote.phase1_lifetime_seconds),
                28_800,
            ),
            phase2_dh_group_numbers: shown_set(
                self.phase2_dh_group_numbers,
                groups(values!(remote.phase2_dh_group_numbers)),
                PHASE2_GROUPS.iter().copied(),
            ),
            phase2_encryption_algorithms: shown_set(
                self.phase2_encryption_algorithms,
                values!(remote.phase2_encryption_algorithms),
                texts(ENCRYPTION),
            ),
            phase2_integrity_algorithms: shown_set(
                self.phase2_integrity_algorithms,
                values!(remote.phase2_integrity_algorithms),
                texts(INTEGRITY),
            ),
            phase2_lifetime_seconds: shown(
                self.phase2_lifetime_seconds,
                number(remote.phase2_lifetime_seconds),
                3600,
            ),
            // Of keys in the Secrets Manager AWS tells only where they are.
            preshared_key: key.or(self.preshared_key.0).unwrap_or_default().into(),
            rekey_fuzz_percentage: shown(
                self.rekey_fuzz_percentage,
                number(remote.rekey_fuzz_percentage),
                100,
            ),
            rekey_margin_time_seconds: shown(
                self.rekey_margin_time_seconds,
                number(remote.rekey_margin_time_seconds),
                540,
            ),
            replay_window_size: shown(self.replay_window_size, number(remote.replay_window_size), 1024),
            startup_action: shown(self.startup_action, text(remote.startup_action), "add".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_no_longer_goes_back_to_the_default() {
        let before = Tunnel {
            dpd_timeout_seconds: Some(60),
            ike_versions: ["ikev2".to_owned()].into(),
            startup_action: Some("start".into()),
            ..Tunnel::default()
        };
        let changes = Tunnel::default().changes_from(&before).expect("there are changes");
        assert_eq!(changes.dpd_timeout_seconds, Some(30));
        assert_eq!(changes.ike_versions.len(), 2);
        assert_eq!(changes.startup_action.as_deref(), Some("add"));
        assert_eq!(changes.phase1_lifetime_seconds, None);
        assert_eq!(before.changes_from(&before), None);
    }

    #[test]
    fn defaults_are_shown_where_they_were_set() {
        assert_eq!(shown(None, Some(30), 30), None);
        assert_eq!(shown(Some(30), None, 30), Some(30));
        assert_eq!(shown(Some(40), None, 30), None);
        assert_eq!(shown(None, Some(40), 30), Some(40));
        assert_eq!(shown_set([].into(), vec![1, 2], [2, 1]), [].into());
        assert_eq!(shown_set([1, 2].into(), vec![], [2, 1]), [1, 2].into());
        assert_eq!(shown_set([1].into(), vec![2], [2, 1]), [2].into());
    }
}
