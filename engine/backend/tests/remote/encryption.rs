//! Encrypted states: the form, other keys, rotation, and programs as key providers.

use serde_json::{Value, json};
use std::sync::Arc;
use terrane_backend::{
    Encryption, EncryptionConfig, EncryptionPart, EncryptionTarget, Local, SaveError, Saved, StateManager,
    StateStorage, Surroundings, encrypt_storage,
};
use terrane_state::JournalEntry;

fn part(kind: &str, values: Value, keys: Option<&str>) -> EncryptionPart {
    let values = values.as_object().unwrap().clone();
    EncryptionPart { kind: kind.into(), values, keys: keys.map(str::to_owned) }
}

fn passphrase(text: &str) -> EncryptionPart {
    part("pbkdf2", json!({ "passphrase": text, "iterations": 200_000 }), None)
}

fn target(methods: &[&str]) -> Option<EncryptionTarget> {
    let (first, rest) = methods.split_first()?;
    let fallback = target(rest).map(Box::new);
    Some(EncryptionTarget { method: Some((*first).to_owned()), fallback, enforced: false })
}

/// Two passphrases, a method for each, and none.
fn config(methods: &[&str]) -> EncryptionConfig {
    EncryptionConfig {
        key_providers: [
            ("pbkdf2.old".to_owned(), passphrase("the old passphrase")),
            ("pbkdf2.new".to_owned(), passphrase("the new passphrase")),
        ]
        .into(),
        methods: [
            ("aes_gcm.old".to_owned(), part("aes_gcm", json!({}), Some("pbkdf2.old"))),
            ("aes_gcm.new".to_owned(), part("aes_gcm", json!({ "aad": [1, 2, 255] }), Some("pbkdf2.new"))),
            ("unencrypted.none".to_owned(), part("unencrypted", json!({}), None)),
        ]
        .into(),
        state: target(methods),
        ..EncryptionConfig::default()
    }
}

fn storage(directory: &std::path::Path, config: &EncryptionConfig) -> Arc<dyn StateStorage> {
    let local = Arc::new(Local::new(directory.join("terraform.tfstate")));
    match Encryption::new(config, &Surroundings::default()).unwrap().state {
        Some(cipher) => encrypt_storage(local, cipher),
        None => local,
    }
}

async fn open(directory: &std::path::Path, methods: &[&str]) -> Result<StateManager, String> {
    StateManager::open(storage(directory, &config(methods))).await.map_err(|e| e.to_string())
}

#[tokio::test]
async fn keys_rotate_and_wrong_ones_change_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("terraform.tfstate");
    let text = || std::fs::read_to_string(&file).unwrap();
    let plain = open(directory.path(), &[]).await.unwrap();
    assert_eq!(plain.save().await.unwrap(), Saved::Written(1));
    let lineage = plain.state().lineage;

    let error = open(directory.path(), &["aes_gcm.old"]).await.err().unwrap();
    assert!(error.contains("is not encrypted") && error.contains("fallback"), "{error}");
    // From now on it is encrypted, although nothing in it has changed.
    let first = open(directory.path(), &["aes_gcm.old", "unencrypted.none"]).await.unwrap();
    assert_eq!(first.save().await.unwrap(), Saved::Written(2));
    assert_eq!(first.save().await.unwrap(), Saved::Unchanged);
    let document: Value = serde_json::from_str(&text()).unwrap();
    let names: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(names, ["serial", "lineage", "meta", "encrypted_data", "encryption_version"]);
    assert_eq!((&document["serial"], &document["lineage"]), (&json!(2), &json!(lineage)));
    assert_eq!(document["encryption_version"], "v0");
    assert!(document["meta"]["key_provider.pbkdf2.old"].is_string(), "{document}");

    let before = text();
    let error = open(directory.path(), &["aes_gcm.new"]).await.err().unwrap();
    assert!(error.contains("could not be decrypted by any method"), "{error}");
    let error = open(directory.path(), &[]).await.err().unwrap();
    assert!(error.contains("no \"encryption\" block"), "{error}");
    let mut wrong = config(&["aes_gcm.old"]);
    wrong.key_providers.insert("pbkdf2.old".into(), passphrase("some other passphrase"));
    let error = StateManager::open(storage(directory.path(), &wrong)).await.err().unwrap().to_string();
    assert!(error.contains("encrypted with another key"), "{error}");
    assert_eq!(text(), before);

    let rotated = open(directory.path(), &["aes_gcm.new", "aes_gcm.old"]).await.unwrap();
    assert_eq!(rotated.save().await.unwrap(), Saved::Written(3));
    let again = open(directory.path(), &["aes_gcm.new"]).await.unwrap();
    assert_eq!((again.state().serial, again.state().lineage), (3, lineage));
}

