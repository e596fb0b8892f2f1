//! Configurations in Markdown, one file a topic, and what is said of each when it is validated.
//!
//! A block of HCL is a configuration. A comment at the end of a line says what starts there,
//! `# error: Summary` or `# warning: Summary`; `# error nowhere: Summary` is a problem without a
//! place. What is not announced must not be said. A line `--- NAME` starts another file. Sources of
//! modules must be constants here: the program works them out, and its tests are about that.
#![allow(clippy::unwrap_used)]

mod case;
mod directory;

pub use case::{Case, Problem, cases};
