//! Failures that a run expects: which of its problems they are, and which did not come.
//!
//! A problem is one of a condition when it points at that condition.

use std::collections::{BTreeMap, BTreeSet};
use terrane_address::{InstanceKey, ModuleInstance, ModulePath, ResourceInstance};
use terrane_config::{CheckRule, Config, ExpectedFailure, TestRun};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics, Severity, Span};

/// The conditions of the module that is run.
pub(crate) struct Conditions {
    /// By the place of the condition.
    owners: BTreeMap<Span, ExpectedFailure>,
    /// Those of `check` blocks of all modules, and the data sources in them.
    checks: BTreeSet<Span>,
}

impl Conditions {
    pub(crate) fn of(config: &Config) -> Conditions {
        let mut found = Conditions { owners: BTreeMap::new(), checks: BTreeSet::new() };
        for (path, module) in &config.modules {
            for check in module.checks.values() {
                found.checks.extend(check.asserts.iter().map(|rule| rule.condition.span));
                let data = check.data.as_ref().and_then(|data| module.resources.get(data));
                found.checks.extend(data.map(|block| block.span));
                if path.is_root() {
                    found.add(&check.asserts, &ExpectedFailure::Check(check.name.clone()));
                    if let Some(block) = data {
                        found.owners.insert(block.span, ExpectedFailure::Check(check.name.clone()));
                    }
                }
            }
        }
        let Some(root) = config.module(&ModulePath::root()) else { return found };
        for variable in root.variables.values() {
            found.add(&variable.validations, &ExpectedFailure::Variable(variable.name.clone()));
        }
        for output in root.outputs.values() {
            found.add(&output.preconditions, &ExpectedFailure::Output(output.name.clone()));
        }
        for (resource, block) in &root.resources {
            let address = ResourceInstance {
                module: ModuleInstance::root(),
                resource: resource.clone(),
                key: InstanceKey::None,
            };
            let rules = block.lifecycle.preconditions.iter().chain(&block.lifecycle.postconditions);
            for rule in rules {
                found.add(std::slice::from_ref(rule), &ExpectedFailure::Resource(address.clone()));
            }
        }
        found
    }

    fn add(&mut self, rules: &[CheckRule], owner: &ExpectedFailure) {
        self.owners.extend(rules.iter().map(|rule| (rule.condition.span, owner.clone())));
    }

    /// What is wrong with what a run expects to fail: it must be there, and be able to.
    pub(crate) fn unknown(&self, run: &TestRun, config: &Config) -> Diagnostics {
        let mut problems = Diagnostics::new();
        let Some(root) = config.module(&ModulePath::root()) else { return problems };
        for (expected, span) in &run.expect_failures {
            let declared = match expected {
                ExpectedFailure::Variable(name) => root.variables.contains_key(name),
                ExpectedFailure::Output(name) => root.outputs.contains_key(name),
                ExpectedFailure::Check(name) => root.checks.contains_key(name),
                ExpectedFailure::Resource(address) => root.resources.contains_key(&address.resource),
            };
            if !declared {
                let detail = format!(
                    "{expected} is expected to fail, and the module that is run does not declare it."
                );
                problems.push(Diagnostic::error("Invalid \"expect_failures\" reference", detail).at(*span));
            }
        }
        problems
    }

    /// Whether a problem is that an assertion of a `check` block does not hold.
    pub(crate) fn is_of_check(&self, problem: &Diagnostic) -> bool {
        problem.subject.is_some_and(|span| self.checks.contains(&span))
    }

    /// Which of what a run expects a problem is.
    fn expected_by(&self, run: &TestRun, problem: &Diagnostic) -> Option<usize> {
        let owner = self.owners.get(&problem.subject?)?;
        run.expect_failures.iter().position(|(expected, _)| match (expected, owner) {
            (ExpectedFailure::Resource(expected), ExpectedFailure::Resource(owner)) => {
                let one = || {
                    problem.about.iter().any(|(kind, address)| {
                        *kind == Context::Address && **address == *expected.to_string()
                    })
                };
                expected.resource == owner.resource && (expected.key == InstanceKey::None || one())
            }
            _ => expected == owner,
        })
    }

    /// Takes out the problems that `run` expects, and says which came. Asserts of checks that fail
    /// unexpectedly become errors.
    pub(crate) fn take_expected(
        &self,
        run: &TestRun,
        problems: Diagnostics,
    ) -> (Diagnostics, BTreeSet<usize>, Diagnostics) {
        let (mut left, mut came, mut taken) = (Diagnostics::new(), BTreeSet::new(), Diagnostics::new());
        for problem in problems {
            if let Some(index) = self.expected_by(run, &problem) {
                came.insert(index);
                taken.push(problem);
            } else if self.is_of_check(&problem) {
                left.push(Diagnostic { severity: Severity::Error, ..problem });
            } else {
                left.push(problem);
            }
        }
        (left, came, taken)
    }
}

/// What is said of expected failures that did not come.
pub(crate) fn missing(run: &TestRun, came: &BTreeSet<usize>) -> Diagnostics {
    let missing = run.expect_failures.iter().enumerate().filter(|(index, _)| !came.contains(index));
    missing
        .map(|(_, (expected, span))| {
            let detail =
                format!("The checkable object, {expected}, was expected to report an error but did not.");
            Diagnostic::error("Missing expected failure", detail).at(*span)
        })
        .collect()
}
