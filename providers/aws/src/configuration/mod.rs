//! The provider's own configuration: the `provider "aws"` block, as AWS provider 6.x has it.
//! Knows nothing of how clients are made from it.

pub(crate) mod endpoints;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use terrane_sdk::{
    Block, BlockSpec, Diagnostic, Diagnostics, Error, Object, Value, parse_duration, validate,
};

/// What the `provider` block may say.
#[derive(Clone, Block)]
pub(crate) struct Configuration {
    /// The access key id; also `AWS_ACCESS_KEY_ID`.
    pub(crate) access_key: Option<String>,
    /// The secret access key; also `AWS_SECRET_ACCESS_KEY`.
    #[attr(sensitive)]
    pub(crate) secret_key: Option<String>,
    /// The session token of temporary credentials; also `AWS_SESSION_TOKEN`.
    #[attr(sensitive)]
    pub(crate) token: Option<String>,
    /// The profile to take credentials and settings from; also `AWS_PROFILE`.
    pub(crate) profile: Option<String>,
    /// The region; also `AWS_REGION` or `AWS_DEFAULT_REGION`.
    pub(crate) region: Option<String>,
    /// Configuration files to read instead of `~/.aws/config`.
    pub(crate) shared_config_files: Vec<String>,
    /// Credentials files to read instead of `~/.aws/credentials`.
    pub(crate) shared_credentials_files: Vec<String>,
    /// Accounts that may be used; any other is refused.
    #[attr(conflicts_with = "forbidden_account_ids")]
    pub(crate) allowed_account_ids: BTreeSet<String>,
    /// Accounts that are refused.
    #[attr(conflicts_with = "allowed_account_ids")]
    pub(crate) forbidden_account_ids: BTreeSet<String>,
    /// A file with certificates to trust besides the system's; also `AWS_CA_BUNDLE`.
    pub(crate) custom_ca_bundle: Option<String>,
    /// The endpoint of the instance metadata service.
    pub(crate) ec2_metadata_service_endpoint: Option<String>,
    /// The addresses by which to reach the instance metadata service: `IPv4` or `IPv6`.
    pub(crate) ec2_metadata_service_endpoint_mode: Option<String>,
    /// The proxy of plain HTTP requests; also `HTTP_PROXY`.
    pub(crate) http_proxy: Option<String>,
    /// The proxy of HTTPS requests; also `HTTPS_PROXY`.
    pub(crate) https_proxy: Option<String>,
    /// Hosts to reach without a proxy, separated by commas; also `NO_PROXY`.
    pub(crate) no_proxy: Option<String>,
    /// Whether to accept any certificate. Not supported: certificates are always verified.
    pub(crate) insecure: Option<bool>,
    /// How often a failed request is repeated, 25 times unless set.
    pub(crate) max_retries: Option<i64>,
    /// How repeats are paced: `adaptive` (also the default) or `standard`.
    #[attr(validate = validate::one_of(&["legacy", "standard", "adaptive"]))]
    pub(crate) retry_mode: Option<String>,
    /// The endpoint of S3 in us-east-1.
    pub(crate) s3_us_east_1_regional_endpoint: Option<String>,
    /// Whether S3 buckets are addressed in the path.
    pub(crate) s3_use_path_style: Option<bool>,
    /// Accepted; credentials are first checked when they are first used.
    pub(crate) skip_credentials_validation: Option<bool>,
    /// Whether not to look for credentials and region in the instance metadata service.
    pub(crate) skip_metadata_api_check: Option<String>,
    /// Accepted; region names are not checked against a list.
    pub(crate) skip_region_validation: Option<bool>,
    /// Whether not to ask for the account id; ARNs then lack it.
    pub(crate) skip_requesting_account_id: Option<bool>,
    /// The region of STS, when it differs.
    pub(crate) sts_region: Option<String>,
    /// The wire format of tags; accepted, without effect on the types served here.
    pub(crate) tag_policy_compliance: Option<String>,
    /// The budget of repeats; the pace of repeats is adaptive here and needs none.
    pub(crate) token_bucket_rate_limiter_capacity: Option<i64>,
    /// Whether to use endpoints that answer over IPv6 too.
    pub(crate) use_dualstack_endpoint: Option<bool>,
    /// Whether to use FIPS endpoints.
    pub(crate) use_fips_endpoint: Option<bool>,
    /// Products to name in the user agent: `product/version (comment)`.
    pub(crate) user_agent: Vec<String>,
    /// Roles to assume, each with the credentials of the one before.
    #[block]
    pub(crate) assume_role: Vec<AssumeRole>,
    /// A role to assume with a token from an identity provider.
    #[block(max = 1)]
    pub(crate) assume_role_with_web_identity: Vec<WebIdentity>,
    /// Tags for all objects.
    #[block(max = 1)]
    pub(crate) default_tags: Vec<DefaultTags>,
    /// Tags to leave alone.
    #[block(max = 1)]
    pub(crate) ignore_tags: Vec<IgnoreTags>,
}

/// A role to assume.
#[derive(Clone, Block)]
pub(crate) struct AssumeRole {
    /// Its ARN.
    pub(crate) role_arn: Option<String>,
    /// How long the credentials are valid, as in `1h30m`.
    #[attr(validate = duration)]
    pub(crate) duration: Option<String>,
    /// What the role's owner wants to hear.
    pub(crate) external_id: Option<String>,
    /// A policy, in JSON, that narrows the role's permissions.
    #[attr(validate = validate::json)]
    pub(crate) policy: Option<String>,
    /// Policies that narrow the role's permissions.
    pub(crate) policy_arns: BTreeSet<String>,
    /// Names the session.
    pub(crate) session_name: Option<String>,
    /// Names who is behind the session.
    pub(crate) source_identity: Option<String>,
    /// Session tags.
    pub(crate) tags: BTreeMap<String, String>,
    /// Session tags that pass on to further roles.
    pub(crate) transitive_tag_keys: BTreeSet<String>,
}

