//! Providers that live in this process.

use crate::{
    ApplyRequest, ApplyResponse, Client, ImportedObject, PlanRequest, PlanResponse, Private, Provider,
    ProviderSchema, ReadObject, ReadResponse, Traffic, UpgradeRequest,
};
use async_trait::async_trait;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use terrane_address::{InstanceKey, Mode, ProviderConfigAddress, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_schema::{Block, Nesting, Schema};
use terrane_value::{Kind, Type, Value, from_json_with_type};

/// The providers of a run by their address, as printed by
/// `terrane_address::ProviderAddress`.
#[derive(Clone, Default)]
pub struct Providers {
    real: BTreeMap<String, Arc<dyn Provider>>,
    /// What serves a provider configuration, by its address, in place of its provider.
    for_configurations: BTreeMap<String, Arc<dyn Provider>>,
    /// What serves an instance, or all instances of a resource, in place of its provider.
    for_instances: BTreeMap<String, Arc<dyn Provider>>,
}

impl Providers {
    /// Adds a provider under its address.
    pub fn insert(&mut self, address: impl ToString, provider: Arc<dyn Provider>) {
        self.real.insert(address.to_string(), provider);
    }

    /// The provider with this address.
    pub fn get(&self, address: &impl ToString) -> Option<&Arc<dyn Provider>> {
        self.real.get(&address.to_string())
    }

    /// Lets `provider` serve a provider configuration, as tests do.
    pub fn stand_in_for(&mut self, configuration: &ProviderConfigAddress, provider: Arc<dyn Provider>) {
        self.for_configurations.insert(configuration.to_string(), provider);
    }

    /// Lets `provider` serve one instance or, when it has no key, all instances of a resource, as tests do.
    pub fn stand_in_for_instance(&mut self, instance: &ResourceInstance, provider: Arc<dyn Provider>) {
        self.for_instances.insert(instance.to_string(), provider);
    }

    /// What serves a provider configuration.
    pub fn serving(&self, configuration: &ProviderConfigAddress) -> Option<&Arc<dyn Provider>> {
        if !self.for_configurations.is_empty()
            && let Some(stand_in) = self.for_configurations.get(&configuration.to_string())
        {
            return Some(stand_in);
        }
        self.get(&configuration.provider)
    }

    /// What serves an instance under a provider configuration.
    pub fn serving_instance(
        &self,
        configuration: &ProviderConfigAddress,
        instance: &ResourceInstance,
    ) -> Option<&Arc<dyn Provider>> {
        self.stand_in(instance).or_else(|| self.serving(configuration))
    }

    /// What serves an instance in place of its provider.
    pub fn stand_in(&self, instance: &ResourceInstance) -> Option<&Arc<dyn Provider>> {
        if self.for_instances.is_empty() {
            return None;
        }
        let any = ResourceInstance { key: InstanceKey::None, ..instance.clone() };
        let one = self.for_instances.get(&instance.to_string());
        one.or_else(|| self.for_instances.get(&any.to_string()))
    }

    /// The schemas of all of them. A provider is asked for its own when they are needed.
    pub fn schemas(&self) -> Schemas {
        let entry = |provider: &Arc<dyn Provider>| {
            let provider = provider.clone();
            Arc::new(LazyLock::new(Box::new(move || provider.schema()) as Asking))
        };
        Schemas(self.real.iter().map(|(address, provider)| (address.clone(), entry(provider))).collect())
    }

    /// What the calls of all of them have cost so far, by provider address: the first, of one that has several.
    pub fn traffic(&self) -> BTreeMap<&str, Vec<Traffic>> {
        let mut counted: Vec<&Arc<dyn Provider>> = Vec::new();
        let mut traffic = BTreeMap::new();
        for (address, provider) in &self.real {
            if !counted.iter().any(|other| Arc::ptr_eq(other, provider)) {
                counted.push(provider);
                traffic.insert(address.as_str(), provider.traffic());
            }
        }
        traffic.retain(|_, rows| !rows.is_empty());
        traffic
    }

    /// All of them by address.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<dyn Provider>)> {
        self.real.iter().map(|(address, provider)| (address.as_str(), provider))
    }

    /// All addresses.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.real.keys().map(String::as_str)
    }
}