#[tokio::test]
async fn journals_are_encrypted_too() {
    let directory = tempfile::tempdir().unwrap();
    let state = open(directory.path(), &["aes_gcm.old"]).await.unwrap();
    let put = |name: &str| {
        JournalEntry::Write(terrane_state::StateWrite::Put {
            address: format!("aws_vpc.{name}").parse().unwrap(),
            deposed: None,
            provider: "provider[\"registry.terraform.io/hashicorp/aws\"]".parse().unwrap(),
            object: Arc::new(terrane_state::Object {
                schema_version: 0,
                attributes: json!({ "secret": "hunter2" }).into(),
                sensitive_paths: vec![],
                private: Default::default(),
                dependencies: vec![],
                status: terrane_state::ObjectStatus::Ready,
                create_before_destroy: false,
                provider_key: Default::default(),
                kept: terrane_state::Kept::default(),
            }),
        })
    };
    let recorded: Result<(), SaveError> = state.record(vec![put("a"), put("b")]).await;
    recorded.unwrap();
    state.record(vec![put("c")]).await.unwrap();
    let journal = std::fs::read_to_string(directory.path().join("terraform.tfstate.journal")).unwrap();
    assert!(!journal.contains("hunter2") && journal.lines().count() == 2, "{journal}");
    drop(state);
    // The run was killed; its last line is cut.
    let half = format!("{journal}{}", &journal[..40]);
    std::fs::write(directory.path().join("terraform.tfstate.journal"), half).unwrap();
    let next = open(directory.path(), &["aes_gcm.old"]).await.unwrap();
    assert_eq!(next.recovered(), 3);
    next.save().await.unwrap();
    assert!(!directory.path().join("terraform.tfstate.journal").exists());
}

#[test]
fn what_cannot_work_is_refused() {
    let problem = |change: &dyn Fn(&mut EncryptionConfig)| {
        let mut config = config(&["aes_gcm.old"]);
        change(&mut config);
        Encryption::new(&config, &Surroundings::default()).err().map(|e| e.0).unwrap_or_default()
    };
    assert_eq!(problem(&|_| {}), "");
    type Change = Box<dyn Fn(&mut EncryptionConfig)>;
    let cases: Vec<(Change, &str)> = vec![
        (Box::new(|c| drop(c.key_providers.insert("pbkdf2.x".into(), passphrase("short")))), "too short"),
        (
            Box::new(|c| {
                let values = json!({ "passphrase": "long enough for this", "iterations": 1000 });
                c.key_providers.insert("pbkdf2.x".into(), part("pbkdf2", values, None));
            }),
            "dangerously low",
        ),
        (
            Box::new(|c| drop(c.key_providers.insert("x.y".into(), part("x", json!({}), None)))),
            "no key provider \"x\"",
        ),
        (
            Box::new(|c| drop(c.methods.insert("x.y".into(), part("x", json!({}), None)))),
            "no encryption method \"x\"",
        ),
        (
            Box::new(|c| drop(c.methods.insert("aes_gcm.z".into(), part("aes_gcm", json!({}), None)))),
            "needs the argument",
        ),
        (
            Box::new(|c| {
                drop(c.methods.insert("aes_gcm.z".into(), part("aes_gcm", json!({}), Some("pbkdf2.z"))))
            }),
            "no key_provider.pbkdf2.z",
        ),
        (Box::new(|c| c.state = target(&["aes_gcm.nowhere"])), "no block method \"aes_gcm\" \"nowhere\""),
        (
            Box::new(|c| {
                c.state = target(&["unencrypted.none"]);
                c.state.as_mut().unwrap().enforced = true;
            }),
            "is enforced",
        ),
        (
            Box::new(|c| {
                c.key_providers.insert("pbkdf2.a".into(), part("pbkdf2", json!({}), Some("pbkdf2.b")));
                c.key_providers.insert("pbkdf2.b".into(), part("pbkdf2", json!({}), Some("pbkdf2.a")));
            }),
            "made with itself",
        ),
    ];
    for (change, expected) in cases {
        let found = problem(&*change);
        assert!(found.contains(expected), "{expected}: {found:?}");
    }
}

