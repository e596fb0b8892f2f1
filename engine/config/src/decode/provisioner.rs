//! `provisioner` blocks.

use super::{Decoder, constant, label};
use crate::{Provisioner, ProvisionerFailure, ProvisionerWhen};
use terrane_syntax::Block;

/// Provisioners that Terraform had once.
const REMOVED: &[&str] = &["chef", "habitat", "puppet", "salt-masterless"];

const META_ARGUMENTS: &[&str] = &["when", "on_failure", "connection", "lifecycle"];

pub(super) fn decode(decoder: &mut Decoder<'_>, block: &Block) -> Option<Provisioner> {
    let (kind, kind_span) = label(block, 0)?;
    if REMOVED.contains(&&*kind) {
        decoder.error(
            format!("The \"{kind}\" provisioner has been removed"),
            format!(
                "The \"{kind}\" provisioner was deprecated in Terraform 0.13.4 and has been removed since. Use \
                 a tool of the operating system image or of the cloud, such as user data, instead."
            ),
            kind_span,
        );
        return None;
    }
    let mut block = block.clone();
    decoder.unescaped(&mut block, META_ARGUMENTS);
    let content =
        decoder.partial(&block.body, &["when", "on_failure"], &[("connection", &[]), ("lifecycle", &[])]);
    decoder.only_blocks(&block.body, &["connection", "lifecycle"]);
    let mut when = ProvisionerWhen::Create;
    if let Some(argument) = content.attribute("when") {
        match constant::keyword(&argument.expr).as_deref() {
            Some("create") => {}
            Some("destroy") => when = ProvisionerWhen::Destroy,
            _ => decoder.error(
                "Invalid \"when\" keyword",
                "The \"when\" argument requires one of the following keywords: create or destroy.",
                argument.expr.span,
            ),
        }
    }
    let mut on_failure = ProvisionerFailure::Fail;
    if let Some(argument) = content.attribute("on_failure") {
        match constant::keyword(&argument.expr).as_deref() {
            Some("fail") => {}
            Some("continue") => on_failure = ProvisionerFailure::Continue,
            _ => decoder.error(
                "Invalid \"on_failure\" keyword",
                "The \"on_failure\" argument requires one of the following keywords: continue or fail.",
                argument.expr.span,
            ),
        }
    }
    for extra in content.blocks("connection").skip(1) {
        decoder.error(
            "Duplicate connection block",
            "This provisioner already has a connection block.",
            extra.header,
        );
    }
    for reserved in content.blocks("lifecycle") {
        decoder.error(
            "Reserved block type name in provisioner block",
            "The block type name \"lifecycle\" is reserved for use by the language in a future version.",
            reserved.header,
        );
    }
    Some(Provisioner { kind, body: block.body, when, on_failure, span: block.header })
}
