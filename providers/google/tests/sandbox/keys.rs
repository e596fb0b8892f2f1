//! Key rings and keys.

use crate::Cloud;
use terrane_sdk::Value;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

const RING: &str = "projects/host-prj/locations/europe-west1/keyRings/r";

/// Destroys an object that Google keeps.
async fn forget(cloud: &Cloud, ty: &str, state: &Value) {
    let (driver, null) = (&cloud.driver, Value::null(state.ty()));
    for _ in 0..2 {
        driver.change(ty, state, &null, &Value::NULL, driver.token(), false).await;
    }
}

#[tokio::test]
async fn a_key_ring() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_kms_key_ring";
    let config = |name: &str| json!({"name": name, "location": "europe-west1"});
    let ring = driver.create_twice(ty, config("r")).await;
    assert_eq!(text(&ring, "id"), RING);
    for id in [RING, "host-prj/europe-west1/r", "europe-west1/r"] {
        driver.import(ty, id, &ring, &[]).await;
    }
    let said = driver.refusal(ty, config("r")).await;
    assert!(said.contains("deletes no key ring"), "{said}");
    let said = driver.refusal(ty, json!({"name": "r", "location": "nowhere"})).await;
    assert!(said.contains("Location 'nowhere'"), "{said}");
    let mut rings = vec![ring];
    for name in ["r1", "r2"] {
        rings.push(driver.create(ty, config(name)).await);
    }
    cloud.requests().await;
    let mut missing = rings[0].clone();
    missing = missing.with_attribute("name", Value::from("r3"));
    rings.push(missing);
    let read = driver.read_all(ty, &rings).await;
    assert_eq!(read.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(cloud.requests().await, json!({"cloudkms.projects.locations.keyRings.list": 1}));
    forget(&cloud, ty, &rings[0]).await;
    let there = cloud.send("GET", &format!("/v1/{RING}"), Json::Null).await;
    assert_eq!(there["name"], RING);
}

#[tokio::test]
async fn a_key_and_its_versions() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_kms_key_ring", json!({"name": "r", "location": "europe-west1"})).await;
    let ty = "google_kms_crypto_key";
    let config = |more: Json| {
        let mut config = json!({"name": "k", "key_ring": RING});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let key = driver.create_twice(ty, config(json!({}))).await;
    let id = format!("{RING}/cryptoKeys/k");
    assert_eq!((text(&key, "id"), text(&key, "destroy_scheduled_duration")), (id.clone(), "2592000s".into()));
    let first = format!("{id}/cryptoKeyVersions/1");
    assert_eq!(get(&key, "primary"), json!([{"name": first, "state": "ENABLED"}]));
    driver.import(ty, &id, &key, &["labels", "terraform_labels"]).await;
    driver.import(ty, "host-prj/europe-west1/r/k", &key, &["key_ring", "labels", "terraform_labels"]).await;
    let path = format!("/v1/{id}");
    let rotated = json!({"rotation_period": "7776000s", "labels": {"a": "b"}});
    let (action, key) = driver.apply(ty, &key, config(rotated)).await;
    assert_eq!(action, Action::Update);
    let told = cloud.send("GET", &path, Json::Null).await;
    assert_eq!((&told["rotationPeriod"], &told["labels"]), (&json!("7776000s"), &json!({"a": "b"})));
    assert!(told["nextRotationTime"].is_string(), "{told}");
    let slower = json!({"rotation_period": "8640000s", "labels": {"c": "d"}});
    let (action, key) = driver.apply(ty, &key, config(slower)).await;
    assert_eq!(action, Action::Update);
    let later = cloud.send("GET", &path, Json::Null).await;
    assert_ne!(later["nextRotationTime"], told["nextRotationTime"]);
    let (action, key) = driver.apply(ty, &key, config(json!({}))).await;
    assert_eq!(action, Action::Update);
    let told = cloud.send("GET", &path, Json::Null).await;
    assert_eq!((&told["rotationPeriod"], &told["labels"]), (&Json::Null, &Json::Null));
    let (_, key) = driver.apply(ty, &key, config(json!({"rotation_period": "7776000s"}))).await;
    // A version that somebody made, and one that is off.
    cloud.send("POST", &format!("{path}/cryptoKeyVersions"), json!({})).await;
    let off = json!({"state": "DISABLED"});
    cloud.send("PATCH", &format!("/v1/{first}?updateMask=state"), off).await;
    let read = driver.read(ty, &key).await.unwrap();
    assert_eq!(get(&read, "primary")[0]["state"], "DISABLED");
    forget(&cloud, ty, &key).await;
    let told = cloud.send("GET", &format!("{path}/cryptoKeyVersions"), Json::Null).await;
    let states: Vec<&Json> =
        told["cryptoKeyVersions"].as_array().unwrap().iter().map(|v| &v["state"]).collect();
    assert_eq!(states, ["DESTROY_SCHEDULED", "DESTROY_SCHEDULED"]);
    assert_eq!(cloud.send("GET", &path, Json::Null).await["rotationPeriod"], Json::Null);
    let said = driver.refusal(ty, config(json!({}))).await;
    assert!(said.contains("deletes no key"), "{said}");
}

