//! `value[key]`.

use super::OpError;
use crate::{Kind, Marks, Type, Value, convert};
use std::sync::Arc;

impl Value {
    /// `self[key]` for lists and tuples (number key), maps and objects (string key). A key of
    /// another type is converted. Marks of value and key go to the result. The error text is the
    /// detail of an "Invalid index" diagnostic.
    pub fn index(&self, key: &Value) -> Result<Value, OpError> {
        let marks = self.marks().union(key.marks());
        let ty = self.ty();
        match self.kind() {
            Kind::Null(_) => return fail("This value is null, so it does not have any indices."),
            Kind::Unknown(Type::Dynamic, _) => return Ok(Value::UNKNOWN.with_marks(&marks)),
            _ => {}
        }
        let key_type = match &ty {
            Type::List(_) | Type::Tuple(_) => Type::Number,
            Type::Map(_) | Type::Object(_) => Type::String,
            Type::Set(_) => {
                return fail(
                    "Elements of a set are identified only by their value and don't have any separate \
                     index or key to select with, so it's only possible to perform operations across \
                     all elements of the set.",
                );
            }
            _ => return fail("This value does not have any indices."),
        };
        if key.is_null() {
            return fail("Can't use a null value as an indexing key.");
        }
        if matches!(ty, Type::Object(_)) && matches!(key.kind(), Kind::Number(_)) {
            return fail(format!(
                "{NOT_FOUND} An object only supports looking up attributes by name, not by numeric index."
            ));
        }
        let key = match convert(key, &key_type) {
            Ok(key) => key,
            Err(e) => {
                return fail(not_found(&format!("{}.", e.message)));
            }
        };
        if key.is_null() {
            return fail("Can't use a null value as an indexing key.");
        }
        let result = match (&ty, key.kind()) {
            (_, Kind::Unknown(..)) => Value::unknown(match &ty {
                Type::List(t) | Type::Map(t) => (**t).clone(),
                _ => Type::Dynamic,
            }),
            (Type::Object(_), Kind::String(name)) => match self.attribute(name) {
                Some(v) => v,
                None => return fail(NOT_FOUND),
            },
            (_, Kind::String(name)) => self.map_element(&ty, name)?,
            (_, Kind::Number(n)) => self.sequence_element(&ty, n)?,
            _ => return fail("This value does not have any indices."),
        };
        Ok(result.with_marks(&marks))
    }

    fn map_element(&self, ty: &Type, key: &Arc<str>) -> Result<Value, OpError> {
        let Some(vs) = self.as_map() else {
            return Ok(Value::unknown(ty.element().cloned().unwrap_or(Type::Dynamic)));
        };
        vs.get(key).cloned().ok_or_else(|| OpError(NOT_FOUND.into()))
    }

    fn sequence_element(&self, ty: &Type, n: &crate::Number) -> Result<Value, OpError> {
        if !n.is_integer() {
            return fail(not_found(
                "indexing a sequence requires a whole number, but the given index has a fractional part.",
            ));
        }
        if n.is_negative() {
            return fail(not_found("a negative number is not a valid index for a sequence."));
        }
        let length = match (self.kind(), ty) {
            (Kind::List(_, vs) | Kind::Tuple(vs), _) => Some(vs.len() as u64),
            (_, Type::Tuple(ts)) => Some(ts.len() as u64),
            (Kind::Unknown(_, Some(r)), _) => r.length_max,
            _ => None,
        };
        // Only the index just beyond the end gets the longer text, as it does in Terraform.
        let outside = || match length {
            Some(0) if n.is_zero() => OpError(not_found("the collection has no elements.")),
            Some(length) if n.to_u64() == Some(length) => OpError(not_found(
                "the given index is greater than or equal to the length of the collection.",
            )),
            _ => OpError(NOT_FOUND.into()),
        };
        let i = n.to_usize().ok_or_else(outside)?;
        match (self.kind(), ty) {
            (Kind::List(_, vs) | Kind::Tuple(vs), _) => vs.get(i).cloned().ok_or_else(outside),
            (_, Type::Tuple(ts)) => ts.get(i).cloned().map(Value::unknown).ok_or_else(outside),
            (Kind::Unknown(..), _) if length.is_some_and(|max| i as u64 >= max) => Err(outside()),
            _ => Ok(Value::unknown(ty.element().cloned().unwrap_or(Type::Dynamic))),
        }
    }

    /// The marks of the value and of everything in it.
    pub fn marks_deep(&self) -> Marks {
        self.unmark_deep().1
    }
}

const NOT_FOUND: &str = "The given key does not identify an element in this collection value.";

fn not_found(why: &str) -> String {
    format!("{}: {why}", NOT_FOUND.trim_end_matches('.'))
}

fn fail<T>(message: impl Into<String>) -> Result<T, OpError> {
    Err(OpError(message.into()))
}
