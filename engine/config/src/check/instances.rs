//! Whether references to resources and modules have an instance key where there are several
//! instances, and none where there is one.

use crate::sites::Site;
use crate::{Module, Repetition, visit};
use std::sync::Arc;
use terrane_address::{Mode, Resource};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Expr, ExprKind};

/// Checks the references in the expression at `site`.
pub(super) fn check(module: &Module, site: &Site<'_>, diagnostics: &mut Diagnostics) {
    visit::expressions(site.expr, &mut |expr| {
        let problem = match &expr.kind {
            ExprKind::GetAttr(source, _) => target(module, site, source).and_then(without_key),
            ExprKind::Index(source, key) if matches!(key.kind, ExprKind::Literal(_)) => {
                target(module, site, source).and_then(with_key)
            }
            _ => None,
        };
        if let Some(problem) = problem {
            diagnostics.push(problem.at(expr.span));
        }
    });
}

/// Something that can have several instances.
struct Target<'a> {
    address: String,
    repetition: &'a Repetition,
    is_module: bool,
}

/// The resource or module call that `expr` is the whole of.
fn target<'a>(module: &'a Module, site: &Site<'_>, expr: &Expr) -> Option<Target<'a>> {
    let ExprKind::GetAttr(source, name) = &expr.kind else { return None };
    let (mode, type_name): (Mode, &Arc<str>) = match &source.kind {
        ExprKind::Variable(root) if &**root == "module" => {
            let call = module.calls.get(&name.name)?;
            let address = format!("module.{}", call.name);
            return Some(Target { address, repetition: &call.repetition, is_module: true });
        }
        ExprKind::Variable(type_name) if !site.bound.contains(type_name) => (Mode::Managed, type_name),
        ExprKind::GetAttr(root, type_name) => match &root.kind {
            ExprKind::Variable(root) if &**root == "data" => (Mode::Data, &type_name.name),
            ExprKind::Variable(root) if &**root == "ephemeral" => (Mode::Ephemeral, &type_name.name),
            _ => return None,
        },
        _ => return None,
    };
    let resource = Resource { mode, type_name: type_name.clone(), name: name.name.clone() };
    let block = module.resources.get(&resource)?;
    Some(Target { address: resource.to_string(), repetition: &block.repetition, is_module: false })
}

fn without_key(target: Target<'_>) -> Option<Diagnostic> {
    let (argument, key) = match target.repetition {
        Repetition::Single | Repetition::Enabled(_) => return None,
        Repetition::Count(_) => ("count", "count.index"),
        Repetition::ForEach(_) => ("for_each", "each.key"),
    };
    let Target { address, .. } = target;
    let (things, referring) =
        if target.is_module { ("outputs", "block") } else { ("attributes", "resource") };
    let summary =
        if target.is_module { "Missing module instance key" } else { "Missing resource instance key" };
    let detail = format!(
        "Because {address} has \"{argument}\" set, its {things} must be accessed on specific instances.\n\nFor \
         example, to correlate with indices of a referring {referring}, use:\n    {address}[{key}]"
    );
    Some(Diagnostic::error(summary, detail))
}

fn with_key(target: Target<'_>) -> Option<Diagnostic> {
    if !matches!(target.repetition, Repetition::Single) {
        return None;
    }
    if target.is_module {
        // The outputs of a module are an object, which can be indexed by name.
        return None;
    }
    let detail = format!(
        "Because {} does not have \"count\" or \"for_each\" set, references to it must not include an index key. \
         Remove the bracketed index to refer to the single instance of this resource.",
        target.address
    );
    Some(Diagnostic::error("Unexpected resource instance key", detail))
}
