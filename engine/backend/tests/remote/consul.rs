//! The `consul` backend against an imitation of Consul's key-value store and sessions.

use crate::backend;
use crate::exercise::{Without, exercise};
use crate::server::{Answer, Request, decoded, serve};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Store {
    keys: BTreeMap<String, Entry>,
    sessions: BTreeSet<String>,
    index: u64,
}

#[derive(Clone, Default)]
struct Entry {
    value: Vec<u8>,
    index: u64,
    session: Option<String>,
    flags: String,
}

impl Store {
    fn set(&mut self, key: &str, change: impl FnOnce(&mut Entry)) -> Answer {
        self.index += 1;
        let entry = self.keys.entry(key.to_owned()).or_default();
        change(entry);
        entry.index = self.index;
        Answer::new(200, "true")
    }
}

fn answer(store: &Mutex<Store>, request: Request) -> Answer {
    let mut store = store.lock().unwrap();
    if request.header("x-consul-token") != "token" {
        return Answer::new(403, "Permission denied");
    }
    let path = request.path.strip_prefix("/v1/").unwrap();
    if let Some(id) = path.strip_prefix("session/") {
        return match id.split_once('/') {
            None => {
                assert_eq!((id, request.json()["TTL"].as_str()), ("create", Some("60s")));
                let id = format!("session-{}", store.index);
                store.index += 1;
                store.sessions.insert(id.clone());
                Answer::new(200, json!({ "ID": id }).to_string())
            }
            Some(("renew", id)) if store.sessions.contains(id) => Answer::new(200, "[]"),
            Some(("destroy", id)) => {
                store.sessions.remove(id);
                for entry in store.keys.values_mut().filter(|entry| entry.session.as_deref() == Some(id)) {
                    entry.session = None;
                }
                Answer::new(200, "true")
            }
            _ => Answer::new(404, "Session id not found"),
        };
    }
    let key = decoded(path.strip_prefix("kv/").unwrap());
    let query = |name: &str| request.query.get(name).cloned();
    let present = store.keys.get(&key).cloned();
    match request.method.as_str() {
        "GET" if query("keys").is_some() => {
            let keys: Vec<&String> = store.keys.keys().filter(|k| k.starts_with(&key)).collect();
            if keys.is_empty() { Answer::new(404, "") } else { Answer::new(200, json!(keys).to_string()) }
        }
        "GET" => match present {
            None => Answer::new(404, ""),
            Some(entry) => {
                let mut json =
                    json!([{ "Value": STANDARD.encode(&entry.value), "ModifyIndex": entry.index }]);
                if let Some(session) = &entry.session {
                    json[0]["Session"] = Value::from(session.clone());
                }
                Answer::new(200, json.to_string())
            }
        },
        "DELETE" => {
            store.keys.remove(&key);
            Answer::new(200, "true")
        }
        "PUT" => {
            if let Some(session) = query("acquire") {
                assert!(store.sessions.contains(&session));
                if present.is_some_and(|entry| entry.session.is_some()) {
                    return Answer::new(200, "false");
                }
                let flags = query("flags").unwrap();
                return store.set(&key, |entry| (entry.session, entry.flags) = (Some(session), flags));
            }
            if let Some(session) = query("release") {
                let ours = present.is_some_and(|entry| entry.session == Some(session));
                return if ours {
                    store.set(&key, |entry| entry.session = None)
                } else {
                    Answer::new(200, "false")
                };
            }
            let index = present.map_or(0, |entry| entry.index).to_string();
            if query("cas").is_some_and(|expected| expected != index) {
                return Answer::new(200, "false");
            }
            store.set(&key, |entry| entry.value = request.body)
        }
        _ => Answer::new(405, ""),
    }
}

fn start(gzip: bool) -> (Arc<dyn terrane_backend::Backend>, Arc<Mutex<Store>>) {
    let store = Arc::new(Mutex::new(Store::default()));
    let shared = store.clone();
    let address = serve(move |request| answer(&shared, request));
    let arguments = json!({ "address": address, "path": "net/core", "access_token": "token", "gzip": gzip });
    (backend("consul", arguments, std::path::Path::new(".")), store)
}

#[tokio::test]
async fn consul_keeps_states_under_terraforms_keys() {
    for gzip in [false, true] {
        let (backend, store) = start(gzip);
        exercise(&backend, Without { leases: true, ..Without::default() }).await;
        let store = store.lock().unwrap();
        let keys: Vec<&String> = store.keys.keys().collect();
        assert_eq!(keys, ["net/core", "net/core-env:a-b"], "no lock and no session is left");
        assert!(store.sessions.is_empty());
        assert_eq!(store.keys["net/core"].value[0] == 0x1f, gzip);
    }
}

#[tokio::test]
async fn states_that_terraform_has_split_are_read() {
    let (backend, store) = start(false);
    let text = json!({ "current-hash": "x", "chunks": ["net/core/tfstate.x/0", "net/core/tfstate.x/1"] })
        .to_string();
    for (key, value) in
        [("net/core", text.as_str()), ("net/core/tfstate.x/0", "ab"), ("net/core/tfstate.x/1", "cd")]
    {
        store.lock().unwrap().set(key, |entry| entry.value = value.as_bytes().to_vec());
    }
    assert_eq!(backend.state("default").read().await.unwrap().unwrap().0, b"abcd");
}
