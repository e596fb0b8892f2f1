//! Where state lives: storage, leases, and the journal beside it.
//!
//! A [`StateStorage`] keeps bytes and knows nothing of what is in them; a [`Backend`] has one for
//! each workspace. [`StateManager`] keeps the state of a run on top of one: every change goes to the
//! journal at once, the whole state is saved seldom. [`acquire`] takes the lease that keeps others out
//! meanwhile.

mod argument;
mod aws;
mod azure;
mod backend;
mod consul;
mod encryption;
mod gcs;
mod http_server;
mod journal;
mod kinds;
mod kubernetes;
mod lease;
mod local;
mod pg;
mod refuge;
mod remote;
mod s3;
mod state_manager;
mod storage;
mod surroundings;
mod web;

pub use argument::{Argument, ArgumentKind, ConfigureError, empty};
pub use backend::{Backend, CreateError, DEFAULT_WORKSPACE};
pub use encryption::{
    Cipher, CipherError, Encryption, EncryptionConfig, EncryptionPart, EncryptionTarget, encrypt_backend,
    encrypt_storage, is_encrypted,
};
pub use kinds::{ArgumentsError, arguments, configure, convert_arguments, kinds};
pub use lease::{Lease, LockInfo, Owner, acquire};
pub use local::{Elsewhere, Local};
pub use refuge::Refuge;
pub use state_manager::{OpenError, SaveError, Saved, StateManager};
pub use storage::{LockError, StateStorage, StorageError, Version};
pub use surroundings::Surroundings;
