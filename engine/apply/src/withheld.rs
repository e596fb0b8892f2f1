//! Write-only values of interrupted operations. No journal holds them, so the configuration is asked
//! again, and what they come from is opened or read as far as the state does not have it.

use crate::ApplyInputs;
use crate::settle::Clients;
use crate::start::stored_value;
use futures::future::{FutureExt, LocalBoxFuture};
use std::collections::{BTreeSet, HashMap};
use terrane_address::{Mode, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{DesiredInstance, Evaluator, Inputs, Stop};
use terrane_plan::{OpenResource, OpenResources, mark_opened};
use terrane_schema::Block;
use terrane_value::Value;

/// What configurations come from, as far as it was needed.
pub(crate) struct Withheld<'a, 'c> {
    ev: &'a Evaluator<'c>,
    inputs: &'a ApplyInputs<'c>,
    /// Results of data sources and ephemeral resources.
    found: HashMap<ResourceInstance, Value>,
    open: OpenResources,
}

impl<'a, 'c> Withheld<'a, 'c> {
    pub(crate) fn new(ev: &'a Evaluator<'c>, inputs: &'a ApplyInputs<'c>) -> Self {
        Withheld { ev, inputs, found: HashMap::new(), open: OpenResources::default() }
    }

    /// The configuration of `address`. Its write-only values are known; other parts may be not, since
    /// what they come from does not exist yet.
    pub(crate) async fn configuration(
        &mut self,
        clients: &mut Clients<'a, 'c>,
        address: &ResourceInstance,
        block: &Block,
    ) -> Result<Value, Diagnostics> {
        if self.ev.inputs().config.resource(&address.config()).is_none() {
            return Err(missing(address, "the configuration no longer has it").into());
        }
        // Most secrets need no data source, and what a data source finds may not exist yet.
        for reads in [false, true] {
            let scratch = self.evaluator(clients);
            let config = match self.evaluated(&scratch, clients, address, reads).await {
                Ok(desired) => desired.config,
                Err(mut problems) => {
                    problems.push(missing(address, "what its configuration comes from cannot be had"));
                    return Err(problems);
                }
            };
            let known = |v: Value| v.unmark_deep().0.is_wholly_known();
            if block.write_only_paths(&config).iter().all(|path| config.at(path).is_none_or(known)) {
                return Ok(config);
            }
        }
        Err(missing(address, "its configuration depends on what does not exist yet").into())
    }

    /// Closes what was opened.
    pub(crate) async fn close(&mut self) -> Diagnostics {
        self.open.close_all().await
    }

    /// An evaluator that knows what the state has. What does not exist yet is unknown to it, so nobody
    /// else may use it.
    fn evaluator(&self, clients: &Clients<'_, '_>) -> Evaluator<'c> {
        let inputs = self.ev.inputs();
        let scratch = Evaluator::new(Inputs {
            config: inputs.config,
            schemas: inputs.schemas,
            variables: inputs.variables.clone(),
            workspace: inputs.workspace.clone(),
            working_dir: inputs.working_dir.clone(),
            functions: inputs.functions.clone(),
            validating: false,
        });
        for (address, resource, instance) in clients.state.instances() {
            if let Some(value) = stored_value(inputs.schemas, &address, resource, instance) {
                scratch.deliver(&address, &value);
            }
        }
        scratch
    }

    async fn evaluated(
        &mut self,
        scratch: &Evaluator<'c>,
        clients: &mut Clients<'a, 'c>,
        address: &ResourceInstance,
        reads: bool,
    ) -> Result<DesiredInstance, Diagnostics> {
        let mut tried = BTreeSet::new();
        loop {
            let needed = match scratch.instance(address) {
                Ok((desired, _)) => return Ok(desired),
                Err(Stop::Failed(problems)) => return Err(problems),
                Err(Stop::Blocked(needed)) => needed,
            };
            for name in needed {
                let needed: Option<ResourceInstance> = name.parse().ok();
                match needed.filter(|_| tried.insert(name.clone())) {
                    Some(needed) => {
                        let value = self.value(scratch, clients, &needed, reads).await?;
                        scratch.deliver(&needed, &value);
                    }
                    None => return Err(missing(address, &format!("there is no {name}")).into()),
                }
            }
        }
    }

    /// The object of an instance that the state does not have; unknown when it cannot be known yet.
    fn value<'s>(
        &'s mut self,
        scratch: &'s Evaluator<'c>,
        clients: &'s mut Clients<'a, 'c>,
        address: &'s ResourceInstance,
        reads: bool,
    ) -> LocalBoxFuture<'s, Result<Value, Diagnostics>> {
        async move {
            if let Some(value) = self.found.get(address) {
                return Ok(value.clone());
            }
            let (mode, type_name) = (address.resource.mode, &address.resource.type_name);
            let provider = self.inputs.config.resource_providers.get(&address.config());
            let schema =
                provider.and_then(|p| self.inputs.schemas.shared(&p.provider, mode, type_name)).cloned();
            let Some(schema) = schema else { return Ok(Value::UNKNOWN) };
            let unknown = Value::unknown(schema.block.implied_type());
            if mode == Mode::Managed || (mode == Mode::Data && !reads) {
                return Ok(unknown);
            }
            let desired = self.evaluated(scratch, clients, address, reads).await?;
            let (config, _) = desired.config.unmark_deep();
            let provider = self.inputs.providers.serving_instance(&desired.provider, address).cloned();
            let Some(provider) = provider.filter(|_| config.is_wholly_known()) else { return Ok(unknown) };
            let client = clients.client(&desired.provider, &provider).await?;
            let value = if mode == Mode::Data {
                provider.read_data(&client, type_name, config).await?
            } else {
                let events = self.inputs.events.clone();
                let opened = OpenResource::open(address.clone(), provider, client, config, events).await?;
                let (value, resource) = opened;
                self.open.insert(address, resource, desired.dependencies.iter());
                value
            };
            let value = mark_opened(&schema.block, &desired.config, &value);
            self.found.insert(address.clone(), value.clone());
            Ok(value)
        }
        .boxed_local()
    }
}

fn missing(address: &ResourceInstance, why: &str) -> Diagnostic {
    Diagnostic::error(
        "Cannot settle an interrupted operation",
        format!(
            "{address} has write-only arguments, which no journal holds, and {why}. Declare it as it was until what \
             was interrupted is settled. When you know that no object was made, run:\n  terrane resume \
             -not-made='{address}'"
        ),
    )
}
