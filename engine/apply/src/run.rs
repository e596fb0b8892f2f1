//! The run of a plan.

use crate::Recorder;
use crate::ephemeral::Ephemeral;
use crate::kept::KeptParts;
use crate::lanes::{Lane, Lanes, Parallelism};
use crate::operation::{OperationInput, OperationResult, run_operation};
use crate::provision::Provisioners;
use crate::schedule::Schedule;
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use petgraph::graph::NodeIndex;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use terrane_address::{ProviderConfigAddress, ResourceInstance};
use terrane_config::Config;
use terrane_diagnostics::{Context, Diagnostic, Diagnostics, Severity};
use terrane_evaluate::{DesiredInstance, Evaluator, Stop};
use terrane_plan::{
    Action, Counts, Event, Events, ExecutionGraph, KnownFailures, OpenResource, Operation, Plan,
    ResourceChange, StaticDependencies, WriteOnlyKey, check_around, encode_object, execution_graph,
    kept_provider, last_provider_config, object_id, read_failure,
};
use terrane_provider::{Client, OperationToken, Private, Provider, Providers, Schemas};
use terrane_schema::Schema;
use terrane_state::{KeptProvider, ObjectStatus, State, StateWrite};
use terrane_value::Value;
use tokio::sync::watch;

/// What an apply needs.
pub struct ApplyInputs<'c> {
    /// The configuration that the plan was made from.
    pub config: &'c Config,
    /// The schemas of its providers.
    pub schemas: &'c Schemas,
    /// The providers themselves.
    pub providers: &'c Providers,
    /// Where events go.
    pub events: Events,
    /// The journal.
    pub recorder: Arc<dyn Recorder>,
    /// Becomes true when nothing new is to be begun.
    pub stop: watch::Receiver<bool>,
    /// The key under which changes of write-only values are seen; without it they are not.
    pub write_only_key: Option<WriteOnlyKey>,
    /// How many operations run at the same time.
    pub parallelism: Parallelism,
    /// Creations that an earlier run began and whose results were never recorded: they are
    /// repeated under the same token, so that the provider finds what they may have made.
    pub interrupted: HashMap<ResourceInstance, OperationToken>,
}

/// What came of an apply.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The state afterwards.
    pub state: State,
    /// How many objects were made, changed and destroyed.
    pub counts: Counts,
    /// Problems.
    pub problems: Diagnostics,
    /// Whether it was stopped before everything was done.
    pub stopped: bool,
}

pub(crate) enum Done {
    Operation(NodeIndex, Box<OperationResult>),
    Read(NodeIndex, Arc<ResourceChange>, Result<Value, Diagnostics>, Duration),
    Client(ProviderConfigAddress, Result<Arc<dyn Client>, Diagnostics>),
    Opened(Box<DesiredInstance>, Result<Box<(Value, OpenResource)>, Diagnostics>),
    Closed(Diagnostics),
}

/// Who waits for a client.
pub(crate) enum Waiter {
    Operation(NodeIndex),
    Ephemeral(ResourceInstance),
}

/// Applies a plan. `ev` must be new: it gets final results only.
pub async fn apply(ev: &Evaluator<'_>, inputs: &ApplyInputs<'_>, plan: &Plan) -> Applied {
    if !plan.deferred.is_empty() {
        ev.plan_in_rounds();
    }
    let graph = execution_graph(plan);
    let mut run = Run {
        ev,
        inputs,
        plan,
        graph: &graph,
        schedule: Schedule::new(&graph),
        running: FuturesUnordered::new(),
        lanes: Lanes::new(inputs.parallelism),
        clients: HashMap::new(),
        client_waiters: HashMap::new(),
        client_origins: HashMap::new(),
        kept_providers: HashMap::new(),
        ephemeral: Ephemeral::new(inputs.config, &graph),
        static_dependencies: StaticDependencies::new(inputs.config),
        deposed: HashMap::new(),
        failures: KnownFailures::new(),
        state: plan.prior_state.clone(),
        counts: Counts::default(),
        problems: Diagnostics::new(),
        stopped: false,
    };
    run.deliver_known();
    run.moved_and_gone().await;
    run.imports().await;
    run.all().await;
    while run.want_for_conclusions() {
        run.all().await;
    }
    run.report_unfinished();
    run.outputs().await;
    run.forget_data();
    run.checks();
    run.read_touched().await;
    run.close_all().await;
    Applied { state: run.state, counts: run.counts, problems: run.problems, stopped: run.stopped }
}

