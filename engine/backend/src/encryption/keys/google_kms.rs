//! Random keys that Cloud KMS of Google encrypts.

use super::{KeyProvider, stored_bytes};
use crate::Surroundings;
use crate::argument::{Argument, ConfigureError, Given};
use crate::encryption::{EncryptionPart, converted};
use crate::gcs;
use crate::web::{Patience, Proxies, Tls, Web};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use reqsign_core::Signer;
use reqsign_google::Credential;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value as Json, json};

const ARGUMENTS: &[Argument] = &[
    Argument::text("access_token").or(&["GOOGLE_OAUTH_ACCESS_TOKEN"]),
    Argument::text("credentials").or(&["GOOGLE_CREDENTIALS"]),
    Argument::text("impersonate_service_account").or(&["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"]),
    Argument::texts("impersonate_service_account_delegates"),
    Argument::text("kms_encryption_key"),
    Argument::number("key_length"),
];

pub(super) struct GoogleKms {
    web: Web,
    signer: Signer<Credential>,
    host: String,
    key: String,
    length: usize,
}

impl GoogleKms {
    pub(super) fn new(
        place: &str,
        part: &EncryptionPart,
        surroundings: &Surroundings,
    ) -> Result<GoogleKms, ConfigureError> {
        let values = converted(place, part, ARGUMENTS)?;
        let given = Given::new(ARGUMENTS, &values, surroundings);
        let in_place = |e: ConfigureError| ConfigureError(format!("{place}: {}", e.0));
        let web = Web::new(&Tls::default(), &Proxies::default(), Patience::default())
            .map_err(|e| in_place(ConfigureError(e)))?;
        let signer =
            gcs::signer(given, &web, "https://www.googleapis.com/auth/cloud-platform").map_err(in_place)?;
        let host =
            surroundings.variable("GOOGLE_KMS_CUSTOM_ENDPOINT").unwrap_or("https://cloudkms.googleapis.com");
        let length = given.number("key_length").map_err(in_place)?.unwrap_or(32);
        Ok(GoogleKms {
            web,
            signer,
            host: host.trim_end_matches('/').to_owned(),
            key: given.required("kms_encryption_key").map_err(in_place)?,
            length: usize::try_from(length).ok().filter(|n| (1..=1024).contains(n)).ok_or_else(|| {
                ConfigureError(format!("{place}: the argument \"key_length\" must be between 1 and 1024."))
            })?,
        })
    }

    async fn call(&self, operation: &str, body: &Json) -> Result<Json, String> {
        let mut request = Request::new(Bytes::from(body.to_string()));
        *request.method_mut() = Method::POST;
        let url = format!("{}/v1/{}:{operation}", self.host, self.key);
        *request.uri_mut() = url.parse().map_err(|_| format!("{:?} is not the name of a key", self.key))?;
        request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        let answer = self.web.send(&request, &self.signer).await?;
        if !answer.status.is_success() {
            return Err(format!("Cloud KMS answered {} to {operation}: {}", answer.status, answer.excerpt()));
        }
        serde_json::from_slice(&answer.body).map_err(|e| format!("the answer of Cloud KMS is no JSON: {e}"))
    }
}

#[async_trait]
impl KeyProvider for GoogleKms {
    async fn make(&self, _chained: Option<&[u8]>) -> Result<(Vec<u8>, Json), String> {
        let mut key = vec![0; self.length];
        SystemRandom::new().fill(&mut key).map_err(|_| "there is no randomness".to_owned())?;
        let answer = self.call("encrypt", &json!({ "plaintext": STANDARD.encode(&key) })).await?;
        Ok((key, json!({ "ciphertext": STANDARD.encode(stored_bytes(&answer, "ciphertext")?) })))
    }

    async fn find(&self, _chained: Option<&[u8]>, stored: &Json) -> Result<Vec<u8>, String> {
        let ciphertext = STANDARD.encode(stored_bytes(stored, "ciphertext")?);
        let answer = self.call("decrypt", &json!({ "ciphertext": ciphertext })).await?;
        stored_bytes(&answer, "plaintext")
    }
}
