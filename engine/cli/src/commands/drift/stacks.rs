//! Where the stacks are, and how each is loaded: its configuration, its state and its rules. What is
//! loaded is plain data, so that the next one can be loaded while it is read.

use crate::arguments::VariableArgs;
use crate::backend;
use crate::context::{Context, Problems};
use crate::environment::Environment;
use crate::run::{Project, Purpose, plain};
use std::path::{Path, PathBuf};
use terrane_address::ModulePath;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_drift::{Rule, Rules, Stack};

/// The file of rules of a directory.
pub(super) const RULE_FILE: &str = "drift.terrane.hcl";

/// How deep stacks are looked for.
const DEPTH: usize = 12;

/// A stack that was loaded.
pub(super) struct Loaded {
    pub(super) stack: Stack,
    pub(super) rules: Vec<Rule>,
    pub(super) sources: SourceMap,
}

/// The directories below `top`, itself included, that may be stacks, sorted.
pub(super) fn find(context: &Context, top: &Path) -> Result<Vec<PathBuf>, Problems> {
    let environment = &context.environment;
    if !environment.is_dir(top) {
        let detail = format!(
            "{} is not a directory. -recursive takes the directory that the stacks are in.",
            top.display()
        );
        return Err(Problems::new("Stacks not found", detail));
    }
    let mut found = Vec::new();
    let mut waiting = vec![(top.to_owned(), 0)];
    while let Some((dir, depth)) = waiting.pop() {
        if may_be_stack(environment, &dir) {
            found.push(dir.clone());
        }
        // Directories that cannot be read hold no stacks that could be.
        for inner in environment.directories(&dir).unwrap_or_default() {
            let name = inner.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if depth < DEPTH && !name.starts_with('.') && name != "terraform.tfstate.d" {
                waiting.push((inner, depth + 1));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a directory has a configuration, and a state or something that says where it is.
fn may_be_stack(environment: &Environment, dir: &Path) -> bool {
    let names: Vec<String> =
        environment.entries(dir).unwrap_or_default().into_iter().map(|entry| entry.name).collect();
    let sources = names
        .iter()
        .filter(|name| [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| name.ends_with(end)));
    let sources: Vec<&String> = sources.collect();
    let kept = ["terraform.tfstate", "terraform.tfstate.d", ".terraform"];
    if !sources.is_empty() && names.iter().any(|name| kept.contains(&name.as_str())) {
        return true;
    }
    sources.iter().any(|name| {
        let text = environment.read(&dir.join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.contains("backend \"") || text.contains("\"backend\"")
    })
}

/// What a stack is called: its directory as seen from where the program was started.
pub(super) fn name_of(dir: &Path) -> String {
    let name = plain(dir).display().to_string();
    if name.is_empty() { ".".into() } else { name }
}

/// Loads the stack in `dir`, which becomes the working directory for that time. Where it is one of those
/// below `fleet`, it may turn out to be none: `None`.
pub(super) fn load(
    context: &Context,
    dir: &Path,
    arguments: &VariableArgs,
    fleet: Option<&Path>,
) -> Result<Option<Loaded>, Problems> {
    let home = context.environment.original_dir().to_owned();
    let failed =
        |e: std::io::Error| Problems::new("Failed to enter directory", format!("{}: {e}.", dir.display()));
    let environment = context.environment.entered(dir).map_err(failed)?;
    let inner = context.elsewhere(environment);
    let loaded = load_here(&inner, name_of(dir), arguments, fleet.is_some(), fleet != Some(dir));
    context.environment.entered(&home).map_err(failed)?;
    loaded
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
