//! Values: null, unknown or known, each with a type and marks.

use crate::{Marks, Number, Path, PathStep, Refinement, Type, set};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// An immutable value of the language. Equality is structural and includes types and marks.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value {
    kind: Kind,
    marks: Marks,
}

/// What a [`Value`] is apart from its marks.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// No value, of this type.
    Null(Type),
    /// A value of this type that will be known later, and what is known of it already.
    Unknown(Type, Option<Arc<Refinement>>),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string in normalisation form C.
    String(Arc<str>),
    /// Elements of the given type, in order.
    List(Type, Arc<[Value]>),
    /// Distinct elements of the given type, in the canonical order of [`Value::set`]. The
    /// elements carry no marks of their own: theirs are on the set.
    Set(Type, Arc<[Value]>),
    /// Elements of the given type by key.
    Map(Type, Arc<BTreeMap<Arc<str>, Value>>),
    /// Elements in order, each with its own type.
    Tuple(Arc<[Value]>),
    /// Attributes by name.
    Object(Arc<BTreeMap<Arc<str>, Value>>),
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Value {
        Value { kind, marks: Marks::NONE }
    }
}

impl Value {
    /// The boolean true.
    pub const TRUE: Value = Value { kind: Kind::Bool(true), marks: Marks::NONE };
    /// The boolean false.
    pub const FALSE: Value = Value { kind: Kind::Bool(false), marks: Marks::NONE };
    /// Null of a type that is not known.
    pub const NULL: Value = Value { kind: Kind::Null(Type::Dynamic), marks: Marks::NONE };
    /// Unknown of a type that is not known.
    pub const UNKNOWN: Value = Value { kind: Kind::Unknown(Type::Dynamic, None), marks: Marks::NONE };

    /// Null of type `ty`.
    pub fn null(ty: Type) -> Value {
        Kind::Null(ty.without_optional()).into()
    }

    /// Unknown of type `ty`.
    pub fn unknown(ty: Type) -> Value {
        Kind::Unknown(ty.without_optional(), None).into()
    }

    /// Unknown of type `ty` of which `refinement` is known. An empty refinement is dropped.
    pub fn unknown_refined(ty: Type, refinement: Refinement) -> Value {
        let ty = ty.without_optional();
        let known = refinement.for_type(&ty);
        let refinement = (known != Refinement::default() && ty != Type::Dynamic).then(|| Arc::new(known));
        Kind::Unknown(ty, refinement).into()
    }

