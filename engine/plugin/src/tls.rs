//! The mutual TLS between engine and plugin: each side makes a certificate for this one
//! connection and trusts that of the other alone, which it was told when the plugin started.

use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{DerSignature, VerifyingKey};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, PrivateKeyDer, ServerName,
    SignatureVerificationAlgorithm, UnixTime, alg_id,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
};
use std::sync::Arc;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Making one's own.
    #[error("making a certificate: {0}")]
    Making(#[from] rcgen::Error),
    /// Using one.
    #[error("{0}")]
    Using(#[from] Error),
}

/// One side.
pub(crate) struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Identity {
    /// A new one.
    pub(crate) fn new() -> Result<Identity, TlsError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        // No authority: what verifies by `webpki`, as plugins in Rust do, takes no authority's certificate for that of a client.
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyAgreement];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        Ok(Identity { certificate: params.self_signed(&key)?, key })
    }

    /// The certificate itself.
    pub(crate) fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    /// How to accept connections of the engine that has shown `pem`.
    pub(crate) fn accept_from(self, pem: &str) -> Result<ServerConfig, TlsError> {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|e| Error::General(format!("the engine's certificate: {e}")))?;
        let provider = Arc::new(ring::default_provider());
        let verifier = Pinned { certificate, provider: provider.clone() };
        let key = self.private_key()?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(vec![self.certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, Error> {
        PrivateKeyDer::try_from(self.key.serialize_der()).map_err(|e| Error::General(e.into()))
    }

    /// The certificate, for the plugin's environment.
    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// How to connect to the plugin that has shown `certificate`.
    pub(crate) fn connect_to(self, certificate: Vec<u8>) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Pinned { certificate: certificate.into(), provider: provider.clone() };
        let key = self.private_key()?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_auth_cert(vec![self.certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}

/// Trusts one certificate, whatever is written in it.
#[derive(Debug)]
struct Pinned {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    fn is_the_one(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        match *certificate == self.certificate {
            true => Ok(()),
            false => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn algorithms(&self, signed: &DigitallySignedStruct) -> WebPkiSupportedAlgorithms {
        match signed.scheme {
            SignatureScheme::ECDSA_NISTP521_SHA512 => P521_ALONE,
            _ => self.provider.signature_verification_algorithms,
        }
    }
}

/// What is the same whoever's certificate it is.
macro_rules! signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.algorithms(signed))
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.algorithms(signed))
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
            schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
            schemes
        }
    };
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.is_the_one(certificate).map(|()| ServerCertVerified::assertion())
    }

    signatures!();
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.is_the_one(certificate).map(|()| ClientCertVerified::assertion())
    }

    signatures!();
}

/// ECDSA over P-521, with which plugins made in Go sign, and which `ring` does not know.
#[derive(Debug)]
struct P521;

const P521_ALONE: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&P521],
    mapping: &[(SignatureScheme::ECDSA_NISTP521_SHA512, &[&P521])],
};

impl SignatureVerificationAlgorithm for P521 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = DerSignature::try_from(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}
