//! What no input may do to the language: one function for each target of the fuzzer.
//!
//! A target takes any bytes, and fails by a panic. The programs in `bin` put one each under
//! libFuzzer; the replaying test gives them what libFuzzer found worth keeping in `corpus`.

mod calls;
mod documents;
mod scope;
mod texts;
mod values;

pub use calls::{decode, functions};
pub use documents::documents;
pub use texts::{expressions, fmt, json, native, templates};

/// A target: any bytes, and a panic when something is wrong.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("native", native),
    ("json", json),
    ("templates", templates),
    ("expressions", expressions),
    ("functions", functions),
    ("decode", decode),
    ("fmt", fmt),
    ("documents", documents),
];
