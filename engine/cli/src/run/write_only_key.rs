//! Where the key is kept under which changes of write-only values are seen.

use crate::context::{Context, Problems};
use terrane_config::Config;
use terrane_plan::WriteOnlyKey;
use terrane_provider::{Providers, Schemas};
use terrane_schema::Schema;

/// The setting `WRITE_ONLY_KEY`, or else what a file in the data directory holds: it is made with
/// random content when it is needed first. `None` when nothing in the configuration can have
/// write-only values that are compared.
pub(super) fn load(
    context: &Context,
    config: &Config,
    providers: &Providers,
    schemas: &Schemas,
) -> Result<Option<WriteOnlyKey>, Problems> {
    let compared = config.resources().any(|(resource, _)| {
        let Some(served) = config.resource_providers.get(&resource) else { return false };
        let compares = providers.get(&served.provider).is_some_and(|p| p.compares_write_only());
        let schema = schemas.resource(&served.provider, resource.resource.mode, &resource.resource.type_name);
        compares && schema.is_some_and(has_write_only)
    });
    if !compared {
        return Ok(None);
    }
    if let Some(key) = context.environment.setting("WRITE_ONLY_KEY") {
        return Ok(Some(WriteOnlyKey::new(key.as_bytes())));
    }
    let path = context.environment.data_dir().join("write-only.key");
    let fail = |e: std::io::Error| {
        Problems::new(
            "Failed to keep the key for write-only values",
            format!(
                "{}: {e}. Changes of write-only values are seen with a random key in this file. Make the directory \
                 writable, or set TERRANE_WRITE_ONLY_KEY to a secret text.",
                path.display()
            ),
        )
    };
    if context.environment.exists(&path) {
        return Ok(Some(WriteOnlyKey::new(&context.environment.read(&path).map_err(fail)?)));
    }
    let secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    context.environment.write_secret(&path, secret.as_bytes()).map_err(fail)?;
    Ok(Some(WriteOnlyKey::new(secret.as_bytes())))
}

fn has_write_only(schema: &Schema) -> bool {
    !schema.block.write_only_paths(&schema.block.empty_value()).is_empty()
        || schema
            .block
            .blocks
            .values()
            .any(|nested| !nested.block.write_only_paths(&nested.block.empty_value()).is_empty())
}
