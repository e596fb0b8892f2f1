//! Keys of service accounts. All that are made here are one pair, which everybody can read in `keys/`: no server of
//! Google's would take it. Their ids differ.

use super::located;
use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::world::{World, short_hash};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const PRIVATE: &str = include_str!("../../../keys/private.pem");
const CERTIFICATE: &str = include_str!("../../../keys/certificate.pem");
const PUBLIC: &str = include_str!("../../../keys/public.pem");
const MOST: usize = 10;

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let answer = match call.verb() {
        "create" => create(world, call),
        "upload" => upload(world, call),
        "list" => list(world, call),
        "get" => found(world, call).and_then(|(_, key)| shown(call, key)),
        "delete" => found(world, call).map(|(stored, _)| {
            world.store.remove(&stored);
            json!({})
        }),
        "enable" => able(world, call, true),
        "disable" => able(world, call, false),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

fn found(world: &World, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    let (account, _) = located(world, call)?;
    let id = call.resource.rsplit('/').next().unwrap_or("");
    let stored = format!("{account}/keys/{id}");
    let key = world.store.objects.get(&stored).cloned();
    let path = stored.trim_start_matches("iam:").to_owned();
    key.map(|key| (stored, key))
        .ok_or_else(|| Refusal::new(404, format!("Service account key {path} does not exist.")))
}

/// A key without what is asked for only; the public half as the query wants it.
fn shown(call: &Call<'_>, mut key: Value) -> Result<Value, Refusal> {
    let uploaded = json::take(&mut key, "publicKeyData");
    let form = call.query.get("publicKeyType").unwrap_or("TYPE_NONE");
    let public = match (form, uploaded) {
        ("TYPE_X509_PEM_FILE", Some(uploaded)) => uploaded,
        ("TYPE_RAW_PUBLIC_KEY", Some(_)) => {
            return Err(Refusal::not_modelled("The raw form of a public key that was uploaded"));
        }
        ("TYPE_X509_PEM_FILE", None) => json!(STANDARD.encode(CERTIFICATE)),
        ("TYPE_RAW_PUBLIC_KEY", None) => json!(STANDARD.encode(PUBLIC)),
        _ => return Ok(key),
    };
    key["publicKeyData"] = public;
    Ok(key)
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (account, object) = located(world, call)?;
    let body = call.request()?;
    let form = json::text(&body, "privateKeyType").unwrap_or("TYPE_GOOGLE_CREDENTIALS_FILE").to_owned();
    if form == "TYPE_PKCS12_FILE" {
        return Err(Refusal::not_modelled("A key of the type TYPE_PKCS12_FILE"));
    }
    let algorithm = match json::text(&body, "keyAlgorithm") {
        Some("KEY_ALG_RSA_1024") => return Err(Refusal::not_modelled("A key of 1024 bits")),
        _ => "KEY_ALG_RSA_2048",
    };
    let mut key = store(world, &account, algorithm, "GOOGLE_PROVIDED", None)?;
    let id = json::string(&key, "name").rsplit('/').next().unwrap_or("").to_owned();
    let email = json::string(&object, "email");
    let credentials = json!({
        "type": "service_account", "project_id": object["projectId"], "private_key_id": id, "private_key": PRIVATE,
        "client_email": email, "client_id": object["uniqueId"],
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": format!("https://www.googleapis.com/robot/v1/metadata/x509/{}", email.replace('@', "%40")),
        "universe_domain": "googleapis.com",
    });
    key["privateKeyType"] = json!("TYPE_GOOGLE_CREDENTIALS_FILE");
    key["privateKeyData"] = json!(STANDARD.encode(format!("{credentials:#}\n")));
    Ok(key)
}

fn upload(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (account, _) = located(world, call)?;
    let body = call.request()?;
    let data = json::string(&body, "publicKeyData");
    let text = STANDARD.decode(&data).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if !text.is_some_and(|text| text.starts_with("-----BEGIN CERTIFICATE-----")) {
        return Err(Refusal::invalid("The public key is not an X.509 certificate in PEM."));
    }
    let mut key = store(world, &account, "KEY_ALG_RSA_2048", "USER_PROVIDED", Some(&data))?;
    json::take(&mut key, "publicKeyData");
    Ok(key)
}

fn store(
    world: &mut World,
    account: &str,
    algorithm: &str,
    origin: &str,
    public: Option<&str>,
) -> Result<Value, Refusal> {
    let collection = format!("{account}/keys");
    if world.store.members(&collection).count() >= MOST {
        return Err(Refusal::precondition(format!("A service account has {MOST} keys at most.")));
    }
    let number = world.store.number();
    let id: String = (0..5).map(|part| short_hash(&format!("{account} {number} {part}"))).collect();
    let stored = format!("{collection}/{id}");
    let mut key = json!({
        "name": stored.trim_start_matches("iam:"), "keyAlgorithm": algorithm, "keyOrigin": origin,
        "keyType": "USER_MANAGED", "validAfterTime": world.now_seconds(), "validBeforeTime": "9999-12-31T23:59:59Z",
    });
    if let Some(public) = public {
        key["publicKeyData"] = json!(public);
    }
    world.store.objects.insert(stored, key.clone());
    Ok(key)
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (account, _) = located(world, call)?;
    let wanted: Vec<&str> =
        call.query.all("keyTypes").filter(|kind| *kind != "KEY_TYPE_UNSPECIFIED").collect();
    let collection = format!("{account}/keys");
    let mut keys = Vec::new();
    for (_, key) in world.store.members(&collection) {
        let kind = json::string(key, "keyType");
        if wanted.is_empty() || wanted.contains(&kind.as_str()) {
            let mut key = key.clone();
            json::take(&mut key, "publicKeyData");
            keys.push(key);
        }
    }
    Ok(if keys.is_empty() { json!({}) } else { json!({ "keys": keys }) })
}

fn able(world: &mut World, call: &Call<'_>, on: bool) -> Result<Value, Refusal> {
    let (stored, mut key) = found(world, call)?;
    for name in ["disabled", "disableReason"] {
        json::take(&mut key, name);
    }
    if !on {
        key["disabled"] = json!(true);
        key["disableReason"] = json!("SERVICE_ACCOUNT_KEY_DISABLE_REASON_USER_INITIATED");
    }
    world.store.objects.insert(stored, key);
    Ok(json!({}))
}
