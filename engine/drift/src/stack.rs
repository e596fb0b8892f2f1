//! A state with the provider configurations that its objects are read through.

use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, ModulePath, ProviderConfigAddress, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_plan::{last_provider_config, mark_object};
use terrane_provider::{Providers, ReadOnly, Schemas};
use terrane_schema::Schema;
use terrane_state::{Object, State};
use terrane_value::{Value, from_json_with_type};

/// A stack that is ready to be read: plain data, which needs neither its configuration nor its
/// directory any more.
#[derive(Clone)]
pub struct Stack {
    /// Its name: the directory it is in.
    pub name: String,
    /// The workspace.
    pub workspace: String,
    /// The serial of the state: what is found is drift from this one.
    pub serial: u64,
    /// The lineage of the state.
    pub lineage: String,
    /// What its objects are read through.
    pub connections: Vec<Connection>,
    /// Problems with single objects or provider configurations.
    pub problems: Diagnostics,
    /// How many objects are not read because of them.
    pub unreadable: usize,
}

/// A provider configuration and the objects that are read through it.
#[derive(Clone)]
pub struct Connection {
    /// The address of the provider configuration.
    pub address: ProviderConfigAddress,
    /// The provider.
    pub provider: ReadOnly,
    /// The provider configuration, without marks.
    pub config: Value,
    /// The objects by type.
    pub batches: Vec<Batch>,
}

/// The objects of one type that are read together.
#[derive(Clone)]
pub struct Batch {
    /// The resource type.
    pub type_name: Arc<str>,
    /// Its schema.
    pub schema: Arc<Schema>,
    /// Each present object, with the instance that it is of.
    pub objects: Vec<(ResourceInstance, Arc<Object>)>,
    /// Objects that were replaced and are still to be destroyed: managed, and not read.
    pub deposed: Vec<Arc<Object>>,
}

impl Stack {
    /// The stack of `state`, by the configuration that `ev` evaluates. Data sources and other objects
    /// that provider configurations are made from have the values that the state has for them:
    /// nothing is read here.
    pub fn new(
        name: String,
        ev: &Evaluator<'_>,
        schemas: &Schemas,
        providers: &Providers,
        state: &State,
    ) -> Stack {
        deliver_stored(ev, schemas, state);
        let mut stack = Stack {
            name,
            workspace: ev.inputs().workspace.clone(),
            serial: state.serial,
            lineage: state.lineage.clone(),
            connections: Vec::new(),
            problems: Diagnostics::new(),
            unreadable: 0,
        };
        for (address, batches) in grouped(ev, state) {
            let count: usize = batches.values().map(|(objects, _)| objects.len()).sum();
            match connection(ev, schemas, providers, state, &address, batches) {
                Ok((connection, left_out)) => {
                    stack.unreadable += count - connection.object_count();
                    stack.problems.append(left_out);
                    stack.connections.push(connection);
                }
                Err(problems) => {
                    stack.unreadable += count;
                    stack.problems.append(problems);
                }
            }
        }
        stack
    }

    /// How many objects are managed, those included that cannot be read.
    pub fn object_count(&self) -> usize {
        self.connections.iter().map(Connection::object_count).sum::<usize>() + self.unreadable
    }
}

impl Connection {
    fn object_count(&self) -> usize {
        self.batches.iter().map(|batch| batch.objects.len()).sum()
    }
}

/// The present and the deposed objects by type.
type Objects = BTreeMap<Arc<str>, (Vec<(ResourceInstance, Arc<Object>)>, Vec<Arc<Object>>)>;

