//! Pieces of text that several renderings share: literals, line wrapping, rules and counts.

mod literal;
mod object;
mod value;
mod wrap;

pub(crate) use literal::{key, quote, visible};
pub(crate) use object::object_value;
pub use object::{render_object, render_outputs, render_state};
pub use value::render_value;
pub(crate) use wrap::{count, rule, wrap};
