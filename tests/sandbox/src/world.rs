//! The state of the sandbox with its clock, and the few things every service asks of it: projects, links, numbers.

use crate::json;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::services::Session;
use crate::store::Store;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The store, and what tells how it behaves.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) rules: Arc<Rules>,
    /// Uploads in pieces that have not ended; they do not outlive the server.
    pub(crate) uploads: BTreeMap<String, Session>,
    /// The operation that the current request started.
    pub(crate) last_operation: Option<String>,
    /// The entries of audit logs, oldest first; they do not outlive the server.
    pub(crate) trail: Vec<Value>,
}

/// What the admin endpoint can set.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How often an operation is asked for before it is done; with 0 it is done at once.
    pub(crate) operation_polls: u32,
    /// How long every answer takes, in milliseconds.
    pub(crate) latency_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { operation_polls: 1, latency_ms: 0 }
    }
}

impl World {
    /// A world with what a store holds.
    pub(crate) fn new(store: Store, rules: Arc<Rules>) -> Self {
        Self {
            store,
            settings: Settings::default(),
            rules,
            uploads: BTreeMap::new(),
            last_operation: None,
            trail: Vec::new(),
        }
    }

    /// The account that all requests are said to come from.
    pub(crate) fn user(&self) -> &'static str {
        "user@example.com"
    }

    /// A new id as Google numbers things: 19 digits.
    pub(crate) fn id(&mut self) -> String {
        (4_000_000_000_000_000_000 + self.store.number()).to_string()
    }

    /// The time in the format of most APIs.
    pub(crate) fn now(&self) -> String {
        Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
    }

    /// The time without fractions.
    pub(crate) fn now_seconds(&self) -> String {
        Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The time in the format of Compute Engine.
    pub(crate) fn compute_now(&self) -> String {
        let pacific = TimeZone::fixed(Offset::constant(-8));
        Timestamp::now().to_zoned(pacific).strftime("%Y-%m-%dT%H:%M:%S.%3f-08:00").to_string()
    }

    /// Milliseconds since 1970.
    pub(crate) fn milliseconds(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }

    /// The project with this id or number, deleted or not.
    pub(crate) fn project(&self, name: &str) -> Option<&Value> {
        match self.store.objects.get(&format!("projects:{name}")) {
            Some(project) => Some(project),
            None => self.projects().find(|project| json::text(project, "number") == Some(name)),
        }
    }

    /// All projects, deleted or not.
    pub(crate) fn projects(&self) -> impl Iterator<Item = &Value> {
        self.store.under("projects:").map(|(_, project)| project)
    }

    /// The number of a project.
    pub(crate) fn project_number(&self, name: &str) -> Option<String> {
        self.project(name).map(|project| json::string(project, "number"))
    }

    /// A resource with the id of its project in the place of the number.
    pub(crate) fn canonical(&self, resource: &str) -> String {
        let mut parts: Vec<&str> = resource.split('/').collect();
        if let ["projects", name, ..] = parts.as_slice()
            && name.bytes().all(|byte| byte.is_ascii_digit())
            && let Some(project) = self.project(name)
        {
            parts[1] = json::text(project, "projectId").unwrap_or(parts[1]);
        }
        parts.join("/")
    }

    /// Whether a project is there and alive.
    ///
    /// # Errors
    /// In the words of the service.
    pub(crate) fn require_project(&self, service: &str, name: &str) -> Result<(), Refusal> {
        let alive = self.project(name).is_some_and(|project| json::text(project, "state") == Some("ACTIVE"));
        match (alive, service) {
            (true, _) => Ok(()),
            (false, "compute") => Err(Refusal::missing(&format!("projects/{name}"))),
            (false, "storage") => Err(Refusal::new(404, "The requested project was not found.")),
            (false, "bigquery") => Err(Refusal::new(404, format!("Not found: Project {name}"))),
            (false, "iam") => Err(Refusal::new(404, format!("Unknown project id: {name}"))),
            (false, _) => Err(Refusal::denied()),
        }
    }

    /// The folders and the organization above a project or folder, from the nearest.
    pub(crate) fn ancestors(&self, resource: &str) -> Vec<String> {
        let mut above = Vec::new();
        let mut here = resource.to_owned();
        while let Some(parent) = self.parent(&here) {
            if above.contains(&parent) {
                break;
            }
            above.push(parent.clone());
            here = parent;
        }
        above
    }

    fn parent(&self, resource: &str) -> Option<String> {
        let found = match resource.split_once('/')? {
            ("projects", name) => self.project(name)?,
            ("folders", number) => self.store.objects.get(&format!("folders:{number}"))?,
            _ => return None,
        };
        json::text(found, "parent").map(str::to_owned)
    }
}

/// A digest of a value in URL-safe base64, as Compute Engine's fingerprints are.
pub(crate) fn fingerprint(value: &Value) -> String {
    URL_SAFE.encode(digest(value))
}

/// A digest of a value in standard base64, as etags are.
pub(crate) fn etag(value: &Value) -> String {
    STANDARD.encode(digest(value))
}

fn digest(value: &Value) -> Vec<u8> {
    Sha256::digest(value.to_string().as_bytes())[..8].to_vec()
}

/// A short stable name made from text: hexadecimal digits.
pub(crate) fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An address that looks public; the sandbox has no data plane behind it.
pub(crate) fn public_address(seed: u64) -> Value {
    json!(format!("34.{}.{}.{}", 64 + (seed >> 16) % 64, (seed >> 8) % 256, seed % 256))
}
