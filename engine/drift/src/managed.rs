//! What the states of a fleet have, and what more than one of them has.

use crate::Scanned;
use std::collections::BTreeMap;
use terrane_address::ResourceInstance;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{ReadOnly, Scope, UpgradeRequest};
use terrane_value::Value;

/// Type, place and id of an object. It is the same one whichever provider manages it (`google`, `google-beta`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    type_name: String,
    scope: Scope,
    id: String,
}

impl Key {
    pub(crate) fn new(type_name: &str, scope: Scope, id: String) -> Key {
        Key { type_name: plain_type(type_name), scope, id }
    }
}

/// An object that a state has.
pub struct Managed<'a> {
    pub(crate) key: Key,
    stack: &'a str,
    /// None for an object that was replaced and is still to be destroyed.
    address: Option<&'a ResourceInstance>,
}

/// What the states have.
pub async fn managed(scanned: &[Scanned]) -> Vec<Managed<'_>> {
    let mut all = Vec::new();
    for one in scanned {
        for (connection, client) in one.stack.connections.iter().zip(&one.clients) {
            let Some(client) = client else { continue };
            for batch in &connection.batches {
                let present = batch.objects.iter().map(|(address, object)| (Some(address), object));
                for (address, object) in present.chain(batch.deposed.iter().map(|object| (None, object))) {
                    let request = UpgradeRequest {
                        type_name: batch.type_name.to_string(),
                        version: object.schema_version,
                        json: object.attributes.json(),
                    };
                    // What cannot be read was told when it was to be read.
                    let Ok(value) = connection.provider.upgrade(request).await else { continue };
                    let scope = connection.provider.scope(client, &batch.type_name, Some(&value)).await;
                    let id = identity(&connection.provider, &batch.type_name, &value);
                    if let (Ok(scope), Some(id)) = (scope, id) {
                        let key = Key::new(&batch.type_name, scope, id);
                        all.push(Managed { key, stack: &one.stack.name, address });
                    }
                }
            }
        }
    }
    all
}

/// Objects that more than one state of a fleet has, or one of its states at two addresses: each undoes what the other changes, and one
/// destroys it for both. A warning for each. Of providers that cannot say in which account an object is, nothing is told.
pub fn managed_twice(managed: &[Managed<'_>]) -> Diagnostics {
    let mut owners: BTreeMap<&Key, Vec<String>> = BTreeMap::new();
    for object in managed.iter().filter(|object| !object.key.scope.account.is_empty()) {
        if let Some(address) = object.address {
            owners.entry(&object.key).or_default().push(format!("{address} of {}", object.stack));
        }
    }
    let shared = owners.into_iter().filter(|(_, owners)| owners.len() > 1);
    shared
        .map(|(key, owners)| {
            let Key { type_name, scope, id } = key;
            let detail = format!(
                "{type_name} {id} ({scope}) is {}. Each undoes what the other changes, and one destroys it for both. Let one of \
                 them manage it, and take it out of the others by a \"removed\" block with destroy = false.",
                owners.join(" and ")
            );
            Diagnostic::warning("An object is managed twice", detail)
        })
        .collect()
}

/// Objects that a cloud makes by itself have types of their own (`aws_default_vpc`), and are listed as
/// what they are.
fn plain_type(type_name: &str) -> String {
    type_name.replacen("_default_", "_", 1)
}

pub(crate) fn text(object: &Value, attribute: &str) -> Option<String> {
    object.attribute(attribute)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What an object is imported by, or else what it is called.
pub(crate) fn identity(provider: &ReadOnly, type_name: &str, object: &Value) -> Option<String> {
    let own = || ["id", "arn", "name"].iter().find_map(|attribute| text(object, attribute));
    provider.import_id(type_name, object).or_else(own)
}
