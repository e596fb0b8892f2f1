//! End-to-end tests of the `terrane` program, all in one test program: linking is the slow part.

#![allow(clippy::unwrap_used)]

mod access;
mod book;
mod command_line;
mod crash;
mod credentials;
mod drift;
mod encryption;
mod families;
mod faults;
mod fleet;
mod foreign_plugin;
mod from_terraform;
mod golden;
mod google;
mod google_audit;
mod google_drift;
mod google_gke;
mod google_queries;
mod google_sites;
mod in_use;
mod interchange;
mod interrupt;
mod invariants;
mod many_resources;
mod modules;
mod plugin_development;
mod plugin_faults;
mod plugins;
mod queries;
mod quickstart;
mod request_counts;
mod s3;
mod tidy;
mod untried;
