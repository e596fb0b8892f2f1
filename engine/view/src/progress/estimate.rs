//! How long a run will still take, from how long changes of the same kind took in earlier runs. Where
//! there was none of a kind, nothing is said.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use terrane_address::ResourceInstance;
use terrane_plan::{Action, Event, ResourceChange};

/// How long changes took in earlier runs, by resource type and action: `aws_vpc create`.
pub type Durations = BTreeMap<String, Duration>;

/// How much the last run counts against all before it.
const NEWEST: f64 = 0.5;

/// A run as far as it has come.
#[derive(Debug, Default)]
pub struct Estimate {
    known: Durations,
    /// What each kind took in this run: how many, and how long altogether.
    seen: HashMap<String, (u32, Duration)>,
    /// Changes that are not done yet, by kind.
    left: BTreeMap<String, usize>,
    /// What the changes that are done were to take.
    done: Duration,
    failed: usize,
}

fn kind(type_name: &Arc<str>, action: Action) -> String {
    format!("{type_name} {}", action.words()[0])
}

impl Estimate {
    /// A run that makes these changes, after others that took so long.
    pub fn new<'a>(known: Durations, changes: impl Iterator<Item = &'a ResourceChange>) -> Estimate {
        let mut left = BTreeMap::new();
        for change in changes {
            let steps: &[Action] = match change.action {
                Action::NoOp | Action::Read | Action::Forget => &[],
                action if action.is_replace() => &[Action::Create, Action::Delete],
                Action::Create => &[Action::Create],
                Action::Delete => &[Action::Delete],
                _ => &[Action::Update],
            };
            for step in steps {
                *left.entry(kind(&change.address.resource.type_name, *step)).or_insert(0) += 1;
            }
        }
        Estimate { known, left, ..Estimate::default() }
    }

    /// How many changes are not done yet. To replace an object is two.
    pub fn left(&self) -> usize {
        self.left.values().sum()
    }

    /// How many changes failed.
    pub fn failed(&self) -> usize {
        self.failed
    }

    /// Takes in what happened.
    pub fn event(&mut self, event: &Event) {
        let (address, action, elapsed, good) = match event {
            Event::ApplyDone { address, action, elapsed, .. } => (address, *action, *elapsed, true),
            Event::ApplyFailed { address, action, elapsed } => (address, *action, *elapsed, false),
            Event::ApplyUnneeded { address, action } => (address, *action, Duration::ZERO, false),
            _ => return,
        };
        self.failed += usize::from(matches!(event, Event::ApplyFailed { .. }));
        self.ended(address, action, elapsed, good);
    }

    fn ended(&mut self, address: &ResourceInstance, action: Action, elapsed: Duration, good: bool) {
        let kind = kind(&address.resource.type_name, action);
        if let Some(left) = self.left.get_mut(&kind) {
            *left = left.saturating_sub(1);
        }
        self.done += self.known.get(&kind).copied().unwrap_or_default();
        // How long it takes to fail says nothing about how long it takes.
        if good {
            let seen = self.seen.entry(kind).or_default();
            *seen = (seen.0 + 1, seen.1 + elapsed);
        }
    }

    /// How long the rest takes, when the run began `elapsed` ago; `None` when nothing is left, or some
    /// kind of change was never seen before this run.
    pub fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        let mut work = Duration::ZERO;
        let mut longest = Duration::ZERO;
        let mut count = 0;
        for (kind, left) in self.left.iter().filter(|(_, left)| **left > 0) {
            let each = *self.known.get(kind)?;
            work += each * u32::try_from(*left).unwrap_or(u32::MAX);
            longest = longest.max(each);
            count += left;
        }
        if count == 0 {
            return None;
        }
        // How many were done side by side so far; before anything is done, as many as there can be.
        let side_by_side = match self.done.is_zero() || elapsed.is_zero() {
            true => count.min(10) as f64,
            false => (self.done.as_secs_f64() / elapsed.as_secs_f64()).max(0.1),
        };
        Some(work.div_f64(side_by_side).max(longest.min(work)))
    }

    /// What is known now, for later runs.
    pub fn durations(&self) -> Durations {
        let mut all = self.known.clone();
        for (kind, (count, total)) in &self.seen {
            let mean = *total / (*count).max(1);
            let known = all.entry(kind.clone()).or_insert(mean);
            *known = known.mul_f64(1.0 - NEWEST) + mean.mul_f64(NEWEST);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(address: &str, seconds: u64) -> Event {
        Event::ApplyDone {
            address: address.parse().expect("an address"),
            action: Action::Create,
            id: None,
            elapsed: Duration::from_secs(seconds),
        }
    }

    fn run(known: &[(&str, u64)], left: &[(&str, usize)]) -> Estimate {
        Estimate {
            known: known.iter().map(|(kind, s)| ((*kind).to_owned(), Duration::from_secs(*s))).collect(),
            left: left.iter().map(|(kind, n)| ((*kind).to_owned(), *n)).collect(),
            ..Estimate::default()
        }
    }

    #[test]
    fn what_was_never_seen_is_not_guessed() {
        let new = run(&[("a create", 5)], &[("a create", 1), ("b create", 1)]);
        assert_eq!(new.remaining(Duration::from_secs(1)), None);
        assert_eq!(run(&[("a create", 5)], &[]).remaining(Duration::from_secs(1)), None);
    }

    #[test]
    fn the_rest_takes_as_long_as_what_is_done_side_by_side_lets_expect() {
        let mut estimate = run(&[("a create", 10)], &[("a create", 40)]);
        assert_eq!(estimate.remaining(Duration::ZERO), Some(Duration::from_secs(40)));
        for number in 0..20 {
            estimate.event(&done(&format!("a.x[{number}]"), 12));
        }
        // Twenty of ten seconds each in fifty seconds: four side by side.
        assert_eq!(estimate.remaining(Duration::from_secs(50)), Some(Duration::from_secs(50)));
        assert_eq!(estimate.durations()["a create"], Duration::from_secs(11));
        // Never shorter than one of them takes.
        for number in 20..39 {
            estimate.event(&done(&format!("a.x[{number}]"), 12));
        }
        assert_eq!(estimate.remaining(Duration::from_secs(1)), Some(Duration::from_secs(10)));
    }
}
