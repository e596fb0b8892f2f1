//! What this process has made, and when: what is seldom older than a moment may not be known everywhere. Knows no type.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What was made, by a name that the service's types agree on.
#[derive(Debug, Default)]
pub(crate) struct Made(Mutex<HashMap<String, Instant>>);

impl Made {
    /// Notes that something is made now.
    pub(crate) fn note(&self, name: String) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(name, Instant::now());
    }

    /// Whether it was made here, and not longer ago than that.
    pub(crate) fn within(&self, span: Duration, name: &str) -> bool {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.get(name).is_some_and(|moment| moment.elapsed() <= span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_lately_counts() {
        let made = Made::default();
        made.note("ROLE app".into());
        assert!(made.within(Duration::from_secs(300), "ROLE app"));
        assert!(!made.within(Duration::from_secs(300), "ROLE other"));
        assert!(!made.within(Duration::ZERO, "ROLE app"), "some time has passed");
    }
}
