//! What an `import` block imports to.

use std::sync::Arc;
use terrane_address::{ConfigResource, ModulePath, Resource};
use terrane_syntax::{Expr, ExprKind};

/// An address whose keys are expressions: `module.net[each.key].aws_subnet.a[0]`.
#[derive(Clone, Debug)]
pub struct ImportTarget {
    /// The resource block.
    pub resource: ConfigResource,
    /// The key expression of each module call on the way, where there is one.
    pub module_keys: Vec<Option<Expr>>,
    /// The key expression of the resource instance, if there is one.
    pub key: Option<Expr>,
}

/// Reads the `to` of an import block; `None` when it is not the address of a managed resource
/// instance.
pub fn import_target(to: &Expr) -> Option<ImportTarget> {
    let mut parts: Vec<(Arc<str>, Option<Expr>)> = Vec::new();
    let mut key = None;
    let mut at = to;
    loop {
        match &at.kind {
            ExprKind::Variable(name) => {
                parts.push((name.clone(), key.take()));
                break;
            }
            ExprKind::GetAttr(source, name) => {
                parts.push((name.name.clone(), key.take()));
                at = source;
            }
            ExprKind::Index(source, index) if key.is_none() => {
                key = Some((**index).clone());
                at = source;
            }
            _ => return None,
        }
    }
    parts.reverse();
    let mut parts = parts.into_iter().peekable();
    let mut module = ModulePath::root();
    let mut module_keys = Vec::new();
    while parts.next_if(|(name, key)| &**name == "module" && key.is_none()).is_some() {
        let (name, key) = parts.next()?;
        module = module.child(name);
        module_keys.push(key);
    }
    parts.next_if(|(name, key)| &**name == "resource" && key.is_none());
    match (parts.next(), parts.next(), parts.next()) {
        (Some((type_name, None)), Some((name, key)), None) if &*type_name != "data" => {
            let resource = ConfigResource { module, resource: Resource::managed(type_name, name) };
            Some(ImportTarget { resource, module_keys, key })
        }
        _ => None,
    }
}
