//! `moved`, `removed` and `import` blocks.

use super::traversal::{self, Quoted, Step, Traversal};
use super::{Decoder, provider, provisioner};
use crate::{Import, ImportKey, Moved, MovedTarget, ProvisionerWhen, Removed};
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, ModuleInstance, ModuleStep, Resource, ResourceInstance};
use terrane_diagnostics::Span;
use terrane_syntax::{Block, Content, Expr};

/// Names at the beginning of references that are no resource types.
pub(super) const RESERVED: &[&str] =
    &["each", "count", "local", "path", "self", "terraform", "var", "output", "template", "lazy", "arg"];

pub(super) fn decode_moved(decoder: &mut Decoder<'_>, block: &Block) {
    let content = decoder.content(&block.body, &["from", "to"], &[]);
    for name in ["from", "to"] {
        if content.attribute(name).is_none() {
            decoder.missing_argument(&block.body, name);
        }
    }
    let (from, to) = (target(decoder, &content, "from"), target(decoder, &content, "to"));
    let (Some(from), Some(to)) = (from, to) else { return };
    match (&from, &to) {
        (MovedTarget::Module(_), MovedTarget::Module(_)) => {}
        (MovedTarget::Resource(_), MovedTarget::Resource(_)) => {}
        _ => {
            decoder.error(
                "Invalid \"moved\" addresses",
                "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules.",
                block.header,
            );
            return;
        }
    }
    decoder.module.moved.push(Moved { from, to, span: block.header });
}

pub(super) fn decode_removed(decoder: &mut Decoder<'_>, block: &Block) {
    let content = decoder.content(
        &block.body,
        &["from"],
        &[("lifecycle", &[]), ("provisioner", &["type"]), ("connection", &[])],
    );
    if content.attribute("from").is_none() {
        decoder.missing_argument(&block.body, "from");
    }
    let mut destroy = true;
    for nested in content.blocks("lifecycle") {
        let arguments = decoder.content(&nested.body, &["destroy"], &[]);
        destroy = decoder.boolean(&arguments, "destroy").unwrap_or(true);
    }
    let provisioners: Vec<_> =
        content.blocks("provisioner").filter_map(|b| provisioner::decode(decoder, b)).collect();
    for provisioner in &provisioners {
        if provisioner.when != ProvisionerWhen::Destroy {
            decoder.error(
                "Invalid provisioner block",
                "Only destroy-time provisioners are valid in \"removed\" blocks. To declare a destroy-time \
                 provisioner, use:\n    when = destroy",
                provisioner.span,
            );
        }
    }
    let Some(from) = target(decoder, &content, "from") else { return };
    if let (MovedTarget::Module(_), Some(provisioner)) = (&from, provisioners.first()) {
        let detail = "Provisioners are valid only when a removed block is about a managed resource.";
        decoder.error("Invalid provisioner block", detail, provisioner.span);
    }
    let (keyed, what) = match &from {
        MovedTarget::Module(module) => (module.0.iter().any(|s| s.key != InstanceKey::None), "Module"),
        MovedTarget::Resource(r) if r.resource.mode != Mode::Managed => {
            let span = content.attribute("from").map_or(block.header, |a| a.expr.span);
            let detail = "Data sources are never destroyed, so they are not valid targets of removed blocks. To \
                          remove the data source from state, remove the data source block from configuration.";
            return decoder.error("Data source address not allowed", detail, span);
        }
        MovedTarget::Resource(r) => {
            let in_module = r.module.0.iter().any(|s| s.key != InstanceKey::None);
            (in_module || r.key != InstanceKey::None, if in_module { "Module" } else { "Resource" })
        }
    };
    if keyed {
        let span = content.attribute("from").map_or(block.header, |a| a.expr.span);
        let detail = "A \"removed\" block is about all instances of a resource or module: its \"from\" address \
                      must not have instance keys.";
        return decoder.error(format!("{what} instance keys not allowed"), detail, span);
    }
    decoder.module.removed.push(Removed { from, destroy, provisioners, span: block.header });
}

