//! The `azurerm` backend against an imitation of Azure Blob Storage that checks signatures, entity tags and
//! leases, and lists in pages of two.

use crate::backend_with;
use crate::exercise::{Without, exercise};
use crate::server::{Answer, Request, decoded, serve};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use terrane_backend::{Backend, LockError, LockInfo, StorageError};

const KEY: &[u8] = b"the key of the account";

#[derive(Default)]
struct Account {
    blobs: BTreeMap<String, Blob>,
    snapshots: Vec<String>,
    tags: u64,
    tokens: Vec<String>,
}

#[derive(Default)]
struct Blob {
    content: Vec<u8>,
    tag: String,
    metadata: BTreeMap<String, String>,
    lease: Lease,
}

#[derive(Default, PartialEq)]
enum Lease {
    #[default]
    None,
    Held(String),
    Expired,
}

fn error(status: u16, code: &str) -> Answer {
    Answer::new(
        status,
        format!("<Error><Code>{code}</Code><Message>{code} it is\nRequestId:1</Message></Error>"),
    )
    .with("x-ms-error-code", code)
}

/// The signature that a request must have, from the description of Shared Key.
fn signature(request: &Request, account: &str, key: &[u8]) -> String {
    let length = Some(request.header("content-length")).filter(|length| *length != "0").unwrap_or("");
    let mut text = format!("{}\n{}\n", request.method, request.header("content-encoding"));
    text += &format!("{}\n{length}\n", request.header("content-language"));
    for name in ["content-md5", "content-type", "date", "if-modified-since", "if-match", "if-none-match"] {
        text += &format!("{}\n", request.header(name));
    }
    text += &format!("{}\n{}\n", request.header("if-unmodified-since"), request.header("range"));
    for (name, value) in request.headers.iter().filter(|(name, _)| name.starts_with("x-ms-")) {
        text += &format!("{name}:{value}\n");
    }
    text += &format!("/{account}{}", request.path);
    for (name, value) in &request.query {
        text += &format!("\n{name}:{value}");
    }
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
    format!("SharedKey {account}:{}", BASE64_STANDARD.encode(tag.as_ref()))
}

impl Account {
    fn answer(&mut self, request: &Request) -> Answer {
        if let Some(answer) = self.entra(request) {
            return answer;
        }
        let signed = match request.header("authorization") {
            shared if shared.starts_with("SharedKey ") => shared == signature(request, "acc", KEY),
            bearer if bearer.starts_with("Bearer ") => {
                self.tokens.iter().any(|token| bearer == format!("Bearer {token}"))
            }
            _ => request.query.get("sig").is_some_and(|signature| signature == "s%2B/="),
        };
        if !signed {
            return error(403, "AuthenticationFailed");
        }
        let path = decoded(&request.path);
        let Some(rest) = path.strip_prefix("/acc/states") else { return error(404, "ContainerNotFound") };
        match (&*request.method, rest.strip_prefix('/').unwrap_or_default()) {
            ("GET", "") => self.list(request),
            (_, "") => error(400, "UnsupportedHttpVerb"),
            (_, name) => self.blob(request, name),
        }
    }

    fn entra(&mut self, request: &Request) -> Option<Answer> {
        if request.path != "/tenant/oauth2/v2.0/token" {
            return None;
        }
        let form = String::from_utf8(request.body.clone()).unwrap();
        if !form.contains("client_id=app") || !form.contains("client_secret=secret") {
            return Some(Answer::new(401, json!({ "error": "invalid_client" }).to_string()));
        }
        self.tokens.push(format!("token{}", self.tokens.len()));
        let token = json!({ "access_token": self.tokens.last(), "expires_in": 3600, "token_type": "Bearer" });
        Some(Answer::new(200, token.to_string()).with("content-type", "application/json"))
    }

    fn list(&self, request: &Request) -> Answer {
        let (prefix, marker) = (&request.query["prefix"], request.query.get("marker"));
        let all: Vec<&String> = (self.blobs.keys())
            .filter(|name| name.starts_with(&**prefix) && marker.is_none_or(|marker| *name >= marker))
            .collect();
        let blobs: String =
            all.iter().take(2).map(|name| format!("<Blob><Name>{name}</Name></Blob>")).collect();
        let next = all.get(2).map(|name| (*name).clone()).unwrap_or_default();
        let text = format!(
            "\u{feff}<?xml version=\"1.0\"?><EnumerationResults><Blobs>{blobs}</Blobs><NextMarker>{next}</NextMarker>\
             </EnumerationResults>"
        );
        Answer::new(200, text)
    }

