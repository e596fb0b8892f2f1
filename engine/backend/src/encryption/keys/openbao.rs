//! Data keys of the transit engine of OpenBao, and of Vault up to where they parted.

use super::{KeyProvider, stored_bytes};
use crate::Surroundings;
use crate::argument::{Argument, ConfigureError, Given};
use crate::encryption::{EncryptionPart, converted};
use crate::web::{Authorize, Patience, Proxies, Tls, Web};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, request::Parts};
use serde_json::{Value as Json, json};

const ARGUMENTS: &[Argument] = &[
    Argument::text("address").or(&["BAO_ADDR", "VAULT_ADDR"]),
    Argument::text("key_name"),
    Argument::number("key_length"),
    Argument::text("token").or(&["BAO_TOKEN", "VAULT_TOKEN"]),
    Argument::text("transit_engine_path"),
];

pub(super) struct OpenBao {
    web: Web,
    token: Token,
    /// The engine's address.
    engine: String,
    key: String,
    bits: u64,
}

struct Token(HeaderValue);

#[async_trait]
impl Authorize for Token {
    async fn authorize(&self, parts: &mut Parts) -> Result<(), String> {
        parts.headers.insert("x-vault-token", self.0.clone());
        Ok(())
    }
}

impl OpenBao {
    pub(super) fn new(
        place: &str,
        part: &EncryptionPart,
        surroundings: &Surroundings,
    ) -> Result<OpenBao, ConfigureError> {
        let values = converted(place, part, ARGUMENTS)?;
        let given = Given::new(ARGUMENTS, &values, surroundings);
        let in_place = |e: ConfigureError| ConfigureError(format!("{place}: {}", e.0));
        let web = Web::new(&Tls::default(), &Proxies::default(), Patience::default())
            .map_err(|e| in_place(ConfigureError(e)))?;
        let mut token = HeaderValue::from_str(&given.required("token").map_err(in_place)?)
            .map_err(|_| ConfigureError(format!("{place}: the token is not valid.")))?;
        token.set_sensitive(true);
        let address = given.text("address").unwrap_or_else(|| "https://127.0.0.1:8200".to_owned());
        let path = given.text("transit_engine_path").unwrap_or_else(|| "transit".to_owned());
        Ok(OpenBao {
            web,
            token: Token(token),
            engine: format!("{}/v1/{}", address.trim_end_matches('/'), path.trim_matches('/')),
            key: given.required("key_name").map_err(in_place)?,
            bits: given.number("key_length").map_err(in_place)?.unwrap_or(32).saturating_mul(8),
        })
    }

    async fn call(&self, path: &str, body: &Json) -> Result<Json, String> {
        let mut request = Request::new(Bytes::from(body.to_string()));
        *request.method_mut() = Method::POST;
        let url = format!("{}/{path}/{}", self.engine, self.key);
        *request.uri_mut() = url.parse().map_err(|_| format!("{url:?} is no address"))?;
        let answer = self.web.send(&request, &self.token).await?;
        if !answer.status.is_success() {
            return Err(format!("OpenBao answered {} to {path}: {}", answer.status, answer.excerpt()));
        }
        let json: Json = serde_json::from_slice(&answer.body)
            .map_err(|e| format!("the answer of OpenBao is no JSON: {e}"))?;
        Ok(json.get("data").cloned().unwrap_or_default())
    }
}

#[async_trait]
impl KeyProvider for OpenBao {
    async fn make(&self, _chained: Option<&[u8]>) -> Result<(Vec<u8>, Json), String> {
        let data = self.call("datakey/plaintext", &json!({ "bits": self.bits })).await?;
        let ciphertext = data.get("ciphertext").and_then(Json::as_str).unwrap_or_default();
        Ok((stored_bytes(&data, "plaintext")?, json!({ "ciphertext": STANDARD.encode(ciphertext) })))
    }

    async fn find(&self, _chained: Option<&[u8]>, stored: &Json) -> Result<Vec<u8>, String> {
        let ciphertext = String::from_utf8_lossy(&stored_bytes(stored, "ciphertext")?).into_owned();
        let data = self.call("decrypt", &json!({ "ciphertext": ciphertext })).await?;
        stored_bytes(&data, "plaintext")
    }
}
