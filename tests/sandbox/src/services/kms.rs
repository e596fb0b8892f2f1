//! Keys: what a key needs by its purpose, its versions, and which of them is the primary one. Nothing is encrypted here.

use super::places;
use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::validate::matches;
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Where keys can be besides in regions.
const WIDE: [&str; 10] = ["global", "us", "europe", "asia", "eur3", "eur4", "nam3", "nam4", "asia1", "in"];

/// What the algorithms of keys for each purpose begin with.
const ALGORITHMS: [(&str, &[&str]); 7] = [
    ("ENCRYPT_DECRYPT", &["GOOGLE_SYMMETRIC_ENCRYPTION", "EXTERNAL_SYMMETRIC_ENCRYPTION"]),
    ("ASYMMETRIC_SIGN", &["RSA_SIGN_", "EC_SIGN_", "PQ_SIGN_"]),
    ("ASYMMETRIC_DECRYPT", &["RSA_DECRYPT_"]),
    ("RAW_ENCRYPT_DECRYPT", &["AES_128_", "AES_256_GCM", "AES_256_CBC", "AES_256_CTR"]),
    ("MAC", &["HMAC_"]),
    ("KEY_ENCAPSULATION", &["ML_KEM_", "KEM_"]),
    ("AES_WRAPPING", &["AES_256_KWP"]),
];

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    Some(match call.method.strip_prefix("cloudkms.projects.locations.")? {
        "list" => locations(world, call),
        "keyRings.cryptoKeys.create" => create(world, call),
        "keyRings.cryptoKeys.patch" => change(world, call),
        "keyRings.cryptoKeys.updatePrimaryVersion" => update_primary(world, call),
        "keyRings.cryptoKeys.cryptoKeyVersions.create" => create_version(world, call),
        "keyRings.cryptoKeys.cryptoKeyVersions.destroy" => destroy(world, call),
        "keyRings.cryptoKeys.cryptoKeyVersions.restore" => restore(world, call),
        _ => return None,
    })
}

/// Before a key ring is stored.
pub(super) fn creating_ring(path: &str) -> Result<(), Refusal> {
    check_name(path)?;
    let location = path.split('/').nth(3).unwrap_or("");
    let known = places::region(location).is_some() || WIDE.contains(&location);
    known.then_some(()).ok_or_else(|| {
        Refusal::new(404, format!("Location '{location}' is not found or access is unauthorized."))
    })
}

/// Before a key is stored.
pub(super) fn creating(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    check_name(path)?;
    let ring = path.split("/cryptoKeys/").next().unwrap_or("");
    if !world.store.objects.contains_key(&format!("cloudkms:{ring}")) {
        return Err(Refusal::new(404, format!("KeyRing {ring} not found.")));
    }
    check(world, object)
}

/// What is said of a key, at its creation and at every change.
pub(super) fn check(world: &World, object: &mut Value) -> Result<(), Refusal> {
    let purpose = json::string(object, "purpose");
    let Some((_, algorithms)) = ALGORITHMS.iter().find(|(known, _)| *known == purpose) else {
        return Err(Refusal::invalid("The purpose of the key is not specified."));
    };
    json::fill(object, &json!({"versionTemplate": {"protectionLevel": "SOFTWARE"}}));
    if purpose == "ENCRYPT_DECRYPT" {
        json::fill(object, &json!({"versionTemplate": {"algorithm": algorithms[0]}}));
    }
    let algorithm = json::string(object, "versionTemplate.algorithm");
    if !algorithms.iter().any(|begin| algorithm.starts_with(begin)) {
        return Err(Refusal::invalid(format!(
            "The algorithm '{algorithm}' does not fit keys for {purpose}."
        )));
    }
    let backend = json::text(object, "cryptoKeyBackend").filter(|backend| !backend.is_empty());
    match (json::string(object, "versionTemplate.protectionLevel").as_str(), backend) {
        ("EXTERNAL", _) => return Err(Refusal::not_modelled("A key that is kept elsewhere")),
        ("EXTERNAL_VPC", Some(backend))
            if world.store.objects.contains_key(&format!("cloudkms:{}", world.canonical(backend))) => {}
        ("EXTERNAL_VPC", backend) => {
            return Err(Refusal::invalid(format!(
                "A key that is kept elsewhere needs the connection there, not {backend:?}."
            )));
        }
        (_, Some(_)) => {
            return Err(Refusal::invalid("Only a key that is kept elsewhere has a crypto_key_backend."));
        }
        (_, None) => {}
    }
    let Some(period) = json::text(object, "rotationPeriod") else { return Ok(()) };
    if purpose != "ENCRYPT_DECRYPT" {
        return Err(Refusal::invalid("Automatic rotation is only possible for symmetric encryption keys."));
    }
    if seconds(period).is_none_or(|period| period < 86_400) {
        return Err(Refusal::invalid(format!("The rotation period must be at least 24 hours: {period}.")));
    }
    let next = json::text(object, "nextRotationTime").and_then(|text| text.parse::<Timestamp>().ok());
    match next {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid("A rotation period needs the time of the next rotation.")),
    }
}

