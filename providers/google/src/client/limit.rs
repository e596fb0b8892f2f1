//! How many calls of one service may be under way at once, and what the calls have cost.

use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_throttler::RetryThrottler;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use terrane_sdk::provider::Traffic;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Calls under way for one service. Compute Engine allows some 25 requests a second and method
/// for a project, and its calls take a tenth of a second.
const CONCURRENCY: usize = 16;

/// The limits of all services.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<BTreeMap<String, Arc<Limit>>>);

impl Limits {
    /// The limit of a service.
    pub(crate) fn get(&self, service: &str) -> Arc<Limit> {
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        limits.entry(service.to_owned()).or_default().clone()
    }

    /// What has been sent so far, by service.
    pub(crate) fn traffic(&self) -> Vec<Traffic> {
        let limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |n: &AtomicU64| n.load(Ordering::Relaxed);
        (limits.iter())
            .filter(|(_, limit)| count(&limit.sent) > 0)
            .map(|(service, limit)| Traffic {
                service: service.clone(),
                region: "global".into(),
                account: String::new(),
                requests: count(&limit.sent),
                retries: count(&limit.failed).saturating_sub(count(&limit.given_up)),
                throttled: count(&limit.throttled),
                seconds: count(&limit.microseconds) as f64 / 1e6,
            })
            .collect()
    }
}

/// One limit.
#[derive(Debug)]
pub(crate) struct Limit {
    slots: Semaphore,
    sent: AtomicU64,
    failed: AtomicU64,
    given_up: AtomicU64,
    throttled: AtomicU64,
    microseconds: AtomicU64,
}

impl Default for Limit {
    fn default() -> Limit {
        let zero = AtomicU64::default;
        Limit {
            slots: Semaphore::new(CONCURRENCY),
            sent: zero(),
            failed: zero(),
            given_up: zero(),
            throttled: zero(),
            microseconds: zero(),
        }
    }
}

impl Limit {
    /// Waits for a place.
    pub(crate) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.acquire().await.ok()
    }

    /// Counts the time of a call.
    pub(crate) fn spent(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(time, Ordering::Relaxed);
    }

    /// Counts a request that is not sent by one of the clients.
    pub(crate) fn sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts the requests of a client, which tells its throttler of each. Never throttles.
#[derive(Clone, Debug)]
pub(crate) struct Meter(pub(crate) Arc<Limit>);

impl RetryThrottler for Meter {
    fn throttle_retry_attempt(&self) -> bool {
        false
    }

    fn on_retry_failure(&mut self, flow: &RetryResult) {
        self.0.sent();
        self.0.failed.fetch_add(1, Ordering::Relaxed);
        let error = match flow {
            RetryResult::Continue(error) => error,
            RetryResult::Permanent(error) | RetryResult::Exhausted(error) => {
                self.0.given_up.fetch_add(1, Ordering::Relaxed);
                error
            }
        };
        if error.http_status_code() == Some(429) {
            self.0.throttled.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn on_success(&mut self) {
        self.0.sent();
    }
}
