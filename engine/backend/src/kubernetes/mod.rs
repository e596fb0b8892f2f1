//! States in Secrets of Kubernetes, `tfstate-WORKSPACE-SUFFIX`, locked by Leases of the same name with `lock-`
//! before it, as Terraform has them. The server's resource versions keep two writers apart.

mod cluster;
mod lease;
mod secrets;

use crate::argument::{Argument, ConfigureError, Given};
use crate::backend::sorted_workspaces;
use crate::remote::{Objects, RemoteState};
use crate::{Backend, StateStorage, StorageError};
use async_trait::async_trait;
use cluster::Cluster;
use lease::LeaseLock;
use secrets::{STATE, Secrets};
use std::sync::Arc;

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("client_certificate").or(&["KUBE_CLIENT_CERT_DATA"]),
    Argument::text("client_key").or(&["KUBE_CLIENT_KEY_DATA"]),
    Argument::text("cluster_ca_certificate").or(&["KUBE_CLUSTER_CA_CERT_DATA"]),
    Argument::text("config_context").or(&["KUBE_CTX"]),
    Argument::text("config_context_auth_info").or(&["KUBE_CTX_AUTH_INFO"]),
    Argument::text("config_context_cluster").or(&["KUBE_CTX_CLUSTER"]),
    Argument::text("config_path").or(&["KUBE_CONFIG_PATH"]),
    Argument::texts("config_paths"),
    Argument::object(
        "exec",
        &[
            Argument::text("api_version"),
            Argument::texts("args"),
            Argument::text("command"),
            Argument::pairs("env"),
        ],
    ),
    Argument::text("host").or(&["KUBE_HOST"]),
    Argument::bool("in_cluster_config").or(&["KUBE_IN_CLUSTER_CONFIG"]),
    Argument::bool("insecure").or(&["KUBE_INSECURE"]),
    Argument::pairs("labels"),
    Argument::bool("load_config_file")
        .without_effect("a configuration file is read when config_path or config_paths names one"),
    Argument::text("namespace").or(&["KUBE_NAMESPACE"]),
    Argument::text("password").or(&["KUBE_PASSWORD"]),
    Argument::text("proxy_url").or(&["KUBE_PROXY_URL"]),
    Argument::text("secret_suffix").required(),
    Argument::text("tls_server_name")
        .without_effect("the name in the address is what certificates are checked for"),
    Argument::text("token").or(&["KUBE_TOKEN"]),
    Argument::text("username").or(&["KUBE_USER"]),
];

/// The states with one suffix in a namespace.
pub(crate) struct Kubernetes {
    secrets: Arc<Secrets>,
    suffix: String,
}

impl Kubernetes {
    pub(crate) fn configure(given: Given<'_>) -> Result<Kubernetes, ConfigureError> {
        let suffix = given.required("secret_suffix")?;
        let namespace = given.text("namespace").unwrap_or_else(|| "default".to_owned());
        let cluster = Arc::new(Cluster::configure(given)?);
        let secrets = Secrets { cluster, namespace, suffix: suffix.clone(), labels: given.pairs("labels") };
        Ok(Kubernetes { secrets: Arc::new(secrets), suffix })
    }

    fn name(&self, workspace: &str) -> String {
        format!("tfstate-{workspace}-{}", self.suffix)
    }

    fn journal(&self, workspace: &str) -> String {
        format!("tfjournal-{workspace}-{}.", self.suffix)
    }
}

#[async_trait]
impl Backend for Kubernetes {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        let name = self.name(workspace);
        let lock = LeaseLock { secrets: self.secrets.clone(), name: name.clone() };
        let journal = self.journal(workspace);
        Arc::new(RemoteState::new(self.secrets.clone(), Arc::new(lock), name, journal))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        let names = self.secrets.named(STATE).await?;
        let end = format!("-{}", self.suffix);
        Ok(sorted_workspaces(
            names
                .iter()
                .filter_map(|name| Some(name.strip_prefix("tfstate-")?.strip_suffix(&end)?.to_owned())),
        ))
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        for key in self.secrets.list(&self.journal(name)).await? {
            self.secrets.delete(&key).await?;
        }
        self.secrets.delete(&self.name(name)).await?;
        LeaseLock { secrets: self.secrets.clone(), name: self.name(name) }.delete().await
    }
}