/// Before a changed version is stored: it is turned on or off.
pub(super) fn changing_version(old: &Value, new: &Value) -> Result<(), Refusal> {
    let switch = |version: &Value| matches!(json::text(version, "state"), Some("ENABLED" | "DISABLED"));
    match switch(old) && switch(new) {
        true => Ok(()),
        false => Err(not_so(old, "ENABLED or DISABLED")),
    }
}

/// A key as it is shown: with its primary version as that is now.
pub(super) fn shown(world: &World, mut object: Value) -> Value {
    let primary = json::string(&object, "primary.name");
    if let Some(version) = world.store.objects.get(&format!("cloudkms:{primary}")) {
        object["primary"] = version.clone();
    }
    object
}

/// Refuses a key that is not there, where its project is one of this sandbox.
pub(super) fn require(world: &World, name: &str) -> Result<(), Refusal> {
    let ours = name.split('/').nth(1).is_some_and(|project| world.project(project).is_some());
    match ours && !world.store.objects.contains_key(&format!("cloudkms:{}", world.canonical(name))) {
        true => Err(Refusal::new(404, format!("Cloud KMS key {name} not found."))),
        false => Ok(()),
    }
}

fn locations(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project("cloudkms", project)?;
    let regions = places::REGIONS.iter().map(|region| region.name);
    let each = regions.chain(WIDE).map(|id| {
        let name = format!("projects/{project}/locations/{id}");
        (name.clone(), json!({"name": name, "locationId": id}))
    });
    Ok(call.listing("locations", each.collect())?.into())
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let skips = call.query.get("skipInitialVersionCreation") == Some("true");
    let elsewhere = json::text(&call.body, "versionTemplate.protectionLevel") == Some("EXTERNAL_VPC");
    if (json::flag(&call.body, "importOnly") || elsewhere) && !skips {
        return Err(Refusal::invalid(
            "A key for imports, or one that is kept elsewhere, begins without a version.",
        ));
    }
    let made =
        crate::resource::answer(world, call).unwrap_or_else(|| Err(Refusal::not_modelled(call.method)))?;
    let Answer::Json(made) = made else { return Ok(made) };
    let key = json::string(&made, "name");
    if !skips {
        let version = add_version(world, &key)?;
        if json::text(&made, "purpose") == Some("ENCRYPT_DECRYPT") {
            set_primary(world, &key, &version);
        }
    }
    stored_key(world, &key).map(|key| shown(world, key).into())
}

fn change(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    crate::resource::answer(world, call).unwrap_or_else(|| Err(Refusal::not_modelled(call.method)))?;
    stored_key(world, &call.resource).map(|key| shown(world, key).into())
}

fn create_version(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    call.request()?;
    let key = call.resource.trim_end_matches("/cryptoKeyVersions").to_owned();
    if json::flag(&stored_key(world, &key)?, "importOnly") {
        return Err(Refusal::precondition(format!("{key} takes imported versions only.")));
    }
    Ok(add_version(world, &key)?.into())
}

