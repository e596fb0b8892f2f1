//! One module: the merged content of the files of one directory.

use crate::{
    Action, Check, Dependency, Import, Lifecycle, Local, ModuleCall, Moved, Output, ProviderBlock,
    ProviderMeta, ProviderRef, Provisioner, Removed, Repetition, RequiredProvider, Variable,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use terrane_address::{ModulePath, ProviderAddress, Resource};
use terrane_diagnostics::{Diagnostic, Span};
use terrane_syntax::{Body, Expr};

/// The declarations of a module.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The path of calls that leads to it.
    pub path: ModulePath,
    /// Its directory, relative to the root module's (`.` for the root module itself).
    pub dir: PathBuf,
    /// `required_version` constraints with their places.
    pub required_versions: Vec<(String, Span)>,
    /// `required_providers` and providers that are implied by use, by local name.
    pub required_providers: BTreeMap<Arc<str>, RequiredProvider>,
    /// The `backend` block; only in the root module.
    pub backend: Option<Backend>,
    /// Where a `cloud` block is; see [`crate::Config::cloud_refusal`].
    pub cloud: Option<Span>,
    /// The body of the `encryption` block; only in the root module.
    pub encryption: Option<Body>,
    /// `provider` blocks by local name and alias.
    pub providers: BTreeMap<ProviderRefKey, ProviderBlock>,
    /// `provider_meta` blocks by the provider's local name.
    pub provider_metas: BTreeMap<Arc<str>, ProviderMeta>,
    /// `variable` blocks by name.
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// `locals` by name.
    pub locals: BTreeMap<Arc<str>, Local>,
    /// `output` blocks by name.
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// `resource`, `data` and `ephemeral` blocks.
    pub resources: BTreeMap<Resource, ResourceBlock>,
    /// `action` blocks by type and name.
    pub actions: BTreeMap<(Arc<str>, Arc<str>), Action>,
    /// `module` blocks by name.
    pub calls: BTreeMap<Arc<str>, ModuleCall>,
    /// `check` blocks by name.
    pub checks: BTreeMap<Arc<str>, Check>,
    /// `moved` blocks.
    pub moved: Vec<Moved>,
    /// `removed` blocks.
    pub removed: Vec<Removed>,
    /// `import` blocks; only in the root module.
    pub imports: Vec<Import>,
}

/// Local name and alias of a provider configuration.
pub type ProviderRefKey = (Arc<str>, Option<Arc<str>>);

/// A `backend` block.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The kind: `local`, `s3`.
    pub kind: Arc<str>,
    /// Its arguments, which must be constant.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// A `resource`, `data` or `ephemeral` block.
#[derive(Clone, Debug)]
pub struct ResourceBlock {
    /// What it declares.
    pub resource: Resource,
    /// Its arguments, meta-arguments included ([`ResourceBlock::META_ARGUMENTS`] are to be
    /// skipped when it is decoded by the provider's schema).
    pub body: Body,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// `provider`, or what the type's prefix implies.
    pub provider: ProviderRef,
    /// `depends_on`.
    pub depends_on: Vec<Dependency>,
    /// `lifecycle`.
    pub lifecycle: Lifecycle,
    /// `provisioner` blocks in order.
    pub provisioners: Vec<Provisioner>,
    /// `connection`, the default of the provisioners'.
    pub connection: Option<Body>,
    /// The block's header.
    pub span: Span,
}

impl ResourceBlock {
    /// Arguments and blocks that belong to the language and not to the resource type.
    pub const META_ARGUMENTS: &'static [&'static str] =
        &["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"];

    /// Points a problem that a provider has with an instance of it at the argument that it names, or at the block.
    pub fn locate(&self, problem: &mut Diagnostic) {
        let argument = problem.attribute.as_deref().and_then(|path| self.body.argument_span(path));
        problem.subject = argument.or(problem.subject).or(Some(self.span));
    }
}

impl Module {
    /// The provider that `local_name` means in this module.
    pub fn provider_address(&self, local_name: &str) -> ProviderAddress {
        match self.required_providers.get(local_name) {
            Some(required) => required.source.clone(),
            None => crate::decode::implied_source(local_name),
        }
    }

    /// The default value expression of variable `name`, when it has one.
    pub fn variable_default(&self, name: &str) -> Option<&Expr> {
        self.variables.get(name)?.default.as_ref()
    }
}
