//! `aws_db_subnet_group`: the subnets that databases of RDS may be in.

use super::{Api, DESCRIPTION, Group, subnet_group};
use crate::client::RDS;
use crate::iam::name;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Auto, Computed, Resource, validate};

const API: Api = Api {
    service: &RDS,
    version: "2014-10-31",
    prefix: "rds",
    group: "DBSubnetGroup",
    element: "DBSubnetGroup",
    name: "DBSubnetGroupName",
    description: "DBSubnetGroupDescription",
    gone: "DBSubnetGroupNotFoundFault",
    arn: Some("DBSubnetGroupArn"),
    tag: "AddTagsToResource",
    untag: "RemoveTagsFromResource",
    keys: "TagKeys.member",
};

/// Provides a group of subnets for databases.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_db_subnet_group", keep)]
pub struct DatabaseSubnetGroup {
    /// The name of the group.
    pub id: Computed<String>,
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// What the group is for.
    #[attr(default = DESCRIPTION)]
    pub description: Option<String>,
    /// The name of the group; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = valid())]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = valid())]
    pub name_prefix: Auto<String>,
    /// The subnets, in two zones at least.
    #[attr(required)]
    pub subnet_ids: BTreeSet<String>,
    /// The kinds of networks that databases in the group can use.
    pub supported_network_types: Computed<BTreeSet<String>>,
    /// The tags of the group.
    pub tags: Tags,
    /// The VPC of the subnets.
    pub vpc_id: Computed<String>,
}

fn valid() -> impl Fn(&terrane_sdk::Value) -> Result<(), String> {
    validate::matches(
        r"^[ .0-9a-z_-]*$",
        "only have small letters, digits, spaces, dots, hyphens and underscores",
    )
}

impl DatabaseSubnetGroup {
    fn group(&self, cx: &ApplyContext) -> Group {
        let known = self.id.as_deref().filter(|id| !id.is_empty()).map(str::to_owned);
        Group {
            name: known
                .unwrap_or_else(|| name::chosen(self.name.as_deref(), self.name_prefix.as_deref(), cx)),
            description: self.description.clone().unwrap_or_else(|| DESCRIPTION.to_owned()),
            subnets: self.subnet_ids.clone(),
            tags: self.tags.clone(),
            arn: self.arn.as_deref().unwrap_or_default().to_owned(),
            ..Group::default()
        }
    }

    fn with(self, found: Group) -> Self {
        Self {
            id: found.name.as_str().into(),
            arn: found.arn.into(),
            description: Some(found.description),
            name_prefix: name::prefix_of(&found.name).into(),
            name: found.name.into(),
            subnet_ids: found.subnets,
            supported_network_types: found.network_types.into(),
            tags: found.tags,
            vpc_id: found.vpc.into(),
        }
    }
}

subnet_group!(DatabaseSubnetGroup, API);