const PROGRAM: &str = r#"
import base64, json, sys
print(json.dumps({"magic": "OpenTofu-External-Key-Provider", "version": 1}))
meta = json.load(sys.stdin)
key = base64.b64encode(b"k" * 32).decode()
keys = {"encryption_key": key}
if meta is not None:
    assert meta == {"external_data": {"id": 7}}, meta
    keys["decryption_key"] = key
print(json.dumps({"keys": keys, "meta": {"external_data": {"id": 7}}}))
"#;

const METHOD: &str = r#"
import base64, json, sys
print(json.dumps({"magic": "OpenTofu-External-Encryption-Method", "version": 1}))
given = json.load(sys.stdin)
assert base64.b64decode(given["key"]) == b"k" * 32
payload = bytes(b ^ 85 for b in base64.b64decode(given["payload"]))
print(json.dumps({"payload": base64.b64encode(payload).decode()}))
"#;

#[tokio::test]
async fn programs_provide_keys_and_encrypt() {
    let directory = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        json!(["python3", path.display().to_string()])
    };
    let (provider, method) = (script("provider.py", PROGRAM), script("method.py", METHOD));
    let config = |provider: &Value| EncryptionConfig {
        key_providers: [
            ("external.p".to_owned(), part("external", json!({ "command": provider }), None)),
            ("pbkdf2.c".to_owned(), part("pbkdf2", json!({ "iterations": 200_000 }), Some("external.p"))),
        ]
        .into(),
        methods: [
            (
                "external.m".to_owned(),
                part(
                    "external",
                    json!({ "encrypt_command": method, "decrypt_command": method }),
                    Some("external.p"),
                ),
            ),
            ("aes_gcm.c".to_owned(), part("aes_gcm", json!({}), Some("pbkdf2.c"))),
        ]
        .into(),
        state: target(&["external.m"]),
        plan: target(&["aes_gcm.c"]),
        ..EncryptionConfig::default()
    };
    let made = || Encryption::new(&config(&provider), &Surroundings::default()).unwrap();
    let text = b"{\"version\":4,\"serial\":1}";
    for (encrypted, keys) in [
        (made().state.unwrap().encrypt(text).await.unwrap(), 1),
        (made().plan.unwrap().encrypt(text).await.unwrap(), 2),
    ] {
        let document: Value = serde_json::from_slice(&encrypted).unwrap();
        assert_eq!(document["meta"].as_object().unwrap().len(), keys, "{document}");
        let cipher = if keys == 1 { made().state } else { made().plan };
        assert_eq!(cipher.unwrap().decrypt(&encrypted).await.unwrap(), (text.to_vec(), true));
    }
    let failing = script("failing.py", "import sys\nsys.exit('no key for you')");
    let cipher = Encryption::new(&config(&failing), &Surroundings::default()).unwrap().state.unwrap();
    let error = cipher.encrypt(text).await.unwrap_err().to_string();
    assert!(error.contains("no key for you"), "{error}");
}
