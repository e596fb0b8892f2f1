//! What is in a router and no object of its own: interfaces, BGP peers and NAT gateways. Each is an
//! element, by name, of a list that the router has; a change sends the whole list.

use super::kind::{Kind, Place, change_at, path, request_id};
use super::router::Api as Routers;
use crate::Google;
use crate::client::is_not_found;
use google_cloud_compute_v1::model::Router;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{self, Value as Json, json};
use terrane_sdk::{ApplyContext, Error, join_all};

/// Where a part is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub(super) place: Place,
    pub(super) router: String,
    pub(super) name: String,
}

impl Part {
    pub(super) fn new(
        google: &Google,
        project: Option<&str>,
        region: Option<&str>,
        router: &str,
        name: &str,
    ) -> Result<Part, Error> {
        Ok(Part {
            place: Place::regional(google, project, region)?,
            router: crate::names::name_of(router).to_owned(),
            name: name.to_owned(),
        })
    }

    /// `project/region/router/name`, as ids of parts are; with the project's path in front or without.
    pub(super) fn id(&self, whole: bool) -> String {
        let Place { project, area } = &self.place;
        match whole {
            true => format!("projects/{project}/regions/{area}/routers/{}/{}", self.router, self.name),
            false => format!("{project}/{area}/{}/{}", self.router, self.name),
        }
    }
}

/// A list of parts of a router.
pub(super) struct Parts {
    /// Its field in the router: `nats`.
    pub(super) field: &'static str,
    /// One of them in words.
    pub(super) what: &'static str,
}

impl Parts {
    /// Reads parts: each router is asked for once.
    pub(super) async fn read_each<S>(
        &self,
        google: &Google,
        states: Vec<S>,
        part: impl Fn(&S) -> Result<Part, Error>,
        with: impl Fn(S, &Router, Json) -> Result<S, Error>,
    ) -> Vec<Result<Option<S>, Error>> {
        let parts: Vec<Result<Part, Error>> = states.iter().map(part).collect();
        let wanted: BTreeSet<(Place, String)> =
            parts.iter().flatten().map(|p| (p.place.clone(), p.router.clone())).collect();
        let asked = join_all(wanted.into_iter().map(|(place, router)| async move {
            let found = super::kind::find::<Routers>(google, &place, &router).await;
            ((place, router), found)
        }));
        let routers: BTreeMap<(Place, String), Result<Option<Router>, Error>> =
            asked.await.into_iter().collect();
        (states.into_iter().zip(parts))
            .map(|(state, part)| {
                let part = part?;
                match routers.get(&(part.place.clone(), part.router.clone())) {
                    Some(Ok(Some(router))) => match self.find(router, &part.name)? {
                        Some(found) => with(state, router, found).map(Some),
                        None => Ok(None),
                    },
                    Some(Err(error)) => Err(error.clone()),
                    _ => Ok(None),
                }
            })
            .collect()
    }

    /// Sets a part of a router: adds it, or puts it in the place of the one with its name. A new one must
    /// not be there yet, unless the operation is a repeated one. A key that it needs is set with it.
    pub(super) async fn set(
        &self,
        google: &Google,
        part: &Part,
        (body, key): (Json, Option<Json>),
        is_new: bool,
        cx: &ApplyContext,
    ) -> Result<(Router, Json), Error> {
        self.edit(google, part, key, cx, |all| {
            let here = all.iter().position(|p| p["name"] == part.name.as_str());
            match here {
                Some(_) if is_new && !cx.repeated => {
                    let detail = format!("Router {} has a {} {} already.", part.router, self.what, part.name);
                    Err(Error::new("The name is taken", detail))
                }
                Some(here) => {
                    all[here] = body;
                    Ok(true)
                }
                None => {
                    all.push(body);
                    Ok(true)
                }
            }
        })
        .await?;
        let router = Routers::get(google, &part.place, &part.router).await?;
        let found = self.find(&router, &part.name)?.ok_or_else(|| {
            let detail = format!("Router {} does not have its {} {}.", part.router, self.what, part.name);
            Error::new("A part of a router vanished", detail)
        })?;
        Ok((router, found))
    }

    /// Removes a part from its router.
    pub(super) async fn remove(&self, google: &Google, part: &Part, cx: &ApplyContext) -> Result<(), Error> {
        let removed = self.edit(google, part, None, cx, |all| {
            let before = all.len();
            all.retain(|p| p["name"] != part.name.as_str());
            Ok(all.len() != before)
        });
        match removed.await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    /// Changes the list, one change of a router at a time. `change` says whether there was one.
    async fn edit(
        &self,
        google: &Google,
        part: &Part,
        key: Option<Json>,
        cx: &ApplyContext,
        change: impl FnOnce(&mut Vec<Json>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let router = path::<Routers>(&part.place, &part.router);
        let _only = google.only(&router).await;
        let current = Routers::get(google, &part.place, &part.router).await?;
        let before = self.all(&current)?;
        let mut all = before.clone();
        if !change(&mut all)? {
            return Ok(());
        }
        let keys = keys_after(&list(&current, "md5AuthenticationKeys")?, (&before, &all), key);
        let request = request_id(cx, self.field);
        let to = format!("compute/v1/{router}?requestId={request}");
        let mut body = json!({ self.field: all });
        if let Some(keys) = keys {
            body["md5AuthenticationKeys"] = keys.into();
        }
        change_at(google, "compute.routers.patch", Method::PATCH, &part.place, to, Some(body), cx).await
    }

    fn find(&self, router: &Router, name: &str) -> Result<Option<Json>, Error> {
        Ok(self.all(router)?.into_iter().find(|p| p["name"] == name))
    }

    fn all(&self, router: &Router) -> Result<Vec<Json>, Error> {
        list(router, self.field)
    }
}

fn list(router: &Router, field: &str) -> Result<Vec<Json>, Error> {
    let document = serde_json::to_value(router)
        .map_err(|e| Error::new("Unexpected router", format!("It cannot be written down: {e}.")))?;
    Ok(document[field].as_array().cloned().unwrap_or_default())
}

/// The keys of a router after a change of what is in it: without those that nothing uses any more, and with a
/// new one; none where they stay as they are. A key whose value is not said keeps it.
fn keys_after(keys: &[Json], (before, after): (&[Json], &[Json]), new: Option<Json>) -> Option<Vec<Json>> {
    let used =
        |parts: &[Json], key: &Json| parts.iter().any(|p| p["md5AuthenticationKeyName"] == key["name"]);
    let mut changed = keys.to_vec();
    changed.retain(|key| !used(before, key) || used(after, key));
    if let Some(new) = new {
        changed.retain(|key| key["name"] != new["name"]);
        changed.push(new);
    }
    (changed != keys).then_some(changed)
}

/// A part as its struct of the client library.
pub(super) fn decode<T: serde::de::DeserializeOwned>(part: Json) -> Result<T, Error> {
    serde_json::from_value(part).map_err(|e| Error::new("Unexpected part of a router", format!("{e}.")))
}

/// The struct as a part.
pub(super) fn encode<T: serde::Serialize>(part: &T) -> Result<Json, Error> {
    serde_json::to_value(part).map_err(|e| Error::new("Invalid part of a router", format!("{e}.")))
}
