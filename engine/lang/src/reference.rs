//! References that stand in an expression, known without evaluating it.

use crate::Step;
use crate::eval::visit_references;
use std::fmt;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_syntax::Expr;
use terrane_value::{Kind, Value};

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

/// The subject as it is written: `aws_vpc.main["a"].id`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let followed = |f: &mut fmt::Formatter<'_>, key: &Option<InstanceKey>, name: &Option<Arc<str>>| {
            if let Some(key) = key {
                write!(f, "{key}")?;
            }
            name.as_ref().map_or(Ok(()), |name| write!(f, ".{name}"))
        };
        match self {
            Subject::Variable(name) => write!(f, "var.{name}"),
            Subject::Local(name) => write!(f, "local.{name}"),
            Subject::Resource { mode, type_name, name, key, attribute } => {
                write!(f, "{}{type_name}.{name}", mode.prefix())?;
                followed(f, key, attribute)
            }
            Subject::Module { name, key, output } => {
                write!(f, "module.{name}")?;
                followed(f, key, output)
            }
            Subject::Count(name) => write!(f, "count.{name}"),
            Subject::Each(name) => write!(f, "each.{name}"),
            Subject::Path(name) => write!(f, "path.{name}"),
            Subject::Terraform(name) => write!(f, "terraform.{name}"),
            Subject::Own => f.write_str("self"),
            Subject::Other(name) => f.write_str(name),
        }
    }
}

/// The references in `expr`, without the names that `for` expressions in it bind. References
/// that are not of a valid form are errors.
pub fn references(expr: &Expr) -> (Vec<Reference>, Diagnostics) {
    let (mut found, mut diagnostics) = (Vec::new(), Diagnostics::new());
    collect(expr, &mut Vec::new(), &mut found, &mut diagnostics);
    (found, diagnostics)
}

/// Adds the references in `expr` that are not to the names in `bound`.
pub(crate) fn collect(
    expr: &Expr,
    bound: &mut Vec<Arc<str>>,
    found: &mut Vec<Reference>,
    diagnostics: &mut Diagnostics,
) {
    visit_references(expr, bound, &mut |root, span, steps| match subject(root, span, &steps) {
        Ok(reference) => found.push(reference),
        Err(diagnostic) => diagnostics.push(*diagnostic),
    });
}

fn invalid(span: Span, detail: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("Invalid reference", detail).at(span))
}

/// The span of a step, and where what it leads to ends.
fn span_of(step: &Step) -> Span {
    match step {
        Step::Attribute(_, span) | Step::Index(_, span) => *span,
    }
}

/// The name that `step` selects by `.name`.
fn named(step: Option<&Step>) -> Option<&Arc<str>> {
    match step {
        Some(Step::Attribute(name, _)) => Some(name),
        _ => None,
    }
}

fn subject(root: &Arc<str>, span: Span, steps: &[Step]) -> Result<Reference, Box<Diagnostic>> {
    match &**root {
        "var" => attribute_of(root, span, steps, Subject::Variable),
        "local" => attribute_of(root, span, steps, Subject::Local),
        "count" => attribute_of(root, span, steps, Subject::Count),
        "each" => attribute_of(root, span, steps, Subject::Each),
        "path" => attribute_of(root, span, steps, Subject::Path),
        "terraform" | "tofu" => attribute_of(root, span, steps, Subject::Terraform),
        "self" => Ok(Reference { subject: Subject::Own, span }),
        "module" => module(root, span, steps),
        "data" => resource(Mode::Data, root, true, span, steps),
        "ephemeral" => resource(Mode::Ephemeral, root, true, span, steps),
        "resource" => resource(Mode::Managed, root, true, span, steps),
        "template" | "lazy" | "arg" => {
            let detail = format!(
                "The symbol name {root:?} is reserved for use in a future version. If you are using a provider \
                 that already uses this as a resource type name, add the prefix \"resource.\" to force \
                 interpretation as a resource type name."
            );
            Err(Box::new(Diagnostic::error("Reserved symbol name", detail).at(span)))
        }
        _ => resource(Mode::Managed, root, false, span, steps),
    }
}

