//! What happens while planning and applying, as data.

use crate::{Action, ResourceChange};
use std::sync::Arc;
use std::time::Duration;
use terrane_address::ResourceInstance;
use terrane_diagnostics::Diagnostic;
use terrane_provider::ImportKey;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Objects of one type are being read, all in one batch.
    RefreshStarted {
        /// The instances.
        addresses: Vec<ResourceInstance>,
        /// The resource type.
        type_name: Arc<str>,
    },
    /// One object was read.
    Refreshed {
        /// The instance.
        address: ResourceInstance,
        /// The object's `id` attribute, when it has one.
        id: Option<Arc<str>>,
    },
    /// An object is being looked for, to be imported.
    ImportStarted {
        /// The instance that it becomes.
        address: ResourceInstance,
        /// What it is found by.
        key: ImportKey,
    },
    /// An imported object is in the state.
    Imported {
        /// The instance that it is now.
        address: ResourceInstance,
        /// What it is found by.
        key: ImportKey,
    },
    /// A data source is being read.
    ReadStarted {
        /// The instance.
        address: ResourceInstance,
    },
    /// A data source was read.
    ReadDone {
        /// The instance.
        address: ResourceInstance,
        /// The result's `id` attribute, when it has one.
        id: Option<Arc<str>>,
        /// How long it took.
        elapsed: Duration,
    },
    /// An ephemeral resource is being opened, renewed or closed.
    EphemeralStarted {
        /// The instance.
        address: ResourceInstance,
        /// What is done.
        step: EphemeralStep,
    },
    /// An ephemeral resource was opened, renewed or closed.
    EphemeralDone {
        /// The instance.
        address: ResourceInstance,
        /// What was done.
        step: EphemeralStep,
        /// How long it took.
        elapsed: Duration,
    },
    /// A change was found that somebody made outside of Terrane.
    Drift(Arc<ResourceChange>),
    /// A change was planned.
    Planned(Arc<ResourceChange>),
    /// A change begins.
    ApplyStarted {
        /// The instance.
        address: ResourceInstance,
        /// What is done: create, update or delete (a replacement is two changes).
        action: Action,
        /// The object's `id` attribute, when it exists already and has one.
        id: Option<Arc<str>>,
    },
    /// A change is still going on.
    ApplyProgress {
        /// The instance.
        address: ResourceInstance,
        /// What is done.
        action: Action,
        /// Since when.
        elapsed: Duration,
    },
    /// A change is done.
    ApplyDone {
        /// The instance.
        address: ResourceInstance,
        /// What was done.
        action: Action,
        /// The object's `id` attribute, when it has one.
        id: Option<Arc<str>>,
        /// How long it took.
        elapsed: Duration,
    },
    /// A change that was planned turned out to be none, with what is known now.
    ApplyUnneeded {
        /// The instance.
        address: ResourceInstance,
        /// What was planned.
        action: Action,
    },
    /// A change failed.
    ApplyFailed {
        /// The instance.
        address: ResourceInstance,
        /// What was tried.
        action: Action,
        /// How long it took.
        elapsed: Duration,
    },
    /// A provisioner began.
    ProvisionStarted {
        /// The instance.
        address: ResourceInstance,
        /// The provisioner's kind.
        kind: Arc<str>,
    },
    /// A provisioner printed a line.
    ProvisionOutput {
        /// The instance.
        address: ResourceInstance,
        /// The provisioner's kind.
        kind: Arc<str>,
        /// The line.
        line: String,
    },
    /// A provisioner ended.
    ProvisionDone {
        /// The instance.
        address: ResourceInstance,
        /// The provisioner's kind.
        kind: Arc<str>,
        /// Whether it failed.
        failed: bool,
    },
    /// The run was asked to stop: what is in flight is finished, nothing new is begun.
    Stopping,
    /// A problem that is reported as soon as it is found.
    Diagnostic(Box<Diagnostic>),
}

/// What is done with an ephemeral resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EphemeralStep {
    /// It is opened.
    Open,
    /// It is kept open.
    Renew,
    /// It is closed.
    Close,
}

/// Where events go. Called from many tasks, in the order in which things happen to each object.
pub type Events = Arc<dyn Fn(Event) + Send + Sync>;
