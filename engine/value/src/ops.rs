//! Operations of the expression language on values of the right types.
//!
//! Operands are not converted here (the expression evaluator does that); unknown operands give
//! unknown results, refined where the result is known in part; marks of all operands go to the
//! result.

mod arithmetic;
mod equality;
mod index;
mod logic;

use crate::{ArithmeticError, Kind, Marks, Refinement, Type, Value};

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OpError(pub String);

impl From<ArithmeticError> for OpError {
    fn from(e: ArithmeticError) -> OpError {
        OpError(match e {
            ArithmeticError::DivisionByZero => "Division by zero.".into(),
            ArithmeticError::OutOfRange => "The result is out of the range of numbers.".into(),
        })
    }
}

impl Value {
    /// The number of elements of a list, set, map, tuple or object, as a number value; unknown
    /// (with bounds where they are known) when it depends on unknown elements of a set.
    pub fn length(&self) -> Result<Value, OpError> {
        let exactly = |n: usize| Value::number(n);
        let between = |min: u64, max: Option<u64>| {
            Value::unknown_refined(
                Type::Number,
                Refinement {
                    not_null: true,
                    number_min: Some((min.into(), true)),
                    number_max: max.map(|max| (max.into(), true)),
                    ..Refinement::default()
                },
            )
        };
        let length = match self.kind() {
            // Unknown elements may turn out to be equal to others.
            Kind::Set(_, vs) if vs.len() > 1 && !self.is_wholly_known() => between(1, Some(vs.len() as u64)),
            Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => exactly(vs.len()),
            Kind::Map(_, vs) | Kind::Object(vs) => exactly(vs.len()),
            Kind::Unknown(Type::Tuple(ts), _) => exactly(ts.len()),
            Kind::Unknown(Type::Object(o), _) => exactly(o.attributes.len()),
            Kind::Unknown(t, r) if t.is_collection() => {
                let (min, max) = r.as_ref().map_or((None, None), |r| (r.length_min, r.length_max));
                match (min, max) {
                    (Some(min), Some(max)) if min == max => Value::number(min),
                    _ => between(min.unwrap_or(0), max),
                }
            }
            Kind::Unknown(Type::Dynamic, _) => Value::unknown(Type::Number),
            Kind::Null(_) => return Err(OpError("argument must not be null".into())),
            _ => return Err(OpError("a collection, a tuple or an object is required".into())),
        };
        Ok(length.with_marks(self.marks()))
    }

    /// The elements of a known collection or tuple or object as (key, value) pairs: numbers for
    /// lists and tuples, strings for maps and objects, the element itself for sets. Marks of the
    /// collection are NOT added to the elements. `None` for null, unknown and primitive values.
    pub fn elements(&self) -> Option<Vec<(Value, Value)>> {
        Some(match self.kind() {
            Kind::List(_, vs) | Kind::Tuple(vs) => {
                vs.iter().enumerate().map(|(i, v)| (Value::number(i), v.clone())).collect()
            }
            Kind::Set(_, vs) => vs.iter().map(|v| (v.clone(), v.clone())).collect(),
            Kind::Map(_, vs) | Kind::Object(vs) => {
                vs.iter().map(|(k, v)| (Value::string(k), v.clone())).collect()
            }
            _ => return None,
        })
    }

    /// What iterating a value of unknown content would give: the element type of its type.
    pub fn element_type(&self) -> Option<Type> {
        match self.kind() {
            Kind::List(t, _) | Kind::Set(t, _) | Kind::Map(t, _) => Some(t.clone()),
            Kind::Null(t) | Kind::Unknown(t, _) => t.element().cloned(),
            _ => None,
        }
    }
}

/// Unknown of a primitive type that will not be null, with these marks.
fn unknown_not_null(ty: Type, marks: &Marks) -> Value {
    Value::unknown_refined(ty, Refinement::not_null()).with_marks(marks)
}
