//! What `aws_vpc_security_group_ingress_rule` and `aws_vpc_security_group_egress_rule` share: a
//! rule of a security group as an object with an id and tags of its own.

use super::batch::{PAGE, describe_by, filter, one_each, pages};
use super::permission::{Peer, protocol_name};
use super::permission_calls::Direction;
use super::tagging::{tag_list, tag_map, update_tags};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, ResourceType, SecurityGroupRuleRequest, SecurityGroupRuleUpdate, Tag, TagSpecification,
};
use std::collections::HashMap;
use std::sync::Arc;
use terrane_sdk::Error;

/// A rule without its direction.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RuleParts {
    pub(super) id: Option<String>,
    pub(super) arn: Option<String>,
    pub(super) group: String,
    pub(super) protocol: String,
    pub(super) from_port: Option<i64>,
    pub(super) to_port: Option<i64>,
    pub(super) peer: Option<Peer>,
    pub(super) description: Option<String>,
    pub(super) tags: Tags,
}

impl RuleParts {
    fn request(&self) -> SecurityGroupRuleRequest {
        let port = |p: Option<i64>| p.and_then(|p| i32::try_from(p).ok());
        let request = SecurityGroupRuleRequest::builder()
            .ip_protocol(&self.protocol)
            .set_from_port(port(self.from_port))
            .set_to_port(port(self.to_port))
            .set_description(self.description.clone());
        match &self.peer {
            Some(Peer::Ipv4(cidr)) => request.cidr_ipv4(cidr),
            Some(Peer::Ipv6(cidr)) => request.cidr_ipv6(cidr),
            Some(Peer::PrefixList(list)) => request.prefix_list_id(list),
            Some(Peer::Group(group)) => {
                request.referenced_group_id(group.rsplit('/').next().unwrap_or_default())
            }
            None => request,
        }
        .build()
    }

    /// The rule as EC2 describes it; `account` owns its group when EC2 does not say who does.
    pub(super) fn from_remote(aws: &Aws, remote: types::SecurityGroupRule, account: &str) -> RuleParts {
        let id = remote.security_group_rule_id.unwrap_or_default();
        let owner = remote.group_owner_id.unwrap_or_else(|| account.to_owned());
        let protocol = protocol_name(remote.ip_protocol.as_deref().unwrap_or("-1"));
        let port = |p: Option<i32>| p.map(i64::from).filter(|p| protocol != "-1" || *p != -1);
        let group = |info: types::ReferencedSecurityGroup| {
            let id = info.group_id.unwrap_or_default();
            match info.user_id {
                Some(user) if !user.is_empty() && user != owner => format!("{user}/{id}"),
                _ => id,
            }
        };
        let peer = (remote.cidr_ipv4.map(Peer::Ipv4))
            .or_else(|| remote.cidr_ipv6.map(Peer::Ipv6))
            .or_else(|| remote.prefix_list_id.map(Peer::PrefixList))
            .or_else(|| remote.referenced_group_info.map(|g| Peer::Group(group(g))));
        RuleParts {
            arn: Some(aws.ec2_arn(&owner, &format!("security-group-rule/{id}"))),
            group: remote.group_id.unwrap_or_default(),
            from_port: port(remote.from_port),
            to_port: port(remote.to_port),
            protocol,
            peer,
            description: remote.description.filter(|d| !d.is_empty()),
            tags: tag_map(remote.tags),
            id: Some(id),
        }
    }

    fn permissions(&self) -> types::IpPermission {
        let permission = super::permission::Permission {
            protocol: self.protocol.clone(),
            from_port: self.from_port.unwrap_or(-1),
            to_port: self.to_port.unwrap_or(-1),
            peer: self.peer.clone().unwrap_or(Peer::Ipv4(String::new())),
        };
        permission.to_ip_permission(self.description.as_deref().unwrap_or_default())
    }
}

