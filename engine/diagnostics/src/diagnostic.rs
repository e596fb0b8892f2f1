//! One problem, and many of them.

use crate::Span;
use std::sync::Arc;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Work goes on.
    Warning,
    /// What was asked for cannot be done.
    Error,
}

/// A problem, told to a user.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line without a full stop.
    pub summary: String,
    /// Why, and what to do about it, in sentences.
    pub detail: String,
    /// The source text that is wrong.
    pub subject: Option<Span>,
    /// The larger construct around the subject, when showing that helps.
    pub context: Option<Span>,
    /// Where in the configuration block of `subject` the problem is, for problems found by
    /// providers, which know attributes but no source: `tags["Name"]`.
    pub attribute: Option<String>,
    /// Values of references in the failing expression.
    pub values: Vec<ReferencedValue>,
    /// The function whose call failed.
    pub call: Option<Box<FailedCall>>,
    /// Facts that say where it happened.
    pub about: Vec<(Context, Arc<str>)>,
    /// The remote system may have done what failed all the same: its answer was lost.
    pub outcome_unknown: bool,
}

/// A reference in a failing expression, and what it stood for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencedValue {
    /// The reference as written: `var.region`.
    pub reference: String,
    /// A statement about it that can follow the reference: `is "eu-west-1"`, `is a list of
    /// string`, `has a sensitive value`.
    pub statement: String,
}

/// A function whose call failed: what it is called, and what it takes and gives, with types as JSON
/// has them.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedCall {
    /// The name as written: `core::upper`.
    pub called_as: String,
    /// The function's own name.
    pub name: String,
    /// Its parameters.
    pub parameters: Vec<(String, serde_json::Value)>,
    /// The parameter that takes all further arguments.
    pub variadic: Option<(String, serde_json::Value)>,
    /// The type of its result.
    pub returns: serde_json::Value,
}

/// A kind of fact about where a problem happened, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// The resource instance.
    Address,
    /// The module instance, of what is no resource.
    Module,
    /// The cloud account or project.
    Account,
    /// The cloud region.
    Region,
    /// The API operation: `ec2:CreateSubnet`.
    Operation,
    /// The cloud's error code: `InvalidSubnet.Range`.
    Code,
    /// The cloud's request id.
    RequestId,
}

impl Context {
    /// The label shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Context::Address => "resource",
            Context::Module => "module",
            Context::Account => "account",
            Context::Region => "region",
            Context::Operation => "operation",
            Context::Code => "code",
            Context::RequestId => "request id",
        }
    }
}

impl Diagnostic {
    /// An error.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            subject: None,
            context: None,
            attribute: None,
            values: Vec::new(),
            call: None,
            about: Vec::new(),
            outcome_unknown: false,
        }
    }

    /// A warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(summary, detail) }
    }

    /// With the source text that is wrong.
    #[must_use]
    pub fn at(mut self, subject: Span) -> Diagnostic {
        self.subject = Some(subject);
        self
    }

    /// What it happened with: the resource instance, or the module instance.
    pub fn place(&self) -> Option<&str> {
        let fact = |wanted| self.about.iter().find(|(kind, _)| *kind == wanted);
        fact(Context::Address).or_else(|| fact(Context::Module)).map(|(_, place)| &**place)
    }

    /// With the larger construct around the subject.
    #[must_use]
    pub fn within(mut self, context: Span) -> Diagnostic {
        self.context = Some(context);
        self
    }

    /// With the attribute that is wrong, as a path.
    #[must_use]
    pub fn on_attribute(mut self, path: impl ToString) -> Diagnostic {
        self.attribute = Some(path.to_string());
        self
    }

    /// With the function whose call failed.
    #[must_use]
    pub fn calling(mut self, call: FailedCall) -> Diagnostic {
        self.call = Some(Box::new(call));
        self
    }

    /// With a fact about where it happened.
    #[must_use]
    pub fn about(mut self, kind: Context, fact: impl Into<Arc<str>>) -> Diagnostic {
        self.about.push((kind, fact.into()));
        self
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Problems in the order they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No problems.
    pub fn new() -> Diagnostics {
        Diagnostics(Vec::new())
    }

    /// Adds a problem, unless the very same one is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds all problems of `other`.
    pub fn append(&mut self, other: Diagnostics) {
        other.0.into_iter().for_each(|d| self.push(d));
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The problems in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The problems in order, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }

    /// Takes the value out of `(value, diagnostics)`, keeping the diagnostics here.
    pub fn take<T>(&mut self, (value, diagnostics): (T, Diagnostics)) -> T {
        self.append(diagnostics);
        value
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Diagnostics {
        let mut all = Diagnostics::new();
        iter.into_iter().for_each(|d| all.push(d));
        all
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        iter.into_iter().for_each(|d| self.push(d));
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
