//! Planning and applying, as the commands that do either share them.

mod apply;
mod approval;
mod generated;
mod history;
mod interrupt;
mod plan;
mod project;
mod settle;
mod sink;
mod snapshot;
mod write_only_key;

pub(crate) use apply::{apply, apply_file};
pub(crate) use generated::{refuse_existing, write_generated, written};
pub(crate) use interrupt::Interrupt;
pub(crate) use plan::{Planned, Planner, plan, plan_with};
pub(crate) use project::{Project, Purpose};
pub(crate) use settle::{How, settle};
pub(crate) use sink::Sink;
pub(crate) use snapshot::{MANIFEST, Snapshot, plain};
