//! `aws_network_acl_rule`: one rule of a network ACL.

use super::acl_entry::{self, AclRule, LAST_RULE, same_protocol};
use super::kind::{by_ids, parts};
use super::route::crc32;
use super::validate::{ipv4_network_or_empty, ipv6_network, same_network};
use crate::Aws;
use crate::client::{PROPAGATION, Poll};
use aws_sdk_ec2::types::{NetworkAcl, NetworkAclEntry};
use terrane_sdk::{
    ApplyContext, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait, validate,
};

/// Provides a rule of a network ACL.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_network_acl_rule", keep)]
pub struct NetworkAclRule {
    /// The id of the rule, made of what identifies it.
    pub id: Computed<String>,
    /// The IPv4 network.
    #[attr(force_new, validate = ipv4_network_or_empty, conflicts_with = "ipv6_cidr_block")]
    pub cidr_block: Option<String>,
    /// Whether the rule is for traffic that goes out.
    #[attr(force_new, default = false)]
    pub egress: Option<bool>,
    /// The first port.
    #[attr(force_new)]
    pub from_port: Option<i64>,
    /// The ICMP code, -1 for all.
    #[attr(force_new)]
    pub icmp_code: Option<i64>,
    /// The ICMP type, -1 for all.
    #[attr(force_new)]
    pub icmp_type: Option<i64>,
    /// The IPv6 network.
    #[attr(force_new, validate = ipv6_network, equivalent = same_network, conflicts_with = "cidr_block")]
    pub ipv6_cidr_block: Option<String>,
    /// The ACL.
    #[attr(force_new)]
    pub network_acl_id: String,
    /// The protocol: a name, a number, or `-1` for all.
    #[attr(force_new, equivalent = same_protocol)]
    pub protocol: String,
    /// `allow` or `deny`.
    #[attr(force_new, equivalent = str::eq_ignore_ascii_case, validate = action)]
    pub rule_action: String,
    /// The number of the rule; lower ones are tried first.
    #[attr(force_new, validate = validate::between(1..=32_766))]
    pub rule_number: i64,
    /// The last port.
    #[attr(force_new)]
    pub to_port: Option<i64>,
}

fn action(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(text) if !["allow", "deny"].iter().any(|a| text.eq_ignore_ascii_case(a)) => {
            Err(format!("expected \"allow\" or \"deny\", got {text:?}."))
        }
        _ => Ok(()),
    }
}

#[async_trait]
impl Resource for NetworkAclRule {
    type Client = Aws;

    const PART: bool = true;

