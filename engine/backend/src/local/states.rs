//! The states of all workspaces in files.

use super::{Local, files};
use crate::argument::{Argument, Given};
use crate::backend::{CreateError, DEFAULT_WORKSPACE, sorted_workspaces};
use crate::{Backend, StateStorage, StorageError};
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) const ARGUMENTS: &[Argument] = &[Argument::text("path"), Argument::text("workspace_dir")];

/// The states in `path` and in the directories of `workspace_dir`.
pub(crate) struct LocalStates {
    path: PathBuf,
    workspaces: PathBuf,
}

impl LocalStates {
    pub(crate) fn configure(given: Given<'_>) -> LocalStates {
        let path = |name: &str, default: &str| given.text(name).map_or_else(|| default.into(), PathBuf::from);
        LocalStates {
            path: path("path", "terraform.tfstate"),
            workspaces: path("workspace_dir", "terraform.tfstate.d"),
        }
    }
}

#[async_trait]
impl Backend for LocalStates {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        Arc::new(Local::workspace(&self.path, &self.workspaces, workspace))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        Ok(sorted_workspaces(files::subdirectories(&self.workspaces)?))
    }

    /// A directory is enough.
    async fn create_workspace(&self, name: &str) -> Result<(), CreateError> {
        Ok(files::create_directory(&self.workspaces.join(name))?)
    }

    /// Only a backup stays, so that the file is not taken for the state later.
    async fn retire(&self, name: &str) -> Result<(), StorageError> {
        Local::workspace(&self.path, &self.workspaces, name).retire().await
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        match name {
            // The files of the default workspace lie among the user's own.
            DEFAULT_WORKSPACE => files::remove(&self.path),
            name => files::remove_directory(&self.workspaces.join(name)),
        }
    }
}
