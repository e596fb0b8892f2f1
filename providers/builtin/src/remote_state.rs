//! `terraform_remote_state`: the outputs in the state of another configuration.

use crate::attribute;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_sdk::schema::{Block, Schema};
use terrane_sdk::serde_json::{self, Map, Value as Json};
use terrane_sdk::value::{from_json_with_type, to_json, type_from_json};
use terrane_sdk::{Diagnostic, Diagnostics, Kind, Type, Value, async_trait};

pub(crate) const NAME: &str = "terraform_remote_state";

/// Reads the states of backends, of which this provider knows nothing.
#[async_trait]
pub trait StateReader: Send + Sync {
    /// What is wrong with the arguments of a backend, of which those named `unknown` have no value yet: the
    /// name of the attribute `backend` or `config`, and what to tell.
    fn check(
        &self,
        backend: &str,
        config: &Map<String, Json>,
        unknown: &[String],
    ) -> Result<(), (&'static str, String)>;

    /// The outputs, marked, that the state of a workspace will have when what is planned in the same run is applied; `None` when
    /// nothing is planned there.
    async fn planned(
        &self,
        backend: &str,
        config: &Map<String, Json>,
        workspace: &str,
    ) -> Result<Option<BTreeMap<Arc<str>, Value>>, String> {
        let _ = (backend, config, workspace);
        Ok(None)
    }

    /// The text of the state of a workspace; `None` when there is none.
    async fn read(
        &self,
        backend: &str,
        config: Map<String, Json>,
        workspace: &str,
    ) -> Result<Option<String>, String>;
}

pub(crate) fn schema() -> Schema {
    let attributes = [
        ("backend", attribute(Type::String, "r", "The backend to read, for example `local`.")),
        (
            "config",
            attribute(
                Type::Dynamic,
                "o",
                "The backend's configuration: an object with the arguments that the equivalent \
                 `terraform { backend \"<TYPE>\" { ... } }` block has.",
            ),
        ),
        ("defaults", attribute(Type::Dynamic, "o", "Values of outputs that the state does not have.")),
        ("outputs", attribute(Type::Dynamic, "c", "An object with every output of the root module.")),
        ("workspace", attribute(Type::String, "o", "The workspace, where the backend has several.")),
    ];
    let attributes = attributes.into_iter().map(|(name, a)| (Arc::from(name), a)).collect();
    Schema { version: 0, block: Block { attributes, ..Block::default() } }
}

pub(crate) fn validate(config: &Value, reader: &dyn StateReader) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let get = |name| config.attribute(name).unwrap_or(Value::NULL);
    let mut error = |attribute: &str, summary: &str, detail: String| {
        diagnostics.push(Diagnostic::error(summary, detail).on_attribute(attribute));
    };
    let object = |value: &Value| {
        value.is_null() || matches!(value.ty(), Type::Dynamic | Type::Object(_) | Type::Map(_))
    };
    let settings = get("config");
    if let Some(backend) = get("backend").as_str()
        && settings.is_known()
    {
        let known = arguments(&settings).unwrap_or_default();
        let given = settings.as_map().into_iter().flatten();
        let unknown: Vec<String> =
            given.filter(|(_, v)| !v.is_wholly_known()).map(|(name, _)| name.to_string()).collect();
        if let Err((attribute, detail)) = reader.check(backend, &known, &unknown) {
            error(attribute, "Invalid backend configuration", detail);
        }
    }
    if !object(&settings) {
        error("config", "Invalid backend configuration", "The configuration must be an object value.".into());
    }
    if !object(&get("defaults")) {
        error("defaults", "Invalid default values", "Defaults must be given in an object value.".into());
    }
    diagnostics
}

/// Reads the state that `config` names; the result is `config` with its outputs.
pub(crate) async fn read(config: Value, reader: &dyn StateReader) -> Result<Value, Diagnostic> {
    let problems = validate(&config, reader);
    if let Some(error) = problems.into_iter().next() {
        return Err(error);
    }
    let text = |name: &str| config.attribute(name).and_then(|v| v.as_str().map(str::to_owned));
    let backend = text("backend").unwrap_or_default();
    let workspace = text("workspace").filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned());
    let settings = arguments(&config.attribute("config").unwrap_or(Value::NULL)).map_err(|detail| {
        Diagnostic::error("Invalid backend configuration", detail).on_attribute("config")
    })?;
    let loading = |problem: String| Diagnostic::error("Error loading remote state", problem);
    let mut outputs = BTreeMap::new();
    if let Some(defaults) = config.attribute("defaults").as_ref().and_then(Value::as_map) {
        outputs.extend(defaults.iter().map(|(name, v)| (name.clone(), v.clone())));
    }
    match reader.planned(&backend, &settings, &workspace).await.map_err(loading)? {
        Some(planned) if planned.values().all(Value::is_wholly_known) => {
            outputs.extend(planned.into_iter().map(|(name, value)| (name, value.unmark_deep().0)));
        }
        // It is shown, and so must say what is sensitive.
        Some(planned) => outputs.extend(planned),
        None => {
            let Some(text) = reader.read(&backend, settings, &workspace).await.map_err(loading)? else {
                let detail = format!(
                    "No stored state was found for the given workspace in the given backend: the backend {backend:?} \
                     has no state for the workspace {workspace:?} with this configuration."
                );
                return Err(Diagnostic::error("Unable to find remote state", detail));
            };
            outputs.extend(parse(&text).map_err(loading)?);
        }
    }
    Ok(config.with_attribute("outputs", Kind::Object(Arc::new(outputs)).into()))
}

/// The arguments of a backend, without those that are unknown.
fn arguments(settings: &Value) -> Result<Map<String, Json>, String> {
    let known = settings.as_map().into_iter().flatten().filter(|(_, value)| value.is_wholly_known());
    known
        .map(|(name, value)| {
            let json = to_json(value).map_err(|e| format!("The argument {name:?} is not valid: {e}."))?;
            Ok((name.to_string(), json))
        })
        .collect()
}

/// The outputs of the root module in a state of format 4.
fn parse(text: &str) -> Result<Vec<(Arc<str>, Value)>, String> {
    let state: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("the file is not a state: {error}"))?;
    match state.get("version").and_then(serde_json::Value::as_u64) {
        Some(4) => {}
        Some(version) => return Err(format!("the state has format {version}; only format 4 can be read")),
        None => return Err("the file is not a state: it has no format version".to_owned()),
    }
    let outputs = state.get("outputs").and_then(serde_json::Value::as_object);
    let read = |(name, output): (&String, &serde_json::Value)| {
        let null = serde_json::Value::Null;
        let ty = type_from_json(output.get("type").unwrap_or(&null));
        let value = ty.and_then(|ty| from_json_with_type(output.get("value").unwrap_or(&null), &ty));
        value.map(|v| (Arc::from(name.as_str()), v)).map_err(|error| format!("output {name:?}: {error}"))
    };
    outputs.into_iter().flatten().map(read).collect()
}
