//! Rules of network ACLs: as configurations write them inside an ACL, as EC2 has them, and the
//! calls that change them one by one.

use super::kind::set;
use super::validate::same_network;
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use aws_sdk_ec2::types::{IcmpTypeCode, NetworkAclEntry, PortRange, RuleAction};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Diagnostic, Diagnostics, Error, Value};

/// The number of the rule that denies everything else, which every ACL has.
pub(super) const LAST_RULE: i32 = 32_767;

/// A rule inside a network ACL.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AclRule {
    /// `allow` or `deny`.
    pub action: String,
    /// The IPv4 network.
    pub cidr_block: Option<String>,
    /// The first port.
    pub from_port: i64,
    /// The ICMP code, -1 for all.
    pub icmp_code: Option<i64>,
    /// The ICMP type, -1 for all.
    pub icmp_type: Option<i64>,
    /// The IPv6 network.
    pub ipv6_cidr_block: Option<String>,
    /// The protocol: a name, a number, or `-1` for all.
    pub protocol: String,
    /// The number of the rule; lower ones are tried first.
    pub rule_no: i64,
    /// The last port.
    pub to_port: i64,
}

/// The number of a protocol, as network ACLs have it; other texts stay.
pub(super) fn protocol_number(protocol: &str) -> String {
    match protocol.to_ascii_lowercase().as_str() {
        "all" => "-1",
        "icmp" => "1",
        "tcp" => "6",
        "udp" => "17",
        "icmpv6" | "ipv6-icmp" => "58",
        "igmp" => "2",
        "ipv4" | "ipencap" => "4",
        "ipv6" => "41",
        "gre" => "47",
        "esp" => "50",
        "ah" => "51",
        "sctp" => "132",
        other => return other.to_owned(),
    }
    .to_owned()
}

/// Whether two texts name the same protocol.
pub(super) fn same_protocol(a: &str, b: &str) -> bool {
    protocol_number(a) == protocol_number(b)
}

/// Whether protocols are ICMP's, which have types and codes instead of ports.
fn is_icmp(protocol: &str) -> bool {
    matches!(protocol_number(protocol).as_str(), "1" | "58")
}

