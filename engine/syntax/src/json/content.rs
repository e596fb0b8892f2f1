//! Reading a JSON body by what is expected in it: which properties are arguments, and how many
//! levels of nested objects are labels of a block.

use crate::body::{report_missing, suggestion};
use crate::{
    Attribute, Block, BlockSchema, Body, BodySchema, Content, Expr, ExprKind, Ident, Label, ObjectItem,
    ObjectKey,
};
use std::collections::HashMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};

/// A property of a JSON object.
struct Property<'a> {
    name: Arc<str>,
    span: Span,
    value: &'a Expr,
}

/// Reads the body `value`; what is not expected is an error if `exact`.
pub(crate) fn content(value: &Expr, schema: &BodySchema, exact: bool) -> (Content, Diagnostics) {
    let (mut content, mut diagnostics) = (Content::default(), Diagnostics::new());
    let problem = "A JSON object is required here, to define arguments and child blocks.";
    for property in properties(value, problem, &mut diagnostics) {
        if &*property.name == "//" {
            continue;
        }
        if schema.attributes.iter().any(|(name, _)| **name == *property.name) {
            match content.attribute(&property.name) {
                Some(before) => diagnostics.push(duplicate(&property, before.name.span)),
                None => content.attributes.push(attribute(&property, &mut diagnostics)),
            }
        } else if let Some(expected) = schema.block(&property.name) {
            let kind = Ident { name: property.name.clone(), span: property.span };
            let mut labels = Vec::new();
            blocks(property.value, expected, &kind, &mut labels, &mut content.blocks, &mut diagnostics);
        } else if exact {
            let names = schema.attributes.iter().map(|(name, _)| name.as_str());
            let hint = suggestion(&property.name, names.chain(schema.blocks.iter().map(|b| b.kind.as_str())));
            let detail = format!("No argument or block type is named \"{}\".{hint}", property.name);
            diagnostics.push(Diagnostic::error("Extraneous JSON object property", detail).at(property.span));
        } else {
            content.unexpected.push((property.name.to_string(), property.span));
        }
    }
    report_missing(schema, &content, missing(value), &mut diagnostics);
    (content, diagnostics)
}

/// All properties as arguments.
pub(crate) fn just_attributes(value: &Expr) -> (Vec<Attribute>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut seen: HashMap<Arc<str>, Span> = HashMap::new();
    let mut attributes = Vec::new();
    let problem = "A JSON object is required here, setting the arguments for this block.";
    if matches!(value.kind, ExprKind::Tuple(_)) {
        diagnostics.push(Diagnostic::error("Incorrect JSON value type", problem).at(missing(value)));
        return (attributes, diagnostics);
    }
    for property in properties(value, problem, &mut diagnostics) {
        if &*property.name == "//" {
            continue;
        }
        match seen.get(&property.name) {
            Some(&before) => diagnostics.push(duplicate(&property, before)),
            None => {
                seen.insert(property.name.clone(), property.span);
                attributes.push(attribute(&property, &mut diagnostics));
            }
        }
    }
    (attributes, diagnostics)
}

/// Where to point when something is missing: the opening brace.
pub(crate) fn missing(value: &Expr) -> Span {
    Span { end: value.span.end.min(value.span.start + 1), ..value.span }
}

fn duplicate(property: &Property<'_>, before: Span) -> Diagnostic {
    let detail = format!("The argument \"{}\" was already set in this object.", property.name);
    Diagnostic::error("Duplicate argument", detail).at(property.span).within(before.to(property.span))
}

fn attribute(property: &Property<'_>, diagnostics: &mut Diagnostics) -> Attribute {
    check_duplicates(property.value, diagnostics);
    Attribute {
        name: Ident { name: property.name.clone(), span: property.span },
        expr: property.value.clone(),
        span: property.span.to(property.value.span),
    }
}

/// Reports repeated property names: several blocks of one type may be written so, but a value
/// cannot have two attributes of one name.
fn check_duplicates(value: &Expr, diagnostics: &mut Diagnostics) {
    match &value.kind {
        ExprKind::Tuple(items) => items.iter().for_each(|item| check_duplicates(item, diagnostics)),
        ExprKind::Object(items) => {
            let mut seen: HashMap<Arc<str>, Span> = HashMap::new();
            for property in items.iter().filter_map(property) {
                if let Some(before) = seen.insert(property.name.clone(), property.span) {
                    let detail = format!(
                        "An attribute named \"{}\" was already defined in this object.",
                        property.name
                    );
                    diagnostics.push(
                        Diagnostic::error("Duplicate object attribute", detail)
                            .at(property.span)
                            .within(before.to(property.span)),
                    );
                }
                check_duplicates(property.value, diagnostics);
            }
        }
        _ => {}
    }
}

fn property(item: &ObjectItem) -> Option<Property<'_>> {
    let (name, span) = match &item.key {
        ObjectKey::Name(ident) => (ident.name.clone(), ident.span),
        ObjectKey::Expr(Expr { kind: ExprKind::JsonString { text, .. }, span }) => (text.clone(), *span),
        ObjectKey::Expr(_) => return None,
    };
    Some(Property { name, span, value: &item.value })
}

/// The properties of an object, or of all objects in an array.
fn properties<'a>(value: &'a Expr, problem: &str, diagnostics: &mut Diagnostics) -> Vec<Property<'a>> {
    let mut found = Vec::new();
    let objects = match &value.kind {
        ExprKind::Tuple(items) => &items[..],
        _ => std::slice::from_ref(value),
    };
    for object in objects {
        match &object.kind {
            ExprKind::Object(items) => found.extend(items.iter().filter_map(property)),
            _ => {
                diagnostics.push(Diagnostic::error("Incorrect JSON value type", problem).at(missing(object)))
            }
        }
    }
    found
}

/// The blocks of one type in `value`, whose outer levels are the labels that are still to come.
fn blocks(
    value: &Expr,
    expected: &BlockSchema,
    kind: &Ident,
    labels: &mut Vec<Label>,
    found: &mut Vec<Block>,
    diagnostics: &mut Diagnostics,
) {
    let type_name = &expected.kind;
    if let Some(label_name) = expected.labels.get(labels.len()) {
        let problem =
            format!("A JSON object is required, whose keys represent the {type_name} block's {label_name}.");
        let before = diagnostics.len();
        let properties = properties(value, &problem, diagnostics);
        if properties.is_empty() && diagnostics.len() == before {
            let detail = format!(
                "At least one object property is required, whose name represents the {type_name} block's {label_name}."
            );
            diagnostics.push(Diagnostic::error("Missing block label", detail).at(missing(value)));
        }
        for property in properties {
            labels.push(Label { text: property.name, span: property.span });
            blocks(property.value, expected, kind, labels, found, diagnostics);
            labels.pop();
        }
        return;
    }
    let header_end = labels.last().map_or(kind.span, |l| l.span);
    let mut push = |body: &Expr| {
        found.push(Block {
            kind: kind.clone(),
            labels: labels.clone(),
            body: Body::Json(body.clone()),
            header: kind.span.to(header_end),
            span: header_end.to(body.span),
        });
    };
    match &value.kind {
        ExprKind::Object(_) => push(value),
        ExprKind::Tuple(items) => items.iter().for_each(push),
        ExprKind::Literal(null) if null.is_null() => {}
        _ => {
            let detail = format!(
                "Either a JSON object or a JSON array is required, representing the contents of one or more \"{type_name}\" blocks."
            );
            diagnostics.push(Diagnostic::error("Incorrect JSON value type", detail).at(missing(value)));
        }
    }
}
