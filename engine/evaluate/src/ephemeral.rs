//! Where ephemeral values may not go: what is stored must not be made from them.

use crate::Evaluator;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, ModuleInstance};
use terrane_config::ResourceBlock;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::{Subject, references};
use terrane_schema::{Attribute, AttributeType, Block};
use terrane_syntax::{Body, BodySchema, Expr};
use terrane_value::{Marks, Path, PathStep, Value};

/// Where ephemeral values may be used, for those who tried elsewhere.
const ALLOWED: &str = "Ephemeral values may be used in provider configurations, in provisioner and connection blocks, \
                       in write-only arguments, in ephemeral blocks, in local values, and for variables and outputs of \
                       modules that are declared with ephemeral = true.";

/// The problems of a resource's configuration that has ephemeral values where they would be
/// stored: everywhere but in write-only attributes, and nowhere in an ephemeral block.
pub(crate) fn problems(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    block: &ResourceBlock,
    schema: &Block,
    config: &Value,
) -> Diagnostics {
    if block.resource.mode == Mode::Ephemeral || !config.any_marks(&Marks::is_ephemeral) {
        return Diagnostics::new();
    }
    let allowed = match block.resource.mode {
        Mode::Managed => schema.write_only_paths(config),
        _ => Vec::new(),
    };
    let (_, marks) = config.unmark_paths();
    (marks.into_iter())
        .filter(|(path, marks)| marks.is_ephemeral() && !allowed.iter().any(|a| path.starts_with(a)))
        .map(|(path, _)| {
            let exprs = expressions(&block.body, &path);
            let sources = exprs.iter().map(|e| describe(ev, module, e)).find(|s| !s.is_empty());
            let kept = match block.resource.mode {
                Mode::Data => "because it is kept in the state with what is read",
                _ => "because it is not a write-only attribute and must be persisted to state",
            };
            let write_only = write_only_names(schema);
            let instead = if block.resource.mode == Mode::Managed && !write_only.is_empty() {
                format!(" Of {}, these are write-only: {}.", block.resource, write_only.join(", "))
            } else {
                String::new()
            };
            let detail = format!(
                "Ephemeral values are not valid for \"{path}\", {kept}.{} {ALLOWED}{instead}",
                sources.unwrap_or_default()
            );
            let problem = Diagnostic::error("Invalid use of ephemeral value", detail).on_attribute(path);
            problem.at(exprs.first().map_or(block.span, |e| e.span))
        })
        .collect()
}

/// A sentence that says which references in `expr` lead to ephemeral values, and where those
/// come from; empty when there is none.
pub(crate) fn describe(ev: &Evaluator<'_>, module: &ModuleInstance, expr: &Expr) -> String {
    let mut found = Vec::new();
    trace(ev, module, expr, 0, &mut found);
    let found: BTreeSet<String> = found.into_iter().collect();
    if found.is_empty() {
        return String::new();
    }
    format!(" The ephemeral value is {}.", found.into_iter().collect::<Vec<_>>().join(", and "))
}

/// [`describe`], and where such values may be used.
pub(crate) fn advice(ev: &Evaluator<'_>, module: &ModuleInstance, expr: &Expr) -> String {
    format!("{} {ALLOWED}", describe(ev, module, expr))
}

fn trace(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    expr: &Expr,
    depth: u32,
    found: &mut Vec<String>,
) -> bool {
    const DEEPEST: u32 = 20;
    let Some(config) = ev.module_config(module) else { return false };
    if depth > DEEPEST {
        return false;
    }
    let before = found.len();
    for reference in references(expr).0 {
        match &reference.subject {
            Subject::Variable(name) if config.variables.get(name).is_some_and(|v| v.ephemeral) => {
                found.push(format!("var.{name}, which is declared ephemeral"));
            }
            Subject::Resource { mode: Mode::Ephemeral, type_name, name, .. } => {
                found.push(format!("of ephemeral.{type_name}.{name}"));
            }
            Subject::Local(name) => {
                let mut inner = Vec::new();
                if let Some(local) = config.locals.get(name)
                    && trace(ev, module, &local.expr, depth + 1, &mut inner)
                {
                    found.extend(inner.into_iter().map(|source| format!("{source} (through local.{name})")));
                }
            }
            Subject::Module { name, output, .. } => {
                let child = module.child(name.clone(), InstanceKey::None);
                let outputs = ev.module_config(&child).map(|m| &m.outputs);
                let named = |n: &Arc<str>| output.as_ref().is_none_or(|o| o == n);
                for output in outputs.into_iter().flatten().filter(|(n, o)| o.ephemeral && named(n)) {
                    found.push(format!("module.{name}.{}, which is declared ephemeral", output.0));
                }
            }
            _ => {}
        }
    }
    found.len() > before
}

/// The expressions that can have made the value at `path`.
fn expressions(body: &Body, path: &Path) -> Vec<Expr> {
    let names: Vec<&Arc<str>> = (path.0.iter())
        .filter_map(|step| match step {
            PathStep::Attribute(name) => Some(name),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    collect(body, &names, &mut found);
    found
}

fn collect(body: &Body, names: &[&Arc<str>], found: &mut Vec<Expr>) {
    let Some((first, rest)) = names.split_first() else { return };
    let (content, _) = body.partial_content(&BodySchema::new(&[first], &[]));
    found.extend(content.attribute(first).map(|a| a.expr.clone()));
    if rest.is_empty() {
        return;
    }
    let (content, _) = body.partial_content(&BodySchema::new(&[], &[(first, &[]), ("dynamic", &["type"])]));
    for block in content.blocks(first) {
        collect(&block.body, rest, found);
    }
    for block in content.blocks("dynamic").filter(|b| b.labels.first().is_some_and(|l| *l.text == ***first)) {
        let (content, _) = block.body.partial_content(&BodySchema::new(&["for_each"], &[("content", &[])]));
        for inner in content.blocks("content") {
            collect(&inner.body, rest, found);
        }
        found.extend(content.attribute("for_each").map(|a| a.expr.clone()));
    }
}

fn write_only_names(schema: &Block) -> Vec<String> {
    fn attributes<'a>(
        prefix: &str,
        all: impl Iterator<Item = (&'a Arc<str>, &'a Attribute)>,
        found: &mut Vec<String>,
    ) {
        for (name, attribute) in all {
            if attribute.write_only {
                found.push(format!("{prefix}{name}"));
            } else if let AttributeType::Nested(nested) = &attribute.ty {
                attributes(&format!("{prefix}{name}."), nested.attributes.iter(), found);
            }
        }
    }
    fn blocks(prefix: &str, schema: &Block, found: &mut Vec<String>) {
        attributes(prefix, schema.attributes.iter(), found);
        for (name, nested) in &schema.blocks {
            blocks(&format!("{prefix}{name}."), &nested.block, found);
        }
    }
    let mut found = Vec::new();
    blocks("", schema, &mut found);
    found
}
