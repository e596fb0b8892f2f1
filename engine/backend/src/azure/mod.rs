//! States in a container of Azure Blob Storage (`azurerm`): the blob `KEY`, and `KEYenv:NAME` for other
//! workspaces, each locked by a lease on it, as Terraform has them. Writes are conditional on the entity
//! tag.

mod container;
mod credentials;
mod state_blob;

use crate::argument::{Argument, ConfigureError, Given};
use crate::backend::{DEFAULT_WORKSPACE, sorted_workspaces};
use crate::remote::RemoteState;
use crate::web::{Patience, Proxies, Tls, Web};
use crate::{Backend, StateStorage, StorageError};
use async_trait::async_trait;
use container::Container;
use credentials::{Cloud, signer};
use state_blob::StateBlob;
use std::sync::Arc;

const NOT_ASKED: &str = "the storage account is asked at its usual address";

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("access_key").or(&["ARM_ACCESS_KEY"]),
    Argument::text("ado_pipeline_service_connection_id").or(&[
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
        "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    ]),
    Argument::text("client_certificate")
        .or(&["ARM_CLIENT_CERTIFICATE"])
        .without_effect("certificates are read from client_certificate_path alone"),
    Argument::text("client_certificate_password").or(&["ARM_CLIENT_CERTIFICATE_PASSWORD"]),
    Argument::text("client_certificate_path").or(&["ARM_CLIENT_CERTIFICATE_PATH"]),
    Argument::text("client_id").or(&["ARM_CLIENT_ID"]),
    Argument::text("client_id_file_path").or(&["ARM_CLIENT_ID_FILE_PATH"]),
    Argument::text("client_secret").or(&["ARM_CLIENT_SECRET"]),
    Argument::text("client_secret_file_path").or(&["ARM_CLIENT_SECRET_FILE_PATH"]),
    Argument::text("container_name").required(),
    Argument::text("endpoint"),
    Argument::text("environment").or(&["ARM_ENVIRONMENT"]),
    Argument::text("key").required(),
    Argument::bool("lookup_blob_endpoint").or(&["ARM_USE_DNS_ZONE_ENDPOINT"]).without_effect(NOT_ASKED),
    Argument::text("metadata_host")
        .or(&["ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"])
        .without_effect(NOT_ASKED),
    Argument::text("msi_endpoint").or(&["ARM_MSI_ENDPOINT"]),
    Argument::text("oidc_request_token").or(&[
        "ARM_OIDC_REQUEST_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "SYSTEM_ACCESSTOKEN",
    ]),
    Argument::text("oidc_request_url").or(&[
        "ARM_OIDC_REQUEST_URL",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "SYSTEM_OIDCREQUESTURI",
    ]),
    Argument::text("oidc_token").or(&["ARM_OIDC_TOKEN"]),
    Argument::text("oidc_token_file_path").or(&["ARM_OIDC_TOKEN_FILE_PATH"]),
    Argument::text("resource_group_name").without_effect("keys of storage accounts are not looked up"),
    Argument::text("sas_token").or(&["ARM_SAS_TOKEN"]),
    Argument::bool("snapshot").or(&["ARM_SNAPSHOT"]),
    Argument::text("storage_account_name").required(),
    Argument::text("subscription_id")
        .or(&["ARM_SUBSCRIPTION_ID"])
        .without_effect("keys of storage accounts are not looked up"),
    Argument::text("tenant_id").or(&["ARM_TENANT_ID"]),
    Argument::bool("use_aks_workload_identity").or(&["ARM_USE_AKS_WORKLOAD_IDENTITY"]),
    // Without a key or a signature, there is no other way.
    Argument::bool("use_azuread_auth").or(&["ARM_USE_AZUREAD"]),
    Argument::bool("use_cli").or(&["ARM_USE_CLI"]),
    Argument::bool("use_msi").or(&["ARM_USE_MSI"]),
    Argument::bool("use_oidc").or(&["ARM_USE_OIDC"]),
];

/// The variable with the address of a storage service that is not Azure's own, as the Azure CLI has it.
const SERVICE_VARIABLE: &str = "AZURE_STORAGE_SERVICE_ENDPOINT";

/// The states whose names begin with a key.
pub(crate) struct Azure {
    container: Arc<Container>,
    key: String,
}

impl Azure {
    pub(crate) fn configure(given: Given<'_>) -> Result<Azure, ConfigureError> {
        let account = given.required("storage_account_name")?;
        let name = given.required("container_name")?;
        let key = given.required("key")?;
        if key.starts_with('/') || key.ends_with('/') {
            return Err(ConfigureError(
                "The argument \"key\" must neither begin nor end with a slash.".to_owned(),
            ));
        }
        let web =
            Web::new(&Tls::default(), &Proxies::default(), Patience::default()).map_err(ConfigureError)?;
        let cloud = Cloud::named(given.text("environment").as_deref().unwrap_or("public"))?;
        let service = match given.surroundings().variable(SERVICE_VARIABLE) {
            Some(address) => address.trim_end_matches('/').to_owned(),
            None => format!("https://{account}.blob.{}", cloud.storage_suffix),
        };
        let signer = signer(given, &web, &account, cloud)?;
        let snapshot = given.bool("snapshot").unwrap_or(false);
        let container = Container { web, signer, service, name, snapshot };
        Ok(Azure { container: Arc::new(container), key })
    }

    /// What the names of all workspaces but the default one begin with.
    fn prefix(&self) -> String {
        format!("{}env:", self.key)
    }

    fn blob(&self, workspace: &str) -> String {
        match workspace {
            DEFAULT_WORKSPACE => self.key.clone(),
            name => format!("{}{name}", self.prefix()),
        }
    }

    /// Journals are not below the states' own names, where they would look like workspaces.
    fn journal(&self, workspace: &str) -> String {
        format!("{}.tfjournal/{workspace}/", self.key)
    }
}

#[async_trait]
impl Backend for Azure {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        let key = self.blob(workspace);
        let blob = Arc::new(StateBlob::new(self.container.clone(), key.clone()));
        Arc::new(RemoteState::new(blob.clone(), blob, key, self.journal(workspace)))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        let prefix = self.prefix();
        let names = self.container.list(&prefix).await?;
        Ok(sorted_workspaces(names.iter().filter_map(|name| name.strip_prefix(&prefix).map(str::to_owned))))
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        self.container.delete(&self.blob(name)).await?;
        for part in self.container.list(&self.journal(name)).await? {
            self.container.delete(&part).await?;
        }
        Ok(())
    }
}
