//! Providers that are programs of their own: the existing provider binaries, which speak plugin
//! protocol 5 or 6. [`PluginProvider`] makes one of them a `terrane_provider::Provider`; the
//! rest of the engine cannot tell it from a native one. And [`serve`] makes a native provider a
//! plugin, for other engines.
//!
//! [`handshake`], [`tls`] and [`process`] start a program and connect to it, [`program`] when it is needed;
//! [`messages`] and [`methods`] are what goes over the wire, [`offer`] what of it is kept; [`schema`] and [`wire`] translate. Nothing here knows where programs come
//! from: `terrane_install` does.

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod faults;
mod handshake;
mod identity;
mod messages;
mod methods;
mod offer;
mod process;
mod program;
mod provider;
mod schema;
mod serve;
mod tls;
mod wire;

pub use handshake::Reattach;
pub use program::Program;
pub use provider::PluginProvider;
pub use serve::{ServeError, ServeOptions, serve};
pub use tls::TlsError;
