//! Waiting for what IAM may not know everywhere yet.
//!
//! `NoSuchEntity` says that something does not exist, or that the server which was asked has not heard of it. Who made it
//! tells the two apart: what this run made lately exists, and is waited for as long as IAM may take; anything else gets a few
//! seconds, in case another run has just made it, so that a misspelled name is told soon.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use std::future::Future;
use std::time::Duration;
use terrane_sdk::Error;
use tokio::time::Instant;

use super::{is_busy, is_gone};

/// How long IAM may not know what this run made.
const MADE_HERE: Duration = Duration::from_secs(2 * 60);

/// How long what somebody else may have made gets.
const MADE_ELSEWHERE: Duration = Duration::from_secs(10);

fn key(kind: &str, name: &str) -> String {
    format!("{kind} {name}")
}

/// Notes that this run has made an object: `("ROLE", name)`, `("POLICY", arn)`.
pub(super) fn made(aws: &Aws, kind: &str, name: &str) {
    aws.made().note(key(kind, name));
}

/// Makes a call that names these objects, again while one of them may not be known everywhere, or is being changed.
pub(super) async fn once_known<T, F, Fut>(aws: &Aws, objects: &[(&str, &str)], call: F) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let is_ours = |&(kind, name): &(&str, &str)| aws.made().within(PROPAGATION, &key(kind, name));
    let patience = if objects.iter().any(is_ours) { MADE_HERE } else { MADE_ELSEWHERE };
    let begin = Instant::now();
    let passes = |error: &Error| is_busy(error) || is_gone(error) && begin.elapsed() < patience;
    let result = retry_while(PROPAGATION, passes, call).await;
    result.map_err(|error| if is_gone(&error) { explained(error, patience) } else { error })
}

/// The error of a call that names what does not exist.
fn explained(mut error: Error, patience: Duration) -> Error {
    let seconds = patience.as_secs();
    let why = match patience {
        MADE_HERE => "since this run has just made what the call names. Apply again",
        _ => "in case it had just been made. Create it first, or correct its name",
    };
    error.detail = format!("{} It was waited for {seconds} seconds, {why}.", error.detail);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_what_was_waited_for() {
        let gone = |patience| {
            let error = Error::new("AttachRolePolicy failed", "Policy arn:x does not exist.");
            explained(error.code("NoSuchEntity"), patience).detail.clone()
        };
        assert_eq!(
            gone(MADE_ELSEWHERE),
            "Policy arn:x does not exist. It was waited for 10 seconds, in case it had just been made. \
             Create it first, or correct its name."
        );
        assert!(gone(MADE_HERE).contains("120 seconds, since this run"));
    }
}
