//! How many requests may be under way at once for one account, region and service, and which
//! answers are not worth a retry. Counts what is sent.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Requests under way for one account, region and service. EC2 lets a burst of 50 to 100
/// requests through and refills at 10 to 20 a second; the SDK's adaptive retries adjust the
/// rate, and this keeps bursts small enough for them to learn in time.
const CONCURRENCY: usize = 16;

/// The limits of all accounts, regions and services, shared by provider configurations that
/// use the same credentials.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<String, Arc<Limit>>>);

impl Limits {
    /// The limit of one `account/region/service`.
    pub(crate) fn get(&self, key: String) -> Arc<Limit> {
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        limits.entry(key).or_default().clone()
    }

    /// The number of requests sent so far, retries included.
    pub(crate) fn sent(&self) -> u64 {
        let limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        limits.values().map(|l| l.sent.load(Ordering::Relaxed)).sum()
    }
}

/// One limit.
#[derive(Debug)]
pub(crate) struct Limit {
    slots: Arc<Semaphore>,
    sent: AtomicU64,
}

impl Default for Limit {
    fn default() -> Limit {
        Limit { slots: Arc::new(Semaphore::new(CONCURRENCY)), sent: AtomicU64::new(0) }
    }
}

/// A transport under a limit.
#[derive(Clone, Debug)]
pub(crate) struct Limited {
    pub(crate) transport: SharedHttpClient,
    pub(crate) limit: Arc<Limit>,
}

impl HttpClient for Limited {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.transport.http_connector(settings, components);
        SharedHttpConnector::new(LimitedConnector { connector, limit: self.limit.clone() })
    }
}

#[derive(Debug)]
struct LimitedConnector {
    connector: SharedHttpConnector,
    limit: Arc<Limit>,
}

impl HttpConnector for LimitedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, limit) = (self.connector.clone(), self.limit.clone());
        HttpConnectorFuture::new(async move {
            let _slot = limit.slots.acquire().await.map_err(|e| ConnectorError::other(e.into(), None))?;
            limit.sent.fetch_add(1, Ordering::Relaxed);
            let makes = makes_something(&request);
            let response = match connector.call(request).await {
                Ok(response) => response,
                Err(error) if makes && !error.is_user() => return Err(lost(error.to_string())),
                Err(error) => return Err(error),
            };
            match is_web_page(&response) {
                // An error of no kind is one that the SDK does not retry.
                true => Err(ConnectorError::other(NotAnApi.into(), None)),
                false if makes && response.status().is_server_error() => refused_for_sure(response).await,
                false => Ok(response),
            }
        })
    }
}

/// Whether a server error comes as a page for people: no AWS API answers so, but an emulator
/// that lacks the operation does, or a proxy that is in the way.
fn is_web_page(response: &HttpResponse) -> bool {
    let html = response.headers().get("content-type").is_some_and(|t| t.starts_with("text/html"));
    response.status().as_u16() == 500 && html
}

/// Whether a request makes something new each time it is sent, by the operation's name in the query
/// and JSON protocols.
fn makes_something(request: &HttpRequest) -> bool {
    // Making a bucket twice is an error for all but the first region, where it sends no body.
    let body = request.body().bytes().unwrap_or_default();
    if body.windows(26).any(|part| part == b"<CreateBucketConfiguration") {
        return true;
    }
    let named = request.headers().get("x-amz-target").and_then(|t| t.rsplit('.').next());
    let action = request.body().bytes().and_then(|body| {
        let form = std::str::from_utf8(body).ok()?;
        form.split('&').find_map(|pair| pair.strip_prefix("Action="))
    });
    let makers =
        ["Create", "Allocate", "Associate", "Authorize", "Run", "Copy", "Import", "Register", "Request"];
    named.or(action).is_some_and(|name| name != "CreateTags" && makers.iter().any(|m| name.starts_with(m)))
}

/// An error that the SDK does not retry: whoever sent the request must look first what it did.
fn lost(why: String) -> ConnectorError {
    ConnectorError::other(LostAnswer(why).into(), None)
}

/// A server error as it is when it says that there were too many requests; any other one says
/// nothing about whether the server has done what it was asked.
async fn refused_for_sure(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let status = response.status();
    let body = std::mem::replace(response.body_mut(), SdkBody::taken());
    let bytes = match ByteStream::new(body).collect().await {
        Ok(bytes) => bytes.into_bytes(),
        Err(error) => return Err(lost(error.to_string())),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let throttled = ["RequestLimitExceeded", "Throttling", "TooManyRequests", "SlowDown", "LimitExceeded"];
    if !throttled.iter().any(|code| text.contains(code)) {
        return Err(lost(format!(
            "the service answered with status {}: {}",
            status.as_u16(),
            message(&text)
        )));
    }
    *response.body_mut() = SdkBody::from(bytes);
    Ok(response)
}

/// The message in an error document, or as much of it as one reads.
fn message(document: &str) -> String {
    let inside = document.split_once("<Message>").and_then(|(_, rest)| rest.split_once("</Message>"));
    inside.map_or_else(|| document.chars().take(200).collect(), |(message, _)| message.to_owned())
}

/// The answer to a request that makes something did not arrive, so it may have made it.
#[derive(Debug)]
pub(crate) struct LostAnswer(String);

impl fmt::Display for LostAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is not known whether the request was served: {}", self.0)
    }
}

impl std::error::Error for LostAnswer {}

/// The answer was a web page.
#[derive(Debug)]
pub(crate) struct NotAnApi;

impl fmt::Display for NotAnApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the endpoint answered with status 500 and a web page, not as an AWS API would: it may be an \
             emulator that does not implement this operation",
        )
    }
}

impl std::error::Error for NotAnApi {}
