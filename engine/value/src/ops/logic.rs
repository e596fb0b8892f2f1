//! Operations on bools.

use super::{OpError, unknown_not_null};
use crate::{Kind, Type, Value};

impl Value {
    /// `!` of a bool.
    pub fn not(&self) -> Result<Value, OpError> {
        let result = match operand(self)? {
            Some(b) => Value::from(!b),
            None => unknown_not_null(Type::Bool, &crate::Marks::NONE),
        };
        Ok(result.with_marks(self.marks()))
    }

    /// `&&` of bools: false as soon as one operand is false, even when the other is unknown.
    pub fn and(&self, other: &Value) -> Result<Value, OpError> {
        self.combine(other, false)
    }

    /// `||` of bools: true as soon as one operand is true, even when the other is unknown.
    pub fn or(&self, other: &Value) -> Result<Value, OpError> {
        self.combine(other, true)
    }

    /// `decisive` is the operand that decides the result alone.
    fn combine(&self, other: &Value, decisive: bool) -> Result<Value, OpError> {
        let marks = self.marks().union(other.marks());
        Ok(match (operand(self)?, operand(other)?) {
            (Some(a), _) if a == decisive => Value::from(decisive).with_marks(&marks),
            (_, Some(b)) if b == decisive => Value::from(decisive).with_marks(&marks),
            (Some(_), Some(_)) => Value::from(!decisive).with_marks(&marks),
            _ => unknown_not_null(Type::Bool, &marks),
        })
    }
}

/// The bool; `None` when it is unknown.
fn operand(value: &Value) -> Result<Option<bool>, OpError> {
    match value.kind() {
        Kind::Bool(b) => Ok(Some(*b)),
        Kind::Unknown(Type::Bool | Type::Dynamic, _) => Ok(None),
        Kind::Null(_) => Err(OpError("argument must not be null".into())),
        _ => Err(OpError("a bool is required".into())),
    }
}
