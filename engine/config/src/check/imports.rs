//! Whether `import` blocks import to something that can be there.

use crate::{Config, Import, ImportKey, ImportTarget, Repetition, decode, import_target};
use std::collections::BTreeMap;
use terrane_address::{Mode, ModulePath};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_lang::{Reference, Subject};
use terrane_syntax::{Expr, ExprKind};
use terrane_value::Kind;

/// Checks the import blocks of the root module.
pub(super) fn check(config: &Config, diagnostics: &mut Diagnostics) {
    let Some(root) = config.module(&ModulePath::root()) else { return };
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for import in &root.imports {
        let Some(target) = import_target(&import.to) else { continue };
        if let Some(problem) = problem(config, import, &target) {
            diagnostics.push(problem);
        }
        let Some(address) = address(&target) else { continue };
        if let Some(earlier) = seen.insert(address.clone(), import.span) {
            let detail = format!(
                "An import block for the resource {address} was already declared at {}. A resource can have only \
                 one import block.",
                decode::place(&config.sources, earlier)
            );
            let summary = format!("Duplicate import configuration for {address:?}");
            diagnostics.push(Diagnostic::error(summary, detail).at(import.to.span));
        }
    }
}

fn problem(config: &Config, import: &Import, target: &ImportTarget) -> Option<Diagnostic> {
    let Some(block) = config.resource(&target.resource) else {
        // In the root module, a configuration can be generated from the object.
        if target.resource.module.is_root() {
            return None;
        }
        let detail = format!(
            "The configuration does not declare {}, which the import is for. Declare it first.",
            target.resource
        );
        let summary = "Configuration for import target does not exist";
        return Some(Diagnostic::error(summary, detail).at(import.to.span));
    };
    let names_target = |r: &Reference| match &r.subject {
        Subject::Resource { mode: Mode::Managed, type_name, name, .. } => {
            *type_name == target.resource.resource.type_name && *name == target.resource.resource.name
        }
        _ => false,
    };
    if target.resource.module.is_root()
        && let Some(own) = terrane_lang::references(import.key.expr()).0.iter().find(|r| names_target(r))
    {
        let (summary, detail) = match &import.key {
            ImportKey::Id(_) => (
                "Invalid import id argument",
                "The import ID cannot be made from the resource that is to be imported.",
            ),
            ImportKey::Identity(_) => (
                "Invalid import identity argument",
                "The identity cannot be made from the resource that is to be imported.",
            ),
        };
        return Some(Diagnostic::error(summary, detail).at(own.span));
    }
    if let Some(provider) = &import.provider {
        let detail = format!(
            "An import block has a \"provider\" argument only when there is no configuration for the resource yet. \
             {} has one: set its own \"provider\" argument instead.",
            target.resource
        );
        return Some(Diagnostic::error("Invalid import provider argument", detail).at(provider.span));
    }
    let literal = target.key.as_ref().and_then(literal_kind);
    let why = match (&block.repetition, &target.key, literal) {
        (Repetition::Single | Repetition::Enabled(_), Some(_), _) => {
            "has neither \"count\" nor \"for_each\", so its address has no instance key"
        }
        (Repetition::Count(_), None, _) => "has \"count\", so an index must follow, such as [0]",
        (Repetition::ForEach(_), None, _) => "has \"for_each\", so a key must follow, such as [\"a\"]",
        (Repetition::Count(_), _, Some(Literal::Text)) => {
            "has \"count\", so the instance key must be a number"
        }
        (Repetition::ForEach(_), _, Some(Literal::Number)) => {
            "has \"for_each\", so the instance key must be a string"
        }
        _ => return None,
    };
    let detail = format!("{} {why}.", target.resource);
    Some(Diagnostic::error("Invalid import 'to' expression", detail).at(import.to.span))
}

enum Literal {
    Text,
    Number,
}

fn literal_kind(key: &Expr) -> Option<Literal> {
    match &key.kind {
        ExprKind::Literal(value) => match value.kind() {
            Kind::String(_) => Some(Literal::Text),
            Kind::Number(_) => Some(Literal::Number),
            _ => None,
        },
        _ => None,
    }
}

/// The address as text, when all keys in it are written out.
fn address(target: &ImportTarget) -> Option<String> {
    let keys = target.module_keys.iter().chain([&target.key]).map(|key| match key {
        None => Some(String::new()),
        Some(Expr { kind: ExprKind::Literal(value), .. }) => match value.kind() {
            Kind::String(text) => Some(format!("[{text:?}]")),
            Kind::Number(number) => Some(format!("[{number}]")),
            _ => None,
        },
        Some(_) => None,
    });
    let keys: Vec<String> = keys.collect::<Option<_>>()?;
    let mut address = String::new();
    for (name, key) in target.resource.module.0.iter().zip(&keys) {
        address.push_str(&format!("module.{name}{key}."));
    }
    let key = keys.last().map_or("", String::as_str);
    address.push_str(&format!("{}{key}", target.resource.resource));
    Some(address)
}
