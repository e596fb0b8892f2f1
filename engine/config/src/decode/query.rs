//! `list` blocks, which stand in query files.

use super::{Decoder, label, lifecycle, names, provider};
use crate::ListBlock;
use terrane_syntax::Block;

pub(crate) fn decode(decoder: &mut Decoder<'_>, block: &Block) -> Option<ListBlock> {
    let (type_name, type_span) = label(block, 0)?;
    let (name, name_span) = label(block, 1)?;
    names::check_identifier(&type_name, "resource type", type_span, &mut decoder.diagnostics);
    names::check_identifier(&name, "list", name_span, &mut decoder.diagnostics);
    let content = decoder.content(
        &block.body,
        &["count", "for_each", "provider", "include_resource", "limit"],
        &[("config", &[])],
    );
    let mut config = None;
    for nested in content.blocks("config") {
        if config.is_some() {
            let detail = "A list block has one \"config\" block, and this one has another already.";
            decoder.error("Duplicate config block", detail, nested.header);
            continue;
        }
        config = Some(nested.body.clone());
    }
    let Some(argument) = content.attribute("provider") else {
        decoder.missing_argument(&block.body, "provider");
        return None;
    };
    let provider = provider::reference(&argument.expr, "provider", &mut decoder.diagnostics)?;
    let expr = |name: &str| content.attribute(name).map(|argument| argument.expr.clone());
    Some(ListBlock {
        type_name,
        name,
        provider,
        repetition: lifecycle::repetition(decoder, &content),
        include_resource: expr("include_resource"),
        limit: expr("limit"),
        config,
        span: block.header,
    })
}
