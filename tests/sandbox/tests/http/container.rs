//! Clusters and node pools.

use super::{Client, compute};
use serde_json::{Value, json};

const ZONE: &str = "/v1/projects/host-prj/locations/us-central1-a";
const REGION: &str = "/v1/projects/host-prj/locations/us-central1";

/// A network with a subnet and two ranges.
async fn networked() -> Client {
    let client = Client::start().await;
    client.network("n1").await;
    let subnet = json!({
        "name": "s1", "network": "global/networks/n1", "ipCidrRange": "10.0.0.0/24",
        "secondaryIpRanges": [
            {"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}, {"rangeName": "services", "ipCidrRange": "10.1.0.0/20"},
        ],
    });
    client.done("POST", "regions/us-central1/subnetworks", subnet).await;
    client
}

fn private(name: &str) -> Value {
    json!({
        "name": name, "network": "n1", "subnetwork": "s1", "initialNodeCount": 2,
        "ipAllocationPolicy": {"useIpAliases": true, "clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
        "privateClusterConfig": {"enablePrivateNodes": true, "enablePrivateEndpoint": true, "masterIpv4CidrBlock": "172.16.0.0/28"},
        "masterAuthorizedNetworksConfig": {"enabled": true, "cidrBlocks": [{"cidrBlock": "10.0.0.0/8", "displayName": "inside"}]},
    })
}

/// Waits for an operation as clients do: by asking for it.
async fn ended(client: &Client, at: &str, operation: Value) -> Value {
    let name = operation["name"].as_str().unwrap();
    loop {
        let seen = client.get(&format!("{at}/operations/{name}")).await;
        if seen["status"] == "DONE" {
            return seen;
        }
    }
}

async fn make(client: &Client, at: &str, cluster: Value) {
    let operation = client.ok("POST", &format!("{at}/clusters"), json!({ "cluster": cluster })).await;
    ended(client, at, operation).await;
}

#[tokio::test]
async fn a_private_cluster_is_there_when_its_operation_has_ended() {
    let client = networked().await;
    client.ok("PUT", "/_sandbox/settings", json!({"operation_polls": 2})).await;
    let operation = client.ok("POST", &format!("{REGION}/clusters"), json!({"cluster": private("c1")})).await;
    assert_eq!(
        (&operation["operationType"], &operation["zone"]),
        (&json!("CREATE_CLUSTER"), &json!("us-central1"))
    );
    let path = format!("{REGION}/clusters/c1");
    assert_eq!(client.get(&path).await["status"], "PROVISIONING");
    let (code, message) = client.refused("DELETE", &path, Value::Null).await;
    assert_eq!((code, message.contains("running incompatible operation")), (400, true), "{message}");
    ended(&client, REGION, operation).await;
    let shown = client.get(&path).await;
    assert_eq!(shown["status"], "RUNNING");
    assert_eq!(
        (&shown["clusterIpv4Cidr"], &shown["servicesIpv4Cidr"]),
        (&json!("10.4.0.0/14"), &json!("10.1.0.0/20"))
    );
    assert_eq!(
        (&shown["endpoint"], &shown["privateClusterConfig"]["privateEndpoint"]),
        (&json!("172.16.0.2"), &json!("172.16.0.2"))
    );
    let ends = &shown["controlPlaneEndpointsConfig"]["ipEndpointsConfig"];
    assert_eq!((&ends["enablePublicEndpoint"], ends.get("publicEndpoint")), (&json!(false), None));
    assert_eq!(ends["authorizedNetworksConfig"]["cidrBlocks"][0]["displayName"], "inside");
    assert_eq!(
        (&shown["network"], &shown["networkConfig"]["network"]),
        (&json!("n1"), &json!("projects/host-prj/global/networks/n1"))
    );
    assert_eq!(shown["currentNodeCount"], 6);
    assert!(shown["currentMasterVersion"].is_string() && shown["currentNodeVersion"].is_string());
    let groups = shown["nodePools"][0]["instanceGroupUrls"].as_array().unwrap();
    assert_eq!(groups.len(), 3);
    let group = client.get(&groups[0].as_str().unwrap().replace("https://www.googleapis.com", "")).await;
    assert_eq!(group["targetSize"], 2);
    let (code, message) =
        client.refused("DELETE", &compute("regions/us-central1/subnetworks/s1"), Value::Null).await;
    assert_eq!((code, message.contains("already being used by")), (400, true), "{message}");
    let listed = client.get("/v1/projects/host-prj/locations/-/clusters").await;
    assert_eq!(listed["clusters"][0]["name"], "c1");
    let operation = client.ok("DELETE", &path, Value::Null).await;
    assert_eq!(client.get(&path).await["status"], "STOPPING");
    ended(&client, REGION, operation).await;
    let missing = client.refused("GET", &path, Value::Null).await;
    assert_eq!(missing, (404, "Not found: projects/host-prj/locations/us-central1/clusters/c1.".to_owned()));
    assert_eq!(client.get(&compute("zones/us-central1-a/instanceGroupManagers")).await.get("items"), None);
}

#[tokio::test]
async fn clusters_that_google_would_not_make_are_refused() {
    let client = networked().await;
    make(&client, ZONE, private("c1")).await;
    let without = |path: &str| {
        let mut cluster = private("c2");
        cluster["privateClusterConfig"]["masterIpv4CidrBlock"] = json!("172.16.0.16/28");
        cluster["ipAllocationPolicy"].as_object_mut().unwrap().shift_remove("servicesSecondaryRangeName");
        cluster.as_object_mut().unwrap().shift_remove(path);
        cluster
    };
    let with = |name: &str, value: Value| {
        let mut cluster = without("");
        cluster[name] = value;
        cluster
    };
    for (cluster, part) in [
        (private("c1"), "Already exists"),
        (with("name", json!("C2")), "cluster.name"),
        (without("initialNodeCount"), "must be greater than zero"),
        (without("masterAuthorizedNetworksConfig"), "needs authorized networks"),
        (with("network", json!("n2")), "does not exist"),
        (with("subnetwork", json!("s2")), "does not exist"),
        (with("privateClusterConfig", json!({"masterIpv4CidrBlock": "172.16.0.0/24"})), "/28"),
        (
            with("privateClusterConfig", json!({"masterIpv4CidrBlock": "172.16.0.0/28"})),
            "conflicts with that of",
        ),
        (with("ipAllocationPolicy", json!({"clusterSecondaryRangeName": "none"})), "does not exist"),
        (
            with(
                "ipAllocationPolicy",
                json!({"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"}),
            ),
            "is used by",
        ),
        (with("workloadIdentityConfig", json!({"workloadPool": "other.svc.id.goog"})), "workload_pool"),
        (with("initialClusterVersion", json!("1.2")), "unsupported"),
        (with("locations", json!(["us-east1-b"])), "not in the region"),
        (with("autopilot", json!({"enabled": true})), "regional"),
        (with("bogus", json!(1)), "Unknown name"),
    ] {
        let (code, message) =
            client.refused("POST", &format!("{ZONE}/clusters"), json!({ "cluster": cluster })).await;
        assert!(matches!(code, 400 | 409) && message.contains(part), "{part}: {code} {message}");
    }
    make(&client, ZONE, without("")).await;
    assert_eq!(client.get(&format!("{ZONE}/clusters/c2")).await["servicesIpv4Cidr"], "34.118.224.0/20");
}

#[tokio::test]
async fn clusters_are_changed_in_pieces() {
    let client = networked().await;
    make(&client, ZONE, private("c1")).await;
    let path = format!("{ZONE}/clusters/c1");
    let update = async |update: Value| {
        let operation = client.ok("PUT", &path, json!({ "update": update })).await;
        ended(&client, ZONE, operation).await;
        client.get(&path).await
    };
    let networks = json!({"enabled": true, "cidrBlocks": [{"cidrBlock": "10.9.0.0/16"}]});
    let shown = update(json!({"desiredMasterAuthorizedNetworksConfig": networks})).await;
    let ends = &shown["controlPlaneEndpointsConfig"]["ipEndpointsConfig"];
    assert_eq!(ends["authorizedNetworksConfig"]["cidrBlocks"][0]["cidrBlock"], "10.9.0.0/16");
    let shown = update(
        json!({"desiredControlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enablePublicEndpoint": true}}}),
    )
    .await;
    assert_ne!(shown["endpoint"], "172.16.0.2");
    assert_eq!(shown["privateClusterConfig"]["enablePrivateEndpoint"], false);
    let shown = update(json!({"desiredReleaseChannel": {"channel": "RAPID"}})).await;
    assert_eq!(shown["releaseChannel"]["channel"], "RAPID");
    let shown = update(json!({"desiredMasterVersion": "latest"})).await;
    assert_ne!(shown["currentMasterVersion"], shown["currentNodeVersion"]);
    let shown = update(json!({"desiredNodePoolId": "default-pool", "desiredNodeVersion": "-"})).await;
    assert_eq!(shown["currentMasterVersion"], shown["currentNodeVersion"]);
    let shown = update(json!({"desiredLocations": ["us-central1-a", "us-central1-b"]})).await;
    assert_eq!(shown["currentNodeCount"], 4);
    let labels = json!({"resourceLabels": {"a": "b"}, "labelFingerprint": shown["labelFingerprint"]});
    let operation = client.ok("POST", &format!("{path}:setResourceLabels"), labels.clone()).await;
    ended(&client, ZONE, operation).await;
    assert_eq!(client.refused("POST", &format!("{path}:setResourceLabels"), labels).await.0, 400);
    let window = json!({"maintenancePolicy": {"window": {"dailyMaintenanceWindow": {"startTime": "03:00"}}}});
    let operation = client.ok("POST", &format!("{path}:setMaintenancePolicy"), window).await;
    ended(&client, ZONE, operation).await;
    let shown = client.get(&path.replace("/locations/", "/zones/")).await;
    assert_eq!(
        (
            &shown["resourceLabels"],
            &shown["maintenancePolicy"]["window"]["dailyMaintenanceWindow"]["startTime"]
        ),
        (&json!({"a": "b"}), &json!("03:00"))
    );
    let (code, message) = client.refused("PUT", &path, json!({"update": {"desiredTpuConfig": {}}})).await;
    assert_eq!((code, message.contains("desiredTpuConfig")), (400, true), "{message}");
}

