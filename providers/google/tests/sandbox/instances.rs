//! Instances.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

const TYPE: &str = "google_compute_instance";

/// What no answer tells.
const UNTOLD: &[&str] =
    &["allow_stopping_for_update", "desired_status", "boot_disk", "network_interface", "service_account"];

#[tokio::test]
async fn a_bastion() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let subnet = json!({"name": "bastion", "network": "hub", "ip_cidr_range": "10.0.255.0/28"});
    let subnet = driver.create("google_compute_subnetwork", subnet).await;
    let config = |more: Json| {
        let mut config = json!({"name": "bastion", "zone": "europe-west1-b", "machine_type": "e2-micro",
            "boot_disk": [{"initialize_params": [{"image": "debian-cloud/debian-12"}]}],
            "network_interface": [{"subnetwork": text(&subnet, "id")}]});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let first = json!({"tags": ["bastion"], "labels": {"env": "test"}, "metadata": {"enable-oslogin": "TRUE"},
        "service_account": [{"scopes": ["cloud-platform"]}], "shielded_instance_config": [{"enable_secure_boot": true}]});
    let instance = driver.create(TYPE, config(first.clone())).await;
    assert_eq!(text(&instance, "id"), "projects/host-prj/zones/europe-west1-b/instances/bastion");
    assert_eq!(text(&instance, "current_status"), "RUNNING");
    assert!(get(&instance, "network_interface")[0]["network_ip"].as_str().unwrap().starts_with("10.0.255."));
    driver
        .import(
            TYPE,
            "host-prj/europe-west1-b/bastion",
            &instance,
            &[UNTOLD, &["labels", "terraform_labels"]].concat(),
        )
        .await;
    let second = json!({"tags": ["bastion", "iap"], "labels": {"env": "prod"}, "metadata": {"enable-oslogin": "FALSE", "a": "b"},
        "service_account": [{"scopes": ["cloud-platform"]}], "shielded_instance_config": [{"enable_secure_boot": true}],
        "deletion_protection": true});
    let (action, instance) = driver.apply(TYPE, &instance, config(second)).await;
    assert_eq!((action, get(&instance, "tags")), (Action::Update, json!(["bastion", "iap"])));
    let why = driver.refused_deletion(TYPE, &instance).await;
    assert!(why.contains("deletion_protection"), "{why}");
    let (_, instance) = driver.apply(TYPE, &instance, config(first.clone())).await;
    let mut larger = config(first);
    larger["machine_type"] = json!("e2-small");
    larger["allow_stopping_for_update"] = json!(true);
    let (action, instance) = driver.apply(TYPE, &instance, larger.clone()).await;
    assert_eq!(
        (action, text(&instance, "machine_type"), text(&instance, "current_status")),
        (Action::Update, "e2-small".into(), "RUNNING".into())
    );
    larger["desired_status"] = json!("TERMINATED");
    let (_, instance) = driver.apply(TYPE, &instance, larger).await;
    assert_eq!(text(&instance, "current_status"), "TERMINATED");
    driver.destroy(TYPE, &instance).await;
}

#[tokio::test]
async fn a_disk() {
    let cloud = Cloud::open_with(json!({"zone": "europe-west1-b"})).await;
    let driver = &cloud.driver;
    let ty = "google_compute_disk";
    let config = |more: Json| {
        let mut config =
            json!({"name": "data", "type": "pd-ssd", "image": "debian-cloud/debian-12", "size": 20});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let disk = driver.create(ty, config(json!({"labels": {"a": "b"}}))).await;
    assert_eq!(text(&disk, "id"), "projects/host-prj/zones/europe-west1-b/disks/data");
    driver
        .import(ty, "data", &disk, &["image", "labels", "terraform_labels", "create_snapshot_before_destroy"])
        .await;
    let (action, disk) = driver.apply(ty, &disk, config(json!({"size": 40}))).await;
    assert_eq!(
        (action, get(&disk, "size"), get(&disk, "effective_labels")),
        (Action::Update, json!(40), json!({}))
    );
    let smaller = config(json!({"size": 30}));
    let (action, disk) = driver.apply(ty, &disk, smaller).await;
    assert_eq!(action, Action::Replace);
    let (_, disk) =
        driver.apply(ty, &disk, config(json!({"size": 30, "create_snapshot_before_destroy": true}))).await;
    driver.destroy(ty, &disk).await;
    let kept = cloud.send("GET", "/compute/v1/projects/host-prj/global/snapshots", Json::Null).await;
    let name = kept["items"][0]["name"].as_str().unwrap().to_owned();
    assert!(name.starts_with("data-") && kept["items"].as_array().unwrap().len() == 1, "{kept}");

    let again = driver.create(ty, json!({"name": "again", "snapshot": name})).await;
    assert_eq!((get(&again, "size"), text(&again, "source_snapshot_id").is_empty()), (json!(30), false));
    driver.import(ty, "again", &again, &["snapshot", "create_snapshot_before_destroy"]).await;
    let copy = driver.create(ty, json!({"name": "copy", "source_disk": text(&again, "id")})).await;
    assert_eq!(get(&copy, "size"), json!(30));
    let why = driver.refusal(ty, json!({"name": "small", "snapshot": name, "size": 10})).await;
    assert!(why.contains("30 GB"), "{why}");
    driver.destroy(ty, &again).await;
    driver.destroy(ty, &copy).await;
}
