//! The results of conditions, of resources, outputs, variables and `check` blocks.

use crate::{ChangeKind, CheckResult, CheckStatus};
use std::collections::{BTreeMap, HashMap, HashSet};
use terrane_address::{ConfigResource, ModuleInstance, ModulePath, ResourceInstance};
use terrane_config::{Check, Config, Module};
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::{Checkable, ConditionStatus, Evaluator, Stop};

/// Instances of which it is known already that their conditions do not hold: what is said of each.
/// Data sources in `check` blocks that could not be read are among them.
pub type KnownFailures = HashMap<ResourceInstance, Vec<String>>;

/// The `check` block that a data source stands in.
pub fn check_around<'c>(config: &'c Config, data: &ConfigResource) -> Option<&'c Check> {
    let module = config.module(&data.module)?;
    module.checks.values().find(|check| check.data.as_ref() == Some(&data.resource))
}

/// How all conditions of the configuration turn out with what is known. Asserts of `check` blocks
/// that do not hold are warnings; other conditions are reported where they are used. Where only a
/// part is planned, nothing is known of what has no instance in `part`, and of `check` blocks.
pub fn check_results(
    ev: &Evaluator<'_>,
    part: Option<&HashSet<ConfigResource>>,
    failures: &KnownFailures,
    problems: &mut Diagnostics,
) -> Vec<CheckResult> {
    let mut results = unknown_results(ev.inputs().config);
    let (modules, unexpanded) = ev.module_instances();
    for result in results.values_mut() {
        // Without instances there is nothing that could fail.
        let certain = unexpanded.is_empty() && part.is_none();
        result.status = if certain { CheckStatus::Pass } else { CheckStatus::Unknown };
    }
    let mut log = Log { ev, part, results, failures };
    for module in modules {
        if let Some(config) = ev.inputs().config.module(&module.path()) {
            log.module(&module, config, problems);
        }
    }
    log.results.into_values().collect()
}

/// The same when nothing is evaluated: nobody knows.
pub fn unknown_checks(config: &Config) -> Vec<CheckResult> {
    unknown_results(config).into_values().collect()
}

fn unknown_results(config: &Config) -> BTreeMap<String, CheckResult> {
    let mut results = BTreeMap::new();
    let mut add = |kind, address: String| {
        let status = CheckStatus::Unknown;
        results.insert(address.clone(), CheckResult { kind, address, status, instances: Vec::new() });
    };
    for (path, module) in &config.modules {
        for (resource, block) in &module.resources {
            let lifecycle = &block.lifecycle;
            if !lifecycle.preconditions.is_empty() || !lifecycle.postconditions.is_empty() {
                let resource = ConfigResource { module: path.clone(), resource: resource.clone() };
                add(ChangeKind::Resource, resource.to_string());
            }
        }
        for output in module.outputs.values().filter(|o| !o.preconditions.is_empty()) {
            add(ChangeKind::OutputValue, named(path, "output", &output.name));
        }
        for name in module.checks.keys() {
            add(ChangeKind::Check, named(path, "check", name));
        }
        for variable in module.variables.values().filter(|v| !v.validations.is_empty()) {
            add(ChangeKind::Var, named(path, "var", &variable.name));
        }
    }
    results
}

fn named(path: &ModulePath, kind: &str, name: &str) -> String {
    let dot = if path.is_root() { "" } else { "." };
    format!("{path}{dot}{kind}.{name}")
}

fn named_in(module: &ModuleInstance, kind: &str, name: &str) -> String {
    let dot = if module.is_root() { "" } else { "." };
    format!("{module}{dot}{kind}.{name}")
}

struct Log<'e, 'c> {
    ev: &'e Evaluator<'c>,
    part: Option<&'e HashSet<ConfigResource>>,
    results: BTreeMap<String, CheckResult>,
    failures: &'e KnownFailures,
}

