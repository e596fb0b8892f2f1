//! Meta-arguments of resources, and those that modules and outputs share with them.

use super::traversal::{self, Quoted};
use super::{Decoder, action, check_rules, constant};
use crate::{Dependency, IgnoreChanges, Lifecycle, Repetition};
use terrane_address::Mode;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_lang::{Subject, references};
use terrane_syntax::{Block, Content, Expr, ExprKind};

/// `count` or `for_each`.
pub(super) fn repetition(decoder: &mut Decoder<'_>, content: &Content) -> Repetition {
    match (content.attribute("count"), content.attribute("for_each")) {
        (Some(_), Some(for_each)) => {
            decoder.error(
                "Invalid combination of \"count\" and \"for_each\"",
                "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used \
                 to be explicit about the number of resources to be created.",
                for_each.name.span,
            );
            Repetition::ForEach(for_each.expr.clone())
        }
        (Some(count), None) => Repetition::Count(count.expr.clone()),
        (None, Some(for_each)) => Repetition::ForEach(for_each.expr.clone()),
        (None, None) => Repetition::Single,
    }
}

/// `enabled` of a lifecycle block, which excludes `count` and `for_each`.
pub(super) fn with_enabled(
    decoder: &mut Decoder<'_>,
    repetition: Repetition,
    enabled: Option<(Expr, Span)>,
) -> Repetition {
    match (repetition, enabled) {
        (repetition, None) => repetition,
        (Repetition::Single, Some((expr, _))) => Repetition::Enabled(expr),
        (repetition, Some((_, span))) => {
            let other = if matches!(repetition, Repetition::Count(_)) { "count" } else { "for_each" };
            decoder.error(
                format!("Invalid combination of \"{other}\" and \"enabled\""),
                format!(
                    "The \"{other}\" and \"enabled\" meta-arguments are mutually-exclusive, only one should be \
                     used to be explicit about the number of resources to be created."
                ),
                span,
            );
            repetition
        }
    }
}

/// `depends_on`: a list of references, written out.
pub(super) fn depends_on(decoder: &mut Decoder<'_>, content: &Content) -> Vec<Dependency> {
    let Some(argument) = content.attribute("depends_on") else { return Vec::new() };
    let diagnostics = &mut decoder.diagnostics;
    let mut found = Vec::new();
    for element in constant::list(&argument.expr, "the value of depends_on", diagnostics) {
        let Some(expr) = traversal::bare(element, Quoted::Deprecated, diagnostics) else { continue };
        if traversal::traversal(&expr).is_none() {
            traversal::expect(&expr, Quoted::Refused, "each element of depends_on", diagnostics);
            continue;
        }
        if matches!(expr.kind, ExprKind::Literal(_)) {
            let detail =
                "Each element of depends_on must be a reference to a resource, a module or another object.";
            diagnostics.push(Diagnostic::error("Invalid reference", detail).at(expr.span));
            continue;
        }
        let references = diagnostics.take(references(&expr));
        found.extend(references.into_iter().map(|reference| Dependency { reference }));
    }
    found
}

