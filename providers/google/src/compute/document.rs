//! Kinds of Compute Engine objects whose schema is the API's in another spelling: a [`Document`] says by tables how an
//! object is written and read, the functions here make, read, change and delete it. Many are read in few calls. Knows no
//! type.

use super::kind::{Place, change_at, request_id};
use crate::Google;
use crate::client::{is_not_found, is_taken};
use crate::mirror::{Mirror, find as at, put};
use crate::names::{compute_reference, escape, name_of};
use crate::provider::project_of;
use http::Method;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{ApplyContext, Error, Object, Value, join_all};

/// A list is cheaper than so many gets of objects in one project.
const LIST_FROM: usize = 3;

/// Whether objects of a kind are in a region, in a zone or in neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    Global,
    Region,
    Zone,
}

/// A kind of objects.
pub(super) trait Document: Object + Default + Clone + Send + Sync + 'static {
    /// What paths and methods call the kind: `disks`.
    const COLLECTION: &'static str;
    /// Where its objects are.
    const AREA: Area;
    /// What the API calls otherwise, or not at all.
    const NAMES: Mirror;
    /// Fields of the API that refer to objects, and where these are when only their name is given: `global/networks`,
    /// `{area}/disks` in the same region or zone.
    const REFERENCES: &'static [(&'static str, &'static str)] = &[];

    /// What else is to be said to the API.
    fn adapt(&self, _path: &str, _body: &mut Json) {}

    /// What is to be read otherwise than it was answered.
    fn answered(_answer: &mut Json) {}
}

