//! Who has which roles: what members, bindings and policies of IAM mean.

use terrane_sdk::Value;
use terrane_sdk::provider::{Access, AccessObject, Given, Grant};
use terrane_sdk::serde_json::{self, Value as Json};

/// What can be told of access.
pub(crate) const ACCESS: Access = Access { concerns, given };

/// What has a policy: the part of the type's name, the word for it, and the attribute that names it.
const KINDS: [(&str, &str, &str); 10] = [
    ("bigquery_dataset", "dataset", "dataset_id"),
    ("compute_subnetwork", "subnetwork", "subnetwork"),
    ("folder", "folder", "folder"),
    ("kms_crypto_key", "key", "crypto_key_id"),
    ("kms_key_ring", "key ring", "key_ring_id"),
    ("organization", "organization", "org_id"),
    ("project", "project", "project"),
    ("pubsub_topic", "topic", "topic"),
    ("service_account", "service account", "service_account_id"),
    ("storage_bucket", "bucket", "bucket"),
];

/// The kind of object that a type is about, and in which form: `member`, `binding` or `policy`.
fn kind(type_name: &str) -> Option<((&'static str, &'static str), &str)> {
    let (of, form) = type_name.strip_prefix("google_")?.rsplit_once("_iam_")?;
    let (_, word, attribute) = KINDS.iter().find(|(name, ..)| *name == of)?;
    matches!(form, "member" | "binding" | "policy").then_some(((word, attribute), form))
}

fn concerns(type_name: &str) -> bool {
    kind(type_name).is_some()
}

fn given(objects: &[AccessObject<'_>]) -> Vec<Given> {
    let mut found = Vec::new();
    for (n, object) in objects.iter().enumerate().filter(|(_, object)| !object.value.is_null()) {
        let Some(((word, name), form)) = kind(object.type_name) else { continue };
        let attribute = |name: &str| object.value.attribute(name).unwrap_or(Value::NULL);
        let on = match attribute(name).as_str() {
            Some(name) => format!("{word} {}", name.strip_prefix(&format!("{word}s/")).unwrap_or(name)),
            None => format!("the {word} of {}", object.address),
        };
        let role = attribute("role").as_str().map(str::to_owned);
        let condition = condition(&attribute("condition"));
        let mut give = |who: Option<&str>, what: Option<String>, condition: &str| {
            let who = who.map_or_else(|| format!("those whom {} names", object.address), str::to_owned);
            let grant = Grant { who, denied: false, what, on: on.clone(), condition: condition.to_owned() };
            found.push(Given { grant, by: vec![n] });
        };
        match form {
            "member" => give(attribute("member").as_str(), role, &condition),
            "binding" => match attribute("members").as_slice() {
                Some(members) => {
                    for member in members {
                        // Whoever is not known yet has the role all the same.
                        give(member.as_str(), role.clone(), &condition);
                    }
                }
                None => give(None, role, &condition),
            },
            _ => match attribute("policy_data").as_str().map(serde_json::from_str::<Json>) {
                Some(policy) => {
                    let policy = policy.unwrap_or_default();
                    for binding in policy["bindings"].as_array().into_iter().flatten() {
                        let role = binding["role"].as_str().map(str::to_owned);
                        let condition = binding["condition"]["expression"].as_str().unwrap_or_default();
                        for member in binding["members"].as_array().into_iter().flatten() {
                            give(member.as_str(), role.clone(), condition);
                        }
                    }
                }
                None => give(None, None, ""),
            },
        }
    }
    found
}

/// A `condition` block's expression.
fn condition(blocks: &Value) -> String {
    let block = blocks.as_slice().and_then(|blocks| blocks.first()).unwrap_or(blocks);
    match block.attribute("expression") {
        Some(expression) if !expression.is_known() => "a condition that is not known yet".to_owned(),
        Some(expression) => expression.as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{concerns, given};
    use terrane_sdk::provider::AccessObject;
    use terrane_sdk::{Type, Value};

    fn told(type_name: &str, value: Value) -> Vec<String> {
        let object = AccessObject { type_name, address: "the.one", value, refers_to: &[] };
        let line = |given: terrane_sdk::provider::Given| {
            let grant = given.grant;
            let what = grant.what.unwrap_or_else(|| "?".to_owned());
            format!("{}: {what} on {} if {:?}", grant.who, grant.on, grant.condition)
        };
        given(&[object]).into_iter().map(line).collect()
    }

    #[test]
    fn members_bindings_and_policies_say_who_has_which_role() {
        let condition =
            Value::object([("title", Value::from("t")), ("expression", Value::from("request.time < x"))]);
        let member = Value::object([
            ("project", Value::from("projects/acme")),
            ("role", Value::from("roles/viewer")),
            ("member", Value::from("user:ann@example.com")),
            ("condition", Value::tuple([condition])),
        ]);
        assert_eq!(
            told("google_project_iam_member", member),
            ["user:ann@example.com: roles/viewer on project acme if \"request.time < x\""]
        );
        let binding = Value::object([
            ("bucket", Value::from("logs")),
            ("role", Value::from("roles/storage.admin")),
            ("members", Value::set(Type::String, [Value::from("group:a@x"), Value::unknown(Type::String)])),
        ]);
        assert_eq!(
            told("google_storage_bucket_iam_binding", binding),
            [
                "group:a@x: roles/storage.admin on bucket logs if \"\"",
                "those whom the.one names: roles/storage.admin on bucket logs if \"\""
            ]
        );
        let data = r#"{"bindings": [{"role": "roles/owner", "members": ["user:a", "user:b"]}]}"#;
        let policy =
            |data: Value| Value::object([("folder", Value::from("folders/12")), ("policy_data", data)]);
        assert_eq!(
            told("google_folder_iam_policy", policy(Value::from(data))),
            ["user:a: roles/owner on folder 12 if \"\"", "user:b: roles/owner on folder 12 if \"\""]
        );
        assert_eq!(
            told("google_folder_iam_policy", policy(Value::unknown(Type::String))),
            ["those whom the.one names: ? on folder 12 if \"\""]
        );
    }

    #[test]
    fn every_kind_of_grant_is_known() {
        use crate::GoogleProvider;
        use terrane_sdk::ProviderDefinition;
        let resources = GoogleProvider::default().resources();
        let grants = resources.iter().map(|r| r.name()).filter(|name| name.contains("_iam_"));
        let others = ["_iam_audit_config", "_iam_custom_role"];
        for name in grants.filter(|name| !others.iter().any(|other| name.ends_with(other))) {
            assert!(concerns(name), "{name}");
        }
    }
}