type Asking = Box<dyn FnOnce() -> Arc<ProviderSchema> + Send>;

/// The schemas of the providers of a run, by provider address.
#[derive(Clone, Debug, Default)]
pub struct Schemas(BTreeMap<String, Arc<LazyLock<Arc<ProviderSchema>, Asking>>>);

impl Schemas {
    /// Adds a provider's schemas under its address.
    pub fn insert(&mut self, address: impl ToString, schema: Arc<ProviderSchema>) {
        self.0.insert(address.to_string(), Arc::new(LazyLock::new(Box::new(move || schema))));
    }

    /// The schemas of the provider with this address.
    pub fn get(&self, address: &impl ToString) -> Option<&Arc<ProviderSchema>> {
        self.0.get(&address.to_string()).map(|schema| &***schema)
    }

    /// The schema of a resource type, data source or ephemeral resource type.
    pub fn resource(&self, provider: &impl ToString, mode: Mode, type_name: &str) -> Option<&Schema> {
        self.shared(provider, mode, type_name).map(|schema| &**schema)
    }

    /// The same as [`Schemas::resource`], for those who keep it.
    pub fn shared(&self, provider: &impl ToString, mode: Mode, type_name: &str) -> Option<&Arc<Schema>> {
        let schema = self.get(provider)?;
        match mode {
            Mode::Managed => schema.resources.get(type_name),
            Mode::Data => schema.data_sources.get(type_name),
            Mode::Ephemeral => schema.ephemeral.get(type_name),
        }
    }

    /// All of them by provider address.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<ProviderSchema>)> {
        self.0.iter().map(|(address, schema)| (address.as_str(), &***schema))
    }
}

/// The default of [`Provider::upgrade`]: JSON without attributes that the schema no longer has,
/// read as the present schema's type.
pub fn upgrade_by_schema(schema: &ProviderSchema, request: &UpgradeRequest) -> Result<Value, Diagnostics> {
    let fail = |detail: String| Diagnostics::from(Diagnostic::error("Failed to read stored object", detail));
    let schema = schema.resources.get(&*request.type_name).ok_or_else(|| {
        fail(format!("The provider does not know the resource type {:?}.", request.type_name))
    })?;
    if request.version > schema.version {
        return Err(fail(format!(
            "The object was stored with version {} of the schema of {}; this provider knows versions up to {}. \
             A newer version of the provider is needed.",
            request.version, request.type_name, schema.version
        )));
    }
    value_by_schema(&request.json, &schema.block).map_err(|e| fail(format!("{}: {e}", request.type_name)))
}

/// JSON as an object of a block's type: without attributes that the block does not have, and with
/// null where it has some that the JSON does not.
pub fn value_by_schema(json: &serde_json::Value, block: &Block) -> Result<Value, String> {
    let mut json = json.clone();
    conform_block(&mut json, block);
    from_json_with_type(&json, &block.implied_type()).map_err(|e| e.to_string())
}

/// Drops what `block` does not have and adds what it has: attributes as null, nested blocks as
/// none, at every depth.
fn conform_block(json: &mut serde_json::Value, block: &Block) {
    let Some(object) = json.as_object_mut() else { return };
    object.retain(|name, _| {
        block.attributes.contains_key(name.as_str()) || block.blocks.contains_key(name.as_str())
    });
    for (name, attribute) in &block.attributes {
        conform(object.entry(name.to_string()).or_insert(serde_json::Value::Null), &attribute.value_type());
    }
    for (name, nested) in &block.blocks {
        let value = object.entry(name.to_string()).or_insert(serde_json::Value::Null);
        match nested.nesting {
            Nesting::List | Nesting::Set if value.is_null() => *value = serde_json::json!([]),
            Nesting::Map if value.is_null() => *value = serde_json::json!({}),
            Nesting::List | Nesting::Set => {
                value.as_array_mut().into_iter().flatten().for_each(|v| conform_block(v, &nested.block));
            }
            Nesting::Map => {
                let values = value.as_object_mut().into_iter().flat_map(|o| o.values_mut());
                values.for_each(|v| conform_block(v, &nested.block));
            }
            Nesting::Single | Nesting::Group => conform_block(value, &nested.block),
        }
    }
}

