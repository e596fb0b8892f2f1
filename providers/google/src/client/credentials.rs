//! Whose requests these are: a token or key from the configuration or the environment, else the
//! application default credentials; on top of that perhaps a service account to act as.

use super::session::configured;
use crate::configuration::Configuration;
use google_cloud_auth::credentials::{
    self as auth, CacheableResource, Credentials, CredentialsProvider, EntityTag,
};
use google_cloud_auth::errors::CredentialsError;
use http::{Extensions, HeaderMap, HeaderValue, header::AUTHORIZATION};
use terrane_sdk::{Error, serde_json};

const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"];

/// The credentials that a configuration names.
pub(super) fn credentials(configuration: &Configuration) -> Result<Credentials, Error> {
    let scopes: Vec<String> = match configuration.scopes.is_empty() {
        true => SCOPES.map(str::to_owned).to_vec(),
        false => configuration.scopes.clone(),
    };
    let base = base(configuration, &scopes)?;
    let target = configured(
        configuration.impersonate_service_account.as_deref(),
        &["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"],
    );
    let Some(target) = target else { return Ok(base) };
    auth::impersonated::Builder::from_source_credentials(base)
        .with_target_principal(target)
        .with_delegates(configuration.impersonate_service_account_delegates.clone())
        .with_scopes(scopes)
        .build()
        .map_err(|e| invalid("impersonate_service_account", &e.to_string()))
}

fn base(configuration: &Configuration, scopes: &[String]) -> Result<Credentials, Error> {
    if let Some(token) = configured(configuration.access_token.as_deref(), &["GOOGLE_OAUTH_ACCESS_TOKEN"]) {
        return StaticToken::new(&token).map(Credentials::from);
    }
    let variables = ["GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON"];
    match configured(configuration.credentials.as_deref(), &variables) {
        Some(key) => from_key(&key, scopes),
        None => auth::Builder::default().with_scopes(scopes.to_vec()).build().map_err(|e| {
            invalid(
                "credentials",
                &format!(
                    "There are no usable application default credentials ({e}). Sign in with \
                     `gcloud auth application-default login`, or set `credentials`, `access_token` or \
                     GOOGLE_APPLICATION_CREDENTIALS"
                ),
            )
        }),
    }
}

/// Credentials from a JSON document, or the file that holds it.
fn from_key(key: &str, scopes: &[String]) -> Result<Credentials, Error> {
    let text = match key.trim_start().starts_with('{') {
        true => key.to_owned(),
        false => std::fs::read_to_string(key)
            .map_err(|e| invalid("credentials", &format!("The file {key:?} cannot be read: {e}")))?,
    };
    let document: serde_json::Value = serde_json::from_str(&text)
        .map_err(|e| invalid("credentials", &format!("The document is no JSON: {e}")))?;
    let built = match document["type"].as_str().unwrap_or_default() {
        "service_account" => auth::service_account::Builder::new(document)
            .with_access_specifier(auth::service_account::AccessSpecifier::from_scopes(scopes.to_vec()))
            .build(),
        "authorized_user" => auth::user_account::Builder::new(document).with_scopes(scopes.to_vec()).build(),
        "external_account" => {
            auth::external_account::Builder::new(document).with_scopes(scopes.to_vec()).build()
        }
        "impersonated_service_account" => {
            auth::impersonated::Builder::new(document).with_scopes(scopes.to_vec()).build()
        }
        other => {
            let known = "service_account, authorized_user, external_account, impersonated_service_account";
            return Err(invalid("credentials", &format!("{other:?} is none of the types {known}")));
        }
    };
    built.map_err(|e| invalid("credentials", &e.to_string()))
}

fn invalid(attribute: &str, detail: &str) -> Error {
    Error::new("Invalid Google Cloud credentials", format!("{}.", detail.trim_end_matches('.')))
        .attribute(attribute)
}

/// A token that somebody else renews.
struct StaticToken {
    headers: HeaderMap,
    tag: EntityTag,
}

impl StaticToken {
    fn new(token: &str) -> Result<StaticToken, Error> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
            .map_err(|_| invalid("access_token", "The token has characters that no token has"))?;
        value.set_sensitive(true);
        Ok(StaticToken { headers: HeaderMap::from_iter([(AUTHORIZATION, value)]), tag: EntityTag::new() })
    }
}

impl std::fmt::Debug for StaticToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaticToken")
    }
}

impl CredentialsProvider for StaticToken {
    async fn headers(
        &self,
        extensions: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        Ok(match extensions.get::<EntityTag>() {
            Some(tag) if *tag == self.tag => CacheableResource::NotModified,
            _ => CacheableResource::New { entity_tag: self.tag.clone(), data: self.headers.clone() },
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}

/// The same credentials for requests that use the quota of a project.
pub(super) fn with_quota(credentials: Credentials, project: &str) -> Result<Credentials, Error> {
    let project = HeaderValue::from_str(project)
        .map_err(|_| invalid("billing_project", "The project has characters that no project has"))?;
    Ok(Credentials::from(WithQuota { credentials, project }))
}

/// Credentials of requests that use the quota of a project, whoever sends them: a client library or this program.
#[derive(Debug)]
struct WithQuota {
    credentials: Credentials,
    project: HeaderValue,
}

impl CredentialsProvider for WithQuota {
    async fn headers(
        &self,
        extensions: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        Ok(match self.credentials.headers(extensions).await? {
            CacheableResource::New { entity_tag, mut data } => {
                data.insert("x-goog-user-project", self.project.clone());
                CacheableResource::New { entity_tag, data }
            }
            CacheableResource::NotModified => CacheableResource::NotModified,
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        self.credentials.universe_domain().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_name_the_project_whose_quota_they_use() {
        let token = StaticToken::new("t").map(Credentials::from).expect("it is a token");
        let credentials = with_quota(token, "payer").expect("it is a project");
        let CacheableResource::New { entity_tag, data } =
            credentials.headers(Extensions::new()).await.expect("there are headers")
        else {
            panic!("nothing was known before");
        };
        assert_eq!(data["x-goog-user-project"], "payer");
        assert_eq!(data[AUTHORIZATION], "Bearer t");
        let mut known = Extensions::new();
        known.insert(entity_tag);
        let again = credentials.headers(known).await.expect("there are headers");
        assert!(matches!(again, CacheableResource::NotModified));
        assert!(with_quota(credentials, "two\nlines").is_err());
    }
}
