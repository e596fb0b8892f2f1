//! Whether what a reference names exists.

use crate::sites::{Owner, Site};
use crate::{Check, Module};
use terrane_address::{Mode, Resource};
use terrane_diagnostics::{Diagnostic, Diagnostics, nearest};
use terrane_lang::{Reference, Subject};

/// Checks a reference at `site` in `module`.
pub(super) fn check(module: &Module, site: &Site<'_>, reference: &Reference, diagnostics: &mut Diagnostics) {
    if let Some(check) = scope_of(module, &reference.subject)
        && !is_within(site.owner, check)
    {
        let detail = format!(
            "The data resource {} can be used only in the check block \"{}\" that declares it.",
            reference.subject, check.name
        );
        diagnostics.push(Diagnostic::error("Reference to scoped resource", detail).at(reference.span));
        return;
    }
    check_existence(module, reference, diagnostics);
}

/// The check block in which the data resource that is referred to stands.
fn scope_of<'a>(module: &'a Module, subject: &Subject) -> Option<&'a Check> {
    let Subject::Resource { mode: Mode::Data, type_name, name, .. } = subject else { return None };
    module.checks.values().find(|check| {
        check.data.as_ref().is_some_and(|data| data.type_name == *type_name && data.name == *name)
    })
}

fn is_within(owner: Owner<'_>, check: &Check) -> bool {
    match owner {
        Owner::Check(own) => own.name == check.name,
        Owner::Resource(block) => check.data.as_ref() == Some(&block.resource),
        _ => false,
    }
}

/// Whether what is referred to in `module` exists.
pub(super) fn check_existence(module: &Module, reference: &Reference, diagnostics: &mut Diagnostics) {
    let problem = match &reference.subject {
        Subject::Variable(name) if !module.variables.contains_key(name) => Diagnostic::error(
            "Reference to undeclared input variable",
            format!(
                "An input variable with the name \"{name}\" has not been declared.{}",
                suggestion(name, module.variables.keys().map(|n| &**n)).unwrap_or_else(|| format!(
                    " This variable can be declared with a variable \"{name}\" {{}} block."
                ))
            ),
        ),
        Subject::Local(name) if !module.locals.contains_key(name) => Diagnostic::error(
            "Reference to undeclared local value",
            format!(
                "A local value with the name \"{name}\" has not been declared.{}",
                suggestion(name, module.locals.keys().map(|n| &**n)).unwrap_or_default()
            ),
        ),
        Subject::Resource { mode, type_name, name, .. } => {
            let resource = Resource { mode: *mode, type_name: type_name.clone(), name: name.clone() };
            if module.resources.contains_key(&resource) {
                return;
            }
            undeclared_resource(module, &resource)
        }
        // Whether it has the output is looked at with values: `try` may be for the case that it has not.
        Subject::Module { name, .. } => {
            if module.calls.contains_key(name) {
                return;
            }
            let hint = suggestion(name, module.calls.keys().map(|n| &**n)).unwrap_or_default();
            let detail =
                format!("No module call named \"{name}\" is declared in {}.{hint}", module_name(module));
            Diagnostic::error("Reference to undeclared module", detail)
        }
        Subject::Path(name) => match unsupported("path", name, &["module", "root", "cwd"]) {
            Some(problem) => problem,
            None => return,
        },
        Subject::Terraform(name) => match unsupported("terraform", name, &["workspace", "applying"]) {
            Some(problem) => problem,
            None => return,
        },
        Subject::Other(name) => Diagnostic::error(
            "Invalid reference",
            format!("\"{name}\" is not something that an expression can refer to."),
        ),
        _ => return,
    };
    diagnostics.push(problem.at(reference.span));
}

fn undeclared_resource(module: &Module, resource: &Resource) -> Diagnostic {
    let Resource { mode, type_name, name } = resource;
    let kind = match mode {
        Mode::Managed => "managed resource",
        Mode::Data => "data resource",
        Mode::Ephemeral => "ephemeral resource",
    };
    let article = if *mode == Mode::Ephemeral { "An" } else { "A" };
    let other_mode = [Mode::Managed, Mode::Data, Mode::Ephemeral]
        .into_iter()
        .map(|mode| Resource { mode, ..resource.clone() })
        .find(|r| module.resources.contains_key(r));
    let hint = match other_mode {
        Some(other) => {
            let kind = match other.mode {
                Mode::Managed => "managed",
                Mode::Data => "data",
                Mode::Ephemeral => "ephemeral",
            };
            format!("\n\nDid you mean the {kind} resource {other}?")
        }
        None => {
            let declared: Vec<String> =
                module.resources.keys().filter(|r| r.mode == *mode).map(Resource::to_string).collect();
            suggestion(&resource.to_string(), declared.iter().map(String::as_str)).unwrap_or_default()
        }
    };
    Diagnostic::error(
        "Reference to undeclared resource",
        format!(
            "{article} {kind} \"{type_name}\" \"{name}\" has not been declared in {}.{hint}",
            module_name(module)
        ),
    )
}

fn unsupported(object: &str, name: &str, attributes: &[&str]) -> Option<Diagnostic> {
    if attributes.contains(&name) {
        return None;
    }
    let hint = suggestion(name, attributes.iter().copied()).unwrap_or_default();
    Some(Diagnostic::error(
        format!("Invalid \"{object}\" attribute"),
        format!("The \"{object}\" object does not have an attribute named \"{name}\".{hint}"),
    ))
}

fn suggestion<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(given, candidates).map(|name| format!(" Did you mean \"{name}\"?"))
}

fn module_name(module: &Module) -> String {
    if module.path.is_root() { "the root module".to_owned() } else { module.path.to_string() }
}
