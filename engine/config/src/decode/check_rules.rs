//! `validation`, `precondition`, `postcondition` and `assert` blocks.

use super::Decoder;
use crate::CheckRule;
use terrane_syntax::Block;

/// Reads a rule.
pub(super) fn decode(decoder: &mut Decoder<'_>, block: &Block) -> Option<CheckRule> {
    let content = decoder.content(&block.body, &["condition", "error_message"], &[]);
    let kind = &block.kind;
    for name in ["condition", "error_message"] {
        if content.attribute(name).is_none() {
            decoder.missing_argument(&block.body, name);
        }
    }
    let condition = content.attribute("condition")?.expr.clone();
    let error_message = content.attribute("error_message")?.expr.clone();
    // A validation must refer to its own variable, which is checked elsewhere.
    if &*kind.name != "validation" && terrane_lang::references(&condition).0.is_empty() {
        decoder.error(
            format!("Invalid {} expression", kind.name),
            "The condition expression must refer to at least one object from elsewhere in the configuration, \
             or else its result would not be checking anything.",
            condition.span,
        );
    }
    Some(CheckRule { condition, error_message, span: block.header })
}
