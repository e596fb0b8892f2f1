//! The difference between two objects of a schema: attributes, then nested blocks.

use super::diff::{Context, FEW, Place, diff, same};
use super::node::{BlockNode, Body, Entry, Group, Mark, Node};
use super::{sequence, set};
use crate::text::quote;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting};
use terrane_value::{Kind, Value};

/// Attributes that are shown even when they do not change, because they say which object it is.
const IDENTIFYING: &[&str] = &["id", "name", "tags"];

/// The difference between two objects, of which one at least is there. With `all`, what does not
/// change is shown too.
pub(crate) fn block(
    schema: &Block,
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place,
    cx: &Context<'_>,
    all: bool,
) -> BlockNode {
    let mut node = BlockNode {
        mark: Mark::Same,
        forces: cx.forces(place) && !place.is_root(),
        redacted: false,
        attributes: Vec::new(),
        groups: Vec::new(),
        hidden_blocks: 0,
    };
    let mut hidden = 0;
    let mut changes = false;
    let few = schema.attributes.len() <= FEW;
    for (name, attribute) in &schema.attributes {
        let (b, a) = (part(before, name, attribute), part(after, name, attribute));
        if b.is_none() && a.is_none() {
            continue;
        }
        let cx = cx.for_type(&attribute.value_type());
        let difference = diff(b.as_ref(), a.as_ref(), &place.name(name), &cx);
        changes |= difference.mark != Mark::Same;
        let shown = all || IDENTIFYING.contains(&&**name) || place.identifies(name, &difference, few);
        if difference.mark == Mark::Same && !shown {
            hidden += 1;
        } else {
            node.attributes.push(Entry::Node(name.to_string(), difference));
        }
    }
    if hidden > 0 {
        node.attributes.push(Entry::Hidden(hidden, "unchanged attribute"));
    }
    for (name, nested) in &schema.blocks {
        let of = |v: Option<&Value>| v.and_then(|v| v.attribute(name));
        let (group, unchanged) =
            nested_blocks(name, nested, of(before).as_ref(), of(after).as_ref(), &place.name(name), cx, all);
        node.hidden_blocks += unchanged;
        if let Some((group, changed)) = group {
            changes |= changed;
            node.groups.push(group);
        }
    }
    node.mark = match (before, after) {
        (None, _) => Mark::Add,
        (_, None) => Mark::Remove,
        _ if changes => Mark::Change,
        _ => Mark::Same,
    };
    node
}

/// The value of an attribute, when there is one, with what the schema says is sensitive marked.
fn part(object: Option<&Value>, name: &Arc<str>, attribute: &Attribute) -> Option<Value> {
    let value = object?.attribute(name)?;
    if value.is_null() {
        return None;
    }
    if attribute.sensitive {
        return Some(value.sensitive());
    }
    if matches!(attribute.ty, AttributeType::Nested(_)) {
        let alone = Block { attributes: [(name.clone(), attribute.clone())].into(), ..Block::default() };
        let holder = Value::object([(name.clone(), value.clone())]);
        let marks: Vec<_> = (alone.sensitive_paths(&holder).into_iter())
            .map(|p| (p, terrane_value::Marks::sensitive()))
            .collect();
        return holder.mark_paths(&marks).attribute(name);
    }
    Some(value)
}

/// The blocks of one type and whether any changes, and how many do not change and are not shown.
fn nested_blocks(
    name: &Arc<str>,
    schema: &NestedBlock,
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place,
    cx: &Context<'_>,
    all: bool,
) -> (Option<(Group, bool)>, usize) {
    let hides = |v: Option<&Value>| !cx.show_sensitive && v.is_some_and(|v| v.marks().is_sensitive());
    if hides(before) || hides(after) {
        return redacted_group(name, before, after, place, cx);
    }
    if after.is_some_and(|v| !v.is_known()) {
        let mark = if count(before) == 0 { Mark::Add } else { Mark::Change };
        return (Some((Group::Unknown(name.to_string(), mark, cx.forces_within(place)), true)), 0);
    }
    let whole_type = cx.forces(place);
    let mut shown = Vec::new();
    let mut hidden = 0;
    for (label, b, a, place) in pairs(name, schema.nesting, before, after, place) {
        let mut node = block(&schema.block, b.as_ref(), a.as_ref(), &place, cx, all);
        if node.mark == Mark::Same && !all {
            hidden += 1;
        } else {
            node.forces |= whole_type && node.mark != Mark::Same;
            shown.push((label, node));
        }
    }
    let changed = shown.iter().any(|(_, n)| n.mark != Mark::Same);
    ((!shown.is_empty()).then_some((Group::Blocks(shown), changed)), hidden)
}

