//! Identities of objects, between their stored form and the protocol's.

use crate::messages::{RawState, identity as messages};
use crate::methods::{GET_IDENTITY_SCHEMAS, UPGRADE_IDENTITY};
use crate::process::{CallError, Process};
use crate::schema::{SchemaError, plain_type};
use crate::wire;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{Identity, IdentityAttribute, IdentitySchema, Private};
use terrane_value::{Value, type_to_json};

/// The schemas by resource type.
pub(crate) type Schemas = BTreeMap<Arc<str>, IdentitySchema>;

/// Asks a plugin what identities its types have. Older ones have none.
pub(crate) async fn offered(process: &Process) -> Result<messages::IdentitySchemas, Diagnostics> {
    let mut answer: messages::IdentitySchemas =
        match process.call(GET_IDENTITY_SCHEMAS, crate::messages::Empty {}).await {
            Ok(answer) => answer,
            Err(CallError::Unimplemented) => return Ok(messages::IdentitySchemas::default()),
            Err(CallError::Failed(problem)) => return Err(problem.into()),
        };
    let problems = wire::diagnostics(std::mem::take(&mut answer.diagnostics));
    if problems.has_errors() { Err(problems) } else { Ok(answer) }
}

/// The schemas that a plugin told.
pub(crate) fn read(offered: &messages::IdentitySchemas) -> Result<Schemas, SchemaError> {
    let read = offered.schemas.iter().map(|(name, schema)| {
        Ok((Arc::from(name.as_str()), from_message(schema).map_err(|e| e.within(name))?))
    });
    read.collect()
}

fn from_message(schema: &messages::IdentitySchema) -> Result<IdentitySchema, SchemaError> {
    let attribute = |from: &messages::IdentityAttribute| {
        let attribute = IdentityAttribute {
            ty: plain_type(&from.ty, &from.name)?,
            required: from.required_for_import,
            description: from.description.clone(),
        };
        Ok((Arc::from(from.name.as_str()), attribute))
    };
    Ok(IdentitySchema {
        version: u64::try_from(schema.version).unwrap_or(0),
        attributes: schema.attributes.iter().map(attribute).collect::<Result<_, _>>()?,
    })
}

/// The inverse of [`read`].
pub(crate) fn to_message(schema: &IdentitySchema) -> messages::IdentitySchema {
    let attribute = |(name, from): (&Arc<str>, &IdentityAttribute)| messages::IdentityAttribute {
        name: name.to_string(),
        ty: type_to_json(&from.ty).to_string().into_bytes(),
        required_for_import: from.required,
        optional_for_import: !from.required,
        description: from.description.clone(),
    };
    messages::IdentitySchema {
        version: i64::try_from(schema.version).unwrap_or(i64::MAX),
        attributes: schema.attributes.iter().map(attribute).collect(),
    }
}

/// The stored identity as a message. One that an older version has stored is brought to the present
/// one by the plugin.
pub(crate) async fn sent(
    schemas: &Schemas,
    process: &Process,
    type_name: &str,
    private: &Private,
) -> Result<Option<messages::IdentityData>, Diagnostics> {
    let (Some(schema), Some(identity)) = (schemas.get(type_name), &private.identity) else { return Ok(None) };
    if identity.version != schema.version {
        let request = messages::UpgradeIdentity {
            type_name: type_name.to_owned(),
            version: i64::try_from(identity.version).unwrap_or(i64::MAX),
            raw_identity: Some(RawState { json: identity.attributes.to_string().into_bytes() }),
        };
        let answer: messages::IdentityUpgraded = process
            .call(UPGRADE_IDENTITY, request)
            .await
            .map_err(|e| e.required(process, UPGRADE_IDENTITY))?;
        let problems = wire::diagnostics(answer.diagnostics);
        return if problems.has_errors() { Err(problems) } else { Ok(answer.upgraded_identity) };
    }
    let value = schema.value(identity).map_err(|why| {
        Diagnostic::error(
            "Identity cannot be read",
            format!(
                "The stored identity of an object of type {type_name} is not what its schema says: {why}."
            ),
        )
    })?;
    Ok(Some(data(schema, &value)?))
}

/// An identity as a message.
pub(crate) fn data(schema: &IdentitySchema, value: &Value) -> Result<messages::IdentityData, Diagnostic> {
    let value = wire::encode(value, &schema.implied_type())
        .map_err(|why| Diagnostic::error("Identity cannot be sent", format!("{why}.")))?;
    Ok(messages::IdentityData { value })
}

/// What a plugin keeps with an object: bytes, and the identity that it told. For a type that has none, what
/// was stored before stays.
pub(crate) fn received(
    schemas: &Schemas,
    type_name: &str,
    bytes: Vec<u8>,
    told: Option<messages::IdentityData>,
    before: Option<&Private>,
) -> Result<Private, String> {
    let Some(schema) = schemas.get(type_name) else {
        let identity = before.and_then(|private| private.identity.clone());
        return Ok(Private { identity, ..Private::from(bytes) });
    };
    let value = match told {
        Some(told) => Some(wire::decode(told.value, &schema.implied_type())?),
        None => None,
    };
    let identity: Option<Identity> = value.and_then(|value| schema.stored(&value));
    Ok(Private::from(bytes).with_identity(identity))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use terrane_value::Type;

    fn schemas() -> Schemas {
        let attribute = |required| IdentityAttribute {
            ty: Type::String,
            required,
            description: "What it is.".to_owned(),
        };
        let attributes =
            BTreeMap::from([("name".into(), attribute(true)), ("place".into(), attribute(false))]);
        Schemas::from([("x_thing".into(), IdentitySchema { version: 1, attributes })])
    }

    #[test]
    fn schemas_survive_the_way_there_and_back() {
        let schema = &schemas()["x_thing"];
        assert_eq!(&from_message(&to_message(schema)).unwrap(), schema);
        let mut bad = to_message(schema);
        bad.attributes[1].ty = b"[".to_vec();
        assert!(from_message(&bad).unwrap_err().to_string().starts_with("place: "));
    }

    #[test]
    fn what_is_told_is_kept_when_it_is_known() {
        let schemas = schemas();
        let told = |name: Value| {
            let value = Value::object([("name", name), ("place", Value::null(Type::String))]);
            Some(data(&schemas["x_thing"], &value).unwrap())
        };
        let private = received(&schemas, "x_thing", b"p".to_vec(), told("a".into()), None).unwrap();
        let identity = private.identity.as_ref().unwrap();
        assert_eq!(identity.attributes, serde_json::json!({ "name": "a", "place": null }));
        assert_eq!((&private[..], identity.version), (&b"p"[..], 1));
        let unknown = received(&schemas, "x_thing", Vec::new(), told(Value::unknown(Type::String)), None);
        assert_eq!(unknown.unwrap().identity, None);
        let nothing = received(&schemas, "x_thing", Vec::new(), None, Some(&private)).unwrap();
        assert_eq!(nothing.identity, None, "the plugin says that there is none any more");
        let other = received(&schemas, "x_other", Vec::new(), None, Some(&private)).unwrap();
        assert_eq!(other.identity, private.identity, "a type without identities leaves them alone");
    }
}
