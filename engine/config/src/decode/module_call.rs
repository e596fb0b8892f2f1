//! `module` blocks.

use super::{Decoder, constant, label, lifecycle, names, provider};
use crate::load::{check_constraint, check_source};
use crate::{ModuleCall, ProviderRef, visit};
use terrane_syntax::{Block, Content, Expr, ExprKind, ObjectKey};

pub(super) fn decode(decoder: &mut Decoder<'_>, mut block: Block) {
    let Some((name, name_span)) = label(&block, 0) else { return };
    decoder.unescaped(&mut block, ModuleCall::META_ARGUMENTS);
    names::check_identifier(&name, "module instance", name_span, &mut decoder.diagnostics);
    let content = decoder.partial(
        &block.body,
        &["source", "version", "count", "for_each", "providers", "depends_on"],
        &[("lifecycle", &[]), ("locals", &[])],
    );
    decoder.only_blocks(&block.body, &["lifecycle"]);
    let repetition = lifecycle::repetition(decoder, &content);
    let mut enabled = None;
    for nested in &content.blocks {
        if &*nested.kind.name == "lifecycle" {
            let arguments = decoder.content(&nested.body, &["enabled"], &[]);
            enabled = arguments.attribute("enabled").map(|a| (a.expr.clone(), a.name.span));
            continue;
        }
        decoder.error(
            "Reserved block type name in module block",
            format!(
                "The block type name \"{}\" is reserved for use by the language in a future version.",
                nested.kind.name
            ),
            nested.header,
        );
    }
    let Some(source) = content.attribute("source") else {
        return decoder.missing_argument(&block.body, "source");
    };
    let source_span = source.expr.span;
    let (source, source_expr) = match early(decoder, &source.expr) {
        Some(found) => found,
        None => return,
    };
    let source = source.unwrap_or_default();
    if source_expr.is_none() {
        decoder.diagnostics.append(check_source(&source, source_span));
    }
    let (mut version, mut version_expr) = (None, None);
    if let Some(argument) = content.attribute("version")
        && let Some((text, expr)) = early(decoder, &argument.expr)
    {
        version = text.map(|text| (text, argument.expr.span));
        version_expr = expr;
    }
    if let Some((text, span)) = &version {
        decoder.diagnostics.append(check_constraint(text, *span));
    }
    let call = ModuleCall {
        source,
        source_expr,
        source_span,
        version,
        version_expr,
        repetition: lifecycle::with_enabled(decoder, repetition, enabled),
        providers: passed_providers(decoder, &content),
        depends_on: lifecycle::depends_on(decoder, &content),
        name: name.clone(),
        span: block.header,
        body: block.body,
    };
    if let Some(earlier) = decoder.module.calls.get(&name) {
        let detail = format!(
            "A module call named \"{name}\" was already defined at {}. Module calls must have unique names \
             within a module.",
            decoder.place(earlier.span)
        );
        decoder.error("Duplicate module call", detail, name_span);
        return;
    }
    decoder.module.calls.insert(name, call);
}

/// A constant, or an expression to evaluate before the module is loaded; `None` after an error.
fn early(decoder: &mut Decoder<'_>, expr: &Expr) -> Option<(Option<String>, Option<Expr>)> {
    if !visit::has_names(expr) {
        return constant::string(expr, &mut decoder.diagnostics).map(|text| (Some(text), None));
    }
    Some((None, Some(expr.clone())))
}

/// The `providers` map: name in the child, configuration in the caller.
pub(super) fn passed_providers(
    decoder: &mut Decoder<'_>,
    content: &Content,
) -> Vec<(ProviderRef, ProviderRef)> {
    let Some(argument) = content.attribute("providers") else { return Vec::new() };
    let ExprKind::Object(items) = &argument.expr.without_parens().kind else {
        let detail = "A static map expression is required: the value of providers.";
        decoder.error("Invalid expression", detail, argument.expr.span);
        return Vec::new();
    };
    let mut passed: Vec<(ProviderRef, ProviderRef)> = Vec::new();
    for item in items {
        let diagnostics = &mut decoder.diagnostics;
        let child = match &item.key {
            ObjectKey::Name(name) => {
                Some(ProviderRef { local_name: name.name.clone(), alias: None, key: None, span: name.span })
            }
            ObjectKey::Expr(key) => provider::reference(key.without_parens(), "providers", diagnostics),
        };
        let parent = provider::reference(&item.value, "providers", diagnostics);
        let (Some(child), Some(parent)) = (child, parent) else { continue };
        if let Some((earlier, _)) =
            passed.iter().find(|(c, _)| c.local_name == child.local_name && c.alias == child.alias)
        {
            let detail = format!(
                "A provider configuration was already passed to {} at {}. Each child provider configuration \
                 can be assigned only once.",
                child,
                decoder.place(earlier.span)
            );
            decoder.error("Duplicate provider address", detail, child.span);
            continue;
        }
        passed.push((child, parent));
    }
    passed
}
