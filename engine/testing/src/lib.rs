//! Running the tests of a module: each run of a test file plans, or plans and applies, a module in
//! memory, and what must hold is checked against the results. What was made is destroyed at the end.
//!
//! States are never stored. Nothing here reads files or prints: a [`Host`] loads configurations and
//! providers, and what happens goes out as [`TestEvent`]s.

mod assertion;
mod event;
mod expected;
mod file;
mod mock;
mod prepare;
mod run;
mod scope;
mod target;
mod variables;
mod wave;

pub use event::{CleanUp, Outcome, RunReport, Summary, TestEvent, TestStatus};
pub use file::{Suite, run_tests, unknown_files};

use async_trait::async_trait;
use terrane_apply::Parallelism;
use terrane_config::{Config, Start, TestModule};
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_provider::Providers;
use tokio::sync::watch;

/// Where configurations and providers come from.
#[async_trait(?Send)]
pub trait Host {
    /// Loads a module: the root module or, for a run of a file with a module block, another one.
    fn load(&self, module: Option<RunModule<'_>>, start: Start) -> (Config, Diagnostics);

    /// The providers that a configuration needs.
    async fn providers(&self, config: &Config) -> Result<Providers, (Diagnostics, SourceMap)>;

    /// The time, RFC 3339 in UTC.
    fn now(&self) -> String;

    /// The workspace's name.
    fn workspace(&self) -> String;

    /// The directory that Terrane was started in.
    fn working_dir(&self) -> String;

    /// How many operations a run does at the same time.
    fn parallelism(&self) -> Parallelism;

    /// Becomes true when nothing new is to be begun.
    fn stop(&self) -> watch::Receiver<bool>;
}

/// The module of a run, and which run it is.
#[derive(Clone, Copy, Debug)]
pub struct RunModule<'a> {
    /// The test file.
    pub file: &'a str,
    /// The run.
    pub run: &'a str,
    /// The module.
    pub module: &'a TestModule,
}
