//! Users, groups, roles and policies. IAM is global: each test has names of its own.

use crate::cloud::{Action, Cloud, assert_same, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

pub(crate) fn policy(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
        .to_string()
}

pub(crate) fn trust(service: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": service } }],
    })
    .to_string()
}

#[tokio::test]
async fn group() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let group = cloud.create("aws_iam_group", json!({ "name": "group-a" })).await;
    assert_eq!(text(&group, "arn"), "arn:aws:iam::123456789012:group/group-a");
    assert_eq!((text(&group, "id"), text(&group, "path")), ("group-a".into(), "/".into()));
    cloud.import("aws_iam_group", "group-a", &group, &[]).await;
    let (action, group) =
        cloud.apply("aws_iam_group", &group, json!({ "name": "group-b", "path": "/x/" })).await;
    assert_eq!(action, Action::Update);
    assert_eq!(text(&group, "arn"), "arn:aws:iam::123456789012:group/x/group-b");
    cloud.destroy("aws_iam_group", &group).await;
}

#[tokio::test]
async fn many_groups_take_one_request() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let mut groups = Vec::new();
    for i in 0..12 {
        groups.push(cloud.create("aws_iam_group", json!({ "name": format!("many-{i}") })).await);
    }
    let mut states = groups.clone();
    states.push(groups[0].with_attribute("id", Value::from("many-none")));
    let (requests, read) = cloud.requests(cloud.read_all("aws_iam_group", &states)).await;
    assert_eq!(requests, 1);
    for (state, read) in groups.iter().zip(&read) {
        assert_same("aws_iam_group", "read", state, read.as_ref().expect("it exists"));
    }
    assert!(read[12].is_none());
    for group in &groups {
        cloud.destroy("aws_iam_group", group).await;
    }
}

#[tokio::test]
async fn user_and_memberships() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let user = cloud.create("aws_iam_user", json!({ "name": "user-a", "tags": { "team": "net" } })).await;
    assert_eq!(get(&user, "tags_all"), json!({ "team": "net" }));
    cloud.import("aws_iam_user", "user-a", &user, &["force_destroy"]).await;
    let config = json!({ "name": "user-a", "path": "/x/", "tags": { "team": "sec", "more": "1" } });
    let (action, user) = cloud.apply("aws_iam_user", &user, config).await;
    assert_eq!(action, Action::Update);
    assert_eq!(text(&user, "arn"), "arn:aws:iam::123456789012:user/x/user-a");

    let mut groups = Vec::new();
    for name in ["member-a", "member-b", "member-c"] {
        groups.push(cloud.create("aws_iam_group", json!({ "name": name })).await);
    }
    let kind = "aws_iam_user_group_membership";
    let membership =
        cloud.create(kind, json!({ "user": "user-a", "groups": ["member-a", "member-b"] })).await;
    cloud.import(kind, "user-a/member-a/member-b", &membership, &["id"]).await;
    let other = cloud.create(kind, json!({ "user": "user-a", "groups": ["member-c"] })).await;
    let config = json!({ "user": "user-a", "groups": ["member-b"] });
    let (action, membership) = cloud.apply(kind, &membership, config).await;
    assert_eq!((action, get(&membership, "groups")), (Action::Update, json!(["member-b"])));
    assert_eq!(cloud.read(kind, &other).await.as_ref(), Some(&other));
    // The user leaves its other groups when it goes.
    cloud.destroy("aws_iam_user", &user).await;
    assert_eq!(cloud.read(kind, &membership).await, None);
    for group in &groups {
        cloud.destroy("aws_iam_group", group).await;
    }
}

#[tokio::test]
async fn policy_versions_rotate() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let config = |action: &str| json!({ "name": "policy-a", "description": "d", "policy": policy(action) });
    let mut state = cloud.create("aws_iam_policy", config("s3:Get0")).await;
    assert_eq!(text(&state, "arn"), "arn:aws:iam::123456789012:policy/policy-a");
    cloud.import("aws_iam_policy", &text(&state, "arn"), &state, &[]).await;
    for i in 1..8 {
        let (action, next) = cloud.apply("aws_iam_policy", &state, config(&format!("s3:Get{i}"))).await;
        assert_eq!(action, Action::Update);
        state = next;
    }
    // The same meaning is no change, and stays as it was written.
    let other = policy("S3:get7").replace(r#""Resource":"*""#, r#""Resource": ["*"]"#);
    let same = json!({ "name": "policy-a", "description": "d", "policy": other });
    let (action, state) = cloud.apply("aws_iam_policy", &state, same).await;
    assert_eq!((action, text(&state, "policy")), (Action::Nothing, policy("s3:Get7")));
    let tagged =
        json!({ "name": "policy-a", "description": "d", "policy": policy("s3:Get7"), "tags": { "a": "1" } });
    let (action, state) = cloud.apply("aws_iam_policy", &state, tagged).await;
    assert_eq!((action, get(&state, "tags_all")), (Action::Update, json!({ "a": "1" })));
    let renamed = json!({ "name_prefix": "policy-", "policy": policy("s3:Get7") });
    let (action, state) = cloud.apply("aws_iam_policy", &state, renamed).await;
    assert_eq!((action, text(&state, "name_prefix")), (Action::Replace, "policy-".into()));
    cloud.destroy("aws_iam_policy", &state).await;
}

