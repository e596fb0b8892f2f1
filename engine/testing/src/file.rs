//! The tests of a module, file by file: the runs of a file one after the other, or beside each other where
//! they may, on states that live as long as the file.

use crate::event::{CleanUp, RunReport, Summary, TestEvent, TestStatus};
use crate::prepare::{run_providers, stand_in};
use crate::run::{Done, Prepared};
use crate::scope::Surroundings;
use crate::target::Targets;
use crate::variables::{add_file_values, given_values, run_values};
use crate::wave::waves;
use crate::{Host, RunModule};
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use terrane_address::Mode;
use terrane_config::{Config, Start, TestFile, TestRun};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_evaluate::RawVariable;
use terrane_state::State;

/// What is to be run.
pub struct Suite {
    /// The test files, in order.
    pub files: Vec<TestFile>,
    /// What their spans point into.
    pub sources: SourceMap,
    /// Values for variables of the root module that were given from outside.
    pub given: BTreeMap<Arc<str>, RawVariable>,
    /// Those that were given to the files in the directory of tests only. They come before the others.
    pub given_to_tests: BTreeMap<Arc<str>, RawVariable>,
    /// Whether what the runs made stays (`-no-cleanup`).
    pub keep: bool,
}

/// The state that runs share, and the last of them with what it worked with.
struct Shared {
    state: State,
    last: (Arc<str>, Arc<Prepared>),
}

/// What came of a run, the sources of its problems, and what it worked with.
struct One {
    done: Done,
    sources: SourceMap,
    prepared: Option<Arc<Prepared>>,
}

/// The runs of one file.
struct FileRun<'a> {
    host: &'a dyn Host,
    suite: &'a Suite,
    file: &'a TestFile,
    /// What the suite gives to it.
    given: BTreeMap<Arc<str>, RawVariable>,
    around: Surroundings,
    targets: Targets,
    states: BTreeMap<String, Shared>,
    /// The keys of the states, the one that was used last at the end.
    order: Vec<String>,
}

