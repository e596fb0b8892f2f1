//! What has been worked out already.

use crate::Expansion;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use terrane_address::{InstanceKey, ModuleInstance, Resource, ResourceInstance};
use terrane_config::ProviderRefKey;
use terrane_diagnostics::Diagnostics;
use terrane_value::Value;

/// A finished value, or the problems that leave it without one.
pub(crate) type Finished = Result<Value, Diagnostics>;

/// Something named in a module that has a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    Variable(Arc<str>),
    Local(Arc<str>),
    Output(Arc<str>),
}

/// What is known of one module instance.
#[derive(Default)]
pub(crate) struct ModuleMemo {
    pub(crate) values: RefCell<HashMap<Named, Finished>>,
    pub(crate) calls: RefCell<HashMap<Arc<str>, Rc<Expansion>>>,
    pub(crate) resources: RefCell<HashMap<Resource, ResourceMemo>>,
    /// The instances of provider configurations with `for_each`, by local name and alias.
    pub(crate) providers: RefCell<HashMap<ProviderRefKey, Rc<Expansion>>>,
    /// What is being worked out right now, to notice names that mean each other.
    pub(crate) active: RefCell<HashSet<Named>>,
}

/// What is known of one resource in one module instance.
#[derive(Default)]
pub(crate) struct ResourceMemo {
    pub(crate) expansion: Option<Rc<Expansion>>,
    pub(crate) results: BTreeMap<InstanceKey, Value>,
    /// The value of the resource as a whole, once all results are in.
    pub(crate) whole: Option<Value>,
}

/// All that is known.
#[derive(Default)]
pub(crate) struct Memo {
    modules: RefCell<HashMap<ModuleInstance, Rc<ModuleMemo>>>,
}

impl Memo {
    pub(crate) fn module(&self, module: &ModuleInstance) -> Rc<ModuleMemo> {
        if let Some(found) = self.modules.borrow().get(module) {
            return found.clone();
        }
        self.modules.borrow_mut().entry(module.clone()).or_default().clone()
    }

    pub(crate) fn deliver(&self, address: &ResourceInstance, value: Value) {
        let memo = self.module(&address.module);
        let mut resources = memo.resources.borrow_mut();
        let resource = resources.entry(address.resource.clone()).or_default();
        resource.results.insert(address.key.clone(), value);
        resource.whole = None;
    }

    pub(crate) fn result(&self, address: &ResourceInstance) -> Option<Value> {
        let memo = self.module(&address.module);
        let resources = memo.resources.borrow();
        resources.get(&address.resource)?.results.get(&address.key).cloned()
    }
}
