//! What the calls of all kinds of Compute Engine objects have in common: one [`Kind`] says how to
//! insert, get, list and delete, the functions here create with an answer that can be lost, and read many
//! objects in few calls. Knows no schema.

use super::operation::finish;
use crate::Google;
use crate::client::{Request, is_not_found};
use google_cloud_compute_v1::model::Operation;
use http::Method;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use terrane_sdk::serde_json::{self, Value as Json};
use terrane_sdk::{ApplyContext, Error, async_trait, join_all};

/// How long a change may take where its type does not say.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// Lists are cheaper than so many gets of objects in one place.
const LIST_FROM: usize = 3;

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The project.
    pub(crate) project: String,
    /// The region or zone; empty for what is global.
    pub(crate) area: String,
}

impl Place {
    pub(crate) fn global(project: &str) -> Place {
        Place { project: project.to_owned(), area: String::new() }
    }

    pub(crate) fn area(project: &str, area: &str) -> Place {
        Place { project: project.to_owned(), area: crate::names::name_of(area).to_owned() }
    }
}

impl Place {
    /// Where an object in a region is.
    pub(crate) fn regional(
        google: &Google,
        project: Option<&str>,
        region: Option<&str>,
    ) -> Result<Place, Error> {
        let project = crate::provider::project_of(google, project)?;
        let region = region.or(google.region()).ok_or_else(|| {
            let detail = "Neither the object nor the provider configuration names a region.";
            Error::new("Missing region", detail).attribute("region")
        })?;
        Ok(Place::area(project, region))
    }
}

/// Whether objects of a kind are in a region, in a zone or in neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Global,
    Region,
}

/// A kind of objects of Compute Engine.
#[async_trait]
pub(crate) trait Kind: Send + Sync + 'static {
    /// An object as the client library has it.
    type Object: Clone + Serialize + Send + Sync + 'static;
    /// The kind as it is called in operations and paths: `networks`.
    const COLLECTION: &'static str;
    /// Where its objects are.
    const SCOPE: Scope;

    /// The object's name.
    fn name(object: &Self::Object) -> Option<&str>;

    /// The region or zone of the object, by its name or URL.
    fn area(object: &Self::Object) -> Option<&str>;

    async fn insert(
        google: &Google,
        place: &Place,
        body: Self::Object,
        request: &str,
    ) -> Result<Operation, Error>;
    async fn get(google: &Google, place: &Place, name: &str) -> Result<Self::Object, Error>;
    async fn list(google: &Google, place: &Place) -> Result<Vec<Self::Object>, Error>;
    /// All objects of a project, in whatever region.
    async fn list_all(google: &Google, project: &str) -> Result<Vec<Self::Object>, Error>;
    async fn remove(google: &Google, place: &Place, name: &str, request: &str) -> Result<Operation, Error>;
}

