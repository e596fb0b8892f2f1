//! Whom resources that say all of a policy, or all of a role, take something away: what a plan cannot show otherwise,
//! since those who are removed are no part of the state. What may not be read stays unsaid.

use super::location::Location;
use super::policy::{self, AuditConfig, Condition, Policy, normal};
use crate::Google;
use std::collections::BTreeSet;
use terrane_sdk::{Diagnostic, Diagnostics, Object, Type, Value};

/// Those of a planned object's texts in a set that are known, and whether that is all.
fn known_texts(planned: &Value, name: &str) -> (BTreeSet<String>, bool) {
    let value = planned.attribute(name).unwrap_or(Value::NULL);
    let texts: Vec<Option<String>> =
        value.as_slice().unwrap_or_default().iter().map(|v| v.as_str().map(str::to_owned)).collect();
    let all = value.is_known() && texts.iter().all(Option::is_some);
    (texts.into_iter().flatten().collect(), all)
}

/// A planned object with a value in the place of one that may be unknown; none while more is unknown.
fn read<T: Object>(planned: &Value, name: &str, value: Value) -> Option<T> {
    T::from_value(&planned.with_attribute(name, value)).ok()
}

fn named(members: &BTreeSet<String>) -> String {
    members.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// Whom a binding takes its role, apart from those that the state has: the plan shows these.
pub(crate) async fn binding<T: Object>(
    google: &Google,
    (prior, planned): (&Value, &Value),
    about: impl Fn(&T) -> Option<(Location, String, Option<Condition>)>,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let (members, all) = known_texts(planned, "members");
    let given = Value::set(Type::String, members.iter().map(Value::string));
    let Some((location, role, condition)) = read::<T>(planned, "members", given).and_then(|t| about(&t))
    else {
        return diagnostics;
    };
    let Ok(now) = policy::read(google, &location).await else { return diagnostics };
    let (shown, _) = known_texts(prior, "members");
    let keeps: BTreeSet<String> = members.iter().chain(&shown).map(|m| normal(m)).collect();
    let lost: BTreeSet<String> =
        now.members(&role, condition.as_ref()).into_iter().filter(|m| !keeps.contains(&normal(m))).collect();
    if !lost.is_empty() {
        let under = condition.map(|c| format!(" under the condition {:?}", c.title)).unwrap_or_default();
        let unless = if all { "" } else { " unless they are among the members that are known after apply" };
        let detail = format!(
            "The binding lets {role} on {}{under} have its own members and no other. These have it today and lose it{unless}: {}.",
            location.path,
            named(&lost)
        );
        diagnostics.push(Diagnostic::warning("Members lose a role", detail).on_attribute("members"));
    }
    diagnostics
}

/// Whom a policy takes roles, and which logs it ends.
pub(crate) async fn whole<T: Object>(
    google: &Google,
    planned: &Value,
    about: impl Fn(&T) -> Option<Location>,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let text = planned.attribute("policy_data").unwrap_or(Value::NULL);
    let wanted = match text.as_str() {
        Some(text) => Policy::from_text(text).ok(),
        None => None,
    };
    let given = Value::string(text.as_str().unwrap_or("{}"));
    let Some(location) = read::<T>(planned, "policy_data", given).and_then(|t| about(&t)) else {
        return diagnostics;
    };
    let Ok(now) = policy::read(google, &location).await else { return diagnostics };
    let lost = losses(&now, wanted.as_ref().unwrap_or(&Policy::default()));
    if !lost.is_empty() {
        let unless = match wanted {
            Some(_) => "",
            None => " unless the policy, which is known after apply, has it too",
        };
        let detail = format!(
            "{} will have this policy and nothing else. What it has today and loses{unless}: {}.",
            location.path,
            lost.join("; ")
        );
        diagnostics
            .push(Diagnostic::warning("A policy takes something away", detail).on_attribute("policy_data"));
    }
    diagnostics
}

/// What the one policy has and the other has not, in words.
fn losses(now: &Policy, wanted: &Policy) -> Vec<String> {
    let mut lost = Vec::new();
    let (now, wanted) = (now.clone().sorted(), wanted.clone().sorted());
    for binding in &now.bindings {
        let keep = wanted.members(&binding.role, binding.condition.as_ref());
        let members: BTreeSet<String> = binding.members.difference(&keep).cloned().collect();
        if !members.is_empty() {
            let under =
                binding.condition.as_ref().map(|c| format!(" under {:?}", c.title)).unwrap_or_default();
            lost.push(format!("{}{under} of {}", binding.role, named(&members)));
        }
    }
    lost.extend(logs(&now.audit_configs, &wanted.audit_configs));
    lost
}

/// Which logs end.
fn logs(now: &[AuditConfig], wanted: &[AuditConfig]) -> Vec<String> {
    let has = |service: &str, kind: &str| {
        let of = wanted.iter().filter(|config| config.service == service);
        of.flat_map(|config| &config.audit_log_configs).any(|config| config.log_type == kind)
    };
    let all = now.iter().flat_map(|config| config.audit_log_configs.iter().map(move |kind| (config, kind)));
    all.filter(|(config, kind)| !has(&config.service, &kind.log_type))
        .map(|(config, kind)| format!("the {} log of {}", kind.log_type, config.service))
        .collect()
}

/// Which logs of its service a configuration ends, apart from those that the state has.
pub(crate) async fn audit(
    google: &Google,
    location: &Location,
    service: &str,
    (prior, planned): (&[AuditConfig], &[AuditConfig]),
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let Ok(now) = policy::read(google, location).await else { return diagnostics };
    let now: Vec<AuditConfig> = now.audit_configs.into_iter().filter(|c| c.service == service).collect();
    let known: Vec<AuditConfig> = prior.iter().chain(planned).cloned().collect();
    let lost = logs(&now, &known);
    if !lost.is_empty() {
        let detail = format!(
            "{} has an audit configuration of this service already, which this one takes the place of. What ends: {}.",
            location.path,
            lost.join("; ")
        );
        diagnostics.push(Diagnostic::warning("Logs end", detail).on_attribute("audit_log_config"));
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_policy_loses_is_said() {
        let read = |text: &str| Policy::from_text(text).unwrap_or_default();
        let now = read(
            r#"{"bindings":[{"role":"a","members":["user:X@y.z","group:g@y.z"]},{"role":"b","members":["user:x@y.z"]}],
               "auditConfigs":[{"service":"s","auditLogConfigs":[{"logType":"DATA_READ"}]}]}"#,
        );
        let wanted = read(r#"{"bindings":[{"role":"a","members":["user:x@y.z"]}]}"#);
        assert_eq!(losses(&now, &wanted), ["a of group:g@y.z", "b of user:x@y.z", "the DATA_READ log of s"]);
        assert!(losses(&wanted, &now).is_empty());
    }
}
