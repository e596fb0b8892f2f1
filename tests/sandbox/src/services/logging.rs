//! Log sinks: the account that writes for them.

use crate::call::Call;
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

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
