//! Ephemeral resources during a run: opened when something needs their values, and closed as soon
//! as nothing can need them any more.

use crate::run::{Done, Run, Waiter};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use terrane_address::{ConfigResource, Mode, ModulePath, ResourceInstance};
use terrane_config::{Config, StaticGraph, StaticNode};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_evaluate::{DesiredInstance, Stop};
use terrane_plan::{
    Action, ExecutionGraph, OpenResource, OpenResources, Operation, PlanMode, conclusions, mark_opened,
};
use terrane_value::Value;

/// What a run knows of its ephemeral resources.
pub(crate) struct Ephemeral {
    asked: HashSet<ResourceInstance>,
    failed: HashSet<ResourceInstance>,
    /// Those whose configurations need more results.
    waiting: Vec<(ResourceInstance, BTreeSet<Arc<str>>)>,
    open: OpenResources,
    uses: Uses,
}

/// Which operations can need which ephemeral resources, as far as the text of the configuration
/// tells.
#[derive(Default)]
struct Uses {
    by_operation: HashMap<NodeIndex, Vec<ConfigResource>>,
    /// How many operations that can need each are not done yet.
    left: BTreeMap<ConfigResource, usize>,
}

impl Ephemeral {
    pub(crate) fn new(config: &Config, graph: &ExecutionGraph) -> Ephemeral {
        Ephemeral {
            asked: HashSet::new(),
            failed: HashSet::new(),
            waiting: Vec::new(),
            open: OpenResources::default(),
            uses: Uses::new(config, graph),
        }
    }

    /// Whether something that failed is among `results`.
    pub(crate) fn has_failed(&self, results: &BTreeSet<Arc<str>>) -> bool {
        !self.failed.is_empty() && self.failed.iter().any(|a| results.contains(&*a.to_string()))
    }
}

impl Uses {
    fn new(config: &Config, graph: &ExecutionGraph) -> Uses {
        let mut uses = Uses::default();
        let mut declared =
            config.resources().map(|(resource, _)| resource).filter(|r| r.resource.mode == Mode::Ephemeral);
        let Some(first) = declared.next() else { return uses };
        let text = StaticGraph::new(config);
        for ephemeral in [first].into_iter().chain(declared) {
            let users = dependents(&text, &ephemeral);
            let concluded = users
                .iter()
                .any(|node| matches!(node, StaticNode::Output(module, _) if *module == ModulePath::root()));
            let checked = config.modules.values().any(|m| !m.checks.is_empty());
            let mut left = usize::from(concluded || checked);
            for node in graph.node_indices() {
                let Some(change) = graph[node].change() else { continue };
                if matches!(graph[node], Operation::Keep(_) | Operation::Forget(_)) {
                    continue;
                }
                let resource = StaticNode::Resource(change.address.config());
                let provider = config.module(&change.provider.module).and_then(|module| {
                    let mut blocks = module.providers.values();
                    let block = blocks.find(|b| {
                        b.alias == change.provider.alias
                            && module.provider_address(&b.local_name) == change.provider.provider
                    })?;
                    let (name, alias) = (block.local_name.clone(), block.alias.clone());
                    Some(StaticNode::Provider(change.provider.module.clone(), name, alias))
                });
                if users.contains(&resource) || provider.is_some_and(|p| users.contains(&p)) {
                    uses.by_operation.entry(node).or_default().push(ephemeral.clone());
                    left += 1;
                }
            }
            uses.left.insert(ephemeral, left);
        }
        uses
    }

    /// Operations that are done; gives the resources that nothing needs any more.
    fn done(&mut self, operations: &[NodeIndex]) -> Vec<ConfigResource> {
        let mut free = Vec::new();
        for operation in operations {
            for resource in self.by_operation.remove(operation).unwrap_or_default() {
                let Some(left) = self.left.get_mut(&resource) else { continue };
                *left = left.saturating_sub(1);
                if *left == 0 {
                    free.push(resource);
                }
            }
        }
        free
    }
}

/// Everything that depends on the resource.
fn dependents(text: &StaticGraph, resource: &ConfigResource) -> HashSet<StaticNode> {
    let mut found = HashSet::new();
    let mut open: Vec<_> = text.node(&StaticNode::Resource(resource.clone())).into_iter().collect();
    while let Some(at) = open.pop() {
        for user in text.graph.neighbors_directed(at, Direction::Incoming) {
            if found.insert(text.graph[user].0.clone()) {
                open.push(user);
            }
        }
    }
    found
}

impl Run<'_, '_> {
    /// Opens the ephemeral resources among `results` that were not asked for yet.
    pub(crate) fn want(&mut self, results: &BTreeSet<Arc<str>>) -> bool {
        let mut new = false;
        for result in results {
            let Ok(address) = result.parse::<ResourceInstance>() else { continue };
            if address.resource.mode == Mode::Ephemeral && self.ephemeral.asked.insert(address.clone()) {
                self.try_open(address);
                new = true;
            }
        }
        new
    }

    /// What outputs and checks need; gives whether there is anything new.
    pub(crate) fn want_for_conclusions(&mut self) -> bool {
        let none = self.ephemeral.uses.left.is_empty();
        if none || self.stopped || self.plan.mode == PlanMode::Destroy {
            return false;
        }
        let needed = conclusions(self.ev);
        self.want(&needed)
    }