/// The state of a run.
pub(crate) struct Run<'a, 'c> {
    pub(crate) ev: &'a Evaluator<'c>,
    pub(crate) inputs: &'a ApplyInputs<'c>,
    pub(crate) plan: &'a Plan,
    pub(crate) graph: &'a ExecutionGraph,
    pub(crate) schedule: Schedule<'a>,
    pub(crate) running: FuturesUnordered<LocalBoxFuture<'a, Done>>,
    /// Operations in flight; asking for a client does not count.
    lanes: Lanes,
    pub(crate) clients: HashMap<ProviderConfigAddress, Arc<dyn Client>>,
    client_waiters: HashMap<ProviderConfigAddress, Vec<Waiter>>,
    /// The instances that provider configurations were made from.
    pub(crate) client_origins: HashMap<ProviderConfigAddress, BTreeSet<ResourceInstance>>,
    pub(crate) ephemeral: Ephemeral,
    /// What is kept of provider configurations with the objects made with them.
    pub(crate) kept_providers: HashMap<ProviderConfigAddress, Option<KeptProvider>>,
    static_dependencies: StaticDependencies,
    /// The keys of objects that were deposed in this run.
    deposed: HashMap<ResourceInstance, Arc<str>>,
    /// Instances whose conditions are known not to hold.
    pub(crate) failures: KnownFailures,
    pub(crate) state: State,
    pub(crate) counts: Counts,
    pub(crate) problems: Diagnostics,
    pub(crate) stopped: bool,
}

