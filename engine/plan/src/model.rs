//! A plan as data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::{ModuleInstance, ProviderConfigAddress, ResourceInstance};
use terrane_provider::{ImportKey, Private};
use terrane_state::State;
use terrane_value::{Path, Value};

/// What is to be done, and what it is based on.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What kind of plan it is.
    pub mode: PlanMode,
    /// Values of the root module's variables, marked, without ephemeral ones.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// Such values as they were given, where that is not the same: text for a number, null for what has
    /// a default.
    pub given: BTreeMap<Arc<str>, Value>,
    /// Ephemeral variables of the root module that had a value, and so must be given one again
    /// when the plan is applied.
    pub apply_variables: BTreeSet<Arc<str>>,
    /// One entry for every object that is desired or in state, no-ops included, ordered by
    /// address.
    pub changes: Vec<Arc<ResourceChange>>,
    /// Changes that were made outside of Terrane since the last apply.
    pub drift: Vec<Arc<ResourceChange>>,
    /// Changes of root module outputs, unchanged ones included.
    pub outputs: BTreeMap<Arc<str>, OutputChange>,
    /// The outputs of other modules that have a value, by module instance. None of them is in a state.
    pub module_outputs: BTreeMap<ModuleInstance, BTreeSet<Arc<str>>>,
    /// Results of conditions.
    pub checks: Vec<CheckResult>,
    /// The state before refresh, as the backend has it: what the plan must be applied to.
    pub base_state: State,
    /// Which objects have another address in `prior_state` than in `base_state`: old, new, in an order in
    /// which each target is free.
    pub moves: Vec<(ResourceInstance, ResourceInstance)>,
    /// The state after refresh: what the changes are changes of.
    pub prior_state: State,
    /// When it was made, RFC 3339 in UTC.
    pub timestamp: String,
    /// Whether it is about a part of everything only (`-target`, `-exclude`).
    pub partial: bool,
    /// Whether objects were read for it; `-refresh=false` takes them from the state.
    pub refreshed: bool,
    /// What was left to a later plan, since it is only known after this one is applied.
    pub deferred: Vec<DeferredPart>,
    /// Whether planning ended with errors. Such a plan is only for showing.
    pub errored: bool,
}

/// Something that is left to a later plan.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeferredPart {
    /// What it is: a resource, a module call or a provider configuration.
    pub what: String,
    /// The argument that is not known.
    pub argument: String,
    /// The instances whose results it waits for.
    pub waits_for: Vec<String>,
}

/// What kind of plan it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    /// Make the objects what the configuration says.
    Normal,
    /// Destroy everything in state.
    Destroy,
    /// Make the state what the objects are.
    RefreshOnly,
}

/// The change of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// The instance.
    pub address: ResourceInstance,
    /// Where it was, when it moved.
    pub previous_address: Option<ResourceInstance>,
    /// Which deposed object of the instance, if any.
    pub deposed: Option<Arc<str>>,
    /// The provider configuration that makes the change.
    pub provider: ProviderConfigAddress,
    /// What is to be done.
    pub action: Action,
    /// Why, where that is not obvious.
    pub reason: Option<ActionReason>,
    /// The object as it is, sensitive parts marked; null when there is none.
    pub before: Value,
    /// The object as it will be, unknown where only apply can tell and sensitive parts marked;
    /// null when there will be none.
    pub after: Value,
    /// Attributes whose change needs a new object.
    pub requires_replace: Vec<Path>,
    /// What the provider keeps with the planned object.
    pub private: Private,
    /// What the object is found by, when it is imported.
    pub importing: Option<ImportKey>,
    /// The configuration that was written for it, when it is imported and had none.
    pub generated_config: Option<Arc<str>>,
    /// The instances that the configuration of this one reads, and the resources that it names
    /// in `depends_on`.
    pub dependencies: Vec<ResourceInstance>,
    /// Whether a replacement is created before the old object is destroyed, chosen here or
    /// forced by dependents.
    pub create_before_destroy: bool,
}

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// A new object is made.
    Create,
    /// A data source is read during apply.
    Read,
    /// The object is changed in place.
    Update,
    /// The object is destroyed.
    Delete,
    /// The object is destroyed, then made anew.
    DeleteThenCreate,
    /// A new object is made, then the old one is destroyed.
    CreateThenDelete,
    /// The object stays, and is no longer managed.
    Forget,
}

