//! `mock_provider` blocks, what stands in them, and overrides.

use super::super::{Decoder, label, names, refactoring};
use super::word;
use crate::{During, MockProvider, MockType, Module, MovedTarget, Override, OverrideTarget};
use std::sync::Arc;
use terrane_address::Mode;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_syntax::{Block, Body, Content, Expr, ExprKind};

/// The blocks that may stand in a `mock_provider` block, and in the files that it names.
const BLOCKS: [(&str, &[&str]); 5] = [
    ("mock_resource", &["type"]),
    ("mock_data", &["type"]),
    ("override_resource", &[]),
    ("override_data", &[]),
    ("override_module", &[]),
];

/// A `mock_provider` block.
pub(super) fn provider(decoder: &mut Decoder<'_>, block: &Block) -> Option<MockProvider> {
    let (local_name, name_span) = label(block, 0)?;
    if !names::is_provider_name(&local_name) {
        let detail = format!("\"{local_name}\" is no name of a provider.");
        decoder.error("Invalid provider local name", detail, name_span);
    }
    let content = decoder.content(&block.body, &["alias", "override_during", "source"], &BLOCKS);
    let alias = decoder.string(&content, "alias");
    let source = decoder.string(&content, "source").zip(content.attribute("source").map(|a| a.expr.span));
    let during = during(decoder, &content);
    let (types, overrides) = inside(decoder, &content);
    let alias: Option<Arc<str>> = alias.map(Into::into);
    Some(MockProvider { local_name, alias, during, types, overrides, source, span: block.header })
}

/// What the files of a mock provider's `source` say.
pub(crate) fn decode_mock_files(
    body: &Body,
    sources: &SourceMap,
) -> ((Vec<MockType>, Vec<Override>), Diagnostics) {
    let mut decoder = Decoder::new(sources, Module::default());
    let content = decoder.content(body, &[], &BLOCKS);
    let found = inside(&mut decoder, &content);
    (found, decoder.diagnostics)
}

fn inside(decoder: &mut Decoder<'_>, content: &Content) -> (Vec<MockType>, Vec<Override>) {
    let (mut types, mut overrides): (Vec<MockType>, _) = (Vec::new(), Vec::new());
    for block in &content.blocks {
        let kind = &*block.kind.name;
        if kind.starts_with("override_") {
            add_override(decoder, block, &mut overrides);
            continue;
        }
        let Some((type_name, _)) = label(block, 0) else { continue };
        let data = kind == "mock_data";
        if let Some(earlier) = types.iter().find(|t| t.data == data && t.type_name == type_name) {
            let detail = format!(
                "There is a {kind} block for {type_name} at {} already.",
                decoder.place(earlier.span)
            );
            decoder.error(format!("Duplicate {kind} block"), detail, block.header);
            continue;
        }
        let content = decoder.content(&block.body, &["defaults", "override_during"], &[]);
        let defaults = content.attribute("defaults").map(|a| a.expr.clone());
        let during = during(decoder, &content);
        types.push(MockType { data, type_name, defaults, during, span: block.header });
    }
    (types, overrides)
}

/// Adds an `override_...` block to those that stand beside it, unless one of them is about the same.
pub(super) fn add_override(decoder: &mut Decoder<'_>, block: &Block, overrides: &mut Vec<Override>) {
    let Some(found) = overriding(decoder, block) else { return };
    if let Some(earlier) = overrides.iter().find(|other| other.target == found.target) {
        let kind = &block.kind.name;
        let detail = format!(
            "There is an override of {} at {} already. Keep one of them.",
            found.target,
            decoder.place(earlier.span)
        );
        return decoder.error(format!("Duplicate {kind} block"), detail, block.header);
    }
    overrides.push(found);
}

/// An `override_...` block.
fn overriding(decoder: &mut Decoder<'_>, block: &Block) -> Option<Override> {
    let kind = &*block.kind.name;
    let values = if kind == "override_module" { "outputs" } else { "values" };
    let content = decoder.content(&block.body, &["target", values, "override_during"], &[]);
    let during = during(decoder, &content);
    let Some(argument) = content.attribute("target") else {
        decoder.missing_argument(&block.body, "target");
        return None;
    };
    let target = refactoring::target(decoder, &content, "target")?;
    let (target, expected) = match (kind, target) {
        ("override_module", MovedTarget::Module(module)) => (Some(OverrideTarget::Module(module)), ""),
        ("override_module", _) => (None, "a module: module.NAME"),
        ("override_resource", MovedTarget::Resource(r)) if r.resource.mode == Mode::Managed => {
            (Some(OverrideTarget::Resource(r)), "")
        }
        ("override_data", MovedTarget::Resource(r)) if r.resource.mode == Mode::Data => {
            (Some(OverrideTarget::Resource(r)), "")
        }
        ("override_data", _) => (None, "a data source: data.TYPE.NAME"),
        _ => (None, "a managed resource: TYPE.NAME"),
    };
    let Some(target) = target else {
        let detail = format!("The target of {kind} must be the address of {expected}.");
        decoder.error("Invalid override target", detail, argument.expr.span);
        return None;
    };
    let name = values;
    let values = content.attribute(name).map(|a| a.expr.clone());
    if let Some(expr) = values.as_ref().filter(|expr| is_no_object(expr)) {
        let detail = format!("The argument \"{name}\" of {kind} must be an object: values by name.");
        decoder.error(format!("Invalid \"{name}\" argument"), detail, expr.span);
    }
    Some(Override { target, values, during, span: block.header })
}

/// Whether an expression, as it is written, has a value that is no object.
fn is_no_object(expr: &Expr) -> bool {
    match &expr.without_parens().kind {
        ExprKind::Literal(_) | ExprKind::Tuple(_) => true,
        ExprKind::Template(parts) => parts.len() > 1,
        ExprKind::JsonString { template, .. } => is_no_object(template),
        ExprKind::For(each) => each.key.is_none(),
        _ => false,
    }
}

fn during(decoder: &mut Decoder<'_>, content: &Content) -> Option<During> {
    let argument = content.attribute("override_during")?;
    match word(decoder, &argument.expr, "override_during", ["plan", "apply"])? {
        "plan" => Some(During::Plan),
        _ => Some(During::Apply),
    }
}
