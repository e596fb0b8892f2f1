//! What goes wrong between a provider and its remote system.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};

/// Why something could not be done, with the facts a user needs to find out more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Error(Box<ErrorFacts>);

/// The content of an [`Error`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorFacts {
    /// What failed, in one line without a full stop: `creating EC2 Subnet`.
    pub summary: String,
    /// Why, in sentences: what the remote system said.
    pub detail: String,
    /// The API operation: `ec2:CreateSubnet`.
    pub operation: Option<String>,
    /// The remote system's error code: `InvalidSubnet.Range`.
    pub code: Option<String>,
    /// The remote system's request id.
    pub request_id: Option<String>,
    /// The account or project.
    pub account: Option<Arc<str>>,
    /// The region.
    pub region: Option<Arc<str>>,
    /// The attribute that is to blame, as a path: `tags["Name"]`.
    pub attribute: Option<String>,
    /// Whether the remote system may have done all the same what failed, since its answer was lost.
    /// The operation is then repeated, with [`crate::ApplyContext::repeated`] set.
    pub outcome_unknown: bool,
}

impl Error {
    /// An error that says what failed and why.
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Error {
        let (summary, detail) = (summary.into(), detail.into());
        Error(Box::new(ErrorFacts { summary, detail, ..ErrorFacts::default() }))
    }

    /// With the API operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Error {
        self.operation = Some(operation.into());
        self
    }

    /// With the remote system's error code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Error {
        self.code = Some(code.into());
        self
    }

    /// With the remote system's request id.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Error {
        self.request_id = Some(id.into());
        self
    }

    /// With the attribute that is to blame.
    #[must_use]
    pub fn attribute(mut self, path: impl ToString) -> Error {
        self.attribute = Some(path.to_string());
        self
    }

    /// Whether the remote system's error code is one of these.
    pub fn has_code(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|c| codes.contains(&c))
    }
}

impl Deref for Error {
    type Target = ErrorFacts;

    fn deref(&self) -> &ErrorFacts {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut ErrorFacts {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            return f.write_str(&self.summary);
        }
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

impl std::error::Error for Error {}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Diagnostic {
        let error = *error.0;
        let mut diagnostic = Diagnostic::error(error.summary, error.detail);
        diagnostic.attribute = error.attribute;
        diagnostic.outcome_unknown = error.outcome_unknown;
        let facts = [
            (Context::Account, error.account),
            (Context::Region, error.region),
            (Context::Operation, error.operation.map(Arc::from)),
            (Context::Code, error.code.map(Arc::from)),
            (Context::RequestId, error.request_id.map(Arc::from)),
        ];
        diagnostic.about.extend(facts.into_iter().filter_map(|(kind, fact)| Some((kind, fact?))));
        diagnostic
    }
}

impl From<Error> for Diagnostics {
    fn from(error: Error) -> Diagnostics {
        Diagnostics::from(Diagnostic::from(error))
    }
}

/// Why a create or update did not succeed, and the object as far as it exists: a new object
/// that exists in part is kept in the state, as tainted.
#[derive(Clone, Debug)]
pub struct Failure<R> {
    /// What went wrong.
    pub error: Error,
    /// The object as it is now; `None` when nothing was created, or nothing changed.
    pub object: Option<Box<R>>,
}

impl<R> Failure<R> {
    /// A failure that leaves `object` behind.
    pub fn partial(error: Error, object: R) -> Failure<R> {
        Failure { error, object: Some(Box::new(object)) }
    }
}

impl<R> From<Error> for Failure<R> {
    fn from(error: Error) -> Failure<R> {
        Failure { error, object: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_facts_as_a_diagnostic() {
        let error = Error::new("creating EC2 Subnet", "The range is taken.")
            .operation("ec2:CreateSubnet")
            .code("InvalidSubnet.Conflict")
            .attribute("cidr_block");
        let diagnostic = Diagnostic::from(error);
        assert_eq!(diagnostic.attribute.as_deref(), Some("cidr_block"));
        assert_eq!(
            diagnostic.about,
            [
                (Context::Operation, Arc::from("ec2:CreateSubnet")),
                (Context::Code, Arc::from("InvalidSubnet.Conflict"))
            ]
        );
    }
}
