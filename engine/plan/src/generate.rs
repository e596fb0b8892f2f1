//! Configuration made from an object that is imported and has none yet.

use std::fmt::Write as _;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_diagnostics::{Diagnostics, Severity};
use terrane_lang::quoted;
use terrane_provider::ImportKey;
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting};
use terrane_value::{Kind, Type, Value};

/// The configuration that an object seems to have come from: what only the provider chooses is left
/// out, and so are secrets and what should not be used any more. `check` is what the provider says of a configuration.
pub(crate) fn configuration_of(
    block: &Block,
    object: &Value,
    check: impl Fn(&Value) -> Diagnostics,
) -> Value {
    accepted(block, object_of(block, object, true), check)
}

/// `config` without arguments that the provider refuses beside the others: an object has a value for each of two
/// of which only one can be set. What is empty, false or 0 goes first, then what the provider can choose itself, one at a time.
fn accepted(block: &Block, config: Value, check: impl Fn(&Value) -> Diagnostics) -> Value {
    let mut config = config;
    loop {
        let problems = check(&config);
        let refused = |test: &dyn Fn(&Attribute, &Value) -> bool| -> Vec<&Arc<str>> {
            let errors = problems.iter().filter(|d| d.severity == Severity::Error);
            let named = errors.filter_map(|d| block.attributes.get_key_value(d.attribute.as_deref()?));
            let set = named.filter(|(name, attribute)| {
                let value = config.attribute(name).filter(|value| !value.is_null());
                !attribute.required && value.is_some_and(|value| test(attribute, &value))
            });
            set.map(|(name, _)| name).collect()
        };
        let mut names = refused(&|_, value| value.is_zero());
        if names.is_empty() {
            names = refused(&|attribute, _| attribute.computed);
            names.truncate(1);
        }
        if names.is_empty() {
            return config;
        }
        let null = |name: &str| Value::null(block.attributes[name].value_type());
        config =
            names.into_iter().fold(config.clone(), |config, name| config.with_attribute(name, null(name)));
    }
}

fn object_of(block: &Block, object: &Value, top: bool) -> Value {
    if object.is_null() {
        return object.clone();
    }
    let attributes = block.attributes.iter().map(|(name, attribute)| {
        let value = object.attribute(name).unwrap_or_else(|| Value::null(attribute.value_type()));
        let kept = is_argument(name, attribute, top) && !attribute.sensitive;
        (name.clone(), if kept { value } else { Value::null(attribute.value_type()) })
    });
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let superseded = nested.block.deprecated.is_some() && nested.min_items == 0;
        let value = object.attribute(name).filter(|_| !superseded).unwrap_or_else(|| nested.empty_value());
        (name.clone(), each(nested, &value, |v| object_of(&nested.block, v, false)))
    });
    Value::object(attributes.chain(blocks))
}

/// The blocks in `value`, each changed.
fn each(nested: &NestedBlock, value: &Value, change: impl Fn(&Value) -> Value) -> Value {
    match (nested.nesting, value.kind()) {
        (Nesting::Single | Nesting::Group, _) => change(value),
        (_, Kind::List(ty, elements)) => Value::list(ty.clone(), elements.iter().map(change)),
        (_, Kind::Set(ty, elements)) => Value::set(ty.clone(), elements.iter().map(change)),
        (_, Kind::Map(ty, elements)) => {
            Value::map(ty.clone(), elements.iter().map(|(k, v)| (k.clone(), change(v))))
        }
        _ => value.clone(),
    }
}

/// Whether a configuration may set it, and would.
fn is_argument(name: &str, attribute: &Attribute, top: bool) -> bool {
    // An identifier that could be set and was chosen by the provider is no configuration.
    let identifier = top && name == "id" && attribute.optional && attribute.computed;
    let superseded = attribute.deprecated.is_some() && attribute.computed;
    (attribute.required || attribute.optional) && !attribute.write_only && !identifier && !superseded
}

/// The `resource` block of an object that exists, with its `provider` argument where it has one. `check` is what the provider
/// says of a configuration.
pub fn generated_resource(
    address: &ResourceInstance,
    argument: Option<&str>,
    block: &Block,
    object: &Value,
    check: impl Fn(&Value) -> Diagnostics,
) -> String {
    let config = configuration_of(block, &object.unmark_deep().0, check);
    let text = configuration_text(address, block, &config);
    match (argument, text.split_once('\n')) {
        (Some(provider), Some((header, rest))) => format!("{header}\n  provider = {provider}\n{rest}"),
        _ => text,
    }
}

/// The `import` block of an object, with its `provider` argument where it has one.
pub fn generated_import(address: &ResourceInstance, provider: Option<&str>, key: &ImportKey) -> String {
    let mut arguments = vec![("to", address.to_string())];
    arguments.extend(provider.map(|provider| ("provider", provider.to_owned())));
    arguments.push((
        key.argument(),
        match key {
            ImportKey::Id(id) => quoted(id),
            ImportKey::Identity(identity) => {
                let given = identity.as_map().into_iter().flatten().filter(|(_, value)| !value.is_null());
                literal(&Value::object(given.map(|(name, value)| (name.clone(), value.clone()))), 1)
            }
        },
    ));
    let width = arguments.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: String = arguments.iter().map(|(name, text)| format!("  {name:<width$} = {text}\n")).collect();
    format!("import {{\n{lines}}}")
}

/// The text of the resource block for `config`.
pub(crate) fn configuration_text(address: &ResourceInstance, block: &Block, config: &Value) -> String {
    let resource = &address.resource;
    let mut out = format!("resource \"{}\" \"{}\" {{\n", resource.type_name, resource.name);
    body(block, config, 1, true, &mut out);
    out.push('}');
    out
}

