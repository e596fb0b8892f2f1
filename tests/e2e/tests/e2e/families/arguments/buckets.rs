//! The rest of buckets: who must own them, lists of access, and what their configurations seldom have.

use super::*;

#[test]
fn owners_that_buckets_must_have() {
    let family = Family::start_with_stub("arguments/bucket_owners");
    family.create();
    let parts: Vec<_> =
        mentioning(&family, "local.owner").into_iter().map(|address| (address, "replace")).collect();
    let mut replaced: Vec<_> = parts.iter().map(|(address, action)| (address.as_str(), *action)).collect();
    replaced.push(("aws_s3_bucket.named", "replace"));
    family.step("an owner", &[("stage = 0", "stage = 1")], &replaced);
    family.witness(
        "sorted(b['Name'] for b in s3.list_buckets()['Buckets'])",
        json!(["bucket", "named-123456789012-eu-west-1-an"]),
    );
    family.import(&Imports { unseen: &[EMPTY_BUCKET], ..Imports::default() });
    family.step("no owner", &[("stage = 1", "stage = 2")], &replaced);
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_rules_of_buckets() {
    let family = Family::start_with_stub("arguments/bucket_rules");
    let told = "[sorted([g['Permission'], g['Grantee'].get('URI', '').split('/')[-1]] for g in s3.get_bucket_acl(Bucket='open')['Grants']), \
                  sorted([g['Permission'], g['Grantee']['Type']] for g in s3.get_bucket_logging(Bucket='open')['LoggingEnabled'].get('TargetGrants', []))] + \
                [[r['Filter'], [t.get('Days') if 'Days' in t else t['Date'].year for t in r.get('Transitions', [])]] \
                  for r in s3.get_bucket_lifecycle_configuration(Bucket='open')['Rules']] + \
                [[[c.get('Id'), c['Events'], sorted(r['Value'] for r in c.get('Filter', {}).get('Key', {}).get('FilterRules', []))] for c in n.get(k, [])] \
                  for n in [s3.get_bucket_notification_configuration(Bucket='open')] \
                  for k in ['LambdaFunctionConfigurations', 'QueueConfigurations', 'TopicConfigurations']] + \
                [[r['Filter'], r.get('ExistingObjectReplication'), r.get('SourceSelectionCriteria'), sorted(r['Destination'])] \
                  for r in s3.get_bucket_replication(Bucket='from')['ReplicationConfiguration']['Rules']] + \
                [[r['Redirect'] for r in s3.get_bucket_website(Bucket='open').get('RoutingRules', [])], \
                 s3.get_bucket_encryption(Bucket='open')['ServerSideEncryptionConfiguration']['Rules'][0].get('BlockedEncryptionTypes'), \
                 s3.get_bucket_versioning(Bucket='open').get('MFADelete'), \
                 [g['Permission'] for g in s3.get_object_acl(Bucket='open', Key='o')['Grants']], \
                 [n for n in s3.head_object(Bucket='open', Key='o', ChecksumMode='ENABLED') if n.startswith('Checksum')], \
                 {t['Key']: t['Value'] for t in client('s3control').list_tags_for_resource(AccountId='123456789012', \
                   ResourceArn='arn:aws:s3express:eu-west-1:123456789012:bucket/data--euw1-az1--x-s3')['Tags']}, \
                 len(s3.get_object_tagging(Bucket='open', Key='untagged')['TagSet'])]";
    let imports = Imports {
        ids: &[("aws_s3_object", "{bucket}/{key}")],
        unseen: &[
            EMPTY_BUCKET,
            FORCE_DETACH,
            KEY_WINDOW,
            ("aws_s3_bucket_object_lock_configuration.token", "a secret"),
            ("aws_s3_bucket_replication_configuration.token", "a secret"),
            ("aws_s3_bucket_versioning.mfa", "a secret"),
            ("aws_s3_bucket_public_access_block.skip_destroy", OURS),
            ("aws_s3_object.acl", "lists of access are not read"),
            ("aws_s3_object.content", "objects are not read"),
            ("aws_s3_object.version_id", "the object is written once more"),
            ("aws_s3_object.force_destroy", OURS),
            ("aws_s3_object.override_provider", OURS),
            ("aws_s3_directory_bucket.force_destroy", OURS),
        ],
        ..Imports::default()
    };
    let status = |status: &str| json!({ "Status": status });
    let tag = |key: &str, value: &str| json!({ "Tag": { "Key": key, "Value": value } });
    let expected = [
        json!([
            [["FULL_CONTROL", ""], ["READ", "AuthenticatedUsers"]],
            [["READ", "Group"], ["WRITE", "CanonicalUser"]],
            [{ "ObjectSizeLessThan": 200 }, [2030]],
            [tag("b", "2"), [0]],
            [["mine", ["s3:ObjectCreated:*"], [".jpg", "in/"]]],
            [["q", ["s3:ObjectRemoved:*", "s3:ObjectTagging:*"], ["q/"]]],
            [["terraform-topic-0", ["s3:ObjectAcl:Put"], [".a"]]],
            [
                tag("a", "1"),
                status("Enabled"),
                { "SseKmsEncryptedObjects": status("Enabled"), "ReplicaModifications": status("Enabled") },
                ["AccessControlTranslation", "Account", "Bucket", "EncryptionConfiguration"]
            ],
            [{ "ReplaceKeyWith": "b.html" }],
            { "EncryptionType": ["SSE-C"] },
            "Enabled",
            ["FULL_CONTROL", "READ"],
            ["ChecksumSHA256"],
            { "a": "1", "b": "1" },
            0
        ]),
        json!([
            [["FULL_CONTROL", ""], ["WRITE", "LogDelivery"]],
            [["FULL_CONTROL", "Group"], ["WRITE", "Group"]],
            [tag("k", "a"), [2031]],
            [tag("a", "3"), [1]],
            [["mine", ["s3:ObjectRemoved:*"], [".png"]]],
            [["r", ["s3:ObjectRemoved:*"], []]],
            [["terraform-topic-0", ["s3:ObjectAcl:Put"], [".b"]]],
            [
                tag("a", "2"),
                status("Disabled"),
                { "SseKmsEncryptedObjects": status("Enabled"), "ReplicaModifications": status("Disabled") },
                ["Bucket", "EncryptionConfiguration"]
            ],
            [{ "ReplaceKeyWith": "c.html" }],
            { "EncryptionType": ["NONE"] },
            "Disabled",
            ["FULL_CONTROL"],
            ["ChecksumCRC32C"],
            { "b": "2" },
            1
        ]),
        json!([
            [["FULL_CONTROL", ""]],
            [],
            [{ "ObjectSizeLessThan": 100 }, []],
            [{ "Tag": { "Key": "a" } }, [0]],
            [],
            [["r", ["s3:ObjectRemoved:*"], ["q"]]],
            [["terraform-topic-0", ["s3:ObjectAcl:Put"], []]],
            [{ "Prefix": "" }, null, null, ["Bucket"]],
            [{ "ReplaceKeyWith": "c.html" }],
            { "EncryptionType": ["NONE"] },
            "Disabled",
            ["FULL_CONTROL"],
            ["ChecksumCRC32"],
            {},
            1
        ]),
    ];
    let lost = "s3.delete_bucket_replication(Bucket='from'); s3.delete_bucket_website(Bucket='open'); \
                s3.put_bucket_logging(Bucket='open', BucketLoggingStatus={}); s3.delete_object(Bucket='open', Key='o'); \
                s3.delete_bucket(Bucket='data--euw1-az1--x-s3')";
    let made = [
        ("aws_s3_bucket_logging.b", "create"),
        ("aws_s3_bucket_replication_configuration.b", "create"),
        ("aws_s3_bucket_website_configuration.b", "create"),
        ("aws_s3_directory_bucket.d", "create"),
        ("aws_s3_object.o", "create"),
    ];
    let kept = [
        "aws_s3_bucket_public_access_block.b",
        "aws_s3_bucket_server_side_encryption_configuration.b",
        "aws_s3_bucket_website_configuration.b",
        "aws_s3_object.untagged",
    ];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.aws.tamper("s3.put_object(Bucket='data--euw1-az1--x-s3', Key='left', Body=b'x')");
    family.destroy("s3.list_buckets()['Buckets'] + s3.list_directory_buckets()['Buckets']");
}

#[test]
fn endpoints_of_one_service_by_variables() {
    let aws = Aws::start();
    let config = r#"
        provider "aws" {
          region      = "eu-west-1"
          max_retries = 1
        }
        data "aws_vpcs" "all" {}
        resource "aws_s3_account_public_access_block" "a" {
          block_public_acls = true
        }
    "#;
    // An empty one is none.
    let context = TestContext::with_config(config).using(&aws).env("AWS_ENDPOINT_URL_EC2", "");
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let elsewhere = context.env("AWS_ENDPOINT_URL_S3_CONTROL", "http://127.0.0.1:1");
    elsewhere.run(&["plan"]).expect_code(1).expect_text("s3control:GetPublicAccessBlock");
}

/// What is a resource of its own should not be said in the bucket: who does is told which resource that is.
#[test]
fn arguments_that_have_become_resources() {
    let by_resource = [
        ("accelerate_configuration", "acceleration_status = \"Enabled\""),
        ("acl", "acl = \"private\""),
        ("acl", "grant {\n    type = \"Group\"\n    permissions = [\"READ\"]\n  }"),
        (
            "cors_configuration",
            "cors_rule {\n    allowed_methods = [\"GET\"]\n    allowed_origins = [\"*\"]\n  }",
        ),
        ("lifecycle_configuration", "lifecycle_rule {\n    enabled = true\n  }"),
        ("logging", "logging {\n    target_bucket = \"logs\"\n  }"),
        (
            "object_lock_configuration",
            "object_lock_configuration {\n    object_lock_enabled = \"Enabled\"\n  }",
        ),
        ("policy", "policy = \"{}\""),
        (
            "replication_configuration",
            "replication_configuration {\n    role = \"r\"\n    rules {\n      status = \"Enabled\"\n      \
             destination {\n        bucket = \"b\"\n      }\n    }\n  }",
        ),
        ("request_payment_configuration", "request_payer = \"Requester\""),
        (
            "server_side_encryption_configuration",
            "server_side_encryption_configuration {\n    rule {\n      \
             apply_server_side_encryption_by_default {\n        sse_algorithm = \"AES256\"\n      }\n    }\n  }",
        ),
        ("versioning", "versioning {\n    enabled = true\n  }"),
        ("website_configuration", "website {\n    index_document = \"i.html\"\n  }"),
    ];
    let context = TestContext::empty();
    let written = |argument: &str| {
        let bucket =
            format!("resource \"aws_s3_bucket\" \"b\" {{\n  bucket = \"bucket\"\n  {argument}\n}}\n");
        context.write("main.tf", &bucket);
    };
    written("");
    context.good(&["init"]);
    context.good(&["validate"]);
    for (resource, argument) in by_resource {
        written(argument);
        let warned = context.run(&["validate"]).expect_code(0).expect_text("Warning: Argument is deprecated");
        warned.expect_text(&format!("Use the aws_s3_bucket_{resource} resource instead."));
    }
}
