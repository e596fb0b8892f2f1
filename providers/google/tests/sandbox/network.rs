//! Networks and what is in them.

use crate::Cloud;
use terrane_sdk::Value;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_network() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_compute_network";
    let config = |routing: &str| {
        json!({"name": "hub", "auto_create_subnetworks": false, "routing_mode": routing,
        "description": "the hub", "delete_default_routes_on_create": true})
    };
    let network = driver.create(ty, config("GLOBAL")).await;
    assert_eq!(text(&network, "id"), "projects/host-prj/global/networks/hub");
    assert_eq!(
        text(&network, "self_link"),
        "https://www.googleapis.com/compute/v1/projects/host-prj/global/networks/hub"
    );
    let routes = cloud.send("GET", "/compute/v1/projects/host-prj/global/routes", Json::Null).await;
    assert_eq!(routes["items"].as_array().map_or(0, Vec::len), 0, "{routes}");
    let (action, network) = driver.apply(ty, &network, config("REGIONAL")).await;
    assert_eq!((action, text(&network, "routing_mode")), (Action::Update, "REGIONAL".into()));
    for id in ["projects/host-prj/global/networks/hub", "host-prj/hub", "hub"] {
        driver.import(ty, id, &network, &["delete_default_routes_on_create"]).await;
    }
    let (action, _) = driver.plan(ty, &network, &driver.config(ty, &json!({"name": "other"}))).await;
    assert_eq!(action, Action::Replace);
    driver.destroy(ty, &network).await;
    driver.create_twice(ty, json!({"name": "again"})).await;
    let why = driver.refusal(ty, json!({"name": "again"})).await;
    assert!(why.contains("already exists"), "{why}");
}

#[tokio::test]
async fn what_is_empty_is_left_to_google() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_compute_network";
    let config = |mtu: i64| json!({"name": "hub", "project": "", "description": "", "mtu": mtu});
    let network = driver.create(ty, config(0)).await;
    assert_eq!((text(&network, "project"), get(&network, "mtu")), ("host-prj".into(), Json::Null));
    let (action, network) = driver.apply(ty, &network, config(1500)).await;
    assert_eq!((action, get(&network, "mtu")), (Action::Update, json!(1500)));
    let (action, _) = driver.plan(ty, &network, &driver.config(ty, &config(0))).await;
    assert_eq!(action, Action::Nothing);
    assert_eq!(driver.problems(ty, &config(100)), ["Invalid attribute value"]);
    driver.destroy(ty, &network).await;

    let ty = "google_compute_address";
    let config = json!({"name": "one", "address": "", "subnetwork": "", "network": "", "address_type": "", "purpose": "",
        "network_tier": "", "ip_version": ""});
    let address = driver.create(ty, config).await;
    assert_eq!(
        (text(&address, "address_type"), text(&address, "network_tier")),
        ("EXTERNAL".into(), "PREMIUM".into())
    );
    assert_ne!(text(&address, "address"), "");
    driver.destroy(ty, &address).await;
}

