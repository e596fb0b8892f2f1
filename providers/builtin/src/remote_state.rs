//! `terraform_remote_state`: the outputs in the state of another configuration.

use crate::attribute;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use terrane_sdk::schema::{Block, Schema};
use terrane_sdk::value::{from_json_with_type, type_from_json};
use terrane_sdk::{Diagnostic, Diagnostics, Kind, Type, Value, serde_json};

pub(crate) const NAME: &str = "terraform_remote_state";

/// The backends that can be read, each with its arguments.
const BACKENDS: &[(&str, &[&str])] = &[("local", &["path", "workspace_dir"])];

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

pub(crate) fn validate(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let get = |name| config.attribute(name).unwrap_or(Value::NULL);
    let mut error = |attribute: &str, summary: &str, detail: String| {
        diagnostics.push(Diagnostic::error(summary, detail).on_attribute(attribute));
    };
    let object = |value: &Value| value.is_null() || !value.is_known() || value.as_map().is_some();
    let settings = get("config");
    if let Some(backend) = get("backend").as_str() {
        match BACKENDS.iter().find(|(name, _)| *name == backend) {
            None => {
                let names: Vec<String> = BACKENDS.iter().map(|(name, _)| format!("{name:?}")).collect();
                let detail = format!(
                    "Remote state cannot be read from a backend of type {backend:?}. Supported are: {}.",
                    names.join(", ")
                );
                error("backend", "Invalid backend configuration", detail);
            }
            Some((_, known)) => {
                let given = settings.as_map().into_iter().flat_map(|m| m.keys());
                for name in given.filter(|name| !known.contains(&&***name)) {
                    let detail = format!(
                        "The given configuration is not valid for backend {backend:?}: unexpected attribute {name:?}."
                    );
                    error("config", "Invalid backend configuration", detail);
                }
            }
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
pub(crate) async fn read(config: Value) -> Result<Value, Diagnostic> {
    let problems = validate(&config);
    if let Some(error) = problems.into_iter().next() {
        return Err(error);
    }
    let path = local_path(&config)?;
    let text = tokio::fs::read_to_string(&path).await.map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            let detail = format!(
                "No stored state was found for the given workspace in the given backend: there is no file {}.",
                path.display()
            );
            Diagnostic::error("Unable to find remote state", detail)
        }
        _ => loading(&path, error),
    })?;
    let mut outputs = BTreeMap::new();
    if let Some(defaults) = config.attribute("defaults").as_ref().and_then(Value::as_map) {
        outputs.extend(defaults.iter().map(|(name, v)| (name.clone(), v.clone())));
    }
    outputs.extend(parse(&text).map_err(|problem| loading(&path, problem))?);
    Ok(config.with_attribute("outputs", Kind::Object(Arc::new(outputs)).into()))
}

fn loading(path: &FilePath, problem: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::error("Error loading remote state", format!("{}: {problem}", path.display()))
}

/// Where the local backend keeps the state of the workspace.
fn local_path(config: &Value) -> Result<PathBuf, Diagnostic> {
    let settings = config.attribute("config").unwrap_or(Value::NULL);
    let text = |object: &Value, name: &str| -> Result<Option<String>, Diagnostic> {
        let value = object.as_map().and_then(|m| m.get(name)).cloned().unwrap_or(Value::NULL);
        match value.kind() {
            Kind::Null(_) => Ok(None),
            Kind::String(text) => Ok(Some(text.to_string()).filter(|t| !t.is_empty())),
            Kind::Number(number) => Ok(Some(number.to_string())),
            _ => {
                let detail = format!(
                    "The given configuration is not valid for backend \"local\": {name} must be a string."
                );
                Err(Diagnostic::error("Invalid backend configuration", detail).on_attribute("config"))
            }
        }
    };
    let workspace = text(config, "workspace")?.unwrap_or_else(|| "default".to_owned());
    if workspace == "default" {
        return Ok(text(&settings, "path")?.unwrap_or_else(|| "terraform.tfstate".to_owned()).into());
    }
    let folder = text(&settings, "workspace_dir")?.unwrap_or_else(|| "terraform.tfstate.d".to_owned());
    Ok(FilePath::new(&folder).join(workspace).join("terraform.tfstate"))
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
