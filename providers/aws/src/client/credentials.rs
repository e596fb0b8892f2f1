//! Where credentials come from: the provider configuration, else environment, profile, web
//! identity, container or instance; then the chain of roles to assume. All of them refresh
//! themselves for as long as a run lasts.

// The types that replace the deprecated aliases are in a crate that is internal to the SDK.
#![allow(deprecated)]

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::profile::profile_file::ProfileFiles;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::configuration::{AssumeRole, Configuration, WebIdentity};

/// The credentials that the configuration names itself, before any role is assumed; `None` when
/// the SDK's default chain shall look for them.
pub(crate) fn named_credentials(
    configuration: &Configuration,
    provider_config: &ProviderConfig,
    files: Option<ProfileFiles>,
) -> Option<SharedCredentialsProvider> {
    if let (Some(key), Some(secret)) = (&configuration.access_key, &configuration.secret_key) {
        let credentials =
            Credentials::new(key, secret, configuration.token.clone(), None, "provider configuration");
        return Some(SharedCredentialsProvider::new(credentials));
    }
    let mut profile = ProfileFileCredentialsProvider::builder().configure(provider_config);
    if let Some(files) = files {
        profile = profile.profile_files(files);
    }
    if let Some(name) = &configuration.profile {
        return Some(SharedCredentialsProvider::new(profile.profile_name(name).build()));
    }
    if !configuration.skips_instance_metadata() {
        return None;
    }
    let web = WebIdentityTokenCredentialsProvider::builder().configure(provider_config).build();
    let container = aws_config::ecs::EcsCredentialsProvider::builder().configure(provider_config).build();
    let chain =
        CredentialsProviderChain::first_try("environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("profile", profile.build())
            .or_else("web identity", web)
            .or_else("container", container);
    Some(SharedCredentialsProvider::new(chain))
}

/// Credentials of a role, assumed with the credentials of the STS client.
pub(crate) struct RoleCredentials {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) role: AssumeRole,
}

/// Credentials of a role, assumed with a token from an identity provider.
pub(crate) struct WebIdentityCredentials {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) role: WebIdentity,
}

fn policies(arns: &std::collections::BTreeSet<String>) -> Option<Vec<PolicyDescriptorType>> {
    let policies: Vec<_> = arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build()).collect();
    (!policies.is_empty()).then_some(policies)
}

fn seconds(duration: Option<Duration>) -> Option<i32> {
    duration.and_then(|d| i32::try_from(d.as_secs()).ok())
}

fn session_name(configured: Option<&String>) -> String {
    configured.cloned().unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        format!("terrane-{}", now.as_secs())
    })
}

fn not_assumed(arn: &str, error: &terrane_sdk::Error) -> CredentialsError {
    let operation = error.operation.as_deref().unwrap_or_default();
    let request = error.request_id.as_ref().map(|id| format!(" (request id {id})")).unwrap_or_default();
    let detail = error.detail.trim_end_matches('.');
    CredentialsError::provider_error(format!("{operation} of role {arn} failed: {detail}{request}"))
}

/// The answer of STS as credentials.
fn convert(
    role: &str,
    credentials: Option<aws_sdk_sts::types::Credentials>,
) -> Result<Credentials, CredentialsError> {
    let c = credentials
        .ok_or_else(|| CredentialsError::provider_error(format!("STS gave no credentials for {role}")))?;
    let expiry = SystemTime::try_from(c.expiration).ok();
    Ok(Credentials::new(c.access_key_id, c.secret_access_key, Some(c.session_token), expiry, "assume_role"))
}

impl RoleCredentials {
    async fn assume(&self) -> provider::Result {
        let role = &self.role;
        let arn = role.role_arn.as_deref().unwrap_or_default();
        let tags: Vec<_> = (role.tags.iter())
            .map(|(k, v)| Tag::builder().key(k).value(v).build())
            .collect::<Result<_, _>>()
            .map_err(CredentialsError::invalid_configuration)?;
        let keys: Vec<_> = role.transitive_tag_keys.iter().cloned().collect();
        let output = (self.sts.assume_role())
            .role_arn(arn)
            .role_session_name(session_name(role.session_name.as_ref()))
            .set_external_id(role.external_id.clone())
            .set_duration_seconds(seconds(role.duration()))
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(&role.policy_arns))
            .set_source_identity(role.source_identity.clone())
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_transitive_tag_keys((!keys.is_empty()).then_some(keys))
            .send()
            .await
            .map_err(|e| not_assumed(arn, &super::error::api_error("sts:AssumeRole", e)))?;
        convert(arn, output.credentials)
    }
}

impl WebIdentityCredentials {
    async fn assume(&self) -> provider::Result {
        let role = &self.role;
        let arn = role.role_arn.as_deref().unwrap_or_default();
        let token = match (&role.web_identity_token, &role.web_identity_token_file) {
            (Some(token), _) => token.clone(),
            // Read each time: the platform renews the file.
            (None, Some(file)) => tokio::fs::read_to_string(PathBuf::from(file)).await.map_err(|e| {
                CredentialsError::provider_error(format!("reading web identity token file {file}: {e}"))
            })?,
            (None, None) => {
                return Err(CredentialsError::invalid_configuration(
                    "assume_role_with_web_identity needs web_identity_token or web_identity_token_file",
                ));
            }
        };
        let output = (self.sts.assume_role_with_web_identity())
            .role_arn(arn)
            .role_session_name(session_name(role.session_name.as_ref()))
            .web_identity_token(token.trim())
            .set_duration_seconds(seconds(role.duration()))
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(&role.policy_arns))
            .send()
            .await
            .map_err(|e| not_assumed(arn, &super::error::api_error("sts:AssumeRoleWithWebIdentity", e)))?;
        convert(arn, output.credentials)
    }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl ProvideCredentials for WebIdentityCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleCredentials").field("role_arn", &self.role.role_arn).finish_non_exhaustive()
    }
}

impl fmt::Debug for WebIdentityCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIdentityCredentials")
            .field("role_arn", &self.role.role_arn)
            .finish_non_exhaustive()
    }
}
