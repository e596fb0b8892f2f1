//! `resource`, `data` and `ephemeral` blocks.

use super::{Decoder, implied_provider, label, lifecycle, names, provider, provisioner};
use crate::{Lifecycle, ResourceBlock};
use terrane_address::{Mode, Resource};
use terrane_syntax::Block;

pub(super) fn decode(decoder: &mut Decoder<'_>, block: Block) {
    let mode = match &*block.kind.name {
        "resource" => Mode::Managed,
        "data" => Mode::Data,
        _ => Mode::Ephemeral,
    };
    if let Some(declared) = declaration(decoder, block, mode) {
        declare(decoder, declared);
    }
}

/// The `data` block of a `check` block.
pub(super) fn decode_scoped_data(decoder: &mut Decoder<'_>, block: Block) -> Option<Resource> {
    let mut nested = decoder.partial(&block.body, &["count", "for_each"], &[("lifecycle", &[])]);
    if let Some(argument) = nested.attributes.pop() {
        let name = &argument.name.name;
        let detail =
            "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks.";
        decoder.error(format!("Invalid \"{name}\" attribute"), detail, argument.name.span);
    }
    if let Some(lifecycle) = nested.blocks.pop() {
        let detail = "Nested data blocks do not support \"lifecycle\" blocks: the check around it takes their \
                      place.";
        decoder.error("Invalid lifecycle block", detail, lifecycle.header);
    }
    let declared = declaration(decoder, block, Mode::Data)?;
    let resource = declared.resource.clone();
    declare(decoder, declared);
    Some(resource)
}

fn declare(decoder: &mut Decoder<'_>, declared: ResourceBlock) {
    let resource = &declared.resource;
    let Some(earlier) = decoder.module.resources.get(resource) else {
        decoder.module.resources.insert(resource.clone(), declared);
        return;
    };
    let (kind, word) = match resource.mode {
        Mode::Managed => ("resource", "resource"),
        Mode::Data => ("data", "data resource"),
        Mode::Ephemeral => ("ephemeral", "ephemeral resource"),
    };
    let Resource { type_name, name, .. } = resource;
    let article = if type_name.starts_with(['a', 'e', 'i', 'o']) && kind != "resource" { "An" } else { "A" };
    let detail = format!(
        "{article} {type_name} {word} named \"{name}\" was already declared at {}. Resource names must be unique per type \
         in each module.",
        decoder.place(earlier.span)
    );
    let summary = format!("Duplicate {kind} \"{type_name}\" configuration");
    decoder.error(summary, detail, declared.span);
}

fn declaration(decoder: &mut Decoder<'_>, mut block: Block, mode: Mode) -> Option<ResourceBlock> {
    decoder.unescaped(&mut block, ResourceBlock::META_ARGUMENTS);
    let (type_name, type_span) = label(&block, 0)?;
    let (name, name_span) = label(&block, 1)?;
    let kind = match mode {
        Mode::Managed => "resource",
        Mode::Data => "data source",
        Mode::Ephemeral => "ephemeral resource",
    };
    names::check_identifier(&type_name, &format!("{kind} type"), type_span, &mut decoder.diagnostics);
    names::check_identifier(&name, kind, name_span, &mut decoder.diagnostics);

    let attributes = &["count", "for_each", "provider", "depends_on"];
    decoder.only_blocks(&block.body, &["lifecycle", "connection", "provisioner"]);
    let content = match mode {
        Mode::Managed => decoder.partial(
            &block.body,
            attributes,
            &[("lifecycle", &[]), ("connection", &[]), ("provisioner", &["type"]), ("locals", &[])],
        ),
        Mode::Data | Mode::Ephemeral => {
            decoder.partial(&block.body, attributes, &[("lifecycle", &[]), ("locals", &[])])
        }
    };
    if mode != Mode::Managed {
        for (name, span) in content.unexpected.iter().filter(|(n, _)| n == "connection" || n == "provisioner")
        {
            let detail = format!(
                "Blocks of type \"{name}\" are not expected here: only managed resources (\"resource\" blocks) \
                 have them."
            );
            decoder.error("Unsupported block type", detail, *span);
        }
    }
    let repetition = lifecycle::repetition(decoder, &content);
    let mut declared_lifecycle = None;
    let mut enabled = None;
    for nested in content.blocks("lifecycle") {
        if let Some((_, earlier)) = declared_lifecycle {
            let detail =
                format!("This resource already has a lifecycle block at {}.", decoder.place(earlier));
            decoder.error("Duplicate lifecycle block", detail, nested.header);
            continue;
        }
        let (found, found_enabled) = lifecycle::decode(decoder, nested, mode);
        declared_lifecycle = Some((found, nested.header));
        enabled = found_enabled;
    }
    let mut connection = None;
    for nested in content.blocks("connection") {
        if connection.is_some() {
            let detail = "This resource already has a connection block.";
            decoder.error("Duplicate connection block", detail, nested.header);
            continue;
        }
        connection = Some(nested.body.clone());
    }
    for nested in content.blocks("locals") {
        decoder.error(
            format!("Reserved block type name in {} block", block.kind.name),
            "The block type name \"locals\" is reserved for use by the language in a future version.",
            nested.header,
        );
    }
    let provider = content
        .attribute("provider")
        .and_then(|a| provider::reference(&a.expr, "provider", &mut decoder.diagnostics))
        .unwrap_or_else(|| implied_provider(&type_name, block.header));
    Some(ResourceBlock {
        resource: Resource { mode, type_name, name },
        body: block.body,
        repetition: lifecycle::with_enabled(decoder, repetition, enabled),
        provider,
        depends_on: lifecycle::depends_on(decoder, &content),
        lifecycle: declared_lifecycle.map_or_else(Lifecycle::default, |(found, _)| found),
        provisioners: content.blocks("provisioner").filter_map(|b| provisioner::decode(decoder, b)).collect(),
        connection,
        span: block.header,
    })
}
