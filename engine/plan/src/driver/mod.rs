//! The driver: evaluation, refresh and provider calls brought together.
//!
//! Jobs run one after another on one thread; only provider calls are concurrent. A job that
//! needs a result which is not there yet is parked on the [`Board`] under the name of that fact.

mod clients;
mod data;
mod ephemeral;
mod imports;
mod managed;
mod selected;
mod stored;

pub use ephemeral::conclusions;
use imports::{Imported, Imports};
pub(crate) use selected::is_declared;

use crate::board::Board;
use crate::checks::KnownFailures;
use crate::open::{OpenResource, OpenResources};
use crate::options::{PlanInputs, PlanOptions};
use crate::refresh::{PriorObject, RefreshGroup, Refreshed, with_address};
use crate::{Action, Event, PlanMode, ResourceChange};
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use terrane_address::{
    ConfigResource, Mode, ModuleInstance, ProviderConfigAddress, ResourceAddress, ResourceInstance,
};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Deferred, DesiredInstance, Evaluator, Stop};
use terrane_provider::Client;
use terrane_state::{KeptProvider, State};
use terrane_value::Value;
use tokio::sync::{Semaphore, watch};

/// Work to be done on one thread.
#[derive(Clone, Debug)]
enum Job {
    /// Find the instances of the calls and resources of a module instance.
    Module(ModuleInstance),
    /// Find the instances of one call.
    Call(ModuleInstance, Arc<str>),
    /// Find the instances of one resource.
    Resource(ResourceAddress),
    /// Plan, or read, one instance.
    Instance(ResourceInstance),
    /// Configure a provider.
    Client(ProviderConfigAddress),
    /// Refresh objects.
    Refresh(RefreshGroup),
    /// Let others use an object once its postconditions are known to hold.
    Settle(ResourceInstance, Value),
    /// Evaluate an import block of the root module.
    Import(usize),
    /// Plan an imported instance that has no configuration.
    Generate(ResourceInstance),
}

/// What a provider call gave.
enum Done {
    Client(ProviderConfigAddress, Result<Arc<dyn Client>, Diagnostics>),
    Refreshed(Refreshed),
    Imported(Imported),
    Planned(ResourceInstance, Box<Option<ResourceChange>>, Diagnostics),
    Data(Box<DesiredInstance>, Result<Value, Diagnostics>, Duration),
    Opened(Box<DesiredInstance>, Result<Box<(Value, OpenResource)>, Diagnostics>),
}

/// What the driver found.
pub(crate) struct Found {
    pub(crate) changes: BTreeMap<ResourceInstance, Arc<ResourceChange>>,
    pub(crate) desired: HashSet<ResourceInstance>,
    /// Resources whose instances are all known.
    pub(crate) expanded: HashSet<ResourceAddress>,
    /// Instances whose conditions are known not to hold.
    pub(crate) failures: KnownFailures,
    /// What is kept of provider configurations.
    pub(crate) kept_providers: HashMap<ProviderConfigAddress, Option<KeptProvider>>,
    /// What each ephemeral instance was made from, and what it names in `depends_on`.
    pub(crate) ephemeral: HashMap<ResourceInstance, (BTreeSet<ResourceInstance>, BTreeSet<ConfigResource>)>,
    pub(crate) prior: HashMap<(ResourceInstance, Option<Arc<str>>), PriorObject>,
    /// The connections that were made.
    pub(crate) clients: HashMap<ProviderConfigAddress, Arc<dyn Client>>,
    pub(crate) state: State,
    pub(crate) problems: Diagnostics,
}

/// How many groups of objects are read at the same time. What is under way takes more memory than what is known, and
/// with hundreds of accounts there are thousands of groups.
const REFRESHES: usize = 128;

