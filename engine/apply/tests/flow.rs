//! Configuration to plan to apply and back, in memory, with the mock provider.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use terrane_address::ProviderAddress;
use terrane_apply::{Applied, ApplyInputs, RecordError, Recorder, apply};
use terrane_config::{Config, Files, FilesError, load};
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::{Evaluator, Inputs, root_variables};
use terrane_lang::FunctionContext;
use terrane_plan::{Action, Plan, PlanFile, PlanInputs, PlanMode, PlanOptions, plan};
use terrane_provider::{MockProvider, ProviderSchema, Providers, Schemas};
use terrane_schema::{Attribute, AttributeType, Block, Schema};
use terrane_state::{JournalEntry, State, replay};
use terrane_value::Type;

struct OneFile(&'static str);

impl Files for OneFile {
    fn list(&self, _dir: &Path) -> Result<Vec<String>, FilesError> {
        Ok(vec!["main.tf".into()])
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        if path.file_name().is_some_and(|n| n == "main.tf") {
            return Ok(self.0.to_owned());
        }
        Err(FilesError { path: PathBuf::from(path), missing: true, message: "missing".into() })
    }
}

#[derive(Default)]
struct Memory(Mutex<Vec<JournalEntry>>);

#[async_trait::async_trait]
impl Recorder for Memory {
    async fn record(&self, entries: Vec<JournalEntry>) -> Result<(), RecordError> {
        self.0.lock().unwrap().extend(entries);
        Ok(())
    }
}

fn attribute(ty: Type, optional: bool, computed: bool) -> Attribute {
    Attribute {
        ty: AttributeType::Plain(ty),
        required: false,
        optional,
        computed,
        sensitive: false,
        write_only: false,
        description: String::new(),
        deprecated: None,
    }
}

fn schema() -> ProviderSchema {
    let block = Block {
        attributes: BTreeMap::from([
            ("id".into(), attribute(Type::String, false, true)),
            ("name".into(), attribute(Type::String, true, false)),
            ("tags".into(), attribute(Type::map(Type::String), true, false)),
        ]),
        ..Block::default()
    };
    let schema = Arc::new(Schema { version: 0, block });
    ProviderSchema {
        resources: BTreeMap::from([("mock_thing".into(), schema.clone())]),
        data_sources: BTreeMap::from([("mock_data".into(), schema)]),
        ..ProviderSchema::default()
    }
}

struct World {
    config: Config,
    provider: Arc<MockProvider>,
    providers: Providers,
    schemas: Schemas,
    journal: Arc<Memory>,
}

impl World {
    fn new(text: &'static str) -> World {
        let (config, problems) = load(&OneFile(text), Path::new("."));
        assert!(!problems.has_errors(), "{problems:#?}");
        let provider = Arc::new(MockProvider::new(schema()));
        let mut providers = Providers::default();
        providers.insert(ProviderAddress::default_for("mock"), provider.clone());
        let schemas = providers.schemas();
        World { config, provider, providers, schemas, journal: Arc::default() }
    }

    fn evaluator(&self) -> Evaluator<'_> {
        let mut sources = self.config.sources.clone();
        let (variables, problems) = root_variables(&self.config, &BTreeMap::new(), &mut sources);
        assert!(!problems.has_errors(), "{problems:#?}");
        Evaluator::new(Inputs {
            config: &self.config,
            schemas: &self.schemas,
            variables,
            workspace: "default".into(),
            working_dir: ".".into(),
            functions: FunctionContext::default(),
            validating: false,
        })
    }

    async fn plan(&self, state: State, mode: PlanMode) -> (Plan, Diagnostics) {
        let inputs = PlanInputs {
            config: &self.config,
            schemas: &self.schemas,
            providers: &self.providers,
            state,
            events: Arc::new(|_| {}),
            timestamp: "2026-01-01T00:00:00Z".into(),
        };
        let ev = self.evaluator();
        plan(&ev, &inputs, &PlanOptions { mode, ..PlanOptions::default() }).await
    }

    async fn apply(&self, plan: &Plan) -> Applied {
        let (_sender, stop) = tokio::sync::watch::channel(false);
        let inputs = ApplyInputs {
            config: &self.config,
            schemas: &self.schemas,
            providers: &self.providers,
            events: Arc::new(|_| {}),
            recorder: self.journal.clone(),
            stop,
            write_only_key: None,
            parallelism: Default::default(),
            interrupted: Default::default(),
        };
        apply(&self.evaluator(), &inputs, plan).await
    }
}

fn actions(plan: &Plan) -> Vec<(String, Action)> {
    plan.changes.iter().map(|c| (c.address.to_string(), c.action)).collect()
}

