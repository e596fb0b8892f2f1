//! What node pools are for the API and how they change, for pools of their own and for those in blocks of clusters.

use super::calls::{Change, change};
use super::names::{NAMES, changed, scope, scoped};
use super::pool_blocks::ClusterPool;
use crate::Google;
use crate::client::Request;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{ApplyContext, Error, Object, Value};

/// How a block of a pool is called in a cluster.
const BLOCK: &str = "node_pool";

/// What is changed by an update, and where it is in a pool.
const UPDATES: &[(&str, &str)] = &[
    ("config.imageType", "imageType"),
    ("locations", "locations"),
    ("config.workloadMetadataConfig", "workloadMetadataConfig"),
    ("upgradeSettings", "upgradeSettings"),
    ("config.tags", "tags.tags"),
    ("config.taints", "taints.taints"),
    ("config.labels", "labels.labels"),
    ("config.linuxNodeConfig", "linuxNodeConfig"),
    ("config.kubeletConfig", "kubeletConfig"),
    ("networkConfig.enablePrivateNodes", "nodeNetworkConfig.enablePrivateNodes"),
    ("networkConfig.networkPerformanceConfig", "nodeNetworkConfig.networkPerformanceConfig"),
    ("config.gcfsConfig", "gcfsConfig"),
    ("config.gvnic", "gvnic"),
    ("config.fastSocket", "fastSocket"),
    ("config.loggingConfig", "loggingConfig"),
    ("config.resourceLabels", "resourceLabels.labels"),
    ("config.windowsNodeConfig", "windowsNodeConfig"),
    ("config.resourceManagerTags", "resourceManagerTags"),
    ("config.containerdConfig", "containerdConfig"),
    ("config.storagePools", "storagePools"),
];

/// What is changed together: the machine and its disk.
const MACHINE: &[(&str, &str)] = &[
    ("config.machineType", "machineType"),
    ("config.diskType", "diskType"),
    ("config.diskSizeGb", "diskSizeGb"),
    ("config.bootDisk", "bootDisk"),
];

/// A pool as the API has it: `object` has the attributes of one, and perhaps more.
pub(super) fn body(object: &Value) -> Json {
    let mut body = NAMES.body(BLOCK, &<ClusterPool as Object>::spec(), object);
    scoped(&mut body["config"]);
    if body["config"].is_null() {
        body["config"] = json!({});
    }
    if let Some(scaling) = body.get_mut("autoscaling") {
        scaling["enabled"] = true.into();
    }
    if let Some(fields) = body.as_object_mut() {
        fields.shift_remove("instanceGroupUrls");
    }
    body
}

/// A new pool as the API wants it: with the nodes to begin with.
pub(super) fn new(object: &Value, name: &str) -> Json {
    let mut body = body(object);
    body["name"] = name.into();
    if body.get("initialNodeCount").is_none() {
        let count = object.attribute("node_count").and_then(|v| v.as_number().and_then(|n| n.to_i64()));
        body["initialNodeCount"] = count.unwrap_or(0).into();
    }
    body
}

