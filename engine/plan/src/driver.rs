//! The driver: evaluation, refresh and provider calls brought together.
//!
//! Jobs run one after another on one thread; only provider calls are concurrent. A job that
//! needs a result which is not there yet is parked on the [`Board`] under the name of that fact.

use crate::board::Board;
use crate::change::{ChangeInput, plan_change};
use crate::objects::{encode_object, mark_object, object_id};
use crate::options::{PlanInputs, PlanOptions};
use crate::refresh::{PriorObject, RefreshGroup, Refreshed, refresh_group, with_address};
use crate::{Action, ActionReason, Event, PlanMode, ResourceChange};
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use terrane_address::{
    ConfigResource, Mode, ModuleInstance, ProviderConfigAddress, ResourceAddress, ResourceInstance,
};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics, Span};
use terrane_evaluate::{DesiredInstance, Evaluator, Stop};
use terrane_provider::{Client, Private, Provider};
use terrane_schema::Schema;
use terrane_state::{ObjectStatus, State, StateWrite};
use terrane_syntax::Body;
use terrane_value::Value;
use tokio::sync::Semaphore;

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
}

/// What a provider call gave.
enum Done {
    Client(ProviderConfigAddress, Result<Arc<dyn Client>, Diagnostics>),
    Refreshed(Refreshed),
    Planned(ResourceInstance, Box<Option<ResourceChange>>, Diagnostics),
    Data(Box<DesiredInstance>, Result<Value, Diagnostics>, Duration),
}

