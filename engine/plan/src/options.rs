//! What a plan is made from, and how.

use crate::selection::Selection;
use crate::{Events, PlanMode, WriteOnlyKey};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_config::Config;
use terrane_provider::{Providers, Schemas};
use terrane_state::State;
use tokio::sync::watch;

/// What a plan is made from.
pub struct PlanInputs<'c> {
    /// The configuration.
    pub config: &'c Config,
    /// The schemas of its providers.
    pub schemas: &'c Schemas,
    /// The providers themselves.
    pub providers: &'c Providers,
    /// The state as the backend has it.
    pub state: State,
    /// Where events go.
    pub events: Events,
    /// When the plan is made, RFC 3339 in UTC.
    pub timestamp: String,
}

/// How a plan is made.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// What kind of plan.
    pub mode: PlanMode,
    /// Whether objects are read first (`-refresh`).
    pub refresh: bool,
    /// Instances to replace whatever the provider says (`-replace`).
    pub replace: BTreeSet<ResourceInstance>,
    /// What the plan is about (`-target`, `-exclude`).
    pub selection: Selection,
    /// The only instances whose objects are read; all when `None` (`-minimal-refresh`).
    pub refresh_only: Option<Arc<HashSet<ResourceInstance>>>,
    /// Whether what is only known after apply and decides what there is, or how a provider is
    /// configured, is left to a later plan (`-rounds`). It is an error otherwise.
    pub rounds: bool,
    /// The root module's variables that were given a value, by whatever way.
    pub given: BTreeSet<Arc<str>>,
    /// The key under which changes of write-only values are seen; without it they are not.
    pub write_only_key: Option<WriteOnlyKey>,
    /// Becomes true when planning is to stop: what is in flight is finished, what is open is
    /// closed, and the plan is not whole.
    pub stop: Option<watch::Receiver<bool>>,
    /// Whether configuration is written for imported objects that have none
    /// (`-generate-config-out`).
    pub generate_config: bool,
    /// How many data sources are read at the same time (`-parallelism`).
    pub parallelism: usize,
}

impl Default for PlanOptions {
    fn default() -> PlanOptions {
        PlanOptions {
            mode: PlanMode::Normal,
            refresh: true,
            replace: BTreeSet::new(),
            selection: Selection::All,
            refresh_only: None,
            rounds: false,
            given: BTreeSet::new(),
            write_only_key: None,
            stop: None,
            generate_config: false,
            parallelism: 10,
        }
    }
}
