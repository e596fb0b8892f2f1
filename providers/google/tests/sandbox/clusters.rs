//! Clusters and node pools.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

const CLUSTER: &str = "google_container_cluster";
const POOL: &str = "google_container_node_pool";

/// What no answer tells: whether the first pool was deleted, and the version asked for.
const UNTOLD: &[&str] = &["remove_default_node_pool", "min_master_version", "deletion_protection"];

/// A network whose subnet has ranges for pods and services.
async fn networked() -> Cloud {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let subnet = json!({"name": "nodes", "network": "hub", "ip_cidr_range": "10.0.0.0/22",
        "private_ip_google_access": true,
        "secondary_ip_range": [{"range_name": "pods", "ip_cidr_range": "10.4.0.0/14"},
            {"range_name": "services", "ip_cidr_range": "10.1.0.0/20"}]});
    driver.create("google_compute_subnetwork", subnet).await;
    cloud
}

/// A private cluster, with more settings.
fn private(more: Json) -> Json {
    let mut config = json!({"name": "blue", "location": "europe-west1", "network": "hub", "subnetwork": "nodes",
        "initial_node_count": 1, "remove_default_node_pool": true, "deletion_protection": false,
        "ip_allocation_policy": [{"cluster_secondary_range_name": "pods", "services_secondary_range_name": "services"}],
        "private_cluster_config": [{"enable_private_nodes": true, "enable_private_endpoint": true,
            "master_ipv4_cidr_block": "172.16.0.0/28"}],
        "master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "10.0.0.0/28", "display_name": "bastion"}]}]});
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

fn with(config: Json, more: Json) -> Json {
    let mut config = config;
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

#[tokio::test]
async fn a_private_cluster() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let cluster = driver.create(CLUSTER, private(json!({"resource_labels": {"env": "test"}}))).await;
    assert_eq!(text(&cluster, "id"), "projects/host-prj/locations/europe-west1/clusters/blue");
    assert_eq!(text(&cluster, "endpoint"), "172.16.0.2");
    assert_eq!(
        (text(&cluster, "networking_mode"), text(&cluster, "services_ipv4_cidr")),
        ("VPC_NATIVE".into(), "10.1.0.0/20".into())
    );
    assert_eq!(get(&cluster, "node_pool"), json!([]));
    assert_eq!(get(&cluster, "effective_labels"), json!({"env": "test"}));
    assert!(get(&cluster, "master_auth")[0]["cluster_ca_certificate"].is_string());
    let seen =
        cloud.send("GET", "/v1/projects/host-prj/locations/europe-west1/clusters/blue", Json::Null).await;
    assert_eq!(seen.get("nodePools"), None);
    let more = [
        UNTOLD,
        &[
            "initial_node_count",
            "network",
            "subnetwork",
            "node_config",
            "resource_labels",
            "terraform_labels",
        ],
    ]
    .concat();
    driver.import(CLUSTER, "europe-west1/blue", &cluster, &more).await;
    driver.import(CLUSTER, "projects/host-prj/locations/europe-west1/clusters/blue", &cluster, &more).await;
    driver.destroy(CLUSTER, &cluster).await;
}

#[tokio::test]
async fn a_cluster_is_changed_setting_by_setting() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let mut cluster = driver.create(CLUSTER, private(json!({}))).await;
    let changes = [
        json!({"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "10.0.0.0/28"}, {"cidr_block": "10.0.1.0/28"}]}]}),
        json!({"release_channel": [{"channel": "STABLE"}]}),
        json!({"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS"]}],
            "monitoring_config": [{"enable_components": ["SYSTEM_COMPONENTS"], "managed_prometheus": [{"enabled": false}]}]}),
        json!({"addons_config": [{"http_load_balancing": [{"disabled": true}], "dns_cache_config": [{"enabled": true}]}]}),
        json!({"workload_identity_config": [{"workload_pool": "host-prj.svc.id.goog"}]}),
        json!({"maintenance_policy": [{"recurring_window": [{"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-01T04:00:00Z",
            "recurrence": "FREQ=WEEKLY;BYDAY=SA"}], "maintenance_exclusion": [{"exclusion_name": "sales", "start_time": "2026-12-01T00:00:00Z",
            "end_time": "2026-12-24T00:00:00Z", "exclusion_options": [{"scope": "NO_UPGRADES"}]}]}]}),
        json!({"maintenance_policy": [{"daily_maintenance_window": [{"start_time": "03:00"}]}]}),
        json!({"maintenance_policy": []}),
        json!({"resource_labels": {"team": "net"}}),
        json!({"vertical_pod_autoscaling": [{"enabled": true}], "cost_management_config": [{"enabled": true}]}),
        json!({"node_locations": ["europe-west1-b", "europe-west1-c"]}),
        json!({"enable_shielded_nodes": false}),
        json!({"security_posture_config": [{"mode": "BASIC", "vulnerability_mode": "VULNERABILITY_DISABLED"}]}),
        json!({"dns_config": [{"cluster_dns": "CLOUD_DNS", "cluster_dns_scope": "CLUSTER_SCOPE"}]}),
        json!({"private_cluster_config": [{"enable_private_nodes": true, "enable_private_endpoint": false,
            "master_ipv4_cidr_block": "172.16.0.0/28", "master_global_access_config": [{"enabled": true}]}]}),
        json!({"network_policy": [{"enabled": true, "provider": "CALICO"}]}),
        json!({"enable_intranode_visibility": true}),
        json!({"min_master_version": "1.34"}),
    ];
    let mut config = private(json!({}));
    for change in changes {
        config = with(config, change.clone());
        let (action, changed) = driver.apply(CLUSTER, &cluster, config.clone()).await;
        assert_eq!(action, Action::Update, "{change}");
        cluster = changed;
    }
    assert!(text(&cluster, "master_version").starts_with("1.34"));
    let why = driver.apply(CLUSTER, &cluster, with(config, json!({"deletion_protection": true}))).await.1;
    assert!(driver.refused_deletion(CLUSTER, &why).await.contains("deletion_protection"));
}

#[tokio::test]
async fn a_node_pool() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let cluster = driver.create(CLUSTER, private(json!({}))).await;
    let config = |more: Json| {
        let pool = json!({"name": "workers", "cluster": text(&cluster, "name"), "location": "europe-west1", "node_count": 2,
            "node_config": [{"machine_type": "e2-standard-4", "tags": ["gke", "egress"], "labels": {"pool": "workers"},
                "oauth_scopes": ["cloud-platform"], "metadata": {"disable-legacy-endpoints": "true"}}]});
        with(pool, more)
    };
    let pool = driver.create(POOL, config(json!({}))).await;
    assert_eq!(text(&pool, "id"), format!("{}/nodePools/workers", text(&cluster, "id")));
    assert_eq!(
        (get(&pool, "node_count"), get(&pool, "instance_group_urls").as_array().map(Vec::len)),
        (json!(2), Some(3))
    );
    // The cluster has no change by that.
    assert_eq!(driver.read(CLUSTER, &cluster).await.unwrap(), cluster);
    driver.import(POOL, "europe-west1/blue/workers", &pool, &["node_config", "initial_node_count"]).await;
    let mut pool = pool;
    let nodes = |more: Json| {
        let nodes = json!({"machine_type": "e2-standard-4", "tags": ["gke"], "oauth_scopes": ["cloud-platform"],
            "metadata": {"disable-legacy-endpoints": "true"}});
        json!({"node_config": [with(nodes, more)]})
    };
    for change in [
        json!({"node_count": 3}),
        json!({"management": [{"auto_repair": true, "auto_upgrade": false}]}),
        json!({"upgrade_settings": [{"max_surge": 2, "max_unavailable": 0}]}),
        nodes(json!({})),
        nodes(json!({"machine_type": "e2-standard-8", "disk_size_gb": 50})),
        nodes(
            json!({"taint": [{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}], "labels": {"x": "y"}, "resource_labels": {"cost": "net"}}),
        ),
        nodes(json!({"workload_metadata_config": [{"mode": "GKE_METADATA"}]})),
        json!({"node_locations": ["europe-west1-b", "europe-west1-c"]}),
        json!({"version": "1.32.9-gke.1239000"}),
    ] {
        let (action, changed) = driver.apply(POOL, &pool, config(change.clone())).await;
        assert_eq!(action, Action::Update, "{change}");
        pool = changed;
    }
    let scaling = json!({"node_count": null, "autoscaling": [{"min_node_count": 1, "max_node_count": 5}]});
    let (action, pool) = driver.apply(POOL, &pool, config(scaling)).await;
    assert_eq!((action, get(&pool, "autoscaling")[0]["max_node_count"].clone()), (Action::Update, json!(5)));
    let (action, pool) = driver.apply(POOL, &pool, config(json!({"node_count": 1}))).await;
    assert_eq!((action, get(&pool, "autoscaling")), (Action::Update, json!([])));
    driver.destroy(POOL, &pool).await;
}

