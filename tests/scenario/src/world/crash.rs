//! Runs that die in the middle, and what settles them.

use super::{Journal, Made, World, evaluator};
use std::collections::HashMap;
use std::sync::Arc;
use terrane_apply::{Applied, ApplyInputs, Settled};
use terrane_plan::PlanFile;
use terrane_state::{State, from_json, replay, to_json};
use tokio::sync::Notify;

impl World {
    /// Applies a plan as far as the journal has `entries` entries; then the run dies, and nothing
    /// is left of it but the state, the journal and the cloud. Gives what came of it when it got
    /// through before.
    pub async fn apply_until(&mut self, made: &Made, entries: usize) -> Option<Applied> {
        let plan = PlanFile::from_text(&made.file).expect("a plan file").plan;
        let (config, problems) = self.load();
        assert!(!problems.has_errors(), "{problems:#?}");
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let died = Arc::new(Notify::new());
        let journal = Arc::new(Journal { limit: Some((entries, died.clone())), ..Journal::default() });
        let inputs = ApplyInputs {
            config: &config,
            schemas: &schemas,
            providers: &providers,
            events: Arc::new(|_| {}),
            recorder: journal.clone(),
            stop: self.stop.subscribe(),
            write_only_key: self.options.write_only_key.clone(),
            parallelism: Default::default(),
            interrupted: HashMap::new(),
        };
        let (variables, problems) = self.values_to_apply(made);
        assert!(!problems.has_errors(), "{problems:#?}");
        let ev = evaluator(&config, &schemas, variables, false);
        let applied = tokio::select! {
            applied = terrane_apply::apply(&ev, &inputs, &plan) => Some(applied),
            () = died.notified() => None,
        };
        let mut state = self.state.clone();
        match &applied {
            Some(applied) => self.keep(applied.state.clone()),
            None => {
                let written =
                    std::mem::take(&mut *journal.entries.lock().expect("no panic while it was held"));
                // As lines, so that nothing survives that is not written.
                let lines: String = written.iter().map(|e| e.to_line().expect("a line")).collect();
                let read = terrane_state::read_journal(lines.as_bytes()).expect("a journal");
                let replayed = replay(&mut state, read);
                self.in_flight = replayed.in_flight.iter().cloned().collect();
                self.keep(state);
            }
        }
        applied
    }

    /// Settles what is in flight, with the configuration as it is now.
    pub async fn settle(&mut self) -> Settled {
        let (mut config, problems) = self.load();
        assert!(!problems.has_errors(), "{problems:#?}");
        let (variables, problems) = self.values(&mut config);
        assert!(!problems.has_errors(), "{problems:#?}");
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let inputs = ApplyInputs {
            config: &config,
            schemas: &schemas,
            providers: &providers,
            events: Arc::new(|_| {}),
            recorder: Arc::new(Journal::default()),
            stop: self.stop.subscribe(),
            write_only_key: self.options.write_only_key.clone(),
            parallelism: Default::default(),
            interrupted: HashMap::new(),
        };
        let ev = evaluator(&config, &schemas, variables, false);
        let in_flight = std::mem::take(&mut self.in_flight);
        let settled =
            terrane_apply::settle(&ev, &inputs, self.state.clone(), in_flight, &Default::default()).await;
        self.keep(settled.state.clone());
        settled
    }

    fn keep(&mut self, state: State) {
        self.state = from_json(&to_json(&state).expect("a state file")).expect("a state");
    }
}
