//! The other side: a provider of this program as a plugin, for any engine that speaks protocol 6.
//!
//! [`listen`] is the handshake and the connections, [`answer`] what each method does, [`offer`]
//! turns schemas into messages.

mod answer;
mod listen;
mod offer;

pub use listen::{ServeError, ServeOptions, serve};
pub(crate) use offer::metadata;
