//! The provider `hashicorp/google`, native: the resource types, attribute names and import ids
//! of Google provider 6.50, on the official Google Cloud crates.
//!
//! A resource type is one file, `src/<service>/<type>.rs`: a struct and an `impl Resource`.
//! [`client`] makes and paces connections, [`names`] knows how objects are named and referred
//! to, [`provider`] what all types have in common. Reads are batched: a refresh of many objects
//! of one type is one list for each project, or region.
//!
//! VERIFIED.md says of each type what has been tried, and against what.

mod access;
pub mod bigquery;
pub mod client;
mod client_data;
pub mod compute;
mod configuration;
pub mod container;
pub mod dns;
mod history;
pub mod iam;
pub mod kms;
mod known_types;
mod labels;
pub mod logging;
mod mirror;
pub mod names;
pub mod orgpolicy;
mod provider;
pub mod pubsub;
pub mod resourcemanager;
pub mod serviceaccounts;
pub mod storage;

pub use client::Google;
pub use provider::GoogleProvider;

use std::sync::Arc;
use terrane_sdk::NativeProvider;

/// The address that configurations know the provider by.
pub const ADDRESS: &str = "registry.terraform.io/hashicorp/google";

/// The address of the provider whose types also have what is in Google's beta: the same types are served under it, at the
/// stable APIs.
pub const BETA_ADDRESS: &str = "registry.terraform.io/hashicorp/google-beta";

/// The version of the provider whose types and attributes these are.
pub const REFERENCE_VERSION: &str = "6.50.0";

/// The provider.
pub fn provider() -> Arc<NativeProvider<GoogleProvider>> {
    Arc::new(NativeProvider::new(GoogleProvider::default()))
}
