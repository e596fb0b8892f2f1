//! Schemas: what a provider says a resource type, data source or its own configuration looks
//! like, and the rules that hold between a configuration, a prior object and a planned one.
//!
//! Nothing here evaluates expressions or talks to providers.

mod block;
mod compatible;
mod items;
mod proposed;
mod validity;
mod write_only;

pub use block::{
    Attribute, AttributeType, Block, ImpliedType, NestedAttributes, NestedBlock, Nesting, Schema,
};
pub use compatible::assert_object_compatible;
pub use proposed::proposed_new;
pub use validity::assert_plan_valid;
