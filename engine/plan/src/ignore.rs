//! `ignore_changes`: the configuration with some parts as they are in the prior object.

use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_evaluate::DesiredInstance;
use terrane_value::{Kind, PathStep, Value};

/// `config` with what `desired` ignores replaced from `prior`; unchanged when there is no prior
/// object.
pub fn with_ignored(desired: &DesiredInstance, prior: &Value, config: &Value) -> Value {
    if prior.is_null() {
        return config.clone();
    }
    if desired.ignore_all_changes {
        return prior.clone();
    }
    desired.ignore_changes.iter().fold(config.clone(), |config, path| replaced(&config, prior, &path.0))
}

/// `config` with the part at `steps` as in `prior`. Where the prior object has no such part of a
/// map, neither has the result.
fn replaced(config: &Value, prior: &Value, steps: &[PathStep]) -> Value {
    let Some((step, rest)) = steps.split_first() else { return prior.clone() };
    if let PathStep::Index(index) = step {
        return replaced_element(config, prior, *index, rest);
    }
    let (PathStep::Attribute(name) | PathStep::Key(name)) = step else { return config.clone() };
    let ours = config.as_map().and_then(|m| m.get(name));
    let theirs = prior.as_map().and_then(|m| m.get(name));
    if matches!(config.ty(), terrane_value::Type::Map(_)) && rest.is_empty() {
        return replaced_key(config, name, theirs);
    }
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => config.with_attribute(name, replaced(ours, theirs, rest)),
        _ => config.clone(),
    }
}

fn replaced_key(config: &Value, key: &Arc<str>, theirs: Option<&Value>) -> Value {
    let terrane_value::Type::Map(element) = config.ty() else { return config.clone() };
    let mut map: BTreeMap<Arc<str>, Value> = config.as_map().cloned().unwrap_or_default();
    match theirs {
        Some(value) => map.insert(key.clone(), value.clone()),
        None => map.remove(key),
    };
    if map.is_empty() && config.is_null() {
        return config.clone();
    }
    Value::map((*element).clone(), map)
}

fn replaced_element(config: &Value, prior: &Value, index: u64, rest: &[PathStep]) -> Value {
    let Ok(index) = usize::try_from(index) else { return config.clone() };
    let (Some(ours), Some(theirs)) = (config.as_slice(), prior.as_slice()) else { return config.clone() };
    let (Some(our), Some(their)) = (ours.get(index), theirs.get(index)) else { return config.clone() };
    let mut elements = ours.to_vec();
    elements[index] = replaced(our, their, rest);
    match config.kind() {
        Kind::List(ty, _) => Value::list(ty.clone(), elements),
        Kind::Tuple(_) => Value::tuple(elements),
        _ => config.clone(),
    }
}
