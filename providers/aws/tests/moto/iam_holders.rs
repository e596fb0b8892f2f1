//! Policies of users, groups and roles, one by one and all of a holder.

use crate::cloud::{Action, Cloud, assert_same, get, text};
use crate::iam::{policy, trust};
use serde_json::{Value as Json, json};
use terrane_value::Value;

/// A managed policy, and its ARN.
async fn managed(cloud: &Cloud, name: &str) -> (Value, String) {
    let made = cloud.create("aws_iam_policy", json!({ "name": name, "policy": policy("s3:*") })).await;
    let arn = text(&made, "arn");
    (made, arn)
}

#[tokio::test]
async fn user_policies() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let user = cloud.create("aws_iam_user", json!({ "name": "writer" })).await;
    let (managed, arn) = managed(&cloud, "writer-managed").await;
    let kind = "aws_iam_user_policy_attachment";
    let attachment = cloud.create_twice(kind, json!({ "user": "writer", "policy_arn": arn })).await;
    cloud.import(kind, &format!("writer/{arn}"), &attachment, &[]).await;
    let kind = "aws_iam_user_policy";
    let config = |action: &str| json!({ "user": "writer", "name_prefix": "own-", "policy": policy(action) });
    let own = cloud.create_twice(kind, config("s3:*")).await;
    assert!(text(&own, "id").starts_with("writer:own-"));
    cloud.import(kind, &text(&own, "id"), &own, &[]).await;
    let (action, own) = cloud.apply(kind, &own, config("ec2:*")).await;
    assert_eq!((action, text(&own, "policy")), (Action::Update, policy("ec2:*")));
    let named = json!({ "user": "writer", "name": "named", "policy": policy("ec2:*") });
    let (action, own) = cloud.apply(kind, &own, named).await;
    assert_eq!((action, text(&own, "id")), (Action::Replace, "writer:named".into()));
    cloud.destroy(kind, &own).await;
    cloud.destroy("aws_iam_user_policy_attachment", &attachment).await;
    cloud.destroy("aws_iam_user", &user).await;
    cloud.destroy("aws_iam_policy", &managed).await;
}

#[tokio::test]
async fn what_is_in_the_way_of_a_deletion_is_named() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let config = json!({ "name": "held", "assume_role_policy": trust("ec2.amazonaws.com") });
    let role = cloud.create("aws_iam_role", config).await;
    let (managed, arn) = managed(&cloud, "held-managed").await;
    let kind = "aws_iam_role_policy_attachment";
    let attachment = cloud.create(kind, json!({ "role": "held", "policy_arn": arn })).await;
    let why = cloud.refused_deletion("aws_iam_role", &role).await;
    assert!(why.contains(&format!("In the way: the attached policy {arn}.")), "{why}");
    cloud.destroy(kind, &attachment).await;
    cloud.destroy("aws_iam_role", &role).await;
    cloud.destroy("aws_iam_policy", &managed).await;
}

/// A holder of each kind: its type, the attribute that names it in its policies, and its configuration.
fn holders(name: &str) -> [(&'static str, Json); 3] {
    let role = json!({ "name": name, "assume_role_policy": trust("ec2.amazonaws.com") });
    [("group", json!({ "name": name })), ("role", role), ("user", json!({ "name": name }))]
}

#[tokio::test]
async fn exclusive_policies() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let (first, first_arn) = managed(&cloud, "exclusive-1").await;
    let (second, second_arn) = managed(&cloud, "exclusive-2").await;
    for (kind, config) in holders("exclusive") {
        let holder = cloud.create(&format!("aws_iam_{kind}"), config).await;
        let inline = format!("aws_iam_{kind}_policy");
        let mut own = Vec::new();
        for name in ["one", "two"] {
            own.push(
                cloud
                    .create(&inline, json!({ kind: "exclusive", "name": name, "policy": policy("s3:*") }))
                    .await,
            );
        }
        let named = format!("{kind}_name");
        let only = format!("aws_iam_{kind}_policies_exclusive");
        let state =
            cloud.create(&only, json!({ named.as_str(): "exclusive", "policy_names": ["one", "two"] })).await;
        cloud.import(&only, "exclusive", &state, &[]).await;
        let (action, state) =
            cloud.apply(&only, &state, json!({ named.as_str(): "exclusive", "policy_names": ["two"] })).await;
        assert_eq!(action, Action::Update);
        assert!(cloud.read(&inline, &own[0]).await.is_none());
        let (_, state) =
            cloud.apply(&only, &state, json!({ named.as_str(): "exclusive", "policy_names": [] })).await;
        assert!(cloud.read(&inline, &own[1]).await.is_none());

        let attachments = format!("aws_iam_{kind}_policy_attachments_exclusive");
        let config = |arns: &[&String]| json!({ named.as_str(): "exclusive", "policy_arns": arns });
        let attached = cloud.create(&attachments, config(&[&first_arn])).await;
        cloud.import(&attachments, "exclusive", &attached, &[]).await;
        let (action, attached) = cloud.apply(&attachments, &attached, config(&[&second_arn])).await;
        assert_eq!((action, get(&attached, "policy_arns")), (Action::Update, json!([second_arn])));
        let (_, attached) = cloud.apply(&attachments, &attached, config(&[])).await;

        // The resources end together with their holder, and leave it alone when they end first.
        let null = Value::null(state.ty());
        cloud.change(&only, &state, &null, &Value::NULL, cloud.token(), false).await;
        assert!(cloud.read(&only, &state).await.is_some());
        cloud.destroy(&format!("aws_iam_{kind}"), &holder).await;
        assert!(cloud.read(&only, &state).await.is_none());
        assert!(cloud.read(&attachments, &attached).await.is_none());
    }
    cloud.destroy("aws_iam_policy", &first).await;
    cloud.destroy("aws_iam_policy", &second).await;
}

