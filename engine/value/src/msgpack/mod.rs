//! Values as MessagePack, as cty writes them (plugin protocol, plan files).
//!
//! Unknown values are extensions: type 0 when nothing is known of them, type 12 with a map of
//! refinements otherwise. A value of a type that is dynamic comes with its type, as JSON.

mod read;
mod write;

pub use read::from_msgpack;
pub use write::to_msgpack;

/// Why bytes and values do not translate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MsgpackError(pub String);

/// The extension type of unknown values of which something is known.
const REFINED: i8 = 12;
/// The largest extension of that type that is read.
const MAX_REFINED: usize = 1024;
/// The longest prefix of an unknown string that is written, in bytes.
const MAX_PREFIX: usize = 256;

/// The keys of refinements.
mod key {
    pub(super) const IS_NULL: u64 = 1;
    pub(super) const PREFIX: u64 = 2;
    pub(super) const NUMBER_MIN: u64 = 3;
    pub(super) const NUMBER_MAX: u64 = 4;
    pub(super) const LENGTH_MIN: u64 = 5;
    pub(super) const LENGTH_MAX: u64 = 6;
}
