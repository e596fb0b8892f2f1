//! Whether a reference may stand where it stands.

use super::{Problems, owner_name};
use crate::sites::{Owner, Site};
use terrane_address::Resource;
use terrane_diagnostics::Diagnostic;
use terrane_lang::{Reference, Subject};

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
        Subject::Resource { .. } if allowed.own_name => return None,
        Subject::Resource { mode, type_name, name, .. } => {
            let named = Resource { mode: *mode, type_name: type_name.clone(), name: name.clone() };
            match site.owner {
                Owner::Resource(resource) if resource.resource == named => Diagnostic::error(
                    "Self-referential block",
                    format!("Configuration for {} may not refer to itself.", owner_name(site.owner)),
                ),
                _ => return None,
            }
        }
        _ => return None,
    })
}
