//! Arguments of buckets that are resources of their own since AWS provider 4.

use super::*;

/// What boto3 says of the buckets that change.
const TOLD: &str = "[s3.get_bucket_accelerate_configuration(Bucket='changed')['Status'], \
    'PutObject' in s3.get_bucket_policy(Bucket='changed')['Policy'], \
    s3.get_bucket_request_payment(Bucket='changed')['Payer'], \
    [[r['AllowedOrigins'], r.get('MaxAgeSeconds')] for r in s3.get_bucket_cors(Bucket='changed')['CORSRules']], \
    sorted(g['Permission'] for g in s3.get_bucket_acl(Bucket='changed')['Grants']), \
    sorted([r['ID'], r['Filter'], r['Expiration']['Days']] \
      for r in s3.get_bucket_lifecycle_configuration(Bucket='changed')['Rules']), \
    s3.get_bucket_logging(Bucket='changed')['LoggingEnabled']['TargetPrefix'], \
    [[r['Status'], r['Priority'], r['Filter'], r['DeleteMarkerReplication']['Status']] \
      for r in s3.get_bucket_replication(Bucket='changed')['ReplicationConfiguration']['Rules']], \
    s3.get_bucket_encryption(Bucket='changed')['ServerSideEncryptionConfiguration']['Rules'][0]['ApplyServerSideEncryptionByDefault'], \
    s3.get_bucket_versioning(Bucket='changed')['Status'], \
    [s3.get_bucket_website(Bucket='changed').get(n) for n in ['IndexDocument', 'RedirectAllRequestsTo']], \
    sorted(g['Grantee']['URI'].split('/')[-1] for g in s3.get_bucket_acl(Bucket='named')['Grants'] if 'URI' in g['Grantee']), \
    s3.get_bucket_versioning(Bucket='suspended')['Status'], \
    [r['Prefix'] for r in s3.get_bucket_replication(Bucket='older')['ReplicationConfiguration']['Rules']], \
    [s3.get_object_lock_configuration(Bucket='locked')['ObjectLockConfiguration'].get('Rule', {}).get('DefaultRetention', {}).get(n) or None \
      for n in ['Mode', 'Days', 'Years']]]";

/// What boto3 says of the bucket that was made with everything.
const MADE: &str = "[s3.get_bucket_accelerate_configuration(Bucket='made')['Status'], \
    'GetObject' in s3.get_bucket_policy(Bucket='made')['Policy'], \
    s3.get_bucket_request_payment(Bucket='made')['Payer'], \
    [[r['AllowedMethods'], r['AllowedOrigins']] for r in s3.get_bucket_cors(Bucket='made')['CORSRules']], \
    sorted(g['Permission'] for g in s3.get_bucket_acl(Bucket='made')['Grants']), \
    sorted(r['ID'] for r in s3.get_bucket_lifecycle_configuration(Bucket='made')['Rules']), \
    s3.get_bucket_logging(Bucket='made')['LoggingEnabled']['TargetPrefix'], \
    sorted([r['ID'], sorted(r['Destination'])] for r in s3.get_bucket_replication(Bucket='made')['ReplicationConfiguration']['Rules']), \
    s3.get_bucket_encryption(Bucket='made')['ServerSideEncryptionConfiguration']['Rules'][0]['BucketKeyEnabled'], \
    s3.get_bucket_versioning(Bucket='made')['Status'], \
    s3.get_bucket_website(Bucket='made')['RoutingRules'][0]['Redirect'], \
    sorted({g['Grantee']['URI'].split('/')[-1] for g in s3.get_bucket_acl(Bucket='logs')['Grants'] if 'URI' in g['Grantee']})]";

