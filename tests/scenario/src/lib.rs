//! Scenarios: configurations planned and applied in this process, step by step, against a cloud
//! in memory.
//!
//! A [`World`] is a directory of files, a state, and the provider `fake`, whose objects live in
//! a [`Cloud`]. Every plan goes through a plan file and every state through a state file, so that
//! what a later run needs and nothing stores is missed. The cloud tells what was asked of it, and
//! fails where a test wants it to.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cloud;
mod schema;
mod world;

pub use cloud::{Cloud, CloudObject, Late};
pub use schema::cloud_schema;
pub use world::{Made, World, texts};
