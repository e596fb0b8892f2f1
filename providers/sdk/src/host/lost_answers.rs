//! How often an operation is repeated whose answer was lost, and what is said when it stays so.

use crate::Error;
use std::time::Duration;

/// How often an operation is tried at most.
const ATTEMPTS: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 500 });
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The attempts of one operation whose answers were lost.
#[derive(Default)]
pub(super) struct LostAnswers(u32);

impl LostAnswers {
    /// Notes one, and waits a little: what was done must be seen when it is looked for. False when
    /// it is no use to try again.
    pub(super) async fn pause(&mut self) -> bool {
        self.0 += 1;
        if self.0 >= ATTEMPTS {
            return false;
        }
        tokio::time::sleep((FIRST_PAUSE * self.0).min(LONGEST_PAUSE)).await;
        true
    }

    /// An error that ends the operation. After lost answers it says nothing about what the attempts
    /// before have done.
    pub(super) fn mark(&self, mut error: Error) -> Error {
        error.outcome_unknown |= self.0 > 0;
        error
    }
}
