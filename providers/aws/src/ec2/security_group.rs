//! `aws_security_group`: a firewall around network interfaces.

use super::batch::{PAGE, all_failed, describe_by, filter, one_each, pages};
use super::dependents::explain;
use super::operation::{creation_tags, find_made, finish};
use super::permission::{Peer, Permission, Permissions, Rule, from_ip_permissions, from_rules, to_rules};
use super::permission_calls::{Direction, change, revoke};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::iam::name::prefix_of;
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType};
use aws_smithy_types::date_time::Format;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate};

/// Provides a security group.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_security_group", version = 1, keep, timeouts(create = "10m", delete = "15m"))]
pub struct SecurityGroup {
    /// The id of the group.
    pub id: Computed<String>,
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// The name; generated unless set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = group_name)]
    pub name: Auto<String>,
    /// What a generated name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=100))]
    pub name_prefix: Auto<String>,
    /// What the group is for. AWS cannot change it.
    #[attr(force_new, default = "Managed by Terraform", validate = validate::length(0..=255))]
    pub description: Option<String>,
    /// The VPC; the default one unless set.
    #[attr(force_new)]
    pub vpc_id: Auto<String>,
    /// Traffic that may come in. Unset: whatever there is.
    #[attr(as_blocks)]
    pub ingress: Auto<BTreeSet<Rule>>,
    /// Traffic that may go out. Unset: whatever there is.
    #[attr(as_blocks)]
    pub egress: Auto<BTreeSet<Rule>>,
    /// Whether to remove all rules before the group is deleted, so that groups that mention each
    /// other can be.
    #[attr(default = false)]
    pub revoke_rules_on_delete: Option<bool>,
    /// The account that owns the group.
    pub owner_id: Computed<String>,
    /// The tags of the group.
    pub tags: Tags,
}

fn group_name(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(name) if name.starts_with("sg-") => {
            Err("the name of a security group must not begin with sg-".into())
        }
        _ => validate::length(0..=255)(value),
    }
}

