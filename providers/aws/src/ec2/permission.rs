//! Permissions of security groups, taken apart: EC2 groups them one way, configurations another,
//! and only single permissions (one protocol, one range of ports, one peer) can be compared.

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Block, Value};

/// A rule of a security group as configurations have it inside the group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Rule {
    /// IPv4 networks of peers.
    pub cidr_blocks: Vec<String>,
    /// What the rule is for.
    pub description: Option<String>,
    /// The first port, or the ICMP type.
    pub from_port: i64,
    /// IPv6 networks of peers.
    pub ipv6_cidr_blocks: Vec<String>,
    /// Prefix lists with networks of peers.
    pub prefix_list_ids: Vec<String>,
    /// The protocol: a name, a number, or `-1` for all.
    pub protocol: String,
    /// Security groups that peers are in.
    pub security_groups: BTreeSet<String>,
    /// Whether members of the group itself are peers.
    #[attr(name = "self")]
    pub own: Option<bool>,
    /// The last port, or the ICMP code.
    pub to_port: i64,
}

/// Who may communicate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    /// An IPv4 network.
    Ipv4(String),
    /// An IPv6 network.
    Ipv6(String),
    /// A prefix list.
    PrefixList(String),
    /// The members of a security group: `sg-1`, or `123456789012/sg-1` of another account.
    Group(String),
}

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Permission {
    pub(crate) protocol: String,
    pub(crate) from_port: i64,
    pub(crate) to_port: i64,
    pub(crate) peer: Peer,
}

/// Permissions and their descriptions.
pub(crate) type Permissions = BTreeMap<Permission, String>;

/// The name by which EC2 gives a protocol back.
pub(crate) fn protocol_name(protocol: &str) -> String {
    match protocol.to_ascii_lowercase().as_str() {
        "all" => "-1".to_owned(),
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        other => other.to_owned(),
    }
}

/// Whether two texts name the same protocol.
pub(crate) fn same_protocol(a: &str, b: &str) -> bool {
    protocol_name(a) == protocol_name(b)
}

/// A protocol: a name, or a number.
pub(crate) fn protocol(value: &Value) -> Result<(), String> {
    const NAMES: [&str; 33] = [
        "-1",
        "ah",
        "all",
        "ax.25",
        "dccp",
        "egp",
        "eigrp",
        "esp",
        "ggp",
        "gre",
        "hmp",
        "icmp",
        "icmpv6",
        "idpr-cmtp",
        "igmp",
        "ip",
        "ipip",
        "ipv6",
        "l2tp",
        "manet",
        "ospf",
        "pgm",
        "pim",
        "pup",
        "rdp",
        "rohc",
        "rspf",
        "rsvp",
        "sctp",
        "tcp",
        "udp",
        "vrrp",
        "wesp",
    ];
    let Some(text) = value.as_str() else { return Ok(()) };
    let text = text.to_ascii_lowercase();
    match NAMES.contains(&text.as_str()) || text.parse::<u8>().is_ok() {
        true => Ok(()),
        false => {
            Err(format!("{text:?} is no protocol: write tcp, udp, icmp, icmpv6, -1 for all, or a number"))
        }
    }
}

impl Permission {
    /// As EC2 takes it.
    pub(crate) fn to_ip_permission(&self, description: &str) -> IpPermission {
        let description = (!description.is_empty()).then(|| description.to_owned());
        let permission = IpPermission::builder()
            .ip_protocol(&self.protocol)
            .set_from_port(i32::try_from(self.from_port).ok())
            .set_to_port(i32::try_from(self.to_port).ok());
        match &self.peer {
            Peer::Ipv4(cidr) => {
                permission.ip_ranges(IpRange::builder().cidr_ip(cidr).set_description(description).build())
            }
            Peer::Ipv6(cidr) => permission
                .ipv6_ranges(Ipv6Range::builder().cidr_ipv6(cidr).set_description(description).build()),
            Peer::PrefixList(id) => permission.prefix_list_ids(
                PrefixListId::builder().prefix_list_id(id).set_description(description).build(),
            ),
            Peer::Group(group) => {
                let (owner, id) = group.split_once('/').map_or((None, group.as_str()), |(o, g)| (Some(o), g));
                permission.user_id_group_pairs(
                    UserIdGroupPair::builder()
                        .group_id(id)
                        .set_user_id(owner.map(str::to_owned))
                        .set_description(description)
                        .build(),
                )
            }
        }
        .build()
    }
}

/// Takes EC2's permissions of a group that account `owner` owns apart.
pub(crate) fn from_ip_permissions(owner: &str, permissions: &[IpPermission]) -> Permissions {
    let mut all = Permissions::new();
    for p in permissions {
        let protocol = protocol_name(p.ip_protocol().unwrap_or("-1"));
        let every_port = protocol == "-1";
        let port = |port: Option<i32>| if every_port { 0 } else { port.map_or(0, i64::from) };
        let (from_port, to_port) = (port(p.from_port), port(p.to_port));
        let mut add = |peer: Peer, description: Option<&str>| {
            let permission = Permission { protocol: protocol.clone(), from_port, to_port, peer };
            all.insert(permission, description.unwrap_or_default().to_owned());
        };
        for range in p.ip_ranges() {
            add(Peer::Ipv4(range.cidr_ip().unwrap_or_default().to_owned()), range.description());
        }
        for range in p.ipv6_ranges() {
            add(Peer::Ipv6(range.cidr_ipv6().unwrap_or_default().to_owned()), range.description());
        }
        for list in p.prefix_list_ids() {
            add(Peer::PrefixList(list.prefix_list_id().unwrap_or_default().to_owned()), list.description());
        }
        for pair in p.user_id_group_pairs() {
            let id = pair.group_id().unwrap_or_default();
            let group = match pair.user_id() {
                Some(user) if !user.is_empty() && user != owner => format!("{user}/{id}"),
                _ => id.to_owned(),
            };
            add(Peer::Group(group), pair.description());
        }
    }
    all
}