/// A `lifecycle` block of a resource, and its `enabled` argument.
pub(super) fn decode(
    decoder: &mut Decoder<'_>,
    block: &Block,
    mode: Mode,
) -> (Lifecycle, Option<(Expr, Span)>) {
    let content = decoder.content(
        &block.body,
        &[
            "create_before_destroy",
            "prevent_destroy",
            "ignore_changes",
            "replace_triggered_by",
            "enabled",
            "destroy",
        ],
        &[("precondition", &[]), ("postcondition", &[]), ("action_trigger", &[])],
    );
    let mut lifecycle = Lifecycle {
        preconditions: content
            .blocks("precondition")
            .filter_map(|b| check_rules::decode(decoder, b))
            .collect(),
        postconditions: content
            .blocks("postcondition")
            .filter_map(|b| check_rules::decode(decoder, b))
            .collect(),
        ..Lifecycle::default()
    };
    let enabled = content.attribute("enabled").map(|a| (a.expr.clone(), a.name.span));
    if mode != Mode::Managed {
        for attribute in content.attributes.iter().filter(|a| &*a.name.name != "enabled") {
            let (kind, keyword) =
                if mode == Mode::Data { ("data", "Data") } else { ("ephemeral", "Ephemeral") };
            decoder.error(
                format!("Invalid {kind} resource lifecycle argument"),
                format!(
                    "The lifecycle argument \"{}\" is defined only for managed resources (\"resource\" blocks), \
                     and is not valid for {} resources.",
                    attribute.name.name,
                    keyword.to_lowercase()
                ),
                attribute.name.span,
            );
        }
        for nested in content.blocks("action_trigger") {
            decoder.error(
                "Invalid action_trigger block",
                "Only managed resources (\"resource\" blocks) trigger actions: nothing else is created or updated.",
                nested.header,
            );
        }
        return (lifecycle, enabled);
    }
    lifecycle.action_triggers =
        content.blocks("action_trigger").filter_map(|b| action::decode_trigger(decoder, b)).collect();
    lifecycle.create_before_destroy = decoder.boolean(&content, "create_before_destroy");
    lifecycle.destroy = decoder.boolean(&content, "destroy");
    if let Some(argument) = content.attribute("prevent_destroy") {
        lifecycle.prevent_destroy = Some(argument.expr.clone());
    }
    if let Some(argument) = content.attribute("ignore_changes") {
        lifecycle.ignore_changes = ignore_changes(&argument.expr, &mut decoder.diagnostics);
    }
    if let Some(argument) = content.attribute("replace_triggered_by") {
        lifecycle.replace_triggered_by = replace_triggered_by(decoder, &argument.expr);
    }
    (lifecycle, enabled)
}

fn ignore_changes(expr: &Expr, diagnostics: &mut Diagnostics) -> IgnoreChanges {
    let all = match &expr.kind {
        ExprKind::Variable(name) => &**name == "all",
        ExprKind::JsonString { text, .. } => &**text == "all",
        _ => false,
    };
    if all {
        return IgnoreChanges::All;
    }
    let elements = constant::list(expr, "the value of ignore_changes", diagnostics);
    let mut paths = Vec::new();
    for element in elements {
        if constant::literal_string(element).as_deref() == Some("*") {
            diagnostics.push(
                terrane_diagnostics::Diagnostic::error(
                    "Invalid ignore_changes wildcard",
                    "The [\"*\"] form of ignore_changes wildcard was deprecated and is now invalid. Use \
                     \"ignore_changes = all\" to ignore changes to all attributes.",
                )
                .at(element.span),
            );
            continue;
        }
        let what = "each element of ignore_changes";
        if let Some(found) = traversal::expect(element, Quoted::Deprecated, what, diagnostics) {
            paths.push((found.path(), found.span));
        }
    }
    if paths.is_empty() { IgnoreChanges::Nothing } else { IgnoreChanges::Paths(paths) }
}

/// References to managed resources, in which only `count.index` and `each.key` may stand.
fn replace_triggered_by(decoder: &mut Decoder<'_>, expr: &Expr) -> Vec<Expr> {
    let elements = constant::list(expr, "the value of replace_triggered_by", &mut decoder.diagnostics);
    let mut found = Vec::new();
    for element in elements {
        let Some(expr) = traversal::bare(element, Quoted::Refused, &mut decoder.diagnostics) else {
            continue;
        };
        let mut resources = 0;
        for reference in decoder.diagnostics.take(references(&expr)) {
            match reference.subject {
                Subject::Resource { mode: Mode::Managed | Mode::Data, .. } => resources += 1,
                Subject::Count(name) if &*name == "index" => {}
                Subject::Each(name) if &*name == "key" => {}
                _ => decoder.error(
                    "Invalid reference in replace_triggered_by expression",
                    "Only resources, count.index, and each.key may be used in replace_triggered_by.",
                    reference.span,
                ),
            }
        }
        match resources {
            1 => found.push(expr),
            0 => decoder.error(
                "Invalid replace_triggered_by expression",
                "Missing resource reference in replace_triggered_by expression.",
                expr.span,
            ),
            _ => decoder.error(
                "Invalid replace_triggered_by expression",
                "Multiple resource references in replace_triggered_by expression.",
                expr.span,
            ),
        }
    }
    found
}
