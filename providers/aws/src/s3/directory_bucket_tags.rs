//! Tags of buckets in one zone, which S3 Control keeps.

use crate::Aws;
use crate::client::{Element, Request, S3_EXPRESS_CONTROL, encoded, escaped};
use crate::tags::{Tags, difference};
use terrane_sdk::Error;

async fn send(
    aws: &Aws,
    operation: &str,
    method: &'static str,
    arn: &str,
    query: &str,
    body: &str,
) -> Result<String, Error> {
    let account = aws.account().await?.to_string();
    // As in AWS's SDKs, the ARN is one part of the path, but for its slash.
    let path = arn.split('/').map(encoded).collect::<Vec<_>>().join("/");
    let request = Request::new(operation, method, format!("/v20180820/tags/{path}{query}"))
        .header("x-amz-account-id", account);
    let request = if body.is_empty() { request } else { request.body("application/xml", body) };
    aws.send(&S3_EXPRESS_CONTROL, request).await
}

/// The tags of a bucket.
pub(super) async fn of(aws: &Aws, arn: &str) -> Result<Tags, Error> {
    let operation = "s3express:ListTagsForResource";
    let body = send(aws, operation, "GET", arn, "", "").await?;
    let found = Element::parse(&body).ok_or_else(|| {
        aws.here(Error::new("Unintelligible answer", "The answer is no XML document.").operation(operation))
    })?;
    let tag = |tag: &Element| (tag.get("Key").to_owned(), tag.get("Value").to_owned());
    Ok(found.list("Tags").iter().map(tag).collect())
}

/// Gives a bucket that has the tags `before` those of `after`.
pub(super) async fn change(aws: &Aws, arn: &str, before: &Tags, after: &Tags) -> Result<(), Error> {
    let (set, removed) = difference(before, after);
    if !removed.is_empty() {
        let keys: Vec<_> = removed.iter().map(|key| format!("tagKeys={}", encoded(key))).collect();
        let query = format!("?{}", keys.join("&"));
        send(aws, "s3express:UntagResource", "DELETE", arn, &query, "").await?;
    }
    if !set.is_empty() {
        let tag = |(key, value): (&String, &String)| {
            format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", escaped(key), escaped(value))
        };
        let body = format!(
            "<TagResourceRequest xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\"><Tags>{}</Tags></TagResourceRequest>",
            set.iter().map(tag).collect::<String>()
        );
        send(aws, "s3express:TagResource", "POST", arn, "", &body).await?;
    }
    Ok(())
}