/// Takes the rules of group `id` apart.
pub(crate) fn from_rules<'a>(id: &str, rules: impl IntoIterator<Item = &'a Rule>) -> Permissions {
    rules.into_iter().flat_map(|rule| from_rule(id, rule)).collect()
}

fn from_rule(id: &str, rule: &Rule) -> Permissions {
    let protocol = protocol_name(&rule.protocol);
    let port = |port: i64| if protocol == "-1" { 0 } else { port };
    let own = (rule.own == Some(true)).then(|| Peer::Group(id.to_owned()));
    let peers = (rule.cidr_blocks.iter().cloned().map(Peer::Ipv4))
        .chain(rule.ipv6_cidr_blocks.iter().cloned().map(Peer::Ipv6))
        .chain(rule.prefix_list_ids.iter().cloned().map(Peer::PrefixList))
        .chain(rule.security_groups.iter().cloned().map(Peer::Group))
        .chain(own);
    let description = rule.description.clone().unwrap_or_default();
    peers
        .map(|peer| {
            let permission = Permission {
                protocol: protocol.clone(),
                from_port: port(rule.from_port),
                to_port: port(rule.to_port),
                peer,
            };
            (permission, description.clone())
        })
        .collect()
}

/// Puts the permissions of group `id` together to rules: those of `known` that are wholly there
/// as they were, the others by protocol, ports and description.
pub(crate) fn to_rules(id: &str, known: &BTreeSet<Rule>, permissions: Permissions) -> BTreeSet<Rule> {
    let mut left = permissions.clone();
    let mut rules = BTreeSet::new();
    for rule in known {
        let parts = from_rule(id, rule);
        if !parts.is_empty() && parts.iter().all(|(p, d)| permissions.get(p) == Some(d)) {
            left.retain(|p, _| !parts.contains_key(p));
            rules.insert(rule.clone());
        }
    }
    let mut grouped: BTreeMap<(String, i64, i64, String), Rule> = BTreeMap::new();
    for (permission, description) in left {
        let Permission { protocol, from_port, to_port, peer } = permission;
        let key = (protocol.clone(), from_port, to_port, description.clone());
        let rule = grouped.entry(key).or_insert_with(|| Rule {
            cidr_blocks: Vec::new(),
            description: Some(description),
            from_port,
            ipv6_cidr_blocks: Vec::new(),
            prefix_list_ids: Vec::new(),
            protocol,
            security_groups: BTreeSet::new(),
            own: Some(false),
            to_port,
        });
        match peer {
            Peer::Ipv4(cidr) => rule.cidr_blocks.push(cidr),
            Peer::Ipv6(cidr) => rule.ipv6_cidr_blocks.push(cidr),
            Peer::PrefixList(list) => rule.prefix_list_ids.push(list),
            Peer::Group(group) if group == id => rule.own = Some(true),
            Peer::Group(group) => drop(rule.security_groups.insert(group)),
        }
    }
    rules.extend(grouped.into_values());
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(protocol: &str, ports: (i64, i64), cidrs: &[&str], own: bool) -> Rule {
        Rule {
            cidr_blocks: cidrs.iter().map(|c| (*c).to_owned()).collect(),
            description: None,
            from_port: ports.0,
            ipv6_cidr_blocks: Vec::new(),
            prefix_list_ids: Vec::new(),
            protocol: protocol.to_owned(),
            security_groups: BTreeSet::new(),
            own: Some(own),
            to_port: ports.1,
        }
    }

    #[test]
    fn rules_that_are_there_stay_as_they_are_written() {
        let known: BTreeSet<Rule> =
            [rule("TCP", (443, 443), &["10.2.0.0/16", "10.1.0.0/16"], false), rule("all", (0, 0), &[], true)]
                .into();
        let there = from_rules("sg-1", &known);
        assert_eq!(there.len(), 3);
        assert_eq!(to_rules("sg-1", &known, there.clone()), known);
        // As EC2 groups them.
        let asked: Vec<_> = there.iter().map(|(p, d)| p.to_ip_permission(d)).collect();
        assert_eq!(from_ip_permissions("1", &asked), there);
    }

    #[test]
    fn what_is_not_known_is_grouped() {
        let there = from_rules("sg-1", &[rule("tcp", (80, 80), &["10.0.0.0/8", "11.0.0.0/8"], true)]);
        let known = [rule("tcp", (80, 80), &["10.0.0.0/8", "12.0.0.0/8"], false)].into();
        let rules: Vec<Rule> = to_rules("sg-1", &known, there).into_iter().collect();
        let mut expected = rule("tcp", (80, 80), &["10.0.0.0/8", "11.0.0.0/8"], true);
        expected.description = Some(String::new());
        assert_eq!(rules, [expected]);
    }

    #[test]
    fn protocols() {
        for (text, name) in [("all", "-1"), ("6", "tcp"), ("UDP", "udp"), ("58", "icmpv6"), ("47", "47")] {
            assert_eq!(protocol_name(text), name);
            assert_eq!(protocol(&Value::from(text)), Ok(()));
        }
        assert!(protocol(&Value::from("tpc")).is_err());
        assert!(protocol(&Value::from("256")).is_err());
    }
}
