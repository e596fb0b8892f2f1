//! Data sources that modules read.

use crate::Cloud;
use terrane_sdk::serde_json::json;
use terrane_sdk::testing::{get, text};

#[tokio::test]
async fn places_and_images() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let zones = driver.read_data("google_compute_zones", json!({"status": "UP"})).await.unwrap();
    let names = get(&zones, "names");
    assert!(
        names.as_array().unwrap().iter().all(|z| z.as_str().unwrap().starts_with("europe-west1-")),
        "{names}"
    );
    assert!(names.as_array().unwrap().len() >= 3);
    let none = driver.read_data("google_compute_zones", json!({"status": "DOWN"})).await.unwrap();
    assert_eq!(get(&none, "names"), json!([]));
    let regions = driver.read_data("google_compute_regions", json!({})).await.unwrap();
    assert!(get(&regions, "names").as_array().unwrap().contains(&json!("europe-west1")));
    let image = json!({"family": "debian-12", "project": "debian-cloud"});
    let image = driver.read_data("google_compute_image", image).await.unwrap();
    assert_eq!((text(&image, "family"), get(&image, "disk_size_gb")), ("debian-12".into(), json!(10)));
    let by_name = json!({"name": text(&image, "name"), "project": "debian-cloud"});
    let by_name = driver.read_data("google_compute_image", by_name).await.unwrap();
    assert_eq!(text(&by_name, "self_link"), text(&image, "self_link"));
    assert!(driver.read_data("google_compute_image", json!({"name": "none"})).await.is_err());
}

#[tokio::test]
async fn networks_and_subnets() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = driver
        .create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false}))
        .await;
    let subnet = json!({"name": "a", "network": "hub", "ip_cidr_range": "10.0.0.0/24",
        "secondary_ip_range": [{"range_name": "pods", "ip_cidr_range": "10.1.0.0/16"}]});
    let subnet = driver.create("google_compute_subnetwork", subnet).await;
    let found = driver.read_data("google_compute_network", json!({"name": "hub"})).await.unwrap();
    assert_eq!(text(&found, "id"), text(&network, "id"));
    assert_eq!(get(&found, "subnetworks_self_links"), json!([text(&subnet, "self_link")]));
    let all = driver.read_data("google_compute_networks", json!({"project": "host-prj"})).await.unwrap();
    assert_eq!(get(&all, "networks"), json!(["hub"]));
    for by in [json!({"name": "a"}), json!({"self_link": text(&subnet, "self_link")})] {
        let found = driver.read_data("google_compute_subnetwork", by).await.unwrap();
        assert_eq!(text(&found, "id"), text(&subnet, "id"));
        let ranges = json!([{"range_name": "pods", "ip_cidr_range": "10.1.0.0/16"}]);
        assert_eq!(
            (text(&found, "region"), get(&found, "secondary_ip_range")),
            ("europe-west1".into(), ranges)
        );
    }
    let all = driver.read_data("google_compute_subnetworks", json!({})).await.unwrap();
    assert_eq!(get(&all, "subnetworks")[0]["network_name"], json!("hub"));
}

#[tokio::test]
async fn folders_projects_and_billing() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let folder = |name: &str, parent: &str| json!({"display_name": name, "parent": parent, "deletion_protection": false});
    let outer = driver.create("google_folder", folder("outer", "organizations/1234")).await;
    let inner = driver.create("google_folder", folder("inner", &text(&outer, "name"))).await;
    let found = json!({"folder": text(&inner, "folder_id"), "lookup_organization": true});
    let found = driver.read_data("google_folder", found).await.unwrap();
    assert_eq!(
        (text(&found, "display_name"), text(&found, "organization")),
        ("inner".into(), "organizations/1234".into())
    );
    let all = driver.read_data("google_folders", json!({"parent_id": text(&outer, "name")})).await.unwrap();
    assert_eq!(get(&all, "folders")[0]["display_name"], json!("inner"));
    let active = json!({"display_name": "outer", "parent": "organizations/1234"});
    let active = driver.read_data("google_active_folder", active).await.unwrap();
    assert_eq!(text(&active, "name"), text(&outer, "name"));
    let projects =
        driver.read_data("google_projects", json!({"filter": "lifecycleState:ACTIVE"})).await.unwrap();
    assert_eq!(get(&projects, "projects")[0]["project_id"], json!("host-prj"));
    let billing = json!({"billing_account": "012345-6789AB-CDEF01"});
    let billing = driver.read_data("google_billing_account", billing).await.unwrap();
    let by_name = json!({"display_name": text(&billing, "display_name"), "open": true});
    let by_name = driver.read_data("google_billing_account", by_name).await.unwrap();
    assert_eq!(
        (text(&by_name, "id"), get(&by_name, "project_ids")),
        ("012345-6789AB-CDEF01".into(), json!([]))
    );
}

