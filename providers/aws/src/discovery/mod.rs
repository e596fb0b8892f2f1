//! What is asked beyond the types themselves: where objects are, who changed them, and which
//! accounts the organisation has. Everything here only reads.

mod accounts;
mod history;

pub(crate) use accounts::accounts;
pub(crate) use history::history;
