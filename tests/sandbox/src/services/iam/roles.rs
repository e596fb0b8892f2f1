//! Roles of projects and organizations. Those that Google defines are not known here.

use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::resource::camel;
use crate::validate::{matches, missing};
use crate::world::{World, etag};
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let answer = match call.verb() {
        "create" => create(world, call),
        "list" => list(world, call),
        "get" => found(world, call),
        "patch" => patch(world, call),
        "delete" => end(world, call, true),
        "undelete" => end(world, call, false),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

fn found(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let found = world.store.objects.get(&format!("iam:{}", call.resource)).cloned();
    found.ok_or_else(|| Refusal::new(404, format!("The role named {} was not found.", call.resource)))
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    match call.project() {
        Some(project) => world.require_project("iam", project)?,
        None => {
            let parent = call.resource.trim_end_matches("/roles").replacen('/', ":", 1);
            if !world.store.objects.contains_key(&parent) {
                return Err(Refusal::denied());
            }
        }
    }
    let body = call.request()?;
    let id = json::string(&body, "roleId");
    if id.is_empty() {
        return Err(missing("roleId"));
    }
    if !matches("[a-zA-Z0-9_.]{3,64}", &id) {
        return Err(Refusal::invalid(format!(
            "The role_id \"{id}\" has to be 3 to 64 letters, digits, underscores and periods."
        )));
    }
    let name = format!("{}/{id}", call.resource);
    if world.store.objects.contains_key(&format!("iam:{name}")) {
        return Err(Refusal::new(
            409,
            format!("A role named {id} in {} already exists.", call.resource.trim_end_matches("/roles")),
        ));
    }
    let mut role = body.get("role").cloned().unwrap_or(json!({}));
    json::take(&mut role, "deleted");
    role["name"] = json!(name);
    if json::text(&role, "stage").is_none() {
        role["stage"] = json!("ALPHA");
    }
    store(world, role)
}

fn store(world: &mut World, mut role: Value) -> Result<Value, Refusal> {
    for permission in json::texts(&role, "includedPermissions[]") {
        if !matches("[a-z][a-zA-Z0-9.-]*\\.[a-zA-Z]+\\.[a-zA-Z]+", permission) {
            return Err(Refusal::invalid(format!("Permission {permission} is not valid.")));
        }
    }
    if let Some(Value::Array(permissions)) = role.get_mut("includedPermissions") {
        permissions.sort_by_key(|permission| permission.as_str().map(str::to_owned));
        permissions.dedup();
    }
    if json::list(&role, "includedPermissions").is_empty() {
        json::take(&mut role, "includedPermissions");
    }
    json::take(&mut role, "etag");
    role["etag"] = json!(etag(&role));
    let key = format!("iam:{}", json::string(&role, "name"));
    world.store.objects.insert(key, role.clone());
    Ok(role)
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let full = call.query.get("view") == Some("FULL");
    let deleted = call.query.get("showDeleted").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let collection = format!("iam:{}", call.resource);
    let mut roles = Vec::new();
    for (key, role) in world.store.members(&collection) {
        if json::flag(role, "deleted") && !deleted {
            continue;
        }
        let mut role = role.clone();
        if !full {
            json::take(&mut role, "includedPermissions");
        }
        roles.push((key.to_owned(), role));
    }
    call.listing("roles", roles)
}

fn unchanged(known: Option<&str>, role: &Value) -> Result<(), Refusal> {
    match known {
        Some(known) if json::text(role, "etag") != Some(known) => Err(Refusal::concurrent()),
        _ => Ok(()),
    }
}

fn patch(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let mut role = found(world, call)?;
    let body = call.request()?;
    unchanged(json::text(&body, "etag"), &role)?;
    let every = "title,description,includedPermissions,stage";
    let mask = call.query.get("updateMask").unwrap_or(every).to_owned();
    for name in mask.split(',').map(camel) {
        if !every.split(',').any(|known| known == name) {
            return Err(Refusal::invalid(format!("The field {name} of a role cannot be changed.")));
        }
        match body.get(&name).filter(|value| !value.is_null()) {
            Some(value) => role[name.as_str()] = value.clone(),
            None => drop(json::take(&mut role, &name)),
        }
    }
    store(world, role)
}

/// Roles stay for some days after they are deleted, and their names stay taken.
fn end(world: &mut World, call: &Call<'_>, deleted: bool) -> Result<Value, Refusal> {
    let mut role = found(world, call)?;
    unchanged(call.query.get("etag").or(json::text(&call.body, "etag")), &role)?;
    if json::flag(&role, "deleted") == deleted {
        let state = if deleted { "deleted already" } else { "not deleted" };
        return Err(Refusal::precondition(format!("The role {} is {state}.", call.resource)));
    }
    json::take(&mut role, "deleted");
    if deleted {
        role["deleted"] = json!(true);
    }
    store(world, role)
}
