//! Instances and disks, firewall policies, what projects say to instances, private connections, billing.

use super::{Client, compute};
use serde_json::{Value, json};

const AT: &str = "zones/us-central1-a";

async fn networked() -> Client {
    let client = Client::start().await;
    client.network("n1").await;
    let subnet = json!({"name": "s1", "network": "global/networks/n1", "ipCidrRange": "10.0.0.0/24"});
    client.done("POST", "regions/us-central1/subnetworks", subnet).await;
    client
}

fn bastion(name: &str) -> Value {
    json!({
        "name": name, "machineType": format!("{AT}/machineTypes/e2-micro"),
        "disks": [{"boot": true, "autoDelete": true, "initializeParams": {"sourceImage": "projects/debian-cloud/global/images/family/debian-12", "diskSizeGb": "20"}}],
        "networkInterfaces": [{"subnetwork": "regions/us-central1/subnetworks/s1", "accessConfigs": [{}]}],
        "metadata": {"items": [{"key": "enable-oslogin", "value": "TRUE"}]}, "tags": {"items": ["ssh"]},
        "serviceAccounts": [{"email": "default", "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}],
    })
}

#[tokio::test]
async fn a_bastion_comes_with_its_disk_and_address() {
    let client = networked().await;
    let operation = client.ok("POST", &compute(&format!("{AT}/instances")), bastion("b1")).await;
    let path = compute(&format!("{AT}/instances/b1"));
    assert_eq!(client.get(&path).await["status"], "PROVISIONING");
    client.wait(&operation).await;
    let shown = client.get(&path).await;
    assert_eq!(shown["status"], "RUNNING");
    let nic = &shown["networkInterfaces"][0];
    assert_eq!((&nic["networkIP"], &nic["name"]), (&json!("10.0.0.2"), &json!("nic0")));
    assert!(
        nic["network"].as_str().unwrap().ends_with("/global/networks/n1")
            && nic["accessConfigs"][0]["natIP"].is_string()
    );
    assert!(
        shown["serviceAccounts"][0]["email"]
            .as_str()
            .unwrap()
            .ends_with("-compute@developer.gserviceaccount.com")
    );
    let disk = client.get(&compute(&format!("{AT}/disks/b1"))).await;
    assert_eq!((&disk["sizeGb"], &disk["users"][0]), (&json!("20"), &shown["selfLink"]));
    assert!(disk["sourceImage"].as_str().unwrap().contains("/debian-cloud/global/images/debian-12-v"));
    for used in [format!("{AT}/disks/b1"), "regions/us-central1/subnetworks/s1".to_owned()] {
        let (code, message) = client.refused("DELETE", &compute(&used), Value::Null).await;
        assert_eq!((code, message.contains("already being used by")), (400, true), "{message}");
    }
    let metadata =
        json!({"items": [{"key": "a", "value": "b"}], "fingerprint": shown["metadata"]["fingerprint"]});
    client.done("POST", &format!("{AT}/instances/b1/setMetadata"), metadata.clone()).await;
    assert_eq!(client.refused("POST", &format!("{path}/setMetadata"), metadata).await.0, 412);
    client
        .done(
            "POST",
            &format!("{AT}/instances/b1/setTags"),
            json!({"items": [], "fingerprint": shown["tags"]["fingerprint"]}),
        )
        .await;
    let machine = json!({"machineType": format!("{AT}/machineTypes/e2-small")});
    assert_eq!(client.refused("POST", &format!("{path}/setMachineType"), machine.clone()).await.0, 400);
    client.done("POST", &format!("{AT}/instances/b1/stop"), Value::Null).await;
    client.done("POST", &format!("{AT}/instances/b1/setMachineType"), machine).await;
    client.done("POST", &format!("{AT}/instances/b1/start"), Value::Null).await;
    client
        .done(
            "POST",
            &format!(
                "{AT}/instances/b1/deleteAccessConfig?networkInterface=nic0&accessConfig=External%20NAT"
            ),
            Value::Null,
        )
        .await;
    let shown = client.get(&path).await;
    assert!(shown["machineType"].as_str().unwrap().ends_with("/e2-small"));
    assert_eq!(
        (shown["tags"].get("items"), shown["networkInterfaces"][0].get("accessConfigs")),
        (None, None)
    );
    client
        .done(
            "POST",
            &format!("{AT}/instances/b1/setDeletionProtection?deletionProtection=true"),
            Value::Null,
        )
        .await;
    assert_eq!(client.refused("DELETE", &path, Value::Null).await.0, 400);
    client
        .done(
            "POST",
            &format!("{AT}/instances/b1/setDeletionProtection?deletionProtection=false"),
            Value::Null,
        )
        .await;
    client.done("DELETE", &format!("{AT}/instances/b1"), Value::Null).await;
    assert_eq!(client.refused("GET", &compute(&format!("{AT}/disks/b1")), Value::Null).await.0, 404);
}

#[tokio::test]
async fn instances_that_google_would_not_make_are_refused() {
    let client = networked().await;
    client.done("POST", &format!("{AT}/instances"), bastion("b1")).await;
    let with = |path: &str, value: Value| {
        let mut instance = bastion("b2");
        *instance.pointer_mut(path).unwrap() = value;
        instance
    };
    for (instance, part) in [
        (with("/machineType", json!("zones/us-central1-b/machineTypes/e2-micro")), "not in the zone"),
        (with("/disks/0/boot", json!(false)), "Boot disk"),
        (
            with(
                "/disks/0/initializeParams/sourceImage",
                json!("projects/debian-cloud/global/images/family/none"),
            ),
            "image",
        ),
        (with("/disks/0/initializeParams/diskSizeGb", json!("5")), "smaller than the image"),
        (with("/networkInterfaces/0", json!({"network": "global/networks/n1"})), "must specify a subnet"),
        (
            with(
                "/networkInterfaces/0",
                json!({"subnetwork": "regions/us-central1/subnetworks/s1", "networkIP": "10.0.0.2"}),
            ),
            "in use",
        ),
        (with("/networkInterfaces/0/accessConfigs", json!([{"natIP": "192.0.2.1"}])), "not found in region"),
    ] {
        let (code, message) = client.refused("POST", &compute(&format!("{AT}/instances")), instance).await;
        assert_eq!((code, message.contains(part)), (400, true), "{message}");
    }
    assert!(client.get(&compute(&format!("{AT}/disks"))).await["items"].as_array().unwrap().len() == 1);
}

#[tokio::test]
async fn disks_grow_and_are_attached() {
    let client = networked().await;
    client.done("POST", &format!("{AT}/instances"), bastion("b1")).await;
    client.done("POST", &format!("{AT}/disks"), json!({"name": "d1", "sizeGb": "30"})).await;
    client.done("POST", &format!("{AT}/disks/d1/resize"), json!({"sizeGb": "40"})).await;
    assert_eq!(
        client.refused("POST", &compute(&format!("{AT}/disks/d1/resize")), json!({"sizeGb": "40"})).await.0,
        400
    );
    let disk = json!({"source": format!("{AT}/disks/d1"), "deviceName": "data"});
    client.done("POST", &format!("{AT}/instances/b1/attachDisk"), disk.clone()).await;
    assert_eq!(client.refused("POST", &compute(&format!("{AT}/instances/b1/attachDisk")), disk).await.0, 400);
    let shown = client.get(&compute(&format!("{AT}/instances/b1"))).await;
    assert_eq!(
        (&shown["disks"][1]["deviceName"], &shown["disks"][1]["diskSizeGb"]),
        (&json!("data"), &json!("40"))
    );
    client.done("POST", &format!("{AT}/instances/b1/detachDisk?deviceName=data"), Value::Null).await;
    client.done("DELETE", &format!("{AT}/disks/d1"), Value::Null).await;
}

#[tokio::test]
async fn regions_zones_and_images_are_known() {
    let client = Client::start().await;
    let region = client.get(&compute("regions/us-central1")).await;
    assert!(region["zones"][0].as_str().unwrap().ends_with("/zones/us-central1-a"));
    assert_eq!(client.get(&compute("zones/us-central1-a")).await["status"], "UP");
    assert_eq!(client.refused("GET", &compute("zones/us-central1"), Value::Null).await.0, 404);
    let zones = client.get(&compute("zones?filter=name%3Dus-central1-*")).await;
    assert!(zones["items"].as_array().unwrap().len() >= 3);
    let image = client.get("/compute/v1/projects/debian-cloud/global/images/family/debian-12").await;
    let name = image["name"].as_str().unwrap();
    assert_eq!(client.get(&format!("/compute/v1/projects/debian-cloud/global/images/{name}")).await, image);
    let view =
        client.get("/compute/v1/projects/debian-cloud/zones/us-central1-a/imageFamilyViews/debian-12").await;
    assert_eq!(view["image"], image);
    let machine = client.get(&compute(&format!("{AT}/machineTypes/n2-standard-4"))).await;
    assert_eq!((&machine["guestCpus"], &machine["memoryMb"]), (&json!(4), &json!(16384)));
    assert_eq!(
        client.refused("GET", &compute(&format!("{AT}/machineTypes/z9-huge-1")), Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn firewall_policies_have_rules_and_networks() {
    let client = networked().await;
    client.done("POST", "global/firewallPolicies", json!({"name": "p1"})).await;
    let path = "global/firewallPolicies/p1";
    let shown = client.get(&compute(path)).await;
    assert_eq!(shown["rules"].as_array().unwrap().len(), 4);
    let rule = json!({"priority": 100, "action": "allow", "direction": "INGRESS", "match": {"srcIpRanges": ["10.0.0.0/8"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}]}});
    client.done("POST", &format!("{path}/addRule"), rule.clone()).await;
    assert_eq!(client.refused("POST", &compute(&format!("{path}/addRule")), rule).await.0, 400);
    client.done("POST", &format!("{path}/patchRule?priority=100"), json!({"action": "deny"})).await;
    assert_eq!(client.get(&compute(&format!("{path}/getRule?priority=100"))).await["action"], "deny");
    let association = json!({"name": "a1", "attachmentTarget": "projects/host-prj/global/networks/n1"});
    client.done("POST", &format!("{path}/addAssociation"), association).await;
    assert!(
        client.get(&compute(&format!("{path}/getAssociation?name=a1"))).await["attachmentTarget"].is_string()
    );
    for used in [path, "global/networks/n1"] {
        assert_eq!(client.refused("DELETE", &compute(used), Value::Null).await.0, 400, "{used}");
    }
    client.done("POST", &format!("{path}/removeAssociation?name=a1"), Value::Null).await;
    client.done("POST", &format!("{path}/removeRule?priority=100"), Value::Null).await;
    assert_eq!(
        client.refused("GET", &compute(&format!("{path}/getRule?priority=100")), Value::Null).await.0,
        400
    );
    client.done("DELETE", path, Value::Null).await;
}

#[tokio::test]
async fn projects_tell_their_instances_things() {
    let client = Client::start().await;
    let common = client.get(&compute("")).await["commonInstanceMetadata"].clone();
    let metadata =
        json!({"items": [{"key": "enable-oslogin", "value": "TRUE"}], "fingerprint": common["fingerprint"]});
    client.done("POST", "setCommonInstanceMetadata", metadata.clone()).await;
    assert_eq!(client.get(&compute("")).await["commonInstanceMetadata"]["items"], metadata["items"]);
    assert_eq!(client.refused("POST", &compute("setCommonInstanceMetadata"), metadata).await.0, 412);
}

#[tokio::test]
async fn services_are_reached_through_reserved_ranges() {
    let client = networked().await;
    let at = "/v1/services/servicenetworking.googleapis.com/connections";
    let connection =
        json!({"network": "projects/host-prj/global/networks/n1", "reservedPeeringRanges": ["r1"]});
    assert_eq!(client.refused("POST", at, connection.clone()).await.0, 400);
    let range = json!({"name": "r1", "purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 16, "network": "global/networks/n1"});
    client.done("POST", "global/addresses", range).await;
    let operation = client.ok("POST", at, connection.clone()).await;
    let ended = client.get(&format!("/v1/{}", operation["name"].as_str().unwrap())).await;
    assert_eq!(ended["response"]["peering"], "servicenetworking-googleapis-com");
    assert_eq!(client.refused("POST", at, connection.clone()).await.0, 400);
    let list = format!("{at}?network=projects/host-prj/global/networks/n1");
    assert_eq!(client.get(&list).await["connections"][0]["reservedPeeringRanges"], json!(["r1"]));
    assert_eq!(client.get(&compute("global/networks/n1")).await["peerings"][0]["state"], "ACTIVE");
    client.ok("PATCH", &format!("{at}/-?updateMask=reservedPeeringRanges&force=true"), connection).await;
    let network = json!({"consumerNetwork": "projects/host-prj/global/networks/n1"});
    client.ok("POST", &format!("{at}/servicenetworking-googleapis-com"), network).await;
    assert_eq!(client.get(&list).await, json!({}));
    assert_eq!(client.get(&compute("global/networks/n1")).await.get("peerings"), None);
}

#[tokio::test]
async fn somebody_pays_for_a_project() {
    let client = Client::start().await;
    let account =
        client.get("/v1/billingAccounts").await["billingAccounts"][0]["name"].as_str().unwrap().to_owned();
    let path = "/v1/projects/host-prj/billingInfo";
    assert_eq!(client.get(path).await["billingEnabled"], false);
    client.ok("PUT", path, json!({"billingAccountName": account})).await;
    let paid = client.get(&format!("/v1/{account}/projects")).await;
    assert_eq!(paid["projectBillingInfo"][0]["projectId"], "host-prj");
    assert_eq!(
        client.refused("PUT", path, json!({"billingAccountName": "billingAccounts/none"})).await.0,
        403
    );
    client.ok("PUT", path, json!({"billingAccountName": ""})).await;
    assert_eq!(client.get(path).await["billingAccountName"], "");
    let policy =
        json!({"policy": {"bindings": [{"role": "roles/billing.user", "members": ["user:a@example.com"]}]}});
    client.ok("POST", &format!("/v1/{account}:setIamPolicy"), policy).await;
}

#[tokio::test]
async fn instances_sleep_and_get_more_addresses() {
    let client = networked().await;
    client.done("POST", &format!("{AT}/instances"), bastion("b1")).await;
    let path = compute(&format!("{AT}/instances/b1"));
    let refused = async |verb: &str, method: &str, body: Value| {
        let (code, message) = client.refused(method, &format!("{path}/{verb}"), body).await;
        (code, message)
    };
    assert_eq!(refused("resume", "POST", Value::Null).await.0, 400);
    client.done("POST", &format!("{AT}/instances/b1/suspend"), Value::Null).await;
    assert_eq!(client.get(&path).await["status"], "SUSPENDED");
    assert_eq!(refused("stop", "POST", Value::Null).await.0, 400);
    client.done("POST", &format!("{AT}/instances/b1/resume"), Value::Null).await;
    assert_eq!(refused("updateDisplayDevice", "PATCH", json!({"enableDisplay": true})).await.0, 400);
    assert_eq!(refused("setScheduling", "POST", json!({"minNodeCpus": 2})).await.0, 400);

    let nic = client.get(&path).await["networkInterfaces"][0].clone();
    let verb = "updateNetworkInterface?networkInterface=nic0";
    let ranges =
        |range: &str| json!({"aliasIpRanges": [{"ipCidrRange": range}], "fingerprint": nic["fingerprint"]});
    assert_eq!(refused(verb, "PATCH", json!({"aliasIpRanges": []})).await.0, 412);
    for (range, part) in [("192.0.2.0/28", "not in the subnetwork"), ("x", "Must be"), ("10.0.0.2", "in use")]
    {
        let (code, message) = refused(verb, "PATCH", ranges(range)).await;
        assert_eq!((code, message.contains(part)), (400, true), "{message}");
    }
    client.done("PATCH", &format!("{AT}/instances/b1/{verb}"), ranges("/28")).await;
    let got = &client.get(&path).await["networkInterfaces"][0]["aliasIpRanges"][0]["ipCidrRange"];
    assert_eq!(*got, "10.0.0.16/28");
}