/// Implements [`Kind`] for a struct of the client library.
macro_rules! kind {
    (@area global, $s:ident) => { None };
    (@area region, $s:ident) => { $s.region.as_deref() };
    (@scope global) => { $crate::compute::kind::Scope::Global };
    (@scope region) => { $crate::compute::kind::Scope::Region };
    (@in global, $call:expr, $place:ident) => { $call.set_project(&$place.project) };
    (@in region, $call:expr, $place:ident) => { $call.set_project(&$place.project).set_region(&$place.area) };
    (@all global, $google:ident, $client:ident, $project:ident, $scoped:ident, $collection:literal) => {
        <Self as $crate::compute::kind::Kind>::list($google, &$crate::compute::kind::Place::global($project)).await
    };
    (@all region, $google:ident, $client:ident, $project:ident, $scoped:ident, $collection:literal) => {{
        use google_cloud_gax::paginator::ItemPaginator as _;
        let client = $google.$client().await?;
        let mut pages = client.aggregated_list().set_project($project).by_item();
        let mut all = Vec::new();
        let operation = concat!("compute.", $collection, ".aggregatedList");
        while let Some(item) = $google.call(operation, async { pages.next().await.transpose() }).await? {
            all.extend(item.1.$scoped);
        }
        Ok(all)
    }};
    ($api:ident: $model:ident, $client:ident, $collection:literal, $scope:ident, $set:ident, $scoped:ident) => {
        /// The calls for objects of this kind.
        pub(super) struct $api;

        #[terrane_sdk::async_trait]
        impl $crate::compute::kind::Kind for $api {
            type Object = google_cloud_compute_v1::model::$model;
            const COLLECTION: &'static str = $collection;
            const SCOPE: $crate::compute::kind::Scope = $crate::compute::kind::kind!(@scope $scope);

            fn name(object: &Self::Object) -> Option<&str> {
                object.name.as_deref()
            }

            #[allow(unused_variables)]
            fn area(object: &Self::Object) -> Option<&str> {
                $crate::compute::kind::kind!(@area $scope, object)
            }

            async fn insert(
                google: &$crate::Google,
                place: &$crate::compute::kind::Place,
                body: Self::Object,
                request: &str,
            ) -> Result<google_cloud_compute_v1::model::Operation, terrane_sdk::Error> {
                use google_cloud_gax::options::RequestOptionsBuilder as _;
                let call = $crate::compute::kind::kind!(@in $scope, google.$client().await?.insert(), place);
                let call = call.set_request_id(request).set_body(body).with_idempotency(true);
                google.call(concat!("compute.", $collection, ".insert"), call.send()).await
            }

            async fn get(
                google: &$crate::Google,
                place: &$crate::compute::kind::Place,
                name: &str,
            ) -> Result<Self::Object, terrane_sdk::Error> {
                let call = $crate::compute::kind::kind!(@in $scope, google.$client().await?.get(), place);
                google.call(concat!("compute.", $collection, ".get"), call.$set(name).send()).await
            }

            async fn list(
                google: &$crate::Google,
                place: &$crate::compute::kind::Place,
            ) -> Result<Vec<Self::Object>, terrane_sdk::Error> {
                use google_cloud_gax::paginator::ItemPaginator as _;
                let call = $crate::compute::kind::kind!(@in $scope, google.$client().await?.list(), place);
                let mut items = call.by_item();
                let mut all = Vec::new();
                let operation = concat!("compute.", $collection, ".list");
                while let Some(item) = google.call(operation, async { items.next().await.transpose() }).await? {
                    all.push(item);
                }
                Ok(all)
            }

            #[allow(unused_variables)]
            async fn list_all(google: &$crate::Google, project: &str) -> Result<Vec<Self::Object>, terrane_sdk::Error> {
                $crate::compute::kind::kind!(@all $scope, google, $client, project, $scoped, $collection)
            }

            async fn remove(
                google: &$crate::Google,
                place: &$crate::compute::kind::Place,
                name: &str,
                request: &str,
            ) -> Result<google_cloud_compute_v1::model::Operation, terrane_sdk::Error> {
                use google_cloud_gax::options::RequestOptionsBuilder as _;
                let call = $crate::compute::kind::kind!(@in $scope, google.$client().await?.delete(), place);
                let call = call.set_request_id(request).$set(name).with_idempotency(true);
                google.call(concat!("compute.", $collection, ".delete"), call.send()).await
            }
        }
    };
}
pub(crate) use kind;

/// Creates an object and waits for it. A repeated operation takes over what the first one made:
/// the request id makes Google do one thing only, and a name is taken once.
pub(crate) async fn create<K: Kind>(
    google: &Google,
    place: &Place,
    body: K::Object,
    cx: &ApplyContext,
) -> Result<K::Object, Error> {
    let name = K::name(&body).unwrap_or_default().to_owned();
    let timeout = cx.timeout_or(PATIENCE);
    if cx.repeated
        && let Some(found) = find::<K>(google, place, &name).await?
    {
        return Ok(found);
    }
    let request = request_id(cx, "insert");
    let operation = K::insert(google, place, body, &request).await?;
    let call = format!("compute.{}.insert", K::COLLECTION);
    finish(google, &call, &place.project, operation, timeout).await?;
    K::get(google, place, &name).await
}

/// The id by which Google knows a request that is sent again. One operation may send several requests.
pub(crate) fn request_id(cx: &ApplyContext, request: &str) -> String {
    let token = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, cx.token.to_string().as_bytes());
    uuid::Uuid::new_v5(&token, request.as_bytes()).to_string()
}

