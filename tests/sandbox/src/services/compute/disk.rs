//! Disks: their sizes, types and images, and the instances that use them.

use super::catalog;
use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::world::{World, fingerprint};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) fn creating(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let place: Vec<&str> = path.split('/').take(4).collect();
    let place = place.join("/");
    let mut size = json::text(object, "sizeGb").and_then(|text| text.parse::<i64>().ok());
    if let Some(link) = json::text(object, "sourceImage").map(str::to_owned) {
        let image =
            catalog::image_of(&link).ok_or_else(|| Refusal::missing(crate::resource::resource_of(&link)))?;
        let least = json::text(&image, "diskSizeGb").and_then(|text| text.parse().ok()).unwrap_or(10);
        if size.is_some_and(|size| size < least) {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.sizeGb': '{}'. Requested disk size cannot be smaller than the image size ({least} GB)",
                size.unwrap_or(0)
            )));
        }
        size = size.or(Some(least));
        object["sourceImage"] = json!(catalog::link(&image));
        object["sourceImageId"] = image["id"].clone();
        object["licenses"] = image["licenses"].clone();
        object["architecture"] = image["architecture"].clone();
    }
    stored_file(world, object)?;
    for key in ["diskEncryptionKey", "sourceImageEncryptionKey", "sourceSnapshotEncryptionKey"] {
        seal(object, key);
    }
    for (field, its_size) in
        [("sourceSnapshot", "diskSizeGb"), ("sourceInstantSnapshot", "diskSizeGb"), ("sourceDisk", "sizeGb")]
    {
        let Some(link) = json::text(object, field).map(str::to_owned) else { continue };
        let source = crate::resource::resource_of(&link);
        let found =
            world.store.objects.get(&format!("compute:{source}")).ok_or_else(|| Refusal::missing(source))?;
        if field == "sourceInstantSnapshot" && !source.starts_with(&format!("{place}/")) {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.sourceInstantSnapshot': '{source}'. It is in another zone."
            )));
        }
        // What has a key of somebody's own is read with that key only.
        let own_key = json::text(found, "snapshotEncryptionKey.sha256");
        if own_key.is_some() && own_key != json::text(object, "sourceSnapshotEncryptionKey.sha256") {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.sourceSnapshotEncryptionKey'. '{source}' has another key."
            )));
        }
        let least = json::text(found, its_size).and_then(|text| text.parse().ok()).unwrap_or(0);
        if size.is_some_and(|size| size < least) {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.sizeGb': '{}'. Requested disk size cannot be smaller than that of its source ({least} GB)",
                size.unwrap_or(0)
            )));
        }
        size = size.or(Some(least));
        object[format!("{field}Id")] = found["id"].clone();
    }
    let size = size.unwrap_or(500);
    if !(1..=65_536).contains(&size) {
        return Err(Refusal::invalid(format!("Invalid value for field 'resource.sizeGb': '{size}'.")));
    }
    object["sizeGb"] = json!(size.to_string());
    json::take(object, "params");
    if json::text(object, "type").is_none() {
        object["type"] = json!(compute_link(&format!("{place}/diskTypes/pd-standard")));
    }
    object["zone"] = json!(compute_link(&place));
    Ok(())
}

/// A disk of a file in a bucket: the file is there, and nobody looks into it.
fn stored_file(world: &World, object: &Value) -> Result<(), Refusal> {
    let Some(url) = json::text(object, "sourceStorageObject") else { return Ok(()) };
    let places = ["gs://", "https://storage.googleapis.com/"];
    let name = places.iter().find_map(|place| url.strip_prefix(place)).and_then(|path| path.split_once('/'));
    let fits = url.ends_with(".tar.gz") || url.ends_with(".vmdk");
    let known = name.is_some_and(|(bucket, name)| {
        world.store.objects.contains_key(&format!("storage:b/{bucket}/o/{name}"))
    });
    if !fits || !known {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.sourceStorageObject': '{url}'. There is no such image."
        )));
    }
    match json::text(object, "sizeGb") {
        Some(_) => Ok(()),
        None => Err(Refusal::not_modelled("A disk with sourceStorageObject and without sizeGb")),
    }
}