fn body(block: &Block, config: &Value, depth: usize, top: bool, out: &mut String) {
    let indent = "  ".repeat(depth);
    let arguments: Vec<(&Arc<str>, &Attribute)> =
        block.attributes.iter().filter(|(name, a)| is_argument(name, a, top)).collect();
    // Arguments of several lines stand apart when they are aligned.
    let texts: Vec<(&Arc<str>, String, bool)> = (arguments.into_iter())
        .map(|(name, attribute)| {
            let value = config.attribute(name).unwrap_or_else(|| Value::null(Type::Dynamic));
            let text = match &attribute.ty {
                AttributeType::Nested(_) | AttributeType::Plain(_) => literal(&value, depth),
            };
            (name, text, attribute.sensitive)
        })
        .collect();
    for run in texts.chunk_by(|a, b| !a.1.contains('\n') && !b.1.contains('\n')) {
        let width = run.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
        for (name, text, sensitive) in run {
            let note = if *sensitive { " # sensitive" } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{indent}{name:<width$} = {text}{note}");
        }
    }
    for (name, nested) in &block.blocks {
        let value = config.attribute(name).unwrap_or_else(|| nested.empty_value());
        let mut one = |label: Option<&str>, content: &Value| {
            if content.is_null() || (nested.nesting == Nesting::Group && is_empty(content)) {
                return;
            }
            let label = label.map(|l| format!(" {}", quoted(l))).unwrap_or_default();
            let _ = writeln!(out, "{indent}{name}{label} {{");
            body(&nested.block, content, depth + 1, false, out);
            let _ = writeln!(out, "{indent}}}");
        };
        match value.kind() {
            _ if matches!(nested.nesting, Nesting::Single | Nesting::Group) => one(None, &value),
            Kind::List(_, elements) => elements.iter().for_each(|v| one(None, v)),
            Kind::Set(_, elements) => elements.iter().for_each(|v| one(None, v)),
            Kind::Map(_, elements) => elements.iter().for_each(|(k, v)| one(Some(k), v)),
            _ => {}
        }
    }
}

fn is_empty(object: &Value) -> bool {
    object.as_map().is_none_or(|m| m.values().all(Value::is_null))
}

/// A value as an expression.
fn literal(value: &Value, depth: usize) -> String {
    let (inside, indent) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    let sequence = |elements: &mut dyn Iterator<Item = &Value>| {
        let texts: Vec<String> = elements.map(|v| literal(v, depth + 1)).collect();
        if texts.iter().all(|t| !t.contains('\n')) {
            return format!("[{}]", texts.join(", "));
        }
        let lines: String = texts.iter().map(|t| format!("{inside}{t},\n")).collect();
        format!("[\n{lines}{indent}]")
    };
    match value.kind() {
        Kind::Bool(b) => b.to_string(),
        Kind::Number(n) => n.to_string(),
        Kind::String(s) => quoted(s),
        Kind::List(_, elements) => sequence(&mut elements.iter()),
        Kind::Set(_, elements) => sequence(&mut elements.iter()),
        Kind::Tuple(elements) => sequence(&mut elements.iter()),
        Kind::Map(_, map) if map.is_empty() => "{}".into(),
        Kind::Object(map) if map.is_empty() => "{}".into(),
        Kind::Map(_, map) | Kind::Object(map) => {
            let names: Vec<String> = map.keys().map(|k| key(k)).collect();
            let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
            let lines: String = (names.iter().zip(map.values()))
                .map(|(name, v)| format!("{inside}{name:<width$} = {}\n", literal(v, depth + 1)))
                .collect();
            format!("{{\n{lines}{indent}}}")
        }
        _ => "null".into(),
    }
}

fn key(name: &str) -> String {
    let mut chars = name.chars();
    let bare = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_should_not_be_used_any_more_is_left_to_the_provider() {
        let text = |computed: bool, deprecated: Option<&str>| Attribute {
            ty: AttributeType::Plain(Type::String),
            required: false,
            optional: true,
            computed,
            sensitive: false,
            write_only: false,
            description: String::new(),
            deprecated: deprecated.map(str::to_owned),
        };
        let inner = Block { attributes: [("size".into(), text(false, None))].into(), ..Block::default() };
        let nested = |deprecated: Option<&str>| NestedBlock {
            nesting: Nesting::List,
            block: Block { deprecated: deprecated.map(str::to_owned), ..inner.clone() },
            min_items: 0,
            max_items: 0,
        };
        let block = Block {
            attributes: [
                ("name".into(), text(true, None)),
                ("label".into(), text(false, Some("old"))),
                ("policy".into(), text(true, Some("old"))),
            ]
            .into(),
            blocks: [("disk".into(), nested(None)), ("logging".into(), nested(Some("old")))].into(),
            ..Block::default()
        };
        let blocks = || Value::list(Type::Dynamic, [Value::object([("size", Value::from("1"))])]);
        let object = Value::object([
            ("name", Value::from("a")),
            ("label", Value::from("b")),
            ("policy", Value::from("c")),
            ("disk", blocks()),
            ("logging", blocks()),
        ]);
        let config = configuration_of(&block, &object, |_| Diagnostics::new());
        let number = |name: &str| config.attribute(name).and_then(|blocks| blocks.as_slice().map(<[_]>::len));
        assert_eq!((number("disk"), number("logging")), (Some(1), Some(0)));
        // An update would set what the provider does not choose to nothing.
        for (name, value) in [("name", Some("a")), ("label", Some("b")), ("policy", None)] {
            let found = config.attribute(name).unwrap_or(Value::NULL);
            assert_eq!(found.as_str(), value, "{name}");
        }
    }
}
