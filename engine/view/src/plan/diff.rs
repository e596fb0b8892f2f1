//! The difference between two values.

use super::fold::shortened;
use super::node::{Body, Entry, Item, Mark, Node, Note};
use super::similarity::is_identifying;
use super::{sequence, set, string};
use crate::text::{key, quote};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_value::{Kind, Path, PathStep, Type, Value};

/// What stands for a value that only apply can tell.
pub(crate) const UNKNOWN: &str = "(known after apply)";

/// Elements of sets with no more attributes than this show those that do not change too.
pub(crate) const FEW: usize = 8;

/// What a comparison has to know beside the values.
pub(crate) struct Context<'a> {
    /// Paths whose change needs a new object.
    pub(crate) requires_replace: &'a [Path],
    /// Whether null attributes of objects are shown. They are where the type comes from the
    /// configuration, and not where it comes from the schema.
    pub(crate) show_null: bool,
    /// Whether sensitive values are shown.
    pub(crate) show_sensitive: bool,
}

/// One step to the present place. An element of a set or list may go by different steps before
/// and after the change.
#[derive(Clone, Debug)]
pub(crate) struct Step(Vec<PathStep>);

/// The present place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place(Vec<Step>);

impl Place {
    /// An attribute or map element of this place.
    pub(crate) fn name(&self, name: &Arc<str>) -> Place {
        self.then(vec![PathStep::Attribute(name.clone()), PathStep::Key(name.clone())])
    }

    /// An element by its positions before and after.
    pub(crate) fn index(&self, before: Option<usize>, after: Option<usize>) -> Place {
        self.then(after.or(before).into_iter().map(|i| PathStep::Index(i as u64)).collect())
    }

    /// An element of a set by what it is before and after.
    pub(crate) fn element(&self, before: Option<&Value>, after: Option<&Value>) -> Place {
        let step = |v: &Value| PathStep::Element(Box::new(v.clone()));
        self.then(before.into_iter().chain(after).map(step).collect())
    }

    /// Whether what does not change at attribute `name` of the object here is shown nevertheless,
    /// because it says which of several elements the object is. `few` says that the object is
    /// small.
    pub(crate) fn identifies(&self, name: &str, unchanged: &Node, few: bool) -> bool {
        let Some(Step(last)) = self.0.last() else { return false };
        let of_set = last.iter().any(|s| matches!(s, PathStep::Element(_)));
        let of_list = last.iter().any(|s| matches!(s, PathStep::Index(_)));
        let leaf = matches!(unchanged.body, Body::Leaf(_));
        leaf && ((of_set && few) || ((of_set || of_list) && is_identifying(name)))
    }

    /// Whether this is the place of the object itself.
    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    fn then(&self, step: Vec<PathStep>) -> Place {
        let mut steps = self.0.clone();
        steps.push(Step(step));
        Place(steps)
    }

    fn is_prefix_of(&self, path: &Path) -> bool {
        self.0.len() <= path.0.len() && self.0.iter().zip(&path.0).all(|(s, p)| s.0.contains(p))
    }
}

impl Context<'_> {
    /// Whether a change exactly here needs a new object.
    pub(crate) fn forces(&self, place: &Place) -> bool {
        self.requires_replace.iter().any(|p| p.0.len() == place.0.len() && place.is_prefix_of(p))
    }

    /// Whether a change here or inside needs a new object.
    pub(crate) fn forces_within(&self, place: &Place) -> bool {
        self.requires_replace.iter().any(|p| place.is_prefix_of(p))
    }

    /// The same context where the type is `ty`.
    pub(crate) fn for_type(&self, ty: &Type) -> Context<'_> {
        Context { show_null: *ty == Type::Dynamic, ..*self }
    }

    fn hides(&self, value: &Value) -> bool {
        !self.show_sensitive && value.marks().is_sensitive()
    }
}

/// The difference between `before` and `after`, of which one at least is there.
pub(crate) fn diff(before: Option<&Value>, after: Option<&Value>, place: &Place, cx: &Context<'_>) -> Node {
    if before.is_some_and(|v| cx.hides(v)) || after.is_some_and(|v| cx.hides(v)) {
        return redacted(before, after, cx).forcing(cx.forces_within(place));
    }
    match (before, after) {
        (None, None) => Node::leaf(Mark::Same, "null"),
        (Some(b), None) => whole(b, Mark::Remove, cx).forcing(cx.forces_within(place)),
        (None, Some(a)) => whole(a, Mark::Add, cx).forcing(cx.forces_within(place)),
        (Some(b), Some(a)) if same(b, a) => whole(a, Mark::Same, cx),
        (Some(b), Some(a)) => changed(b, a, place, cx),
    }
}

/// Whether nothing changes. Other marks than sensitivity do not count.
pub(crate) fn same(before: &Value, after: &Value) -> bool {
    match (before.kind(), after.kind()) {
        _ if before.marks().is_sensitive() != after.marks().is_sensitive() => false,
        (Kind::List(s, b), Kind::List(t, a)) | (Kind::Set(s, b), Kind::Set(t, a)) => s == t && same_all(b, a),
        (Kind::Tuple(b), Kind::Tuple(a)) => same_all(b, a),
        (Kind::Map(s, b), Kind::Map(t, a)) => s == t && same_entries(b, a),
        (Kind::Object(b), Kind::Object(a)) => same_entries(b, a),
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Unknown(..), _) | (_, Kind::Unknown(..)) => false,
        (b, a) => b == a,
    }
}

fn same_all(before: &[Value], after: &[Value]) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|(b, a)| same(b, a))
}

fn same_entries(before: &BTreeMap<Arc<str>, Value>, after: &BTreeMap<Arc<str>, Value>) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|((k, b), (l, a))| k == l && same(b, a))
}

