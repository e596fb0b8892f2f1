//! What names objects for their provider, where that is more than an id: identities, their schemas,
//! and imports by either.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use terrane_value::{Kind, Type, Value, convert, from_json_with_type, to_json_with_type};

/// The identity of one object, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The version of its schema.
    pub version: u64,
    /// Its attributes, an object.
    pub attributes: serde_json::Value,
}

/// What identities of one resource type look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdentitySchema {
    /// Goes up when what is stored has to be translated.
    pub version: u64,
    /// The attributes by name.
    pub attributes: BTreeMap<Arc<str>, IdentityAttribute>,
}

/// An attribute of an identity.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityAttribute {
    /// Its type: a string, number, bool, or a list of these.
    pub ty: Type,
    /// Whether an import by identity has to give it. Otherwise it may.
    pub required: bool,
    /// What it means.
    pub description: String,
}

impl IdentitySchema {
    /// The type of an identity as a value.
    pub fn implied_type(&self) -> Type {
        Type::object(self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty.clone())))
    }

    /// The identity that the `identity` argument of an `import` block means: every attribute of the
    /// schema, those that are not given null. The error is a sentence without its beginning.
    pub fn import_value(&self, given: &Value) -> Result<Value, String> {
        let Some(attributes) =
            given.as_map().filter(|_| matches!(given.ty(), Type::Object(_) | Type::Map(_)))
        else {
            return Err(format!("must be an object, and is {}", given.ty().friendly_name()));
        };
        if let Some(unknown) = attributes.keys().find(|name| !self.attributes.contains_key(&***name)) {
            let known: Vec<&str> = self.attributes.keys().map(|name| &**name).collect();
            return Err(format!("has no attribute {unknown:?}; it has {}", known.join(", ")));
        }
        let mut all = Vec::new();
        for (name, attribute) in &self.attributes {
            let given = attributes.get(name).cloned().unwrap_or_else(|| Value::null(attribute.ty.clone()));
            let value = convert(&given, &attribute.ty).map_err(|e| format!("has a wrong {name}: {e}"))?;
            if attribute.required && value.is_null() {
                return Err(format!("needs the attribute {name:?}"));
            }
            all.push((name.clone(), value));
        }
        Ok(Value::object(all))
    }

    /// An identity as it is stored. What is not known is not stored: then there is none.
    pub fn stored(&self, value: &Value) -> Option<Identity> {
        if value.is_null() || !value.is_wholly_known() {
            return None;
        }
        let attributes = to_json_with_type(value, &self.implied_type()).ok()?;
        Some(Identity { version: self.version, attributes })
    }

    /// A stored identity of the present version as a value.
    pub fn value(&self, identity: &Identity) -> Result<Value, String> {
        from_json_with_type(&identity.attributes, &self.implied_type()).map_err(|e| e.to_string())
    }
}

/// What an object that is to be imported is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportKey {
    /// An import id, whose form depends on the resource type.
    Id(Arc<str>),
    /// The attributes of its identity that are given: an object, wholly known and without marks.
    Identity(Value),
}

impl ImportKey {
    /// What kind of key it is, as it is spelled in `import` blocks and documents.
    pub fn argument(&self) -> &'static str {
        match self {
            ImportKey::Id(_) => "id",
            ImportKey::Identity(_) => "identity",
        }
    }
}

impl From<&str> for ImportKey {
    fn from(id: &str) -> ImportKey {
        ImportKey::Id(id.into())
    }
}

/// For messages: an id as it is, an identity as `account=1,name=a`.
impl fmt::Display for ImportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let identity = match self {
            ImportKey::Id(id) => return f.write_str(id),
            ImportKey::Identity(identity) => identity,
        };
        let attributes = identity.as_map().into_iter().flatten().filter(|(_, value)| !value.is_null());
        for (at, (name, value)) in attributes.enumerate() {
            f.write_str(if at > 0 { "," } else { "" })?;
            match (value.kind(), convert(value, &Type::String)) {
                (Kind::List(_, elements), _) | (Kind::Tuple(elements), _) => {
                    let texts = elements.iter().filter_map(|e| convert(e, &Type::String).ok());
                    let texts: Vec<String> =
                        texts.filter_map(|text| text.as_str().map(str::to_owned)).collect();
                    write!(f, "{name}=[{}]", texts.join(" "))?;
                }
                (_, Ok(text)) => write!(f, "{name}={}", text.as_str().unwrap_or_default())?,
                (_, Err(_)) => write!(f, "{name}=...")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn schema() -> IdentitySchema {
        let attribute = |ty, required| IdentityAttribute { ty, required, description: String::new() };
        IdentitySchema {
            version: 2,
            attributes: BTreeMap::from([
                ("name".into(), attribute(Type::String, true)),
                ("number".into(), attribute(Type::Number, false)),
            ]),
        }
    }

    #[test]
    fn what_is_not_given_is_null_and_what_is_wrong_is_told() {
        let given = |attributes: &[(&'static str, Value)]| Value::object(attributes.iter().cloned());
        let value = schema().import_value(&given(&[("name", 7.into())])).unwrap();
        let expected = given(&[("name", "7".into()), ("number", Value::null(Type::Number))]);
        assert_eq!(value, expected);
        for (attributes, why) in [
            (given(&[("number", 1.into())]), "needs the attribute \"name\""),
            (
                given(&[("name", "a".into()), ("nmae", "a".into())]),
                "has no attribute \"nmae\"; it has name, number",
            ),
            (
                given(&[("name", "a".into()), ("number", "b".into())]),
                "has a wrong number: a number is required",
            ),
            ("a".into(), "must be an object, and is string"),
        ] {
            let error = schema().import_value(&attributes).unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
    }

    #[test]
    fn identities_are_stored_when_they_are_known() {
        let whole = Value::object([("name", "a".into()), ("number", Value::from(1))]);
        let identity = schema().stored(&whole).unwrap();
        assert_eq!(identity.attributes, serde_json::json!({ "name": "a", "number": 1 }));
        assert_eq!(schema().value(&identity), Ok(whole.clone()));
        assert_eq!(schema().stored(&whole.with_attribute("name", Value::unknown(Type::String))), None);
        assert_eq!(ImportKey::Identity(whole).to_string(), "name=a,number=1");
    }
}
