//! The other side: a provider of this program as a plugin, for any engine that speaks protocol 6.
//!
//! [`listen`] is the handshake and the connections, [`answer`] what each method does, [`offer`]
//! turns schemas into messages, [`deprecations`] warns of what they say not to use.

mod answer;
mod deprecations;
mod listen;
mod offer;

pub use listen::{ServeError, ServeOptions, serve};
pub(crate) use offer::metadata;
