//! Imports: objects that exist and are to be managed from now on.

use super::{Done, Driver, Job};
use crate::change::{ChangeInput, plan_change};
use crate::generate::{configuration_of, configuration_text};
use crate::objects::{encode_object, mark_object};
use crate::refresh::{PriorObject, with_address};
use crate::{Event, PlanMode, ResourceChange};
use std::collections::HashMap;
use std::sync::Arc;
use terrane_address::{ConfigResource, InstanceKey, Mode, ProviderConfigAddress, ResourceInstance};
use terrane_config::import_target;
use terrane_diagnostics::{Context, Diagnostic, Diagnostics, Span};
use terrane_evaluate::{DesiredInstance, Stop};
use terrane_provider::{Client, ImportKey, Provider, ReadObject, ReadResponse, no_identities};
use terrane_state::{ObjectStatus, StateWrite};

/// What `import` blocks ask for.
#[derive(Default)]
pub(super) struct Imports {
    /// How many blocks with an import to the resource are not evaluated yet.
    pending: HashMap<ConfigResource, usize>,
    /// What they are found by, by the instance that they are imported to, and the blocks.
    wanted: HashMap<ResourceInstance, (ImportKey, Span)>,
    /// Those that were asked for.
    asked: HashMap<ResourceInstance, ImportKey>,
}

/// An object that was found, or why it was not.
pub(super) struct Imported {
    address: ResourceInstance,
    provider: ProviderConfigAddress,
    answer: Result<ReadResponse, Diagnostics>,
}

fn evaluated_fact(resource: &ConfigResource) -> Arc<str> {
    format!("imports to {resource}").into()
}

fn imported_fact(address: &ResourceInstance) -> Arc<str> {
    format!("import to {address}").into()
}

impl Driver<'_, '_> {
    /// Begins with the import blocks. They mean nothing when everything is destroyed, and nothing is
    /// taken in by a plan that only looks.
    pub(super) fn begin_imports(&mut self) {
        if self.options.mode != PlanMode::Normal {
            return;
        }
        let Some(root) = self.inputs.config.module(&terrane_address::ModulePath::root()) else { return };
        for (number, import) in root.imports.iter().enumerate() {
            let Some(target) = import_target(&import.to) else { continue };
            *self.imports.pending.entry(target.resource).or_default() += 1;
            self.board.push(Job::Import(number));
        }
    }

    /// Evaluates an import block.
    pub(super) fn import(&mut self, number: usize) -> Result<(), Stop> {
        let root = self.inputs.config.module(&terrane_address::ModulePath::root());
        let Some(import) = root.and_then(|m| m.imports.get(number)) else { return Ok(()) };
        let requests = self.ev.import_requests(import)?;
        if let Some(target) = import_target(&import.to)
            && let Some(left) = self.imports.pending.get_mut(&target.resource)
        {
            *left -= 1;
            if *left == 0 {
                self.board.arrive(&evaluated_fact(&target.resource));
            }
        }
        for request in requests {
            if self.had_object(&request.to) {
                continue;
            }
            let other = self.imports.wanted.insert(request.to.clone(), (request.key.clone(), import.span));
            if other.is_some_and(|(key, _)| key != request.key) {
                let detail = format!(
                    "More than one import block imports to {}, from different objects. An instance is one object \
                     only: remove one of the blocks.",
                    request.to
                );
                return Err(Diagnostic::error("Duplicate import configuration", detail)
                    .at(import.span)
                    .into());
            }
            if self.inputs.config.resource(&request.to.config()).is_none() {
                if self.options.generate_config && request.to.module.is_root() {
                    self.board.push(Job::Generate(request.to));
                } else if self.options.selection.names(&request.to) {
                    self.found.problems.push(no_configuration(&request.to, import.span));
                }
            }
        }
        Ok(())
    }

