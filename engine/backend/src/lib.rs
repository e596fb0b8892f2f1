//! Where state lives: storage, leases, and the journal beside it.
//!
//! A [`StateStorage`] keeps bytes and knows nothing of what is in them. [`StateManager`] keeps
//! the state of a run on top of one: every change goes to the journal at once, the whole state
//! is saved seldom. [`acquire`] takes the lease that keeps others out meanwhile.

mod journal;
mod lease;
mod local;
mod state_manager;
mod storage;

pub use lease::{Lease, LockInfo, Owner, acquire};
pub use local::{Local, workspaces};
pub use state_manager::{OpenError, SaveError, Saved, StateManager};
pub use storage::{LockError, StateStorage, StorageError, Version};