    /// Direction and number are the natural key: a rule that means the same is the one an earlier
    /// attempt made.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let acl = planned.network_acl_id.clone();
        planned.rule().create(aws, &acl, planned.is_egress()).await?;
        let made = planned.identified();
        let ready = |found: Option<NetworkAcl>| {
            let there = found.is_some_and(|acl| made.among(&acl).is_some());
            Ok(if there { Poll::Ready(()) } else { Poll::Pending("without the rule".into()) })
        };
        match super::kind::wait(aws, &acl, "to have the rule", PROPAGATION, ready).await {
            Ok(()) => Ok(made),
            Err(e) => Err(Failure::partial(aws.here(e), made)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let acls = states.iter().map(|s| s.network_acl_id.as_str());
        match by_ids::<NetworkAcl>(aws, acls).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let rule = found.get(&state.network_acl_id).and_then(|acl| state.among(acl));
                    Ok(rule.map(|rule| state.with(rule).identified()))
                })
                .collect(),
            Err(error) => super::batch::all_failed(states.len(), &error),
        }
    }

    /// Nothing of a rule can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(NetworkAclRule { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        acl_entry::delete(aws, &state.network_acl_id, state.is_egress(), state.rule_number).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |acl: NetworkAcl| {
            let object = |entry: &NetworkAclEntry| {
                let rule_number = entry.rule_number().filter(|n| *n < LAST_RULE)?.into();
                let rule = NetworkAclRule {
                    network_acl_id: acl.network_acl_id.clone()?,
                    rule_number,
                    egress: entry.egress(),
                    ..NetworkAclRule::default()
                };
                Some(rule.with(AclRule::from_remote(entry)).identified())
            };
            acl.entries().iter().filter_map(object).collect::<Vec<_>>()
        };
        Ok(Some(super::kind::all::<NetworkAcl>(aws).await?.into_iter().flat_map(of).collect()))
    }

    fn import_id(&self) -> Option<String> {
        let protocol = match self.protocol.as_str() {
            "1" => "icmp",
            "6" => "tcp",
            "17" => "udp",
            "58" => "icmpv6",
            other => other,
        };
        Some(format!("{}:{}:{protocol}:{}", self.network_acl_id, self.rule_number, self.is_egress()))
    }

    /// `acl-1:100:tcp:false`: ACL, number, protocol and whether it is for what goes out.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        let names = ["NETWORK_ACL_ID", "RULE_NUMBER", "PROTOCOL", "EGRESS"];
        let [acl, number, protocol, egress] = parts(id, ':', names)?;
        let invalid = |what: &str| Error::new("Invalid import id", format!("{what} in {id:?}."));
        let number: i64 = number.parse().map_err(|_| invalid("The rule has no number"))?;
        let egress: bool = egress.parse().map_err(|_| invalid("The direction is neither true nor false"))?;
        Ok(vec![
            ("network_acl_id", Value::from(acl)),
            ("rule_number", Value::from(number)),
            ("protocol", Value::from(protocol)),
            ("egress", Value::from(egress)),
        ])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        super::route::one_of(config, &["cidr_block", "ipv6_cidr_block"], "network of a rule", diagnostics);
    }
}

impl NetworkAclRule {
    fn is_egress(&self) -> bool {
        self.egress == Some(true)
    }

    fn rule(&self) -> AclRule {
        AclRule {
            action: self.rule_action.clone(),
            cidr_block: self.cidr_block.clone(),
            from_port: self.from_port.unwrap_or_default(),
            icmp_code: self.icmp_code,
            icmp_type: self.icmp_type,
            ipv6_cidr_block: self.ipv6_cidr_block.clone(),
            protocol: self.protocol.clone(),
            rule_no: self.rule_number,
            to_port: self.to_port.unwrap_or_default(),
        }
    }

    /// With the id that AWS provider 6.x makes for it.
    fn identified(self) -> NetworkAclRule {
        let protocol = acl_entry::protocol_number(&self.protocol);
        let text = format!("{}-{}-{}-{protocol}-", self.network_acl_id, self.rule_number, self.is_egress());
        let id = self.id.0.clone().unwrap_or_else(|| format!("nacl-{}", crc32(&text)));
        NetworkAclRule { id: id.into(), ..self }
    }

    /// The rule of this number in the ACL.
    fn among(&self, acl: &NetworkAcl) -> Option<AclRule> {
        let number = i32::try_from(self.rule_number).ok()?;
        let mut entries = acl.entries().iter();
        let entry = entries.find(|e| {
            e.rule_number() == Some(number) && e.egress().unwrap_or_default() == self.is_egress()
        })?;
        Some(AclRule::from_remote(entry))
    }

    fn with(self, rule: AclRule) -> NetworkAclRule {
        let icmp = matches!(rule.protocol.as_str(), "1" | "58");
        // EC2 forgets ports that mean nothing for the protocol.
        let ports = !icmp && rule.protocol != "-1";
        let is_same = self.rule().is_same(&rule);
        NetworkAclRule {
            cidr_block: rule.cidr_block.filter(|c| !c.is_empty()),
            egress: Some(self.is_egress()),
            from_port: if ports || !is_same { Some(rule.from_port) } else { self.from_port },
            icmp_code: if icmp || !is_same { rule.icmp_code } else { self.icmp_code },
            icmp_type: if icmp || !is_same { rule.icmp_type } else { self.icmp_type },
            ipv6_cidr_block: rule.ipv6_cidr_block.filter(|c| !c.is_empty()),
            protocol: rule.protocol,
            rule_action: rule.action,
            to_port: if ports || !is_same { Some(rule.to_port) } else { self.to_port },
            ..self
        }
    }
}
