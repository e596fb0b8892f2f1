//! Templates.

use super::Evaluator;
use super::conditional::{Condition, confidential};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Span};
use terrane_syntax::{Expr, Ident, TemplatePart};
use terrane_value::{Marks, Refinement, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

/// The longest prefix that is kept of a string whose rest is not known, in bytes.
const MAX_PREFIX: usize = 128;

/// A template's text as far as it is known.
#[derive(Default)]
struct Text {
    known: String,
    /// Set once a part is not known; what follows is evaluated only to find problems.
    unknown: bool,
    marks: Marks,
    failed: bool,
}

impl Text {
    fn push(&mut self, text: &str) {
        if !self.unknown {
            self.known.push_str(text);
        }
    }

    fn into_value(self) -> Value {
        if !self.unknown && !self.failed {
            return Value::string(self.known).with_marks(&self.marks);
        }
        let mut refinement = Refinement::not_null();
        if !self.failed {
            let prefix = safe_prefix(&self.known);
            refinement.prefix = (!prefix.is_empty()).then(|| Arc::from(prefix));
        }
        Value::unknown_refined(Type::String, refinement).with_marks(&self.marks)
    }
}

/// The part of `known` that stays as it is whatever text comes after it: without a last
/// character that could combine with what follows.
pub(crate) fn safe_prefix(known: &str) -> &str {
    let mut end = known.len().min(MAX_PREFIX);
    while !known.is_char_boundary(end) {
        end -= 1;
    }
    let known = &known[..end];
    match known.chars().next_back() {
        Some(c) if c.is_ascii_punctuation() || c == ' ' || c == '\t' => known,
        _ => known.grapheme_indices(true).next_back().map_or("", |(at, _)| &known[..at]),
    }
}

impl Evaluator<'_> {
    /// The value of a template; of a single interpolation, the value itself.
    pub(super) fn template(&mut self, parts: &[TemplatePart], expr: &Expr) -> Value {
        if let [TemplatePart::Interpolation(inner)] = parts {
            return self.eval(inner);
        }
        let mut text = Text::default();
        self.parts(parts, expr.span, &mut text);
        text.into_value()
    }

    fn parts(&mut self, parts: &[TemplatePart], context: Span, text: &mut Text) {
        for part in parts {
            match part {
                TemplatePart::Literal(literal, _) => text.push(literal),
                TemplatePart::Interpolation(inner) => self.interpolation(inner, context, text),
                TemplatePart::If { condition, then, otherwise, span } => {
                    match self.condition(condition, *span) {
                        Condition::Known(choice, marks) => {
                            let (taken, other) = if choice { (then, otherwise) } else { (otherwise, then) };
                            self.parts(taken, *span, text);
                            let (other, _) = self.attempt(|e| e.side(&[other], *span));
                            text.marks = text.marks.union(&marks).union(&confidential(&other.marks));
                        }
                        Condition::Unknown(marks) => {
                            text.marks = text.marks.union(&marks);
                            text.unknown = true;
                            // Problems of a side that may not be taken do not count.
                            let (side, _) = self.attempt(|e| e.side(&[then, otherwise], *span));
                            text.marks = text.marks.union(&side.marks);
                        }
                        Condition::Blocked => text.unknown = true,
                        Condition::Failed => text.failed = true,
                    }
                }
                TemplatePart::For { key, value, collection, body, span } => {
                    self.for_directive(key.as_ref(), value, collection, body, *span, text);
                }
            }
        }
    }

    /// What is in `sides`, apart from the text around.
    fn side(&mut self, sides: &[&[TemplatePart]], context: Span) -> Text {
        let mut text = Text::default();
        for parts in sides {
            self.parts(parts, context, &mut text);
        }
        text
    }

    fn interpolation(&mut self, inner: &Expr, context: Span, text: &mut Text) {
        let value = self.eval(inner);
        text.marks = text.marks.union(value.marks());
        let invalid = |detail: String| {
            Diagnostic::error("Invalid template interpolation value", detail).at(inner.span).within(context)
        };
        if value.is_null() {
            let detail = "The expression result is null. Cannot include a null value in a string template.";
            self.fail_in(inner, invalid(detail.into()));
            text.failed = true;
            return;
        }
        match Self::to_primitive(&value, &Type::String) {
            Ok(string) => match string.as_str() {
                Some(string) => text.push(string),
                None => {
                    if let terrane_value::Kind::Unknown(_, Some(r)) = string.kind() {
                        text.push(r.prefix.as_deref().unwrap_or(""));
                    }
                    text.unknown = true;
                }
            },
            Err(e) => {
                let detail = format!("Cannot include the given value in a string template: {}.", e.message);
                self.fail_in(inner, invalid(detail));
                text.failed = true;
            }
        }
    }

    fn for_directive(
        &mut self,
        key: Option<&Ident>,
        value: &Ident,
        collection: &Expr,
        body: &[TemplatePart],
        span: Span,
        text: &mut Text,
    ) {
        let (elements, marks) = match self.iterate(collection, span) {
            super::for_expr::Iteration::Elements(elements, marks) => (elements, marks),
            super::for_expr::Iteration::Unknown(marks) => {
                text.marks = text.marks.union(&marks);
                text.unknown = true;
                return;
            }
            super::for_expr::Iteration::Blocked => {
                text.unknown = true;
                return;
            }
            super::for_expr::Iteration::Failed => {
                text.failed = true;
                return;
            }
        };
        text.marks = text.marks.union(&marks);
        for (k, v) in elements {
            self.bound(key, value, k, v, |e| e.parts(body, span, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::safe_prefix;

    #[test]
    fn a_prefix_ends_where_nothing_can_combine_with_it() {
        let long = "a".repeat(127) + "é-";
        for (known, want) in [
            ("", ""),
            ("pre-", "pre-"),
            ("pre", "pr"),
            ("a b ", "a b "),
            ("noe\u{308}", "no"),
            ("é", ""),
            (long.as_str(), &long[..126]),
        ] {
            assert_eq!(safe_prefix(known), want, "{known}");
        }
    }
}