    /// Blocks until it is known whether `address` is imported, and then until the object is there.
    pub(super) fn imported_first(&mut self, address: &ResourceInstance) -> Result<(), Stop> {
        if self.imports.pending.is_empty() {
            return Ok(());
        }
        if self.imports.pending.get(&address.config()).is_some_and(|left| *left > 0) {
            return Err(Stop::Blocked([evaluated_fact(&address.config())].into()));
        }
        if self.had_object(address) || self.found.prior.contains_key(&(address.clone(), None)) {
            return Ok(());
        }
        let Some((key, span)) = self.imports.wanted.get(address).cloned() else { return Ok(()) };
        let config = self.inputs.config.resource_providers.get(&address.config());
        let provider_config = match config {
            Some(provider) => provider.clone(),
            None => self.provider_of_generated(address)?,
        };
        let provider = self.provider(&provider_config)?;
        let client = self.client(&provider_config)?;
        if self.imports.asked.insert(address.clone(), key.clone()).is_none() {
            let key = whole(&key, &*provider, address).map_err(|problem| problem.at(span))?;
            self.emit(Event::ImportStarted { address: address.clone(), key: key.clone() });
            let address = address.clone();
            self.running.push(Box::pin(async move {
                let answer = find(&*provider, &client, &address, &key).await;
                Done::Imported(Imported { address, provider: provider_config, answer })
            }));
        }
        Err(Stop::Blocked([imported_fact(address)].into()))
    }

    pub(super) fn imported(&mut self, imported: Imported) {
        let Imported { address, provider, answer } = imported;
        let span = self.imports.wanted.get(&address).map(|(_, span)| *span);
        let object = match answer {
            Ok(object) => object,
            Err(problems) => {
                let problems = with_address(problems, &address).into_iter().map(|mut d| {
                    d.subject = d.subject.or(span);
                    d
                });
                self.found.problems.append(problems.collect());
                return;
            }
        };
        let Ok(schema) = self.schema(&provider, Mode::Managed, &address.resource.type_name) else { return };
        let value = mark_object(&schema.block, &object.state, &[]);
        self.emit(Event::Refreshed { address: address.clone(), id: crate::object_id(&value) });
        let stored =
            encode_object(&schema, &value, object.private.clone(), Vec::new(), ObjectStatus::Ready, false);
        let stored = match stored {
            Ok(stored) => Arc::new(stored),
            Err(problem) => {
                self.found.problems.push(problem.about(Context::Address, address.to_string()));
                return;
            }
        };
        self.found.state.write(StateWrite::Put {
            address: address.clone(),
            deposed: None,
            provider: provider.clone(),
            object: stored.clone(),
        });
        let prior = PriorObject {
            stored: value.clone(),
            current: Some(value),
            private: object.private,
            tainted: false,
            read: true,
            provider,
            object: stored,
        };
        self.found.prior.insert((address.clone(), None), prior);
        self.board.arrive(&imported_fact(&address));
    }

    /// What an instance was found by when this plan imports it.
    pub(super) fn import_key(&self, address: &ResourceInstance) -> Option<ImportKey> {
        self.imports.asked.get(address).cloned()
    }

    /// Import blocks whose instance the configuration turned out not to have.
    pub(super) fn report_unused_imports(&mut self) {
        let mut unused: Vec<(&ResourceInstance, Span)> = (self.imports.wanted.iter())
            .filter(|(address, _)| !self.imports.asked.contains_key(*address))
            .filter(|(address, _)| self.options.selection.names(address))
            .filter(|(address, _)| super::is_declared(self.ev, address) == Some(false))
            .map(|(address, (_, span))| (address, *span))
            .collect();
        unused.sort();
        let problems: Vec<Diagnostic> =
            unused.into_iter().map(|(a, span)| no_configuration(a, span)).collect();
        problems.into_iter().for_each(|p| self.found.problems.push(p));
    }

