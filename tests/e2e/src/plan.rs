//! Plans in JSON, made comparable.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A plan without what differs from run to run and from program to program:
///
/// - the time, the program's version, random ids (numbered by first appearance, so that equal ids
///   stay equal), the order of lists whose order means nothing;
/// - the dependencies of stored objects: Terraform stores indirect ones as well;
/// - which attributes inside of modules a change was made from: Terraform names the same one
///   several times, with and without the key of the module's instance.
pub fn normalise_plan(plan: &Value) -> Value {
    let mut plan = Ids::default().replace(plan);
    if let Value::Object(plan) = &mut plan {
        plan.remove("timestamp");
        plan.remove("terraform_version");
        if let Some(Value::Object(prior)) = plan.get_mut("prior_state") {
            prior.remove("terraform_version");
            let resources =
                prior.get_mut("values").and_then(|values| values.pointer_mut("/root_module/resources"));
            for resource in resources.and_then(Value::as_array_mut).into_iter().flatten() {
                resource.as_object_mut().map(|resource| resource.remove("depends_on"));
            }
        }
        if let Some(Value::Array(relevant)) = plan.get_mut("relevant_attributes") {
            relevant.retain(|attribute| {
                !attribute["resource"].as_str().is_some_and(|address| address.starts_with("module."))
            });
            relevant.sort_by_key(Value::to_string);
            if relevant.is_empty() {
                plan.remove("relevant_attributes");
            }
        }
    }
    plan
}

#[derive(Default)]
struct Ids {
    seen: BTreeMap<String, usize>,
}

impl Ids {
    /// A copy with sorted keys and numbered ids.
    fn replace(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) if is_uuid(text) => {
                let next = self.seen.len() + 1;
                let number = self.seen.entry(text.clone()).or_insert(next);
                Value::String(format!("<id {number}>"))
            }
            Value::Array(items) => items.iter().map(|item| self.replace(item)).collect(),
            Value::Object(fields) => {
                let sorted: BTreeMap<_, _> = fields.iter().collect();
                let fields = sorted.into_iter().map(|(name, value)| (name.clone(), self.replace(value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
