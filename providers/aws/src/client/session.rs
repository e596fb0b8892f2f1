//! What all connections of one provider configuration share: credentials, transport, settings,
//! the account. Makes the service clients of each region.

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use terrane_sdk::{Error, Value};
use tokio::sync::OnceCell;

use super::base::Base;
use super::credentials::{RoleCredentials, WebIdentityCredentials};
use super::limit::Limited;
use super::{Aws, Common, api_error};
use crate::configuration::{Configuration, endpoints};
use crate::tags::TagPolicy;

/// What all connections of one provider configuration share.
pub(crate) struct Session {
    shared: SdkConfig,
    endpoints: BTreeMap<String, String>,
    transport: SharedHttpClient,
    common: Arc<Common>,
    /// Tells sets of credentials apart, for the limits.
    scope: String,
    sts_region: Option<String>,
    s3_path_style: bool,
    skips_account: bool,
    account: OnceCell<Arc<str>>,
    /// The ARN of the principal whose credentials these are, known together with the account.
    caller: OnceCell<String>,
    regions: Mutex<HashMap<Arc<str>, Arc<Aws>>>,
    tags: TagPolicy,
}

impl Session {
    /// Makes the connection that `config`, the provider configuration, describes. Sends nothing
    /// unless accounts are restricted, or the region must be asked of the instance.
    pub(crate) async fn open(config: &Value, common: Arc<Common>) -> Result<Arc<Aws>, Error> {
        let configuration = Configuration::decode(config)?;
        let Base { transport, region, shared } = common.bases.get(config, &configuration).await?;
        let mut session = Session {
            endpoints: endpoints::decode(config),
            scope: scope(&configuration),
            sts_region: configuration.sts_region.clone(),
            s3_path_style: configuration.s3_use_path_style == Some(true),
            skips_account: configuration.skip_requesting_account_id == Some(true),
            tags: TagPolicy::new(&configuration),
            shared,
            transport,
            common,
            account: OnceCell::new(),
            caller: OnceCell::new(),
            regions: Mutex::default(),
        };
        session.assume_roles(&configuration, &region);
        let aws = Arc::new(session).region(&region);
        check_account(&configuration, &aws).await?;
        Ok(aws)
    }

    /// Replaces the credentials by those of the roles to assume, one after the other.
    fn assume_roles(&mut self, configuration: &Configuration, region: &str) {
        if let Some(role) = configuration.assume_role_with_web_identity.first() {
            let sts = self.sts(region);
            self.use_credentials(SharedCredentialsProvider::new(WebIdentityCredentials {
                sts,
                role: role.clone(),
            }));
        }
        for role in configuration.assume_role.iter().filter(|r| r.role_arn.is_some()) {
            let sts = self.sts(region);
            self.use_credentials(SharedCredentialsProvider::new(RoleCredentials { sts, role: role.clone() }));
        }
    }

    /// Credentials are kept in the identity cache of a configuration, so that new ones need a
    /// new cache.
    fn use_credentials(&mut self, credentials: SharedCredentialsProvider) {
        self.shared = (self.shared.clone().into_builder())
            .credentials_provider(credentials)
            .identity_cache(aws_config::identity::IdentityCache::lazy().build())
            .build();
    }

    /// The connection to a region; the same one each time.
    pub(crate) fn region(self: &Arc<Self>, region: &str) -> Arc<Aws> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(aws) = regions.get(region) {
            return aws.clone();
        }
        let name: Arc<str> = region.into();
        let aws = Arc::new(Aws::new(self.clone(), name.clone()));
        regions.insert(name, aws.clone());
        aws
    }

    pub(super) fn http_client(&self, region: &str, service: &str) -> Limited {
        self.common.limits.limited(self.transport.clone(), &self.scope, region, service)
    }

    pub(super) fn shared(&self) -> &SdkConfig {
        &self.shared
    }

    /// The URL that the configuration gives a service.
    pub(super) fn endpoint(&self, service: &str) -> Option<&String> {
        self.endpoints.get(service)
    }

    pub(super) fn scope(&self) -> &str {
        &self.scope
    }

    pub(super) fn sts_region(&self) -> Option<&str> {
        self.sts_region.as_deref()
    }

    pub(super) fn s3_path_style(&self) -> bool {
        self.s3_path_style
    }

    pub(super) fn made(&self) -> &super::Made {
        &self.common.made
    }

    pub(crate) fn tags(&self) -> &TagPolicy {
        &self.tags
    }

    /// The account's id, when something has asked for it already.
    pub(crate) fn known_account(&self) -> Option<Arc<str>> {
        self.account.get().filter(|a| !a.is_empty()).cloned()
    }

    /// The ARN of the principal whose credentials these are, when it is known.
    pub(crate) fn known_caller(&self) -> Option<&str> {
        self.caller.get().map(String::as_str)
    }

    /// The account's id; asked for once.
    pub(crate) async fn account(&self, region: &str) -> Result<Arc<str>, Error> {
        if self.skips_account {
            return Ok(Arc::from(""));
        }
        let ask = || async {
            let operation = "sts:GetCallerIdentity";
            let identity =
                self.sts(region).get_caller_identity().send().await.map_err(|e| api_error(operation, e))?;
            if let Some(arn) = identity.arn {
                // Who is known already is the same one.
                let _ = self.caller.set(arn);
            }
            let account = Arc::from(identity.account.unwrap_or_default());
            self.common.limits.name_account(&self.scope, &account);
            Ok(account)
        };
        self.account.get_or_try_init(ask).await.cloned()
    }
}

/// What says whose credentials a configuration uses, without secrets.
fn scope(configuration: &Configuration) -> String {
    let base =
        (configuration.access_key.as_ref()).or(configuration.profile.as_ref()).map_or("default", |s| s);
    let web = configuration.assume_role_with_web_identity.iter().filter_map(|r| r.role_arn.as_deref());
    let roles = configuration.assume_role.iter().filter_map(|r| r.role_arn.as_deref());
    std::iter::once(base).chain(web).chain(roles).collect::<Vec<_>>().join(">")
}

/// Refuses an account that the configuration does not allow.
async fn check_account(configuration: &Configuration, aws: &Arc<Aws>) -> Result<(), Error> {
    let (allowed, forbidden) = (&configuration.allowed_account_ids, &configuration.forbidden_account_ids);
    if allowed.is_empty() && forbidden.is_empty() {
        return Ok(());
    }
    let account = aws.account().await?;
    let refused =
        |attribute: &str, detail: String| Error::new("Account not allowed", detail).attribute(attribute);
    if account.is_empty() {
        let detail =
            "With skip_requesting_account_id the account is not known, so that it cannot be checked.";
        return Err(refused("skip_requesting_account_id", detail.into()));
    }
    if !allowed.is_empty() && !allowed.contains(&*account) {
        let detail =
            format!("The credentials belong to account {account}, which allowed_account_ids does not name.");
        return Err(refused("allowed_account_ids", detail));
    }
    if forbidden.contains(&*account) {
        let detail =
            format!("The credentials belong to account {account}, which forbidden_account_ids names.");
        return Err(refused("forbidden_account_ids", detail));
    }
    Ok(())
}
