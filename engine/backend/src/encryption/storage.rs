//! A storage whose content is encrypted. Locks are not: everybody must be able to read them.

use super::Cipher;
use crate::backend::CreateError;
use crate::{Backend, LockError, LockInfo, StateManager, StateStorage, StorageError, Version};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The same backend with encrypted states and journals.
pub fn encrypt_backend(backend: Arc<dyn Backend>, cipher: Arc<Cipher>) -> Arc<dyn Backend> {
    Arc::new(EncryptedBackend { backend, cipher })
}

/// The same storage with encrypted content.
pub fn encrypt_storage(storage: Arc<dyn StateStorage>, cipher: Arc<Cipher>) -> Arc<dyn StateStorage> {
    Arc::new(EncryptedStorage { storage, cipher, outdated: AtomicBool::new(false) })
}

struct EncryptedBackend {
    backend: Arc<dyn Backend>,
    cipher: Arc<Cipher>,
}

#[async_trait]
impl Backend for EncryptedBackend {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        encrypt_storage(self.backend.state(workspace), self.cipher.clone())
    }

    fn has_workspaces(&self) -> bool {
        self.backend.has_workspaces()
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        self.backend.workspaces().await
    }

    /// Makes the place by the backend's own means, and then puts an encrypted state there if the backend
    /// put an open one.
    async fn create_workspace(&self, name: &str) -> Result<(), CreateError> {
        self.backend.create_workspace(name).await?;
        if let Some((_, version)) = self.backend.state(name).read().await? {
            let plain = StateManager::open(self.backend.state(name)).await?.saved_state();
            let text = terrane_state::to_json(&plain).map_err(crate::SaveError::from)?;
            self.state(name).write(text.as_bytes(), Some(&version)).await?;
        }
        Ok(())
    }

    async fn retire(&self, name: &str) -> Result<(), StorageError> {
        self.backend.retire(name).await
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        self.backend.delete_workspace(name).await
    }
}

struct EncryptedStorage {
    storage: Arc<dyn StateStorage>,
    cipher: Arc<Cipher>,
    outdated: AtomicBool,
}

impl EncryptedStorage {
    fn failed(&self, action: &'static str, reason: String) -> StorageError {
        StorageError::Failed { action, location: self.storage.location(), reason }
    }

    async fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, StorageError> {
        self.cipher.encrypt(plain).await.map_err(|e| self.failed("encrypt", e.to_string()))
    }

    /// Also whether it is encrypted as it would be now.
    async fn decrypt(&self, text: &[u8]) -> Result<(Vec<u8>, bool), StorageError> {
        self.cipher.decrypt(text).await.map_err(|e| self.failed("decrypt", e.to_string()))
    }

    /// A group of lines as one line, which is how journals are cut.
    async fn encrypt_lines(&self, lines: &[u8]) -> Result<Vec<u8>, StorageError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let mut line = self.encrypt(lines).await?;
        if line != lines {
            line.push(b'\n');
        }
        Ok(line)
    }
}

#[async_trait]
impl StateStorage for EncryptedStorage {
    fn location(&self) -> String {
        self.storage.location()
    }

    fn origin(&self) -> String {
        self.storage.origin()
    }

    fn is_remote(&self) -> bool {
        self.storage.is_remote()
    }

    fn is_outdated(&self) -> bool {
        self.outdated.load(Ordering::Relaxed)
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        match self.storage.read().await? {
            None => Ok(None),
            Some((text, version)) => {
                let (plain, current) = self.decrypt(&text).await?;
                self.outdated.store(!current, Ordering::Relaxed);
                Ok(Some((plain, version)))
            }
        }
    }

    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        let version = self.storage.write(&self.encrypt(state).await?, expected).await?;
        self.outdated.store(false, Ordering::Relaxed);
        Ok(version)
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        self.storage.lock(info).await
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.storage.renew(info).await
    }

    async fn unlock(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.storage.unlock(info).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        self.storage.holder().await
    }

    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        self.storage.break_lock(id).await
    }

    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        let mut lines = Vec::new();
        for line in self.storage.read_journal().await?.split_inclusive(|b| *b == b'\n') {
            if super::is_encrypted(line) && line.ends_with(b"\n") {
                lines.extend(self.decrypt(line).await?.0);
            } else {
                // Lines from before encryption was turned on; and the beginning of one whose writing was cut
                // off, which stays what it is.
                lines.extend_from_slice(line);
            }
        }
        Ok(lines)
    }

    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.storage.append_journal(&self.encrypt_lines(lines).await?).await
    }

    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.storage.replace_journal(&self.encrypt_lines(lines).await?).await
    }
}
