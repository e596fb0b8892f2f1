//! Paths: where inside a value something is.

use crate::Value;
use std::fmt;
use std::sync::Arc;

/// Steps from a value to one nested in it; empty for the value itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<PathStep>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// An attribute of an object.
    Attribute(Arc<str>),
    /// An element of a list or tuple by position, counted from zero.
    Index(u64),
    /// An element of a map by key.
    Key(Arc<str>),
    /// An element of a set, which is its own key.
    Element(Box<Value>),
}

impl Path {
    /// The path of the value itself.
    pub fn root() -> Path {
        Path(Vec::new())
    }

    /// This path with one more step.
    #[must_use]
    pub fn then(&self, step: PathStep) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    /// This path to attribute `name` of the object it leads to.
    #[must_use]
    pub fn attribute(&self, name: impl Into<Arc<str>>) -> Path {
        self.then(PathStep::Attribute(name.into()))
    }

    /// Whether `self` is `prefix` or inside of it.
    pub fn starts_with(&self, prefix: &Path) -> bool {
        self.0.starts_with(&prefix.0)
    }
}

/// The path as a user would write it: `tags["Name"]`, `ingress[0].cidr_blocks`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Attribute(name) if i == 0 => f.write_str(name)?,
                PathStep::Attribute(name) => write!(f, ".{name}")?,
                PathStep::Index(n) => write!(f, "[{n}]")?,
                PathStep::Key(key) => write!(f, "[{key:?}]")?,
                PathStep::Element(_) => f.write_str("[...]")?,
            }
        }
        Ok(())
    }
}
