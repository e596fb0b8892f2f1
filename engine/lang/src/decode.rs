//! Bodies as objects of a schema.

mod attribute;
mod blocks;
mod content;
mod dynamic;
mod walk;

pub use walk::references_in_body;

use crate::eval::Evaluator;
use crate::{Outcome, Scope};
use content::Found;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_schema::Block;
use terrane_syntax::Body;
use terrane_value::{Kind, Marks, Value};

/// The object that `body` describes, of the type that `schema` implies: expressions evaluated
/// and converted, `dynamic` blocks expanded. Arguments and block types named in `except` (the
/// meta-arguments) are skipped.
pub fn decode_body(body: &Body, schema: &Block, except: &[&str], scope: &dyn Scope) -> Outcome {
    let mut evaluator = Evaluator::new(scope);
    let value = evaluator.body(body, schema, except, &Marks::NONE);
    evaluator.finish(value)
}

impl Evaluator<'_> {
    /// The object that `body` describes. `marks` are those of the collection that a `dynamic`
    /// block made the body from; they go to all values set in it.
    fn body(&mut self, body: &Body, schema: &Block, except: &[&str], marks: &Marks) -> Value {
        let found = Found::read(body, schema, except, &mut |d| {
            self.fail(d);
        });
        let mut object: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (name, attribute) in &schema.attributes {
            let value = match found.attribute(name) {
                Some(given) => self.attribute(given, name, attribute).with_marks(marks),
                None => match content::object_type(attribute).filter(|_| found.has_blocks(name)) {
                    Some(nested) => self.blocks(&found, name, &nested, body, marks),
                    None => Value::null(attribute.value_type()),
                },
            };
            object.insert(name.clone(), value);
        }
        for (name, nested) in &schema.blocks {
            let value = self.blocks(&found, name, nested, body, marks);
            object.insert(name.clone(), value);
        }
        Kind::Object(Arc::new(object)).into()
    }
}
