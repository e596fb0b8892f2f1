//! Operations of Compute Engine: a change answers at once with one, and is done when it is.

use crate::Google;
use crate::client::explained;
use google_cloud_compute_v1::model::Operation;
use google_cloud_compute_v1::model::operation::Status;
use google_cloud_gax::options::RequestOptionsBuilder;
use std::time::Duration;
use terrane_sdk::Error;
use tokio::time::Instant;

/// Waits for an operation that `call` (`compute.networks.insert`) in `project` began. The server holds
/// each question until the operation is done, for two minutes at most.
pub(crate) async fn finish(
    google: &Google,
    call: &str,
    project: &str,
    mut operation: Operation,
    timeout: Duration,
) -> Result<(), Error> {
    let begun = Instant::now();
    while operation.status != Some(Status::Done) {
        if begun.elapsed() > timeout {
            return Err(Error::new(
                format!("Timeout of {call}"),
                format!(
                    "Operation {} in project {project} is not done after {timeout:?}.",
                    operation.name.unwrap_or_default()
                ),
            )
            .operation(call));
        }
        operation = ask(google, project, &operation).await?;
    }
    match problem(call, &operation) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

async fn ask(google: &Google, project: &str, operation: &Operation) -> Result<Operation, Error> {
    let name = operation.name.clone().unwrap_or_default();
    let last = |url: &Option<String>| url.as_deref().map(|u| crate::names::name_of(u).to_owned());
    match (last(&operation.region), last(&operation.zone)) {
        (Some(region), _) => {
            let wait = google.region_operations().await?.wait();
            let wait = wait.set_project(project).set_region(region).set_operation(name);
            google.call("compute.regionOperations.wait", wait.with_idempotency(true).send()).await
        }
        (None, Some(zone)) => {
            let wait = google.zone_operations().await?.wait();
            let wait = wait.set_project(project).set_zone(zone).set_operation(name);
            google.call("compute.zoneOperations.wait", wait.with_idempotency(true).send()).await
        }
        (None, None) => {
            let wait = google.global_operations().await?.wait();
            let wait = wait.set_project(project).set_operation(name);
            google.call("compute.globalOperations.wait", wait.with_idempotency(true).send()).await
        }
    }
}

/// What went wrong, when the operation says so.
fn problem(call: &str, operation: &Operation) -> Option<Error> {
    let errors = operation.error.as_ref().map(|e| e.errors.as_slice()).unwrap_or_default();
    if errors.is_empty() && operation.http_error_status_code.is_none() {
        return None;
    }
    let messages: Vec<&str> = errors.iter().filter_map(|e| e.message.as_deref()).collect();
    let detail = match messages.is_empty() {
        true => operation.http_error_message.clone().unwrap_or_else(|| "No reason is given.".into()),
        false => messages.join(" "),
    };
    let mut error = Error::new(format!("{call} failed"), explained(detail)).operation(call);
    error.code = errors
        .iter()
        .find_map(|e| e.code.clone())
        .or_else(|| operation.http_error_status_code.map(|status| status.to_string()));
    Some(error)
}
