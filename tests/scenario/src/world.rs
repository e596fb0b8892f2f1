//! A directory, a state and a cloud, and what can be done with them.

mod crash;
mod drift;
mod query;

use crate::Cloud;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use terrane_address::ProviderAddress;
use terrane_apply::{Applied, ApplyInputs, RecordError, Recorder};
use terrane_config::{Config, Files, FilesError, check, load};
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::{Evaluator, Inputs, RawVariable, VariableSource, apply_variables, root_variables};
use terrane_lang::FunctionContext;
use terrane_plan::{Action, Event, Plan, PlanFile, PlanInputs, PlanMode, PlanOptions};
use terrane_provider::{Providers, Schemas};
use terrane_state::{JournalEntry, Operation, State, from_json, to_json};
use terrane_value::Value;
use tokio::sync::{Notify, watch};

/// A directory, a state and a cloud.
pub struct World {
    /// The cloud that the provider `fake` serves.
    pub cloud: Arc<Cloud>,
    /// The state, as the last apply left it.
    pub state: State,
    /// The root module's variables, as they would stand in the environment.
    pub variables: BTreeMap<String, String>,
    /// How plans are made.
    pub options: PlanOptions,
    /// What happened, newest last.
    pub events: Arc<Mutex<Vec<Event>>>,
    /// What the last run that died left in flight.
    pub in_flight: Vec<Operation>,
    /// Set to true to stop what runs, as Ctrl-C does.
    pub stop: watch::Sender<bool>,
    files: Directory,
}

/// A plan and what was said of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The plan.
    pub plan: Plan,
    /// Problems.
    pub problems: Diagnostics,
    /// The text of its plan file; empty when there were errors.
    pub file: String,
}

#[derive(Clone, Default)]
struct Directory(BTreeMap<PathBuf, String>);

impl Files for Directory {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        let dir = plain(dir);
        let inside = self.0.keys().filter(|p| p.parent() == Some(&*dir));
        let names: Vec<String> = inside.filter_map(|p| p.file_name()?.to_str().map(str::to_owned)).collect();
        if names.is_empty() { Err(missing(&dir)) } else { Ok(names) }
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        self.0.get(&plain(path)).cloned().ok_or_else(|| missing(path))
    }
}

fn plain(path: &Path) -> PathBuf {
    path.components().filter(|c| *c != Component::CurDir).collect()
}

fn missing(path: &Path) -> FilesError {
    FilesError { path: path.to_path_buf(), missing: true, message: "does not exist".into() }
}

/// A journal in memory.
#[derive(Default)]
struct Journal {
    entries: Mutex<Vec<JournalEntry>>,
    /// How many entries there may be, and who hears of it when there would be more: that never
    /// returns to the run.
    limit: Option<(usize, Arc<Notify>)>,
}

impl Journal {
    /// The operations without an outcome, when the journal is replayed on `state`. It goes through
    /// lines, so that nothing survives that is not written.
    fn in_flight(&self, state: &mut State) -> Vec<Operation> {
        let written = std::mem::take(&mut *self.entries.lock().expect("no panic while it was held"));
        let lines: String = written.iter().map(|e| e.to_line().expect("a line")).collect();
        let read = terrane_state::read_journal(lines.as_bytes()).expect("a journal");
        terrane_state::replay(state, read).in_flight.iter().cloned().collect()
    }
}