/// What the driver found.
pub(crate) struct Found {
    pub(crate) changes: BTreeMap<ResourceInstance, ResourceChange>,
    pub(crate) desired: HashSet<ResourceInstance>,
    /// Resources whose instances are all known.
    pub(crate) expanded: HashSet<ResourceAddress>,
    pub(crate) depends_on: HashMap<ResourceInstance, BTreeSet<ConfigResource>>,
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
    /// Resources of which some instance changes.
    changing: HashSet<ConfigResource>,
    /// Instances with an object in state.
    refreshing: HashSet<ResourceInstance>,
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
            changing: HashSet::new(),
            refreshing: (state.instances())
                .filter(|(_, _, instance)| instance.current.is_some())
                .map(|(address, ..)| address)
                .collect(),
            found: Found {
                changes: BTreeMap::new(),
                desired: HashSet::new(),
                expanded: HashSet::new(),
                depends_on: HashMap::new(),
                prior: HashMap::new(),
                state,
                problems: Diagnostics::new(),
            },
        }
    }

    /// Runs until nothing is left to do.
    pub(crate) async fn run(mut self) -> Found {
        for group in self.refresh_groups() {
            self.board.push(Job::Refresh(group));
        }
        if self.options.mode != PlanMode::Destroy {
            self.board.push(Job::Module(ModuleInstance::root()));
        }
        loop {
            while let Some(job) = self.board.pop() {
                let retry = job.clone();
                match self.step(job) {
                    Ok(()) => {}
                    Err(Stop::Blocked(on)) => self.board.park(retry, on),
                    Err(Stop::Failed(problems)) => self.found.problems.append(problems),
                }
            }
            if let Some(done) = self.running.next().await {
                self.finish(done);
            } else if !self.release_held() {
                break;
            }
        }
        self.report_stuck();
        self.found
    }

    fn step(&mut self, job: Job) -> Result<(), Stop> {
        match job {
            Job::Module(module) => {
                let Some(config) = self.inputs.config.module(&module.path()) else { return Ok(()) };
                for name in config.calls.keys() {
                    self.board.push(Job::Call(module.clone(), name.clone()));
                }
                for resource in config.resources.keys() {
                    let address = ResourceAddress { module: module.clone(), resource: resource.clone() };
                    self.board.push(Job::Resource(address));
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
                if address.resource.mode == Mode::Ephemeral {
                    return Err(unsupported("ephemeral resources", &address));
                }
                for instance in self.ev.instances_of(&address)? {
                    self.found.desired.insert(instance.clone());
                    self.board.push(Job::Instance(instance));
                }
                self.found.expanded.insert(address);
                Ok(())
            }
            Job::Instance(address) if address.resource.mode == Mode::Data => self.data(address),
            Job::Instance(address) => self.managed(address),
            Job::Client(address) => self.configure(address),
            Job::Refresh(group) => self.refresh(group),
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
        let (config, warnings) = self.ev.provider_config(&address)?;
        self.found.problems.append(warnings);
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

    fn refresh_groups(&self) -> Vec<RefreshGroup> {
        let mut groups: BTreeMap<(ProviderConfigAddress, Arc<str>), RefreshGroup> = BTreeMap::new();
        for (address, resource, instance) in self.found.state.instances() {
            if address.resource.mode != Mode::Managed {
                continue;
            }
            let config = self.inputs.config.resource_providers.get(&address.config());
            let provider = config.unwrap_or(&resource.provider).clone();
            let type_name = address.resource.type_name.clone();
            let group = groups.entry((provider.clone(), type_name.clone())).or_insert_with(|| RefreshGroup {
                provider,
                type_name,
                objects: Vec::new(),
            });
            let current = instance.current.iter().map(|o| (address.clone(), None, o.clone()));
            let deposed = instance.deposed.iter().map(|(k, o)| (address.clone(), Some(k.clone()), o.clone()));
            group.objects.extend(current.chain(deposed));
        }
        groups.into_values().collect()
    }

    fn refresh(&mut self, group: RefreshGroup) -> Result<(), Stop> {
        let provider = self.provider(&group.provider)?;
        let schema = self.schema(&group.provider, Mode::Managed, &group.type_name)?;
        let client = if self.options.refresh { Some(self.client(&group.provider)?) } else { None };
        if client.is_some() {
            let addresses = group.objects.iter().map(|(address, ..)| address.clone()).collect();
            self.emit(Event::RefreshStarted { addresses, type_name: group.type_name.clone() });
        }
        self.running.push(Box::pin(async move {
            Done::Refreshed(refresh_group(provider, client, schema, group).await)
        }));
        Ok(())
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
        if self.had_object(&address) && !self.found.prior.contains_key(&(address.clone(), None)) {
            return Err(Stop::Blocked([prior_fact(&address)].into()));
        }
        let (desired, warnings) = self.ev.instance(&address)?;
        let client = self.client(&desired.provider)?;
        let forced = self.forced_replacement(&address)?;
        let provider = self.provider(&desired.provider)?;
        let schema = self.schema(&desired.provider, Mode::Managed, &address.resource.type_name)?;
        self.found.problems.append(warnings);
        self.found.depends_on.insert(address.clone(), desired.depends_on.clone());
        let prior = self.found.prior.get(&(address.clone(), None)).cloned();
        if self.options.mode == PlanMode::RefreshOnly {
            self.keep_as_it_is(&address, &schema.block, prior);
            return Ok(());
        }
        let span = self.inputs.config.resource(&address.config()).map(|b| b.span);
        let input = ChangeInput { provider, client, schema, desired, prior, span, forced };
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
            let changed = match change.action {
                Action::NoOp | Action::Read => false,
                Action::Update if !path.0.is_empty() => change.before.at(&path) != change.after.at(&path),
                _ => true,
            };
            if changed {
                return Ok(Some(ActionReason::ReplaceByTriggers));
            }
        }
        Ok(None)
    }

    fn data(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        let (desired, warnings) = self.ev.instance(&address)?;
        if !desired.depends_on.is_empty() && !self.released.contains(&address) {
            self.held.push(address);
            return Ok(());
        }
        let provider = self.provider(&desired.provider)?;
        let schema = self.schema(&desired.provider, Mode::Data, &address.resource.type_name)?;
        let pending = self.pending_dependency(&desired.depends_on);
        let (config, _) = desired.config.unmark_deep();
        let mut problems = provider.validate_data_source(&address.resource.type_name, &config);
        problems = with_address(problems, &address);
        if problems.has_errors() {
            return Err(Stop::Failed(self.at_block(problems, &address)));
        }
        if !config.is_wholly_known() || pending {
            let reason = if config.is_wholly_known() {
                ActionReason::ReadBecauseDependencyPending
            } else {
                ActionReason::ReadBecauseConfigUnknown
            };
            self.found.problems.append(warnings);
            self.defer_read(desired, &schema.block, reason);
            return Ok(());
        }
        let client = self.client(&desired.provider)?;
        self.found.problems.append(warnings);
        self.found.problems.append(problems);
        self.found.depends_on.insert(address.clone(), desired.depends_on.clone());
        self.emit(Event::ReadStarted { address: address.clone() });
        let reads = self.reads.clone();
        self.running.push(Box::pin(async move {
            let _permit = reads.acquire_owned().await;
            let began = Instant::now();
            let answer = provider.read_data(&client, &address.resource.type_name, config).await;
            Done::Data(Box::new(desired), answer, began.elapsed())
        }));
        Ok(())
    }

    /// Whether anything that `depends_on` names changes in this plan.
    fn pending_dependency(&self, depends_on: &BTreeSet<ConfigResource>) -> bool {
        depends_on.iter().any(|resource| self.changing.contains(resource))
    }

    /// Plans to read a data source during apply.
    fn defer_read(&mut self, desired: DesiredInstance, schema: &terrane_schema::Block, reason: ActionReason) {
        let address = desired.address.clone();
        let (config, _) = desired.config.unmark_deep();
        let mut after = config.clone();
        for (name, attribute) in &schema.attributes {
            if attribute.computed && after.attribute(name).is_some_and(|v| v.is_null()) {
                after = after.with_attribute(name, Value::unknown(attribute.value_type()));
            }
        }
        let sensitive = crate::objects::sensitive_paths(&desired.config);
        let after = mark_object(schema, &after, &sensitive);
        self.found.depends_on.insert(address.clone(), desired.depends_on.clone());
        let change = ResourceChange {
            address: address.clone(),
            previous_address: None,
            deposed: None,
            provider: desired.provider,
            action: Action::Read,
            reason: Some(reason),
            before: Value::null(schema.implied_type()),
            after,
            requires_replace: Vec::new(),
            private: Private::from([]),
            importing: None,
            dependencies: desired.dependencies.into_iter().collect(),
            create_before_destroy: false,
        };
        self.found.state.write(StateWrite::Remove { address: address.clone(), deposed: None });
        self.planned(address, change);
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Client(address, Ok(client)) => {
                self.clients.insert(address.clone(), client);
                self.board.arrive(&client_fact(&address));
            }
            Done::Client(address, Err(problems)) => {
                let problems = self.at_provider(problems, &address);
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
            Done::Data(desired, Ok(value), elapsed) => self.data_read(*desired, value, elapsed),
            Done::Data(desired, Err(problems), _) => {
                let problems = with_address(problems, &desired.address);
                let problems = self.at_block(problems, &desired.address);
                self.found.problems.append(problems);
            }
        }
    }

    fn refreshed(&mut self, objects: Refreshed) {
        for (address, deposed, prior) in objects {
            let prior = match prior {
                Ok(prior) => prior,
                Err(problems) => {
                    let problems = self.at_block(problems, &address);
                    self.found.problems.append(problems);
                    continue;
                }
            };
            if self.options.refresh {
                let id = object_id(prior.current.as_ref().unwrap_or(&prior.stored));
                self.emit(Event::Refreshed { address: address.clone(), id });
                self.note_refreshed(&address, deposed.as_ref(), &prior);
            }
            if self.options.mode == PlanMode::Destroy && deposed.is_none() {
                // Provider configurations may be made from objects that are still there.
                let value = prior.current.as_ref().unwrap_or(&prior.stored);
                self.arrived(&address, value);
            }
            let fact = deposed.is_none().then(|| prior_fact(&address));
            self.found.prior.insert((address, deposed), prior);
            if let Some(fact) = fact {
                self.board.arrive(&fact);
            }
        }
    }

    /// Takes what a refresh found into the state.
    fn note_refreshed(
        &mut self,
        address: &ResourceInstance,
        deposed: Option<&Arc<str>>,
        prior: &PriorObject,
    ) {
        let write = match &prior.current {
            None => StateWrite::Remove { address: address.clone(), deposed: deposed.cloned() },
            Some(current) if *current == prior.stored && prior.private == prior.object.private => return,
            Some(current) => {
                let Ok(schema) = self.schema(&prior.provider, Mode::Managed, &address.resource.type_name)
                else {
                    return;
                };
                let object = encode_object(
                    &schema,
                    current,
                    prior.private.clone(),
                    prior.object.dependencies.clone(),
                    prior.object.status,
                    prior.object.create_before_destroy,
                );
                match object {
                    Ok(object) => StateWrite::Put {
                        address: address.clone(),
                        deposed: deposed.cloned(),
                        provider: prior.provider.clone(),
                        object: Box::new(object),
                    },
                    Err(problem) => {
                        self.found.problems.push(problem.about(Context::Address, address.to_string()));
                        return;
                    }
                }
            }
        };
        self.found.state.write(write);
    }

    fn data_read(&mut self, desired: DesiredInstance, value: Value, elapsed: Duration) {
        let address = desired.address.clone();
        let Ok(schema) = self.schema(&desired.provider, Mode::Data, &address.resource.type_name) else {
            return;
        };
        self.emit(Event::ReadDone { address: address.clone(), id: object_id(&value), elapsed });
        let sensitive = crate::objects::sensitive_paths(&desired.config);
        let value = mark_object(&schema.block, &value, &sensitive);
        let mut dependencies: BTreeSet<ConfigResource> = desired.depends_on.clone();
        dependencies.extend(desired.dependencies.iter().map(ResourceInstance::config));
        let dependencies = dependencies.into_iter().collect();
        match encode_object(&schema, &value, Private::from([]), dependencies, ObjectStatus::Ready, false) {
            Ok(object) => self.found.state.write(StateWrite::Put {
                address: address.clone(),
                deposed: None,
                provider: desired.provider.clone(),
                object: Box::new(object),
            }),
            Err(problem) => self.found.problems.push(problem.about(Context::Address, address.to_string())),
        }
        self.arrived(&address, &value);
        self.check_postconditions(&address, &value);
    }

    fn planned(&mut self, address: ResourceInstance, change: ResourceChange) {
        let after = change.after.clone();
        if change.action != Action::NoOp {
            self.changing.insert(address.config());
        }
        self.found.changes.insert(address.clone(), change);
        self.arrived(&address, &after);
        self.check_postconditions(&address, &after);
    }

    fn check_postconditions(&mut self, address: &ResourceInstance, value: &Value) {
        match self.ev.postconditions(address, value) {
            Ok((_, warnings)) => self.found.problems.append(warnings),
            Err(Stop::Failed(problems)) => self.found.problems.append(problems),
            // What is not known yet is checked during apply.
            Err(Stop::Blocked(_)) => {}
        }
    }

    fn arrived(&mut self, address: &ResourceInstance, value: &Value) {
        self.ev.deliver(address, value);
        self.board.arrive(&address.to_string());
    }

    /// Lets data sources go on whose dependencies are all planned; all of them when none is.
    fn release_held(&mut self) -> bool {
        if self.held.is_empty() {
            return false;
        }
        let waiting: BTreeSet<ConfigResource> = (self.board.stuck().into_iter())
            .filter_map(|(job, _)| match job {
                Job::Instance(address) => Some(address.config()),
                Job::Resource(address) => Some(address.config()),
                _ => None,
            })
            .chain(self.held.iter().map(ResourceInstance::config))
            .collect();
        let free = |address: &ResourceInstance| match self.ev.instance(address) {
            Ok((desired, _)) => desired.depends_on.is_disjoint(&waiting),
            Err(_) => true,
        };
        let (mut go, mut stay): (Vec<_>, Vec<_>) = self.held.drain(..).partition(free);
        if go.is_empty() {
            go = std::mem::take(&mut stay);
        }
        self.held = stay;
        for address in go {
            self.released.insert(address.clone());
            self.board.push(Job::Instance(address));
        }
        true
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
        if self.found.problems.has_errors() {
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

fn unsupported(what: &str, address: &ResourceAddress) -> Stop {
    Diagnostic::error(
        "Not supported",
        format!("{address}: {what} are not supported by this version of Terrane."),
    )
    .into()
}
