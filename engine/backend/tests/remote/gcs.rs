//! The `gcs` backend against an imitation of the JSON interface of Cloud Storage, with its preconditions
//! on generations and pages of two.

use crate::backend;
use crate::exercise::{Without, exercise};
use crate::server::{Answer, Request, decoded, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use terrane_backend::LockInfo;

#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Object>,
    /// The last generation that was given.
    generation: u64,
}

struct Object {
    generation: u64,
    content: Vec<u8>,
    metadata: Value,
}

fn answer(bucket: &Mutex<Bucket>, request: Request) -> Answer {
    let mut bucket = bucket.lock().unwrap();
    if request.header("authorization") != "Bearer token" {
        return Answer::new(401, json!({ "error": { "message": "Invalid Credentials" } }).to_string());
    }
    let objects = "/storage/v1/b/states/o";
    let key = request.path.strip_prefix(objects).and_then(|rest| rest.strip_prefix('/')).map(decoded);
    let name = request.query.get("name").cloned().or(key);
    let present = name.as_ref().and_then(|name| bucket.objects.get(name)).map_or(0, |o| o.generation);
    let expected = request.query.get("ifGenerationMatch").map(|text| text.parse::<u64>().unwrap());
    if expected.is_some_and(|expected| expected != present) {
        return Answer::new(412, json!({ "error": { "message": "conditionNotMet" } }).to_string());
    }
    let missing = || Answer::new(404, json!({ "error": { "message": "No such object" } }).to_string());
    match (request.method.as_str(), name) {
        ("POST", Some(name)) if request.path == "/upload/storage/v1/b/states/o" => {
            assert!(expected.is_some(), "every write is conditional");
            bucket.generation += 1;
            let generation = bucket.generation;
            bucket.objects.insert(name, Object { generation, content: request.body, metadata: Value::Null });
            Answer::new(200, json!({ "generation": generation.to_string() }).to_string())
        }
        ("GET", Some(name)) => match bucket.objects.get(&name) {
            None => missing(),
            Some(object) if request.query.get("alt").is_some_and(|alt| alt == "media") => {
                Answer::new(200, object.content.clone()).with("x-goog-generation", object.generation)
            }
            Some(object) => Answer::new(200, json!({ "metadata": object.metadata }).to_string()),
        },
        ("PATCH", Some(name)) => match bucket.objects.get_mut(&name) {
            None => missing(),
            Some(object) => {
                object.metadata = request.json()["metadata"].clone();
                Answer::new(200, "{}")
            }
        },
        ("DELETE", Some(name)) => match bucket.objects.remove(&name) {
            None => missing(),
            Some(_) => Answer::new(204, ""),
        },
        ("GET", None) if request.path == objects => {
            let prefix = &request.query["prefix"];
            let from = request.query.get("pageToken").cloned().unwrap_or_default();
            let names: Vec<&String> =
                bucket.objects.keys().filter(|name| name.starts_with(prefix) && **name >= from).collect();
            let mut page =
                json!({ "items": names.iter().take(2).map(|n| json!({ "name": n })).collect::<Vec<_>>() });
            if let Some(next) = names.get(2) {
                page["nextPageToken"] = json!(next);
            }
            Answer::new(200, page.to_string())
        }
        _ => Answer::new(405, ""),
    }
}

fn start() -> (Arc<dyn terrane_backend::Backend>, Arc<Mutex<Bucket>>) {
    let bucket = Arc::new(Mutex::new(Bucket::default()));
    let shared = bucket.clone();
    let address = serve(move |request| answer(&shared, request));
    let arguments = json!({
        "bucket": "states", "prefix": "net/core", "access_token": "token",
        "storage_custom_endpoint": format!("{address}/storage/v1/b"),
    });
    (backend("gcs", arguments, std::path::Path::new(".")), bucket)
}

#[tokio::test]
async fn a_bucket_keeps_states_under_terraforms_names() {
    let (backend, bucket) = start();
    exercise(&backend, Without::default()).await;
    let names: Vec<String> = bucket.lock().unwrap().objects.keys().cloned().collect();
    assert_eq!(names, ["net/core/a-b.tfstate", "net/core/default.tfstate"]);
}

#[tokio::test]
async fn heartbeats_leave_the_name_of_the_lock_as_it_is() {
    let (backend, bucket) = start();
    let (one, other) = (backend.state("default"), backend.state("default"));
    let mut info = LockInfo::new("OperationTypeApply", "x", &Default::default());
    one.lock(&info).await.unwrap();
    let before = other.holder().await.unwrap().unwrap();
    assert_eq!(before.id, bucket.lock().unwrap().generation.to_string(), "as Terraform names it");
    info.expires = Some("2099-01-01T00:00:00Z".parse().unwrap());
    one.renew(&info).await.unwrap();
    let after = other.holder().await.unwrap().unwrap();
    assert_eq!((after.id, after.expires), (before.id, info.expires));
}

#[tokio::test]
async fn what_the_service_says_is_told() {
    let address =
        serve(|_| Answer::new(403, json!({ "error": { "message": "no access for you" } }).to_string()));
    let arguments = json!({ "bucket": "b", "access_token": "t", "storage_custom_endpoint": address });
    let state = backend("gcs", arguments, std::path::Path::new(".")).state("default");
    let error = state.read().await.unwrap_err().to_string();
    assert!(error.contains("gs://b/default.tfstate") && error.contains("no access for you"), "{error}");
}
