//! Archives in buckets of S3 and of Google Cloud Storage.

mod aws;
mod google;

use super::http::{OURS, archive, archive_kind};
use super::query::Query;
use super::{Done, Fetcher};
use crate::archive::Kind;
use crate::error::{Failure, Fetched};
use reqwest::header::HeaderMap;
use std::path::Path;
use terrane_address::RemoteModule;
use url::Url;

/// Parameters of S3 addresses, beside those of all archives.
const S3: [&str; 6] =
    ["aws_access_key_id", "aws_access_key_secret", "aws_access_token", "aws_profile", "region", "version"];

/// `s3::https://HOST/BUCKET/KEY`, with the bucket in the path or in the host.
pub(super) async fn s3(fetcher: &Fetcher<'_>, module: &RemoteModule, to: &Path) -> Fetched<Done> {
    let url =
        Url::parse(module.url()).map_err(|e| Failure::new(format!("{} is no URL: {e}", module.url())))?;
    let mut query = Query::take(url, &[&OURS[..], &S3[..]].concat());
    let kind = kind(&query)?;
    let version = query.get("version").map(str::to_owned);
    let decoded = decode(query.url.path());
    query.url.set_path(&encode_path(&decoded));
    if let Some(version) = version {
        query.url.query_pairs_mut().append_pair("versionId", &version);
    }
    let region = region(fetcher, &query);
    let keys = aws::credentials(fetcher, &query).await?;
    let secret = match &keys {
        Some(keys) => aws::sign(fetcher, &query.url, &region, keys).await?,
        None => HeaderMap::new(),
    };
    let fetched = archive(fetcher, &query, kind, &HeaderMap::new(), &secret, to).await;
    fetched.map_err(|failure| match (&keys, &failure.advice) {
        (None, Some(_)) if failure.what.contains("403") => failure.advise(
            "No AWS credentials were found, and the object is not public. Set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
        ),
        (Some(keys), Some(_)) if failure.what.contains("403") || failure.what.contains("400") => {
            failure.advise(format!(
                "The request was signed for region {region} with the access key {}. Check both; the parameter \
                 \"region\" of the address and AWS_REGION set the region.",
                keys.access_key_id
            ))
        }
        _ => failure,
    })?;
    Ok(Done::Here)
}

/// `gcs::https://www.googleapis.com/storage/VERSION/BUCKET/OBJECT`.
pub(super) async fn gcs(fetcher: &Fetcher<'_>, module: &RemoteModule, to: &Path) -> Fetched<Done> {
    let url =
        Url::parse(module.url()).map_err(|e| Failure::new(format!("{} is no URL: {e}", module.url())))?;
    let mut query = Query::take(url, &OURS);
    let kind = kind(&query)?;
    let path = decode(query.url.path());
    let mut parts = path.trim_start_matches('/').splitn(4, '/');
    let (Some("storage"), Some(version), Some(bucket), Some(object)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Failure::new(format!(
            "{} is no address of an object in Google Cloud Storage",
            module.url()
        ))
        .advise("The form is gcs::https://www.googleapis.com/storage/v1/BUCKET/OBJECT."));
    };
    let object = encode_path(object).replace('/', "%2F");
    let path = format!("/storage/{version}/b/{}/o/{object}", encode_path(bucket));
    query.url.set_path(&path);
    query.url.query_pairs_mut().append_pair("alt", "media");
    let known = google::authorization(fetcher).await?;
    let secret = known.clone().unwrap_or_default();
    let fetched = archive(fetcher, &query, kind, &HeaderMap::new(), &secret, to).await;
    fetched.map_err(|failure| match failure.what.contains(" 401") || failure.what.contains(" 403") {
        true if known.is_none() => failure.advise(
            "No Google credentials were found, and the object is not public. Set GOOGLE_OAUTH_ACCESS_TOKEN, or \
             GOOGLE_APPLICATION_CREDENTIALS to a file with credentials, or run \"gcloud auth application-default login\".",
        ),
        _ => failure,
    })?;
    Ok(Done::Here)
}

fn kind(query: &Query) -> Fetched<Kind> {
    archive_kind(query)?.ok_or_else(|| {
        Failure::new(format!("{} is no archive by its name", query.url)).advise(format!(
            "Objects in buckets must be archives. Add archive=KIND to the address, with one of {}.",
            Kind::names()
        ))
    })
}

/// The region: of the address, of its host, or of the environment.
fn region(fetcher: &Fetcher<'_>, query: &Query) -> String {
    let host = query.url.host_str().unwrap_or_default();
    let labels: Vec<&str> = host.strip_suffix(".amazonaws.com").unwrap_or_default().split('.').collect();
    let of_host = labels.iter().enumerate().find_map(|(at, label)| match *label {
        "s3" => labels.get(at + 1).copied(),
        label => label.strip_prefix("s3-"),
    });
    let surroundings = fetcher.surroundings;
    query
        .get("region")
        .or(of_host)
        .or_else(|| surroundings.variable("AWS_REGION"))
        .or_else(|| surroundings.variable("AWS_DEFAULT_REGION"))
        .unwrap_or("us-east-1")
        .to_owned()
}

/// A path with its percent signs decoded.
fn decode(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A path whose parts are encoded as signatures want them: everything but letters, digits and
/// `-._~`.
fn encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