/// A pool as the API describes it, as an object with the attributes of one. `before` is how it was known.
pub(super) fn seen(json: &Json, groups: &Groups, before: &Value) -> Value {
    let mut json = json.clone();
    if json["autoscaling"]["enabled"] != true
        && let Some(fields) = json.as_object_mut()
    {
        fields.shift_remove("autoscaling");
    }
    let config = before.attribute("node_config").and_then(|v| v.as_slice().and_then(|b| b.first().cloned()));
    tidy(&mut json["config"], config.as_ref());
    let mut object = NAMES.object(BLOCK, &<ClusterPool as Object>::spec(), &json, before);
    let urls: Vec<&str> =
        json["instanceGroupUrls"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let known: Vec<&Group> = urls.iter().filter_map(|url| groups.0.get(crate::names::path_of(url))).collect();
    let total: i64 = known.iter().map(|group| group.size).sum();
    if let Ok(zones @ 1..) = i64::try_from(known.len()) {
        object = object.with_attribute("node_count", Value::from(total / zones));
    }
    let managed = known.iter().map(|group| Value::string(&group.instances));
    object.with_attribute("managed_instance_group_urls", Value::list(terrane_sdk::Type::String, managed))
}

/// Takes out of what describes nodes what Google adds to what was asked for.
pub(super) fn tidy(config: &mut Json, before: Option<&Value>) {
    let was = |name: &str| before.and_then(|b| b.attribute(name)).unwrap_or(Value::NULL);
    let has = |name: &str, key: &str| was(name).as_map().is_some_and(|m| m.contains_key(key));
    if let Some(labels) = config.get_mut("resourceLabels").and_then(Json::as_object_mut) {
        labels.retain(|key, _| !key.starts_with("goog-") || has("resource_labels", key));
    }
    let metadata = was("metadata");
    if metadata.as_map().is_some_and(|m| !m.is_empty())
        && let Some(there) = config.get_mut("metadata").and_then(Json::as_object_mut)
    {
        there.retain(|key, _| key != "disable-legacy-endpoints" || has("metadata", key));
    }
    // Scopes stay as they were written.
    let written: Vec<String> = was("oauth_scopes")
        .as_slice()
        .unwrap_or_default()
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    let urls: BTreeSet<String> = written.iter().map(|name| scope(name)).collect();
    let there: BTreeSet<String> = (config["oauthScopes"].as_array().into_iter().flatten())
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    if !written.is_empty() && urls == there {
        config["oauthScopes"] = written.into();
    }
    if config.as_object().is_some_and(|fields| fields.values().all(Json::is_null)) {
        *config = Json::Null;
    }
}

/// Makes the pool at `path` what `after` says, one operation for each thing that differs.
pub(super) async fn update(
    google: &Google,
    path: &str,
    before: &Value,
    after: &Value,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let (was, is) = (body(before), body(after));
    let post = |verb: &'static str, call: &'static str, body: Json| {
        let (method, path) = (Method::POST, format!("{path}:{verb}"));
        change(google, Change { call, method, path, body: Some(body) }, cx)
    };
    let put = |body: Json| {
        let (call, method, path) = ("container.nodePools.update", Method::PUT, path.to_owned());
        change(google, Change { call, method, path, body: Some(body) }, cx)
    };
    if was.get("autoscaling") != is.get("autoscaling") {
        let scaling = is.get("autoscaling").cloned().unwrap_or(json!({"enabled": false}));
        post("setAutoscaling", "container.nodePools.setAutoscaling", json!({"autoscaling": scaling})).await?;
    }
    if was.get("management") != is.get("management") {
        let management = is.get("management").cloned().unwrap_or(json!({}));
        post("setManagement", "container.nodePools.setManagement", json!({"management": management})).await?;
    }
    if let Some(version) = is.get("version").filter(|version| Some(*version) != was.get("version")) {
        put(json!({"nodeVersion": version})).await?;
    }
    let mut machine = json!({});
    for (from, to) in MACHINE {
        if let Some(Json::Object(change)) = changed(&was, &is, from, to) {
            machine.as_object_mut().into_iter().for_each(|fields| fields.extend(change.clone()));
        }
    }
    if machine != json!({}) {
        // The three go together, also when one of them differs.
        for (from, to) in &MACHINE[..3] {
            if let (true, Some(value)) = (machine.get(*to).is_none(), crate::mirror::find(&is, from)) {
                machine[*to] = value.clone();
            }
        }
        put(machine).await?;
    }
    for (from, to) in UPDATES {
        if let Some(change) = changed(&was, &is, from, to) {
            put(change).await?;
        }
    }
    let count =
        |object: &Value| object.attribute("node_count").and_then(|v| v.as_number().and_then(|n| n.to_i64()));
    if let Some(size) = count(after).filter(|size| Some(*size) != count(before)) {
        post("setSize", "container.nodePools.setSize", json!({"nodeCount": size})).await?;
    }
    Ok(())
}

/// The managed instance groups of projects, by their paths.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<String, Group>);

#[derive(Debug)]
struct Group {
    size: i64,
    /// The URL of the group that it manages.
    instances: String,
}

impl Groups {
    /// The groups of a project, in all zones at once.
    pub(super) async fn of(google: &Google, project: &str) -> Result<Groups, Error> {
        let mut groups = BTreeMap::new();
        let mut token = String::new();
        loop {
            let path = format!(
                "compute/v1/projects/{project}/aggregated/instanceGroupManagers?maxResults=500{token}"
            );
            let operation = "compute.instanceGroupManagers.aggregatedList";
            let request = Request {
                operation,
                method: Method::GET,
                endpoint: "compute",
                path,
                body: None,
                idempotent: true,
            };
            let page = google.send(request).await?;
            let scopes = page["items"].as_object().into_iter().flatten();
            let all = scopes.flat_map(|(_, s)| s["instanceGroupManagers"].as_array().into_iter().flatten());
            groups.extend(all.filter_map(|group| {
                let path = crate::names::path_of(group["selfLink"].as_str()?).to_owned();
                let instances = group["instanceGroup"].as_str().unwrap_or_default().to_owned();
                Some((path, Group { size: group["targetSize"].as_i64().unwrap_or(0), instances }))
            }));
            match page["nextPageToken"].as_str() {
                Some(next) => token = format!("&pageToken={next}"),
                None => return Ok(Groups(groups)),
            }
        }
    }
}
