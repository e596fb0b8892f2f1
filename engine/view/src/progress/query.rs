//! What happens while queries run, as JSON.

use super::JsonLines;
use crate::json::plain_json;
use serde_json::{Map, Value as Json, json};
use terrane_query::{FoundObject, QueryEvent};

impl JsonLines {
    /// Writes what happened while queries ran.
    pub fn query_event(&self, event: &QueryEvent) {
        match event {
            QueryEvent::Started { address, type_name, config } => {
                let told = json!({
                    "address": address,
                    "resource_type": &**type_name,
                    "input_config": plain_json(config, false),
                });
                let message = format!("{address}: Starting query...");
                self.write("info", &message, "list_start", [("list_start", told)], None);
            }
            QueryEvent::Found(object) => {
                let message = format!("{}: Result found", object.address);
                self.write(
                    "info",
                    &message,
                    "list_resource_found",
                    [("list_resource_found", found(object))],
                    None,
                );
            }
            QueryEvent::Completed { address, type_name, total, .. } => {
                let told = json!({ "address": address, "resource_type": &**type_name, "total": total });
                let message = format!("{address}: List complete");
                self.write("info", &message, "list_complete", [("list_complete", told)], None);
            }
        }
    }
}

fn found(object: &FoundObject) -> Json {
    let mut told = Map::new();
    told.insert("address".into(), json!(object.address));
    told.insert("display_name".into(), json!(object.display_name));
    if let Some(identity) = &object.identity {
        told.insert("identity".into(), identity.attributes.clone());
        told.insert("identity_version".into(), json!(identity.version));
    } else if let Some(key) = &object.key {
        // What has no identity is imported by this.
        told.insert("identity".into(), json!({ key.argument(): key.to_string() }));
    }
    told.insert("resource_type".into(), json!(&*object.type_name));
    if let Some(whole) = &object.object {
        told.insert("resource_object".into(), plain_json(whole, false));
    }
    if let Some(generated) = &object.generated {
        told.insert("config".into(), json!(generated.resource));
        told.insert("import_config".into(), json!(generated.import));
    }
    Json::Object(told)
}
