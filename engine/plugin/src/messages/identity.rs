//! The messages that carry identities of objects. Both protocols have the same ones, since their
//! versions 5.9 and 6.9.

use super::{Diagnostic, DynamicValue, RawState};
use prost::Message;
use std::collections::HashMap;

/// An identity.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct IdentityData {
    #[prost(message, optional, tag = "1")]
    pub(crate) value: Option<DynamicValue>,
}

/// The answer of `GetResourceIdentitySchemas`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct IdentitySchemas {
    #[prost(map = "string, message", tag = "1")]
    pub(crate) schemas: HashMap<String, IdentitySchema>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct IdentitySchema {
    #[prost(int64, tag = "1")]
    pub(crate) version: i64,
    #[prost(message, repeated, tag = "2")]
    pub(crate) attributes: Vec<IdentityAttribute>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct IdentityAttribute {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    /// The type as JSON.
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) ty: Vec<u8>,
    #[prost(bool, tag = "3")]
    pub(crate) required_for_import: bool,
    #[prost(bool, tag = "4")]
    pub(crate) optional_for_import: bool,
    #[prost(string, tag = "5")]
    pub(crate) description: String,
}

/// The request of `UpgradeResourceIdentity`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct UpgradeIdentity {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(int64, tag = "2")]
    pub(crate) version: i64,
    #[prost(message, optional, tag = "3")]
    pub(crate) raw_identity: Option<RawState>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct IdentityUpgraded {
    #[prost(message, optional, tag = "1")]
    pub(crate) upgraded_identity: Option<IdentityData>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The request of `ValidateListResourceConfig`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ValidateList {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) config: Option<DynamicValue>,
    #[prost(message, optional, tag = "3")]
    pub(crate) include_resource_object: Option<DynamicValue>,
    #[prost(message, optional, tag = "4")]
    pub(crate) limit: Option<DynamicValue>,
}

/// The request of `ListResource`, which answers with a stream of [`Listed`].
#[derive(Clone, PartialEq, Message)]
pub(crate) struct List {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) config: Option<DynamicValue>,
    #[prost(bool, tag = "3")]
    pub(crate) include_resource_object: bool,
    #[prost(int64, tag = "4")]
    pub(crate) limit: i64,
}

/// An object that was found, or why one could not be.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Listed {
    #[prost(message, optional, tag = "1")]
    pub(crate) identity: Option<IdentityData>,
    #[prost(string, tag = "2")]
    pub(crate) display_name: String,
    #[prost(message, optional, tag = "3")]
    pub(crate) resource_object: Option<DynamicValue>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}
