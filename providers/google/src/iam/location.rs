//! Where the policy of an object is read and written. Every API has its own way.

use super::dataset;
use super::policy::Policy;
use crate::client::Request;
use http::Method;
use terrane_sdk::Error;
use terrane_sdk::serde_json::{self, Value as Json, json};

/// An object with a policy.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// Its path: `projects/p`.
    pub(crate) path: String,
    api: Api,
}

#[derive(Clone, Copy, Debug)]
enum Api {
    ResourceManager,
    ServiceAccounts,
    Storage,
    Compute,
    Dataset,
    /// An API in its first version that has both methods at the object's path.
    Plain(&'static str),
}

impl Location {
    /// `projects/p`, `folders/1` or `organizations/1`.
    pub(crate) fn resource_manager(collection: &str, id: &str) -> Location {
        let id = id.strip_prefix(collection).map_or(id, |rest| rest.trim_start_matches('/'));
        Location { path: format!("{collection}/{id}"), api: Api::ResourceManager }
    }

    /// A service account by its path, `projects/p/serviceAccounts/EMAIL`.
    pub(crate) fn service_account(path: &str) -> Location {
        Location { path: path.to_owned(), api: Api::ServiceAccounts }
    }

    /// A bucket by its name.
    pub(crate) fn bucket(name: &str) -> Location {
        let name = name.strip_prefix("b/").unwrap_or(name);
        Location { path: format!("b/{name}"), api: Api::Storage }
    }

    /// An object of Compute Engine by its path.
    pub(crate) fn compute(path: &str) -> Location {
        Location { path: path.to_owned(), api: Api::Compute }
    }

    /// A dataset of BigQuery by its path.
    pub(crate) fn dataset(path: &str) -> Location {
        Location { path: path.to_owned(), api: Api::Dataset }
    }

    /// A key ring or a key by its path.
    pub(crate) fn kms(path: String) -> Location {
        Location { path, api: Api::Plain("kms") }
    }

    /// A topic by its path.
    pub(crate) fn topic(path: String) -> Location {
        Location { path, api: Api::Plain("pubsub") }
    }

    /// The policy in an answer to either request.
    pub(crate) fn policy_of(&self, answer: Json) -> Json {
        match self.api {
            Api::Dataset => dataset::policy(&answer),
            _ => answer,
        }
    }

    /// The request for the policy.
    pub(crate) fn get(&self) -> Request<'_> {
        let path = &self.path;
        match self.api {
            Api::ResourceManager => Request {
                operation: "cloudresourcemanager.getIamPolicy",
                method: Method::POST,
                endpoint: "resource_manager_v3",
                path: format!("v3/{path}:getIamPolicy"),
                body: Some(json!({"options": {"requestedPolicyVersion": 3}})),
                idempotent: true,
            },
            Api::ServiceAccounts => Request {
                operation: "iam.projects.serviceAccounts.getIamPolicy",
                method: Method::POST,
                endpoint: "iam",
                path: format!("v1/{path}:getIamPolicy?options.requestedPolicyVersion=3"),
                body: None,
                idempotent: true,
            },
            Api::Storage => Request {
                operation: "storage.buckets.getIamPolicy",
                method: Method::GET,
                endpoint: "storage",
                path: format!("storage/v1/{path}/iam?optionsRequestedPolicyVersion=3"),
                body: None,
                idempotent: true,
            },
            Api::Compute => Request {
                operation: "compute.getIamPolicy",
                method: Method::GET,
                endpoint: "compute",
                path: format!("compute/v1/{path}/getIamPolicy?optionsRequestedPolicyVersion=3"),
                body: None,
                idempotent: true,
            },
            Api::Plain(endpoint) => Request {
                operation: plain(endpoint, "getIamPolicy"),
                method: Method::GET,
                endpoint,
                path: format!("v1/{path}:getIamPolicy?options.requestedPolicyVersion=3"),
                body: None,
                idempotent: true,
            },
            Api::Dataset => Request {
                operation: "bigquery.datasets.get",
                method: Method::GET,
                endpoint: "big_query",
                path: format!("bigquery/v2/{path}?accessPolicyVersion=3"),
                body: None,
                idempotent: true,
            },
        }
    }

    /// The request that writes a policy. Its etag makes a repeat harmless.
    pub(crate) fn set(&self, policy: &Policy) -> Result<Request<'_>, Error> {
        let path = &self.path;
        let accesses = json!({"access": dataset::accesses(policy), "etag": policy.etag});
        let policy =
            serde_json::to_value(policy).map_err(|e| Error::new("Invalid policy", format!("{e}.")))?;
        let whole = json!({"policy": policy});
        let with_audit = json!({"policy": policy, "updateMask": "bindings,etag,auditConfigs"});
        let (operation, method, endpoint, path, body) = match self.api {
            Api::ResourceManager => (
                "cloudresourcemanager.setIamPolicy",
                Method::POST,
                "resource_manager_v3",
                format!("v3/{path}:setIamPolicy"),
                with_audit,
            ),
            Api::ServiceAccounts => (
                "iam.projects.serviceAccounts.setIamPolicy",
                Method::POST,
                "iam",
                format!("v1/{path}:setIamPolicy"),
                whole,
            ),
            Api::Storage => (
                "storage.buckets.setIamPolicy",
                Method::PUT,
                "storage",
                format!("storage/v1/{path}/iam"),
                policy,
            ),
            Api::Compute => (
                "compute.setIamPolicy",
                Method::POST,
                "compute",
                format!("compute/v1/{path}/setIamPolicy"),
                whole,
            ),
            Api::Plain(endpoint) => (
                plain(endpoint, "setIamPolicy"),
                Method::POST,
                endpoint,
                format!("v1/{path}:setIamPolicy"),
                whole,
            ),
            Api::Dataset => (
                "bigquery.datasets.patch",
                Method::PATCH,
                "big_query",
                format!("bigquery/v2/{path}?accessPolicyVersion=3"),
                accesses,
            ),
        };
        Ok(Request { operation, method, endpoint, path, body: Some(body), idempotent: false })
    }
}

/// What a method of an API is called.
fn plain(endpoint: &str, method: &str) -> &'static str {
    match (endpoint, method) {
        ("kms", "getIamPolicy") => "cloudkms.getIamPolicy",
        ("kms", _) => "cloudkms.setIamPolicy",
        (_, "getIamPolicy") => "pubsub.getIamPolicy",
        _ => "pubsub.setIamPolicy",
    }
}

/// The path as ids of grants have it: projects by their name alone.
pub(crate) fn short(path: &str) -> String {
    match path.strip_prefix("projects/") {
        Some(project) if !project.contains('/') => project.to_owned(),
        _ => path.to_owned(),
    }
}
