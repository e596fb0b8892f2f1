//! Buckets: where they are, what their fields need, and what of them is shown.

use super::retention;
use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::services::places;
use crate::validate::matches;
use crate::world::{World, etag};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

const CLASSES: [&str; 7] = [
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
];
const DUAL: [&str; 6] = ["NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1"];

/// The creation without what only the server writes, and with what the query adds.
pub(super) fn prepared<'a>(call: &Call<'a>, project: Option<String>) -> Result<Call<'a>, Refusal> {
    for name in ["predefinedAcl", "predefinedDefaultObjectAcl"] {
        if call.query.get(name).is_some_and(|acl| acl != "projectPrivate") {
            return Err(Refusal::not_modelled("A predefined access control list of a bucket"));
        }
    }
    let mut call = call.clone();
    if let Some(number) = project {
        json::put(&mut call.body, "projectNumber", number);
    }
    if call.query.get("enableObjectRetention") == Some("true") {
        json::put(&mut call.body, "objectRetention", json!({"mode": "Enabled"}));
    }
    Ok(call)
}

/// What the generic method answers, with the projection that the client asked for.
pub(super) fn seen(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let stored = format!("storage:{}", call.resource);
    if let Some(bucket) = world.store.objects.get(&stored) {
        super::preconditions(call, Some(bucket), "")?;
    }
    for name in ["acl", "defaultObjectAcl"] {
        if json::list(&call.body, name).iter().any(|entry| !is_default(entry)) {
            return Err(Refusal::not_modelled("An access control list of a bucket's own"));
        }
    }
    let answer =
        crate::resource::answer(world, call).unwrap_or_else(|| Err(Refusal::not_modelled(call.method)))?;
    Ok(match answer {
        Answer::Json(bucket) => Answer::Json(shown(call, bucket)),
        other => other,
    })
}

/// An entry that buckets have by themselves.
fn is_default(entry: &Value) -> bool {
    json::text(entry, "entity").is_some_and(|entity| entity.starts_with("project-"))
}

fn shown(call: &Call<'_>, mut bucket: Value) -> Value {
    let fallback = if matches!(call.verb(), "patch" | "update") { "full" } else { "noAcl" };
    let full = call.query.get("projection").unwrap_or(fallback) == "full";
    let uniform = json::flag(&bucket, "iamConfiguration.uniformBucketLevelAccess.enabled");
    if !full || uniform && fallback != "full" {
        return bucket;
    }
    let (name, number) = (json::string(&bucket, "name"), json::string(&bucket, "projectNumber"));
    let teams = [("owners", "OWNER"), ("editors", "OWNER"), ("viewers", "READER")];
    let (mut acl, mut objects) = (Vec::new(), Vec::new());
    for (team, role) in teams {
        let entity = format!("project-{team}-{number}");
        let common = json!({
            "entity": entity, "role": role, "etag": "CAE=", "projectTeam": {"projectNumber": number, "team": team},
        });
        let mut own = json!({
            "kind": "storage#bucketAccessControl", "bucket": name, "id": format!("{name}/{entity}"),
            "selfLink": format!("https://www.googleapis.com/storage/v1/b/{name}/acl/{entity}"),
        });
        json::merge(&mut own, &common);
        acl.push(own);
        let mut object = json!({"kind": "storage#objectAccessControl"});
        json::merge(&mut object, &common);
        objects.push(object);
    }
    bucket["acl"] = Value::Array(acl);
    bucket["defaultObjectAcl"] = Value::Array(objects);
    bucket["owner"] = json!({ "entity": format!("project-owners-{number}") });
    bucket
}

pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let project = call.query.get("project").unwrap_or("");
    if project.is_empty() {
        return Err(Refusal::invalid("Required parameter: project").because("required"));
    }
    world.require_project("storage", project)?;
    let number = world.project_number(project).unwrap_or_default();
    let prefix = call.query.get("prefix").unwrap_or("");
    let mine = world.store.members("storage:b").filter(|(_, bucket)| {
        json::string(bucket, "projectNumber") == number && json::string(bucket, "name").starts_with(prefix)
    });
    let all = mine.map(|(key, bucket)| (key.to_owned(), shown(call, bucket.clone()))).collect();
    let (page, next) = call.cut(all)?;
    Ok(call.written("items", page, next))
}

