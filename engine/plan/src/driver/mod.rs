//! The driver: evaluation, refresh and provider calls brought together.
//!
//! Jobs run one after another on one thread; only provider calls are concurrent. A job that
//! needs a result which is not there yet is parked on the [`Board`] under the name of that fact.

mod data;
mod ephemeral;
mod selected;
mod stored;

pub use ephemeral::conclusions;
pub(crate) use selected::is_declared;

use crate::board::Board;
use crate::change::{ChangeInput, plan_change};
use crate::checks::KnownFailures;
use crate::kept::{kept_provider, last_provider_config};
use crate::open::{OpenResource, OpenResources};
use crate::options::{PlanInputs, PlanOptions};
use crate::refresh::{PriorObject, RefreshGroup, Refreshed, with_address};
use crate::{Action, ActionReason, Event, PlanMode, ResourceChange};
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use terrane_address::{
    ConfigResource, Mode, ModuleInstance, ProviderConfigAddress, ResourceAddress, ResourceInstance,
};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_evaluate::{Deferred, DesiredInstance, Evaluator, Stop, how_to_know};
use terrane_provider::{Client, Provider};
use terrane_schema::Schema;
use terrane_state::{KeptProvider, State};
use terrane_syntax::Body;
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
}

/// What a provider call gave.
enum Done {
    Client(ProviderConfigAddress, Result<Arc<dyn Client>, Diagnostics>),
    Refreshed(Refreshed),
    Planned(ResourceInstance, Box<Option<ResourceChange>>, Diagnostics),
    Data(Box<DesiredInstance>, Result<Value, Diagnostics>, Duration),
    Opened(Box<DesiredInstance>, Result<Box<(Value, OpenResource)>, Diagnostics>),
}

/// What the driver found.
pub(crate) struct Found {
    pub(crate) changes: BTreeMap<ResourceInstance, ResourceChange>,
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
    pub(crate) state: State,
    pub(crate) problems: Diagnostics,
}

