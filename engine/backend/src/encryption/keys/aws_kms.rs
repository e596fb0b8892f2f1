//! Data keys of the Key Management Service of AWS.

use super::{KeyProvider, stored_bytes};
use crate::Surroundings;
use crate::argument::{Argument, ConfigureError, Given};
use crate::aws::{Service, region};
use crate::encryption::{EncryptionPart, converted};
use crate::s3;
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};

const ARGUMENTS: &[Argument] = &[
    Argument::text("access_key"),
    Argument::texts("allowed_account_ids"),
    Argument::object("assume_role", s3::ASSUME_ROLE),
    Argument::object("assume_role_with_web_identity", s3::WEB_IDENTITY),
    Argument::text("custom_ca_bundle").or(&["AWS_CA_BUNDLE"]),
    Argument::text("ec2_metadata_service_endpoint").or(&["AWS_EC2_METADATA_SERVICE_ENDPOINT"]),
    Argument::text("ec2_metadata_service_endpoint_mode"),
    Argument::object(
        "endpoints",
        &[
            Argument::text("iam"),
            Argument::text("kms").or(&["AWS_ENDPOINT_URL_KMS"]),
            Argument::text("sts").or(&["AWS_ENDPOINT_URL_STS"]),
        ],
    ),
    Argument::texts("forbidden_account_ids"),
    Argument::text("http_proxy"),
    Argument::text("https_proxy"),
    Argument::bool("insecure"),
    Argument::text("key_spec"),
    Argument::text("kms_key_id"),
    Argument::number("max_retries").or(&["AWS_MAX_ATTEMPTS"]),
    Argument::text("no_proxy"),
    Argument::text("profile"),
    Argument::text("region"),
    Argument::text("retry_mode"),
    Argument::text("secret_key"),
    Argument::texts("shared_config_files"),
    Argument::texts("shared_credentials_files"),
    Argument::bool("skip_credentials_validation"),
    Argument::bool("skip_metadata_api_check"),
    Argument::bool("skip_region_validation"),
    Argument::bool("skip_requesting_account_id"),
    Argument::text("sts_region"),
    Argument::text("token"),
    Argument::bool("use_dualstack_endpoint").or(&["AWS_USE_DUALSTACK_ENDPOINT"]),
    Argument::bool("use_fips_endpoint").or(&["AWS_USE_FIPS_ENDPOINT"]),
];

pub(super) struct AwsKms {
    service: Service,
    key: String,
    spec: String,
}

impl AwsKms {
    pub(super) fn new(
        place: &str,
        part: &EncryptionPart,
        surroundings: &Surroundings,
    ) -> Result<AwsKms, ConfigureError> {
        let values = converted(place, part, ARGUMENTS)?;
        let given = Given::new(ARGUMENTS, &values, surroundings);
        let in_place = |e: ConfigureError| ConfigureError(format!("{place}: {}", e.0));
        let profile = given.text("profile");
        let region = given
            .text("region")
            .or_else(|| region(surroundings, profile.as_deref(), &given.texts("shared_config_files")))
            .ok_or_else(|| ConfigureError(format!("{place}: the argument \"region\" is required.")))?;
        let web = s3::web(given).map_err(in_place)?;
        let credentials = s3::credentials(given, &web, &region).map_err(in_place)?;
        let endpoint = s3::endpoint(given, "kms", "KMS", &region).map_err(in_place)?;
        Ok(AwsKms {
            service: Service::new(web, &credentials, "kms", &region, endpoint),
            key: given.required("kms_key_id").map_err(in_place)?,
            spec: given.text("key_spec").unwrap_or_else(|| "AES_256".to_owned()),
        })
    }

    async fn call(&self, operation: &str, body: &Json) -> Result<Json, String> {
        let called = self.service.call(&format!("TrentService.{operation}"), "1.1", body).await;
        called.map_err(|failure| failure.text)
    }
}

#[async_trait]
impl KeyProvider for AwsKms {
    async fn make(&self, _chained: Option<&[u8]>) -> Result<(Vec<u8>, Json), String> {
        let body = json!({ "KeyId": self.key, "KeySpec": self.spec });
        let answer = self.call("GenerateDataKey", &body).await?;
        let key = stored_bytes(&answer, "Plaintext")?;
        Ok((key, json!({ "ciphertext_blob": STANDARD.encode(stored_bytes(&answer, "CiphertextBlob")?) })))
    }

    async fn find(&self, _chained: Option<&[u8]>, stored: &Json) -> Result<Vec<u8>, String> {
        let blob = STANDARD.encode(stored_bytes(stored, "ciphertext_blob")?);
        let answer = self.call("Decrypt", &json!({ "KeyId": self.key, "CiphertextBlob": blob })).await?;
        stored_bytes(&answer, "Plaintext")
    }
}
