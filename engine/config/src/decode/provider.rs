//! `provider` blocks and references to provider configurations.

use super::traversal::{self, Quoted};
use super::{Decoder, label, names};
use crate::{ProviderBlock, ProviderRef};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Block, Expr, ExprKind};

pub(super) fn decode(decoder: &mut Decoder<'_>, mut block: Block) {
    let Some((local_name, name_span)) = label(&block, 0) else { return };
    decoder.unescaped(&mut block, ProviderBlock::META_ARGUMENTS);
    if !names::is_provider_name(&local_name) {
        decoder.error(
            "Invalid provider local name",
            format!(
                "\"{local_name}\" is an invalid provider local name: it must have lower-case letters, digits and \
                 dashes only."
            ),
            name_span,
        );
    }
    let content = decoder.partial(
        &block.body,
        &["alias", "version", "for_each", "count", "depends_on", "source"],
        &[("lifecycle", &[]), ("locals", &[])],
    );
    for reserved in ["count", "depends_on", "source"] {
        if let Some(argument) = content.attribute(reserved) {
            decoder.error(
                "Reserved argument name in provider block",
                format!(
                    "The provider argument name \"{reserved}\" is reserved for use by the language in a future version."
                ),
                argument.name.span,
            );
        }
    }
    for nested in &content.blocks {
        decoder.error(
            "Reserved block type name in provider block",
            format!(
                "The block type name \"{}\" is reserved for use by the language in a future version.",
                nested.kind.name
            ),
            nested.header,
        );
    }
    let alias = decoder.string(&content, "alias");
    if let (Some(alias), Some(argument)) = (&alias, content.attribute("alias"))
        && !names::is_identifier(alias)
    {
        let detail = format!("An alias must be a valid name. \"{alias}\" is not.");
        decoder.error("Invalid provider configuration alias", detail, argument.expr.span);
    }
    let for_each = content.attribute("for_each");
    if let (Some(argument), None) = (for_each, &alias) {
        decoder.error(
            "Alias required when using \"for_each\"",
            "A provider configuration with \"for_each\" must also set \"alias\".",
            argument.name.span,
        );
    }
    let version = decoder.string(&content, "version").zip(content.attribute("version").map(|a| a.expr.span));
    if let Some((text, span)) = &version {
        let span = *span;
        super::requirements::check_constraint(decoder, text, span);
        decoder.warning(
            "Version constraints inside provider configuration blocks are deprecated",
            "Move the version constraint into the required_providers block.",
            span,
        );
    }
    let key = (local_name.clone(), alias.map(Into::into));
    if let Some(earlier) = decoder.module.providers.get(&key) {
        let place = decoder.place(earlier.span);
        let detail = match &key.1 {
            None => format!(
                "A default (non-aliased) provider configuration for \"{local_name}\" was already given at \
                 {place}. If multiple configurations are required, set the \"alias\" argument for alternative \
                 configurations."
            ),
            Some(alias) => format!(
                "A provider configuration for \"{local_name}\" with alias \"{alias}\" was already given at \
                 {place}. Each configuration for the same provider must have a distinct alias."
            ),
        };
        decoder.error("Duplicate provider configuration", detail, block.header);
        return;
    }
    let declared = ProviderBlock {
        local_name,
        alias: key.1.clone(),
        for_each: for_each.map(|a| a.expr.clone()),
        version,
        span: block.header,
        body: block.body,
    };
    decoder.module.providers.insert(key, declared);
}

/// Reads `aws`, `aws.west` or `aws.by_region["eu-west-1"]`; `argument` is where it stands.
pub(super) fn reference(expr: &Expr, argument: &str, diagnostics: &mut Diagnostics) -> Option<ProviderRef> {
    let expr = traversal::bare(expr, Quoted::Deprecated, diagnostics)?;
    let (target, key) = match &expr.kind {
        ExprKind::Index(target, key) => (&**target, Some((**key).clone())),
        _ => (&expr, None),
    };
    let name = match &target.kind {
        ExprKind::GetAttr(source, alias) => {
            traversal::root_name(source).map(|name| (name, Some(alias.name.clone())))
        }
        _ if key.is_some() => None,
        _ => traversal::root_name(target).map(|name| (name, None)),
    };
    let Some((local_name, alias)) = name else { return refuse(&expr, argument, diagnostics) };
    Some(ProviderRef { local_name, alias, key, span: expr.span })
}

fn refuse(expr: &Expr, argument: &str, diagnostics: &mut Diagnostics) -> Option<ProviderRef> {
    let detail = format!(
        "The {argument} argument requires a provider type name, optionally followed by a period and then a \
         configuration alias."
    );
    diagnostics.push(Diagnostic::error("Invalid provider configuration reference", detail).at(expr.span));
    None
}