    fn blob(&mut self, request: &Request, name: &str) -> Answer {
        let what = (&*request.method, request.query.get("comp").map_or("", String::as_str));
        if what == ("PUT", "") {
            return self.put(request, name);
        }
        let tags = self.tags + 1;
        let given = request.header("x-ms-lease-id");
        let Some(blob) = self.blobs.get_mut(name) else { return error(404, "BlobNotFound") };
        match what {
            ("GET" | "HEAD", "") => {
                let state = match blob.lease {
                    Lease::None => "available",
                    Lease::Held(_) => "leased",
                    Lease::Expired => "expired",
                };
                let answer = Answer::new(200, blob.content.clone()).with("etag", &blob.tag);
                let answer = answer.with("x-ms-lease-state", state);
                let metadata = blob.metadata.iter();
                metadata.fold(answer, |answer, (name, value)| answer.with(name, value))
            }
            ("DELETE", "") => {
                if matches!(blob.lease, Lease::Held(_)) {
                    return error(412, "LeaseIdMissing");
                }
                self.blobs.remove(name);
                Answer::new(202, "")
            }
            ("PUT", "lease") => match (request.header("x-ms-lease-action"), &blob.lease) {
                ("acquire", Lease::Held(id)) if id != request.header("x-ms-proposed-lease-id") => {
                    error(409, "LeaseAlreadyPresent")
                }
                ("acquire", _) => {
                    assert_eq!(request.header("x-ms-lease-duration"), "60");
                    blob.lease = Lease::Held(request.header("x-ms-proposed-lease-id").to_owned());
                    Answer::new(201, "")
                }
                (action, Lease::Held(id)) if id == given => {
                    if action == "release" {
                        blob.lease = Lease::None;
                    }
                    Answer::new(200, "")
                }
                _ => error(409, "LeaseIdMismatchWithLeaseOperation"),
            },
            ("PUT", "metadata") => {
                if blob.lease != Lease::Held(given.to_owned()) {
                    return error(412, "LeaseIdMismatchWithBlobOperation");
                }
                blob.metadata = metadata(request);
                blob.tag = format!("\"{tags}\"");
                self.tags = tags;
                Answer::new(200, "")
            }
            ("PUT", "snapshot") => {
                self.snapshots.push(String::from_utf8(blob.content.clone()).unwrap());
                Answer::new(201, "")
            }
            other => panic!("{other:?}"),
        }
    }

    fn put(&mut self, request: &Request, name: &str) -> Answer {
        assert_eq!(request.header("x-ms-blob-type"), "BlockBlob");
        let given = request.header("x-ms-lease-id");
        let (if_match, if_none) = (request.header("if-match"), request.header("if-none-match"));
        let existing = self.blobs.get(name);
        match existing {
            Some(_) if if_none == "*" => return error(409, "BlobAlreadyExists"),
            Some(blob) if !if_match.is_empty() && blob.tag != if_match => {
                return error(412, "ConditionNotMet");
            }
            None if !if_match.is_empty() => return error(412, "ConditionNotMet"),
            _ => {}
        }
        match (existing.map(|blob| &blob.lease), given) {
            (Some(Lease::Held(_)), "") => return error(412, "LeaseIdMissing"),
            (Some(Lease::Held(id)), given) if id != given => {
                return error(412, "LeaseIdMismatchWithBlobOperation");
            }
            (Some(Lease::None | Lease::Expired) | None, given) if !given.is_empty() => {
                return error(412, "LeaseNotPresentWithBlobOperation");
            }
            _ => {}
        }
        self.tags += 1;
        let tag = format!("\"{}\"", self.tags);
        let blob = self.blobs.entry(name.to_owned()).or_default();
        (blob.content, blob.tag, blob.metadata) = (request.body.clone(), tag.clone(), metadata(request));
        Answer::new(201, "").with("etag", tag)
    }
}

