//! Applying: a bounded run of a plan's execution graph, which decides nothing that the plan has
//! decided.
//!
//! Every provider call is journaled before and after through a [`Recorder`]; dependents start
//! only when the outcome is durable. Configuration that was unknown while planning is evaluated
//! again with real results, and every final object is checked against what the plan promised.

mod conclusion;
mod ephemeral;
mod kept;
mod lanes;
mod operation;
mod provision;
mod recorder;
mod run;
mod schedule;
mod settle;
mod start;
mod touched;
mod withheld;

pub use lanes::Parallelism;
pub use recorder::{RecordError, Recorder};
pub use run::{Applied, ApplyInputs, apply};
pub use settle::{Finding, Settled, SettledOperation, arriving, settle};
