//! Cloud Audit Logs: what changed something and was let through is written down as an entry of the admin
//! activity log, and listed by `logging.entries.list`.
//!
//! An entry has what `google.cloud.audit.AuditLog` has of who, from where, with what and to what; requests and answers
//! are left out. Entries do not outlive the server.

use crate::call::{Answer, Call};
use crate::filter::Filter;
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

/// Methods that are no change although they are sent like one.
const READ: [&str; 9] = ["get", "list", "aggregatedlist", "search", "query", "test", "wait", "tail", "copy"];

/// Whose log has a change, and the name of what is changed.
pub(crate) struct Subject {
    log_of: String,
    name: String,
}

/// What a call is about to change, if it is a change. Afterwards it may be gone.
pub(crate) fn subject(world: &World, verb: &str, call: &Call<'_>) -> Option<Subject> {
    let last = call.verb().to_lowercase();
    if verb == "GET" || READ.iter().any(|read| last.starts_with(read)) {
        return None;
    }
    place(world, call).map(|(log_of, name)| Subject { log_of, name })
}

/// Writes down what a call did.
pub(crate) fn record(world: &mut World, call: &Call<'_>, Subject { log_of, name }: Subject) {
    // A token that looks like an address is said to be its owner's.
    let token = call.headers.get("authorization").and_then(|text| text.strip_prefix("Bearer "));
    let principal = token.filter(|token| token.contains('@')).unwrap_or(world.user()).to_owned();
    let mut entry = json!({
        "logName": format!("{log_of}/logs/cloudaudit.googleapis.com%2Factivity"),
        "timestamp": world.now(),
        "receiveTimestamp": world.now(),
        "severity": "NOTICE",
        "insertId": format!("{:x}", world.store.number()),
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "authenticationInfo": { "principalEmail": principal },
            "requestMetadata": {
                "callerIp": "127.0.0.1",
                "callerSuppliedUserAgent": call.headers.get("user-agent").cloned().unwrap_or_default(),
            },
            "serviceName": format!("{}.googleapis.com", call.service()),
            "methodName": method_name(call),
            "resourceName": name,
        },
    });
    let Some(operation) = &world.last_operation else { return world.trail.push(entry) };
    let id = operation.rsplit('/').next().unwrap_or(operation).to_owned();
    let producer = format!("{}.googleapis.com", call.service());
    entry["operation"] = json!({ "id": id, "producer": producer, "first": true });
    let mut end = entry.clone();
    end["operation"] = json!({ "id": id, "producer": producer, "last": true });
    json::take(&mut end["protoPayload"], "requestMetadata");
    end["insertId"] = json!(format!("{:x}", world.store.number()));
    world.trail.extend([entry, end]);
}

/// The method as its service writes it.
fn method_name(call: &Call<'_>) -> String {
    match call.service() {
        "compute" => format!("{}.{}", call.version(), call.method),
        "storage" if call.verb() == "setIamPolicy" => "storage.setIamPermissions".to_owned(),
        "cloudresourcemanager" | "iam" => {
            let mut letters = call.verb().chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            format!("{first}{}", letters.as_str())
        }
        _ => call.method.to_owned(),
    }
}

fn place(world: &World, call: &Call<'_>) -> Option<(String, String)> {
    let created = |name: Option<&str>| {
        let target = call.target();
        // What is put is named by its path.
        let named = matches!(call.verb(), "insert" | "create") && call.definition.verb != "PUT";
        match name.filter(|_| named) {
            Some(name) => format!("{target}/{}", name.rsplit('/').next().unwrap_or(name)),
            None => target.to_owned(),
        }
    };
    if call.service() == "storage" {
        let bucket = match call.parameter("bucket") {
            "" => json::text(&call.body, "name")?,
            bucket => bucket,
        };
        let of = world.store.objects.get(&format!("storage:b/{bucket}"));
        let project = of.and_then(|b| json::text(b, "projectNumber")).map(str::to_owned);
        let project = call.query.get("project").map(str::to_owned).or(project)?;
        let project = world.canonical(&format!("projects/{project}"));
        let object = match call.parameter("object") {
            "" if call.method.starts_with("storage.objects.") => call.query.get("name")?,
            object => object,
        };
        let object = if object.is_empty() { String::new() } else { format!("/objects/{object}") };
        return Some((project, format!("projects/_/buckets/{bucket}{object}")));
    }
    let body = &call.body;
    let inner = ["cluster", "nodePool", "serviceAccount", "role"].into_iter().find_map(|name| body.get(name));
    let dataset = body.pointer("/datasetReference/datasetId").and_then(Value::as_str);
    let account = json::text(body, "accountId")
        .zip(call.project())
        .map(|(id, p)| format!("{id}@{p}.iam.gserviceaccount.com"));
    let named = (inner.and_then(|inner| json::text(inner, "name"))).or(json::text(body, "name"));
    let named = named.or(call.query.get("keyRingId")).or(call.query.get("cryptoKeyId"));
    let name = created(account.as_deref().or(json::text(body, "roleId")).or(dataset).or(named));
    // Records are changes of their zone, and keys those of their account.
    let name = ["/changes", "/keys"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let name = world.canonical(name);
    let name = match (call.service(), json::text(body, "projectId")) {
        ("cloudresourcemanager", Some(id)) if call.verb() == "create" => format!("projects/{id}"),
        _ => name,
    };
    let mut parts = name.split('/');
    match (parts.next()?, parts.next()?) {
        // Accounts are also named without their project.
        ("projects", "-") => {
            let account = name.rsplit('/').next().unwrap_or_default();
            let project = account.split_once('@')?.1.split('.').next()?;
            Some((format!("projects/{project}"), name))
        }
        (kind @ ("projects" | "folders" | "organizations"), id) => Some((format!("{kind}/{id}"), name)),
        _ => None,
    }
}

/// `logging.entries.list`.
///
/// # Errors
/// For a request without resources, and a filter or token that cannot be read.
pub(crate) fn list(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = call.request()?;
    let filter = Filter::parse(json::text(&request, "filter").unwrap_or(""))?;
    let wanted: Vec<String> = json::list(&request, "resourceNames")
        .iter()
        .filter_map(|name| Some(format!("{}/logs/", world.canonical(name.as_str()?))))
        .collect();
    if wanted.is_empty() {
        return Err(Refusal::invalid("A list of resource names is required."));
    }
    let within = |entry: &&Value| {
        let log = json::text(entry, "logName").unwrap_or("");
        wanted.iter().any(|name| log.starts_with(name)) && filter.admits(entry)
    };
    let mut found: Vec<&Value> = world.trail.iter().filter(within).collect();
    match json::text(&request, "orderBy").unwrap_or("timestamp asc") {
        "timestamp asc" | "timestamp" => {}
        "timestamp desc" => found.reverse(),
        other => return Err(Refusal::invalid(format!("The sorting order cannot be used: {other}."))),
    }
    let size = request["pageSize"].as_u64().filter(|size| *size > 0).unwrap_or(50).min(1000);
    let size = usize::try_from(size).unwrap_or(1000);
    let begin = match json::text(&request, "pageToken") {
        None | Some("") => 0,
        Some(token) => token.parse().map_err(|_| Refusal::invalid("page_token is invalid"))?,
    };
    let mut answer = json!({});
    let page: Vec<Value> = found.iter().skip(begin).take(size).map(|entry| (*entry).clone()).collect();
    if begin + page.len() < found.len() {
        answer["nextPageToken"] = json!((begin + page.len()).to_string());
    }
    if !page.is_empty() {
        answer["entries"] = Value::Array(page);
    }
    Ok(answer.into())
}
