//! Provisioners in the course of an operation: which there are, and what their failure means.

use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_config::{ProvisionerFailure, ProvisionerWhen};
use terrane_diagnostics::{Diagnostic, Diagnostics, Severity};
use terrane_evaluate::{DesiredProvisioner, Evaluator, Stop};
use terrane_plan::{Event, Events};
use terrane_provision::{Provisioning, provision};
use terrane_value::{Marks, Value};

type Find<'a> = dyn Fn(ProvisionerWhen, &Value) -> Result<Vec<DesiredProvisioner>, Stop> + 'a;

/// The provisioners of one instance, evaluated when they are run: only then is it known what `self`
/// is.
pub(crate) struct Provisioners<'a> {
    find: Box<Find<'a>>,
    address: ResourceInstance,
    events: Events,
}

impl<'a> Provisioners<'a> {
    /// Those of `address`.
    pub(crate) fn of(ev: &'a Evaluator<'_>, address: &ResourceInstance, events: &Events) -> Provisioners<'a> {
        let instance = address.clone();
        let find = move |when, own: &Value| ev.provisioners(&instance, when, own).map(|(found, _)| found);
        Provisioners { find: Box::new(find), address: address.clone(), events: events.clone() }
    }

    /// Those that run `when`, with `own` as `self`.
    pub(crate) fn find(
        &self,
        when: ProvisionerWhen,
        own: &Value,
    ) -> Result<Vec<DesiredProvisioner>, Diagnostics> {
        (self.find)(when, own).map_err(|stop| match stop {
            Stop::Failed(problems) => problems,
            Stop::Blocked(on) => {
                let on: Vec<&str> = on.iter().map(|a| &**a).collect();
                let detail = format!(
                    "The provisioners of {} need {}, which does not exist. Apply again when it does.",
                    self.address,
                    on.join(", ")
                );
                Diagnostic::error("Provisioner cannot be evaluated", detail).into()
            }
        })
    }

    /// Runs them one after the other until one fails that must not. Failures that are to be passed
    /// over are warnings.
    pub(crate) async fn run(&self, provisioners: Vec<DesiredProvisioner>) -> Diagnostics {
        let mut problems = Diagnostics::new();
        for provisioner in provisioners {
            let Err(mut problem) = self.one(&provisioner).await else { continue };
            problem.subject = problem.subject.or(Some(provisioner.span));
            if provisioner.on_failure == ProvisionerFailure::Continue {
                problem.severity = Severity::Warning;
                problems.push(problem);
                continue;
            }
            problems.push(problem);
            break;
        }
        problems
    }

    async fn one(&self, provisioner: &DesiredProvisioner) -> Result<(), Diagnostic> {
        let secret =
            |value: &Value| value.any_marks(&Marks::is_sensitive) || value.any_marks(&Marks::is_ephemeral);
        let sensitive = secret(&provisioner.config) || secret(&provisioner.connection);
        let (config, _) = provisioner.config.unmark_deep();
        let (connection, _) = provisioner.connection.unmark_deep();
        if !config.is_wholly_known() || !connection.is_wholly_known() {
            return Err(Diagnostic::error(
                "Provisioner arguments are not known",
                "Something that the provisioner needs will be known only after this operation.",
            ));
        }
        let kind: Arc<str> = provisioner.kind.clone();
        (self.events)(Event::ProvisionStarted { address: self.address.clone(), kind: kind.clone() });
        let provisioning = Provisioning { kind: kind.to_string(), config, connection, sensitive };
        let (events, address) = (&self.events, &self.address);
        let say = |line: String| {
            events(Event::ProvisionOutput { address: address.clone(), kind: kind.clone(), line });
        };
        let result = provision(&provisioning, &say).await;
        events(Event::ProvisionDone {
            address: address.clone(),
            kind: kind.clone(),
            failed: result.is_err(),
        });
        result
    }
}
