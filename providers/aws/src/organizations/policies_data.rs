//! Data sources `aws_organizations_policy`, a policy by its id, `aws_organizations_policies`, all of a kind, and
//! `aws_organizations_policies_for_target`, those directly on a root, unit or account.

use super::policy::{find, kinds};
use super::{pages, unless_gone};
use crate::Aws;
use aws_sdk_organizations::types::{PolicySummary, PolicyType};
use terrane_sdk::{Computed, DataSource, Error, Value, async_trait, validate};

/// A policy.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_policy")]
pub struct PolicyData {
    /// The id of the policy.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Whether it is one of AWS's own.
    pub aws_managed: Computed<bool>,
    /// The policy document, as JSON.
    pub content: Computed<String>,
    /// What it is for.
    pub description: Computed<String>,
    /// Its name.
    pub name: Computed<String>,
    /// The id of the policy.
    #[attr(validate = valid_policy)]
    pub policy_id: String,
    /// Its kind.
    #[attr(name = "type")]
    pub kind: Computed<String>,
}

/// The policies of a kind.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_policies")]
pub struct Policies {
    /// The kind.
    pub id: Computed<String>,
    /// The kind, such as `SERVICE_CONTROL_POLICY` or `TAG_POLICY`.
    #[attr(validate = validate::one_of(kinds()))]
    pub filter: String,
    /// The ids of the policies.
    pub ids: Computed<Vec<String>>,
}

/// The policies of a kind that are directly on a root, unit or account.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_policies_for_target")]
pub struct PoliciesForTarget {
    /// The root, unit or account.
    pub id: Computed<String>,
    /// The kind, such as `SERVICE_CONTROL_POLICY` or `TAG_POLICY`.
    #[attr(validate = validate::one_of(kinds()))]
    pub filter: String,
    /// The ids of the policies.
    pub ids: Computed<Vec<String>>,
    /// The root, unit or account.
    pub target_id: String,
}

fn valid_policy(value: &Value) -> Result<(), String> {
    validate::matches(r"^p-[0-9A-Za-z_]{8,128}$", "be the id of a policy, as in p-12345678")(value)
}

fn ids(found: Vec<PolicySummary>) -> Vec<String> {
    found.into_iter().filter_map(|policy| policy.id).collect()
}

#[async_trait]
impl DataSource for PolicyData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let none = || {
            let detail = format!("The organization has no policy {}.", config.policy_id);
            let error = Error::new("The policy does not exist", detail);
            error.operation("organizations:DescribePolicy").attribute("policy_id")
        };
        let found = find(aws, &config.policy_id).await?.ok_or_else(none)?;
        let summary = found.policy_summary.ok_or_else(none)?;
        Ok(PolicyData {
            id: config.policy_id.as_str().into(),
            arn: summary.arn.unwrap_or_default().into(),
            aws_managed: summary.aws_managed.into(),
            content: found.content.unwrap_or_default().into(),
            description: summary.description.unwrap_or_default().into(),
            name: summary.name.unwrap_or_default().into(),
            kind: summary.r#type.map(|t| t.as_str().to_owned()).unwrap_or_default().into(),
            ..config
        })
    }
}

#[async_trait]
impl DataSource for Policies {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.organizations().list_policies().filter(PolicyType::from(config.filter.as_str()));
        let found = pages!(aws, "organizations:ListPolicies", call, policies)?;
        Ok(Policies { id: config.filter.as_str().into(), ids: ids(found).into(), ..config })
    }
}

#[async_trait]
impl DataSource for PoliciesForTarget {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = (aws.organizations().list_policies_for_target())
            .target_id(&config.target_id)
            .filter(PolicyType::from(config.filter.as_str()));
        let found = unless_gone(pages!(aws, "organizations:ListPoliciesForTarget", call, policies))?;
        let none = || {
            let detail = format!("The organization has no root, unit or account {}.", config.target_id);
            let error = Error::new("The target does not exist", detail);
            error.operation("organizations:ListPoliciesForTarget").attribute("target_id")
        };
        let found = found.ok_or_else(none)?;
        Ok(PoliciesForTarget { id: config.target_id.as_str().into(), ids: ids(found).into(), ..config })
    }
}
