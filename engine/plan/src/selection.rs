//! Which part of everything an operation is about: `-target` and `-exclude`.

use std::collections::{BTreeSet, HashSet};
use terrane_address::{
    ConfigResource, ModuleInstance, ModuleStep, ResourceAddress, ResourceInstance, Target,
};
use terrane_state::State;

/// A part of everything, exact to the instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Everything.
    #[default]
    All,
    /// What is named, and what it depends on.
    Only(Vec<Target>),
    /// All but what is named, and what depends on it.
    AllBut(Vec<Target>),
}

impl Selection {
    /// Whether everything is selected.
    pub fn is_all(&self) -> bool {
        *self == Selection::All
    }

    /// Whether `instance` is selected for its own sake.
    pub(crate) fn names(&self, instance: &ResourceInstance) -> bool {
        match self {
            Selection::All => true,
            Selection::Only(targets) => targets.iter().any(|t| t.contains(instance)),
            Selection::AllBut(targets) => !targets.iter().any(|t| t.contains(instance)),
        }
    }

    /// Whether some instance of `resource` may be selected for its own sake.
    pub(crate) fn may_name(&self, resource: &ResourceAddress) -> bool {
        let Selection::Only(targets) = self else { return true };
        targets.iter().any(|target| match target {
            Target::Module(module) => leads_to(&module.0, &resource.module.0),
            Target::Resource(wanted) => {
                wanted.resource == resource.resource
                    && wanted.module.0.len() == resource.module.0.len()
                    && leads_to(&wanted.module.0, &resource.module.0)
            }
        })
    }

    /// Whether something in the instances of the call `name` in `caller` may be selected for its own
    /// sake.
    pub(crate) fn may_enter(&self, caller: &ModuleInstance, name: &str) -> bool {
        let Selection::Only(targets) = self else { return true };
        targets.iter().any(|target| {
            let wanted = match target {
                Target::Module(module) => &module.0,
                Target::Resource(resource) => &resource.module.0,
            };
            let depth = caller.0.len();
            let inside = matches!(target, Target::Module(_)) && leads_to(wanted, &caller.0);
            inside
                || (leads_to(wanted.get(..depth).unwrap_or(&[]), &caller.0)
                    && wanted.get(depth).is_some_and(|step| &*step.name == name))
        })
    }

    /// The objects in `state` that a destruction is about: those named with all that depends on
    /// them, or all but those named and what these depend on.
    pub(crate) fn to_destroy(&self, state: &State) -> HashSet<ResourceInstance> {
        let all = || state.instances().map(|(address, ..)| address);
        match self {
            Selection::All => all().collect(),
            Selection::Only(_) => {
                let mut gone: BTreeSet<ConfigResource> =
                    all().filter(|a| self.names(a)).map(|a| a.config()).collect();
                let named = gone.clone();
                loop {
                    let before = gone.len();
                    for (address, _, instance) in state.instances() {
                        let objects = instance.current.iter().chain(instance.deposed.values());
                        if objects.flat_map(|o| &o.dependencies).any(|d| gone.contains(d)) {
                            gone.insert(address.config());
                        }
                    }
                    if gone.len() == before {
                        break;
                    }
                }
                all()
                    .filter(|a| {
                        let config = a.config();
                        if named.contains(&config) { self.names(a) } else { gone.contains(&config) }
                    })
                    .collect()
            }
            Selection::AllBut(_) => {
                let kept = self.needed_by_excluded(state);
                all().filter(|a| self.names(a) && !kept.contains(&a.config())).collect()
            }
        }
    }

    /// The resources that excluded objects in `state` depend on, directly or through others: they
    /// must outlive them.
    pub(crate) fn needed_by_excluded(&self, state: &State) -> BTreeSet<ConfigResource> {
        let mut kept = BTreeSet::new();
        if !matches!(self, Selection::AllBut(_)) {
            return kept;
        }
        loop {
            let before = kept.len();
            for (address, _, instance) in state.instances() {
                if !self.names(&address) || kept.contains(&address.config()) {
                    let objects = instance.current.iter().chain(instance.deposed.values());
                    kept.extend(objects.flat_map(|o| o.dependencies.iter().cloned()));
                }
            }
            if kept.len() == before {
                return kept;
            }
        }
    }
}

/// Whether `module` is the one at `wanted` or inside it; a key that is left out means all.
fn leads_to(wanted: &[ModuleStep], module: &[ModuleStep]) -> bool {
    let same = |w: &ModuleStep, m: &ModuleStep| {
        w.name == m.name && (w.key == terrane_address::InstanceKey::None || w.key == m.key)
    };
    wanted.len() <= module.len() && wanted.iter().zip(module).all(|(w, m)| same(w, m))
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn modules_are_entered_only_on_the_way_to_a_target() {
        let only = |text: &str| Selection::Only(vec![text.parse().expect(text)]);
        for (target, caller, call, entered) in [
            ("module.m", "", "m", true),
            ("module.m", "", "n", false),
            ("module.m[0].a.b", "", "m", true),
            ("module.m.module.n.a.b", "module.m[1]", "n", true),
            ("module.m[0].module.n.a.b", "module.m[1]", "n", false),
            ("module.m", "module.m[1]", "anything", true),
            ("a.b", "", "m", false),
        ] {
            let caller = caller.parse().unwrap_or_else(|_| terrane_address::ModuleInstance::root());
            assert_eq!(only(target).may_enter(&caller, call), entered, "{target} {caller} {call}");
        }
        for (target, instance, named) in [
            ("module.m", "module.m[0].a.b", true),
            ("a.b[1]", "a.b[0]", true),
            ("a.b", "module.m.a.b", false),
        ] {
            let instance: terrane_address::ResourceInstance = instance.parse().expect(instance);
            assert_eq!(only(target).may_name(&instance.resource_address()), named, "{target} {instance}");
        }
    }
}
