//! `aws_network_acl`: a stateless filter around subnets, with its rules or without.

use super::acl_entry::{self, AclRule, same_rules};
use super::acl_subnets;
use super::batch::{PAGE, pages};
use super::kind::{created, delete, kind, read_each, visible};
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostics, Error, Failure, PlanContext, Resource, Value, async_trait,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

// All of them are one page in nearly every account, and never more calls than filters of ids take.
kind!(types::NetworkAcl, "network ACL", None, network_acl_id, |aws, filters| {
    let call = aws.ec2().describe_network_acls().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeNetworkAcls", call)
});

/// Provides a network ACL.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_network_acl", keep)]
pub struct NetworkAcl {
    /// The id of the ACL.
    pub id: Computed<String>,
    /// The ARN of the ACL.
    pub arn: Computed<String>,
    /// Rules for traffic that goes out. Unset: whatever there are.
    #[attr(as_blocks)]
    pub egress: Auto<BTreeSet<AclRule>>,
    /// Rules for traffic that comes in. Unset: whatever there are.
    #[attr(as_blocks)]
    pub ingress: Auto<BTreeSet<AclRule>>,
    /// The account that owns the ACL.
    pub owner_id: Computed<String>,
    /// The subnets that use the ACL. Unset: whichever do.
    pub subnet_ids: Auto<BTreeSet<String>>,
    /// The VPC the ACL is in.
    #[attr(force_new)]
    pub vpc_id: String,
    /// The tags of the ACL.
    pub tags: Tags,
}

#[async_trait]
impl Resource for NetworkAcl {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => {
                let call = (aws.ec2().create_network_acl())
                    .vpc_id(&planned.vpc_id)
                    .client_token(cx.token.to_string())
                    .tag_specifications(creation_tags(ResourceType::NetworkAcl, &planned.tags, cx));
                let create = || aws.call("ec2:CreateNetworkAcl", call.clone().send());
                let made = retry_while(super::NEW_PARENT, is_not_found, create).await?;
                created("ec2:CreateNetworkAcl", made.network_acl.and_then(|a| a.network_acl_id))?
            }
        };
        let started = NetworkAcl { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let new = NetworkAcl::default().with(aws, visible(aws, &id).await?);
            change(aws, &id, &new, &planned).await?;
            Ok(started.clone().with(aws, visible(aws, &id).await?))
        };
        complete.await.map_err(|e: Error| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        read_each(aws, states, |s| s.id.as_deref(), |state, acl| state.with(aws, acl)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        change(aws, &id, &prior, &planned).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(planned.with(aws, visible(aws, &id).await?))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        // An ACL that subnets use cannot be deleted: they go back to the default one.
        if let Some(acl) = super::kind::find::<types::NetworkAcl>(aws, id).await? {
            let subnets = acl.associations().iter().filter_map(|a| a.subnet_id.clone()).collect();
            acl_subnets::back_to_default(aws, acl.vpc_id().unwrap_or_default(), id, &subnets).await?;
        }
        let call =
            || aws.call("ec2:DeleteNetworkAcl", aws.ec2().delete_network_acl().network_acl_id(id).send());
        delete(PATIENCE, call).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = super::kind::all::<types::NetworkAcl>(aws).await?;
        let own = all.into_iter().filter(|a| a.is_default() != Some(true));
        Ok(Some(own.map(|a| NetworkAcl::default().with(aws, a)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        keep_spelling(cx);
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        validate(config, diagnostics);
    }
}

/// Plans no change of rules that mean what they meant.
pub(super) fn keep_spelling(cx: &mut PlanContext<'_, Aws>) {
    for name in ["ingress", "egress"] {
        if cx.changed(name) && same_rules(&cx.prior(name), &cx.planned(name)) {
            cx.set(name, cx.prior(name));
        }
    }
}

/// Checks the rules.
pub(super) fn validate(config: &Value, diagnostics: &mut Diagnostics) {
    for name in ["ingress", "egress"] {
        let rules = config.attribute(name).filter(Value::is_known).unwrap_or(Value::NULL);
        for rule in rules.as_slice().into_iter().flatten().filter(|r| r.is_known()) {
            acl_entry::validate(name, rule, diagnostics);
        }
    }
}

impl NetworkAcl {
    /// This object as EC2 describes it.
    pub(super) fn with(self, aws: &Aws, remote: types::NetworkAcl) -> NetworkAcl {
        let id = remote.network_acl_id.clone().unwrap_or_default();
        let owner = remote.owner_id.clone().unwrap_or_default();
        let subnets = remote.associations().iter().filter_map(|a| a.subnet_id.clone());
        NetworkAcl {
            arn: aws.ec2_arn(&owner, &format!("network-acl/{id}")).into(),
            egress: acl_entry::rules(remote.entries(), true, self.egress.0.as_ref()).into(),
            ingress: acl_entry::rules(remote.entries(), false, self.ingress.0.as_ref()).into(),
            owner_id: owner.into(),
            subnet_ids: subnets.collect::<BTreeSet<_>>().into(),
            vpc_id: remote.vpc_id.unwrap_or_default(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}

/// Changes rules and subnets from what is there to what is planned, as far as the plan says.
pub(super) async fn change(
    aws: &Aws,
    id: &str,
    before: &NetworkAcl,
    after: &NetworkAcl,
) -> Result<(), Error> {
    let none = BTreeSet::new();
    for (egress, before, after) in
        [(false, &before.ingress, &after.ingress), (true, &before.egress, &after.egress)]
    {
        if let Some(after) = &after.0 {
            acl_entry::change(aws, id, egress, before.0.as_ref().unwrap_or(&none), after).await?;
        }
    }
    if let Some(after) = &after.subnet_ids.0 {
        let none = BTreeSet::new();
        let before_ids = before.subnet_ids.0.as_ref().unwrap_or(&none);
        let removed: BTreeSet<String> = before_ids.difference(after).cloned().collect();
        acl_subnets::back_to_default(aws, &before.vpc_id, id, &removed).await?;
        let added: BTreeSet<String> = after.difference(before_ids).cloned().collect();
        acl_subnets::use_acl(aws, id, &added).await?;
    }
    Ok(())
}
