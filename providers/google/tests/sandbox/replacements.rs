//! Arguments that only a new object can have another value of: plans say so, and applying makes one.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, text};

/// A type, an object of it, what other arguments need a new one, and what the new one is made with.
type Row = (&'static str, Json, Vec<Json>, Json);

/// Plans each change, which has to be a replacement, and applies the last.
async fn replaced(cloud: &Cloud, rows: Vec<Row>) {
    let driver = &cloud.driver;
    for (ty, base, changes, last) in rows {
        let with = |change: &Json| {
            let mut config = base.clone();
            config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            config
        };
        let object = driver.create(ty, base.clone()).await;
        for change in &changes {
            let (action, _) = driver.plan(ty, &object, &driver.config(ty, &with(change))).await;
            assert_eq!(action, Action::Replace, "{ty} {change}");
        }
        let (action, new) = driver.apply(ty, &object, with(&last)).await;
        assert_eq!(action, Action::Replace, "{ty} {last}");
        assert_ne!(new, object, "{ty} {last}");
    }
}

fn each(changes: Json) -> Vec<Json> {
    changes.as_object().unwrap().iter().map(|(name, value)| json!({ name: value })).collect()
}

#[tokio::test]
async fn networks_and_what_is_in_them() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for name in ["hub", "other"] {
        driver
            .create("google_compute_network", json!({"name": name, "auto_create_subnetworks": false}))
            .await;
    }
    let subnet = json!({"name": "a", "network": "hub", "ip_cidr_range": "10.0.0.0/24"});
    driver.create("google_compute_subnetwork", subnet).await;
    driver
        .create("google_compute_router", json!({"name": "r", "network": "hub", "bgp": [{"asn": 64512}]}))
        .await;
    driver
        .create("google_compute_router", json!({"name": "r2", "network": "hub", "bgp": [{"asn": 64513}]}))
        .await;
    let zone = "europe-west1-b";
    replaced(
        &cloud,
        vec![
            (
                "google_compute_network",
                json!({"name": "n", "auto_create_subnetworks": false, "description": "d"}),
                each(json!({"name": "m", "auto_create_subnetworks": true, "description": "e", "project": "other-prj"})),
                json!({"name": "m"}),
            ),
            (
                "google_compute_subnetwork",
                json!({"name": "s", "network": "hub", "ip_cidr_range": "10.1.0.0/24", "description": "d"}),
                each(json!({"name": "t", "network": "other", "region": "europe-west4", "description": "e",
                    "ip_cidr_range": "10.1.0.0/25", "project": "other-prj"})),
                json!({"ip_cidr_range": "10.1.0.0/25"}),
            ),
            (
                "google_compute_firewall",
                json!({"name": "f", "network": "hub", "source_ranges": ["10.0.0.0/8"], "allow": [{"protocol": "tcp"}]}),
                each(json!({"name": "g", "network": "other", "project": "other-prj"})),
                json!({"network": "other"}),
            ),
            (
                "google_compute_route",
                json!({"name": "r", "network": "hub", "dest_range": "192.168.0.0/16", "next_hop_ip": "10.0.0.5"}),
                each(json!({"name": "q", "network": "other", "dest_range": "192.168.0.0/17", "next_hop_ip": "10.0.0.6",
                    "priority": 5, "tags": ["t"], "description": "d"})),
                json!({"priority": 5}),
            ),
            (
                "google_compute_router",
                json!({"name": "new", "network": "hub"}),
                each(json!({"name": "newer", "network": "other", "region": "europe-west4", "encrypted_interconnect_router": true})),
                json!({"network": "other"}),
            ),
            (
                "google_compute_router_nat",
                json!({"name": "nat", "router": "r", "nat_ip_allocate_option": "AUTO_ONLY",
                    "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}),
                each(json!({"name": "nat2", "router": "r2", "region": "europe-west4", "endpoint_types": ["ENDPOINT_TYPE_SWG"]})),
                json!({"router": "r2"}),
            ),
            (
                "google_compute_router_interface",
                json!({"name": "i", "router": "r", "subnetwork": "projects/host-prj/regions/europe-west1/subnetworks/a",
                    "private_ip_address": "10.0.0.20"}),
                each(json!({"name": "j", "router": "r2", "private_ip_address": "10.0.0.21"})),
                json!({"private_ip_address": "10.0.0.21"}),
            ),
            (
                "google_compute_address",
                json!({"name": "a", "description": "d"}),
                each(json!({"name": "b", "region": "europe-west4", "description": "e", "network_tier": "STANDARD",
                    "address_type": "INTERNAL"})),
                json!({"description": "e"}),
            ),
            (
                "google_compute_global_address",
                json!({"name": "g", "address_type": "INTERNAL", "purpose": "VPC_PEERING", "prefix_length": 20,
                    "network": "projects/host-prj/global/networks/hub"}),
                each(json!({"name": "h", "prefix_length": 21, "address": "10.99.0.0", "description": "d",
                    "network": "projects/host-prj/global/networks/other"})),
                json!({"prefix_length": 21}),
            ),
            (
                "google_compute_disk",
                json!({"name": "d", "zone": zone, "size": 20, "type": "pd-balanced"}),
                each(json!({"name": "e", "zone": "europe-west1-c", "size": 10, "type": "pd-ssd", "description": "d",
                    "image": "debian-cloud/debian-12"})),
                json!({"size": 10}),
            ),
            (
                "google_compute_network_firewall_policy",
                json!({"name": "p"}),
                each(json!({"name": "q", "project": "other-prj"})),
                json!({"name": "q"}),
            ),
            (
                "google_compute_network_peering",
                json!({"name": "to-other", "network": "projects/host-prj/global/networks/hub",
                    "peer_network": "projects/host-prj/global/networks/other"}),
                each(json!({"name": "there", "network": "projects/host-prj/global/networks/n"})),
                json!({"name": "there"}),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn gateways_and_tunnels() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for name in ["hub", "other"] {
        driver
            .create("google_compute_network", json!({"name": name, "auto_create_subnetworks": false}))
            .await;
    }
    driver
        .create("google_compute_router", json!({"name": "r", "network": "hub", "bgp": [{"asn": 64512}]}))
        .await;
    driver.create("google_compute_ha_vpn_gateway", json!({"name": "g", "network": "hub"})).await;
    let outside = |address: &str| json!([{"id": 0, "ip_address": address}]);
    let external = json!({"name": "e", "redundancy_type": "SINGLE_IP_INTERNALLY_REDUNDANT", "interface": outside("198.51.100.1")});
    driver.create("google_compute_external_vpn_gateway", external).await;
    let tunnel = json!({"name": "t", "vpn_gateway": "g", "vpn_gateway_interface": 0, "peer_external_gateway": "e",
        "peer_external_gateway_interface": 0, "shared_secret": "s", "router": "r"});
    driver.create("google_compute_vpn_tunnel", tunnel.clone()).await;
    let mut second = tunnel.clone();
    second["name"] = "t2".into();
    second["vpn_gateway_interface"] = 1.into();
    let interface = json!({"name": "i", "router": "r", "ip_range": "169.254.1.1/30", "vpn_tunnel": "t"});
    driver.create("google_compute_router_interface", interface).await;
    replaced(
        &cloud,
        vec![
            (
                "google_compute_ha_vpn_gateway",
                json!({"name": "h", "network": "hub"}),
                each(json!({"name": "i", "network": "other", "region": "europe-west4", "description": "d", "stack_type": "IPV4_IPV6"})),
                json!({"network": "other"}),
            ),
            (
                "google_compute_external_vpn_gateway",
                json!({"name": "f", "redundancy_type": "SINGLE_IP_INTERNALLY_REDUNDANT", "interface": outside("198.51.100.1")}),
                each(json!({"name": "x", "description": "d", "interface": outside("198.51.100.2")})),
                json!({"interface": outside("198.51.100.2")}),
            ),
            (
                "google_compute_vpn_tunnel",
                second,
                each(json!({"name": "t3", "shared_secret": "other", "ike_version": 1, "vpn_gateway_interface": 0, "description": "d"})),
                json!({"shared_secret": "other"}),
            ),
            (
                "google_compute_router_peer",
                json!({"name": "p", "router": "r", "interface": "i", "peer_ip_address": "169.254.1.2", "peer_asn": 65010}),
                each(json!({"name": "q", "router": "r2", "interface": "j"})),
                json!({"name": "q"}),
            ),
            (
                "google_compute_vpn_gateway",
                json!({"name": "classic", "network": "hub"}),
                each(json!({"name": "c", "network": "other", "description": "d"})),
                json!({"description": "d"}),
            ),
            (
                "google_compute_interconnect_attachment",
                json!({"name": "a", "router": "r", "type": "PARTNER", "edge_availability_domain": "AVAILABILITY_DOMAIN_1"}),
                each(json!({"name": "b", "router": "r2", "type": "DEDICATED", "edge_availability_domain": "AVAILABILITY_DOMAIN_2",
                    "region": "europe-west4"})),
                json!({"edge_availability_domain": "AVAILABILITY_DOMAIN_2"}),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_in_projects() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let account = driver.create("google_service_account", json!({"account_id": "runner-one"})).await;
    let other = driver.create("google_service_account", json!({"account_id": "runner-two"})).await;
    let bucket = json!({"name": "bucket-1", "location": "EU", "force_destroy": true});
    driver.create("google_storage_bucket", bucket).await;
    driver.create("google_dns_managed_zone", json!({"name": "zone", "dns_name": "example.org."})).await;
    let ring = driver.create("google_kms_key_ring", json!({"name": "r", "location": "global"})).await;
    let folder = |name: &str| json!({"display_name": name, "parent": "organizations/1234", "deletion_protection": false});
    let (folder, second) = (
        driver.create("google_folder", folder("f")).await,
        driver.create("google_folder", folder("g")).await,
    );
    let to = "storage.googleapis.com/bucket-1";
    let plan_only = |ty: &'static str, object: terrane_sdk::Value, base: Json, changes: Json| async move {
        for change in each(changes) {
            let mut config = base.clone();
            config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let (action, _) = driver.plan(ty, &object, &driver.config(ty, &config)).await;
            assert_eq!(action, Action::Replace, "{ty} {change}");
        }
    };
    // What Google keeps when it is destroyed is planned only.
    let base = json!({"name": "s", "location": "global"});
    let made = driver.create("google_kms_key_ring", base.clone()).await;
    plan_only(
        "google_kms_key_ring",
        made,
        base,
        json!({"name": "t", "location": "europe-west1", "project": "other-prj"}),
    )
    .await;
    let base = json!({"name": "k", "key_ring": text(&ring, "id")});
    let made = driver.create("google_kms_crypto_key", base.clone()).await;
    let changes = json!({"name": "l", "key_ring": "projects/host-prj/locations/global/keyRings/s", "purpose": "MAC",
        "destroy_scheduled_duration": "86400s", "import_only": true, "skip_initial_version_creation": true,
        "version_template": [{"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protection_level": "HSM"}]});
    plan_only("google_kms_crypto_key", made, base, changes).await;
    let base =
        json!({"project_id": "other-prj", "name": "Other", "org_id": "1234", "deletion_policy": "DELETE"});
    let made = driver.create("google_project", base.clone()).await;
    plan_only("google_project", made, base, json!({"project_id": "third-prj"})).await;
    let base = json!({"role_id": "own", "title": "r", "permissions": ["resourcemanager.projects.get"]});
    let made = driver.create("google_project_iam_custom_role", base.clone()).await;
    plan_only(
        "google_project_iam_custom_role",
        made,
        base,
        json!({"role_id": "other", "project": "other-prj"}),
    )
    .await;
    replaced(
        &cloud,
        vec![
            (
                "google_service_account",
                json!({"account_id": "runner-three"}),
                each(json!({"account_id": "runner-four", "project": "other-prj"})),
                json!({"account_id": "runner-four"}),
            ),
            (
                "google_service_account_key",
                json!({"service_account_id": text(&account, "name"), "keepers": {"a": "b"}}),
                each(json!({"service_account_id": text(&other, "name"), "keepers": {"a": "c"}, "private_key_type": "TYPE_PKCS12_FILE",
                    "key_algorithm": "KEY_ALG_RSA_1024"})),
                json!({"keepers": {"a": "c"}}),
            ),
            (
                "google_project_service",
                json!({"service": "compute.googleapis.com"}),
                each(json!({"service": "dns.googleapis.com", "project": "other-prj"})),
                json!({"service": "dns.googleapis.com"}),
            ),
            (
                "google_logging_project_sink",
                json!({"name": "s", "destination": to}),
                each(json!({"name": "t", "project": "other-prj"})),
                json!({"name": "t"}),
            ),
            (
                "google_logging_folder_sink",
                json!({"name": "s", "destination": to, "folder": text(&folder, "name")}),
                each(json!({"name": "t", "folder": text(&second, "name"), "include_children": true})),
                json!({"include_children": true}),
            ),
            (
                "google_bigquery_dataset",
                json!({"dataset_id": "d", "location": "EU"}),
                each(json!({"dataset_id": "e", "location": "US", "project": "other-prj"})),
                json!({"location": "US"}),
            ),
            (
                "google_storage_bucket",
                json!({"name": "bucket-2", "location": "EU"}),
                each(json!({"name": "bucket-3", "location": "US", "project": "other-prj", "enable_object_retention": true,
                    "hierarchical_namespace": [{"enabled": true}]})),
                json!({"location": "US"}),
            ),
            (
                "google_storage_bucket_object",
                json!({"name": "o", "bucket": "bucket-1", "content": "text"}),
                each(json!({"name": "p", "bucket": "bucket-2", "content_encoding": "gzip", "cache_control": "no-store",
                    "storage_class": "NEARLINE"})),
                json!({"cache_control": "no-store"}),
            ),
            (
                "google_dns_managed_zone",
                json!({"name": "z", "dns_name": "example.com."}),
                each(json!({"name": "y", "dns_name": "example.net.", "visibility": "private"})),
                json!({"dns_name": "example.net."}),
            ),
            (
                "google_dns_record_set",
                json!({"managed_zone": "zone", "name": "a.example.org.", "type": "A", "ttl": 60, "rrdatas": ["10.0.0.1"]}),
                each(json!({"name": "b.example.org.", "managed_zone": "y", "project": "other-prj"})),
                json!({"name": "b.example.org."}),
            ),
            (
                "google_pubsub_topic",
                json!({"name": "topic"}),
                each(json!({"name": "other", "project": "other-prj"})),
                json!({"name": "other"}),
            ),
            (
                "google_org_policy_policy",
                json!({"name": "projects/host-prj/policies/compute.disableSerialPortAccess", "parent": "projects/host-prj",
                    "spec": [{"rules": [{"enforce": "TRUE"}]}]}),
                each(json!({"name": "projects/host-prj/policies/compute.skipDefaultNetworkCreation", "parent": "folders/1"})),
                json!({"name": "projects/host-prj/policies/compute.skipDefaultNetworkCreation"}),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn clusters_pools_and_instances() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "n", "auto_create_subnetworks": false})).await;
    let ranges = |first: u8| {
        json!([{"range_name": "pods", "ip_cidr_range": format!("10.{first}.0.0/16")},
            {"range_name": "services", "ip_cidr_range": format!("10.{}.0.0/20", first + 1)}])
    };
    for (name, first) in [("s", 10), ("t", 20)] {
        let subnet = json!({"name": name, "network": "n", "ip_cidr_range": format!("10.0.{first}.0/24"), "secondary_ip_range": ranges(first)});
        driver.create("google_compute_subnetwork", subnet).await;
    }
    let policy =
        json!([{"cluster_secondary_range_name": "pods", "services_secondary_range_name": "services"}]);
    let base = json!({"name": "c", "location": "europe-west1-b", "network": "n", "subnetwork": "s", "initial_node_count": 1,
        "deletion_protection": false, "ip_allocation_policy": policy});
    let whole = driver.create("google_container_cluster", base.clone()).await;
    let named = |name: &str| json!([{"cluster_secondary_range_name": name, "services_secondary_range_name": "services"}]);
    let other = [
        json!({"name": "d"}),
        json!({"location": "europe-west1"}),
        json!({"network": "m"}),
        json!({"subnetwork": "t"}),
        json!({"initial_node_count": 2}),
        json!({"description": "d"}),
        json!({"default_max_pods_per_node": 32}),
        json!({"datapath_provider": "ADVANCED_DATAPATH"}),
        json!({"networking_mode": "ROUTES"}),
        json!({"enable_kubernetes_alpha": true}),
        json!({"enable_tpu": true}),
        json!({"project": "other-prj"}),
        json!({"ip_allocation_policy": named("more")}),
        json!({"private_cluster_config": [{"enable_private_nodes": true, "master_ipv4_cidr_block": "172.16.0.0/28"}]}),
        json!({"confidential_nodes": [{"enabled": true}]}),
    ];
    for change in other {
        let mut config = base.clone();
        config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (action, _) = driver
            .plan("google_container_cluster", &whole, &driver.config("google_container_cluster", &config))
            .await;
        assert_eq!(action, Action::Replace, "{change}");
    }
    let interface = |more: Json| {
        let mut one = json!({"subnetwork": "projects/host-prj/regions/europe-west1/subnetworks/s"});
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([one])
    };
    let boot = |size: u8| json!([{"initialize_params": [{"image": "debian-cloud/debian-12", "size": size}]}]);
    replaced(
        &cloud,
        vec![
            (
                "google_container_node_pool",
                json!({"name": "p", "cluster": text(&whole, "id"), "initial_node_count": 1}),
                [
                    json!({"name": "q"}),
                    json!({"initial_node_count": 2}),
                    json!({"max_pods_per_node": 32}),
                    json!({"location": "europe-west1-c"}),
                    json!({"node_config": [{"spot": true}]}),
                    json!({"node_config": [{"preemptible": true}]}),
                    json!({"node_config": [{"service_account": "a@host-prj.iam.gserviceaccount.com"}]}),
                    json!({"node_config": [{"local_ssd_count": 1}]}),
                    json!({"node_config": [{"metadata": {"a": "b"}}]}),
                    json!({"node_config": [{"min_cpu_platform": "Intel Skylake"}]}),
                    json!({"placement_policy": [{"type": "COMPACT"}]}),
                ]
                .into(),
                json!({"max_pods_per_node": 32}),
            ),
            (
                "google_compute_instance",
                json!({"name": "i", "zone": "europe-west1-b", "machine_type": "e2-small", "boot_disk": boot(10), "network_interface": interface(json!({}))}),
                [
                    json!({"name": "j"}),
                    json!({"zone": "europe-west1-c"}),
                    json!({"boot_disk": boot(20)}),
                    json!({"can_ip_forward": true}),
                    json!({"description": "d"}),
                    json!({"hostname": "i.example.org"}),
                    json!({"metadata_startup_script": "true"}),
                    json!({"network_interface": interface(json!({"network_ip": "10.0.10.9"}))}),
                    json!({"scratch_disk": [{"interface": "NVME"}]}),
                ]
                .into(),
                json!({"boot_disk": boot(20)}),
            ),
        ],
    )
    .await;
}
