//! Blocks named `_`, in which arguments of a provider or module stand whose names the language
//! uses for itself.

use super::Decoder;
use std::sync::Arc;
use terrane_syntax::{Block, Body, ExprKind, NativeBody, ObjectKey};

impl Decoder<'_> {
    /// The body of `block` with what stands in its `_` block as if it stood beside it. Names in
    /// `reserved` cannot be given that way: nothing that Terrane knows has arguments named so.
    pub(super) fn unescaped(&mut self, block: &mut Block, reserved: &[&str]) {
        match &mut block.body {
            Body::Native(native) if native.blocks.iter().any(is_escape) => self.unescape(native, reserved),
            Body::Json(expr) => {
                let ExprKind::Object(items) = &mut expr.kind else { return };
                let escape = |key: &ObjectKey| match key {
                    ObjectKey::Name(name) => &*name.name == "_",
                    ObjectKey::Expr(key) => super::constant::literal_string(key).as_deref() == Some("_"),
                };
                let Some(at) = items.iter().position(|item| escape(&item.key)) else { return };
                if let ExprKind::Object(inner) = items.remove(at).value.kind {
                    items.extend(inner);
                }
            }
            Body::Native(_) => {}
        }
    }

    fn unescape(&mut self, native: &mut NativeBody, reserved: &[&str]) {
        let (escapes, blocks): (Vec<Block>, Vec<Block>) =
            std::mem::take(&mut native.blocks).into_iter().partition(is_escape);
        native.blocks = blocks;
        let mut escapes = escapes.into_iter();
        let first = escapes.next();
        for extra in escapes {
            self.error(
                "Duplicate escaping block",
                "The special block type \"_\" can be used only once in a block, and there is one already.",
                extra.header,
            );
        }
        let Some(Block { body: Body::Native(inner), .. }) = first else { return };
        let set: Vec<Arc<str>> = native.attributes.iter().map(|a| a.name.name.clone()).collect();
        let mut refuse = |name: &Arc<str>, span| {
            let refused = reserved.contains(&&**name);
            if set.contains(name) {
                let detail = format!("Argument \"{name}\" was already set beside the \"_\" block.");
                self.error("Duplicate argument", detail, span);
            }
            if refused {
                let detail = format!("An argument named \"{name}\" is not expected here.");
                self.error("Unsupported argument", detail, span);
            }
            !refused
        };
        native.attributes.extend(inner.attributes.into_iter().filter(|a| refuse(&a.name.name, a.name.span)));
        native.blocks.extend(inner.blocks.into_iter().filter(|b| refuse(&b.kind.name, b.kind.span)));
    }
}

fn is_escape(block: &Block) -> bool {
    &*block.kind.name == "_"
}
