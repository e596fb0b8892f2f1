//! Calls that are sent as they are, with the credentials of the connection: of services without a
//! client library, and changes that clear a field, which the libraries leave out.

use super::Google;
use super::error::{answered, lost};
use google_cloud_auth::credentials::CacheableResource;
use http::{Extensions, HeaderMap, Method};
use std::time::{Duration, Instant};
use terrane_sdk::{Error, serde_json::Value as Json};
use tokio::time::sleep;

const ATTEMPTS: u32 = 8;

/// A request of the REST API.
pub(crate) struct Request<'a> {
    /// The operation's name: `compute.subnetworks.patch`.
    pub(crate) operation: &'a str,
    pub(crate) method: Method,
    /// The service as `*_custom_endpoint` attributes know it.
    pub(crate) endpoint: &'a str,
    /// Path and query, from the version on.
    pub(crate) path: String,
    pub(crate) body: Option<Json>,
    /// Whether a repeat does no harm.
    pub(crate) idempotent: bool,
}

/// Contents that are stored, and what is said of them.
pub(crate) struct Upload {
    /// The object as the API describes it.
    pub(crate) about: Json,
    pub(crate) contents: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Upload {
    /// Both parts in one message, and its type.
    fn message(&self) -> (String, Vec<u8>) {
        let boundary = format!("terrane-{}", uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, &self.contents));
        let kind = self.about["contentType"].as_str().unwrap_or_default();
        let kind = if kind.is_empty() { "application/octet-stream" } else { kind };
        let mut message = format!(
            "--{boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n{}\r\n--{boundary}\r\ncontent-type: {kind}\r\n\r\n",
            self.about
        )
        .into_bytes();
        message.extend(&self.contents);
        message.extend(format!("\r\n--{boundary}--\r\n").bytes());
        (format!("multipart/related; boundary={boundary}"), message)
    }
}

impl Google {
    /// Sends a request and answers with the document that comes back; null when there is none.
    pub(crate) async fn send(&self, request: Request<'_>) -> Result<Json, Error> {
        self.exchange(request, None, &[]).await
    }

    /// The same with more headers.
    pub(crate) async fn send_with(
        &self,
        request: Request<'_>,
        headers: &[(&'static str, String)],
    ) -> Result<Json, Error> {
        self.exchange(request, None, headers).await
    }

    /// Stores contents, and answers with the description of the object.
    pub(crate) async fn upload(&self, request: Request<'_>, upload: Upload) -> Result<Json, Error> {
        let (kind, bytes) = upload.message();
        self.exchange(request, Some((kind, bytes::Bytes::from(bytes))), &upload.headers).await
    }

    async fn exchange(
        &self,
        request: Request<'_>,
        message: Option<(String, bytes::Bytes)>,
        headers: &[(&'static str, String)],
    ) -> Result<Json, Error> {
        let limit = self.limits.get(request.operation.split('.').next().unwrap_or_default());
        let _slot = limit.enter().await;
        let origin = self.origin(request.endpoint)?;
        let domain = self.universe_domain.as_deref().unwrap_or("googleapis.com");
        let origin = origin.unwrap_or_else(|| format!("https://{}.{domain}", host(request.endpoint)));
        let url = format!("{origin}/{}", request.path);
        let mut attempt = 1;
        loop {
            let mut call = self.http.request(request.method.clone(), &url).headers(self.headers().await?);
            if let Some(body) = &request.body {
                call = call.header("content-type", "application/json").body(body.to_string());
            }
            if let Some((kind, bytes)) = &message {
                call = call.header("content-type", kind).body(bytes.clone());
            }
            for (name, value) in headers {
                call = call.header(*name, value);
            }
            let begun = Instant::now();
            let answer = call.send().await;
            limit.sent();
            limit.spent(begun.elapsed());
            let (again, error) = match answer {
                Err(e) => {
                    let never_sent = e.is_connect();
                    (never_sent || request.idempotent, lost(request.operation, &e, !never_sent))
                }
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    let payload = match answer.bytes().await {
                        Ok(payload) => payload,
                        Err(e) => return Err(lost(request.operation, &e, true)),
                    };
                    if (200..300).contains(&status) {
                        return Ok(terrane_sdk::serde_json::from_slice(&payload).unwrap_or(Json::Null));
                    }
                    let error = answered(request.operation, Some(status), &payload);
                    let refused = status == 429 || error.has_code(&["rateLimitExceeded"]);
                    let failed = matches!(status, 500 | 502 | 503 | 504);
                    (refused || failed && request.idempotent, error)
                }
            };
            if !again || attempt >= ATTEMPTS {
                return Err(error);
            }
            sleep(Duration::from_millis(500 << attempt.min(5))).await;
            attempt += 1;
        }
    }

    /// What is at a path of a service.
    pub(crate) async fn fetch(&self, operation: &str, endpoint: &str, path: String) -> Result<Json, Error> {
        self.send(Request { operation, method: Method::GET, endpoint, path, body: None, idempotent: true })
            .await
    }

    /// All that a list at a path has in its field `field`, page by page.
    pub(crate) async fn fetch_all(
        &self,
        operation: &str,
        endpoint: &str,
        path: &str,
        field: &str,
    ) -> Result<Vec<Json>, Error> {
        let mut all = Vec::new();
        let mut token = String::new();
        loop {
            let page = self.fetch(operation, endpoint, format!("{path}{token}")).await?;
            all.extend(page[field].as_array().into_iter().flatten().cloned());
            let Some(next) = page["nextPageToken"].as_str().filter(|next| !next.is_empty()) else {
                return Ok(all);
            };
            let sign = if path.contains('?') { '&' } else { '?' };
            token = format!("{sign}pageToken={}", crate::names::escape(next));
        }
    }

    /// The token that requests carry, as far as they carry one.
    pub(crate) async fn token(&self) -> Result<Option<String>, Error> {
        let headers = self.headers().await?;
        let bearer = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        Ok(bearer.and_then(|text| text.strip_prefix("Bearer ")).map(str::to_owned))
    }

    async fn headers(&self) -> Result<HeaderMap, Error> {
        let failed = |detail: String| Error::new("No credentials for Google Cloud", detail);
        let headers = self.credentials.headers(Extensions::new()).await;
        Ok(match headers.map_err(|e| failed(format!("{e}.")))? {
            CacheableResource::New { data, .. } => data,
            CacheableResource::NotModified => HeaderMap::new(),
        })
    }
}

/// The first part of the name of the server of a service.
fn host(endpoint: &str) -> &str {
    match endpoint {
        "resource_manager" | "resource_manager_v3" => "cloudresourcemanager",
        "service_networking" => "servicenetworking",
        "big_query" => "bigquery",
        "service_usage" => "serviceusage",
        "cloud_billing" => "cloudbilling",
        "org_policy" => "orgpolicy",
        "iam_credentials" => "iamcredentials",
        "kms" => "cloudkms",
        other => other,
    }
}
