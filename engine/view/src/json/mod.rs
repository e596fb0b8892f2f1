//! The machine-readable forms: plan format 1.2, state format 1.0, outputs and provider schemas, as
//! tools that read Terraform's expect them.
//!
//! Sensitive values stand in these documents in clear, beside masks that say which they are, when
//! [`JsonOptions::show_sensitive`] is set; otherwise they are null.

mod change;
mod checks;
mod configuration;
mod plan;
mod schema;
mod state;
pub(crate) mod traversal;
mod value;

pub(crate) use change::importing;
pub use plan::plan_json;
pub use schema::providers_schema_json;
pub use state::{outputs_json, state_json};
pub(crate) use terrane_state::TERRAFORM_VERSION;
pub(crate) use value::plain_json;

/// How values are put into JSON.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonOptions {
    /// Whether sensitive values are shown. Without it they are null.
    pub show_sensitive: bool,
}
