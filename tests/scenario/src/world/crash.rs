//! Runs that die in the middle, and what settles them.

use super::{Journal, Made, World, evaluator};
use std::collections::HashMap;
use std::sync::Arc;
use terrane_apply::{Applied, ApplyInputs, Finding, Settled};
use terrane_plan::PlanFile;
use terrane_state::{State, from_json, to_json};
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
        self.in_flight = journal.in_flight(&mut state);
        self.keep(applied.as_ref().map_or(state, |applied| applied.state.clone()));
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
            terrane_apply::settle(&ev, &inputs, self.state.clone(), in_flight.clone(), &Default::default())
                .await;
        let open = settled.operations.iter().map(|o| o.finding == Finding::Open);
        self.in_flight = in_flight.into_iter().zip(open).filter(|(_, open)| *open).map(|(o, _)| o).collect();
        self.keep(settled.state.clone());
        settled
    }

    fn keep(&mut self, state: State) {
        self.state = from_json(&to_json(&state).expect("a state file")).expect("a state");
    }
}