#[tokio::test]
async fn group_policies() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let group = cloud.create("aws_iam_group", json!({ "name": "holder" })).await;
    let managed = cloud.create("aws_iam_policy", json!({ "name": "held", "policy": policy("s3:*") })).await;
    let arn = text(&managed, "arn");
    let kind = "aws_iam_group_policy_attachment";
    let attachment = cloud.create(kind, json!({ "group": "holder", "policy_arn": arn })).await;
    cloud.import(kind, &format!("holder/{arn}"), &attachment, &[]).await;
    let inline =
        cloud.create("aws_iam_group_policy", json!({ "group": "holder", "policy": policy("s3:*") })).await;
    assert!(text(&inline, "name").starts_with("terraform-"));
    let id = text(&inline, "id");
    cloud.import("aws_iam_group_policy", &id, &inline, &[]).await;
    let config = json!({ "group": "holder", "policy": policy("ec2:*") });
    let (action, inline) = cloud.apply("aws_iam_group_policy", &inline, config).await;
    assert_eq!((action, text(&inline, "id")), (Action::Update, id));
    cloud.destroy("aws_iam_group_policy", &inline).await;
    cloud.destroy(kind, &attachment).await;
    cloud.destroy("aws_iam_policy", &managed).await;
    cloud.destroy("aws_iam_group", &group).await;
}

#[tokio::test]
async fn role() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let config =
        json!({ "name": "role-a", "assume_role_policy": trust("ec2.amazonaws.com"), "tags": { "a": "1" } });
    let role = cloud.create("aws_iam_role", config).await;
    assert_eq!(text(&role, "arn"), "arn:aws:iam::123456789012:role/role-a");
    assert_eq!(get(&role, "max_session_duration"), 3600);
    cloud.import("aws_iam_role", "role-a", &role, &["force_detach_policies"]).await;
    let managed =
        cloud.create("aws_iam_policy", json!({ "name": "role-held", "policy": policy("s3:*") })).await;
    let config = json!({
        "name": "role-a", "assume_role_policy": trust("lambda.amazonaws.com"), "description": "d",
        "max_session_duration": 7200, "force_detach_policies": true,
        "managed_policy_arns": [text(&managed, "arn")],
        "inline_policy": [{ "name": "one", "policy": policy("s3:*") }, { "name": "two", "policy": policy("ec2:*") }],
    });
    let (action, role) = cloud.apply("aws_iam_role", &role, config.clone()).await;
    assert_eq!((action, get(&role, "tags")), (Action::Update, Json::Null));
    let mut fewer = config.clone();
    fewer["inline_policy"] = json!([{ "name": "two", "policy": policy("iam:*") }]);
    fewer["managed_policy_arns"] = json!([]);
    let (action, role) = cloud.apply("aws_iam_role", &role, fewer.clone()).await;
    assert_eq!((action, get(&role, "inline_policy")), (Action::Update, fewer["inline_policy"].clone()));
    fewer["inline_policy"] = json!([{}]);
    let (action, role) = cloud.apply("aws_iam_role", &role, fewer).await;
    assert_eq!(action, Action::Update);

    let kind = "aws_iam_role_policy_attachment";
    let attachment =
        cloud.create(kind, json!({ "role": "role-a", "policy_arn": text(&managed, "arn") })).await;
    cloud.import(kind, &format!("role-a/{}", text(&managed, "arn")), &attachment, &[]).await;
    cloud.destroy(kind, &attachment).await;
    let config = json!({ "role": "role-a", "name": "own", "policy": policy("s3:*") });
    let inline = cloud.create("aws_iam_role_policy", config).await;
    cloud.import("aws_iam_role_policy", "role-a:own", &inline, &[]).await;
    cloud.destroy("aws_iam_role_policy", &inline).await;
    cloud.destroy("aws_iam_role", &role).await;
    cloud.destroy("aws_iam_policy", &managed).await;
}

