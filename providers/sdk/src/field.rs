//! Rust types that are the value of an attribute: type, presence and codec in one.

use crate::Error;
use crate::spec::{AttributeSpec, Presence};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use terrane_value::{Number, Type, Value};

/// A Rust type that is the value of one attribute.
pub trait Field: Sized {
    /// Who may choose the value.
    const PRESENCE: Presence;
    /// The attribute's type.
    fn ty() -> Type;
    /// Reads a value of that type. Unknown is read as unset where unset is possible.
    fn from_value(value: &Value) -> Result<Self, FieldError>;
    /// The inverse of [`Field::from_value`].
    fn to_value(&self) -> Value;
}

/// A value that a field cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The way to the field, outermost first.
    pub path: Vec<&'static str>,
    /// What the field wants: `a string`.
    pub want: String,
}

impl FieldError {
    /// A field wants `want`.
    pub fn new(want: impl Into<String>) -> FieldError {
        FieldError { path: Vec::new(), want: want.into() }
    }

    /// The same error seen from the object that has the field as `name`.
    #[must_use]
    pub fn at(mut self, name: &'static str) -> FieldError {
        self.path.insert(0, name);
        self
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} is required", self.path.join("."), self.want)
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Error {
        Error::new("Unexpected value", format!("{error}.")).attribute(error.path.join("."))
    }
}

/// The spec of an attribute whose Rust type is `F`.
pub fn attribute_of<F: Field>() -> AttributeSpec {
    AttributeSpec::new(F::ty(), F::PRESENCE)
}

/// Field `name` of `object`, for derived code.
pub fn field_of<F: Field>(object: &Value, name: &'static str) -> Result<F, FieldError> {
    let value = object.attribute(name).unwrap_or_else(|| Value::null(F::ty()));
    F::from_value(&value).map_err(|e| e.at(name))
}

impl Field for String {
    const PRESENCE: Presence = Presence::Required;
    fn ty() -> Type {
        Type::String
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        value.as_str().map(str::to_owned).ok_or_else(|| FieldError::new("a string"))
    }
    fn to_value(&self) -> Value {
        Value::string(self)
    }
}

impl Field for bool {
    const PRESENCE: Presence = Presence::Required;
    fn ty() -> Type {
        Type::Bool
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        value.as_bool().ok_or_else(|| FieldError::new("a bool"))
    }
    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl Field for i64 {
    const PRESENCE: Presence = Presence::Required;
    fn ty() -> Type {
        Type::Number
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        value.as_number().and_then(Number::to_i64).ok_or_else(|| FieldError::new("a whole number"))
    }
    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl Field for f64 {
    const PRESENCE: Presence = Presence::Required;
    fn ty() -> Type {
        Type::Number
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        value.as_number().map(Number::to_f64).ok_or_else(|| FieldError::new("a number"))
    }
    fn to_value(&self) -> Value {
        Number::from_f64(*self).map_or_else(|| Value::null(Type::Number), Value::number)
    }
}

impl<T: Field> Field for Option<T> {
    const PRESENCE: Presence = Presence::Optional;
    fn ty() -> Type {
        T::ty()
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        if value.is_null() || !value.is_known() { Ok(None) } else { T::from_value(value).map(Some) }
    }
    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(|| Value::null(T::ty()), T::to_value)
    }
}

impl<T: Field> Field for Vec<T> {
    const PRESENCE: Presence = Presence::Optional;
    fn ty() -> Type {
        Type::list(T::ty())
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        elements(value, "a list")?.iter().map(T::from_value).collect()
    }
    fn to_value(&self) -> Value {
        Value::list(T::ty(), self.iter().map(T::to_value))
    }
}

impl<T: Field + Ord> Field for BTreeSet<T> {
    const PRESENCE: Presence = Presence::Optional;
    fn ty() -> Type {
        Type::set(T::ty())
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        elements(value, "a set")?.iter().map(T::from_value).collect()
    }
    fn to_value(&self) -> Value {
        Value::set(T::ty(), self.iter().map(T::to_value))
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    const PRESENCE: Presence = Presence::Optional;
    fn ty() -> Type {
        Type::map(T::ty())
    }
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        if value.is_null() || !value.is_known() {
            return Ok(BTreeMap::new());
        }
        let map = value.as_map().ok_or_else(|| FieldError::new("a map"))?;
        map.iter().map(|(k, v)| Ok((k.to_string(), T::from_value(v)?))).collect()
    }
    fn to_value(&self) -> Value {
        Value::map(T::ty(), self.iter().map(|(k, v)| (k.as_str(), v.to_value())))
    }
}

/// The elements of a list or set; none when it is null or unknown.
pub(crate) fn elements<'a>(value: &'a Value, want: &str) -> Result<&'a [Value], FieldError> {
    if value.is_null() || !value.is_known() {
        return Ok(&[]);
    }
    value.as_slice().ok_or_else(|| FieldError::new(want))
}