/// Runs everything in a suite. Gives how it turned out, which was also told as an event.
pub async fn run_tests(host: &dyn Host, suite: &Suite, tell: &dyn Fn(TestEvent<'_>)) -> Summary {
    let names = |file: &TestFile| file.runs.iter().map(|run| run.name.clone()).collect();
    let found: Vec<(String, Vec<Arc<str>>)> =
        suite.files.iter().map(|file| (file.name.clone(), names(file))).collect();
    tell(TestEvent::Found(&found));
    let mut summary = Summary { status: TestStatus::Pass, ..Summary::default() };
    for file in &suite.files {
        let name = file.name.as_str();
        tell(TestEvent::FileStarted { file: name });
        let mut running = FileRun::new(host, suite, file);
        let (statuses, interrupted) = running.all(tell).await;
        tell(TestEvent::TearDown { file: name });
        let clean = running.clean_up(tell).await;
        let mut status = statuses.iter().copied().max().unwrap_or(TestStatus::Pass);
        if !clean {
            status = TestStatus::Error;
        }
        statuses.iter().for_each(|status| summary.count(*status));
        summary.status = summary.status.max(status);
        tell(TestEvent::FileDone { file: name, status });
        let diagnostics = running.targets.missing(file);
        if !diagnostics.is_empty() {
            tell(TestEvent::FileProblems { file: name, diagnostics: &diagnostics, sources: &suite.sources });
        }
        if interrupted {
            tell(TestEvent::Interrupted);
            summary.status = TestStatus::Error;
            break;
        }
    }
    tell(TestEvent::Summary(&summary));
    summary
}

impl<'a> FileRun<'a> {
    fn new(host: &'a dyn Host, suite: &'a Suite, file: &'a TestFile) -> FileRun<'a> {
        let around = Surroundings::new(file);
        let mut given = suite.given.clone();
        if file.is_in_directory() {
            given.extend(suite.given_to_tests.clone());
        }
        FileRun {
            host,
            suite,
            file,
            given,
            around,
            targets: Targets::default(),
            states: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// Does all runs. Gives how each turned out, and whether somebody asked to stop.
    async fn all(&mut self, tell: &dyn Fn(TestEvent<'_>)) -> (Vec<TestStatus>, bool) {
        let mut sources = self.suite.sources.clone();
        let start = Start { sources: sources.clone(), ..Start::default() };
        let (root, _) = self.host.load(None, start);
        self.around.variables = given_values(&root, self.file, &self.given, &mut sources);
        let mut statuses = Vec::new();
        let mut skip: Option<String> = None;
        let mut interrupted = false;
        let name = self.file.name.as_str();
        for wave in waves(self.file) {
            if *self.host.stop().borrow() && !interrupted {
                interrupted = true;
                skip = Some("The tests were interrupted before this run".into());
            }
            if let Some(why) = &skip {
                for run in wave {
                    let skipped = Some(why.clone());
                    let report = RunReport { name: run.name.clone(), skipped, ..RunReport::default() };
                    statuses.push(report.status);
                    tell(TestEvent::RunDone { file: name, run: &report });
                }
                continue;
            }
            add_file_values(self.file, &mut self.around);
            let begun: Vec<_> = (wave.iter())
                .map(|run| {
                    tell(TestEvent::RunStarted { file: name, run: &run.name });
                    (self.host.now(), Instant::now(), self.state_of(run))
                })
                .collect();
            let shared = &*self;
            let all = wave.iter().zip(begun).map(async |(run, (began, clock, state))| {
                let one = shared.one(run, state).await;
                (one, began, clock.elapsed())
            });
            // In the order of the file, whatever came first.
            let done = join_all(all).await;
            for (run, (One { mut done, sources, prepared }, began, elapsed)) in wave.into_iter().zip(done) {
                self.keep(run, &mut done, prepared);
                let report = RunReport {
                    name: run.name.clone(),
                    status: done.status,
                    diagnostics: done.problems,
                    sources: Arc::new(sources),
                    began: Some(began),
                    elapsed,
                    skipped: None,
                    outcome: done.outcome,
                };
                statuses.push(report.status);
                if report.status == TestStatus::Error && skip.is_none() {
                    let why = "ended in error, which caused the remaining tests in the file to be skipped";
                    skip = Some(format!("Previous testcase {:?} {why}", &*run.name));
                }
                tell(TestEvent::RunDone { file: name, run: &report });
            }
        }
        interrupted |= *self.host.stop().borrow();
        (statuses, interrupted)
    }

    /// The state that a run begins with.
    fn state_of(&self, run: &TestRun) -> State {
        self.states.get(&state_key(run)).map(|shared| shared.state.clone()).unwrap_or_default()
    }

    /// Keeps what a run left for those after it.
    fn keep(&mut self, run: &TestRun, done: &mut Done, prepared: Option<Arc<Prepared>>) {
        if let (Some(state), Some(prepared)) = (done.state.take(), prepared) {
            let key = state_key(run);
            self.order.retain(|other| *other != key);
            self.order.push(key.clone());
            self.states.insert(key, Shared { state, last: (run.name.clone(), prepared) });
        }
        if let Some(outputs) = done.outputs.take() {
            self.around.runs.insert(run.name.clone(), outputs);
        }
    }

    /// Does one run.
    async fn one(&self, run: &TestRun, state: State) -> One {
        let failed = |problems: Diagnostics, sources| One {
            done: Done { status: TestStatus::Error, problems, ..Done::default() },
            sources,
            prepared: None,
        };
        let (config, mut problems, values) = self.load(run);
        let (mut config, (given, more)) = (config, run_providers(self.file, run));
        problems.append(more);
        if problems.has_errors() {
            return failed(problems, config.sources);
        }
        problems.append(self.targets.look(self.file, run, &config));
        let mut providers = match self.host.providers(&config).await {
            Ok(providers) => providers,
            Err((more, sources)) => {
                let known = config.sources.get(terrane_diagnostics::FileId(0)).is_some();
                problems.append(more);
                return failed(problems, if known { config.sources } else { sources });
            }
        };
        let mut around = self.around.clone();
        around.variables.extend(values.own);
        let given = problems.take(stand_in(self.file, run, &given, &around, &mut config, &mut providers));
        if !problems.has_errors() {
            problems.append(terrane_config::check(&config));
        }
        if problems.has_errors() {
            return failed(problems, config.sources);
        }
        let sources = config.sources.clone();
        let prepared = Arc::new(Prepared::new(self.host, config, providers, given, values.values));
        let mut done = prepared.run(run, &around, state).await;
        problems.append(std::mem::take(&mut done.problems));
        done.problems = problems;
        One { done, sources, prepared: Some(prepared) }
    }

    /// The configuration of a run with the test file's providers, and the values of its variables.
    fn load(&self, run: &TestRun) -> (Config, Diagnostics, Values) {
        let (providers, _) = run_providers(self.file, run);
        let module =
            run.module.as_ref().map(|module| RunModule { file: &self.file.name, run: &run.name, module });
        let start = Start {
            module: PathBuf::from("."),
            sources: self.suite.sources.clone(),
            providers: providers.blocks,
        };
        let (mut config, mut problems) = self.host.load(module, start);
        let mut sources = std::mem::take(&mut config.sources);
        let mut around = self.around.clone();
        let mut values = Values::default();
        if !problems.has_errors() {
            let given = &self.given;
            values.values =
                problems.take(run_values(self.file, run, &config, given, &mut around, &mut sources));
            values.own = around.variables;
        }
        config.sources = sources;
        (config, problems, values)
    }

    /// Destroys what the runs made, the last first. Whether nothing is left.
    async fn clean_up(&mut self, tell: &dyn Fn(TestEvent<'_>)) -> bool {
        let mut clean = true;
        for key in self.order.iter().rev() {
            let Some(Shared { state, last: (run, prepared) }) = self.states.remove(key) else { continue };
            let file = self.file.name.as_str();
            if managed(&state).next().is_none() {
                continue;
            }
            let sources = Arc::new(prepared.config.sources.clone());
            let report = if self.suite.keep {
                let left = managed(&state).collect();
                CleanUp { run, diagnostics: Diagnostics::new(), sources, left }
            } else {
                tell(TestEvent::RunTearDown { file, run: &run });
                let (left, diagnostics) = prepared.destroy(state).await;
                CleanUp { run, diagnostics, sources, left: managed(&left).collect() }
            };
            clean &= report.left.is_empty() || self.suite.keep;
            if !report.left.is_empty() || !report.diagnostics.is_empty() {
                tell(TestEvent::CleanedUp { file, report: &report });
            }
        }
        clean
    }
}

/// The values of a run's variables, and what its expressions can refer to as variables.
#[derive(Default)]
struct Values {
    values: crate::variables::RunValues,
    own: BTreeMap<Arc<str>, Result<terrane_value::Value, Diagnostics>>,
}

/// The name of the state that a run uses: its own word for it, or one for each module.
pub(crate) fn state_key(run: &TestRun) -> String {
    match (&run.state_key, &run.module) {
        (Some(key), _) => format!("key {key}"),
        (None, Some(module)) => format!("module {}", module.source),
        (None, None) => String::new(),
    }
}

/// The managed objects in a state, with the keys of deposed ones.
fn managed(state: &State) -> impl Iterator<Item = (String, Option<Arc<str>>)> {
    state.instances().filter(|(address, ..)| address.resource.mode == Mode::Managed).flat_map(
        |(address, _, instance)| {
            let current = instance.current.iter().map(|_| None);
            let all = current.chain(instance.deposed.keys().map(|key| Some(key.clone())));
            all.map(|key| (address.to_string(), key)).collect::<Vec<_>>()
        },
    )
}

/// What is wrong with names of files to run: each must be there.
pub fn unknown_files(files: &[TestFile], wanted: &[String]) -> Diagnostics {
    let known: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let unknown = wanted.iter().filter(|name| !known.contains(name.as_str()));
    unknown
        .map(|name| {
            let hint = terrane_diagnostics::nearest(name, known.iter().copied());
            let hint = hint.map(|n| format!(" Did you mean {n:?}?")).unwrap_or_default();
            Diagnostic::error("Unknown test file", format!("There is no test file {name:?}.{hint}"))
        })
        .collect()
}
