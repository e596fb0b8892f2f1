//! Data sources: read while planning when everything about them is known and nothing that they
//! depend on changes, and left to apply otherwise.

use super::{Done, Driver, Job};
use crate::objects::{encode_object, mark_object, object_id, sensitive_paths};
use crate::refresh::with_address;
use crate::{Action, ActionReason, Event, ResourceChange};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use terrane_address::{ConfigResource, Mode, ResourceInstance};
use terrane_diagnostics::Context;
use terrane_evaluate::{DesiredInstance, Stop};
use terrane_provider::Private;
use terrane_state::{ObjectStatus, StateWrite};
use terrane_value::Value;

impl Driver<'_, '_> {
    pub(super) fn data(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        let (desired, warnings) = self.ev.instance(&address)?;
        if !desired.depends_on.is_empty() && !self.released.contains(&address) {
            self.held.push(address);
            return Ok(());
        }
        let provider = self.provider(&desired.provider)?;
        let schema = self.schema(&desired.provider, Mode::Data, &address.resource.type_name)?;
        let pending = self.pending_dependency(&desired.depends_on);
        let (config, _) = desired.config.unmark_deep();
        let mut problems = provider.validate_data_source(&address.resource.type_name, &config);
        problems = with_address(problems, &address);
        if problems.has_errors() {
            return Err(Stop::Failed(self.at_block(problems, &address)));
        }
        if !config.is_wholly_known() || pending {
            let reason = if config.is_wholly_known() {
                ActionReason::ReadBecauseDependencyPending
            } else {
                ActionReason::ReadBecauseConfigUnknown
            };
            self.found.problems.append(warnings);
            self.defer_read(desired, &schema.block, reason);
            return Ok(());
        }
        let client = self.client(&desired.provider)?;
        self.found.problems.append(warnings);
        self.found.problems.append(problems);
        self.found.depends_on.insert(address.clone(), desired.depends_on.clone());
        self.emit(Event::ReadStarted { address: address.clone() });
        let reads = self.reads.clone();
        self.running.push(Box::pin(async move {
            let _permit = reads.acquire_owned().await;
            let began = Instant::now();
            let answer = provider.read_data(&client, &address.resource.type_name, config).await;
            Done::Data(Box::new(desired), answer, began.elapsed())
        }));
        Ok(())
    }

    /// Whether anything that `depends_on` names changes in this plan.
    pub(super) fn pending_dependency(&self, depends_on: &BTreeSet<ConfigResource>) -> bool {
        depends_on.iter().any(|resource| self.changing.contains(resource))
    }

    /// Plans to read a data source during apply.
    pub(super) fn defer_read(
        &mut self,
        desired: DesiredInstance,
        schema: &terrane_schema::Block,
        reason: ActionReason,
    ) {
        let address = desired.address.clone();
        let (config, _) = desired.config.unmark_deep();
        let mut after = config.clone();
        for (name, attribute) in &schema.attributes {
            if attribute.computed && after.attribute(name).is_some_and(|v| v.is_null()) {
                after = after.with_attribute(name, Value::unknown(attribute.value_type()));
            }
        }
        let sensitive = sensitive_paths(&desired.config);
        let after = mark_object(schema, &after, &sensitive);
        self.found.depends_on.insert(address.clone(), desired.depends_on.clone());
        let change = ResourceChange {
            address: address.clone(),
            previous_address: None,
            deposed: None,
            provider: desired.provider,
            action: Action::Read,
            reason: Some(reason),
            before: Value::null(schema.implied_type()),
            after,
            requires_replace: Vec::new(),
            private: Private::from([]),
            importing: None,
            dependencies: desired.dependencies.into_iter().collect(),
            create_before_destroy: false,
        };
        self.found.state.write(StateWrite::Remove { address: address.clone(), deposed: None });
        self.planned(address, change);
    }

    pub(super) fn data_read(&mut self, desired: DesiredInstance, value: Value, elapsed: Duration) {
        let address = desired.address.clone();
        let Ok(schema) = self.schema(&desired.provider, Mode::Data, &address.resource.type_name) else {
            return;
        };
        self.emit(Event::ReadDone { address: address.clone(), id: object_id(&value), elapsed });
        let sensitive = sensitive_paths(&desired.config);
        let value = mark_object(&schema.block, &value, &sensitive);
        let mut dependencies: BTreeSet<ConfigResource> = desired.depends_on.clone();
        dependencies.extend(desired.dependencies.iter().map(ResourceInstance::config));
        let dependencies = dependencies.into_iter().collect();
        match encode_object(&schema, &value, Private::from([]), dependencies, ObjectStatus::Ready, false) {
            Ok(object) => self.found.state.write(StateWrite::Put {
                address: address.clone(),
                deposed: None,
                provider: desired.provider.clone(),
                object: Box::new(object),
            }),
            Err(problem) => self.found.problems.push(problem.about(Context::Address, address.to_string())),
        }
        self.arrived(&address, &value);
        self.check_postconditions(&address, &value);
    }

    /// Lets data sources go on whose dependencies are all planned; all of them when none is.
    pub(super) fn release_held(&mut self) -> bool {
        if self.held.is_empty() {
            return false;
        }
        let waiting: BTreeSet<ConfigResource> = (self.board.stuck().into_iter())
            .filter_map(|(job, _)| match job {
                Job::Instance(address) => Some(address.config()),
                Job::Resource(address) => Some(address.config()),
                _ => None,
            })
            .chain(self.held.iter().map(ResourceInstance::config))
            .collect();
        let free = |address: &ResourceInstance| match self.ev.instance(address) {
            Ok((desired, _)) => desired.depends_on.is_disjoint(&waiting),
            Err(_) => true,
        };
        let (mut go, mut stay): (Vec<_>, Vec<_>) = self.held.drain(..).partition(free);
        if go.is_empty() {
            go = std::mem::take(&mut stay);
        }
        self.held = stay;
        for address in go {
            self.released.insert(address.clone());
            self.board.push(Job::Instance(address));
        }
        true
    }
}
