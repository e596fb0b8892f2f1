//! Identity and Access Management: service accounts, their keys, and roles of one's own. Nobody is kept from anything
//! by them.

mod keys;
mod roles;

use crate::call::{Answer, Call};
use crate::json;
use crate::policy::Style;
use crate::refusal::Refusal;
use crate::resource::camel;
use crate::validate::{matches, missing};
use crate::world::{World, etag};
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    match call.collection() {
        "iam.projects.serviceAccounts" => accounts(world, call),
        "iam.projects.serviceAccounts.keys" => keys::answer(world, call),
        "iam.permissions" => permissions(call),
        "iam.projects.roles" | "iam.organizations.roles" => roles::answer(world, call),
        _ => None,
    }
}

/// Permissions that roles of one's own can have. Google knows thousands; here, some of those that are asked for most.
const PERMISSIONS: [&str; 20] = [
    "compute.firewalls.get",
    "compute.firewalls.list",
    "compute.instances.get",
    "compute.instances.list",
    "compute.networks.get",
    "compute.networks.list",
    "compute.subnetworks.get",
    "compute.subnetworks.list",
    "compute.subnetworks.use",
    "container.clusters.get",
    "container.clusters.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.list",
    "logging.sinks.get",
    "logging.sinks.list",
    "resourcemanager.projects.get",
    "storage.buckets.get",
    "storage.buckets.list",
    "storage.objects.get",
    "storage.objects.list",
];

fn permissions(call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.verb() != "queryTestablePermissions" {
        return None;
    }
    let all = PERMISSIONS.iter().map(|name| {
        ((*name).to_owned(), json!({"name": name, "stage": "GA", "customRolesSupportLevel": "SUPPORTED"}))
    });
    Some(call.listing("permissions", all.collect()).map(Answer::Json))
}

