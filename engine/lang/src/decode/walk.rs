//! The references in a body.

use super::content::{self, Found, is_dynamic, made_kind};
use super::dynamic::Dynamic;
use crate::Reference;
use crate::reference::collect;
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_schema::Block;
use terrane_syntax::Body;

/// The references in all expressions of a body, read by `schema`, `dynamic` blocks included.
/// What the schema does not allow is passed over: [`super::decode_body`] reports it.
pub fn references_in_body(body: &Body, schema: &Block, except: &[&str]) -> (Vec<Reference>, Diagnostics) {
    let mut walk = Walk { bound: Vec::new(), found: Vec::new(), diagnostics: Diagnostics::new() };
    walk.body(body, schema, except);
    (walk.found, walk.diagnostics)
}

struct Walk {
    /// The iterators of the `dynamic` blocks around.
    bound: Vec<Arc<str>>,
    found: Vec<Reference>,
    diagnostics: Diagnostics,
}

impl Walk {
    fn body(&mut self, body: &Body, schema: &Block, except: &[&str]) {
        let found = Found::read(body, schema, except, &mut |_| {});
        for argument in found.arguments() {
            collect(&argument.expr, &mut self.bound, &mut self.found, &mut self.diagnostics);
        }
        for block in found.all_blocks() {
            let kind = made_kind(block);
            let as_attribute = schema.attributes.get(kind).and_then(content::object_type);
            let Some(nested) = schema.blocks.get(kind).or(as_attribute.as_ref()) else { continue };
            if !is_dynamic(block) {
                self.body(&block.body, &nested.block, &[]);
                continue;
            }
            let (dynamic, _) = Dynamic::read(block);
            if let Some(expr) = &dynamic.for_each {
                collect(expr, &mut self.bound, &mut self.found, &mut self.diagnostics);
            }
            self.bound.push(dynamic.iterator);
            for label in &dynamic.labels {
                collect(label, &mut self.bound, &mut self.found, &mut self.diagnostics);
            }
            if let Some(content) = &dynamic.content {
                self.body(content, &nested.block, &[]);
            }
            self.bound.pop();
        }
    }
}