    /// Plans an imported object under the configuration that it seems to have come from.
    pub(super) fn generate(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        self.imported_first(&address)?;
        let Some(prior) = self.found.prior.get(&(address.clone(), None)).cloned() else { return Ok(()) };
        let provider = self.provider(&prior.provider)?;
        let client = self.client_for(&prior.provider, &address.module)?;
        let schema = self.schema(&prior.provider, Mode::Managed, &address.resource.type_name)?;
        let (object, _) = prior.stored.unmark_deep();
        let type_name = &address.resource.type_name;
        let check = |config: &terrane_value::Value| provider.validate_resource(type_name, config);
        let config = configuration_of(&schema.block, &object, check);
        let text: Arc<str> = configuration_text(&address, &schema.block, &config).into();
        let desired = DesiredInstance {
            address: address.clone(),
            provider: prior.provider.clone(),
            config,
            dependencies: Default::default(),
            depends_on: Default::default(),
            create_before_destroy: false,
            prevent_destroy: false,
            ignore_changes: Vec::new(),
            ignore_all_changes: false,
        };
        self.found.desired.insert(address.clone());
        let importing = self.import_key(&address);
        let input = ChangeInput {
            provider,
            client,
            schema,
            desired,
            prior: Some(prior),
            span: None,
            write_only_key: self.options.write_only_key.clone(),
            forced: None,
            importing,
        };
        self.running.push(Box::pin(async move {
            let (change, problems) = plan_change(input).await;
            let change = change.map(|c| ResourceChange { generated_config: Some(text), ..c });
            Done::Planned(address, Box::new(change), problems)
        }));
        Ok(())
    }

    /// The provider configuration of a resource that has no block yet: the default one of the provider
    /// that its type is named after.
    fn provider_of_generated(&self, address: &ResourceInstance) -> Result<ProviderConfigAddress, Stop> {
        let root = self.inputs.config.module(&address.module.path());
        let type_name = &address.resource.type_name;
        let local_name = type_name.split('_').next().unwrap_or(type_name);
        let provider = root.map(|m| m.provider_address(local_name));
        let provider = provider.ok_or_else(|| Stop::Failed(Diagnostics::new()))?;
        Ok(ProviderConfigAddress {
            module: address.module.path(),
            provider,
            alias: None,
            key: InstanceKey::None,
        })
    }
}

/// A key as the provider wants it: identities with all attributes of their schema.
fn whole(
    key: &ImportKey,
    provider: &dyn Provider,
    address: &ResourceInstance,
) -> Result<ImportKey, Diagnostic> {
    let ImportKey::Identity(given) = key else { return Ok(key.clone()) };
    let type_name = &address.resource.type_name;
    let schema = provider.schema();
    let schema = schema.identities.get(type_name).ok_or_else(|| no_identities(type_name))?;
    schema.import_value(given).map(ImportKey::Identity).map_err(|why| {
        Diagnostic::error(
            "Invalid import identity argument",
            format!("The identity of {address}, which is of type {type_name}, {why}."),
        )
    })
}

/// The object with an import id or identity as it is now.
async fn find(
    provider: &dyn Provider,
    client: &Arc<dyn Client>,
    address: &ResourceInstance,
    key: &ImportKey,
) -> Result<ReadResponse, Diagnostics> {
    let type_name = &*address.resource.type_name;
    let not_found = || {
        Diagnostic::error(
            "Cannot import non-existent remote object",
            format!(
                "While attempting to import an existing object to {address:?}, the provider detected that no object \
                 exists with the {argument} {key:?}. Only pre-existing objects can be imported; check that the id is correct \
                 and that it is associated with the provider's configured region or endpoint, or remove the import \
                 to create a new remote object for this resource.",
                address = address.to_string(),
                argument = key.argument(),
                key = key.to_string(),
            ),
        )
    };
    let found = match key {
        ImportKey::Id(id) => provider.import(client, type_name, id).await?,
        ImportKey::Identity(identity) => provider.import_by_identity(client, type_name, identity).await?,
    };
    let imported = found.into_iter().find(|i| i.type_name == type_name).ok_or_else(not_found)?;
    let object = ReadObject { state: imported.state, private: imported.private };
    let read = provider.read(client, type_name, vec![object]).await.into_iter().next();
    read.transpose()?.flatten().ok_or_else(|| not_found().into())
}

fn no_configuration(address: &ResourceInstance, span: Span) -> Diagnostic {
    Diagnostic::error(
        "Configuration for import target does not exist",
        format!(
            "The configuration for the given import target {address} does not exist. All target instances must have \
             an associated configuration to be imported: write it, or let it be written with:\n  terrane plan \
             -generate-config-out=generated.tf"
        ),
    )
    .at(span)
}