pub(crate) fn creating(world: &mut World, object: &mut Value) -> Result<(), Refusal> {
    let name = json::string(object, "name");
    let form = "[a-z0-9][a-z0-9_.-]*[a-z0-9]";
    let long = name.len() < 3 || name.len() > 222 || !name.contains('.') && name.len() > 63;
    if long || !matches(form, &name) || name.starts_with("goog") || name.contains("google") {
        return Err(Refusal::invalid(format!("Invalid bucket name: '{name}'")));
    }
    for field in ["updated", "metageneration", "acl", "defaultObjectAcl", "owner", "locationType", "etag"] {
        json::take(object, field);
    }
    let location = json::string(object, "location").to_uppercase();
    let kind = match location.as_str() {
        _ if json::at(object, "customPlacementConfig.dataLocations").is_some() => "dual-region",
        "US" | "EU" | "ASIA" => "multi-region",
        dual if DUAL.contains(&dual) => "dual-region",
        region if places::region(&region.to_lowercase()).is_some() => "region",
        _ => return Err(Refusal::invalid("The specified location constraint is not valid.")),
    };
    object["location"] = json!(location);
    object["locationType"] = json!(kind);
    if kind != "region" && json::text(object, "rpo").is_none() {
        object["rpo"] = json!("DEFAULT");
    }
    object["generation"] = json!((world.milliseconds() * 1000).to_string());
    object["metageneration"] = json!("0");
    if json::flag(object, "hierarchicalNamespace.enabled") && !uniform(object) {
        return Err(Refusal::invalid(
            "Hierarchical namespace requires uniform bucket-level access to be enabled.",
        ));
    }
    check(world, None, object)
}

/// Which keys can be used says since when.
fn enforcement(old: Option<&Value>, new: &mut Value, now: &str) {
    for kind in ["customerManaged", "customerSupplied", "googleManaged"] {
        let mode = format!("encryption.{kind}EncryptionEnforcementConfig.restrictionMode");
        let since = format!("encryption.{kind}EncryptionEnforcementConfig.effectiveTime");
        let Some(is) = json::text(new, &mode).map(str::to_owned) else { continue };
        let same = old.filter(|old| json::text(old, &mode) == Some(&is));
        let time = same.and_then(|old| json::text(old, &since)).unwrap_or(now).to_owned();
        json::put(new, &since, time);
    }
    if json::at(new, "encryption").is_some_and(|all| all.as_object().is_some_and(serde_json::Map::is_empty)) {
        json::take(new, "encryption");
    }
}

fn uniform(object: &Value) -> bool {
    json::flag(object, "iamConfiguration.uniformBucketLevelAccess.enabled")
}

/// A new bucket has the policy that lets those of its project in.
pub(crate) fn created(world: &mut World, path: &str) {
    let key = format!("storage:{path}");
    let Some(bucket) = world.store.objects.get(&key) else { return };
    let number = json::string(bucket, "projectNumber");
    let project =
        world.project(&number).map(|project| json::string(project, "projectId")).unwrap_or_default();
    let editors = [format!("projectEditor:{project}"), format!("projectOwner:{project}")];
    let viewers = [format!("projectViewer:{project}")];
    let mut bindings = vec![
        json!({"role": "roles/storage.legacyBucketOwner", "members": editors}),
        json!({"role": "roles/storage.legacyBucketReader", "members": viewers}),
    ];
    if uniform(bucket) {
        bindings.push(json!({"role": "roles/storage.legacyObjectOwner", "members": editors}));
        bindings.push(json!({"role": "roles/storage.legacyObjectReader", "members": viewers}));
    }
    let policy = json!({"version": 1, "etag": etag(&json!(key)), "bindings": bindings});
    world.store.policies.insert(key, policy);
}

pub(crate) fn changing(world: &mut World, old: &Value, new: &mut Value) -> Result<(), Refusal> {
    for field in ["acl", "defaultObjectAcl", "owner"] {
        json::take(new, field);
    }
    for field in ["kind", "id", "selfLink", "generation", "metageneration", "timeCreated", "projectNumber"] {
        if let Some(value) = old.get(field) {
            new[field] = value.clone();
        }
    }
    new["locationType"] = old["locationType"].clone();
    check(world, Some(old), new)
}

