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
    "cloudkms/crypto_key",
    "cloudkms/crypto_key_version",
    "cloudkms/ekm_connection",
    "cloudkms/key_ring",
    "compute/address",
    "compute/disk",
    "compute/external_vpn_gateway",
    "compute/firewall",
    "compute/forwarding_rule",
    "compute/instance",
    "compute/instance_group_manager",
    "compute/instant_snapshot",
    "compute/interconnect_attachment",
    "compute/network",
    "compute/network_attachment",
    "compute/network_firewall_policy",
    "compute/route",
    "compute/router",
    "compute/service_attachment",
    "compute/snapshot",
    "compute/subnetwork",
    "compute/target_vpn_gateway",
    "compute/vpn_gateway",
    "compute/vpn_tunnel",
    "dns/managed_zone",
    "dns/policy",
    "logging/exclusion",
    "logging/sink",
    "orgpolicy/policy",
    "pubsub/schema",
    "pubsub/topic",
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::discovery::Discovery;

    /// What services answer in their own way.
    const OWN: [&str; 4] =
        ["dns.managedZones.patch", "dns.managedZones.update", "dns.policies.patch", "dns.policies.update"];

    #[test]
    fn answers_are_of_the_kind_that_the_document_says() {
        let discovery = Discovery::embedded().unwrap();
        let rules = Rules::load().unwrap();
        let mut checked = 0;
        for (api, document) in discovery.documents() {
            for (id, method) in &document.methods {
                let Some((collection, verb)) = id.rsplit_once('.') else { continue };
                let Some(rule) = rules.of(collection) else { continue };
                let changes = matches!(verb, "insert" | "create" | "patch" | "update");
                if !changes && verb != "get"
                    || OWN.contains(&id.as_str())
                    || rule.without.iter().any(|without| without == verb)
                {
                    continue;
                }
                let operation = changes && rule.answer == AnswerKind::Operation;
                let wanted = if operation { "Operation" } else { &rule.resource };
                assert_eq!(method.response.as_deref(), Some(wanted), "{api} {id}");
                checked += 1;
            }
        }
        assert!(checked > 60, "{checked}");
    }

    #[test]
    fn fields_of_rules_are_fields_of_the_document() {
        let discovery = Discovery::embedded().unwrap();
        let rules = Rules::load().unwrap();
        for (api, document) in discovery.documents() {
            for rule in rules.all() {
                let service = rule.collections[0].split('.').next().unwrap();
                let Some(schema) = document.schemas.get(&rule.resource).filter(|_| api.starts_with(service))
                else {
                    continue;
                };
                let fields = schema.properties.as_ref().unwrap();
                let paths =
                    rule.references.keys().chain(&rule.links).chain(&rule.required).chain(&rule.immutable);
                let values = [&rule.defaults, &rule.created, &rule.updated];
                let names =
                    values.iter().filter_map(|value| value.as_object()).flatten().map(|(name, _)| name);
                for path in paths.chain(names).chain(&rule.hidden).chain(&rule.listed) {
                    let first = path.split(['.', '[']).next().unwrap();
                    assert!(fields.contains_key(first), "{api} {}: {path}", rule.noun);
                }
            }
        }
    }
}