pub(crate) struct Driver<'a, 'c> {
    ev: &'a Evaluator<'c>,
    inputs: &'a PlanInputs<'c>,
    options: &'a PlanOptions,
    board: Board<Job>,
    running: FuturesUnordered<LocalBoxFuture<'a, Done>>,
    reads: Arc<Semaphore>,
    clients: HashMap<ProviderConfigAddress, Arc<dyn Client>>,
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
            clients: HashMap::new(),
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
                () = asked_to_stop(&mut stop), if !self.stopped => self.stopped = true,
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
        }
    }

    fn provider(&self, address: &ProviderConfigAddress) -> Result<Arc<dyn Provider>, Stop> {
        self.inputs.providers.get(&address.provider).cloned().ok_or_else(|| {
            Diagnostic::error(
                "Provider not available",
                format!("The provider {} is not part of this build of Terrane.", address.provider.short()),
            )
            .into()
        })
    }

    /// The client of a provider configuration; asks for it and blocks when it is not there yet.
    fn client(&mut self, address: &ProviderConfigAddress) -> Result<Arc<dyn Client>, Stop> {
        if let Some(client) = self.clients.get(address) {
            return Ok(client.clone());
        }
        if self.asked_clients.insert(address.clone()) {
            self.board.push(Job::Client(address.clone()));
        }
        Err(Stop::Blocked([client_fact(address)].into()))
    }

    fn configure(&mut self, address: ProviderConfigAddress) -> Result<(), Stop> {
        let provider = self.provider(&address)?;
        let last = last_provider_config(self.ev, self.inputs.schemas, &self.found.state, &address)?;
        let (config, warnings) = match last {
            Some(config) => (config, Diagnostics::new()),
            None => self.ev.provider_config(&address)?,
        };
        self.found.problems.append(warnings);
        if let Some(schema) = self.inputs.schemas.get(&address.provider) {
            let kept = kept_provider(&schema.provider.block, &config);
            self.found.kept_providers.insert(address.clone(), kept);
        }
        let origins = config.origins().iter().filter_map(|o| o.parse().ok()).collect();
        self.client_origins.insert(address.clone(), origins);
        if !config.unmark_deep().0.is_wholly_known() {
            let deferred = self.unknown_provider(&address, &config);
            if self.ev.is_in_rounds() {
                return Err(self.ev.defer(deferred));
            }
            self.unknown_providers.insert(address.clone(), deferred);
        }
        let (config, _) = config.unmark_deep();
        let problems = provider.validate_provider(&config);
        if problems.has_errors() {
            return Err(Stop::Failed(self.at_provider(problems, &address)));
        }
        self.found.problems.append(problems);
        self.running.push(Box::pin(async move {
            let client = provider.configure(&config).await;
            Done::Client(address, client)
        }));
        Ok(())
    }

    /// Which arguments of a provider configuration are only known after apply, and why.
    fn unknown_provider(&self, address: &ProviderConfigAddress, config: &Value) -> Deferred {
        let arguments = config.as_map().into_iter().flatten();
        let unknown = arguments.filter(|(_, value)| !value.unmark_deep().0.is_wholly_known());
        let mut waits_for = BTreeSet::new();
        let mut names = Vec::new();
        for (name, value) in unknown {
            names.push(name.to_string());
            waits_for.extend(self.ev.unknown_origins(value));
        }
        Deferred { what: address.to_string(), argument: names.join(", "), waits_for }
    }

    /// Adds to the problems of a provider which of its arguments it did not know.
    fn with_unknown(&self, problems: Diagnostics, address: &ProviderConfigAddress) -> Diagnostics {
        let Some(unknown) = self.unknown_providers.get(address) else { return problems };
        let note = format!(
            "\n\nOf {}, these arguments are only known after apply: {}.{}",
            unknown.what,
            unknown.argument,
            how_to_know(&unknown.waits_for)
        );
        (problems.into_iter()).map(|d| Diagnostic { detail: format!("{}{note}", d.detail), ..d }).collect()
    }

    /// Points problems that a provider found in its configuration at its block.
    fn at_provider(&self, problems: Diagnostics, address: &ProviderConfigAddress) -> Diagnostics {
        let span = self.inputs.config.module(&address.module).and_then(|module| {
            let mut blocks = module.providers.values();
            blocks.find(|b| {
                b.alias == address.alias && module.provider_address(&b.local_name) == address.provider
            })
        });
        problems
            .into_iter()
            .map(|mut d| {
                d.subject = d.subject.or(span.map(|b| b.span));
                d
            })
            .collect()
    }

    fn schema(
        &self,
        provider: &ProviderConfigAddress,
        mode: Mode,
        type_name: &str,
    ) -> Result<Arc<Schema>, Stop> {
        self.inputs.schemas.shared(&provider.provider, mode, type_name).cloned().ok_or_else(|| {
            Diagnostic::error(
                "Resource type not known",
                format!(
                    "The provider {} has no {type_name}, of which the state holds objects.",
                    provider.provider.short()
                ),
            )
            .into()
        })
    }

    fn managed(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        let all = self.options.selection.is_all();
        if all && self.had_object(&address) && !self.found.prior.contains_key(&(address.clone(), None)) {
            return Err(Stop::Blocked([prior_fact(&address)].into()));
        }
        let (desired, warnings) = self.ev.instance(&address)?;
        if !all {
            // Only when it is certain to be planned is an object read.
            self.named_first(&desired.depends_on)?;
            self.refreshed_first(&address)?;
        }
        let client = self.client(&desired.provider)?;
        let forced = self.forced_replacement(&address)?;
        let provider = self.provider(&desired.provider)?;
        let schema = self.schema(&desired.provider, Mode::Managed, &address.resource.type_name)?;
        self.found.problems.append(warnings);
        let prior = self.found.prior.get(&(address.clone(), None)).cloned();
        if self.options.mode == PlanMode::RefreshOnly {
            self.keep_as_it_is(&address, &schema.block, prior);
            return Ok(());
        }
        let span = self.inputs.config.resource(&address.config()).map(|b| b.span);
        let write_only_key = self.options.write_only_key.clone();
        let input = ChangeInput { provider, client, schema, desired, prior, span, write_only_key, forced };
        self.running.push(Box::pin(async move {
            let (change, problems) = plan_change(input).await;
            Done::Planned(address, Box::new(change), problems)
        }));
        Ok(())
    }

    /// Whether there is an object whose refresh must be waited for.
    fn had_object(&self, address: &ResourceInstance) -> bool {
        self.refreshing.contains(address)
    }

    /// In a refresh-only plan an instance is what it is.
    fn keep_as_it_is(
        &mut self,
        address: &ResourceInstance,
        schema: &terrane_schema::Block,
        prior: Option<PriorObject>,
    ) {
        let current = prior.and_then(|p| p.current);
        let value = current.unwrap_or_else(|| Value::unknown(schema.implied_type()));
        self.arrived(address, &value);
    }

    fn forced_replacement(&self, address: &ResourceInstance) -> Result<Option<ActionReason>, Stop> {
        if self.options.replace.contains(address) {
            return Ok(Some(ActionReason::ReplaceByRequest));
        }
        for (trigger, path) in self.ev.replace_triggers(address)? {
            let Some(change) = self.found.changes.get(&trigger) else { continue };
            // Only what changes an object that is there already counts, not that there is a new one.
            let changed = (change.action == Action::Update || change.action.is_replace())
                && (path.0.is_empty() || change.before.at(&path) != change.after.at(&path));
            if changed {
                return Ok(Some(ActionReason::ReplaceByTriggers));
            }
        }
        Ok(None)
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Client(address, Ok(client)) => {
                self.clients.insert(address.clone(), client);
                self.board.arrive(&client_fact(&address));
            }
            Done::Client(address, Err(problems)) => {
                let problems = self.at_provider(self.with_unknown(problems, &address), &address);
                self.found.problems.append(problems);
            }
            Done::Refreshed(objects) => self.refreshed(objects),
            Done::Planned(address, change, problems) => {
                let problems = self.at_block(problems, &address);
                self.found.problems.append(problems);
                if let Some(change) = *change {
                    self.planned(address, change);
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
        self.found.changes.insert(address.clone(), change);
        self.settle(&address, &after);
    }

    /// Lets others use an object, if its postconditions hold as far as they are known.
    fn settle(&mut self, address: &ResourceInstance, value: &Value) {
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
                let attribute = d.attribute.as_deref().and_then(|path| {
                    let name = path.split(['.', '[']).next()?;
                    argument_span(&block.body, name)
                });
                d.subject = attribute.or(d.subject).or(Some(block.span));
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

/// Where an argument or nested block stands in a body.
fn argument_span(body: &Body, name: &str) -> Option<Span> {
    let Body::Native(body) = body else { return None };
    let argument = body.attributes.iter().find(|a| &*a.name.name == name).map(|a| a.span);
    argument.or_else(|| body.blocks.iter().find(|b| &*b.kind.name == name).map(|b| b.header))
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
