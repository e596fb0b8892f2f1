//! Provider packages: where they come from, which version is chosen, and how they get into the
//! directory where the engine finds them.
//!
//! [`methods`] is what the CLI configuration says about places; [`local`] and [`network`] are
//! mirrors, [`registry`] is a provider's own registry; [`package`] knows what a package is and how it
//! is hashed; [`lock`] reads and writes `.terraform.lock.hcl`; [`installer`] puts it together.

mod installer;
mod local;
mod lock;
mod methods;
mod mirror;
mod network;
mod package;
mod registry;
mod signature;

pub use installer::{InstalledProvider, ProviderInstaller, ProviderRequest, provider_dir};
pub use lock::{LockFile, LockedProvider};
pub(crate) use methods::is_pattern;
pub use methods::{Installation, Method, Patterns, Place};
pub use mirror::describe_mirror;
pub use package::{executable, package_hash, platform};
