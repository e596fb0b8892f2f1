//! Datasets.

use crate::Cloud;
use terrane_sdk::Value;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_dataset() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_bigquery_dataset";
    let config = |more: Json| {
        let mut config = json!({"dataset_id": "audit", "location": "eu", "friendly_name": "Audit"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let first = json!({"description": "logs", "default_table_expiration_ms": 7_776_000_000_i64, "labels": {"a": "b"}});
    let dataset = driver.create_twice(ty, config(first)).await;
    assert_eq!(text(&dataset, "id"), "projects/host-prj/datasets/audit");
    assert_eq!(get(&dataset, "access").as_array().map(Vec::len), Some(4));
    driver
        .import(
            ty,
            "host-prj/audit",
            &dataset,
            &["location", "labels", "terraform_labels", "delete_contents_on_destroy"],
        )
        .await;
    let writer = "service-1@gcp-sa-logging.iam.gserviceaccount.com";
    let second = json!({"labels": {"c": "d"}, "max_time_travel_hours": "96", "access": [
        {"role": "roles/bigquery.dataOwner", "special_group": "projectOwners"},
        {"role": "WRITER", "user_by_email": writer},
        {"view": [{"project_id": "host-prj", "dataset_id": "other", "table_id": "v"}]}]});
    let (action, dataset) = driver.apply(ty, &dataset, config(second)).await;
    assert_eq!((action, get(&dataset, "description")), (Action::Update, Json::Null));
    assert_eq!(get(&dataset, "default_table_expiration_ms"), Json::Null);
    assert_eq!(get(&dataset, "effective_labels"), json!({"c": "d"}));
    assert_eq!(get(&dataset, "access").as_array().map(Vec::len), Some(3));
    assert!(!driver.problems(ty, &json!({"dataset_id": "not-an-id"})).is_empty());
    driver.destroy(ty, &dataset).await;
}

#[tokio::test]
async fn who_may_use_a_dataset() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let view = json!({"view": [{"project_id": "host-prj", "dataset_id": "other", "table_id": "v"}]});
    let owners = json!({"role": "OWNER", "special_group": "projectOwners"});
    let dataset = json!({"dataset_id": "audit", "access": [owners, view]});
    driver.create("google_bigquery_dataset", dataset).await;
    let ty = "google_bigquery_dataset_iam_member";
    let writer = "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com";
    let member =
        |member: &str| json!({"dataset_id": "audit", "role": "roles/bigquery.dataEditor", "member": member});
    let (one, two) =
        tokio::join!(driver.create(ty, member(writer)), driver.create(ty, member("group:data@example.com")),);
    let id = format!("projects/host-prj/datasets/audit roles/bigquery.dataEditor {writer}");
    // The second member changed it.
    driver.import(ty, &id, &one, &["etag"]).await;
    let path = "/bigquery/v2/projects/host-prj/datasets/audit";
    let access = cloud.send("GET", path, Json::Null).await["access"].clone();
    assert_eq!(access.as_array().map(Vec::len), Some(4), "{access}");
    let binding = json!({"dataset_id": "audit", "role": "roles/bigquery.dataEditor", "members": [writer]});
    let said = driver.warnings("google_bigquery_dataset_iam_binding", &Value::NULL, &binding).await;
    assert!(said.len() == 1 && said[0].contains("group:data@example.com"), "{said:?}");
    driver.destroy(ty, &two).await;
    driver.destroy(ty, &one).await;
    let access = cloud.send("GET", path, Json::Null).await["access"].clone();
    assert!(access.as_array().is_some_and(|all| all.iter().any(|a| a["view"]["tableId"] == "v")), "{access}");
}
