//! Members, bindings and policies of every kind of object that has them.

use crate::Cloud;
use terrane_sdk::Value;
use terrane_sdk::serde_json::{self, Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

/// An object with more in it.
fn with(object: &Json, more: Json) -> Json {
    let mut all = object.clone();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

/// A kind of objects: what its types begin with, what names the object, its import id, and a role.
type Kind = (&'static str, Json, String, &'static str);

/// An object of each kind.
async fn kinds(cloud: &Cloud) -> Vec<Kind> {
    let driver = &cloud.driver;
    let folder = json!({"display_name": "f", "parent": "organizations/1234", "deletion_protection": false});
    let folder = text(&driver.create("google_folder", folder).await, "name");
    let account = driver.create("google_service_account", json!({"account_id": "runner-one"})).await;
    let account = text(&account, "name");
    let bucket = json!({"name": "bucket-1", "location": "EU", "uniform_bucket_level_access": true});
    driver.create("google_storage_bucket", bucket).await;
    driver.create("google_bigquery_dataset", json!({"dataset_id": "d"})).await;
    driver.create("google_compute_network", json!({"name": "n", "auto_create_subnetworks": false})).await;
    let subnet = json!({"name": "s", "network": "n", "ip_cidr_range": "10.0.0.0/24"});
    let subnet = text(&driver.create("google_compute_subnetwork", subnet).await, "id");
    let ring = driver.create("google_kms_key_ring", json!({"name": "r", "location": "global"})).await;
    let ring = text(&ring, "id");
    let key = driver.create("google_kms_crypto_key", json!({"name": "k", "key_ring": ring})).await;
    let key = text(&key, "id");
    let topic = text(&driver.create("google_pubsub_topic", json!({"name": "topic"})).await, "id");
    let project = "projects/host-prj";
    vec![
        ("google_project", json!({"project": "host-prj"}), "host-prj".into(), "roles/viewer"),
        ("google_folder", json!({"folder": folder}), folder, "roles/viewer"),
        ("google_organization", json!({"org_id": "1234"}), "1234".into(), "roles/viewer"),
        (
            "google_service_account",
            json!({"service_account_id": account}),
            account,
            "roles/iam.serviceAccountUser",
        ),
        (
            "google_storage_bucket",
            json!({"bucket": "bucket-1"}),
            "b/bucket-1".into(),
            "roles/storage.objectViewer",
        ),
        (
            "google_bigquery_dataset",
            json!({"dataset_id": "d"}),
            format!("{project}/datasets/d"),
            "roles/bigquery.dataViewer",
        ),
        ("google_compute_subnetwork", json!({"subnetwork": "s"}), subnet, "roles/compute.networkUser"),
        ("google_kms_key_ring", json!({"key_ring_id": ring}), ring, "roles/cloudkms.admin"),
        ("google_kms_crypto_key", json!({"crypto_key_id": key}), key, "roles/cloudkms.cryptoKeyEncrypter"),
        ("google_pubsub_topic", json!({"topic": "topic"}), topic, "roles/pubsub.publisher"),
    ]
}

#[tokio::test]
async fn members_of_every_kind() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let condition = json!({"title": "for now", "description": "d",
        "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")"});
    for (kind, object, id, role) in kinds(&cloud).await {
        let ty = format!("{kind}_iam_member");
        let member = |more: Json| with(&with(&object, json!({"role": role})), more);
        let one = driver.create(&ty, member(json!({"member": "user:a@example.com"}))).await;
        driver.import(&ty, &format!("{id} {role} user:a@example.com"), &one, &[]).await;
        let until = member(json!({"member": "user:a@example.com", "condition": [condition]}));
        let two = driver.create(&ty, until).await;
        driver.import(&ty, &format!("{id} {role} user:a@example.com for now"), &two, &[]).await;
        // One is not the other.
        driver.destroy(&ty, &two).await;
        assert!(driver.read(&ty, &one).await.is_some(), "{ty}");
        for other in [
            json!({"role": "roles/owner"}),
            json!({"member": "user:b@example.com"}),
            json!({"condition": [condition]}),
        ] {
            let config =
                driver.config(&ty, &with(&member(json!({"member": "user:a@example.com"})), other.clone()));
            assert_eq!(driver.plan(&ty, &one, &config).await.0, Action::Replace, "{ty} {other}");
        }
        driver.destroy(&ty, &one).await;
    }
}

#[tokio::test]
async fn bindings_of_every_kind() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let condition =
        json!([{"title": "now", "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")"}]);
    for (kind, object, id, role) in kinds(&cloud).await {
        let ty = format!("{kind}_iam_binding");
        for condition in [json!([]), condition.clone()] {
            let title = if condition == json!([]) { "" } else { " now" };
            let binding = |members: Json| {
                with(&object, json!({"role": role, "members": members, "condition": condition}))
            };
            let bound = driver.create(&ty, binding(json!(["user:a@example.com"]))).await;
            let more = binding(json!(["group:g@example.com", "user:a@example.com"]));
            let (action, bound) = driver.apply(&ty, &bound, more).await;
            assert_eq!(action, Action::Update, "{ty}");
            driver.import(&ty, &format!("{id} {role}{title}"), &bound, &[]).await;
            let (_, bound) = driver.apply(&ty, &bound, binding(json!(["group:g@example.com"]))).await;
            assert_eq!(get(&bound, "members"), json!(["group:g@example.com"]));
            driver.destroy(&ty, &bound).await;
        }
    }
}

#[tokio::test]
async fn policies_of_every_kind() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for (kind, object, id, role) in kinds(&cloud).await {
        let ty = format!("{kind}_iam_policy");
        let policy = |members: Json| {
            let data = json!({"bindings": [{"role": role, "members": members}]});
            with(&object, json!({"policy_data": data.to_string()}))
        };
        let bindings = |state: &Value| {
            let data: Json = serde_json::from_str(&text(state, "policy_data")).unwrap();
            data["bindings"].clone()
        };
        let first = driver.create(&ty, policy(json!(["user:a@example.com"]))).await;
        let (action, second) = driver.apply(&ty, &first, policy(json!(["group:g@example.com"]))).await;
        assert_eq!(action, Action::Update, "{ty}");
        let read = driver.read(&ty, &second).await.unwrap();
        assert_eq!(bindings(&read), json!([{"role": role, "members": ["group:g@example.com"]}]), "{ty}");
        driver.import(&ty, &id, &second, &["policy_data"]).await;
        let null = Value::null(second.ty());
        driver.change(&ty, &second, &null, &Value::NULL, driver.token(), false).await;
        let read = driver.read(&ty, &second).await.unwrap();
        assert_eq!(bindings(&read), json!([]), "{ty}");
    }
}