/// Makes a rule. Its natural key is all it says: one that is there already is adopted when the
/// operation is a repeat.
pub(super) async fn create(
    aws: &Aws,
    direction: Direction,
    rule: &RuleParts,
    repeated: bool,
) -> Result<RuleParts, Error> {
    let tags: Vec<Tag> = tag_list(&rule.tags);
    let specification = (!tags.is_empty()).then(|| {
        TagSpecification::builder()
            .resource_type(ResourceType::SecurityGroupRule)
            .set_tags(Some(tags))
            .build()
    });
    let specifications = specification.map(|s| vec![s]);
    let early = |e: &Error| e.has_code(&["InvalidGroup.NotFound"]);
    let permission = rule.permissions();
    let made = match direction {
        Direction::Ingress => {
            let call = (aws.ec2().authorize_security_group_ingress().group_id(&rule.group))
                .ip_permissions(permission)
                .set_tag_specifications(specifications);
            let send = || aws.call("ec2:AuthorizeSecurityGroupIngress", call.clone().send());
            retry_while(super::NEW_PARENT, early, send).await.map(|o| o.security_group_rules)
        }
        Direction::Egress => {
            let call = (aws.ec2().authorize_security_group_egress().group_id(&rule.group))
                .ip_permissions(permission)
                .set_tag_specifications(specifications);
            let send = || aws.call("ec2:AuthorizeSecurityGroupEgress", call.clone().send());
            retry_while(super::NEW_PARENT, early, send).await.map(|o| o.security_group_rules)
        }
    };
    match made {
        Ok(made) => {
            let id = made.unwrap_or_default().into_iter().find_map(|r| r.security_group_rule_id);
            let id = id.ok_or_else(|| Error::new("The rule was not made", "The answer has no id."))?;
            read_back(aws, &id).await
        }
        Err(e) if repeated && e.has_code(&["InvalidPermission.Duplicate"]) => {
            let there = of_group(aws, Some(&rule.group), direction).await?;
            let same = |r: &RuleParts| {
                (&r.protocol, &r.peer, r.from_port, r.to_port)
                    == (&protocol_name(&rule.protocol), &rule.peer, rule.from_port, rule.to_port)
            };
            there.into_iter().find(same).ok_or(e)
        }
        Err(e) => Err(e),
    }
}

/// The rules of a group, or of all, in one direction.
pub(super) async fn of_group(
    aws: &Aws,
    group: Option<&str>,
    direction: Direction,
) -> Result<Vec<RuleParts>, Error> {
    let filters = group.map(|group| vec![filter("group-id", [group])]);
    let call = aws.ec2().describe_security_group_rules().set_filters(filters).max_results(PAGE);
    let all = pages!(aws, "ec2:DescribeSecurityGroupRules", call)?;
    let account = owner(aws, &all).await?;
    let ours = all.into_iter().filter(|r| r.is_egress() == Some(direction == Direction::Egress));
    Ok(ours.map(|r| RuleParts::from_remote(aws, r, &account)).collect())
}

/// Reads rules by id.
pub(super) async fn read<'a>(
    aws: &Aws,
    ids: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, RuleParts>, Error> {
    let found = describe_by(ids, |ids| describe(aws, ids), |r| r.security_group_rule_id()).await?;
    let account = owner(aws, found.values()).await?;
    Ok(found.into_iter().map(|(id, r)| (id, RuleParts::from_remote(aws, r, &account))).collect())
}

/// The account to take as the owner of groups whose rules do not name one: the caller's, which is
/// only asked for when it is needed.
pub(super) async fn owner<'a>(
    aws: &Aws,
    rules: impl IntoIterator<Item = &'a types::SecurityGroupRule>,
) -> Result<Arc<str>, Error> {
    let unnamed = rules.into_iter().any(|r| r.group_owner_id().is_none());
    if unnamed { aws.account().await } else { Ok(Arc::from("")) }
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::SecurityGroupRule>, Error> {
    let call = aws
        .ec2()
        .describe_security_group_rules()
        .filters(filter("security-group-rule-id", ids))
        .max_results(PAGE);
    pages!(aws, "ec2:DescribeSecurityGroupRules", call)
}

async fn read_back(aws: &Aws, id: &str) -> Result<RuleParts, Error> {
    let all = |ids| {
        one_each(ids, |ids| describe(aws, ids), |r: &types::SecurityGroupRule| r.security_group_rule_id())
    };
    let unseen = || Error::new("The rule vanished", format!("{id} is not found.")).code("NotFound");
    let look =
        || async { aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))?.ok_or_else(unseen) };
    let rule = retry_while(PROPAGATION, is_not_found, look).await?;
    let account = owner(aws, [&rule]).await?;
    Ok(RuleParts::from_remote(aws, rule, &account))
}

