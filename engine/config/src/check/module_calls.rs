//! Whether module calls have the arguments that the modules declare variables for.

use crate::{Module, ModuleCall, visit};
use terrane_diagnostics::{Diagnostic, Diagnostics, nearest};
use terrane_syntax::BodySchema;

/// Checks a call of `module`.
pub(super) fn check(call: &ModuleCall, module: &Module, diagnostics: &mut Diagnostics) {
    let mut given: Vec<&str> = Vec::new();
    visit::arguments(&call.body, ModuleCall::META_ARGUMENTS, &mut |name, expr| {
        given.push(name);
        if let Some(message) = module.variables.get(name).and_then(|variable| variable.deprecated.as_ref()) {
            let detail = format!("The variable \"{name}\" of module.{} is deprecated: {message}", call.name);
            diagnostics.push(Diagnostic::warning("Deprecated variable", detail).at(expr.span));
        }
    });
    for variable in module.variables.values() {
        if variable.default.is_none() && !given.contains(&&*variable.name) {
            let detail =
                format!("The argument \"{}\" is required, but no definition was found.", variable.name);
            let problem = Diagnostic::error("Missing required argument", detail);
            diagnostics.push(problem.at(call.body.missing_span()));
        }
    }
    let mut known: Vec<&str> = ModuleCall::META_ARGUMENTS.to_vec();
    known.extend(module.variables.keys().map(|n| &**n));
    let (content, _) = call.body.partial_content(&BodySchema::new(&known, &[("lifecycle", &[])]));
    for (name, span) in content.unexpected {
        let is_argument = given.contains(&&*name);
        let problem = if is_argument {
            let hint = nearest(&name, known.iter().copied())
                .map(|n| format!(" Did you mean \"{n}\"?"))
                .unwrap_or_default();
            let detail = format!("An argument named \"{name}\" is not expected here.{hint}");
            Diagnostic::error("Unsupported argument", detail)
        } else {
            let hint = if module.variables.contains_key(&*name) {
                format!(
                    " Did you mean to define argument \"{name}\"? If so, use the equals sign to assign it a value."
                )
            } else {
                String::new()
            };
            let detail = format!("Blocks of type \"{name}\" are not expected here.{hint}");
            Diagnostic::error("Unsupported block type", detail)
        };
        diagnostics.push(problem.at(span));
    }
}
