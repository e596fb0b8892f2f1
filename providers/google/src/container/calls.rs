//! The calls of Kubernetes Engine. Changes of a cluster and of its pools are operations, of which a cluster has one at a
//! time: this process waits for its own, and for those of others when it meets them.
//!
//! They are sent without the client library, whose structs leave out what clears a field.

use crate::Google;
use crate::client::{Request, explained, is_not_found};
use http::Method;
use std::time::Duration;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{ApplyContext, Error};
use tokio::time::{Instant, sleep};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long a change may take where its type does not say.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// What a change of a cluster is sent with.
pub(super) struct Change<'a> {
    /// The operation's name: `container.clusters.update`.
    pub(super) call: &'a str,
    pub(super) method: Method,
    /// The path, from `projects/` on.
    pub(super) path: String,
    pub(super) body: Option<Json>,
}

/// The path of a cluster that a path is in.
fn cluster_of(path: &str) -> String {
    let parts: Vec<&str> = path.split([':', '?']).next().unwrap_or(path).split('/').collect();
    parts[..parts.len().min(6)].join("/")
}

/// Sends a change of a cluster that exists, and waits until it is done.
pub(super) async fn change(google: &Google, change: Change<'_>, cx: &ApplyContext) -> Result<(), Error> {
    let cluster = cluster_of(&change.path);
    let _only = google.only(&cluster).await;
    let (begun, timeout) = (Instant::now(), cx.timeout_or(PATIENCE));
    let mut pause = FIRST_PAUSE;
    let operation = loop {
        let idempotent = change.method != Method::POST;
        let (operation, path) = (change.call, format!("v1/{}", change.path));
        let request = Request {
            operation,
            method: change.method.clone(),
            endpoint: "container",
            path,
            body: change.body.clone(),
            idempotent,
        };
        match google.send(request).await {
            Ok(operation) => break operation,
            Err(busy) if is_busy(&busy) && begun.elapsed() < timeout => {
                match other_operation(&busy.detail) {
                    Some(name) => {
                        let other = format!("{}/operations/{name}", place_of(&cluster));
                        let left = timeout.saturating_sub(begun.elapsed());
                        // However it ends, the cluster is free then.
                        drop(wait(google, change.call, &other, left).await);
                    }
                    None => sleep(pause).await,
                }
                pause = (pause * 8 / 5).min(LONGEST_PAUSE);
            }
            Err(error) => return Err(error),
        }
    };
    finish(google, change.call, &cluster, &operation, timeout.saturating_sub(begun.elapsed())).await
}

/// Waits for an operation that has begun in the place of `path`.
pub(super) async fn finish(
    google: &Google,
    call: &str,
    path: &str,
    operation: &Json,
    timeout: Duration,
) -> Result<(), Error> {
    if operation["status"] == "DONE" {
        return ended(call, operation);
    }
    let name = operation["name"].as_str().unwrap_or_default();
    wait(google, call, &format!("{}/operations/{name}", place_of(path)), timeout).await
}

/// `projects/p/locations/l` of a path.
pub(super) fn place_of(path: &str) -> String {
    path.split('/').take(4).collect::<Vec<_>>().join("/")
}

async fn wait(google: &Google, call: &str, operation: &str, timeout: Duration) -> Result<(), Error> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let seen = get(google, "container.operations.get", operation).await?;
        if seen["status"] == "DONE" {
            return ended(call, &seen);
        }
        if begun.elapsed() > timeout {
            let detail = format!("Operation {operation} is not done after {timeout:?}.");
            return Err(Error::new(format!("Timeout of {call}"), detail).operation(call));
        }
        sleep(pause).await;
        pause = (pause * 8 / 5).min(LONGEST_PAUSE);
    }
}

/// What went wrong, when an operation that is done says so.
fn ended(call: &str, operation: &Json) -> Result<(), Error> {
    let told = operation["error"]["message"].as_str().or(operation["statusMessage"].as_str());
    let failed = operation.get("error").is_some() || told.is_some_and(|text| !text.is_empty());
    if !failed {
        return Ok(());
    }
    let detail = told.unwrap_or("No reason is given.").to_owned();
    Err(Error::new(format!("{call} failed"), explained(detail)).operation(call))
}

/// Whether a cluster refuses because it is doing something else.
fn is_busy(error: &Error) -> bool {
    error.has_code(&["FAILED_PRECONDITION", "400", "failedPrecondition"])
        && error.detail.contains("incompatible operation")
        || error.has_code(&["ABORTED", "UNAVAILABLE"])
}

/// The operation that a refusal names.
fn other_operation(detail: &str) -> Option<&str> {
    detail.split_whitespace().map(|w| w.trim_matches(['.', ',', '"'])).find(|w| w.starts_with("operation-"))
}

/// What is at a path.
pub(super) async fn get(google: &Google, call: &str, path: &str) -> Result<Json, Error> {
    let (operation, path) = (call, format!("v1/{path}"));
    let request =
        Request { operation, method: Method::GET, endpoint: "container", path, body: None, idempotent: true };
    google.send(request).await
}

/// What is at a path, unless there is nothing.
pub(super) async fn find(google: &Google, call: &str, path: &str) -> Result<Option<Json>, Error> {
    match get(google, call, path).await {
        Ok(found) => Ok(Some(found)),
        Err(e) if is_not_found(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// All clusters of a project, with their pools.
pub(super) async fn clusters(google: &Google, project: &str) -> Result<Vec<Json>, Error> {
    let path = format!("projects/{project}/locations/-/clusters");
    let mut answer = get(google, "container.clusters.list", &path).await?;
    Ok(answer["clusters"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

/// Waits until a cluster or pool that somebody began to make is there.
pub(super) async fn settled(
    google: &Google,
    call: &str,
    path: &str,
    cx: &ApplyContext,
) -> Result<Json, Error> {
    let (begun, timeout) = (Instant::now(), cx.timeout_or(PATIENCE));
    let mut pause = FIRST_PAUSE;
    loop {
        let seen = get(google, call, path).await?;
        match seen["status"].as_str().unwrap_or_default() {
            "PROVISIONING" | "RECONCILING" if begun.elapsed() < timeout => {}
            "PROVISIONING" => {
                let detail = format!("{path} is not there after {timeout:?}.");
                return Err(Error::new(format!("Timeout of {call}"), detail).operation(call));
            }
            _ => return Ok(seen),
        }
        sleep(pause).await;
        pause = (pause * 8 / 5).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_refusals_are_taken_apart() {
        assert_eq!(
            cluster_of("projects/p/locations/l/clusters/c:setAddons"),
            "projects/p/locations/l/clusters/c"
        );
        let pool = "projects/p/locations/l/clusters/c/nodePools/n";
        assert_eq!(cluster_of(pool), "projects/p/locations/l/clusters/c");
        let text = "Cluster is running incompatible operation operation-1-2.";
        assert_eq!(other_operation(text), Some("operation-1-2"));
    }
}
