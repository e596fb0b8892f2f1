//! Scenarios over the fake cloud, one module a subject.
#![allow(clippy::unwrap_used)]

mod basics;
mod conditions;
mod moves;
mod selection;
