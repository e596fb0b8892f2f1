//! The end of a run: outputs and checks with what there is then.

use crate::run::Run;
use std::collections::HashSet;
use terrane_address::{Mode, ModulePath, ResourceInstance};
use terrane_diagnostics::Diagnostic;
use terrane_evaluate::Stop;
use terrane_plan::{Action, CheckResult, CheckStatus, PlanMode, check_results, stored_checks};
use terrane_state::{JournalEntry, OutputState, StateWrite};

impl Run<'_, '_> {
    /// When everything is destroyed, what was read for it goes too.
    pub(crate) fn forget_data(&mut self) {
        if self.plan.mode != PlanMode::Destroy || self.problems.has_errors() || self.stopped {
            return;
        }
        let data: Vec<ResourceInstance> = self
            .state
            .instances()
            .map(|(address, ..)| address)
            .filter(|a| a.resource.mode == Mode::Data)
            .collect();
        for address in data {
            self.state.write(StateWrite::Remove { address, deposed: None });
        }
    }

    /// Evaluates all conditions with what there is now.
    pub(crate) fn checks(&mut self) {
        let results = match self.plan.mode {
            PlanMode::Destroy => self.plan.checks.clone(),
            _ => {
                let resources = self.plan.changes.iter().map(|change| change.address.config());
                let part = self.plan.partial.then(|| resources.collect::<HashSet<_>>());
                check_results(self.ev, part.as_ref(), &self.failures, &mut self.problems)
            }
        };
        let known: Vec<CheckResult> = results.into_iter().map(|r| self.as_planned(r)).collect();
        self.state.check_results = stored_checks(&known);
    }

    /// A result, or that of the plan where the run has not come to it.
    fn as_planned(&self, result: CheckResult) -> CheckResult {
        let planned = self.plan.checks.iter().find(|p| p.address == result.address);
        let Some(planned) = planned.filter(|p| p.status == CheckStatus::Unknown) else { return result };
        let left_out = self.plan.partial && planned.instances.is_empty();
        let not_reached = result.status == CheckStatus::Unknown && result.instances.is_empty();
        if left_out || not_reached { planned.clone() } else { result }
    }

    /// Evaluates the root module's outputs with what there is now.
    pub(crate) async fn outputs(&mut self) {
        let root = self.inputs.config.module(&ModulePath::root()).cloned();
        let mut writes: Vec<StateWrite> = Vec::new();
        for (name, planned) in &self.plan.outputs {
            if planned.action == Action::Delete && planned.after.is_null() {
                // Outputs of a destroyed configuration go when everything is gone.
                if self.plan.mode != PlanMode::Destroy || !self.problems.has_errors() && !self.stopped {
                    writes.push(StateWrite::Output { name: name.clone(), value: None });
                }
            }
        }
        if self.plan.mode != PlanMode::Destroy {
            for (name, output) in root.iter().flat_map(|m| &m.outputs) {
                if output.ephemeral || (self.plan.partial && !self.plan.outputs.contains_key(name)) {
                    continue;
                }
                match self.ev.output(name) {
                    Ok((value, _)) => {
                        let (value, _) = value.unmark_deep();
                        let state = OutputState { value, sensitive: output.sensitive };
                        let value = (!state.value.is_null()).then_some(state);
                        writes.push(StateWrite::Output { name: name.clone(), value });
                    }
                    Err(Stop::Failed(problems)) => self.problems.append(problems),
                    // It needs something that failed or was not reached: it keeps its value.
                    Err(Stop::Blocked(_)) => {}
                }
            }
        }
        let changed: Vec<StateWrite> = (writes.into_iter())
            .filter(|w| match w {
                StateWrite::Output { name, value } => self.state.outputs.get(name) != value.as_ref(),
                _ => true,
            })
            .collect();
        if changed.is_empty() {
            return;
        }
        let entries = changed.iter().cloned().map(JournalEntry::Write).collect();
        if let Err(error) = self.inputs.recorder.record(entries).await {
            self.problems.push(Diagnostic::error("Failed to write the journal", error.0));
        }
        for write in changed {
            self.state.write(write);
        }
    }
}
