//! State: what Terrane knows of the objects it manages, in format version 4, and the journal of
//! changes on the way to the next save.
//!
//! No I/O: `backend` stores the bytes.

mod document;
mod journal;
mod kept;
mod model;
mod v4;
mod write;

pub use document::Document;
pub use journal::{
    InFlight, JournalEntry, JournalError, Operation, Replayed, entries_since, read_journal, replay,
};
pub use kept::{Kept, KeptProvider, KeptWriteOnly};
pub use model::{InstanceState, Object, ObjectStatus, OutputState, ResourceState, State};
pub use v4::{StateError, TERRAFORM_VERSION, from_json, to_json};
pub use write::StateWrite;
