//! `aws_default_security_group`: the security group that a VPC was made with, adopted and not
//! made.

use super::SecurityGroup;
use super::batch::{PAGE, filter, pages};
use super::permission::Rule;
use crate::Aws;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait};

/// Manages the default security group of a VPC: its rules become those that are configured, none
/// without any. It stays when the resource is destroyed, as it is then.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_default_security_group", version = 1, keep)]
pub struct DefaultSecurityGroup {
    /// The id of the group.
    pub id: Computed<String>,
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// What AWS says the group is for.
    pub description: Computed<String>,
    /// Traffic that may go out.
    #[attr(as_blocks)]
    pub egress: Auto<BTreeSet<Rule>>,
    /// Traffic that may come in.
    #[attr(as_blocks)]
    pub ingress: Auto<BTreeSet<Rule>>,
    /// The name: `default`.
    pub name: Computed<String>,
    /// What the name begins with: nothing.
    pub name_prefix: Computed<String>,
    /// The account that owns the group.
    pub owner_id: Computed<String>,
    /// Whether to remove all rules when the resource is destroyed. It changes nothing here, as the
    /// group stays.
    #[attr(default = false)]
    pub revoke_rules_on_delete: Option<bool>,
    /// The VPC; the default one unless set.
    #[attr(force_new)]
    pub vpc_id: Auto<String>,
    /// The tags of the group.
    pub tags: Tags,
}

#[async_trait]
impl Resource for DefaultSecurityGroup {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let vpc = match planned.vpc_id.0.clone() {
            Some(vpc) => vpc,
            None => super::default_vpc::find(aws).await?.and_then(|v| v.vpc_id).ok_or_else(|| {
                let detail = "The region has no default VPC: set vpc_id.";
                Error::new("The default security group is not found", detail).attribute("vpc_id")
            })?,
        };
        let call = (aws.ec2().describe_security_groups())
            .filters(filter("group-name", ["default"]))
            .filters(filter("vpc-id", [&vpc]))
            .max_results(PAGE);
        let found = pages!(aws, "ec2:DescribeSecurityGroups", call)?;
        let id = found.into_iter().find_map(|g| g.group_id).ok_or_else(|| {
            let detail = format!("VPC {vpc} has no security group named default.");
            Error::new("The default security group is not found", detail).attribute("vpc_id")
        })?;
        let unknown = DefaultSecurityGroup { id: id.into(), ..Self::default() };
        let read = SecurityGroup::read(aws, vec![unknown.into_group()]).await.pop();
        let mut prior = read.unwrap_or(Ok(None))?.ok_or_else(|| {
            Error::new("The default security group vanished", format!("It was in VPC {vpc} a moment ago."))
        })?;
        prior.tags = aws.tags().managed(prior.tags);
        // What is not configured goes.
        let mut wanted = planned.into_group();
        wanted.ingress = wanted.ingress.0.unwrap_or_default().into();
        wanted.egress = wanted.egress.0.unwrap_or_default().into();
        let done = SecurityGroup::update(aws, prior, wanted, cx).await;
        done.map(Self::from).map_err(|failure| failure.error.into())
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let read = SecurityGroup::read(aws, states.into_iter().map(Self::into_group).collect()).await;
        read.into_iter().map(|answer| answer.map(|group| group.map(Self::from))).collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let done = SecurityGroup::update(aws, prior.into_group(), planned.into_group(), cx).await;
        done.map(Self::from).map_err(|failure| failure.error.into())
    }

    /// The group belongs to the VPC and stays.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().describe_security_groups().filters(filter("group-name", ["default"]));
        let found = pages!(aws, "ec2:DescribeSecurityGroups", call.max_results(PAGE))?;
        Ok(Some(found.into_iter().map(|g| SecurityGroup::empty().with(aws, g).into()).collect()))
    }
}

impl DefaultSecurityGroup {
    fn into_group(self) -> SecurityGroup {
        SecurityGroup {
            id: self.id,
            arn: self.arn,
            name: self.name.0.into(),
            name_prefix: self.name_prefix.0.into(),
            description: self.description.0,
            vpc_id: self.vpc_id,
            ingress: self.ingress,
            egress: self.egress,
            revoke_rules_on_delete: self.revoke_rules_on_delete,
            owner_id: self.owner_id,
            tags: self.tags,
        }
    }
}

impl From<SecurityGroup> for DefaultSecurityGroup {
    fn from(group: SecurityGroup) -> Self {
        DefaultSecurityGroup {
            id: group.id,
            arn: group.arn,
            description: group.description.into(),
            egress: group.egress,
            ingress: group.ingress,
            name: group.name.0.into(),
            name_prefix: group.name_prefix.0.into(),
            owner_id: group.owner_id,
            revoke_rules_on_delete: group.revoke_rules_on_delete,
            vpc_id: group.vpc_id,
            tags: group.tags,
        }
    }
}