pub(crate) struct Driver<'a, 'c> {
    ev: &'a Evaluator<'c>,
    inputs: &'a PlanInputs<'c>,
    options: &'a PlanOptions,
    board: Board<Job>,
    running: FuturesUnordered<LocalBoxFuture<'a, Done>>,
    reads: Arc<Semaphore>,
    refreshes: Arc<Semaphore>,
    asked_clients: HashSet<ProviderConfigAddress>,
    /// Data sources that wait for everything their `depends_on` names to be planned.
    held: Vec<ResourceInstance>,
    released: HashSet<ResourceInstance>,
    /// Ephemeral instances whose values something needs, and those that were opened or cannot be.
    wanted: HashSet<ResourceInstance>,
    opening: HashSet<ResourceInstance>,
    open: OpenResources,
    /// The instances that provider configurations were made from.
    client_origins: HashMap<ProviderConfigAddress, BTreeSet<ResourceInstance>>,
    /// Provider configurations of which something is not known, and why.
    unknown_providers: HashMap<ProviderConfigAddress, Deferred>,
    stopped: bool,
    /// Resources of which some instance changes.
    changing: HashSet<ConfigResource>,
    /// Instances with an object in state.
    refreshing: HashSet<ResourceInstance>,
    imports: Imports,
    /// Instances that something selected has asked for.
    asked_instances: HashSet<ResourceInstance>,
    /// Where not everything is refreshed: what was asked for, and what of it has not begun yet.
    asked_refreshes: HashSet<ResourceInstance>,
    to_refresh: HashSet<ResourceInstance>,
    /// Whether selected objects that are no longer wanted have been asked for.
    swept: bool,
    found: Found,
}

fn client_fact(provider: &ProviderConfigAddress) -> Arc<str> {
    provider.to_string().into()
}

fn prior_fact(address: &ResourceInstance) -> Arc<str> {
    format!("prior {address}").into()
}

impl<'a, 'c> Driver<'a, 'c> {
    /// `state` is the inputs' state with every object at its present address.
    pub(crate) fn new(
        ev: &'a Evaluator<'c>,
        inputs: &'a PlanInputs<'c>,
        options: &'a PlanOptions,
        state: State,
    ) -> Self {
        Driver {
            ev,
            inputs,
            options,
            board: Board::new(),
            running: FuturesUnordered::new(),
            reads: Arc::new(Semaphore::new(options.parallelism.max(1))),
            refreshes: Arc::new(Semaphore::new(REFRESHES)),
            asked_clients: HashSet::new(),
            held: Vec::new(),
            released: HashSet::new(),
            wanted: HashSet::new(),
            opening: HashSet::new(),
            open: OpenResources::default(),
            client_origins: HashMap::new(),
            unknown_providers: HashMap::new(),
            stopped: false,
            changing: HashSet::new(),
            refreshing: (state.instances())
                .filter(|(_, _, instance)| instance.current.is_some())
                .map(|(address, ..)| address)
                .collect(),
            imports: Imports::default(),
            asked_instances: HashSet::new(),
            asked_refreshes: HashSet::new(),
            to_refresh: HashSet::new(),
            swept: false,
            found: Found {
                changes: BTreeMap::new(),
                desired: HashSet::new(),
                expanded: HashSet::new(),
                failures: KnownFailures::new(),
                kept_providers: HashMap::new(),
                ephemeral: HashMap::new(),
                prior: HashMap::new(),
                clients: HashMap::new(),
                state,
                problems: Diagnostics::new(),
            },
        }
    }

