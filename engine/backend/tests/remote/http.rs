//! The `http` backend against a server as its documentation describes it.

use crate::backend;
use crate::exercise::{Without, exercise};
use crate::server::{Answer, Request, serve};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use terrane_backend::LockInfo;

#[derive(Default)]
struct State {
    content: Vec<u8>,
    lock: Option<Value>,
    failures: usize,
    requests: Vec<String>,
}

fn answer(state: &Mutex<State>, request: Request) -> Answer {
    let mut state = state.lock().unwrap();
    state.requests.push(format!("{} {}", request.method, request.path));
    if state.failures > 0 {
        state.failures -= 1;
        return Answer::new(503, "busy");
    }
    if request.header("authorization") != "Basic YW5uOnNlY3JldA==" {
        return Answer::new(401, "");
    }
    let id = |json: &Value| json["ID"].as_str().unwrap_or_default().to_owned();
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/state") if state.content.is_empty() => Answer::new(404, ""),
        ("GET", "/state") => Answer::new(200, state.content.clone()),
        ("POST", "/state") => {
            let holder = state.lock.as_ref().map(&id);
            if holder.is_some_and(|holder| request.query.get("ID") != Some(&holder)) {
                return Answer::new(423, "");
            }
            assert!(!request.header("content-md5").is_empty());
            state.content = request.body;
            Answer::new(200, "")
        }
        ("LOCK", "/lock") => match &state.lock {
            Some(holder) => Answer::new(423, holder.to_string()),
            None => {
                state.lock = Some(request.json());
                Answer::new(200, "")
            }
        },
        ("UNLOCK", "/lock") => {
            if state.lock.as_ref().map(&id) != Some(id(&request.json())) {
                return Answer::new(409, "");
            }
            state.lock = None;
            Answer::new(200, "")
        }
        _ => Answer::new(405, ""),
    }
}

fn start() -> (String, Arc<Mutex<State>>) {
    let state = Arc::new(Mutex::new(State::default()));
    let shared = state.clone();
    (serve(move |request| answer(&shared, request)), state)
}

fn arguments(address: &str) -> Value {
    json!({
        "address": format!("{address}/state"), "lock_address": format!("{address}/lock"),
        "unlock_address": format!("{address}/lock"), "username": "ann", "password": "secret",
        "retry_wait_min": 0,
    })
}

#[tokio::test]
async fn a_server_keeps_one_state_and_its_lock() {
    let directory = tempfile::tempdir().unwrap();
    let (address, state) = start();
    let without =
        Without { workspaces: true, holder: true, lost_locks: true, leases: true, journal_conflicts: true };
    exercise(&backend("http", arguments(&address), directory.path()), without).await;
    assert!(state.lock().unwrap().lock.is_none());
}

#[tokio::test]
async fn a_lock_has_no_end_that_nobody_could_move() {
    let directory = tempfile::tempdir().unwrap();
    let (address, state) = start();
    let storage = backend("http", arguments(&address), directory.path()).state("default");
    let info = LockInfo::new("OperationTypeApply", "x", &Default::default());
    storage.lock(&info).await.unwrap();
    let lock = state.lock().unwrap().lock.clone().unwrap();
    assert_eq!(lock["ID"], info.id);
    assert!(lock.get("Expires").is_none(), "{lock}");
}

#[tokio::test]
async fn what_fails_for_a_moment_is_tried_again_and_secrets_are_not_told() {
    let directory = tempfile::tempdir().unwrap();
    let (address, state) = start();
    let storage = backend("http", arguments(&address), directory.path()).state("default");
    state.lock().unwrap().failures = 2;
    assert_eq!(storage.read().await.unwrap(), None);
    assert_eq!(state.lock().unwrap().requests.len(), 3);
    state.lock().unwrap().failures = 3;
    let error = storage.read().await.unwrap_err().to_string();
    assert!(error.contains("503") && error.contains("busy"), "{error}");

    let mut wrong = arguments(&address);
    wrong["password"] = "other".into();
    wrong["address"] =
        format!("{}/state?token=hidden", address.replace("http://", "http://u:hidden@")).into();
    let error =
        backend("http", wrong, directory.path()).state("default").read().await.unwrap_err().to_string();
    assert!(error.contains("user name and password are needed"), "{error}");
    assert!(!error.contains("hidden") && !error.contains("other"), "{error}");
}
