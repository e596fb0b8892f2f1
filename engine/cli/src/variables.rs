//! Where values of root module variables come from, in ascending order of precedence: the
//! environment, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and
//! `*.auto.tfvars.json` by name, and the command line in its order.

use crate::arguments::{VariableArg, VariableArgs};
use crate::environment::Environment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_config::{Files, load_values_file};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_evaluate::{RawVariable, VariableSource};

/// The values that were given, the one that takes precedence for each name. Files are added to
/// `sources`.
pub(crate) fn given(
    environment: &Environment,
    arguments: &VariableArgs,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, RawVariable>, Diagnostics) {
    let mut given = Given { values: BTreeMap::new(), problems: Diagnostics::new() };
    for (name, (source, value)) in environment.variable_values() {
        given.set(&name, VariableSource::Environment(source), value);
    }
    given.automatic_files(environment, Path::new(""), sources);
    for argument in &arguments.0 {
        match argument {
            VariableArg::File(path) => given.file(environment, path.clone(), false, sources),
            VariableArg::Value(text) => match text.split_once('=') {
                Some((name, value)) if !name.is_empty() && name.trim_end() == name => {
                    given.set(name, VariableSource::CommandLine, value.to_owned());
                }
                Some((name, value)) if !name.is_empty() => {
                    let value = value.trim_start();
                    given.problems.push(Diagnostic::error(
                        "Invalid -var option",
                        format!(
                            "Variable name {name:?} is invalid due to trailing space. Did you mean -var=\"{}={value}\"?",
                            name.trim_end()
                        ),
                    ));
                }
                _ => given.problems.push(Diagnostic::error(
                    "Invalid -var option",
                    format!(
                        "The given -var option {text:?} is not correctly specified. Must be a variable name and \
                         value separated by an equals sign, like -var=\"key=value\"."
                    ),
                )),
            },
        }
    }
    (given.values, given.problems)
}

/// The values in a directory of tests, for the test files in it: whatever else is given, these take precedence, as in Terraform.
pub(crate) fn given_to_tests(
    environment: &Environment,
    tests: &Path,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, RawVariable>, Diagnostics) {
    let mut given = Given { values: BTreeMap::new(), problems: Diagnostics::new() };
    given.automatic_files(environment, tests, sources);
    (given.values, given.problems)
}

/// The files in a directory that are loaded without being named.
fn automatic_files(environment: &Environment, directory: &Path) -> Vec<String> {
    let names = environment.list(&Path::new(".").join(directory)).unwrap_or_default();
    let has = |wanted: &str| names.iter().any(|n| n == wanted).then(|| wanted.to_owned());
    let automatic = names.iter().filter(|n| n.ends_with(".auto.tfvars") || n.ends_with(".auto.tfvars.json"));
    has("terraform.tfvars")
        .into_iter()
        .chain(has("terraform.tfvars.json"))
        .chain(automatic.cloned())
        .collect()
}

struct Given {
    values: BTreeMap<Arc<str>, RawVariable>,
    problems: Diagnostics,
}

impl Given {
    fn set(&mut self, name: &str, source: VariableSource, text: String) {
        self.values.insert(name.into(), RawVariable { source, value: Err(text) });
    }

    fn automatic_files(&mut self, environment: &Environment, directory: &Path, sources: &mut SourceMap) {
        for name in automatic_files(environment, directory) {
            self.file(environment, directory.join(name), true, sources);
        }
    }

    fn file(&mut self, environment: &Environment, path: PathBuf, automatic: bool, sources: &mut SourceMap) {
        let values = self.problems.take(load_values_file(environment, &path, sources));
        for (name, expr) in values {
            let source = VariableSource::File { path: path.clone(), automatic };
            self.values.insert(name, RawVariable { source, value: Ok(expr) });
        }
    }
}
