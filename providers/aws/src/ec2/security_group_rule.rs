//! `aws_security_group_rule`: permissions of a security group for one protocol and range of
//! ports, with several peers.

use super::batch::{PAGE, all_failed, describe_by, filter, pages};
use super::permission::{
    Peer, Permission, Permissions, Rule, from_ip_permissions, from_rules, protocol, protocol_name,
    same_protocol,
};
use super::permission_calls::{Direction, authorize, change, revoke};
use super::route::crc32;
use crate::Aws;
use crate::client::{PROPAGATION, Poll, wait_until};
use aws_sdk_ec2::types;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Type, Value,
    async_trait, validate,
};

/// Provides a rule of a security group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_security_group_rule", version = 2, keep, timeouts(create = "5m"))]
pub struct SecurityGroupRule {
    /// A number made from what the rule says.
    pub id: Computed<String>,
    /// Which way the traffic goes: `ingress` or `egress`.
    #[attr(force_new, name = "type", validate = validate::one_of(&["ingress", "egress"]))]
    pub direction: String,
    /// The group the rule is of.
    #[attr(force_new)]
    pub security_group_id: String,
    /// The protocol: a name, a number, or `-1` for all.
    #[attr(force_new, validate = protocol, equivalent = same_protocol)]
    pub protocol: String,
    /// The first port, or the ICMP type.
    #[attr(force_new)]
    pub from_port: i64,
    /// The last port, or the ICMP code.
    #[attr(force_new)]
    pub to_port: i64,
    /// The peers, IPv4 networks.
    #[attr(force_new, conflicts_with = ["source_security_group_id", "self"])]
    pub cidr_blocks: Vec<String>,
    /// The peers, IPv6 networks.
    #[attr(force_new, conflicts_with = ["source_security_group_id", "self"])]
    pub ipv6_cidr_blocks: Vec<String>,
    /// The peers, prefix lists.
    #[attr(force_new)]
    pub prefix_list_ids: Vec<String>,
    /// The peers, the members of the group itself.
    #[attr(force_new, name = "self", default = false)]
    pub own: Option<bool>,
    /// The peers, the members of another group.
    #[attr(force_new, conflicts_with = ["cidr_blocks", "ipv6_cidr_blocks", "self"])]
    pub source_security_group_id: Auto<String>,
    /// What the rule is for.
    #[attr(validate = validate::length(0..=255))]
    pub description: Option<String>,
    /// The id EC2 gives the rule, when it is a single permission.
    pub security_group_rule_id: Computed<String>,
}

#[async_trait]
impl Resource for SecurityGroupRule {
    type Client = Aws;

    const PART: bool = true;