impl AclRule {
    /// The rule as EC2 describes it.
    pub(super) fn from_remote(entry: &NetworkAclEntry) -> AclRule {
        let protocol = entry.protocol().unwrap_or_default();
        let ports = entry.port_range();
        let icmp = entry.icmp_type_code().filter(|_| is_icmp(protocol));
        AclRule {
            action: entry.rule_action().map(RuleAction::as_str).unwrap_or_default().to_owned(),
            cidr_block: Some(entry.cidr_block().unwrap_or_default().to_owned()),
            from_port: ports.and_then(PortRange::from).unwrap_or_default().into(),
            icmp_code: Some(icmp.and_then(IcmpTypeCode::code).unwrap_or_default().into()),
            icmp_type: Some(icmp.and_then(IcmpTypeCode::r#type).unwrap_or_default().into()),
            ipv6_cidr_block: Some(entry.ipv6_cidr_block().unwrap_or_default().to_owned()),
            protocol: protocol.to_owned(),
            rule_no: entry.rule_number().unwrap_or_default().into(),
            to_port: ports.and_then(PortRange::to).unwrap_or_default().into(),
        }
    }

    /// Whether two rules mean the same, however protocol, action and network are spelled.
    pub(super) fn is_same(&self, other: &AclRule) -> bool {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let icmp = |r: &AclRule| {
            let both = (r.icmp_type.unwrap_or_default(), r.icmp_code.unwrap_or_default());
            if is_icmp(&r.protocol) { both } else { (0, 0) }
        };
        let ports = |r: &AclRule| {
            let none = is_icmp(&r.protocol) || protocol_number(&r.protocol) == "-1";
            if none { (0, 0) } else { (r.from_port, r.to_port) }
        };
        self.rule_no == other.rule_no
            && self.action.eq_ignore_ascii_case(&other.action)
            && same_protocol(&self.protocol, &other.protocol)
            && text(&self.cidr_block) == text(&other.cidr_block)
            && same_network(&text(&self.ipv6_cidr_block), &text(&other.ipv6_cidr_block))
            && icmp(self) == icmp(other)
            && ports(self) == ports(other)
    }

    /// Makes the rule; one of this number that means the same is no error.
    pub(super) async fn create(&self, aws: &Aws, acl: &str, egress: bool) -> Result<(), Error> {
        let number = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        let protocol = protocol_number(&self.protocol);
        let call = (aws.ec2().create_network_acl_entry())
            .network_acl_id(acl)
            .egress(egress)
            .rule_number(number(self.rule_no))
            .rule_action(RuleAction::from(self.action.to_ascii_lowercase().as_str()))
            .protocol(&protocol)
            .set_cidr_block(set(self.cidr_block.as_deref()))
            .set_ipv6_cidr_block(set(self.ipv6_cidr_block.as_deref()));
        let call = match () {
            () if protocol == "-1" => call,
            () if is_icmp(&protocol) => {
                let (kind, code) = (self.icmp_type.unwrap_or_default(), self.icmp_code.unwrap_or_default());
                call.icmp_type_code(IcmpTypeCode::builder().r#type(number(kind)).code(number(code)).build())
            }
            () => {
                let ports = PortRange::builder().from(number(self.from_port)).to(number(self.to_port));
                call.port_range(ports.build())
            }
        };
        let create = || aws.call("ec2:CreateNetworkAclEntry", call.clone().send());
        match retry_while(PROPAGATION, is_not_found, create).await {
            Err(e) if e.has_code(&["NetworkAclEntryAlreadyExists"]) => {
                let acl = super::kind::visible::<aws_sdk_ec2::types::NetworkAcl>(aws, acl).await?;
                let there = acl.entries().iter().any(|entry| {
                    entry.egress() == Some(egress) && self.is_same(&AclRule::from_remote(entry))
                });
                if there { Ok(()) } else { Err(e) }
            }
            other => other.map(|_| ()),
        }
    }
}

/// Removes a rule; one that is gone already is no error.
pub(super) async fn delete(aws: &Aws, acl: &str, egress: bool, number: i64) -> Result<(), Error> {
    let number = i32::try_from(number).unwrap_or_default();
    let call =
        aws.ec2().delete_network_acl_entry().network_acl_id(acl).egress(egress).rule_number(number).send();
    match aws.call("ec2:DeleteNetworkAclEntry", call).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Changes the rules of one direction from `before` to `after`. Old rules go first, as a number
/// can only be taken once.
pub(super) async fn change(
    aws: &Aws,
    acl: &str,
    egress: bool,
    before: &BTreeSet<AclRule>,
    after: &BTreeSet<AclRule>,
) -> Result<(), Error> {
    let stays = |rule: &AclRule, others: &BTreeSet<AclRule>| others.iter().any(|o| o.is_same(rule));
    let gone = before.iter().filter(|rule| !stays(rule, after));
    terrane_sdk::try_join_all(gone.map(|rule| delete(aws, acl, egress, rule.rule_no))).await?;
    let new = after.iter().filter(|rule| !stays(rule, before));
    terrane_sdk::try_join_all(new.map(|rule| rule.create(aws, acl, egress))).await?;
    Ok(())
}

/// The rules of one direction among `entries`, those that are `known` spelled as they are known.
pub(super) fn rules(
    entries: &[NetworkAclEntry],
    egress: bool,
    known: Option<&BTreeSet<AclRule>>,
) -> BTreeSet<AclRule> {
    (entries.iter())
        .filter(|e| e.egress().unwrap_or_default() == egress)
        .filter(|e| e.rule_number().is_some_and(|n| n < LAST_RULE))
        .map(|entry| {
            let rule = AclRule::from_remote(entry);
            let known = known.into_iter().flatten().find(|k| k.is_same(&rule));
            known.cloned().unwrap_or(rule)
        })
        .collect()
}

/// Whether two sets of rules, as values, mean the same.
pub(super) fn same_rules(a: &Value, b: &Value) -> bool {
    let read = |v: &Value| {
        let known = v.is_wholly_known() && !v.is_null();
        known.then(|| <BTreeSet<AclRule> as terrane_sdk::Field>::from_value(v).ok()).flatten()
    };
    let (Some(a), Some(b)) = (read(a), read(b)) else { return false };
    a.len() == b.len() && a.iter().all(|rule| b.iter().any(|other| other.is_same(rule)))
}

/// Checks a rule, as far as it is known.
pub(super) fn validate(at: &str, rule: &Value, diagnostics: &mut Diagnostics) {
    let known = |name: &str| rule.attribute(name).filter(|v| v.is_known() && !v.is_null());
    let mut refuse = |summary: &str, detail: &str| {
        diagnostics.push(Diagnostic::error(summary, detail).on_attribute(at));
    };
    if let Some(action) = known("action").as_ref().and_then(Value::as_str)
        && !["allow", "deny"].iter().any(|a| action.eq_ignore_ascii_case(a))
    {
        refuse("Invalid action of a network ACL rule", "It is \"allow\" or \"deny\".");
    }
    let port = |name: &str| known(name).and_then(|v| v.as_number().and_then(|n| n.to_i64()));
    let all = known("protocol").as_ref().and_then(Value::as_str).is_some_and(|p| protocol_number(p) == "-1");
    if all && [port("from_port"), port("to_port")].iter().any(|p| p.is_some_and(|p| p != 0)) {
        refuse("Invalid ports", "With the protocol \"-1\", which is all, from_port and to_port are both 0.");
    }
    if let Err(problem) = super::validate::ipv4_network_or_empty(&known("cidr_block").unwrap_or(Value::NULL))
    {
        refuse("Invalid network", &format!("{problem}."));
    }
    if let Err(problem) = super::validate::ipv6_network(&known("ipv6_cidr_block").unwrap_or(Value::NULL)) {
        refuse("Invalid network", &format!("{problem}."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_compared_by_meaning() {
        let rule = AclRule {
            action: "allow".into(),
            protocol: "tcp".into(),
            rule_no: 1,
            from_port: 80,
            to_port: 80,
            ..AclRule::default()
        };
        assert!(rule.is_same(&AclRule { protocol: "6".into(), action: "ALLOW".into(), ..rule.clone() }));
        assert!(rule.is_same(&AclRule {
            cidr_block: Some(String::new()),
            icmp_type: Some(0),
            ..rule.clone()
        }));
        assert!(!rule.is_same(&AclRule { to_port: 81, ..rule.clone() }));
        assert!(!rule.is_same(&AclRule { protocol: "17".into(), ..rule.clone() }));
        let ping = AclRule { protocol: "icmp".into(), icmp_type: Some(8), ..rule.clone() };
        assert!(ping.is_same(&AclRule { from_port: 0, to_port: 0, protocol: "1".into(), ..ping.clone() }));
        assert!(!ping.is_same(&AclRule { icmp_type: Some(0), ..ping.clone() }));
    }
}
