//! Planning: from desired instances and prior state to changes, and from changes to the
//! execution graph.
//!
//! No I/O but through providers; nothing is printed here: what happens goes out as [`Event`]s,
//! the result is a [`Plan`].

mod access;
mod board;
mod change;
mod checks;
mod deletions;
mod dependencies;
mod drift;
mod driver;
mod ephemeral;
mod event;
mod execution;
mod file;
mod generate;
mod ignore;
mod kept;
mod model;
mod moves;
mod objects;
mod open;
mod options;
mod order;
mod outputs;
mod planned_deletions;
mod planner;
mod refresh;
mod selection;
mod validate;
mod write_only;

pub use access::{AccessChange, Turn, access_changes};
pub use checks::{KnownFailures, check_around, check_results, read_failure, stored_checks, unknown_checks};
pub use dependencies::StaticDependencies;
pub use driver::conclusions;
pub use event::{EphemeralStep, Event, Events};
pub use execution::{ExecutionGraph, Operation, execution_graph};
pub use file::{PlanFile, PlanFileError};
pub use generate::{generated_import, generated_resource};
pub use ignore::with_ignored;
pub use kept::{kept_provider, last_provider_config};
pub use model::{
    Action, ActionReason, ChangeKind, CheckResult, CheckStatus, Counts, DeferredPart, OutputChange, Plan,
    PlanMode, ResourceChange,
};
pub use objects::{decode_object, encode_object, mark_object, object_id};
pub use open::{OpenResource, OpenResources, mark_opened};
pub use options::{PlanInputs, PlanOptions};
pub use planner::plan;
pub use refresh::{PriorObject, RefreshGroup, RefreshGroups, Refreshed, refresh_group};
pub use selection::Selection;
pub use validate::validate;
pub use write_only::{WriteOnlyChanges, WriteOnlyKey, write_only_values};
