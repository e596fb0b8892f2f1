//! Sinks as the API has them. It is called without its client library, which speaks another protocol than
//! custom endpoints do.

use crate::Google;
use crate::client::{Request, is_not_found, is_taken};
use http::Method;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{self, Value as Json};
use terrane_sdk::{Block, Error, join_all};

/// A sink.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sink {
    pub(super) name: String,
    pub(super) destination: String,
    pub(super) filter: String,
    pub(super) description: String,
    pub(super) disabled: bool,
    pub(super) exclusions: Vec<Exclusion>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) include_children: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) intercept_children: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bigquery_options: Option<BigqueryOptions>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) writer_identity: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Entries that are not copied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Block)]
#[serde(default)]
pub struct Exclusion {
    /// The name of the exclusion.
    pub name: String,
    /// Which entries.
    pub filter: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// How entries are written to BigQuery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Block)]
#[serde(rename_all = "camelCase", default)]
pub struct BigqueryOptions {
    /// Whether tables are divided by time.
    pub use_partitioned_tables: bool,
}

/// A list is cheaper than so many gets of sinks of one parent.
const LIST_FROM: usize = 3;

/// Sinks by parent and name: few of a parent are got, many are listed.
pub(super) async fn look_up(
    google: &Google,
    wanted: Vec<(String, String)>,
) -> BTreeMap<(String, String), Result<Option<Sink>, Error>> {
    let mut parents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (parent, name) in wanted {
        parents.entry(parent).or_default().push(name);
    }
    let answers = parents.into_iter().map(|(parent, names)| async move {
        if names.len() < LIST_FROM {
            let each = names.into_iter().map(|name| {
                let parent = parent.clone();
                async move {
                    let found = get(google, &parent, &name).await;
                    ((parent, name), found)
                }
            });
            return join_all(each).await;
        }
        let listed = match all(google, &parent).await {
            Err(e) if is_not_found(&e) => Ok(BTreeMap::new()),
            other => other,
        };
        let found = |name: &String| listed.as_ref().map(|all| all.get(name).cloned()).map_err(Clone::clone);
        names.iter().map(|name| ((parent.clone(), name.clone()), found(name))).collect()
    });
    join_all(answers).await.into_iter().flatten().collect()
}

/// All sinks of a parent, by name.
async fn all(google: &Google, parent: &str) -> Result<BTreeMap<String, Sink>, Error> {
    let path = format!("v2/{parent}/sinks?pageSize=1000");
    let all = google.fetch_all("logging.sinks.list", "logging", &path, "sinks").await?;
    all.into_iter().map(decode).map(|sink| sink.map(|sink| (sink.name.clone(), sink))).collect()
}

/// Makes a sink in `parent`. `query` says how its writer is named. A repeated creation takes over the first.
pub(super) async fn create(
    google: &Google,
    parent: &str,
    sink: &Sink,
    query: &str,
    repeated: bool,
) -> Result<Sink, Error> {
    let body = encode(sink)?;
    let made = call(google, "create", Method::POST, format!("v2/{parent}/sinks{query}"), Some(body)).await;
    match made {
        Err(e) if repeated && is_taken(&e) => update(google, parent, sink, query).await,
        other => decode(other?),
    }
}

/// The sink, unless there is none.
pub(super) async fn get(google: &Google, parent: &str, name: &str) -> Result<Option<Sink>, Error> {
    match call(google, "get", Method::GET, format!("v2/{parent}/sinks/{name}"), None).await {
        Err(e) if is_not_found(&e) => Ok(None),
        other => decode(other?).map(Some),
    }
}

/// Changes everything that can change.
pub(super) async fn update(google: &Google, parent: &str, sink: &Sink, query: &str) -> Result<Sink, Error> {
    let mask = "updateMask=destination,filter,description,disabled,exclusions,includeChildren,interceptChildren,\
                bigqueryOptions";
    let query = if query.is_empty() { format!("?{mask}") } else { format!("{query}&{mask}") };
    let path = format!("v2/{parent}/sinks/{}{query}", sink.name);
    decode(call(google, "update", Method::PATCH, path, Some(encode(sink)?)).await?)
}

/// Deletes a sink. One that is gone already is no error.
pub(super) async fn delete(google: &Google, parent: &str, name: &str) -> Result<(), Error> {
    match call(google, "delete", Method::DELETE, format!("v2/{parent}/sinks/{name}"), None).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

async fn call(
    google: &Google,
    verb: &str,
    method: Method,
    path: String,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("logging.sinks.{verb}");
    let idempotent = method != Method::POST;
    google.send(Request { operation: &operation, method, endpoint: "logging", path, body, idempotent }).await
}

fn encode(sink: &Sink) -> Result<Json, Error> {
    serde_json::to_value(sink).map_err(|e| Error::new("Invalid sink", format!("{e}.")))
}

fn decode(answer: Json) -> Result<Sink, Error> {
    serde_json::from_value(answer).map_err(|e| Error::new("Unexpected sink", format!("{e}.")))
}