    /// A string, normalised to form C.
    pub fn string(text: impl AsRef<str>) -> Value {
        let text = text.as_ref();
        let text: Arc<str> = if is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() };
        Kind::String(text).into()
    }

    /// A number.
    pub fn number(n: impl Into<Number>) -> Value {
        Kind::Number(n.into()).into()
    }

    /// A list. All `elements` must be of type `element`.
    pub fn list(element: Type, elements: impl IntoIterator<Item = Value>) -> Value {
        Kind::List(element, elements.into_iter().collect()).into()
    }

    /// A set: duplicates go, marks of elements move to the set, and the order becomes canonical
    /// (numbers and strings ascending, false before true, null and unknown last). All `elements`
    /// must be of type `element`.
    pub fn set(element: Type, elements: impl IntoIterator<Item = Value>) -> Value {
        let mut marks = Marks::NONE;
        let elements = elements.into_iter().map(|e| {
            let (e, m) = e.unmark_deep();
            marks = marks.union(&m);
            e
        });
        let elements = set::canonical(elements.collect());
        Value { kind: Kind::Set(element, elements.into()), marks }
    }

    /// A map. All values must be of type `element`.
    pub fn map<K: Into<Arc<str>>>(element: Type, elements: impl IntoIterator<Item = (K, Value)>) -> Value {
        Kind::Map(element, Arc::new(elements.into_iter().map(|(k, v)| (k.into(), v)).collect())).into()
    }

    /// A tuple.
    pub fn tuple(elements: impl IntoIterator<Item = Value>) -> Value {
        Kind::Tuple(elements.into_iter().collect()).into()
    }

    /// An object.
    pub fn object<K: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Value {
        Kind::Object(Arc::new(attributes.into_iter().map(|(k, v)| (k.into(), v)).collect())).into()
    }

    /// What the value is apart from its marks.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The marks of the value itself, not of what is in it.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The value's type.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(t) | Kind::Unknown(t, _) => t.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(t, _) => Type::list(t.clone()),
            Kind::Set(t, _) => Type::set(t.clone()),
            Kind::Map(t, _) => Type::map(t.clone()),
            Kind::Tuple(vs) => Type::tuple(vs.iter().map(Value::ty)),
            Kind::Object(vs) => Type::object(vs.iter().map(|(k, v)| (k.clone(), v.ty()))),
        }
    }

    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether the value itself is known; what is in it may still be unknown.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(..))
    }

    /// Whether the value and everything in it is known.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown(..) => false,
            Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => vs.iter().all(Value::is_wholly_known),
            Kind::Map(_, vs) | Kind::Object(vs) => vs.values().all(Value::is_wholly_known),
            _ => true,
        }
    }

    /// Whether it is an empty text or collection, false or 0, which Terraform's SDK stores for what is not set.
    pub fn is_zero(&self) -> bool {
        match &self.kind {
            Kind::Bool(b) => !b,
            Kind::Number(n) => n.is_zero(),
            Kind::String(text) => text.is_empty(),
            Kind::List(_, vs) | Kind::Set(_, vs) => vs.is_empty(),
            Kind::Map(_, vs) => vs.is_empty(),
            _ => false,
        }
    }

    /// Whether it is certain that the value is not null.
    pub fn is_definitely_not_null(&self) -> bool {
        match &self.kind {
            Kind::Null(_) => false,
            Kind::Unknown(_, r) => r.as_ref().is_some_and(|r| r.not_null),
            _ => true,
        }
    }

    /// The boolean, when the value is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// The number, when the value is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(n) => Some(n),
            _ => None,
        }
    }

    /// The text, when the value is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(s) => Some(s),
            _ => None,
        }
    }

    /// The elements of a known list, set or tuple.
    pub fn as_slice(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => Some(vs),
            _ => None,
        }
    }

    /// The elements of a known map or the attributes of a known object.
    pub fn as_map(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        match &self.kind {
            Kind::Map(_, vs) | Kind::Object(vs) => Some(vs),
            _ => None,
        }
    }

    /// Attribute `name` of an object: null or unknown when the object is; `None` when its type
    /// has no such attribute. Marks of the object go to the result.
    pub fn attribute(&self, name: &str) -> Option<Value> {
        match &self.kind {
            Kind::Object(vs) => vs.get(name).map(|v| v.with_marks(&self.marks)),
            Kind::Null(t) => t.attribute(name).map(|t| Value::null(t.clone()).with_marks(&self.marks)),
            Kind::Unknown(t, _) => {
                t.attribute(name).map(|t| Value::unknown(t.clone()).with_marks(&self.marks))
            }
            _ => None,
        }
    }

    /// This object or map with `name` set to `value`; anything else is unchanged.
    #[must_use]
    pub fn with_attribute(&self, name: &str, value: Value) -> Value {
        let insert = |vs: &Arc<BTreeMap<Arc<str>, Value>>| {
            let mut vs = vs.clone();
            Arc::make_mut(&mut vs).insert(name.into(), value);
            vs
        };
        let kind = match &self.kind {
            Kind::Object(vs) => Kind::Object(insert(vs)),
            Kind::Map(t, vs) => Kind::Map(t.clone(), insert(vs)),
            other => other.clone(),
        };
        Value { kind, marks: self.marks.clone() }
    }

    /// The same value with `marks` added to its own.
    #[must_use]
    pub fn with_marks(&self, marks: &Marks) -> Value {
        Value { kind: self.kind.clone(), marks: self.marks.union(marks) }
    }

    /// The same value with exactly `marks`, whatever its own were.
    #[must_use]
    pub fn replace_marks(&self, marks: Marks) -> Value {
        Value { kind: self.kind.clone(), marks }
    }

    /// The same value marked sensitive.
    #[must_use]
    pub fn sensitive(&self) -> Value {
        self.with_marks(&Marks::sensitive())
    }

    /// The value without its own marks, and those marks. What is in it keeps its marks.
    pub fn unmark(&self) -> (Value, Marks) {
        (Value { kind: self.kind.clone(), marks: Marks::NONE }, self.marks.clone())
    }

    /// The value without any marks, its own or nested, and all of those together.
    pub fn unmark_deep(&self) -> (Value, Marks) {
        if !self.is_marked_deep() {
            return (self.clone(), Marks::NONE);
        }
        let mut all = Marks::NONE;
        let value = self.map_marks(&mut |_, m| {
            all = all.union(m);
            Marks::NONE
        });
        (value, all)
    }

    /// The value without any marks, and where each mark was. The inverse of
    /// [`Value::mark_paths`].
    pub fn unmark_paths(&self) -> (Value, Vec<(Path, Marks)>) {
        if !self.is_marked_deep() {
            return (self.clone(), Vec::new());
        }
        let mut found = Vec::new();
        let value = self.map_marks(&mut |path, m| {
            if !m.is_empty() {
                found.push((path.clone(), m.clone()));
            }
            Marks::NONE
        });
        (value, found)
    }

    /// The value with marks added at each of these paths. A path into a set marks the set; a
    /// path that leads nowhere is ignored.
    #[must_use]
    pub fn mark_paths(&self, marks: &[(Path, Marks)]) -> Value {
        marks.iter().fold(self.clone(), |value, (path, marks)| value.mark_at(&path.0, marks))
    }

    fn mark_at(&self, steps: &[PathStep], marks: &Marks) -> Value {
        let Some((step, rest)) = steps.split_first() else { return self.with_marks(marks) };
        let in_map = |vs: &Arc<BTreeMap<Arc<str>, Value>>, key: &Arc<str>| {
            let mut vs = vs.clone();
            if let Some(v) = Arc::make_mut(&mut vs).get_mut(key) {
                *v = v.mark_at(rest, marks);
            }
            vs
        };
        let in_slice = |vs: &Arc<[Value]>, index: u64| {
            let mut vs: Vec<Value> = vs.to_vec();
            if let Some(v) = usize::try_from(index).ok().and_then(|i| vs.get_mut(i)) {
                *v = v.mark_at(rest, marks);
            }
            Arc::<[Value]>::from(vs)
        };
        let kind = match (&self.kind, step) {
            (Kind::Object(vs), PathStep::Attribute(k) | PathStep::Key(k)) => Kind::Object(in_map(vs, k)),
            (Kind::Map(t, vs), PathStep::Attribute(k) | PathStep::Key(k)) => {
                Kind::Map(t.clone(), in_map(vs, k))
            }
            (Kind::List(t, vs), PathStep::Index(i)) => Kind::List(t.clone(), in_slice(vs, *i)),
            (Kind::Tuple(vs), PathStep::Index(i)) => Kind::Tuple(in_slice(vs, *i)),
            (Kind::Set(..), _) => return self.with_marks(marks),
            (other, _) => other.clone(),
        };
        Value { kind, marks: self.marks.clone() }
    }

    /// The value with the marks of every nested value, outermost first, replaced by what
    /// `change` makes of them.
    #[must_use]
    pub fn map_marks(&self, change: &mut dyn FnMut(&Path, &Marks) -> Marks) -> Value {
        self.map_marks_at(&Path::root(), change)
    }

    fn map_marks_at(&self, path: &Path, change: &mut dyn FnMut(&Path, &Marks) -> Marks) -> Value {
        let marks = change(path, &self.marks);
        let mut indexed = |vs: &Arc<[Value]>| -> Arc<[Value]> {
            vs.iter()
                .enumerate()
                .map(|(i, v)| v.map_marks_at(&path.then(PathStep::Index(i as u64)), change))
                .collect()
        };
        let kind = match &self.kind {
            Kind::List(t, vs) => Kind::List(t.clone(), indexed(vs)),
            Kind::Tuple(vs) => Kind::Tuple(indexed(vs)),
            Kind::Map(t, vs) => Kind::Map(
                t.clone(),
                Arc::new(
                    vs.iter()
                        .map(|(k, v)| {
                            (k.clone(), v.map_marks_at(&path.then(PathStep::Key(k.clone())), change))
                        })
                        .collect(),
                ),
            ),
            Kind::Object(vs) => Kind::Object(Arc::new(
                vs.iter()
                    .map(|(k, v)| (k.clone(), v.map_marks_at(&path.attribute(k.clone()), change)))
                    .collect(),
            )),
            other => other.clone(),
        };
        Value { kind, marks }
    }

    /// Whether the value or anything in it is marked.
    pub fn is_marked_deep(&self) -> bool {
        self.any_marks(&|m| !m.is_empty())
    }

    /// Whether the marks of the value or of anything in it satisfy `test`.
    pub fn any_marks(&self, test: &dyn Fn(&Marks) -> bool) -> bool {
        test(&self.marks)
            || match &self.kind {
                Kind::List(_, vs) | Kind::Tuple(vs) => vs.iter().any(|v| v.any_marks(test)),
                Kind::Map(_, vs) | Kind::Object(vs) => vs.values().any(|v| v.any_marks(test)),
                _ => false,
            }
    }

    /// The printed addresses of all instances the value or anything in it came from.
    pub fn origins(&self) -> BTreeSet<Arc<str>> {
        let mut found = BTreeSet::new();
        self.collect_origins(&mut found);
        found
    }

    fn collect_origins(&self, found: &mut BTreeSet<Arc<str>>) {
        found.extend(self.marks.origins().cloned());
        match &self.kind {
            Kind::List(_, vs) | Kind::Tuple(vs) => vs.iter().for_each(|v| v.collect_origins(found)),
            Kind::Map(_, vs) | Kind::Object(vs) => vs.values().for_each(|v| v.collect_origins(found)),
            _ => {}
        }
    }

    /// The value that `path` leads to, with the marks met on the way; `None` when it leads
    /// nowhere.
    pub fn at(&self, path: &Path) -> Option<Value> {
        path.0.iter().try_fold(self.clone(), |value, step| match step {
            PathStep::Attribute(k) | PathStep::Key(k) => match &value.kind {
                Kind::Map(_, vs) => vs.get(k).map(|v| v.with_marks(&value.marks)),
                _ => value.attribute(k),
            },
            PathStep::Index(i) => {
                let vs = value.as_slice()?;
                vs.get(usize::try_from(*i).ok()?).map(|v| v.with_marks(&value.marks))
            }
            PathStep::Element(e) => {
                let vs = value.as_slice()?;
                vs.iter().find(|v| *v == &**e).map(|v| v.with_marks(&value.marks))
            }
        })
    }
}