#[tokio::test]
async fn pools_come_grow_and_go() {
    let client = networked().await;
    make(&client, ZONE, private("c1")).await;
    let pools = format!("{ZONE}/clusters/c1/nodePools");
    let run = async |verb: &str, path: &str, body: Value| {
        let operation = client.ok(verb, path, body).await;
        ended(&client, ZONE, operation).await;
    };
    let pool = json!({
        "name": "p1", "initialNodeCount": 1, "config": {"machineType": "n2-standard-4", "spot": true, "diskSizeGb": 50, "tags": ["a"]},
        "autoscaling": {"enabled": true, "minNodeCount": 1, "maxNodeCount": 3},
    });
    run("POST", &pools, json!({"nodePool": pool})).await;
    let path = format!("{pools}/p1");
    let shown = client.get(&path).await;
    assert_eq!(
        (&shown["status"], &shown["config"]["bootDisk"]["sizeGb"], &shown["podIpv4CidrSize"]),
        (&json!("RUNNING"), &json!("50"), &json!(24))
    );
    assert_eq!(
        (&shown["networkConfig"]["podRange"], &shown["networkConfig"]["enablePrivateNodes"]),
        (&json!("pods"), &json!(true))
    );
    run("POST", &format!("{path}:setSize"), json!({"nodeCount": 3})).await;
    assert_eq!(client.get(&format!("{ZONE}/clusters/c1")).await["currentNodeCount"], 5);
    let taints = json!({"taints": {"taints": [{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}]}, "tags": {"tags": []}, "machineType": "e2-medium"});
    run("PUT", &path, taints).await;
    let shown = client.get(&path).await;
    assert_eq!(
        (&shown["config"]["taints"][0]["key"], &shown["config"]["machineType"], shown["config"].get("tags")),
        (&json!("k"), &json!("e2-medium"), None)
    );
    run("POST", &format!("{path}:setAutoscaling"), json!({"autoscaling": {"enabled": false}})).await;
    run("POST", &format!("{path}:setManagement"), json!({"management": {"autoRepair": true}})).await;
    let shown = client.get(&path).await;
    assert_eq!((shown.get("autoscaling"), &shown["management"]), (None, &json!({"autoRepair": true})));
    for (body, part) in [
        (json!({"name": "p1"}), "Already exists"),
        (json!({"name": "p2", "version": "1.34"}), "must not be greater"),
        (json!({"name": "p2", "networkConfig": {"podRange": "none"}}), "does not exist"),
        (
            json!({"name": "p2", "autoscaling": {"enabled": true, "minNodeCount": 3, "maxNodeCount": 1}}),
            "autoscaling",
        ),
    ] {
        let (_, message) = client.refused("POST", &pools, json!({ "nodePool": body })).await;
        assert!(message.contains(part), "{message}");
    }
    let numbered = client.get(&format!("{path}?$alt=json;enum-encoding=int")).await;
    assert_eq!((&numbered["upgradeSettings"]["strategy"], &numbered["status"]), (&json!(3), &json!(2)));
    let settings = json!({"upgradeSettings": {"strategy": 2}});
    run("PUT", &path, settings).await;
    assert_eq!(client.get(&path).await["upgradeSettings"]["strategy"], "BLUE_GREEN");
    run("DELETE", &path, Value::Null).await;
    assert_eq!(client.get(&pools).await["nodePools"].as_array().unwrap().len(), 1);
    assert_eq!(client.refused("GET", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn ranges_that_a_cluster_makes_go_with_it() {
    let client = networked().await;
    let cluster = json!({"name": "c1", "network": "n1", "subnetwork": "s1", "initialNodeCount": 1, "ipAllocationPolicy": {"servicesIpv4CidrBlock": "/20"}});
    make(&client, ZONE, cluster).await;
    let subnet = compute("regions/us-central1/subnetworks/s1");
    let ranges = async || client.get(&subnet).await["secondaryIpRanges"].as_array().unwrap().len();
    assert_eq!(ranges().await, 4);
    let operation = client.ok("DELETE", &format!("{ZONE}/clusters/c1"), Value::Null).await;
    ended(&client, ZONE, operation).await;
    assert_eq!(ranges().await, 2);
    let failing = json!({"method": "container.projects.locations.clusters.create", "code": 403, "message": "No room.", "operation": true});
    client.ok("POST", "/_sandbox/faults", failing).await;
    let operation = client.ok("POST", &format!("{ZONE}/clusters"), json!({"cluster": private("c1")})).await;
    assert_eq!(ended(&client, ZONE, operation).await["error"]["message"], "No room.");
    assert_eq!(client.refused("GET", &format!("{ZONE}/clusters/c1"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn the_host_of_a_shared_vpc_lets_googles_accounts_in_first() {
    let client = networked().await;
    client.ok("POST", "/v3/projects", json!({"projectId": "svc-prj", "parent": "organizations/1234"})).await;
    let number = client.get("/v1/projects/svc-prj").await["projectNumber"].as_str().unwrap().to_owned();
    let at = "/v1/projects/svc-prj/locations/us-central1";
    let mut cluster = private("c1");
    cluster["network"] = json!("projects/host-prj/global/networks/n1");
    cluster["subnetwork"] = json!("projects/host-prj/regions/us-central1/subnetworks/s1");
    let create = async |cluster: &Value| {
        client.send("POST", &format!("{at}/clusters"), json!({ "cluster": cluster })).await
    };
    let refused = async |part: &str| {
        let (code, answer) = create(&cluster).await;
        let message = answer["error"]["message"].as_str().unwrap_or("").to_owned();
        assert!(code >= 400 && message.contains(part), "{part}: {answer}");
    };
    refused("not attached").await;
    client.done("POST", "enableXpnHost", Value::Null).await;
    client
        .done("POST", "enableXpnResource", json!({"xpnResource": {"id": "svc-prj", "type": "PROJECT"}}))
        .await;
    refused("container.hostServiceAgentUser").await;
    let robot = format!("serviceAccount:service-{number}@container-engine-robot.iam.gserviceaccount.com");
    let cloud = format!("serviceAccount:{number}@cloudservices.gserviceaccount.com");
    let agents = json!({"policy": {"bindings": [{"role": "roles/container.hostServiceAgentUser", "members": [robot]}]}});
    client.ok("POST", "/v1/projects/host-prj:setIamPolicy", agents).await;
    refused("compute.networkUser").await;
    let users =
        json!({"policy": {"bindings": [{"role": "roles/compute.networkUser", "members": [robot, cloud]}]}});
    client.ok("POST", &compute("regions/us-central1/subnetworks/s1/setIamPolicy"), users).await;
    let mut unnamed = cluster.clone();
    unnamed["ipAllocationPolicy"] = json!({});
    let (code, answer) = create(&unnamed).await;
    assert_eq!(
        (code, answer["error"]["message"].as_str().unwrap().contains("secondary range for pods")),
        (400, true)
    );
    make(&client, at, cluster.clone()).await;
    let shown = client.get(&format!("{at}/clusters/c1")).await;
    assert_eq!(shown["networkConfig"]["subnetwork"], "projects/host-prj/regions/us-central1/subnetworks/s1");
    assert!(
        shown["nodePools"][0]["instanceGroupUrls"][0].as_str().unwrap().contains("/projects/svc-prj/zones/")
    );
}

#[tokio::test]
async fn autopilot_keeps_its_pools_to_itself() {
    let client = networked().await;
    let mut cluster = private("c1");
    cluster.as_object_mut().unwrap().shift_remove("initialNodeCount");
    cluster["autopilot"] = json!({"enabled": true});
    make(&client, REGION, cluster).await;
    let shown = client.get(&format!("{REGION}/clusters/c1")).await;
    assert_eq!(
        (&shown["autopilot"]["enabled"], &shown["workloadIdentityConfig"]["workloadPool"]),
        (&json!(true), &json!("host-prj.svc.id.goog"))
    );
    let refused = client
        .refused("POST", &format!("{REGION}/clusters/c1/nodePools"), json!({"nodePool": {"name": "p1"}}))
        .await;
    assert_eq!((refused.0, refused.1.contains("Autopilot")), (400, true));
    let config = client.get(&format!("{REGION}/serverConfig")).await;
    assert_eq!(client.get("/v1/projects/host-prj/zones/us-central1-a/serverconfig").await, config);
    assert!(config["validMasterVersions"].as_array().unwrap().contains(&shown["currentMasterVersion"]));
}
