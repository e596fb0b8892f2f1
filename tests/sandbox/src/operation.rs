//! Operations: work that Google does after it has answered. They pass through PENDING, RUNNING and DONE as they are
//! asked for, so that a client that does not wait is found out: what it made is not ready.

use crate::json;
use crate::world::World;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One operation and how far it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    /// The operation as the client saw it first.
    pub(crate) body: Value,
    /// How often it is still asked for before it is done.
    pub(crate) left: u32,
    pub(crate) done: bool,
    /// The answer of a long-running operation.
    pub(crate) response: Option<Value>,
    /// What is done to the store when it is done.
    #[serde(default)]
    pub(crate) effects: Vec<Effect>,
    /// The metadata of a long-running operation that are seen when it is done.
    #[serde(default)]
    pub(crate) ending: Option<Value>,
    /// The error it ends with.
    pub(crate) failure: Option<Failure>,
}

/// In whose style an operation is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Kind {
    Compute,
    Container,
    /// `google.longrunning.Operation`.
    LongRunning,
}

/// A change that waits for the end of an operation.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Effect {
    /// Sets a field.
    Set { key: String, path: String, value: Value },
    /// Takes an object away, with what is in it.
    Remove { key: String },
    /// Takes a secondary range out of a subnet.
    DropRange { subnet: String, range: String },
}

/// How an operation fails.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Failure {
    pub(crate) code: u16,
    pub(crate) reason: String,
    pub(crate) status: String,
    pub(crate) message: String,
}

impl World {
    /// Starts an operation of Compute Engine on a resource.
    pub(crate) fn compute_operation(
        &mut self,
        verb: &str,
        target: &str,
        id: Option<&str>,
        asked: Option<&str>,
    ) -> Value {
        let number = self.id();
        let name = format!("operation-{}-{:012x}", self.milliseconds(), self.store.number());
        let parts: Vec<&str> = target.split('/').collect();
        let scope = match parts.as_slice() {
            [_, project, place @ ("regions" | "zones"), at, ..] => format!("projects/{project}/{place}/{at}"),
            ["projects", project, ..] => format!("projects/{project}/global"),
            _ => "locations/global".to_owned(),
        };
        let now = self.compute_now();
        let mut body = json!({
            "kind": "compute#operation",
            "id": number,
            "name": name,
            "operationType": verb,
            "targetLink": compute_link(target),
            "status": self.first_status(),
            "user": self.user(),
            "progress": 0,
            "insertTime": now,
            "startTime": now,
            "selfLink": compute_link(&format!("{scope}/operations/{name}")),
        });
        if let Some(id) = id {
            body["targetId"] = json!(id);
        }
        if let [_, _, place @ ("regions" | "zones"), ..] = parts.as_slice() {
            body[place.trim_end_matches('s')] = json!(compute_link(&scope));
        }
        if let Some(asked) = asked {
            body["clientOperationId"] = json!(asked);
        }
        let key = format!("compute:{scope}/operations/{name}");
        if verb == "insert" {
            self.store.unready.insert(target.to_owned());
        }
        self.begin(key, Kind::Compute, body, None, Vec::new())
    }

    /// Starts an operation of Kubernetes Engine on `projects/p/locations/l/clusters/c`.
    pub(crate) fn container_operation(
        &mut self,
        kind: &str,
        version: &str,
        target: &str,
        effects: Vec<Effect>,
    ) -> Value {
        let name = format!("operation-{}-{:012x}", self.milliseconds(), self.store.number());
        let parts: Vec<&str> = target.split('/').collect();
        let (project, location) = (parts.get(1).copied().unwrap_or(""), parts.get(3).copied().unwrap_or(""));
        let number = self.project_number(project).unwrap_or_else(|| project.to_owned());
        let inside = parts.get(4..).unwrap_or(&[]).join("/");
        let place = if crate::services::places::is_zone(location) { "zones" } else { "locations" };
        let host = format!("https://container.googleapis.com/{version}/projects/{number}");
        let body = json!({
            "name": name,
            "operationType": kind,
            "selfLink": format!("{host}/{place}/{location}/operations/{name}"),
            "startTime": self.now(),
            "status": self.first_status(),
            "targetLink": format!("{host}/{place}/{location}/{inside}"),
            "zone": location,
        });
        let key = format!("container:projects/{project}/locations/{location}/operations/{name}");
        self.begin(key, Kind::Container, body, None, effects)
    }

    /// Starts a long-running operation that ends with an answer of a named type.
    pub(crate) fn long_running(&mut self, metadata: Option<Value>, kind: &str, mut response: Value) -> Value {
        response["@type"] = json!(format!("type.googleapis.com/{kind}"));
        let name = format!("operations/op.{}", self.id());
        let mut body = json!({ "name": name });
        if let Some(metadata) = metadata {
            body["metadata"] = metadata;
        }
        self.begin(format!("operations:{name}"), Kind::LongRunning, body, Some(response), Vec::new())
    }

    /// An operation that is done as soon as it is asked for.
    pub(crate) fn done_at_once(&mut self, kind: &str, response: Value) -> Value {
        let body = self.long_running(None, kind, response);
        let key = format!("operations:{}", json::string(&body, "name"));
        self.advance(&key, true).unwrap_or(body)
    }

    /// A long-running operation with metadata that are seen when it is done.
    pub(crate) fn long_running_with(&mut self, metadata: Value, kind: &str, response: Value) -> Value {
        let body = self.long_running(None, kind, response);
        let key = format!("operations:{}", json::string(&body, "name"));
        match self.store.operations.get_mut(&key) {
            Some(operation) if operation.done => {
                operation.body["metadata"] = metadata;
                operation.body.clone()
            }
            Some(operation) => {
                operation.ending = Some(metadata);
                body
            }
            None => body,
        }
    }

