//! How each stack is loaded: its configuration, its state and its rules. What is loaded is plain data, so that the next one can be
//! loaded while it is read.

use crate::arguments::VariableArgs;
use crate::backend;
use crate::context::{Context, Problems};
use crate::run::{Project, Purpose};
use crate::stacks;
use std::path::Path;
use terrane_address::ModulePath;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_drift::{Rule, Rules, Stack};

/// The file of rules of a directory.
pub(super) const RULE_FILE: &str = "drift.terrane.hcl";

/// A stack that was loaded.
pub(super) struct Loaded {
    pub(super) stack: Stack,
    pub(super) rules: Vec<Rule>,
    pub(super) sources: SourceMap,
}

/// Loads the stack in `dir`, which becomes the working directory for that time. Where it is one of those
/// below `fleet`, it may turn out to be none: `None`.
pub(super) fn load(
    context: &Context,
    dir: &Path,
    arguments: &VariableArgs,
    fleet: Option<&Path>,
) -> Result<Option<Loaded>, Problems> {
    stacks::within(context, dir, |environment| {
        let inner = context.elsewhere(environment);
        load_here(&inner, stacks::name_of(dir), arguments, fleet.is_some(), fleet != Some(dir))
    })
}

fn load_here(
    context: &Context,
    name: String,
    arguments: &VariableArgs,
    may_be_none: bool,
    own_rules: bool,
) -> Result<Option<Loaded>, Problems> {
    let project = Project::to_look(context, arguments)?;
    let manager = backend::open_to_look(context, &project.config)
        .map_err(|problems| Problems { sources: project.config.sources.clone(), ..problems })?;
    let state = manager.state();
    let has_backend = project.config.module(&ModulePath::root()).is_some_and(|root| root.backend.is_some());
    if may_be_none && !has_backend && state.is_empty() {
        return Ok(None);
    }
    let ev = project.evaluator(None, Purpose::Apply);
    let mut stack = Stack::new(name, &ev, &project.schemas, &project.providers, &state);
    if !manager.in_flight().is_empty() {
        stack.problems.push(Diagnostic::warning(
            "An earlier run was interrupted",
            "It is not known how some of its operations ended, so that what they made may look like drift. \"terrane \
             resume\" settles them.",
        ));
    }
    let mut sources = project.config.sources.clone();
    // The file at the top is about all stacks, and was read before them.
    let rules = match own_rules {
        true => stack.problems.take(rules(context, Path::new(RULE_FILE), Some(&stack.name), &mut sources)),
        false => Vec::new(),
    };
    Ok(Some(Loaded { stack, rules, sources }))
}

/// The rules in a file; none when there is no such file.
pub(super) fn rules(
    context: &Context,
    path: &Path,
    stack: Option<&str>,
    sources: &mut SourceMap,
) -> (Vec<Rule>, Diagnostics) {
    if !context.environment.exists(path) {
        return (Vec::new(), Diagnostics::new());
    }
    match context.environment.read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
        Ok(text) => Rules::parse(&path.display().to_string(), &text, stack, sources),
        Err(e) => {
            let detail = format!("{}: {e}.", path.display());
            (Vec::new(), Diagnostic::error("Failed to read drift rules", detail).into())
        }
    }
}
