//! Override files: their blocks change blocks of the same name in other files, argument by
//! argument and, for nested blocks, type by type.

use super::directory::Blocks;
use crate::Module;
use crate::decode::{self, Decoder};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostics, SourceMap, Span};
use terrane_syntax::{Attribute, Block, Body, Expr, ExprKind, Ident, NativeBody, ObjectItem, ObjectKey};

/// Declares in `module` what `blocks` say, overrides applied.
pub(super) fn declare(blocks: Blocks, module: Module, sources: &SourceMap) -> (Module, Diagnostics) {
    let Blocks { mut primary, overrides } = blocks;
    let mut decoder = Decoder::new(sources, module);
    let mut later = Vec::new();
    for block in &overrides {
        match &*block.kind.name {
            "terraform" => later.push(block),
            "removed" => primary.push(block.clone()),
            "moved" | "import" | "check" => {
                let kind = &block.kind.name;
                let detail =
                    format!("A \"{kind}\" block can appear only in normal files, not in override files.");
                decoder.error(format!("Cannot override \"{kind}\" blocks"), detail, block.header);
            }
            "locals" => override_locals(&mut decoder, &mut primary, block),
            _ => override_block(&mut decoder, &mut primary, block),
        }
    }
    for block in primary {
        decoder.block(block);
    }
    for block in later {
        decode::decode_terraform_override(&mut decoder, block);
    }
    decoder.finish()
}

/// What tells a block from others of its kind.
fn identity(block: &Block) -> (Arc<str>, Vec<Arc<str>>, Option<Arc<str>>) {
    let labels = block.labels.iter().map(|l| l.text.clone()).collect();
    let alias = (&*block.kind.name == "provider").then(|| alias(&block.body)).flatten();
    (block.kind.name.clone(), labels, alias)
}

fn alias(body: &Body) -> Option<Arc<str>> {
    match body {
        Body::Native(native) => native
            .attributes
            .iter()
            .find(|a| &*a.name.name == "alias")
            .and_then(|a| decode::constant::literal_string(&a.expr)),
        Body::Json(expr) => items(expr)
            .iter()
            .find(|i| key(i).as_deref() == Some("alias"))
            .and_then(|i| decode::constant::literal_string(&i.value)),
    }
}

fn override_block(decoder: &mut Decoder<'_>, primary: &mut Vec<Block>, block: &Block) {
    let identity_of_override = identity(block);
    if let Some(base) = primary.iter_mut().find(|b| identity(b) == identity_of_override) {
        if matches!(&*block.kind.name, "resource" | "data" | "ephemeral" | "module")
            && let Some(depends_on) = argument(&block.body, "depends_on")
            && !matches!(&depends_on.kind, ExprKind::Tuple(elements) if elements.is_empty())
        {
            let detail = "The depends_on argument may not be overridden.";
            decoder.error("Unsupported override", detail, depends_on.span);
            return;
        }
        if let Some((kind, at)) = rule(block) {
            let detail = format!("An override file cannot override \"{kind}\" blocks.");
            decoder.error(format!("Cannot override {kind} blocks"), detail, at);
            return;
        }
        base.body = merge(&base.body, &block.body);
        return;
    }
    if &*block.kind.name == "provider" && identity_of_override.2.is_none() {
        // An override of a configuration that is empty otherwise.
        primary.push(block.clone());
        return;
    }
    let what = match &*block.kind.name {
        "variable" => "variable declaration",
        "output" => "output value definition",
        "module" => "module call",
        "data" => "data resource",
        "provider" => "provider configuration",
        kind => kind,
    };
    let labels: Vec<String> = block.labels.iter().map(|l| format!("{:?}", &*l.text)).collect();
    decoder.error(
        format!("Missing base {what} to override"),
        format!(
            "There is no {} {} in other files. An override file can only change a block that is declared in a \
             primary configuration file.",
            block.kind.name,
            labels.join(" ")
        ),
        block.header,
    );
}

/// A block in `block` with a condition: those are not overridden.
fn rule(block: &Block) -> Option<(&'static str, Span)> {
    let in_lifecycle = |kind| nested(&nested(&block.body, "lifecycle")?.0, kind);
    let found = |kind, nested: Option<(Body, Span)>| nested.map(|(_, at)| (kind, at));
    match &*block.kind.name {
        "variable" => found("validation", nested(&block.body, "validation")),
        "output" => found("precondition", nested(&block.body, "precondition")),
        "resource" | "data" | "ephemeral" => found("precondition", in_lifecycle("precondition"))
            .or_else(|| found("postcondition", in_lifecycle("postcondition"))),
        _ => None,
    }
}

/// The first block of a kind in a body, and where it stands.
fn nested(body: &Body, kind: &str) -> Option<(Body, Span)> {
    match body {
        Body::Native(native) => {
            let block = native.blocks.iter().find(|b| &*b.kind.name == kind)?;
            Some((block.body.clone(), block.header))
        }
        Body::Json(_) => argument(body, kind).map(|value| (Body::Json(value.clone()), value.span)),
    }
}