/// Why an action was chosen. Each is spelled in plan JSON as its variant's name in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ActionReason {
    ReplaceBecauseCannotUpdate,
    ReplaceBecauseTainted,
    ReplaceByRequest,
    ReplaceByTriggers,
    UpdateBecauseWriteOnlyChanged,
    DeleteBecauseNoResourceConfig,
    DeleteBecauseWrongRepetition,
    DeleteBecauseCountIndex,
    DeleteBecauseEachKey,
    DeleteBecauseNoModule,
    DeleteBecauseNoMoveTarget,
    ReadBecauseConfigUnknown,
    ReadBecauseDependencyPending,
    ReadBecauseCheckNested,
}

/// The change of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputChange {
    /// The value so far; null when there was none.
    pub before: Value,
    /// The value afterwards, unknown where only apply can tell; null when there will be none.
    pub after: Value,
    /// Whether it must not be shown.
    pub sensitive: bool,
    /// What changes: only no-op, create, update and delete.
    pub action: Action,
}

/// Whose condition it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Of a resource.
    Resource,
    /// Of an output value.
    OutputValue,
    /// Of a `check` block.
    Check,
    /// Of a variable.
    Var,
}

/// The result of the conditions of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// Whose conditions.
    pub kind: ChangeKind,
    /// The address without instance keys.
    pub address: String,
    /// The result over all instances.
    pub status: CheckStatus,
    /// The result of each instance and the messages of failed conditions.
    pub instances: Vec<(String, CheckStatus, Vec<String>)>,
}

/// How a condition turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// All hold.
    Pass,
    /// One does not hold.
    Fail,
    /// One could not be evaluated.
    Error,
    /// Only apply can tell.
    Unknown,
}

impl Action {
    /// Whether an old object is replaced by a new one.
    pub fn is_replace(self) -> bool {
        matches!(self, Action::DeleteThenCreate | Action::CreateThenDelete)
    }

    /// The words of plan JSON: `["delete", "create"]`.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Action::NoOp => &["no-op"],
            Action::Create => &["create"],
            Action::Read => &["read"],
            Action::Update => &["update"],
            Action::Delete => &["delete"],
            Action::DeleteThenCreate => &["delete", "create"],
            Action::CreateThenDelete => &["create", "delete"],
            Action::Forget => &["forget"],
        }
    }
}

impl Plan {
    /// How many objects are made, changed, destroyed and imported.
    pub fn counts(&self) -> Counts {
        Counts::of(self.changes.iter().map(|c| &**c))
    }

    /// Whether applying it would do anything at all.
    pub fn is_applyable(&self) -> bool {
        let moved = |changes: &[Arc<ResourceChange>]| changes.iter().any(|c| c.previous_address.is_some());
        !self.errored
            && (self.has_changes()
                || match self.mode {
                    PlanMode::RefreshOnly => moved(&self.drift),
                    PlanMode::Normal | PlanMode::Destroy => moved(&self.changes),
                })
    }

    /// Whether there is anything that an exit code should tell of.
    pub fn has_changes(&self) -> bool {
        match self.mode {
            // Only what is known can be written to the state without any other change.
            PlanMode::RefreshOnly => {
                let known = |o: &OutputChange| o.after.is_wholly_known();
                self.drift.iter().any(|c| c.action != Action::NoOp)
                    || self.outputs.values().any(|o| o.action != Action::NoOp && known(o))
            }
            PlanMode::Normal | PlanMode::Destroy => {
                let changes = |c: &ResourceChange| {
                    c.action != Action::NoOp || c.importing.is_some() || c.previous_address.is_some()
                };
                self.changes.iter().any(|c| changes(c))
                    || self.outputs.values().any(|o| o.action != Action::NoOp)
            }
        }
    }
}

/// How many objects a plan or apply touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Made.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Destroyed.
    pub destroy: usize,
    /// Imported.
    pub import: usize,
    /// No longer managed.
    pub forget: usize,
}

impl Counts {
    /// How many objects `changes` are about. A replacement counts as made and destroyed.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a ResourceChange>) -> Counts {
        let mut counts = Counts::default();
        for change in changes {
            counts.import += usize::from(change.importing.is_some());
            match change.action {
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.destroy += 1,
                Action::DeleteThenCreate | Action::CreateThenDelete => {
                    counts.add += 1;
                    counts.destroy += 1;
                }
                Action::Forget => counts.forget += 1,
                Action::NoOp | Action::Read => {}
            }
        }
        counts
    }
}
