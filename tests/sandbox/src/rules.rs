//! What the discovery documents do not say of a resource: one file each in `rules/`.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// The rules of one kind of resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// The collections of methods that the rules are for, such as `compute.networks`.
    pub(crate) collections: Vec<String>,
    /// The schema of the resource.
    pub(crate) resource: String,
    /// What error messages call it.
    pub(crate) noun: String,
    /// Whether changes are answered with an operation or with the object.
    #[serde(default)]
    pub(crate) answer: AnswerKind,
    /// Where the body says the last part of the name.
    #[serde(default = "name")]
    pub(crate) id: String,
    /// A parameter of the query that says it instead.
    #[serde(default)]
    pub(crate) id_query: Option<String>,
    /// The field that the body of a creation has the object in.
    #[serde(default)]
    pub(crate) wrapped: Option<String>,
    /// Whether `name` is the whole name of the resource.
    #[serde(default)]
    pub(crate) full_name: bool,
    /// What a list calls its items.
    #[serde(default = "items")]
    pub(crate) items: String,
    /// The fields that a list shows; all, if none are named.
    #[serde(default)]
    pub(crate) listed: Vec<String>,
    /// Fields that refer to other resources, with the collections these may be in.
    #[serde(default)]
    pub(crate) references: BTreeMap<String, Vec<String>>,
    /// Fields that are links to what is not modelled.
    #[serde(default)]
    pub(crate) links: Vec<String>,
    /// Fields that a creation needs, beyond those that the document says.
    #[serde(default)]
    pub(crate) required: Vec<String>,
    /// Fields that stay as they were created.
    #[serde(default)]
    pub(crate) immutable: Vec<String>,
    /// Fields that are taken and never shown.
    #[serde(default)]
    pub(crate) hidden: Vec<String>,
    /// Values of fields that are not given.
    #[serde(default)]
    pub(crate) defaults: Value,
    /// Values that are the same in every item of a list that does not say them, by the list's path.
    #[serde(default)]
    pub(crate) item_defaults: BTreeMap<String, Value>,
    /// Values that the server writes at creation.
    #[serde(default)]
    pub(crate) created: Value,
    /// Values that the server writes at every change.
    #[serde(default)]
    pub(crate) updated: Value,
    /// Whether a change has to say the fingerprint.
    #[serde(default)]
    pub(crate) fingerprint_required: bool,
    /// What is said when it is not there; `{path}` and `{id}` are filled in.
    #[serde(default)]
    pub(crate) missing: Option<String>,
    /// What is said when it is there already.
    #[serde(default)]
    pub(crate) exists: Option<String>,
    /// Whether a deletion is answered with 204.
    #[serde(default)]
    pub(crate) silent_delete: bool,
    /// Methods of Google that the resource has not even here, though others have them.
    #[serde(default)]
    pub(crate) without: Vec<String>,
}

/// How changes are answered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AnswerKind {
    #[default]
    Operation,
    Object,
}

/// All rules, by collection.
pub(crate) struct Rules(HashMap<String, Rule>);

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../rules/", $name, ".json")))),+]
    };
}

const FILES: &[(&str, &str)] = files![
    "bigquery/dataset",
    "compute/address",
    "compute/disk",
    "compute/external_vpn_gateway",
    "compute/firewall",
    "compute/forwarding_rule",
    "compute/instance",
    "compute/instance_group_manager",
    "compute/interconnect_attachment",
    "compute/network",
    "compute/network_firewall_policy",
    "compute/route",
    "compute/router",
    "compute/subnetwork",
    "compute/target_vpn_gateway",
    "compute/vpn_gateway",
    "compute/vpn_tunnel",
    "dns/managed_zone",
    "dns/policy",
    "logging/exclusion",
    "logging/sink",
    "orgpolicy/policy",
    "storage/bucket",
];

impl Rules {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// When a file is not as it should be.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let mut rules = HashMap::new();
        for (name, text) in FILES {
            let rule: Rule =
                serde_json::from_str(text).map_err(|error| anyhow::anyhow!("rules/{name}: {error}"))?;
            for collection in &rule.collections {
                rules.insert(collection.clone(), rule.clone());
            }
        }
        Ok(Self(rules))
    }

    /// The rules of a collection.
    pub(crate) fn of(&self, collection: &str) -> Option<&Rule> {
        self.0.get(collection)
    }

    /// All rules.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Rule> {
        self.0.values()
    }
}

fn name() -> String {
    "name".to_owned()
}

fn items() -> String {
    "items".to_owned()
}
