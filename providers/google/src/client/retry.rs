//! Which failures are tried again: too many requests always, since nothing was done; a server that is
//! not there, or an answer that did not come, when a repeat does no harm.

use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::retry_policy::RetryPolicy;
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_state::RetryState;
use std::time::Duration;

const ATTEMPTS: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(120);

/// The policy of all clients.
#[derive(Clone, Debug)]
pub(crate) struct Repeats;

impl RetryPolicy for Repeats {
    fn on_error(&self, state: &RetryState, error: Error) -> RetryResult {
        let status = error.http_status_code();
        let word = error.status().map(|s| s.code);
        // Compute Engine says "rate limit exceeded" as 403.
        let refused = status == Some(429)
            || word == Some(Code::ResourceExhausted)
            || status == Some(403) && mentions_rate(&error)
            || error.is_transient_and_before_rpc();
        let transient = matches!(status, Some(500 | 502 | 503 | 504))
            || word == Some(Code::Unavailable)
            || error.is_io()
            || error.is_timeout()
            || error.is_connect();
        match () {
            () if !(refused || transient && state.idempotent) => RetryResult::Permanent(error),
            () if state.attempt_count >= ATTEMPTS || state.start.elapsed() > PATIENCE => {
                RetryResult::Exhausted(error)
            }
            () => RetryResult::Continue(error),
        }
    }
}

fn mentions_rate(error: &Error) -> bool {
    let text = error.http_payload().map(|p| String::from_utf8_lossy(p).into_owned()).unwrap_or_default();
    text.contains("rateLimitExceeded") || text.contains("userRateLimitExceeded")
}
