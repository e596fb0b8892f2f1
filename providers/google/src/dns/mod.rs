//! Cloud DNS: zones and the records in them. Bodies and answers are mirrored: the schema is the API's in another spelling.

mod record_set;
mod routing;
mod zone;

pub use record_set::RecordSet;
pub use routing::*;
pub use zone::*;

use crate::Google;
use crate::client::Request;
use crate::names::{compute_url, path_of};
use http::Method;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Error, ResourceType, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![RecordSet, Zone]
}

async fn call(
    google: &Google,
    what: &str,
    method: Method,
    path: &str,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("dns.{what}");
    let idempotent = method != Method::POST;
    let path = format!("dns/v1/{path}");
    google.send(Request { operation: &operation, method, endpoint: "dns", path, body, idempotent }).await
}

async fn find(google: &Google, what: &str, path: &str) -> Result<Option<Json>, Error> {
    match call(google, what, Method::GET, path, None).await {
        Ok(found) => Ok(Some(found)),
        Err(e) if crate::client::is_not_found(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Writes the networks in a document by their URLs, as the API wants them.
fn whole_networks(document: &mut Json) {
    match document {
        Json::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value.as_str() {
                    Some(text) if name == "networkUrl" && text.contains('/') => {
                        *value = compute_url(path_of(text)).into();
                    }
                    _ => whole_networks(value),
                }
            }
        }
        Json::Array(all) => all.iter_mut().for_each(whole_networks),
        _ => {}
    }
}

/// Checks that a domain name is a whole one.
fn whole_name(value: &terrane_sdk::Value) -> Result<(), String> {
    match value.as_str().is_some_and(|text| text.ends_with('.')) {
        true => Ok(()),
        false => Err("A domain name ends with a dot here.".into()),
    }
}
