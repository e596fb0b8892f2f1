//! The kinds of backend that there are.

use crate::argument::{Argument, ConfigureError, Given, empty};
use crate::azure::Azure;
use crate::consul::Consul;
use crate::gcs::Gcs;
use crate::http_server::HttpServer;
use crate::kubernetes::Kubernetes;
use crate::local::LocalStates;
use crate::pg::Pg;
use crate::s3::S3;
use crate::{Backend, Surroundings};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A kind of backend.
struct Kind {
    name: &'static str,
    arguments: &'static [Argument],
    configure: fn(Given<'_>) -> Result<Arc<dyn Backend>, ConfigureError>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "local",
        arguments: crate::local::ARGUMENTS,
        configure: |given| Ok(Arc::new(LocalStates::configure(given))),
    },
    Kind {
        name: "azurerm",
        arguments: crate::azure::ARGUMENTS,
        configure: |given| Ok(Arc::new(Azure::configure(given)?)),
    },
    Kind {
        name: "consul",
        arguments: crate::consul::ARGUMENTS,
        configure: |given| Ok(Arc::new(Consul::configure(given)?)),
    },
    Kind {
        name: "gcs",
        arguments: crate::gcs::ARGUMENTS,
        configure: |given| Ok(Arc::new(Gcs::configure(given)?)),
    },
    Kind {
        name: "http",
        arguments: crate::http_server::ARGUMENTS,
        configure: |given| Ok(Arc::new(HttpServer::configure(given)?)),
    },
    Kind {
        name: "kubernetes",
        arguments: crate::kubernetes::ARGUMENTS,
        configure: |given| Ok(Arc::new(Kubernetes::configure(given)?)),
    },
    Kind {
        name: "pg",
        arguments: crate::pg::ARGUMENTS,
        configure: |given| Ok(Arc::new(Pg::configure(given)?)),
    },
    Kind {
        name: "s3",
        arguments: crate::s3::ARGUMENTS,
        configure: |given| Ok(Arc::new(S3::configure(given)?)),
    },
];

/// The names of all kinds.
pub fn kinds() -> impl Iterator<Item = &'static str> + Clone {
    KINDS.iter().map(|kind| kind.name)
}

/// The arguments of a kind; `None` when there is no such kind.
pub fn arguments(kind: &str) -> Option<&'static [Argument]> {
    KINDS.iter().find(|k| k.name == kind).map(|k| k.arguments)
}

/// The arguments of a kind of backend from those that were given where values are of any type; `unknown`
/// are the names of those whose values are to come. An error says what is wrong, and whether with the kind.
pub fn convert_arguments(
    kind: &str,
    given: &Map<String, Json>,
    unknown: &[String],
) -> Result<Map<String, Json>, ArgumentsError> {
    let known = arguments(kind).ok_or_else(|| {
        let names: Vec<String> = kinds().map(|name| format!("{name:?}")).collect();
        ArgumentsError::Kind(format!(
            "Remote state cannot be read from a backend of type {kind:?}. Supported are: {}.",
            names.join(", ")
        ))
    })?;
    let invalid = |what: String| {
        ArgumentsError::Argument(format!("The given configuration is not valid for backend {kind:?}: {what}"))
    };
    let mut values = empty(known);
    for name in given.keys().chain(unknown) {
        if !known.iter().any(|argument| argument.name == name) {
            return Err(invalid(format!("unexpected attribute {name:?}.")));
        }
    }
    for argument in known {
        let value = given.get(argument.name).cloned().unwrap_or(Json::Null);
        let value = argument.convert(value).map_err(invalid)?;
        let missing = value.is_null() || value.as_str() == Some("");
        if argument.required && missing && !unknown.iter().any(|name| name == argument.name) {
            return Err(invalid(format!("attribute {:?} is required.", argument.name)));
        }
        values.insert(argument.name.to_owned(), value);
    }
    Ok(values)
}

/// What is wrong with the arguments of a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentsError {
    /// There is no such kind.
    Kind(String),
    /// An argument is missing, unknown, or not what it should be.
    Argument(String),
}

/// A backend of a kind, with arguments as [`Argument::convert`] gives them. Makes no request yet.
pub fn configure(
    kind: &str,
    values: &Map<String, Json>,
    surroundings: &Surroundings,
) -> Result<Arc<dyn Backend>, ConfigureError> {
    match KINDS.iter().find(|k| k.name == kind) {
        Some(kind) => (kind.configure)(Given::new(kind.arguments, values, surroundings)),
        None => Err(ConfigureError(format!("There is no backend of type {kind:?}."))),
    }
}
