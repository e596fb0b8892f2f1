//! APIs that know their objects by paths: `projects/p/topics/t` is at `v1/projects/p/topics/t`, has that as its `name`, and is listed
//! at the path without its end, in a field with the collection's name.

use super::{Google, Request, is_not_found};
use crate::names::name_of;
use http::Method;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Error, join_all};

/// A list is cheaper than so many gets of objects of one collection.
const LIST_FROM: usize = 3;

/// Such an API in its first version.
pub(crate) struct Named {
    /// What operations begin with: `cloudkms`.
    pub(crate) service: &'static str,
    /// The service as `*_custom_endpoint` attributes know it.
    pub(crate) endpoint: &'static str,
}

impl Named {
    /// Sends a request to a path from `projects/` on, perhaps with a query.
    pub(crate) async fn send(
        &self,
        google: &Google,
        (verb, method): (&str, Method),
        path: &str,
        body: Option<Json>,
    ) -> Result<Json, Error> {
        let operation = format!("{}.{verb}", self.service);
        let idempotent = method != Method::POST;
        let path = format!("v1/{path}");
        google
            .send(Request { operation: &operation, method, endpoint: self.endpoint, path, body, idempotent })
            .await
    }

    /// What is at a path, unless there is nothing.
    pub(crate) async fn find(&self, google: &Google, path: &str) -> Result<Option<Json>, Error> {
        let verb = format!("{}.get", collection_of(path));
        match self.send(google, (&verb, Method::GET), path, None).await {
            Ok(found) => Ok(Some(found)),
            Err(e) if is_not_found(&e) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// All objects of a collection, `projects/p/topics`.
    pub(crate) async fn list(&self, google: &Google, collection: &str) -> Result<Vec<Json>, Error> {
        let field = name_of(collection);
        let operation = format!("{}.{field}.list", self.service);
        google.fetch_all(&operation, self.endpoint, &format!("v1/{collection}"), field).await
    }

    /// What is at each of some paths: few of a collection are got, many are listed.
    pub(crate) async fn look_up<'a>(
        &self,
        google: &Google,
        paths: impl Iterator<Item = &'a str>,
    ) -> BTreeMap<&'a str, Result<Option<Json>, Error>> {
        let mut collections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in paths {
            let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
            collections.entry(collection).or_default().push(path);
        }
        let answers = collections.into_iter().map(|(collection, paths)| async move {
            if paths.len() < LIST_FROM {
                let each = paths.into_iter().map(|path| async move { (path, self.find(google, path).await) });
                return join_all(each).await;
            }
            let all = match self.list(google, collection).await {
                Err(e) if is_not_found(&e) => Ok(Vec::new()),
                other => other,
            };
            let found = |path: &str| match &all {
                Ok(all) => Ok(all.iter().find(|one| one["name"] == path).cloned()),
                Err(error) => Err(error.clone()),
            };
            paths.into_iter().map(|path| (path, found(path))).collect()
        });
        join_all(answers).await.into_iter().flatten().collect()
    }

    /// The objects of `states` as they are now: `path` says where one is, `seen` what it is there.
    pub(crate) async fn read<S>(
        &self,
        google: &Google,
        states: Vec<S>,
        path: impl Fn(&S) -> Result<String, Error>,
        seen: impl Fn(S, &str, &Json) -> Result<S, Error>,
    ) -> Vec<Result<Option<S>, Error>> {
        let paths: Vec<Result<String, Error>> = states.iter().map(path).collect();
        let found = self.look_up(google, paths.iter().flatten().map(String::as_str)).await;
        (states.into_iter().zip(&paths))
            .map(|(state, path)| {
                let path = path.as_ref().map_err(Clone::clone)?;
                match found.get(path.as_str()) {
                    Some(Ok(Some(remote))) => seen(state, path, remote).map(Some),
                    Some(Err(error)) => Err(error.clone()),
                    _ => Ok(None),
                }
            })
            .collect()
    }
}

/// `topics` of `projects/p/topics/t`.
fn collection_of(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}
