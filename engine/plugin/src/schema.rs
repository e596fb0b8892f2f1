//! Schemas, from the protocol's form to the engine's.

use crate::messages::schema::{self as messages, Object, v5, v6};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use terrane_provider::{Function, FunctionCall, FunctionError, Parameter, ProviderSchema};
use terrane_schema::{Attribute, AttributeType, Block, NestedAttributes, NestedBlock, Nesting, Schema};
use terrane_value::{Type, type_from_json};

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{at}: {what}")]
pub(crate) struct SchemaError {
    at: String,
    what: String,
}

impl SchemaError {
    fn new(at: &str, what: impl std::fmt::Display) -> SchemaError {
        SchemaError { at: at.to_owned(), what: what.to_string() }
    }

    pub(crate) fn within(mut self, name: &str) -> SchemaError {
        self.at = format!("{name}.{}", self.at);
        self
    }
}

fn nesting(mode: i32, at: &str) -> Result<Nesting, SchemaError> {
    match mode {
        1 => Ok(Nesting::Single),
        2 => Ok(Nesting::List),
        3 => Ok(Nesting::Set),
        4 => Ok(Nesting::Map),
        5 => Ok(Nesting::Group),
        other => Err(SchemaError::new(at, format!("unknown nesting mode {other}"))),
    }
}

pub(crate) fn plain_type(json: &[u8], at: &str) -> Result<Type, SchemaError> {
    let json = serde_json::from_slice(json).map_err(|e| SchemaError::new(at, e))?;
    type_from_json(&json).map_err(|e| SchemaError::new(at, e))
}

fn nested(object: &Object, at: &str) -> Result<AttributeType, SchemaError> {
    let nesting = match nesting(object.nesting, at)? {
        Nesting::Group => return Err(SchemaError::new(at, "nested attributes cannot be a group")),
        nesting => nesting,
    };
    let attributes = v6_attributes(&object.attributes).map_err(|e| e.within(at))?;
    Ok(AttributeType::Nested(NestedAttributes { nesting, attributes }))
}

fn v5_attribute_type(attribute: &v5::Attribute) -> Result<AttributeType, SchemaError> {
    plain_type(&attribute.ty, &attribute.name).map(AttributeType::Plain)
}

fn v6_attribute_type(attribute: &v6::Attribute) -> Result<AttributeType, SchemaError> {
    match &attribute.nested {
        Some(object) => nested(object, &attribute.name),
        None => plain_type(&attribute.ty, &attribute.name).map(AttributeType::Plain),
    }
}

fn parameter(from: &messages::Parameter) -> Result<Parameter, SchemaError> {
    Ok(Parameter {
        name: from.name.clone(),
        ty: plain_type(&from.ty, &from.name)?,
        nullable: from.nullable,
        unknown: from.unknown,
        description: from.description.clone(),
    })
}

fn functions(
    from: &HashMap<String, messages::Function>,
    call: &dyn Fn(&str, &Function) -> FunctionCall,
) -> Result<BTreeMap<Arc<str>, Function>, SchemaError> {
    let one = |(name, from): (&String, &messages::Function)| {
        let within = |e: SchemaError| e.within(name);
        let result = from.result.as_ref().map(|r| r.ty.as_slice()).unwrap_or_default();
        let mut function = Function {
            parameters: from.parameters.iter().map(parameter).collect::<Result<_, _>>().map_err(within)?,
            variadic: from.variadic.as_ref().map(parameter).transpose().map_err(within)?,
            result: plain_type(result, name)?,
            summary: from.summary.clone(),
            description: from.description.clone(),
            deprecated: from.deprecated.clone(),
            call: Arc::new(|_| Err(FunctionError::general("the function cannot be called"))),
        };
        function.call = call(name, &function);
        Ok((Arc::from(name.as_str()), function))
    };
    from.iter().map(one).collect()
}

