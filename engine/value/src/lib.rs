//! Terrane's values and types: the data model of the language, with the semantics of cty.
//!
//! A [`Value`] is null, unknown or known, always has a [`Type`], and may carry [`Marks`]
//! (sensitive, ephemeral, deprecated, and the instances it came from). Values are immutable and
//! cheap to clone. This crate knows nothing of HCL syntax, configuration, state or providers.

mod convert;
mod extent;
mod json;
mod marks;
mod msgpack;
mod number;
mod ops;
mod path;
mod refinement;
mod set;
mod ty;
mod unify;
mod value;

pub use convert::{ConvertError, conversion_exists, convert, mismatch_message};
pub use extent::TooLarge;
pub use json::{
    JsonError, from_json, from_json_with_type, is_too_nested, nested_json, to_json, to_json_text,
    to_json_with_type, type_from_json, type_to_json,
};
pub use marks::{MarkSet, Marks};
pub use msgpack::{MsgpackError, from_msgpack, to_msgpack};
pub use number::{ArithmeticError, Number, ParseNumberError};
pub use ops::OpError;
pub use path::{Path, PathStep};
pub use refinement::Refinement;
pub use ty::{ObjectType, Type};
pub use unify::{unify, unify_safe};
pub use value::{Kind, Value};
