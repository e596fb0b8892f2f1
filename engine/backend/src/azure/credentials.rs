//! Who asks Azure: a key of the storage account, a shared access signature, or somebody whom Entra ID
//! knows.

use crate::argument::{ConfigureError, Given};
use crate::web::Web;
use reqsign_azure_storage::{
    AzureCliCredentialProvider, AzurePipelinesCredentialProvider, ClientCertificateCredentialProvider,
    ClientSecretCredentialProvider, Credential, ImdsCredentialProvider, RequestSigner,
    StaticCredentialProvider, WorkloadIdentityCredentialProvider,
};
use reqsign_core::{ProvideCredentialDyn, Signer};
use std::sync::Arc;

/// One of the clouds that Microsoft runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cloud {
    /// The end of the host names of storage accounts.
    pub(super) storage_suffix: &'static str,
    /// Where Entra ID is.
    authority: &'static str,
}

impl Cloud {
    pub(super) fn named(name: &str) -> Result<Cloud, ConfigureError> {
        let (storage_suffix, authority) = match name.to_lowercase().as_str() {
            "public" | "azurepubliccloud" | "azurecloud" => {
                ("core.windows.net", "https://login.microsoftonline.com")
            }
            "usgovernment" | "usgovernmentl4" | "usgovernmentl5" | "azureusgovernmentcloud" => {
                ("core.usgovcloudapi.net", "https://login.microsoftonline.us")
            }
            "china" | "azurechinacloud" => {
                ("core.chinacloudapi.cn", "https://login.partner.microsoftonline.cn")
            }
            _ => {
                return Err(ConfigureError(format!(
                    "The argument \"environment\" must be \"public\", \"usgovernment\" or \"china\", and is {name:?}."
                )));
            }
        };
        Ok(Cloud { storage_suffix, authority })
    }
}

/// Signs requests to the storage account. What is named first here is taken first, as by Terraform.
pub(super) fn signer(
    given: Given<'_>,
    web: &Web,
    account: &str,
    cloud: Cloud,
) -> Result<Signer<Credential>, ConfigureError> {
    let provider: Arc<dyn ProvideCredentialDyn<Credential = Credential>> =
        match (given.text("access_key"), given.text("sas_token")) {
            (Some(key), _) => Arc::new(StaticCredentialProvider::new_shared_key(account, &key)),
            (None, Some(token)) => {
                Arc::new(StaticCredentialProvider::new_sas_token(token.trim_start_matches('?')))
            }
            (None, None) => entra(given, cloud)?,
        };
    let mut set = Vec::new();
    for (name, argument) in [
        ("AZURE_TENANT_ID", "tenant_id"),
        ("AZURE_CLIENT_ID", "client_id"),
        ("SYSTEM_ACCESSTOKEN", "oidc_request_token"),
        ("SYSTEM_OIDCREQUESTURI", "oidc_request_url"),
    ] {
        set.extend(given.text(argument).map(|value| (name, value)));
    }
    if given.surroundings().variable("AZURE_AUTHORITY_HOST").is_none() {
        set.push(("AZURE_AUTHORITY_HOST", cloud.authority.to_owned()));
    }
    let context = given.surroundings().signing(web.client(), &set);
    Ok(Signer::new(context, provider, RequestSigner::new()))
}

/// Somebody whom Entra ID knows: an application with a secret, a certificate or a token of somebody who
/// vouches for it, the machine's identity, or the user of the Azure CLI.
fn entra(
    given: Given<'_>,
    cloud: Cloud,
) -> Result<Arc<dyn ProvideCredentialDyn<Credential = Credential>>, ConfigureError> {
    let text_or_file = |name: &str| match (given.text(name), given.text(&format!("{name}_file_path"))) {
        (Some(text), _) => Ok(Some(text)),
        (None, Some(path)) => {
            given.surroundings().read(&path).map(|t| Some(t.trim().to_owned())).map_err(|reason| {
                ConfigureError(format!("The file of \"{name}_file_path\" cannot be read: {reason}"))
            })
        }
        (None, None) => Ok(None),
    };
    let authority =
        given.surroundings().variable("AZURE_AUTHORITY_HOST").unwrap_or(cloud.authority).to_owned();
    let tenant = given.text("tenant_id");
    let client = text_or_file("client_id")?;
    let application = |what: &str| match (&tenant, &client) {
        (Some(tenant), Some(client)) => Ok((tenant.clone(), client.clone())),
        _ => Err(ConfigureError(format!(
            "The arguments \"tenant_id\" and \"client_id\" are required beside {what}. They can be set in the \
             environment as ARM_TENANT_ID and ARM_CLIENT_ID."
        ))),
    };
    if let Some(secret) = text_or_file("client_secret")? {
        let (tenant, client) = application("\"client_secret\"")?;
        return Ok(Arc::new(
            ClientSecretCredentialProvider::new()
                .with_tenant_id(tenant)
                .with_client_id(client)
                .with_client_secret(secret)
                .with_authority_host(authority),
        ));
    }
    if let Some(path) = given.text("client_certificate_path") {
        let (tenant, client) = application("\"client_certificate_path\"")?;
        let provider = ClientCertificateCredentialProvider::new()
            .with_tenant_id(&tenant)
            .with_client_id(&client)
            .with_certificate_path(&path);
        return Ok(match given.text("client_certificate_password") {
            Some(password) => Arc::new(provider.with_certificate_password(&password)),
            None => Arc::new(provider),
        });
    }
    let workload = given.bool("use_aks_workload_identity").unwrap_or(false);
    if given.bool("use_oidc").unwrap_or(false) || workload {
        if let Some(connection) = given.text("ado_pipeline_service_connection_id") {
            let (tenant, client) = application("\"ado_pipeline_service_connection_id\"")?;
            return Ok(Arc::new(
                AzurePipelinesCredentialProvider::new()
                    .with_tenant_id(&tenant)
                    .with_client_id(&client)
                    .with_service_connection_id(&connection),
            ));
        }
        let mut provider = WorkloadIdentityCredentialProvider::new().with_authority_host(authority);
        // The webhook of AKS sets tenant and client in the environment.
        if !workload || tenant.is_some() || client.is_some() {
            let (tenant, client) = application("\"use_oidc\"")?;
            provider = provider.with_tenant_id(tenant).with_client_id(client);
        }
        return Ok(match (text_or_file("oidc_token")?, workload) {
            (Some(token), _) => Arc::new(provider.with_subject_token(token)),
            (None, true) => Arc::new(provider),
            (None, false) => {
                return Err(ConfigureError(
                    "With \"use_oidc\", a token is needed: \"oidc_token\", \"oidc_token_file_path\", or, in Azure \
                     Pipelines, \"ado_pipeline_service_connection_id\". Tokens of GitHub Actions are not fetched: \
                     write one to a file."
                        .to_owned(),
                ));
            }
        });
    }
    if given.bool("use_msi").unwrap_or(false) {
        let provider = ImdsCredentialProvider::new();
        return Ok(match given.text("msi_endpoint").or_else(|| given.text("endpoint")) {
            Some(endpoint) => Arc::new(provider.with_endpoint(endpoint)),
            None => Arc::new(provider),
        });
    }
    if given.bool("use_cli").unwrap_or(true) {
        return Ok(Arc::new(AzureCliCredentialProvider::new()));
    }
    Err(ConfigureError(
        "Nothing says who asks Azure. Set \"access_key\", \"sas_token\", \"client_secret\", \
         \"client_certificate_path\", \"use_oidc\" or \"use_msi\", or do not switch \"use_cli\" off."
            .to_owned(),
    ))
}
