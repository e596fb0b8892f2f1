//! Who asks services of Google: a token, a key file, or what the machine offers, and the account to act
//! as.

use crate::argument::{ConfigureError, Given};
use crate::web::Web;
use reqsign_core::{ProvideCredentialDyn, Signer};
use reqsign_google::{
    Credential, DefaultCredentialProvider, EnvCredentialProvider, RequestSigner,
    ServiceAccountImpersonationCredentialProvider, ServiceAccountImpersonationGrant,
    StaticCredentialProvider, TokenCredentialProvider, VmMetadataCredentialProvider,
    WellKnownCredentialProvider,
};
use std::sync::Arc;

/// Signs requests as the arguments `access_token`, `credentials` and `impersonate_service_account` say.
pub(crate) fn signer(
    given: Given<'_>,
    web: &Web,
    scope: &'static str,
) -> Result<Signer<Credential>, ConfigureError> {
    let surroundings = given.surroundings();
    let base: Arc<dyn ProvideCredentialDyn<Credential = Credential>> =
        match (given.text("access_token"), given.text("credentials")) {
            (Some(token), _) => Arc::new(TokenCredentialProvider::new(token)),
            (None, Some(text)) => {
                let json = match text.trim_start().starts_with('{') {
                    true => text,
                    false => surroundings.read(&text).map_err(|reason| {
                        ConfigureError(format!(
                            "The file of the argument \"credentials\" cannot be read: {reason}"
                        ))
                    })?,
                };
                Arc::new(StaticCredentialProvider::new(json).with_scope(scope))
            }
            (None, None) => Arc::new(
                DefaultCredentialProvider::builder()
                    .env(EnvCredentialProvider::new().with_scope(scope))
                    .well_known(WellKnownCredentialProvider::new().with_scope(scope))
                    .vm_metadata(VmMetadataCredentialProvider::new().with_scope(scope))
                    .build(),
            ),
        };
    let context = surroundings.signing(web.client(), &[]);
    // The name of the service matters for other ways of signing only.
    let requests = RequestSigner::new("storage").with_scope(scope);
    Ok(match given.text("impersonate_service_account") {
        None => Signer::new(context, base, requests),
        Some(account) => {
            let grant = ServiceAccountImpersonationGrant::new(account, [scope])
                .with_delegates(given.texts("impersonate_service_account_delegates"));
            Signer::new(context, ServiceAccountImpersonationCredentialProvider::new(base, grant), requests)
        }
    })
}