fn redacted_group(
    name: &Arc<str>,
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place,
    cx: &Context<'_>,
) -> (Option<(Group, bool)>, usize) {
    if count(before) == 0 && count(after) == 0 {
        return (None, 0);
    }
    if let (Some(b), Some(a)) = (before, after)
        && same(b, a)
    {
        return (None, count(after));
    }
    let mark = match (count(before), count(after)) {
        (0, _) => Mark::Add,
        (_, 0) => Mark::Remove,
        _ => Mark::Change,
    };
    let node = BlockNode {
        mark,
        forces: cx.forces_within(place),
        redacted: true,
        attributes: Vec::new(),
        groups: Vec::new(),
        hidden_blocks: 0,
    };
    (Some((Group::Blocks(vec![(name.to_string(), node)]), true)), 0)
}

/// How many blocks a value holds.
fn count(value: Option<&Value>) -> usize {
    let Some(value) = value else { return 0 };
    match value.kind() {
        Kind::Null(_) => 0,
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => vs.len(),
        Kind::Map(_, vs) => vs.len(),
        _ => 1,
    }
}

type Pair = (String, Option<Value>, Option<Value>, Place);

/// The blocks before and after, matched with each other, with header and place.
fn pairs(
    name: &Arc<str>,
    nesting: Nesting,
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place,
) -> Vec<Pair> {
    match nesting {
        Nesting::Single | Nesting::Group => {
            let present = |v: Option<&Value>| v.filter(|v| !is_absent(v)).cloned();
            match (present(before), present(after)) {
                (None, None) => Vec::new(),
                (b, a) => vec![(name.to_string(), b, a, place.clone())],
            }
        }
        Nesting::List | Nesting::Set => {
            let slice = |v: Option<&Value>| v.and_then(Value::as_slice).unwrap_or_default().to_vec();
            let (b, a) = (slice(before), slice(after));
            let is_set = nesting == Nesting::Set;
            let matched = if is_set { set::pair(&b, &a) } else { sequence::align(&b, &a) };
            matched
                .into_iter()
                .map(|(i, j)| {
                    let (old, new) = (i.map(|i| b[i].clone()), j.map(|j| a[j].clone()));
                    let place =
                        if is_set { place.element(old.as_ref(), new.as_ref()) } else { place.index(i, j) };
                    (name.to_string(), old, new, place)
                })
                .collect()
        }
        Nesting::Map => {
            let map = |v: Option<&Value>| v.and_then(Value::as_map).cloned().unwrap_or_default();
            let (b, a) = (map(before), map(after));
            let keys: BTreeSet<&Arc<str>> = b.keys().chain(a.keys()).collect();
            keys.into_iter()
                .map(|k| {
                    (format!("{name} {}", quote(k)), b.get(k).cloned(), a.get(k).cloned(), place.name(k))
                })
                .collect()
        }
    }
}

/// Whether a single block is not there: null, or nothing in it is set.
fn is_absent(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::Object(vs) => !vs.is_empty() && vs.values().all(is_absent),
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => vs.is_empty(),
        Kind::Map(_, vs) => vs.is_empty(),
        _ => false,
    }
}

/// The difference between two objects whose schema is not at hand.
pub(crate) fn without_schema(
    before: Option<&Value>,
    after: Option<&Value>,
    cx: &Context<'_>,
    all: bool,
) -> BlockNode {
    let names = |v: Option<&Value>| -> BTreeSet<Arc<str>> {
        v.and_then(Value::as_map).into_iter().flat_map(|vs| vs.keys().cloned()).collect()
    };
    let dynamic = |name: Arc<str>| {
        let attribute = Attribute {
            ty: AttributeType::Plain(terrane_value::Type::Dynamic),
            required: false,
            optional: true,
            computed: false,
            sensitive: false,
            write_only: false,
            description: String::new(),
            deprecated: None,
        };
        (name, attribute)
    };
    let attributes = names(before).into_iter().chain(names(after)).map(dynamic).collect();
    block(&Block { attributes, ..Block::default() }, before, after, &Place::default(), cx, all)
}

/// The difference of named values as the attributes of a block.
pub(crate) fn values<'a>(
    pairs: impl Iterator<Item = (&'a Arc<str>, Option<Value>, Option<Value>)>,
    cx: &Context<'_>,
) -> Vec<Entry> {
    pairs
        .map(|(name, b, a)| (name, diff(b.as_ref(), a.as_ref(), &Place::default(), cx)))
        .filter(|(_, node)| node.mark != Mark::Same)
        .map(|(name, node)| Entry::Node(name.to_string(), node))
        .collect()
}

/// An object all of whose content is hidden, because nothing of it changes but its address.
pub(crate) fn is_empty(node: &BlockNode) -> bool {
    node.attributes.is_empty() && node.groups.is_empty() && node.hidden_blocks == 0 && !node.redacted
}

/// Whether a node is an empty collection, which is written on one line.
pub(crate) fn is_inline(node: &Node) -> bool {
    match &node.body {
        Body::Leaf(_) | Body::Turns(..) | Body::Redacted => true,
        Body::Sequence(items) => items.is_empty(),
        Body::Entries(entries) => entries.is_empty(),
        Body::Document(_, inner, _) => is_inline(inner),
        Body::Becomes(b, a) => is_inline(b) && is_inline(a),
        Body::Text(_) => false,
    }
}
