//! Projects, folders and the services that projects use.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_folder_and_a_project_in_it() {
    let cloud = Cloud::open_with(json!({"default_labels": {"team": "net"}})).await;
    let driver = &cloud.driver;
    let folder = |name: &str| json!({"display_name": name, "parent": "organizations/1234", "deletion_protection": false});
    let outer = driver.create("google_folder", folder("outer")).await;
    let (action, outer) = driver.apply("google_folder", &outer, folder("renamed")).await;
    assert_eq!((action, text(&outer, "lifecycle_state")), (Action::Update, "ACTIVE".into()));
    driver.import("google_folder", &text(&outer, "folder_id"), &outer, &["deletion_protection"]).await;

    let ty = "google_project";
    let config = |more: Json| {
        let mut config =
            json!({"name": "Service one", "project_id": "service-one", "deletion_policy": "DELETE"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let project = driver
        .create(ty, config(json!({"folder_id": text(&outer, "name"), "labels": {"env": "test"}})))
        .await;
    assert_eq!(text(&project, "id"), "projects/service-one");
    assert_eq!(get(&project, "labels"), json!({"env": "test"}));
    assert_eq!(get(&project, "effective_labels"), json!({"env": "test", "team": "net"}));
    let (action, project) = driver
        .apply(
            ty,
            &project,
            config(json!({"org_id": "1234", "name": "Renamed one", "labels": {"env": "prod"}})),
        )
        .await;
    assert_eq!((action, get(&project, "folder_id")), (Action::Update, json!(null)));
    assert_eq!(get(&project, "terraform_labels"), json!({"env": "prod", "team": "net"}));
    let unknown = &["deletion_policy", "auto_create_network", "labels", "terraform_labels"];
    driver.import(ty, "service-one", &project, unknown).await;
    driver.destroy(ty, &project).await;
    driver.destroy("google_folder", &outer).await;
}

#[tokio::test]
async fn a_protected_project_stays() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let config = json!({"name": "Kept one", "project_id": "kept-one", "org_id": "1234"});
    let project = driver.create("google_project", config).await;
    let why = driver.refused_deletion("google_project", &project).await;
    assert!(why.contains("deletion_policy"), "{why}");
    assert!(driver.read("google_project", &project).await.is_some());
    let why = driver
        .refusal("google_project", json!({"name": "Taken", "project_id": "kept-one", "org_id": "1234"}))
        .await;
    assert!(why.contains("taken"), "{why}");
}

#[tokio::test]
async fn services_of_a_project_are_listed_once() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_project_service";
    let mut services = Vec::new();
    for service in ["compute.googleapis.com", "container.googleapis.com", "dns.googleapis.com"] {
        services.push(driver.create(ty, json!({"service": service, "disable_on_destroy": true})).await);
    }
    assert_eq!(text(&services[0], "id"), "host-prj/compute.googleapis.com");
    driver
        .import(
            ty,
            "host-prj/compute.googleapis.com",
            &services[0],
            &["disable_on_destroy", "disable_dependent_services"],
        )
        .await;
    cloud.requests().await;
    assert_eq!(driver.read_all(ty, &services).await.len(), 3);
    assert_eq!(cloud.requests().await, json!({"serviceusage.services.list": 1}));
    driver.destroy(ty, &services[1]).await;
}

#[tokio::test]
async fn data_of_projects_and_organizations() {
    let cloud = Cloud::open().await;
    let project = cloud.driver.read_data("google_project", json!({})).await.unwrap();
    assert_eq!((text(&project, "id"), text(&project, "org_id")), ("projects/host-prj".into(), "1234".into()));
    let organization =
        cloud.driver.read_data("google_organization", json!({"organization": "1234"})).await.unwrap();
    assert_eq!(text(&organization, "name"), "organizations/1234");
}

#[tokio::test]
async fn services_that_others_need() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_project_service";
    let service = |name: &str, more: Json| {
        let mut config = json!({"project": "host-prj", "service": format!("{name}.googleapis.com")});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let compute = driver.create(ty, service("compute", json!({}))).await;
    let container = driver.create(ty, service("container", json!({}))).await;
    let said = driver.refused_deletion(ty, &compute).await;
    assert!(said.contains("container.googleapis.com"), "{said}");
    let with_others = json!({"disable_dependent_services": true});
    let (action, compute) = driver.apply(ty, &compute, service("compute", with_others)).await;
    assert_eq!(action, Action::Update);
    driver.destroy(ty, &compute).await;
    assert!(driver.read(ty, &container).await.is_none());
}

#[tokio::test]
async fn a_service_project_that_stays_attached() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let project = json!({"project_id": "service-prj", "name": "Service", "org_id": "1234", "deletion_policy": "DELETE"});
    driver.create("google_project", project).await;
    driver.create("google_compute_shared_vpc_host_project", json!({"project": "host-prj"})).await;
    let ty = "google_compute_shared_vpc_service_project";
    let config = |policy: Json| json!({"host_project": "host-prj", "service_project": "service-prj", "deletion_policy": policy});
    let attached = driver.create(ty, config(Json::Null)).await;
    let (action, attached) = driver.apply(ty, &attached, config(json!("ABANDON"))).await;
    assert_eq!(action, Action::Update);
    let null = terrane_sdk::Value::null(attached.ty());
    driver.change(ty, &attached, &null, &terrane_sdk::Value::NULL, driver.token(), false).await;
    assert!(driver.read(ty, &attached).await.is_some());
    let (_, attached) = driver.apply(ty, &attached, config(Json::Null)).await;
    driver.destroy(ty, &attached).await;
}
