//! Schemas, from the engine's form to protocol 6.

use crate::messages::ServerCapabilities;
use crate::messages::schema::{self as messages, Object, v6};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use terrane_provider::{Function, Parameter, ProviderSchema};
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting, Schema};
use terrane_value::{Type, type_to_json};

/// Everything that a provider offers but lists: what is listed over the protocol has an identity, and few types have one.
pub(super) fn offered(schema: &ProviderSchema) -> v6::ProviderSchema {
    v6::ProviderSchema {
        provider: Some(one(&schema.provider)),
        provider_meta: schema.meta.as_ref().map(one),
        resources: all(&schema.resources),
        data_sources: all(&schema.data_sources),
        ephemeral: all(&schema.ephemeral),
        lists: HashMap::new(),
        functions: functions(schema).functions,
        diagnostics: Vec::new(),
        server_capabilities: capabilities(),
    }
}

fn capabilities() -> Option<ServerCapabilities> {
    Some(ServerCapabilities {
        plan_destroy: false,
        get_provider_schema_optional: true,
        move_resource_state: false,
    })
}

/// The names of everything that a provider offers.
pub(crate) fn metadata(schema: &ProviderSchema) -> messages::Metadata {
    fn named<T>(all: &BTreeMap<Arc<str>, T>) -> Vec<messages::Named> {
        all.keys().map(|name| messages::Named { name: name.to_string() }).collect()
    }
    messages::Metadata {
        server_capabilities: capabilities(),
        diagnostics: Vec::new(),
        data_sources: named(&schema.data_sources),
        resources: named(&schema.resources),
        functions: named(&schema.functions),
        ephemeral: named(&schema.ephemeral),
        lists: named(&schema.lists),
    }
}

/// The functions alone.
pub(super) fn functions(schema: &ProviderSchema) -> messages::Functions {
    let functions = schema.functions.iter().map(|(name, f)| (name.to_string(), function(f))).collect();
    messages::Functions { functions, diagnostics: Vec::new() }
}

fn all(schemas: &BTreeMap<Arc<str>, Arc<Schema>>) -> HashMap<String, v6::Schema> {
    schemas.iter().map(|(name, schema)| (name.to_string(), one(schema))).collect()
}

fn function(from: &Function) -> messages::Function {
    let json = |ty: &Type| type_to_json(ty).to_string().into_bytes();
    let parameter = |from: &Parameter| messages::Parameter {
        name: from.name.clone(),
        ty: json(&from.ty),
        nullable: from.nullable,
        unknown: from.unknown,
        description: from.description.clone(),
    };
    messages::Function {
        parameters: from.parameters.iter().map(parameter).collect(),
        variadic: from.variadic.as_ref().map(parameter),
        result: Some(messages::FunctionResult { ty: json(&from.result) }),
        summary: from.summary.clone(),
        description: from.description.clone(),
        deprecated: from.deprecated.clone(),
    }
}

fn one(schema: &Schema) -> v6::Schema {
    let version = i64::try_from(schema.version).unwrap_or(i64::MAX);
    v6::Schema { version, block: Some(block(&schema.block)) }
}

fn block(from: &Block) -> v6::Block {
    v6::Block {
        attributes: from.attributes.iter().map(|(name, a)| attribute(name, a)).collect(),
        block_types: from.blocks.iter().map(|(name, b)| nested(name, b)).collect(),
        description: from.description.clone(),
        deprecated: from.deprecated.is_some(),
    }
}

fn nested(name: &str, from: &NestedBlock) -> v6::NestedBlock {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    v6::NestedBlock {
        type_name: name.to_owned(),
        block: Some(block(&from.block)),
        nesting: mode(from.nesting),
        min_items: count(from.min_items),
        max_items: count(from.max_items),
    }
}

fn attribute(name: &str, from: &Attribute) -> v6::Attribute {
    let (ty, nested) = match &from.ty {
        AttributeType::Plain(ty) => (type_to_json(ty).to_string().into_bytes(), None),
        AttributeType::Nested(nested) => {
            let attributes = nested.attributes.iter().map(|(name, a)| attribute(name, a)).collect();
            (Vec::new(), Some(Object { attributes, nesting: mode(nested.nesting) }))
        }
    };
    v6::Attribute {
        name: name.to_owned(),
        ty,
        description: from.description.clone(),
        required: from.required,
        optional: from.optional,
        computed: from.computed,
        sensitive: from.sensitive,
        deprecated: from.deprecated.is_some(),
        nested,
        write_only: from.write_only,
    }
}

fn mode(nesting: Nesting) -> i32 {
    match nesting {
        Nesting::Single => 1,
        Nesting::List => 2,
        Nesting::Set => 3,
        Nesting::Map => 4,
        Nesting::Group => 5,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use terrane_provider::FunctionError;

    #[test]
    fn what_is_offered_is_what_an_engine_reads() {
        let attribute = |ty| Attribute {
            ty: AttributeType::Plain(ty),
            required: false,
            optional: true,
            computed: true,
            sensitive: true,
            write_only: false,
            description: "What it is.".into(),
            deprecated: None,
        };
        let mut inner = Block::default();
        inner.attributes.insert("ports".into(), attribute(Type::set(Type::Number)));
        let mut block = Block::default();
        block.attributes.insert("id".into(), attribute(Type::String));
        let rule = NestedBlock { nesting: Nesting::List, block: inner, min_items: 1, max_items: 3 };
        block.blocks.insert("rule".into(), rule);
        let mut schema = ProviderSchema::default();
        schema.resources.insert("x_thing".into(), Arc::new(Schema { version: 2, block }));
        let parameter = Parameter {
            name: "arn".into(),
            ty: Type::String,
            nullable: true,
            unknown: true,
            description: "An ARN.".into(),
        };
        let function = Function {
            parameters: vec![parameter.clone()],
            variadic: Some(parameter),
            result: Type::list(Type::String),
            summary: "Parts.".into(),
            description: "Its parts.".into(),
            deprecated: String::new(),
            call: Arc::new(|_| Err(FunctionError::general("no calls"))),
        };
        schema.functions.insert("parts".into(), function);
        schema.lists.insert("x_thing".into(), Arc::default());
        assert!(offered(&schema).lists.is_empty());
        let read = crate::schema::from_v6(&offered(&schema), &|_, f| f.call.clone())
            .expect("a schema that can be read");
        assert_eq!(format!("{:?}", read.resources), format!("{:?}", schema.resources));
        assert_eq!(format!("{:?}", read.functions), format!("{:?}", schema.functions));
        let names = |named: Vec<messages::Named>| named.into_iter().map(|n| n.name).collect::<Vec<_>>();
        let told = metadata(&schema);
        assert_eq!(
            [names(told.resources), names(told.functions), names(told.data_sources)],
            [vec!["x_thing".to_owned()], vec!["parts".to_owned()], vec![]]
        );
        assert_eq!(functions(&schema).functions, offered(&schema).functions);
    }
}
