//! Labels: `labels` of an object are those of its configuration, `terraform_labels` these and the
//! provider's default labels, `effective_labels` all that the object has.

use crate::configuration::Configuration;
use std::collections::BTreeMap;
use terrane_sdk::{Type, Value};

/// Labels by their keys.
pub(crate) type Labels = BTreeMap<String, String>;

/// What Google provider labels whatever it makes with, unless it is told not to.
const ATTRIBUTION: (&str, &str) = ("goog-terraform-provisioned", "true");

/// The rules of a provider configuration for labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelPolicy {
    defaults: Labels,
    attributes: bool,
    /// Whether objects that exist get the attribution label too.
    proactive: bool,
}

impl LabelPolicy {
    pub(crate) fn new(configuration: &Configuration) -> LabelPolicy {
        LabelPolicy {
            defaults: configuration.default_labels.clone(),
            attributes: configuration.add_terraform_attribution_label != Some(false),
            proactive: configuration.terraform_attribution_label_addition_strategy.as_deref()
                == Some("PROACTIVE"),
        }
    }

    /// The labels of the provider configuration.
    pub(crate) fn defaults(&self) -> &Labels {
        &self.defaults
    }

    /// Of the labels that an object has, those that it would not have by the provider configuration alone.
    pub(crate) fn not_given(&self, effective: &Value) -> Value {
        let given = |key: &str, value: &Value| {
            let default = self.defaults.get(key).map(String::as_str);
            let own = (self.attributes && key == ATTRIBUTION.0).then_some(ATTRIBUTION.1);
            value.as_str().is_some_and(|text| default == Some(text) || own == Some(text))
        };
        let others = effective.as_map().into_iter().flatten().filter(|(key, value)| !given(key, value));
        Value::map(Type::String, others.map(|(k, v)| (&**k, v.clone())))
    }

    /// What an object with `labels` in its configuration is to have by the configuration, which may
    /// be unknown in part. `prior` is what the configuration gave it before; null when it is new.
    pub(crate) fn planned(&self, labels: &Value, prior: &Value) -> Value {
        if !labels.is_known() {
            return Value::unknown(Type::map(Type::String));
        }
        let mut all: BTreeMap<String, Value> =
            self.defaults.iter().map(|(k, v)| (k.clone(), Value::string(v))).collect();
        let had = |key: &str| prior.as_map().is_some_and(|m| m.iter().any(|(k, _)| **k == *key));
        if self.attributes && (prior.is_null() || self.proactive || had(ATTRIBUTION.0)) {
            all.insert(ATTRIBUTION.0.into(), Value::string(ATTRIBUTION.1));
        }
        for (key, value) in labels.as_map().into_iter().flatten() {
            all.insert(key.to_string(), value.clone());
        }
        Value::map(Type::String, all.iter().map(|(k, v)| (k.as_str(), v.clone())))
    }
}

/// Of the labels that an object has, those that `known` mentions.
pub(crate) fn mentioned(effective: &Value, known: &Value) -> Value {
    let mentions = |key: &str| known.as_map().is_some_and(|m| m.iter().any(|(k, _)| **k == *key));
    let kept = effective.as_map().into_iter().flatten().filter(|(key, _)| mentions(key));
    Value::map(Type::String, kept.map(|(k, v)| (&**k, v.clone())))
}

/// Labels that came with the API, under its own prefix, stay when the configuration lacks them.
pub(crate) fn effective(planned: &Value, prior: &Value, managed_before: &Value) -> Value {
    if !planned.is_known() {
        return Value::unknown(Type::map(Type::String));
    }
    let was_managed = |key: &str| managed_before.as_map().is_some_and(|m| m.iter().any(|(k, _)| **k == *key));
    let foreign = prior.as_map().into_iter().flatten().filter(|(key, _)| !was_managed(key));
    let mut all: BTreeMap<String, Value> = foreign.map(|(k, v)| (k.to_string(), v.clone())).collect();
    all.extend(planned.as_map().into_iter().flatten().map(|(k, v)| (k.to_string(), v.clone())));
    Value::map(Type::String, all.iter().map(|(k, v)| (k.as_str(), v.clone())))
}
