//! Waiting: for states that AWS reaches in its own time, and for what one of its servers knows
//! already to reach the others.

use futures::future::BoxFuture;
use std::future::Future;
use std::time::Duration;
use terrane_sdk::Error;
use tokio::time::{Instant, sleep};

/// How long a new object may stay unknown to some of AWS's servers.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(5 * 60);

const FIRST_DELAY: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 250 });
const LONGEST_DELAY: Duration = Duration::from_millis(if cfg!(test) { 5 } else { 10_000 });

/// What a poll found.
pub(crate) enum Poll<T> {
    /// What was waited for.
    Ready(T),
    /// Not yet; the state in words, for the message when time runs out.
    Pending(String),
}

/// Polls until it is ready or fails, at growing intervals. When `timeout` has passed, the error
/// says `what` was waited for and in which state it was last.
pub(crate) async fn wait_until<T, F, Fut>(what: &str, timeout: Duration, mut poll: F) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Poll<T>, Error>>,
{
    let mut pause = Pause::until(timeout);
    loop {
        let state = match poll().await? {
            Poll::Ready(value) => return Ok(value),
            Poll::Pending(state) => state,
        };
        if !pause.next().await {
            return Err(Error::new(
                format!("Timeout while waiting for {what}"),
                format!("After {timeout:?} the last state was: {state}."),
            ));
        }
    }
}

/// Repeats a call while it fails in a way that `passes` says will pass, at growing intervals.
/// When `timeout` has passed, the last failure is the result.
pub(crate) async fn retry_while<T, F, Fut>(
    timeout: Duration,
    passes: impl Fn(&Error) -> bool,
    mut call: F,
) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let mut pause = Pause::until(timeout);
    loop {
        match call().await {
            Err(error) if passes(&error) => {
                if !pause.next().await {
                    return Err(error);
                }
            }
            other => return other,
        }
    }
}

/// Growing pauses until a deadline.
struct Pause {
    deadline: Instant,
    delay: Duration,
}

impl Pause {
    fn until(timeout: Duration) -> Pause {
        Pause { deadline: Instant::now() + timeout, delay: FIRST_DELAY }
    }

    /// Pauses; false, at once, when the deadline has passed.
    fn next(&mut self) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            sleep(self.delay.min(left)).await;
            self.delay = (self.delay * 3 / 2).min(LONGEST_DELAY);
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const SHORT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_poll_ends_when_ready_or_late() {
        let calls = Cell::new(0);
        let poll = || {
            calls.set(calls.get() + 1);
            let n = calls.get();
            async move { Ok(if n == 4 { Poll::Ready(n) } else { Poll::Pending(format!("step {n}")) }) }
        };
        assert_eq!(wait_until("it", Duration::from_secs(60), poll).await, Ok(4));
        let never = || async { Ok::<Poll<()>, Error>(Poll::Pending("pending".into())) };
        let error = wait_until("it", SHORT, never).await.expect_err("too late");
        assert_eq!(error.summary, "Timeout while waiting for it");
        assert_eq!(error.detail, "After 20ms the last state was: pending.");
    }

    #[tokio::test]
    async fn only_passing_failures_are_repeated() {
        let failure = |code: &str| Error::new("x", "y").code(code);
        let passes = |e: &Error| e.has_code(&["Busy"]);
        let calls = Cell::new(0);
        let call = |last: &'static str| {
            let calls = &calls;
            move || {
                calls.set(calls.get() + 1);
                let code = if calls.get() < 3 { "Busy" } else { last };
                async move { Err::<(), Error>(failure(code)) }
            }
        };
        assert_eq!(retry_while(SHORT, passes, call("Other")).await, Err(failure("Other")));
        assert_eq!(calls.replace(0), 3);
        assert_eq!(retry_while(SHORT, passes, call("Busy")).await, Err(failure("Busy")));
    }
}