pub(super) fn decode_import(decoder: &mut Decoder<'_>, block: &Block) {
    let content = decoder.content(&block.body, &["to", "id", "for_each", "provider", "identity"], &[]);
    if content.attribute("to").is_none() {
        decoder.missing_argument(&block.body, "to");
    }
    let key = match (content.attribute("id"), content.attribute("identity")) {
        (Some(id), None) => ImportKey::Id(id.expr.clone()),
        (None, Some(identity)) => ImportKey::Identity(identity.expr.clone()),
        (Some(_), Some(identity)) => {
            let detail = "An import block has either \"id\" or \"identity\", not both: remove one of them.";
            return decoder.error("Invalid import block", detail, identity.name.span);
        }
        (None, None) => {
            let detail = "An import block needs the argument \"id\" or \"identity\", which says what object is to \
                          be imported.";
            return decoder.error("Invalid import block", detail, block.header);
        }
    };
    let Some(to) = content.attribute("to") else { return };
    let Some(to) = traversal::bare(&to.expr, Quoted::Refused, &mut decoder.diagnostics) else { return };
    let target = crate::import_target(&to);
    if target.is_none() {
        decoder.error(
            "Invalid import address expression",
            "The \"to\" argument must be the address of a managed resource instance, in this module or in one \
             that it calls: [module.NAME.]TYPE.NAME[KEY].",
            to.span,
        );
        return;
    }
    if let Some(target) = &target
        && RESERVED.contains(&&*target.resource.resource.type_name)
    {
        return reserved(decoder, &target.resource.resource.type_name, to.span);
    }
    let import = Import {
        to,
        key,
        for_each: content.attribute("for_each").map(|a| a.expr.clone()),
        provider: content
            .attribute("provider")
            .and_then(|a| provider::reference(&a.expr, "provider", &mut decoder.diagnostics)),
        span: block.header,
    };
    decoder.module.imports.push(import);
}

/// The module or resource that argument `name` is the address of.
pub(super) fn target(decoder: &mut Decoder<'_>, content: &Content, name: &str) -> Option<MovedTarget> {
    let expr = &content.attribute(name)?.expr;
    target_of(decoder, expr, &format!("the value of \"{name}\""))
}

fn reserved(decoder: &mut Decoder<'_>, keyword: &str, span: Span) {
    let detail = format!(
        "The keyword \"{keyword}\" is reserved and cannot be the address of a resource. A resource type of that name \
         is written with the prefix \"resource.\"."
    );
    decoder.error("Invalid address", detail, span);
}

/// The module or resource that an expression is the address of; `what` says where it stands.
pub(super) fn target_of(decoder: &mut Decoder<'_>, expr: &Expr, what: &str) -> Option<MovedTarget> {
    let found = traversal::expect(expr, Quoted::Refused, what, &mut decoder.diagnostics)?;
    if RESERVED.contains(&&*found.root) {
        reserved(decoder, &found.root, found.span);
        return None;
    }
    let target = address(&found);
    if target.is_none() {
        let detail = "The address must be that of a module, module.NAME[KEY], or of a resource, \
                      [module.NAME[KEY].]TYPE.NAME[KEY].";
        decoder.error("Invalid address", detail, found.span);
    }
    target
}

/// The address that a traversal spells.
pub(super) fn address(traversal: &Traversal) -> Option<MovedTarget> {
    let mut parts: Vec<(Arc<str>, InstanceKey)> = vec![(traversal.root.clone(), InstanceKey::None)];
    for step in &traversal.steps {
        match step {
            Step::Attribute(name) => parts.push((name.clone(), InstanceKey::None)),
            Step::Key(value) => {
                let (_, key) = parts.last_mut()?;
                if *key != InstanceKey::None {
                    return None;
                }
                *key = match value.as_str() {
                    Some(text) => InstanceKey::String(text.into()),
                    None => InstanceKey::Int(traversal::index(value)?),
                };
            }
        }
    }
    let mut parts = parts.into_iter().peekable();
    let mut modules = Vec::new();
    while parts.next_if(|(name, key)| &**name == "module" && *key == InstanceKey::None).is_some() {
        let (name, key) = parts.next()?;
        modules.push(ModuleStep { name, key });
    }
    let module = ModuleInstance(modules.into());
    let mode = match parts.peek() {
        None => return (!module.is_root()).then_some(MovedTarget::Module(module)),
        Some((name, InstanceKey::None)) if &**name == "data" => Mode::Data,
        Some((name, InstanceKey::None)) if &**name == "ephemeral" => Mode::Ephemeral,
        Some(_) => Mode::Managed,
    };
    let prefixed = matches!(parts.peek(), Some((name, InstanceKey::None)) if &**name == "resource");
    if mode != Mode::Managed || prefixed {
        parts.next();
    }
    match (parts.next(), parts.next(), parts.next()) {
        (Some((type_name, InstanceKey::None)), Some((name, key)), None) => {
            let resource = Resource { mode, type_name, name };
            Some(MovedTarget::Resource(ResourceInstance { module, resource, key }))
        }
        _ => None,
    }
}
