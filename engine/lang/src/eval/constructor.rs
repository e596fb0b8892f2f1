//! Tuple and object constructors.

use super::Evaluator;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::Diagnostic;
use terrane_syntax::{Expr, ExprKind, ObjectItem, ObjectKey};
use terrane_value::{Kind, Marks, Type, Value};

impl Evaluator<'_> {
    pub(super) fn tuple(&mut self, items: &[Expr]) -> Value {
        Value::tuple(items.iter().map(|item| self.eval(item)).collect::<Vec<_>>())
    }

    /// An object. Of two items with the same key, the later one counts.
    pub(super) fn object(&mut self, items: &[ObjectItem]) -> Value {
        let mut attributes: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut marks = Marks::NONE;
        let mut incomplete = false;
        for item in items {
            let name = match &item.key {
                ObjectKey::Name(name) => Some(name.name.clone()),
                ObjectKey::Expr(key) => self.object_key(key, &item.value, &mut marks),
            };
            let value = self.eval(&item.value);
            match name {
                Some(name) => {
                    attributes.insert(name, value);
                }
                None => incomplete = true,
            }
        }
        let value = if incomplete { Value::UNKNOWN } else { Kind::Object(Arc::new(attributes)).into() };
        value.with_marks(&marks)
    }

    /// The text of a key; `None` when it has none or is not known yet.
    fn object_key(&mut self, key: &Expr, value: &Expr, marks: &mut Marks) -> Option<Arc<str>> {
        if matches!(key.kind, ExprKind::GetAttr(..)) {
            let detail = "If this expression is intended to be a reference, wrap it in parentheses. If it's \
                          instead intended as a literal name containing periods, wrap it in quotes to create a \
                          string literal.";
            self.fail(Diagnostic::error("Ambiguous attribute key", detail).at(key.span));
            return None;
        }
        let before = (self.errors, self.blocks);
        let name = self.eval(key);
        if before != (self.errors, self.blocks) {
            return None;
        }
        *marks = marks.union(name.marks());
        if name.is_null() {
            let d = Diagnostic::error("Null value as key", "Can't use a null value as a key.");
            self.fail_in(key, d.at(value.span));
            return None;
        }
        match Self::to_primitive(&name, &Type::String) {
            Ok(name) => name.as_str().map(Arc::from),
            Err(e) => {
                let detail = format!("Can't use this value as a key: {}.", e.message);
                self.fail_in(key, Diagnostic::error("Incorrect key type", detail).at(key.span));
                None
            }
        }
    }
}