fn check(world: &mut World, old: Option<&Value>, new: &mut Value) -> Result<(), Refusal> {
    let class = json::string(new, "storageClass").to_uppercase();
    if !CLASSES.contains(&class.as_str()) {
        return Err(Refusal::invalid("The specified storage class is not valid."));
    }
    new["storageClass"] = json!(class);
    let now = world.now();
    access(old, new)?;
    lifecycle(new)?;
    retention::check(old, new, &now)?;
    autoclass(old, new, &now)?;
    enforcement(old, new, &now);
    if json::text(new, "logging.logBucket").is_some() && json::text(new, "logging.logObjectPrefix").is_none()
    {
        let name = json::string(new, "name");
        json::put(new, "logging.logObjectPrefix", name);
    }
    let number: u64 = json::text(new, "metageneration").and_then(|text| text.parse().ok()).unwrap_or(0);
    new["metageneration"] = json!((number + 1).to_string());
    Ok(())
}

/// Uniform access can be taken back for 90 days; it is written under its old name too.
fn access(old: Option<&Value>, new: &mut Value) -> Result<(), Refusal> {
    let path = "iamConfiguration.uniformBucketLevelAccess";
    let prevention = json::string(new, "iamConfiguration.publicAccessPrevention");
    if !matches!(prevention.as_str(), "inherited" | "enforced" | "unspecified") {
        return Err(Refusal::invalid(format!("Invalid value for public access prevention: {prevention}")));
    }
    let locked = old.and_then(|old| json::text(old, &format!("{path}.lockedTime"))).map(str::to_owned);
    let passed = locked
        .as_deref()
        .and_then(|time| time.parse::<Timestamp>().ok())
        .is_some_and(|time| time < Timestamp::now());
    if passed && !uniform(new) {
        return Err(Refusal::new(412, "Uniform bucket-level access cannot be disabled any more."));
    }
    let access = if uniform(new) {
        let fresh = Timestamp::now().checked_add(2160.hours()).unwrap_or(Timestamp::MAX);
        let fresh = fresh.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        json!({"enabled": true, "lockedTime": locked.unwrap_or(fresh)})
    } else {
        json!({"enabled": false})
    };
    json::put(new, "iamConfiguration.bucketPolicyOnly", access.clone());
    json::put(new, path, access);
    Ok(())
}

fn lifecycle(new: &mut Value) -> Result<(), Refusal> {
    let rules = json::list(new, "lifecycle.rule");
    if rules.is_empty() {
        json::take(new, "lifecycle");
        return Ok(());
    }
    if rules.len() > 100 {
        return Err(Refusal::invalid("A lifecycle configuration has 100 rules at most."));
    }
    for rule in rules {
        let kind = json::string(rule, "action.type");
        let class = json::text(rule, "action.storageClass");
        let fits = match kind.as_str() {
            "Delete" | "AbortIncompleteMultipartUpload" => class.is_none(),
            "SetStorageClass" => class.is_some_and(|class| CLASSES.contains(&class)),
            _ => false,
        };
        if !fits {
            return Err(Refusal::invalid(format!("Invalid lifecycle action: {}", rule["action"])));
        }
        if rule.get("condition").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty) {
            return Err(Refusal::invalid("A lifecycle rule must have at least one condition."));
        }
    }
    Ok(())
}

fn autoclass(old: Option<&Value>, new: &mut Value, now: &str) -> Result<(), Refusal> {
    if !json::flag(new, "autoclass.enabled") {
        json::take(new, "autoclass");
        return Ok(());
    }
    let class = json::text(new, "autoclass.terminalStorageClass").unwrap_or("NEARLINE").to_owned();
    if !matches!(class.as_str(), "NEARLINE" | "ARCHIVE") {
        return Err(Refusal::invalid("The terminal storage class of Autoclass is NEARLINE or ARCHIVE."));
    }
    let before =
        |field: &str| old.and_then(|old| json::text(old, &format!("autoclass.{field}"))).map(str::to_owned);
    let changed = before("terminalStorageClass").is_some_and(|before| before != class);
    let update =
        before("terminalStorageClassUpdateTime").filter(|_| !changed).unwrap_or_else(|| now.to_owned());
    let toggle = before("toggleTime").unwrap_or_else(|| now.to_owned());
    new["autoclass"] = json!({
        "enabled": true, "toggleTime": toggle, "terminalStorageClass": class, "terminalStorageClassUpdateTime": update,
    });
    Ok(())
}

pub(crate) fn deleting(world: &World, path: &str) -> Result<(), Refusal> {
    let inside = format!("storage:{path}/");
    match world.store.under(&inside).next() {
        Some(_) => Err(Refusal::new(409, "The bucket you tried to delete is not empty.").because("conflict")),
        None => Ok(()),
    }
}