fn redacted(before: Option<&Value>, after: Option<&Value>, cx: &Context<'_>) -> Node {
    let mut node = Node::new(Mark::Change, Body::Redacted);
    match (before, after) {
        (None, _) => node.mark = Mark::Add,
        (_, None) => node.mark = Mark::Remove,
        (Some(b), Some(a)) => {
            let unchanged = same(&b.unmark_deep().0, &a.unmark_deep().0);
            match (cx.hides(b), cx.hides(a)) {
                (true, true) if unchanged => node.mark = Mark::Same,
                // A value that was null shows nothing by being sensitive.
                (false, true) if !b.is_null() => node.note = Some(Note::BecomesSensitive(unchanged)),
                (true, false) if !a.is_null() => node.note = Some(Note::NoLongerSensitive(unchanged)),
                _ => {}
            }
        }
    }
    node
}

fn changed(before: &Value, after: &Value, place: &Place, cx: &Context<'_>) -> Node {
    let mut node = match (before.kind(), after.kind()) {
        (Kind::String(b), Kind::String(a)) => string::changed(b, a, cx),
        (Kind::Map(_, b), Kind::Map(_, a)) => Node::new(Mark::Change, entries(b, a, true, place, cx)),
        (Kind::Object(b), Kind::Object(a)) => Node::new(Mark::Change, entries(b, a, false, place, cx)),
        (Kind::Object(b), Kind::Map(_, a)) | (Kind::Map(_, b), Kind::Object(a)) => {
            Node::new(Mark::Change, entries(b, a, true, place, cx))
        }
        (Kind::Set(_, b), Kind::Set(_, a)) => set::changed(b, a, place, cx),
        (
            Kind::List(_, b) | Kind::Tuple(b) | Kind::Set(_, b),
            Kind::List(_, a) | Kind::Tuple(a) | Kind::Set(_, a),
        ) => sequence::changed(b, a, place, cx),
        _ => turns(before, after, cx).forcing(cx.forces_within(place)),
    };
    let recursive = matches!(node.body, Body::Sequence(_) | Body::Entries(_));
    if node.note.is_none() && recursive && constructor(before) != constructor(after) {
        let text = format!("type changes from {} to {}", constructor(before), constructor(after));
        node.note = Some(Note::Remark(text));
    }
    let forces = if recursive { cx.forces(place) } else { cx.forces_within(place) };
    node.forcing(forces)
}

/// What a collection is, where that matters to the reader of a change.
fn constructor(value: &Value) -> &'static str {
    match value.kind() {
        Kind::List(..) => "list",
        Kind::Set(..) => "set",
        Kind::Tuple(_) => "tuple",
        Kind::Map(..) => "map",
        Kind::Object(_) => "object",
        _ => "value",
    }
}

/// One form of value that becomes another.
fn turns(before: &Value, after: &Value, cx: &Context<'_>) -> Node {
    let old = whole(before, Mark::Remove, cx);
    let old = if after.is_known() { old } else { shortened(old) };
    let new = whole(after, Mark::Add, cx);
    let body = match (&old.body, &new.body) {
        (Body::Leaf(b), Body::Leaf(a)) => Body::Turns(b.clone(), a.clone()),
        _ => Body::Becomes(Box::new(old), Box::new(new)),
    };
    Node::new(Mark::Change, body)
}

/// All of a value, with one mark.
pub(crate) fn whole(value: &Value, mark: Mark, cx: &Context<'_>) -> Node {
    if cx.hides(value) {
        return Node::new(mark, Body::Redacted);
    }
    let body = match value.kind() {
        Kind::Null(_) => Body::Leaf("null".into()),
        Kind::Unknown(..) => Body::Leaf(UNKNOWN.into()),
        Kind::Bool(b) => Body::Leaf(b.to_string()),
        Kind::Number(n) => Body::Leaf(n.to_string()),
        Kind::String(s) => return string::whole(s, mark, cx),
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => {
            Body::Sequence(vs.iter().map(|v| Item::Node(whole(v, mark, cx))).collect())
        }
        Kind::Map(_, vs) => {
            Body::Entries(vs.iter().map(|(k, v)| Entry::Node(quote(k), whole(v, mark, cx))).collect())
        }
        Kind::Object(vs) => Body::Entries(
            vs.iter()
                .filter(|(_, v)| cx.show_null || !v.is_null())
                .map(|(k, v)| Entry::Node(key(k), whole(v, mark, cx)))
                .collect(),
        ),
    };
    Node::new(mark, body)
}

/// The entries that change, and how many do not.
fn entries(
    before: &BTreeMap<Arc<str>, Value>,
    after: &BTreeMap<Arc<str>, Value>,
    quoted: bool,
    place: &Place,
    cx: &Context<'_>,
) -> Body {
    let mut shown = Vec::new();
    let mut hidden = 0;
    let few = after.len() <= FEW;
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let present = |vs: &'_ BTreeMap<Arc<str>, Value>| {
            vs.get(name)
                .filter(|v| quoted || cx.show_null || !v.is_null() || v.marks().is_sensitive())
                .cloned()
        };
        let (b, a) = (present(before), present(after));
        if b.is_none() && a.is_none() {
            continue;
        }
        let node = diff(b.as_ref(), a.as_ref(), &place.name(name), cx);
        if node.mark == Mark::Same && !place.identifies(name, &node, few) {
            hidden += 1;
        } else {
            shown.push(Entry::Node(if quoted { quote(name) } else { key(name) }, node));
        }
    }
    if hidden > 0 {
        shown.push(Entry::Hidden(hidden, if quoted { "unchanged element" } else { "unchanged attribute" }));
    }
    Body::Entries(shown)
}
