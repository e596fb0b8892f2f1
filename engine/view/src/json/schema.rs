//! Provider schemas.

use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_provider::{Function, IdentityAttribute, IdentitySchema, Parameter, Schemas};
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting, Schema};
use terrane_value::type_to_json;

/// The schemas of all providers, as `providers schema -json` prints them.
pub fn providers_schema_json(schemas: &Schemas) -> Json {
    let providers: Map<String, Json> = schemas
        .iter()
        .map(|(address, provider)| {
            let mut out = Map::new();
            out.insert("provider".into(), schema(&provider.provider));
            for (name, group) in [
                ("resource_schemas", &provider.resources),
                ("data_source_schemas", &provider.data_sources),
                ("ephemeral_resource_schemas", &provider.ephemeral),
                ("list_resource_schemas", &provider.lists),
            ] {
                if !group.is_empty() {
                    let group = group.iter().map(|(name, s)| (name.to_string(), schema(s)));
                    out.insert(name.into(), Json::Object(group.collect()));
                }
            }
            if !provider.identities.is_empty() {
                let identities =
                    provider.identities.iter().map(|(name, s)| (name.to_string(), identity_schema(s)));
                out.insert("resource_identity_schemas".into(), Json::Object(identities.collect()));
            }
            if !provider.functions.is_empty() {
                let functions = provider.functions.iter().map(|(name, f)| (name.to_string(), function(f)));
                out.insert("functions".into(), Json::Object(functions.collect()));
            }
            (address.to_owned(), Json::Object(out))
        })
        .collect();
    let mut out = Map::new();
    out.insert("format_version".into(), json!("1.0"));
    if !providers.is_empty() {
        out.insert("provider_schemas".into(), Json::Object(providers));
    }
    Json::Object(out)
}

fn function(function: &Function) -> Json {
    let parameter = |parameter: &Parameter| {
        let mut out = Map::new();
        out.insert("name".into(), json!(parameter.name));
        if !parameter.description.is_empty() {
            out.insert("description".into(), json!(parameter.description));
        }
        if parameter.nullable {
            out.insert("is_nullable".into(), json!(true));
        }
        out.insert("type".into(), type_to_json(&parameter.ty));
        Json::Object(out)
    };
    let mut out = Map::new();
    for (name, text) in [
        ("description", &function.description),
        ("summary", &function.summary),
        ("deprecation_message", &function.deprecated),
    ] {
        if !text.is_empty() {
            out.insert(name.into(), json!(text));
        }
    }
    out.insert("return_type".into(), type_to_json(&function.result));
    if !function.parameters.is_empty() {
        out.insert("parameters".into(), function.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &function.variadic {
        out.insert("variadic_parameter".into(), parameter(variadic));
    }
    Json::Object(out)
}

fn identity_schema(schema: &IdentitySchema) -> Json {
    let attribute = |attribute: &IdentityAttribute| {
        let mut out = Map::new();
        out.insert("type".into(), type_to_json(&attribute.ty));
        if !attribute.description.is_empty() {
            out.insert("description".into(), json!(attribute.description));
        }
        let kind = if attribute.required { "required_for_import" } else { "optional_for_import" };
        out.insert(kind.into(), json!(true));
        Json::Object(out)
    };
    let attributes = schema.attributes.iter().map(|(name, a)| (name.to_string(), attribute(a)));
    json!({ "version": schema.version, "attributes": Json::Object(attributes.collect()) })
}

fn schema(schema: &Schema) -> Json {
    json!({ "version": schema.version, "block": block(&schema.block) })
}

fn block(block: &Block) -> Json {
    let mut out = Map::new();
    if !block.attributes.is_empty() {
        out.insert("attributes".into(), attributes(&block.attributes));
    }
    if !block.blocks.is_empty() {
        let nested = block.blocks.iter().map(|(name, b)| (name.to_string(), nested_block(b)));
        out.insert("block_types".into(), Json::Object(nested.collect()));
    }
    describe(&block.description, &mut out);
    if block.deprecated.is_some() {
        out.insert("deprecated".into(), json!(true));
    }
    Json::Object(out)
}

fn describe(description: &str, out: &mut Map<String, Json>) {
    if !description.is_empty() {
        out.insert("description".into(), json!(description));
    }
    let kind = if description.is_empty() { "plain" } else { "markdown" };
    out.insert("description_kind".into(), json!(kind));
}

fn attributes(attributes: &BTreeMap<Arc<str>, Attribute>) -> Json {
    Json::Object(attributes.iter().map(|(name, a)| (name.to_string(), attribute(a))).collect())
}

fn attribute(attribute: &Attribute) -> Json {
    let mut out = Map::new();
    match &attribute.ty {
        AttributeType::Plain(ty) => out.insert("type".into(), type_to_json(ty)),
        AttributeType::Nested(nested) => out.insert(
            "nested_type".into(),
            json!({ "attributes": attributes(&nested.attributes), "nesting_mode": nesting(nested.nesting) }),
        ),
    };
    describe(&attribute.description, &mut out);
    for (name, set) in [
        ("deprecated", attribute.deprecated.is_some()),
        ("required", attribute.required),
        ("optional", attribute.optional),
        ("computed", attribute.computed),
        ("sensitive", attribute.sensitive),
        ("write_only", attribute.write_only),
    ] {
        if set {
            out.insert(name.into(), json!(true));
        }
    }
    Json::Object(out)
}

fn nested_block(nested: &NestedBlock) -> Json {
    let mut out = Map::new();
    out.insert("nesting_mode".into(), json!(nesting(nested.nesting)));
    out.insert("block".into(), block(&nested.block));
    if nested.min_items > 0 {
        out.insert("min_items".into(), json!(nested.min_items));
    }
    if nested.max_items > 0 {
        out.insert("max_items".into(), json!(nested.max_items));
    }
    Json::Object(out)
}

fn nesting(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
}
