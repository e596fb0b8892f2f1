//! What commands are pointed at: everything in a module, a resource, or one instance.

use crate::{AddressError, InstanceKey, ModuleInstance, ModuleStep, ResourceInstance};
use std::fmt;
use std::str::FromStr;

/// An address given to a command. Where a key is left out, all instances are meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// Everything in a module, and in the modules that it calls.
    Module(ModuleInstance),
    /// A resource or an instance of it.
    Resource(ResourceInstance),
}

impl Target {
    /// Whether `instance` is meant.
    pub fn contains(&self, instance: &ResourceInstance) -> bool {
        let same_key =
            |wanted: &InstanceKey, key: &InstanceKey| *wanted == InstanceKey::None || wanted == key;
        let same_step = |a: &ModuleStep, b: &ModuleStep| a.name == b.name && same_key(&a.key, &b.key);
        let within = |module: &ModuleInstance, exactly: bool| {
            let (wanted, actual) = (&module.0, &instance.module.0);
            (if exactly { wanted.len() == actual.len() } else { wanted.len() <= actual.len() })
                && wanted.iter().zip(actual.iter()).all(|(a, b)| same_step(a, b))
        };
        match self {
            Target::Module(module) => within(module, false),
            Target::Resource(wanted) => {
                within(&wanted.module, true)
                    && wanted.resource == instance.resource
                    && same_key(&wanted.key, &instance.key)
            }
        }
    }
}

impl FromStr for Target {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Target, AddressError> {
        match (text.parse(), text.parse::<ModuleInstance>()) {
            (Ok(resource), _) => Ok(Target::Resource(resource)),
            (Err(_), Ok(module)) if !module.is_root() => Ok(Target::Module(module)),
            (Err(error), _) => Err(error),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Module(module) => module.fmt(f),
            Target::Resource(resource) => resource.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_contain_what_they_name() {
        for (target, instance, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.b[0]", true),
            ("a.b[0]", "a.b[0]", true),
            ("a.b[0]", "a.b[1]", false),
            ("a.b", "data.a.b", false),
            ("a.b", "module.m.a.b", false),
            ("module.m", "a.b", false),
            ("module.m", "module.m.a.b", true),
            ("module.m", "module.m[\"k\"].module.n.a.b[1]", true),
            ("module.m[\"k\"]", "module.m[\"l\"].a.b", false),
            ("module.m.module.n", "module.m.a.b", false),
            ("module.m.a.b", "module.m[2].a.b", true),
            ("module.m.a.b", "module.m.module.n.a.b", false),
        ] {
            let parsed: Target = target.parse().expect(target);
            assert_eq!(parsed.to_string(), target);
            assert_eq!(parsed.contains(&instance.parse().expect(instance)), expected, "{target} {instance}");
        }
        for bad in ["", "a", "module", "module.", "a..b"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }
}
