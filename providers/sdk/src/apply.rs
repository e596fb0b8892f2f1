//! What a resource is told besides the object when it is to create, update or delete it.

use crate::duration::parse_duration;
use std::time::Duration;
use terrane_provider::OperationToken;
use terrane_value::{Path, Value};

/// How long each operation may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Creating.
    pub create: Option<Duration>,
    /// Reading.
    pub read: Option<Duration>,
    /// Updating.
    pub update: Option<Duration>,
    /// Deleting.
    pub delete: Option<Duration>,
}

impl Timeouts {
    /// The operations that a `timeouts` block may mention, with their defaults.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        [("create", self.create), ("read", self.read), ("update", self.update), ("delete", self.delete)]
            .into_iter()
            .filter_map(|(name, default)| Some((name, default?)))
    }

    /// How long `operation` may take for `object`: what its `timeouts` block says, else the
    /// default of the type.
    pub(crate) fn of(&self, operation: &str, object: &Value) -> Option<Duration> {
        let (_, default) = self.named().find(|(name, _)| *name == operation)?;
        let set = object.attribute("timeouts").and_then(|t| t.attribute(operation));
        Some(set.as_ref().and_then(Value::as_str).and_then(parse_duration).unwrap_or(default))
    }
}

/// How long reading a data source may take, when the `timeouts` block of its configuration says so.
pub(crate) fn read_limit(config: &Value) -> Option<Duration> {
    parse_duration(config.attribute("timeouts")?.attribute("read")?.as_str()?)
}

/// The circumstances of one operation.
#[derive(Clone, Debug)]
pub struct ApplyContext {
    /// Names the operation; a repeat after a crash carries the same token.
    pub token: OperationToken,
    /// Write-only attributes whose values are others than those of the last create or update.
    pub write_only_changed: Vec<Path>,
    /// Whether this is such a repeat. Only then must a create look for what an earlier attempt
    /// may have made.
    pub repeated: bool,
    /// How long the operation may take; `None` when the type declares no timeout for it.
    pub timeout: Option<Duration>,
    /// The configuration, wholly known; null when the object is deleted.
    pub config: Value,
}

impl ApplyContext {
    /// How long the operation may take, where the type declares no timeout for it: `default`.
    pub fn timeout_or(&self, default: Duration) -> Duration {
        self.timeout.unwrap_or(default)
    }

    /// Whether the update is to send write-only attribute `name` again, since its value has changed.
    pub fn has_changed(&self, name: &str) -> bool {
        self.write_only_changed.iter().any(|path| path.starts_with(&Path::root().attribute(name)))
    }

    /// The configured text of write-only attribute `name`, which no object holds.
    pub fn write_only(&self, name: &str) -> Option<String> {
        self.config.attribute(name)?.as_str().map(str::to_owned)
    }
}