/// An object, unless there is none.
pub(crate) async fn find<K: Kind>(
    google: &Google,
    place: &Place,
    name: &str,
) -> Result<Option<K::Object>, Error> {
    match K::get(google, place, name).await {
        Ok(found) => Ok(Some(found)),
        Err(e) if is_not_found(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Reads objects: `place` says where that of a state is and how it is called, `with` is the state as
/// Google describes it.
pub(crate) async fn read_each<K: Kind, S>(
    google: &Google,
    states: Vec<S>,
    place: impl Fn(&S) -> Result<(Place, String), Error>,
    with: impl Fn(S, K::Object) -> S,
) -> Vec<Result<Option<S>, Error>> {
    let wanted: Vec<Result<(Place, String), Error>> = states.iter().map(place).collect();
    let found = look_up::<K>(google, wanted.iter().flatten().cloned().collect()).await;
    (states.into_iter().zip(wanted))
        .map(|(state, wanted)| match found.get(&wanted?) {
            Some(Ok(Some(remote))) => Ok(Some(with(state, remote.clone()))),
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(None)) | None => Ok(None),
        })
        .collect()
}

/// Objects by place and name, in few calls: few ones are got, many in one place are listed, many in
/// several regions of a project are listed together.
async fn look_up<K: Kind>(
    google: &Google,
    wanted: Vec<(Place, String)>,
) -> BTreeMap<(Place, String), Result<Option<K::Object>, Error>> {
    let mut projects: BTreeMap<String, Vec<(Place, String)>> = BTreeMap::new();
    for key in wanted {
        projects.entry(key.0.project.clone()).or_default().push(key);
    }
    let answers = projects.into_iter().map(|(project, keys)| async move {
        if keys.len() < LIST_FROM {
            let each = keys.into_iter().map(|key| async move {
                let found = find::<K>(google, &key.0, &key.1).await;
                (key, found)
            });
            return join_all(each).await;
        }
        let one_place = keys.iter().all(|(place, _)| *place == keys[0].0);
        let listed = match one_place {
            true => K::list(google, &keys[0].0).await,
            false => K::list_all(google, &project).await,
        };
        match listed {
            Err(error) => keys.into_iter().map(|key| (key, Err(error.clone()))).collect(),
            Ok(all) => {
                let mut by_key: BTreeMap<(Place, String), K::Object> = all
                    .into_iter()
                    .filter_map(|k| {
                        let area = K::area(&k).map(crate::names::name_of).unwrap_or_default().to_owned();
                        let place = Place { project: project.clone(), area };
                        Some(((place, K::name(&k)?.to_owned()), k))
                    })
                    .collect();
                keys.into_iter()
                    .map(|key| {
                        let found = by_key.remove(&key);
                        (key, Ok(found))
                    })
                    .collect()
            }
        }
    });
    join_all(answers).await.into_iter().flatten().collect()
}

/// Deletes an object and waits until it is gone. One that is gone already is no error.
pub(crate) async fn delete<K: Kind>(
    google: &Google,
    place: &Place,
    name: &str,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let timeout = cx.timeout_or(PATIENCE);
    let operation = match K::remove(google, place, name, &request_id(cx, "delete")).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => other?,
    };
    let call = format!("compute.{}.delete", K::COLLECTION);
    finish(google, &call, &place.project, operation, timeout).await
}

/// The path of an object from `projects/` on.
pub(crate) fn path<K: Kind>(place: &Place, name: &str) -> String {
    let Place { project, area } = place;
    match K::SCOPE {
        Scope::Global => format!("projects/{project}/global/{}/{name}", K::COLLECTION),
        Scope::Region => format!("projects/{project}/regions/{area}/{}/{name}", K::COLLECTION),
    }
}

/// Changes what differs between two bodies, and waits. What only the older one has is cleared.
pub(crate) async fn patch<K: Kind>(
    google: &Google,
    place: &Place,
    name: &str,
    (before, after): (&K::Object, &K::Object),
    fingerprint: Option<String>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let Some(mut change) = difference(before, after)? else { return Ok(()) };
    // Some kinds want the name in the body too.
    if K::name(after).is_some() {
        change["name"] = name.into();
    }
    if let Some(fingerprint) = fingerprint {
        change["fingerprint"] = fingerprint.into();
    }
    let operation = format!("compute.{}.patch", K::COLLECTION);
    let path = format!("compute/v1/{}?requestId={}", path::<K>(place, name), request_id(cx, "patch"));
    change_at(google, &operation, Method::PATCH, place, path, Some(change), cx).await
}

/// Sets the labels of an object, where its kind has them and patches do not change them.
pub(crate) async fn set_labels<K: Kind>(
    google: &Google,
    place: &Place,
    name: &str,
    labels: &BTreeMap<String, String>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let current = K::get(google, place, name).await?;
    let operation = format!("compute.{}.setLabels", K::COLLECTION);
    let path = path::<K>(place, name);
    let query = match K::SCOPE {
        Scope::Region => format!("?requestId={}", request_id(cx, "labels")),
        Scope::Global => String::new(),
    };
    let body = serde_json::json!({"labels": labels, "labelFingerprint": field(&current, "labelFingerprint")});
    let to = format!("compute/v1/{path}/setLabels{query}");
    change_at(google, &operation, Method::POST, place, to, Some(body), cx).await
}

/// A text field of an object as the REST API has it: fingerprints are not texts in the client library.
pub(crate) fn field<K: Serialize>(object: &K, name: &str) -> Option<String> {
    serde_json::to_value(object).ok()?[name].as_str().map(str::to_owned)
}

/// Sends a change to a path, and waits for its operation.
pub(crate) async fn change_at(
    google: &Google,
    operation: &str,
    method: Method,
    place: &Place,
    path: String,
    body: Option<Json>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let request = Request { operation, method, endpoint: "compute", path, body, idempotent: true };
    let answer = google.send(request).await?;
    let begun: Operation = serde_json::from_value(answer).map_err(|e| {
        Error::new(format!("{operation} failed"), format!("The answer is no operation: {e}."))
    })?;
    finish(google, operation, &place.project, begun, cx.timeout_or(PATIENCE)).await
}

/// The fields of a JSON merge that makes the one body the other; none when they are the same.
fn difference<K: Serialize>(before: &K, after: &K) -> Result<Option<Json>, Error> {
    let document =
        |body: &K| serde_json::to_value(body).map_err(|e| Error::new("Invalid request", format!("{e}.")));
    let (before, after) = (document(before)?, document(after)?);
    let (Json::Object(before), Json::Object(mut after)) = (before, after) else { return Ok(None) };
    clear_missing(&before, &mut after);
    after.retain(|key, value| before.get(key) != Some(value));
    Ok((!after.is_empty()).then_some(Json::Object(after)))
}

/// Adds to `after` what only `before` has, emptied: a field that is left out stays as it is, and null clears it.
fn clear_missing(before: &serde_json::Map<String, Json>, after: &mut serde_json::Map<String, Json>) {
    for (key, value) in before {
        match (value, after.get_mut(key)) {
            (Json::Object(before), Some(Json::Object(after))) => clear_missing(before, after),
            (_, Some(_)) => {}
            (value, None) => {
                let none = match value {
                    Json::Array(_) => Json::Array(Vec::new()),
                    Json::Bool(_) => Json::Bool(false),
                    _ => Json::Null,
                };
                after.insert(key.clone(), none);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use google_cloud_compute_v1::model::{Firewall, Subnetwork, SubnetworkSecondaryRange};

    #[test]
    fn what_is_no_longer_configured_is_cleared() {
        let range = SubnetworkSecondaryRange::new().set_range_name("pods").set_ip_cidr_range("10.1.0.0/16");
        let before = Subnetwork::new()
            .set_role("BACKUP")
            .set_private_ip_google_access(true)
            .set_secondary_ip_ranges([range]);
        let after = Subnetwork::new().set_description("d");
        let change = difference(&before, &after).expect("bodies are JSON").expect("they differ");
        let want = serde_json::json!({"description": "d", "role": null, "privateIpGoogleAccess": false, "secondaryIpRanges": []});
        assert_eq!(change, want);
        assert_eq!(difference(&Firewall::new(), &Firewall::new()).expect("bodies are JSON"), None);
    }
}