const CHAIN: &str = r#"
locals {
  names = { a = "one", b = "two" }
}
resource "mock_thing" "base" {
  count = 2
  name  = "base-${count.index}"
}
resource "mock_thing" "top" {
  for_each = local.names
  name     = "${each.value} on ${mock_thing.base[1].id}"
  tags     = { peer = mock_thing.base[0].name }
}
data "mock_data" "d" {
  name = mock_thing.base[0].name
}
output "ids" {
  value = [for t in mock_thing.top : t.id]
}
output "data" {
  value = data.mock_data.d.name
}
"#;

#[tokio::test]
async fn a_configuration_is_made_kept_and_destroyed() {
    let world = World::new(CHAIN);
    let (first, problems) = world.plan(State::default(), PlanMode::Normal).await;
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(
        actions(&first),
        [
            ("mock_thing.base[0]".to_owned(), Action::Create),
            ("mock_thing.base[1]".to_owned(), Action::Create),
            ("mock_thing.top[\"a\"]".to_owned(), Action::Create),
            ("mock_thing.top[\"b\"]".to_owned(), Action::Create),
        ]
    );
    let top = &first.changes[2];
    let dependencies: Vec<String> = top.dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(dependencies, ["mock_thing.base[0]", "mock_thing.base[1]"], "exactly what it reads");

    let file = PlanFile { plan: first.clone(), files: BTreeMap::new(), workspace: "default".into() };
    let read = PlanFile::from_text(&file.to_text().unwrap()).unwrap();
    assert_eq!(read.plan.changes, first.changes, "a plan file holds the plan");

    let applied = world.apply(&read.plan).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert_eq!(applied.counts.add, 4);
    assert!(applied.state.outputs.contains_key("ids"), "{:?}", applied.state.outputs);

    let mut replayed = State::default();
    let left = replay(&mut replayed, world.journal.0.lock().unwrap().clone());
    assert!(left.in_flight.is_empty());
    let managed = |s: &State| s.instances().filter(|(a, ..)| !a.to_string().starts_with("data.")).count();
    assert_eq!(managed(&replayed), managed(&applied.state), "the journal alone holds every object");

    let (second, problems) = world.plan(applied.state.clone(), PlanMode::Normal).await;
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(actions(&second).iter().all(|(_, a)| *a == Action::NoOp), "{:?}", actions(&second));
    assert!(!second.is_applyable(), "{:#?}", second.outputs);
    let reads =
        world.provider.calls().into_iter().filter(|c| c.starts_with("read mock_thing")).collect::<Vec<_>>();
    assert_eq!(reads, ["read mock_thing 4"], "one batch for all objects of a type");

    let (destroy, problems) = world.plan(applied.state, PlanMode::Destroy).await;
    assert!(problems.is_empty(), "{problems:#?}");
    let gone = world.apply(&destroy).await;
    assert!(gone.problems.is_empty(), "{:#?}", gone.problems);
    assert_eq!(gone.counts.destroy, 4);
    assert_eq!(gone.state.instances().filter(|(a, ..)| !a.to_string().starts_with("data.")).count(), 0);
}

#[tokio::test]
async fn what_is_no_longer_declared_goes_and_dependents_go_first() {
    let world = World::new(CHAIN);
    let (first, _) = world.plan(State::default(), PlanMode::Normal).await;
    let applied = world.apply(&first).await;
    let empty = World::new("output \"x\" {\n  value = 1\n}\n");
    let (plan, problems) = empty.plan(applied.state, PlanMode::Normal).await;
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(plan.changes.iter().all(|c| c.action == Action::Delete));
    let gone = empty.apply(&plan).await;
    assert!(gone.problems.is_empty(), "{:#?}", gone.problems);
    let deleted: Vec<String> = (empty.journal.0.lock().unwrap().iter())
        .filter_map(|entry| match entry {
            JournalEntry::Intent(operation) => Some(operation.address.to_string()),
            _ => None,
        })
        .collect();
    let position = |address: &str| deleted.iter().position(|d| d == address).unwrap();
    for (dependent, dependency) in
        [("mock_thing.top[\"a\"]", "mock_thing.base[0]"), ("mock_thing.top[\"b\"]", "mock_thing.base[1]")]
    {
        assert!(position(dependent) < position(dependency), "{deleted:?}");
    }
}

#[tokio::test]
async fn a_cycle_is_found_before_anything_is_evaluated() {
    let (config, problems) = load(
        &OneFile(
            "resource \"mock_thing\" \"a\" {\n  name = mock_thing.b.id\n}\nresource \"mock_thing\" \"b\" {\n  name = mock_thing.a.id\n}\n",
        ),
        Path::new("."),
    );
    assert!(!problems.has_errors(), "{problems:#?}");
    let problems = terrane_config::check(&config);
    assert!(problems.iter().any(|p| p.summary == "Cycle"), "{problems:#?}");
}
