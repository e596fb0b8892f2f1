//! The providers of a run: those that are part of this program, and plugins that `init` has
//! installed. The only place that knows which there are.

mod install;
mod launch;
mod packages;
mod plugins;

pub(crate) use install::{InstallPlugins, install};
#[cfg(target_os = "linux")]
pub(crate) use launch::launch_if_asked;
pub(crate) use packages::{lock, mirror};

use crate::backend::RemoteStates;
use crate::context::{Context, Problems};
use crate::modules::cli_config;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::ProviderAddress;
use terrane_config::Config;
use terrane_install::Installation;
use terrane_provider::{Providers, Schemas};

/// All native providers by address, but for those that the CLI configuration wants as plugins.
pub(crate) fn native(context: &Context, installation: &Installation) -> Providers {
    let mut providers = Providers::default();
    let builtin = terrane_provider_builtin::Builtin::new(Arc::new(RemoteStates::new(context)));
    providers.insert(terrane_provider_builtin::ADDRESS, Arc::new(builtin));
    let clouds = context.clouds.get_or_init(clouds);
    for (address, provider) in clouds.iter() {
        if address.parse().is_ok_and(|parsed| installation.uses_native(&parsed)) {
            providers.insert(address, provider.clone());
        }
    }
    providers
}

/// The native providers of clouds, by address.
fn clouds() -> Providers {
    #[allow(unused_mut)]
    let mut clouds = Providers::default();
    #[cfg(feature = "aws")]
    clouds.insert(terrane_provider_aws::ADDRESS, terrane_provider_aws::provider());
    #[cfg(feature = "google")]
    {
        let google = terrane_provider_google::provider();
        clouds.insert(terrane_provider_google::ADDRESS, google.clone());
        clouds.insert(terrane_provider_google::BETA_ADDRESS, google);
    }
    clouds
}

/// The providers that a configuration needs, and those that its state may need.
pub(crate) fn of(context: &Context, config: &Config) -> Result<Providers, Problems> {
    let needed: BTreeSet<ProviderAddress> = config
        .modules
        .keys()
        .flat_map(|path| crate::commands::providers::requirements(config, path).into_keys())
        .filter(|address| !address.is_builtin())
        .collect();
    let installation = installation(context);
    let mut providers = native(context, &installation);
    plugins::start(context, &installation, &needed, &mut providers)?;
    Ok(providers)
}

/// The schemas of the providers that a state may need, for commands that read no configuration.
pub(crate) fn schemas_for_state(context: &Context) -> Result<Schemas, Problems> {
    let installation = installation(context);
    let mut providers = native(context, &installation);
    plugins::start(context, &installation, &BTreeSet::new(), &mut providers)?;
    Ok(providers.schemas())
}

/// What the CLI configuration says about where providers come from. `init` tells what is wrong with it.
fn installation(context: &Context) -> Installation {
    cli_config(context).0.installation.unwrap_or_default()
}
