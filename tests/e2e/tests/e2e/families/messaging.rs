//! Keys, queues, topics and parameters, put together as public modules do.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_kms_grant", "{key_id}:{grant_id}"),
        ("aws_kms_alias", "{name}"),
        ("aws_ssm_parameter", "{name}"),
    ],
    never: &[],
    unseen: &[
        ("aws_iam_role.force_detach_policies", "an instruction for the provider"),
        ("aws_kms_grant.grant_token", "told once, by the creation"),
        ("aws_kms_key.deletion_window_in_days", "an instruction for the provider"),
        (
            "aws_ssm_parameter.insecure_value",
            "a parameter does not say by which attribute its value was given",
        ),
        ("aws_ssm_parameter.value", "the same"),
        ("aws_ssm_parameter.version", "it counts what the import changes"),
    ],
};

#[test]
fn messaging() {
    let family = Family::start("messaging");
    family.create();
    family.witness(
        "sorted(a['AliasName'].rsplit('-', 1)[0] for a in kms.list_aliases()['Aliases'] if not a['AliasName'].startswith('alias/aws/'))[:2]",
        json!(["alias/foo/bar", "alias/one"]),
    );
    let failing = "sorted(u.rsplit('/', 1)[1].split('-')[0] for u in sqs.list_queues()['QueueUrls'] \
                   if 'RedrivePolicy' in sqs.get_queue_attributes(QueueUrl=u, AttributeNames=['All'])['Attributes'])";
    family.witness(failing, json!(["encrypted", "ordered.fifo"]));
    family.witness("ssm.get_parameter(Name='/family/list')['Parameter']['Value']", json!("[\"a\",\"b\"]"));
    let outputs = family.context.json(&["output", "-json"]);
    assert_eq!(outputs["parameters"]["value"]["list"], json!(["a", "b"]));
    assert_eq!(outputs["queues"]["value"], json!(["ordered-failed.fifo", "ordered.fifo"]));
    assert!(outputs["signer"]["value"].as_str().is_some_and(|pem| pem.starts_with("-----BEGIN PUBLIC KEY")));
    family.import(&IMPORTS);

    family.step(
        "what is kept does not follow the configuration",
        &[("insecure_value = \"first\"", "insecure_value = \"second\"")],
        &[],
    );
    family.step(
        "who may use the key, how often is tried, and parameters change",
        &[
            ("\"kms:Encrypt*\", \"kms:Decrypt*\"", "\"kms:Decrypt*\""),
            ("{ maxReceiveCount = 10 }", "{ maxReceiveCount = 12 }"),
            ("values = [\"a\", \"b\"]", "values = [\"a\", \"c\"]"),
            ("kind = [\"order\"]", "kind = [\"order\", \"bill\"]"),
        ],
        &[
            ("aws_kms_key.this[0]", "update"),
            ("aws_sqs_queue_redrive_policy.failed[\"ordered\"]", "update"),
            ("aws_ssm_parameter.this[\"list\"]", "update"),
            ("aws_sns_topic_subscription.this[\"queue\"]", "update"),
        ],
    );
    family.step(
        "a queue goes, and what belongs to it",
        &[
            ("encrypted = { encrypted_by_key", "sealed = { encrypted_by_key"),
            (
                "encrypted_by_key = true, use_prefix = true, redrive_policy = { maxReceiveCount = 3 }",
                "encrypted_by_key = true, use_prefix = true",
            ),
        ],
        &[
            ("aws_sqs_queue.this[\"encrypted\"]", "delete"),
            ("aws_sqs_queue.this[\"sealed\"]", "create"),
            ("aws_sqs_queue.failed[\"encrypted\"]", "delete"),
            ("aws_sqs_queue_redrive_policy.failed[\"encrypted\"]", "delete"),
            ("aws_sqs_queue_redrive_allow_policy.failed[\"encrypted\"]", "delete"),
        ],
    );
    family.tamper(
        "sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName='open')['QueueUrl'])\nssm.delete_parameter(Name='/family/plain')",
        &[("aws_sqs_queue.this[\"open\"]", "create"), ("aws_ssm_parameter.this[\"plain\"]", "create")],
    );
    family.destroy("sqs.list_queues().get('QueueUrls', []) + sns.list_topics()['Topics'] + ssm.describe_parameters()['Parameters']");
}