#[async_trait]
impl Resource for SecurityGroup {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = SecurityGroup { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let group = wait_visible(aws, &id, cx).await?;
            let owner = group.owner_id().unwrap_or_default();
            let rules = |rules: &Auto<BTreeSet<Rule>>| from_rules(&id, rules.0.iter().flatten());
            // EC2 lets everything out of a new group; a configuration that does not say so does
            // not want it.
            let egress = match cx.repeated {
                true => from_ip_permissions(owner, group.ip_permissions_egress()),
                false => everything(group.ip_permissions_egress(), owner),
            };
            let ingress = from_ip_permissions(owner, group.ip_permissions());
            change(aws, &id, Direction::Egress, &egress, &rules(&planned.egress)).await?;
            change(aws, &id, Direction::Ingress, &ingress, &rules(&planned.ingress)).await?;
            read_back(aws, &started, &id).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        match describe_by(ids, |ids| describe(aws, ids), |g| g.group_id()).await {
            Ok(mut found) => (states.into_iter())
                .map(|state| {
                    let remote = found.remove(state.id.as_deref().unwrap_or_default());
                    Ok(remote.map(|remote| state.with(aws, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        for (direction, before, after) in [
            (Direction::Ingress, &prior.ingress, &planned.ingress),
            (Direction::Egress, &prior.egress, &planned.egress),
        ] {
            if let (Some(before), Some(after)) = (&before.0, &after.0) {
                change(aws, &id, direction, &from_rules(&id, before), &from_rules(&id, after)).await?;
            }
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        if state.revoke_rules_on_delete == Some(true)
            && let Some(group) = describe_one(aws, id).await?
        {
            let owner = group.owner_id().unwrap_or_default();
            let ingress = from_ip_permissions(owner, group.ip_permissions());
            let egress = from_ip_permissions(owner, group.ip_permissions_egress());
            revoke(aws, id, Direction::Ingress, &ingress).await?;
            revoke(aws, id, Direction::Egress, &egress).await?;
        }
        let delete =
            || aws.call("ec2:DeleteSecurityGroup", aws.ec2().delete_security_group().group_id(id).send());
        let in_use = |e: &Error| e.has_code(&["DependencyViolation", "InvalidGroup.InUse"]);
        match retry_while(cx.timeout_or(Duration::from_secs(15 * 60)), in_use, delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) if in_use(&e) => Err(explain(aws, e, &[("group-id", id)]).await),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().describe_security_groups().max_results(PAGE);
        let groups = pages!(aws, "ec2:DescribeSecurityGroups", call)?;
        // The one that comes with a VPC is of another type.
        let own = groups.into_iter().filter(|g| g.group_name() != Some("default"));
        Ok(Some(own.map(|g| SecurityGroup::empty().with(aws, g)).collect()))
    }
}

impl SecurityGroup {
    /// A group of which nothing is known.
    pub(super) fn empty() -> SecurityGroup {
        SecurityGroup {
            id: None.into(),
            arn: None.into(),
            name: None.into(),
            name_prefix: None.into(),
            description: None,
            vpc_id: None.into(),
            ingress: None.into(),
            egress: None.into(),
            revoke_rules_on_delete: None,
            owner_id: None.into(),
            tags: Tags::new(),
        }
    }

    /// This object as EC2 describes it.
    pub(super) fn with(self, aws: &Aws, remote: types::SecurityGroup) -> SecurityGroup {
        let id = remote.group_id().unwrap_or_default().to_owned();
        let owner = remote.owner_id().unwrap_or_default().to_owned();
        let rules = |known: &Auto<BTreeSet<Rule>>, permissions: Permissions| {
            to_rules(&id, known.0.as_ref().unwrap_or(&BTreeSet::new()), permissions)
        };
        let ingress = rules(&self.ingress, from_ip_permissions(&owner, remote.ip_permissions()));
        let egress = rules(&self.egress, from_ip_permissions(&owner, remote.ip_permissions_egress()));
        let arn = (remote.security_group_arn)
            .unwrap_or_else(|| aws.ec2_arn(&owner, &format!("security-group/{id}")));
        let name = remote.group_name.unwrap_or_default();
        // A group that was just imported has not said yet how its name was made.
        let prefix = self.name_prefix.0.unwrap_or_else(|| prefix_of(&name));
        SecurityGroup {
            arn: arn.into(),
            name: name.into(),
            name_prefix: prefix.into(),
            description: remote.description,
            vpc_id: remote.vpc_id.unwrap_or_default().into(),
            ingress: ingress.into(),
            egress: egress.into(),
            revoke_rules_on_delete: Some(self.revoke_rules_on_delete.unwrap_or_default()),
            owner_id: owner.into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}

/// The permissions that let all traffic out, among these.
fn everything(permissions: &[types::IpPermission], owner: &str) -> Permissions {
    let mut all = from_ip_permissions(owner, permissions);
    all.retain(|p: &Permission, _| {
        let anywhere = [Peer::Ipv4("0.0.0.0/0".into()), Peer::Ipv6("::/0".into())];
        p.protocol == "-1" && anywhere.contains(&p.peer)
    });
    all
}

/// A name as Terraform makes them: the prefix, the time, and a number that makes it unique.
fn generated_name(prefix: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(1);
    let now = aws_smithy_types::DateTime::from(SystemTime::now());
    let digits = now.fmt(Format::DateTimeWithOffset).unwrap_or_default();
    let mut digits: String = digits.chars().filter(char::is_ascii_digit).take(18).collect();
    while digits.len() < 18 {
        digits.push('0');
    }
    format!("{prefix}{digits}{:08x}", COUNTER.fetch_add(1, Ordering::Relaxed))
}

async fn create(aws: &Aws, planned: &SecurityGroup, cx: &ApplyContext) -> Result<String, Error> {
    let name = match (planned.name.as_deref(), planned.name_prefix.as_deref()) {
        (Some(name), _) if !name.is_empty() => name.to_owned(),
        (_, Some(prefix)) if !prefix.is_empty() => generated_name(prefix),
        _ => generated_name("terraform-"),
    };
    let call = (aws.ec2().create_security_group())
        .group_name(name)
        .description(planned.description.as_deref().unwrap_or_default())
        .set_vpc_id(planned.vpc_id.0.clone())
        .tag_specifications(creation_tags(ResourceType::SecurityGroup, &planned.tags, cx));
    let create = || aws.call("ec2:CreateSecurityGroup", call.clone().send());
    let unknown_vpc = |e: &Error| e.has_code(&["InvalidVpcID.NotFound"]);
    let created = retry_while(super::NEW_PARENT, unknown_vpc, create).await?;
    created.group_id.ok_or_else(|| Error::new("CreateSecurityGroup failed", "The answer has no id."))
}

/// The groups with these ids that are there.
pub(super) async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::SecurityGroup>, Error> {
    let call = aws.ec2().describe_security_groups().filters(filter("group-id", ids)).max_results(PAGE);
    pages!(aws, "ec2:DescribeSecurityGroups", call)
}

/// Describes one group, in a call shared with others.
async fn describe_one(aws: &Aws, id: &str) -> Result<Option<types::SecurityGroup>, Error> {
    let all = |ids| one_each(ids, |ids| describe(aws, ids), |g: &types::SecurityGroup| g.group_id());
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

async fn read_back(aws: &Aws, planned: &SecurityGroup, id: &str) -> Result<SecurityGroup, Error> {
    match describe_one(aws, id).await? {
        Some(remote) => Ok(planned.clone().with(aws, remote)),
        None => Err(Error::new("The security group vanished", format!("{id} was there a moment ago."))),
    }
}

async fn wait_visible(aws: &Aws, id: &str, cx: &ApplyContext) -> Result<types::SecurityGroup, Error> {
    let timeout = cx.timeout_or(Duration::from_secs(10 * 60));
    wait_until(&format!("security group {id}"), timeout, || async {
        Ok(describe_one(aws, id).await?.map_or_else(|| Poll::Pending("not found".into()), Poll::Ready))
    })
    .await
}
