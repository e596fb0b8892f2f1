//! The disks of instances, as instances and their API have them.

use super::instance_blocks::{AttachedDisk, BootDisk, InitializeParams};
use crate::Google;
use crate::mirror::Mirror;
use crate::names::{compute_reference, compute_url, name_of, path_of};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{Error, Object};

/// Whether two texts mean the same image: one of them may leave out where images are, or be a family.
pub(super) fn same_image(one: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let text =
            path_of(text).replace("projects/", "").replace("/global/images", "").replace("/family/", "/");
        text.split('/').map(str::to_owned).collect()
    };
    let (a, b) = (words(one), words(other));
    let (Some(last), Some(end)) = (a.last(), b.last()) else { return false };
    let same_project = a.len() < 2 || b.len() < 2 || a[0] == b[0];
    same_project
        && (last == end || last.starts_with(&format!("{end}-")) || end.starts_with(&format!("{last}-")))
}

pub(super) fn number(value: &Json) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

pub(super) fn attached_body(disk: &AttachedDisk, zonal: &str) -> Json {
    let mut body = json!({
        "source": compute_reference(&format!("{zonal}/disks"), &disk.source), "mode": disk.mode, "type": "PERSISTENT",
        "autoDelete": false,
    });
    if let Some(name) = disk.device_name.as_deref().filter(|name| !name.is_empty()) {
        body["deviceName"] = name.into();
    }
    let keys = [
        disk.disk_encryption_key_raw.as_deref(),
        disk.disk_encryption_key_rsa.as_deref(),
        disk.kms_key_self_link.as_deref(),
        disk.disk_encryption_service_account.as_deref(),
    ];
    seal(&mut body, keys);
    if disk.force_attach == Some(true) {
        body["forceAttach"] = true.into();
    }
    body
}

/// Says how a disk is encrypted: a key, a wrapped one, one in Cloud KMS, and the account that uses it.
fn seal(body: &mut Json, keys: [Option<&str>; 4]) {
    for (name, key) in
        ["rawKey", "rsaEncryptedKey", "kmsKeyName", "kmsKeyServiceAccount"].into_iter().zip(keys)
    {
        if let Some(key) = key.filter(|key| !key.is_empty()) {
            body["diskEncryptionKey"][name] = key.into();
        }
    }
}

/// The account that uses a key, where there is one.
fn account(key: &Json) -> Option<String> {
    key["kmsKeyServiceAccount"].as_str().filter(|account| !account.is_empty()).map(str::to_owned)
}

pub(super) fn attached_seen(before: Option<&AttachedDisk>, disk: &Json) -> AttachedDisk {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    AttachedDisk {
        source: text(&disk["source"]),
        device_name: text(&disk["deviceName"]).into(),
        mode: Some(text(&disk["mode"])),
        kms_key_self_link: text(&disk["diskEncryptionKey"]["kmsKeyName"]).into(),
        disk_encryption_key_sha256: text(&disk["diskEncryptionKey"]["sha256"]).into(),
        disk_encryption_service_account: account(&disk["diskEncryptionKey"]),
        ..before.cloned().unwrap_or_default()
    }
}

pub(super) fn boot_body(disk: &BootDisk, project: &str, zonal: &str) -> Json {
    let mut body = json!({"boot": true, "type": "PERSISTENT", "autoDelete": disk.auto_delete != Some(false), "mode": disk.mode});
    for (name, value) in
        [("deviceName", disk.device_name.as_deref()), ("interface", disk.interface.as_deref())]
    {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            body[name] = value.into();
        }
    }
    if let Some(source) = disk.source.as_deref() {
        body["source"] = compute_reference(&format!("{zonal}/disks"), source).into();
    }
    let keys = [
        disk.disk_encryption_key_raw.as_deref(),
        disk.disk_encryption_key_rsa.as_deref(),
        disk.kms_key_self_link.as_deref(),
        disk.disk_encryption_service_account.as_deref(),
    ];
    seal(&mut body, keys);
    if disk.force_attach == Some(true) {
        body["forceAttach"] = true.into();
    }
    if let Some(features) = disk.guest_os_features.get().filter(|all| !all.is_empty()) {
        body["guestOsFeatures"] = features.iter().map(|kind| json!({"type": kind})).collect();
    }
    let Some(from) = disk.initialize_params.as_ref() else { return body };
    let spec = <InitializeParams as Object>::spec();
    const PARAMS: Mirror = Mirror(&[
        ("image", "sourceImage"),
        ("size", "diskSizeGb"),
        ("type", "diskType"),
        ("snapshot", "sourceSnapshot"),
        ("kms_key_self_link", "kmsKeyName"),
    ]);
    let mut params = PARAMS.body("", &spec, &from.to_value());
    if let Some(image) = from.image.as_deref() {
        params["sourceImage"] = image_reference(project, image).into();
    }
    if let Some(kind) = from.kind.as_deref() {
        params["diskType"] = compute_reference(&format!("{zonal}/diskTypes"), kind).into();
    }
    if let Some(snapshot) = from.snapshot.as_deref() {
        let all = format!("projects/{project}/global/snapshots");
        params["sourceSnapshot"] = compute_reference(&all, snapshot).into();
    }
    if let Some(pool) = from.storage_pool.as_deref() {
        params["storagePool"] = compute_reference(&format!("{zonal}/storagePools"), pool).into();
    }
    body["initializeParams"] = params;
    body
}

