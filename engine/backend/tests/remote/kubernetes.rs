//! The `kubernetes` backend against an imitation of the server's Secrets and Leases, with its resource
//! versions.

use crate::backend;
use crate::exercise::{Without, exercise};
use crate::server::{Answer, Request, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Server {
    objects: BTreeMap<String, Value>,
    version: u64,
}

impl Server {
    fn store(&mut self, path: String, mut object: Value) -> Answer {
        self.version += 1;
        object["metadata"]["resourceVersion"] = self.version.to_string().into();
        let answer = Answer::new(200, object.to_string());
        self.objects.insert(path, object);
        answer
    }
}

fn answer(server: &Mutex<Server>, request: Request) -> Answer {
    let mut server = server.lock().unwrap();
    if request.header("authorization") != "Bearer token" {
        return Answer::new(401, json!({ "message": "Unauthorized" }).to_string());
    }
    let path = request.path.clone();
    let collections =
        ["/api/v1/namespaces/infra/secrets", "/apis/coordination.k8s.io/v1/namespaces/infra/leases"];
    let missing = || Answer::new(404, json!({ "message": "not found" }).to_string());
    match (request.method.as_str(), collections.contains(&path.as_str())) {
        ("POST", true) => {
            let object = request.json();
            let path = format!("{path}/{}", object["metadata"]["name"].as_str().unwrap());
            if server.objects.contains_key(&path) {
                return Answer::new(409, json!({ "message": "already exists" }).to_string());
            }
            server.store(path, object)
        }
        ("GET", true) => {
            let wanted: Vec<(&str, &str)> =
                request.query["labelSelector"].split(',').map(|pair| pair.split_once('=').unwrap()).collect();
            let inside = format!("{path}/");
            let items: Vec<&Value> = server
                .objects
                .iter()
                .filter(|(path, _)| path.starts_with(&inside))
                .map(|(_, object)| object)
                .filter(|object| {
                    wanted.iter().all(|(name, value)| object["metadata"]["labels"][*name] == *value)
                })
                .collect();
            Answer::new(200, json!({ "items": items }).to_string())
        }
        ("GET", false) => {
            server.objects.get(&path).map_or_else(missing, |object| Answer::new(200, object.to_string()))
        }
        ("PUT", false) => {
            let object = request.json();
            let Some(present) = server.objects.get(&path) else { return missing() };
            if present["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"] {
                return Answer::new(409, json!({ "message": "the object has been modified" }).to_string());
            }
            server.store(path, object)
        }
        ("DELETE", false) => server.objects.remove(&path).map_or_else(missing, |_| Answer::new(200, "{}")),
        _ => Answer::new(405, ""),
    }
}

#[tokio::test]
async fn kubernetes_keeps_states_in_terraforms_secrets() {
    let server = Arc::new(Mutex::new(Server::default()));
    let shared = server.clone();
    let address = serve(move |request| answer(&shared, request));
    // The address and who asks come from a file.
    let directory = tempfile::tempdir().unwrap();
    let config = format!(
        "current-context: here\ncontexts:\n- name: here\n  context: {{ cluster: one, user: ann }}\nclusters:\n- name: one\n  \
         cluster: {{ server: \"{address}\" }}\nusers:\n- name: ann\n  user:\n    exec:\n      command: echo\n      args: ['{{\"status\": \
         {{\"token\": \"token\"}}}}']\n"
    );
    let path = directory.path().join("config");
    std::fs::write(&path, config).unwrap();
    let arguments =
        json!({ "secret_suffix": "work", "namespace": "infra", "config_path": path.display().to_string() });
    let backend = backend("kubernetes", arguments, directory.path());
    exercise(&backend, Without::default()).await;

    let server = server.lock().unwrap();
    let names: Vec<&str> = server.objects.keys().map(|path| path.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["tfstate-a-b-work", "tfstate-default-work", "lock-tfstate-default-work"]);
    let lease = server.objects.values().last().unwrap();
    assert!(lease["spec"]["holderIdentity"].is_null(), "{lease}");
    let labels = &server.objects.values().next().unwrap()["metadata"]["labels"];
    assert_eq!((&labels["tfstate"], &labels["tfstateWorkspace"]), (&json!("true"), &json!("a-b")));
}

#[tokio::test]
async fn a_program_in_the_arguments_says_who_asks() {
    let server = Arc::new(Mutex::new(Server::default()));
    let address = serve(move |request| answer(&server, request));
    let directory = tempfile::tempdir().unwrap();
    // It must be told what is asked for, and is run once.
    let program = "import json, os, sys\nasked = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\nassert asked['kind'] == \
                   'ExecCredential' and asked['apiVersion'] == sys.argv[1], asked\nopen(sys.argv[2], \
                   'x').close()\nprint(json.dumps({'apiVersion': sys.argv[1], 'kind': 'ExecCredential', 'status': \
                   {'token': os.environ['PART'] + 'ken'}}))";
    let backend = |count: &str, part: &str| {
        let ran = directory.path().join(count).display().to_string();
        let version = "client.authentication.k8s.io/v1beta1";
        let arguments = json!({
            "secret_suffix": "work", "namespace": "infra", "host": address,
            "exec": {
                "api_version": version, "command": "python3", "args": ["-c", program, version, ran],
                "env": { "PART": part },
            },
        });
        backend("kubernetes", arguments, directory.path())
    };
    exercise(&backend("first", "to"), Without::default()).await;
    for (count, part, why) in [("second", "bro", "Unauthorized"), ("first", "to", "File exists")] {
        let error = backend(count, part).state("default").read().await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