/// The arguments that say who the peers are, one for each kind.
pub(super) const PEERS: [&str; 4] =
    ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

/// Changes a rule in place.
pub(super) async fn update(aws: &Aws, before: &RuleParts, after: &RuleParts) -> Result<RuleParts, Error> {
    let id = before.id.clone().unwrap_or_default();
    let rest = |r: &RuleParts| RuleParts { id: None, arn: None, tags: Tags::new(), ..r.clone() };
    if rest(before) != rest(after) {
        let mut wanted = after.clone();
        // What is not mentioned may stay as it is.
        if before.description.is_some() {
            wanted.description.get_or_insert_default();
        }
        let change = SecurityGroupRuleUpdate::builder()
            .security_group_rule_id(&id)
            .security_group_rule(wanted.request())
            .build();
        let call = aws
            .ec2()
            .modify_security_group_rules()
            .group_id(&before.group)
            .security_group_rules(change)
            .send();
        aws.call("ec2:ModifySecurityGroupRules", call).await?;
    }
    update_tags(aws, &id, &before.tags, &after.tags).await?;
    read_back(aws, &id).await
}

/// Removes a rule; one that is gone already is no error.
pub(super) async fn delete(aws: &Aws, direction: Direction, rule: &RuleParts) -> Result<(), Error> {
    let id = rule.id.as_deref().unwrap_or_default();
    let result = match direction {
        Direction::Ingress => {
            let call =
                aws.ec2().revoke_security_group_ingress().group_id(&rule.group).security_group_rule_ids(id);
            aws.call("ec2:RevokeSecurityGroupIngress", call.send()).await.map(|_| ())
        }
        Direction::Egress => {
            let call =
                aws.ec2().revoke_security_group_egress().group_id(&rule.group).security_group_rule_ids(id);
            aws.call("ec2:RevokeSecurityGroupEgress", call.send()).await.map(|_| ())
        }
    };
    result.or_else(|e| if is_not_found(&e) { Ok(()) } else { Err(e) })
}

