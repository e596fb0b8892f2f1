//! From the errors of calls to ones that name operation, status, message and what to do.

use super::permission::explained;
use google_cloud_gax::error::Error as ApiError;
use google_cloud_gax::error::rpc::Code;
use std::error::Error as StdError;
use terrane_sdk::{Error, serde_json::Value as Json};

/// Whether an object, or what it belongs to, does not exist.
pub(crate) fn is_not_found(error: &Error) -> bool {
    error.has_code(&["404", "NOT_FOUND", "notFound"])
}

/// Whether a name is taken.
pub(crate) fn is_taken(error: &Error) -> bool {
    error.has_code(&["409", "ALREADY_EXISTS", "alreadyExists", "duplicate"])
}

/// Whether somebody else changed the object meanwhile.
pub(crate) fn is_conflict(error: &Error) -> bool {
    error.has_code(&["412", "409", "ABORTED", "conditionNotMet", "conflict"])
}

/// Whether the project has not turned the service on.
pub(crate) fn is_disabled(error: &Error) -> bool {
    error.has_code(&[SERVICE_DISABLED])
}

/// The reason that says so, beside the status `PERMISSION_DENIED`.
const SERVICE_DISABLED: &str = "SERVICE_DISABLED";

/// `error` of `operation` (`compute.networks.insert`), with everything that is known about it.
pub(crate) fn api_error(operation: &str, error: &ApiError) -> Error {
    if let Some(payload) = error.http_payload() {
        return answered(operation, error.http_status_code(), payload);
    }
    let Some(status) = error.status() else {
        let sent = error.is_timeout() || error.is_io() || error.is_transport();
        return lost(operation, error, sent && !error.is_transient_and_before_rpc());
    };
    let mut mapped =
        Error::new(format!("{operation} failed"), explained(status.message.clone())).operation(operation);
    // Errors of Compute Engine have no status of their own.
    mapped.code = match (status.code, error.http_status_code()) {
        (Code::Unknown, Some(http)) => Some(http.to_string()),
        (code, _) => Some(code.name().to_owned()),
    };
    mapped
}

/// The error that a server answered with: its status in the API's own word, else the reason of
/// Compute Engine and Cloud Storage, else the HTTP status.
pub(crate) fn answered(operation: &str, status: Option<u16>, payload: &[u8]) -> Error {
    let document: Json = terrane_sdk::serde_json::from_slice(payload).unwrap_or(Json::Null);
    // Some servers answer with a list of one.
    let said = if document.is_array() { &document[0]["error"] } else { &document["error"] };
    let detail = match said["message"].as_str().filter(|m| !m.is_empty()) {
        Some(message) => explained(message.to_owned()),
        None => format!(
            "The answer was HTTP status {}, and says nothing that an answer of Google Cloud would.",
            status.unwrap_or_default()
        ),
    };
    let mut mapped = Error::new(format!("{operation} failed"), detail).operation(operation);
    let disabled = said["details"].as_array().into_iter().flatten().any(|d| d["reason"] == SERVICE_DISABLED);
    mapped.code = (disabled.then_some(SERVICE_DISABLED))
        .or(said["status"].as_str())
        .or(said["errors"][0]["reason"].as_str())
        .map(str::to_owned)
        .or_else(|| status.map(|s| s.to_string()));
    mapped
}

/// A call without an answer. What was `sent` may have been done all the same.
pub(crate) fn lost(operation: &str, error: &(dyn StdError + 'static), sent: bool) -> Error {
    let detail = format!("{}.", causes(error).trim_end_matches('.'));
    let mut mapped = Error::new(format!("{operation} failed"), detail).operation(operation);
    mapped.outcome_unknown = sent;
    mapped
}

/// The reasons of an error, the innermost ones.
fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.last().is_some_and(|last| last.ends_with(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.split_off(texts.len().saturating_sub(2)).join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_an_error_is_found_wherever_it_is() {
        for (payload, code) in [
            (r#"{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}"#, "NOT_FOUND"),
            (r#"{"error":{"code":404,"message":"m","errors":[{"reason":"notFound"}]}}"#, "notFound"),
            (r#"[{"error":{"code":404,"message":"m"}}]"#, "404"),
            ("<html>", "404"),
        ] {
            let error = answered("compute.networks.get", Some(404), payload.as_bytes());
            assert_eq!(error.code.as_deref(), Some(code));
            assert!(is_not_found(&error), "{payload}");
        }
    }

    #[test]
    fn a_service_that_is_not_turned_on_is_told_from_a_missing_permission() {
        let of = |reason: &str| {
            let details =
                format!(r#"[{{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{reason}"}}]"#);
            let error = format!(
                r#"{{"error":{{"code":403,"message":"m","status":"PERMISSION_DENIED","details":{details}}}}}"#
            );
            answered("compute.networks.list", Some(403), error.as_bytes())
        };
        assert!(is_disabled(&of("SERVICE_DISABLED")));
        assert!(!is_disabled(&of("IAM_PERMISSION_DENIED")));
        assert_eq!(of("IAM_PERMISSION_DENIED").code.as_deref(), Some("PERMISSION_DENIED"));
    }
}
