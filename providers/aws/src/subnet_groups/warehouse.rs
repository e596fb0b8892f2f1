//! `aws_redshift_subnet_group`: the subnets that clusters of Redshift may be in.

use super::{Api, DESCRIPTION, Group, subnet_group};
use crate::client::REDSHIFT;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Computed, Resource, validate};

const API: Api = Api {
    service: &REDSHIFT,
    version: "2012-12-01",
    prefix: "redshift",
    group: "ClusterSubnetGroup",
    element: "ClusterSubnetGroup",
    name: "ClusterSubnetGroupName",
    description: "Description",
    gone: "ClusterSubnetGroupNotFoundFault",
    arn: None,
    tag: "CreateTags",
    untag: "DeleteTags",
    keys: "TagKeys.TagKey",
};

/// Provides a group of subnets for clusters of Redshift.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_redshift_subnet_group", keep)]
pub struct WarehouseSubnetGroup {
    /// The name of the group.
    pub id: Computed<String>,
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// What the group is for.
    #[attr(default = DESCRIPTION)]
    pub description: Option<String>,
    /// The name of the group.
    #[attr(force_new, equivalent = same, validate = validate::length(1..=255))]
    pub name: String,
    /// The subnets.
    #[attr(required)]
    pub subnet_ids: BTreeSet<String>,
    /// The tags of the group.
    pub tags: Tags,
}

/// Whether two names are the same one: AWS keeps them in small letters.
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

impl WarehouseSubnetGroup {
    fn group(&self, _: &ApplyContext) -> Group {
        Group {
            name: self.name.to_ascii_lowercase(),
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
            name: if same(&self.name, &found.name) { self.name } else { found.name },
            subnet_ids: found.subnets,
            tags: found.tags,
        }
    }
}

subnet_group!(WarehouseSubnetGroup, API);
