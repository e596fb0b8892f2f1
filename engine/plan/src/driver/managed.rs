//! Managed instances: planned once their objects are read and what their configuration needs is
//! there.

use super::{Done, Driver, prior_fact};
use crate::change::{ChangeInput, plan_change};
use crate::refresh::PriorObject;
use crate::{Action, ActionReason, PlanMode};
use terrane_address::{Mode, ResourceInstance};
use terrane_evaluate::Stop;
use terrane_value::Value;

impl Driver<'_, '_> {
    pub(super) fn managed(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        let all = self.options.selection.is_all();
        if all && self.had_object(&address) && !self.found.prior.contains_key(&(address.clone(), None)) {
            return Err(Stop::Blocked([prior_fact(&address)].into()));
        }
        self.imported_first(&address)?;
        let (desired, warnings) = self.ev.instance(&address)?;
        if !all {
            // Only when it is certain to be planned is an object read.
            self.named_first(&desired.depends_on)?;
            self.refreshed_first(&address)?;
        }
        let client = self.client_for(&desired.provider, &address.module)?;
        let forced = self.forced_replacement(&address)?;
        let provider = self.provider_for(&desired.provider, &address)?;
        let schema = self.schema(&desired.provider, Mode::Managed, &address.resource.type_name)?;
        self.found.problems.append(warnings);
        let prior = self.found.prior.get(&(address.clone(), None)).cloned();
        if self.options.mode == PlanMode::RefreshOnly {
            self.keep_as_it_is(&address, &schema.block, prior);
            return Ok(());
        }
        let span = self.inputs.config.resource(&address.config()).map(|b| b.span);
        let input = ChangeInput {
            provider,
            client,
            schema,
            desired,
            prior,
            span,
            write_only_key: self.options.write_only_key.clone(),
            forced,
            importing: self.import_key(&address),
        };
        self.running.push(Box::pin(async move {
            let (change, problems) = plan_change(input).await;
            Done::Planned(address, Box::new(change), problems)
        }));
        Ok(())
    }

    /// Whether there is an object whose refresh must be waited for.
    pub(super) fn had_object(&self, address: &ResourceInstance) -> bool {
        self.refreshing.contains(address)
    }

    /// In a refresh-only plan an instance is what it is.
    fn keep_as_it_is(
        &mut self,
        address: &ResourceInstance,
        schema: &terrane_schema::Block,
        prior: Option<PriorObject>,
    ) {
        let current = prior.and_then(|p| p.current);
        let value = current.unwrap_or_else(|| Value::unknown(schema.implied_type()));
        self.arrived(address, &value);
    }

    fn forced_replacement(&self, address: &ResourceInstance) -> Result<Option<ActionReason>, Stop> {
        for (trigger, path) in self.ev.replace_triggers(address)? {
            let Some(change) = self.found.changes.get(&trigger) else { continue };
            // Only what changes an object that is there already counts, not that there is a new one.
            let changed = (change.action == Action::Update || change.action.is_replace())
                && (path.0.is_empty() || change.before.at(&path) != change.after.at(&path));
            if changed {
                return Ok(Some(ActionReason::ReplaceByTriggers));
            }
        }
        Ok(self.options.replace.contains(address).then_some(ActionReason::ReplaceByRequest))
    }
}
