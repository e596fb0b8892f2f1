//! Data sources: read while planning when everything about them is known and nothing that they
//! depend on changes, and left to apply otherwise.

use super::{Done, Driver, Job};
use crate::checks::{check_around, read_failure};
use crate::objects::{encode_object, mark_object, object_id, sensitive_paths};
use crate::refresh::with_address;
use crate::{Action, ActionReason, Event, ResourceChange};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use terrane_address::{ConfigResource, Mode, ResourceInstance};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics, Severity};
use terrane_evaluate::{DesiredInstance, Stop};
use terrane_provider::Private;
use terrane_state::{ObjectStatus, StateWrite};
use terrane_value::Value;

impl Driver<'_, '_> {
    pub(super) fn data(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        let (desired, warnings) = self.ev.instance(&address)?;
        self.named_first(&desired.depends_on)?;
        if !desired.depends_on.is_empty() && !self.released.contains(&address) {
            self.held.push(address);
            return Ok(());
        }
        let provider = self.provider_for(&desired.provider, &address)?;
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
        let client = self.client_for(&desired.provider, &address.module)?;
        self.found.problems.append(warnings);
        self.found.problems.append(problems);
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
        let after = mark_object(schema, &after, &sensitive_paths(&desired.config));
        self.found.state.write(StateWrite::Remove { address: address.clone(), deposed: None });
        self.planned_read(desired, schema, after, reason);
    }

    fn planned_read(
        &mut self,
        desired: DesiredInstance,
        schema: &terrane_schema::Block,
        after: Value,
        reason: ActionReason,
    ) {
        let address = desired.address.clone();
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
            generated_config: None,
            dependencies: desired.dependencies.into_iter().collect(),
            create_before_destroy: false,
        };
        self.planned(address, change);
    }

    /// A data source could not be read. In a `check` block that is for the check to say.
    pub(super) fn data_failed(&mut self, desired: DesiredInstance, problems: Diagnostics) {
        let nested = check_around(self.inputs.config, &desired.address.config()).is_some();
        let schema = self.schema(&desired.provider, Mode::Data, &desired.address.resource.type_name);
        let (true, Ok(schema)) = (nested, schema) else {
            self.found.problems.append(problems);
            return;
        };
        self.found.failures.insert(desired.address.clone(), vec![read_failure(&problems)]);
        let warnings = problems.into_iter().map(|d| Diagnostic { severity: Severity::Warning, ..d });
        self.found.problems.append(warnings.collect());
        self.defer_read(desired, &schema.block, ActionReason::ReadBecauseCheckNested);
    }

    pub(super) fn data_read(&mut self, desired: DesiredInstance, value: Value, elapsed: Duration) {
        let address = desired.address.clone();
        let Ok(schema) = self.schema(&desired.provider, Mode::Data, &address.resource.type_name) else {
            return;
        };
        self.emit(Event::ReadDone { address: address.clone(), id: object_id(&value), elapsed });
        let sensitive = sensitive_paths(&desired.config);
        let value = mark_object(&schema.block, &value, &sensitive);
        if !value.is_wholly_known() {
            // What another configuration will have is known when that one is applied.
            self.found.state.write(StateWrite::Remove { address, deposed: None });
            self.planned_read(desired, &schema.block, value, ActionReason::ReadBecauseDependencyPending);
            return;
        }
        match encode_object(&schema, &value, Private::from([]), Vec::new(), ObjectStatus::Ready, false) {
            Ok(object) => self.found.state.write(StateWrite::Put {
                address: address.clone(),
                deposed: None,
                provider: desired.provider.clone(),
                object: Arc::new(object),
            }),
            Err(problem) => self.found.problems.push(problem.about(Context::Address, address.to_string())),
        }
        if check_around(self.inputs.config, &address.config()).is_some() {
            // What a check looks at is what there is after the changes: it is read again then.
            self.planned_read(desired, &schema.block, value, ActionReason::ReadBecauseCheckNested);
            return;
        }
        self.settle(&address, &value);
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
