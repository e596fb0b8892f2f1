//! Data source `aws_iam_policy`: a policy by its ARN, or by name.

use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Diagnostic, Diagnostics, Error, Value, async_trait};

use super::listing::pages;
use super::policy::read_policy;
use super::tagging::tag_map;

/// Finds an IAM policy.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_policy")]
pub struct PolicyData {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The policy's ARN.
    #[attr(conflicts_with = ["name", "path_prefix"])]
    pub arn: Auto<String>,
    /// To how many users, groups and roles the policy is attached.
    pub attachment_count: Computed<i64>,
    /// What it is for.
    pub description: Computed<String>,
    /// The policy's name.
    #[attr(conflicts_with = "arn")]
    pub name: Auto<String>,
    /// The path in which it is.
    pub path: Computed<String>,
    /// What the path of a policy found by name begins with.
    #[attr(conflicts_with = "arn")]
    pub path_prefix: Option<String>,
    /// The policy document.
    pub policy: Computed<String>,
    /// The unique id that AWS gave the policy.
    pub policy_id: Computed<String>,
    /// The policy's tags; a policy found by name must have these.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for PolicyData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let arns = match config.arn.get() {
            Some(arn) => vec![arn.clone()],
            None => arns_by_name(aws, &config).await?,
        };
        let mut matching = Vec::new();
        for arn in arns {
            let Some((policy, document)) = read_policy(aws, &arn, None).await? else { continue };
            let tags = tag_map(policy.tags.as_ref());
            let wanted = config.tags.get().into_iter().flatten();
            if wanted.into_iter().all(|(k, v)| tags.get(k) == Some(v)) {
                matching.push((policy, document, tags));
            }
        }
        let found = matching.len();
        let (Some((policy, document, tags)), true) = (matching.pop(), found == 1) else {
            let problem = match found {
                0 => "No policy matches.".to_owned(),
                count => format!("{count} policies match; say more about the one that is meant."),
            };
            return Err(Error::new("IAM policy not found", problem).operation("iam:GetPolicy"));
        };
        Ok(PolicyData {
            id: policy.arn.clone().into(),
            arn: policy.arn.into(),
            attachment_count: policy.attachment_count.map(i64::from).into(),
            description: policy.description.unwrap_or_default().into(),
            name: policy.policy_name.into(),
            path: policy.path.into(),
            path_prefix: config.path_prefix,
            policy: document.into(),
            policy_id: policy.policy_id.into(),
            tags: tags.into(),
        })
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name| config.attribute(name).is_none_or(|v| v.is_null());
        if unset("arn") && unset("name") {
            let detail = "One of \"arn\" and \"name\" must be set.";
            diagnostics.push(Diagnostic::error("Missing required argument", detail));
        }
    }
}

async fn arns_by_name(aws: &Aws, config: &PolicyData) -> Result<Vec<String>, Error> {
    let call = aws.iam().list_policies().set_path_prefix(config.path_prefix.clone());
    let policies = pages!(aws, "iam:ListPolicies", call)?;
    let named = policies.into_iter().filter(|p| p.policy_name.as_deref() == config.name.as_deref());
    Ok(named.filter_map(|p| p.arn).collect())
}
