//! Nested blocks: collected by their nesting, `dynamic` ones expanded.

use super::content::{Found, is_dynamic};
use super::dynamic::Dynamic;
use crate::eval::Evaluator;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Span};
use terrane_schema::{NestedBlock, Nesting};
use terrane_syntax::{Block as SourceBlock, Body, Expr};
use terrane_value::{Kind, Marks, Type, Value, convert};

/// The blocks of one type in a body.
#[derive(Default)]
struct Collected {
    /// Each with its label, if it has one, and where it stands.
    items: Vec<(Option<Arc<str>>, Value, Span)>,
    /// Set when it is not known how many there will be.
    unknown: bool,
    /// The marks of collections of which that is so.
    marks: Marks,
}

impl Evaluator<'_> {
    /// The value that all blocks of type `kind` make together.
    pub(super) fn blocks(
        &mut self,
        found: &Found<'_>,
        kind: &str,
        nested: &NestedBlock,
        body: &Body,
        marks: &Marks,
    ) -> Value {
        if !found.has_blocks(kind) && nested.min_items == 0 {
            return nested.empty_value();
        }
        let mut collected = Collected::default();
        for block in found.blocks(kind) {
            if is_dynamic(block) {
                self.dynamic(block, kind, nested, marks, &mut collected);
            } else {
                let label = block.labels.first().map(|l| l.text.clone());
                let value = self.body(&block.body, &nested.block, &[], marks);
                collected.items.push((label, value, block.header));
            }
        }
        self.collected(collected, kind, nested, body.missing_span())
    }

    /// Checks the number of blocks and collects them.
    fn collected(&mut self, collected: Collected, kind: &str, nested: &NestedBlock, missing: Span) -> Value {
        let Collected { items, unknown, marks } = collected;
        let single = matches!(nested.nesting, Nesting::Single | Nesting::Group);
        if !unknown && (items.len() as u64) < nested.min_items {
            let (summary, detail) = if single {
                (format!("Missing {kind} block"), format!("A block of type {kind:?} is required here."))
            } else {
                (
                    format!("Insufficient {kind} blocks"),
                    format!("At least {} {kind:?} blocks are required.", nested.min_items),
                )
            };
            self.fail(Diagnostic::error(summary, detail).at(missing));
        }
        if single && let Some((_, _, at)) = items.get(1) {
            let detail = format!("Only one block of type {kind:?} is allowed.");
            self.fail(Diagnostic::error(format!("Duplicate {kind} block"), detail).at(*at));
        }
        let most = usize::try_from(nested.max_items).unwrap_or(usize::MAX);
        if !single
            && most > 0
            && let Some((_, _, at)) = items.get(most)
        {
            let detail = format!("No more than {most} {kind:?} blocks are allowed.");
            self.fail(Diagnostic::error(format!("Too many {kind} blocks"), detail).at(*at));
        }
        if let Some((_, _, at)) = items.first() {
            self.deprecated(nested.block.deprecated.as_deref(), *at);
        }
        if unknown {
            return Value::unknown(nested.value_type()).with_marks(&marks);
        }
        let ty = nested.block.implied_type();
        let dynamic = ty.has_dynamic();
        match nested.nesting {
            Nesting::Single | Nesting::Group => match items.into_iter().next() {
                Some((_, value, _)) => value,
                None => nested.empty_value(),
            },
            Nesting::List if dynamic => Value::tuple(items.into_iter().map(|(_, v, _)| v)),
            Nesting::List => Value::list(ty, items.into_iter().map(|(_, v, _)| v)),
            Nesting::Set if dynamic => set(items.into_iter().map(|(_, v, _)| v).collect()),
            Nesting::Set => Value::set(ty, items.into_iter().map(|(_, v, _)| v)),
            Nesting::Map => {
                let mut map: BTreeMap<Arc<str>, Value> = BTreeMap::new();
                for (label, value, at) in items {
                    let label = label.unwrap_or_else(|| "".into());
                    if map.contains_key(&label) {
                        let detail =
                            format!("Only one block of type {kind:?} labeled {:?} is allowed.", &*label);
                        self.fail(Diagnostic::error(format!("Duplicate {kind} block"), detail).at(at));
                    }
                    map.insert(label, value);
                }
                if dynamic { Kind::Object(Arc::new(map)).into() } else { Kind::Map(ty, Arc::new(map)).into() }
            }
        }
    }

    /// Expands a `dynamic` block.
    fn dynamic(
        &mut self,
        block: &SourceBlock,
        kind: &str,
        nested: &NestedBlock,
        outer: &Marks,
        collected: &mut Collected,
    ) {
        let (dynamic, problems) = Dynamic::read(block);
        let failed = problems.has_errors();
        problems.into_iter().for_each(|d| {
            self.fail(d);
        });
        let (Some(for_each), Some(content), false) = (&dynamic.for_each, &dynamic.content, failed) else {
            collected.unknown = true;
            return;
        };
        let (value, blocked) = self.watched(|e| e.eval(for_each));
        if blocked {
            collected.unknown = true;
            return;
        }
        let (value, marks) = value.unmark();
        let at = block.header;
        let inner = outer.union(&marks);
        let elements = match elements(&value) {
            Ok(elements) => elements,
            Err(why) => {
                let d = Diagnostic::error("Invalid dynamic for_each value", why).at(for_each.span);
                self.fail_in(for_each, d);
                collected.unknown = true;
                return;
            }
        };
        let elements = match elements {
            Some(elements) => elements,
            None => {
                collected.unknown = true;
                collected.marks = collected.marks.union(&inner);
                // Once for any element: to find problems in the content.
                vec![(Value::UNKNOWN, Value::UNKNOWN)]
            }
        };
        for (key, value) in elements {
            let current = Value::object([("key", key), ("value", value)]);
            let item = self.with_name(dynamic.iterator.clone(), current, |e| {
                let label = match nested.nesting {
                    Nesting::Map => e.dynamic_label(kind, &dynamic.labels, at),
                    _ => None,
                };
                (label, e.body(content, &nested.block, &[], &inner), at)
            });
            if nested.nesting == Nesting::Map && item.0.is_none() {
                collected.unknown = true;
            }
            if !collected.unknown {
                collected.items.push(item);
            }
        }
    }

    /// The label of a block that a `dynamic` block makes.
    fn dynamic_label(&mut self, kind: &str, labels: &[Expr], at: Span) -> Option<Arc<str>> {
        const INVALID: &str = "Invalid dynamic block label";
        let [label] = labels else {
            let detail = format!("Blocks of type {kind:?} have exactly one label, given as labels = [...].");
            self.fail(Diagnostic::error(INVALID, detail).at(at));
            return None;
        };
        let value = self.eval(label);
        let wrong = match convert(&value, &Type::String) {
            Ok(text) if text.is_null() => "Cannot use a null value as a dynamic block label.".to_owned(),
            Ok(text) if text.marks().is_sensitive() => {
                "Cannot use a sensitive value as a dynamic block label.".to_owned()
            }
            Ok(text) => return text.as_str().map(Arc::from),
            Err(e) => format!("Cannot use this value as a dynamic block label: {}.", e.message),
        };
        self.fail_in(label, Diagnostic::error(INVALID, wrong).at(label.span));
        None
    }
}

/// The keys and values to make blocks from; `None` when they are not known.
#[allow(clippy::type_complexity)]
fn elements(value: &Value) -> Result<Option<Vec<(Value, Value)>>, String> {
    if value.is_null() {
        return Err("Cannot use a null value in for_each.".into());
    }
    match value.kind() {
        Kind::Unknown(ty, _) if !ty.is_primitive() => Ok(None),
        _ => match value.elements() {
            Some(elements) => Ok(Some(elements)),
            None => Err(format!(
                "Cannot use a {} value in for_each. An iterable collection is required.",
                value.ty().friendly_name()
            )),
        },
    }
}

/// A set of objects whose attributes can be of any type: of one type when they agree.
fn set(items: Vec<Value>) -> Value {
    let types: Vec<Type> = items.iter().map(Value::ty).collect();
    let Some(ty) = terrane_value::unify(&types) else { return Value::UNKNOWN };
    let converted: Option<Vec<Value>> = items.iter().map(|v| convert(v, &ty).ok()).collect();
    converted.map_or(Value::UNKNOWN, |items| Value::set(ty, items))
}
