//! Projects, folders, policies, services, sinks, datasets, zones.

use super::{Client, compute};
use serde_json::{Value, json};

#[tokio::test]
async fn three_versions_show_the_same_projects_and_folders() {
    let client = Client::start().await;
    let made =
        client.ok("POST", "/v3/folders", json!({"displayName": "f", "parent": "organizations/1234"})).await;
    let name = made["name"].as_str().unwrap();
    assert!(made.get("done").is_none());
    let folder = client.get(&format!("/v3/{name}")).await["response"]["name"].as_str().unwrap().to_owned();
    assert_eq!(client.get(&format!("/v2/{folder}")).await["lifecycleState"], "ACTIVE");
    let id = folder.trim_start_matches("folders/");
    client
        .ok("POST", "/v1/projects", json!({"projectId": "in-folder", "parent": {"type": "folder", "id": id}}))
        .await;
    let project = client.get("/v3/projects/in-folder?$alt=json;enum-encoding=int").await;
    assert_eq!((&project["parent"], &project["state"]), (&json!(folder), &json!(1)));
    assert_eq!(client.refused("DELETE", &format!("/v3/{folder}"), Value::Null).await.0, 400);
    client.ok("DELETE", "/v1/projects/in-folder", Value::Null).await;
    client.ok("DELETE", &format!("/v3/{folder}"), Value::Null).await;
    assert_eq!(client.refused("GET", "/v1/projects/nowhere", Value::Null).await.0, 403);
}

#[tokio::test]
async fn policies_are_kept_from_lost_updates() {
    let client = Client::start().await;
    let policy = client.ok("POST", "/v1/projects/host-prj:getIamPolicy", json!({})).await;
    let mut next = policy.clone();
    next["bindings"] = json!([{"role": "roles/viewer", "members": ["user:a@example.com"]}]);
    client.ok("POST", "/v1/projects/host-prj:setIamPolicy", json!({"policy": next})).await;
    let (code, message) =
        client.refused("POST", "/v1/projects/host-prj:setIamPolicy", json!({"policy": next})).await;
    assert_eq!((code, message.contains("concurrent policy changes")), (409, true), "{message}");
    for member in ["nobody", "user:nobody", "serviceAccount:x@host-prj.iam.gserviceaccount.com"] {
        let policy = json!({"policy": {"bindings": [{"role": "roles/viewer", "members": [member]}]}});
        assert_eq!(
            client.refused("POST", "/v1/projects/host-prj:setIamPolicy", policy).await.0,
            400,
            "{member}"
        );
    }
}

#[tokio::test]
async fn services_sinks_datasets_and_zones() {
    let client = Client::start().await;
    client.ok("POST", "/v1/projects/host-prj/services/compute.googleapis.com:enable", json!({})).await;
    let services = client.get("/v1/projects/host-prj/services?filter=state:ENABLED").await;
    assert_eq!(services["services"][0]["config"]["name"], "compute.googleapis.com");

    let sink =
        json!({"name": "all", "destination": "storage.googleapis.com/logs", "filter": "severity>=ERROR"});
    let made = client.ok("POST", "/v2/organizations/1234/sinks", sink).await;
    assert!(made["writerIdentity"].as_str().unwrap().contains("service-org-1234@"));
    client.ok("PATCH", "/v2/organizations/1234/sinks/all?updateMask=filter", json!({"filter": ""})).await;
    let wrong = json!({"name": "x", "destination": "nowhere"});
    assert_eq!(client.refused("POST", "/v2/projects/host-prj/sinks", wrong).await.0, 400);
    assert_eq!(
        client.refused("GET", "/v2/projects/host-prj/sinks/x", Value::Null).await.1,
        "Sink x does not exist"
    );

    let sets = "/bigquery/v2/projects/host-prj/datasets";
    let made = client
        .ok(
            "POST",
            sets,
            json!({"datasetReference": {"datasetId": "d"}, "defaultTableExpirationMs": 3600000}),
        )
        .await;
    assert_eq!((&made["id"], &made["defaultTableExpirationMs"]), (&json!("host-prj:d"), &json!("3600000")));
    assert_eq!(client.send("DELETE", &format!("{sets}/d"), Value::Null).await, (204, Value::Null));

    let zones = "/dns/v1/projects/host-prj/managedZones";
    client
        .ok(
            "POST",
            zones,
            json!({"name": "z", "dnsName": "example.com.", "description": ""})
                .as_object()
                .map(|zone| {
                    let mut zone = zone.clone();
                    zone["description"] = json!("mine");
                    Value::Object(zone)
                })
                .unwrap(),
        )
        .await;
    assert_eq!(client.get(zones).await["managedZones"][0]["dnsName"], "example.com.");
}

