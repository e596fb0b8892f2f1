//! Objects: their contents, their generations, and lists of them by prefix and delimiter.

use super::{preconditions, retention, upload};
use crate::call::{Answer, Call, Raw};
use crate::json;
use crate::refusal::Refusal;
use crate::world::{World, etag};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeSet;

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.query.get("softDeleted") == Some("true") {
        return Some(Err(Refusal::not_modelled("Showing objects that were deleted softly")));
    }
    Some(match call.verb() {
        "insert" => upload::answer(world, call),
        "get" => get(world, call),
        "list" => list(world, call).map(Answer::Json),
        "patch" | "update" => patch(world, call).map(Answer::Json),
        "delete" => delete(world, call),
        "copy" => copy(world, call).map(Answer::Json),
        "rewrite" => rewrite(world, call).map(Answer::Json),
        "compose" => compose(world, call).map(Answer::Json),
        _ => return None,
    })
}

/// The bucket of a name.
pub(super) fn bucket(world: &World, name: &str) -> Result<Value, Refusal> {
    let found = world.store.objects.get(&format!("storage:b/{name}")).cloned();
    found.ok_or_else(|| Refusal::new(404, "The specified bucket does not exist."))
}

/// Where the live object of a name is.
pub(super) fn live(bucket: &str, name: &str) -> String {
    format!("storage:b/{bucket}/o/{name}")
}

/// Where a generation is that is not live any more.
fn noncurrent(bucket: &str, name: &str, generation: &str) -> String {
    format!("storage:b/{bucket}/noncurrent/{name}#{generation}")
}

fn missing(bucket: &str, name: &str) -> Refusal {
    Refusal::new(404, format!("No such object: {bucket}/{name}"))
}

/// The object that a request means, of the generation that it names.
fn found(
    world: &World,
    bucket_name: &str,
    name: &str,
    generation: Option<&str>,
) -> Result<(String, Value), Refusal> {
    bucket(world, bucket_name)?;
    let key = live(bucket_name, name);
    let current = world.store.objects.get(&key);
    let current =
        current.filter(|object| generation.is_none() || json::text(object, "generation") == generation);
    if let Some(object) = current {
        return Ok((key, object.clone()));
    }
    let old = noncurrent(bucket_name, name, generation.unwrap_or("0"));
    let object = world.store.objects.get(&old).cloned().ok_or_else(|| missing(bucket_name, name))?;
    Ok((old, object))
}

fn content(world: &World, key: &str) -> Vec<u8> {
    world.store.contents.get(key).and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default()
}

fn get(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let (bucket, name) = (call.parameter("bucket"), call.parameter("object"));
    let (key, object) = found(world, bucket, name, call.query.get("generation"))?;
    preconditions(call, Some(&object), "")?;
    if call.query.get("alt") != Some("media") {
        return Ok(Answer::Json(told(call, object)));
    }
    if !has_key(call, &object) {
        return Err(Refusal::invalid(
            "The target object is encrypted by a customer-supplied encryption key.",
        ));
    }
    let content = content(world, &key);
    let mut headers = vec![
        ("content-type", json::text(&object, "contentType").unwrap_or("application/octet-stream").to_owned()),
        ("x-goog-generation", json::string(&object, "generation")),
        ("x-goog-metageneration", json::string(&object, "metageneration")),
        ("x-goog-storage-class", json::string(&object, "storageClass")),
        ("x-goog-stored-content-length", content.len().to_string()),
        ("x-goog-hash", format!("crc32c={}", json::string(&object, "crc32c"))),
        ("etag", json::string(&object, "etag")),
    ];
    if let Some(encoding) = json::text(&object, "contentEncoding") {
        headers.push(("x-goog-stored-content-encoding", encoding.to_owned()));
    }
    let Some((from, to)) = call.headers.get("range").and_then(|range| span(range, content.len())) else {
        return Ok(Answer::Raw(Raw { code: 200, headers, content: content.into() }));
    };
    if from >= content.len() {
        return Err(Refusal::new(416, "The requested range cannot be satisfied."));
    }
    headers.push(("content-range", format!("bytes {from}-{}/{}", to - 1, content.len())));
    Ok(Answer::Raw(Raw { code: 206, headers, content: content[from..to].to_vec().into() }))
}

