//! Whether a reference may stand where it stands.

use super::{Problems, owner_name};
use crate::Repetition;
use crate::sites::{Owner, Site};
use terrane_address::Resource;
use terrane_diagnostics::Diagnostic;
use terrane_lang::{Reference, Subject};
use terrane_syntax::{Expr, ExprKind};

/// Checks a reference at `site`.
pub(super) fn check(site: &Site<'_>, reference: &Reference, problems: &mut Problems) {
    let allowed = site.allowed;
    let late = match &reference.subject {
        Subject::Resource { .. } => !allowed.only_these && !allowed.condition,
        Subject::Each(_) | Subject::Count(_) => matches!(site.owner, Owner::Argument(..)),
        _ => false,
    };
    if let Some(problem) = problem(site, reference) {
        problems.of(site.trigger || late).push(problem.at(reference.span));
    }
}

fn destroying() -> Diagnostic {
    Diagnostic::error(
        "Invalid reference from destroy provisioner",
        "Destroy-time provisioners and their connection configurations may only reference attributes of the \
         related resource, via 'self', 'count.index', or 'each.key'.\n\nReferences to other resources during \
         the destroy phase can cause dependency cycles and interact poorly with create_before_destroy.",
    )
}

fn problem(site: &Site<'_>, reference: &Reference) -> Option<Diagnostic> {
    let allowed = site.allowed;
    Some(match &reference.subject {
        Subject::Count(name) if &**name != "index" => Diagnostic::error(
            "Invalid \"count\" attribute",
            format!(
                "The \"count\" object does not have an attribute named \"{name}\". The only supported attribute \
                 is count.index, which is the index of each instance of a resource block that has the \
                 \"count\" argument set."
            ),
        ),
        Subject::Count(_) if !allowed.count => Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only \
             when the \"count\" argument is set.",
        ),
        Subject::Each(name) if &**name != "key" && &**name != "value" => Diagnostic::error(
            "Invalid \"each\" attribute",
            format!(
                "The \"each\" object does not have an attribute named \"{name}\". The supported attributes are \
                 each.key and each.value, the current key and value pair of the \"for_each\" attribute set."
            ),
        ),
        Subject::Each(_) if !allowed.each => Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \
             \"for_each\" argument is set.",
        ),
        Subject::Own if !allowed.own => Diagnostic::error(
            "Invalid \"self\" reference",
            "The \"self\" object is not available in this context. This object can be used only in resource \
             provisioner, connection, and postcondition blocks.",
        ),
        Subject::Each(name) if &**name == "value" && allowed.only_these => destroying(),
        Subject::Variable(_) | Subject::Local(_) | Subject::Resource { .. } | Subject::Module { .. }
            if allowed.only_these =>
        {
            destroying()
        }
        Subject::Resource { mode, type_name, name, .. } => {
            let named = Resource { mode: *mode, type_name: type_name.clone(), name: name.clone() };
            match site.owner {
                Owner::Resource(resource) if resource.resource != named => return None,
                // The condition of an action trigger, which is looked at when all instances are there.
                Owner::Resource(_) if allowed.own_name && !allowed.own => return None,
                Owner::Resource(resource) if allowed.own_name => match resource.repetition {
                    Repetition::Single | Repetition::Enabled(_) => return None,
                    Repetition::Count(_) | Repetition::ForEach(_) => Diagnostic::error(
                        "Self-referential block",
                        format!(
                            "Provisioners of one instance of {named} would wait for the others, and those for this \
                             one. For the instance that they belong to, write \"self\"."
                        ),
                    ),
                },
                Owner::Resource(_) => Diagnostic::error(
                    "Self-referential block",
                    format!("Configuration for {} may not refer to itself.", owner_name(site.owner)),
                ),
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// What is wrong with an element of `replace_triggered_by` that is more than a reference: which change of its value
/// would replace the resource could not be said.
pub(super) fn calculated_trigger(expr: &Expr) -> Option<Diagnostic> {
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Variable(_) => return None,
            ExprKind::JsonString { template, .. } => at = template,
            ExprKind::GetAttr(source, _) => at = source,
            ExprKind::Index(source, key) if is_constant_here(key) => at = source,
            _ => break,
        }
    }
    let detail = "An element of replace_triggered_by is a reference to a resource, one of its instances, or an attribute \
                  of one. Instances are selected by constants, count.index and each.key; calculations, function \
                  calls, templates and splats are not possible.";
    Some(Diagnostic::error("Invalid replace_triggered_by expression", detail).at(at.span))
}

/// Whether a key says which instance is meant, without a calculation: what names may stand in it was looked at before.
fn is_constant_here(key: &Expr) -> bool {
    match &key.kind {
        ExprKind::Literal(_) | ExprKind::Variable(_) => true,
        ExprKind::GetAttr(source, _) => is_constant_here(source),
        _ => false,
    }
}
