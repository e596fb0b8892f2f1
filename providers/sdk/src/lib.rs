//! What the authors of native providers work with: a resource type is a typed struct whose
//! derive gives its schema and codec, and an `impl Resource`; planning, validation and the
//! [`Provider`](terrane_provider::Provider) trait come from here.
//!
//! ```
//! use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};
//!
//! /// A note.
//! #[derive(Clone, Debug, Resource)]
//! #[resource(name = "notes_note")]
//! pub struct Note {
//!     #[attr(keep)]
//!     pub id: Computed<String>,
//!     /// What it says.
//!     pub text: String,
//!     /// The notebook it is in.
//!     #[attr(force_new)]
//!     pub notebook: Option<String>,
//! }
//!
//! #[async_trait]
//! impl Resource for Note {
//!     type Client = ();
//!
//!     async fn create(_: &(), planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
//!         Ok(Self { id: cx.token.to_string().into(), ..planned })
//!     }
//!     async fn read(_: &(), states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
//!         states.into_iter().map(|s| Ok(Some(s))).collect()
//!     }
//!     async fn update(_: &(), _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
//!         Ok(planned)
//!     }
//!     async fn delete(_: &(), _: Self, _: &ApplyContext) -> Result<(), Error> {
//!         Ok(())
//!     }
//! }
//! ```
//!
//! Presence is in the type of a field: `T` is required, `Option<T>` optional, [`Computed<T>`]
//! chosen by the remote system, [`Auto<T>`] either. Collections without a wrapper are optional,
//! and empty when unset; `#[attr(required)]` makes one required. `T` is `String`, `bool`,
//! `i64`, `f64`, `Vec<T>` (list), `BTreeSet<T>` (set), `BTreeMap<String, T>` (map), or a struct
//! with `#[derive(Block)]` (object). Fields with `#[block]` are nested blocks: `Vec<B>` (list),
//! `BTreeSet<B>` (set), `Option<B>` (list of at most one).
//!
//! Nothing here knows a cloud, the configuration language or the state.

pub mod apply;
mod data_source;
mod definition;
mod duration;
mod ephemeral;
mod equivalence;
mod error;
pub mod field;
mod host;
pub mod object;
pub mod plan;
mod reconcile;
pub mod resource;
pub mod schema_json;
pub mod spec;
pub mod testing;
mod together;
mod unset;
pub mod validate;
mod validation;

pub use apply::{ApplyContext, Timeouts};
pub use async_trait::async_trait;
pub use data_source::{DataSource, DataSourceType};
pub use definition::{ProviderDefinition, TypeKind};
pub use duration::parse_duration;
pub use ephemeral::{Ephemeral, EphemeralType};
pub use equivalence::json_equivalent;
pub use error::{Error, ErrorFacts, Failure};
pub use field::{Auto, Computed, Field, FieldError, FromRemote};
pub use host::NativeProvider;
pub use object::{BlockField, Described, Object, TypeOptions};
pub use plan::PlanContext;
pub use resource::{Attributes, Resource, ResourceType, imported};
pub use schema_json::schema_json;
pub use serde_json;
pub use spec::{AttributeSpec, BlockSpec, NestedSpec, Presence};
pub use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
pub use terrane_provider as provider;
pub use terrane_provider::{Function, FunctionError, OperationToken, Parameter};
pub use terrane_schema as schema;
pub use terrane_schema::Nesting;
pub use terrane_sdk_derive::{Block, DataSource, Resource};
pub use terrane_value as value;
pub use terrane_value::{Kind, Path, PathStep, Type, Value};
pub use together::{join_all, try_join_all};

/// The table of a provider's resource types: `resources![ec2::Vpc, ec2::Subnet]`. Types in one table are
/// served by one API.
#[macro_export]
macro_rules! resources {
    ($($ty:ty),* $(,)?) => { vec![$($crate::ResourceType::of::<$ty>().served_by(module_path!())),*] };
}

/// The table of a provider's ephemeral resource types: `ephemeral_resources![sts::Session]`.
#[macro_export]
macro_rules! ephemeral_resources {
    ($($ty:ty),* $(,)?) => { vec![$($crate::EphemeralType::of::<$ty>()),*] };
}

/// The table of a provider's data sources: `data_sources![ec2::VpcData]`.
#[macro_export]
macro_rules! data_sources {
    ($($ty:ty),* $(,)?) => { vec![$($crate::DataSourceType::of::<$ty>()),*] };
}
