//! Structs that are objects: what the derives implement.

use crate::apply::Timeouts;
use crate::field::{FieldError, elements};
use crate::spec::{BlockSpec, NestedSpec};
use std::collections::BTreeSet;
use terrane_schema::Nesting;
use terrane_value::{Type, Value};

/// A struct with a schema. Derived.
pub trait Object: Sized {
    /// Its schema and rules.
    fn spec() -> BlockSpec;
    /// The type of its objects.
    fn ty() -> Type;
    /// Reads an object of the schema. Attributes that the struct does not have are ignored.
    fn from_value(value: &Value) -> Result<Self, FieldError>;
    /// The object. It has only the attributes that the struct has.
    fn to_value(&self) -> Value;
}

/// A struct that is a resource type or data source. Derived.
pub trait Described: Object {
    /// The name that users write: `aws_subnet`.
    const NAME: &'static str;
    /// What else `#[resource(...)]` says.
    fn options() -> TypeOptions {
        TypeOptions::default()
    }
}

/// Facts about a whole resource type.
#[derive(Clone, Debug, Default)]
pub struct TypeOptions {
    /// The version of its schema.
    pub version: u64,
    /// How long its operations may take unless the user says otherwise; `None` for those that
    /// a `timeouts` block does not mention.
    pub timeouts: Timeouts,
    /// All computed values survive updates.
    pub keep: bool,
}

/// A Rust type that is the value of nested blocks of one type.
pub trait BlockField: Sized {
    /// How the blocks are collected, how many there may be, and their content.
    fn spec() -> NestedSpec;
    /// The type of all the blocks together.
    fn ty() -> Type;
    /// Reads the blocks.
    fn from_value(value: &Value) -> Result<Self, FieldError>;
    /// The inverse of [`BlockField::from_value`].
    fn to_value(&self) -> Value;
}

/// Nested blocks `name` of `object`, for derived code.
pub fn block_of<F: BlockField>(object: &Value, name: &'static str) -> Result<F, FieldError> {
    F::from_value(&object.attribute(name).unwrap_or(Value::NULL)).map_err(|e| e.at(name))
}

fn nested<T: Object>(nesting: Nesting, max: u64) -> NestedSpec {
    NestedSpec {
        nesting,
        min: 0,
        max,
        force_new: false,
        computed: false,
        conflicts_with: Vec::new(),
        block: T::spec(),
    }
}

impl<T: Object> BlockField for Vec<T> {
    fn spec() -> NestedSpec {
        nested::<T>(Nesting::List, 0)
    }
    fn ty() -> Type {
        Type::list(T::ty())
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        elements(value, "a list of blocks")?.iter().map(T::from_value).collect()
    }
    fn to_value(&self) -> Value {
        Value::list(T::ty(), self.iter().map(T::to_value))
    }
}

impl<T: Object + Ord> BlockField for BTreeSet<T> {
    fn spec() -> NestedSpec {
        nested::<T>(Nesting::Set, 0)
    }
    fn ty() -> Type {
        Type::set(T::ty())
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        elements(value, "a set of blocks")?.iter().map(T::from_value).collect()
    }
    fn to_value(&self) -> Value {
        Value::set(T::ty(), self.iter().map(T::to_value))
    }
}

/// At most one block; in values a list, as Terraform's SDK has it.
impl<T: Object> BlockField for Option<T> {
    fn spec() -> NestedSpec {
        nested::<T>(Nesting::List, 1)
    }
    fn ty() -> Type {
        Type::list(T::ty())
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        elements(value, "a block")?.first().map(T::from_value).transpose()
    }
    fn to_value(&self) -> Value {
        Value::list(T::ty(), self.iter().map(T::to_value))
    }
}
