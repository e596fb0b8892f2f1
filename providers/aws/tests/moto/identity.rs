//! Who is who: instance profiles, identity providers, service-linked roles, and the account's own
//! settings.

use crate::cloud::{Action, Cloud, assert_same, get, text};
use crate::iam::trust;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn instance_profile() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let mut roles = Vec::new();
    for name in ["carried-a", "carried-b"] {
        let config = json!({ "name": name, "assume_role_policy": trust("ec2.amazonaws.com") });
        roles.push(cloud.create("aws_iam_role", config).await);
    }
    let kind = "aws_iam_instance_profile";
    let config = json!({ "name": "carrier", "path": "/x/", "role": "carried-a", "tags": { "a": "1" } });
    let state = cloud.create_twice(kind, config).await;
    assert_eq!(text(&state, "arn"), "arn:aws:iam::123456789012:instance-profile/x/carrier");
    assert_eq!((text(&state, "id"), get(&state, "tags_all")), ("carrier".into(), json!({ "a": "1" })));
    cloud.import(kind, "carrier", &state, &[]).await;
    let config = json!({ "name": "carrier", "path": "/x/", "role": "carried-b", "tags": { "b": "2" } });
    let (action, state) = cloud.apply(kind, &state, config).await;
    assert_eq!((action, text(&state, "role")), (Action::Update, "carried-b".into()));
    let found = cloud.read_data(kind, json!({ "name": "carrier" })).await.expect("it is found");
    assert_eq!((text(&found, "role_name"), text(&found, "path")), ("carried-b".into(), "/x/".into()));
    assert_eq!(text(&found, "role_arn"), text(&roles[1], "arn"));
    let of_role = cloud.read_data("aws_iam_instance_profiles", json!({ "role_name": "carried-b" })).await;
    assert_eq!(get(&of_role.expect("it is found"), "names"), json!(["carrier"]));
    let (action, state) = cloud.apply(kind, &state, json!({ "name": "carrier", "path": "/x/" })).await;
    assert_eq!((action, get(&state, "role")), (Action::Update, Json::Null));
    let (action, state) =
        cloud.apply(kind, &state, json!({ "name_prefix": "carrier-", "role": "carried-a" })).await;
    assert_eq!((action, text(&state, "path")), (Action::Replace, "/".into()));
    cloud.destroy(kind, &state).await;
    for role in &roles {
        cloud.destroy("aws_iam_role", role).await;
    }
}

#[tokio::test]
async fn openid_connect_provider() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let kind = "aws_iam_openid_connect_provider";
    let prints = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280", "990f4193972f2becf12ddeda5237f9c952f20d9e"];
    let config = |clients: &[&str], print: &str, tag: &str| {
        json!({ "url": "https://oidc.example.com/id/1", "client_id_list": clients,
            "thumbprint_list": [print], "tags": { "a": tag } })
    };
    let state = cloud.create_twice(kind, config(&["one"], prints[0], "1")).await;
    let arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/1";
    assert_eq!(
        (text(&state, "arn"), text(&state, "url")),
        (arn.into(), "https://oidc.example.com/id/1".into())
    );
    cloud.import(kind, arn, &state, &["url"]).await;
    let (action, state) = cloud.apply(kind, &state, config(&["one"], prints[1], "2")).await;
    assert_eq!((action, get(&state, "thumbprint_list")), (Action::Update, json!([prints[1]])));
    for wanted in [json!({ "arn": arn }), json!({ "url": "https://oidc.example.com/id/1" })] {
        let found = cloud.read_data(kind, wanted).await.expect("it is found");
        assert_eq!((text(&found, "arn"), get(&found, "tags")), (arn.into(), json!({ "a": "2" })));
        assert_eq!(get(&found, "client_id_list"), json!(["one"]));
    }
    assert!(cloud.read_data(kind, json!({ "url": "https://example.com/id/1" })).await.is_err());
    cloud.destroy(kind, &state).await;
    for url in ["oidc.example.com", "https://", "https://example.com/?a"] {
        let problems = cloud.problems(kind, &json!({ "url": url, "client_id_list": ["one"] }));
        assert_eq!(problems.len(), 1, "{url}");
    }
}

