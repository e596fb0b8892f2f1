//! The provider `hashicorp/aws`, native: the resource types, attribute names, schema versions
//! and import ids of AWS provider 6.x, on the official AWS SDK.
//!
//! A resource type is one file, `src/<service>/<type>.rs`: a struct and an `impl Resource`.
//! [`client`] makes and paces connections, [`tags`] knows default and ignored tags,
//! [`provider`] what all types have in common. Reads are batched: a refresh of many objects of
//! one type is a few requests with full filters.
//!
//! VERIFIED.md says of each type what has been tried, and against what.

mod access;
pub mod account;
pub mod client;
pub mod cloudtrail;
pub mod cloudwatch;
mod coalesce;
mod configuration;
pub mod directconnect;
mod discovery;
pub mod ec2;
mod functions;
pub mod iam;
pub mod kms;
mod known_types;
pub mod logs;
pub mod organizations;
mod provider;
pub mod ram;
pub mod s3;
pub mod sns;
pub mod sqs;
pub mod ssm;
pub mod sts;
pub mod subnet_groups;
pub mod tags;

pub use client::Aws;
pub use provider::AwsProvider;

use std::sync::Arc;
use terrane_sdk::NativeProvider;

/// The address that configurations know the provider by.
pub const ADDRESS: &str = "registry.terraform.io/hashicorp/aws";

/// The version of the provider whose types and attributes these are.
pub const REFERENCE_VERSION: &str = "6.62.0";

/// The provider.
pub fn provider() -> Arc<NativeProvider<AwsProvider>> {
    Arc::new(NativeProvider::new(AwsProvider::default()))
}
