//! How many requests may be under way at once for one account, region and service, and which
//! answers are not worth a retry. Counts what is sent.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
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
            let response = connector.call(request).await?;
            match is_web_page(&response) {
                // An error of no kind is one that the SDK does not retry.
                true => Err(ConnectorError::other(NotAnApi.into(), None)),
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
