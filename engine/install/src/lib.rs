//! Installing: modules come from registries, repositories, servers and object stores into the
//! directory where the configuration finds them.
//!
//! This crate is told what to install (addresses, with version constraints) and what the process's
//! surroundings say (variables, CLI configuration); it knows neither which modules call which
//! others nor how a command prints.
//!
//! What comes from elsewhere is not trusted: see `archive` for what archives may hold, and
//! `http` for what redirects may do.

mod archive;
mod cli_config;
mod error;
mod fetch;
mod helper;
mod http;
mod installer;
mod provider;
mod redact;
mod registry;
mod store;
mod surroundings;

pub use cli_config::{CliConfig, HostSettings, read as read_cli_config};
pub use helper::CredentialsHelper;
pub use installer::{Event, Installer, Request};
pub use provider::{
    Installation, InstalledProvider, LockFile, LockedProvider, Method, Patterns, Place, ProviderInstaller,
    ProviderRequest, describe_mirror, executable, package_hash, platform, provider_dir,
};
pub use redact::redact;
pub use store::{InstallLock, copy_module};
pub use surroundings::Surroundings;
