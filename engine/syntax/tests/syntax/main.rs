//! Native syntax, JSON syntax and the formatter, seen from outside.
#![allow(clippy::unwrap_used)]

mod expressions;
mod files;
mod show;
