//! Test files: what is run, what must hold, and what stands in for real providers.
//!
//! Expressions are kept as they are: what they mean depends on what ran before.

use crate::{CheckRule, ProviderBlock, ProviderRef, ProviderRefKey, Variable};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use terrane_address::{ModuleInstance, ResourceInstance, Target};
use terrane_diagnostics::Span;
use terrane_syntax::Expr;

/// A `.tftest.hcl` file.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    /// Its path relative to the root module: `tests/main.tftest.hcl`.
    pub name: String,
    /// Variables that are given from outside, by `variable` blocks.
    pub declared: BTreeMap<Arc<str>, Variable>,
    /// Values for variables of all runs.
    pub variables: BTreeMap<Arc<str>, Expr>,
    /// Whether runs that do not say it may go side by side.
    pub parallel: bool,
    /// When values that it gives and that mocks make up are known, where it does not say: in a file for OpenTofu already
    /// in the plan, as there.
    pub during: During,
    /// Provider configurations that take the place of those of the configuration.
    pub providers: BTreeMap<ProviderRefKey, TestProvider>,
    /// What is not made in any run.
    pub overrides: Vec<Override>,
    /// What is run, in order.
    pub runs: Vec<TestRun>,
}

impl TestFile {
    /// Whether it is in the directory of tests, not beside the root module.
    pub fn is_in_directory(&self) -> bool {
        Path::new(&self.name).parent().is_some_and(|directory| !directory.as_os_str().is_empty())
    }
}

/// A provider configuration in a test file.
#[derive(Clone, Debug)]
pub enum TestProvider {
    /// A `provider` block.
    Real(ProviderBlock),
    /// A `mock_provider` block.
    Mock(MockProvider),
}

/// A provider that makes nothing and invents what a real one would have computed.
#[derive(Clone, Debug)]
pub struct MockProvider {
    /// The provider's name in the configuration.
    pub local_name: Arc<str>,
    /// Which configuration of it.
    pub alias: Option<Arc<str>>,
    /// Whether values are invented while planning; apply is the default.
    pub during: Option<During>,
    /// `mock_resource` and `mock_data` blocks.
    pub types: Vec<MockType>,
    /// What is not made under this provider.
    pub overrides: Vec<Override>,
    /// A directory with more of the same, and where it is named.
    pub source: Option<(String, Span)>,
    /// The block's header.
    pub span: Span,
}

/// Values for all objects of one type.
#[derive(Clone, Debug)]
pub struct MockType {
    /// Whether it is a data source.
    pub data: bool,
    /// The type.
    pub type_name: Arc<str>,
    /// `defaults`.
    pub defaults: Option<Expr>,
    /// When the values are known.
    pub during: Option<During>,
    /// The block's header.
    pub span: Span,
}

/// When invented values are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum During {
    /// When an object is made, as with a real provider.
    #[default]
    Apply,
    /// Already in the plan.
    Plan,
}

/// Something that is not made, and the values it has instead.
#[derive(Clone, Debug)]
pub struct Override {
    /// What it is about.
    pub target: OverrideTarget,
    /// `values`, or `outputs` of a module.
    pub values: Option<Expr>,
    /// When the values are known.
    pub during: Option<During>,
    /// The block's header.
    pub span: Span,
}

/// What an override is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrideTarget {
    /// A resource or data source: one instance, or all when there is no key.
    Resource(ResourceInstance),
    /// A module call.
    Module(ModuleInstance),
}

impl std::fmt::Display for OverrideTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OverrideTarget::Resource(address) => write!(f, "{address}"),
            OverrideTarget::Module(module) => write!(f, "{module}"),
        }
    }
}

/// A `run` block.
#[derive(Clone, Debug)]
pub struct TestRun {
    /// The name.
    pub name: Arc<str>,
    /// Whether it ends with a plan.
    pub command: TestCommand,
    /// `plan_options`.
    pub options: TestPlanOptions,
    /// Values for variables.
    pub variables: BTreeMap<Arc<str>, Expr>,
    /// What must hold afterwards.
    pub asserts: Vec<CheckRule>,
    /// What must fail.
    pub expect_failures: Vec<(ExpectedFailure, Span)>,
    /// The module that is run in place of the root module.
    pub module: Option<TestModule>,
    /// Provider configurations: name in the module, configuration in the test file.
    pub providers: Option<Vec<(ProviderRef, ProviderRef)>>,
    /// What is not made in this run.
    pub overrides: Vec<Override>,
    /// Runs with the same key share a state.
    pub state_key: Option<String>,
    /// Whether it may go beside others, where it says so or not.
    pub parallel: Option<bool>,
    /// The block's header.
    pub span: Span,
}

/// What a run does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TestCommand {
    /// Plan and apply.
    #[default]
    Apply,
    /// Plan.
    Plan,
}

/// How a run plans.
#[derive(Clone, Debug)]
pub struct TestPlanOptions {
    /// `mode = refresh-only`.
    pub refresh_only: bool,
    /// Whether objects are read first.
    pub refresh: bool,
    /// Instances to replace.
    pub replace: Vec<ResourceInstance>,
    /// What the plan is about; everything when empty.
    pub target: Vec<Target>,
}

impl Default for TestPlanOptions {
    fn default() -> TestPlanOptions {
        TestPlanOptions { refresh_only: false, refresh: true, replace: Vec::new(), target: Vec::new() }
    }
}

/// A module that a run uses.
#[derive(Clone, Debug)]
pub struct TestModule {
    /// `source`.
    pub source: String,
    /// Where that stands.
    pub source_span: Span,
    /// `version`.
    pub version: Option<(String, Span)>,
}

/// Something with conditions of its own, whose failure is expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpectedFailure {
    /// `var.NAME`
    Variable(Arc<str>),
    /// `output.NAME`
    Output(Arc<str>),
    /// `check.NAME`
    Check(Arc<str>),
    /// A resource: one instance, or any when there is no key.
    Resource(ResourceInstance),
}

impl std::fmt::Display for ExpectedFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExpectedFailure::Variable(name) => write!(f, "var.{name}"),
            ExpectedFailure::Output(name) => write!(f, "output.{name}"),
            ExpectedFailure::Check(name) => write!(f, "check.{name}"),
            ExpectedFailure::Resource(address) => write!(f, "{address}"),
        }
    }
}
