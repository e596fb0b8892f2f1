//! What an object will be as far as the schema's rules tell.

use crate::equivalence::{filled, is_empty, same};
use crate::spec::{AttributeSpec, BlockSpec, NestedSpec};
use terrane_schema::Nesting;
use terrane_value::{Type, Value};

/// What happens to computed values of an object that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Computing {
    /// They stay.
    Keep,
    /// They are computed again, unless the schema says that they are kept.
    Again,
}

/// `config` over `prior` (null for a new object): configured values, defaults, prior or unknown
/// computed values. What means the same as in `prior` is as it is there.
pub(super) fn merge(spec: &BlockSpec, prior: &Value, config: &Value, computing: Computing) -> Value {
    if !config.is_known() {
        return config.clone();
    }
    let attributes = spec.attributes.iter().map(|(name, attribute)| {
        let config = config.attribute(name).filter(|v| !v.is_null());
        (*name, merge_attribute(attribute, part(prior, name).as_ref(), config, computing))
    });
    let blocks = spec.blocks.iter().map(|(name, nested)| {
        let config = config.attribute(name).unwrap_or(Value::NULL);
        (*name, merge_blocks(nested, part(prior, name).as_ref(), &config, computing))
    });
    Value::object(attributes.chain(blocks))
}

/// Part of an object that exists; `None` when it does not.
fn part(object: &Value, name: &str) -> Option<Value> {
    if object.is_null() { None } else { object.attribute(name) }
}

fn merge_attribute(
    spec: &AttributeSpec,
    prior: Option<&Value>,
    config: Option<Value>,
    computing: Computing,
) -> Value {
    if spec.write_only {
        return Value::null(spec.ty.clone());
    }
    let config = config.or_else(|| spec.default.clone());
    match (config, prior) {
        (Some(config), Some(prior)) if prior.is_null() && is_empty(&config) => prior.clone(),
        (Some(config), Some(prior)) if !prior.is_null() && same(spec, &config, prior) => prior.clone(),
        (Some(config), _) if spec.as_blocks => filled(&config),
        (Some(config), _) => config,
        (None, None) if spec.presence.is_computed() => Value::unknown(spec.ty.clone()),
        (None, Some(prior)) if spec.presence.is_computed() => {
            // A value whose change needs a new object cannot be computed again for this one.
            if computing == Computing::Keep || spec.keep || spec.force_new {
                prior.clone()
            } else {
                Value::unknown(spec.ty.clone())
            }
        }
        (None, Some(prior)) if prior.is_zero() => prior.clone(),
        (None, _) => Value::null(spec.ty.clone()),
    }
}

fn merge_blocks(spec: &NestedSpec, prior: Option<&Value>, config: &Value, computing: Computing) -> Value {
    if !config.is_known() {
        return config.clone();
    }
    let earlier = prior.and_then(Value::as_slice).unwrap_or_default();
    let element = || config.ty().element().cloned().unwrap_or(Type::Dynamic);
    match (spec.nesting, config.as_slice()) {
        (Nesting::List | Nesting::Set, Some([])) if spec.computed => match prior {
            Some(prior) => prior.clone(),
            None => Value::unknown(config.ty()),
        },
        (Nesting::List, Some(blocks)) => {
            let blocks = blocks.iter().enumerate().map(|(i, block)| {
                merge(&spec.block, earlier.get(i).unwrap_or(&Value::NULL), block, computing)
            });
            Value::list(element(), blocks)
        }
        (Nesting::Set, Some(blocks)) => Value::set(element(), merge_set(spec, earlier, blocks)),
        (Nesting::Single | Nesting::Group, _) if !config.is_null() => {
            merge(&spec.block, prior.unwrap_or(&Value::NULL), config, computing)
        }
        _ => config.clone(),
    }
}

/// An element of a set has no identity but its content: it is the prior element that merging
/// would leave as it is, or else a new one.
fn merge_set(spec: &NestedSpec, earlier: &[Value], blocks: &[Value]) -> Vec<Value> {
    let mut left: Vec<&Value> = earlier.iter().collect();
    blocks
        .iter()
        .map(|block| {
            let same = left
                .iter()
                .position(|e| *e == block)
                .or_else(|| left.iter().position(|e| merge(&spec.block, e, block, Computing::Keep) == **e));
            match same {
                Some(i) => left.swap_remove(i).clone(),
                None => merge(&spec.block, &Value::NULL, block, Computing::Again),
            }
        })
        .collect()
}