    /// Runs until nothing is left to do.
    pub(crate) async fn run(mut self) -> Found {
        let all = self.options.selection.is_all();
        if all {
            for group in self.refresh_groups(|_| true) {
                self.board.push(Job::Refresh(group));
            }
        } else if self.options.mode == PlanMode::Destroy {
            self.to_refresh = self.options.selection.to_destroy(&self.found.state);
            self.begin_refreshes();
        }
        self.begin_imports();
        if self.options.mode != PlanMode::Destroy {
            self.board.push(Job::Module(ModuleInstance::root()));
        }
        let mut stop = self.options.stop.clone();
        loop {
            while !self.stopped
                && let Some(job) = self.board.pop()
            {
                let retry = job.clone();
                match self.step(job) {
                    Ok(()) => {}
                    Err(Stop::Blocked(on)) => {
                        self.demand(&on);
                        self.want(&on);
                        self.board.park(retry, on);
                    }
                    Err(Stop::Failed(problems)) => self.found.problems.append(problems),
                }
            }
            if !self.stopped && self.begin_refreshes() {
                continue;
            }
            tokio::select! {
                biased;
                () = asked_to_stop(&mut stop), if !self.stopped => {
                    self.stopped = true;
                    self.emit(Event::Stopping);
                }
                done = self.running.next() => match done {
                    Some(done) => self.finish(done),
                    None if self.stopped => break,
                    None if self.release_held() || self.sweep() || self.want_for_conclusions() => {}
                    None => break,
                },
            }
        }
        if self.stopped {
            self.found.problems.push(Diagnostic::error(
                "Planning was stopped",
                "Planning was interrupted before the plan was whole. Nothing was changed.",
            ));
        } else {
            self.report_unused_imports();
        }
        if all {
            self.report_stuck();
        }
        self.close_all().await;
        self.found
    }

