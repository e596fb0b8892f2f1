//! Write-only values: what is sent and never stored.

use crate::{Attribute, AttributeType, Block, Nesting};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_value::{Kind, Value};

impl Block {
    /// `value`, an object of this schema, with the write-only attributes of `from`; without any where
    /// `from` has nothing in the same place, so that `Value::NULL` takes all away. Elements of sets
    /// have none, since nothing says which is which.
    pub fn with_write_only(&self, value: &Value, from: &Value) -> Value {
        let mut filled = fill(&self.attributes, value, from);
        for (name, nested) in &self.blocks {
            let Some(inner) = value.attribute(name) else { continue };
            let theirs = from.attribute(name).unwrap_or(Value::NULL);
            let inner = each(nested.nesting, &inner, &theirs, &|v, f| nested.block.with_write_only(v, f));
            filled = filled.with_attribute(name, inner);
        }
        filled
    }
}

fn fill(attributes: &BTreeMap<Arc<str>, Attribute>, value: &Value, from: &Value) -> Value {
    let mut filled = value.clone();
    for (name, attribute) in attributes {
        let Some(own) = value.attribute(name) else { continue };
        if attribute.write_only {
            let theirs = from.attribute(name).filter(|v| !v.is_null());
            let theirs = theirs.unwrap_or_else(|| Value::null(attribute.value_type()));
            filled = filled.with_attribute(name, theirs);
        } else if let AttributeType::Nested(nested) = &attribute.ty {
            let theirs = from.attribute(name).unwrap_or(Value::NULL);
            let own = each(nested.nesting, &own, &theirs, &|v, f| fill(&nested.attributes, v, f));
            filled = filled.with_attribute(name, own);
        }
    }
    filled
}

/// `value` with each object in it changed, together with the one in the same place of `from`.
fn each(nesting: Nesting, value: &Value, from: &Value, change: &dyn Fn(&Value, &Value) -> Value) -> Value {
    let there = |v: &Value| v.is_known() && !v.is_null();
    if !there(value) {
        return value.clone();
    }
    let nothing = Value::NULL;
    match (nesting, value.kind()) {
        (Nesting::Single | Nesting::Group, _) => change(value, if there(from) { from } else { &nothing }),
        (Nesting::Set, Kind::Set(ty, vs)) => {
            Value::set(ty.clone(), vs.iter().map(|v| change(v, &nothing))).with_marks(value.marks())
        }
        (_, Kind::List(ty, vs)) => {
            let theirs = from.as_slice().unwrap_or_default();
            let all = vs.iter().enumerate().map(|(i, v)| change(v, theirs.get(i).unwrap_or(&nothing)));
            Value::list(ty.clone(), all).with_marks(value.marks())
        }
        (_, Kind::Tuple(vs)) => {
            let theirs = from.as_slice().unwrap_or_default();
            let all = vs.iter().enumerate().map(|(i, v)| change(v, theirs.get(i).unwrap_or(&nothing)));
            Value::tuple(all).with_marks(value.marks())
        }
        (_, Kind::Map(..) | Kind::Object(_)) => {
            let mut changed = value.clone();
            for (key, v) in value.as_map().into_iter().flatten() {
                let theirs = from.as_map().and_then(|m| m.get(key)).unwrap_or(&nothing);
                changed = changed.with_attribute(key, change(v, theirs));
            }
            changed
        }
        _ => value.clone(),
    }
}