impl<'a> Run<'a, '_> {
    async fn all(&mut self) {
        let mut stop = self.inputs.stop.clone();
        let mut listening = true;
        loop {
            while !self.stopped && self.lanes.has_room() {
                let Some(node) = self.next() else { break };
                self.begin(node);
            }
            self.close_unneeded();
            if self.running.is_empty() {
                break;
            }
            tokio::select! {
                biased;
                done = self.running.next() => {
                    if let Some(done) = done {
                        self.finish(done);
                    }
                }
                changed = stop.changed(), if listening && !self.stopped => {
                    // An error means that nobody is left who could stop the run.
                    listening = changed.is_ok();
                    if listening && *stop.borrow() {
                        self.stopped = true;
                        (self.inputs.events)(Event::Stopping);
                    }
                }
            }
        }
    }

    /// The next operation that can begin, and for which there is a place.
    fn next(&mut self) -> Option<NodeIndex> {
        if let Some(node) = self.lanes.next() {
            return Some(node);
        }
        loop {
            let node = self.schedule.next()?;
            let Some(lane) = self.lane(node) else { return Some(node) };
            if self.lanes.admits(&lane, node) {
                return Some(node);
            }
        }
    }

    /// The API whose places an operation needs.
    fn lane(&self, node: NodeIndex) -> Option<Lane> {
        let calls = match &self.graph[node] {
            Operation::Keep(_) | Operation::AllDeleted(_) | Operation::Forget(_) => return None,
            Operation::Read(c) | Operation::Create(c) | Operation::Update(c) | Operation::Delete(c) => c,
        };
        let provider = self.inputs.providers.serving_instance(&calls.provider, &calls.address)?;
        Some((calls.provider.clone(), provider.api(&calls.address.resource.type_name)))
    }

    fn enter(&mut self, node: NodeIndex) {
        if let Some(lane) = self.lane(node) {
            self.lanes.enter(node, lane);
        }
    }

    fn begin(&mut self, node: NodeIndex) {
        let begun = match &self.graph[node] {
            Operation::Keep(_) | Operation::AllDeleted(_) => Ok(false),
            Operation::Forget(change) => {
                let write = StateWrite::Remove { address: change.address.clone(), deposed: None };
                self.state.write(write);
                self.counts.forget += 1;
                Ok(false)
            }
            Operation::Read(change) => self.begin_read(node, &change.clone()),
            Operation::Create(change) => self.begin_change(node, &change.clone(), Action::Create),
            Operation::Update(change) => self.begin_change(node, &change.clone(), Action::Update),
            Operation::Delete(change) => self.begin_delete(node, &change.clone()),
        };
        match begun {
            Ok(true) => {}
            Ok(false) => self.schedule.finish(node),
            Err(Stop::Blocked(on)) if self.ephemeral.has_failed(&on) => self.schedule.fail(node),
            Err(Stop::Blocked(on)) => {
                self.schedule.wait(node, on.clone());
                self.want(&on);
            }
            Err(Stop::Failed(problems)) => {
                let problems = match self.graph[node].change() {
                    Some(change) => self.about(problems, change),
                    None => problems,
                };
                self.problems.append(problems);
                self.schedule.fail(node);
            }
        }
    }

    /// The client of a provider configuration; `None` when it was asked for and `waiter` will be
    /// tried again.
    pub(crate) fn client(
        &mut self,
        waiter: Waiter,
        address: &ProviderConfigAddress,
    ) -> Result<Option<Arc<dyn Client>>, Stop> {
        if let Some(client) = self.clients.get(address) {
            return Ok(Some(client.clone()));
        }
        if let Some(waiters) = self.client_waiters.get_mut(address) {
            waiters.push(waiter);
            return Ok(None);
        }
        let provider = self.provider(address)?;
        let last = last_provider_config(self.ev, self.inputs.schemas, &self.plan.prior_state, address)?;
        let (config, warnings) = match last {
            Some(config) => (config, Diagnostics::new()),
            None => self.ev.provider_config(address)?,
        };
        self.problems.append(warnings);
        if let Some(schema) = self.inputs.schemas.get(&address.provider) {
            let kept = kept_provider(&schema.provider.block, &config);
            self.kept_providers.insert(address.clone(), kept);
        }
        let origins = config.origins().iter().filter_map(|o| o.parse().ok()).collect();
        self.client_origins.insert(address.clone(), origins);
        let (config, _) = config.unmark_deep();
        self.client_waiters.insert(address.clone(), vec![waiter]);
        let address = address.clone();
        self.running.push(Box::pin(async move {
            let client = provider.configure(&config).await;
            Done::Client(address, client)
        }));
        Ok(None)
    }

    /// The client of a provider configuration for what the module of a change asks.
    fn client_for(
        &mut self,
        node: NodeIndex,
        change: &ResourceChange,
        address: &ProviderConfigAddress,
    ) -> Result<Option<Arc<dyn Client>>, Stop> {
        let Some(client) = self.client(Waiter::Operation(node), address)? else { return Ok(None) };
        let (meta, _) = self.ev.provider_meta(&change.address.module, &address.provider)?;
        Ok(Some(self.provider(address)?.for_module(client, meta)))
    }

    pub(crate) fn provider(&self, address: &ProviderConfigAddress) -> Result<Arc<dyn Provider>, Stop> {
        self.inputs.providers.serving(address).cloned().ok_or_else(|| {
            Diagnostic::error(
                "Provider not available",
                format!("The provider {} is not part of this build of Terrane.", address.provider.short()),
            )
            .into()
        })
    }

    /// What serves an instance: its provider, unless something stands in for it.
    fn provider_for(
        &self,
        address: &ProviderConfigAddress,
        instance: &ResourceInstance,
    ) -> Result<Arc<dyn Provider>, Stop> {
        match self.inputs.providers.stand_in(instance) {
            Some(stand_in) => Ok(stand_in.clone()),
            None => self.provider(address),
        }
    }

    fn schema(&self, change: &ResourceChange) -> Result<Arc<Schema>, Stop> {
        let resource = &change.address.resource;
        let schema =
            self.inputs.schemas.shared(&change.provider.provider, resource.mode, &resource.type_name);
        schema.cloned().ok_or_else(|| {
            Diagnostic::error(
                "Resource type not known",
                format!("The provider {} has no {}.", change.provider.provider.short(), resource.type_name),
            )
            .into()
        })
    }

    fn begin_read(&mut self, node: NodeIndex, change: &Arc<ResourceChange>) -> Result<bool, Stop> {
        let (desired, warnings) = self.ev.instance(&change.address)?;
        let Some(client) = self.client_for(node, change, &desired.provider)? else { return Ok(true) };
        let provider = self.provider_for(&desired.provider, &change.address)?;
        self.problems.append(warnings);
        let (config, _) = desired.config.unmark_deep();
        if !config.is_wholly_known() {
            return Err(Diagnostic::error(
                "Configuration still unknown",
                format!(
                    "The configuration of {} should be known by now. This is a bug in Terrane.",
                    change.address
                ),
            )
            .into());
        }
        (self.inputs.events)(Event::ReadStarted { address: change.address.clone() });
        self.enter(node);
        let change = change.clone();
        self.running.push(Box::pin(async move {
            let began = Instant::now();
            let answer = provider.read_data(&client, &change.address.resource.type_name, config).await;
            Done::Read(node, change, answer, began.elapsed())
        }));
        Ok(true)
    }

    fn begin_change(
        &mut self,
        node: NodeIndex,
        change: &Arc<ResourceChange>,
        action: Action,
    ) -> Result<bool, Stop> {
        let (desired, warnings) = self.ev.instance(&change.address)?;
        let Some(client) = self.client_for(node, change, &change.provider)? else { return Ok(true) };
        let schema = self.schema(change)?;
        let provider = self.provider_for(&change.provider, &change.address)?;
        let (before, _) = change.before.unmark_deep();
        let (plain, marks) = desired.config.unmark_paths();
        if !plain.is_wholly_known() {
            return Err(Diagnostic::error(
                "Configuration still unknown",
                format!(
                    "The configuration of {} should be known by now. This is a bug in Terrane.",
                    change.address
                ),
            )
            .into());
        }
        self.problems.append(warnings);
        let ignored =
            if action == Action::Update { before } else { Value::null(schema.block.implied_type()) };
        let config = terrane_plan::with_ignored(&desired, &ignored, &plain).mark_paths(&marks);
        // A present object gives way to its successor before that is made.
        let deposed =
            (action == Action::Create && change.action == Action::CreateThenDelete).then(new_deposed_key);
        if let Some(key) = &deposed {
            self.deposed.insert(change.address.clone(), key.clone());
        }
        let prior = if action == Action::Create { ignored } else { change.before.clone() };
        let private =
            if action == Action::Create { Private::from([]) } else { self.stored_private(change, None) };
        let dependencies = self.static_dependencies.stored(&change.address.config());
        let stored = self.stored_object(change, None).filter(|_| action == Action::Update);
        let before = stored.map(|object| object.kept.clone()).unwrap_or_default();
        let kept = self.kept_parts(change, action, &*provider, &schema, &plain, before);
        self.start(
            node,
            change,
            action,
            OperationParts { provider, client, schema, config, prior, private, dependencies, deposed, kept },
        );
        Ok(true)
    }

    fn begin_delete(&mut self, node: NodeIndex, change: &Arc<ResourceChange>) -> Result<bool, Stop> {
        let Some(client) = self.client_for(node, change, &change.provider)? else { return Ok(true) };
        let schema = self.schema(change)?;
        let provider = self.provider_for(&change.provider, &change.address)?;
        let deposed = change.deposed.clone().or_else(|| match change.action {
            Action::CreateThenDelete => self.deposed.get(&change.address).cloned(),
            _ => None,
        });
        let private = self.stored_private(change, deposed.as_ref());
        let config = Value::null(schema.block.implied_type());
        let dependencies = self.stored_dependencies(change, deposed.as_ref());
        let prior = change.before.clone();
        let before = self.stored_object(change, deposed.as_ref()).map(|object| object.kept.clone());
        let kept = KeptParts { before: before.unwrap_or_default(), ..KeptParts::default() };
        self.start(
            node,
            change,
            Action::Delete,
            OperationParts { provider, client, schema, config, prior, private, dependencies, deposed, kept },
        );
        Ok(true)
    }

    fn start(
        &mut self,
        node: NodeIndex,
        change: &Arc<ResourceChange>,
        action: Action,
        parts: OperationParts,
    ) {
        let OperationParts { provider, client, schema, config, prior, private, dependencies, deposed, kept } =
            parts;
        let input = OperationInput {
            provider,
            client,
            schema,
            change: change.clone(),
            action,
            config,
            prior,
            private,
            dependencies,
            tainted: self
                .stored_object(change, deposed.as_ref())
                .is_some_and(|object| object.status == ObjectStatus::Tainted),
            deposed,
            kept,
            provisioners: Provisioners::of(self.ev, &change.address, &self.inputs.events),
            interrupted: match action {
                Action::Create => self.inputs.interrupted.get(&change.address).cloned(),
                _ => None,
            },
            block: self.inputs.config.resource(&change.address.config()),
            events: self.inputs.events.clone(),
            recorder: self.inputs.recorder.clone(),
        };
        self.enter(node);
        self.running
            .push(Box::pin(async move { Done::Operation(node, Box::new(run_operation(input).await)) }));
    }

    fn stored_object(
        &self,
        change: &ResourceChange,
        deposed: Option<&Arc<str>>,
    ) -> Option<&Arc<terrane_state::Object>> {
        let instance = self.state.instance(&change.address)?;
        match deposed {
            Some(key) => instance.deposed.get(key),
            None => instance.current.as_ref(),
        }
    }

    fn stored_private(&self, change: &ResourceChange, deposed: Option<&Arc<str>>) -> Private {
        self.stored_object(change, deposed).map_or_else(|| Private::from([]), |o| o.private.clone())
    }

    fn stored_dependencies(
        &self,
        change: &ResourceChange,
        deposed: Option<&Arc<str>>,
    ) -> Vec<terrane_address::ConfigResource> {
        self.stored_object(change, deposed).map(|o| o.dependencies.clone()).unwrap_or_default()
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Client(address, Ok(client)) => {
                self.clients.insert(address.clone(), client);
                for waiter in self.client_waiters.remove(&address).unwrap_or_default() {
                    match waiter {
                        Waiter::Operation(node) => self.schedule.again(node),
                        Waiter::Ephemeral(address) => self.try_open(address),
                    }
                }
            }
            Done::Client(address, Err(problems)) => {
                self.problems.append(problems);
                for waiter in self.client_waiters.remove(&address).unwrap_or_default() {
                    match waiter {
                        Waiter::Operation(node) => self.schedule.fail(node),
                        Waiter::Ephemeral(address) => self.open_failed(address, Diagnostics::new()),
                    }
                }
            }
            Done::Opened(desired, result) => self.opened(*desired, result),
            Done::Closed(problems) => self.problems.append(problems),
            Done::Read(node, change, answer, elapsed) => {
                self.lanes.leave(node);
                match answer
                    .map_err(|p| self.about(p, &change))
                    .and_then(|v| self.read_done(&change, v, elapsed))
                {
                    Ok(()) => self.schedule.finish(node),
                    Err(problems) if check_around(self.inputs.config, &change.address.config()).is_some() => {
                        self.nested_read_failed(&change, problems);
                        self.schedule.finish(node);
                    }
                    Err(problems) => {
                        self.problems.append(problems);
                        self.schedule.fail(node);
                    }
                }
            }
            Done::Operation(node, result) => {
                self.lanes.leave(node);
                self.operation_done(node, *result);
            }
        }
    }

    fn read_done(
        &mut self,
        change: &ResourceChange,
        value: Value,
        elapsed: Duration,
    ) -> Result<(), Diagnostics> {
        let schema = match self.schema(change) {
            Ok(schema) => schema,
            Err(Stop::Failed(problems)) => return Err(problems),
            Err(Stop::Blocked(_)) => return Ok(()),
        };
        let id = object_id(&value);
        (self.inputs.events)(Event::ReadDone { address: change.address.clone(), id, elapsed });
        let (_, marks) = change.after.unmark_paths();
        let value = value.mark_paths(&marks);
        let object =
            encode_object(&schema, &value, Private::from([]), Vec::new(), ObjectStatus::Ready, false)
                .map_err(Diagnostics::from)?;
        self.state.write(StateWrite::Put {
            address: change.address.clone(),
            deposed: None,
            provider: change.provider.clone(),
            object: Arc::new(object),
        });
        self.deliver(&change.address, &value);
        self.postconditions(&change.address, &value)
    }

    /// A data source in a `check` block could not be read: that is for the check to say.
    fn nested_read_failed(&mut self, change: &ResourceChange, problems: Diagnostics) {
        self.failures.insert(change.address.clone(), vec![read_failure(&problems)]);
        let warnings = problems.into_iter().map(|d| Diagnostic { severity: Severity::Warning, ..d });
        self.problems.append(warnings.collect());
    }

    fn operation_done(&mut self, node: NodeIndex, result: OperationResult) {
        for write in result.writes {
            self.state.write(write);
        }
        let mut failed = result.problems.has_errors();
        self.problems.append(result.problems);
        if result.journal_lost {
            self.stopped = true;
            failed = true;
        }
        if !failed {
            match result.action {
                Action::Create => self.counts.add += 1,
                Action::Update => self.counts.change += 1,
                Action::NoOp => {}
                _ => self.counts.destroy += 1,
            }
            if result.action != Action::Delete {
                self.deliver(&result.address, &result.value);
                if let Err(problems) = self.postconditions(&result.address, &result.value) {
                    self.problems.append(problems);
                    failed = true;
                }
            }
        }
        if failed { self.schedule.fail(node) } else { self.schedule.finish(node) }
    }

    pub(crate) fn deliver(&mut self, address: &ResourceInstance, value: &Value) {
        self.ev.deliver(address, value);
        let name = address.to_string();
        self.schedule.arrived(&name);
        self.arrived_for_ephemeral(&name);
    }

    pub(crate) fn postconditions(
        &mut self,
        address: &ResourceInstance,
        value: &Value,
    ) -> Result<(), Diagnostics> {
        match self.ev.postconditions(address, value) {
            Ok((_, warnings)) => {
                self.problems.append(warnings);
                Ok(())
            }
            Err(Stop::Failed(problems)) => Err(problems),
            Err(Stop::Blocked(_)) => Ok(()),
        }
    }

    fn about(&self, problems: Diagnostics, change: &ResourceChange) -> Diagnostics {
        let block = self.inputs.config.resource(&change.address.config());
        problems
            .into_iter()
            .map(|mut d| {
                if let Some(block) = block {
                    block.locate(&mut d);
                }
                if d.about.iter().any(|(kind, _)| *kind == Context::Address) {
                    return d;
                }
                d.about(Context::Address, change.address.to_string())
            })
            .collect()
    }

    fn report_unfinished(&mut self) {
        if !self.stopped && !self.problems.has_errors() && !self.schedule.stuck().is_empty() {
            let waits: Vec<String> = (self.schedule.stuck().iter())
                .filter_map(|(node, on)| {
                    let change = self.graph[*node].change()?;
                    let on: Vec<&str> = on.iter().map(|a| &**a).collect();
                    Some(format!("  - {} waits for {}", change.address, on.join(", ")))
                })
                .collect();
            self.problems.push(Diagnostic::error(
                "Cycle",
                format!("These wait for results that nothing will deliver:\n{}", waits.join("\n")),
            ));
        }
        self.stopped = self.stopped && self.schedule.unfinished() > 0;
    }
}

struct OperationParts {
    provider: Arc<dyn Provider>,
    client: Arc<dyn Client>,
    schema: Arc<Schema>,
    config: Value,
    prior: Value,
    private: Private,
    dependencies: Vec<terrane_address::ConfigResource>,
    deposed: Option<Arc<str>>,
    kept: KeptParts,
}

/// Eight hexadecimal digits that no other deposed object of the instance has.
fn new_deposed_key() -> Arc<str> {
    uuid::Uuid::new_v4().simple().to_string()[..8].into()
}
