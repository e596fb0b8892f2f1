//! Lines for programs, in the form of Terraform's `test -json`.

use super::summary_text;
use crate::json::{JsonOptions, plan_json, providers_schema_json, state_json};
use crate::progress::JsonLines;
use serde_json::{Map, Value as Json, json};
use terrane_testing::{CleanUp, Outcome, RunReport, TestEvent, TestStatus};

impl JsonLines {
    /// Writes what happened in a test. `verbose` says whether plans and states are written too.
    pub fn test_event(&self, event: &TestEvent<'_>, verbose: bool) {
        match event {
            TestEvent::Found(found) => {
                let runs: usize = found.iter().map(|(_, runs)| runs.len()).sum();
                let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
                let text = format!("Found {} and {}", count(found.len(), "file"), count(runs, "run block"));
                let list = found.iter().map(|(file, runs)| {
                    (file.clone(), runs.iter().map(|run| Json::from(&**run)).collect::<Json>())
                });
                let list = Json::Object(list.collect::<Map<_, _>>());
                self.test_line("info", &text, "test_abstract", list, None, None);
            }
            TestEvent::FileStarted { file } => {
                self.file_line(file, "in progress", json!({ "path": file, "progress": "starting" }));
            }
            TestEvent::RunStarted { file, run } => self.run_line(
                file,
                run,
                "in progress",
                json!({ "path": file, "run": run, "progress": "starting", "elapsed": 0 }),
            ),
            TestEvent::RunDone { file, run } => self.run_done(file, run, verbose),
            TestEvent::TearDown { file } => {
                self.file_line(file, "tearing down", json!({ "path": file, "progress": "teardown" }));
            }
            TestEvent::RunTearDown { file, run } => self.run_line(
                file,
                run,
                "tearing down",
                json!({ "path": file, "run": run, "progress": "teardown", "elapsed": 0 }),
            ),
            TestEvent::CleanedUp { file, report } => self.cleaned_up(file, report),
            TestEvent::FileDone { file, status } => {
                let more = json!({ "path": file, "progress": "complete", "status": status.as_str() });
                self.file_line(file, shown(*status), more);
            }
            TestEvent::FileProblems { file, diagnostics, sources } => {
                for problem in *diagnostics {
                    self.test_diagnostic(problem, sources, file, None);
                }
            }
            TestEvent::Interrupted => {
                self.test_line("error", "Interrupted", "test_interrupt", json!({}), None, None);
            }
            TestEvent::Summary(summary) => {
                let counts = json!({
                    "status": summary.status.as_str(),
                    "passed": summary.passed,
                    "failed": summary.failed,
                    "errored": summary.errored,
                    "skipped": summary.skipped,
                });
                self.test_line("info", &summary_text(summary), "test_summary", counts, None, None);
            }
        }
    }

    fn file_line(&self, file: &str, word: &str, more: Json) {
        self.test_line("info", &format!("{file}... {word}"), "test_file", more, Some(file), None);
    }

    fn run_line(&self, file: &str, run: &str, word: &str, more: Json) {
        self.test_line("info", &format!("  {run:?}... {word}"), "test_run", more, Some(file), Some(run));
    }

    fn run_done(&self, file: &str, run: &RunReport, verbose: bool) {
        let status = run.status.as_str();
        self.run_line(
            file,
            &run.name,
            shown(run.status),
            json!({ "path": file, "run": &*run.name, "progress": "complete", "status": status }),
        );
        if let Some(outcome) = run.outcome.as_ref().filter(|_| verbose) {
            self.outcome(file, &run.name, outcome);
        }
        for problem in &run.diagnostics {
            self.test_diagnostic(problem, &run.sources, file, Some(&run.name));
        }
    }

    fn outcome(&self, file: &str, run: &str, outcome: &Outcome) {
        let options = JsonOptions::default();
        let schemas = providers_schema_json(&outcome.schemas);
        let line = |what: &str, kind: &str, mut document: Json, version: &str| {
            let Some(document) = document.as_object_mut() else { return };
            let format = document.remove("format_version").unwrap_or(Json::Null);
            let mut all = Map::new();
            all.insert(version.to_owned(), format);
            let values = document.remove("values");
            all.append(document);
            if let Some(Json::Object(mut values)) = values {
                all.append(&mut values);
            }
            all.insert("provider_format_version".into(), schemas["format_version"].clone());
            all.insert("provider_schemas".into(), schemas["provider_schemas"].clone());
            let text = format!("-verbose flag enabled, printing {what}");
            self.test_line("info", &text, kind, Json::Object(all), Some(file), Some(run));
        };
        if let Some(plan) = &outcome.plan {
            let mut document = plan_json(plan, &outcome.config, &outcome.schemas, &options);
            let wanted = [
                "format_version",
                "output_changes",
                "resource_changes",
                "resource_drift",
                "relevant_attributes",
            ];
            if let Some(members) = document.as_object_mut() {
                members.retain(|name, _| wanted.contains(&name.as_str()));
            }
            line("plan", "test_plan", document, "plan_format_version");
        }
        if let Some(state) = &outcome.state {
            let mut document = state_json(state, &outcome.schemas, &options);
            if let Some(members) = document.as_object_mut() {
                members.remove("terraform_version");
            }
            line("state", "test_state", document, "state_format_version");
        }
    }

    fn cleaned_up(&self, file: &str, report: &CleanUp) {
        if !report.left.is_empty() {
            let left = report.left.iter().map(|(address, deposed)| match deposed {
                Some(key) => json!({ "instance": address, "deposed_key": &**key }),
                None => json!({ "instance": address }),
            });
            let text = format!(
                "Terrane left some resources after {file}/{}, they need to be cleaned up by hand.",
                report.run
            );
            let left = json!({ "failed_resources": left.collect::<Json>() });
            self.test_line("error", &text, "test_cleanup", left, Some(file), Some(&report.run));
        }
        for problem in &report.diagnostics {
            self.test_diagnostic(problem, &report.sources, file, Some(&report.run));
        }
    }
}

/// The word for a status in messages.
fn shown(status: TestStatus) -> &'static str {
    match status {
        TestStatus::Error => "fail",
        other => other.as_str(),
    }
}