/// The path of an object, from `projects/` on.
pub(super) fn path<D: Document>(google: &Google, object: &D) -> Result<String, Error> {
    let object = object.to_value();
    let text = |name: &str| {
        let value = object.attribute(name)?;
        value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let project = text("project");
    let project = project_of(google, project.as_deref())?;
    let area = |of: &str, own: Option<String>, default: Option<&str>| match own.as_deref().or(default) {
        Some(area) => Ok(format!("{of}s/{}", name_of(area))),
        None => {
            let detail = format!("Neither the object nor the provider configuration names a {of}.");
            Err(Error::new(format!("Missing {of}"), detail).attribute(of))
        }
    };
    let area = match D::AREA {
        Area::Global => "global".to_owned(),
        Area::Region => area("region", text("region"), google.region())?,
        Area::Zone => area("zone", text("zone"), google.zone())?,
    };
    Ok(format!("projects/{project}/{area}/{}/{}", D::COLLECTION, text("name").unwrap_or_default()))
}

/// One word of a path.
pub(super) fn part(path: &str, at: usize) -> &str {
    path.split('/').nth(at).unwrap_or_default()
}

/// Project and region or zone of a path.
fn area_of(path: &str) -> String {
    let words: Vec<&str> = path.split('/').collect();
    words[..words.len().saturating_sub(2)].join("/")
}

/// An object as Google is to have it.
pub(super) fn body<D: Document>(object: &D, path: &str) -> Json {
    let mut body = D::NAMES.body("", &D::spec(), &object.to_value());
    let area = area_of(path);
    for (way, place) in D::REFERENCES {
        let place = match place.strip_prefix("{area}/") {
            Some(collection) => format!("{area}/{collection}"),
            None => format!("projects/{}/{place}", part(path, 1)),
        };
        let whole = |value: &Json| value.as_str().map(|text| Json::from(compute_reference(&place, text)));
        let written = match at(&body, way) {
            Some(Json::Array(all)) => Some(all.iter().filter_map(whole).collect()),
            Some(one) => whole(one),
            None => None,
        };
        if let Some(written) = written {
            put(&mut body, way, written);
        }
    }
    object.adapt(path, &mut body);
    body
}

/// An object as Google describes it.
pub(super) fn seen<D: Document>(object: &D, path: &str, remote: &Json) -> Result<D, Error> {
    let mut remote = remote.clone();
    D::answered(&mut remote);
    let mut value = D::NAMES.object("", &D::spec(), &remote, &object.to_value());
    value =
        value.with_attribute("id", Value::from(path)).with_attribute("project", Value::from(part(path, 1)));
    value = match D::AREA {
        Area::Global => value,
        Area::Region => value.with_attribute("region", Value::from(part(path, 3))),
        Area::Zone => value.with_attribute("zone", Value::from(part(path, 3))),
    };
    Ok(D::from_value(&value)?)
}

/// What is at a path.
pub(super) async fn get<D: Document>(google: &Google, path: &str) -> Result<Json, Error> {
    let operation = format!("compute.{}.get", D::COLLECTION);
    google.fetch(&operation, "compute", format!("compute/v1/{path}")).await
}

/// What is at a path, unless there is nothing.
pub(super) async fn find<D: Document>(google: &Google, path: &str) -> Result<Option<Json>, Error> {
    match get::<D>(google, path).await {
        Ok(found) => Ok(Some(found)),
        Err(e) if is_not_found(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The object as it is now.
pub(super) async fn refreshed<D: Document>(google: &Google, object: &D, path: &str) -> Result<D, Error> {
    seen(object, path, &get::<D>(google, path).await?)
}

/// Makes an object and waits for it. A repeated operation takes over what the first one made.
pub(super) async fn create<D: Document>(google: &Google, planned: &D, cx: &ApplyContext) -> Result<D, Error> {
    let path = path(google, planned)?;
    let there = if cx.repeated { find::<D>(google, &path).await? } else { None };
    if there.is_none() {
        let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
        let to = format!("{collection}?requestId={}", request_id(cx, "insert"));
        match send::<D>(google, ("insert", Method::POST), &to, Some(body(planned, &path)), cx).await {
            Err(e) if !(cx.repeated && is_taken(&e)) => return Err(e),
            _ => {}
        }
    }
    refreshed(google, planned, &path).await
}

/// Sends a change to a path from `projects/` on, which may have a query, and waits for its operation.
pub(super) async fn send<D: Document>(
    google: &Google,
    (verb, method): (&str, Method),
    to: &str,
    body: Option<Json>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let (operation, place) = (format!("compute.{}.{verb}", D::COLLECTION), Place::global(part(to, 1)));
    change_at(google, &operation, method, &place, format!("compute/v1/{to}"), body, cx).await
}

/// Calls a method of an object, and waits for its operation.
pub(super) async fn act<D: Document>(
    google: &Google,
    path: &str,
    verb: &str,
    body: Json,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let to = format!("{path}/{verb}?requestId={}", request_id(cx, verb));
    send::<D>(google, (verb, Method::POST), &to, Some(body), cx).await
}

/// Changes those of the named fields of the API that differ, by one patch. What is not set any more is cleared.
pub(super) async fn patch<D: Document>(
    google: &Google,
    path: &str,
    (before, after): (&D, &D),
    fields: &[&str],
    cx: &ApplyContext,
) -> Result<(), Error> {
    let (was, is) = (body(before, path), body(after, path));
    let mut change = json!({});
    for field in fields.iter().copied().filter(|field| was[*field] != is[*field]) {
        change[field] = match (&is[field], &was[field]) {
            (Json::Null, Json::Array(_)) => json!([]),
            (Json::Null, Json::Bool(_)) => false.into(),
            (Json::Null, Json::String(_)) => "".into(),
            (now, _) => now.clone(),
        };
    }
    if change.as_object().is_none_or(|fields| fields.is_empty()) {
        return Ok(());
    }
    change["name"] = name_of(path).into();
    let current = get::<D>(google, path).await?;
    if let Some(fingerprint) = current["fingerprint"].as_str() {
        change["fingerprint"] = fingerprint.into();
    }
    let to = format!("{path}?requestId={}", request_id(cx, "patch"));
    send::<D>(google, ("patch", Method::PATCH), &to, Some(change), cx).await
}

/// Sets the labels of an object, where they are no part of patches.
pub(super) async fn set_labels<D: Document>(
    google: &Google,
    path: &str,
    labels: &BTreeMap<String, String>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let current = get::<D>(google, path).await?;
    let body = json!({"labels": labels, "labelFingerprint": current["labelFingerprint"]});
    act::<D>(google, path, "setLabels", body, cx).await
}

/// Deletes an object and waits until it is gone. One that is gone already is no error.
pub(super) async fn delete<D: Document>(google: &Google, state: &D, cx: &ApplyContext) -> Result<(), Error> {
    let to = format!("{}?requestId={}", path(google, state)?, request_id(cx, "delete"));
    match send::<D>(google, ("delete", Method::DELETE), &to, None, cx).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other,
    }
}

/// Reads objects: few of a project are got, many in one place are listed, many in several places are listed together.
pub(super) async fn read<D: Document>(google: &Google, states: Vec<D>) -> Vec<Result<Option<D>, Error>> {
    let paths: Vec<Result<String, Error>> = states.iter().map(|state| path(google, state)).collect();
    let mut projects: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths.iter().flatten() {
        projects.entry(part(path, 1)).or_default().push(path);
    }
    let answers = projects.into_iter().map(|(project, paths)| async move {
        if paths.len() < LIST_FROM {
            let each = paths.into_iter().map(|path| async move { (path, find::<D>(google, path).await) });
            return join_all(each).await;
        }
        let area = area_of(paths[0]);
        let listed = match paths.iter().all(|path| area_of(path) == area) {
            true => {
                let operation = format!("compute.{}.list", D::COLLECTION);
                let from = format!("compute/v1/{area}/{}?maxResults=500", D::COLLECTION);
                google.fetch_all(&operation, "compute", &from, "items").await
            }
            false => list_all::<D>(google, project).await,
        };
        match listed {
            Err(error) if is_not_found(&error) => paths.into_iter().map(|path| (path, Ok(None))).collect(),
            Err(error) => paths.into_iter().map(|path| (path, Err(error.clone()))).collect(),
            Ok(all) => {
                let by_path: BTreeMap<String, Json> =
                    all.into_iter().map(|found| (path_of_answer::<D>(project, &found), found)).collect();
                paths.into_iter().map(|path| (path, Ok(by_path.get(path).cloned()))).collect()
            }
        }
    });
    let found: BTreeMap<&str, Result<Option<Json>, Error>> =
        join_all(answers).await.into_iter().flatten().collect();
    (states.iter().zip(&paths))
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

/// All objects of the connection's project.
pub(super) async fn list<D: Document>(google: &Google) -> Result<Option<Vec<D>>, Error> {
    let Some(project) = google.project() else { return Ok(None) };
    let all = list_all::<D>(google, project).await?;
    let all = all.iter().map(|remote| seen(&D::default(), &path_of_answer::<D>(project, remote), remote));
    Ok(Some(all.collect::<Result<_, _>>()?))
}

/// All objects of a project, in whatever region or zone.
async fn list_all<D: Document>(google: &Google, project: &str) -> Result<Vec<Json>, Error> {
    if D::AREA == Area::Global {
        let from = format!("compute/v1/projects/{project}/global/{}?maxResults=500", D::COLLECTION);
        return google.fetch_all(&format!("compute.{}.list", D::COLLECTION), "compute", &from, "items").await;
    }
    let operation = format!("compute.{}.aggregatedList", D::COLLECTION);
    let from = format!("compute/v1/projects/{project}/aggregated/{}?maxResults=500", D::COLLECTION);
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let page = google.fetch(&operation, "compute", format!("{from}{token}")).await?;
        for (_, scope) in page["items"].as_object().into_iter().flatten() {
            all.extend(scope[D::COLLECTION].as_array().into_iter().flatten().cloned());
        }
        match page["nextPageToken"].as_str().filter(|next| !next.is_empty()) {
            Some(next) => token = format!("&pageToken={}", escape(next)),
            None => return Ok(all),
        }
    }
}

/// The path of an object that a list of a project answered with.
fn path_of_answer<D: Document>(project: &str, remote: &Json) -> String {
    let text = |name: &str| remote[name].as_str().unwrap_or_default();
    let area = match D::AREA {
        Area::Global => "global".to_owned(),
        Area::Region => format!("regions/{}", name_of(text("region"))),
        Area::Zone => format!("zones/{}", name_of(text("zone"))),
    };
    format!("projects/{project}/{area}/{}/{}", D::COLLECTION, text("name"))
}
