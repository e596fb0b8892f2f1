//! A configuration, what is expected of it, and what is said.

use crate::directory::Directory;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use terrane_config::Config;
use terrane_diagnostics::{Diagnostics, Severity};
use terrane_evaluate::{Evaluator, Inputs};
use terrane_lang::FunctionContext;
use terrane_provider::{Providers, Schemas};

/// Severity, file and line, and summary.
pub type Problem = (String, String, String);

/// One configuration.
pub struct Case {
    /// The line of the Markdown where it begins.
    pub line: usize,
    files: Vec<(String, String)>,
    /// The problems that are announced.
    pub expected: Vec<Problem>,
}

/// The configurations in a Markdown text.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case: Option<Case> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut case, line) {
            (None, "```hcl") => {
                let files = vec![("main.tf".to_owned(), String::new())];
                case = Some(Case { line: index + 1, files, expected: Vec::new() });
            }
            (None, _) => {}
            (Some(_), "```") => cases.extend(case.take()),
            (Some(case), line) => case.add(line),
        }
    }
    assert!(case.is_none(), "a block of HCL is not closed");
    cases
}

impl Case {
    fn add(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("--- ") {
            // What stands before the first name may be nothing.
            self.files.retain(|(_, text)| !text.is_empty());
            self.files.push((name.to_owned(), String::new()));
            return;
        }
        let (name, text) = self.files.last_mut().unwrap();
        let number = text.lines().count() + 1;
        let mut code = line;
        while let Some((before, comment)) = code.rsplit_once(" # ") {
            let Some((severity, summary)) = comment.split_once(": ") else { break };
            let (severity, place) = match severity.strip_suffix(" nowhere") {
                Some(severity) => (severity, String::new()),
                None => (severity, format!("{name}:{number}")),
            };
            if severity != "error" && severity != "warning" {
                break;
            }
            self.expected.push((severity.to_owned(), place, summary.to_owned()));
            code = before;
        }
        // JSON has no comments.
        text.push_str(if name.ends_with(".json") { code } else { line });
        text.push('\n');
    }

    /// The same configuration with the text of each file changed.
    pub fn changed(&self, mut change: impl FnMut(&str) -> String) -> Case {
        let files = self.files.iter().map(|(name, text)| (name.clone(), change(text))).collect();
        Case { line: self.line, files, expected: Vec::new() }
    }

    /// All files with their names.
    pub fn text(&self) -> String {
        self.files.iter().map(|(name, text)| format!("--- {name}\n{text}\n")).collect()
    }

    /// What is said when the configuration is validated.
    pub fn problems(&self) -> Vec<Problem> {
        let directory = Directory::new(&self.files);
        let (mut config, mut diagnostics) = terrane_config::load(&directory, Path::new("."));
        let tests = Path::new("tests");
        diagnostics
            .append(terrane_config::load_tests(&directory, Path::new("."), tests, &mut config.sources).1);
        if !diagnostics.has_errors() {
            diagnostics.append(terrane_config::check_validity(&config));
        }
        if !diagnostics.has_errors() {
            diagnostics.append(values(&config, directory.path()));
        }
        let place = |d: &terrane_diagnostics::Diagnostic| {
            let (span, file) = d.subject.and_then(|s| Some((s, config.sources.get(s.file)?)))?;
            Some(format!("{}:{}", file.name, file.position(span.start).line))
        };
        let severity = |severity| if severity == Severity::Error { "error" } else { "warning" };
        diagnostics
            .iter()
            .map(|d| (severity(d.severity).to_owned(), place(d).unwrap_or_default(), d.summary.clone()))
            .collect()
    }
}

/// Knows the arguments of backends, and reads no states.
struct NoStates;

#[async_trait::async_trait]
impl terrane_provider_builtin::StateReader for NoStates {
    fn check(
        &self,
        backend: &str,
        config: &serde_json::Map<String, serde_json::Value>,
        unknown: &[String],
    ) -> Result<(), (&'static str, String)> {
        terrane_backend::convert_arguments(backend, config, unknown).map(drop).map_err(|error| match error {
            terrane_backend::ArgumentsError::Kind(why) => ("backend", why),
            terrane_backend::ArgumentsError::Argument(why) => ("config", why),
        })
    }

    async fn read(
        &self,
        _: &str,
        _: serde_json::Map<String, serde_json::Value>,
        _: &str,
    ) -> Result<Option<String>, String> {
        Ok(None)
    }
}

fn values(config: &Config, directory: &Path) -> Diagnostics {
    let mut providers = Providers::default();
    providers.insert(
        terrane_provider_builtin::ADDRESS,
        Arc::new(terrane_provider_builtin::Builtin::new(Arc::new(NoStates))),
    );
    let mut schemas = Schemas::default();
    for address in providers.addresses() {
        schemas.insert(address, providers.get(&address).unwrap().schema());
    }
    let evaluator = Evaluator::new(Inputs {
        config,
        schemas: &schemas,
        variables: BTreeMap::new(),
        workspace: "default".to_owned(),
        working_dir: directory.display().to_string(),
        functions: FunctionContext {
            base_dir: directory.to_owned(),
            impure_unknown: true,
            ..FunctionContext::default()
        },
        validating: true,
    });
    terrane_plan::validate(&evaluator, &providers)
}