fn metadata(request: &Request) -> BTreeMap<String, String> {
    let all = request.headers.iter().filter(|(name, _)| name.starts_with("x-ms-meta-"));
    all.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn start(given: Value) -> (Arc<dyn Backend>, Arc<Mutex<Account>>) {
    let account = Arc::new(Mutex::new(Account::default()));
    let shared = account.clone();
    let address = serve(move |request| shared.lock().unwrap().answer(&request));
    let mut arguments =
        json!({ "storage_account_name": "acc", "container_name": "states", "key": "net/core.tfstate" });
    arguments.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
    let service = format!("{address}/acc");
    let variables = [("AZURE_STORAGE_SERVICE_ENDPOINT", &*service), ("AZURE_AUTHORITY_HOST", &address)];
    (backend_with("azurerm", arguments, Path::new("."), &variables), account)
}

fn with_key() -> (Arc<dyn Backend>, Arc<Mutex<Account>>) {
    start(json!({ "access_key": BASE64_STANDARD.encode(KEY) }))
}

#[tokio::test]
async fn a_container_keeps_states_under_terraforms_names() {
    let (backend, account) = with_key();
    // Leases end when Azure says so, which has a test of its own.
    exercise(&backend, Without { leases: true, ..Without::default() }).await;
    let names: Vec<String> = account.lock().unwrap().blobs.keys().cloned().collect();
    assert_eq!(names, ["net/core.tfstate", "net/core.tfstateenv:a-b"]);
}

#[tokio::test]
async fn a_signature_and_an_application_open_it_too() {
    let (by_signature, _) = start(json!({ "sas_token": "?sv=2023-11-03&sig=s%252B%2F%3D" }));
    exercise(&by_signature, Without { leases: true, ..Without::default() }).await;
    let (by_application, account) = start(json!({
        "tenant_id": "tenant", "client_id": "app", "client_secret": "secret", "use_azuread_auth": true,
    }));
    exercise(&by_application, Without { leases: true, ..Without::default() }).await;
    assert_eq!(account.lock().unwrap().tokens.len(), 1, "one token serves many requests");

    let (refused, _) = start(json!({ "access_key": BASE64_STANDARD.encode(b"another") }));
    let error = refused.state("default").read().await.unwrap_err().to_string();
    assert!(
        error.contains("AuthenticationFailed it is.") && error.contains("Blob Data Contributor"),
        "{error}"
    );
}

#[tokio::test]
async fn locks_are_leases_as_terraform_takes_them() {
    let (backend, account) = with_key();
    let (one, other) = (backend.state("default"), backend.state("default"));
    let ours = LockInfo::new("OperationTypeApply", "x", &Default::default());
    one.lock(&ours).await.unwrap();
    {
        let account = account.lock().unwrap();
        let blob = &account.blobs["net/core.tfstate"];
        assert!(blob.content.is_empty() && blob.lease == Lease::Held(ours.id.clone()));
        let told = BASE64_STANDARD.decode(&blob.metadata["x-ms-meta-terraformlockid"]).unwrap();
        assert_eq!(serde_json::from_slice::<LockInfo>(&told).unwrap(), ours);
    }
    assert_eq!(one.read().await.unwrap(), None, "what is there to be locked is no state");
    let version = one.write(b"{}", None).await.unwrap();
    one.renew(&ours).await.unwrap();
    let version = one.write(b"{ }", Some(&version)).await.unwrap();
    assert_eq!(other.holder().await.unwrap().unwrap().id, ours.id, "a write leaves the lock as it is");
    // Who asks without the lock is refused by Azure itself, and told why.
    let error = other.write(b"{  }", Some(&version)).await.unwrap_err().to_string();
    assert!(error.contains("LeaseIdMissing"), "{error}");

    // The holder dies, and Azure ends its lease.
    account.lock().unwrap().blobs.get_mut("net/core.tfstate").unwrap().lease = Lease::Expired;
    assert_eq!(other.holder().await.unwrap(), None);
    let theirs = LockInfo::new("OperationTypePlan", "x", &Default::default());
    assert_eq!(other.lock(&theirs).await.unwrap().unwrap().id, ours.id);
    let lost = StorageError::LockLost { location: one.location() };
    assert_eq!(one.renew(&ours).await, Err(lost));
    let held = one.lock(&ours).await.unwrap_err();
    assert!(matches!(held, LockError::Held { holder: Some(holder) } if holder.id == theirs.id));
    other.unlock(&theirs).await.unwrap();
    assert!(account.lock().unwrap().blobs["net/core.tfstate"].metadata.is_empty());
}

#[tokio::test]
async fn what_a_run_replaces_is_kept_once_where_snapshots_are_asked_for() {
    let (backend, account) = start(json!({ "access_key": BASE64_STANDARD.encode(KEY), "snapshot": true }));
    let first = backend.state("default").write(b"1", None).await.unwrap();
    let state = backend.state("default");
    let second = state.write(b"2", Some(&first)).await.unwrap();
    state.write(b"3", Some(&second)).await.unwrap();
    assert_eq!(account.lock().unwrap().snapshots, ["1"]);
}
