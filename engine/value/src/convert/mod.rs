//! Conversion of a value to a type constraint.
//!
//! Whether a conversion is possible at all follows from the types; a conversion that is possible
//! can still fail for a value, as `"abc"` does as a number.

mod exists;
mod mismatch;
mod structure;

pub use exists::conversion_exists;
pub use mismatch::mismatch_message;

use crate::{Kind, Number, Path, PathStep, Refinement, Type, Value};
use exists::{has_type, replace_dynamic};
use std::sync::Arc;

/// Why a value cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// Where in the value the problem is.
    pub path: Path,
    /// What is wrong, in a form that can follow "Inappropriate value: ": `a number is required`.
    pub message: String,
}

/// `value` converted to the type constraint `ty`, with cty's rules. Marks stay where they were;
/// optional attributes that are absent become null.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    if *ty == Type::Dynamic || has_type(value, ty) {
        return Ok(value.clone());
    }
    let from = value.ty();
    if !conversion_exists(&from, ty, true) {
        return Err(ConvertError { path: Path::root(), message: mismatch_message(&from, ty) });
    }
    Conversion { path: Vec::new() }.convert(value, ty)
}

/// A conversion under way: where it is.
struct Conversion {
    path: Vec<PathStep>,
}

impl Conversion {
    fn error(&self, message: impl Into<String>) -> ConvertError {
        ConvertError { path: Path(self.path.clone()), message: message.into() }
    }

    /// Converts what `step` leads to.
    fn convert_at(&mut self, step: PathStep, value: &Value, ty: &Type) -> Result<Value, ConvertError> {
        self.path.push(step);
        let converted = self.convert(value, ty)?;
        self.path.pop();
        Ok(converted)
    }

    fn convert(&mut self, value: &Value, ty: &Type) -> Result<Value, ConvertError> {
        if *ty == Type::Dynamic || has_type(value, ty) {
            return Ok(value.clone());
        }
        let converted = match (value.kind(), ty) {
            (Kind::Null(from), _) => Value::null(replace_dynamic(from, ty)),
            (Kind::Unknown(from, refinement), _) => unknown(from, refinement.as_deref(), ty),
            (_, Type::Bool | Type::Number | Type::String) => self.primitive(value, ty)?,
            (_, Type::List(element)) => self.list(value, element)?,
            (_, Type::Set(element)) => self.set(value, element)?,
            (_, Type::Map(element)) => self.map(value, element)?,
            (Kind::Tuple(vs), Type::Tuple(types)) if vs.len() == types.len() => {
                let mut elements = Vec::with_capacity(vs.len());
                for (i, (v, t)) in vs.iter().zip(types.iter()).enumerate() {
                    elements.push(self.convert_at(PathStep::Index(i as u64), v, t)?);
                }
                Value::tuple(elements)
            }
            (_, Type::Object(to)) => self.object(value, to)?,
            (_, Type::Tuple(_) | Type::Dynamic) => return Err(self.mismatch(value, ty)),
        };
        Ok(converted.with_marks(value.marks()))
    }

    fn mismatch(&self, value: &Value, ty: &Type) -> ConvertError {
        self.error(mismatch_message(&value.ty(), ty))
    }

    fn primitive(&self, value: &Value, ty: &Type) -> Result<Value, ConvertError> {
        match (value.kind(), ty) {
            (Kind::Bool(b), Type::String) => Ok(Value::string(if *b { "true" } else { "false" })),
            (Kind::Number(n), Type::String) => Ok(Value::string(n.to_string())),
            (Kind::String(s), Type::Number) => match s.parse::<Number>() {
                Ok(n) => Ok(Value::number(n)),
                Err(e) => Err(self.error(e.to_string())),
            },
            (Kind::String(s), Type::Bool) => match &**s {
                "true" | "1" => Ok(Value::TRUE),
                "false" | "0" => Ok(Value::FALSE),
                other => Err(self.error(match other.to_lowercase().as_str() {
                    lower @ ("true" | "false") => {
                        format!("a bool is required; to convert from string, use lowercase \"{lower}\"")
                    }
                    _ => "a bool is required".into(),
                })),
            },
            _ => Err(self.mismatch(value, ty)),
        }
    }
}

/// An unknown value of type `from` as one of type `to`, with what is still known of it.
fn unknown(from: &Type, refinement: Option<&Refinement>, to: &Type) -> Value {
    let to = replace_dynamic(from, to);
    let known = refinement.cloned().unwrap_or_default();
    let mut kept = known.for_type(&to);
    let exactly = |n: usize| (Some(n as u64), Some(n as u64));
    (kept.length_min, kept.length_max) = match (from, &to) {
        (Type::Object(o), Type::Map(_)) => exactly(o.attributes.len()),
        (Type::Tuple(ts), Type::List(_)) => exactly(ts.len()),
        (Type::Tuple(ts), Type::Set(_)) => (Some(ts.len().min(1) as u64), Some(ts.len() as u64)),
        (Type::List(_), Type::Set(_)) => (known.length_min.map(|n| n.min(1)), known.length_max),
        _ => (kept.length_min, kept.length_max),
    };
    if kept.length_min == Some(0) {
        kept.length_min = None;
    }
    Value::unknown_refined(to, kept)
}

/// The elements of a list, set or tuple.
fn elements(value: &Value) -> Option<&Arc<[Value]>> {
    match value.kind() {
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => Some(vs),
        _ => None,
    }
}
