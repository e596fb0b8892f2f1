//! States in services that keep named objects: state, lock and journal by the same rules for all of
//! them. A service brings [`Objects`] and a [`Lock`].

mod journal;
mod lock;
mod objects;
mod state;

pub(crate) use lock::{AllOf, Lock, NoLock, ObjectLock, to_bytes};
pub(crate) use objects::{Condition, Objects, Put};
pub(crate) use state::RemoteState;