/// The two resource types differ in direction and name only.
macro_rules! vpc_security_group_rule {
    ($name:ident, $type_name:literal, $direction:expr, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Debug, Default, terrane_sdk::Resource)]
        #[resource(name = $type_name, keep)]
        pub struct $name {
            /// The id of the rule.
            pub id: terrane_sdk::Computed<String>,
            /// The ARN of the rule.
            pub arn: terrane_sdk::Computed<String>,
            /// The id of the rule, once more.
            pub security_group_rule_id: terrane_sdk::Computed<String>,
            /// The group the rule is of.
            #[attr(force_new)]
            pub security_group_id: String,
            /// The protocol: a name, a number, or `-1` for all.
            #[attr(validate = super::permission::protocol, equivalent = super::permission::same_protocol)]
            pub ip_protocol: String,
            /// The first port, or the ICMP type.
            #[attr(validate = terrane_sdk::validate::between(-1..=65535))]
            pub from_port: Option<i64>,
            /// The last port, or the ICMP code.
            #[attr(validate = terrane_sdk::validate::between(-1..=65535))]
            pub to_port: Option<i64>,
            /// The peers, an IPv4 network.
            #[attr(validate = super::validate::ipv4_network)]
            pub cidr_ipv4: Option<String>,
            /// The peers, an IPv6 network.
            #[attr(validate = super::validate::ipv6_network, equivalent = super::validate::same_network)]
            pub cidr_ipv6: Option<String>,
            /// The peers, a prefix list.
            pub prefix_list_id: Option<String>,
            /// The peers, the members of a security group.
            pub referenced_security_group_id: Option<String>,
            /// What the rule is for.
            #[attr(validate = terrane_sdk::validate::length(0..=255))]
            pub description: Option<String>,
            /// The tags of the rule.
            pub tags: crate::tags::Tags,
        }

        impl $name {
            fn parts(&self) -> super::vpc_security_group_rule::RuleParts {
                use super::permission::Peer;
                let set = |t: &Option<String>| t.clone().filter(|t| !t.is_empty());
                super::vpc_security_group_rule::RuleParts {
                    id: self.id.0.clone(),
                    arn: self.arn.0.clone(),
                    group: self.security_group_id.clone(),
                    protocol: super::permission::protocol_name(&self.ip_protocol),
                    from_port: self.from_port,
                    to_port: self.to_port,
                    peer: (set(&self.cidr_ipv4).map(Peer::Ipv4))
                        .or_else(|| set(&self.cidr_ipv6).map(Peer::Ipv6))
                        .or_else(|| set(&self.prefix_list_id).map(Peer::PrefixList))
                        .or_else(|| set(&self.referenced_security_group_id).map(Peer::Group)),
                    description: self.description.clone(),
                    tags: self.tags.clone(),
                }
            }

            fn with(self, parts: super::vpc_security_group_rule::RuleParts) -> $name {
                use super::permission::Peer;
                let peer = |kind: fn(&Peer) -> Option<&String>| parts.peer.as_ref().and_then(kind).cloned();
                // With protocol -1 EC2 gives no ports; a configuration may have said -1.
                let port = |now: Option<i64>, known: Option<i64>| now.or(known.filter(|p| *p == -1));
                $name {
                    id: parts.id.clone().into(),
                    arn: parts.arn.clone().into(),
                    security_group_rule_id: parts.id.clone().into(),
                    cidr_ipv4: peer(|p| if let Peer::Ipv4(t) = p { Some(t) } else { None }),
                    cidr_ipv6: peer(|p| if let Peer::Ipv6(t) = p { Some(t) } else { None }),
                    prefix_list_id: peer(|p| if let Peer::PrefixList(t) = p { Some(t) } else { None }),
                    referenced_security_group_id: peer(
                        |p| if let Peer::Group(t) = p { Some(t) } else { None },
                    ),
                    security_group_id: parts.group,
                    ip_protocol: parts.protocol,
                    from_port: port(parts.from_port, self.from_port),
                    to_port: port(parts.to_port, self.to_port),
                    description: parts.description,
                    tags: parts.tags,
                }
            }
        }

        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $name {
            type Client = crate::Aws;

            const PART: bool = true;

            async fn create(
                aws: &crate::Aws,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let rule = planned.parts();
                let made = super::vpc_security_group_rule::create(aws, $direction, &rule, cx.repeated);
                Ok(planned.with(made.await?))
            }

            async fn read(
                aws: &crate::Aws,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                let ids = states.iter().filter_map(|s| s.id.as_deref());
                match super::vpc_security_group_rule::read(aws, ids).await {
                    Ok(mut found) => (states.into_iter())
                        .map(|state| {
                            let rule = found.remove(state.id.as_deref().unwrap_or_default());
                            Ok(rule.map(|rule| state.with(rule)))
                        })
                        .collect(),
                    Err(error) => super::batch::all_failed(states.len(), &error),
                }
            }

            async fn update(
                aws: &crate::Aws,
                prior: Self,
                planned: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let (before, after) = (prior.parts(), planned.parts());
                Ok(planned.with(super::vpc_security_group_rule::update(aws, &before, &after).await?))
            }

            async fn delete(
                aws: &crate::Aws,
                state: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                super::vpc_security_group_rule::delete(aws, $direction, &state.parts()).await
            }

            async fn list(aws: &crate::Aws) -> Result<Option<Vec<Self>>, terrane_sdk::Error> {
                let all = super::vpc_security_group_rule::of_group(aws, None, $direction).await?;
                Ok(Some(all.into_iter().map(|rule| Self::default().with(rule)).collect()))
            }

            fn plan(cx: &mut terrane_sdk::PlanContext<'_, crate::Aws>) {
                // EC2 changes who the peers are, and refuses to change what kind of peers they are.
                for name in super::vpc_security_group_rule::PEERS {
                    if cx.changed(name) && cx.prior(name).is_null() {
                        cx.force_new(name);
                    }
                }
            }

            fn validate(config: &terrane_sdk::Value, diagnostics: &mut terrane_sdk::Diagnostics) {
                super::route::one_of(config, &super::vpc_security_group_rule::PEERS, "peer", diagnostics);
            }
        }
    };
}
pub(super) use vpc_security_group_rule;