/// The managed objects by the provider configuration that they are read through, and by type.
fn grouped(ev: &Evaluator<'_>, state: &State) -> BTreeMap<ProviderConfigAddress, Objects> {
    let mut groups: BTreeMap<ProviderConfigAddress, Objects> = BTreeMap::new();
    // Also those without objects: objects that nobody manages may be there.
    if let Some(root) = ev.inputs().config.module(&ModulePath::root()) {
        for block in root.providers.values() {
            let provider = root.provider_address(&block.local_name);
            let address = ProviderConfigAddress {
                module: ModulePath::root(),
                provider,
                alias: block.alias.clone(),
                key: InstanceKey::None,
            };
            if block.for_each.is_none() && ev.has_provider(&address).unwrap_or(false) {
                groups.entry(address).or_default();
            }
        }
    }
    for (address, resource, instance) in state.instances() {
        if address.resource.mode != Mode::Managed {
            continue;
        }
        // What the configuration says, as far as that is one; otherwise what last managed the object.
        let declared = ev.inputs().config.resource_providers.get(&address.config());
        let declared = declared.filter(|p| p.alias.is_none() || ev.has_provider(p).unwrap_or(false));
        let provider_of = |object| declared.cloned().unwrap_or_else(|| resource.provider_of(object));
        let type_name = &address.resource.type_name;
        let mut objects_of = |provider, add: &dyn Fn(&mut (Vec<_>, Vec<_>))| {
            add(groups.entry(provider).or_default().entry(type_name.clone()).or_default());
        };
        if let Some(object) = &instance.current {
            objects_of(provider_of(object), &|all| all.0.push((address.clone(), object.clone())));
        }
        for object in instance.deposed.values() {
            objects_of(provider_of(object), &|all| all.1.push(object.clone()));
        }
    }
    groups
}

/// The connection, and problems with types that the provider does not know.
fn connection(
    ev: &Evaluator<'_>,
    schemas: &Schemas,
    providers: &Providers,
    state: &State,
    address: &ProviderConfigAddress,
    objects: Objects,
) -> Result<(Connection, Diagnostics), Diagnostics> {
    let Some(provider) = providers.get(&address.provider) else {
        let detail = format!(
            "The state has objects of {}, which is neither part of Terrane nor installed here. Run \"terrane init\".",
            address.provider.short()
        );
        return Err(Diagnostic::error("Provider not available", detail).into());
    };
    let provider = ReadOnly::new(provider.clone());
    let config =
        match last_provider_config(ev, schemas, state, address).map_err(|stop| failed(stop, address))? {
            Some(config) => config,
            None => ev.provider_config(address).map_err(|stop| failed(stop, address))?.0,
        };
    let config = config.unmark_deep().0;
    let problems = provider.validate_provider(&config);
    if problems.has_errors() {
        return Err(problems);
    }
    let mut left_out = Diagnostics::new();
    let mut batches = Vec::new();
    for (type_name, (objects, deposed)) in objects {
        match schemas.shared(&address.provider, Mode::Managed, &type_name) {
            Some(schema) => batches.push(Batch { type_name, schema: schema.clone(), objects, deposed }),
            None => left_out.push(Diagnostic::error(
                "Resource type not known",
                format!(
                    "The provider {} has no {type_name}, of which the state holds objects.",
                    address.provider.short()
                ),
            )),
        }
    }
    Ok((Connection { address: address.clone(), provider, config, batches }, left_out))
}

fn failed(stop: Stop, address: &ProviderConfigAddress) -> Diagnostics {
    match stop {
        Stop::Failed(problems) => problems,
        Stop::Blocked(on) => {
            let on: Vec<&str> = on.iter().map(|fact| &**fact).collect();
            Diagnostic::error(
                "Provider configuration not known",
                format!(
                    "{address} is made from {}, of which the state has no value, and looking for drift reads no data \
                     sources and opens nothing. Apply the configuration once, or make the provider configuration from \
                     variables.",
                    on.join(", ")
                ),
            )
            .into()
        }
    }
}

/// Lets provider configurations be made from what the state has.
fn deliver_stored(ev: &Evaluator<'_>, schemas: &Schemas, state: &State) {
    for (address, resource, instance) in state.instances() {
        let Some(object) = &instance.current else { continue };
        let (mode, type_name) = (address.resource.mode, &address.resource.type_name);
        let Some(schema) = schemas.resource(&resource.provider.provider, mode, type_name) else { continue };
        if let Ok(value) = from_json_with_type(&object.attributes.json(), &schema.block.implied_type()) {
            ev.deliver(&address, &mark_object(&schema.block, &value, &object.sensitive_paths));
        }
    }
}
