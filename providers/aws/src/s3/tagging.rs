//! Tags of buckets and objects.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_s3::types::Tagging;
use terrane_sdk::Error;

use super::bucket;
use super::remote::{built, tag_list, tag_map};

/// The tags of a bucket; `None` when there is no bucket. Those of a store that does not know tags
/// are none.
pub(super) async fn of_bucket(aws: &Aws, name: &str) -> Result<Option<Tags>, Error> {
    let call = aws.s3().get_bucket_tagging().bucket(name).send();
    match aws.call("s3:GetBucketTagging", call).await {
        Ok(found) => Ok(Some(tag_map(found.tag_set))),
        Err(e) if e.has_code(&["NoSuchTagSet", "NoSuchTagSetError"]) => Ok(Some(Tags::new())),
        Err(e) if e.has_code(&["NoSuchBucket"]) => Ok(None),
        Err(e) if e.has_code(&["NotImplemented", "MethodNotAllowed", "XNotImplemented"]) => {
            Ok(bucket::head(aws, name).await?.map(|_| Tags::new()))
        }
        Err(e) => Err(e),
    }
}

/// Gives a bucket these tags and no others, but for those that AWS keeps for itself.
pub(super) async fn set_bucket(aws: &Aws, bucket: &str, tags: &Tags) -> Result<(), Error> {
    let mut all: Tags = of_bucket(aws, bucket).await?.unwrap_or_default();
    all.retain(|key, _| key.starts_with("aws:"));
    all.extend(tags.iter().map(|(k, v)| (k.clone(), v.clone())));
    if all.is_empty() {
        let call = aws.s3().delete_bucket_tagging().bucket(bucket).send();
        return aws.call("s3:DeleteBucketTagging", call).await.map(|_| ());
    }
    let tagging = built(Tagging::builder().set_tag_set(Some(tag_list(&all)?)).build())?;
    let call = aws.s3().put_bucket_tagging().bucket(bucket).tagging(tagging).send();
    aws.call("s3:PutBucketTagging", call).await.map(|_| ())
}

/// The tags of an object.
pub(super) async fn of_object(aws: &Aws, bucket: &str, key: &str) -> Result<Tags, Error> {
    let call = aws.s3().get_object_tagging().bucket(bucket).key(key).send();
    match aws.call("s3:GetObjectTagging", call).await {
        Ok(found) => Ok(tag_map(found.tag_set)),
        Err(e) if e.has_code(&["NotImplemented", "MethodNotAllowed", "NoSuchTagSet"]) => Ok(Tags::new()),
        Err(e) => Err(e),
    }
}

/// Gives an object these tags and no others.
pub(super) async fn set_object(aws: &Aws, bucket: &str, key: &str, tags: &Tags) -> Result<(), Error> {
    if tags.is_empty() {
        let call = aws.s3().delete_object_tagging().bucket(bucket).key(key).send();
        return aws.call("s3:DeleteObjectTagging", call).await.map(|_| ());
    }
    let tagging = built(Tagging::builder().set_tag_set(Some(tag_list(tags)?)).build())?;
    let call = aws.s3().put_object_tagging().bucket(bucket).key(key).tagging(tagging).send();
    aws.call("s3:PutObjectTagging", call).await.map(|_| ())
}
