//! Native syntax, JSON syntax and the formatter, seen from outside.
#![allow(clippy::unwrap_used)]

mod content;
mod expressions;
mod files;
mod fmt;
mod json;
mod mutation;
mod readers;
mod robust;
mod show;
