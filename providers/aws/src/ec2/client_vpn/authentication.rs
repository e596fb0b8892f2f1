//! How clients of an endpoint say who they are.

use crate::ec2::kind::set;
use aws_sdk_ec2::types::{
    CertificateAuthenticationRequest, ClientVpnAuthentication, ClientVpnAuthenticationRequest,
    ClientVpnAuthenticationType, DirectoryServiceAuthenticationRequest, FederatedAuthenticationRequest,
};
use terrane_sdk::{Block, validate};

const KINDS: &[&str] =
    &["certificate-authentication", "directory-service-authentication", "federated-authentication"];

/// A way of clients to say who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct AuthenticationOptions {
    /// The directory, for `directory-service-authentication`.
    pub active_directory_id: Option<String>,
    /// The certificate of the clients' authority, for `certificate-authentication`.
    pub root_certificate_chain_arn: Option<String>,
    /// The SAML provider, for `federated-authentication`.
    pub saml_provider_arn: Option<String>,
    /// The SAML provider of the self-service portal, for `federated-authentication`.
    pub self_service_saml_provider_arn: Option<String>,
    /// The kind of authentication.
    #[attr(name = "type", validate = validate::one_of(KINDS))]
    pub authentication_type: String,
}

impl AuthenticationOptions {
    /// These options as EC2 takes them.
    pub(super) fn request(&self) -> ClientVpnAuthenticationRequest {
        let directory = set(self.active_directory_id.as_deref())
            .map(|id| DirectoryServiceAuthenticationRequest::builder().directory_id(id).build());
        let chain = set(self.root_certificate_chain_arn.as_deref()).map(|arn| {
            CertificateAuthenticationRequest::builder().client_root_certificate_chain_arn(arn).build()
        });
        let federated = set(self.saml_provider_arn.as_deref()).map(|arn| {
            FederatedAuthenticationRequest::builder()
                .saml_provider_arn(arn)
                .set_self_service_saml_provider_arn(set(self.self_service_saml_provider_arn.as_deref()))
                .build()
        });
        ClientVpnAuthenticationRequest::builder()
            .r#type(ClientVpnAuthenticationType::from(self.authentication_type.as_str()))
            .set_active_directory(directory)
            .set_mutual_authentication(chain)
            .set_federated_authentication(federated)
            .build()
    }

    /// The options that EC2 describes.
    pub(super) fn of(remote: &ClientVpnAuthentication) -> AuthenticationOptions {
        let federated = remote.federated_authentication();
        AuthenticationOptions {
            active_directory_id: set(remote.active_directory().and_then(|d| d.directory_id())),
            root_certificate_chain_arn: set(remote
                .mutual_authentication()
                .and_then(|m| m.client_root_certificate_chain())),
            saml_provider_arn: set(federated.and_then(|f| f.saml_provider_arn())),
            self_service_saml_provider_arn: set(federated.and_then(|f| f.self_service_saml_provider_arn())),
            authentication_type: remote.r#type().map(|t| t.as_str().to_owned()).unwrap_or_default(),
        }
    }
}
