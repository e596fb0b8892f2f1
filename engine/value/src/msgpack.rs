//! Values as MessagePack, as cty writes them (plugin protocol, plan files).

use crate::{Type, Value};

/// Why bytes and values do not translate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MsgpackError(pub String);

/// The value, which must be of type `ty`, as MessagePack. Marks are dropped; unknown values and
/// their refinements are kept.
pub fn to_msgpack(_value: &Value, _ty: &Type) -> Result<Vec<u8>, MsgpackError> {
    Err(MsgpackError("not written".into()))
}

/// The inverse of [`to_msgpack`].
pub fn from_msgpack(_bytes: &[u8], _ty: &Type) -> Result<Value, MsgpackError> {
    Err(MsgpackError("not written".into()))
}