    /// Group, direction, protocol, ports and peers are the natural key.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (group, direction, wanted) =
            (&planned.security_group_id, planned.direction(), planned.permissions());
        if !cx.repeated {
            let there =
                find_group(aws, group).await?.map(|g| permissions_of(&g, direction)).unwrap_or_default();
            if wanted.keys().any(|p| there.contains_key(p)) {
                let detail = format!(
                    "Security group {group} has a rule for the same {}, protocol, ports and peers already: it may be \
                     written in the group itself or in another resource, or be imported.",
                    planned.direction
                );
                let error =
                    Error::new("The rule is there already", detail).code("InvalidPermission.Duplicate");
                return Err(aws.here(error).into());
            }
        }
        authorize(aws, group, direction, &wanted).await?;
        let made = SecurityGroupRule { id: planned.made_id().into(), ..planned.clone() };
        let found = wait_until("the security group rule", cx.timeout_or(PROPAGATION), || async {
            let found = find_group(aws, group).await?;
            let now = found.and_then(|g| made.clone().with(&g, &[]));
            Ok(now.map_or_else(|| Poll::Pending("not found".into()), Poll::Ready))
        });
        let found = found.await.map_err(|e| Failure::partial(aws.here(e), made.clone()))?;
        let rules = if wanted.len() == 1 { rules(aws, vec![group.clone()]).await? } else { Vec::new() };
        let id = rule_id(&rules, &found);
        Ok(SecurityGroupRule { security_group_rule_id: id.into(), ..found })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let groups = states.iter().map(|s| s.security_group_id.as_str());
        let found = describe_by(groups, |ids| describe_groups(aws, ids), |g| g.group_id());
        // Only rules of one permission have an id of their own.
        let single =
            states.iter().filter(|s| s.permissions().len() == 1).map(|s| s.security_group_id.as_str());
        let rules = super::batch::describe_all(single, |ids| rules(aws, ids));
        match futures::try_join!(found, rules) {
            Ok((groups, rules)) => (states.into_iter())
                .map(|state| {
                    let group = groups.get(&state.security_group_id);
                    Ok(group.and_then(|group| state.with(group, &rules)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (before, after) = (prior.permissions(), planned.permissions());
        change(aws, &prior.security_group_id, prior.direction(), &before, &after).await?;
        Ok(SecurityGroupRule {
            id: prior.id,
            security_group_rule_id: prior.security_group_rule_id,
            source_security_group_id: prior.source_security_group_id,
            ..planned
        })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let Some(group) = find_group(aws, &state.security_group_id).await? else { return Ok(()) };
        let there = permissions_of(&group, state.direction());
        let mut ours = state.permissions();
        ours.retain(|p, _| there.contains_key(p));
        revoke(aws, &state.security_group_id, state.direction(), &ours).await
    }

    /// Each permission as a rule of its own.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let groups = aws.ec2().describe_security_groups().max_results(PAGE);
        let rules = aws.ec2().describe_security_group_rules().max_results(PAGE);
        let (groups, rules) =
            futures::try_join!(async { pages!(aws, "ec2:DescribeSecurityGroups", groups) }, async {
                pages!(aws, "ec2:DescribeSecurityGroupRules", rules)
            },)?;
        let mut by_group = HashMap::<String, Vec<types::SecurityGroupRule>>::new();
        for rule in rules {
            by_group.entry(rule.group_id.clone().unwrap_or_default()).or_default().push(rule);
        }
        let mut all = Vec::new();
        for group in &groups {
            let id = group.group_id().unwrap_or_default();
            let rules = by_group.get(id).map(Vec::as_slice).unwrap_or_default();
            for direction in [Direction::Ingress, Direction::Egress] {
                let permissions = permissions_of(group, direction).into_keys();
                all.extend(permissions.filter_map(|p| Self::of(id, direction, p).with(group, rules)));
            }
        }
        Ok(Some(all))
    }

    fn import_id(&self) -> Option<String> {
        let ports = [self.from_port, self.to_port].map(|port| port.to_string());
        let protocol = if self.protocol == "-1" { "all" } else { self.protocol.as_str() };
        let rule = [self.security_group_id.as_str(), self.direction.as_str(), protocol];
        let peers = [&self.cidr_blocks, &self.ipv6_cidr_blocks, &self.prefix_list_ids].into_iter().flatten();
        let own = (self.own == Some(true)).then_some("self");
        let source = self.source_security_group_id.as_deref().filter(|s| !s.is_empty());
        let parts = rule.into_iter().chain(ports.iter().map(String::as_str));
        let parts = parts.chain(peers.map(String::as_str)).chain(own).chain(source);
        Some(parts.collect::<Vec<_>>().join("_"))
    }

    /// `sg-1_ingress_tcp_8000_8000_10.0.0.0/16`, with more peers after further underscores:
    /// networks, prefix lists, groups, `self`.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        let invalid = |why: &str| {
            let form = "SECURITY-GROUP-ID_TYPE_PROTOCOL_FROM-PORT_TO-PORT_PEER[_PEER]...";
            Error::new("Invalid import id", format!("{id:?} is not of the form {form}: {why}."))
        };
        let parts: Vec<&str> = id.split('_').collect();
        let [group, direction, protocol, from, to, peers @ ..] = &parts[..] else {
            return Err(invalid("it has too few parts"));
        };
        let port = |text: &str| match text {
            "all" => Ok(Value::from(-1)),
            text => text.parse::<i64>().map(Value::from).map_err(|_| invalid("a port is no number")),
        };
        if !["ingress", "egress"].contains(direction) {
            return Err(invalid("the type is ingress or egress"));
        }
        let (mut ipv4, mut ipv6, mut lists) = (Vec::new(), Vec::new(), Vec::new());
        let mut set = vec![
            ("security_group_id", Value::from(*group)),
            ("type", Value::from(*direction)),
            ("protocol", Value::from(protocol_name(protocol))),
            ("from_port", port(from)?),
            ("to_port", port(to)?),
        ];
        for peer in peers.iter().filter(|p| !p.is_empty()) {
            match *peer {
                "self" => set.push(("self", Value::TRUE)),
                p if p.starts_with("sg-") || p.contains("/sg-") => {
                    set.push(("source_security_group_id", Value::from(p)));
                }
                p if p.starts_with("pl-") => lists.push(Value::from(p)),
                p if p.contains(':') => ipv6.push(Value::from(p)),
                p => ipv4.push(Value::from(p)),
            }
        }
        for (name, peers) in [("cidr_blocks", ipv4), ("ipv6_cidr_blocks", ipv6), ("prefix_list_ids", lists)] {
            if !peers.is_empty() {
                set.push((name, Value::list(Type::String, peers)));
            }
        }
        Ok(set)
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let peers =
            ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id"];
        let is_set = |name: &&str| config.attribute(name).is_some_and(|v| !v.is_null());
        if !peers.iter().any(is_set) {
            let detail = format!("At least one of these must be set: {}.", peers.join(", "));
            diagnostics.push(Diagnostic::error("Missing peer", detail));
        }
    }
}

impl SecurityGroupRule {
    /// The rule that is one permission of a group.
    fn of(group: &str, direction: Direction, permission: Permission) -> SecurityGroupRule {
        let direction = if direction == Direction::Egress { "egress" } else { "ingress" };
        let mut rule = SecurityGroupRule {
            direction: direction.to_owned(),
            security_group_id: group.to_owned(),
            protocol: permission.protocol,
            from_port: permission.from_port,
            to_port: permission.to_port,
            ..SecurityGroupRule::default()
        };
        match permission.peer {
            Peer::Ipv4(cidr) => rule.cidr_blocks.push(cidr),
            Peer::Ipv6(cidr) => rule.ipv6_cidr_blocks.push(cidr),
            Peer::PrefixList(list) => rule.prefix_list_ids.push(list),
            Peer::Group(id) if id == group => rule.own = Some(true),
            Peer::Group(id) => rule.source_security_group_id = id.into(),
        }
        rule
    }

