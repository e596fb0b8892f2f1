//! Keys and parameters.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let config = json!({"description": "one", "tags": {"a": "1"}, "deletion_window_in_days": 7});
    let key = cloud.create_twice("aws_kms_key", config).await;
    let id = text(&key, "key_id");
    let config = json!({
        "description": "two", "enable_key_rotation": true, "is_enabled": false, "tags": {"b": "2"},
        "deletion_window_in_days": 7,
    });
    let (action, key) = cloud.apply("aws_kms_key", &key, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_kms_key", &id, &key, &["deletion_window_in_days"]).await;
    let (action, key) = cloud.apply("aws_kms_key", &key, json!({"description": "two"})).await;
    assert_eq!((action, get(&key, "enable_key_rotation")), (Action::Update, json!(false)));

    let config = json!({"name": "alias/tr-key", "target_key_id": id});
    let alias = cloud.create_twice("aws_kms_alias", config).await;
    assert_eq!(text(&alias, "target_key_arn"), text(&key, "arn"));
    cloud.import("aws_kms_alias", "alias/tr-key", &alias, &[]).await;
    // A key by its ARN is the same key.
    let config = json!({"name": "alias/tr-key", "target_key_id": text(&key, "arn")});
    let (action, alias) = cloud.apply("aws_kms_alias", &alias, config).await;
    assert_eq!(action, Action::Nothing);
    let other = cloud.create("aws_kms_key", json!({})).await;
    let config = json!({"name": "alias/tr-key", "target_key_id": text(&other, "key_id")});
    let (action, alias) = cloud.apply("aws_kms_alias", &alias, config).await;
    assert_eq!(action, Action::Update);

    let config = json!({
        "key_id": id, "grantee_principal": "arn:aws:iam::123456789012:role/reader", "name": "read",
        "operations": ["Decrypt", "DescribeKey"],
        "constraints": [{"encryption_context_equals": {"app": "a"}}],
    });
    let grant = cloud.create("aws_kms_grant", config).await;
    cloud.destroy("aws_kms_grant", &grant).await;

    let found = cloud.read_data("aws_kms_alias", json!({"name": "alias/tr-key"})).await.unwrap();
    assert_eq!(text(&found, "target_key_id"), text(&other, "key_id"));
    let found = cloud.read_data("aws_kms_key", json!({"key_id": "alias/tr-key"})).await.unwrap();
    assert_eq!(text(&found, "arn"), text(&other, "arn"));
    cloud.destroy("aws_kms_alias", &alias).await;
    cloud.destroy("aws_kms_key", &key).await;
    cloud.destroy("aws_kms_key", &other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keys_make_can_be_read() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let config = json!({"customer_master_key_spec": "ECC_NIST_P256", "key_usage": "SIGN_VERIFY"});
    let signer = cloud.create("aws_kms_key", config).await;
    let found =
        cloud.read_data("aws_kms_public_key", json!({"key_id": text(&signer, "key_id")})).await.unwrap();
    // Moto answers with the id, AWS with the ARN.
    assert!(text(&signer, "arn").ends_with(&text(&found, "arn")));
    assert!(text(&found, "public_key_pem").starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert_eq!(get(&found, "signing_algorithms"), json!(["ECDSA_SHA_256"]));

    let key = cloud.create("aws_kms_key", json!({})).await;
    let encrypted = cloud.encrypt(&text(&key, "key_id"), "hidden", ("app", "a")).await;
    let secret = |payload: &str, context: Json| json!({"secret": [{"name": "password", "payload": payload, "context": context}]});
    let read = cloud.read_data("aws_kms_secrets", secret(&encrypted, json!({"app": "a"}))).await.unwrap();
    assert_eq!(get(&read, "plaintext"), json!({"password": "hidden"}));
    let other = secret(&encrypted, json!({"app": "b"}));
    assert!(cloud.not_found("aws_kms_secrets", other).await.contains("kms:Decrypt"));
    let nothing = secret("?", json!({}));
    assert!(cloud.not_found("aws_kms_secrets", nothing).await.contains("no base64"));
    cloud.destroy("aws_kms_key", &key).await;
    cloud.destroy("aws_kms_key", &signer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let config = json!({"name": "/tr/a", "type": "String", "value": "one", "tags": {"a": "1"}});
    let parameter = cloud.create_twice("aws_ssm_parameter", config).await;
    let config = json!({
        "name": "/tr/a", "type": "String", "value": "two", "description": "text", "tags": {"b": "2"},
    });
    let (action, parameter) = cloud.apply("aws_ssm_parameter", &parameter, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_ssm_parameter", "/tr/a", &parameter, &["version"]).await;

    let config = json!({"name": "/tr/secret", "type": "SecureString", "value": "hidden"});
    let secret = cloud.create("aws_ssm_parameter", config).await;
    assert_eq!(text(&secret, "value"), "hidden");
    let config = json!({"name": "/tr/open", "type": "StringList", "insecure_value": "a,b"});
    let open = cloud.create("aws_ssm_parameter", config).await;
    assert_eq!((text(&open, "value"), text(&open, "insecure_value")), (String::new(), "a,b".into()));

    let all = [parameter.clone(), secret.clone(), open.clone()];
    let (requests, read) = cloud.requests(cloud.read_all("aws_ssm_parameter", &all)).await;
    // The values, what is said of them, and the tags of each.
    assert_eq!((requests, read.iter().flatten().count()), (5, 3));
    let found = cloud.read_data("aws_ssm_parameter", json!({"name": "/tr/secret"})).await.unwrap();
    assert_eq!(text(&found, "value"), "hidden");
    let found = cloud.read_data("aws_ssm_parameters_by_path", json!({"path": "/tr"})).await.unwrap();
    assert_eq!(get(&found, "names").as_array().unwrap().len(), 3);
    for parameter in &all {
        cloud.destroy("aws_ssm_parameter", parameter).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_can_be_kept_out_of_the_state() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let config = json!({
        "name": "/tr/wo", "type": "SecureString", "value_wo": "never stored", "value_wo_version": 1,
    });
    let parameter = cloud.create("aws_ssm_parameter", config).await;
    assert!(!format!("{parameter:?}").contains("never stored"));
    let found = cloud.read_data("aws_ssm_parameter", json!({"name": "/tr/wo"})).await.unwrap();
    assert_eq!(text(&found, "value"), "never stored");
    cloud.destroy("aws_ssm_parameter", &parameter).await;
    let problems = cloud.problems("aws_ssm_parameter", &json!({"name": "a", "type": "String"}));
    assert_eq!(problems, ["A parameter needs a value"]);
}