#[tokio::test]
async fn a_subnet() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = driver
        .create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false}))
        .await;
    let ty = "google_compute_subnetwork";
    let config = |cidr: &str, more: Json| {
        let mut config = json!({"name": "a", "network": text(&network, "id"), "ip_cidr_range": cidr});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let ranges = json!([{"range_name": "pods", "ip_cidr_range": "10.64.0.0/14"},
        {"range_name": "services", "ip_cidr_range": "10.96.0.0/20"}]);
    let subnet = driver
        .create(
            ty,
            config("10.0.0.0/24", json!({"secondary_ip_range": ranges, "private_ip_google_access": true})),
        )
        .await;
    assert_eq!(text(&subnet, "id"), "projects/host-prj/regions/europe-west1/subnetworks/a");
    assert_eq!(text(&subnet, "gateway_address"), "10.0.0.1");
    driver.import(ty, &text(&subnet, "id"), &subnet, &["send_secondary_ip_range_if_empty", "network"]).await;
    let logs = json!({"log_config": [{"flow_sampling": 0.25}], "secondary_ip_range": ranges});
    let (action, subnet) = driver.apply(ty, &subnet, config("10.0.0.0/23", logs)).await;
    assert_eq!((action, get(&subnet, "enable_flow_logs")), (Action::Update, json!(true)));
    assert_eq!(get(&subnet, "log_config")[0]["flow_sampling"], json!(0.25));
    let (action, subnet) = driver.apply(ty, &subnet, config("10.0.0.0/23", json!({}))).await;
    assert_eq!(action, Action::Update);
    assert_eq!(get(&subnet, "secondary_ip_range").as_array().map(Vec::len), Some(2), "they stay");
    let (_, subnet) = driver
        .apply(ty, &subnet, config("10.0.0.0/23", json!({"send_secondary_ip_range_if_empty": true})))
        .await;
    assert_eq!(get(&subnet, "secondary_ip_range"), json!([]));
    let (action, _) = driver.plan(ty, &subnet, &driver.config(ty, &config("10.9.0.0/24", json!({})))).await;
    assert_eq!(action, Action::Replace);
    driver.destroy(ty, &subnet).await;
}

#[tokio::test]
async fn many_subnets_are_read_at_once() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = driver
        .create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false}))
        .await;
    let mut subnets = Vec::new();
    for i in 0..6 {
        let region = ["europe-west1", "us-central1"][i % 2];
        let config = json!({"name": format!("s{i}"), "network": text(&network, "id"), "region": region,
            "ip_cidr_range": format!("10.0.{i}.0/24")});
        subnets.push(driver.create("google_compute_subnetwork", config).await);
    }
    cloud.requests().await;
    let read = driver.read_all("google_compute_subnetwork", &subnets).await;
    assert_eq!(read.into_iter().map(Option::unwrap).collect::<Vec<_>>(), subnets);
    let counted = cloud.requests().await;
    assert_eq!(counted, json!({"compute.subnetworks.aggregatedList": 1}));
}

#[tokio::test]
async fn a_firewall_rule() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = driver
        .create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false}))
        .await;
    let ty = "google_compute_firewall";
    let config = |more: Json| {
        let mut config = json!({"name": "fw", "network": text(&network, "self_link")});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let first = json!({"allow": [{"protocol": "TCP", "ports": ["22", "80-90"]}, {"protocol": "icmp"}],
        "source_ranges": ["10.0.0.0/8"], "target_tags": ["web"]});
    let rule = driver.create(ty, config(first)).await;
    assert_eq!((text(&rule, "direction"), get(&rule, "priority")), ("INGRESS".into(), json!(1000)));
    driver.import(ty, "host-prj/fw", &rule, &["allow", "disabled", "network"]).await;
    let second = json!({"deny": [{"protocol": "all"}], "source_ranges": ["10.0.0.0/8"], "priority": 10,
        "disabled": true, "log_config": [{"metadata": "EXCLUDE_ALL_METADATA"}]});
    let (action, rule) = driver.apply(ty, &rule, config(second)).await;
    assert_eq!((action, get(&rule, "allow")), (Action::Update, json!([])));
    assert_eq!(get(&rule, "target_tags"), json!(null));
    let egress = json!({"allow": [{"protocol": "all"}], "direction": "EGRESS"});
    let (action, rule) = driver.apply(ty, &rule, config(egress)).await;
    assert_eq!(action, Action::Replace);
    driver.destroy(ty, &rule).await;
}

