//! What all kinds of backend have in common: several workspaces, each with a state.

use crate::{OpenError, SaveError, StateManager, StateStorage, StorageError};
use async_trait::async_trait;
use std::sync::Arc;

/// The name of the workspace that exists without being made.
pub const DEFAULT_WORKSPACE: &str = "default";

/// A place for the states of all workspaces of a configuration.
#[async_trait]
pub trait Backend: Send + Sync {
    /// The state of a workspace, whether there is one yet or not.
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage>;

    /// Whether there can be workspaces beside `default`.
    fn has_workspaces(&self) -> bool {
        true
    }

    /// The names of the workspaces, `default` first.
    async fn workspaces(&self) -> Result<Vec<String>, StorageError>;

    /// Makes a workspace with an empty state, so that it is found by the next command.
    async fn create_workspace(&self, name: &str) -> Result<(), CreateError> {
        let state = StateManager::open(self.state(name)).await?;
        state.save().await?;
        Ok(())
    }

    /// What becomes of the state of a workspace after it was copied elsewhere. Most leave it, so that
    /// others who still use it notice.
    async fn retire(&self, _name: &str) -> Result<(), StorageError> {
        Ok(())
    }

    /// Removes a workspace with its state, its lock and its journal.
    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError>;
}

/// Why a workspace could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CreateError {
    /// There is something that is no state.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The empty state could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// `names` as [`Backend::workspaces`] gives them: each once, sorted, `default` first.
pub(crate) fn sorted_workspaces(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let others: std::collections::BTreeSet<String> =
        names.into_iter().filter(|name| name != DEFAULT_WORKSPACE && !name.is_empty()).collect();
    std::iter::once(DEFAULT_WORKSPACE.to_owned()).chain(others).collect()
}
