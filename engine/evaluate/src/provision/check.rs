//! What is wrong with provisioners and connections whatever the values are.

use super::{META_ARGUMENTS, connection_schema, schema, unknown_kind};
use crate::scope::ModuleScope;
use terrane_config::Provisioner;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::decode_body;
use terrane_syntax::{Body, BodySchema};
use terrane_value::Value;

/// Problems of the provisioners of a resource, and of their connections. `connection` is the resource's
/// own, which only matters when there are provisioners; in `scope`, `self` is the resource.
pub(crate) fn check(
    provisioners: &[Provisioner],
    connection: Option<&Body>,
    scope: &ModuleScope<'_, '_>,
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    for provisioner in provisioners {
        let Some(schema) = schema(&provisioner.kind) else {
            problems.push(unknown_kind(provisioner));
            continue;
        };
        let outcome = decode_body(&provisioner.body, &schema, META_ARGUMENTS, scope);
        let failed = outcome.diagnostics.has_errors();
        problems.append(outcome.diagnostics);
        if !failed && let Some(d) = combination(&provisioner.kind, &outcome.value) {
            problems.push(d.at(provisioner.span));
        }
        let (content, _) = provisioner.body.partial_content(&BodySchema::new(&[], &[("connection", &[])]));
        let own = content.blocks("connection").map(|block| &block.body).next();
        let bodies: Vec<&Body> = connection.into_iter().chain(own).collect();
        let has_host = bodies.iter().any(|body| names_host(body));
        for (index, body) in bodies.iter().enumerate() {
            let mut schema = connection_schema();
            // The last block is the one that could name it.
            if let Some(host) = schema.attributes.get_mut("host")
                && !has_host
                && index + 1 == bodies.len()
            {
                (host.required, host.optional) = (true, false);
            }
            problems.append(decode_body(body, &schema, &[], scope).diagnostics);
        }
    }
    problems
}

fn names_host(body: &Body) -> bool {
    body.partial_content(&BodySchema::new(&["host"], &[])).0.attribute("host").is_some()
}

/// Arguments that do not go together, or of which one is needed.
fn combination(kind: &str, config: &Value) -> Option<Diagnostic> {
    let given = |names: &[&str]| {
        names.iter().filter(|name| config.attribute(name).is_some_and(|v| !v.is_null())).count()
    };
    match kind {
        "remote-exec" if given(&["inline", "script", "scripts"]) != 1 => Some(Diagnostic::error(
            "Invalid remote-exec provisioner configuration",
            "Exactly one of the arguments inline, script and scripts must be set.",
        )),
        "file" if given(&["source", "content"]) != 1 => Some(Diagnostic::error(
            "Invalid file provisioner configuration",
            "Exactly one of the arguments source and content must be set.",
        )),
        _ => None,
    }
}