#[tokio::test]
async fn a_router_with_nat() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let ty = "google_compute_router";
    let config = |more: Json| {
        let mut config = json!({"name": "r", "network": "hub"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let bgp = json!({"bgp": [{"asn": 64514, "advertise_mode": "CUSTOM", "advertised_groups": ["ALL_SUBNETS"],
        "advertised_ip_ranges": [{"range": "1.2.3.4"}, {"range": "6.7.0.0/16", "description": "on premises"}]}]});
    let router = driver.create(ty, config(bgp)).await;
    let (action, router) =
        driver.apply(ty, &router, config(json!({"bgp": [{"asn": 64514}], "description": "d"}))).await;
    assert_eq!((action, get(&router, "bgp")[0]["advertised_ip_ranges"].clone()), (Action::Update, json!([])));
    driver.import(ty, "europe-west1/r", &router, &["network", "encrypted_interconnect_router"]).await;

    let nat_type = "google_compute_router_nat";
    let nat_config = |name: &str, more: Json| {
        let mut config = json!({"name": name, "router": text(&router, "name"), "nat_ip_allocate_option": "AUTO_ONLY",
            "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let (first, second) = tokio::join!(
        driver
            .create(nat_type, nat_config("one", json!({"log_config": [{"enable": true, "filter": "ALL"}]}))),
        driver.create(nat_type, nat_config("two", json!({"min_ports_per_vm": 128}))),
    );
    assert_eq!(text(&first, "id"), "host-prj/europe-west1/r/one");
    let (action, first) =
        driver.apply(nat_type, &first, nat_config("one", json!({"udp_idle_timeout_sec": 60}))).await;
    assert_eq!((action, get(&first, "log_config")), (Action::Update, json!([])));
    driver.import(nat_type, "europe-west1/r/one", &first, &[]).await;
    driver.destroy(nat_type, &first).await;
    assert!(driver.read(nat_type, &second).await.is_some());
    driver.destroy(nat_type, &second).await;
    driver.destroy(ty, &router).await;
}

#[tokio::test]
async fn networks_are_peered() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for name in ["hub", "spoke"] {
        driver
            .create("google_compute_network", json!({"name": name, "auto_create_subnetworks": false}))
            .await;
    }
    let ty = "google_compute_network_peering";
    let config = |name: &str, here: &str, there: &str, more: Json| {
        let mut config = json!({"name": name, "network": format!("projects/host-prj/global/networks/{here}"),
            "peer_network": format!("projects/host-prj/global/networks/{there}")});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let out = driver.create(ty, config("out", "hub", "spoke", json!({"export_custom_routes": true}))).await;
    assert_eq!((text(&out, "id"), text(&out, "state")), ("hub/out".into(), "INACTIVE".into()));
    let back = driver.create(ty, config("back", "spoke", "hub", json!({"import_custom_routes": true}))).await;
    assert_eq!(text(&back, "state"), "ACTIVE");
    let out = driver.read(ty, &out).await.unwrap();
    let (action, out) = driver.apply(ty, &out, config("out", "hub", "spoke", json!({}))).await;
    assert_eq!((action, get(&out, "export_custom_routes")), (Action::Update, json!(false)));
    let told = ["network", "peer_network", "import_subnet_routes_with_public_ip"];
    driver.import(ty, "host-prj/hub/out", &out, &told).await;
    driver.destroy(ty, &out).await;
    driver.destroy(ty, &back).await;
}

#[tokio::test]
async fn a_network_is_connected_with_services() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = driver
        .create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false}))
        .await;
    for name in ["one", "two"] {
        let range = json!({"name": name, "purpose": "VPC_PEERING", "address_type": "INTERNAL", "prefix_length": 20,
            "network": text(&network, "id")});
        driver.create("google_compute_global_address", range).await;
    }
    let ty = "google_service_networking_connection";
    let config = |ranges: Json| json!({"network": text(&network, "id"), "service": "servicenetworking.googleapis.com", "reserved_peering_ranges": ranges});
    let connection = driver.create(ty, config(json!(["one"]))).await;
    assert_eq!(text(&connection, "peering"), "servicenetworking-googleapis-com");
    let routed = "google_compute_network_peering_routes_config";
    let through = |export: bool| {
        json!({"network": "hub", "peering": text(&connection, "peering"), "export_custom_routes": export,
            "import_custom_routes": true})
    };
    let routes = driver.create(routed, through(true)).await;
    let id = "projects/host-prj/global/networks/hub/networkPeerings/servicenetworking-googleapis-com";
    assert_eq!(text(&routes, "id"), id);
    let told = cloud.send("GET", "/compute/v1/projects/host-prj/global/networks/hub", Json::Null).await;
    let told = &told["peerings"][0];
    assert_eq!((&told["exportCustomRoutes"], &told["importCustomRoutes"]), (&json!(true), &json!(true)));
    let (action, routes) = driver.apply(routed, &routes, through(false)).await;
    assert_eq!((action, get(&routes, "export_custom_routes")), (Action::Update, json!(false)));
    driver.import(routed, id, &routes, &[]).await;
    let gone = Value::null(routes.ty());
    driver.change(routed, &routes, &gone, &Value::NULL, driver.token(), false).await;
    assert_eq!(driver.read(routed, &routes).await.unwrap(), routes);
    let why = driver.refusal(routed, json!({"network": "hub", "peering": "none", "export_custom_routes": true, "import_custom_routes": true})).await;
    assert!(why.contains("none"), "{why}");
    let (action, connection) = driver.apply(ty, &connection, config(json!(["two", "one"]))).await;
    assert_eq!(action, Action::Update);
    let id = "projects/host-prj/global/networks/hub:servicenetworking.googleapis.com";
    driver.import(ty, id, &connection, &["reserved_peering_ranges", "network"]).await;
    let why = driver.refusal(ty, config(json!(["one"]))).await;
    assert!(why.contains("UpdateConnection"), "{why}");

    let mut taking = config(json!(["two"]));
    taking["update_on_creation_fail"] = json!(true);
    let taken = driver.create(ty, taking).await;
    assert_eq!(get(&taken, "reserved_peering_ranges"), json!(["two"]));

    let mut left = config(json!(["two"]));
    left["deletion_policy"] = json!("ABANDON");
    let (action, left) = driver.apply(ty, &taken, left).await;
    assert_eq!(action, Action::Update);
    let none = Value::null(left.ty());
    driver.change(ty, &left, &none, &Value::NULL, driver.token(), false).await;
    let still = driver.read(ty, &taken).await.unwrap();
    driver.destroy(ty, &still).await;
}