/// The digest of the key that a request has, as the object remembers it.
fn key_of(call: &Call<'_>) -> Result<Option<Value>, Refusal> {
    let header = |name: &str| call.headers.get(name).map(String::as_str);
    let Some(key) = header("x-goog-encryption-key") else { return Ok(None) };
    let bytes = STANDARD.decode(key).unwrap_or_default();
    let sum = STANDARD.encode(Sha256::digest(&bytes));
    let fits = header("x-goog-encryption-key-sha256") == Some(&sum);
    if bytes.len() != 32 || !fits || header("x-goog-encryption-algorithm") != Some("AES256") {
        return Err(Refusal::invalid(
            "Missing or invalid encryption key, algorithm or SHA256 hash of the key.",
        ));
    }
    Ok(Some(json!({"encryptionAlgorithm": "AES256", "keySha256": sum})))
}

/// Whether a request has the key that an object is encrypted with, if it is.
fn has_key(call: &Call<'_>, object: &Value) -> bool {
    let wanted = object.get("customerEncryption");
    wanted.is_none() || key_of(call).is_ok_and(|key| key.as_ref() == wanted)
}

/// An object as those see it who have its key, or have not.
fn told(call: &Call<'_>, mut object: Value) -> Value {
    if !has_key(call, &object) {
        for sum in ["md5Hash", "crc32c"] {
            json::take(&mut object, sum);
        }
    }
    object
}

/// The bytes that a `Range` header means, from the first to the one after the last.
fn span(range: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    if from.is_empty() {
        return Some((length.saturating_sub(to.parse().ok()?), length));
    }
    let from: usize = from.parse().ok()?;
    let to = if to.is_empty() { length } else { to.parse::<usize>().ok()?.saturating_add(1).min(length) };
    (from < to || from >= length).then_some((from, to))
}

/// Stores an object with its content in the place of the one that is there.
pub(super) fn store(
    world: &mut World,
    call: &Call<'_>,
    bucket_name: &str,
    mut object: Value,
    content: &[u8],
) -> Result<Value, Refusal> {
    let bucket = bucket(world, bucket_name)?;
    let name = json::string(&object, "name");
    if name.is_empty() || name.len() > 1024 || name.contains(['\n', '\r']) || name == "." || name == ".." {
        return Err(Refusal::invalid(format!("Invalid object name: '{name}'")));
    }
    if call.query.get("predefinedAcl").is_some_and(|acl| acl != "projectPrivate") {
        return Err(Refusal::not_modelled("An object with an access control list of its own"));
    }
    let key = live(bucket_name, &name);
    preconditions(call, world.store.objects.get(&key), "")?;
    check_digests(&object, content)?;
    displace(world, &bucket, &key)?;
    for field in ["acl", "owner", "timeDeleted", "id", "selfLink", "mediaLink", "customerEncryption"] {
        json::take(&mut object, field);
    }
    if let Some(key) = key_of(call)? {
        object["customerEncryption"] = key;
    }
    // What is answered is the version of the key.
    if let Some(key) = call.query.get("kmsKeyName") {
        if !world.store.objects.contains_key(&format!("cloudkms:{key}")) {
            return Err(Refusal::new(404, format!("The key {key} was not found.")));
        }
        object["kmsKeyName"] = json!(format!("{key}/cryptoKeyVersions/1"));
    }
    let generation =
        (world.milliseconds() * 1000 + i64::try_from(world.store.number() % 1000).unwrap_or(0)).to_string();
    let now = world.now();
    let escaped =
        percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC).to_string();
    let path = format!("storage/v1/b/{bucket_name}/o/{escaped}");
    json::merge(
        &mut object,
        &json!({
            "kind": "storage#object", "id": format!("{bucket_name}/{name}/{generation}"), "name": name, "bucket": bucket_name,
            "selfLink": format!("https://www.googleapis.com/{path}"),
            "mediaLink": format!("https://storage.googleapis.com/download/{path}?generation={generation}&alt=media"),
            "generation": generation, "metageneration": "1", "size": content.len().to_string(),
            "md5Hash": STANDARD.encode(Md5::digest(content)), "crc32c": STANDARD.encode(crc32c(content).to_be_bytes()),
            "timeCreated": now, "updated": now, "timeStorageClassUpdated": now, "timeFinalized": now,
        }),
    );
    if json::text(&object, "storageClass").is_none() {
        object["storageClass"] = bucket["storageClass"].clone();
    }
    if let Some(until) = retention::expiration(&bucket) {
        object["retentionExpirationTime"] = json!(until);
    }
    if json::flag(&bucket, "defaultEventBasedHold") && object.get("eventBasedHold").is_none() {
        object["eventBasedHold"] = json!(true);
    }
    contexts(&json!({}), &mut object, &now);
    object["etag"] = json!(etag(&object));
    world.store.contents.insert(key.clone(), STANDARD.encode(content));
    world.store.objects.insert(key, object.clone());
    Ok(object)
}

