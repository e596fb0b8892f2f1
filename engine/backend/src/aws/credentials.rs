//! Who we are: the usual chain of AWS, and roles that are assumed with what it yields.

use super::element;
use crate::Surroundings;
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use reqsign_aws_v4::{
    AssumeRoleWithWebIdentityCredentialProvider, Credential, DefaultCredentialProvider,
    ECSCredentialProvider, IMDSv2CredentialProvider, RequestSigner, StaticCredentialProvider,
};
use reqsign_core::time::Timestamp;
use reqsign_core::{Context, Error, ProvideCredential, ProvideCredentialDyn, Signer};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use url::form_urlencoded;

/// A source of credentials.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    provider: Arc<dyn ProvideCredentialDyn<Credential = Credential>>,
    context: Context,
}

/// What a role is assumed with.
#[derive(Clone, Debug, Default)]
pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) policy_arns: Vec<String>,
    pub(crate) source_identity: Option<String>,
    pub(crate) seconds: Option<u64>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) transitive_tag_keys: Vec<String>,
}

/// What a role is assumed with, where a token of somebody else says who we are.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebIdentity {
    pub(crate) role: AssumeRole,
    pub(crate) token: Option<String>,
    pub(crate) token_file: Option<String>,
}

impl Credentials {
    /// Keys that are given.
    pub(crate) fn fixed(context: Context, id: &str, secret: &str, token: Option<&str>) -> Credentials {
        let provider = StaticCredentialProvider::new(id, secret);
        let provider = match token {
            Some(token) => provider.with_session_token(token),
            None => provider,
        };
        Credentials { provider: Arc::new(provider), context }
    }

    /// The chain: environment, shared files, SSO, web identity, process, container, instance.
    pub(crate) fn chain(
        context: Context,
        surroundings: &Surroundings,
        profile: Option<&str>,
        metadata: bool,
        metadata_endpoint: Option<String>,
    ) -> Credentials {
        let mut builder = DefaultCredentialProvider::builder();
        if let Some(profile) = profile {
            builder = builder.with_profile(profile).no_env();
        }
        let disabled = surroundings.variable("AWS_EC2_METADATA_DISABLED").is_some_and(|v| v == "true");
        builder = match metadata && !disabled {
            true => match metadata_endpoint {
                Some(endpoint) => builder.imds(IMDSv2CredentialProvider::new().with_endpoint(endpoint)),
                None => builder,
            },
            false => builder.no_imds(),
        };
        let in_container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            .iter()
            .any(|name| surroundings.variable(name).is_some());
        builder = if in_container { builder.ecs(ECSCredentialProvider::new()) } else { builder.no_ecs() };
        Credentials { provider: Arc::new(builder.build()), context }
    }

    /// Those of a role that is assumed with these, at the given address of STS.
    pub(crate) fn assuming(self, role: AssumeRole, region: &str, sts: String) -> Credentials {
        let context = self.context.clone();
        let signer = self.signer(RequestSigner::new("sts", region).with_standard_session_token());
        Credentials { provider: Arc::new(Assumed { role, sts, signer }), context }
    }

    /// Those of a role that is assumed with a token.
    pub(crate) fn with_web_identity(self, identity: WebIdentity, region: &str) -> Credentials {
        let role = identity.role;
        let mut provider = AssumeRoleWithWebIdentityCredentialProvider::new()
            .with_role_arn(role.role_arn)
            .with_region(region.to_owned())
            .with_regional_sts_endpoint()
            .with_role_session_name(role.session_name.unwrap_or_else(|| "terrane".to_owned()));
        provider = match (identity.token, identity.token_file) {
            (Some(token), _) => provider.with_subject_token(token),
            (None, Some(file)) => provider.with_web_identity_token_file(file),
            (None, None) => provider,
        };
        if let Some(seconds) = role.seconds {
            provider = provider.with_duration_seconds(u32::try_from(seconds).unwrap_or(u32::MAX));
        }
        if let Some(policy) = role.policy {
            provider = provider.with_policy(policy);
        }
        if !role.policy_arns.is_empty() {
            provider = provider.with_policy_arns(role.policy_arns);
        }
        Credentials { provider: Arc::new(provider), context: self.context }
    }

    pub(crate) fn signer(&self, requests: RequestSigner) -> Signer<Credential> {
        Signer::new(self.context.clone(), self.provider.clone(), requests)
    }
}

/// A role of which STS is asked for credentials.
#[derive(Debug)]
struct Assumed {
    role: AssumeRole,
    sts: String,
    signer: Signer<Credential>,
}

impl Assumed {
    fn form(&self) -> String {
        let role = &self.role;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "AssumeRole").append_pair("Version", "2011-06-15");
        form.append_pair("RoleArn", &role.role_arn);
        form.append_pair("RoleSessionName", role.session_name.as_deref().unwrap_or("terrane"));
        for (name, value) in [
            ("ExternalId", &role.external_id),
            ("Policy", &role.policy),
            ("SourceIdentity", &role.source_identity),
            ("DurationSeconds", &role.seconds.map(|s| s.to_string())),
        ] {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        for (at, arn) in (1..).zip(&role.policy_arns) {
            form.append_pair(&format!("PolicyArns.member.{at}.arn"), arn);
        }
        for (at, (key, value)) in (1..).zip(&role.tags) {
            form.append_pair(&format!("Tags.member.{at}.Key"), key);
            form.append_pair(&format!("Tags.member.{at}.Value"), value);
        }
        for (at, key) in (1..).zip(&role.transitive_tag_keys) {
            form.append_pair(&format!("TransitiveTagKeys.member.{at}"), key);
        }
        form.finish()
    }
}

impl ProvideCredential for Assumed {
    type Credential = Credential;

    async fn provide_credential(&self, context: &Context) -> Result<Option<Credential>, Error> {
        let failed = |what: String| Error::unexpected(format!("assuming {}: {what}", self.role.role_arn));
        let body = self.form();
        let digest = super::hex(&Sha256::digest(&body));
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.sts.parse().map_err(|_| failed(format!("{:?} is no address", self.sts)))?;
        let headers = request.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Ok(digest) = HeaderValue::from_str(&digest) {
            headers.insert("x-amz-content-sha256", digest);
        }
        let (mut parts, ()) = request.into_parts();
        self.signer.sign(&mut parts, None).await?;
        let answer = context.http_send_as_string(Request::from_parts(parts, Bytes::from(body))).await?;
        let text = answer.body();
        if !answer.status().is_success() {
            let code = element(text, "Code").unwrap_or_else(|| answer.status().to_string());
            return Err(failed(format!("{code}: {}", element(text, "Message").unwrap_or_default())));
        }
        let get = |name: &str| element(text, name).ok_or_else(|| failed(format!("the answer has no {name}")));
        let expires: Timestamp = get("Expiration")?.parse()?;
        Ok(Some(Credential {
            access_key_id: get("AccessKeyId")?,
            secret_access_key: get("SecretAccessKey")?,
            session_token: Some(get("SessionToken")?),
            expires_in: Some(expires),
        }))
    }
}