#[tokio::test]
async fn a_key_of_bgp_peers() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = json!({"name": "hub", "auto_create_subnetworks": false});
    driver.create("google_compute_network", network).await;
    let subnet = json!({"name": "s", "network": "hub", "ip_cidr_range": "10.0.0.0/24"});
    let subnet = driver.create("google_compute_subnetwork", subnet).await;
    let router = json!({"name": "r", "network": "hub", "bgp": [{"asn": 64514}]});
    let router = driver.create("google_compute_router", router).await;
    let interface = json!({"name": "i", "router": "r", "subnetwork": text(&subnet, "self_link"), "private_ip_address": "10.0.0.9"});
    let interface = driver.create("google_compute_router_interface", interface).await;
    let ty = "google_compute_router_peer";
    let config = |name: &str, key: Json| {
        json!({"name": name, "router": "r", "interface": "i", "peer_asn": 65010, "peer_ip_address": "10.0.0.10",
            "md5_authentication_key": key})
    };
    let key = |name: &str| json!([{"name": name, "key": format!("secret of {name}")}]);
    let (one, two) =
        tokio::join!(driver.create(ty, config("one", key("a"))), driver.create(ty, config("two", key("b"))));
    let keys = || async {
        let path = "/compute/v1/projects/host-prj/regions/europe-west1/routers/r";
        let told = cloud.send("GET", path, Json::Null).await;
        let mut keys: Vec<Json> = told["md5AuthenticationKeys"].as_array().cloned().unwrap_or_default();
        keys.sort_by_key(|key| key.to_string());
        json!(keys)
    };
    assert_eq!(keys().await, json!([{"name": "a"}, {"name": "b"}]), "keys are not told");
    driver.import(ty, "europe-west1/r/two", &two, &["md5_authentication_key"]).await;
    let (action, one) = driver.apply(ty, &one, config("one", key("c"))).await;
    assert_eq!((action, keys().await), (Action::Update, json!([{"name": "b"}, {"name": "c"}])));
    let (action, one) = driver.apply(ty, &one, config("one", json!([]))).await;
    assert_eq!((action, keys().await), (Action::Update, json!([{"name": "b"}])));
    driver.destroy(ty, &two).await;
    assert_eq!(keys().await, json!([]));
    driver.destroy(ty, &one).await;
    driver.destroy("google_compute_router_interface", &interface).await;
    driver.destroy("google_compute_router", &router).await;
}

