//! What identifies objects of the cloud: region and id.

use std::collections::BTreeMap;
use terrane_provider::{Identity, IdentityAttribute, IdentitySchema};
use terrane_value::{Type, Value};

/// `id` has to be given to import an object; `region` may be.
pub(crate) fn schema() -> IdentitySchema {
    let attribute = |required| IdentityAttribute { ty: Type::String, required, description: String::new() };
    let attributes = BTreeMap::from([("id".into(), attribute(true)), ("region".into(), attribute(false))]);
    IdentitySchema { version: 1, attributes }
}

/// The identity of an object; `None` as long as it has no id.
pub(super) fn of(object: &Value, region: &str) -> Option<Identity> {
    let id = object.attribute("id")?;
    schema().stored(&Value::object([("id", id), ("region", Value::string(region))]))
}
