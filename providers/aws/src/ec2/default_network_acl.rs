//! `aws_default_network_acl`: the network ACL that a VPC was made with, adopted and not made.

use super::acl_entry::AclRule;
use super::acl_subnets;
use super::batch::filter;
use super::kind::{Kind, find, visible};
use super::network_acl::{NetworkAcl, change, keep_spelling, validate};
use super::tagging::update_tags;
use crate::Aws;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Computed, Diagnostics, Error, Failure, PlanContext, Resource, Value, async_trait,
};

/// Manages the default network ACL of a VPC: its rules become those that are configured. It stays
/// when the resource is destroyed, as it is then.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_default_network_acl", keep)]
pub struct DefaultNetworkAcl {
    /// The id of the ACL.
    pub id: Computed<String>,
    /// The ARN of the ACL.
    pub arn: Computed<String>,
    /// The ACL, as the VPC names it.
    #[attr(force_new)]
    pub default_network_acl_id: String,
    /// Rules for traffic that goes out.
    #[block]
    pub egress: BTreeSet<AclRule>,
    /// Rules for traffic that comes in.
    #[block]
    pub ingress: BTreeSet<AclRule>,
    /// The account that owns the ACL.
    pub owner_id: Computed<String>,
    /// Subnets that use the ACL. A subnet leaves it only for another ACL.
    pub subnet_ids: BTreeSet<String>,
    /// The VPC the ACL is in.
    pub vpc_id: Computed<String>,
    /// The tags of the ACL.
    pub tags: Tags,
}

#[async_trait]
impl Resource for DefaultNetworkAcl {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.default_network_acl_id.clone();
        let Some(acl) = find::<types::NetworkAcl>(aws, &id).await? else {
            let detail = format!("There is no network ACL {id}: take default_network_acl_id of the VPC.");
            return Err(Error::new("The default network ACL is not found", detail)
                .attribute("default_network_acl_id")
                .into());
        };
        if acl.is_default() != Some(true) {
            let detail = format!("{id} is not the default network ACL of a VPC: aws_network_acl manages it.");
            return Err(Error::new("Not a default network ACL", detail)
                .attribute("default_network_acl_id")
                .into());
        }
        let mut now = NetworkAcl::default().with(aws, acl);
        now.tags = aws.tags().managed(now.tags);
        let prior = DefaultNetworkAcl { id: id.as_str().into(), ..Self::default() }.filled(now);
        bring(aws, &id, &prior, planned).await.map_err(Failure::from)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let with = |state: Self, acl: types::NetworkAcl| {
            let now = state.as_acl().with(aws, acl);
            state.filled(now)
        };
        super::kind::read_each(aws, states, |s| s.id.as_deref(), with).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        bring(aws, &id, &prior, planned).await.map_err(Failure::from)
    }

    /// The ACL belongs to the VPC and stays.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = types::NetworkAcl::describe(aws, Some(vec![filter("default", ["true"])])).await?;
        let object = |acl| Self::default().filled(NetworkAcl::default().with(aws, acl));
        Ok(Some(found.into_iter().map(object).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        keep_spelling(cx);
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        validate(config, diagnostics);
    }
}

/// Makes the ACL what is planned. Subnets that are not planned stay with it all the same, so that
/// the state says what was planned, and the next refresh what is.
async fn bring(
    aws: &Aws,
    id: &str,
    prior: &DefaultNetworkAcl,
    planned: DefaultNetworkAcl,
) -> Result<DefaultNetworkAcl, Error> {
    change(aws, id, &prior.as_acl(), &planned.as_acl()).await?;
    let added = planned.subnet_ids.difference(&prior.subnet_ids).cloned().collect();
    acl_subnets::use_acl(aws, id, &added).await?;
    update_tags(aws, id, &prior.tags, &planned.tags).await?;
    let now = planned.as_acl().with(aws, visible(aws, id).await?);
    let subnet_ids = planned.subnet_ids.clone();
    Ok(DefaultNetworkAcl { subnet_ids, ..planned.filled(now) })
}

impl DefaultNetworkAcl {
    /// The rules, without the subnets.
    fn as_acl(&self) -> NetworkAcl {
        NetworkAcl {
            egress: self.egress.clone().into(),
            ingress: self.ingress.clone().into(),
            ..NetworkAcl::default()
        }
    }

    fn filled(self, acl: NetworkAcl) -> DefaultNetworkAcl {
        DefaultNetworkAcl {
            arn: acl.arn,
            default_network_acl_id: acl.id.0.clone().unwrap_or_default(),
            egress: acl.egress.0.unwrap_or_default(),
            ingress: acl.ingress.0.unwrap_or_default(),
            owner_id: acl.owner_id,
            subnet_ids: acl.subnet_ids.0.unwrap_or_default(),
            vpc_id: acl.vpc_id.into(),
            tags: acl.tags,
            id: acl.id,
        }
    }
}