macro_rules! conversion {
    ($version:ident, $provider:ident, $attributes:ident, $attribute_type:ident) => {
        /// Everything that a provider offers. `call` makes what calls a function of this name.
        pub(crate) fn $provider(
            message: &$version::ProviderSchema,
            call: &dyn Fn(&str, &Function) -> FunctionCall,
        ) -> Result<ProviderSchema, SchemaError> {
            fn block(message: &$version::Block) -> Result<Block, SchemaError> {
                let nested = |nested: &$version::NestedBlock| {
                    let name = &nested.type_name;
                    let inner = nested.block.as_ref().map(block).transpose().map_err(|e| e.within(name))?;
                    let count = |n: i64| u64::try_from(n).unwrap_or(0);
                    let nested = NestedBlock {
                        nesting: nesting(nested.nesting, name)?,
                        block: inner.unwrap_or_default(),
                        min_items: count(nested.min_items),
                        max_items: count(nested.max_items),
                    };
                    Ok((Arc::from(name.as_str()), nested))
                };
                Ok(Block {
                    attributes: $attributes(&message.attributes)?,
                    blocks: message.block_types.iter().map(nested).collect::<Result<_, _>>()?,
                    description: message.description.clone(),
                    deprecated: message.deprecated.then(String::new),
                    ..Block::default()
                })
            }
            let schema = |schema: &$version::Schema| {
                let version = u64::try_from(schema.version).unwrap_or(0);
                let block = schema.block.as_ref().map(block).transpose()?.unwrap_or_default();
                Ok::<_, SchemaError>(Schema { version, block })
            };
            let all = |schemas: &HashMap<String, $version::Schema>| {
                let named = |(name, s): (&String, _)| {
                    Ok((Arc::from(name.as_str()), Arc::new(schema(s).map_err(|e| e.within(name))?)))
                };
                schemas.iter().map(named).collect::<Result<BTreeMap<_, _>, SchemaError>>()
            };
            let provider = message.provider.as_ref().map(schema).transpose();
            let meta = message.provider_meta.as_ref().map(schema).transpose();
            Ok(ProviderSchema {
                provider: provider.map_err(|e| e.within("provider"))?.unwrap_or_default(),
                meta: meta.map_err(|e| e.within("provider_meta"))?,
                resources: all(&message.resources)?,
                data_sources: all(&message.data_sources)?,
                ephemeral: all(&message.ephemeral)?,
                lists: all(&message.lists)?,
                functions: functions(&message.functions, call)?,
                ..ProviderSchema::default()
            })
        }

        fn $attributes(
            attributes: &[$version::Attribute],
        ) -> Result<BTreeMap<Arc<str>, Attribute>, SchemaError> {
            let attribute = |attribute: &$version::Attribute| {
                let converted = Attribute {
                    ty: $attribute_type(attribute)?,
                    required: attribute.required,
                    optional: attribute.optional,
                    computed: attribute.computed,
                    sensitive: attribute.sensitive,
                    write_only: attribute.write_only,
                    description: attribute.description.clone(),
                    deprecated: attribute.deprecated.then(String::new),
                };
                Ok((Arc::from(attribute.name.as_str()), converted))
            };
            attributes.iter().map(attribute).collect()
        }
    };
}

conversion!(v5, from_v5, v5_attributes, v5_attribute_type);
conversion!(v6, from_v6, v6_attributes, v6_attribute_type);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn no_calls(_: &str, _: &Function) -> FunctionCall {
        Arc::new(|_| Err(FunctionError::general("no calls")))
    }

    fn attribute(name: &str, ty: &str) -> v6::Attribute {
        v6::Attribute { name: name.into(), ty: ty.into(), optional: true, ..v6::Attribute::default() }
    }

    fn offering(attribute: v6::Attribute) -> v6::ProviderSchema {
        let block = v6::Block { attributes: vec![attribute], ..v6::Block::default() };
        let schema = v6::Schema { version: 3, block: Some(block) };
        v6::ProviderSchema { resources: [("x_thing".into(), schema)].into(), ..Default::default() }
    }

    #[test]
    fn nested_attributes_are_kept() {
        let object = Object { attributes: vec![attribute("id", "\"string\"")], nesting: 4 };
        let offered =
            offering(v6::Attribute { nested: Some(object), ty: Vec::new(), ..attribute("things", "") });
        let schema = from_v6(&offered, &no_calls).unwrap();
        let thing = &schema.resources["x_thing"];
        assert_eq!(thing.version, 3);
        let expected = Type::map(Type::object([("id", Type::String)]));
        assert_eq!(thing.block.attributes["things"].value_type(), expected);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_place() {
        let error = from_v6(&offering(attribute("bad", "[\"heap\", \"string\"]")), &no_calls)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("x_thing.bad: "), "{error}");
        let group = Object { attributes: Vec::new(), nesting: 5 };
        let offered = offering(v6::Attribute { nested: Some(group), ..attribute("bad", "") });
        assert_eq!(
            from_v6(&offered, &no_calls).unwrap_err().to_string(),
            "x_thing.bad: nested attributes cannot be a group"
        );
    }
}
