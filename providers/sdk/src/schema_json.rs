//! A schema as JSON, in the shape of `terraform providers schema -json`, for golden files.

use serde_json::{Map, Value as Json, json};
use terrane_schema::{Attribute, AttributeType, Block, NestedAttributes, NestedBlock, Nesting, Schema};
use terrane_value::type_to_json;

/// The schema of a type: `{"version": 1, "block": {...}}`.
pub fn schema_json(schema: &Schema) -> Json {
    json!({ "version": schema.version, "block": block_json(&schema.block) })
}

/// A block: attributes and block types that are absent are left out.
pub fn block_json(block: &Block) -> Json {
    let mut out = Map::new();
    let attributes: Map<String, Json> =
        block.attributes.iter().map(|(name, a)| (name.to_string(), attribute_json(a))).collect();
    let blocks: Map<String, Json> =
        block.blocks.iter().map(|(name, b)| (name.to_string(), nested_json(b))).collect();
    if !attributes.is_empty() {
        out.insert("attributes".into(), attributes.into());
    }
    if !blocks.is_empty() {
        out.insert("block_types".into(), blocks.into());
    }
    describe(&mut out, &block.description, block.deprecated.is_some());
    Json::Object(out)
}

fn attribute_json(attribute: &Attribute) -> Json {
    let mut out = Map::new();
    match &attribute.ty {
        AttributeType::Plain(ty) => out.insert("type".into(), type_to_json(ty)),
        AttributeType::Nested(nested) => out.insert("nested_type".into(), nested_attributes_json(nested)),
    };
    let flags = [
        ("required", attribute.required),
        ("optional", attribute.optional),
        ("computed", attribute.computed),
        ("sensitive", attribute.sensitive),
        ("write_only", attribute.write_only),
    ];
    out.extend(flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| (name.into(), Json::Bool(true))));
    describe(&mut out, &attribute.description, attribute.deprecated.is_some());
    Json::Object(out)
}

fn nested_attributes_json(nested: &NestedAttributes) -> Json {
    let attributes: Map<String, Json> =
        nested.attributes.iter().map(|(name, a)| (name.to_string(), attribute_json(a))).collect();
    json!({ "attributes": attributes, "nesting_mode": nesting_name(nested.nesting) })
}

fn nested_json(nested: &NestedBlock) -> Json {
    let mut out = Map::new();
    out.insert("nesting_mode".into(), nesting_name(nested.nesting).into());
    out.insert("block".into(), block_json(&nested.block));
    if nested.min_items > 0 {
        out.insert("min_items".into(), nested.min_items.into());
    }
    if nested.max_items > 0 {
        out.insert("max_items".into(), nested.max_items.into());
    }
    Json::Object(out)
}

fn describe(out: &mut Map<String, Json>, description: &str, deprecated: bool) {
    if !description.is_empty() {
        out.insert("description".into(), description.into());
        out.insert("description_kind".into(), "markdown".into());
    }
    if deprecated {
        out.insert("deprecated".into(), true.into());
    }
}

fn nesting_name(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
}
