//! Deletions that IAM refuses with `DeleteConflict`: something still belongs to the object, or seems to.

use crate::client::retry_while;
use std::future::Future;
use std::time::Duration;
use terrane_sdk::Error;

use super::{is_busy, unless_gone};

/// How long what has gone may still seem to be there.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many things to name.
const SHOWN: usize = 10;

fn is_conflict(error: &Error) -> bool {
    error.has_code(&["DeleteConflict"])
}

/// Deletes an object; one that is gone is no error. When something stays in the way, the error names what `left` finds.
pub(super) async fn delete<T, F, Fut>(
    call: F,
    left: impl Future<Output = Result<Vec<String>, Error>>,
) -> Result<(), Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let deleted = retry_while(PATIENCE, |error| is_conflict(error) || is_busy(error), call).await;
    match unless_gone(deleted) {
        // Who may delete something need not be allowed to look at it.
        Err(error) if is_conflict(&error) => Err(explained(error, left.await.unwrap_or_default())),
        other => other.map(drop),
    }
}

fn explained(mut error: Error, left: Vec<String>) -> Error {
    if !left.is_empty() {
        let more = left.len().saturating_sub(SHOWN);
        let mut shown = left;
        shown.truncate(SHOWN);
        if more > 0 {
            shown.push(format!("{more} more"));
        }
        error.detail = format!("{} In the way: {}.", error.detail, shown.join(", "));
    }
    error
}

/// Each of `names` with what it is.
pub(super) fn named(kind: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    names.into_iter().map(|name| format!("{kind} {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_is_named() {
        let error = |left: Vec<String>| {
            let error = Error::new("DeletePolicy failed", "Cannot delete a policy attached to entities.");
            explained(error.code("DeleteConflict"), left).detail.clone()
        };
        assert_eq!(error(Vec::new()), "Cannot delete a policy attached to entities.");
        let left = [named("role", ["app".to_owned()]), named("user", ["ken".to_owned()])].concat();
        assert_eq!(
            error(left),
            "Cannot delete a policy attached to entities. In the way: role app, user ken."
        );
        let many = named("role", (0..12).map(|n| n.to_string()));
        assert!(error(many).ends_with("role 9, 2 more."));
    }
}
