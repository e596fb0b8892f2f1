//! Format version 4, which Terraform and OpenTofu read and write too.
//!
//! What is written has the key order, indentation and escapes of Terraform 1.11.4, so that a
//! state that passes through Terrane unchanged stays the same text. Fields that Terraform would
//! ignore are ignored.

mod go_json;
mod object;
mod read;
mod sensitive;
mod write;

pub(crate) use object::{ObjectJson, ObjectRef};
pub(crate) use read::OutputJson;
pub use read::from_json;
pub(crate) use write::OutputRef;
pub use write::to_json;

/// The `terraform_version` of states that Terrane writes: the release whose layout they follow.
/// It says nothing of Terrane's own version. Terraform 0.14 and later read states of any
/// version as long as they are of format 4; tools that compare it see a release that exists.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// Why a text is not a state, or a state cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StateError(pub String);
