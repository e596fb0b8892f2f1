//! Providers and their clients: each configuration is evaluated and configured once, when somebody
//! needs it.

use super::{Done, Driver, Job, client_fact};
use crate::kept::{kept_provider, last_provider_config};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{Mode, ModuleInstance, ProviderConfigAddress, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Deferred, Stop, how_to_know};
use terrane_provider::{Client, Provider};
use terrane_schema::Schema;
use terrane_value::Value;

impl Driver<'_, '_> {
    pub(super) fn provider(&self, address: &ProviderConfigAddress) -> Result<Arc<dyn Provider>, Stop> {
        self.inputs.providers.serving(address).cloned().ok_or_else(|| {
            Diagnostic::error(
                "Provider not available",
                format!("The provider {} is not part of this build of Terrane.", address.provider.short()),
            )
            .into()
        })
    }

    /// What serves an instance: its provider, unless something stands in for it.
    pub(super) fn provider_for(
        &self,
        address: &ProviderConfigAddress,
        instance: &ResourceInstance,
    ) -> Result<Arc<dyn Provider>, Stop> {
        match self.inputs.providers.stand_in(instance) {
            Some(stand_in) => Ok(stand_in.clone()),
            None => self.provider(address),
        }
    }

    /// The client of a provider configuration; asks for it and blocks when it is not there yet.
    pub(super) fn client(&mut self, address: &ProviderConfigAddress) -> Result<Arc<dyn Client>, Stop> {
        if let Some(client) = self.found.clients.get(address) {
            return Ok(client.clone());
        }
        if self.asked_clients.insert(address.clone()) {
            self.board.push(Job::Client(address.clone()));
        }
        Err(Stop::Blocked([client_fact(address)].into()))
    }

    /// The client of a provider configuration for what a module asks.
    pub(super) fn client_for(
        &mut self,
        address: &ProviderConfigAddress,
        module: &ModuleInstance,
    ) -> Result<Arc<dyn Client>, Stop> {
        let client = self.client(address)?;
        let (meta, _) = self.ev.provider_meta(module, &address.provider)?;
        Ok(self.provider(address)?.for_module(client, meta))
    }

    pub(super) fn configure(&mut self, address: ProviderConfigAddress) -> Result<(), Stop> {
        let provider = self.provider(&address)?;
        let last = last_provider_config(self.ev, self.inputs.schemas, &self.found.state, &address)?;
        let (config, warnings) = match last {
            Some(config) => (config, Diagnostics::new()),
            None => self.ev.provider_config(&address)?,
        };
        self.found.problems.append(warnings);
        if let Some(schema) = self.inputs.schemas.get(&address.provider) {
            let kept = kept_provider(&schema.provider.block, &config);
            self.found.kept_providers.insert(address.clone(), kept);
        }
        let origins = config.origins().iter().filter_map(|o| o.parse().ok()).collect();
        self.client_origins.insert(address.clone(), origins);
        if !config.unmark_deep().0.is_wholly_known() {
            let deferred = self.unknown_provider(&address, &config);
            if self.ev.is_in_rounds() {
                return Err(self.ev.defer(deferred));
            }
            self.unknown_providers.insert(address.clone(), deferred);
        }
        let (config, _) = config.unmark_deep();
        let problems = provider.validate_provider(&config);
        if problems.has_errors() {
            return Err(Stop::Failed(self.at_provider(problems, &address)));
        }
        self.found.problems.append(problems);
        self.running.push(Box::pin(async move {
            let client = provider.configure(&config).await;
            Done::Client(address, client)
        }));
        Ok(())
    }

    /// Which arguments of a provider configuration are only known after apply, and why.
    fn unknown_provider(&self, address: &ProviderConfigAddress, config: &Value) -> Deferred {
        let arguments = config.as_map().into_iter().flatten();
        let unknown = arguments.filter(|(_, value)| !value.unmark_deep().0.is_wholly_known());
        let mut waits_for = BTreeSet::new();
        let mut names = Vec::new();
        for (name, value) in unknown {
            names.push(name.to_string());
            waits_for.extend(self.ev.unknown_origins(value));
        }
        Deferred { what: address.to_string(), argument: names.join(", "), waits_for }
    }

    /// Adds to the problems of a provider which of its arguments it did not know.
    pub(super) fn with_unknown(&self, problems: Diagnostics, address: &ProviderConfigAddress) -> Diagnostics {
        let Some(unknown) = self.unknown_providers.get(address) else { return problems };
        let note = format!(
            "\n\nOf {}, these arguments are only known after apply: {}.{}",
            unknown.what,
            unknown.argument,
            how_to_know(&unknown.waits_for)
        );
        (problems.into_iter()).map(|d| Diagnostic { detail: format!("{}{note}", d.detail), ..d }).collect()
    }

    /// Points problems that a provider found in its configuration at its block.
    pub(super) fn at_provider(&self, problems: Diagnostics, address: &ProviderConfigAddress) -> Diagnostics {
        let span = self.inputs.config.module(&address.module).and_then(|module| {
            let mut blocks = module.providers.values();
            blocks.find(|b| {
                b.alias == address.alias && module.provider_address(&b.local_name) == address.provider
            })
        });
        problems
            .into_iter()
            .map(|mut d| {
                d.subject = d.subject.or(span.map(|b| b.span));
                d
            })
            .collect()
    }

    pub(super) fn schema(
        &self,
        provider: &ProviderConfigAddress,
        mode: Mode,
        type_name: &str,
    ) -> Result<Arc<Schema>, Stop> {
        self.inputs.schemas.shared(&provider.provider, mode, type_name).cloned().ok_or_else(|| {
            Diagnostic::error(
                "Resource type not known",
                format!(
                    "The provider {} has no {type_name}, of which the state holds objects.",
                    provider.provider.short()
                ),
            )
            .into()
        })
    }
}