#[tokio::test]
async fn many_pools_wait_for_each_other_and_are_read_together() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let cluster = driver.create(CLUSTER, private(json!({}))).await;
    cloud.send("PUT", "/_sandbox/settings", json!({"operation_polls": 3})).await;
    let pool = |name: &str| json!({"name": name, "cluster": text(&cluster, "id"), "initial_node_count": 1});
    let (one, two) = tokio::join!(driver.create(POOL, pool("one")), driver.create(POOL, pool("two")));
    cloud.requests().await;
    let read = driver.read_all(POOL, &[one.clone(), two.clone()]).await;
    assert!(read.iter().all(Option::is_some));
    let counted = cloud.requests().await;
    assert_eq!(counted["container.projects.locations.clusters.list"], json!(1), "{counted}");
    assert_eq!(counted.as_object().map(|o| o.len()), Some(2), "{counted}");
    driver.destroy(POOL, &one).await;
    driver.destroy(POOL, &two).await;
    driver.destroy(CLUSTER, &cluster).await;
}

#[tokio::test]
async fn a_change_waits_for_that_of_somebody_else() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let cluster = driver.create(CLUSTER, private(json!({}))).await;
    cloud.send("PUT", "/_sandbox/settings", json!({"operation_polls": 4})).await;
    let path = format!("/v1/{}", text(&cluster, "id"));
    let theirs = cloud.send("PUT", &path, json!({"update": {"desiredLoggingService": "none"}})).await;
    assert!(theirs["name"].is_string(), "{theirs}");
    let pool =
        driver.create(POOL, json!({"name": "p", "cluster": text(&cluster, "id"), "node_count": 1})).await;
    driver.destroy(POOL, &pool).await;
}