    fn begin(
        &mut self,
        key: String,
        kind: Kind,
        body: Value,
        response: Option<Value>,
        effects: Vec<Effect>,
    ) -> Value {
        let left = self.settings.operation_polls;
        let operation =
            Operation { kind, body, left, done: false, response, effects, ending: None, failure: None };
        self.store.operations.insert(key.clone(), operation);
        self.last_operation = Some(key.clone());
        if left == 0 {
            return self.advance(&key, true).unwrap_or_default();
        }
        self.store.operations[&key].body.clone()
    }

    /// The operation, one step further; done if the client waits for it.
    pub(crate) fn advance(&mut self, key: &str, wait: bool) -> Option<Value> {
        let mut operation = self.store.operations.get(key)?.clone();
        if !operation.done {
            operation.left = if wait { 0 } else { operation.left.saturating_sub(1) };
            if operation.left == 0 {
                self.finish(&mut operation);
            } else if operation.kind != Kind::LongRunning {
                operation.body["status"] = json!("RUNNING");
                if operation.kind == Kind::Compute {
                    operation.body["progress"] = json!(50);
                }
            }
            self.store.operations.insert(key.to_owned(), operation.clone());
        }
        Some(operation.body)
    }

    fn finish(&mut self, operation: &mut Operation) {
        operation.done = true;
        if operation.failure.is_none() {
            for effect in operation.effects.drain(..) {
                match effect {
                    Effect::Set { key, path, value } => {
                        if let Some(object) = self.store.objects.get_mut(&key) {
                            json::put(object, &path, value);
                        }
                    }
                    Effect::Remove { key } => drop(self.store.remove(&key)),
                    Effect::DropRange { subnet, range } => self.drop_range(&subnet, &range),
                }
            }
        }
        let failure = operation.failure.clone();
        let body = &mut operation.body;
        match operation.kind {
            Kind::Compute => {
                if body.get("operationType") == Some(&json!("insert")) {
                    let target = json::string(body, "targetLink").replace(&compute_link(""), "");
                    self.store.unready.remove(&target);
                }
                json::put(body, "status", "DONE");
                json::put(body, "progress", 100);
                json::put(body, "endTime", self.compute_now());
                if let Some(failure) = failure {
                    json::put(body, "httpErrorStatusCode", failure.code);
                    json::put(body, "httpErrorMessage", failure.status.replace('_', " "));
                    json::put(
                        body,
                        "error",
                        json!({"errors": [{"code": failure.reason, "message": failure.message}]}),
                    );
                }
            }
            Kind::Container => {
                json::put(body, "status", "DONE");
                if body.get("operationType") == Some(&json!("CREATE_CLUSTER")) {
                    json::put(body, "progress", progress());
                }
                json::put(body, "endTime", self.now());
                if let Some(failure) = failure {
                    json::put(body, "statusMessage", failure.message.clone());
                    json::put(
                        body,
                        "error",
                        json!({"code": rpc_code(&failure.status), "message": failure.message}),
                    );
                }
            }
            Kind::LongRunning => {
                json::put(body, "done", true);
                if let Some(metadata) = operation.ending.take() {
                    json::put(body, "metadata", metadata);
                }
                match failure {
                    Some(failure) => {
                        let error = json!({"code": rpc_code(&failure.status), "message": failure.message});
                        json::put(body, "error", error);
                    }
                    None => json::put(body, "response", operation.response.clone().unwrap_or_default()),
                }
            }
        }
    }

    fn drop_range(&mut self, subnet: &str, range: &str) {
        let Some(object) = self.store.objects.get_mut(subnet) else { return };
        let mut ranges = json::list(object, "secondaryIpRanges").to_vec();
        ranges.retain(|known| json::text(known, "rangeName") != Some(range));
        json::take(object, "secondaryIpRanges");
        if !ranges.is_empty() {
            object["secondaryIpRanges"] = Value::Array(ranges);
        }
        object["fingerprint"] = json!(crate::world::fingerprint(object));
    }

    fn first_status(&self) -> &'static str {
        if self.settings.operation_polls > 1 { "PENDING" } else { "RUNNING" }
    }
}

/// How far the making of a cluster is when it is done.
fn progress() -> Value {
    let steps = [("CLUSTER_CONFIGURING", "8"), ("CLUSTER_DEPLOYING", "12"), ("CLUSTER_HEALTHCHECKING", "2")];
    let metrics: Vec<Value> = steps
        .iter()
        .flat_map(|(name, count)| [(*name).to_owned(), format!("{name}_TOTAL")].map(|name| (name, *count)))
        .map(|(name, count)| json!({"name": name, "intValue": count}))
        .collect();
    json!({ "metrics": metrics })
}

/// The number of a canonical status, as gRPC has it.
fn rpc_code(status: &str) -> u8 {
    match status {
        "INVALID_ARGUMENT" => 3,
        "NOT_FOUND" => 5,
        "ALREADY_EXISTS" => 6,
        "PERMISSION_DENIED" => 7,
        "RESOURCE_EXHAUSTED" => 8,
        "FAILED_PRECONDITION" => 9,
        "ABORTED" => 10,
        "UNAVAILABLE" => 14,
        _ => 13,
    }
}

/// The link of a resource of Compute Engine, always with Google's own host.
pub(crate) fn compute_link(resource: &str) -> String {
    format!("https://www.googleapis.com/compute/v1/{resource}")
}
