//! Data source `aws_iam_principal_policy_simulation`: whether a principal would be allowed to do
//! something.

use crate::Aws;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait, validate};

use super::listing::pages;
use super::policy_json;

/// Asks AWS's policy simulator what a user, group or role may do.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_principal_policy_simulation")]
pub struct PrincipalPolicySimulation {
    /// Always `-`.
    pub id: Computed<String>,
    /// The actions.
    #[attr(required)]
    pub action_names: BTreeSet<String>,
    /// Policies that the principal is taken to have as well.
    #[attr(validate = validate::each(policy_json::valid))]
    pub additional_policies_json: BTreeSet<String>,
    /// Whether all actions would be allowed on all resources.
    pub all_allowed: Computed<bool>,
    /// The ARN of the user who is taken to act, when it is not the principal.
    pub caller_arn: Option<String>,
    /// Policies that bound what the principal can be permitted.
    #[attr(validate = validate::each(policy_json::valid))]
    pub permissions_boundary_policies_json: BTreeSet<String>,
    /// The ARN of the user, group or role.
    pub policy_source_arn: String,
    /// The ARNs of the resources that the actions are about.
    pub resource_arns: BTreeSet<String>,
    /// The kind of simulation, for actions of EC2 on several resources.
    pub resource_handling_option: Option<String>,
    /// The account of resources whose ARN names none.
    pub resource_owner_account_id: Option<String>,
    /// The policy of the resources.
    #[attr(validate = policy_json::valid)]
    pub resource_policy_json: Option<String>,
    /// What the simulator said of each action and resource.
    pub results: Computed<BTreeSet<Outcome>>,
    /// What conditions of policies are to find.
    #[block]
    pub context: BTreeSet<ContextKey>,
}

/// A condition key and its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ContextKey {
    /// The key: `aws:CurrentTime`.
    pub key: String,
    /// The type of the values: `string`, `stringList`, `date`.
    pub r#type: String,
    /// The values.
    #[attr(required)]
    pub values: BTreeSet<String>,
}

/// What the simulator said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Outcome {
    /// The action.
    pub action_name: String,
    /// Whether it would be allowed.
    pub allowed: bool,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// What each policy said.
    pub decision_details: BTreeMap<String, String>,
    /// The statements that decided.
    pub matched_statements: BTreeSet<Matched>,
    /// Condition keys that no `context` gives.
    pub missing_context_keys: BTreeSet<String>,
    /// The resource.
    pub resource_arn: String,
}

/// A policy that has a statement which decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Matched {
    /// The policy.
    pub source_policy_id: String,
    /// The kind of policy.
    pub source_policy_type: String,
}

impl From<EvaluationResult> for Outcome {
    fn from(result: EvaluationResult) -> Outcome {
        let details = result.eval_decision_details.unwrap_or_default().into_iter();
        let matched = result.matched_statements.unwrap_or_default().into_iter().map(|statement| Matched {
            source_policy_id: statement.source_policy_id.unwrap_or_default(),
            source_policy_type: statement
                .source_policy_type
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default(),
        });
        Outcome {
            action_name: result.eval_action_name,
            allowed: result.eval_decision == PolicyEvaluationDecisionType::Allowed,
            decision: result.eval_decision.as_str().to_owned(),
            decision_details: details.map(|(policy, said)| (policy, said.as_str().to_owned())).collect(),
            matched_statements: matched.collect(),
            missing_context_keys: result.missing_context_values.unwrap_or_default().into_iter().collect(),
            resource_arn: result.eval_resource_name.unwrap_or_default(),
        }
    }
}

/// The elements of a set; `None` for none.
fn some(set: &BTreeSet<String>) -> Option<Vec<String>> {
    (!set.is_empty()).then(|| set.iter().cloned().collect())
}

#[async_trait]
impl DataSource for PrincipalPolicySimulation {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let context = config.context.iter().map(|entry| {
            ContextEntry::builder()
                .context_key_name(&entry.key)
                .context_key_type(ContextKeyTypeEnum::from(entry.r#type.as_str()))
                .set_context_key_values(some(&entry.values))
                .build()
        });
        let context: Vec<ContextEntry> = context.collect();
        let call = (aws.iam().simulate_principal_policy().policy_source_arn(&config.policy_source_arn))
            .set_action_names(some(&config.action_names))
            .set_policy_input_list(some(&config.additional_policies_json))
            .set_permissions_boundary_policy_input_list(some(&config.permissions_boundary_policies_json))
            .set_caller_arn(config.caller_arn.clone())
            .set_context_entries((!context.is_empty()).then_some(context))
            .set_resource_arns(some(&config.resource_arns))
            .set_resource_handling_option(config.resource_handling_option.clone())
            .set_resource_owner(config.resource_owner_account_id.clone())
            .set_resource_policy(config.resource_policy_json.clone());
        let found = pages!(aws, "iam:SimulatePrincipalPolicy", call)?;
        let results: BTreeSet<Outcome> = found.into_iter().map(Outcome::from).collect();
        Ok(PrincipalPolicySimulation {
            id: "-".into(),
            all_allowed: results.iter().all(|result| result.allowed).into(),
            results: results.into(),
            ..config
        })
    }
}
