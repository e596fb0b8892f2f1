//! Empty texts that are as good as none, for providers of which users expect that.

use crate::spec::{AttributeSpec, BlockSpec, NestedSpec};
use std::borrow::Cow;
use terrane_schema::Nesting;
use terrane_value::{Type, Value};

/// `object`, a block, with null for each empty text that is as good as none.
pub(crate) fn without_empty<'a>(spec: &BlockSpec, object: &'a Value) -> Cow<'a, Value> {
    clear(spec, object, |_| true)
}

/// `config` with null for the empty texts in whose place something else will be: a default, or what the remote
/// system chooses. The others stay as they are written.
pub(crate) fn without_chosen<'a>(spec: &BlockSpec, config: &'a Value) -> Cow<'a, Value> {
    clear(spec, config, |attribute| attribute.presence.is_computed() || attribute.default.is_some())
}

fn clear<'a>(spec: &BlockSpec, object: &'a Value, which: fn(&AttributeSpec) -> bool) -> Cow<'a, Value> {
    let mut cleared = Cow::Borrowed(object);
    for (name, attribute) in &spec.attributes {
        let empty = || object.attribute(name).is_some_and(|v| v.as_str() == Some(""));
        if attribute.empty_is_unset && which(attribute) && empty() {
            cleared = Cow::Owned(cleared.with_attribute(name, Value::null(attribute.ty.clone())));
        }
    }
    for (name, nested) in &spec.blocks {
        let Some(blocks) = object.attribute(name) else { continue };
        if let Cow::Owned(blocks) = clear_blocks(nested, &blocks, which) {
            cleared = Cow::Owned(cleared.with_attribute(name, blocks));
        }
    }
    cleared
}

fn clear_blocks<'a>(
    spec: &NestedSpec,
    blocks: &'a Value,
    which: fn(&AttributeSpec) -> bool,
) -> Cow<'a, Value> {
    let Some(elements) = blocks.as_slice() else {
        return match spec.nesting {
            Nesting::Single | Nesting::Group => clear(&spec.block, blocks, which),
            _ => Cow::Borrowed(blocks),
        };
    };
    let cleared: Vec<Cow<'_, Value>> = elements.iter().map(|b| clear(&spec.block, b, which)).collect();
    if cleared.iter().all(|c| matches!(c, Cow::Borrowed(_))) {
        return Cow::Borrowed(blocks);
    }
    let element = blocks.ty().element().cloned().unwrap_or(Type::Dynamic);
    let cleared = cleared.into_iter().map(Cow::into_owned);
    Cow::Owned(match spec.nesting {
        Nesting::Set => Value::set(element, cleared),
        _ => Value::list(element, cleared),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Presence;

    fn spec() -> BlockSpec {
        let text = |presence| AttributeSpec::new(Type::String, presence);
        let attributes = [
            ("auto", text(Presence::OptionalComputed)),
            ("default", AttributeSpec { default: Some(Value::string("d")), ..text(Presence::Optional) }),
            ("needed", text(Presence::Required)),
            ("note", text(Presence::Optional)),
        ];
        BlockSpec { attributes: attributes.into(), ..BlockSpec::default() }
    }

    fn with_blocks(nesting: Nesting) -> BlockSpec {
        let block = NestedSpec {
            nesting,
            min: 0,
            max: 0,
            force_new: false,
            computed: false,
            conflicts_with: Vec::new(),
            block: spec(),
        };
        let mut spec = BlockSpec { blocks: [("block", block)].into(), ..spec() };
        spec.empty_is_unset();
        spec
    }

    /// The names of texts that are null, those in blocks with their place in front.
    fn unset(object: &Value) -> Vec<String> {
        let null = |object: &Value| -> Vec<String> {
            let names = ["auto", "default", "needed", "note"].into_iter();
            names.filter(|n| object.attribute(n).is_some_and(|v| v.is_null())).map(str::to_owned).collect()
        };
        let blocks = object.attribute("block");
        let blocks = blocks.as_ref().and_then(Value::as_slice).unwrap_or_default().iter().enumerate();
        let inner = blocks.flat_map(|(i, b)| null(b).into_iter().map(move |name| format!("{i}.{name}")));
        null(object).into_iter().chain(inner).collect()
    }

    #[test]
    fn empty_texts_become_null_where_they_may() {
        let object = |text: &str| {
            Value::object(["auto", "default", "needed", "note"].map(|name| (name, Value::string(text))))
        };
        let ty = object("").ty();
        for nesting in [Nesting::List, Nesting::Set] {
            let blocks = [object("a"), object("")];
            let blocks = match nesting {
                Nesting::Set => Value::set(ty.clone(), blocks),
                _ => Value::list(ty.clone(), blocks),
            };
            let texts = ["auto", "default", "needed", "note"].map(|name| (name, Value::string("")));
            let whole = Value::object(texts.into_iter().chain([("block", blocks)]));
            let spec = with_blocks(nesting);
            let all = unset(&without_empty(&spec, &whole));
            assert_eq!(all[..3], ["auto", "default", "note"]);
            assert_eq!(all.len(), 6, "{all:?}");
            assert_eq!(unset(&without_chosen(&spec, &whole))[..2], ["auto", "default"]);
            assert!(matches!(without_empty(&spec, &object("a")), Cow::Borrowed(_)));
        }
        let mut unmarked = with_blocks(Nesting::List);
        unmarked.attributes.values_mut().for_each(|a| a.empty_is_unset = false);
        assert!(matches!(without_empty(&unmarked, &object("")), Cow::Borrowed(_)));
    }
}