/// One object is read by itself, many from listings; both must say the same.
#[tokio::test]
async fn listings_say_what_single_reads_say() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let managed = cloud
        .create("aws_iam_policy", json!({ "name": "listed", "policy": policy("s3:*"), "tags": { "a": "1" } }))
        .await;
    let mut made = vec![("aws_iam_policy", managed.clone())];
    for i in 0..5 {
        let name = format!("listed-{i}");
        let role = json!({ "name": name, "assume_role_policy": trust("ec2.amazonaws.com"), "description": "d", "tags": { "n": "1" } });
        let all = [
            ("aws_iam_group", json!({ "name": name })),
            ("aws_iam_user", json!({ "name": name, "tags": { "n": "1" } })),
            ("aws_iam_role", role),
            ("aws_iam_policy", json!({ "name": name, "policy": policy("s3:*"), "tags": { "n": "1" } })),
            ("aws_iam_user_group_membership", json!({ "user": name, "groups": [name] })),
            (
                "aws_iam_group_policy_attachment",
                json!({ "group": name, "policy_arn": text(&managed, "arn") }),
            ),
            ("aws_iam_role_policy_attachment", json!({ "role": name, "policy_arn": text(&managed, "arn") })),
            ("aws_iam_group_policy", json!({ "group": name, "name": "in", "policy": policy("s3:*") })),
            ("aws_iam_role_policy", json!({ "role": name, "name": "in", "policy": policy("s3:*") })),
        ];
        for (kind, config) in all {
            made.push((kind, cloud.create(kind, config).await));
        }
    }
    for kind in [
        "aws_iam_group",
        "aws_iam_user",
        "aws_iam_role",
        "aws_iam_policy",
        "aws_iam_user_group_membership",
        "aws_iam_group_policy_attachment",
        "aws_iam_role_policy_attachment",
        "aws_iam_group_policy",
        "aws_iam_role_policy",
    ] {
        let states: Vec<Value> = made.iter().filter(|(k, _)| *k == kind).map(|(_, s)| s.clone()).collect();
        let (requests, many) = cloud.requests(cloud.read_all(kind, &states)).await;
        assert!(requests <= states.len() as u64 + 1, "{kind} took {requests} requests");
        for (state, read) in states.iter().zip(many) {
            let one = cloud.read(kind, state).await.expect("it exists");
            assert_same(kind, "listed", &one, &read.expect("it is listed"));
        }
    }
    // A membership lasts as long as its user: without groups it is still there.
    let ends = |kind: &str| kind != "aws_iam_user_group_membership";
    for (kind, state) in made.iter().rev().filter(|(kind, _)| ends(kind)) {
        // What separate resources put into a role is in its state as well since it was read.
        let state = cloud.read(kind, state).await.expect("it exists");
        cloud.destroy(kind, &state).await;
    }
}

/// A create that is repeated after a crash takes over what the first attempt made, and nothing
/// else.
#[tokio::test]
async fn a_repeated_create_takes_over_its_own_work_only() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    for (kind, config, other) in [
        ("aws_iam_group", json!({ "name": "again" }), json!({ "name": "again", "path": "/x/" })),
        ("aws_iam_user", json!({ "name": "again", "tags": { "a": "1" } }), json!({ "name": "again" })),
        (
            "aws_iam_role",
            json!({ "name": "again", "assume_role_policy": trust("ec2.amazonaws.com") }),
            json!({ "name": "again", "assume_role_policy": trust("lambda.amazonaws.com") }),
        ),
        (
            "aws_iam_policy",
            json!({ "name": "again", "policy": policy("s3:*") }),
            json!({ "name": "again", "policy": policy("ec2:*") }),
        ),
    ] {
        let config = cloud.config(kind, &config);
        let (_, planned) = cloud.plan(kind, &Value::NULL, &config).await;
        let token = cloud.token();
        let first = cloud.change(kind, &Value::NULL, &planned, &config, token.clone(), false).await;
        let again = cloud.change(kind, &Value::NULL, &planned, &config, token.clone(), true).await;
        assert_same(kind, "created again", &first, &again);
        let other = cloud.config(kind, &other);
        let (_, planned) = cloud.plan(kind, &Value::NULL, &other).await;
        let refused = cloud.refused(kind, &planned, &other, token).await;
        assert_eq!(refused.as_deref(), Some("EntityAlreadyExists"), "{kind}");
        cloud.destroy(kind, &first).await;
    }
}

#[tokio::test]
async fn policies_are_found_by_arn_and_name() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let config =
        json!({ "name": "find-me", "path": "/found/", "policy": policy("s3:*"), "tags": { "a": "1" } });
    let made = cloud.create("aws_iam_policy", config).await;
    for config in [
        json!({ "arn": text(&made, "arn") }),
        json!({ "name": "find-me" }),
        json!({ "name": "find-me", "path_prefix": "/found/", "tags": { "a": "1" } }),
    ] {
        let found = cloud.read_data("aws_iam_policy", config).await.expect("it is found");
        assert_eq!(text(&found, "arn"), text(&made, "arn"));
        assert_eq!((get(&found, "tags"), text(&found, "path")), (json!({ "a": "1" }), "/found/".into()));
    }
    for config in [json!({ "name": "find-nobody" }), json!({ "name": "find-me", "tags": { "a": "2" } })] {
        assert!(cloud.read_data("aws_iam_policy", config).await.is_err());
    }
    cloud.destroy("aws_iam_policy", &made).await;
}
