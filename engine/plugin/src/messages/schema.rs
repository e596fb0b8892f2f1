//! The messages that carry schemas. A field of attributes has the same number in both protocols
//! and different meanings: 10 is `write_only` in protocol 5 and `nested_type` in protocol 6.

use super::{Diagnostic, ServerCapabilities};
use prost::Message;
use std::collections::HashMap;

/// Nested attributes in protocol 6.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Object {
    #[prost(message, repeated, tag = "1")]
    pub(crate) attributes: Vec<v6::Attribute>,
    #[prost(int32, tag = "3")]
    pub(crate) nesting: i32,
}

/// What a function takes and gives.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Function {
    #[prost(message, repeated, tag = "1")]
    pub(crate) parameters: Vec<Parameter>,
    #[prost(message, optional, tag = "2")]
    pub(crate) variadic: Option<Parameter>,
    #[prost(message, optional, tag = "3")]
    pub(crate) result: Option<FunctionResult>,
    #[prost(string, tag = "4")]
    pub(crate) summary: String,
    #[prost(string, tag = "5")]
    pub(crate) description: String,
    #[prost(string, tag = "7")]
    pub(crate) deprecated: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Parameter {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    /// The type as JSON.
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) ty: Vec<u8>,
    #[prost(bool, tag = "3")]
    pub(crate) nullable: bool,
    #[prost(bool, tag = "4")]
    pub(crate) unknown: bool,
    #[prost(string, tag = "5")]
    pub(crate) description: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct FunctionResult {
    /// The type as JSON.
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) ty: Vec<u8>,
}

/// `GetMetadata`'s answer: the names of what a plugin offers.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Metadata {
    #[prost(message, optional, tag = "1")]
    pub(crate) server_capabilities: Option<ServerCapabilities>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) data_sources: Vec<Named>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) resources: Vec<Named>,
    #[prost(message, repeated, tag = "5")]
    pub(crate) functions: Vec<Named>,
    #[prost(message, repeated, tag = "6")]
    pub(crate) ephemeral: Vec<Named>,
    #[prost(message, repeated, tag = "7")]
    pub(crate) lists: Vec<Named>,
}

impl Metadata {
    /// The names, and what each is the name of.
    pub(crate) fn kinds(&self) -> [(&'static str, &[Named]); 5] {
        [
            ("resource type", &self.resources),
            ("data source", &self.data_sources),
            ("function", &self.functions),
            ("ephemeral resource type", &self.ephemeral),
            ("list", &self.lists),
        ]
    }
}

/// The name of a type or of a function.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Named {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

/// `GetFunctions`' answer.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Functions {
    #[prost(map = "string, message", tag = "1")]
    pub(crate) functions: HashMap<String, Function>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

macro_rules! schema_messages {
    ($(#[$doc:meta])* $version:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        pub(crate) mod $version {
            use super::*;

            /// `GetProviderSchema`'s answer (`GetSchema` in protocol 5).
            #[derive(Clone, PartialEq, Message)]
            pub(crate) struct ProviderSchema {
                #[prost(message, optional, tag = "1")]
                pub(crate) provider: Option<Schema>,
                #[prost(map = "string, message", tag = "2")]
                pub(crate) resources: HashMap<String, Schema>,
                #[prost(map = "string, message", tag = "3")]
                pub(crate) data_sources: HashMap<String, Schema>,
                #[prost(message, repeated, tag = "4")]
                pub(crate) diagnostics: Vec<Diagnostic>,
                #[prost(message, optional, tag = "5")]
                pub(crate) provider_meta: Option<Schema>,
                #[prost(message, optional, tag = "6")]
                pub(crate) server_capabilities: Option<ServerCapabilities>,
                #[prost(map = "string, message", tag = "7")]
                pub(crate) functions: HashMap<String, Function>,
                #[prost(map = "string, message", tag = "8")]
                pub(crate) ephemeral: HashMap<String, Schema>,
                #[prost(map = "string, message", tag = "9")]
                pub(crate) lists: HashMap<String, Schema>,
            }

            #[derive(Clone, PartialEq, Message)]
            pub(crate) struct Schema {
                #[prost(int64, tag = "1")]
                pub(crate) version: i64,
                #[prost(message, optional, tag = "2")]
                pub(crate) block: Option<Block>,
            }

            #[derive(Clone, PartialEq, Message)]
            pub(crate) struct Block {
                #[prost(message, repeated, tag = "2")]
                pub(crate) attributes: Vec<Attribute>,
                #[prost(message, repeated, tag = "3")]
                pub(crate) block_types: Vec<NestedBlock>,
                #[prost(string, tag = "4")]
                pub(crate) description: String,
                #[prost(bool, tag = "6")]
                pub(crate) deprecated: bool,
            }

            #[derive(Clone, PartialEq, Message)]
            pub(crate) struct NestedBlock {
                #[prost(string, tag = "1")]
                pub(crate) type_name: String,
                #[prost(message, optional, tag = "2")]
                pub(crate) block: Option<Block>,
                #[prost(int32, tag = "3")]
                pub(crate) nesting: i32,
                #[prost(int64, tag = "4")]
                pub(crate) min_items: i64,
                #[prost(int64, tag = "5")]
                pub(crate) max_items: i64,
            }

            #[derive(Clone, PartialEq, Message)]
            pub(crate) struct Attribute {
                #[prost(string, tag = "1")]
                pub(crate) name: String,
                /// The type as JSON.
                #[prost(bytes = "vec", tag = "2")]
                pub(crate) ty: Vec<u8>,
                #[prost(string, tag = "3")]
                pub(crate) description: String,
                #[prost(bool, tag = "4")]
                pub(crate) required: bool,
                #[prost(bool, tag = "5")]
                pub(crate) optional: bool,
                #[prost(bool, tag = "6")]
                pub(crate) computed: bool,
                #[prost(bool, tag = "7")]
                pub(crate) sensitive: bool,
                #[prost(bool, tag = "9")]
                pub(crate) deprecated: bool,
                $($(#[$field_doc])* pub(crate) $field: $ty,)*
            }
        }
    };
}

schema_messages! {
    /// Protocol 5.
    v5 {
        #[prost(bool, tag = "10")]
        write_only: bool,
    }
}

schema_messages! {
    /// Protocol 6.
    v6 {
        #[prost(message, optional, tag = "10")]
        nested: Option<Object>,
        #[prost(bool, tag = "11")]
        write_only: bool,
    }
}
