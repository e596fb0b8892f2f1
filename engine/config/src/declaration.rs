//! Declarations other than resources and providers.

use crate::{Dependency, ProviderRef, Repetition};
use std::sync::Arc;
use terrane_address::{ModuleInstance, Resource, ResourceInstance};
use terrane_diagnostics::Span;
use terrane_lang::Defaults;
use terrane_syntax::{Body, Expr};
use terrane_value::Type;

/// A `variable` block.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name.
    pub name: Arc<str>,
    /// The type constraint; any type when there is none.
    pub ty: Type,
    /// Whether the block has a `type` argument.
    pub typed: bool,
    /// Defaults of optional attributes in `ty`.
    pub defaults: Defaults,
    /// The default, a constant expression; without it the caller must set the variable.
    pub default: Option<Expr>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether values are sensitive.
    pub sensitive: bool,
    /// Whether values are ephemeral.
    pub ephemeral: bool,
    /// Whether null is allowed; when not, null means the default.
    pub nullable: bool,
    /// `validation` blocks.
    pub validations: Vec<CheckRule>,
    /// Message for those who set it, when it is deprecated.
    pub deprecated: Option<String>,
    /// The block's header.
    pub span: Span,
}

/// An argument of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// The name.
    pub name: Arc<str>,
    /// Its value.
    pub expr: Expr,
    /// The argument's name in the source.
    pub span: Span,
}

/// An `output` block.
#[derive(Clone, Debug)]
pub struct Output {
    /// The name.
    pub name: Arc<str>,
    /// Its value.
    pub expr: Expr,
    /// The type that the value is converted to; any type when there is none.
    pub ty: Type,
    /// Defaults of optional attributes in `ty`.
    pub defaults: Defaults,
    /// What it is.
    pub description: Option<String>,
    /// Whether the value is sensitive.
    pub sensitive: bool,
    /// Whether the value is ephemeral.
    pub ephemeral: bool,
    /// `depends_on`.
    pub depends_on: Vec<Dependency>,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
    /// Message for those who use it, when it is deprecated.
    pub deprecated: Option<String>,
    /// The block's header.
    pub span: Span,
}

/// A `module` block.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// The name.
    pub name: Arc<str>,
    /// `source` as written, or, when it refers to variables, its value, which loading puts here.
    pub source: String,
    /// `source` when it is no constant.
    pub source_expr: Option<Expr>,
    /// Where `source` stands.
    pub source_span: Span,
    /// `version` constraint; loading puts the value here when it refers to variables.
    pub version: Option<(String, Span)>,
    /// `version` when it is no constant.
    pub version_expr: Option<Expr>,
    /// Its arguments, meta-arguments included ([`ModuleCall::META_ARGUMENTS`]).
    pub body: Body,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// `providers`: name in the child, configuration in the caller.
    pub providers: Vec<(ProviderRef, ProviderRef)>,
    /// `depends_on`.
    pub depends_on: Vec<Dependency>,
    /// The block's header.
    pub span: Span,
}

impl ModuleCall {
    /// Arguments that belong to the language and are not variables of the module.
    pub const META_ARGUMENTS: &'static [&'static str] =
        &["source", "version", "count", "for_each", "providers", "depends_on", "lifecycle"];
}

/// A condition and what to say when it does not hold: `validation`, `precondition`,
/// `postcondition`, `assert`.
#[derive(Clone, Debug)]
pub struct CheckRule {
    /// Must be true.
    pub condition: Expr,
    /// Said when it is false.
    pub error_message: Expr,
    /// The block's header.
    pub span: Span,
}

/// A `check` block.
#[derive(Clone, Debug)]
pub struct Check {
    /// The name.
    pub name: Arc<str>,
    /// `assert` blocks.
    pub asserts: Vec<CheckRule>,
    /// The data resource in it, which only its rules can use and whose errors are warnings. It
    /// is among the module's resources like any other.
    pub data: Option<Resource>,
    /// The block's header.
    pub span: Span,
}

/// An `action` block: something that a provider can do besides managing objects.
#[derive(Clone, Debug)]
pub struct Action {
    /// The type and the name.
    pub name: (Arc<str>, Arc<str>),
    /// The `config` block, whose arguments are the provider's.
    pub config: Option<Body>,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// `provider`, or what the type's prefix implies.
    pub provider: ProviderRef,
    /// The block's header.
    pub span: Span,
}

/// One end of a `moved` block, relative to the module that declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MovedTarget {
    /// All instances of a module call, or one.
    Module(ModuleInstance),
    /// All instances of a resource (no key), or one.
    Resource(ResourceInstance),
}

/// A `moved` block.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where the objects were.
    pub from: MovedTarget,
    /// Where they are now.
    pub to: MovedTarget,
    /// The block's header.
    pub span: Span,
}

/// A `removed` block.
#[derive(Clone, Debug)]
pub struct Removed {
    /// What is no longer declared.
    pub from: MovedTarget,
    /// Whether the objects are destroyed, or only forgotten.
    pub destroy: bool,
    /// Destroy-time provisioners.
    pub provisioners: Vec<crate::Provisioner>,
    /// The block's header.
    pub span: Span,
}

/// What an `import` block finds its object by.
#[derive(Clone, Debug)]
pub enum ImportKey {
    /// `id`: an import id.
    Id(Expr),
    /// `identity`: attributes of its identity.
    Identity(Expr),
}

impl ImportKey {
    /// The argument's value.
    pub fn expr(&self) -> &Expr {
        match self {
            ImportKey::Id(expr) | ImportKey::Identity(expr) => expr,
        }
    }
}

/// An `import` block.
#[derive(Clone, Debug)]
pub struct Import {
    /// The instance to import to, possibly with a key made from `each`.
    pub to: Expr,
    /// What the object is found by.
    pub key: ImportKey,
    /// `for_each`.
    pub for_each: Option<Expr>,
    /// `provider`.
    pub provider: Option<ProviderRef>,
    /// The block's header.
    pub span: Span,
}
