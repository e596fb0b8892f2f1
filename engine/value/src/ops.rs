//! Operations of the expression language on values of the right types.
//!
//! Operands are not converted here (the expression evaluator does that); unknown operands give
//! unknown results, refined where the result is known in part; marks of all operands go to the
//! result.

use crate::{Type, Value};

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OpError(pub String);

impl Value {
    /// `==`: a bool, unknown when that depends on unknown parts.
    #[must_use]
    pub fn equals(&self, other: &Value) -> Value {
        Value::from(self == other)
    }
    /// `!` of a bool.
    pub fn not(&self) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `&&` of bools.
    pub fn and(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `||` of bools.
    pub fn or(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `+` of numbers.
    pub fn add(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `-` of numbers.
    pub fn subtract(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `*` of numbers.
    pub fn multiply(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `/` of numbers; division by zero is an error.
    pub fn divide(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `%` of numbers; division by zero is an error.
    pub fn modulo(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// Unary `-` of a number.
    pub fn negate(&self) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `<` of numbers.
    pub fn less_than(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `<=` of numbers.
    pub fn less_or_equal(&self, _other: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `>` of numbers.
    pub fn greater_than(&self, other: &Value) -> Result<Value, OpError> {
        other.less_than(self)
    }
    /// `>=` of numbers.
    pub fn greater_or_equal(&self, other: &Value) -> Result<Value, OpError> {
        other.less_or_equal(self)
    }
    /// The number of elements of a list, set, map, tuple or object, as a number value; unknown
    /// (with bounds where they are known) when it depends on unknown elements of a set.
    pub fn length(&self) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// `self[key]` for lists and tuples (number key), maps and objects (string key). The error
    /// text is the detail of an "Invalid index" diagnostic.
    pub fn index(&self, _key: &Value) -> Result<Value, OpError> {
        Err(OpError("not written".into()))
    }
    /// The elements of a known collection or tuple or object as (key, value) pairs: numbers for
    /// lists and tuples, strings for maps and objects, the element itself for sets. Marks of the
    /// collection are NOT added to the elements. `None` for null, unknown and primitive values.
    pub fn elements(&self) -> Option<Vec<(Value, Value)>> {
        None
    }
    /// What iterating a value of unknown content would give: the element type of its type.
    pub fn element_type(&self) -> Option<Type> {
        self.ty().element().cloned()
    }
}
