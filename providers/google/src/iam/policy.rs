//! IAM policies: who has which role on an object, under which condition. A policy is read and written as
//! a whole; its etag says which one a change is for.

use super::location::Location;
use crate::Google;
use crate::client::is_conflict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::serde_json::{self, Value as Json};
use terrane_sdk::{Block, Error};
use tokio::time::sleep;

/// How often a change is tried again when others changed the policy meanwhile.
const ATTEMPTS: u32 = 10;

/// A policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Policy {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i64>,
    #[serde(default)]
    pub(crate) bindings: Vec<Binding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) audit_configs: Vec<AuditConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    /// What belongs to a dataset's accesses and is no binding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) kept: Vec<Json>,
}

/// Who has a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Binding {
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) members: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Condition>,
}

/// When a role is had.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Block)]
pub struct Condition {
    /// The condition, in the Common Expression Language.
    pub expression: String,
    /// Its name.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Which accesses to a service are logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditConfig {
    pub(crate) service: String,
    #[serde(default)]
    pub(crate) audit_log_configs: BTreeSet<AuditLogConfig>,
}

/// Which kind of accesses is logged, and whose are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditLogConfig {
    pub(crate) log_type: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) exempted_members: BTreeSet<String>,
}

impl Policy {
    /// The members of a role under a condition, as far as there are any.
    pub(crate) fn members(&self, role: &str, condition: Option<&Condition>) -> BTreeSet<String> {
        let same = self.bindings.iter().filter(|b| b.role == role && b.condition.as_ref() == condition);
        same.flat_map(|b| b.members.iter().cloned()).collect()
    }

    /// The condition as the policy has it: the import of a grant knows but its title.
    pub(crate) fn condition(&self, role: &str, known: Option<&Condition>) -> Option<Condition> {
        let titled = |b: &&Binding| {
            b.role == role && b.condition.as_ref().map(|c| &c.title) == known.map(|c| &c.title)
        };
        match known {
            Some(known) if known.expression.is_empty() => {
                self.bindings.iter().find(titled).and_then(|b| b.condition.clone()).or(Some(known.clone()))
            }
            known => known.cloned(),
        }
    }

    /// Lets a role under a condition have these members.
    pub(crate) fn set(&mut self, role: &str, condition: Option<&Condition>, members: BTreeSet<String>) {
        self.bindings.retain(|b| b.role != role || b.condition.as_ref() != condition);
        if !members.is_empty() {
            self.bindings.push(Binding { role: role.to_owned(), members, condition: condition.cloned() });
        }
    }

    /// The policy in one order, for comparison.
    pub(crate) fn sorted(mut self) -> Policy {
        let bindings = std::mem::take(&mut self.bindings);
        for binding in bindings {
            let mut members = self.members(&binding.role, binding.condition.as_ref());
            members.extend(binding.members.iter().map(|m| normal(m)));
            self.set(&binding.role, binding.condition.as_ref(), members);
        }
        self.bindings.sort();
        self.audit_configs.sort();
        self
    }

    /// The text of `policy_data`.
    pub(crate) fn to_text(&self) -> String {
        let policy = Policy { etag: None, version: None, kept: Vec::new(), ..self.clone().sorted() };
        serde_json::to_string(&policy).unwrap_or_default()
    }

    /// Reads a text of `policy_data`.
    pub(crate) fn from_text(text: &str) -> Result<Policy, Error> {
        serde_json::from_str(text).map_err(|e| {
            Error::new("Invalid policy", format!("The text is no IAM policy in JSON: {e}."))
                .attribute("policy_data")
        })
    }
}

/// Whether two texts of policies mean the same.
pub(crate) fn same_policy(one: &str, other: &str) -> bool {
    let read = |text: &str| Policy::from_text(text).map(|p| p.to_text()).ok();
    one == other || read(one).is_some_and(|a| Some(a) == read(other))
}

/// A member as IAM keeps it: names of accounts are the same in any case.
pub(crate) fn normal(member: &str) -> String {
    match member.split_once(':') {
        Some((kind @ ("user" | "group" | "serviceAccount" | "domain"), name)) => {
            format!("{kind}:{}", name.to_lowercase())
        }
        _ => member.to_owned(),
    }
}

/// Whether two members are the same.
pub(crate) fn same_member(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// Reads the policy of an object.
pub(crate) async fn read(google: &Google, location: &Location) -> Result<Policy, Error> {
    let answer = google.send(location.get()).await?;
    decode(location, answer)
}

/// Changes the policy of an object, and answers with the new one. `change` says whether there is anything to
/// change; it is asked again when somebody else was faster.
pub(crate) async fn edit(
    google: &Google,
    location: &Location,
    mut change: impl FnMut(&mut Policy) -> Result<bool, Error>,
) -> Result<Policy, Error> {
    let _only = google.only(&location.path).await;
    let mut attempt = 1;
    loop {
        let mut policy = read(google, location).await?;
        if !change(&mut policy)? {
            return Ok(policy);
        }
        // Conditions need the third version of policies.
        if policy.bindings.iter().any(|b| b.condition.is_some()) {
            policy.version = Some(3);
        }
        match google.send(location.set(&policy)?).await {
            Err(error) if is_conflict(&error) && attempt < ATTEMPTS => {
                sleep(Duration::from_millis(200 << attempt.min(5))).await;
                attempt += 1;
            }
            other => return decode(location, other?),
        }
    }
}

fn decode(location: &Location, answer: Json) -> Result<Policy, Error> {
    serde_json::from_value(location.policy_of(answer)).map_err(|e| {
        Error::new(
            format!("Unexpected policy of {}", location.path),
            format!("The answer is no policy: {e}."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_compared_by_meaning() {
        let one =
            r#"{"bindings":[{"role":"a","members":["user:X@y.z","group:g@y.z"]},{"role":"b","members":[]}]}"#;
        let other = r#"{"bindings":[{"members":["group:g@y.z"],"role":"a"},{"members":["user:x@y.z"],"role":"a"}],"etag":"e"}"#;
        assert!(same_policy(one, other));
        assert!(!same_policy(one, r#"{"bindings":[]}"#));
    }

    #[test]
    fn conditions_tell_bindings_apart() {
        let condition = Condition { title: "t".into(), expression: "e".into(), description: None };
        let mut policy = Policy::default();
        policy.set("r", None, BTreeSet::from(["user:a".into()]));
        policy.set("r", Some(&condition), BTreeSet::from(["user:b".into()]));
        assert_eq!(policy.members("r", None), BTreeSet::from(["user:a".into()]));
        policy.set("r", None, BTreeSet::new());
        assert_eq!(policy.bindings.len(), 1);
    }
}
