//! End-to-end tests of the `terrane` program, all in one test program: linking is the slow part.

#![allow(clippy::unwrap_used)]

mod golden;
