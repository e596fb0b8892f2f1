//! Buckets and objects.

use super::Client;
use serde_json::{Value, json};

const MADE: &str = "/storage/v1/b?project=host-prj";
const BUCKET: &str = "/storage/v1/b/bucket-1";
const UPLOAD: &str = "/upload/storage/v1/b/bucket-1/o";

async fn with_bucket(more: Value) -> Client {
    let client = Client::start().await;
    let mut bucket = json!({"name": "bucket-1"});
    for (name, value) in more.as_object().unwrap() {
        bucket[name] = value.clone();
    }
    client.ok("POST", MADE, bucket).await;
    client
}

async fn put(client: &Client, name: &str, content: &str) -> Value {
    let path = format!("{UPLOAD}?uploadType=media&name={name}");
    let (code, _, body) = client.raw("POST", &path, &[("content-type", "text/plain")], content).await;
    assert_eq!(code, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn buckets_have_what_they_were_made_with() {
    let uniform = json!({"uniformBucketLevelAccess": {"enabled": true}});
    let client = with_bucket(json!({"location": "eu", "iamConfiguration": uniform})).await;
    let shown = client.get(BUCKET).await;
    assert_eq!(
        (&shown["location"], &shown["locationType"], &shown["rpo"]),
        (&json!("EU"), &json!("multi-region"), &json!("DEFAULT"))
    );
    assert_eq!(shown["iamConfiguration"]["bucketPolicyOnly"]["enabled"], true);
    assert_eq!((&shown["id"], &shown["metageneration"]), (&json!("bucket-1"), &json!("1")));
    for (body, part) in [
        (json!({"name": "Bad"}), "Invalid bucket name"),
        (json!({"name": "bucket-2", "location": "moon"}), "location constraint"),
        (json!({"name": "bucket-2", "storageClass": "WARM"}), "storage class"),
        (
            json!({"name": "bucket-2", "lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {}}]}}),
            "at least one condition",
        ),
        (json!({"name": "bucket-2", "retentionPolicy": {"retentionPeriod": "0"}}), "retention period"),
    ] {
        let (code, message) = client.refused("POST", MADE, body).await;
        assert_eq!((code, message.contains(part)), (400, true), "{message}");
    }
    assert_eq!(client.refused("POST", MADE, json!({"name": "bucket-1"})).await.0, 409);
    let labels = json!({"labels": {"a": "1", "b": "2"}, "lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 3}}]}});
    client.ok("PATCH", BUCKET, labels).await;
    let shown = client.ok("PATCH", BUCKET, json!({"labels": {"a": null}})).await;
    assert_eq!((&shown["labels"], &shown["metageneration"]), (&json!({"b": "2"}), &json!("3")));
    assert_eq!(shown["lifecycle"]["rule"][0]["condition"]["age"], 3);
    assert_eq!(
        client
            .refused("PATCH", &format!("{BUCKET}?ifMetagenerationMatch=1"), json!({"labels": null}))
            .await
            .0,
        412
    );
    assert_eq!(client.refused("PATCH", BUCKET, json!({"location": "US"})).await.0, 400);
    assert_eq!(client.get(MADE).await["items"][0]["name"], "bucket-1");
    assert_eq!(client.send("DELETE", BUCKET, Value::Null).await, (204, Value::Null));
    let missing = (404, "The specified bucket does not exist.".to_owned());
    assert_eq!(client.refused("GET", BUCKET, Value::Null).await, missing);
}

#[tokio::test]
async fn lists_are_of_one_project() {
    let client = with_bucket(json!({})).await;
    client.ok("POST", "/v1/projects", json!({"projectId": "other-prj"})).await;
    assert!(client.get("/storage/v1/b?project=other-prj").await.get("items").is_none());
    assert_eq!(
        client.refused("POST", "/storage/v1/b?project=none", json!({"name": "bucket-2"})).await.0,
        404
    );
}

#[tokio::test]
async fn access_lists_are_shown_where_access_is_not_uniform() {
    let client = with_bucket(json!({})).await;
    assert!(client.get(BUCKET).await.get("acl").is_none());
    let full = client.get(&format!("{BUCKET}?projection=full")).await;
    assert_eq!((full["acl"].as_array().unwrap().len(), &full["acl"][2]["role"]), (3, &json!("READER")));
    let own = json!({"acl": [{"entity": "allUsers", "role": "READER"}]});
    let (code, message) = client.refused("PATCH", BUCKET, own).await;
    assert_eq!((code, message.contains("not modelled")), (400, true), "{message}");
}

#[tokio::test]
async fn policies_of_buckets_begin_with_the_project() {
    let client = with_bucket(json!({})).await;
    let path = format!("{BUCKET}/iam");
    let mut policy = client.get(&format!("{path}?optionsRequestedPolicyVersion=3")).await;
    assert_eq!(
        (&policy["kind"], &policy["resourceId"]),
        (&json!("storage#policy"), &json!("projects/_/buckets/bucket-1"))
    );
    assert_eq!(policy["bindings"][0]["members"][0], "projectEditor:host-prj");
    let reader = json!({"role": "roles/storage.objectViewer", "members": ["allUsers"]});
    policy["bindings"].as_array_mut().unwrap().push(reader.clone());
    client.ok("PUT", &path, policy.clone()).await;
    assert_eq!(client.get(&path).await["bindings"].as_array().unwrap().len(), 3);
    assert_eq!(client.refused("PUT", &path, policy).await.0, 409);
}

#[tokio::test]
async fn contents_arrive_in_three_ways_and_come_back() {
    let client = with_bucket(json!({})).await;
    let made = put(&client, "a.txt", "hello").await;
    assert_eq!(
        (&made["size"], &made["md5Hash"], &made["crc32c"]),
        (&json!("5"), &json!("XUFAKrxLKna5cZ2REBfFkg=="), &json!("mnG7TA=="))
    );
    let body = "--x\r\nContent-Type: application/json\r\n\r\n{\"name\": \"dir/b c\", \"metadata\": {\"k\": \"v\"}}\r\n--x\r\nContent-Type: text/css\r\n\r\ntwo\r\n--x--";
    let kind = [("content-type", "multipart/related; boundary=x")];
    let (code, _, answer) = client.raw("POST", &format!("{UPLOAD}?uploadType=multipart"), &kind, body).await;
    assert_eq!(code, 200, "{answer}");
    let (code, headers, _) =
        client.raw("POST", &format!("{UPLOAD}?uploadType=resumable&name=c"), &[], "{}").await;
    let session = headers["location"].to_str().unwrap().split_once("/upload/").unwrap().1.to_owned();
    assert_eq!(code, 200);
    let session = format!("/upload/{session}");
    let (code, headers, _) = client.raw("PUT", &session, &[("content-range", "bytes 0-2/*")], "abc").await;
    assert_eq!((code, headers["range"].to_str().unwrap()), (308, "bytes=0-2"));
    let (code, _, answer) = client.raw("PUT", &session, &[("content-range", "bytes 3-4/5")], "de").await;
    assert_eq!(code, 200, "{answer}");
    for (name, content, kind) in [
        ("a.txt", "hello", "text/plain"),
        ("dir%2Fb%20c", "two", "text/css"),
        ("c", "abcde", "application/octet-stream"),
    ] {
        for start in ["", "/download"] {
            let (code, headers, text) =
                client.raw("GET", &format!("{start}{BUCKET}/o/{name}?alt=media"), &[], "").await;
            assert_eq!(
                (code, headers["content-type"].to_str().unwrap(), text.as_str()),
                (200, kind, content)
            );
        }
    }
    let (code, _, text) =
        client.raw("GET", &format!("{BUCKET}/o/c?alt=media"), &[("range", "bytes=1-2")], "").await;
    assert_eq!((code, text.as_str()), (206, "bc"));
    let listed = client.get(&format!("{BUCKET}/o?delimiter=/&fields=items/name,prefixes")).await;
    assert_eq!(listed, json!({"items": [{"name": "a.txt"}, {"name": "c"}], "prefixes": ["dir/"]}));
    let copied =
        client.ok("POST", &format!("{BUCKET}/o/dir%2Fb%20c/rewriteTo/b/bucket-1/o/d"), json!({})).await;
    assert_eq!((&copied["done"], &copied["resource"]["metadata"]["k"]), (&json!(true), &json!("v")));
    let parts = json!({"sourceObjects": [{"name": "a.txt"}, {"name": "c"}], "destination": {"contentType": "text/plain"}});
    client.ok("POST", &format!("{BUCKET}/o/whole/compose"), parts).await;
    assert_eq!(client.raw("GET", &format!("{BUCKET}/o/whole?alt=media"), &[], "").await.2, "helloabcde");
}

#[tokio::test]
async fn generations_are_conditions_and_versions() {
    let client = with_bucket(json!({"versioning": {"enabled": true}})).await;
    let first = put(&client, "a", "one").await;
    let (code, _, _) =
        client.raw("POST", &format!("{UPLOAD}?uploadType=media&name=a&ifGenerationMatch=0"), &[], "x").await;
    assert_eq!(code, 412);
    put(&client, "a", "two").await;
    let old = first["generation"].as_str().unwrap();
    let (_, _, text) = client.raw("GET", &format!("{BUCKET}/o/a?alt=media&generation={old}"), &[], "").await;
    assert_eq!(text, "one");
    assert_eq!(client.refused("DELETE", BUCKET, Value::Null).await.0, 409);
    client.ok("DELETE", &format!("{BUCKET}/o/a"), Value::Null).await;
    assert_eq!(client.refused("GET", &format!("{BUCKET}/o/a"), Value::Null).await.0, 404);
    let all = client.get(&format!("{BUCKET}/o?versions=true")).await["items"].as_array().unwrap().clone();
    assert_eq!(all.len(), 2);
    for object in all {
        let generation = object["generation"].as_str().unwrap();
        client.ok("DELETE", &format!("{BUCKET}/o/a?generation={generation}"), Value::Null).await;
    }
    client.ok("DELETE", BUCKET, Value::Null).await;
}

#[tokio::test]
async fn retained_objects_stay() {
    let client = with_bucket(json!({"retentionPolicy": {"retentionPeriod": "3600"}})).await;
    put(&client, "a", "one").await;
    let (code, message) = client.refused("DELETE", &format!("{BUCKET}/o/a"), Value::Null).await;
    assert_eq!((code, message.contains("retention policy")), (403, true), "{message}");
    client.ok("POST", &format!("{BUCKET}/lockRetentionPolicy?ifMetagenerationMatch=1"), Value::Null).await;
    assert_eq!(client.refused("PATCH", BUCKET, json!({"retentionPolicy": null})).await.0, 403);
    let longer = json!({"retentionPolicy": {"retentionPeriod": "7200"}});
    assert_eq!(client.ok("PATCH", BUCKET, longer).await["retentionPolicy"]["isLocked"], true);
    let (code, message) = client.refused("POST", &format!("{BUCKET}/notificationConfigs"), json!({})).await;
    assert_eq!((code, message.contains("not modelled")), (400, true), "{message}");
}
