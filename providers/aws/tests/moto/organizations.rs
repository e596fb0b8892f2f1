//! Organizations, against the stub: moto makes accounts at once and lets pass what AWS refuses.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

const ORGANIZATION: &str = "aws_organizations_organization";
const UNIT: &str = "aws_organizations_organizational_unit";
const ACCOUNT: &str = "aws_organizations_account";
const POLICY: &str = "aws_organizations_policy";
const ATTACHMENT: &str = "aws_organizations_policy_attachment";
const ADMINISTRATOR: &str = "aws_organizations_delegated_administrator";
const RESOURCE_POLICY: &str = "aws_organizations_resource_policy";

/// The cloud with an organization of its own, and the id of its root.
async fn organization(account: &str, config: Json) -> Option<(Cloud, Value, String)> {
    let cloud = Cloud::open_account("us-east-1", account).await?;
    let organization = cloud.create_twice(ORGANIZATION, config).await;
    let root = get(&organization, "roots")[0]["id"].as_str().unwrap().to_owned();
    Some((cloud, organization, root))
}

#[tokio::test]
async fn an_organization_and_its_settings() {
    let Some((cloud, organization, root)) = organization("444400000001", json!({})).await else { return };
    assert_eq!(get(&organization, "feature_set"), json!("ALL"));
    assert_eq!(get(&organization, "master_account_id"), json!("444400000001"));
    cloud.import(ORGANIZATION, &text(&organization, "id"), &organization, &[]).await;
    let both = json!({
        "enabled_policy_types": ["TAG_POLICY", "SERVICE_CONTROL_POLICY"],
        "aws_service_access_principals": ["cloudtrail.amazonaws.com", "guardduty.amazonaws.com"],
    });
    let (action, organization) = cloud.apply(ORGANIZATION, &organization, both).await;
    assert_eq!(action, Action::Update);
    assert_eq!(
        get(&organization, "roots")[0]["policy_types"],
        json!([
            {"status": "ENABLED", "type": "SERVICE_CONTROL_POLICY"},
            {"status": "ENABLED", "type": "TAG_POLICY"},
        ])
    );
    // What refers to the root's id stays planned while its kinds of policies change.
    let config = json!({"enabled_policy_types": ["TAG_POLICY"]});
    let (_, planned) = cloud.plan(ORGANIZATION, &organization, &cloud.config(ORGANIZATION, &config)).await;
    let planned_root = planned.attribute("roots").unwrap().as_slice().unwrap()[0].clone();
    assert_eq!(planned_root.attribute("id").unwrap().as_str(), Some(root.as_str()));
    assert!(!planned_root.attribute("policy_types").unwrap().is_known());
    let (action, organization) = cloud.apply(ORGANIZATION, &organization, config).await;
    assert_eq!(action, Action::Update);
    let config = json!({"enabled_policy_types": ["TAG_POLICY"], "feature_set": "CONSOLIDATED_BILLING"});
    assert_eq!(cloud.problems(ORGANIZATION, &config), ["enabled_policy_types needs all features"]);

    let data = cloud.read_data(ORGANIZATION, json!({})).await.unwrap();
    for name in ["id", "arn", "master_account_email", "roots", "accounts", "enabled_policy_types"] {
        assert_eq!(get(&data, name), get(&organization, name), "{name}");
    }
    let only = cloud.read_data(ORGANIZATION, json!({"return_organization_only": true})).await.unwrap();
    assert_eq!((get(&only, "id"), get(&only, "accounts")), (get(&organization, "id"), json!([])));
    let (action, organization) = cloud.apply(ORGANIZATION, &organization, json!({})).await;
    assert_eq!((action, get(&organization, "roots")[0]["policy_types"].clone()), (Action::Update, json!([])));
    cloud.destroy(ORGANIZATION, &organization).await;
}

