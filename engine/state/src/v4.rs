//! Format version 4, which Terraform and OpenTofu read and write too.

use crate::State;

/// Why a text is not a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StateError(pub String);

/// Reads a state file.
pub fn from_json(text: &str) -> Result<State, StateError> {
    let _ = text;
    Err(StateError("not written".into()))
}

/// The text of a state file, as Terraform lays it out.
pub fn to_json(state: &State) -> String {
    let _ = state;
    String::new()
}