    pub(crate) fn try_open(&mut self, address: ResourceInstance) {
        match self.begin_open(&address) {
            Ok(()) => {}
            Err(Stop::Blocked(on)) if self.ephemeral.has_failed(&on) => {
                self.open_failed(address, Diagnostics::new());
            }
            Err(Stop::Blocked(on)) => {
                self.ephemeral.waiting.push((address, on.clone()));
                self.want(&on);
            }
            Err(Stop::Failed(problems)) => self.open_failed(address, problems),
        }
    }

    fn begin_open(&mut self, address: &ResourceInstance) -> Result<(), Stop> {
        let (desired, warnings) = self.ev.instance(address)?;
        let unfinished: BTreeSet<Arc<str>> = (self.plan.changes.iter())
            .filter(|_| !desired.depends_on.is_empty())
            .filter(|c| c.deposed.is_none() && !matches!(c.action, Action::Delete | Action::Forget))
            .filter(|c| desired.depends_on.contains(&c.address.config()))
            .filter(|c| self.ev.result(&c.address).is_none())
            .map(|c| c.address.to_string().into())
            .collect();
        if !unfinished.is_empty() {
            return Err(Stop::Blocked(unfinished));
        }
        let waiter = Waiter::Ephemeral(address.clone());
        let Some(client) = self.client(waiter, &desired.provider)? else { return Ok(()) };
        let provider = self.provider(&desired.provider)?;
        let (config, _) = desired.config.unmark_deep();
        if !config.is_wholly_known() {
            let detail =
                format!("The configuration of {address} should be known by now. This is a bug in Terrane.");
            return Err(Diagnostic::error("Configuration still unknown", detail).into());
        }
        self.problems.append(warnings);
        let (address, events) = (address.clone(), self.inputs.events.clone());
        self.running.push(Box::pin(async move {
            let opened = OpenResource::open(address, provider, client, config, events).await;
            Done::Opened(Box::new(desired), opened.map(Box::new))
        }));
        Ok(())
    }

    pub(crate) fn opened(
        &mut self,
        desired: DesiredInstance,
        result: Result<Box<(Value, OpenResource)>, Diagnostics>,
    ) {
        let address = desired.address.clone();
        let (value, resource) = match result {
            Ok(opened) => *opened,
            Err(problems) => return self.open_failed(address, problems),
        };
        let of_client = self.client_origins.get(&desired.provider).into_iter().flatten();
        self.ephemeral.open.insert(&address, resource, desired.dependencies.iter().chain(of_client));
        let schema = self.inputs.schemas.shared(
            &desired.provider.provider,
            Mode::Ephemeral,
            &address.resource.type_name,
        );
        let Some(schema) = schema else { return };
        let value = mark_opened(&schema.block, &desired.config, &value);
        // Its own conditions come before those who use it.
        match self.postconditions(&address, &value) {
            Ok(()) => self.deliver(&address, &value),
            Err(problems) => self.open_failed(address, problems),
        }
    }

    /// What needs the resource cannot go on.
    pub(crate) fn open_failed(&mut self, address: ResourceInstance, problems: Diagnostics) {
        let span = self.inputs.config.resource(&address.config()).map(|b| b.span);
        self.problems.extend(problems.into_iter().map(|mut d| {
            d.subject = d.subject.or(span);
            if d.about.iter().any(|(kind, _)| *kind == Context::Address) {
                return d;
            }
            d.about(Context::Address, address.to_string())
        }));
        let name = address.to_string();
        self.ephemeral.failed.insert(address);
        for node in self.schedule.give_up(&name) {
            self.schedule.fail(node);
        }
        let (lost, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.ephemeral.waiting).into_iter().partition(|(_, on)| on.contains(&*name));
        self.ephemeral.waiting = waiting;
        for (address, _) in lost {
            self.open_failed(address, Diagnostics::new());
        }
    }

    /// A result is there that a configuration of an ephemeral resource may wait for.
    pub(crate) fn arrived_for_ephemeral(&mut self, address: &str) {
        let mut ready = Vec::new();
        self.ephemeral.waiting.retain_mut(|(waiting, on)| {
            on.remove(address);
            if on.is_empty() {
                ready.push(waiting.clone());
            }
            !on.is_empty()
        });
        for address in ready {
            self.try_open(address);
        }
    }

    /// Closes what nothing can need any more.
    pub(crate) fn close_unneeded(&mut self) {
        let done = self.schedule.take_done();
        let free = self.ephemeral.uses.done(&done);
        if free.is_empty() {
            return;
        }
        let open = self.ephemeral.open.addresses();
        let wanted: BTreeSet<ResourceInstance> =
            open.filter(|address| free.contains(&address.config())).cloned().collect();
        if !wanted.is_empty() {
            let closing = self.ephemeral.open.close(&wanted);
            self.running.push(Box::pin(async move { Done::Closed(closing.await) }));
        }
    }

    /// Closes everything that is still open.
    pub(crate) async fn close_all(&mut self) {
        let problems = self.ephemeral.open.close_all().await;
        self.problems.append(problems);
    }
}
