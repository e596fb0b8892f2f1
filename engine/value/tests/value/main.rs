//! Tests of values, types and their operations, through the public interface.
#![allow(clippy::unwrap_used)]

mod numbers;
