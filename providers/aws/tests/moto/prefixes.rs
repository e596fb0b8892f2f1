//! Names that are made up from a prefix: an import tells the prefix from the name, so that the configuration that made the
//! object plans no change of it, and tells none from a name that somebody chose.

use crate::cloud::{Action, Cloud, get, text};
use crate::iam::{policy, trust};
use serde_json::{Value as Json, json};
use terrane_value::Value;

/// What is special about a type.
struct Case {
    type_name: &'static str,
    /// The attributes of the name and of the prefix.
    names: (&'static str, &'static str),
    /// The rest of the configuration.
    config: Json,
    /// Import ids that are not the attribute `id`.
    id: &'static str,
    /// Attributes that no reading tells.
    unseen: &'static [&'static str],
}

const NAME: (&str, &str) = ("name", "name_prefix");

impl Case {
    fn new(type_name: &'static str, config: Json) -> Case {
        Case { type_name, names: NAME, config, id: "id", unseen: &[] }
    }

    /// The configuration with one attribute more.
    fn with(&self, name: &str, value: &str) -> Json {
        let mut config = self.config.clone();
        config[name] = json!(value);
        config
    }

    /// Makes an object from `config`, imports it, and plans for it; the object and what is planned.
    async fn imported(&self, cloud: &Cloud, config: Json) -> Value {
        let made = cloud.create(self.type_name, config.clone()).await;
        cloud.import(self.type_name, &text(&made, self.id), &made, self.unseen).await;
        let read = cloud.read(self.type_name, &made).await.expect("it is there");
        let (action, _) = cloud.plan(self.type_name, &read, &cloud.config(self.type_name, &config)).await;
        assert_eq!(action, Action::Nothing, "{} after its import", self.type_name);
        made
    }
}

fn cases(key: &str) -> Vec<Case> {
    let inline = |holder: &str| json!({ holder: "prefixed", "policy": policy("s3:*") });
    let dot_fifo = json!({"fifo_queue": true});
    vec![
        Case {
            unseen: &["force_detach_policies"],
            ..Case::new("aws_iam_role", json!({"assume_role_policy": trust("ec2.amazonaws.com")}))
        },
        Case { id: "arn", ..Case::new("aws_iam_policy", json!({"policy": policy("s3:*")})) },
        Case::new("aws_iam_instance_profile", json!({})),
        Case::new("aws_iam_group_policy", inline("group")),
        Case::new("aws_iam_role_policy", inline("role")),
        Case::new("aws_iam_user_policy", inline("user")),
        Case { unseen: &["skip_destroy"], ..Case::new("aws_cloudwatch_log_group", json!({})) },
        Case { unseen: &["revoke_rules_on_delete"], ..Case::new("aws_security_group", json!({})) },
        Case::new("aws_sns_topic", json!({})),
        Case::new("aws_sns_topic", json!({"fifo_topic": true})),
        Case::new("aws_sqs_queue", json!({})),
        Case::new("aws_sqs_queue", dot_fifo),
        Case { id: "name", ..Case::new("aws_kms_alias", json!({"target_key_id": key})) },
        Case {
            names: ("bucket", "bucket_prefix"),
            unseen: &["force_destroy"],
            ..Case::new("aws_s3_bucket", json!({}))
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_tell_prefixes_from_names() {
    let Some(cloud) = Cloud::open("eu-central-1").await else { return };
    let key = cloud.create("aws_kms_key", json!({})).await;
    let role = json!({"name": "prefixed", "assume_role_policy": trust("ec2.amazonaws.com")});
    let mut holders = vec![("aws_iam_role", cloud.create("aws_iam_role", role).await)];
    for kind in ["aws_iam_group", "aws_iam_user"] {
        holders.push((kind, cloud.create(kind, json!({"name": "prefixed"})).await));
    }
    for case in cases(&text(&key, "key_id")) {
        let (name, prefix) = case.names;
        let start = if case.type_name == "aws_kms_alias" { "alias/" } else { "" };
        let (long, chosen) = (format!("{start}tr-made-"), format!("{start}tr-chosen"));

        let made = case.imported(&cloud, case.with(prefix, &long)).await;
        assert!(
            text(&made, name).starts_with(&long) && text(&made, name).len() > long.len() + 20,
            "{made:?}"
        );
        cloud.destroy(case.type_name, &made).await;

        let fifo = case.config.as_object().is_some_and(|c| c.keys().any(|k| k.starts_with("fifo_")));
        let chosen = if fifo { format!("{chosen}.fifo") } else { chosen };
        let made = case.imported(&cloud, case.with(name, &chosen)).await;
        assert_eq!(
            (get(&made, name), text(&made, prefix)),
            (json!(chosen), String::new()),
            "{}",
            case.type_name
        );
        cloud.destroy(case.type_name, &made).await;
    }
    for (kind, holder) in &holders {
        cloud.destroy(kind, holder).await;
    }
    cloud.destroy("aws_kms_key", &key).await;
}
