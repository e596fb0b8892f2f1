//! The proposed new object: prior and configuration merged, before the provider has its say.

use crate::{Attribute, AttributeType, Block, NestedAttributes, NestedBlock, Nesting};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_value::{Kind, Value};

type Attributes = BTreeMap<Arc<str>, Attribute>;

/// What the object would be if only the configuration spoke: configured values where they are
/// set, prior values for computed attributes that are not. `prior` is null for a new object.
/// Elements of sets, which have no identity, take the computed values of a prior element that
/// the configuration could have made.
pub fn proposed_new(schema: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() || !config.is_known() {
        return prior.clone();
    }
    let attributes = propose_attributes(&schema.attributes, prior, config);
    let blocks = schema.blocks.iter().map(|(name, nested)| {
        let config = config.attribute(name).unwrap_or_else(|| nested.empty_value());
        (name.clone(), propose_blocks(nested, &prior.attribute(name).unwrap_or(Value::NULL), &config))
    });
    Value::object(attributes.into_iter().chain(blocks))
}

fn propose_attributes(attributes: &Attributes, prior: &Value, config: &Value) -> Vec<(Arc<str>, Value)> {
    let propose = |(name, attribute): (&Arc<str>, &Attribute)| {
        let null = || Value::null(attribute.value_type());
        let prior = prior.attribute(name).unwrap_or_else(null);
        let config = config.attribute(name).unwrap_or_else(null);
        let proposed = match &attribute.ty {
            // That the prior value has parts which only a configuration can set says that this
            // attribute was configured, and now is not any more.
            _ if attribute.computed && config.is_null() && !was_configured(attribute, &prior) => prior,
            AttributeType::Nested(nested) => propose_nested(nested, &prior, &config),
            AttributeType::Plain(_) => config,
        };
        (name.clone(), proposed)
    };
    attributes.iter().map(propose).collect()
}

fn propose_blocks(schema: &NestedBlock, prior: &Value, config: &Value) -> Value {
    let merge = |prior: &Value, config: &Value| proposed_new(&schema.block, prior, config);
    let could_be = |prior: &Value, config: &Value| block_could_be(&schema.block, prior, config);
    match schema.nesting {
        Nesting::Group if config.is_null() => merge(prior, &schema.block.empty_value()),
        nesting => propose_items(nesting, prior, config, &merge, &could_be),
    }
}

fn propose_nested(schema: &NestedAttributes, prior: &Value, config: &Value) -> Value {
    let merge = |prior: &Value, config: &Value| match config.is_null() || !config.is_known() {
        true => config.clone(),
        false => Value::object(propose_attributes(&schema.attributes, prior, config)),
    };
    let could_be = |prior: &Value, config: &Value| attributes_could_be(&schema.attributes, prior, config);
    propose_items(schema.nesting, prior, config, &merge, &could_be)
}

/// Merges each configured item with the prior item it continues.
fn propose_items(
    nesting: Nesting,
    prior: &Value,
    config: &Value,
    merge: &dyn Fn(&Value, &Value) -> Value,
    could_be: &dyn Fn(&Value, &Value) -> bool,
) -> Value {
    if config.is_null() || !config.is_known() {
        return config.clone();
    }
    let with_prior = |prior: Option<&Value>, config: &Value| match prior {
        Some(prior) => merge(prior, config),
        None => config.clone(),
    };
    let earlier = prior.as_slice().unwrap_or_default();
    let in_order = |items: &[Value]| -> Vec<Value> {
        items.iter().enumerate().map(|(i, item)| with_prior(earlier.get(i), item)).collect()
    };
    let by_key = |items: &BTreeMap<Arc<str>, Value>| -> Vec<(Arc<str>, Value)> {
        let prior = |key: &Arc<str>| prior.as_map().and_then(|m| m.get(key));
        items.iter().map(|(key, item)| (key.clone(), with_prior(prior(key), item))).collect()
    };
    match (nesting, config.kind()) {
        (Nesting::Single | Nesting::Group, _) => merge(prior, config),
        (_, Kind::List(ty, items)) => Value::list(ty.clone(), in_order(items)),
        (_, Kind::Tuple(items)) => Value::tuple(in_order(items)),
        (_, Kind::Map(ty, items)) => Value::map(ty.clone(), by_key(items)),
        (_, Kind::Object(items)) => Value::object(by_key(items)),
        (_, Kind::Set(ty, items)) => {
            let mut left: Vec<&Value> = earlier.iter().collect();
            let items = items.iter().map(|item| {
                let found = left.iter().position(|prior| could_be(prior, item));
                with_prior(found.map(|i| left.remove(i)), item)
            });
            Value::set(ty.clone(), items.collect::<Vec<_>>())
        }
        _ => config.clone(),
    }
}

/// Whether an optional attribute with nested ones has a value that only a configuration sets.
fn was_configured(attribute: &Attribute, prior: &Value) -> bool {
    match &attribute.ty {
        AttributeType::Nested(nested) if attribute.optional => {
            nested_items(nested.nesting, prior).iter().any(|item| {
                nested.attributes.iter().any(|(name, inner)| {
                    let Some(value) = item.attribute(name).filter(|v| !v.is_null()) else { return false };
                    match inner.ty {
                        AttributeType::Plain(_) => !inner.computed,
                        AttributeType::Nested(_) => was_configured(inner, &value),
                    }
                })
            })
        }
        _ => false,
    }
}

fn nested_items(nesting: Nesting, value: &Value) -> Vec<Value> {
    match nesting {
        Nesting::Single | Nesting::Group => vec![value.clone()],
        Nesting::Map => value.as_map().into_iter().flat_map(|m| m.values().cloned()).collect(),
        Nesting::List | Nesting::Set => value.as_slice().unwrap_or_default().to_vec(),
    }
}

/// Whether an object that was configured as `config` could have become `prior`: they differ
/// only in computed attributes that are not configured.
fn block_could_be(schema: &Block, prior: &Value, config: &Value) -> bool {
    prior == config
        || attributes_could_be(&schema.attributes, prior, config)
            && schema.blocks.iter().all(|(name, nested)| {
                let (prior, config) = (prior.attribute(name), config.attribute(name));
                let (Some(prior), Some(config)) = (prior, config) else { return false };
                items_could_be(&prior, &config, &|p, c| block_could_be(&nested.block, p, c))
            })
}

fn attributes_could_be(attributes: &Attributes, prior: &Value, config: &Value) -> bool {
    attributes.iter().all(|(name, attribute)| {
        let (Some(prior), Some(config)) = (prior.attribute(name), config.attribute(name)) else {
            return false;
        };
        match &attribute.ty {
            _ if prior == config => true,
            _ if attribute.computed && config.is_null() => true,
            AttributeType::Plain(_) => false,
            AttributeType::Nested(nested) => {
                items_could_be(&prior, &config, &|p, c| attributes_could_be(&nested.attributes, p, c))
            }
        }
    })
}

fn items_could_be(prior: &Value, config: &Value, could_be: &dyn Fn(&Value, &Value) -> bool) -> bool {
    match (prior.kind(), config.kind()) {
        _ if prior == config => true,
        (Kind::Map(_, p), Kind::Map(_, c)) => {
            p.len() == c.len() && p.iter().all(|(key, p)| c.get(key).is_some_and(|c| could_be(p, c)))
        }
        (Kind::Object(_), Kind::Object(_)) => could_be(prior, config),
        _ => match (prior.as_slice(), config.as_slice()) {
            (Some(p), Some(c)) => p.len() == c.len() && p.iter().zip(c).all(|(p, c)| could_be(p, c)),
            _ => false,
        },
    }
}
