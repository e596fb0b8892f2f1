//! Who changed an object: Cloud Audit Logs, whose admin activity every project keeps for 400 days without
//! anybody having set it up.
//!
//! What Google writes as data access (contents of buckets, above all) is logged only where somebody has turned
//! that on, and is not asked here.

use crate::client::Request;
use crate::names::{name_of, path_of};
use crate::{Google, GoogleProvider};
use http::Method;
use std::collections::BTreeSet;
use terrane_sdk::provider::{HistoryEvent, HistoryQuery};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{Error, Value};

/// How many events are of use to somebody who wants to know who it was.
const MOST_EVENTS: usize = 20;
/// How many entries are looked at for them: names that only contain the one looked for are among these.
const MOST_ENTRIES: usize = 500;
/// The log of what people and programs change, and that of what Google changes by itself.
const LOGS: [&str; 2] = ["cloudaudit.googleapis.com%2Factivity", "cloudaudit.googleapis.com%2Fsystem_event"];

/// An object as audit logs know it.
#[derive(Debug, PartialEq, Eq)]
struct Subject {
    /// Whose log has it: `projects/p`, `folders/1`, `organizations/1`.
    log_of: String,
    /// The ends of names that it may have there: `networks/n`.
    names: Vec<String>,
}

impl GoogleProvider {
    /// The calls that changed the object in the time asked about, newest first (`logging.entries.list`). `None`
    /// where nothing says whose log has it.
    pub(crate) async fn entries(
        &self,
        google: &Google,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Error> {
        let Some(subject) = subject(&query.type_name, &query.object, google.project()) else {
            return Ok(None);
        };
        let mut entries = Vec::new();
        let mut page = Json::Null;
        loop {
            let mut body = json!({
                "resourceNames": [subject.log_of],
                "filter": filter(&subject, query),
                "orderBy": "timestamp desc",
                "pageSize": 100,
            });
            if !page.is_null() {
                body["pageToken"] = page;
            }
            let request = Request {
                operation: "logging.entries.list",
                method: Method::POST,
                endpoint: "logging",
                path: "v2/entries:list".into(),
                body: Some(body),
                idempotent: true,
            };
            let mut answer = google.send(request).await?;
            if let Json::Array(found) = answer["entries"].take() {
                entries.extend(found);
            }
            page = answer["nextPageToken"].take();
            let none = page.as_str().is_none_or(str::is_empty);
            if none || entries.len() >= MOST_ENTRIES {
                return Ok(Some(events(&subject, &entries)));
            }
        }
    }
}

/// What the log is asked for. Its `:` finds a text anywhere in a name; what fits exactly is seen here.
fn filter(subject: &Subject, query: &HistoryQuery) -> String {
    let logs: Vec<String> =
        LOGS.iter().map(|log| quoted(&format!("{}/logs/{log}", subject.log_of))).collect();
    let names: Vec<String> = subject.names.iter().map(|name| quoted(name)).collect();
    format!(
        "logName=({}) AND timestamp>={} AND timestamp<={} AND protoPayload.resourceName:({})",
        logs.join(" OR "),
        quoted(&query.since),
        quoted(&query.until),
        names.join(" OR ")
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// How audit logs know an object. Objects that are a part of another (a member of a policy, a peer of a router) are known by
/// that one.
fn subject(type_name: &str, object: &Value, own: Option<&str>) -> Option<Subject> {
    let text = |name: &str| {
        object.attribute(name).and_then(|v| v.as_str().map(str::to_owned)).filter(|text| !text.is_empty())
    };
    let id = text("id").unwrap_or_default();
    let in_path = path_of(&id).strip_prefix("projects/").and_then(|rest| rest.split('/').next());
    let project = (text("project").or_else(|| text("host_project")))
        .or_else(|| in_path.filter(|p| !p.is_empty() && *p != "-" && *p != "_").map(str::to_owned))
        .or_else(|| own.map(str::to_owned));
    let project = project.map(|project| format!("projects/{}", name_of(&project)));
    let rest = type_name.strip_prefix("google_")?;
    let of_policy = ["_iam_member", "_iam_binding", "_iam_policy", "_iam_audit_config"]
        .iter()
        .find_map(|end| rest.strip_suffix(end));
    let tail = |prefix: &str, name: String| format!("{prefix}/{}", name_of(&name));
    let numbered = |name: &str, kind: &str| text(name).map(|value| tail(kind, value));
    let (log_of, names) = match of_policy.unwrap_or(rest) {
        "project" if of_policy.is_some() => (project.clone(), vec![project]),
        "project" => {
            let project = numbered("project_id", "projects");
            (project.clone(), vec![project])
        }
        "folder" if of_policy.is_some() => {
            let folder = numbered("folder", "folders");
            (folder.clone(), vec![folder])
        }
        "folder" => {
            let folder = numbered("folder_id", "folders");
            (folder.clone(), vec![folder])
        }
        "organization" => {
            let organization = numbered("org_id", "organizations");
            (organization.clone(), vec![organization])
        }
        "logging_folder_sink" => (numbered("folder", "folders"), vec![numbered("name", "sinks")]),
        "logging_organization_sink" => (numbered("org_id", "organizations"), vec![numbered("name", "sinks")]),
        "storage_bucket" if of_policy.is_some() => (project, vec![numbered("bucket", "buckets")]),
        "storage_bucket" => (project, vec![numbered("name", "buckets")]),
        "storage_bucket_object" => {
            let name = text("bucket").zip(text("name")).map(|(b, n)| format!("buckets/{b}/objects/{n}"));
            (project, vec![name])
        }
        // Accounts are known by their address or by their number.
        "service_account" if of_policy.is_some() => {
            (project, vec![numbered("service_account_id", "serviceAccounts")])
        }
        "service_account" => {
            (project, vec![numbered("email", "serviceAccounts"), numbered("unique_id", "serviceAccounts")])
        }
        "kms_key_ring" if of_policy.is_some() => (project, vec![numbered("key_ring_id", "keyRings")]),
        "kms_crypto_key" if of_policy.is_some() => (project, vec![numbered("crypto_key_id", "cryptoKeys")]),
        "pubsub_topic" if of_policy.is_some() => (project, vec![numbered("topic", "topics")]),
        "compute_subnetwork" if of_policy.is_some() => (project, vec![numbered("subnetwork", "subnetworks")]),
        "bigquery_dataset" => (project, vec![numbered("dataset_id", "datasets")]),
        "compute_router_interface" | "compute_router_peer" | "compute_router_nat" => {
            (project, vec![numbered("router", "routers")])
        }
        _ if rest.contains("network_firewall_policy_") => {
            (project, vec![numbered("firewall_policy", "firewallPolicies")])
        }
        "compute_network_peering" => (project, vec![numbered("network", "networks")]),
        "service_account_key" => (project, vec![numbered("service_account_id", "serviceAccounts")]),
        "compute_shared_vpc_host_project"
        | "compute_project_metadata"
        | "project_default_service_accounts" => (project.clone(), vec![project]),
        "compute_shared_vpc_service_project" => {
            let host = numbered("host_project", "projects");
            (host.clone(), vec![host])
        }
        "dns_record_set" => (project, vec![numbered("managed_zone", "managedZones")]),
        "project_service" => (project, vec![numbered("service", "services")]),
        // An id is a path whose last two parts say what it is: `.../networks/n`.
        _ => {
            let parts: Vec<&str> = path_of(&id).rsplitn(3, '/').collect();
            let name = match parts.as_slice() {
                [name, kind, ..] if !name.is_empty() => Some(format!("{kind}/{name}")),
                _ => None,
            };
            (project, vec![name])
        }
    };
    let names: Vec<String> = names.into_iter().flatten().collect();
    log_of.filter(|_| !names.is_empty()).map(|log_of| Subject { log_of, names })
}

/// The entries that are about the subject, one for each operation: long ones have an entry at their beginning, with who and
/// from where, and one at their end, with what came of it.
fn events(subject: &Subject, entries: &[Json]) -> Vec<HistoryEvent> {
    let exact = |entry: &&Json| {
        let name = entry["protoPayload"]["resourceName"].as_str().unwrap_or_default();
        subject.names.iter().any(|end| {
            name == end || name.strip_suffix(end.as_str()).is_some_and(|before| before.ends_with('/'))
        })
    };
    let about: Vec<&Json> = entries.iter().filter(exact).collect();
    let operation = |entry: &Json| entry["operation"]["id"].as_str().map(str::to_owned);
    let begun: BTreeSet<String> =
        about.iter().filter(|e| e["operation"]["first"] == true).filter_map(|e| operation(e)).collect();
    let failed = |id: &str| {
        let of = about.iter().filter(|e| operation(e).as_deref() == Some(id));
        of.into_iter().find_map(|e| said(e))
    };
    let ends = |entry: &Json| {
        entry["operation"]["first"] != true && operation(entry).is_some_and(|id| begun.contains(&id))
    };
    let mut found: Vec<HistoryEvent> = (about.iter().filter(|entry| !ends(entry)))
        .map(|entry| {
            let mut event = told(entry);
            event.error = event.error.or_else(|| operation(entry).and_then(|id| failed(&id)));
            event
        })
        .collect();
    found.sort_by(|a, b| b.time.cmp(&a.time));
    found.truncate(MOST_EVENTS);
    found
}

fn told(entry: &Json) -> HistoryEvent {
    let payload = &entry["protoPayload"];
    let text = |pointer: &str| {
        payload.pointer(pointer).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let service = text("/serviceName").unwrap_or_default();
    let service = service.trim_end_matches(".googleapis.com");
    HistoryEvent {
        time: entry["timestamp"].as_str().unwrap_or_default().to_owned(),
        operation: format!("{service}:{}", text("/methodName").unwrap_or_default()),
        // A workload identity has no address of its own, but a subject.
        principal: text("/authenticationInfo/principalEmail")
            .or_else(|| text("/authenticationInfo/principalSubject"))
            .unwrap_or_else(|| "unknown".to_owned()),
        source_address: text("/requestMetadata/callerIp"),
        tool: text("/requestMetadata/callerSuppliedUserAgent"),
        request_id: (entry["operation"]["id"].as_str().or(entry["insertId"].as_str())).map(str::to_owned),
        error: said(entry),
    }
}

/// Why a call failed.
fn said(entry: &Json) -> Option<String> {
    let status = &entry["protoPayload"]["status"];
    let failed = status["code"].as_i64().is_some_and(|code| code != 0);
    failed.then(|| status["message"].as_str().unwrap_or("failed").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(attributes: &[(&'static str, &str)]) -> Value {
        Value::object(attributes.iter().map(|(name, text)| (*name, Value::string(*text))))
    }

    #[test]
    fn objects_are_known_by_the_end_of_their_name_in_the_log_of_their_project() {
        let network = "projects/p/global/networks/n";
        let subnet = "projects/p/regions/r/subnetworks/s";
        for (type_name, attributes, log_of, names) in [
            (
                "google_compute_network",
                &[("id", network), ("project", "p")][..],
                "projects/p",
                &["networks/n"][..],
            ),
            ("google_compute_network", &[("id", network)], "projects/p", &["networks/n"]),
            ("google_storage_bucket", &[("id", "b"), ("name", "b")], "projects/own", &["buckets/b"]),
            (
                "google_storage_bucket_iam_member",
                &[("id", "b/b/roles/r/user:u"), ("bucket", "b")],
                "projects/own",
                &["buckets/b"],
            ),
            (
                "google_project_iam_member",
                &[("id", "q/roles/r/user:u"), ("project", "q")],
                "projects/q",
                &["projects/q"],
            ),
            (
                "google_compute_subnetwork_iam_binding",
                &[("project", "p"), ("subnetwork", subnet)],
                "projects/p",
                &["subnetworks/s"],
            ),
            ("google_project", &[("id", "projects/q"), ("project_id", "q")], "projects/q", &["projects/q"]),
            ("google_folder", &[("folder_id", "12"), ("id", "folders/12")], "folders/12", &["folders/12"]),
            ("google_organization_iam_policy", &[("org_id", "1")], "organizations/1", &["organizations/1"]),
            (
                "google_service_account",
                &[("email", "a@p.iam"), ("unique_id", "77"), ("project", "p")],
                "projects/p",
                &["serviceAccounts/a@p.iam", "serviceAccounts/77"],
            ),
            (
                "google_compute_network_firewall_policy_rule",
                &[("id", "projects/p/global/firewallPolicies/f/rules/1"), ("firewall_policy", "f")],
                "projects/p",
                &["firewallPolicies/f"],
            ),
            (
                "google_project_iam_custom_role",
                &[("id", "projects/p/roles/reader"), ("project", "p")],
                "projects/p",
                &["roles/reader"],
            ),
        ] {
            let subject = subject(type_name, &object(attributes), Some("own")).expect("it is known");
            assert_eq!(subject.log_of, log_of, "{type_name}");
            assert_eq!(subject.names, names, "{type_name}");
        }
        assert_eq!(subject("google_compute_network", &object(&[]), Some("own")), None);
        assert_eq!(subject("google_storage_bucket", &object(&[("name", "b")]), None), None);
    }

    #[test]
    fn a_long_operation_is_told_once_with_its_end() {
        let subject = Subject { log_of: "projects/p".into(), names: vec!["networks/n".into()] };
        let entry = |name: &str, operation: Json, more: Json| {
            let mut payload = json!({ "resourceName": name, "serviceName": "compute.googleapis.com",
                "methodName": "v1.compute.networks.patch", "authenticationInfo": {"principalEmail": "mia@example.com"}});
            for (name, value) in more.as_object().expect("more is an object") {
                payload[name] = value.clone();
            }
            json!({ "timestamp": "2026-01-01T00:00:00Z", "operation": operation, "insertId": "i", "protoPayload": payload })
        };
        let name = "projects/p/global/networks/n";
        let caller =
            json!({"requestMetadata": {"callerIp": "203.0.113.7", "callerSuppliedUserAgent": "gcloud"}});
        let found = events(
            &subject,
            &[
                entry(
                    name,
                    json!({"id": "o", "last": true}),
                    json!({"status": {"code": 3, "message": "Taken."}}),
                ),
                entry(name, json!({"id": "o", "first": true}), caller),
                entry("projects/p/global/networks/main-n", Json::Null, json!({})),
                entry("projects/p/global/networks/n2", Json::Null, json!({})),
            ],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].principal, "mia@example.com");
        assert_eq!(found[0].operation, "compute:v1.compute.networks.patch");
        assert_eq!(found[0].source_address.as_deref(), Some("203.0.113.7"));
        assert_eq!(found[0].request_id.as_deref(), Some("o"));
        assert_eq!(found[0].error.as_deref(), Some("Taken."));
    }

    #[test]
    fn names_are_quoted_in_filters() {
        let subject = Subject { log_of: "projects/p".into(), names: vec!["objects/a\"b".into()] };
        let query = HistoryQuery {
            type_name: "google_storage_bucket_object".into(),
            object: Value::NULL,
            since: "2026-01-01T00:00:00Z".into(),
            until: "2026-01-08T00:00:00Z".into(),
        };
        let text = filter(&subject, &query);
        assert!(text.contains(r#"protoPayload.resourceName:("objects/a\"b")"#), "{text}");
        assert!(text.contains(r#"timestamp>="2026-01-01T00:00:00Z""#), "{text}");
    }
}