#[tokio::test]
async fn keys_for_each_purpose() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_kms_key_ring", json!({"name": "r", "location": "europe-west1"})).await;
    let ty = "google_kms_crypto_key";
    let key = |name: &str, more: Json| {
        let mut config = json!({"name": name, "key_ring": "host-prj/europe-west1/r"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let template = |algorithm: &str| json!([{"algorithm": algorithm, "protection_level": "HSM"}]);
    let signs = json!({"purpose": "ASYMMETRIC_SIGN", "version_template": template("EC_SIGN_P256_SHA256")});
    let signer = driver.create(ty, key("signs", signs)).await;
    assert_eq!(get(&signer, "primary"), json!([]));
    let changed = json!({"purpose": "ASYMMETRIC_SIGN", "version_template": template("EC_SIGN_P384_SHA384")});
    let (action, _) = driver.apply(ty, &signer, key("signs", changed)).await;
    assert_eq!(action, Action::Update);
    let mac = json!({"purpose": "MAC", "version_template": template("HMAC_SHA256"), "destroy_scheduled_duration": "86400s",
        "skip_initial_version_creation": true, "import_only": true});
    let imports = driver.create(ty, key("imports", mac)).await;
    let path = "/v1/projects/host-prj/locations/europe-west1/keyRings/r/cryptoKeys/imports/cryptoKeyVersions";
    assert_eq!(cloud.send("GET", path, Json::Null).await, json!({}));
    let fits = |purpose: &str, algorithm: &str| {
        key("no", json!({"purpose": purpose, "version_template": template(algorithm)}))
    };
    let said = driver.refusal(ty, fits("MAC", "EC_SIGN_P256_SHA256")).await;
    assert!(said.contains("does not fit keys for MAC"), "{said}");
    let said = driver.refusal(ty, key("no", json!({"import_only": true}))).await;
    assert!(said.contains("begins without a version"), "{said}");
    for wrong in
        [json!({"rotation_period": "3600s"}), json!({"rotation_period": "90d"}), json!({"purpose": "X"})]
    {
        assert_eq!(driver.problems(ty, &key("no", wrong.clone())).len(), 1, "{wrong}");
    }
    // What cannot be changed makes another key.
    for other in [
        json!({"purpose": "RAW_ENCRYPT_DECRYPT", "version_template": template("AES_256_GCM")}),
        json!({"import_only": false}),
    ] {
        let mut config = key(
            "imports",
            json!({"purpose": "MAC", "version_template": template("HMAC_SHA256"),
            "destroy_scheduled_duration": "86400s", "skip_initial_version_creation": true, "import_only": true}),
        );
        config.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        let (action, _) = driver.plan(ty, &imports, &driver.config(ty, &config)).await;
        assert_eq!(action, Action::Replace, "{other}");
    }
}

#[tokio::test]
async fn who_may_use_keys() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_kms_key_ring", json!({"name": "r", "location": "europe-west1"})).await;
    let key = driver.create("google_kms_crypto_key", json!({"name": "k", "key_ring": RING})).await;
    let (id, role) = (text(&key, "id"), "roles/cloudkms.cryptoKeyEncrypterDecrypter");
    let agent = "serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com";
    let ty = "google_kms_crypto_key_iam_member";
    let member = |member: &str| json!({"crypto_key_id": id, "role": role, "member": member});
    let (one, two) =
        tokio::join!(driver.create(ty, member(agent)), driver.create(ty, member("group:g@example.com")));
    driver.import(ty, &format!("{id} {role} {agent}"), &one, &["etag"]).await;
    driver.destroy(ty, &two).await;
    let conditional = json!({"crypto_key_id": "host-prj/europe-west1/r/k", "role": role, "member": "user:u@example.com",
        "condition": [{"title": "soon", "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")"}]});
    let some = driver.create(ty, conditional).await;
    driver
        .import(ty, &format!("{id} {role} user:u@example.com soon"), &some, &["crypto_key_id", "etag"])
        .await;
    driver.destroy(ty, &some).await;
    driver.destroy(ty, &one).await;
    let binding = |members: &[&str]| json!({"crypto_key_id": id, "role": role, "members": members});
    let ty = "google_kms_crypto_key_iam_binding";
    let bound = driver.create(ty, binding(&[agent])).await;
    let said = driver.warnings(ty, &Value::NULL, &binding(&["user:u@example.com"])).await;
    assert!(said.len() == 1 && said[0].contains(agent), "{said:?}");
    let (action, bound) = driver.apply(ty, &bound, binding(&["user:u@example.com"])).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, &format!("{id} {role}"), &bound, &[]).await;
    driver.destroy(ty, &bound).await;
    let ty = "google_kms_key_ring_iam_binding";
    let admins =
        json!({"key_ring_id": RING, "role": "roles/cloudkms.admin", "members": ["group:g@example.com"]});
    let admins = driver.create(ty, admins).await;
    driver.import(ty, &format!("{RING} roles/cloudkms.admin"), &admins, &[]).await;
    let path = format!("/v1/{RING}:getIamPolicy");
    assert_eq!(
        cloud.send("GET", &path, Json::Null).await["bindings"][0]["members"],
        json!(["group:g@example.com"])
    );
    driver.destroy(ty, &admins).await;
    let data = json!({"bindings": [{"role": "roles/viewer", "members": ["user:u@example.com"]}]}).to_string();
    let ty = "google_kms_key_ring_iam_policy";
    let policy = driver.create(ty, json!({"key_ring_id": RING, "policy_data": data})).await;
    driver.import(ty, RING, &policy, &["policy_data"]).await;
}
