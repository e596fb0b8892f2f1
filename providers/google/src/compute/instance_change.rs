//! Makes an instance another one: what can change while it runs, and what it has to stop for.

use super::instance::{Instance, act, entries, part};
use super::instance_blocks::{AttachedDisk, NetworkInterface};
use super::instance_disks::attached_body;
use super::kind::{Place, change_at, request_id};
use crate::Google;
use crate::names::{escape, path_of, same_reference};
use http::Method;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{ApplyContext, Auto, Error};

pub(super) async fn change(
    google: &Google,
    path: &str,
    (before, after): (&Instance, &Instance),
    cx: &ApplyContext,
) -> Result<(), Error> {
    let current = google.fetch("compute.instances.get", "compute", format!("compute/v1/{path}")).await?;
    if before.labels != after.labels {
        let body = json!({"labels": after.labels, "labelFingerprint": current["labelFingerprint"]});
        act(google, path, "setLabels", Some(body), cx).await?;
    }
    if before.metadata != after.metadata {
        let items = entries(&after.metadata, after.metadata_startup_script.as_deref());
        let body = json!({"items": items, "fingerprint": current["metadata"]["fingerprint"]});
        act(google, path, "setMetadata", Some(body), cx).await?;
    }
    if before.tags != after.tags {
        let body = json!({"items": after.tags, "fingerprint": current["tags"]["fingerprint"]});
        act(google, path, "setTags", Some(body), cx).await?;
    }
    if before.deletion_protection != after.deletion_protection {
        let on = after.deletion_protection == Some(true);
        act(google, path, &format!("setDeletionProtection?deletionProtection={on}"), None, cx).await?;
    }
    disks(google, path, (before, after), cx).await?;
    let (was, now) = (before.body(path), after.body(path));
    if was["resourcePolicies"] != now["resourcePolicies"] {
        for (verb, policies) in [
            ("removeResourcePolicies", &was["resourcePolicies"]),
            ("addResourcePolicies", &now["resourcePolicies"]),
        ] {
            if policies.is_array() {
                act(google, path, verb, Some(json!({"resourcePolicies": policies})), cx).await?;
            }
        }
    }
    let hosts =
        |body: &Json| ["nodeAffinities", "minNodeCpus"].map(|field| body["scheduling"][field].clone());
    if was["scheduling"] != now["scheduling"] && hosts(&was) == hosts(&now) {
        act(google, path, "setScheduling", Some(now["scheduling"].clone()), cx).await?;
    }
    for (i, (before, after)) in before.network_interface.iter().zip(&after.network_interface).enumerate() {
        if !moved(before, after) {
            let bodies = (&was["networkInterfaces"][i], &now["networkInterfaces"][i]);
            interface(google, path, bodies, (before, after), cx).await?;
        }
    }
    rebuild(google, path, (before, after), &current["status"], cx).await
}

/// Attaches and detaches disks.
async fn disks(
    google: &Google,
    path: &str,
    (before, after): (&Instance, &Instance),
    cx: &ApplyContext,
) -> Result<(), Error> {
    let zonal = path.rsplit_once("/instances/").map_or("", |(zonal, _)| zonal);
    let is = |disk: &AttachedDisk, all: &[AttachedDisk]| {
        let body = attached_body(disk, zonal);
        all.iter().any(|other| attached_body(other, zonal) == body)
    };
    for gone in before.attached_disk.iter().filter(|disk| !is(disk, &after.attached_disk)) {
        let name = escape(gone.device_name.as_deref().unwrap_or_default());
        act(google, path, &format!("detachDisk?deviceName={name}"), None, cx).await?;
    }
    for new in after.attached_disk.iter().filter(|disk| !is(disk, &before.attached_disk)) {
        let force = if new.force_attach == Some(true) { "?forceAttach=true" } else { "" };
        act(google, path, &format!("attachDisk{force}"), Some(attached_body(new, zonal)), cx).await?;
    }
    Ok(())
}

/// Whether an interface comes into another subnet. What is not known yet is what the subnet says.
fn moved(before: &NetworkInterface, after: &NetworkInterface) -> bool {
    let other = |was: &Auto<String>, is: &Auto<String>| is.0.is_some() && was != is;
    other(&before.network, &after.network)
        || other(&before.subnetwork, &after.subnetwork)
        || other(&before.subnetwork_project, &after.subnetwork_project)
}

/// Changes an interface: external addresses are taken away and given anew, ranges are sent as they are to be.
async fn interface(
    google: &Google,
    path: &str,
    (was, now): (&Json, &Json),
    (before, after): (&NetworkInterface, &NetworkInterface),
    cx: &ApplyContext,
) -> Result<(), Error> {
    let name = before.name.as_deref().unwrap_or("nic0");
    let current = || async {
        let found = google.fetch("compute.instances.get", "compute", format!("compute/v1/{path}")).await?;
        let mut all = found["networkInterfaces"].as_array().into_iter().flatten();
        Ok::<Json, Error>(all.find(|nic| nic["name"] == name).cloned().unwrap_or_default())
    };
    if before.access_config != after.access_config {
        for config in current().await?["accessConfigs"].as_array().into_iter().flatten() {
            let config = escape(config["name"].as_str().unwrap_or_default());
            let verb = format!("deleteAccessConfig?accessConfig={config}&networkInterface={name}");
            act(google, path, &verb, None, cx).await?;
        }
    }
    let moved = moved(before, after);
    let mut change = if moved { connection(google, now).await? } else { json!({}) };
    if moved || was["aliasIpRanges"] != now["aliasIpRanges"] {
        let ranges = &now["aliasIpRanges"];
        change["aliasIpRanges"] = if ranges.is_null() { json!([]) } else { ranges.clone() };
    }
    if was["stackType"] != now["stackType"] {
        change["stackType"] = now["stackType"].clone();
    }
    if change.as_object().is_some_and(|fields| !fields.is_empty()) {
        change["fingerprint"] = current().await?["fingerprint"].clone();
        let verb = format!("updateNetworkInterface?networkInterface={name}");
        act(google, path, &verb, Some(change), cx).await?;
    }
    if before.access_config != after.access_config {
        for config in now["accessConfigs"].as_array().into_iter().flatten() {
            act(google, path, &format!("addAccessConfig?networkInterface={name}"), Some(config.clone()), cx)
                .await?;
        }
    }
    Ok(())
}

