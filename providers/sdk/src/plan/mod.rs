//! Planning: one function for all types, on dynamic values, driven by the schema.
//!
//! The order is that of terraform-plugin-framework: configuration over prior, defaults,
//! write-only values gone; if anything differs, computed values that are not kept become
//! unknown; the custom diff; then which changes need a new object. A change that needs one is
//! planned again as a create. A plan without any difference is the prior object exactly.

mod context;
mod merge;
mod replace;

pub use context::PlanContext;

use crate::spec::BlockSpec;
use merge::{Computing, merge};
use terrane_diagnostics::Diagnostics;
use terrane_value::{Path, Value};

/// The block of timeouts, whose changes alone change nothing.
pub(crate) const TIMEOUTS: &str = "timeouts";

/// What to plan.
pub(crate) struct Change<'a, C> {
    pub(crate) type_name: &'a str,
    pub(crate) spec: &'a BlockSpec,
    pub(crate) client: &'a C,
    /// The custom diffs, of the type and of the provider.
    pub(crate) custom: &'a dyn Fn(&mut PlanContext<'_, C>),
    /// The object as it is; null when it is to be created.
    pub(crate) prior: &'a Value,
    /// The configuration; null when the object is to be deleted.
    pub(crate) config: &'a Value,
}

/// A planned object.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it will be.
    pub planned: Value,
    /// Attributes whose change needs a new object.
    pub replace: Vec<Path>,
    /// Problems.
    pub diagnostics: Diagnostics,
}

/// Plans a change.
pub(crate) fn plan<C>(change: &Change<'_, C>) -> Planned {
    if change.config.is_null() {
        return Planned {
            planned: Value::null(change.prior.ty()),
            replace: Vec::new(),
            diagnostics: Diagnostics::new(),
        };
    }
    let mut planned = plan_once(change, change.prior);
    if !planned.replace.is_empty() {
        let created = plan_once(change, &Value::NULL);
        planned.planned = created.planned;
        planned.diagnostics.append(created.diagnostics);
    }
    planned
}

/// A configuration of a data source with its defaults; what is to be computed is unknown.
pub(crate) fn with_defaults(spec: &BlockSpec, config: &Value) -> Value {
    merge(spec, &Value::NULL, config, Computing::Again)
}

fn plan_once<C>(change: &Change<'_, C>, prior: &Value) -> Planned {
    let Change { spec, config, .. } = *change;
    let mut planned = merge(spec, prior, config, Computing::Keep);
    if !prior.is_null() {
        planned = if differs(spec, prior, &planned) {
            merge(spec, prior, config, Computing::Again)
        } else {
            prior.clone()
        };
    }
    let mut cx = PlanContext::new(change.type_name, change.client, prior, config, planned);
    (change.custom)(&mut cx);
    let (planned, mut replace, diagnostics) = cx.finish();
    if !prior.is_null() {
        replace::paths(spec, &Path::root(), prior, &planned, &mut replace);
        replace.sort();
        replace.dedup();
    } else {
        replace.clear();
    }
    Planned { planned, replace, diagnostics }
}

fn differs(spec: &BlockSpec, prior: &Value, planned: &Value) -> bool {
    if !spec.blocks.contains_key(TIMEOUTS) {
        return prior != planned;
    }
    let timeouts = prior.attribute(TIMEOUTS).unwrap_or(Value::NULL);
    *prior != planned.with_attribute(TIMEOUTS, timeouts)
}
