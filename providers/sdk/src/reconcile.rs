//! The object that a resource answered, brought into line with the one it was given: what means
//! the same stays as it was written, what the struct does not have is carried over.

use crate::equivalence::{filled, is_empty, same};
use crate::spec::{AttributeSpec, BlockSpec, NestedSpec, Presence};
use terrane_schema::Nesting;
use terrane_value::Value;

/// `after`, as a resource answered it, in the form of `before`, which was planned or stored.
/// With `known_before` false (after an import) nothing in `before` says how unset values were
/// written.
pub(crate) fn reconcile(spec: &BlockSpec, before: &Value, after: &Value, known_before: bool) -> Value {
    let attributes = spec.attributes.iter().map(|(name, attribute)| {
        let value = reconcile_attribute(
            attribute,
            before.attribute(name).filter(Value::is_known),
            after.attribute(name),
            known_before,
        );
        (*name, value)
    });
    let blocks = spec.blocks.iter().map(|(name, nested)| {
        let before = before.attribute(name).filter(Value::is_wholly_known);
        let value = match after.attribute(name) {
            Some(after) => reconcile_blocks(nested, before.as_ref(), &after, known_before),
            None => before.unwrap_or_else(|| nested_empty(nested)),
        };
        (*name, value)
    });
    Value::object(attributes.chain(blocks))
}

fn nested_empty(nested: &NestedSpec) -> Value {
    let ty = nested.block.to_schema().implied_type();
    match nested.nesting {
        Nesting::List => Value::list(ty, []),
        Nesting::Set => Value::set(ty, []),
        Nesting::Map => Value::map::<&str>(ty, []),
        Nesting::Single | Nesting::Group => Value::null(ty),
    }
}

fn reconcile_attribute(
    spec: &AttributeSpec,
    before: Option<Value>,
    after: Option<Value>,
    known_before: bool,
) -> Value {
    let null = || Value::null(spec.ty.clone());
    let Some(after) = after else { return before.unwrap_or_else(null) };
    if spec.write_only {
        return null();
    }
    let after = if spec.as_blocks { filled(&after) } else { after };
    let only_user = spec.presence == Presence::Optional && spec.default.is_none();
    match before {
        Some(before) if !before.is_null() => {
            let unset = after.is_null() && (is_empty(&before) || (only_user && before.is_zero()));
            if unset || (!after.is_null() && same(spec, &before, &after)) { before } else { after }
        }
        before => {
            let was_unset = before.is_some() && known_before;
            let nothing = is_empty(&after) || (was_unset && after.is_zero());
            if only_user && nothing { null() } else { after }
        }
    }
}

fn reconcile_blocks(spec: &NestedSpec, before: Option<&Value>, after: &Value, known_before: bool) -> Value {
    let earlier = before.and_then(Value::as_slice).unwrap_or_default();
    let Some(blocks) = after.as_slice() else {
        return match before {
            Some(before) if after.is_known() && !after.is_null() => {
                reconcile(&spec.block, before, after, known_before)
            }
            _ => after.clone(),
        };
    };
    let element = after.ty().element().cloned().unwrap_or(terrane_value::Type::Dynamic);
    match spec.nesting {
        Nesting::Set => {
            let unchanged = |block: &Value| {
                earlier.iter().find(|e| *e == block || reconcile(&spec.block, e, block, true) == **e)
            };
            let blocks = blocks.iter().map(|block| {
                let found = unchanged(block).cloned();
                found.unwrap_or_else(|| reconcile(&spec.block, &Value::NULL, block, known_before))
            });
            Value::set(element, blocks)
        }
        _ => Value::list(
            element,
            blocks.iter().enumerate().map(|(i, block)| {
                reconcile(&spec.block, earlier.get(i).unwrap_or(&Value::NULL), block, known_before)
            }),
        ),
    }
}