/// Before an instant snapshot is stored, which is in the zone of its disk.
pub(crate) fn creating_instant(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let link = json::string(object, "sourceDisk");
    let source = crate::resource::resource_of(&link);
    let disk =
        world.store.objects.get(&format!("compute:{source}")).ok_or_else(|| Refusal::missing(source))?;
    let zone: Vec<&str> = path.split('/').take(4).collect();
    if !source.starts_with(&format!("{}/disks/", zone.join("/"))) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.sourceDisk': '{source}'. It is in another zone."
        )));
    }
    object["sourceDiskId"] = disk["id"].clone();
    object["diskSizeGb"] = disk["sizeGb"].clone();
    Ok(())
}

/// Keys of one's own are never answered: what is, is their digest.
pub(super) fn seal(object: &mut Value, field: &str) {
    let Some(key) = object.get_mut(field) else { return };
    let raw = json::take(key, "rawKey");
    json::take(key, "rsaEncryptedKey");
    let raw = raw.and_then(|raw| STANDARD.decode(raw.as_str()?).ok());
    if let Some(raw) = raw {
        key["sha256"] = json!(STANDARD.encode(Sha256::digest(raw)));
    }
}

/// A disk with the instances that use it.
pub(crate) fn shown(world: &World, path: &str, mut object: Value) -> Value {
    let link = compute_link(path);
    let zone: Vec<&str> = path.split('/').take(4).collect();
    let inside = format!("compute:{}/instances/", zone.join("/"));
    let users: Vec<Value> = world
        .store
        .under(&inside)
        .filter(|(_, instance)| json::texts(instance, "disks[].source").contains(&link.as_str()))
        .map(|(key, _)| json!(compute_link(key.trim_start_matches("compute:"))))
        .collect();
    if !users.is_empty() {
        object["users"] = Value::Array(users);
    }
    object
}

/// A snapshot of a disk.
pub(super) fn snapshot(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    disk: &mut Value,
) -> Result<(), Refusal> {
    let name = json::string(body, "name");
    if name.is_empty() {
        return Err(crate::validate::missing("resource.name"));
    }
    let own = format!("projects/{}/global/snapshots/{name}", call.project().unwrap_or(""));
    let key = format!("compute:{own}");
    if world.store.objects.contains_key(&key) {
        return Err(Refusal::new(409, format!("The resource '{own}' already exists")));
    }
    let region =
        path.split('/').nth(3).and_then(|zone| zone.rsplit_once('-')).map_or("", |(region, _)| region);
    let mut made = json!({
        "kind": "compute#snapshot", "id": world.id(), "creationTimestamp": world.compute_now(), "name": name,
        "selfLink": compute_link(&own), "status": "READY", "sourceDisk": compute_link(path), "sourceDiskId": disk["id"],
        "diskSizeGb": disk["sizeGb"], "storageBytes": "0", "storageBytesStatus": "UP_TO_DATE", "downloadBytes": "0",
        "creationSizeBytes": "0", "autoCreated": false, "storageLocations": [region], "snapshotType": "STANDARD",
    });
    for field in ["description", "labels", "storageLocations", "snapshotType", "snapshotEncryptionKey"] {
        if let Some(value) = body.get(field) {
            made[field] = value.clone();
        }
    }
    for field in ["architecture", "licenses"] {
        if let Some(value) = disk.get(field) {
            made[field] = value.clone();
        }
    }
    seal(&mut made, "snapshotEncryptionKey");
    made["labelFingerprint"] = json!(fingerprint(&made.get("labels").cloned().unwrap_or(json!({}))));
    world.store.objects.insert(key, made);
    Ok(())
}

/// Disks grow.
pub(super) fn act(
    _: &mut World,
    _: &Call<'_>,
    _: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let number =
        |value: &Value| json::text(value, "sizeGb").and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (now, new) = (number(object), number(body));
    if new <= now {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'sizeGb': '{new}'. New disk size '{new}' GB must be larger than existing size '{now}' GB."
        )));
    }
    object["sizeGb"] = json!(new.to_string());
    Ok(())
}
