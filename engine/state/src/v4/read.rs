//! Text to state.

use super::StateError;
use super::object::{KnownDependencies, ObjectJson};
use crate::{InstanceState, OutputState, ResourceState, State};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, ModuleInstance, ProviderConfigAddress, Resource, ResourceAddress};
use terrane_value::{is_too_nested, nested_json};

/// Just enough to know which format a text is in.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    version: Json,
    #[serde(default)]
    terraform_version: Option<String>,
}

#[derive(Deserialize)]
struct StateJson {
    version: u64,
    #[serde(default)]
    serial: u64,
    #[serde(default)]
    lineage: String,
    #[serde(default)]
    outputs: Option<BTreeMap<String, OutputJson>>,
    #[serde(default)]
    resources: Option<Vec<ResourceJson>>,
    #[serde(default)]
    check_results: Json,
}

/// An output as stored.
#[derive(Deserialize)]
pub(crate) struct OutputJson {
    #[serde(default)]
    value: Json,
    #[serde(rename = "type", default)]
    ty: Json,
    #[serde(default)]
    sensitive: bool,
}

#[derive(Deserialize)]
struct ResourceJson {
    #[serde(default)]
    module: String,
    #[serde(default)]
    mode: String,
    #[serde(rename = "type", default)]
    type_name: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    instances: Option<Vec<ObjectJson>>,
}

/// Reads a state file.
pub fn from_json(text: &str) -> Result<State, StateError> {
    let read = match serde_json::from_str(text) {
        Err(e) if is_too_nested(&e) => {
            let json = nested_json(text)
                .map_err(|e| StateError(format!("The state file could not be parsed as JSON: {e}.")))?;
            serde_json::from_value(json)
        }
        read => read,
    };
    let json: StateJson = match read {
        Ok(json @ StateJson { version: 4, .. }) => json,
        Ok(_) => return Err(wrong_format(text, String::new())),
        Err(e) => return Err(wrong_format(text, e.to_string())),
    };
    let mut state = State {
        serial: json.serial,
        lineage: json.lineage,
        check_results: json.check_results,
        ..State::default()
    };
    for (name, output) in json.outputs.unwrap_or_default() {
        let value = output.into_output().map_err(|e| {
            StateError(format!("The output {name:?} in the state has an invalid value: {e}."))
        })?;
        state.outputs.insert(name.into(), value);
    }
    let mut reader = Reader::default();
    for resource in json.resources.unwrap_or_default() {
        reader.resource(resource, &mut state).map_err(StateError)?;
    }
    Ok(state)
}

/// Why a text is not a state of version 4; `problem` is what is wrong with it if it says that it
/// is one.
fn wrong_format(text: &str, problem: String) -> StateError {
    if text.trim_ascii().is_empty() {
        return StateError("The state file is empty.".into());
    }
    let envelope: Envelope = match serde_json::from_str(text) {
        Ok(envelope) => envelope,
        Err(e) if e.is_data() => {
            return StateError(format!("The state file does not have the form of a state: {e}."));
        }
        Err(e) => return StateError(format!("The state file could not be parsed as JSON: {e}.")),
    };
    let writer = match envelope.terraform_version.as_deref() {
        None | Some("") => String::new(),
        Some(version) => format!(" It was written by version {version}."),
    };
    let number = envelope.version.as_number().and_then(serde_json::Number::as_u64);
    StateError(match (number, envelope.version) {
        (_, Json::Null) => "The state file has no \"version\", which says what format it is in.".into(),
        (None, version) => {
            format!("The state file's \"version\" is {version}; a positive whole number is required.")
        }
        (Some(4), _) => format!("The state file does not have the form of a state: {problem}."),
        (Some(old @ 0..4), _) => format!(
            "The state file uses format version {old}, which only Terraform before 0.12 wrote.{writer} Run \
             `terraform refresh` with Terraform 0.12 or later once; it brings the file to version 4."
        ),
        (Some(new), _) => format!(
            "The state file uses format version {new}, which this version of Terrane does not know.{writer}"
        ),
    })
}

