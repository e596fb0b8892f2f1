//! What the commands of `cargo xtask` and the end-to-end tests share: where things are, the
//! Python environment, and the local AWS endpoint. It uses the standard library alone, so that
//! `cargo xtask` starts at once on a fresh machine, and knows nothing of Terrane's own crates.

pub mod book;
pub mod moto;
pub mod notes;
pub mod postgres;
pub mod python;
pub mod workspace;

/// What went wrong, as a sentence for the person at the terminal.
pub type Failure = String;
