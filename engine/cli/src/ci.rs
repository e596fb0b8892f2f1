//! What a run tells the CI system that it is part of: annotations while it goes on, and files at its
//! end.

use crate::environment::Environment;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use terrane_config::Config;
use terrane_diagnostics::{Diagnostic, SourceMap};
use terrane_plan::{Counts, Plan};
use terrane_provider::Schemas;
use terrane_view::{
    CodeQuality, applied_markdown, github_annotation, plan_counts_json, plan_markdown, problems_markdown,
};

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CiSystem {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// What GitHub takes as the summary of a step is 1 MiB, and GitLab as a note a million characters.
const LIMIT: usize = 1_000_000;
/// How much of that problems may take.
const PROBLEMS: usize = 60_000;

/// A run of a CI system.
pub(crate) struct Ci {
    system: CiSystem,
    environment: Environment,
    /// The root module's directory as seen from the repository's top.
    directory: String,
    told: Mutex<Told>,
}

/// What was told so far.
#[derive(Default)]
struct Told {
    summary: String,
    problems: Vec<Diagnostic>,
    quality: CodeQuality,
    counts: Option<serde_json::Value>,
}

impl Ci {
    /// The run that the environment tells of.
    pub(crate) fn new(system: CiSystem, environment: &Environment) -> Ci {
        let top = match system {
            CiSystem::Github => environment.variable("GITHUB_WORKSPACE"),
            CiSystem::Gitlab => environment.variable("CI_PROJECT_DIR"),
        };
        let top = top.map_or_else(|| environment.original_dir().to_owned(), PathBuf::from);
        let here = environment.current_dir();
        let below = here.strip_prefix(&top).map(|path| path.display().to_string()).unwrap_or_default();
        Ci { system, environment: environment.clone(), directory: below, told: Mutex::default() }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn title(&self) -> String {
        match self.directory.as_str() {
            "" => "Terrane".to_owned(),
            directory => format!("Terrane: {directory}"),
        }
    }

    /// A problem, and what to print for it.
    pub(crate) fn problem(&self, diagnostic: &Diagnostic, sources: &SourceMap) -> Option<String> {
        let mut told = self.told();
        told.problems.push(diagnostic.clone());
        match self.system {
            CiSystem::Github => Some(github_annotation(diagnostic, sources, &self.directory)),
            CiSystem::Gitlab => {
                told.quality.add(diagnostic, sources, &self.directory);
                None
            }
        }
    }

    /// A plan.
    pub(crate) fn plan(&self, plan: &Plan, config: &Config, schemas: &Schemas) {
        let mut told = self.told();
        let room = LIMIT.saturating_sub(PROBLEMS + told.summary.len() + self.before().len());
        let markdown = plan_markdown(plan, config, schemas, &self.title(), room);
        told.summary.push_str(&markdown);
        told.counts = Some(plan_counts_json(plan));
    }

    /// What others of the same step have written into GitHub's summary already.
    fn before(&self) -> String {
        match (self.system, self.environment.variable("GITHUB_STEP_SUMMARY")) {
            (CiSystem::Github, Some(path)) => {
                String::from_utf8_lossy(&self.environment.read(Path::new(path)).unwrap_or_default())
                    .into_owned()
            }
            _ => String::new(),
        }
    }

    /// What became of a plan.
    pub(crate) fn applied(&self, counts: &Counts, complete: bool) {
        let markdown = applied_markdown(&self.title(), counts, complete);
        self.told().summary.push_str(&markdown);
    }

    /// Writes the files. What to tell when that fails; it makes no run fail.
    pub(crate) fn finish(&self) -> Result<(), String> {
        let told = self.told();
        let mut summary = told.summary.clone();
        if summary.is_empty() && !told.problems.is_empty() {
            summary = format!("## {}\n", self.title());
        }
        summary.push_str(&problems_markdown(&told.problems, PROBLEMS));
        let write = |path: &Path, text: &str| {
            self.environment.write(path, text.as_bytes()).map_err(|e| format!("{}: {e}", path.display()))
        };
        match self.system {
            CiSystem::Github => match self.environment.variable("GITHUB_STEP_SUMMARY") {
                Some(path) if !summary.is_empty() => {
                    write(Path::new(path), &format!("{}{summary}", self.before()))
                }
                _ => Ok(()),
            },
            CiSystem::Gitlab => {
                let top = self.environment.variable("CI_PROJECT_DIR").unwrap_or(".");
                let top = Path::new(top);
                write(&top.join("terrane-codequality.json"), &format!("{:#}\n", told.quality.to_json()))?;
                if let Some(counts) = &told.counts {
                    write(&top.join("terrane-plan.json"), &format!("{counts}\n"))?;
                }
                write(&top.join("terrane-plan.md"), &summary)
            }
        }
    }
}