impl OutputJson {
    pub(crate) fn into_output(self) -> Result<OutputState, String> {
        let ty = terrane_value::type_from_json(&self.ty).map_err(|e| e.to_string())?;
        let value = terrane_value::from_json_with_type(&self.value, &ty).map_err(|e| e.to_string())?;
        Ok(OutputState { value, sensitive: self.sensitive })
    }
}

/// What was read already and is likely to be named again.
#[derive(Default)]
struct Reader {
    modules: HashMap<String, ModuleInstance>,
    providers: HashMap<String, ProviderConfigAddress>,
    dependencies: KnownDependencies,
}

impl Reader {
    fn resource(&mut self, json: ResourceJson, state: &mut State) -> Result<(), String> {
        let address = self.address(&json)?;
        let own = json.instances.iter().flatten().find_map(|object| object.provider.clone());
        let named = if json.provider.is_empty() { own.unwrap_or_default() } else { json.provider.clone() };
        let provider = self.provider(&named, &address)?.block();
        let made = || Arc::new(ResourceState { provider, instances: BTreeMap::new() });
        let resource = Arc::make_mut(state.resources.entry(address.clone()).or_insert_with(made));
        for mut json in json.instances.unwrap_or_default() {
            let key = instance_key(std::mem::take(&mut json.index_key)).map_err(|bad| {
                format!("{address} has an instance with the invalid key {bad} in the state.")
            })?;
            let deposed = json.deposed.take().filter(|k| !k.is_empty());
            let provider_key = match json.provider.take() {
                Some(own) => self.provider(&own, &address)?.key,
                None => InstanceKey::None,
            };
            let described = |what: &str| format!("{} in the state {what}.", address.instance(key.clone()));
            let mut object = json.into_object(&mut self.dependencies).map_err(|e| described(&e))?;
            object.provider_key = provider_key;
            let object = Arc::new(object);
            let instance: &mut InstanceState = resource.instances.entry(key.clone()).or_default();
            let previous = match deposed {
                Some(deposed) => instance.deposed.insert(deposed.into(), object),
                None => instance.current.replace(object),
            };
            if previous.is_some() {
                return Err(described("is there twice"));
            }
        }
        Ok(())
    }

    fn provider(&mut self, text: &str, address: &ResourceAddress) -> Result<ProviderConfigAddress, String> {
        if let Some(provider) = self.providers.get(text) {
            return Ok(provider.clone());
        }
        let provider: ProviderConfigAddress = text.parse().map_err(|_| {
            format!(
                "The state names the invalid provider {text:?} for {address}. Names without a registry are \
                 from Terraform 0.12: `terraform apply -refresh-only` with Terraform 0.13 updates them."
            )
        })?;
        self.providers.insert(text.to_owned(), provider.clone());
        Ok(provider)
    }

    fn address(&mut self, json: &ResourceJson) -> Result<ResourceAddress, String> {
        let mode = match json.mode.as_str() {
            "managed" => Mode::Managed,
            "data" => Mode::Data,
            other => {
                return Err(format!(
                    "The state has a resource of the unknown mode {other:?} ({:?} {:?}).",
                    json.type_name, json.name
                ));
            }
        };
        let module = match self.modules.get(&json.module) {
            Some(module) => module.clone(),
            None => {
                let module: ModuleInstance = json.module.parse().map_err(|e| {
                    format!("The state has a resource in an invalid module ({:?}): {e}.", json.name)
                })?;
                self.modules.entry(json.module.clone()).or_insert(module).clone()
            }
        };
        let resource =
            Resource { mode, type_name: json.type_name.as_str().into(), name: json.name.as_str().into() };
        Ok(ResourceAddress { module, resource })
    }
}

fn instance_key(json: Json) -> Result<InstanceKey, Json> {
    match json {
        Json::Null => Ok(InstanceKey::None),
        Json::String(key) => Ok(InstanceKey::String(key.into())),
        Json::Number(n) => n.as_u64().map(InstanceKey::Int).ok_or(Json::Number(n)),
        other => Err(other),
    }
}
