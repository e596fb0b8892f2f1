//! `locals`, `output` and `check` blocks.

use super::{Decoder, check_rules, label, lifecycle, names, resource};
use crate::{Check, Local, Output};
use terrane_syntax::Block;
use terrane_value::Type;

pub(super) fn decode_locals(decoder: &mut Decoder<'_>, block: &Block) {
    let attributes = decoder.diagnostics.take(block.body.just_attributes());
    for attribute in attributes {
        let name = attribute.name.name;
        names::check_identifier(&name, "local value", attribute.name.span, &mut decoder.diagnostics);
        if let Some(earlier) = decoder.module.locals.get(&name) {
            let detail = format!(
                "A local value named \"{name}\" was already defined at {}. Local value names must be unique \
                 within a module.",
                decoder.place(earlier.span)
            );
            decoder.error("Duplicate local value definition", detail, attribute.name.span);
            continue;
        }
        let local = Local { name: name.clone(), expr: attribute.expr, span: attribute.name.span };
        decoder.module.locals.insert(name, local);
    }
}

pub(super) fn decode_output(decoder: &mut Decoder<'_>, block: &Block) {
    let Some((name, name_span)) = label(block, 0) else { return };
    names::check_identifier(&name, "output", name_span, &mut decoder.diagnostics);
    let content = decoder.content(
        &block.body,
        &["value", "type", "description", "sensitive", "ephemeral", "depends_on", "deprecated"],
        &[("precondition", &[]), ("postcondition", &[])],
    );
    let Some(value) = content.attribute("value") else {
        return decoder.missing_argument(&block.body, "value");
    };
    for block in content.blocks("postcondition") {
        decoder.error(
            "Postconditions are not allowed",
            "Output values can only have preconditions, not postconditions.",
            block.header,
        );
    }
    let (ty, defaults) = match content.attribute("type") {
        Some(argument) => {
            let (ty, defaults, problems) = terrane_lang::type_constraint(&argument.expr);
            decoder.diagnostics.append(problems);
            (ty, defaults)
        }
        None => (Type::Dynamic, Default::default()),
    };
    let output = Output {
        ty,
        defaults,
        expr: value.expr.clone(),
        description: decoder.string(&content, "description"),
        sensitive: decoder.boolean(&content, "sensitive").unwrap_or(false),
        ephemeral: decoder.boolean(&content, "ephemeral").unwrap_or(false),
        depends_on: lifecycle::depends_on(decoder, &content),
        preconditions: content
            .blocks("precondition")
            .filter_map(|b| check_rules::decode(decoder, b))
            .collect(),
        deprecated: decoder.string(&content, "deprecated"),
        name: name.clone(),
        span: block.header,
    };
    if let Some(earlier) = decoder.module.outputs.get(&name) {
        let detail = format!(
            "An output named \"{name}\" was already defined at {}. Output names must be unique within a module.",
            decoder.place(earlier.span)
        );
        decoder.error("Duplicate output definition", detail, block.header);
        return;
    }
    decoder.module.outputs.insert(name, output);
}

pub(super) fn decode_check(decoder: &mut Decoder<'_>, block: &Block) {
    let Some((name, name_span)) = label(block, 0) else { return };
    names::check_identifier(&name, "check block", name_span, &mut decoder.diagnostics);
    let content = decoder.content(&block.body, &[], &[("assert", &[]), ("data", &["type", "name"])]);
    let asserts: Vec<_> = content.blocks("assert").filter_map(|b| check_rules::decode(decoder, b)).collect();
    if content.blocks("assert").next().is_none() {
        decoder.error(
            "Zero assert blocks",
            "Check blocks must have at least one assert block.",
            block.header,
        );
    }
    let mut data = None;
    for nested in content.blocks("data") {
        if data.is_some() {
            decoder.error(
                "Multiple data resource blocks",
                format!("This check block already has a data resource, and may have one only: {name}."),
                nested.header,
            );
            break;
        }
        data = resource::decode_scoped_data(decoder, nested.clone());
    }
    if let Some(earlier) = decoder.module.checks.get(&name) {
        let detail = format!(
            "A check block named \"{name}\" was already declared at {}. Check blocks must have unique names \
             within a module.",
            decoder.place(earlier.span)
        );
        decoder.error("Duplicate check block", detail, block.header);
        return;
    }
    decoder.module.checks.insert(name.clone(), Check { name, asserts, data, span: block.header });
}
