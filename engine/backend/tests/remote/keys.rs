//! Key providers that ask a service, each against an imitation of it that has a key of its own and takes
//! nothing but what the documented API takes.

use crate::server::{Answer, Request, serve};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use terrane_backend::{Encryption, EncryptionConfig, EncryptionPart, EncryptionTarget, Surroundings};

const KEY: &str = "projects/p/locations/global/keyRings/r/cryptoKeys/k";

/// An encryption of states with keys of this provider.
fn encryption(kind: &str, values: Value, variables: &[(&str, &str)]) -> Encryption {
    let part = |kind: &str, values: Value, keys: Option<&str>| EncryptionPart {
        kind: kind.into(),
        values: values.as_object().unwrap().clone(),
        keys: keys.map(str::to_owned),
    };
    let name = format!("{kind}.key");
    let config = EncryptionConfig {
        key_providers: [(name.clone(), part(kind, values, None))].into(),
        methods: [("aes_gcm.m".to_owned(), part("aes_gcm", json!({}), Some(&name)))].into(),
        state: Some(EncryptionTarget {
            method: Some("aes_gcm.m".to_owned()),
            fallback: None,
            enforced: false,
        }),
        ..EncryptionConfig::default()
    };
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Encryption::new(&config, &Surroundings { variables, ..Surroundings::default() }).unwrap()
}

async fn there_and_back(make: impl Fn() -> Encryption) -> Vec<u8> {
    let text = b"{\"version\":4,\"serial\":1}";
    let encrypted = make().state.unwrap().encrypt(text).await.unwrap();
    assert!(!String::from_utf8_lossy(&encrypted).contains("version\":4"));
    // Another run has nothing but what was stored.
    assert_eq!(make().state.unwrap().decrypt(&encrypted).await.unwrap(), (text.to_vec(), true));
    encrypted
}

/// What nobody else can turn back.
fn wrapped(key: &str, plain: &[u8]) -> Vec<u8> {
    key.bytes().chain([b'|']).chain(plain.iter().map(|b| b ^ 0x5a)).collect()
}

fn unwrapped(key: &str, wrapped: &[u8]) -> Option<Vec<u8>> {
    let rest = wrapped.strip_prefix(key.as_bytes())?.strip_prefix(b"|")?;
    Some(rest.iter().map(|b| b ^ 0x5a).collect())
}

/// Cloud KMS: `encrypt` and `decrypt` of a key, bytes in base64, problems in Google's form.
fn cloud_kms(request: &Request) -> Answer {
    let refuse = |status: u16, message: &str| {
        Answer::new(status, json!({ "error": { "code": status, "message": message } }).to_string())
    };
    if request.header("authorization") != "Bearer ann" {
        return refuse(401, "Request had invalid authentication credentials.");
    }
    let Some((key, verb)) = request.path.strip_prefix("/v1/").and_then(|path| path.rsplit_once(':')) else {
        return refuse(404, "no such method");
    };
    if request.method != "POST" || !key.starts_with("projects/p/") {
        return refuse(403, "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied");
    }
    let bytes = |name: &str| STANDARD.decode(request.json()[name].as_str()?).ok();
    match verb {
        "encrypt" => match bytes("plaintext") {
            Some(plain) => {
                let text = STANDARD.encode(wrapped(key, &plain));
                Answer::new(
                    200,
                    json!({ "name": format!("{key}/cryptoKeyVersions/1"), "ciphertext": text }).to_string(),
                )
            }
            None => refuse(400, "no plaintext"),
        },
        "decrypt" => match bytes("ciphertext").and_then(|text| unwrapped(key, &text)) {
            Some(plain) => Answer::new(200, json!({ "plaintext": STANDARD.encode(plain) }).to_string()),
            None => refuse(400, "Decryption failed: the ciphertext is invalid."),
        },
        _ => refuse(404, "no such method"),
    }
}

#[tokio::test]
async fn cloud_kms_wraps_a_key_that_is_made_here() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let address = serve(move |request| {
        seen.lock().unwrap().push(request.path.clone());
        cloud_kms(&request)
    });
    let make = |key: &str, token: &str| {
        let values = json!({ "kms_encryption_key": key, "key_length": 32, "access_token": token });
        encryption("gcp_kms", values, &[("GOOGLE_KMS_CUSTOM_ENDPOINT", &address)])
    };
    let encrypted = there_and_back(|| make(KEY, "ann")).await;
    assert_eq!(*asked.lock().unwrap(), [format!("/v1/{KEY}:encrypt"), format!("/v1/{KEY}:decrypt")]);
    // Another key does not open it, and who may not use the key is told what the service says.
    for (key, token, why) in [
        (format!("{KEY}2"), "ann", "Decryption failed"),
        (KEY.to_owned(), "eve", "invalid authentication credentials"),
        ("projects/q/locations/l/keyRings/r/cryptoKeys/k".to_owned(), "ann", "denied"),
    ] {
        let error = make(&key, token).state.unwrap().decrypt(&encrypted).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

/// The transit engine: data keys of some bits, and what opens them again. Ciphertexts are `vault:v1:...`.
fn transit(request: &Request) -> Answer {
    let refuse = |status: u16, message: &str| Answer::new(status, json!({ "errors": [message] }).to_string());
    if request.header("x-vault-token") != "s.token" {
        return refuse(403, "permission denied");
    }
    let data = |data: Value| Answer::new(200, json!({ "request_id": "r", "data": data }).to_string());
    let Some(path) = request.path.strip_prefix("/v1/secret/transit/").filter(|_| request.method == "POST")
    else {
        return refuse(404, "no handler for route");
    };
    let body = request.json();
    match path.rsplit_once('/') {
        Some(("datakey/plaintext", key)) => {
            let bits = body["bits"].as_u64().unwrap_or(256);
            if ![128, 256, 512].contains(&bits) {
                return refuse(400, "invalid bit length");
            }
            let plain: Vec<u8> = (0..bits / 8).map(|n| u8::try_from(n).unwrap_or(0)).collect();
            let text = format!("vault:v1:{}", STANDARD.encode(wrapped(key, &plain)));
            data(json!({ "plaintext": STANDARD.encode(plain), "ciphertext": text }))
        }
        Some(("decrypt", key)) => {
            let text = body["ciphertext"].as_str().and_then(|text| text.strip_prefix("vault:v1:"));
            let plain = text.and_then(|text| unwrapped(key, &STANDARD.decode(text).ok()?));
            plain.map_or_else(
                || refuse(400, "cipher: message authentication failed"),
                |plain| data(json!({ "plaintext": STANDARD.encode(plain) })),
            )
        }
        _ => refuse(404, "no handler for route"),
    }
}

#[tokio::test]
async fn openbao_gives_data_keys() {
    let address = serve(move |request| transit(&request));
    let make = |key: &str, length: u64, token: &str| {
        let values =
            json!({ "key_name": key, "key_length": length, "transit_engine_path": "/secret/transit" });
        encryption("openbao", values, &[("BAO_ADDR", &address), ("BAO_TOKEN", token)])
    };
    there_and_back(|| make("k", 16, "s.token")).await;
    let encrypted = there_and_back(|| make("k", 32, "s.token")).await;
    for (key, token, why) in
        [("other", "s.token", "message authentication failed"), ("k", "s.stale", "permission denied")]
    {
        let error = make(key, 32, token).state.unwrap().decrypt(&encrypted).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let error = make("k", 24, "s.token").state.unwrap().encrypt(b"{}").await.unwrap_err().to_string();
    assert!(error.contains("invalid bit length"), "{error}");
}
