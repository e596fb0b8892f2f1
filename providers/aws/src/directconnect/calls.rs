//! What Direct Connect's calls have in common: pages, and errors that say in words only that an object
//! does not exist. Describing without an id gives all objects, so that many are read in few calls.

use crate::Aws;
use crate::client::{Poll, wait_until};
use std::future::Future;
use std::time::Duration;
use terrane_sdk::Error;

/// The largest pages that these calls give.
pub(super) const PAGE: i32 = 100;

/// Awaits all pages of a call that has `next_token`: the call, and the list in its answer.
macro_rules! pages {
    ($aws:expr, $operation:expr, $call:expr, $list:ident) => {{
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let call = $call.max_results($crate::directconnect::calls::PAGE).set_next_token(token);
            let page = $aws.call($operation, call.send()).await?;
            all.extend(page.$list.unwrap_or_default());
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok::<_, terrane_sdk::Error>(all)
    }};
}
pub(super) use pages;

/// Whether an error says that the object does not exist.
pub(super) fn is_missing(error: &Error) -> bool {
    let words = error.detail.to_lowercase();
    error.has_code(&["DirectConnectClientException"])
        && ["does not exist", "could not find", "not found"].iter().any(|w| words.contains(w))
}

/// Nothing where an error says that the object does not exist.
pub(super) fn or_missing<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Err(error) if is_missing(&error) => Ok(None),
        other => other.map(Some),
    }
}

/// The ARN of an object of this service: `resource` is `dxcon/dxcon-1`.
pub(super) fn arn(aws: &Aws, account: &str, resource: &str) -> String {
    format!("arn:{}:directconnect:{}:{account}:{resource}", aws.partition(), aws.region())
}

/// Waits until `look` finds an object in one of `wanted` states, or, when `gone` is wanted, none.
pub(super) async fn wait_for<T, F, Fut>(
    what: &str,
    wanted: &[&str],
    gone: bool,
    timeout: Duration,
    state: fn(&T) -> &str,
    look: F,
) -> Result<Option<T>, Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Option<T>, Error>>,
{
    let look = &look;
    wait_until(what, timeout, || async move {
        Ok(match look().await? {
            None if gone => Poll::Ready(None),
            None => Poll::Pending("not found".into()),
            Some(object) if wanted.contains(&state(&object)) => Poll::Ready(Some(object)),
            Some(object) if !gone && ["deleted", "deleting", "rejected"].contains(&state(&object)) => {
                let detail = format!("Its state is {}.", state(&object));
                return Err(Error::new(format!("There is no use in waiting for {what}"), detail));
            }
            Some(object) => Poll::Pending(state(&object).to_owned()),
        })
    })
    .await
}

/// A text that must be there after waiting.
pub(super) fn there<T>(found: Option<T>, what: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::new(format!("{what} vanished"), "It is no longer described."))
}
