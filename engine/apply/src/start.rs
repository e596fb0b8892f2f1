//! The start of a run: what is known already, and where objects have moved.

use crate::run::Run;
use terrane_address::Mode;
use terrane_diagnostics::Diagnostic;
use terrane_plan::{Action, PlanMode};
use terrane_state::{JournalEntry, StateWrite};
use terrane_value::{Marks, Path, from_json_with_type};

impl Run<'_, '_> {
    /// Makes known what this run does not change: objects that stay as they are, and data that
    /// was read while planning. In a destroy run also what is still there, for provider
    /// configurations that are made from it.
    pub(crate) fn deliver_known(&self) {
        for change in &self.plan.changes {
            let stays = change.action == Action::NoOp;
            let going = self.plan.mode == PlanMode::Destroy && change.deposed.is_none();
            if stays {
                self.ev.deliver(&change.address, &change.after);
            } else if going {
                self.ev.deliver(&change.address, &change.before);
            }
        }
        for (address, resource, instance) in self.plan.prior_state.instances() {
            let Some(object) = &instance.current else { continue };
            if self.ev.result(&address).is_some() {
                continue;
            }
            let is_data = address.resource.mode == Mode::Data;
            if !is_data && self.plan.mode != PlanMode::RefreshOnly {
                continue;
            }
            let type_name = &address.resource.type_name;
            let mode = address.resource.mode;
            let Some(schema) = self.inputs.schemas.resource(&resource.provider.provider, mode, type_name)
            else {
                continue;
            };
            if let Ok(value) = from_json_with_type(&object.attributes, &schema.block.implied_type()) {
                let marks: Vec<(Path, Marks)> = (schema.block.sensitive_paths(&value).into_iter())
                    .chain(object.sensitive_paths.iter().cloned())
                    .map(|p| (p, Marks::sensitive()))
                    .collect();
                self.ev.deliver(&address, &value.mark_paths(&marks));
            }
        }
    }

    /// Writes down which objects have new addresses, before anything else is: a journal that had
    /// only their new state would make each of them two.
    pub(crate) async fn moves(&mut self) {
        let entries: Vec<JournalEntry> = (self.plan.changes.iter())
            .filter_map(|change| {
                let from = change.previous_address.clone()?;
                Some(JournalEntry::Write(StateWrite::Move { from, to: change.address.clone() }))
            })
            .collect();
        if entries.is_empty() {
            return;
        }
        if let Err(error) = self.inputs.recorder.record(entries).await {
            self.problems.push(Diagnostic::error("Failed to write the journal", error.0));
            self.stopped = true;
        }
    }
}
