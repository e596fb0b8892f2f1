//! Queries: objects that exist are looked for as `list` blocks say, and configuration is written that imports them.
//!
//! Providers are seen as [`terrane_provider::ReadOnly`] ones: nothing here can change anything. Nothing here knows a state.

mod found;
mod search;
mod validate;

pub use found::{FoundObject, Generated};
pub use search::{Queries, QueryEvent, query};
pub use validate::validate;