/// The value in the syntax of the language, for debugging and test failures; sensitive values
/// are not redacted.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Null(t) => write!(f, "null({t})")?,
            Kind::Unknown(t, None) => write!(f, "unknown({t})")?,
            Kind::Unknown(t, Some(r)) => write!(f, "unknown({t}, {r:?})")?,
            Kind::Bool(b) => write!(f, "{b}")?,
            Kind::Number(n) => write!(f, "{n}")?,
            Kind::String(s) => write!(f, "{s:?}")?,
            Kind::List(_, vs) => {
                f.write_str("list")?;
                f.debug_list().entries(vs.iter()).finish()?;
            }
            Kind::Set(_, vs) => {
                f.write_str("set")?;
                f.debug_list().entries(vs.iter()).finish()?;
            }
            Kind::Tuple(vs) => f.debug_list().entries(vs.iter()).finish()?,
            Kind::Map(_, vs) => {
                f.write_str("map")?;
                f.debug_map().entries(vs.iter()).finish()?;
            }
            Kind::Object(vs) => f.debug_map().entries(vs.iter()).finish()?,
        }
        if let Some(marks) = self.marks.get() {
            write!(f, "~{marks:?}")?;
        }
        Ok(())
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Kind::Bool(b).into()
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Value {
        Value::string(s)
    }
}

impl From<String> for Value {
    fn from(s: String) -> Value {
        Value::string(s)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Value {
        Value::number(n)
    }
}
