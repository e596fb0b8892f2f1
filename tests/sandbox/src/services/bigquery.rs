//! Datasets of BigQuery.

use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn creating(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let id = json::string(object, "datasetReference.datasetId");
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Refusal::invalid(format!(
            "Invalid dataset ID \"{id}\". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long."
        )));
    }
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    object["datasetReference"]["projectId"] = json!(project);
    object["selfLink"] = json!(format!("https://bigquery.googleapis.com/bigquery/v2/{path}"));
    json::fill(
        object,
        &json!({"access": [
            {"role": "OWNER", "specialGroup": "projectOwners"},
            {"role": "OWNER", "userByEmail": world.user()},
            {"role": "READER", "specialGroup": "projectReaders"},
            {"role": "WRITER", "specialGroup": "projectWriters"},
        ]}),
    );
    Ok(())
}

/// What a dataset has by default is not in the answer to its creation.
pub(crate) fn shown(mut object: Value) -> Value {
    json::fill(&mut object, &json!({"maxTimeTravelHours": "168"}));
    object
}
