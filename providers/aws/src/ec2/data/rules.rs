//! `aws_vpc_security_group_rule` and `aws_vpc_security_group_rules`: rules of security groups.

use super::one::{only, told};
use crate::Aws;
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::kind::set;
use crate::ec2::permission::Peer;
use crate::ec2::vpc_security_group_rule::{RuleParts, owner};
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The rule of a security group that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc_security_group_rule")]
pub struct SecurityGroupRuleData {
    /// The ARN of the rule.
    pub arn: Computed<String>,
    /// The peers, an IPv4 network.
    pub cidr_ipv4: Computed<String>,
    /// The peers, an IPv6 network.
    pub cidr_ipv6: Computed<String>,
    /// What the rule is for.
    pub description: Computed<String>,
    /// Filters of DescribeSecurityGroupRules.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The first port, or the ICMP type.
    pub from_port: Computed<i64>,
    /// The id of the rule.
    pub id: Computed<String>,
    /// The protocol.
    pub ip_protocol: Computed<String>,
    /// Whether the rule is for what leaves.
    pub is_egress: Computed<bool>,
    /// The peers, a prefix list.
    pub prefix_list_id: Computed<String>,
    /// The peers, the members of a security group.
    pub referenced_security_group_id: Computed<String>,
    /// The group the rule is of.
    pub security_group_id: Computed<String>,
    /// The id of the rule, to choose it by.
    pub security_group_rule_id: Auto<String>,
    /// The tags of the rule.
    pub tags: Computed<Tags>,
    /// The last port, or the ICMP code.
    pub to_port: Computed<i64>,
}

async fn rules(
    aws: &Aws,
    wanted: Option<Vec<types::Filter>>,
) -> Result<Vec<types::SecurityGroupRule>, Error> {
    let call = aws.ec2().describe_security_group_rules().set_filters(wanted).max_results(PAGE);
    pages!(aws, "ec2:DescribeSecurityGroupRules", call)
}

#[async_trait]
impl DataSource for SecurityGroupRuleData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let id = set(config.security_group_rule_id.0.as_deref());
        let wanted = filters(&config.filter, &Tags::new(), &[("security-group-rule-id", id)]);
        let found = only(rules(aws, wanted).await?, "security group rule", "ec2:DescribeSecurityGroupRules")?;
        let account = owner(aws, [&found]).await?;
        let is_egress = found.is_egress.unwrap_or_default();
        // Such a rule has no ports.
        let parts = RuleParts::from_remote(aws, found, &account);
        let peer = |kind: fn(&Peer) -> Option<&str>| told(parts.peer.as_ref().and_then(kind));
        Ok(SecurityGroupRuleData {
            arn: parts.arn.clone().into(),
            cidr_ipv4: peer(|p| if let Peer::Ipv4(t) = p { Some(t) } else { None }),
            cidr_ipv6: peer(|p| if let Peer::Ipv6(t) = p { Some(t) } else { None }),
            description: told(parts.description.as_deref()),
            from_port: parts.from_port.into(),
            id: parts.id.clone().into(),
            is_egress: is_egress.into(),
            prefix_list_id: peer(|p| if let Peer::PrefixList(t) = p { Some(t) } else { None }),
            referenced_security_group_id: peer(|p| if let Peer::Group(t) = p { Some(t) } else { None }),
            security_group_rule_id: parts.id.clone().into(),
            to_port: parts.to_port.into(),
            ip_protocol: parts.protocol.into(),
            security_group_id: parts.group.into(),
            tags: aws.tags().managed(parts.tags).into(),
            filter: config.filter,
        })
    }
}

/// The rules of security groups that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc_security_group_rules")]
pub struct SecurityGroupRules {
    /// Filters of DescribeSecurityGroupRules.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the rules.
    pub ids: Computed<Vec<String>>,
    /// Tags that the rules must have.
    pub tags: Option<Tags>,
}

#[async_trait]
impl DataSource for SecurityGroupRules {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = filters(&config.filter, &config.tags.clone().unwrap_or_default(), &[]);
        let found = rules(aws, wanted).await?;
        let ids: Vec<String> = found.into_iter().filter_map(|rule| rule.security_group_rule_id).collect();
        Ok(SecurityGroupRules { id: aws.region().into(), ids: ids.into(), ..config })
    }
}