/// Drops the attributes that `ty` does not have and adds those it has as null, at every depth.
fn conform(json: &mut serde_json::Value, ty: &Type) {
    match (json, ty) {
        (serde_json::Value::Object(object), Type::Object(known)) => {
            object.retain(|name, _| known.attributes.contains_key(name.as_str()));
            for (name, ty) in &known.attributes {
                conform(object.entry(name.to_string()).or_insert(serde_json::Value::Null), ty);
            }
        }
        (serde_json::Value::Object(object), Type::Map(element)) => {
            object.values_mut().for_each(|v| conform(v, element));
        }
        (serde_json::Value::Array(elements), Type::List(element) | Type::Set(element)) => {
            elements.iter_mut().for_each(|v| conform(v, element));
        }
        _ => {}
    }
}

/// A provider for tests of the engine, whose objects are what their configuration says, with
/// unset computed strings made up from a counter. Every call is recorded.
pub struct MockProvider {
    schema: Arc<ProviderSchema>,
    calls: Mutex<Vec<String>>,
    counter: Mutex<u64>,
}

struct MockClient;

impl Client for MockClient {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl MockProvider {
    /// A mock that offers `schema`.
    pub fn new(schema: ProviderSchema) -> MockProvider {
        MockProvider { schema: Arc::new(schema), calls: Mutex::default(), counter: Mutex::default() }
    }

    /// The calls so far: `read aws_vpc 3`, `plan aws_vpc`, `apply aws_vpc create`.
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().map(|c| c.clone()).unwrap_or_default()
    }

    fn record(&self, call: String) {
        if let Ok(mut calls) = self.calls.lock() {
            calls.push(call);
        }
    }

    fn fill(&self, value: &Value) -> Value {
        match value.kind() {
            Kind::Unknown(ty, _) if *ty == Type::String => {
                let mut counter = self.counter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                *counter += 1;
                Value::string(format!("mock-{counter}"))
            }
            Kind::Unknown(ty, _) => Value::null(ty.clone()),
            Kind::Object(attributes) => {
                Value::object(attributes.iter().map(|(k, v)| (k.clone(), self.fill(v))))
            }
            _ => value.clone(),
        }
    }
}

#[async_trait]
impl Provider for MockProvider {
    fn schema(&self) -> Arc<ProviderSchema> {
        self.schema.clone()
    }

    async fn configure(&self, _config: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        self.record("configure".into());
        Ok(Arc::new(MockClient))
    }

    async fn read(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        self.record(format!("read {type_name} {}", objects.len()));
        objects.into_iter().map(|o| Ok(Some(ReadResponse { state: o.state, private: o.private }))).collect()
    }

    async fn plan(&self, _client: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse {
        self.record(format!("plan {}", request.type_name));
        let mut planned = request.proposed.clone();
        if let Some(schema) = self.schema.resources.get(&*request.type_name) {
            for (name, attribute) in &schema.block.attributes {
                let unset = planned.attribute(name).is_some_and(|v| v.is_null());
                if attribute.computed && unset && request.prior.is_null() {
                    planned = planned.with_attribute(name, Value::unknown(attribute.value_type()));
                }
            }
        }
        PlanResponse {
            planned,
            requires_replace: Vec::new(),
            private: request.private,
            legacy_types: false,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn apply(&self, _client: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse {
        let action = match (request.prior.is_null(), request.planned.is_null()) {
            (true, _) => "create",
            (false, true) => "delete",
            (false, false) => "update",
        };
        self.record(format!("apply {} {action}", request.type_name));
        ApplyResponse {
            state: self.fill(&request.planned),
            private: request.private,
            legacy_types: false,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn import(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        self.record(format!("import {type_name} {id}"));
        let schema = self.schema.resources.get(type_name);
        let empty = schema.map(|s| s.block.empty_value()).unwrap_or(Value::NULL);
        Ok(vec![ImportedObject {
            type_name: type_name.to_owned(),
            state: empty.with_attribute("id", Value::from(id)),
            private: Private::default(),
        }])
    }

    async fn read_data(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics> {
        self.record(format!("read_data {type_name}"));
        Ok(self.fill(&config))
    }
}
