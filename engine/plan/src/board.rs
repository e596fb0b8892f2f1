//! Which jobs wait for what.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Jobs that are ready, and jobs that wait for facts. A fact is named by a text (an instance's
/// address, a provider configuration's) and never goes away once it is there.
pub(crate) struct Board<J> {
    ready: VecDeque<J>,
    parked: Vec<Option<(J, usize)>>,
    waiting: HashMap<Arc<str>, Vec<usize>>,
}

impl<J> Board<J> {
    pub(crate) fn new() -> Board<J> {
        Board { ready: VecDeque::new(), parked: Vec::new(), waiting: HashMap::new() }
    }

    /// Adds a job that can run now.
    pub(crate) fn push(&mut self, job: J) {
        self.ready.push_back(job);
    }

    /// Takes a job that can run now.
    pub(crate) fn pop(&mut self) -> Option<J> {
        self.ready.pop_front()
    }

    /// Lets a job wait until all of `facts` are there.
    pub(crate) fn park(&mut self, job: J, facts: impl IntoIterator<Item = Arc<str>>) {
        let slot = self.parked.len();
        let mut count = 0;
        for fact in facts {
            self.waiting.entry(fact).or_default().push(slot);
            count += 1;
        }
        if count == 0 {
            self.ready.push_back(job);
        } else {
            self.parked.push(Some((job, count)));
        }
    }

    /// A fact is there: jobs that waited for nothing else become ready.
    pub(crate) fn arrive(&mut self, fact: &str) {
        for slot in self.waiting.remove(fact).unwrap_or_default() {
            let Some((_, count)) = &mut self.parked[slot] else { continue };
            *count -= 1;
            if *count == 0
                && let Some((job, _)) = self.parked[slot].take()
            {
                self.ready.push_back(job);
            }
        }
    }

    /// The jobs that still wait, each with the facts it waits for.
    pub(crate) fn stuck(&self) -> Vec<(&J, Vec<&Arc<str>>)> {
        self.parked
            .iter()
            .enumerate()
            .filter_map(|(slot, job)| {
                let (job, _) = job.as_ref()?;
                let facts = self.waiting.iter().filter(|(_, slots)| slots.contains(&slot));
                Some((job, facts.map(|(fact, _)| fact).collect()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Board;

    #[test]
    fn a_job_runs_when_all_its_facts_are_there() {
        let mut board = Board::new();
        board.park("c", ["a".into(), "b".into()]);
        board.park("d", ["b".into()]);
        assert_eq!(board.pop(), None);
        board.arrive("b");
        assert_eq!(board.pop(), Some("d"));
        assert_eq!(board.pop(), None);
        assert_eq!(board.stuck().len(), 1);
        board.arrive("a");
        assert_eq!(board.pop(), Some("c"));
        assert!(board.stuck().is_empty());
    }
}