impl Log<'_, '_> {
    fn module(&mut self, module: &ModuleInstance, config: &Module, problems: &mut Diagnostics) {
        let path = module.path();
        for (resource, block) in &config.resources {
            let config_address = ConfigResource { module: path.clone(), resource: resource.clone() };
            let of = config_address.to_string();
            let left_out = self.part.is_some_and(|part| !part.contains(&config_address));
            if left_out || !self.results.contains_key(&of) {
                continue;
            }
            if self.part.is_some()
                && let Some(result) = self.results.get_mut(&of)
            {
                result.status = CheckStatus::Pass;
            }
            let address =
                terrane_address::ResourceAddress { module: module.clone(), resource: resource.clone() };
            let Ok(instances) = self.ev.instances_of(&address) else {
                self.worsen(&of, CheckStatus::Unknown);
                continue;
            };
            for instance in instances {
                if let Some(messages) = self.failures.get(&instance) {
                    self.add(&of, instance.to_string(), CheckStatus::Fail, messages.clone());
                    continue;
                }
                let (status, messages) = self.evaluate(&Checkable::Resource(instance.clone()));
                let untouched = self.ev.result(&instance).is_none() && status == CheckStatus::Unknown;
                if untouched && !block.lifecycle.postconditions.is_empty() {
                    // Left out of this plan, or behind something that failed.
                    self.worsen(&of, CheckStatus::Unknown);
                    continue;
                }
                self.add(&of, instance.to_string(), status, messages);
            }
        }
        if self.part.is_some() {
            return;
        }
        for name in config.outputs.keys() {
            let checkable = Checkable::Output(module.clone(), name.clone());
            self.simple(&named(&path, "output", name), named_in(module, "output", name), &checkable);
        }
        for name in config.variables.keys() {
            let checkable = Checkable::Variable(module.clone(), name.clone());
            self.simple(&named(&path, "var", name), named_in(module, "var", name), &checkable);
        }
        for (name, check) in &config.checks {
            let (of, own) = (named(&path, "check", name), named_in(module, "check", name));
            if let Some(messages) = self.failed_read(module, check) {
                self.add(&of, own, CheckStatus::Fail, messages);
                continue;
            }
            if let Ok((_, found)) = self.ev.check_block(module, name) {
                problems.append(found);
            }
            self.simple(&of, own, &Checkable::Check(module.clone(), name.clone()));
        }
    }

    fn failed_read(&self, module: &ModuleInstance, check: &Check) -> Option<Vec<String>> {
        let data = check.data.as_ref()?;
        let failed = self.failures.iter();
        failed.into_iter().find(|(a, _)| a.module == *module && a.resource == *data).map(|(_, m)| m.clone())
    }

    fn simple(&mut self, of: &str, own: String, checkable: &Checkable) {
        if self.results.contains_key(of) {
            let (status, messages) = self.evaluate(checkable);
            self.add(of, own, status, messages);
        }
    }

    fn evaluate(&self, checkable: &Checkable) -> (CheckStatus, Vec<String>) {
        match self.ev.conditions(checkable) {
            Ok(conditions) => {
                let messages = conditions.iter().filter_map(|c| c.message.clone()).collect();
                (summary(conditions.iter().map(|c| c.status)), messages)
            }
            Err(Stop::Blocked(_)) => (CheckStatus::Unknown, Vec::new()),
            // What is wrong with it is reported by whoever needs it.
            Err(Stop::Failed(_)) => (CheckStatus::Error, Vec::new()),
        }
    }

    fn add(&mut self, of: &str, own: String, status: CheckStatus, messages: Vec<String>) {
        self.worsen(of, status);
        if let Some(result) = self.results.get_mut(of) {
            result.instances.push((own, status, messages));
        }
    }

    fn worsen(&mut self, of: &str, status: CheckStatus) {
        if let Some(result) = self.results.get_mut(of) {
            result.status = worse(result.status, status);
        }
    }
}

fn summary(conditions: impl Iterator<Item = ConditionStatus>) -> CheckStatus {
    conditions.fold(CheckStatus::Pass, |worst, condition| {
        worse(
            worst,
            match condition {
                ConditionStatus::Pass => CheckStatus::Pass,
                ConditionStatus::Fail => CheckStatus::Fail,
                ConditionStatus::Unknown => CheckStatus::Unknown,
            },
        )
    })
}

fn worse(a: CheckStatus, b: CheckStatus) -> CheckStatus {
    let rank = |s| match s {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}

/// Results in the form of a state's `check_results`.
pub fn stored_checks(results: &[CheckResult]) -> serde_json::Value {
    let word = |status| match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    };
    if results.is_empty() {
        return serde_json::Value::Null;
    }
    let entries = results.iter().map(|check| {
        let objects = check.instances.iter().map(|(address, status, messages)| {
            let mut object = serde_json::json!({ "object_addr": address, "status": word(*status) });
            if !messages.is_empty() {
                object["failure_messages"] = messages.clone().into();
            }
            object
        });
        let objects: Vec<_> = objects.collect();
        serde_json::json!({
            "object_kind": match check.kind {
                ChangeKind::Resource => "resource",
                ChangeKind::OutputValue => "output",
                ChangeKind::Check => "check",
                ChangeKind::Var => "var",
            },
            "config_addr": check.address,
            "status": word(check.status),
            "objects": if objects.is_empty() { serde_json::Value::Null } else { objects.into() },
        })
    });
    entries.collect()
}

/// What is said of a check whose data source could not be read.
pub fn read_failure(problems: &Diagnostics) -> String {
    let first = problems.iter().find(|d| d.is_error());
    first.map_or_else(String::new, |d| match d.detail.as_str() {
        "" => d.summary.to_string(),
        detail => format!("{}: {detail}", d.summary),
    })
}
