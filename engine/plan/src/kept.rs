//! The last provider configuration that is kept with each object, so that an object can be
//! destroyed when its provider configuration is no longer declared.

use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::ProviderConfigAddress;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_provider::{Schemas, value_by_schema};
use terrane_schema::Block;
use terrane_state::{KeptProvider, State};
use terrane_value::{Kind, Path, PathStep, Value, to_json};

/// Parts of names of arguments that are taken for secrets even where no schema says so.
const SECRET_WORDS: &[&str] = &[
    "secret",
    "password",
    "passwd",
    "passphrase",
    "token",
    "credential",
    "private_key",
    "access_key",
    "api_key",
    "apikey",
    "client_key",
    "auth",
];

/// What is kept of a marked provider configuration: all that is set and known and is no secret.
/// `None` when nothing is set.
pub fn kept_provider(schema: &Block, config: &Value) -> Option<KeptProvider> {
    let (plain, marks) = config.unmark_paths();
    let mut secret: Vec<Path> = schema.sensitive_paths(&plain);
    let hidden = |m: &terrane_value::Marks| m.is_sensitive() || m.is_ephemeral();
    secret.extend(marks.into_iter().filter(|(_, m)| hidden(m)).map(|(path, _)| path));
    let mut secrets = BTreeSet::new();
    let kept = strip(&plain, &Path::root(), &secret, &mut secrets);
    if kept.is_none() && secrets.is_empty() {
        return None;
    }
    let config = kept.unwrap_or_else(|| serde_json::json!({}));
    Some(KeptProvider { config: config.into(), secrets: secrets.into_iter().collect() })
}

fn strip(
    value: &Value,
    at: &Path,
    secret: &[Path],
    secrets: &mut BTreeSet<String>,
) -> Option<serde_json::Value> {
    let empty = value.is_null() || value.as_slice().is_some_and(<[Value]>::is_empty);
    if empty || value.as_map().is_some_and(|m| m.is_empty()) && !at.0.is_empty() {
        return None;
    }
    let suspicious = match at.0.last() {
        Some(PathStep::Attribute(name) | PathStep::Key(name)) => {
            let name = name.to_lowercase();
            let place =
                ["_file", "_files", "_path", "_url", "_endpoint"].iter().any(|end| name.ends_with(end));
            let word = SECRET_WORDS.iter().any(|word| name.contains(word));
            word && !place && !matches!(value.kind(), Kind::Bool(_) | Kind::Object(_) | Kind::List(..))
        }
        _ => false,
    };
    let known = value.is_known();
    if !known || suspicious || secret.iter().any(|s| at.starts_with(s)) {
        secrets.insert(at.to_string());
        return None;
    }
    match value.kind() {
        Kind::Object(members) | Kind::Map(_, members) => {
            let is_object = matches!(value.kind(), Kind::Object(_));
            let step = |name: &Arc<str>| match is_object {
                true => PathStep::Attribute(name.clone()),
                false => PathStep::Key(name.clone()),
            };
            let members: serde_json::Map<_, _> = (members.iter())
                .filter_map(|(name, v)| {
                    Some((name.to_string(), strip(v, &at.then(step(name)), secret, secrets)?))
                })
                .collect();
            (!members.is_empty()).then_some(serde_json::Value::Object(members))
        }
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            let item = |(i, v): (usize, &Value)| {
                let at = at.then(PathStep::Index(i as u64));
                strip(v, &at, secret, secrets).unwrap_or_else(|| serde_json::json!({}))
            };
            Some(items.iter().enumerate().map(item).collect())
        }
        _ => to_json(value).ok(),
    }
}

/// The configuration that objects in state keep for a provider configuration that is no longer
/// declared and that nothing declared needs; `None` when it is declared, or nothing was kept.
pub fn last_provider_config(
    ev: &Evaluator<'_>,
    schemas: &Schemas,
    state: &State,
    address: &ProviderConfigAddress,
) -> Result<Option<Value>, Stop> {
    let needed = ev.inputs().config.resource_providers.values().any(|served| *served == address.block());
    let default_of_declared = needed && address.alias.is_none();
    if default_of_declared || ev.has_provider(address)? {
        return Ok(None);
    }
    let objects = state.instances().flat_map(|(_, resource, instance)| {
        let objects = instance.current.iter().chain(instance.deposed.values());
        objects.filter(|object| resource.provider_of(object) == *address)
    });
    let Some(kept) = objects.filter_map(|object| object.kept.provider.as_ref()).next() else {
        return Ok(None);
    };
    if !kept.secrets.is_empty() {
        let detail = format!(
            "{address} is no longer declared, and objects in the state need it to be destroyed. Terrane has kept its \
             last configuration, but not the arguments that are or may be secrets: {}. Put the provider block (or the \
             element of its for_each) back until those objects are destroyed.",
            kept.secrets.join(", ")
        );
        return Err(Diagnostic::error("Provider configuration not present", detail).into());
    }
    let Some(schema) = schemas.get(&address.provider) else { return Ok(None) };
    value_by_schema(&kept.config.json(), &schema.provider.block).map(Some).map_err(|reason| {
        let detail = format!(
            "The last configuration of {address} is kept in the state, and does not fit the provider any more: \
             {reason}. Put the provider block back until the objects that need it are destroyed."
        );
        Stop::Failed(Diagnostics::from(Diagnostic::error("Provider configuration not present", detail)))
    })
}