#[tokio::test]
async fn lists_are_filtered_paged_and_projected() {
    let client = Client::start().await;
    for name in ["n1", "n2", "n3"] {
        client.network(name).await;
    }
    let first = client.get(&compute("global/networks?maxResults=2&fields=items/name,nextPageToken")).await;
    assert_eq!(first["items"], json!([{"name": "n1"}, {"name": "n2"}]));
    let token = first["nextPageToken"].as_str().unwrap();
    let second = client
        .get(&compute(&format!("global/networks?maxResults=2&pageToken={token}&fields=items/name")))
        .await;
    assert_eq!(second, json!({"items": [{"name": "n3"}]}));
    let one = client.get(&compute("global/networks?filter=name%20eq%20.*2&fields=items/name")).await;
    assert_eq!(one, json!({"items": [{"name": "n2"}]}));
    assert_eq!(client.refused("GET", &compute("global/networks?filter=name"), Value::Null).await.0, 400);
}

#[tokio::test]
async fn zones_have_records() {
    let client = Client::start().await;
    let zones = "/dns/v1/projects/host-prj/managedZones";
    let zone = json!({"name": "z", "dnsName": "example.com.", "description": "mine"});
    client.ok("POST", zones, zone).await;
    let operation = client.ok("PATCH", &format!("{zones}/z"), json!({"description": "ours"})).await;
    assert_eq!(operation["zoneContext"]["newValue"]["description"], "ours");
    let id = operation["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("{zones}/z/operations/{id}")).await["status"], "done");
    let sets = format!("{zones}/z/rrsets");
    assert_eq!(client.get(&sets).await["rrsets"].as_array().unwrap().len(), 2);
    let www =
        |address: &str| json!({"name": "www.example.com.", "type": "A", "ttl": 300, "rrdatas": [address]});
    client.ok("POST", &sets, www("192.0.2.1")).await;
    assert_eq!(client.refused("POST", &sets, www("192.0.2.1")).await.0, 409);
    for (set, part) in [
        (
            json!({"name": "www.example.org.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.1"]}),
            "has to be in",
        ),
        (json!({"name": "b.example.com.", "type": "A", "ttl": 300, "rrdatas": ["here"]}), "rrdata"),
    ] {
        let (code, message) = client.refused("POST", &sets, set).await;
        assert_eq!((code, message.contains(part)), (400, true), "{message}");
    }
    let changes = format!("{zones}/z/changes");
    let change = json!({"deletions": [www("192.0.2.1")], "additions": [www("192.0.2.2")]});
    let made = client.ok("POST", &changes, change.clone()).await;
    assert_eq!(made["status"], "pending");
    let id = made["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("{changes}/{id}")).await["status"], "done");
    assert_eq!(client.refused("POST", &changes, change).await.0, 412);
    let path = format!("{sets}/www.example.com./A");
    assert_eq!(client.get(&path).await["rrdatas"], json!(["192.0.2.2"]));
    client.ok("PATCH", &path, json!({"ttl": 60})).await;
    assert_eq!(client.get(&format!("{sets}?name=www.example.com.&type=A")).await["rrsets"][0]["ttl"], 60);
    assert_eq!(client.refused("DELETE", &format!("{zones}/z"), Value::Null).await.0, 400);
    client.ok("DELETE", &path, Value::Null).await;
    client.ok("DELETE", &format!("{zones}/z"), Value::Null).await;
    assert_eq!(client.refused("GET", &sets, Value::Null).await.0, 404);
}

#[tokio::test]
async fn projects_and_folders_are_moved() {
    let client = Client::start().await;
    let make = async |name: &str, parent: &str| {
        let operation =
            client.ok("POST", "/v3/folders", json!({"displayName": name, "parent": parent})).await;
        let ended = client.get(&format!("/v3/{}", operation["name"].as_str().unwrap())).await;
        ended["response"]["name"].as_str().unwrap().to_owned()
    };
    let (a, b) = (make("a", "organizations/1234").await, make("b", "organizations/1234").await);
    client.ok("POST", "/v3/projects/host-prj:move", json!({"destinationParent": a})).await;
    assert_eq!(client.get("/v3/projects/host-prj").await["parent"], json!(a));
    client.ok("POST", &format!("/v3/{a}:move"), json!({"destinationParent": b})).await;
    assert_eq!(client.get(&format!("/v3/{a}")).await["parent"], json!(b));
    let itself = client.refused("POST", &format!("/v3/{b}:move"), json!({"destinationParent": a})).await;
    assert_eq!((itself.0, itself.1.contains("into itself")), (400, true), "{}", itself.1);
    let nowhere =
        client.refused("POST", &format!("/v3/{b}:move"), json!({"destinationParent": "folders/1"})).await;
    assert_eq!(nowhere.0, 403);
}
