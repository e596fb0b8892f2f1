//! Query files: what exists is looked for as their `list` blocks say.

use crate::{ProviderRef, Repetition};
use std::fmt;
use std::sync::Arc;
use terrane_diagnostics::Span;
use terrane_syntax::{Body, Expr};

/// A `list` block.
#[derive(Clone, Debug)]
pub struct ListBlock {
    /// The resource type whose objects are looked for.
    pub type_name: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// `provider`.
    pub provider: ProviderRef,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// Whether whole objects are wanted, and not only what identifies them.
    pub include_resource: Option<Expr>,
    /// How many objects are wanted at most.
    pub limit: Option<Expr>,
    /// What the provider is told.
    pub config: Option<Body>,
    /// The block's header.
    pub span: Span,
}

impl ListBlock {
    /// How many objects are wanted where the block does not say it.
    pub const LIMIT: u64 = 100;
}

/// As it is referred to: `list.aws_vpc.all`.
impl fmt::Display for ListBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "list.{}.{}", self.type_name, self.name)
    }
}
