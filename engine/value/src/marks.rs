//! Marks: facts that travel with a value through every expression.

use std::collections::BTreeSet;
use std::sync::Arc;

/// The marks of one value. Empty for most values, and then free of allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Marks(Option<Arc<MarkSet>>);

/// What a value can be marked with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarkSet {
    /// Must not be shown.
    pub sensitive: bool,
    /// Must not be stored.
    pub ephemeral: bool,
    /// Messages of deprecated outputs or variables that the value came from.
    pub deprecated: BTreeSet<Arc<str>>,
    /// Printed addresses of the resource instances whose results the value was made from.
    pub origins: BTreeSet<Arc<str>>,
}

impl Marks {
    /// No marks.
    pub const NONE: Marks = Marks(None);

    /// The marks in `set`.
    pub fn new(set: MarkSet) -> Marks {
        if set == MarkSet::default() { Marks(None) } else { Marks(Some(Arc::new(set))) }
    }

    /// Sensitive and nothing else.
    pub fn sensitive() -> Marks {
        Marks::new(MarkSet { sensitive: true, ..MarkSet::default() })
    }

    /// Ephemeral and nothing else.
    pub fn ephemeral() -> Marks {
        Marks::new(MarkSet { ephemeral: true, ..MarkSet::default() })
    }

    /// Came from the resource instance at `address`.
    pub fn origin(address: impl Into<Arc<str>>) -> Marks {
        Marks::new(MarkSet { origins: [address.into()].into(), ..MarkSet::default() })
    }

    /// Whether there is no mark at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the value must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.0.as_ref().is_some_and(|m| m.sensitive)
    }

    /// Whether the value must not be stored.
    pub fn is_ephemeral(&self) -> bool {
        self.0.as_ref().is_some_and(|m| m.ephemeral)
    }

    /// The full set, when there is any mark.
    pub fn get(&self) -> Option<&MarkSet> {
        self.0.as_deref()
    }

    /// The addresses of the instances the value came from.
    pub fn origins(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter().flat_map(|m| m.origins.iter())
    }

    /// Both sets of marks together.
    pub fn union(&self, other: &Marks) -> Marks {
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) || a == b => self.clone(),
            (Some(a), Some(b)) => Marks(Some(Arc::new(MarkSet {
                sensitive: a.sensitive || b.sensitive,
                ephemeral: a.ephemeral || b.ephemeral,
                deprecated: a.deprecated.union(&b.deprecated).cloned().collect(),
                origins: a.origins.union(&b.origins).cloned().collect(),
            }))),
        }
    }

    /// These marks changed by `change`.
    pub fn with(&self, change: impl FnOnce(&mut MarkSet)) -> Marks {
        let mut set = self.0.as_deref().cloned().unwrap_or_default();
        change(&mut set);
        Marks::new(set)
    }
}