#[async_trait::async_trait]
impl Recorder for Journal {
    async fn record(&self, entries: Vec<JournalEntry>) -> Result<(), RecordError> {
        let dies = {
            let mut written = self.entries.lock().expect("no panic while it was held");
            let room =
                self.limit.as_ref().map_or(usize::MAX, |(limit, _)| limit.saturating_sub(written.len()));
            let dies = room < entries.len();
            written.extend(entries.into_iter().take(room));
            dies
        };
        if let (true, Some((_, died))) = (dies, &self.limit) {
            died.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

impl Default for World {
    fn default() -> World {
        World::new("")
    }
}

impl World {
    /// A world whose root module is `text`.
    pub fn new(text: &str) -> World {
        let world = World {
            cloud: Arc::new(Cloud::default()),
            state: State::default(),
            variables: BTreeMap::new(),
            options: PlanOptions::default(),
            events: Arc::default(),
            in_flight: Vec::new(),
            stop: watch::channel(false).0,
            files: Directory::default(),
        };
        world.with_file("main.tf", text)
    }

    /// The same world with this file.
    #[must_use]
    pub fn with_file(mut self, path: &str, text: &str) -> World {
        self.edit(path, text);
        self
    }

    /// Writes a file.
    pub fn edit(&mut self, path: &str, text: &str) {
        self.files.0.insert(plain(Path::new(path)), text.to_owned());
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The problems that loading and checking finds, errors or not.
    pub fn load(&self) -> (Config, Diagnostics) {
        let (config, mut problems) = load(&self.files, Path::new("."));
        if !problems.has_errors() {
            problems.append(check(&config));
        }
        (config, problems)
    }

    /// The providers `fake` and none else.
    pub fn providers(&self) -> Providers {
        let mut providers = Providers::default();
        providers.insert(ProviderAddress::default_for("fake"), self.cloud.clone());
        providers
    }

    /// What `validate` says.
    pub fn validate(&self) -> Diagnostics {
        let (config, problems) = self.load();
        if problems.has_errors() {
            return problems;
        }
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        terrane_plan::validate(&evaluator(&config, &schemas, BTreeMap::new(), true), &providers)
    }

    fn values(&self, config: &mut Config) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
        let mut sources = config.sources.clone();
        let found = root_variables(config, &self.given(), &mut sources);
        config.sources = sources;
        found
    }

    /// The values of variables with which the plan is applied.
    pub fn values_to_apply(&self, made: &Made) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
        let plan = PlanFile::from_text(&made.file).expect("a plan file").plan;
        let (config, _) = self.load();
        let mut sources = config.sources.clone();
        apply_variables(&config, &plan.variables, &plan.apply_variables, &self.given(), &mut sources)
    }

    fn given(&self) -> BTreeMap<Arc<str>, RawVariable> {
        let raw = |name: &String, text: &String| RawVariable {
            source: VariableSource::Environment(format!("TF_VAR_{name}")),
            value: Err(text.clone()),
        };
        self.variables.iter().map(|(name, text)| (name.as_str().into(), raw(name, text))).collect()
    }

    /// Makes a plan. Loading must find nothing wrong.
    pub async fn plan(&self, mode: PlanMode) -> Made {
        let (mut config, problems) = self.load();
        assert!(!problems.has_errors(), "{problems:#?}");
        let (variables, problems) = self.values(&mut config);
        assert!(!problems.has_errors(), "{problems:#?}");
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let events = self.events.clone();
        let inputs = PlanInputs {
            config: &config,
            schemas: &schemas,
            providers: &providers,
            state: self.state.clone(),
            events: Arc::new(move |e| events.lock().expect("no panic while it was held").push(e)),
            timestamp: "2026-01-01T00:00:00Z".into(),
        };
        let ev = evaluator(&config, &schemas, variables, false);
        let given = self.variables.keys().map(|name| name.as_str().into()).collect();
        let options = PlanOptions { mode, given, ..self.options.clone() };
        let (plan, problems) = terrane_plan::plan(&ev, &inputs, &options).await;
        let file = PlanFile { plan: plan.clone(), files: BTreeMap::new(), workspace: "default".into() };
        let file = if problems.has_errors() { String::new() } else { file.to_text().expect("a plan file") };
        Made { plan, problems, file }
    }

    /// Applies a plan from the text of its plan file, and keeps the state.
    pub async fn apply_plan(&mut self, made: &Made) -> Applied {
        let plan = PlanFile::from_text(&made.file).expect("a plan file").plan;
        let (config, problems) = self.load();
        assert!(!problems.has_errors(), "{problems:#?}");
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let events = self.events.clone();
        let journal = Arc::new(Journal::default());
        let inputs = ApplyInputs {
            config: &config,
            schemas: &schemas,
            providers: &providers,
            events: Arc::new(move |e| events.lock().expect("no panic while it was held").push(e)),
            recorder: journal.clone(),
            stop: self.stop.subscribe(),
            write_only_key: self.options.write_only_key.clone(),
            parallelism: Default::default(),
            interrupted: Default::default(),
        };
        let (variables, problems) = self.values_to_apply(made);
        assert!(!problems.has_errors(), "{problems:#?}");
        let ev = evaluator(&config, &schemas, variables, false);
        let applied = terrane_apply::apply(&ev, &inputs, &plan).await;
        self.in_flight = journal.in_flight(&mut self.state.clone());
        self.state = from_json(&to_json(&applied.state).expect("a state file")).expect("a state");
        applied
    }

    /// Plans and applies; neither may find an error.
    pub async fn apply(&mut self) -> (Plan, Applied) {
        let made = self.plan(PlanMode::Normal).await;
        assert!(!made.problems.has_errors(), "{:#?}", made.problems);
        let applied = self.apply_plan(&made).await;
        assert!(!applied.problems.has_errors(), "{:#?}", applied.problems);
        (made.plan, applied)
    }

    /// Plans, and expects errors.
    pub async fn fails_to_plan(&self) -> Diagnostics {
        let made = self.plan(PlanMode::Normal).await;
        assert!(made.problems.has_errors(), "{:#?}", made.plan.changes);
        made.problems
    }

    /// The state file's text.
    pub fn state_text(&self) -> String {
        to_json(&self.state).expect("a state file")
    }
}

impl Made {
    /// What is to be done to each object, no-ops left out.
    pub fn actions(&self) -> Vec<(String, Action)> {
        let acting = self.plan.changes.iter().filter(|c| c.action != Action::NoOp);
        acting.map(|c| (c.address.to_string(), c.action)).collect()
    }
}

/// Summary and detail of each problem, a line each.
pub fn texts(problems: &Diagnostics) -> String {
    let line = |d: &terrane_diagnostics::Diagnostic| format!("{}: {}\n", d.summary, d.detail);
    problems.iter().map(line).collect()
}

fn evaluator<'c>(
    config: &'c Config,
    schemas: &'c Schemas,
    variables: BTreeMap<Arc<str>, Value>,
    validating: bool,
) -> Evaluator<'c> {
    Evaluator::new(Inputs {
        config,
        schemas,
        variables,
        workspace: "default".into(),
        working_dir: ".".into(),
        functions: FunctionContext::default(),
        validating,
    })
}
