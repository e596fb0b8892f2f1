//! What stands in for providers and resources in tests: nothing is made anywhere, and what a real
//! provider would have computed is invented, or given by the test.

mod invent;
mod provider;

pub(crate) use invent::{Invention, filled};
pub(crate) use provider::StandIn;