/// A new version of a key, of the kind that its template says.
fn add_version(world: &mut World, key: &str) -> Result<Value, Refusal> {
    let template = stored_key(world, key)?["versionTemplate"].clone();
    let collection = format!("cloudkms:{key}/cryptoKeyVersions");
    let number = world.store.members(&collection).count() + 1;
    let now = world.now();
    let version = json!({
        "name": format!("{key}/cryptoKeyVersions/{number}"), "state": "ENABLED", "createTime": now, "generateTime": now,
        "algorithm": template["algorithm"], "protectionLevel": template["protectionLevel"],
    });
    world.store.objects.insert(format!("{collection}/{number}"), version.clone());
    Ok(version)
}

fn update_primary(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let body = call.request()?;
    let key = call.resource.clone();
    if json::text(&stored_key(world, &key)?, "purpose") != Some("ENCRYPT_DECRYPT") {
        return Err(Refusal::invalid("Only symmetric encryption keys have a primary version."));
    }
    let version = format!("{key}/cryptoKeyVersions/{}", json::string(&body, "cryptoKeyVersionId"));
    let version = stored_version(world, &version)?;
    if json::text(&version, "state") != Some("ENABLED") {
        return Err(not_so(&version, "ENABLED"));
    }
    set_primary(world, &key, &version);
    stored_key(world, &key).map(|key| shown(world, key).into())
}

/// Lets a version be destroyed when the time is up, which never comes here.
fn destroy(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut version = stored_version(world, &call.resource)?;
    if !matches!(json::text(&version, "state"), Some("ENABLED" | "DISABLED")) {
        return Err(not_so(&version, "ENABLED or DISABLED"));
    }
    let key = stored_key(world, call.resource.split("/cryptoKeyVersions/").next().unwrap_or(""))?;
    let wait = json::text(&key, "destroyScheduledDuration").and_then(seconds).unwrap_or_default();
    let then = Timestamp::now() + SignedDuration::from_secs(wait);
    version["state"] = json!("DESTROY_SCHEDULED");
    version["destroyTime"] = json!(then.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string());
    world.store.objects.insert(format!("cloudkms:{}", call.resource), version.clone());
    Ok(version.into())
}

fn restore(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut version = stored_version(world, &call.resource)?;
    if json::text(&version, "state") != Some("DESTROY_SCHEDULED") {
        return Err(not_so(&version, "DESTROY_SCHEDULED"));
    }
    version["state"] = json!("DISABLED");
    json::take(&mut version, "destroyTime");
    world.store.objects.insert(format!("cloudkms:{}", call.resource), version.clone());
    Ok(version.into())
}

fn set_primary(world: &mut World, key: &str, version: &Value) {
    if let Some(key) = world.store.objects.get_mut(&format!("cloudkms:{key}")) {
        key["primary"] = json!({"name": version["name"]});
    }
}

fn stored_key(world: &World, path: &str) -> Result<Value, Refusal> {
    let found = world.store.objects.get(&format!("cloudkms:{path}")).cloned();
    found.ok_or_else(|| Refusal::new(404, format!("CryptoKey {path} not found.")))
}

fn stored_version(world: &World, path: &str) -> Result<Value, Refusal> {
    let found = world.store.objects.get(&format!("cloudkms:{path}")).cloned();
    found.ok_or_else(|| Refusal::new(404, format!("CryptoKeyVersion {path} not found.")))
}

fn not_so(version: &Value, wanted: &str) -> Refusal {
    let (name, state) = (json::string(version, "name"), json::string(version, "state"));
    Refusal::precondition(format!("{name} is {state}, and would have to be {wanted}."))
}

fn check_name(path: &str) -> Result<(), Refusal> {
    let name = path.rsplit('/').next().unwrap_or("");
    match matches("[a-zA-Z0-9_-]{1,63}", name) {
        true => Ok(()),
        false => Err(Refusal::invalid(format!("The id '{name}' does not match [a-zA-Z0-9_-]{{1,63}}."))),
    }
}

fn seconds(duration: &str) -> Option<i64> {
    duration.strip_suffix('s')?.split('.').next()?.parse().ok()
}