#[tokio::test]
async fn many_exclusive_ones_are_read_from_a_listing() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let (managed, arn) = managed(&cloud, "exclusive-listed").await;
    let mut states = Vec::new();
    for i in 0..5 {
        let name = format!("exclusive-listed-{i}");
        let user = cloud.create("aws_iam_user", json!({ "name": name })).await;
        let own = json!({ "user": name, "name": "own", "policy": policy("s3:*") });
        let own = cloud.create("aws_iam_user_policy", own).await;
        let attachment =
            cloud.create("aws_iam_user_policy_attachment", json!({ "user": name, "policy_arn": arn })).await;
        let inline = json!({ "user_name": name, "policy_names": ["own"] });
        let inline = cloud.create("aws_iam_user_policies_exclusive", inline).await;
        let attached = json!({ "user_name": name, "policy_arns": [arn] });
        let attached = cloud.create("aws_iam_user_policy_attachments_exclusive", attached).await;
        states.push([user, own, attachment, inline, attached]);
    }
    let kinds = [
        "aws_iam_user",
        "aws_iam_user_policy",
        "aws_iam_user_policy_attachment",
        "aws_iam_user_policies_exclusive",
        "aws_iam_user_policy_attachments_exclusive",
    ];
    for (i, kind) in kinds.into_iter().enumerate() {
        let of_kind: Vec<Value> = states.iter().map(|all| all[i].clone()).collect();
        let (requests, read) = cloud.requests(cloud.read_all(kind, &of_kind)).await;
        assert_eq!(requests, 1, "{kind}");
        for (state, read) in of_kind.iter().zip(read) {
            assert_same(kind, "listed", state, &read.expect("it is listed"));
        }
    }
    for [user, own, attachment, ..] in &states {
        cloud.destroy("aws_iam_user_policy", own).await;
        cloud.destroy("aws_iam_user_policy_attachment", attachment).await;
        cloud.destroy("aws_iam_user", user).await;
    }
    cloud.destroy("aws_iam_policy", &managed).await;
}

#[tokio::test]
async fn a_policy_with_all_that_have_it() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let (managed, arn) = managed(&cloud, "everywhere").await;
    let mut made = Vec::new();
    for name in ["everywhere-1", "everywhere-2"] {
        for (kind, config) in holders(name) {
            let kind = format!("aws_iam_{kind}");
            let holder = cloud.create(&kind, config).await;
            made.push((kind, holder));
        }
    }
    let kind = "aws_iam_policy_attachment";
    let config = json!({ "name": "all", "policy_arn": arn, "users": ["everywhere-1"],
        "groups": ["everywhere-1", "everywhere-2"], "roles": ["everywhere-2"] });
    let state = cloud.create_twice(kind, config).await;
    assert_eq!(text(&state, "id"), "all");
    let config =
        json!({ "name": "all", "policy_arn": arn, "users": ["everywhere-2"], "groups": ["everywhere-1"] });
    let (action, state) = cloud.apply(kind, &state, config).await;
    assert_eq!((action, get(&state, "roles")), (Action::Update, Json::Null));
    assert_eq!(
        cloud.problems(kind, &json!({ "name": "none", "policy_arn": arn })),
        ["Missing required argument"]
    );
    // What has been detached is still there as far as the resource goes, for nobody.
    let null = Value::null(state.ty());
    cloud.change(kind, &state, &null, &Value::NULL, cloud.token(), false).await;
    let left = cloud.read(kind, &state).await.expect("the policy is there");
    assert_eq!((get(&left, "users"), get(&left, "groups")), (json!([]), json!([])));
    cloud.destroy("aws_iam_policy", &managed).await;
    for (kind, holder) in &made {
        cloud.destroy(kind, holder).await;
    }
}

#[tokio::test]
async fn group_members() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let mut made = Vec::new();
    for i in 0..5 {
        let name = format!("together-{i}");
        made.push(("aws_iam_group", cloud.create("aws_iam_group", json!({ "name": name })).await));
        made.push(("aws_iam_user", cloud.create("aws_iam_user", json!({ "name": name })).await));
    }
    let kind = "aws_iam_group_membership";
    let config = |i: usize, users: &[&str]| json!({ "name": format!("m{i}"), "group": format!("together-{i}"), "users": users });
    let mut states = Vec::new();
    for i in 0..5 {
        states.push(cloud.create_twice(kind, config(i, &["together-0", &format!("together-{i}")])).await);
    }
    let (requests, read) = cloud.requests(cloud.read_all(kind, &states)).await;
    assert_eq!(requests, 2);
    for (state, read) in states.iter().zip(read) {
        assert_same(kind, "listed", state, &read.expect("it is listed"));
    }
    let (action, state) = cloud.apply(kind, &states[1], config(1, &["together-3"])).await;
    assert_eq!((action, get(&state, "users")), (Action::Update, json!(["together-3"])));
    for state in &states {
        let null = Value::null(state.ty());
        cloud.change(kind, state, &null, &Value::NULL, cloud.token(), false).await;
    }
    let null = Value::null(state.ty());
    cloud.change(kind, &state, &null, &Value::NULL, cloud.token(), false).await;
    assert_eq!(get(&cloud.read(kind, &state).await.expect("the group is there"), "users"), json!([]));
    for (kind, state) in &made {
        cloud.destroy(kind, state).await;
    }
    assert!(cloud.read(kind, &state).await.is_none());
}
