//! Writing an object: its body and its headers.

use crate::Aws;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ObjectCannedAcl, ObjectLockLegalHoldStatus, ObjectLockMode, ServerSideEncryption,
    StorageClass,
};
use aws_smithy_types::base64;
use std::fmt::Write;
use terrane_sdk::Error;

use super::object::S3Object;
use super::remote::{text, time};

/// Writes an object with its tags and lock.
pub(super) async fn put(aws: &Aws, object: &S3Object) -> Result<(), Error> {
    let key = text(&object.kms_key_id.0);
    // A key without a word on how to encrypt is one for the Key Management Service.
    let encryption = text(&object.server_side_encryption.0).filter(|e| key.is_none() || e != "AES256");
    let encryption = encryption.or(key.as_ref().map(|_| "aws:kms".to_owned()));
    let metadata = object.metadata.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let call = (aws.s3().put_object().bucket(&object.bucket).key(&object.key))
        .body(body(object).await?)
        .set_acl(object.acl.as_deref().filter(|a| !a.is_empty()).map(ObjectCannedAcl::from))
        .set_bucket_key_enabled((object.bucket_key_enabled.0 == Some(true)).then_some(true))
        .set_cache_control(text(&object.cache_control))
        .set_checksum_algorithm(object.checksum_algorithm.as_deref().map(ChecksumAlgorithm::from))
        .set_content_disposition(text(&object.content_disposition))
        .set_content_encoding(text(&object.content_encoding))
        .set_content_language(text(&object.content_language))
        .set_content_type(text(&object.content_type.0))
        .set_metadata(Some(metadata))
        .set_object_lock_legal_hold_status(
            object.object_lock_legal_hold_status.as_deref().map(ObjectLockLegalHoldStatus::from),
        )
        .set_object_lock_mode(text(&object.object_lock_mode).as_deref().map(ObjectLockMode::from))
        .set_object_lock_retain_until_date(time(&object.object_lock_retain_until_date)?)
        .set_server_side_encryption(encryption.as_deref().map(ServerSideEncryption::from))
        .set_ssekms_key_id(key)
        .set_storage_class(text(&object.storage_class.0).as_deref().map(StorageClass::from))
        .set_tagging(
            Some(object.tags.iter().map(pair).collect::<Vec<_>>().join("&")).filter(|t| !t.is_empty()),
        )
        .set_website_redirect_location(text(&object.website_redirect));
    aws.call("s3:PutObject", call.send()).await.map(|_| ())
}

/// The content, from wherever the configuration has it. A file is streamed.
async fn body(object: &S3Object) -> Result<ByteStream, Error> {
    if let Some(path) = text(&object.source) {
        let opened = ByteStream::from_path(&path).await;
        return opened.map_err(|e| {
            Error::new("Cannot read the object's source", format!("{path}: {e}.")).attribute("source")
        });
    }
    if let Some(encoded) = &object.content_base64 {
        let bytes = base64::decode(encoded).map_err(|e| {
            Error::new("Invalid content", format!("content_base64 is not in base 64: {e}."))
                .attribute("content_base64")
        })?;
        return Ok(ByteStream::from(bytes));
    }
    Ok(ByteStream::from(object.content.clone().unwrap_or_default().into_bytes()))
}

/// A tag as in the query of a URL.
fn pair((key, value): (&String, &String)) -> String {
    format!("{}={}", escaped(key), escaped(value))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            // Writing to a text cannot fail.
            other => drop(write!(out, "%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_escaped() {
        assert_eq!(pair((&"a b".into(), &"x=1&y/é".into())), "a%20b=x%3D1%26y%2F%C3%A9");
    }
}
