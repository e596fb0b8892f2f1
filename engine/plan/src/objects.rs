//! Objects between state and values.

use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{ConfigResource, InstanceKey};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{Private, Provider, UpgradeRequest};
use terrane_schema::{Block, Schema};
use terrane_state::{Kept, Object, ObjectStatus};
use terrane_value::{Marks, Path, Value, to_json_with_type};

/// The stored object as a value of the present schema, without marks.
pub async fn decode_object(
    provider: &dyn Provider,
    type_name: &str,
    object: &Object,
) -> Result<Value, Diagnostics> {
    provider
        .upgrade(UpgradeRequest {
            type_name: type_name.to_owned(),
            version: object.schema_version,
            json: object.attributes.json(),
        })
        .await
}

/// The marks that the parts of an object have: those of the schema's sensitive attributes, and
/// sensitivity at `extra`.
pub fn mark_object(schema: &Block, value: &Value, extra: &[Path]) -> Value {
    let mut paths: BTreeSet<Path> = schema.sensitive_paths(value).into_iter().collect();
    paths.extend(extra.iter().cloned());
    let marks: Vec<(Path, Marks)> = paths.into_iter().map(|p| (p, Marks::sensitive())).collect();
    value.mark_paths(&marks)
}

/// The paths in a marked value that are sensitive.
pub(crate) fn sensitive_paths(value: &Value) -> Vec<Path> {
    let (_, marks) = value.unmark_paths();
    marks.into_iter().filter(|(_, m)| m.is_sensitive()).map(|(p, _)| p).collect()
}

/// The paths in a marked configuration that are sensitive and stored: none of write-only
/// attributes.
pub(crate) fn stored_sensitive_paths(schema: &Block, config: &Value) -> Vec<Path> {
    let mut found = sensitive_paths(config);
    if !found.is_empty() {
        let never = schema.write_only_paths(config);
        found.retain(|path| !never.iter().any(|n| path.starts_with(n)));
    }
    found
}

/// A value as it is stored: `value` must be wholly known; its sensitive marks become paths.
pub fn encode_object(
    schema: &Schema,
    value: &Value,
    private: Private,
    dependencies: Vec<ConfigResource>,
    status: ObjectStatus,
    create_before_destroy: bool,
) -> Result<Object, Diagnostic> {
    let paths = sensitive_paths(value);
    let (plain, _) = value.unmark_deep();
    let attributes = to_json_with_type(&plain, &schema.block.implied_type()).map_err(|e| {
        Diagnostic::error(
            "Provider returned an unknown value",
            format!("An object cannot be stored while parts of it are unknown: {e}. This is a bug in the provider."),
        )
    })?;
    Ok(Object {
        schema_version: schema.version,
        attributes: attributes.into(),
        sensitive_paths: paths,
        provider_key: InstanceKey::None,
        private,
        kept: Kept::default(),
        dependencies,
        status,
        create_before_destroy,
    })
}

/// The `id` attribute of an object, when it is a known string.
pub fn object_id(value: &Value) -> Option<Arc<str>> {
    value.attribute("id")?.as_str().map(Arc::from)
}