fn accounts(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let answer = match call.verb() {
        "create" => create(world, call),
        "list" => list(world, call),
        "get" => located(world, call).map(|(_, account)| account),
        "patch" => patch(world, call),
        "update" => update(world, call),
        "delete" => delete(world, call),
        "undelete" => undelete(world, call),
        "enable" => able(world, call, true),
        "disable" => able(world, call, false),
        "getIamPolicy" | "setIamPolicy" | "testIamPermissions" => located(world, call)
            .and_then(|(key, _)| world.policy(call, &key, &Style { kind: None, resource: None })),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

/// The account that a path means, by its address or its unique id, in its own project or in `-`.
fn located(world: &World, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    let parts: Vec<&str> = call.resource.split('/').collect();
    let (project, name) = (parts.get(1).copied().unwrap_or(""), parts.get(3).copied().unwrap_or(""));
    let found = world.store.under("iam:projects/").find(|(key, account)| {
        let own = key.split('/').count() == 4 && key.contains("/serviceAccounts/");
        let here = project == "-" || json::text(account, "projectId") == Some(project);
        own && here
            && (json::text(account, "email") == Some(name) || json::text(account, "uniqueId") == Some(name))
    });
    found
        .map(|(key, account)| (key.to_owned(), account.clone()))
        .ok_or_else(|| Refusal::new(404, "Unknown service account"))
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let project = call.project().unwrap_or("").to_owned();
    world.require_project("iam", &project)?;
    let body = call.request()?;
    let id = json::string(&body, "accountId");
    if id.is_empty() {
        return Err(missing("accountId"));
    }
    if !(6..=30).contains(&id.len()) || !matches("[a-z]([-a-z0-9]*[a-z0-9])", &id) {
        return Err(Refusal::invalid(format!(
            "The account ID \"{id}\" does not have a length between 6 and 30, or is not a match of [a-z]([-a-z0-9]*[a-z0-9])."
        )));
    }
    let email = format!("{id}@{project}.iam.gserviceaccount.com");
    let given = body.get("serviceAccount").cloned().unwrap_or(json!({}));
    check(&given)?;
    if world.store.objects.contains_key(&key_of(&project, &email)) {
        return Err(Refusal::new(
            409,
            format!("Service account {id} already exists within project projects/{project}."),
        ));
    }
    Ok(make(world, &project, &email, &given))
}

/// Makes an account that Google makes by itself, such as the default one of Compute Engine.
pub(super) fn provide(world: &mut World, project: &str, email: &str, title: &str) {
    if !world.store.objects.contains_key(&key_of(project, email)) {
        make(world, project, email, &json!({ "displayName": title }));
    }
}

fn key_of(project: &str, email: &str) -> String {
    format!("iam:projects/{project}/serviceAccounts/{email}")
}

fn make(world: &mut World, project: &str, email: &str, given: &Value) -> Value {
    let number = format!("1{:020}", world.store.number());
    let mut account = json!({
        "name": format!("projects/{project}/serviceAccounts/{email}"), "projectId": project, "uniqueId": number,
        "email": email, "oauth2ClientId": number,
    });
    for name in ["displayName", "description"] {
        if let Some(text) = json::text(given, name) {
            account[name] = json!(text);
        }
    }
    mark(&mut account);
    world.store.objects.insert(key_of(project, email), account.clone());
    account
}

fn mark(account: &mut Value) {
    json::take(account, "etag");
    account["etag"] = json!(etag(account));
}

fn check(account: &Value) -> Result<(), Refusal> {
    for (name, longest) in [("displayName", 100), ("description", 256)] {
        if json::text(account, name).is_some_and(|text| text.len() > longest) {
            return Err(Refusal::invalid(format!("The {name} is longer than {longest} bytes.")));
        }
    }
    Ok(())
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project("iam", project)?;
    let collection = format!("iam:projects/{project}/serviceAccounts");
    let all = world.store.members(&collection).map(|(key, account)| (key.to_owned(), account.clone()));
    call.listing("accounts", all.collect())
}

/// Changes what the mask names; the answer shows no more than that.
fn patch(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.request()?;
    let given = body.get("serviceAccount").cloned().unwrap_or(json!({}));
    let mask = json::string(&body, "updateMask");
    let names: Vec<String> = mask.split(',').map(camel).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err(Refusal::invalid("The update mask is empty."));
    }
    if let Some(wrong) = names.iter().find(|name| !matches!(name.as_str(), "displayName" | "description")) {
        return Err(Refusal::invalid(format!(
            "The field {wrong} cannot be changed: only display_name and description can."
        )));
    }
    let account = changed(world, call, &given, &names)?;
    let mut seen = json!({"name": account["name"]});
    for name in names {
        if let Some(value) = account.get(&name) {
            seen[name.as_str()] = value.clone();
        }
    }
    Ok(seen)
}

fn update(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.request()?;
    changed(world, call, &body, &["displayName".to_owned(), "description".to_owned()])
}

fn changed(world: &mut World, call: &Call<'_>, given: &Value, names: &[String]) -> Result<Value, Refusal> {
    let (key, mut account) = located(world, call)?;
    check(given)?;
    if let Some(known) = json::text(given, "etag")
        && json::text(&account, "etag") != Some(known)
    {
        return Err(Refusal::concurrent());
    }
    for name in names {
        match json::text(given, name) {
            Some(text) => account[name.as_str()] = json!(text),
            None => drop(json::take(&mut account, name)),
        }
    }
    mark(&mut account);
    world.store.objects.insert(key, account.clone());
    Ok(account)
}

fn able(world: &mut World, call: &Call<'_>, on: bool) -> Result<Value, Refusal> {
    let (key, mut account) = located(world, call)?;
    json::take(&mut account, "disabled");
    if !on {
        account["disabled"] = json!(true);
    }
    mark(&mut account);
    world.store.objects.insert(key, account);
    Ok(json!({}))
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, account) = located(world, call)?;
    world.store.remove(&key);
    let (email, number) = (json::string(&account, "email"), json::string(&account, "uniqueId"));
    rename(
        world,
        &format!("serviceAccount:{email}"),
        &format!("deleted:serviceAccount:{email}?uid={number}"),
    );
    world.store.objects.insert(format!("deleted-accounts:{number}"), account);
    Ok(json!({}))
}

fn undelete(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let number = call.resource.rsplit('/').next().unwrap_or("").to_owned();
    let stored = format!("deleted-accounts:{number}");
    let account = world
        .store
        .objects
        .get(&stored)
        .cloned()
        .ok_or_else(|| Refusal::new(404, "Unknown service account"))?;
    let (project, email) = (json::string(&account, "projectId"), json::string(&account, "email"));
    let key = key_of(&project, &email);
    if world.store.objects.contains_key(&key) {
        return Err(Refusal::precondition("There is a service account of that name already."));
    }
    world.store.remove(&stored);
    world.store.objects.insert(key, account.clone());
    rename(
        world,
        &format!("deleted:serviceAccount:{email}?uid={number}"),
        &format!("serviceAccount:{email}"),
    );
    Ok(json!({ "restoredAccount": account }))
}

/// Policies say of an account that is gone that it is.
fn rename(world: &mut World, old: &str, new: &str) {
    for policy in world.store.policies.values_mut() {
        let before = policy.clone();
        json::visit(policy, "bindings[].members[]", &mut |member| {
            if member.as_str() == Some(old) {
                *member = json!(new);
            }
        });
        if *policy != before {
            policy["etag"] = json!(etag(policy));
        }
    }
}