/// What a client says of the content has to be so.
fn check_digests(object: &Value, content: &[u8]) -> Result<(), Refusal> {
    let md5 = STANDARD.encode(Md5::digest(content));
    let crc = STANDARD.encode(crc32c(content).to_be_bytes());
    for (name, own) in [("md5Hash", md5), ("crc32c", crc)] {
        if json::text(object, name).is_some_and(|given| given != own) {
            return Err(Refusal::invalid(format!(
                "Provided {name} \"{}\" doesn't match calculated \"{own}\".",
                json::string(object, name)
            )));
        }
    }
    Ok(())
}

/// Takes the live object away; a bucket with versions keeps it.
fn displace(world: &mut World, bucket: &Value, key: &str) -> Result<(), Refusal> {
    let Some(mut old) = world.store.objects.get(key).cloned() else { return Ok(()) };
    let versioned = json::flag(bucket, "versioning.enabled");
    if !versioned {
        retention::require_free(&old)?;
    }
    world.store.objects.remove(key);
    let content = world.store.contents.remove(key).unwrap_or_default();
    if versioned {
        let bucket = json::string(bucket, "name");
        let kept = noncurrent(&bucket, &json::string(&old, "name"), &json::string(&old, "generation"));
        old["timeDeleted"] = json!(world.now());
        world.store.contents.insert(kept.clone(), content);
        world.store.objects.insert(kept, old);
    }
    Ok(())
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let (bucket_name, name) = (call.parameter("bucket"), call.parameter("object"));
    let generation = call.query.get("generation");
    let (key, object) = found(world, bucket_name, name, generation)?;
    preconditions(call, Some(&object), "")?;
    if generation.is_some() {
        retention::require_free(&object)?;
        world.store.objects.remove(&key);
        world.store.contents.remove(&key);
    } else {
        let bucket = bucket(world, bucket_name)?;
        displace(world, &bucket, &key)?;
    }
    Ok(Answer::Nothing)
}

fn patch(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, old) =
        found(world, call.parameter("bucket"), call.parameter("object"), call.query.get("generation"))?;
    preconditions(call, Some(&old), "")?;
    let body = call.request()?;
    const WRITABLE: [&str; 11] = [
        "cacheControl",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "contexts",
        "customTime",
        "eventBasedHold",
        "metadata",
        "retention",
        "temporaryHold",
    ];
    let before = old.clone();
    let mut object = old;
    for name in WRITABLE {
        match body.get(name) {
            Some(value) if call.verb() == "patch" => json::merge(&mut object, &json!({ name: value })),
            Some(value) => object[name] = value.clone(),
            None if call.verb() == "update" => drop(json::take(&mut object, name)),
            None => {}
        }
    }
    contexts(&before, &mut object, &world.now());
    let number: u64 = json::text(&object, "metageneration").and_then(|text| text.parse().ok()).unwrap_or(0);
    object["metageneration"] = json!((number + 1).to_string());
    object["updated"] = json!(world.now());
    object["etag"] = json!(etag(&object));
    world.store.objects.insert(key, object.clone());
    Ok(told(call, object))
}

