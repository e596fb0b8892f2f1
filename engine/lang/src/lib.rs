//! The expression language: what an expression means in a scope.
//!
//! Evaluation never stops at the first problem: where a part has no value (an error, or a
//! result that another job has yet to deliver) an unknown value stands in, so that all errors
//! and all blockers of an expression are found in one pass. Nothing here knows configuration
//! files, state or providers; a [`Scope`] says what names mean.

mod decode;
mod eval;
mod functions;
mod pattern;
mod reference;
mod scope;
mod template_file;
mod type_constraint;

pub use decode::{decode_body, references_in_body};
pub use eval::{Outcome, evaluate, follow, referenced_values};
pub use functions::{
    FunctionContext, FunctionDoc, ParameterDoc, function_docs, function_names, quoted, read_yaml,
};
pub use reference::{Reference, Subject, references};
pub use scope::{Resolved, Scope, Step};
pub use type_constraint::{Defaults, type_constraint};
