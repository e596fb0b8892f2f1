//! An object as stored, in states and journals alike.

use super::StateError;
use super::sensitive::{StepJson, path_from_json, path_to_json};
use crate::{Document, Kept, Object, ObjectStatus, kept};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;
use std::collections::HashMap;
use terrane_address::{ConfigResource, InstanceKey, ResourceAddress};
use terrane_provider::{Identity, Private};

/// An object to write. The order of the fields is Terraform's.
#[derive(Serialize)]
pub(crate) struct ObjectRef<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index_key: Option<IndexKeyRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deposed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<String>,
    schema_version: u64,
    attributes: &'a Document,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_schema_version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'a Json>,
    sensitive_attributes: Vec<Vec<StepJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "displayed")]
    dependencies: &'a [ConfigResource],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    create_before_destroy: bool,
    /// What the engine keeps, where `private` has no place for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    terrane: Option<&'a Kept>,
}

/// An instance key to write.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum IndexKeyRef<'a> {
    Int(u64),
    String(&'a str),
}

fn displayed<S: Serializer>(resources: &[ConfigResource], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(resources.iter().map(ToString::to_string))
}

impl<'a> ObjectRef<'a> {
    pub(crate) fn new(object: &'a Object) -> Result<ObjectRef<'a>, StateError> {
        let joined = kept::join(&object.private, &object.kept).map_err(StateError)?;
        let private = joined.as_ref().unwrap_or(&object.private);
        Ok(ObjectRef {
            index_key: None,
            status: match object.status {
                ObjectStatus::Ready => None,
                ObjectStatus::Tainted => Some("tainted"),
            },
            deposed: None,
            provider: None,
            schema_version: object.schema_version,
            attributes: &object.attributes,
            identity_schema_version: object.private.identity.as_ref().map(|i| i.version),
            identity: object.private.identity.as_ref().map(|i| &i.attributes),
            sensitive_attributes: object
                .sensitive_paths
                .iter()
                .map(path_to_json)
                .collect::<Result<_, _>>()?,
            private: (!private.is_empty()).then(|| BASE64_STANDARD.encode(private)),
            dependencies: &object.dependencies,
            create_before_destroy: object.create_before_destroy,
            terrane: joined.is_none().then_some(&object.kept),
        })
    }
}

/// An object as read.
#[derive(Deserialize)]
pub(crate) struct ObjectJson {
    #[serde(default)]
    pub(super) index_key: Json,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    pub(super) deposed: Option<String>,
    #[serde(default)]
    pub(super) provider: Option<String>,
    #[serde(default)]
    schema_version: u64,
    #[serde(default)]
    attributes: Json,
    #[serde(default)]
    identity_schema_version: u64,
    #[serde(default)]
    identity: Option<Json>,
    #[serde(default)]
    attributes_flat: Option<HashMap<String, String>>,
    #[serde(default)]
    sensitive_attributes: Option<Vec<Vec<StepJson>>>,
    #[serde(default)]
    private: Option<String>,
    #[serde(default)]
    dependencies: Option<Vec<String>>,
    #[serde(default)]
    create_before_destroy: bool,
    #[serde(default)]
    terrane: Option<Kept>,
}

/// Dependencies read so far, since the same few are named again and again.
pub(super) type KnownDependencies = HashMap<String, ConfigResource>;

impl ObjectJson {
    pub(crate) fn into_object(self, known: &mut KnownDependencies) -> Result<Object, String> {
        if self.attributes_flat.is_some() {
            return Err("is stored in the form of Terraform 0.11; \
                        `terraform refresh` with Terraform 0.12 or later brings it up to date"
                .into());
        }
        let dependencies = self.dependencies.unwrap_or_default();
        let private: Private = match self.private {
            None => Private::default(),
            Some(text) => BASE64_STANDARD
                .decode(text)
                .map_err(|e| format!("has private data that is not base64: {e}"))?
                .into(),
        };
        let (private, kept) = kept::split(private)?;
        let identity = (self.identity.filter(|identity| !identity.is_null()))
            .map(|attributes| Identity { version: self.identity_schema_version, attributes });
        let private = private.with_identity(identity);
        Ok(Object {
            schema_version: self.schema_version,
            attributes: self.attributes.into(),
            sensitive_paths: self
                .sensitive_attributes
                .unwrap_or_default()
                .into_iter()
                .map(|steps| path_from_json(steps).map_err(|e| format!("has an invalid sensitive path: {e}")))
                .collect::<Result<_, _>>()?,
            provider_key: InstanceKey::None,
            private,
            kept: self.terrane.unwrap_or(kept),
            dependencies: dependencies
                .into_iter()
                .map(|text| dependency(text, known))
                .collect::<Result<_, _>>()?,
            status: match self.status.as_deref() {
                None | Some("") => ObjectStatus::Ready,
                Some("tainted") => ObjectStatus::Tainted,
                Some(other) => return Err(format!("has the invalid status {other:?}")),
            },
            create_before_destroy: self.create_before_destroy,
        })
    }
}

fn dependency(text: String, known: &mut KnownDependencies) -> Result<ConfigResource, String> {
    if let Some(resource) = known.get(&text) {
        return Ok(resource.clone());
    }
    let address: ResourceAddress = text.parse().map_err(|e| format!("has an invalid dependency: {e}"))?;
    Ok(known.entry(text).or_insert(address.config()).clone())
}
