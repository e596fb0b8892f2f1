//! Emptying a bucket before it is deleted.

use crate::Aws;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use terrane_sdk::Error;

use super::remote::built;

/// Deletes all objects of a bucket, with all their versions and markers, a page at a time. With
/// `bypass` also those that are locked in governance mode.
pub(super) async fn delete_all(aws: &Aws, bucket: &str, bypass: bool) -> Result<(), Error> {
    let (mut key, mut version) = (None, None);
    loop {
        let call = aws.s3().list_object_versions().bucket(bucket);
        let call = call.set_key_marker(key.take()).set_version_id_marker(version.take());
        let page = aws.call("s3:ListObjectVersions", call.send()).await?;
        let versions = page.versions.into_iter().flatten().map(|v| (v.key, v.version_id));
        let markers = page.delete_markers.into_iter().flatten().map(|m| (m.key, m.version_id));
        let objects = versions.chain(markers).filter_map(|(key, version)| {
            // Objects from before there were versions have the version "null".
            Some(built(ObjectIdentifier::builder().key(key?).set_version_id(version).build()))
        });
        delete(aws, bucket, objects.collect::<Result<Vec<_>, _>>()?, bypass).await?;
        if page.is_truncated != Some(true) {
            return Ok(());
        }
        (key, version) = (page.next_key_marker, page.next_version_id_marker);
    }
}

async fn delete(aws: &Aws, bucket: &str, objects: Vec<ObjectIdentifier>, bypass: bool) -> Result<(), Error> {
    if objects.is_empty() {
        return Ok(());
    }
    let objects = built(Delete::builder().set_objects(Some(objects)).quiet(true).build())?;
    let call = aws.s3().delete_objects().bucket(bucket).delete(objects);
    let call = call.set_bypass_governance_retention(bypass.then_some(true));
    let answer = aws.call("s3:DeleteObjects", call.send()).await?;
    let Some(failed) = answer.errors.unwrap_or_default().into_iter().next() else { return Ok(()) };
    let detail = format!(
        "Object {:?} of bucket {bucket} could not be deleted: {}",
        failed.key.unwrap_or_default(),
        failed.message.unwrap_or_default()
    );
    let error = Error::new("DeleteObjects failed", detail).operation("s3:DeleteObjects");
    Err(aws.here(error.code(failed.code.unwrap_or_default())))
}

/// Deletes all objects of a bucket that cannot have versions, a page at a time.
pub(super) async fn delete_unversioned(aws: &Aws, bucket: &str) -> Result<(), Error> {
    loop {
        let page = aws.call("s3:ListObjectsV2", aws.s3().list_objects_v2().bucket(bucket).send()).await?;
        let keys = page.contents.into_iter().flatten().filter_map(|o| o.key);
        let objects = keys.map(|key| built(ObjectIdentifier::builder().key(key).build()));
        delete(aws, bucket, objects.collect::<Result<Vec<_>, _>>()?, false).await?;
        if page.is_truncated != Some(true) {
            return Ok(());
        }
    }
}