/// Contexts say when they were given and changed.
fn contexts(old: &Value, new: &mut Value, now: &str) {
    let Some(custom) = new.get_mut("contexts").and_then(|contexts| contexts.get_mut("custom")) else {
        return;
    };
    for (name, context) in custom.as_object_mut().into_iter().flatten() {
        let known = old.get("contexts").and_then(|contexts| contexts.get("custom")?.get(name));
        if known.is_some_and(|known| known["value"] == context["value"]) {
            *context = known.cloned().unwrap_or_default();
            continue;
        }
        let created = known.map_or(json!(now), |known| known["createTime"].clone());
        json::merge(context, &json!({"createTime": created, "updateTime": now}));
    }
    if custom.as_object().is_some_and(serde_json::Map::is_empty) {
        json::take(new, "contexts");
    }
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let name = call.parameter("bucket");
    bucket(world, name)?;
    for parameter in ["matchGlob", "filter"] {
        if call.query.get(parameter).is_some() {
            return Err(Refusal::not_modelled(&format!("The parameter {parameter} of storage.objects.list")));
        }
    }
    let versions = call.query.get("versions") == Some("true");
    let (prefix, delimiter) = (call.query.get("prefix").unwrap_or(""), call.query.get("delimiter"));
    let (start, end) = (call.query.get("startOffset"), call.query.get("endOffset"));
    let inside = format!("storage:b/{name}/");
    let mut all = Vec::new();
    let mut prefixes = BTreeSet::new();
    for (key, object) in world.store.under(&inside) {
        let name = json::string(object, "name");
        let current = key[inside.len()..].starts_with("o/");
        let outside =
            start.is_some_and(|start| name.as_str() < start) || end.is_some_and(|end| name.as_str() >= end);
        if !current && !versions || !name.starts_with(prefix) || outside {
            continue;
        }
        let rest = &name[prefix.len()..];
        match delimiter.and_then(|delimiter| rest.find(delimiter).map(|at| at + delimiter.len())) {
            Some(end) => drop(prefixes.insert(format!("{prefix}{}", &rest[..end]))),
            None => all
                .push((format!("{name}#{}", json::string(object, "generation")), told(call, object.clone()))),
        }
    }
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (page, next) = call.cut(all)?;
    let mut answer = call.written("items", page, next);
    if !prefixes.is_empty() {
        answer["prefixes"] = json!(prefixes);
    }
    Ok(answer)
}

fn copy(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (from, name) = (call.parameter("sourceBucket"), call.parameter("sourceObject"));
    let (key, source) = found(world, from, name, call.query.get("sourceGeneration"))?;
    preconditions(call, Some(&source), "Source")?;
    if source.get("customerEncryption").is_some() {
        return Err(Refusal::not_modelled("A copy of an object with a key of its own"));
    }
    let content = content(world, &key);
    let mut object = call.request()?;
    if object.as_object().is_none_or(serde_json::Map::is_empty) {
        object = source;
        for field in
            ["generation", "metageneration", "retentionExpirationTime", "storageClass", "componentCount"]
        {
            json::take(&mut object, field);
        }
    } else if object.get("contentType").is_none() {
        object["contentType"] = source["contentType"].clone();
    }
    object["name"] = json!(call.parameter("destinationObject"));
    store(world, call, call.parameter("destinationBucket"), object, &content)
}

/// A copy that says how far it is: it is always done at once.
fn rewrite(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let object = copy(world, call)?;
    let size = object["size"].clone();
    Ok(json!({
        "kind": "storage#rewriteResponse", "done": true, "objectSize": size, "totalBytesRewritten": size, "resource": object,
    }))
}

fn compose(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.request()?;
    let bucket = call.parameter("destinationBucket");
    let sources = json::list(&body, "sourceObjects");
    if sources.is_empty() || sources.len() > 32 {
        return Err(Refusal::invalid("The number of source components provided has to be from 1 to 32."));
    }
    let mut whole = Vec::new();
    for source in sources {
        let (key, part) =
            found(world, bucket, &json::string(source, "name"), json::text(source, "generation"))?;
        if !has_key(call, &part) {
            return Err(Refusal::invalid(
                "The target object is encrypted by a customer-supplied encryption key.",
            ));
        }
        whole.extend(content(world, &key));
    }
    let mut object = body.get("destination").cloned().unwrap_or(json!({}));
    object["name"] = json!(call.parameter("destinationObject"));
    object["componentCount"] = json!(sources.len());
    store(world, call, bucket, object, &whole)
}

/// The checksum that Cloud Storage writes: CRC32C, which is that of iSCSI.
fn crc32c(content: &[u8]) -> u32 {
    let step = |crc: u32, _: u8| if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
    !content.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!(span("bytes=2-4", 10), Some((2, 5)));
        assert_eq!(span("bytes=2-", 10), Some((2, 10)));
        assert_eq!(span("bytes=-3", 10), Some((7, 10)));
        assert_eq!(span("bytes=4-2", 10), None);
        assert_eq!(span("lines=1-2", 10), None);
    }
}
