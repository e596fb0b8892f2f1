//! A loopback server that answers like Google Cloud's APIs, driven by their discovery documents.
//!
//! It is no Google Cloud: see the README for what it leaves out. It knows nothing of Terrane.

mod admin;
mod audit;
mod call;
mod discovery;
mod filter;
mod json;
mod methods;
mod operation;
mod policy;
mod projection;
mod refusal;
mod resource;
mod rules;
mod server;
mod services;
mod store;
mod validate;
mod world;

pub use methods::{Method, method, methods};
pub use server::{Options, Sandbox};