fn metadata(name: &str) -> String {
    let filling = "A".repeat(1000);
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{name}\">{filling}</EntityDescriptor>"
    )
}

#[tokio::test]
async fn saml_provider() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let kind = "aws_iam_saml_provider";
    let config = |name: &str| json!({ "name": "people", "saml_metadata_document": metadata(name) });
    let state = cloud.create_twice(kind, config("one")).await;
    let arn = "arn:aws:iam::123456789012:saml-provider/people";
    assert_eq!((text(&state, "arn"), text(&state, "id")), (arn.into(), arn.into()));
    cloud.import(kind, arn, &state, &[]).await;
    let (action, state) = cloud.apply(kind, &state, config("two")).await;
    assert_eq!((action, text(&state, "saml_metadata_document")), (Action::Update, metadata("two")));
    let found = cloud.read_data(kind, json!({ "arn": arn })).await.expect("it is found");
    assert_eq!(
        (text(&found, "name"), text(&found, "saml_metadata_document")),
        ("people".into(), metadata("two"))
    );
    cloud.destroy(kind, &state).await;
}

#[tokio::test]
async fn service_linked_roles() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let kind = "aws_iam_service_linked_role";
    let config = |description: &str, tags: Json| {
        json!({ "aws_service_name": "autoscaling.amazonaws.com", "custom_suffix": "mine",
            "description": description, "tags": tags })
    };
    let state = cloud.create(kind, config("d", json!({ "a": "1" }))).await;
    assert_eq!(text(&state, "name"), "AWSServiceRoleForAutoScaling_mine");
    assert_eq!(text(&state, "path"), "/aws-service-role/autoscaling.amazonaws.com/");
    cloud.import(kind, &text(&state, "arn"), &state, &[]).await;
    let (action, state) = cloud.apply(kind, &state, config("e", json!({ "b": "2" }))).await;
    assert_eq!((action, get(&state, "tags")), (Action::Update, json!({ "b": "2" })));
    let (action, state) = cloud.apply(kind, &state, config("", json!({}))).await;
    assert_eq!(action, Action::Update);
    let mut states = vec![state];
    for service in ["ecs", "elasticbeanstalk", "replication.dynamodb"] {
        states.push(
            cloud.create(kind, json!({ "aws_service_name": format!("{service}.amazonaws.com") })).await,
        );
    }
    let (requests, read) = cloud.requests(cloud.read_all(kind, &states)).await;
    assert_eq!(requests, 2);
    for (state, read) in states.iter().zip(read) {
        assert_same(kind, "listed", state, &read.expect("it is listed"));
        cloud.destroy(kind, state).await;
    }
}

#[tokio::test]
async fn account_settings() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let kind = "aws_iam_account_alias";
    let alias = cloud.create_twice(kind, json!({ "account_alias": "terrane-test" })).await;
    cloud.import(kind, "terrane-test", &alias, &[]).await;
    let found = cloud.read_data(kind, json!({})).await.expect("it is found");
    assert_eq!(text(&found, "account_alias"), "terrane-test");
    let (action, alias) = cloud.apply(kind, &alias, json!({ "account_alias": "terrane-other" })).await;
    assert_eq!((action, text(&alias, "id")), (Action::Replace, "terrane-other".into()));
    cloud.destroy(kind, &alias).await;
    assert!(cloud.read_data(kind, json!({})).await.is_err());

    let kind = "aws_iam_account_password_policy";
    let state = cloud.create_twice(kind, json!({})).await;
    assert_eq!(
        (get(&state, "minimum_password_length"), get(&state, "expire_passwords")),
        (json!(6), json!(false))
    );
    cloud.import(kind, "iam-account-password-policy", &state, &[]).await;
    let config = json!({ "minimum_password_length": 12, "max_password_age": 90, "password_reuse_prevention": 3,
        "require_symbols": true, "require_numbers": true, "require_lowercase_characters": true,
        "require_uppercase_characters": true, "allow_users_to_change_password": false, "hard_expiry": true });
    let (action, state) = cloud.apply(kind, &state, config).await;
    assert_eq!((action, get(&state, "expire_passwords")), (Action::Update, json!(true)));
    let (action, state) =
        cloud.apply(kind, &state, json!({ "max_password_age": 0, "require_symbols": false })).await;
    assert_eq!((action, get(&state, "expire_passwords")), (Action::Update, json!(false)));
    assert_eq!(get(&state, "password_reuse_prevention"), json!(3));
    cloud.destroy(kind, &state).await;
}

