//! Values for what a provider computes.

use terrane_config::During;
use terrane_schema::{Attribute, AttributeType, Block, Nesting};
use terrane_value::{Type, Value, convert};

use std::collections::BTreeMap;
use std::sync::Arc;

/// How many characters an invented string has.
const LENGTH: usize = 8;

/// What is given for objects, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invention {
    /// The values of computed attributes; what it does not have is made up.
    pub(crate) given: Option<Value>,
    /// When they are known.
    pub(crate) during: During,
}

/// An object in which everything computed that has no value yet has one: as `given` says, or made
/// up. Without `known` it is unknown instead. What the configuration sets stays as it is, also when
/// something else is given.
pub(crate) fn filled(
    block: &Block,
    object: &Value,
    given: Option<&Value>,
    known: bool,
) -> Result<Value, String> {
    if object.is_null() || !object.is_known() {
        return Ok(object.clone());
    }
    let mut attributes: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for (name, attribute) in &block.attributes {
        let value = object.attribute(name).unwrap_or_else(|| Value::null(attribute.value_type()));
        let wanted = given.and_then(|given| given.attribute(name));
        let value =
            fill_attribute(attribute, &value, wanted.as_ref(), known).map_err(|e| format!("{name}: {e}"))?;
        attributes.insert(name.clone(), value);
    }
    for (name, nested) in &block.blocks {
        let Some(value) = object.attribute(name) else { continue };
        let wanted = given.and_then(|given| given.attribute(name));
        let inner = |item: &Value| match &wanted {
            Some(one) if !one.is_null() && !matches!(one.ty(), Type::Object(_) | Type::Map(_)) => {
                let found = one.ty().friendly_name();
                Err(format!(
                    "an object is required, which counts for each of the blocks, and this is a {found}"
                ))
            }
            wanted => filled(&nested.block, item, wanted.as_ref(), known),
        };
        let value = each(nested.nesting, &value, &inner).map_err(|e| format!("{name}: {e}"))?;
        attributes.insert(name.clone(), value);
    }
    Ok(Value::object(attributes))
}

fn fill_attribute(
    attribute: &Attribute,
    value: &Value,
    given: Option<&Value>,
    known: bool,
) -> Result<Value, String> {
    let open = value.is_null() || !value.is_known();
    if attribute.computed && open && !attribute.write_only {
        let ty = attribute.value_type();
        if !known {
            return Ok(Value::unknown(ty));
        }
        return match (given, &attribute.ty) {
            // What is given for an object may leave some of it out.
            (Some(given), AttributeType::Nested(nested))
                if matches!(nested.nesting, Nesting::Single | Nesting::Group) && !given.is_null() =>
            {
                let inner = nested.attributes.iter().map(|(name, attribute)| {
                    let ty = attribute.value_type();
                    let value = match given.attribute(name) {
                        Some(given) => convert(&given, &ty).map_err(|e| format!("{name}: {e}"))?,
                        None => invented(&ty),
                    };
                    Ok((name.clone(), value))
                });
                Ok(Value::object(inner.collect::<Result<Vec<_>, String>>()?))
            }
            (Some(given), _) => convert(given, &ty).map_err(|e| e.to_string()),
            (None, _) => Ok(invented(&ty)),
        };
    }
    let AttributeType::Nested(nested) = &attribute.ty else { return Ok(value.clone()) };
    let inner = |item: &Value| {
        if item.is_null() || !item.is_known() {
            return Ok(item.clone());
        }
        let filled = nested.attributes.iter().map(|(name, attribute)| {
            let value = item.attribute(name).unwrap_or_else(|| Value::null(attribute.value_type()));
            let given = given.and_then(|given| given.attribute(name));
            Ok((name.clone(), fill_attribute(attribute, &value, given.as_ref(), known)?))
        });
        Ok(Value::object(filled.collect::<Result<Vec<_>, String>>()?))
    };
    each(nested.nesting, value, &inner)
}

