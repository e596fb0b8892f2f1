//! What happens while tests run, for those who show it.

use std::sync::Arc;
use std::time::Duration;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_plan::Plan;
use terrane_provider::Schemas;
use terrane_state::State;

/// How a run, a file or everything turned out, from good to bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestStatus {
    /// It was not run.
    #[default]
    Skip,
    /// All held.
    Pass,
    /// An assertion did not hold.
    Fail,
    /// Something went wrong.
    Error,
}

impl TestStatus {
    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            TestStatus::Skip => "skip",
            TestStatus::Pass => "pass",
            TestStatus::Fail => "fail",
            TestStatus::Error => "error",
        }
    }
}

/// Something that happened.
pub enum TestEvent<'a> {
    /// Tests were found: files, and the runs of each.
    Found(&'a [(String, Vec<Arc<str>>)]),
    /// The runs of a file begin.
    FileStarted {
        /// The file.
        file: &'a str,
    },
    /// A run begins.
    RunStarted {
        /// The file.
        file: &'a str,
        /// The run.
        run: &'a str,
    },
    /// A run is over, or was skipped.
    RunDone {
        /// The file.
        file: &'a str,
        /// The run.
        run: &'a RunReport,
    },
    /// What the runs of a file made is about to be destroyed.
    TearDown {
        /// The file.
        file: &'a str,
    },
    /// What a run made is destroyed.
    RunTearDown {
        /// The file.
        file: &'a str,
        /// The run.
        run: &'a str,
    },
    /// What a run made was destroyed, or could not be.
    CleanedUp {
        /// The file.
        file: &'a str,
        /// What happened.
        report: &'a CleanUp,
    },
    /// A file is done.
    FileDone {
        /// The file.
        file: &'a str,
        /// How it turned out.
        status: TestStatus,
    },
    /// Problems with what a file says for all its runs.
    FileProblems {
        /// The file.
        file: &'a str,
        /// Problems.
        diagnostics: &'a Diagnostics,
        /// Source files that these point into.
        sources: &'a SourceMap,
    },
    /// Nothing more will be run, since somebody asked to stop.
    Interrupted,
    /// All is done.
    Summary(&'a Summary),
}

/// What came of a run.
#[derive(Clone, Default)]
pub struct RunReport {
    /// The name.
    pub name: Arc<str>,
    /// How it turned out.
    pub status: TestStatus,
    /// Problems.
    pub diagnostics: Diagnostics,
    /// Source files that these point into.
    pub sources: Arc<SourceMap>,
    /// When it began, RFC 3339 in UTC; `None` when it was skipped.
    pub began: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it was skipped.
    pub skipped: Option<String>,
    /// What there was to see at its end.
    pub outcome: Option<Arc<Outcome>>,
}

/// What there is to see at the end of a run.
pub struct Outcome {
    /// The plan, of a run that plans.
    pub plan: Option<Plan>,
    /// The state, of a run that applies.
    pub state: Option<State>,
    /// The schemas of its objects.
    pub schemas: Schemas,
    /// The configuration that was run.
    pub config: terrane_config::Config,
}

/// What came of cleaning up.
#[derive(Clone, Default)]
pub struct CleanUp {
    /// The last run that used the state.
    pub run: Arc<str>,
    /// Problems.
    pub diagnostics: Diagnostics,
    /// Source files that these point into.
    pub sources: Arc<SourceMap>,
    /// What is left: addresses, with the key of a deposed object.
    pub left: Vec<(String, Option<Arc<str>>)>,
}

/// How many runs turned out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The worst of all.
    pub status: TestStatus,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many could not be brought to an end.
    pub errored: usize,
    /// How many were not run.
    pub skipped: usize,
}

impl Summary {
    /// Counts a run.
    pub fn count(&mut self, status: TestStatus) {
        let counter = match status {
            TestStatus::Skip => &mut self.skipped,
            TestStatus::Pass => &mut self.passed,
            TestStatus::Fail => &mut self.failed,
            TestStatus::Error => &mut self.errored,
        };
        *counter += 1;
    }
}
