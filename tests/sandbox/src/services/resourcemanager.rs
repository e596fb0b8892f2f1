//! Projects, folders and organizations: one store, shown by three versions of the API.

use crate::call::{Answer, Call};
use crate::json;
use crate::policy::Style;
use crate::refusal::Refusal;
use crate::resource::{camel, has_field};
use crate::world::{World, etag};
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let kind = call.collection().rsplit('.').next().unwrap_or("").to_owned();
    if !matches!(kind.as_str(), "projects" | "folders" | "organizations") {
        return None;
    }
    let answer = match call.verb() {
        "create" if kind != "organizations" => create(world, call, &kind),
        "get" => found(world, call).and_then(|(key, _)| shown(world, call, &key)),
        "list" | "search" => list(world, call, &kind),
        "patch" | "update" if kind != "organizations" => change(world, call, &kind),
        "move" if kind != "organizations" => moved(world, call),
        "delete" | "undelete" if kind != "organizations" => end(world, call, &kind),
        "getIamPolicy" | "setIamPolicy" | "testIamPermissions" => found(world, call)
            .and_then(|(key, _)| world.policy(call, &key, &Style { kind: None, resource: None })),
        "getAncestry" => ancestry(world, call),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

/// Makes an organization that exists from the start.
pub(crate) fn organization(world: &mut World, id: &str) {
    let object = json!({"displayName": "example.com", "createTime": world.now()});
    world.store.objects.entry(format!("organizations:{id}")).or_insert(object);
}

fn found(world: &World, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    let (kind, id) = call.resource.split_once('/').unwrap_or((&call.resource, ""));
    let id = id.split(['/', ':']).next().unwrap_or("");
    let key = format!("{kind}:{id}");
    let object = world.store.objects.get(&key).cloned().ok_or_else(Refusal::denied)?;
    Ok((key, object))
}

fn shown(world: &World, call: &Call<'_>, key: &str) -> Result<Value, Refusal> {
    let object = world.store.objects.get(key).ok_or_else(Refusal::denied)?;
    let (kind, id) = key.split_once(':').unwrap_or((key, ""));
    let parent = json::string(object, "parent");
    let state = json::text(object, "state").unwrap_or("ACTIVE").to_owned();
    let old = call.version() != "v3";
    let mut view = json!({});
    if kind == "projects" && old {
        view["projectNumber"] = object["number"].clone();
        view["projectId"] = json!(id);
        view["lifecycleState"] = json!(state);
        view["name"] = object["displayName"].clone();
        view["createTime"] = object["createTime"].clone();
        if let Some((kind, id)) = parent.split_once('/') {
            view["parent"] = json!({"type": kind.trim_end_matches('s'), "id": id});
        }
    } else {
        let id = json::text(object, "number").unwrap_or(id);
        view["name"] = json!(format!("{kind}/{id}"));
        for field in ["displayName", "createTime", "updateTime", "projectId", "deleteTime"] {
            if let Some(value) = object.get(field) {
                view[field] = value.clone();
            }
        }
        if !parent.is_empty() {
            view["parent"] = json!(parent);
        }
        view[if old { "lifecycleState" } else { "state" }] = json!(state);
        if !old {
            view["etag"] = json!(etag(object));
            if kind == "organizations" {
                view["directoryCustomerId"] = json!("C00000000");
            }
        } else if kind == "organizations" {
            view["owner"] = json!({"directoryCustomerId": "C00000000"});
        }
    }
    if let Some(labels) =
        object.get("labels").filter(|labels| labels.as_object().is_some_and(|labels| !labels.is_empty()))
    {
        view["labels"] = labels.clone();
    }
    // Older versions know fewer fields.
    let schema = match kind {
        "projects" => "Project",
        "folders" => "Folder",
        _ => "Organization",
    };
    if let Value::Object(fields) = &mut view {
        fields.retain(|name, _| has_field(call, schema, name));
    }
    Ok(view)
}

/// The parent that a request names, in either form; it has to be there.
fn parent(world: &World, body: &Value, query: Option<&str>) -> Result<String, Refusal> {
    let parent = match body.get("parent") {
        Some(Value::String(text)) => text.clone(),
        Some(object @ Value::Object(_)) => {
            format!("{}s/{}", json::string(object, "type"), json::string(object, "id"))
        }
        _ => query.unwrap_or("").to_owned(),
    };
    let known = parent.is_empty() || world.store.objects.contains_key(&parent.replacen('/', ":", 1));
    known.then_some(parent).ok_or_else(Refusal::denied)
}

fn create(world: &mut World, call: &Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let body = call.request()?;
    let parent = parent(world, &body, call.query.get("parent"))?;
    let number = format!("{}", 100_000_000_000 + world.store.number());
    let mut object =
        json!({"parent": parent, "state": "ACTIVE", "createTime": world.now(), "updateTime": world.now()});
    let key = if kind == "projects" {
        let id = json::string(&body, "projectId");
        if !crate::validate::matches("[a-z][-a-z0-9]{4,28}[a-z0-9]", &id) {
            return Err(Refusal::invalid(format!(
                "field [project_id] has issue [project_id is not valid: {id}]"
            )));
        }
        if world.store.objects.contains_key(&format!("projects:{id}")) {
            return Err(Refusal::new(409, "Requested entity already exists"));
        }
        let name = json::text(&body, "displayName").or(json::text(&body, "name")).unwrap_or(&id).to_owned();
        json::merge(&mut object, &json!({"projectId": id, "number": number, "displayName": name}));
        format!("projects:{id}")
    } else {
        let name = json::string(&body, "displayName");
        let taken = world.store.under("folders:").any(|(_, folder)| {
            json::text(folder, "displayName") == Some(&name)
                && json::string(folder, "parent") == parent
                && json::text(folder, "state") == Some("ACTIVE")
        });
        if parent.is_empty() || name.is_empty() {
            return Err(Refusal::invalid("A folder needs a parent and a display name."));
        }
        if taken {
            return Err(Refusal::precondition(
                "Folder reservation failed for parent: a folder with this display name exists.",
            ));
        }
        object["displayName"] = json!(name);
        format!("folders:{number}")
    };
    if let Some(labels) = body.get("labels") {
        object["labels"] = labels.clone();
    }
    world.store.objects.insert(key.clone(), object);
    let owner = json!({"version": 1, "etag": etag(&json!(key)), "bindings": [{"role": "roles/owner", "members": [format!("user:{}", world.user())]}]});
    world.store.policies.insert(key.clone(), owner);
    operation(world, call, &key)
}

fn operation(world: &mut World, call: &Call<'_>, key: &str) -> Result<Value, Refusal> {
    let view = shown(world, call, key)?;
    let noun = if key.starts_with("projects") { "Project" } else { "Folder" };
    let package = if call.version() == "v1" {
        "google.cloudresourcemanager.v1".to_owned()
    } else {
        format!("google.cloud.resourcemanager.{}", call.version())
    };
    let kind = format!("{package}.{noun}");
    Ok(match (noun, call.version(), call.verb()) {
        ("Project", "v1", "create") => {
            let metadata = json!({
                "@type": "type.googleapis.com/google.cloudresourcemanager.v1.ProjectCreationStatus", "gettable": true, "ready": true,
            });
            world.long_running_with(metadata, &kind, view)
        }
        ("Folder", "v3", "patch") => {
            let metadata =
                json!({"@type": "type.googleapis.com/google.cloud.resourcemanager.v3.UpdateFolderMetadata"});
            world.long_running(Some(metadata), &kind, view)
        }
        ("Folder", "v3", "delete" | "undelete") => {
            let mut body = world.done_at_once(&kind, view);
            json::take(&mut body, "name");
            body
        }
        _ => world.long_running(None, &kind, view),
    })
}

fn list(world: &World, call: &Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let prefix = format!("{kind}:");
    let parent =
        call.query.get("parent").map(|named| parent(world, &Value::Null, Some(named))).transpose()?;
    let deleted =
        call.query.get("showDeleted") == Some("true") || call.verb() == "search" || call.version() == "v1";
    let mut all = Vec::new();
    for (key, object) in world.store.under(&prefix) {
        let there = parent.as_deref().is_none_or(|parent| json::text(object, "parent") == Some(parent));
        if there && (deleted || json::text(object, "state") == Some("ACTIVE")) {
            all.push((key.to_owned(), shown(world, call, key)?));
        }
    }
    let filter = call.body.get("filter").and_then(Value::as_str).or(call.query.get("query")).unwrap_or("");
    let filter = crate::filter::Filter::parse(filter)?;
    all.retain(|(_, view)| filter.admits(view));
    call.listing(kind, all)
}

fn change(world: &mut World, call: &Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let (key, mut object) = found(world, call)?;
    let body = call.request()?;
    let mask: Option<Vec<String>> =
        call.query.get("updateMask").map(|mask| mask.split(',').map(camel).collect());
    let wanted = |field: &str| mask.as_ref().is_none_or(|mask| mask.iter().any(|known| known == field));
    let name =
        json::text(&body, "displayName").or(json::text(&body, "name").filter(|_| call.version() == "v1"));
    if let Some(name) = name.filter(|_| wanted("displayName")) {
        object["displayName"] = json!(name);
    }
    if kind == "projects" && wanted("labels") {
        object["labels"] = body.get("labels").cloned().unwrap_or(json!({}));
    }
    if call.version() == "v1" && body.get("parent").is_some() {
        object["parent"] = json!(parent(world, &body, None)?);
    }
    object["updateTime"] = json!(world.now());
    world.store.objects.insert(key.clone(), object);
    if call.version() == "v3" { operation(world, call, &key) } else { shown(world, call, &key) }
}

/// Puts a project or folder under another parent; a folder never under itself.
fn moved(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, mut object) = found(world, call)?;
    let body = call.request()?;
    let target = parent(world, &json!({ "parent": json::string(&body, "destinationParent") }), None)?;
    let own = key.replacen(':', "/", 1);
    if target.is_empty() || target.starts_with("projects/") {
        return Err(Refusal::invalid("The destination has to be a folder or an organization."));
    }
    if target == own || world.ancestors(&target).contains(&own) {
        return Err(Refusal::precondition("A folder cannot be moved into itself."));
    }
    let name = json::string(&object, "displayName");
    let taken = key.starts_with("folders:")
        && world.store.under("folders:").any(|(other, folder)| {
            other != key
                && json::string(folder, "displayName") == name
                && json::string(folder, "parent") == target
                && json::text(folder, "state") == Some("ACTIVE")
        });
    if taken {
        return Err(Refusal::precondition("A folder with this display name is there already."));
    }
    object["parent"] = json!(target);
    object["updateTime"] = json!(world.now());
    world.store.objects.insert(key.clone(), object);
    operation(world, call, &key)
}