/// What an interface is to be connected with. The network is that of the subnet.
async fn connection(google: &Google, nic: &Json) -> Result<Json, Error> {
    let mut connection = json!({});
    for name in ["network", "subnetwork", "networkIP", "ipv6Address", "internalIpv6PrefixLength"] {
        if !nic[name].is_null() {
            connection[name] = nic[name].clone();
        }
    }
    if let (Some(subnet), None) = (nic["subnetwork"].as_str(), nic["network"].as_str()) {
        let path = format!("compute/v1/{}", path_of(subnet));
        let subnet = google.fetch("compute.subnetworks.get", "compute", path).await?;
        connection["network"] = subnet["network"].clone();
    }
    Ok(connection)
}

/// Changes what an instance must not run for, and lets it run if it is to.
async fn rebuild(
    google: &Google,
    path: &str,
    (before, after): (&Instance, &Instance),
    status: &Json,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let (was, now) = (before.body(path), after.body(path));
    let mut changes: Vec<(&str, Json)> = Vec::new();
    if !same_reference(&before.machine_type, &after.machine_type) {
        changes.push(("setMachineType", json!({"machineType": now["machineType"]})));
    }
    if before.min_cpu_platform != after.min_cpu_platform {
        changes.push(("setMinCpuPlatform", json!({"minCpuPlatform": after.min_cpu_platform.as_deref()})));
    }
    if before.account() != after.account() {
        changes.push(("setServiceAccount", after.account()));
    }
    if was["shieldedInstanceConfig"] != now["shieldedInstanceConfig"] {
        changes.push(("updateShieldedInstanceConfig", now["shieldedInstanceConfig"].clone()));
    }
    if (before.enable_display == Some(true)) != (after.enable_display == Some(true)) {
        let on = after.enable_display == Some(true);
        changes.push(("updateDisplayDevice", json!({"enableDisplay": on})));
    }
    let hosts =
        |body: &Json| ["nodeAffinities", "minNodeCpus"].map(|field| body["scheduling"][field].clone());
    if hosts(&was) != hosts(&now) {
        changes.push(("setScheduling", now["scheduling"].clone()));
    }
    if was["advancedMachineFeatures"] != now["advancedMachineFeatures"] {
        changes.push(("update", now["advancedMachineFeatures"].clone()));
    }
    let interfaces = before.network_interface.iter().zip(&after.network_interface).enumerate();
    let moves: Vec<_> = interfaces.filter(|(_, (before, after))| moved(before, after)).collect();
    let mut is = status.as_str().unwrap_or("RUNNING");
    let wanted = after.desired_status.as_deref().unwrap_or(is);
    let first = changes.first().map(|(verb, _)| *verb).or(moves.first().map(|_| "updateNetworkInterface"));
    if let Some(first) = first
        && is != "TERMINATED"
    {
        if after.allow_stopping_for_update != Some(true) && after.desired_status.is_none() {
            let detail = format!(
                "Instance {} has to stop for {first}. Set allow_stopping_for_update = true to let it.",
                after.name
            );
            return Err(Error::new("An instance that would have to stop", detail)
                .attribute("allow_stopping_for_update"));
        }
        run(google, path, (is, "TERMINATED"), cx).await?;
        is = "TERMINATED";
    }
    for (verb, body) in changes {
        match verb {
            "update" => features(google, path, body, cx).await?,
            _ => act(google, path, verb, Some(body), cx).await?,
        }
    }
    for (i, pair) in moves {
        let bodies = (&was["networkInterfaces"][i], &now["networkInterfaces"][i]);
        interface(google, path, bodies, pair, cx).await?;
    }
    run(google, path, (is, wanted), cx).await
}

/// Brings an instance from one status to another: what is suspended is resumed before it is stopped.
async fn run(
    google: &Google,
    path: &str,
    (is, wanted): (&str, &str),
    cx: &ApplyContext,
) -> Result<(), Error> {
    let verbs: &[&str] = match (is, wanted) {
        ("TERMINATED", "RUNNING") => &["start"],
        ("TERMINATED", "SUSPENDED") => &["start", "suspend"],
        ("SUSPENDED", "RUNNING") => &["resume"],
        ("SUSPENDED", "TERMINATED") => &["resume", "stop"],
        ("TERMINATED" | "SUSPENDED", _) => &[],
        (_, "TERMINATED") => &["stop"],
        (_, "SUSPENDED") => &["suspend"],
        _ => &[],
    };
    for verb in verbs {
        act(google, path, verb, None, cx).await?;
    }
    Ok(())
}

/// Changes the settings of the processor, which only a request with the whole instance does.
async fn features(google: &Google, path: &str, features: Json, cx: &ApplyContext) -> Result<(), Error> {
    let mut whole = google.fetch("compute.instances.get", "compute", format!("compute/v1/{path}")).await?;
    whole["advancedMachineFeatures"] = features;
    if let Some(fields) = whole.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    let to = format!("compute/v1/{path}?requestId={}", request_id(cx, "update"));
    let place = Place::global(part(path, 1));
    change_at(google, "compute.instances.update", Method::PUT, &place, to, Some(whole), cx).await
}
