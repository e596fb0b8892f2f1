//! What a query has found, as a value for other queries and as configuration that imports it.

use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, Resource, ResourceInstance};
use terrane_config::ListBlock;
use terrane_plan::{generated_import, generated_resource};
use terrane_provider::{Identity, ImportKey, ListedObject, ReadOnly};
use terrane_schema::Schema;
use terrane_value::{Type, Value};

/// An object that a query has found.
#[derive(Clone, Debug)]
pub struct FoundObject {
    /// The instance of a `list` block that it was found by: `list.aws_vpc.all["eu"]`.
    pub address: String,
    /// Its resource type.
    pub type_name: Arc<str>,
    /// What people call it; empty when it has no such name.
    pub display_name: String,
    /// What it can be imported by.
    pub key: Option<ImportKey>,
    /// Its identity, where its type has some.
    pub identity: Option<Arc<Identity>>,
    /// The object, where it was asked for.
    pub object: Option<Value>,
    /// Configuration that imports it, where that was asked for.
    pub generated: Option<Generated>,
}

/// Configuration that imports an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The `resource` block.
    pub resource: String,
    /// The `import` block; empty for an object that cannot be imported.
    pub import: String,
}

/// Configuration for the object number `index` that an instance of a `list` block has found.
pub(crate) fn generated(
    block: &ListBlock,
    key: &InstanceKey,
    index: usize,
    provider: &ReadOnly,
    schema: &Schema,
    object: &ListedObject,
) -> Option<Generated> {
    let whole = object.object.as_ref()?;
    let name = match key {
        InstanceKey::None => format!("{}_{index}", block.name),
        InstanceKey::Int(n) => format!("{}_{n}_{index}", block.name),
        InstanceKey::String(text) => format!("{}_{}_{index}", block.name, identifier(text)),
    };
    let resource = Resource { mode: Mode::Managed, type_name: block.type_name.clone(), name: name.into() };
    let address = ResourceInstance { module: Default::default(), resource, key: InstanceKey::None };
    let implied = block.type_name.split('_').next().unwrap_or_default();
    let wanted = &block.provider;
    let argument = (*wanted.local_name != *implied || wanted.alias.is_some()).then(|| wanted.to_string());
    let import = object.key.as_ref().map(|key| generated_import(&address, argument.as_deref(), key));
    let check = |config: &Value| provider.validate_resource(&block.type_name, config);
    Some(Generated {
        resource: generated_resource(&address, argument.as_deref(), &schema.block, whole, check),
        import: import.unwrap_or_default(),
    })
}

/// A text as a part of a name.
fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// What other queries see of an instance of a `list` block.
pub(crate) fn as_value(objects: &[ListedObject], identity: impl Fn(&Identity) -> Option<Value>) -> Value {
    let one = |object: &ListedObject| {
        let null = || Value::null(Type::Dynamic);
        let identity = object.identity.as_deref().and_then(&identity).unwrap_or_else(null);
        Value::object([
            ("display_name", Value::string(&object.display_name)),
            ("identity", identity),
            ("state", object.object.clone().unwrap_or_else(null)),
        ])
    };
    Value::object([("data", Value::tuple(objects.iter().map(one)))])
}

/// What other queries see of all instances of a `list` block.
pub(crate) fn all_instances(values: BTreeMap<InstanceKey, Value>) -> Value {
    let strings = values.keys().any(|key| matches!(key, InstanceKey::String(_)));
    if let Some(only) = values.get(&InstanceKey::None) {
        return only.clone();
    }
    if strings {
        return Value::object(values.into_iter().filter_map(|(key, value)| match key {
            InstanceKey::String(key) => Some((key, value)),
            _ => None,
        }));
    }
    Value::tuple(values.into_values())
}
