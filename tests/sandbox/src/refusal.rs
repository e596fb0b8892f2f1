//! Errors, in the shape in which each of Google's APIs says them.

use serde_json::{Value, json};

/// A request that is refused: everything that an error body says.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The status code of the answer.
    pub(crate) code: u16,
    /// The reason, as in `errors[].reason`.
    pub(crate) reason: String,
    /// The canonical status, as in `error.status`.
    pub(crate) status: String,
    /// What is wrong.
    pub(crate) message: String,
}

/// Which parts of an error an API writes.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    errors: bool,
    status: bool,
}

impl Shape {
    /// The shape of an API, by its name without version.
    pub(crate) fn of(service: &str) -> Self {
        match service {
            "compute" | "storage" | "dns" => Self { errors: true, status: false },
            "container" | "iam" | "bigquery" => Self { errors: true, status: true },
            _ => Self { errors: false, status: true },
        }
    }
}

impl Refusal {
    /// An error with the usual reason and status of its code.
    pub(crate) fn new(code: u16, message: impl Into<String>) -> Self {
        let (reason, status) = match code {
            400 => ("invalid", "INVALID_ARGUMENT"),
            401 => ("authError", "UNAUTHENTICATED"),
            403 => ("forbidden", "PERMISSION_DENIED"),
            404 => ("notFound", "NOT_FOUND"),
            409 => ("alreadyExists", "ALREADY_EXISTS"),
            412 => ("conditionNotMet", "FAILED_PRECONDITION"),
            413 => ("uploadTooLarge", "INVALID_ARGUMENT"),
            429 => ("rateLimitExceeded", "RESOURCE_EXHAUSTED"),
            503 => ("backendError", "UNAVAILABLE"),
            _ => ("backendError", "INTERNAL"),
        };
        Self { code, reason: reason.to_owned(), status: status.to_owned(), message: message.into() }
    }

    /// The same error for another reason.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.reason = reason.to_owned();
        self
    }

    /// The same error with another canonical status.
    pub(crate) fn status(mut self, status: &str) -> Self {
        self.status = status.to_owned();
        self
    }

    /// A value that Google does not take.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A state of things that does not allow the request.
    pub(crate) fn precondition(message: impl Into<String>) -> Self {
        Self::new(400, message).because("failedPrecondition").status("FAILED_PRECONDITION")
    }

    /// Something that is not there, in the words of Compute Engine.
    pub(crate) fn missing(resource: &str) -> Self {
        Self::new(404, format!("The resource '{resource}' was not found"))
    }

    /// Something that is used.
    pub(crate) fn in_use(noun: &str, resource: &str, by: &str) -> Self {
        Self::new(400, format!("The {noun} resource '{resource}' is already being used by '{by}'"))
            .because("resourceInUseByAnotherResource")
    }

    /// Something that may not be seen, which Google says also of projects and folders that do not exist.
    pub(crate) fn denied() -> Self {
        Self::new(403, "The caller does not have permission")
    }

    /// A policy that somebody else changed meanwhile.
    pub(crate) fn concurrent() -> Self {
        Self::new(
            409,
            "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
        )
        .because("aborted")
        .status("ABORTED")
    }

    /// A method that Google has and the sandbox has not.
    pub(crate) fn not_modelled(method: &str) -> Self {
        Self::new(
            400,
            format!(
                "terrane-sandbox: {method} exists at Google, but is not modelled here; nothing was done."
            ),
        )
        .because("notModelled")
        .status("FAILED_PRECONDITION")
    }

    /// The body of the answer.
    pub(crate) fn body(&self, shape: Shape) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if shape.errors {
            error["errors"] = json!([{"domain": "global", "message": self.message, "reason": self.reason}]);
        }
        if shape.status {
            error["status"] = json!(self.status);
        }
        json!({ "error": error })
    }
}
