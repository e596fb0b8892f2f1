//! What the shared configuration files of AWS tools say: which profiles there are, and the region.

// The types that replace the deprecated aliases are in a crate that is internal to the SDK.
#![allow(deprecated)]

use aws_config::Region;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_config::provider_config::ProviderConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::os_shim_internal::{Env, Fs};
use terrane_sdk::Error;

use crate::configuration::Configuration;

/// The files that the configuration names, beside or in place of those in the home directory;
/// `None` when it names none.
pub(super) fn files(configuration: &Configuration) -> Option<ProfileFiles> {
    let (config, credentials) = (&configuration.shared_config_files, &configuration.shared_credentials_files);
    if config.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = ProfileFiles::builder()
        .include_default_config_file(config.is_empty())
        .include_default_credentials_file(credentials.is_empty());
    for (kind, paths) in [(ProfileFileKind::Config, config), (ProfileFileKind::Credentials, credentials)] {
        for path in paths {
            files = files.with_file(kind, path);
        }
    }
    Some(files.build())
}

/// Refuses a profile that the configuration names and no file has: the SDK would only miss what
/// the profile should have said.
pub(super) async fn check(configuration: &Configuration, files: Option<&ProfileFiles>) -> Result<(), Error> {
    let Some(name) = &configuration.profile else { return Ok(()) };
    let default = ProfileFiles::default();
    let files = files.unwrap_or(&default);
    let refused = |detail: String| Error::new("Invalid profile", detail).attribute("profile");
    let profiles = aws_config::profile::load(&Fs::real(), &Env::real(), files, None).await.map_err(|e| {
        refused(format!("Reading the shared configuration files for the profile {name}: {e}."))
    })?;
    if profiles.get_profile(name).is_some() {
        return Ok(());
    }
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(refused(format!(
        "No shared configuration or credentials file has a profile {name}. The profiles that they have: {known}."
    )))
}

/// The region of the configuration, else of environment or profile, else of the instance. All
/// clients need it, those that assume a profile's role included.
pub(super) async fn region(
    configuration: &Configuration,
    files: Option<ProfileFiles>,
    transport: &SharedHttpClient,
) -> Result<Region, Error> {
    if let Some(region) = &configuration.region {
        return Ok(Region::new(region.clone()));
    }
    let mut profile = aws_config::profile::ProfileFileRegionProvider::builder();
    if let Some(name) = &configuration.profile {
        profile = profile.profile_name(name);
    }
    if let Some(files) = files {
        profile = profile.profile_files(files);
    }
    let local =
        RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(profile.build());
    if configuration.skips_instance_metadata() {
        return local.region().await.ok_or_else(missing_region);
    }
    let instance = ProviderConfig::without_region().with_http_client(transport.clone());
    local
        .or_else(ImdsRegionProvider::builder().configure(&instance).build())
        .region()
        .await
        .ok_or_else(missing_region)
}

fn missing_region() -> Error {
    Error::new(
        "Missing region",
        "AWS needs a region: set region in the provider configuration, or AWS_REGION or \
         AWS_DEFAULT_REGION in the environment, or region in the profile.",
    )
    .attribute("region")
}
