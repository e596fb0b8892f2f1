//! Data source `aws_s3_object`: what is known of an object, and its content when it is a text.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::ChecksumMode;
use aws_smithy_types::base64;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait, validate};

use super::remote::{text, time_text};
use super::tagging;

/// An object in a bucket.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_s3_object")]
pub struct ObjectData {
    /// The ARN of the object.
    pub arn: Computed<String>,
    /// The content, when its type says that it is a text, or `download_body` is `true`.
    pub body: Computed<String>,
    /// The content in base 64, when `download_body` is `true`.
    pub body_base64: Computed<String>,
    /// The name of the bucket.
    pub bucket: String,
    /// Whether a key of the bucket spares calls of the Key Management Service.
    pub bucket_key_enabled: Computed<bool>,
    /// How caches may keep the object.
    pub cache_control: Computed<String>,
    /// The CRC32 checksum, in base 64.
    pub checksum_crc32: Computed<String>,
    /// The CRC32C checksum, in base 64.
    #[attr(name = "checksum_crc32_c")]
    pub checksum_crc32c: Computed<String>,
    /// The CRC64NVME checksum, in base 64.
    #[attr(name = "checksum_crc64_nvme")]
    pub checksum_crc64nvme: Computed<String>,
    /// `ENABLED` to be told the checksums.
    #[attr(validate = validate::one_of(&["ENABLED"]))]
    pub checksum_mode: Option<String>,
    /// The SHA-1 digest, in base 64.
    pub checksum_sha1: Computed<String>,
    /// The SHA-256 digest, in base 64.
    pub checksum_sha256: Computed<String>,
    /// How browsers are to show the object.
    pub content_disposition: Computed<String>,
    /// How the content is encoded.
    pub content_encoding: Computed<String>,
    /// The language of the content.
    pub content_language: Computed<String>,
    /// The size of the content in bytes.
    pub content_length: Computed<i64>,
    /// The type of the content.
    pub content_type: Computed<String>,
    /// `true` to have the content whatever its type, `false` never.
    pub download_body: Option<String>,
    /// The entity tag.
    pub etag: Computed<String>,
    /// When the object goes, by the rules of the bucket's lifecycle.
    pub expiration: Computed<String>,
    /// Until when caches may keep the object.
    pub expires: Computed<String>,
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the object.
    pub key: String,
    /// When the object was written.
    pub last_modified: Computed<String>,
    /// Texts that are kept with the object.
    pub metadata: Computed<Tags>,
    /// Whether the object cannot be deleted.
    pub object_lock_legal_hold_status: Computed<String>,
    /// How the object is locked.
    pub object_lock_mode: Computed<String>,
    /// Until when the object cannot be deleted.
    pub object_lock_retain_until_date: Computed<String>,
    /// A part of the content: `bytes=0-99`.
    pub range: Option<String>,
    /// How the object is encrypted.
    pub server_side_encryption: Computed<String>,
    /// The key with which it is encrypted.
    pub sse_kms_key_id: Computed<String>,
    /// The storage of the object.
    pub storage_class: Computed<String>,
    /// The tags of the object.
    pub tags: Auto<Tags>,
    /// The version of the object.
    pub version_id: Auto<String>,
    /// Where requests are sent on to when the bucket is a web site.
    pub website_redirect_location: Computed<String>,
}

/// Whether content of this type is a text.
fn is_text(content_type: &str) -> bool {
    const TEXTS: &[&str] = &[
        "application/atom+xml",
        "application/javascript",
        "application/json",
        "application/ld+json",
        "application/sql",
        "application/x-httpd-php",
        "application/x-sql",
        "application/x-yaml",
        "application/xhtml+xml",
        "application/xml",
        "application/yaml",
    ];
    let plain = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    plain.starts_with("text/") || TEXTS.contains(&plain.as_str())
}

impl ObjectData {
    fn with_remote(self, aws: &Aws, found: HeadObjectOutput) -> ObjectData {
        let some = |text: Option<String>| Computed::from(text.unwrap_or_default());
        let metadata = found.metadata.into_iter().flatten().map(|(k, v)| (k.to_lowercase(), v));
        ObjectData {
            arn: format!("arn:{}:s3:::{}/{}", aws.partition(), self.bucket, self.key).into(),
            bucket_key_enabled: found.bucket_key_enabled.unwrap_or_default().into(),
            cache_control: some(found.cache_control),
            checksum_crc32: some(found.checksum_crc32),
            checksum_crc32c: some(found.checksum_crc32_c),
            checksum_crc64nvme: some(found.checksum_crc64_nvme),
            checksum_sha1: some(found.checksum_sha1),
            checksum_sha256: some(found.checksum_sha256),
            content_disposition: some(found.content_disposition),
            content_encoding: some(found.content_encoding),
            content_language: some(found.content_language),
            content_length: found.content_length.unwrap_or_default().into(),
            content_type: some(found.content_type),
            etag: found.e_tag.unwrap_or_default().trim_matches('"').into(),
            expiration: some(found.expiration),
            expires: some(found.expires_string),
            id: format!("{}/{}", self.bucket, self.key).into(),
            last_modified: some(time_text(found.last_modified)),
            metadata: metadata.collect::<Tags>().into(),
            object_lock_legal_hold_status: some(
                found.object_lock_legal_hold_status.map(|s| s.as_str().to_owned()),
            ),
            object_lock_mode: some(found.object_lock_mode.map(|m| m.as_str().to_owned())),
            object_lock_retain_until_date: some(time_text(found.object_lock_retain_until_date)),
            server_side_encryption: some(found.server_side_encryption.map(|s| s.as_str().to_owned())),
            sse_kms_key_id: some(found.ssekms_key_id),
            storage_class: some(
                found.storage_class.map(|c| c.as_str().to_owned()).or(Some("STANDARD".into())),
            ),
            version_id: found.version_id.unwrap_or_default().into(),
            website_redirect_location: some(found.website_redirect_location),
            body: "".into(),
            body_base64: "".into(),
            ..self
        }
    }
}

#[async_trait]
impl DataSource for ObjectData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let (range, version) = (text(&config.range), text(&config.version_id.0));
        let head = (aws.s3().head_object().bucket(&config.bucket).key(&config.key))
            .set_checksum_mode(config.checksum_mode.as_deref().map(ChecksumMode::from))
            .set_range(range.clone())
            .set_version_id(version.clone());
        let found = aws.call("s3:HeadObject", head.send()).await?;
        let mut object = config.with_remote(aws, found);
        let wanted = object.download_body.as_deref();
        let is_text = is_text(object.content_type.as_deref().unwrap_or_default());
        if wanted == Some("true") || (wanted != Some("false") && is_text) {
            let get = aws.s3().get_object().bucket(&object.bucket).key(&object.key);
            let answer =
                aws.call("s3:GetObject", get.set_range(range).set_version_id(version).send()).await?;
            let broken = |e: aws_sdk_s3::primitives::ByteStreamError| {
                aws.here(Error::new("GetObject failed", format!("The content broke off: {e}.")))
            };
            let bytes = answer.body.collect().await.map_err(broken)?.into_bytes();
            if wanted == Some("true") {
                object.body_base64 = base64::encode(&bytes).into();
            }
            object.body = String::from_utf8_lossy(&bytes).into_owned().into();
        }
        object.tags = tagging::of_object(aws, &object.bucket, &object.key).await?.into();
        Ok(object)
    }
}
