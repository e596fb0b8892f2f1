//! Deleting an object with all its versions.

use crate::Aws;
use aws_sdk_s3::types::{ObjectLockLegalHold, ObjectLockLegalHoldStatus};
use terrane_sdk::Error;

use super::remote::unless;

/// Deletes all versions of an object. With `force` also those that are locked in governance mode
/// or held.
pub(super) async fn delete(aws: &Aws, bucket: &str, key: &str, force: bool) -> Result<(), Error> {
    let (mut key_marker, mut version_marker) = (None, None);
    loop {
        let call = aws.s3().list_object_versions().bucket(bucket).prefix(key);
        let call = call.set_key_marker(key_marker.take()).set_version_id_marker(version_marker.take());
        let Some(page) = unless(aws.call("s3:ListObjectVersions", call.send()).await, &[])? else {
            return Ok(());
        };
        let versions = page.versions.into_iter().flatten().map(|v| (v.key, v.version_id));
        let markers = page.delete_markers.into_iter().flatten().map(|m| (m.key, m.version_id));
        for (name, version) in versions.chain(markers) {
            // The prefix may be the beginning of other names.
            if name.as_deref() == Some(key) {
                delete_version(aws, bucket, key, version, force).await?;
            }
        }
        if page.is_truncated != Some(true) {
            return Ok(());
        }
        (key_marker, version_marker) = (page.next_key_marker, page.next_version_id_marker);
    }
}

async fn delete_version(
    aws: &Aws,
    bucket: &str,
    key: &str,
    version: Option<String>,
    force: bool,
) -> Result<(), Error> {
    let delete = || async {
        let call = aws.s3().delete_object().bucket(bucket).key(key).set_version_id(version.clone());
        let call = call.set_bypass_governance_retention(force.then_some(true));
        unless(aws.call("s3:DeleteObject", call.send()).await, &["NoSuchKey", "NoSuchVersion"])
    };
    match delete().await {
        Err(e) if force && e.has_code(&["AccessDenied"]) => {
            let off = ObjectLockLegalHold::builder().status(ObjectLockLegalHoldStatus::Off).build();
            let call = aws.s3().put_object_legal_hold().bucket(bucket).key(key).legal_hold(off);
            let released = aws.call("s3:PutObjectLegalHold", call.set_version_id(version.clone()).send());
            // If it was no hold that was in the way, the refusal says more than this call's.
            released.await.map_err(|_| e)?;
            delete().await.map(|_| ())
        }
        other => other.map(|_| ()),
    }
}
