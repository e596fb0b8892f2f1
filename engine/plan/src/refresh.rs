//! Refresh: the objects in state as they are now, read in batches of one type under one client.

use crate::objects::{decode_object, encode_object, mark_object};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{ModuleInstance, ProviderConfigAddress, ResourceInstance};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_evaluate::Evaluator;
use terrane_provider::{Client, Private, Provider, ReadObject};
use terrane_schema::Schema;
use terrane_state::{Object, ObjectStatus};
use terrane_value::Value;

/// The objects of one type under one provider configuration.
#[derive(Clone, Debug)]
pub struct RefreshGroup {
    /// The provider configuration.
    pub provider: ProviderConfigAddress,
    /// The module that they are all of, when it says something of itself to the provider.
    pub module: Option<ModuleInstance>,
    /// The type.
    pub type_name: Arc<str>,
    /// Whether they are read; otherwise they are taken as they are stored.
    pub read: bool,
    /// Them, with the keys of deposed ones.
    pub objects: Vec<(ResourceInstance, Option<Arc<str>>, Arc<Object>)>,
}

/// Objects in state by what can be read together.
#[derive(Default)]
pub struct RefreshGroups(BTreeMap<GroupKey, RefreshGroup>);

type GroupKey = (ProviderConfigAddress, Option<ModuleInstance>, Arc<str>, bool);

impl RefreshGroups {
    /// Adds an object of an instance, of which `deposed` says whether it was replaced already. Modules that say something of
    /// themselves (`ev` knows) are read one by one.
    pub fn add(
        &mut self,
        ev: &Evaluator<'_>,
        provider: ProviderConfigAddress,
        (address, deposed, object): (&ResourceInstance, Option<Arc<str>>, &Arc<Object>),
        read: bool,
    ) {
        let tells = ev.has_provider_meta(&address.module, &provider.provider);
        let module = tells.then(|| address.module.clone());
        let type_name = address.resource.type_name.clone();
        let key = (provider, module, type_name, read);
        let group =
            self.0.entry(key).or_insert_with_key(|(provider, module, type_name, read)| RefreshGroup {
                provider: provider.clone(),
                module: module.clone(),
                type_name: type_name.clone(),
                read: *read,
                objects: Vec::new(),
            });
        group.objects.push((address.clone(), deposed, object.clone()));
    }

    /// The groups.
    pub fn into_groups(self) -> impl Iterator<Item = RefreshGroup> {
        self.0.into_values()
    }
}

/// An object in state, as a value.
#[derive(Clone, Debug)]
pub struct PriorObject {
    /// As stored, marked.
    pub stored: Value,
    /// As it is now, marked; `None` when it is gone.
    pub current: Option<Value>,
    /// What the provider keeps with it now.
    pub private: Private,
    /// Whether it is to be replaced.
    pub tainted: bool,
    /// Whether it was read.
    pub read: bool,
    /// The provider configuration that it was read with.
    pub provider: ProviderConfigAddress,
    /// The object in state.
    pub object: Arc<Object>,
}

impl PriorObject {
    /// Whether it is as the state has it.
    pub fn is_as_stored(&self) -> bool {
        self.current.as_ref() == Some(&self.stored) && self.private == self.object.private
    }

    /// The object to store in the place of the one that was; `None` when nothing has changed, or it is gone.
    pub fn renewed(&self, schema: &Schema) -> Result<Option<Object>, Diagnostic> {
        let Some(current) = &self.current else { return Ok(None) };
        if self.is_as_stored() {
            return Ok(None);
        }
        let object = encode_object(
            schema,
            current,
            self.private.clone(),
            self.object.dependencies.clone(),
            self.object.status,
            self.object.create_before_destroy,
        )?;
        Ok(Some(Object { kept: self.object.kept.clone(), ..object }))
    }
}

/// What became of each object of a group, and problems.
pub type Refreshed = Vec<(ResourceInstance, Option<Arc<str>>, Result<PriorObject, Diagnostics>)>;

/// Decodes the objects of a group and, with a client, reads them.
pub async fn refresh_group(
    provider: Arc<dyn Provider>,
    client: Option<Arc<dyn Client>>,
    schema: Arc<Schema>,
    group: RefreshGroup,
) -> Refreshed {
    let mut decoded = Vec::with_capacity(group.objects.len());
    for (address, deposed, object) in group.objects {
        let value = decode_object(&*provider, &group.type_name, &object).await;
        decoded.push((address, deposed, object, value));
    }
    let answers = match &client {
        Some(client) => {
            let objects = decoded
                .iter()
                .filter_map(|(_, _, object, value)| {
                    let state = value.as_ref().ok()?.clone();
                    Some(ReadObject { state, private: object.private.clone() })
                })
                .collect();
            Some(provider.read(client, &group.type_name, objects).await)
        }
        None => None,
    };
    let mut answers = answers.map(Vec::into_iter);
    decoded
        .into_iter()
        .map(|(address, deposed, object, value)| {
            let prior = value.and_then(|stored| {
                let (current, private) = match answers.as_mut().map(Iterator::next) {
                    None => (Some(stored.clone()), object.private.clone()),
                    Some(Some(Ok(Some(read)))) => (Some(read.state), read.private),
                    Some(Some(Ok(None))) => (None, object.private.clone()),
                    Some(Some(Err(problems))) => return Err(problems),
                    Some(None) => return Err(missing_answer()),
                };
                let mark = |v: &Value| mark_object(&schema.block, v, &object.sensitive_paths);
                // What did not change is held once.
                let marked = mark(&stored);
                let current = current.map(|v| if v == stored { marked.clone() } else { mark(&v) });
                Ok(PriorObject {
                    stored: marked,
                    current,
                    private,
                    read: client.is_some(),
                    tainted: object.status == ObjectStatus::Tainted,
                    provider: group.provider.clone(),
                    object,
                })
            });
            let prior = prior.map_err(|problems| with_address(problems, &address));
            (address, deposed, prior)
        })
        .collect()
}

/// Problems of one instance, saying whose they are.
pub(crate) fn with_address(problems: Diagnostics, address: &ResourceInstance) -> Diagnostics {
    problems
        .into_iter()
        .map(|d| {
            if d.about.iter().any(|(kind, _)| *kind == Context::Address) {
                d
            } else {
                d.about(Context::Address, address.to_string())
            }
        })
        .collect()
}

fn missing_answer() -> Diagnostics {
    Diagnostic::error(
        "Provider gave too few answers",
        "The provider was asked to read several objects and left some out. This is a bug in the provider.",
    )
    .into()
}
