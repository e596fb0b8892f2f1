//! The plan file: a plan and the configuration it was made from, so that what was approved is
//! exactly what is applied.
//!
//! One JSON document. It holds values in clear text, sensitive ones too, as the state does; it
//! must be kept like the state.

mod encoding;

use crate::{CheckResult, DeferredPart, OutputChange, Plan, PlanMode, ResourceChange};
use encoding::{ChangeForm, CheckForm, OutputForm, ValueForm};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_value::{is_too_nested, nested_json};

/// A plan with everything that applying it needs.
#[derive(Clone, Debug)]
pub struct PlanFile {
    /// The plan.
    pub plan: Plan,
    /// The configuration's files by path, relative to the root module's directory.
    pub files: BTreeMap<String, String>,
    /// The workspace.
    pub workspace: String,
}

/// Why a file is not a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFileError(pub String);

impl std::fmt::Display for PlanFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PlanFileError {}

const FORMAT: u64 = 2;

/// What a plan is whose file does not say.
fn refreshed() -> bool {
    true
}

#[derive(Serialize, Deserialize)]
struct Document {
    terrane_plan_file: u64,
    written_by: String,
    workspace: String,
    timestamp: String,
    mode: PlanMode,
    errored: bool,
    #[serde(default)]
    partial: bool,
    #[serde(default = "refreshed")]
    refreshed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deferred: Vec<DeferredPart>,
    variables: BTreeMap<String, ValueForm>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    given: BTreeMap<String, ValueForm>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    apply_variables: BTreeSet<String>,
    files: BTreeMap<String, String>,
    changes: Vec<ChangeForm>,
    drift: Vec<ChangeForm>,
    outputs: BTreeMap<String, OutputForm>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    module_outputs: BTreeMap<String, BTreeSet<String>>,
    checks: Vec<CheckForm>,
    base_state: String,
    moves: Vec<(String, String)>,
    prior_state: String,
}

impl PlanFile {
    /// The text of the file.
    pub fn to_text(&self) -> Result<String, PlanFileError> {
        let plan = &self.plan;
        let state = |s| terrane_state::to_json(s).map_err(|e| PlanFileError(e.to_string()));
        let changes = |list: &[Arc<ResourceChange>]| {
            list.iter().map(|c| ChangeForm::new(c)).collect::<Result<Vec<_>, PlanFileError>>()
        };
        let document = Document {
            terrane_plan_file: FORMAT,
            written_by: env!("CARGO_PKG_VERSION").to_owned(),
            workspace: self.workspace.clone(),
            timestamp: plan.timestamp.clone(),
            mode: plan.mode,
            errored: plan.errored,
            partial: plan.partial,
            refreshed: plan.refreshed,
            deferred: plan.deferred.clone(),
            variables: (plan.variables.iter())
                .map(|(name, value)| Ok((name.to_string(), ValueForm::new(value)?)))
                .collect::<Result<_, PlanFileError>>()?,
            given: (plan.given.iter())
                .map(|(name, value)| Ok((name.to_string(), ValueForm::new(value)?)))
                .collect::<Result<_, PlanFileError>>()?,
            apply_variables: plan.apply_variables.iter().map(ToString::to_string).collect(),
            files: self.files.clone(),
            changes: changes(&plan.changes)?,
            drift: changes(&plan.drift)?,
            outputs: (plan.outputs.iter())
                .map(|(name, change)| Ok((name.to_string(), OutputForm::new(change)?)))
                .collect::<Result<_, PlanFileError>>()?,
            module_outputs: (plan.module_outputs.iter())
                .map(|(module, names)| (module.to_string(), names.iter().map(ToString::to_string).collect()))
                .collect(),
            checks: plan.checks.iter().map(CheckForm::new).collect(),
            base_state: state(&plan.base_state)?,
            moves: plan.moves.iter().map(|(old, new)| (old.to_string(), new.to_string())).collect(),
            prior_state: state(&plan.prior_state)?,
        };
        serde_json::to_string(&document).map_err(|e| PlanFileError(e.to_string()))
    }

    /// Reads the text of a plan file.
    pub fn from_text(text: &str) -> Result<PlanFile, PlanFileError> {
        #[derive(Deserialize)]
        struct Head {
            terrane_plan_file: Option<u64>,
        }
        let head: Head = serde_json::from_str(text)
            .map_err(|_| PlanFileError("This is not a plan file that Terrane wrote.".into()))?;
        match head.terrane_plan_file {
            Some(FORMAT) => {}
            Some(other) => {
                return Err(PlanFileError(format!(
                    "The plan file has format {other}, and this version of Terrane reads format {FORMAT}. Make the \
                     plan again."
                )));
            }
            None => return Err(PlanFileError("This is not a plan file that Terrane wrote.".into())),
        }
        let damaged = |e: &dyn std::fmt::Display| PlanFileError(format!("The plan file is damaged: {e}."));
        let document: Document = match serde_json::from_str(text) {
            Err(e) if is_too_nested(&e) => {
                let json = nested_json(text).map_err(|e| damaged(&e))?;
                serde_json::from_value(json).map_err(|e| damaged(&e))?
            }
            document => document.map_err(|e| damaged(&e))?,
        };
        let state = |text: &str| terrane_state::from_json(text).map_err(|e| damaged(&e));
        let changes = |forms: Vec<ChangeForm>| -> Result<Vec<Arc<ResourceChange>>, PlanFileError> {
            forms.into_iter().map(|form| form.read().map(Arc::new)).collect()
        };
        let plan = Plan {
            mode: document.mode,
            variables: (document.variables.into_iter())
                .map(|(name, value)| Ok((name.into(), value.read()?)))
                .collect::<Result<_, PlanFileError>>()?,
            given: (document.given.into_iter())
                .map(|(name, value)| Ok((name.into(), value.read()?)))
                .collect::<Result<_, PlanFileError>>()?,
            apply_variables: document.apply_variables.into_iter().map(Arc::from).collect(),
            changes: changes(document.changes)?,
            drift: changes(document.drift)?,
            outputs: (document.outputs.into_iter())
                .map(|(name, form)| Ok((name.into(), form.read()?)))
                .collect::<Result<BTreeMap<Arc<str>, OutputChange>, PlanFileError>>()?,
            module_outputs: (document.module_outputs.into_iter())
                .map(|(module, names)| {
                    let module = module.parse().map_err(|e| damaged(&e))?;
                    Ok((module, names.into_iter().map(Arc::from).collect()))
                })
                .collect::<Result<_, PlanFileError>>()?,
            checks: document.checks.into_iter().map(CheckForm::read).collect::<Vec<CheckResult>>(),
            base_state: state(&document.base_state)?,
            moves: (document.moves.into_iter())
                .map(|(old, new)| {
                    Ok((old.parse().map_err(|e| damaged(&e))?, new.parse().map_err(|e| damaged(&e))?))
                })
                .collect::<Result<_, PlanFileError>>()?,
            prior_state: state(&document.prior_state)?,
            timestamp: document.timestamp,
            errored: document.errored,
            partial: document.partial,
            refreshed: document.refreshed,
            deferred: document.deferred,
        };
        Ok(PlanFile { plan, files: document.files, workspace: document.workspace })
    }
}