fn end(world: &mut World, call: &Call<'_>, kind: &str) -> Result<Value, Refusal> {
    let (key, mut object) = found(world, call)?;
    let (from, to) =
        if call.verb() == "delete" { ("ACTIVE", "DELETE_REQUESTED") } else { ("DELETE_REQUESTED", "ACTIVE") };
    if json::text(&object, "state") != Some(from) {
        return Err(Refusal::precondition(format!("The resource is not in the state {from}.")));
    }
    let name = key.replacen(':', "/", 1);
    let full = ["projects:", "folders:"].iter().any(|prefix| {
        world.store.under(prefix).any(|(_, child)| {
            json::text(child, "parent") == Some(&name) && json::text(child, "state") == Some("ACTIVE")
        })
    });
    if kind == "folders" && to != "ACTIVE" && full {
        return Err(Refusal::precondition("Folder is not empty: it has projects or folders in it."));
    }
    object["state"] = json!(to);
    world.store.objects.insert(key.clone(), object);
    match call.version() {
        "v1" => Ok(json!({})),
        "v2" => shown(world, call, &key),
        _ => operation(world, call, &key),
    }
}

fn ancestry(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, _) = found(world, call)?;
    let own = key.replacen(':', "/", 1);
    let chain = std::iter::once(own.clone()).chain(world.ancestors(&own));
    let ancestors: Vec<Value> = chain
        .filter_map(|name| {
            name.split_once('/')
                .map(|(kind, id)| json!({"resourceId": {"type": kind.trim_end_matches('s'), "id": id}}))
        })
        .collect();
    Ok(json!({ "ancestor": ancestors }))
}