    fn step(&mut self, job: Job) -> Result<(), Stop> {
        match job {
            Job::Module(module) => {
                let Some(config) = self.inputs.config.module(&module.path()) else { return Ok(()) };
                let selection = &self.options.selection;
                for name in config.calls.keys().filter(|name| selection.may_enter(&module, name)) {
                    self.board.push(Job::Call(module.clone(), name.clone()));
                }
                for resource in config.resources.keys() {
                    let address = ResourceAddress { module: module.clone(), resource: resource.clone() };
                    if selection.may_name(&address) {
                        self.board.push(Job::Resource(address));
                    }
                }
                Ok(())
            }
            Job::Call(module, name) => {
                let Some(call) = self.inputs.config.module(&module.path()).and_then(|m| m.calls.get(&name))
                else {
                    return Ok(());
                };
                for key in self.ev.expand_call(&module, call)?.keys() {
                    self.board.push(Job::Module(module.child(name.clone(), key)));
                }
                Ok(())
            }
            Job::Resource(address) => {
                for instance in self.ev.instances_of(&address)? {
                    self.found.desired.insert(instance.clone());
                    if self.options.selection.names(&instance)
                        && self.asked_instances.insert(instance.clone())
                    {
                        self.board.push(Job::Instance(instance));
                    }
                }
                self.found.expanded.insert(address);
                Ok(())
            }
            Job::Instance(address) if address.resource.mode == Mode::Data => self.data(address),
            Job::Instance(address) if address.resource.mode == Mode::Ephemeral => self.ephemeral(address),
            Job::Instance(address) => self.managed(address),
            Job::Client(address) => self.configure(address),
            Job::Refresh(group) => self.refresh(group),
            Job::Settle(address, value) => {
                self.settle(&address, &value);
                Ok(())
            }
            Job::Import(number) => self.import(number),
            Job::Generate(address) => self.generate(address),
        }
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Client(address, Ok(client)) => {
                self.found.clients.insert(address.clone(), client);
                self.board.arrive(&client_fact(&address));
            }
            Done::Client(address, Err(problems)) => {
                let problems = self.at_provider(self.with_unknown(problems, &address), &address);
                self.found.problems.append(problems);
            }
            Done::Refreshed(objects) => self.refreshed(objects),
            Done::Imported(imported) => self.imported(imported),
            Done::Planned(address, change, problems) => {
                let problems = self.at_block(problems, &address);
                let failed = problems.has_errors();
                self.found.problems.append(problems);
                match *change {
                    // It is shown, and nothing can be made of it.
                    Some(change) if failed => {
                        self.found.changes.insert(address, Arc::new(change));
                    }
                    Some(change) => self.planned(address, change),
                    None => {}
                }
            }
            Done::Opened(desired, Ok(opened)) => self.opened(*desired, opened.0, opened.1),
            Done::Opened(desired, Err(problems)) => {
                let problems = self.at_block(problems, &desired.address);
                self.found.problems.append(problems);
            }
            Done::Data(desired, Ok(value), elapsed) => self.data_read(*desired, value, elapsed),
            Done::Data(desired, Err(problems), _) => {
                let problems = with_address(problems, &desired.address);
                let problems = self.at_block(problems, &desired.address);
                self.data_failed(*desired, problems);
            }
        }
    }

    fn planned(&mut self, address: ResourceInstance, change: ResourceChange) {
        let after = change.after.clone();
        if change.action != Action::NoOp {
            self.changing.insert(address.config());
        }
        self.found.changes.insert(address.clone(), Arc::new(change));
        self.settle(&address, &after);
    }

    /// Lets others use an object, if its postconditions hold as far as they are known.
    fn settle(&mut self, address: &ResourceInstance, value: &Value) {
        if self.inputs.config.resource(&address.config()).is_none() {
            // Its configuration is only being written.
            return self.arrived(address, value);
        }
        match self.ev.postconditions(address, value) {
            Ok((_, warnings)) => self.found.problems.append(warnings),
            Err(Stop::Failed(problems)) => {
                let messages = problems.iter().map(|d| d.detail.clone()).collect();
                self.found.failures.insert(address.clone(), messages);
                self.found.problems.append(problems);
                return;
            }
            // What needs an ephemeral resource waits for it; what is not known yet is checked
            // during apply.
            Err(Stop::Blocked(on)) => {
                if on.iter().any(|fact| ephemeral::ephemeral_address(fact).is_some()) {
                    self.want(&on);
                    self.board.park(Job::Settle(address.clone(), value.clone()), on);
                    return;
                }
            }
        }
        self.arrived(address, value);
    }

    fn arrived(&mut self, address: &ResourceInstance, value: &Value) {
        self.ev.deliver(address, value);
        self.board.arrive(&address.to_string());
    }

    /// Points problems of an instance that have no place yet at its block, and at the argument
    /// that a provider named where the block has it.
    fn at_block(&self, problems: Diagnostics, address: &ResourceInstance) -> Diagnostics {
        let Some(block) = self.inputs.config.resource(&address.config()) else { return problems };
        problems
            .into_iter()
            .map(|mut d| {
                block.locate(&mut d);
                d
            })
            .collect()
    }

    /// Jobs that can never run. When nothing failed this is a circle of references that only
    /// shows during evaluation.
    fn report_stuck(&mut self) {
        if self.found.problems.has_errors() || !self.ev.deferred().is_empty() {
            return;
        }
        let stuck = self.board.stuck();
        if stuck.is_empty() {
            return;
        }
        let lines: Vec<String> = (stuck.iter().take(10))
            .filter_map(|(job, facts)| {
                let what = match job {
                    Job::Instance(address) => address.to_string(),
                    Job::Resource(address) => address.to_string(),
                    Job::Client(address) => address.to_string(),
                    _ => return None,
                };
                let facts: Vec<&str> = facts.iter().map(|f| &***f).collect();
                Some(format!("  - {what} waits for {}", facts.join(", ")))
            })
            .collect();
        self.found.problems.push(Diagnostic::error(
            "Cycle",
            format!("These wait for each other, so none of them can be evaluated:\n{}", lines.join("\n")),
        ));
    }

    fn emit(&self, event: Event) {
        (self.inputs.events)(event);
    }
}

/// Returns when the run is to stop, and never when nobody can say so.
async fn asked_to_stop(stop: &mut Option<watch::Receiver<bool>>) {
    if let Some(stop) = stop
        && stop.wait_for(|stop| *stop).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
