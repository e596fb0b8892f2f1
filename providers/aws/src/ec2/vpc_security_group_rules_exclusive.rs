//! `aws_vpc_security_group_rules_exclusive`: the only rules that a security group may have.

use super::batch::{PAGE, all_failed, describe_all, filter, pages};
use super::security_group;
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use aws_sdk_ec2::types::SecurityGroupRule as Remote;
use futures::future::try_join;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait, imported};

/// Removes rules from a security group that are not listed. It adds none: that is what
/// `aws_vpc_security_group_ingress_rule` and `aws_vpc_security_group_egress_rule` do. Destroyed, it
/// leaves all rules as they are.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_security_group_rules_exclusive", keep)]
pub struct SecurityGroupRulesExclusive {
    /// The ids of the rules for outgoing traffic that may be there.
    #[attr(required)]
    pub egress_rule_ids: BTreeSet<String>,
    /// The ids of the rules for incoming traffic that may be there.
    #[attr(required)]
    pub ingress_rule_ids: BTreeSet<String>,
    /// The security group.
    #[attr(force_new)]
    pub security_group_id: String,
}

/// The ids of a group's rules.
#[derive(Default)]
struct There {
    ingress: BTreeSet<String>,
    egress: BTreeSet<String>,
}

async fn describe(aws: &Aws, groups: Vec<String>) -> Result<Vec<Remote>, Error> {
    let call = aws.ec2().describe_security_group_rules().filters(filter("group-id", groups));
    pages!(aws, "ec2:DescribeSecurityGroupRules", call.max_results(PAGE))
}

/// The rules of those of `groups` that are there.
async fn there<'a>(
    aws: &Aws,
    groups: impl Iterator<Item = &'a str> + Clone,
) -> Result<BTreeMap<String, There>, Error> {
    let rules = describe_all(groups.clone(), |groups| describe(aws, groups));
    let exist = describe_all(groups, |groups| security_group::describe(aws, groups));
    let (rules, exist) = try_join(rules, exist).await?;
    let ids = exist.into_iter().filter_map(|group| group.group_id);
    let mut all: BTreeMap<String, There> = ids.map(|id| (id, There::default())).collect();
    for rule in rules {
        let Some(group) = all.get_mut(rule.group_id().unwrap_or_default()) else { continue };
        let ids = if rule.is_egress() == Some(true) { &mut group.egress } else { &mut group.ingress };
        ids.extend(rule.security_group_rule_id);
    }
    Ok(all)
}

impl SecurityGroupRulesExclusive {
    /// What the group has, once all that is listed can be seen: a rule may just have been made.
    async fn look(&self, aws: &Aws) -> Result<There, Error> {
        let group = self.security_group_id.as_str();
        let gone = || {
            Error::new("The security group does not exist", format!("There is no {group}.")).code("NotFound")
        };
        let there = there(aws, [group].into_iter()).await?.remove(group).ok_or_else(gone)?;
        let missing = (self.ingress_rule_ids.difference(&there.ingress))
            .chain(self.egress_rule_ids.difference(&there.egress))
            .map(String::as_str)
            .collect::<Vec<_>>();
        if missing.is_empty() {
            return Ok(there);
        }
        let detail = format!(
            "{group} has no {}. A rule cannot be made from its id: declare it as \
             aws_vpc_security_group_ingress_rule or aws_vpc_security_group_egress_rule, and list the id of \
             that, under its own direction.",
            missing.join(", ")
        );
        Err(Error::new("The security group lacks listed rules", detail).code("NotFound"))
    }

    /// Takes away what is not listed.
    async fn enforce(&self, aws: &Aws) -> Result<(), Error> {
        let there = retry_while(PROPAGATION, is_not_found, || self.look(aws)).await?;
        let group = &self.security_group_id;
        let others =
            |there: &BTreeSet<String>, listed| there.difference(listed).cloned().collect::<Vec<String>>();
        let ingress = others(&there.ingress, &self.ingress_rule_ids);
        let egress = others(&there.egress, &self.egress_rule_ids);
        let fine = |e: Error| if is_not_found(&e) { Ok(()) } else { Err(e) };
        if !ingress.is_empty() {
            let call = aws.ec2().revoke_security_group_ingress().group_id(group);
            let call = call.set_security_group_rule_ids(Some(ingress)).send();
            aws.call("ec2:RevokeSecurityGroupIngress", call).await.map(drop).or_else(fine)?;
        }
        if !egress.is_empty() {
            let call = aws.ec2().revoke_security_group_egress().group_id(group);
            let call = call.set_security_group_rule_ids(Some(egress)).send();
            aws.call("ec2:RevokeSecurityGroupEgress", call).await.map(drop).or_else(fine)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Resource for SecurityGroupRulesExclusive {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.enforce(aws).await?;
        Ok(planned)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let mut found = match there(aws, states.iter().map(|s| s.security_group_id.as_str())).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            found.remove(&state.security_group_id).map(|there| Self {
                ingress_rule_ids: there.ingress,
                egress_rule_ids: there.egress,
                ..state
            })
        };
        states.into_iter().map(now).map(Ok).collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.enforce(aws).await?;
        Ok(planned)
    }

    /// The rules stay as they are.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    /// One for each group.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().describe_security_groups().max_results(PAGE);
        let groups = pages!(aws, "ec2:DescribeSecurityGroups", call)?;
        imported(aws, groups.into_iter().filter_map(|g| g.group_id)).await.map(Some)
    }

    fn import_id(&self) -> Option<String> {
        Some(self.security_group_id.clone())
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("security_group_id", Value::from(id))])
    }
}