#[test]
fn arguments_of_buckets_from_before_they_were_resources() {
    let family = Family::start("arguments/inline");
    let key = "arn:aws:kms:eu-west-1:123456789012:key/one";
    let second = |prefix: &str, lock: Value| {
        json!([
            "Suspended",
            true,
            "BucketOwner",
            [[["https://b.example"], null], [["https://a.example"], null]],
            ["READ", "WRITE"],
            [["tf-s3-lifecycle-0", { "Prefix": "b" }, 2], ["tf-s3-lifecycle-1", { "Prefix": "a" }, 2]],
            "changed/",
            [["Disabled", 2, { "Prefix": "old/" }, "Disabled"]],
            { "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key },
            "Enabled",
            [null, { "HostName": "a.example", "Protocol": "https" }],
            ["AuthenticatedUsers"],
            "Suspended",
            [prefix],
            lock
        ])
    };
    let expected = [
        json!([
            "Enabled",
            false,
            "Requester",
            [[["https://b.example"], 10]],
            ["READ"],
            [["tf-s3-lifecycle-0", { "And": { "Prefix": "b", "Tags": [{ "Key": "a", "Value": "b" }] } }, 1]],
            "",
            [["Enabled", 1, { "Prefix": "new/" }, "Disabled"]],
            { "SSEAlgorithm": "AES256" },
            "Enabled",
            [{ "Suffix": "index.html" }, null],
            ["AllUsers"],
            "Enabled",
            ["a/"],
            ["GOVERNANCE", 5, null]
        ]),
        second("b/", json!(["COMPLIANCE", null, 1])),
        second("", json!([null, null, null])),
    ];
    let made = json!([
        "Enabled",
        true,
        "Requester",
        [[["PUT", "POST"], ["https://b.example", "https://a.example"]], [["GET"], ["*"]]],
        ["FULL_CONTROL", "READ", "READ_ACP"],
        ["log", "tf-s3-lifecycle-0", "versions"],
        "made/",
        [
            ["tagged", ["Bucket", "Metrics", "ReplicationTime", "StorageClass"]],
            ["terraform-0", ["AccessControlTranslation", "Account", "Bucket", "EncryptionConfiguration"]]
        ],
        true,
        "Enabled",
        { "ReplaceKeyPrefixWith": "documents/" },
        ["LogDelivery"]
    ]);
    let imports = Imports {
        unseen: &[
            EMPTY_BUCKET,
            FORCE_DETACH,
            ("aws_s3_bucket.logs.acl", "the grants are told, and not the name of their list"),
            ("aws_s3_bucket.named.acl", "the grants are told, and not the name of their list"),
        ],
        ..Imports::default()
    };
    let kept = ["aws_s3_bucket.changed", "aws_s3_bucket.named", "aws_s3_bucket.suspended"];
    let lost = "s3.put_bucket_accelerate_configuration(Bucket='made', AccelerateConfiguration={'Status': 'Suspended'}); \
                s3.delete_bucket_policy(Bucket='made'); \
                s3.put_bucket_request_payment(Bucket='made', RequestPaymentConfiguration={'Payer': 'BucketOwner'}); \
                s3.delete_bucket_cors(Bucket='made'); s3.put_bucket_acl(Bucket='made', ACL='private'); \
                s3.delete_bucket_lifecycle(Bucket='made'); s3.put_bucket_logging(Bucket='made', BucketLoggingStatus={}); \
                s3.delete_bucket_replication(Bucket='made'); s3.delete_bucket_encryption(Bucket='made'); \
                s3.delete_bucket_website(Bucket='made'); \
                s3.put_bucket_versioning(Bucket='suspended', VersioningConfiguration={'Status': 'Suspended'}); \
                s3.put_object_lock_configuration(Bucket='locked', ObjectLockConfiguration={'ObjectLockEnabled': 'Enabled'})";
    let mended = ["aws_s3_bucket.locked", "aws_s3_bucket.made", "aws_s3_bucket.suspended"];
    try_all(&family, &kept, (TOLD, expected), &imports, (lost, &mended.map(|address| (address, "update"))));
    family.witness(MADE, made);
    family.destroy("s3.list_buckets()['Buckets']");
}

/// What AWS provider keeps of such buckets means the same to Terrane, whatever else is in it.
#[test]
fn buckets_of_aws_provider_are_taken_over() {
    let family = Family::start("arguments/taken_over");
    family.create();
    let recorded = family.context.read("recorded.json");
    family.context.write("terraform.tfstate", &recorded);
    assert_eq!(family.plan(), std::collections::BTreeMap::new());
    let lost = "s3.delete_bucket_cors(Bucket='old-all'); s3.delete_bucket_lifecycle(Bucket='old-all'); \
                s3.put_bucket_versioning(Bucket='old-target', VersioningConfiguration={'Status': 'Suspended'})";
    family.tamper(lost, &[("aws_s3_bucket.all", "update"), ("aws_s3_bucket.target", "update")]);
    family.witness(
        "[len(s3.get_bucket_cors(Bucket='old-all')['CORSRules']), s3.get_bucket_versioning(Bucket='old-target')['Status'], \
          sorted(r['ID'] for r in s3.get_bucket_lifecycle_configuration(Bucket='old-all')['Rules'])]",
        json!([2, "Enabled", ["log", "tf-s3-lifecycle-0", "v"]]),
    );
}
