//! What connections begin with: transport, credentials before any role is assumed, region. Provider configurations that say the same of
//! these share them: hundreds that differ in the role to assume have one pool of connections, one trust store, and look for
//! credentials once. Knows no services and no roles.

// The types that replace the deprecated aliases are in a crate that is internal to the SDK.
#![allow(deprecated)]

use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use terrane_sdk::{Error, Value};
use tokio::sync::OnceCell;

use super::credentials::named_credentials;
use super::profile;
use super::transport::{Transport, TransportSettings};
use crate::configuration::Configuration;

/// AWS provider's default for `max_retries`.
const MAX_RETRIES: u32 = 25;

/// How long an answer may stand still. A busy endpoint is not a broken one.
const STALLED: Duration = Duration::from_secs(60);

/// The arguments of a provider configuration that a [`Base`] is made from.
const ARGUMENTS: [&str; 18] = [
    "access_key",
    "custom_ca_bundle",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "http_proxy",
    "https_proxy",
    "max_retries",
    "no_proxy",
    "profile",
    "region",
    "retry_mode",
    "secret_key",
    "shared_config_files",
    "shared_credentials_files",
    "skip_metadata_api_check",
    "token",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// The values of [`ARGUMENTS`].
type Given = Vec<Option<Value>>;

/// What connections begin with.
#[derive(Clone)]
pub(crate) struct Base {
    pub(super) transport: SharedHttpClient,
    pub(super) region: Arc<str>,
    pub(super) shared: SdkConfig,
}

/// All that were made, by what they were made from.
#[derive(Default)]
pub(crate) struct Bases {
    made: Mutex<HashMap<Given, Arc<OnceCell<Base>>>>,
    transports: Mutex<HashMap<TransportSettings, SharedHttpClient>>,
}

impl Bases {
    /// That of `config`, a provider configuration, which `configuration` is decoded from.
    pub(super) async fn get(&self, config: &Value, configuration: &Configuration) -> Result<Base, Error> {
        let key = ARGUMENTS.iter().map(|name| config.attribute(name)).collect();
        let cell = self.made.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        cell.get_or_try_init(|| self.make(configuration)).await.cloned()
    }

    async fn make(&self, configuration: &Configuration) -> Result<Base, Error> {
        let transport = self.transport(transport_settings(configuration).await?)?;
        let files = profile::files(configuration);
        profile::check(configuration, files.as_ref()).await?;
        let region = profile::region(configuration, files.clone(), &transport).await?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(transport.clone())
            .retry_config(retries(configuration))
            .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALLED).build())
            .region(region.clone());
        if let Some(files) = files.clone() {
            loader = loader.profile_files(files);
        }
        if let Some(profile) = &configuration.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(fips) = configuration.use_fips_endpoint {
            loader = loader.use_fips(fips);
        }
        if let Some(dual_stack) = configuration.use_dualstack_endpoint {
            loader = loader.use_dual_stack(dual_stack);
        }
        let provider_config = ProviderConfig::without_region()
            .with_http_client(transport.clone())
            .with_region(Some(region.clone()));
        if let Some(credentials) = named_credentials(configuration, &provider_config, files) {
            loader = loader.credentials_provider(credentials);
        }
        let loaded = loader.load().await;
        let mut builder = loaded.clone().into_builder();
        builder.set_service_config(Some(SetEndpoints(loaded.clone())));
        // An empty AWS_ENDPOINT_URL is none; the SDK would call nobody.
        if loaded.endpoint_url() == Some("") {
            builder.set_endpoint_url(None);
        }
        Ok(Base { transport, region: region.as_ref().into(), shared: builder.build() })
    }

    fn transport(&self, settings: TransportSettings) -> Result<SharedHttpClient, Error> {
        let mut transports = self.transports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(transport) = transports.get(&settings) {
            return Ok(transport.clone());
        }
        let transport = SharedHttpClient::new(Transport::new(&settings)?);
        transports.insert(settings, transport.clone());
        Ok(transport)
    }
}

fn retries(configuration: &Configuration) -> RetryConfig {
    let repeats = configuration.max_retries.and_then(|n| u32::try_from(n).ok()).unwrap_or(MAX_RETRIES);
    let config = match configuration.retry_mode.as_deref() {
        Some("standard" | "legacy") => RetryConfig::standard(),
        _ => RetryConfig::adaptive(),
    };
    config.with_max_attempts(repeats.saturating_add(1)).with_max_backoff(Duration::from_secs(20))
}

async fn transport_settings(configuration: &Configuration) -> Result<TransportSettings, Error> {
    let bundle = configuration.custom_ca_bundle.clone().or_else(|| std::env::var("AWS_CA_BUNDLE").ok());
    let ca_bundle = match bundle.filter(|path| !path.is_empty()) {
        None => None,
        Some(path) => Some(tokio::fs::read(&path).await.map_err(|e| {
            Error::new("Invalid CA bundle", format!("Reading {path}: {e}.")).attribute("custom_ca_bundle")
        })?),
    };
    Ok(TransportSettings {
        http_proxy: configuration.http_proxy.clone(),
        https_proxy: configuration.https_proxy.clone(),
        no_proxy: configuration.no_proxy.clone(),
        ca_bundle,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(arguments: &[(&str, &str)]) -> Value {
        let empty = Configuration::spec().to_schema().empty_value();
        arguments.iter().fold(empty, |config, (name, text)| config.with_attribute(name, Value::string(text)))
    }

    #[tokio::test]
    async fn configurations_share_what_they_say_alike() {
        let bases = Bases::default();
        let get = async |config: Value| {
            let configuration = Configuration::decode(&config).expect("it is of the schema");
            let base = bases.get(&config, &configuration).await.expect("nothing is asked of anybody");
            let made = bases.made.lock().expect("nothing panics").len();
            let transports = bases.transports.lock().expect("nothing panics").len();
            (base.region.to_string(), made, transports)
        };
        let ireland = with(&[("region", "eu-west-1"), ("access_key", "A"), ("secret_key", "S")]);
        assert_eq!(get(ireland.clone()).await, ("eu-west-1".into(), 1, 1));
        let skips = ireland.with_attribute("skip_requesting_account_id", Value::TRUE);
        assert_eq!(get(skips).await, ("eu-west-1".into(), 1, 1));
        let oregon = ireland.with_attribute("region", Value::string("us-west-2"));
        assert_eq!(get(oregon).await, ("us-west-2".into(), 2, 1));
        let others = ireland.with_attribute("secret_key", Value::string("T"));
        assert_eq!(get(others).await, ("eu-west-1".into(), 3, 1));
        let proxied = ireland.with_attribute("https_proxy", Value::string("http://127.0.0.1:3128"));
        assert_eq!(get(proxied).await, ("eu-west-1".into(), 4, 2));
    }
}

/// The endpoints of services that variables such as AWS_ENDPOINT_URL_EC2 and the profile name. An empty one is
/// none.
#[derive(Debug)]
struct SetEndpoints(SdkConfig);

impl LoadServiceConfig for SetEndpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        self.0.service_config()?.load_config(key).filter(|url| !url.is_empty())
    }
}