/// `root.NAME`.
fn attribute_of(
    root: &str,
    span: Span,
    steps: &[Step],
    make: fn(Arc<str>) -> Subject,
) -> Result<Reference, Box<Diagnostic>> {
    match steps.first() {
        Some(Step::Attribute(name, at)) => Ok(Reference { subject: make(name.clone()), span: span.to(*at) }),
        Some(Step::Index(_, at)) => Err(invalid(
            Span { start: span.end, ..*at },
            format!("The {root:?} object does not support this operation."),
        )),
        None => Err(invalid(
            span,
            format!(
                "The {root:?} object cannot be accessed directly. Instead, access one of its attributes."
            ),
        )),
    }
}

/// The instance key and the name after it, when `steps` start with those, and where they end.
fn key_and_name(steps: &[Step]) -> (Option<InstanceKey>, Option<Arc<str>>, Option<Span>) {
    let key = match steps.first() {
        Some(Step::Index(key, _)) => key,
        first => return (None, named(first).cloned(), None),
    };
    let after = named(steps.get(1)).cloned();
    match instance_key(key) {
        Some(key) => (Some(key), after, steps.first().map(span_of)),
        None => (None, after, None),
    }
}

fn instance_key(key: &Value) -> Option<InstanceKey> {
    match key.kind() {
        Kind::String(s) => Some(InstanceKey::String(s.clone())),
        Kind::Number(n) => n.to_u64().map(InstanceKey::Int),
        _ => None,
    }
}

fn module(root: &str, span: Span, steps: &[Step]) -> Result<Reference, Box<Diagnostic>> {
    let mut found = attribute_of(root, span, steps, Subject::Variable)?;
    if let Subject::Variable(name) = found.subject {
        let (key, output, end) = key_and_name(&steps[1..]);
        let skip = 1 + usize::from(matches!(steps.get(1), Some(Step::Index(..))));
        let end = steps.get(skip).filter(|_| output.is_some()).map(span_of).or(end);
        found.span = end.map_or(found.span, |end| span.to(end));
        found.subject = Subject::Module { name, key, output };
    }
    Ok(found)
}

/// `TYPE.NAME`, where `root` is the type, or `root.TYPE.NAME` when it is a prefix.
fn resource(
    mode: Mode,
    root: &Arc<str>,
    is_prefix: bool,
    span: Span,
    steps: &[Step],
) -> Result<Reference, Box<Diagnostic>> {
    let kind = match mode {
        Mode::Managed => "resource type",
        Mode::Data => "data source",
        Mode::Ephemeral => "ephemeral resource",
    };
    let needs_name = |at: Span| {
        let detail = format!(
            "A reference to a {kind} must be followed by at least one attribute access, specifying the resource \
             name."
        );
        Err(invalid(at, detail))
    };
    let both = |at: Span| {
        let what = kind.trim_end_matches(" type");
        let detail = format!(
            "The {root:?} object must be followed by two attribute names: the {what} type and the resource name."
        );
        Err(invalid(at, detail))
    };
    let (type_name, before, steps) = match steps {
        _ if !is_prefix => (root.clone(), span, steps),
        [Step::Attribute(type_name, at), rest @ ..] if !rest.is_empty() => (type_name.clone(), *at, rest),
        [Step::Attribute(_, at), ..] => return both(span.to(*at)),
        [Step::Index(_, at), ..] => {
            let detail = format!("The {root:?} object does not support this operation.");
            return Err(invalid(Span { start: span.end, ..*at }, detail));
        }
        [] => return both(span),
    };
    let (name, end) = match steps.first() {
        Some(Step::Attribute(name, at)) => (name.clone(), *at),
        Some(Step::Index(_, at)) => return needs_name(Span { start: before.end, ..*at }),
        None => return needs_name(span),
    };
    let (key, attribute, key_end) = key_and_name(&steps[1..]);
    if let (Some(_), Some(Step::Index(index, at))) = (&key, steps.get(2))
        && instance_key(index).is_some()
    {
        return Err(Box::new(index_on_instance(index, *at)));
    }
    let span = span.to(key_end.unwrap_or(end));
    Ok(Reference { subject: Subject::Resource { mode, type_name, name, key, attribute }, span })
}

/// An instance is an object, and no list of attributes.
fn index_on_instance(index: &Value, at: Span) -> Diagnostic {
    let hint = index.as_str().map(|name| {
        format!(
            " Did you mean to access the attribute {name:?}? Then write .{name} in the place of the index."
        )
    });
    let detail = format!(
        "Only an attribute of a resource instance can follow its key here.{}",
        hint.unwrap_or_default()
    );
    Diagnostic::error("Invalid index operation", detail).at(at)
}
