//! Configuration: files become typed declarations, with everything checked that can be checked
//! without values, schemas or providers.
//!
//! Expressions are parsed and kept; nothing is evaluated here except constant expressions that
//! must be known early (defaults, backend arguments).

mod check;
mod config;
mod declaration;
mod decode;
mod files;
mod import;
mod load;
mod manifest;
mod meta;
mod module;
mod provider;
mod query;
mod resolve;
mod sites;
mod static_graph;
mod test_file;
mod visit;

pub use check::{check, check_expression, check_validity};
pub use config::Config;
pub use declaration::{
    Action, Check, CheckRule, Import, ImportKey, Local, ModuleCall, Moved, MovedTarget, Output, Removed,
    Variable,
};
pub use files::{Files, FilesError};
pub use import::{ImportTarget, import_target};
pub use load::{
    InstalledModules, LANGUAGE_VERSION, Located, Modules, Start, is_config_file, is_query_file, load,
    load_from, load_queries, load_tests, load_values_file, load_with,
};
pub use manifest::{InstalledModule, ModuleManifest};
pub use meta::{
    ActionRef, ActionTrigger, Dependency, IgnoreChanges, Lifecycle, Provisioner, ProvisionerFailure,
    ProvisionerWhen, Repetition,
};
pub use module::{Backend, Module, ProviderRefKey, ResourceBlock};
pub use provider::{ProviderBlock, ProviderMeta, ProviderRef, RequiredProvider};
pub use query::ListBlock;
pub use static_graph::{Cycle, CycleStep, DotOptions, StaticGraph, StaticNode};
pub use terrane_address::{Constraint, Version, VersionError};
pub use test_file::{
    During, ExpectedFailure, MockProvider, MockType, Override, OverrideTarget, TestCommand, TestFile,
    TestModule, TestPlanOptions, TestProvider, TestRun,
};
pub use visit::refuse_calls;