/// `change` applied to each object that nested blocks are collected in.
fn each(
    nesting: Nesting,
    value: &Value,
    change: &dyn Fn(&Value) -> Result<Value, String>,
) -> Result<Value, String> {
    if value.is_null() || !value.is_known() {
        return Ok(value.clone());
    }
    match nesting {
        Nesting::Single | Nesting::Group => change(value),
        Nesting::List | Nesting::Set => {
            let items = value.as_slice().unwrap_or_default();
            let changed = items.iter().map(change).collect::<Result<Vec<_>, _>>()?;
            Ok(match value.ty() {
                Type::List(element) => Value::list((*element).clone(), changed),
                Type::Set(element) => Value::set((*element).clone(), changed),
                _ => Value::tuple(changed),
            })
        }
        Nesting::Map => {
            let entries = value.as_map().into_iter().flatten();
            let changed = entries
                .map(|(key, item)| Ok((key.clone(), change(item)?)))
                .collect::<Result<Vec<_>, String>>()?;
            Ok(match value.ty() {
                Type::Map(element) => Value::map((*element).clone(), changed),
                _ => Value::object(changed),
            })
        }
    }
}

/// A value of a type, made up.
fn invented(ty: &Type) -> Value {
    match ty {
        Type::String => Value::string(word()),
        Type::Number => Value::number(0),
        Type::Bool => Value::FALSE,
        Type::List(element) => Value::list((**element).clone(), []),
        Type::Set(element) => Value::set((**element).clone(), []),
        Type::Map(element) => Value::map::<Arc<str>>((**element).clone(), []),
        Type::Tuple(elements) => Value::tuple(elements.iter().map(invented)),
        Type::Object(object) => {
            Value::object(object.attributes.iter().map(|(name, ty)| (name.clone(), invented(ty))))
        }
        Type::Dynamic => Value::NULL,
    }
}

/// Random letters and digits.
fn word() -> String {
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let random = uuid::Uuid::new_v4().into_bytes();
    // The seventh and the ninth byte of such an id are not random.
    let bytes = random.iter().take(6).chain(random.iter().skip(10));
    bytes.take(LENGTH).map(|byte| char::from(SIGNS[usize::from(*byte) % SIGNS.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::{filled, invented, word};
    use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting};
    use terrane_value::{Kind, Type, Value};

    /// What is given for a nested block is one object, for each block that there is: a list of them would be for none.
    #[test]
    fn nested_blocks_are_given_one_object() {
        let attribute = Attribute {
            ty: AttributeType::Plain(Type::String),
            required: false,
            optional: false,
            computed: true,
            sensitive: false,
            write_only: false,
            description: String::new(),
            deprecated: None,
        };
        let disk = Block { attributes: [("id".into(), attribute)].into(), ..Block::default() };
        let disk = NestedBlock { nesting: Nesting::List, block: disk, min_items: 0, max_items: 0 };
        let block = Block { blocks: [("disk".into(), disk)].into(), ..Block::default() };
        let empty = Value::object([("id", Value::null(Type::String))]);
        let disks = |count: usize| {
            let ty = Type::object([("id", Type::String)]);
            Value::object([("disk", Value::list(ty, vec![empty.clone(); count]))])
        };
        let id = |name: &str| Value::object([("id", Value::from(name))]);
        let given = Value::object([("disk", id("vol-1"))]);
        let found = filled(&block, &disks(2), Some(&given), true).expect("an object is taken");
        let found = found.attribute("disk").expect("disks");
        assert_eq!(found.as_slice(), Some(&[id("vol-1"), id("vol-1")][..]));
        let listed = Value::object([("disk", Value::tuple([id("vol-1")]))]);
        let refused = filled(&block, &disks(1), Some(&listed), true).expect_err("a list is refused");
        assert!(refused.starts_with("disk: an object is required"), "{refused}");
        assert!(filled(&block, &disks(0), Some(&listed), true).is_ok());
    }

    #[test]
    fn values_are_made_up_by_type() {
        assert_eq!(invented(&Type::Number), Value::number(0));
        assert_eq!(invented(&Type::Bool).as_bool(), Some(false));
        assert_eq!(invented(&Type::List(Type::String.into())).as_slice().map(<[Value]>::len), Some(0));
        let object = invented(&Type::object([("a", Type::String), ("b", Type::Number)]));
        assert_eq!(object.attribute("a").and_then(|v| v.as_str().map(str::len)), Some(8));
        assert!(matches!(invented(&Type::Dynamic).kind(), Kind::Null(_)));
    }

    #[test]
    fn words_differ() {
        assert_ne!(word(), word());
        assert!(word().chars().all(|c| c.is_ascii_alphanumeric()));
    }
}