/// The URL of an image or family by any of its names: `debian-12`, `debian-cloud/debian-12`, a path or URL.
pub(super) fn image_reference(project: &str, image: &str) -> String {
    let words: Vec<&str> = path_of(image).split('/').collect();
    let path = match words[..] {
        [of, name] if of != "family" && of != "global" => {
            format!("projects/{of}/global/images/family/{name}")
        }
        ["family", name] => format!("projects/{project}/global/images/family/{name}"),
        [name] => format!("projects/{project}/global/images/{name}"),
        ["global", ..] => format!("projects/{project}/{}", path_of(image)),
        _ => path_of(image).to_owned(),
    };
    compute_url(&path)
}

/// The boot disk as the instance has it. What it was made from only the disk itself tells, which is asked when that is
/// not known.
pub(super) async fn boot_seen(
    google: &Google,
    before: Option<BootDisk>,
    remote: &Json,
) -> Result<BootDisk, Error> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let mut disk = before.unwrap_or_default();
    let source = text(&remote["source"]);
    let known = disk.initialize_params.as_ref().is_some_and(|from| {
        from.image.0.is_some() && from.size.0.is_some() && from.kind.0.is_some() && from.labels.0.is_some()
    });
    if !known && source.contains("/disks/") {
        let path = format!("compute/v1/{}", path_of(&source));
        let found = google.fetch("compute.disks.get", "compute", path).await?;
        let mut from = disk.initialize_params.take().unwrap_or_default();
        from.image = from.image.0.or(Some(text(&found["sourceImage"]))).into();
        from.size = from.size.0.or(number(&found["sizeGb"])).into();
        from.kind = from.kind.0.or(Some(name_of(&text(&found["type"])).to_owned())).into();
        from.architecture = from.architecture.0.or(Some(text(&found["architecture"]))).into();
        from.provisioned_iops = from.provisioned_iops.0.or(number(&found["provisionedIops"])).into();
        let speed = number(&found["provisionedThroughput"]);
        from.provisioned_throughput = from.provisioned_throughput.0.or(speed).into();
        let policies = found["resourcePolicies"].as_array().map(|all| all.iter().map(text).collect());
        from.resource_policies = from.resource_policies.0.or(policies).into();
        let told = |name: &str| found[name].as_str().map(str::to_owned);
        from.storage_pool = from.storage_pool.or_else(|| told("storagePool"));
        from.snapshot = from.snapshot.or_else(|| told("sourceSnapshot"));
        let confidential = found["enableConfidentialCompute"].as_bool().filter(|on| *on);
        from.enable_confidential_compute = from.enable_confidential_compute.or(confidential);
        let labels = found["labels"].as_object().into_iter().flatten().map(|(k, v)| (k.clone(), text(v)));
        from.labels = from.labels.0.or(Some(labels.collect())).into();
        disk.initialize_params = Some(from);
    }
    let features = remote["guestOsFeatures"].as_array().into_iter().flatten().map(|f| text(&f["type"]));
    Ok(BootDisk {
        auto_delete: Some(remote["autoDelete"] == true),
        device_name: text(&remote["deviceName"]).into(),
        mode: Some(text(&remote["mode"])),
        source: source.into(),
        kms_key_self_link: text(&remote["diskEncryptionKey"]["kmsKeyName"]).into(),
        disk_encryption_key_sha256: text(&remote["diskEncryptionKey"]["sha256"]).into(),
        disk_encryption_service_account: account(&remote["diskEncryptionKey"]),
        guest_os_features: disk.guest_os_features.0.or_else(|| Some(features.collect())).into(),
        ..disk
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_many_names() {
        let newest = "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-v1";
        for (one, want) in [
            ("debian-cloud/debian-12", true),
            ("projects/debian-cloud/global/images/family/debian-12", true),
            ("debian-12-v1", true),
            ("debian-cloud/debian-11", false),
            ("ubuntu/debian-12", false),
        ] {
            assert_eq!(same_image(one, newest), want, "{one}");
        }
        let family =
            "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/family/debian-12";
        assert_eq!(image_reference("p", "debian-cloud/debian-12"), family);
        assert_eq!(image_reference("p", family), family);
    }
}
