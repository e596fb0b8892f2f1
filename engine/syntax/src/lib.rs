//! Text to syntax tree: native HCL and its JSON form, and the formatter.
//!
//! The tree is Terrane's own: every node has a [`Span`](terrane_diagnostics::Span), literals are
//! values, and both forms of the language give the same nodes. Nothing here knows which blocks
//! and attributes Terraform has; a [`BodySchema`] says what a caller expects.

mod ast;
mod body;
mod fmt;
mod json;
mod lexer;
mod native;
mod parse;
#[doc(hidden)]
pub mod readers;
mod relocate;
mod token;

pub use ast::{Attribute, NativeBody};
pub use ast::{
    BinaryOp, Block, Body, Expr, ExprKind, ForExpr, Ident, Label, ObjectItem, ObjectKey, TemplatePart,
    UnaryOp,
};
pub use body::{BlockSchema, BodySchema, Content};
pub use fmt::{format, format_file};
pub use parse::{name_blocks, parse_expression, parse_file, parse_template};
