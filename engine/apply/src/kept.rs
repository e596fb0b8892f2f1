//! What the engine keeps with the objects that a run makes and changes.

use crate::run::Run;
use terrane_plan::{Action, ResourceChange, write_only_values};
use terrane_provider::Provider;
use terrane_schema::Schema;
use terrane_state::Kept;
use terrane_value::{Path, Value};

/// What is kept with an object before and after an operation, and which write-only values the
/// operation is to send.
#[derive(Default)]
pub(crate) struct KeptParts {
    pub(crate) before: Kept,
    pub(crate) after: Kept,
    pub(crate) write_only_changed: Vec<Path>,
}

impl Run<'_, '_> {
    /// `config` is the configuration, wholly known and without marks; `before` what is kept with the
    /// present object.
    pub(crate) fn kept_parts(
        &self,
        change: &ResourceChange,
        action: Action,
        provider: &dyn Provider,
        schema: &Schema,
        config: &Value,
        before: Kept,
    ) -> KeptParts {
        let mut after = before.clone();
        after.prevent_destroy = self.ev.prevent_destroy(&change.address).unwrap_or(false);
        after.retain = self.inputs.config.retains(&change.address.config());
        after.provider = self.kept_providers.get(&change.provider).cloned().flatten();
        let mut write_only_changed = Vec::new();
        if let Some(key) = self.inputs.write_only_key.as_ref().filter(|_| provider.compares_write_only()) {
            let found = key.compare(&schema.block, config, before.write_only.as_ref());
            write_only_changed = match action {
                Action::Create => Vec::new(),
                // What was sent last is not known: sending it again is right in any case.
                _ if found.other_key || before.write_only.is_none() => {
                    write_only_values(&schema.block, config)
                }
                _ => found.changed,
            };
            after.write_only = key.keep(&schema.block, config, &uuid::Uuid::new_v4().simple().to_string());
        }
        KeptParts { before, after, write_only_changed }
    }
}
