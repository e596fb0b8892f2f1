//! The resource types against the sandbox, which each test starts for itself.

#![allow(clippy::unwrap_used)]

mod access;
mod answers;
mod classic_vpn;
mod clusters;
mod data;
mod datasets;
mod grants;
mod hybrid;
mod instances;
mod keys;
mod names;
mod network;
mod projects;
mod regional_firewall;
mod replacements;
mod storage;
mod topics;

use serde_json::{Value as Json, json};
use terrane_sandbox::{Options, Sandbox};
use terrane_sdk::serde_json;
use terrane_sdk::testing::Driver;

/// A provider and a sandbox with the organization 1234 and the project `host-prj`.
pub(crate) struct Cloud {
    pub(crate) driver: Driver,
    base: String,
    http: reqwest::Client,
}

impl Cloud {
    pub(crate) async fn open() -> Cloud {
        Self::open_with(json!({})).await
    }

    /// The same with more settings of the provider.
    pub(crate) async fn open_with(settings: Json) -> Cloud {
        let options = Options { state: None, organizations: vec!["1234".to_owned()] };
        let sandbox = Sandbox::bind("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let base = format!("http://{}", sandbox.address());
        tokio::spawn(sandbox.serve());
        let mut config = json!({"access_token": "test", "project": "host-prj", "region": "europe-west1",
            "add_terraform_attribution_label": false});
        for service in [
            "compute",
            "container",
            "resource_manager",
            "resource_manager_v3",
            "service_usage",
            "iam",
            "kms",
            "logging",
            "cloud_billing",
            "big_query",
            "dns",
            "org_policy",
            "pubsub",
            "storage",
            "service_networking",
        ] {
            config[format!("{service}_custom_endpoint")] = json!(format!("{base}/"));
        }
        for (key, value) in settings.as_object().unwrap() {
            config[key] = value.clone();
        }
        // The provider chooses how TLS is done, before the client of the tests is made.
        let driver = Driver::open(terrane_provider_google::provider(), &config).await;
        let cloud = Cloud { driver, base, http: reqwest::Client::new() };
        let project = json!({"projectId": "host-prj", "parent": {"type": "organization", "id": "1234"}});
        cloud.send("POST", "/v1/projects", project).await;
        cloud
    }

    /// A request past the provider.
    pub(crate) async fn send(&self, verb: &str, path: &str, body: Json) -> Json {
        let request = self.http.request(verb.parse().unwrap(), format!("{}{path}", self.base));
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or(Json::Null)
    }

    /// The requests that the sandbox has counted, by method.
    pub(crate) async fn requests(&self) -> Json {
        let all = self.send("GET", "/_sandbox/requests", Json::Null).await["methods"].clone();
        self.send("DELETE", "/_sandbox/requests", Json::Null).await;
        all
    }
}