fn override_locals(decoder: &mut Decoder<'_>, primary: &mut [Block], block: &Block) {
    let attributes = decoder.diagnostics.take(block.body.just_attributes());
    for attribute in attributes {
        let name = &attribute.name.name;
        let base = primary
            .iter_mut()
            .filter(|b| &*b.kind.name == "locals")
            .find(|b| argument(&b.body, name).is_some());
        match base {
            Some(base) => base.body = merge(&base.body, &Body::Native(body_of(attribute))),
            None => decoder.error(
                "Missing base local value definition to override",
                format!(
                    "There is no local value named \"{name}\". An override file can only override a local value \
                     defined in a primary configuration file."
                ),
                attribute.name.span,
            ),
        }
    }
}

fn body_of(attribute: Attribute) -> NativeBody {
    let (span, missing) = (attribute.span, attribute.span);
    NativeBody { attributes: vec![attribute], blocks: Vec::new(), span, missing }
}

fn argument(body: &Body, name: &str) -> Option<Expr> {
    match body {
        Body::Native(native) => {
            native.attributes.iter().find(|a| &*a.name.name == name).map(|a| a.expr.clone())
        }
        Body::Json(expr) => {
            items(expr).into_iter().find(|i| key(i).as_deref() == Some(name)).map(|i| i.value)
        }
    }
}

/// `base` with what `over` sets in place of its own.
fn merge(base: &Body, over: &Body) -> Body {
    match (base, over) {
        (Body::Native(base), Body::Native(over)) => Body::Native(merge_native(base, over)),
        _ => {
            let (base, over) = (to_json(base), to_json(over));
            let replaced: Vec<Option<Arc<str>>> = items(&over).iter().map(key).collect();
            let mut merged: Vec<ObjectItem> =
                items(&base).into_iter().filter(|i| !replaced.contains(&key(i))).collect();
            merged.extend(items(&over));
            Body::Json(Expr { kind: ExprKind::Object(merged), span: base.span })
        }
    }
}

fn merge_native(base: &NativeBody, over: &NativeBody) -> NativeBody {
    let mut merged = base.clone();
    // One of them takes the place of the other.
    for (one, other) in [("count", "for_each"), ("for_each", "count")] {
        if over.attributes.iter().any(|a| &*a.name.name == one) {
            merged.attributes.retain(|a| &*a.name.name != other);
        }
    }
    for attribute in &over.attributes {
        match merged.attributes.iter_mut().find(|a| a.name.name == attribute.name.name) {
            Some(earlier) => *earlier = attribute.clone(),
            None => merged.attributes.push(attribute.clone()),
        }
    }
    let lifecycle = |b: &&Block| &*b.kind.name == "lifecycle";
    let replaced: Vec<Arc<str>> =
        over.blocks.iter().filter(|b| !lifecycle(b)).filter_map(content_kind).collect();
    merged.blocks.retain(|b| content_kind(b).is_none_or(|kind| !replaced.contains(&kind)));
    for block in &over.blocks {
        // A lifecycle block is merged argument by argument.
        match merged.blocks.iter_mut().find(|b| lifecycle(&&**b)) {
            Some(earlier) if lifecycle(&block) => earlier.body = merge(&earlier.body, &block.body),
            _ => merged.blocks.push(block.clone()),
        }
    }
    merged
}

/// The type of block that a block, or the `dynamic` block that makes some, is about.
fn content_kind(block: &Block) -> Option<Arc<str>> {
    match (&*block.kind.name, block.labels.first()) {
        ("dynamic", Some(label)) => Some(label.text.clone()),
        _ => Some(block.kind.name.clone()),
    }
}

/// The items of a JSON body's object, or of all objects of its array.
fn items(expr: &Expr) -> Vec<ObjectItem> {
    match &expr.kind {
        ExprKind::Object(items) => items.clone(),
        ExprKind::Tuple(elements) => elements.iter().flat_map(items).collect(),
        _ => Vec::new(),
    }
}

fn key(item: &ObjectItem) -> Option<Arc<str>> {
    match &item.key {
        ObjectKey::Name(name) => Some(name.name.clone()),
        ObjectKey::Expr(key) => decode::constant::literal_string(key),
    }
}

/// A body in the form that JSON has: arguments are items, and so are blocks, by type and labels.
fn to_json(body: &Body) -> Expr {
    let native = match body {
        Body::Json(expr) => return expr.clone(),
        Body::Native(native) => native,
    };
    let item = |name: &Ident, value: Expr| ObjectItem { key: ObjectKey::Name(name.clone()), value };
    let mut items: Vec<ObjectItem> =
        native.attributes.iter().map(|a| item(&a.name, a.expr.clone())).collect();
    let mut kinds: Vec<&Arc<str>> = Vec::new();
    for block in &native.blocks {
        if !kinds.contains(&&block.kind.name) {
            kinds.push(&block.kind.name);
        }
    }
    for kind in kinds {
        let same: Vec<&Block> = native.blocks.iter().filter(|b| b.kind.name == *kind).collect();
        let elements = same.iter().map(|block| {
            block.labels.iter().rev().fold(to_json(&block.body), |value, label| Expr {
                span: value.span,
                kind: ExprKind::Object(vec![item(
                    &Ident { name: label.text.clone(), span: label.span },
                    value,
                )]),
            })
        });
        let value = Expr { kind: ExprKind::Tuple(elements.collect()), span: same[0].span };
        items.push(item(&same[0].kind, value));
    }
    Expr { kind: ExprKind::Object(items), span: native.missing }
}
