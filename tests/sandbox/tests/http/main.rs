//! The sandbox over HTTP, as a client sees it.
#![allow(clippy::unwrap_used)]

mod accounts;
mod container;
mod instances;
mod network;
mod resources;
mod server;
mod storage;

use serde_json::{Value, json};
use std::path::PathBuf;
use terrane_sandbox::{Options, Sandbox};

/// A running sandbox and a client of it.
pub(crate) struct Client {
    base: String,
    http: reqwest::Client,
}

impl Client {
    /// A sandbox of its own, with the organization 1234 and the project `host-prj` in it.
    pub(crate) async fn start() -> Self {
        let client = Self::with_state(None).await;
        let body = json!({"projectId": "host-prj", "parent": {"type": "organization", "id": "1234"}});
        client.ok("POST", "/v1/projects", body).await;
        client
    }

    pub(crate) async fn with_state(state: Option<PathBuf>) -> Self {
        let options = Options { state, organizations: vec!["1234".to_owned()] };
        let sandbox = Sandbox::bind("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let base = format!("http://{}", sandbox.address());
        tokio::spawn(sandbox.serve());
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { base, http: reqwest::Client::new() }
    }

    /// The status code and the body of an answer.
    pub(crate) async fn send(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(verb.parse().unwrap(), format!("{}{path}", self.base));
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let response = request.send().await.unwrap();
        let code = response.status().as_u16();
        let text = response.text().await.unwrap();
        (code, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Code, headers and content of an answer to a request that is not JSON.
    pub(crate) async fn raw(
        &self,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        content: &str,
    ) -> (u16, reqwest::header::HeaderMap, String) {
        let mut request = self.http.request(verb.parse().unwrap(), format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(content.to_owned()).send().await.unwrap();
        let (code, headers) = (response.status().as_u16(), response.headers().clone());
        (code, headers, response.text().await.unwrap())
    }

    /// The body of an answer that has to be a success.
    pub(crate) async fn ok(&self, verb: &str, path: &str, body: Value) -> Value {
        let (code, answer) = self.send(verb, path, body).await;
        assert!((200..300).contains(&code), "{verb} {path}: {code} {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ok("GET", path, Value::Null).await
    }

    /// The status code and the message of a refusal.
    pub(crate) async fn refused(&self, verb: &str, path: &str, body: Value) -> (u16, String) {
        let (code, answer) = self.send(verb, path, body).await;
        assert!(code >= 400, "{verb} {path}: {code} {answer}");
        (code, answer["error"]["message"].as_str().unwrap().to_owned())
    }

    /// A change of Compute Engine in `host-prj`, waited for.
    pub(crate) async fn done(&self, verb: &str, path: &str, body: Value) -> Value {
        let operation = self.ok(verb, &compute(path), body).await;
        self.wait(&operation).await
    }

    pub(crate) async fn wait(&self, operation: &Value) -> Value {
        let link = operation["selfLink"].as_str().unwrap().replace("https://www.googleapis.com", "");
        self.ok("POST", &format!("{link}/wait"), Value::Null).await
    }

    pub(crate) async fn network(&self, name: &str) {
        self.done("POST", "global/networks", json!({"name": name, "autoCreateSubnetworks": false})).await;
    }
}

/// A path of Compute Engine in `host-prj`.
pub(crate) fn compute(path: &str) -> String {
    format!("/compute/v1/projects/host-prj/{path}")
}
