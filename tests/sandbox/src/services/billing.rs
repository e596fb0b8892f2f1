//! Billing accounts, and which one pays for a project. Nothing costs anything.

use crate::call::{Answer, Call};
use crate::json;
use crate::policy::Style;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

/// The account that exists from the start.
const FIRST: &str = "012345-6789AB-CDEF01";

/// Makes the account that exists from the start.
pub(crate) fn begin(world: &mut World) {
    let account = json!({
        "name": format!("billingAccounts/{FIRST}"), "displayName": "My Billing Account", "open": true,
        "currencyCode": "USD",
    });
    world.store.objects.entry(format!("billingAccounts:{FIRST}")).or_insert(account);
}

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let answer = match (call.collection(), call.verb()) {
        ("cloudbilling.projects", "getBillingInfo") => project(world, call).map(|name| shown(world, &name)),
        ("cloudbilling.projects", "updateBillingInfo") => update(world, call),
        ("cloudbilling.billingAccounts", "get") => account(world, call).map(|(_, account)| account),
        ("cloudbilling.billingAccounts", "list") => {
            let all =
                world.store.under("billingAccounts:").map(|(key, account)| (key.to_owned(), account.clone()));
            call.listing("billingAccounts", all.collect())
        }
        ("cloudbilling.billingAccounts", "getIamPolicy" | "setIamPolicy" | "testIamPermissions") => {
            account(world, call)
                .and_then(|(key, _)| world.policy(call, &key, &Style { kind: None, resource: None }))
        }
        ("cloudbilling.billingAccounts.projects", "list") => paid(world, call),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

fn account(world: &World, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    let id = call.resource.split('/').nth(1).unwrap_or("");
    let key = format!("billingAccounts:{id}");
    let found = world.store.objects.get(&key).cloned();
    found.map(|account| (key, account)).ok_or_else(Refusal::denied)
}

fn project(world: &World, call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.project().unwrap_or("").to_owned();
    world.require_project("cloudbilling", &name)?;
    Ok(name)
}

fn shown(world: &World, project: &str) -> Value {
    let account =
        world.store.objects.get(&format!("billing:{project}")).and_then(Value::as_str).unwrap_or("");
    json!({
        "name": format!("projects/{project}/billingInfo"), "projectId": project, "billingAccountName": account,
        "billingEnabled": !account.is_empty(),
    })
}

fn update(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let name = project(world, call)?;
    let body = call.request()?;
    let account = json::string(&body, "billingAccountName");
    let key = format!("billing:{name}");
    if account.is_empty() {
        world.store.objects.remove(&key);
    } else {
        if !world.store.objects.contains_key(&account.replacen('/', ":", 1)) {
            return Err(Refusal::denied());
        }
        world.store.objects.insert(key, json!(account));
    }
    Ok(shown(world, &name))
}

fn paid(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (_, account) = account(world, call)?;
    let prefix = "billing:";
    let mine = world.store.under(prefix).filter(|(_, name)| **name == account["name"]);
    let all = mine.map(|(key, _)| (key.to_owned(), shown(world, &key[prefix.len()..]))).collect();
    call.listing("projectBillingInfo", all)
}
