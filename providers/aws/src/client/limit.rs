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
use std::time::Instant;
use terrane_sdk::provider::Traffic;
use tokio::sync::{AcquireError, Semaphore};

use super::error::causes;

/// Requests under way for one account, region and service. EC2 lets a burst of 50 to 100
/// requests through and refills at 10 to 20 a second; the SDK's adaptive retries adjust the
/// rate, and this keeps bursts small enough for them to learn in time.
const CONCURRENCY: usize = 16;

/// How often it is tried to connect: a wrong name or address does not become right, and waiting between attempts takes half a
/// minute by then.
const ATTEMPTS_TO_CONNECT: u32 = 6;

/// Requests under way altogether: each has a connection, and with hundreds of accounts there would be thousands.
const ALTOGETHER: usize = 256;

/// The limits of all accounts, regions and services, shared by provider configurations that
/// use the same credentials.
#[derive(Debug)]
pub(crate) struct Limits {
    altogether: Arc<Semaphore>,
    limits: Mutex<HashMap<Place, Arc<Limit>>>,
    /// The accounts of sets of credentials, as far as somebody has asked for them.
    accounts: Mutex<HashMap<String, Arc<str>>>,
}

/// What a limit is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    /// Tells sets of credentials apart.
    scope: String,
    region: String,
    service: String,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            altogether: Arc::new(Semaphore::new(ALTOGETHER)),
            limits: Mutex::default(),
            accounts: Mutex::default(),
        }
    }
}

impl Limits {
    /// `transport` under the limit of one set of credentials, region and service.
    pub(crate) fn limited(
        &self,
        transport: SharedHttpClient,
        scope: &str,
        region: &str,
        service: &str,
    ) -> Limited {
        Limited { transport, altogether: self.altogether.clone(), limit: self.get(scope, region, service) }
    }

    /// The limit of one set of credentials, region and service.
    fn get(&self, scope: &str, region: &str, service: &str) -> Arc<Limit> {
        let place = Place { scope: scope.into(), region: region.into(), service: service.into() };
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.entry(place).or_default().clone()
    }

    /// Says whose credentials `scope` are.
    pub(crate) fn name_account(&self, scope: &str, account: &Arc<str>) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.insert(scope.to_owned(), account.clone());
    }

    /// What has been sent so far, by account, region and service.
    pub(crate) fn traffic(&self) -> Vec<Traffic> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |n: &AtomicU64| n.load(Ordering::Relaxed);
        let mut all: Vec<Traffic> = (limits.iter())
            .filter(|(_, limit)| count(&limit.sent) > 0)
            .map(|(place, limit)| Traffic {
                service: place.service.clone(),
                region: place.region.clone(),
                account: accounts.get(&place.scope).map(|a| a.to_string()).unwrap_or_default(),
                requests: count(&limit.sent),
                retries: count(&limit.retries),
                throttled: count(&limit.throttled),
                seconds: count(&limit.microseconds) as f64 / 1e6,
            })
            .collect();
        all.sort_by(|a, b| (&a.account, &a.region, &a.service).cmp(&(&b.account, &b.region, &b.service)));
        all
    }

    /// The number of requests sent so far, retries included.
    pub(crate) fn sent(&self) -> u64 {
        let limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.values().map(|l| l.sent.load(Ordering::Relaxed)).sum()
    }
}

/// One limit.
#[derive(Debug)]
pub(crate) struct Limit {
    slots: Arc<Semaphore>,
    sent: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    /// The sum of the times from request to answer.
    microseconds: AtomicU64,
}

impl Default for Limit {
    fn default() -> Limit {
        Limit {
            slots: Arc::new(Semaphore::new(CONCURRENCY)),
            sent: AtomicU64::default(),
            retries: AtomicU64::default(),
            throttled: AtomicU64::default(),
            microseconds: AtomicU64::default(),
        }
    }
}

/// A transport under a limit.
#[derive(Clone, Debug)]
pub(crate) struct Limited {
    transport: SharedHttpClient,
    altogether: Arc<Semaphore>,
    limit: Arc<Limit>,
}

impl HttpClient for Limited {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.transport.http_connector(settings, components);
        let (altogether, limit) = (self.altogether.clone(), self.limit.clone());
        SharedHttpConnector::new(LimitedConnector { connector, altogether, limit })
    }
}

#[derive(Debug)]
struct LimitedConnector {
    connector: SharedHttpConnector,
    altogether: Arc<Semaphore>,
    limit: Arc<Limit>,
}

