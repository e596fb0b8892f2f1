//! State to text.

use super::object::{IndexKeyRef, ObjectRef};
use super::{StateError, TERRAFORM_VERSION, go_json};
use crate::{OutputState, ResourceState, State};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use terrane_address::{InstanceKey, ResourceAddress};

#[derive(Serialize)]
struct StateRef<'a> {
    version: u64,
    terraform_version: &'static str,
    serial: u64,
    lineage: &'a str,
    outputs: BTreeMap<&'a str, OutputRef>,
    resources: Vec<ResourceRef<'a>>,
    check_results: &'a Json,
}

/// An output to write.
#[derive(Serialize)]
pub(crate) struct OutputRef {
    value: Json,
    #[serde(rename = "type")]
    ty: Json,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sensitive: bool,
}

#[derive(Serialize)]
struct ResourceRef<'a> {
    #[serde(skip_serializing_if = "String::is_empty")]
    module: String,
    mode: &'static str,
    #[serde(rename = "type")]
    type_name: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    instances: Vec<ObjectRef<'a>>,
}

/// The text of a state file, as Terraform lays it out. An error when a value in it is unknown.
pub fn to_json(state: &State) -> Result<String, StateError> {
    let mut outputs = BTreeMap::new();
    for (name, output) in &state.outputs {
        let written = OutputRef::new(output)
            .map_err(|e| StateError(format!("The output {name:?} cannot be stored: {e}.")))?;
        outputs.insert(&**name, written);
    }
    let mut resources =
        state.resources.iter().map(|(a, r)| ResourceRef::new(a, r)).collect::<Result<Vec<_>, _>>()?;
    // Terraform compares module addresses as text, so that module.a[10] comes before module.a[2].
    resources.sort_by(|a, b| {
        (&a.module, a.mode, a.type_name, a.name).cmp(&(&b.module, b.mode, b.type_name, b.name))
    });
    let whole = StateRef {
        version: 4,
        terraform_version: TERRAFORM_VERSION,
        serial: state.serial,
        lineage: &state.lineage,
        outputs,
        resources,
        check_results: &state.check_results,
    };
    let bytes = go_json::to_vec(&whole).map_err(|e| StateError(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| StateError(e.to_string()))
}

impl OutputRef {
    pub(crate) fn new(output: &OutputState) -> Result<OutputRef, String> {
        Ok(OutputRef {
            value: terrane_value::to_json(&output.value).map_err(|e| e.to_string())?,
            ty: terrane_value::type_to_json(&output.value.ty()),
            sensitive: output.sensitive,
        })
    }
}

impl<'a> ResourceRef<'a> {
    fn new(address: &'a ResourceAddress, state: &'a ResourceState) -> Result<ResourceRef<'a>, StateError> {
        // As OpenTofu does: the provider stands with the resource, or with each object where the
        // objects are managed by instances of a configuration with for_each.
        let objects = || state.instances.values().flat_map(|i| i.current.iter().chain(i.deposed.values()));
        let keyed = objects().any(|object| object.provider_key != InstanceKey::None);
        let mut instances = Vec::with_capacity(state.instances.len());
        for (key, instance) in &state.instances {
            let current = instance.current.iter().map(|object| (None, object));
            let deposed = instance.deposed.iter().map(|(key, object)| (Some(&**key), object));
            for (deposed, object) in current.chain(deposed) {
                let provider = keyed.then(|| state.provider_of(object).to_string());
                let mut object = ObjectRef::new(object)?;
                object.provider = provider;
                object.deposed = deposed;
                object.index_key = match key {
                    InstanceKey::None => None,
                    InstanceKey::Int(n) => Some(IndexKeyRef::Int(*n)),
                    InstanceKey::String(s) => Some(IndexKeyRef::String(s)),
                };
                instances.push(object);
            }
        }
        Ok(ResourceRef {
            module: address.module.to_string(),
            mode: address.resource.mode.as_str(),
            type_name: &address.resource.type_name,
            name: &address.resource.name,
            provider: (!keyed).then(|| state.provider.to_string()),
            instances,
        })
    }
}