/// A value that only the remote system chooses; `None` until it has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Computed<T>(pub Option<T>);

/// A value that the user may set, and the remote system chooses otherwise; `None` when the user
/// has not and the remote system has not yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Auto<T>(pub Option<T>);

macro_rules! wrapper {
    ($name:ident, $presence:ident) => {
        impl<T: Field> Field for $name<T> {
            const PRESENCE: Presence = Presence::$presence;
            fn ty() -> Type {
                T::ty()
            }
            fn from_value(value: &Value) -> Result<Self, FieldError> {
                Option::<T>::from_value(value).map($name)
            }
            fn to_value(&self) -> Value {
                self.0.to_value()
            }
        }

        impl<T> $name<T> {
            /// The value, when there is one.
            pub fn get(&self) -> Option<&T> {
                self.0.as_ref()
            }

            /// The value, which an object that exists has.
            pub fn known(&self) -> Result<&T, Error> {
                self.0.as_ref().ok_or_else(|| {
                    Error::new("Incomplete object", "A value that every existing object has is not set.")
                })
            }
        }

        impl $name<String> {
            /// The text, when there is one.
            pub fn as_deref(&self) -> Option<&str> {
                self.0.as_deref()
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                $name(None)
            }
        }

        impl<T> From<Option<T>> for $name<T> {
            fn from(value: Option<T>) -> Self {
                $name(value)
            }
        }

        impl<T> From<T> for $name<T> {
            fn from(value: T) -> Self {
                $name(Some(value))
            }
        }

        impl From<&str> for $name<String> {
            fn from(value: &str) -> Self {
                $name(Some(value.to_owned()))
            }
        }
    };
}
wrapper!(Computed, Computed);
wrapper!(Auto, OptionalComputed);

/// Conversion of a field of an API's struct to a field of ours, for `with_remote`, which
/// `#[resource(remote = path::Struct)]` makes.
pub trait FromRemote<T> {
    /// Takes the remote value.
    fn from_remote(remote: T) -> Self;
}

macro_rules! from_remote {
    ($($to:ty, $from:ty, |$v:ident| $body:expr;)*) => {
        $(impl FromRemote<$from> for $to {
            fn from_remote($v: $from) -> Self { $body }
        })*
    };
}
macro_rules! from_remote_scalar {
    ($($t:ty, $api:ty;)*) => {
        from_remote! {
            $($t, $api, |v| v.into();
            $t, Option<$api>, |v| v.map(Into::into).unwrap_or_default();
            Option<$t>, $api, |v| Some(v.into());
            Option<$t>, Option<$api>, |v| v.map(Into::into);
            Computed<$t>, $api, |v| Computed(Some(v.into()));
            Computed<$t>, Option<$api>, |v| Computed(v.map(Into::into));
            Auto<$t>, $api, |v| Auto(Some(v.into()));
            Auto<$t>, Option<$api>, |v| Auto(v.map(Into::into));)*
        }
    };
}
from_remote_scalar! { String, String; bool, bool; i64, i64; i64, i32; f64, f64; f64, f32; }

impl<T> FromRemote<Vec<T>> for Vec<T> {
    fn from_remote(remote: Vec<T>) -> Self {
        remote
    }
}
impl<T: Ord> FromRemote<BTreeSet<T>> for BTreeSet<T> {
    fn from_remote(remote: BTreeSet<T>) -> Self {
        remote
    }
}
impl<T: Ord> FromRemote<Vec<T>> for BTreeSet<T> {
    fn from_remote(remote: Vec<T>) -> Self {
        remote.into_iter().collect()
    }
}
impl<T> FromRemote<BTreeMap<String, T>> for BTreeMap<String, T> {
    fn from_remote(remote: BTreeMap<String, T>) -> Self {
        remote
    }
}