#[tokio::test]
async fn what_instances_of_a_project_are_told() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_compute_project_metadata_item";
    let item = |key: &str, value: &str| json!({"key": key, "value": value});
    let (one, two) = tokio::join!(
        driver.create(ty, item("enable-oslogin", "TRUE")),
        driver.create(ty, item("block-project-ssh-keys", "TRUE"))
    );
    let (action, one) = driver.apply(ty, &one, item("enable-oslogin", "FALSE")).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, "enable-oslogin", &one, &[]).await;
    let why = driver.refusal(ty, item("enable-oslogin", "TRUE")).await;
    assert!(why.contains("has the key"), "{why}");
    driver.destroy(ty, &one).await;
    assert!(driver.read(ty, &two).await.is_some());
    driver.destroy(ty, &two).await;
    let ty = "google_compute_project_metadata";
    let whole = driver.create(ty, json!({"metadata": {"a": "b", "c": "d"}})).await;
    let (action, whole) = driver.apply(ty, &whole, json!({"metadata": {"a": "x"}})).await;
    assert_eq!((action, get(&whole, "metadata")), (Action::Update, json!({"a": "x"})));
    driver.import(ty, "host-prj", &whole, &[]).await;
    driver.destroy(ty, &whole).await;
}

#[tokio::test]
async fn a_firewall_policy_of_networks() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = driver
        .create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false}))
        .await;
    let ty = "google_compute_network_firewall_policy";
    let policy = driver.create(ty, json!({"name": "base", "description": "d"})).await;
    let rule_type = "google_compute_network_firewall_policy_rule";
    let rule = |priority: i64, more: Json| {
        let mut config = json!({"firewall_policy": "base", "priority": priority, "action": "allow", "direction": "INGRESS",
            "match": [{"src_ip_ranges": ["10.0.0.0/8"], "layer4_configs": [{"ip_protocol": "tcp", "ports": ["443"]}]}]});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let (one, two) = tokio::join!(
        driver.create(rule_type, rule(1000, json!({"description": "web", "enable_logging": true}))),
        driver.create(rule_type, rule(2000, json!({"action": "deny"}))),
    );
    let (action, one) = driver.apply(rule_type, &one, rule(1000, json!({"disabled": true}))).await;
    assert_eq!(
        (action, get(&one, "description"), get(&one, "disabled")),
        (Action::Update, json!(null), json!(true))
    );
    driver
        .import(rule_type, "host-prj/base/1000", &one, &["firewall_policy", "disabled", "enable_logging"])
        .await;
    let association_type = "google_compute_network_firewall_policy_association";
    let association = json!({"name": "hub", "firewall_policy": text(&policy, "id"), "attachment_target": text(&network, "id")});
    let association = driver.create(association_type, association).await;
    assert_eq!(text(&association, "short_name"), "base");
    driver
        .import(
            association_type,
            "host-prj/base/hub",
            &association,
            &["attachment_target", "firewall_policy"],
        )
        .await;
    let policy = driver.read(ty, &policy).await.unwrap();
    let (action, policy) = driver.apply(ty, &policy, json!({"name": "base", "description": "e"})).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, "host-prj/base", &policy, &[]).await;
    driver.destroy(association_type, &association).await;
    driver.destroy(rule_type, &two).await;
    driver.destroy(rule_type, &one).await;
    driver.destroy(ty, &policy).await;
}
