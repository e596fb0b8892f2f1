//! `aws_elasticache_subnet_group`: the subnets that caches of ElastiCache may be in.

use super::{Api, DESCRIPTION, Group, subnet_group};
use crate::client::ELASTICACHE;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Computed, Resource, validate};

const API: Api = Api {
    service: &ELASTICACHE,
    version: "2015-02-02",
    prefix: "elasticache",
    group: "CacheSubnetGroup",
    element: "CacheSubnetGroup",
    name: "CacheSubnetGroupName",
    description: "CacheSubnetGroupDescription",
    gone: "CacheSubnetGroupNotFoundFault",
    arn: Some("ARN"),
    tag: "AddTagsToResource",
    untag: "RemoveTagsFromResource",
    keys: "TagKeys.member",
};

/// Provides a group of subnets for caches of ElastiCache.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_elasticache_subnet_group", keep)]
pub struct CacheSubnetGroup {
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
    /// The VPC of the subnets.
    pub vpc_id: Computed<String>,
}

/// Whether two names are the same one: AWS keeps them in small letters.
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

impl CacheSubnetGroup {
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
            vpc_id: found.vpc.into(),
        }
    }
}

subnet_group!(CacheSubnetGroup, API);
