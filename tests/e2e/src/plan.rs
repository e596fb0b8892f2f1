//! Plans in JSON, made comparable.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A plan without what differs from run to run and from program to program: the time, the
/// program's version, random ids (numbered by first appearance, so that equal ids stay equal),
/// and the order of lists whose order means nothing.
pub fn normalise_plan(plan: &Value) -> Value {
    let mut plan = Ids::default().replace(plan);
    if let Value::Object(plan) = &mut plan {
        plan.remove("timestamp");
        plan.remove("terraform_version");
        if let Some(Value::Object(prior)) = plan.get_mut("prior_state") {
            prior.remove("terraform_version");
        }
        if let Some(Value::Array(relevant)) = plan.get_mut("relevant_attributes") {
            relevant.sort_by_key(Value::to_string);
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