#[tokio::test]
async fn clusters_with_pools_of_their_own_and_autopilot() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let config = |count: i64| {
        let pool = json!({"name": "first", "node_count": count, "node_config": [{"machine_type": "e2-medium", "tags": ["gke"]}]});
        let mut config = private(json!({"node_pool": [pool]}));
        for name in ["initial_node_count", "remove_default_node_pool"] {
            config.as_object_mut().unwrap().shift_remove(name);
        }
        config
    };
    let cluster = driver.create(CLUSTER, config(1)).await;
    let (action, cluster) = driver.apply(CLUSTER, &cluster, config(2)).await;
    assert_eq!((action, get(&cluster, "node_pool")[0]["node_count"].clone()), (Action::Update, json!(2)));
    driver.destroy(CLUSTER, &cluster).await;
    let auto = json!({"name": "auto", "location": "europe-west1", "network": "hub", "subnetwork": "nodes", "enable_autopilot": true,
        "deletion_protection": false,
        "ip_allocation_policy": [{"cluster_secondary_range_name": "pods", "services_secondary_range_name": "services"}]});
    let auto = driver.create(CLUSTER, auto).await;
    assert_eq!(get(&auto, "enable_autopilot"), json!(true));
    driver.destroy(CLUSTER, &auto).await;
}

#[tokio::test]
async fn data_of_clusters() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let cluster = driver.create(CLUSTER, private(json!({}))).await;
    let found = driver.read_data(CLUSTER, json!({"name": "blue", "location": "europe-west1"})).await.unwrap();
    assert_eq!(text(&found, "endpoint"), text(&cluster, "endpoint"));
    assert!(driver.read_data(CLUSTER, json!({"name": "green", "location": "europe-west1"})).await.is_err());
    let versions = json!({"location": "europe-west1", "version_prefix": "1.33."});
    let versions = driver.read_data("google_container_engine_versions", versions).await.unwrap();
    assert_eq!(text(&versions, "latest_master_version"), "1.33.5-gke.1201000");
    assert_eq!(get(&versions, "release_channel_default_version")["STABLE"], json!("1.32.9-gke.1239000"));
}

#[tokio::test]
async fn a_cluster_that_cannot_be_is_refused() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let without = driver.problems(CLUSTER, &json!({"name": "blue", "location": "europe-west1"}));
    assert_eq!(without, ["A cluster without nodes"]);
    let wide = driver.problems(
        CLUSTER,
        &private(json!({"private_cluster_config": [{"master_ipv4_cidr_block": "172.16.0.0/24"}]})),
    );
    assert_eq!(wide.len(), 1, "{wide:?}");
    let why = driver.refusal(CLUSTER, private(json!({"subnetwork": "nowhere"}))).await;
    assert!(why.contains("nowhere"), "{why}");
}

#[tokio::test]
async fn a_cluster_on_a_shared_vpc_says_who_needs_which_role() {
    let cloud = networked().await;
    let driver = &cloud.driver;
    let project = json!({"projectId": "service-prj", "parent": {"type": "organization", "id": "1234"}});
    cloud.send("POST", "/v1/projects", project).await;
    driver.create("google_compute_shared_vpc_host_project", json!({"project": "host-prj"})).await;
    let attached = json!({"host_project": "host-prj", "service_project": "service-prj"});
    driver.create("google_compute_shared_vpc_service_project", attached).await;
    let shared =
        private(json!({"project": "service-prj", "network": "projects/host-prj/global/networks/hub",
        "subnetwork": "projects/host-prj/regions/europe-west1/subnetworks/nodes"}));
    let why = driver.refusal(CLUSTER, shared.clone()).await;
    assert!(why.contains("google_project_iam_member with project = \"host-prj\""), "{why}");
    let number = cloud.send("GET", "/v1/projects/service-prj", Json::Null).await["projectNumber"].clone();
    let robot = format!(
        "serviceAccount:service-{}@container-engine-robot.iam.gserviceaccount.com",
        number.as_str().unwrap()
    );
    let role = "roles/container.hostServiceAgentUser";
    let member = json!({"project": "host-prj", "role": role, "member": robot});
    driver.create("google_project_iam_member", member).await;
    let why = driver.refusal(CLUSTER, shared).await;
    let advice = "project = \"host-prj\", region = \"europe-west1\", subnetwork = \"nodes\"";
    assert!(why.contains(advice), "{why}");
}
