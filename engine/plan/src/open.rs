//! Ephemeral resources that are open: kept so as long as they are needed, and closed in the end.
//!
//! Nothing here decides when that is; planning and applying do.

use crate::objects::{mark_object, sensitive_paths};
use crate::refresh::with_address;
use crate::{EphemeralStep, Event, Events};
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;
use terrane_address::ResourceInstance;
use terrane_diagnostics::Diagnostics;
use terrane_provider::{Client, Private, Provider, Renewal};
use terrane_schema::Block;
use terrane_value::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// An ephemeral resource that is open. A task of its own renews it until it is closed.
pub struct OpenResource {
    address: ResourceInstance,
    provider: Arc<dyn Provider>,
    client: Arc<dyn Client>,
    events: Events,
    needless: watch::Sender<bool>,
    renewals: JoinHandle<(Private, Diagnostics)>,
}

impl OpenResource {
    /// Opens the resource with a wholly known, unmarked configuration, and gives its object.
    pub async fn open(
        address: ResourceInstance,
        provider: Arc<dyn Provider>,
        client: Arc<dyn Client>,
        config: Value,
        events: Events,
    ) -> Result<(Value, OpenResource), Diagnostics> {
        let step = EphemeralStep::Open;
        events(Event::EphemeralStarted { address: address.clone(), step });
        let began = Instant::now();
        let opened = provider.open(&client, &address.resource.type_name, config).await;
        let opened = opened.map_err(|problems| with_address(problems, &address))?;
        events(Event::EphemeralDone { address: address.clone(), step, elapsed: began.elapsed() });
        let (needless, told) = watch::channel(false);
        let renewals = tokio::spawn(renew(
            address.clone(),
            provider.clone(),
            client.clone(),
            opened.renewal,
            events.clone(),
            told,
        ));
        Ok((opened.value, OpenResource { address, provider, client, events, needless, renewals }))
    }

    /// Closes it. What went wrong since it was opened is told here: a renewal that failed, too.
    pub async fn close(self) -> Diagnostics {
        let step = EphemeralStep::Close;
        // Nobody listens any more when renewing has ended already.
        let _ = self.needless.send(true);
        let (private, mut problems) = match self.renewals.await {
            Ok(last) => last,
            // Only a panic in the provider ends the task like this; what it held is lost with it.
            Err(error) => {
                let detail = format!("The renewal of {} ended with {error}.", self.address);
                let problem = terrane_diagnostics::Diagnostic::error("Ephemeral resource lost", detail);
                return with_address(problem.into(), &self.address);
            }
        };
        let address = self.address;
        (self.events)(Event::EphemeralStarted { address: address.clone(), step });
        let began = Instant::now();
        problems.append(self.provider.close(&self.client, &address.resource.type_name, &private).await);
        (self.events)(Event::EphemeralDone { address: address.clone(), step, elapsed: began.elapsed() });
        with_address(problems, &address)
    }
}

/// Renews as often as the provider wants it until `told` that nobody needs it any more. A renewal
/// that has begun is finished. Gives what closing needs.
async fn renew(
    address: ResourceInstance,
    provider: Arc<dyn Provider>,
    client: Arc<dyn Client>,
    renewal: Renewal,
    events: Events,
    mut told: watch::Receiver<bool>,
) -> (Private, Diagnostics) {
    let Renewal { mut private, mut renew_after } = renewal;
    let step = EphemeralStep::Renew;
    while let Some(after) = renew_after {
        tokio::select! {
            biased;
            // An error means that nobody is left who needs it.
            _ = told.wait_for(|needless| *needless) => break,
            () = tokio::time::sleep(after) => {}
        }
        events(Event::EphemeralStarted { address: address.clone(), step });
        let began = Instant::now();
        match provider.renew(&client, &address.resource.type_name, &private).await {
            Ok(renewed) => {
                events(Event::EphemeralDone { address: address.clone(), step, elapsed: began.elapsed() });
                (private, renew_after) = (renewed.private, renewed.renew_after);
            }
            Err(problems) => return (private, problems),
        }
    }
    (private, Diagnostics::new())
}

/// All that are open in a run, and what each was opened with.
#[derive(Default)]
pub struct OpenResources {
    open: BTreeMap<ResourceInstance, (usize, OpenResource)>,
    /// How far each is from those that need no other: kept after it is closed.
    depths: BTreeMap<ResourceInstance, usize>,
}

impl OpenResources {
    /// Takes one that was opened with the help of `needed`, and so must be closed before those.
    pub fn insert<'a>(
        &mut self,
        address: &ResourceInstance,
        resource: OpenResource,
        needed: impl IntoIterator<Item = &'a ResourceInstance>,
    ) {
        let depths = needed.into_iter().filter_map(|n| self.depths.get(n));
        let depth = depths.max().map_or(0, |d| d + 1);
        self.depths.insert(address.clone(), depth);
        self.open.insert(address.clone(), (depth, resource));
    }

    /// Closes those of `wanted` that are open, those first that were opened with the help of others.
    pub fn close(
        &mut self,
        wanted: &BTreeSet<ResourceInstance>,
    ) -> impl Future<Output = Diagnostics> + use<> {
        let taken = wanted.iter().filter_map(|address| self.open.remove(address)).collect();
        close_in_order(taken)
    }

    /// Closes all of them.
    pub fn close_all(&mut self) -> impl Future<Output = Diagnostics> + use<> {
        close_in_order(std::mem::take(&mut self.open).into_values().collect())
    }

    /// The addresses of those that are open.
    pub fn addresses(&self) -> impl Iterator<Item = &ResourceInstance> {
        self.open.keys()
    }
}

async fn close_in_order(resources: Vec<(usize, OpenResource)>) -> Diagnostics {
    let mut by_depth: BTreeMap<usize, Vec<OpenResource>> = BTreeMap::new();
    for (depth, resource) in resources {
        by_depth.entry(depth).or_default().push(resource);
    }
    let mut problems = Diagnostics::new();
    for (_, resources) in by_depth.into_iter().rev() {
        for more in join_all(resources.into_iter().map(OpenResource::close)).await {
            problems.append(more);
        }
    }
    problems
}

/// The object of an ephemeral resource as the evaluator takes it: sensitive where its schema or
/// its configuration says so.
pub fn mark_opened(schema: &Block, config: &Value, value: &Value) -> Value {
    mark_object(schema, value, &sensitive_paths(config))
}
