//! What a custom diff sees and may change.

use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_value::{Path, Type, Value};

/// One change while it is planned, for the custom diff of its type and of its provider.
pub struct PlanContext<'a, C> {
    type_name: &'a str,
    client: &'a C,
    prior: &'a Value,
    config: &'a Value,
    planned: Value,
    replace: Vec<Path>,
    diagnostics: Diagnostics,
}

impl<'a, C> PlanContext<'a, C> {
    pub(crate) fn new(
        type_name: &'a str,
        client: &'a C,
        prior: &'a Value,
        config: &'a Value,
        planned: Value,
    ) -> Self {
        PlanContext {
            type_name,
            client,
            prior,
            config,
            planned,
            replace: Vec::new(),
            diagnostics: Diagnostics::new(),
        }
    }

    pub(crate) fn finish(self) -> (Value, Vec<Path>, Diagnostics) {
        (self.planned, self.replace, self.diagnostics)
    }

    /// The resource type.
    pub fn type_name(&self) -> &'a str {
        self.type_name
    }

    /// The connection. No calls are made during planning, but it knows its region, default
    /// tags and the like.
    pub fn client(&self) -> &'a C {
        self.client
    }

    /// Whether a new object is planned, at first or as a replacement.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// Whether planning so far changes anything of the object that exists.
    pub fn is_changed(&self) -> bool {
        *self.prior != self.planned
    }

    /// The object as it is; null when it is to be created.
    pub fn prior_object(&self) -> &'a Value {
        self.prior
    }

    /// The whole configuration.
    pub fn config_object(&self) -> &'a Value {
        self.config
    }

    /// The whole object as planned so far.
    pub fn planned_object(&self) -> &Value {
        &self.planned
    }

    /// Attribute or blocks `name` as it is; null when the object does not exist.
    pub fn prior(&self, name: &str) -> Value {
        get(self.prior, name)
    }

    /// Attribute or blocks `name` as configured.
    pub fn config(&self, name: &str) -> Value {
        get(self.config, name)
    }

    /// Attribute or blocks `name` as planned so far.
    pub fn planned(&self, name: &str) -> Value {
        get(&self.planned, name)
    }

    /// Whether the type has attribute or blocks `name`.
    pub fn has(&self, name: &str) -> bool {
        self.planned.attribute(name).is_some()
    }

    /// Whether `name` of an object that exists will change, or may.
    pub fn changed(&self, name: &str) -> bool {
        !self.prior.is_null() && self.prior(name) != self.planned(name)
    }

    /// Plans `name` to be `value`, which must be of its type.
    pub fn set(&mut self, name: &str, value: Value) {
        if self.has(name) {
            self.planned = self.planned.with_attribute(name, value);
        }
    }

    /// Plans `name` to be known only after apply.
    pub fn set_unknown(&mut self, name: &str) {
        let ty = self.planned(name).ty();
        self.set(name, Value::unknown(ty));
    }

    /// Lets the change need a new object because of `name`. Nothing happens when there is no
    /// object yet.
    pub fn force_new(&mut self, name: &str) {
        self.replace.push(Path::root().attribute(name));
    }

    /// Refuses the change.
    pub fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail));
    }

    /// Refuses the change because of attribute `path`.
    pub fn error_on(&mut self, path: impl ToString, summary: impl Into<String>, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail).on_attribute(path));
    }

    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

fn get(object: &Value, name: &str) -> Value {
    object.attribute(name).unwrap_or_else(|| Value::null(Type::Dynamic))
}
