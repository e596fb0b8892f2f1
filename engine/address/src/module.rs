//! Modules and their instances.

use std::fmt;
use std::sync::Arc;

/// Which instance of a module call or resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    /// The only one, when there is neither `count` nor `for_each`.
    #[default]
    None,
    /// By `count`, from zero.
    Int(u64),
    /// By `for_each`.
    String(Arc<str>),
}

/// A module call in the configuration, by the names of the calls that lead to it; empty for
/// the root module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(pub Arc<[Arc<str>]>);

/// One call on the way to a module instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleStep {
    /// The name of the call.
    pub name: Arc<str>,
    /// Which instance of it.
    pub key: InstanceKey,
}

/// A module instance; empty for the root module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleInstance(pub Arc<[ModuleStep]>);

impl ModulePath {
    /// The root module.
    pub fn root() -> ModulePath {
        ModulePath::default()
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The module called `name` in this one.
    #[must_use]
    pub fn child(&self, name: impl Into<Arc<str>>) -> ModulePath {
        ModulePath(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// The calling module and the call's name; `None` for the root module.
    pub fn split(&self) -> Option<(ModulePath, &Arc<str>)> {
        let (last, rest) = self.0.split_last()?;
        Some((ModulePath(rest.into()), last))
    }
}

impl ModuleInstance {
    /// The root module.
    pub fn root() -> ModuleInstance {
        ModuleInstance::default()
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Instance `key` of the module called `name` in this one.
    #[must_use]
    pub fn child(&self, name: impl Into<Arc<str>>, key: InstanceKey) -> ModuleInstance {
        ModuleInstance(self.0.iter().cloned().chain([ModuleStep { name: name.into(), key }]).collect())
    }

    /// The calling module instance and the last step; `None` for the root module.
    pub fn split(&self) -> Option<(ModuleInstance, &ModuleStep)> {
        let (last, rest) = self.0.split_last()?;
        Some((ModuleInstance(rest.into()), last))
    }

    /// The call in the configuration.
    pub fn path(&self) -> ModulePath {
        ModulePath(self.0.iter().map(|s| s.name.clone()).collect())
    }

    /// Whether `self` is `ancestor` or inside of it.
    pub fn is_within(&self, ancestor: &ModuleInstance) -> bool {
        self.0.starts_with(&ancestor.0)
    }
}

/// `[0]`, `["a"]`, or nothing.
impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::None => Ok(()),
            InstanceKey::Int(n) => write!(f, "[{n}]"),
            InstanceKey::String(s) => {
                f.write_str("[\"")?;
                let mut rest = s.chars().peekable();
                while let Some(c) = rest.next() {
                    match c {
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        '$' | '%' if rest.peek() == Some(&'{') => write!(f, "{c}{c}")?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("\"]")
            }
        }
    }
}

/// `module.a.module.b`, or nothing for the root module.
impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            write!(f, "{}module.{name}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

/// `module.a[0].module.b`, or nothing for the root module.
impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            write!(f, "{}module.{}{}", if i > 0 { "." } else { "" }, step.name, step.key)?;
        }
        Ok(())
    }
}