#[tokio::test]
async fn units_and_accounts() {
    let Some((cloud, _, root)) = organization("444400000002", json!({})).await else { return };
    let config = json!({"name": "workloads", "parent_id": root, "tags": {"a": "1"}});
    let unit = cloud.create_twice(UNIT, config).await;
    let unit_id = text(&unit, "id");
    cloud.import(UNIT, &unit_id, &unit, &[]).await;
    let below = cloud.create(UNIT, json!({"name": "production", "parent_id": unit_id})).await;
    let below_id = text(&below, "id");
    let (action, unit) =
        cloud.apply(UNIT, &unit, json!({"name": "services", "parent_id": root, "tags": {"b": "2"}})).await;
    assert_eq!((action, get(&unit, "tags")), (Action::Update, json!({"b": "2"})));

    let config = json!({
        "name": "shop", "email": "shop@example.com", "parent_id": below_id, "role_name": "admin",
        "iam_user_access_to_billing": "DENY", "tags": {"a": "1"},
    });
    let account = cloud.create_twice(ACCOUNT, config.clone()).await;
    assert_eq!((text(&account, "state"), text(&account, "status")), ("ACTIVE".into(), "ACTIVE".into()));
    let id = text(&account, "id");
    cloud.import(ACCOUNT, &format!("{id}_DENY"), &account, &["role_name", "close_on_deletion"]).await;
    let (action, account) = cloud.apply(ACCOUNT, &account, config).await;
    assert_eq!(action, Action::Nothing);
    let moved = json!({
        "name": "shop", "email": "shop@example.com", "parent_id": unit_id, "role_name": "admin",
        "iam_user_access_to_billing": "DENY", "close_on_deletion": true, "tags": {"b": "2"},
    });
    let (action, account) = cloud.apply(ACCOUNT, &account, moved).await;
    assert_eq!((action, text(&account, "parent_id")), (Action::Update, unit_id.clone()));
    let without = json!({"name": "shop", "email": "shop@example.com", "role_name": "admin", "iam_user_access_to_billing": "DENY", "close_on_deletion": true});
    let (action, account) = cloud.apply(ACCOUNT, &account, without).await;
    assert_eq!(
        (action, text(&account, "parent_id")),
        (Action::Update, unit_id.clone()),
        "it stays where it is"
    );

    // Several accounts of one unit are one listing, with a call each for tags.
    let other =
        cloud.create(ACCOUNT, json!({"name": "pay", "email": "pay@example.com", "parent_id": unit_id})).await;
    let third =
        cloud.create(ACCOUNT, json!({"name": "ads", "email": "ads@example.com", "parent_id": unit_id})).await;
    let states = [account.clone(), other.clone(), third.clone()];
    let (requests, read) = cloud.requests(cloud.read_all(ACCOUNT, &states)).await;
    assert_eq!(requests, 4);
    assert_eq!(read.into_iter().flatten().collect::<Vec<_>>(), states);

    let ids = |data: &Value| {
        let accounts = get(data, "accounts");
        let mut ids: Vec<_> =
            accounts.as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let mut three: Vec<_> = states.iter().map(|state| text(state, "id")).collect();
    three.sort();
    let in_unit = json!({"parent_id": unit_id});
    let children = cloud
        .read_data("aws_organizations_organizational_unit_child_accounts", in_unit.clone())
        .await
        .unwrap();
    assert_eq!(ids(&children), three);
    let all = cloud
        .read_data("aws_organizations_organizational_unit_descendant_accounts", json!({"parent_id": root}))
        .await;
    assert_eq!(ids(&all.unwrap()).len(), 4, "with the management account");
    let below_root = json!({"parent_id": root});
    let units = cloud
        .read_data("aws_organizations_organizational_unit_descendant_organizational_units", below_root)
        .await
        .unwrap();
    let units: Vec<_> =
        get(&units, "children").as_array().unwrap().iter().map(|unit| unit["id"].clone()).collect();
    assert_eq!(units, [json!(unit_id), json!(below_id)], "what is in a unit comes after it");
    let tags = cloud.read_data("aws_organizations_resource_tags", json!({"resource_id": unit_id})).await;
    assert_eq!(get(&tags.unwrap(), "tags"), json!({"b": "2"}));
    let units = cloud.read_data("aws_organizations_organizational_units", in_unit).await.unwrap();
    assert_eq!(get(&units, "children")[0]["id"], json!(below_id));
    let named = json!({"parent_id": root, "name": "services"});
    let found = cloud.read_data(UNIT, named).await.unwrap();
    assert_eq!(text(&found, "id"), unit_id);
    assert!(cloud.read_data(UNIT, json!({"parent_id": root, "name": "none"})).await.is_err());

    // The first is closed, the others leave.
    cloud.destroy(ACCOUNT, &account).await;
    cloud.destroy(ACCOUNT, &other).await;
    cloud.destroy(UNIT, &below).await;
    let config = cloud.config(ACCOUNT, &json!({"name": "shop", "email": "shop@example.com"}));
    let (_, planned) = cloud.plan(ACCOUNT, &Value::NULL, &config).await;
    let error = cloud.attempt(ACCOUNT, &planned, &config).await.unwrap_err();
    assert!(error.contains("EMAIL_ALREADY_EXISTS: Another account has this e-mail address."), "{error}");
}

#[tokio::test]
async fn policies_and_administrators() {
    let config = json!({"enabled_policy_types": ["SERVICE_CONTROL_POLICY", "TAG_POLICY"]});
    let Some((cloud, organization, root)) = organization("444400000003", config).await else { return };
    let document = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]})
            .to_string()
    };
    let config = json!({"name": "no-leaving", "content": document("organizations:LeaveOrganization"), "tags": {"a": "1"}});
    let policy = cloud.create_twice(POLICY, config).await;
    let id = text(&policy, "id");
    cloud.import(POLICY, &id, &policy, &[]).await;
    let config = json!({"name": "stay", "description": "d", "content": document("organizations:*")});
    let (action, policy) = cloud.apply(POLICY, &policy, config).await;
    assert_eq!((action, text(&policy, "description")), (Action::Update, "d".into()));
    let same = r#"{"Statement": {"Effect": "Deny", "Resource": ["*"], "Action": ["organizations:*"]}, "Version": "2012-10-17"}"#;
    let (action, policy) =
        cloud.apply(POLICY, &policy, json!({"name": "stay", "description": "d", "content": same})).await;
    assert_eq!(action, Action::Nothing);
    let (action, policy) = cloud.apply(POLICY, &policy, json!({"name": "stay", "content": same})).await;
    assert_eq!(action, Action::Update);
    let tags = json!({"name": "t", "type": "TAG_POLICY", "content": r#"{"tags": {"a": {"tag_key": {"@@assign": "a"}}}}"#});
    let tag_policy = cloud.create(POLICY, tags).await;

    let unit = cloud.create(UNIT, json!({"name": "u", "parent_id": root})).await;
    let account = cloud.create(ACCOUNT, json!({"name": "a", "email": "a@example.com"})).await;
    let account_id = text(&account, "id");
    let mut attachments = Vec::new();
    for target in [&root, &text(&unit, "id"), &account_id] {
        attachments.push(cloud.create_twice(ATTACHMENT, json!({"policy_id": id, "target_id": target})).await);
    }
    cloud.import(ATTACHMENT, &format!("{root}:{id}"), &attachments[0], &[]).await;
    let (requests, read) = cloud.requests(cloud.read_all(ATTACHMENT, &attachments)).await;
    assert_eq!((requests, read.iter().flatten().count()), (1, 3));
    let on_root = json!({"target_id": root, "filter": "SERVICE_CONTROL_POLICY"});
    let found = cloud.read_data("aws_organizations_policies_for_target", on_root).await.unwrap();
    assert!(get(&found, "ids").as_array().unwrap().contains(&json!(id)));
    let of_kind = json!({"filter": "TAG_POLICY"});
    let found = cloud.read_data("aws_organizations_policies", of_kind).await.unwrap();
    assert_eq!(get(&found, "ids"), json!([text(&tag_policy, "id")]));
    let found = cloud.read_data(POLICY, json!({"policy_id": id})).await.unwrap();
    for name in ["arn", "name", "type", "content"] {
        assert_eq!(get(&found, name), get(&policy, name), "{name}");
    }
    assert_eq!(get(&found, "aws_managed"), json!(false));
    let nothing = json!({"policy_id": "p-00000000"});
    assert!(cloud.not_found(POLICY, nothing).await.contains("does not exist"));
    for attachment in &attachments {
        cloud.destroy(ATTACHMENT, attachment).await;
    }
    let kept =
        cloud.create(ATTACHMENT, json!({"policy_id": id, "target_id": root, "skip_destroy": true})).await;
    let null = Value::null(kept.ty());
    cloud.change(ATTACHMENT, &kept, &null, &Value::NULL, cloud.token(), false).await;
    assert!(cloud.read(ATTACHMENT, &kept).await.is_some(), "it was to be left");
    let (_, kept) = cloud.apply(ATTACHMENT, &kept, json!({"policy_id": id, "target_id": root})).await;
    cloud.destroy(ATTACHMENT, &kept).await;
    cloud.destroy(POLICY, &policy).await;
    cloud.destroy(POLICY, &tag_policy).await;

    let config = json!({"account_id": account_id, "service_principal": "guardduty.amazonaws.com"});
    let administrator = cloud.create_twice(ADMINISTRATOR, config).await;
    assert_eq!(text(&administrator, "email"), "a@example.com");
    cloud.import(ADMINISTRATOR, &format!("{account_id}/guardduty.amazonaws.com"), &administrator, &[]).await;
    let data = "aws_organizations_delegated_administrators";
    let found = cloud.read_data(data, json!({"service_principal": "guardduty.amazonaws.com"})).await.unwrap();
    let administrators = get(&found, "delegated_administrators");
    assert_eq!(
        (&administrators[0]["id"], &administrators[0]["email"]),
        (&json!(account_id), &json!("a@example.com"))
    );
    let config = json!({"account_id": account_id});
    let found = cloud.read_data("aws_organizations_delegated_services", config).await.unwrap();
    let service = &get(&found, "delegated_services")[0];
    assert_eq!(service["service_principal"], json!("guardduty.amazonaws.com"));
    assert!(service["delegation_enabled_date"].as_str().is_some_and(|date| date.ends_with('Z')), "{service}");
    cloud.destroy(ADMINISTRATOR, &administrator).await;

    let content = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{account_id}:root")},
        "Action": "organizations:List*", "Resource": "*",
    }]});
    let config = json!({"content": content.to_string(), "tags": {"a": "1"}});
    let own = cloud.create(RESOURCE_POLICY, config).await;
    cloud.import(RESOURCE_POLICY, &text(&own, "id"), &own, &[]).await;
    let other = content.to_string().replace("organizations:List*", "organizations:Describe*");
    let (action, own) =
        cloud.apply(RESOURCE_POLICY, &own, json!({"content": other, "tags": {"b": "2"}})).await;
    assert_eq!((action, get(&own, "tags")), (Action::Update, json!({"b": "2"})));
    cloud.destroy(RESOURCE_POLICY, &own).await;
    cloud.destroy(ACCOUNT, &account).await;
    cloud.destroy(UNIT, &unit).await;
    cloud.destroy(ORGANIZATION, &organization).await;
}

#[tokio::test]
async fn import_ids_are_checked() {
    let Some(cloud) = Cloud::open_account("us-east-1", "444400000004").await else { return };
    for (type_name, id) in [
        (ACCOUNT, "1234"),
        (ACCOUNT, "111111111111_PERHAPS"),
        (ATTACHMENT, "p-12345678"),
        (ADMINISTRATOR, "111111111111"),
    ] {
        assert!(cloud.provider.import(&cloud.client, type_name, id).await.is_err(), "{type_name} {id}");
    }
}
