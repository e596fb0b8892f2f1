//! Cloud Storage over its JSON API: buckets with their policies, objects with their contents.

pub(crate) mod bucket;
mod object;
mod retention;
mod upload;

pub(crate) use upload::Session;

use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    match call.collection() {
        "storage.buckets" => buckets(world, call),
        "storage.objects" => object::answer(world, call),
        "storage.projects.serviceAccount" => Some(agent(world, call)),
        _ => None,
    }
}

fn buckets(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.query.get("softDeleted") == Some("true") {
        return Some(Err(Refusal::not_modelled("Showing buckets that were deleted softly")));
    }
    match call.verb() {
        "list" => Some(bucket::list(world, call).map(Answer::Json)),
        "getStorageLayout" => Some(layout(world, call)),
        "lockRetentionPolicy" => Some(retention::lock(world, call).map(Answer::Json)),
        "insert" => {
            let number = call.query.get("project").and_then(|project| world.project_number(project));
            Some(bucket::prepared(call, number).and_then(|call| bucket::seen(world, &call)))
        }
        "get" | "patch" | "update" => Some(bucket::seen(world, call)),
        "delete" => {
            let held = world.store.objects.get(&format!("storage:{}", call.resource));
            if let Some(Err(refusal)) = held.map(|bucket| preconditions(call, Some(bucket), "")) {
                return Some(Err(refusal));
            }
            None
        }
        _ => None,
    }
}

/// Where a bucket is, and whether it has folders.
fn layout(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = object::bucket(world, call.parameter("bucket"))?;
    let mut answer = json!({
        "kind": "storage#storageLayout", "bucket": bucket["name"], "location": bucket["location"],
        "locationType": bucket["locationType"],
    });
    if let Some(folders) = bucket.get("hierarchicalNamespace") {
        answer["hierarchicalNamespace"] = folders.clone();
    }
    Ok(answer.into())
}

/// The account that Cloud Storage acts with for a project.
fn agent(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project("storage", project)?;
    let number = world.project_number(project).unwrap_or_default();
    let address = format!("service-{number}@gs-project-accounts.iam.gserviceaccount.com");
    Ok(json!({"kind": "storage#serviceAccount", "email_address": address}).into())
}

/// The conditions that a request makes on what is there: on the generations of it, or of the source of a copy.
fn preconditions(call: &Call<'_>, found: Option<&Value>, source: &str) -> Result<(), Refusal> {
    for (name, field) in [("Generation", "generation"), ("Metageneration", "metageneration")] {
        // An object that is not there has the generation 0.
        let known = found.and_then(|found| json::text(found, field)).unwrap_or("0");
        let asked = |kind: &str| call.query.get(&format!("if{source}{name}{kind}")).map(str::to_owned);
        if asked("Match").is_some_and(|wanted| wanted != known)
            || asked("NotMatch").is_some_and(|unwanted| unwanted == known)
        {
            return Err(unmet());
        }
    }
    Ok(())
}

fn unmet() -> Refusal {
    Refusal::new(412, "At least one of the pre-conditions you specified did not hold.")
        .because("conditionNotMet")
}