#[tokio::test]
async fn who_calls() {
    let cloud = Cloud::open_with(json!({"default_labels": {"team": "net"}, "zone": "europe-west1-b"})).await;
    let client = cloud.driver.read_data("google_client_config", json!({})).await.unwrap();
    assert_eq!(
        (text(&client, "access_token"), text(&client, "zone")),
        ("test".into(), "europe-west1-b".into())
    );
    assert_eq!(get(&client, "default_labels"), json!({"team": "net"}));
}

#[tokio::test]
async fn accounts_that_projects_come_with() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_project_service", json!({"service": "compute.googleapis.com"})).await;
    let found = driver.read_data("google_compute_default_service_account", json!({})).await.unwrap();
    let email = text(&found, "email");
    assert!(email.ends_with("-compute@developer.gserviceaccount.com"), "{email}");
    assert_eq!(text(&found, "member"), format!("serviceAccount:{email}"));
}

#[tokio::test]
async fn accounts_of_a_project_and_of_its_storage() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for name in ["robot-one", "robot-two", "person-one"] {
        driver.create("google_service_account", json!({"account_id": name, "display_name": name})).await;
    }
    let listed = async |config| {
        let found = driver.read_data("google_service_accounts", config).await.unwrap();
        let accounts = get(&found, "accounts");
        let names =
            accounts.as_array().unwrap().iter().map(|one| one["account_id"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>(), accounts)
    };
    assert_eq!(listed(json!({})).await.0, ["person-one", "robot-one", "robot-two"]);
    let (names, accounts) = listed(json!({"prefix": "robot-", "regex": "-two@host-prj[.]"})).await;
    assert_eq!(names, ["robot-two"]);
    let email = "robot-two@host-prj.iam.gserviceaccount.com";
    assert_eq!(
        (&accounts[0]["email"], &accounts[0]["member"], &accounts[0]["display_name"]),
        (&json!(email), &json!(format!("serviceAccount:{email}")), &json!("robot-two"))
    );
    assert!(driver.read_data("google_service_accounts", json!({"regex": "("})).await.is_err());
    let agent = driver.read_data("google_storage_project_service_account", json!({})).await.unwrap();
    let address = text(&agent, "email_address");
    assert!(address.ends_with("@gs-project-accounts.iam.gserviceaccount.com"), "{address}");
    assert_eq!(
        (text(&agent, "member"), text(&agent, "project")),
        (format!("serviceAccount:{address}"), "host-prj".into())
    );
    let nowhere = json!({"project": "no-prj"});
    assert!(driver.read_data("google_storage_project_service_account", nowhere).await.is_err());
}

/// Nothing listens on the first port.
#[tokio::test]
async fn a_token_that_nothing_makes_is_refused_in_words() {
    let cloud = Cloud::open_with(json!({"iam_credentials_custom_endpoint": "http://127.0.0.1:1/"})).await;
    let config =
        json!({"target_service_account": "a@host-prj.iam.gserviceaccount.com", "scopes": ["cloud-platform"]});
    let refused = cloud.driver.read_data("google_service_account_access_token", config).await.unwrap_err();
    let said = format!("{refused:?}");
    assert!(said.contains("No token for another service account"), "{said}");
    assert!(said.contains("iam_credentials_custom_endpoint"), "{said}");
}
