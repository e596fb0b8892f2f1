//! States in a bucket of Google Cloud Storage: `PREFIX/WORKSPACE.tfstate`, locked by
//! `PREFIX/WORKSPACE.tflock`, as Terraform has them. Writes are conditional on the generation.

mod credentials;
mod lock;
mod objects;

pub(crate) use credentials::signer;

use crate::argument::{Argument, ConfigureError, Given};
use crate::backend::sorted_workspaces;
use crate::remote::{Objects, RemoteState};
use crate::web::{Patience, Proxies, Tls, Web};
use crate::{Backend, StateStorage, StorageError};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use lock::GenerationLock;
use objects::Bucket;
use sha2::{Digest, Sha256};
use std::sync::Arc;

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("access_token").or(&["GOOGLE_OAUTH_ACCESS_TOKEN"]),
    Argument::text("bucket").required(),
    Argument::text("credentials").or(&["GOOGLE_BACKEND_CREDENTIALS", "GOOGLE_CREDENTIALS"]),
    Argument::text("encryption_key").or(&["GOOGLE_ENCRYPTION_KEY"]),
    Argument::text("impersonate_service_account")
        .or(&["GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"]),
    Argument::texts("impersonate_service_account_delegates"),
    Argument::text("kms_encryption_key").or(&["GOOGLE_KMS_ENCRYPTION_KEY"]),
    Argument::text("prefix"),
    Argument::text("storage_custom_endpoint")
        .or(&["GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT", "GOOGLE_STORAGE_CUSTOM_ENDPOINT"]),
];

const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_write";
const SUFFIX: &str = ".tfstate";

/// The states below a prefix of a bucket.
pub(crate) struct Gcs {
    bucket: Arc<Bucket>,
    /// Empty, or with a slash at its end.
    prefix: String,
}

impl Gcs {
    pub(crate) fn configure(given: Given<'_>) -> Result<Gcs, ConfigureError> {
        let name = given.required("bucket")?;
        let prefix = given.text("prefix").unwrap_or_default();
        let prefix = prefix.trim_start_matches('/').trim_end_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let web =
            Web::new(&Tls::default(), &Proxies::default(), Patience::default()).map_err(ConfigureError)?;
        let host = match given.text("storage_custom_endpoint") {
            None => "https://storage.googleapis.com".to_owned(),
            Some(url) => {
                let url = url.trim_end_matches('/').trim_end_matches("/b").trim_end_matches("/storage/v1");
                url.trim_end_matches('/').to_owned()
            }
        };
        let headers = match (given.text("encryption_key"), given.text("kms_encryption_key")) {
            (Some(_), Some(_)) => {
                return Err(ConfigureError(
                    "The arguments \"encryption_key\" and \"kms_encryption_key\" exclude each other."
                        .to_owned(),
                ));
            }
            (Some(key), None) => customer_key(given, &key)?,
            _ => Vec::new(),
        };
        let signer = signer(given, &web, SCOPE)?;
        let bucket = Bucket { web, signer, host, name, headers, kms_key: given.text("kms_encryption_key") };
        Ok(Gcs { bucket: Arc::new(bucket), prefix })
    }

    fn key(&self, workspace: &str, suffix: &str) -> String {
        format!("{}{workspace}{suffix}", self.prefix)
    }
}

/// The headers for a key of the customer's own, which is given as base64 or in a file.
fn customer_key(given: Given<'_>, key: &str) -> Result<Vec<(&'static str, String)>, ConfigureError> {
    let text = given.surroundings().read(key).unwrap_or_else(|_| key.to_owned());
    let bytes = STANDARD.decode(text.trim()).ok().filter(|bytes| bytes.len() == 32).ok_or_else(|| {
        ConfigureError(
            "The argument \"encryption_key\" must be 32 bytes in base64, or a file with them.".to_owned(),
        )
    })?;
    Ok(vec![
        ("x-goog-encryption-algorithm", "AES256".to_owned()),
        ("x-goog-encryption-key", STANDARD.encode(&bytes)),
        ("x-goog-encryption-key-sha256", STANDARD.encode(Sha256::digest(&bytes))),
    ])
}

#[async_trait]
impl Backend for Gcs {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        let key = self.key(workspace, SUFFIX);
        let lock = GenerationLock::new(
            self.bucket.clone(),
            self.key(workspace, ".tflock"),
            self.bucket.location(&key),
        );
        let journal = self.key(workspace, ".tfjournal/");
        Arc::new(RemoteState::new(self.bucket.clone(), Arc::new(lock), key, journal))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        let keys = self.bucket.list(&self.prefix).await?;
        Ok(sorted_workspaces(keys.iter().filter_map(|key| {
            let name = key.strip_prefix(&self.prefix)?.strip_suffix(SUFFIX)?;
            (!name.contains('/')).then(|| name.to_owned())
        })))
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        self.bucket.delete(&self.key(name, SUFFIX)).await?;
        for key in self.bucket.list(&self.key(name, ".tfjournal/")).await? {
            self.bucket.delete(&key).await?;
        }
        Ok(())
    }
}
