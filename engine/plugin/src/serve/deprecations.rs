//! Warnings of what should not be used any more. Engines of the protocol leave them to providers; they get the schema's word for
//! it, but not what to do instead.

use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_schema::Block;
use terrane_value::{Path, Value};

/// What a configuration writes although its schema says not to.
pub(super) fn deprecations(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    collect(block, &Path::root(), config, &mut found);
    found
}

fn collect(block: &Block, at: &Path, config: &Value, found: &mut Diagnostics) {
    for (name, attribute) in &block.attributes {
        if config.attribute(name).is_some_and(|value| !value.is_null()) {
            tell(attribute.deprecated.as_ref(), &at.attribute(name.clone()), found);
        }
    }
    for (name, nested) in &block.blocks {
        let path = at.attribute(name.clone());
        let value = config.attribute(name).filter(|value| value.is_known()).unwrap_or(Value::NULL);
        let blocks = match value.as_slice() {
            Some(blocks) => blocks,
            None if value.is_null() => &[],
            None => std::slice::from_ref(&value),
        };
        if !blocks.is_empty() {
            tell(nested.block.deprecated.as_ref(), &path, found);
        }
        for inner in blocks {
            collect(&nested.block, &path, inner, found);
        }
    }
}

fn tell(instead: Option<&String>, path: &Path, found: &mut Diagnostics) {
    if let Some(instead) = instead {
        let detail = format!("{path} is deprecated. {instead}");
        found.push(Diagnostic::warning("Argument is deprecated", detail.trim_end()).on_attribute(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_schema::{Attribute, AttributeType, NestedBlock, Nesting};
    use terrane_value::Type;

    #[test]
    fn what_is_written_is_told_at_any_depth() {
        let attribute = |deprecated: Option<&str>| Attribute {
            ty: AttributeType::Plain(Type::String),
            required: false,
            optional: true,
            computed: false,
            sensitive: false,
            write_only: false,
            description: String::new(),
            deprecated: deprecated.map(str::to_owned),
        };
        let inner = Block {
            attributes: [("old".into(), attribute(Some("Use new."))), ("new".into(), attribute(None))].into(),
            ..Block::default()
        };
        let nested = |deprecated: Option<&str>| NestedBlock {
            nesting: Nesting::List,
            block: Block { deprecated: deprecated.map(str::to_owned), ..inner.clone() },
            min_items: 0,
            max_items: 0,
        };
        let block = Block {
            attributes: inner.attributes.clone(),
            blocks: [("disk".into(), nested(None)), ("logging".into(), nested(Some("Use logs.")))].into(),
            ..Block::default()
        };
        let one = |old: Value| Value::object([("old", old), ("new", Value::from("a"))]);
        let ty = inner.implied_type();
        let unwritten = one(Value::null(Type::String));
        let config = |old: Value, disks: Vec<Value>, logging: Vec<Value>| {
            Value::object([
                ("old", old),
                ("new", Value::from("a")),
                ("disk", Value::list(ty.clone(), disks)),
                ("logging", Value::list(ty.clone(), logging)),
            ])
        };
        let told =
            |config: &Value| deprecations(&block, config).into_iter().map(|d| d.detail).collect::<Vec<_>>();
        let nothing = config(Value::null(Type::String), vec![unwritten.clone()], Vec::new());
        assert!(told(&nothing).is_empty());
        let all =
            config(Value::unknown(Type::String), vec![one("b".into())], vec![unwritten.clone(), unwritten]);
        let want = [
            "old is deprecated. Use new.",
            "disk.old is deprecated. Use new.",
            "logging is deprecated. Use logs.",
        ];
        assert_eq!(told(&all), want);
    }
}
