//! Planning: from desired instances and prior state to changes, and from changes to the
//! execution graph.
//!
//! No I/O but through providers; nothing is printed here: what happens goes out as [`Event`]s,
//! the result is a [`Plan`].

mod event;
mod model;

pub use event::{Event, Events};
pub use model::{
    Action, ActionReason, ChangeKind, CheckResult, CheckStatus, Counts, OutputChange, Plan, PlanMode,
    ResourceChange,
};