    fn direction(&self) -> Direction {
        if self.direction == "egress" { Direction::Egress } else { Direction::Ingress }
    }

    fn rule(&self) -> Rule {
        let source = self.source_security_group_id.0.clone().filter(|s| !s.is_empty());
        Rule {
            cidr_blocks: self.cidr_blocks.clone(),
            description: self.description.clone(),
            from_port: self.from_port,
            ipv6_cidr_blocks: self.ipv6_cidr_blocks.clone(),
            prefix_list_ids: self.prefix_list_ids.clone(),
            protocol: self.protocol.clone(),
            security_groups: source.into_iter().collect::<BTreeSet<_>>(),
            own: self.own,
            to_port: self.to_port,
        }
    }

    fn permissions(&self) -> Permissions {
        from_rules(&self.security_group_id, [&self.rule()])
    }

    fn made_id(&self) -> String {
        let peers: Vec<String> = self.permissions().keys().map(|p| format!("{:?}", p.peer)).collect();
        let text = format!(
            "{}-{}-{}-{}-{}-{}",
            self.security_group_id,
            self.from_port,
            self.to_port,
            protocol_name(&self.protocol),
            self.direction,
            peers.join(",")
        );
        format!("sgrule-{}", crc32(&text))
    }

    /// This object as its group has it: peers that are gone are left out; `None` when all are.
    fn with(
        self,
        group: &types::SecurityGroup,
        rules: &[types::SecurityGroupRule],
    ) -> Option<SecurityGroupRule> {
        let there = permissions_of(group, self.direction());
        let wanted = self.permissions();
        let found = |peer: Peer| wanted.keys().find(|p| p.peer == peer).and_then(|p| there.get(p));
        let keep = |all: &[String], kind: fn(String) -> Peer| -> Vec<String> {
            all.iter().filter(|text| found(kind((*text).clone())).is_some()).cloned().collect()
        };
        let description = wanted.keys().find_map(|p| there.get(p))?;
        let own = self.own == Some(true) && found(Peer::Group(self.security_group_id.clone())).is_some();
        let source =
            self.source_security_group_id.0.clone().filter(|s| found(Peer::Group(s.clone())).is_some());
        let now = SecurityGroupRule {
            id: self.id.0.clone().or_else(|| Some(self.made_id())).into(),
            cidr_blocks: keep(&self.cidr_blocks, Peer::Ipv4),
            ipv6_cidr_blocks: keep(&self.ipv6_cidr_blocks, Peer::Ipv6),
            prefix_list_ids: keep(&self.prefix_list_ids, Peer::PrefixList),
            own: Some(own),
            source_security_group_id: source.into(),
            description: Some(description.clone()).filter(|d| !d.is_empty()),
            ..self
        };
        let id = rule_id(rules, &now);
        Some(SecurityGroupRule { security_group_rule_id: id.into(), ..now })
    }
}

fn permissions_of(group: &types::SecurityGroup, direction: Direction) -> Permissions {
    let owner = group.owner_id().unwrap_or_default();
    match direction {
        Direction::Ingress => from_ip_permissions(owner, group.ip_permissions()),
        Direction::Egress => from_ip_permissions(owner, group.ip_permissions_egress()),
    }
}

/// The id of the rule that is `rule`'s only permission; empty when it has several.
fn rule_id(rules: &[types::SecurityGroupRule], rule: &SecurityGroupRule) -> String {
    let wanted = rule.permissions();
    let [permission] = &wanted.keys().collect::<Vec<_>>()[..] else { return String::new() };
    let same = |r: &&types::SecurityGroupRule| {
        let port = |p: Option<i32>| if permission.protocol == "-1" { 0 } else { p.map_or(0, i64::from) };
        let group = r.referenced_group_info().and_then(|g| g.group_id());
        let is_peer = match &permission.peer {
            Peer::Ipv4(cidr) => r.cidr_ipv4() == Some(cidr),
            Peer::Ipv6(cidr) => r.cidr_ipv6() == Some(cidr),
            Peer::PrefixList(list) => r.prefix_list_id() == Some(list),
            Peer::Group(id) => group == id.rsplit('/').next(),
        };
        r.group_id() == Some(&rule.security_group_id)
            && r.is_egress() == Some(rule.direction() == Direction::Egress)
            && protocol_name(r.ip_protocol().unwrap_or("-1")) == permission.protocol
            && (port(r.from_port()), port(r.to_port())) == (permission.from_port, permission.to_port)
            && is_peer
    };
    rules.iter().find(same).and_then(|r| r.security_group_rule_id.clone()).unwrap_or_default()
}

async fn describe_groups(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::SecurityGroup>, Error> {
    let call = aws.ec2().describe_security_groups().filters(filter("group-id", ids)).max_results(PAGE);
    pages!(aws, "ec2:DescribeSecurityGroups", call)
}

async fn find_group(aws: &Aws, id: &str) -> Result<Option<types::SecurityGroup>, Error> {
    Ok(describe_groups(aws, vec![id.to_owned()]).await?.pop())
}

/// The rules of all these groups.
async fn rules(aws: &Aws, groups: Vec<String>) -> Result<Vec<types::SecurityGroupRule>, Error> {
    let call =
        aws.ec2().describe_security_group_rules().filters(filter("group-id", groups)).max_results(PAGE);
    pages!(aws, "ec2:DescribeSecurityGroupRules", call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_ids() {
        let set =
            SecurityGroupRule::import("sg-1_ingress_tcp_8000_8010_10.0.0.0/16_2001:db8::/48").expect("good");
        let get = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
        assert_eq!(get("from_port"), Some(Value::from(8000)));
        let permission = Permission {
            protocol: "tcp".into(),
            from_port: 22,
            to_port: 22,
            peer: Peer::Group("sg-2".into()),
        };
        let rule = SecurityGroupRule::of("sg-1", Direction::Egress, permission);
        assert_eq!(rule.import_id().as_deref(), Some("sg-1_egress_tcp_22_22_sg-2"));
        assert_eq!(get("cidr_blocks"), Some(Value::list(Type::String, [Value::from("10.0.0.0/16")])));
        assert_eq!(get("ipv6_cidr_blocks"), Some(Value::list(Type::String, [Value::from("2001:db8::/48")])));
        for bad in ["sg-1", "sg-1_in_tcp_1_1_self", "sg-1_ingress_tcp_x_1_self"] {
            assert!(SecurityGroupRule::import(bad).is_err(), "{bad}");
        }
    }
}