impl HttpConnector for LimitedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, altogether, limit) =
            (self.connector.clone(), self.altogether.clone(), self.limit.clone());
        HttpConnectorFuture::new(async move {
            let closed = |e: AcquireError| ConnectorError::other(e.into(), None);
            let _slot = limit.slots.acquire().await.map_err(closed)?;
            let _share = altogether.acquire().await.map_err(closed)?;
            limit.sent.fetch_add(1, Ordering::Relaxed);
            let attempt = attempt(&request);
            if attempt > 1 {
                limit.retries.fetch_add(1, Ordering::Relaxed);
            }
            let makes = makes_something(&request);
            let host = host(&request);
            let sent = Instant::now();
            let answer = connector.call(request).await;
            let time = u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX);
            limit.microseconds.fetch_add(time, Ordering::Relaxed);
            let response = match answer {
                Ok(response) => match limit.look_at(response).await {
                    Err(error) if makes => return Err(lost(error.to_string())),
                    looked_at => looked_at?,
                },
                Err(error) if never_connected(&error) => {
                    return Err(if attempt < ATTEMPTS_TO_CONNECT {
                        error
                    } else {
                        unreachable(&host, &error)
                    });
                }
                Err(error) if makes && !error.is_user() => return Err(lost(causes(&error))),
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

impl Limit {
    /// Counts an answer that says that there were too many requests.
    async fn look_at(&self, mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        let status = response.status().as_u16();
        if status < 400 {
            return Ok(response);
        }
        let text = read_body(&mut response).await?;
        if status == 429 || is_throttling(&text) {
            self.throttled.fetch_add(1, Ordering::Relaxed);
        }
        Ok(response)
    }
}

/// Which attempt a request is, by the header in which the SDK says so.
fn attempt(request: &HttpRequest) -> u32 {
    let attempt = request.headers().get("amz-sdk-request").and_then(|h| h.split("attempt=").nth(1));
    attempt.and_then(|a| a.split(';').next()?.trim().parse().ok()).unwrap_or(1)
}

/// The host that a request is for, with the port where it is no usual one.
fn host(request: &HttpRequest) -> String {
    let uri = request.uri().split_once("://").map_or(request.uri(), |(_, rest)| rest);
    uri.split(['/', '?']).next().unwrap_or_default().to_owned()
}

/// Whether no connection was made, so that nobody has got the request.
fn never_connected(error: &ConnectorError) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        // hyper says it in words alone.
        if cause.to_string().contains("(Connect)") {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Whether an error document says that there were too many requests.
fn is_throttling(text: &str) -> bool {
    let codes = ["RequestLimitExceeded", "Throttl", "TooManyRequests", "SlowDown", "RequestThrottled"];
    codes.iter().any(|code| text.contains(code))
}

/// The text of an answer, which stays there.
async fn read_body(response: &mut HttpResponse) -> Result<String, ConnectorError> {
    let body = std::mem::replace(response.body_mut(), SdkBody::taken());
    let bytes = match ByteStream::new(body).collect().await {
        Ok(bytes) => bytes.into_bytes(),
        Err(error) => return Err(ConnectorError::io(error.into())),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    *response.body_mut() = SdkBody::from(bytes);
    Ok(text)
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

/// An error that the SDK does not retry: it was tried often enough to connect.
fn unreachable(host: &str, error: &ConnectorError) -> ConnectorError {
    ConnectorError::other(format!("{host} cannot be reached: {}", causes(error)).into(), None)
}

/// A server error as it is when it says that there were too many requests; any other one says
/// nothing about whether the server has done what it was asked.
async fn refused_for_sure(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let status = response.status();
    let text = read_body(&mut response).await?;
    if !is_throttling(&text) && !text.contains("LimitExceeded") {
        return Err(lost(format!(
            "the service answered with status {}: {}",
            status.as_u16(),
            message(&text)
        )));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attempt: Option<&str>) -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri("https://iam.amazonaws.com:8443/path?query").expect("a valid URI");
        if let Some(attempt) = attempt {
            request.headers_mut().insert("amz-sdk-request", attempt.to_owned());
        }
        request
    }

    #[test]
    fn attempts_and_hosts_are_read_from_requests() {
        assert_eq!(attempt(&request(None)), 1);
        assert_eq!(attempt(&request(Some("attempt=1; max=26"))), 1);
        assert_eq!(attempt(&request(Some("ttl=20300101T000000Z; attempt=7; max=26"))), 7);
        assert_eq!(host(&request(None)), "iam.amazonaws.com:8443");
    }

    #[test]
    fn only_failures_to_connect_say_that_nobody_got_the_request() {
        let because = |text: &str| ConnectorError::io(std::io::Error::other(text.to_owned()).into());
        assert!(never_connected(&because("client error (Connect)")));
        assert!(!never_connected(&because("connection closed before message completed")));
        let told = unreachable("iam.amazonaws.com", &because("client error (Connect)"));
        assert!(
            told.is_other() && causes(&told).starts_with("iam.amazonaws.com cannot be reached"),
            "{told:?}"
        );
    }
}