/// A role to assume with a token from an identity provider.
#[derive(Clone, Block)]
pub(crate) struct WebIdentity {
    /// Its ARN.
    pub(crate) role_arn: Option<String>,
    /// How long the credentials are valid, as in `1h30m`.
    #[attr(validate = duration)]
    pub(crate) duration: Option<String>,
    /// A policy, in JSON, that narrows the role's permissions.
    #[attr(validate = validate::json)]
    pub(crate) policy: Option<String>,
    /// Policies that narrow the role's permissions.
    pub(crate) policy_arns: BTreeSet<String>,
    /// Names the session.
    pub(crate) session_name: Option<String>,
    /// The token.
    #[attr(conflicts_with = "web_identity_token_file")]
    pub(crate) web_identity_token: Option<String>,
    /// A file with the token, read anew when credentials are renewed.
    #[attr(conflicts_with = "web_identity_token")]
    pub(crate) web_identity_token_file: Option<String>,
}

/// Tags for all objects.
#[derive(Clone, Block)]
pub(crate) struct DefaultTags {
    /// The tags; those of an object itself go first.
    pub(crate) tags: BTreeMap<String, String>,
}

/// Tags that other systems manage.
#[derive(Clone, Block)]
pub(crate) struct IgnoreTags {
    /// Their keys.
    pub(crate) keys: BTreeSet<String>,
    /// What their keys start with.
    pub(crate) key_prefixes: BTreeSet<String>,
}

fn duration(value: &Value) -> Result<(), String> {
    match value.as_str().map(parse_duration) {
        Some(None) => Err("must be a duration such as \"1h30m\"".into()),
        _ => Ok(()),
    }
}

impl AssumeRole {
    /// How long the credentials are valid.
    pub(crate) fn duration(&self) -> Option<Duration> {
        self.duration.as_deref().and_then(parse_duration)
    }
}

impl WebIdentity {
    /// How long the credentials are valid.
    pub(crate) fn duration(&self) -> Option<Duration> {
        self.duration.as_deref().and_then(parse_duration)
    }
}

impl Configuration {
    /// The schema of the block.
    pub(crate) fn spec() -> BlockSpec {
        let mut spec = <Configuration as Object>::spec();
        spec.blocks.insert("endpoints", endpoints::spec());
        spec
    }

    /// Reads a configuration whose values are known.
    pub(crate) fn decode(config: &Value) -> Result<Configuration, Error> {
        Ok(<Configuration as Object>::from_value(config)?)
    }

    /// Whether the instance metadata service must not be asked.
    pub(crate) fn skips_instance_metadata(&self) -> bool {
        self.skip_metadata_api_check.as_deref() == Some("true")
    }
}

/// Settings that are accepted and change nothing, and what to do instead.
const WITHOUT_EFFECT: [(&str, &str); 5] = [
    ("ec2_metadata_service_endpoint", "Set AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment instead."),
    (
        "ec2_metadata_service_endpoint_mode",
        "Set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment instead.",
    ),
    (
        "token_bucket_rate_limiter_capacity",
        "Requests are paced by what AWS answers, for each account, region and service.",
    ),
    ("s3_us_east_1_regional_endpoint", "S3 in us-east-1 is always called at its regional endpoint."),
    ("tag_policy_compliance", "Tag policies are enforced by AWS only."),
];

/// Problems of a configuration beyond its schema: settings that contradict each other, and
/// settings that would silently mean nothing. `config` may contain unknown values.
pub(crate) fn validate_configuration(config: &Value, diagnostics: &mut Diagnostics) {
    let set = |name: &str| config.attribute(name).is_some_and(|v| !v.is_null());
    for (name, instead) in WITHOUT_EFFECT {
        if set(name) {
            let detail = format!("The setting {name} has no effect. {instead}");
            diagnostics.push(Diagnostic::warning("Setting without effect", detail).on_attribute(name));
        }
    }
    if config.attribute("insecure").is_some_and(|v| v.as_bool() == Some(true)) {
        let detail = "Certificates are always verified. To trust a private authority, name its certificates in \
                      custom_ca_bundle; endpoints that begin with http:// need none.";
        diagnostics.push(Diagnostic::warning("Setting without effect", detail).on_attribute("insecure"));
    }
    let unused = endpoints::unused(config);
    if !unused.is_empty() {
        let detail = format!("No type of this provider calls these services: {}.", unused.join(", "));
        diagnostics.push(Diagnostic::warning("Endpoints without effect", detail).on_attribute("endpoints"));
    }
    for (one, other) in [("access_key", "secret_key"), ("secret_key", "access_key"), ("token", "access_key")]
    {
        if set(one) && !set(other) {
            let detail = format!("With {one}, {other} must be set too.");
            diagnostics.push(Diagnostic::error("Incomplete credentials", detail).on_attribute(one));
        }
    }
    let roles = config.attribute("assume_role").unwrap_or(Value::NULL);
    for role in roles.as_slice().unwrap_or_default() {
        if role.attribute("role_arn").is_some_and(|arn| arn.is_null()) {
            let detail = "A role to assume needs role_arn.";
            diagnostics.push(Diagnostic::error("Missing role", detail).on_attribute("assume_role"));
        }
    }
}
