//! Meta-arguments of resources and module calls.

use std::sync::Arc;
use terrane_diagnostics::Span;
use terrane_lang::Reference;
use terrane_syntax::{Body, Expr};
use terrane_value::Path;

use crate::CheckRule;

/// How many instances there are.
#[derive(Clone, Debug, Default)]
pub enum Repetition {
    /// One.
    #[default]
    Single,
    /// `count`.
    Count(Expr),
    /// `for_each`.
    ForEach(Expr),
    /// `lifecycle { enabled = ... }`: one or none.
    Enabled(Expr),
}

/// An entry of `depends_on`.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The resource or module call.
    pub reference: Reference,
}

/// A `lifecycle` block.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`, when set.
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`.
    pub prevent_destroy: Option<Expr>,
    /// `destroy`: when false, objects that are no longer wanted are forgotten and stay as they are.
    pub destroy: Option<bool>,
    /// `ignore_changes`.
    pub ignore_changes: IgnoreChanges,
    /// `replace_triggered_by`: references to managed resources or their attributes.
    pub replace_triggered_by: Vec<Expr>,
    /// `action_trigger` blocks.
    pub action_triggers: Vec<ActionTrigger>,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
    /// `postcondition` blocks.
    pub postconditions: Vec<CheckRule>,
}

/// An `action_trigger` block: what is to be done when objects change.
#[derive(Clone, Debug)]
pub struct ActionTrigger {
    /// Whether it is to be done; always, when there is none.
    pub condition: Option<Expr>,
    /// The actions, as they are referred to: `action.TYPE.NAME`, perhaps with a key.
    pub actions: Vec<ActionRef>,
    /// The block's header.
    pub span: Span,
}

/// A reference to an action.
#[derive(Clone, Debug)]
pub struct ActionRef {
    /// Its type and name.
    pub action: (Arc<str>, Arc<str>),
    /// The key of the instance.
    pub key: Option<Expr>,
    /// Where the reference stands.
    pub span: Span,
}

/// Changes that are not planned.
#[derive(Clone, Debug, Default)]
pub enum IgnoreChanges {
    /// None.
    #[default]
    Nothing,
    /// `all`.
    All,
    /// Of these attributes and everything in them.
    Paths(Vec<(Path, Span)>),
}

/// A `provisioner` block.
#[derive(Clone, Debug)]
pub struct Provisioner {
    /// The kind: `local-exec`.
    pub kind: Arc<str>,
    /// Its arguments, `when`, `on_failure` and `connection` included.
    pub body: Body,
    /// When it runs.
    pub when: ProvisionerWhen,
    /// What its failure means.
    pub on_failure: ProvisionerFailure,
    /// The block's header.
    pub span: Span,
}

/// When a provisioner runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionerWhen {
    /// After creation.
    Create,
    /// Before destruction.
    Destroy,
}

/// What the failure of a provisioner means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionerFailure {
    /// The resource failed.
    Fail,
    /// Nothing.
    Continue,
}
