//! The objects of a bucket.

use crate::aws::{Failure, Service};
use crate::remote::{Condition, Objects, Put};
use crate::web::Answer;
use crate::{StorageError, Version};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// What is not encoded in an object's path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What is not encoded in a query.
const QUERY: &AsciiSet = &PATH.add(b'/');

/// How often a write is tried that collides with another one.
const AGAIN: u32 = 10;

/// A bucket, and how its objects are to be written.
pub(super) struct Bucket {
    pub(super) service: Service,
    pub(super) name: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) write_headers: Vec<(&'static str, String)>,
    pub(super) with_checksum: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    #[serde(default)]
    contents: Vec<Listed>,
    #[serde(default)]
    next_continuation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    key: String,
}

impl Bucket {
    fn path(key: &str) -> String {
        format!("/{}", utf8_percent_encode(key, PATH))
    }

    fn failed(&self, action: &'static str, key: &str, reason: impl ToString) -> StorageError {
        StorageError::Failed { action, location: self.location(key), reason: reason.to_string() }
    }

    fn refused(&self, action: &'static str, key: &str, operation: &str, answer: &Answer) -> StorageError {
        let Failure { code, text } = self.service.failure(operation, answer);
        let advice = match (code.as_str(), answer.header("x-amz-bucket-region")) {
            ("NoSuchBucket", _) => {
                ". The bucket must exist before it can keep a state: make it, or correct the \
                                    argument \"bucket\""
                    .to_owned()
            }
            ("PermanentRedirect" | "AuthorizationHeaderMalformed", Some(region)) => {
                format!(". The bucket is in the region {region}: correct the argument \"region\"")
            }
            _ => String::new(),
        };
        self.failed(action, key, text + &advice)
    }

    async fn send(
        &self,
        action: &'static str,
        key: &str,
        method: Method,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Answer, StorageError> {
        let sent = self.service.send(method, &Bucket::path(key), headers, body).await;
        sent.map_err(|reason| self.failed(action, key, reason))
    }

    /// Whether the object is what a lost answer was about.
    async fn is_ours(&self, key: &str, content: &[u8]) -> Result<Option<Version>, StorageError> {
        Ok(self.get(key).await?.filter(|(bytes, _)| bytes == content).map(|(_, version)| version))
    }
}

#[async_trait]
impl Objects for Bucket {
    fn location(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// The names of buckets are unique on AWS, and anything elsewhere.
    fn origin(&self) -> String {
        let host = self.service.host();
        let host = host.strip_prefix(&format!("{}.", self.name)).unwrap_or(&host);
        if host.contains(".amazonaws.") { String::new() } else { host.to_owned() }
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let answer = self.send("read", key, Method::GET, &self.headers, Bytes::new()).await?;
        match answer.status.as_u16() {
            200 => {
                let Some(tag) = answer.header("etag") else {
                    return Err(self.failed("read", key, "the answer has no entity tag"));
                };
                let version = Version(tag.to_owned());
                Ok(Some((answer.body.to_vec(), version)))
            }
            404 if self.service.failure("", &answer).code != "NoSuchBucket" => Ok(None),
            _ => Err(self.refused("read", key, "GetObject", &answer)),
        }
    }

    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError> {
        let mut headers: Vec<_> = self.headers.iter().chain(&self.write_headers).cloned().collect();
        headers.push(("content-type", "application/json".to_owned()));
        if self.with_checksum {
            headers.push(("x-amz-checksum-sha256", STANDARD.encode(Sha256::digest(content))));
        }
        headers.push(match condition {
            Condition::Absent => ("if-none-match", "*".to_owned()),
            Condition::Is(version) => ("if-match", version.0.clone()),
        });
        let body = Bytes::copy_from_slice(content);
        let mut answer = self.send("write", key, Method::PUT, &headers, body.clone()).await?;
        // Another conditional write to the same object was under way: whoever asks again is told who won.
        for _ in 1..AGAIN {
            if answer.status.as_u16() == 409 {
                answer = self.send("write", key, Method::PUT, &headers, body.clone()).await?;
            }
        }
        if answer.status.is_success() {
            return match answer.header("etag") {
                Some(tag) => Ok(Put::Done(Version(tag.to_owned()))),
                None => Err(self.failed("write", key, "the answer has no entity tag")),
            };
        }
        match answer.status.as_u16() {
            412 | 404 => {
                if answer.status.as_u16() == 404 && self.service.failure("", &answer).code == "NoSuchBucket" {
                    return Err(self.refused("write", key, "PutObject", &answer));
                }
                let ours = if answer.repeated { self.is_ours(key, content).await? } else { None };
                Ok(ours.map_or(Put::Refused, Put::Done))
            }
            501 => Err(self.failed(
                "write",
                key,
                "this service has no conditional writes (If-Match, If-None-Match), without which two runs could \
                 overwrite each other's state",
            )),
            _ => Err(self.refused("write", key, "PutObject", &answer)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let answer = self.send("remove", key, Method::DELETE, &[], Bytes::new()).await?;
        match answer.status.as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(self.refused("remove", key, "DeleteObject", &answer)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let encode = |text: &str| utf8_percent_encode(text, QUERY).to_string();
        let (mut keys, mut more) = (Vec::new(), None::<String>);
        loop {
            let mut path = format!("/?list-type=2&prefix={}", encode(prefix));
            if let Some(token) = &more {
                path += &format!("&continuation-token={}", encode(token));
            }
            let sent = self.service.send(Method::GET, &path, &[], Bytes::new()).await;
            let answer = sent.map_err(|reason| self.failed("list", prefix, reason))?;
            if !answer.status.is_success() {
                return Err(self.refused("list", prefix, "ListObjectsV2", &answer));
            }
            let listing: Listing = quick_xml::de::from_str(&String::from_utf8_lossy(&answer.body))
                .map_err(|e| self.failed("list", prefix, e))?;
            keys.extend(listing.contents.into_iter().map(|listed| listed.key));
            more = listing.next_continuation_token.filter(|token| !token.is_empty());
            if more.is_none() {
                break;
            }
        }
        keys.sort();
        Ok(keys)
    }
}
