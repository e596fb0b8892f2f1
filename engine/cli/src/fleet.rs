//! The stacks that are planned in one run: what each will have as outputs, for those that read its state.

use crate::environment::Environment;
use crate::run::plain;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use terrane_backend::StateStorage;
use terrane_value::Value;

/// Outputs of a root module, marked.
pub(crate) type Outputs = BTreeMap<Arc<str>, Value>;

/// The stacks by where their states are. The directory of the stack that is planned is the working directory.
#[derive(Default)]
pub(crate) struct Fleet(Mutex<Members>);

#[derive(Default)]
struct Members {
    by_place: BTreeMap<String, Member>,
    /// The places of the stacks that are being planned, each for the one before it.
    running: Vec<String>,
    /// The place whose stack has to be planned first.
    wanted: Option<String>,
}

struct Member {
    name: String,
    progress: Progress,
    /// The stacks whose outputs it has read.
    reads: BTreeSet<String>,
    /// Those of them that were taken from the state, since they read this one's in turn.
    around: BTreeSet<String>,
}

enum Progress {
    Waiting,
    Planned(Outputs),
    Failed,
}

/// What a stack has read of others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readings {
    /// The stacks whose planned outputs it has read.
    pub(crate) planned: Vec<String>,
    /// The stacks whose outputs it has read from their states, since they read its own.
    pub(crate) around: Vec<String>,
}

impl Fleet {
    fn members(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a stack. The name of another one that has the same state, when there is one.
    pub(crate) fn add(&self, place: &str, name: &str) -> Result<(), String> {
        let mut members = self.members();
        if let Some(other) = members.by_place.get(place) {
            return Err(other.name.clone());
        }
        let member = Member {
            name: name.to_owned(),
            progress: Progress::Waiting,
            reads: BTreeSet::new(),
            around: BTreeSet::new(),
        };
        members.by_place.insert(place.to_owned(), member);
        Ok(())
    }

    /// Says that the stack at a place is planned from now on.
    pub(crate) fn begin(&self, place: &str) {
        let mut members = self.members();
        members.running.push(place.to_owned());
        members.wanted = None;
        if let Some(member) = members.by_place.get_mut(place) {
            member.reads.clear();
            member.around.clear();
        }
    }

    /// Says that the stack that was begun last will be begun again.
    pub(crate) fn end_attempt(&self) {
        self.members().running.pop();
    }

    /// Whether the stack that was begun last has read of one that has to be planned before it.
    pub(crate) fn is_held_up(&self) -> bool {
        self.members().wanted.is_some()
    }

    /// The place of a stack that has to be planned before the one that was begun last can be.
    pub(crate) fn wanted(&self) -> Option<String> {
        self.members().wanted.take()
    }

    /// Whether the stack at a place is yet to be planned.
    pub(crate) fn is_waiting(&self, place: &str) -> bool {
        let members = self.members();
        members.by_place.get(place).is_some_and(|member| matches!(member.progress, Progress::Waiting))
    }

    /// Says what the stack that was begun last will have as outputs (`None`: it could not be planned), and gets what it has read.
    pub(crate) fn end(&self, outputs: Option<Outputs>) -> Readings {
        let mut members = self.members();
        let Some(place) = members.running.pop() else { return Readings::default() };
        let Some(member) = members.by_place.get_mut(&place) else { return Readings::default() };
        member.progress = outputs.map_or(Progress::Failed, Progress::Planned);
        Readings {
            planned: member.reads.iter().cloned().collect(),
            around: member.around.iter().cloned().collect(),
        }
    }

    /// The outputs that the stack with its state at `place` will have; `None` where they are to be read from the state. An error
    /// says why there are none, or none yet.
    pub(crate) fn outputs(&self, place: &str) -> Result<Option<Outputs>, String> {
        let mut members = self.members();
        let Some(own) = members.running.last().cloned().filter(|own| own != place) else { return Ok(None) };
        let is_around = members.running.iter().any(|running| running == place);
        let Some(member) = members.by_place.get(place) else { return Ok(None) };
        let name = member.name.clone();
        let found = match &member.progress {
            _ if is_around => Ok(None),
            Progress::Planned(outputs) => Ok(Some(outputs.clone())),
            Progress::Failed => {
                return Err(format!("The state is that of {name}, which could not be planned."));
            }
            Progress::Waiting => {
                members.wanted = Some(place.to_owned());
                return Err(format!("The state is that of {name}, which is to be planned first."));
            }
        };
        if let Some(own) = members.by_place.get_mut(&own) {
            let read = if is_around { &mut own.around } else { &mut own.reads };
            read.insert(name);
        }
        found
    }
}

/// What tells a state from all others, as seen from the working directory.
pub(crate) fn place(environment: &Environment, state: &dyn StateStorage) -> String {
    match state.is_remote() {
        true => match state.origin() {
            origin if origin.is_empty() => state.location(),
            origin => format!("{} ({origin})", state.location()),
        },
        false => plain(&environment.original_dir().join(Path::new(&state.location()))).display().to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_read_are_planned_first() {
        let fleet = Fleet::default();
        for name in ["network", "cluster"] {
            assert_eq!(fleet.add(&format!("s3://{name}"), name), Ok(()));
        }
        assert_eq!(fleet.add("s3://network", "copy"), Err("network".to_owned()));
        fleet.begin("s3://cluster");
        assert!(matches!(fleet.outputs("s3://elsewhere"), Ok(None)));
        assert!(matches!(fleet.outputs("s3://cluster"), Ok(None)), "one's own state is read as it is");
        assert!(fleet.outputs("s3://network").unwrap_err().contains("network"));
        assert!(fleet.is_held_up());
        assert_eq!(fleet.wanted().as_deref(), Some("s3://network"));
        assert_eq!(fleet.wanted(), None);

        fleet.begin("s3://network");
        // It reads the state of the one that waits for it.
        assert!(matches!(fleet.outputs("s3://cluster"), Ok(None)));
        let outputs = Outputs::from([("id".into(), Value::from("a"))]);
        assert_eq!(fleet.end(Some(outputs)).around, ["cluster"]);
        assert!(!fleet.is_waiting("s3://network") && fleet.is_waiting("s3://cluster"));

        let read = fleet.outputs("s3://network").unwrap().unwrap();
        assert_eq!(read["id"], Value::from("a"));
        assert_eq!(fleet.end(None).planned, ["network"]);
        fleet.begin("s3://third");
        assert!(fleet.outputs("s3://cluster").unwrap_err().contains("could not be planned"));
    }
}
