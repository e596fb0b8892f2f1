//! Log sinks: the account that writes for them.

use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

/// A sink may be given an account that writes for it.
pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let writer = call.query.get("customWriterIdentity").map(str::to_owned)?;
    matches!(call.verb(), "create" | "update" | "patch").then(|| written_by(world, call, &writer))
}

fn written_by(world: &mut World, call: &Call<'_>, writer: &str) -> Result<Answer, Refusal> {
    if !writer.strip_prefix("serviceAccount:").is_some_and(|email| email.contains('@')) {
        return Err(Refusal::invalid(format!("The writer identity is malformed: {writer}")));
    }
    // Only log buckets elsewhere take what other accounts write.
    let destination = json::string(&call.body, "destination");
    let bucket = destination.strip_prefix("logging.googleapis.com/").unwrap_or("");
    let own = format!("{}/", call.resource.split('/').take(2).collect::<Vec<_>>().join("/"));
    if !bucket.contains("/buckets/") || bucket.starts_with(&own) {
        return Err(Refusal::invalid(format!(
            "A custom writer identity needs a log bucket of another project as destination, not {destination}"
        )));
    }
    let made =
        crate::resource::answer(world, call).unwrap_or_else(|| Err(Refusal::not_modelled(call.method)))?;
    let Answer::Json(mut sink) = made else { return Ok(made) };
    sink["writerIdentity"] = json!(writer);
    let path = match call.verb() {
        "create" => format!("{}/{}", call.resource, json::string(&sink, "name")),
        _ => call.resource.clone(),
    };
    world.store.objects.insert(format!("logging:{path}"), sink.clone());
    Ok(sink.into())
}

pub(super) fn creating(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    destination(object)?;
    let mut parts = path.split('/');
    let (kind, id) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let id = if kind == "projects" { world.project_number(id).unwrap_or_default() } else { id.to_owned() };
    let name = match kind {
        "folders" => format!("service-folder-{id}"),
        "organizations" => format!("service-org-{id}"),
        _ => format!("service-{id}"),
    };
    object["writerIdentity"] = json!(format!("serviceAccount:{name}@gcp-sa-logging.iam.gserviceaccount.com"));
    Ok(())
}

pub(super) fn changing(_call: &Call<'_>, new: &mut Value) -> Result<(), Refusal> {
    destination(new)
}

fn destination(object: &Value) -> Result<(), Refusal> {
    let text = json::string(object, "destination");
    let known = ["storage", "bigquery", "pubsub", "logging"]
        .iter()
        .any(|service| text.starts_with(&format!("{service}.googleapis.com/")));
    known.then_some(()).ok_or_else(|| Refusal::invalid(format!("The sink destination is malformed: {text}")))
}
