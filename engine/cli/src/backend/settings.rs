//! The settings of a backend: from the configuration, from `-backend-config`, and as `init`
//! stores them.

use crate::context::{Context, Problems};
use crate::environment::Environment;
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::{ModuleInstance, ModulePath};
use terrane_backend::{ArgumentKind, arguments, empty, kinds};
use terrane_config::{Config, load_values_file};
use terrane_diagnostics::{Diagnostic, Diagnostics, nearest};
use terrane_evaluate::{Evaluator, Inputs};
use terrane_lang::FunctionContext;
use terrane_provider::Schemas;
use terrane_syntax::Expr;

/// What a backend is told. Arguments that are not set are null.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BackendSettings {
    pub(crate) kind: Arc<str>,
    pub(crate) config: Map<String, Json>,
}

impl Default for BackendSettings {
    fn default() -> BackendSettings {
        BackendSettings { kind: "local".into(), config: empty(arguments("local").unwrap_or_default()) }
    }
}

impl BackendSettings {
    /// An argument that is a string.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.config.get(name)?.as_str().filter(|s| !s.is_empty())
    }
}

/// The settings in the `backend` block of the root module; `None` without one.
pub(crate) fn from_block(context: &Context, config: &Config) -> Result<Option<BackendSettings>, Problems> {
    if let Some(refusal) = config.cloud_refusal() {
        return Err(Problems { diagnostics: refusal.into(), sources: config.sources.clone() });
    }
    let Some(backend) = config.module(&ModulePath::root()).and_then(|root| root.backend.as_ref()) else {
        return Ok(None);
    };
    let problems = |diagnostics: Diagnostics| Problems { diagnostics, sources: config.sources.clone() };
    let Some(known) = arguments(&backend.kind) else {
        let detail = match nearest(&backend.kind, kinds()) {
            Some(near) => format!("There is no backend type {:?}. Did you mean {near:?}?", backend.kind),
            None => format!(
                "This version of Terrane has no backend of type {:?}. It has: {}.",
                backend.kind,
                kinds().collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(problems(Diagnostic::error("Unsupported backend type", detail).at(backend.span).into()));
    };
    let mut settings = BackendSettings { kind: backend.kind.clone(), config: empty(known) };
    let (attributes, mut diagnostics) = backend.body.just_attributes();
    for attribute in attributes {
        let name = &*attribute.name.name;
        let Some(argument) = known.iter().find(|argument| argument.name == name) else {
            let near = nearest(name, known.iter().map(|argument| argument.name));
            let near = near.map(|near| format!(" Did you mean {near:?}?")).unwrap_or_default();
            let detail = format!("The backend {:?} has no argument named {name:?}.{near}", backend.kind);
            diagnostics.push(Diagnostic::error("Unsupported argument", detail).at(attribute.name.span));
            continue;
        };
        match early_value(context, config, &attribute.expr) {
            Ok(value) => match argument.convert(value) {
                Ok(value) => drop(settings.config.insert(name.to_owned(), value)),
                Err(detail) => diagnostics
                    .push(Diagnostic::error("Invalid backend argument", detail).at(attribute.expr.span)),
            },
            Err(more) => diagnostics.append(more),
        }
    }
    if diagnostics.has_errors() { Err(problems(diagnostics)) } else { Ok(Some(settings)) }
}

/// The value of an expression that must be known before there is any state.
pub(super) fn early_value(context: &Context, config: &Config, expr: &Expr) -> Result<Json, Diagnostics> {
    let value = crate::early::value(context, config, &ModulePath::root(), None, expr)?;
    terrane_value::to_json(&value.unmark_deep().0).map_err(|e| {
        let detail = format!("The value must be known before there is any state: {e}.");
        Diagnostic::error("Invalid backend argument", detail).at(expr.span).into()
    })
}

/// `settings` with the `-backend-config` arguments, each `name=value` or a file.
pub(crate) fn with_arguments(
    environment: &Environment,
    mut settings: BackendSettings,
    given: &[String],
) -> Result<BackendSettings, Problems> {
    for argument in given {
        match argument.split_once('=') {
            Some((name, value)) => set(&mut settings, name, Json::String(value.to_owned()))?,
            None => {
                let mut problems = Problems::default();
                let values = load_values_file(environment, Path::new(argument), &mut problems.sources);
                let values = problems.diagnostics.take(values);
                if problems.diagnostics.has_errors() {
                    return Err(problems);
                }
                let config = Config::default();
                for (name, expr) in values {
                    let evaluated = Evaluator::new(Inputs {
                        config: &config,
                        schemas: &Schemas::default(),
                        variables: Default::default(),
                        workspace: String::new(),
                        working_dir: String::new(),
                        functions: FunctionContext::default(),
                        validating: false,
                    })
                    .expression(&ModuleInstance::root(), &expr);
                    if let Ok((value, _)) = evaluated
                        && let Ok(value) = terrane_value::to_json(&value)
                    {
                        set(&mut settings, &name, value)?;
                    }
                }
            }
        }
    }
    Ok(settings)
}

fn set(settings: &mut BackendSettings, name: &str, value: Json) -> Result<(), Problems> {
    let known = arguments(&settings.kind).unwrap_or_default();
    let Some(argument) = known.iter().find(|argument| argument.name == name) else {
        return Err(Problems::new(
            "Invalid backend configuration argument",
            format!(
                "The backend configuration argument {name:?} given on the command line is not expected for the \
                 selected backend type."
            ),
        ));
    };
    // An object or a list on the command line is written as in JSON.
    let value = match value {
        Json::String(text)
            if text.starts_with(['{', '[']) && !matches!(argument.kind, ArgumentKind::Text) =>
        {
            serde_json::from_str(&text).unwrap_or(Json::String(text))
        }
        value => value,
    };
    let value = argument.convert(value);
    let value = value.map_err(|detail| Problems::new("Invalid backend configuration argument", detail))?;
    settings.config.insert(name.to_owned(), value);
    Ok(())
}

/// Says which arguments are set and have no effect.
pub(crate) fn without_effect(settings: &BackendSettings) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    for argument in arguments(&settings.kind).unwrap_or_default() {
        let is_set =
            settings.config.get(argument.name).is_some_and(|v| !v.is_null() && *v != Json::Bool(false));
        if let (Some(why), true) = (argument.without_effect, is_set && !argument.name.starts_with("skip_")) {
            warnings.push(Diagnostic::warning(
                "Backend argument without effect",
                format!(
                    "The argument {:?} of the backend {:?} has no effect: {why}.",
                    argument.name, settings.kind
                ),
            ));
        }
    }
    warnings
}

/// Where `init` stores the settings: the same file as Terraform's, in its form.
pub(crate) fn saved_file(environment: &Environment) -> PathBuf {
    environment.data_dir().join("terraform.tfstate")
}

/// The settings that `init` has stored, and the hash of the block that they were made from.
pub(crate) fn saved_with_hash(environment: &Environment) -> Result<Option<(BackendSettings, u64)>, Problems> {
    let path = saved_file(environment);
    let Ok(bytes) = environment.read(&path) else { return Ok(None) };
    let bad = |reason: String| {
        Problems::new(
            "Error reading backend configuration",
            format!("{}: {reason}. Run \"terrane init\".", path.display()),
        )
    };
    let json: Json = serde_json::from_slice(&bytes).map_err(|e| bad(e.to_string()))?;
    let Some(backend) = json.get("backend").filter(|b| !b.is_null()) else { return Ok(None) };
    let kind =
        backend.get("type").and_then(Json::as_str).ok_or_else(|| bad("there is no backend type".into()))?;
    let mut config = empty(arguments(kind).unwrap_or_default());
    config.extend(backend.get("config").and_then(Json::as_object).cloned().unwrap_or_default());
    let hash = backend.get("hash").and_then(Json::as_u64).unwrap_or_default();
    Ok(Some((BackendSettings { kind: kind.into(), config }, hash)))
}

impl BackendSettings {
    /// The content of the file in which `init` stores them, with the hash of what the configuration's
    /// block alone says.
    pub(crate) fn to_json(&self, block: &BackendSettings) -> Json {
        json!({
            "version": 3,
            "terraform_version": terrane_state::TERRAFORM_VERSION,
            "backend": { "type": &*self.kind, "config": self.config, "hash": block.hash() },
        })
    }

    /// What tells two `backend` blocks apart, the same number as Terraform's: a checksum of the kind and
    /// the arguments, as they are written in its sets.
    pub(crate) fn hash(&self) -> u32 {
        let mut text = String::from("<");
        hash_text(&mut text, &Json::String(self.kind.to_string()), None);
        text.push(';');
        let known = arguments(&self.kind).unwrap_or_default();
        hash_text(&mut text, &Json::Object(self.config.clone()), Some(&ArgumentKind::Object(known)));
        text.push_str(";>");
        crc32fast::hash(text.as_bytes())
    }
}

/// A value as it is written to be hashed.
fn hash_text(out: &mut String, value: &Json, kind: Option<&ArgumentKind>) {
    match value {
        Json::Null => out.push('~'),
        Json::Bool(true) => out.push('T'),
        Json::Bool(false) => out.push('F'),
        Json::Number(number) => out.push_str(&number.to_string()),
        Json::String(text) => quote(out, text),
        Json::Array(items) => {
            out.push('[');
            for item in items {
                hash_text(out, item, None);
                out.push(';');
            }
            out.push(']');
        }
        Json::Object(members) => {
            let fixed = match kind {
                Some(ArgumentKind::Object(arguments)) => Some(*arguments),
                _ => None,
            };
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            out.push(if fixed.is_some() { '<' } else { '{' });
            for name in names {
                match fixed {
                    Some(arguments) => {
                        let argument = arguments.iter().find(|a| a.name == name);
                        hash_text(out, &members[name], argument.map(|a| &a.kind));
                    }
                    None => {
                        quote(out, name);
                        out.push(':');
                        hash_text(out, &members[name], None);
                    }
                }
                out.push(';');
            }
            out.push(if fixed.is_some() { '>' } else { '}' });
        }
    }
}

/// Text in double quotes, as Go's `%q` writes it.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes that Terraform 1.11.4 has stored.
    #[test]
    fn hashes_are_those_of_terraform() {
        let settings = |kind: &str, given: Json| {
            let mut config = empty(arguments(kind).expect("a kind"));
            config.extend(given.as_object().expect("an object").clone());
            BackendSettings { kind: kind.into(), config }
        };
        let local = settings("local", json!({ "path": "x\"é\u{1}.tfstate" }));
        assert_eq!(local.hash(), 2_541_575_505);
        let address = "http://127.0.0.1:1/x";
        let http =
            settings("http", json!({ "address": address, "retry_max": 3, "skip_cert_verification": true }));
        assert_eq!(http.hash(), 4_275_279_959);
    }
}
