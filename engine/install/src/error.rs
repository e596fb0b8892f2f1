//! Why something could not be fetched.

use std::fmt;

/// A failure: what happened and, where it is known, what to do about it. Neither holds
/// credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) advice: Option<String>,
}

/// The result of fetching.
pub(crate) type Fetched<T> = Result<T, Failure>;

impl Failure {
    /// What happened, without a full stop.
    pub(crate) fn new(what: impl Into<String>) -> Failure {
        Failure { what: crate::redact::redact(&what.into()), advice: None }
    }

    /// Adds what to do, in whole sentences.
    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Failure {
        self.advice = Some(advice.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.what.trim_end().trim_end_matches('.'))?;
        match &self.advice {
            Some(advice) => write!(f, "\n\n{advice}"),
            None => Ok(()),
        }
    }
}

/// An error of the file system, with what was being done to what.
pub(crate) fn io(what: impl fmt::Display) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| Failure::new(format!("{what}: {error}"))
}