#[tokio::test]
async fn data_about_people_and_roles() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let user = cloud
        .create("aws_iam_user", json!({ "name": "sought", "path": "/sought/", "tags": { "a": "1" } }))
        .await;
    let group = cloud.create("aws_iam_group", json!({ "name": "sought" })).await;
    cloud.create("aws_iam_user_group_membership", json!({ "user": "sought", "groups": ["sought"] })).await;
    let config = json!({ "name": "sought", "path": "/sought/", "assume_role_policy": trust("ec2.amazonaws.com"),
        "description": "d", "tags": { "a": "1" } });
    let role = cloud.create("aws_iam_role", config).await;

    let found = cloud.read_data("aws_iam_user", json!({ "user_name": "sought" })).await.expect("it is found");
    assert_eq!((text(&found, "arn"), get(&found, "tags")), (text(&user, "arn"), json!({ "a": "1" })));
    let found =
        cloud.read_data("aws_iam_group", json!({ "group_name": "sought" })).await.expect("it is found");
    assert_eq!(text(&found, "arn"), text(&group, "arn"));
    let member_of = &get(&found, "users")[0];
    assert_eq!((&member_of["user_name"], &member_of["path"]), (&json!("sought"), &json!("/sought/")));
    let found = cloud.read_data("aws_iam_role", json!({ "name": "sought" })).await.expect("it is found");
    assert_eq!((text(&found, "arn"), text(&found, "description")), (text(&role, "arn"), "d".into()));
    assert_eq!(
        (get(&found, "tags"), get(&found, "max_session_duration")),
        (json!({ "a": "1" }), json!(3600))
    );
    assert_eq!(text(&found, "assume_role_policy"), text(&role, "assume_role_policy"));
    for kind in ["aws_iam_users", "aws_iam_roles"] {
        for (config, names) in [
            (json!({ "path_prefix": "/sought/" }), json!(["sought"])),
            (json!({ "name_regex": "^sou.ht$" }), json!(["sought"])),
            (json!({ "name_regex": "^ought$" }), json!([])),
        ] {
            let found = cloud.read_data(kind, config).await.expect("it is found");
            assert_eq!(get(&found, "names"), names);
        }
    }
    let session = json!({ "arn": "arn:aws:sts::123456789012:assumed-role/sought/me" });
    let found = cloud.read_data("aws_iam_session_context", session).await.expect("it is found");
    assert_eq!((text(&found, "issuer_arn"), text(&found, "session_name")), (text(&role, "arn"), "me".into()));
    let itself = json!({ "arn": text(&user, "arn") });
    let found = cloud.read_data("aws_iam_session_context", itself).await.expect("it is found");
    assert_eq!(
        (text(&found, "issuer_arn"), text(&found, "issuer_name")),
        (text(&user, "arn"), String::new())
    );
    for (kind, config) in [
        ("aws_iam_user", json!({ "user_name": "nobody" })),
        ("aws_iam_group", json!({ "group_name": "nobody" })),
        ("aws_iam_role", json!({ "name": "nobody" })),
        ("aws_iam_session_context", json!({ "arn": "arn:aws:sts::123456789012:assumed-role/nobody/me" })),
    ] {
        let problem = cloud.read_data(kind, config).await.expect_err("nobody is called so");
        let summaries: Vec<String> = problem.iter().map(|d| d.summary.to_string()).collect();
        assert!(summaries[0].starts_with("No IAM "), "{summaries:?}");
    }
    for (kind, state) in [("aws_iam_role", &role), ("aws_iam_user", &user), ("aws_iam_group", &group)] {
        cloud.destroy(kind, state).await;
    }
}
