//! Listings of objects as queries ask for them.

use crate::{Client, Identity, ImportKey, ImportedObject, Provider, ProviderSchema, ReadObject};
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_value::Value;

/// What a query looks for.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The resource type.
    pub type_name: String,
    /// What the listing is told, an object of [`crate::ProviderSchema::lists`]' type; an empty one where the type has no schema there.
    pub config: Value,
    /// Whether whole objects are wanted, and not only what identifies them.
    pub include_resource: bool,
    /// How many objects are wanted at most.
    pub limit: u64,
}

/// An object that a query has found.
#[derive(Clone, Debug)]
pub struct ListedObject {
    /// What people call it; empty when it has no such name.
    pub display_name: String,
    /// What it can be imported by.
    pub key: Option<ImportKey>,
    /// Its identity, where its type has some.
    pub identity: Option<Arc<Identity>>,
    /// The object, where whole objects were asked for.
    pub object: Option<Value>,
}

impl ListedObject {
    /// An object that is known as far as an import would know it.
    pub fn found(schema: &ProviderSchema, found: &ImportedObject) -> ListedObject {
        let value = |name: &str| Some(found.state.attribute(name)?.unmark_deep().0);
        let text = |name: &str| value(name)?.as_str().map(str::to_owned);
        let tag = || value("tags")?.as_map()?.get("Name")?.as_str().map(str::to_owned);
        let identity = found.private.identity.clone();
        let by_identity = identity.as_ref().and_then(|identity| {
            let schema = schema.identities.get(found.type_name.as_str())?;
            schema.value(identity).ok().map(ImportKey::Identity)
        });
        let by_id = || text("id").map(|id| ImportKey::Id(id.into()));
        ListedObject {
            display_name: text("name").or_else(tag).unwrap_or_default(),
            key: by_identity.or_else(by_id),
            identity,
            object: None,
        }
    }
}

/// What a query finds with a provider that can only list all objects of a type.
pub async fn query_by_list<P: Provider + ?Sized>(
    provider: &P,
    client: &Arc<dyn Client>,
    request: ListRequest,
) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
    let Some(found) = provider.list(client, &request.type_name).await? else { return Ok(None) };
    query_among(provider, client, request, found).await.map(Some)
}

/// What a query finds among all objects of a type.
pub async fn query_among<P: Provider + ?Sized>(
    provider: &P,
    client: &Arc<dyn Client>,
    request: ListRequest,
    mut found: Vec<ImportedObject>,
) -> Result<Vec<ListedObject>, Diagnostics> {
    let ListRequest { type_name, include_resource, limit, .. } = request;
    // Names of written blocks have numbers, which should be the same each time.
    found.sort_by_cached_key(|object| object.state.attribute("id").map(|id| id.unmark_deep().0));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let schema = provider.schema();
    let listed = |object: &ImportedObject| {
        let listed = ListedObject::found(&schema, object);
        let by_id = || provider.import_id(&type_name, &object.state).map(|id| ImportKey::Id(id.into()));
        let key = if listed.identity.is_some() { listed.key } else { by_id().or(listed.key) };
        ListedObject { key, ..listed }
    };
    let mut listed: Vec<ListedObject> = found.iter().map(listed).collect();
    if include_resource {
        let objects = found.into_iter().map(|o| ReadObject { state: o.state, private: o.private }).collect();
        let read = provider.read(client, &type_name, objects).await;
        let mut whole = Vec::new();
        for (object, read) in listed.into_iter().zip(read) {
            // What went away meanwhile was not found.
            if let Some(read) = read? {
                let found =
                    ImportedObject { type_name: type_name.clone(), state: read.state, private: read.private };
                let named = ListedObject::found(&schema, &found);
                let key = object.key.or(named.key);
                let identity = object.identity.or(named.identity);
                whole.push(ListedObject {
                    display_name: named.display_name,
                    key,
                    identity,
                    object: Some(found.state),
                });
            }
        }
        listed = whole;
    }
    Ok(listed)
}
