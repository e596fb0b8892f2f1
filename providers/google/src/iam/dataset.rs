//! Who may do what with a dataset of BigQuery, as a policy: the dataset itself has a list of accesses. Those of views,
//! routines and other datasets are no members, and stay as they are. Knows no calls.

use super::policy::Policy;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{Value as Json, json};

/// The roles that datasets have a word of their own for.
const BASIC: [(&str, &str); 3] = [
    ("OWNER", "roles/bigquery.dataOwner"),
    ("WRITER", "roles/bigquery.dataEditor"),
    ("READER", "roles/bigquery.dataViewer"),
];

/// Groups that datasets know by themselves.
const SPECIAL: [&str; 4] = ["projectOwners", "projectReaders", "projectWriters", "allAuthenticatedUsers"];

/// The policy that a dataset's accesses are.
pub(super) fn policy(dataset: &Json) -> Json {
    let mut bindings: BTreeMap<(String, String), (Json, Vec<String>)> = BTreeMap::new();
    let mut kept = Vec::new();
    for access in dataset["access"].as_array().into_iter().flatten() {
        let role = access["role"].as_str().unwrap_or_default();
        let Some(member) = member(access).filter(|_| !role.is_empty()) else {
            kept.push(access.clone());
            continue;
        };
        let role = BASIC.iter().find(|(word, _)| *word == role).map_or(role, |(_, role)| role);
        let key = (role.to_owned(), access["condition"].to_string());
        bindings.entry(key).or_insert_with(|| (access["condition"].clone(), Vec::new())).1.push(member);
    }
    let bindings = bindings.into_iter().map(|((role, _), (condition, members))| {
        let mut binding = json!({"role": role, "members": members});
        if condition.is_object() {
            binding["condition"] = condition;
        }
        binding
    });
    let bindings: Vec<Json> = bindings.collect();
    json!({"bindings": bindings, "etag": dataset["etag"], "kept": kept})
}

/// Who an access is for, as policies name him.
fn member(access: &Json) -> Option<String> {
    let text = |name: &str| access[name].as_str();
    if let Some(user) = text("userByEmail") {
        let kind = if user.ends_with(".gserviceaccount.com") { "serviceAccount" } else { "user" };
        return Some(format!("{kind}:{user}"));
    }
    (text("groupByEmail").map(|group| format!("group:{group}")))
        .or_else(|| text("domain").map(|domain| format!("domain:{domain}")))
        .or_else(|| text("specialGroup").map(str::to_owned))
        .or_else(|| text("iamMember").map(str::to_owned))
}

/// The accesses that a policy is.
pub(super) fn accesses(policy: &Policy) -> Json {
    let mut all = policy.kept.clone();
    for binding in &policy.bindings {
        let word = BASIC.iter().find(|(_, role)| *role == binding.role);
        let role =
            word.filter(|_| binding.condition.is_none()).map_or(binding.role.as_str(), |(word, _)| word);
        for member in &binding.members {
            let mut access = match member.split_once(':') {
                Some(("user" | "serviceAccount", email)) => json!({"userByEmail": email}),
                Some(("group", email)) => json!({"groupByEmail": email}),
                Some(("domain", domain)) => json!({"domain": domain}),
                None if SPECIAL.contains(&member.as_str()) => json!({"specialGroup": member}),
                _ => json!({"iamMember": member}),
            };
            access["role"] = role.into();
            if let Some(condition) = &binding.condition {
                access["condition"] = json!({"expression": condition.expression, "title": condition.title});
                if let Some(description) = &condition.description {
                    access["condition"]["description"] = description.as_str().into();
                }
            }
            all.push(access);
        }
    }
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_sdk::serde_json;

    #[test]
    fn accesses_are_a_policy_and_come_back() {
        let access = json!([
            {"view": {"projectId": "p", "datasetId": "d", "tableId": "t"}},
            {"role": "WRITER", "userByEmail": "w@p.iam.gserviceaccount.com"},
            {"role": "OWNER", "specialGroup": "projectOwners"},
            {"role": "roles/bigquery.metadataViewer", "groupByEmail": "g@example.com",
                "condition": {"expression": "true", "title": "t"}},
        ]);
        let policy = policy(&json!({"access": access, "etag": "e"}));
        let policy: Policy = serde_json::from_value(policy).expect("it is a policy");
        let writers = policy.members("roles/bigquery.dataEditor", None);
        assert!(writers.contains("serviceAccount:w@p.iam.gserviceaccount.com"), "{writers:?}");
        let back = accesses(&policy);
        let list = |json: &Json| json.as_array().cloned().expect("it is a list");
        let (back, first) = (list(&back), list(&access));
        assert_eq!(back.len(), first.len(), "{back:?}");
        assert!(first.iter().all(|entry| back.contains(entry)), "{back:?}");
    }
}
