//! From the SDK's errors to ones that name operation, code, message, request id, account and
//! region.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use std::error::Error as StdError;
use terrane_sdk::Error;

use super::limit::LostAnswer;

/// Codes that say that an object, or what it belongs to, does not exist. EC2 has one for each
/// type, of the form `InvalidSubnetID.NotFound`.
pub(crate) fn is_not_found(error: &Error) -> bool {
    error.code.as_deref().is_some_and(|code| {
        code.ends_with(".NotFound") || code.ends_with("NotFound") || code == "NoSuchEntity"
    })
}

/// `error` of `operation` (`ec2:CreateSubnet`), with everything that is known about it.
pub(crate) fn api_error<E>(operation: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    let code = error.code().map(str::to_owned);
    let metadata_id = error.as_service_error().and_then(|e| e.meta().request_id());
    let request_id = error.request_id().or(metadata_id).map(str::to_owned);
    let detail = match (error.message(), &code, error.raw_response()) {
        (Some(message), ..) => message.to_owned(),
        // No error of the API, but of something on the way to it.
        (None, None, Some(answer)) => format!(
            "The answer was HTTP status {}, and says nothing that an answer of AWS would.",
            answer.status().as_u16()
        ),
        _ => format!("{}.", causes(&error).trim_end_matches('.')),
    };
    let what = operation.split_once(':').map_or(operation, |(_, name)| name);
    let mut mapped = Error::new(format!("{what} failed"), detail).operation(operation);
    mapped.code = code;
    mapped.outcome_unknown = answer_was_lost(&error);
    mapped.request_id = request_id;
    mapped
}

/// Whether the answer to a request that makes something was lost.
fn answer_was_lost(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<LostAnswer>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// The innermost reasons of an error, outermost words left out: the SDK wraps them in several
/// layers that say little.
pub(super) fn causes(error: &(dyn StdError + 'static)) -> String {
    const SAYING_NOTHING: [&str; 3] = ["dispatch failure", "io error", "other"];
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let is_new = !texts.last().is_some_and(|last: &String| last.ends_with(&text));
        if is_new && !SAYING_NOTHING.contains(&text.as_str()) {
            texts.push(text);
        }
        next = error.source();
    }
    let skip = texts.len().saturating_sub(2);
    texts.split_off(skip).join(": ")
}
