//! Buckets and objects.

use super::*;

#[test]
fn arguments_of_buckets_and_objects() {
    let family = Family::start("arguments/storage");
    let told = "[[r.get('Expiration', {}).get('Days'), r.get('NoncurrentVersionExpiration', {}).get('NoncurrentDays'), len(r.get('Transitions', []))] \
                  for r in s3.get_bucket_lifecycle_configuration(Bucket='bbb')['Rules'] if r['ID'] == 'old'][0] + \
                [[r['Filter'], r['NoncurrentVersionExpiration'].get('NewerNoncurrentVersions'), r['NoncurrentVersionTransitions'][0].get('NewerNoncurrentVersions')] \
                  for r in s3.get_bucket_lifecycle_configuration(Bucket='bbb')['Rules'] if r['ID'] == 'sizes'] + \
                [s3.get_bucket_lifecycle_configuration(Bucket='bbb')['TransitionDefaultMinimumObjectSize'][:3], \
                 s3.get_bucket_logging(Bucket='bbb')['LoggingEnabled'].get('TargetObjectKeyFormat'), \
                 'EventBridgeConfiguration' in s3.get_bucket_notification_configuration(Bucket='bbb')] + \
                [s3.get_bucket_cors(Bucket='bbb')['CORSRules'][0].get('MaxAgeSeconds')] + \
                [len(s3.get_bucket_notification_configuration(Bucket='bbb').get('QueueConfigurations', []))] + \
                [s3.head_object(Bucket='logs', Key='o').get(n) for n in ['CacheControl', 'ServerSideEncryption', 'WebsiteRedirectLocation']]";
    let expected = [
        json!([20, 5, 1, [{ "ObjectSizeGreaterThan": 200 }, 6, 6], "var", { "PartitionedPrefix": { "PartitionDateSource": "EventTime" } }, true, 5, 1, "a", "aws:kms", "/a"]),
        json!([null, 6, 1, [{ "And": { "Prefix": "s", "ObjectSizeGreaterThan": 300, "ObjectSizeLessThan": 301 } }, 7, 7], "all", { "SimplePrefix": {} }, false, 6, 1, "b", "AES256", "/b"]),
        json!([10, null, 0, [{ "ObjectSizeGreaterThan": 100 }, null, null], "all", null, false, null, 0, null, "AES256", null]),
    ];
    let kept = [
        "aws_s3_bucket_accelerate_configuration.b",
        "aws_s3_bucket_public_access_block.b",
        "aws_s3_bucket_versioning.b",
    ];
    let imports = Imports {
        ids: &[("aws_s3_object", "{bucket}/{key}")],
        unseen: &[
            EMPTY_BUCKET,
            KEY_WINDOW,
            ("aws_s3_object.content", "objects are not read"),
            ("aws_s3_object.force_destroy", OURS),
        ],
        ..Imports::default()
    };
    let lost = "s3.delete_bucket_cors(Bucket='bbb'); s3.delete_bucket_website(Bucket='bbb'); s3.delete_bucket_lifecycle(Bucket='bbb'); \
                s3.delete_object(Bucket='logs', Key='p'); \
                s3.delete_public_access_block(Bucket='bbb')";
    let made = [
        ("aws_s3_bucket_cors_configuration.b", "create"),
        ("aws_s3_bucket_lifecycle_configuration.b", "create"),
        ("aws_s3_bucket_public_access_block.b", "create"),
        ("aws_s3_bucket_website_configuration.b", "create"),
        ("aws_s3_object.p", "create"),
    ];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_locked_and_copied_buckets() {
    let family = Family::start("arguments/buckets");
    let told = "[s3.get_object_lock_configuration(Bucket='empty')['ObjectLockConfiguration'].get('Rule', {}).get('DefaultRetention', {}).get(n) or None \
                  for n in ['Mode', 'Days', 'Years']] + \
                [r[n] for r in s3.get_bucket_replication(Bucket='from')['ReplicationConfiguration']['Rules'] for n in ['ID', 'Status', 'Priority']] + \
                [[r['DeleteMarkerReplication']['Status'], sorted(r['Filter']), sorted(r['Destination'])] for r in s3.get_bucket_replication(Bucket='from')['ReplicationConfiguration']['Rules']] + \
                [s3.head_object(Bucket='from', Key='o').get(n) for n in ['ContentLanguage', 'ContentDisposition', 'ObjectLockLegalHoldStatus']] + \
                [s3.head_object(Bucket='from', Key='locked').get('ObjectLockMode')] + \
                [s3.get_bucket_website(Bucket='web').get('RedirectAllRequestsTo', {}).get('HostName')]";
    let expected = [
        json!([
            "GOVERNANCE",
            5,
            null,
            "one",
            "Disabled",
            1,
            ["Enabled", ["Prefix"], ["Bucket", "Metrics", "ReplicationTime", "StorageClass"]],
            "en",
            "inline",
            "ON",
            "GOVERNANCE",
            "a.example"
        ]),
        json!([
            "COMPLIANCE",
            null,
            1,
            "two",
            "Enabled",
            2,
            ["Disabled", ["And"], ["Bucket", "Metrics", "StorageClass"]],
            "de",
            "attachment",
            "OFF",
            "GOVERNANCE",
            null
        ]),
        json!([
            null,
            null,
            null,
            "one",
            "Enabled",
            0,
            ["Disabled", ["Prefix"], ["Bucket"]],
            null,
            null,
            null,
            null,
            "c.example"
        ]),
    ];
    let imports = Imports {
        ids: &[("aws_s3_object", "{bucket}/{key}")],
        unseen: &[
            EMPTY_BUCKET,
            FORCE_DETACH,
            ("aws_s3_object.content", "objects are not read"),
            ("aws_s3_object.content_base64", "objects are not read"),
            ("aws_s3_object.version_id", "the object is written once more"),
            ("aws_s3_object.force_destroy", OURS),
        ],
        ..Imports::default()
    };
    let lost = "s3.delete_bucket_replication(Bucket='from'); s3.delete_bucket_website(Bucket='web'); s3.delete_bucket_lifecycle(Bucket='web'); \
                s3.put_bucket_notification_configuration(Bucket='from', NotificationConfiguration={})";
    let made = [
        ("aws_s3_bucket_lifecycle_configuration.web", "create"),
        ("aws_s3_bucket_notification.b", "create"),
        ("aws_s3_bucket_replication_configuration.b", "create"),
        ("aws_s3_bucket_website_configuration.web", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_parts_of_buckets() {
    let family = Family::start_with_stub("arguments/parts");
    let told = "[s3.get_bucket_request_payment(Bucket='bucket')['Payer']] + \
                [sorted(m.get('Filter', {})) for m in s3.list_bucket_metrics_configurations(Bucket='bucket')['MetricsConfigurationList']] + \
                [c['StorageClassAnalysis'].get('DataExport', {}).get('Destination', {}).get('S3BucketDestination', {}).get('Prefix') \
                  for c in s3.list_bucket_analytics_configurations(Bucket='bucket')['AnalyticsConfigurationList']] + \
                [[t['Days'] for t in c['Tierings']] for c in s3.list_bucket_intelligent_tiering_configurations(Bucket='bucket')['IntelligentTieringConfigurationList']] + \
                [[c['IsEnabled'], c.get('OptionalFields'), sorted(c['Destination']['S3BucketDestination'].get('Encryption', {}))] \
                  for c in s3.list_bucket_inventory_configurations(Bucket='bucket')['InventoryConfigurationList']]";
    let expected = [
        json!(["Requester", ["Prefix"], ["And"], "a", [100, 200], [false, ["Size"], ["SSES3"]]]),
        json!(["BucketOwner", ["And"], ["Prefix"], "b", [125, 300], [true, ["ETag", "Size"], ["SSEKMS"]]]),
        json!(["BucketOwner", [], ["Tag"], null, [90], [true, null, []]]),
    ];
    let imports = Imports { unseen: &[EMPTY_BUCKET, KEY_WINDOW], ..Imports::default() };
    let lost = "s3.delete_bucket_metrics_configuration(Bucket='bucket', Id='all'); \
                s3.delete_bucket_analytics_configuration(Bucket='bucket', Id='all'); \
                s3.delete_bucket_intelligent_tiering_configuration(Bucket='bucket', Id='all'); \
                s3.delete_bucket_inventory_configuration(Bucket='bucket', Id='all'); \
                s3.put_bucket_request_payment(Bucket='bucket', RequestPaymentConfiguration={'Payer': 'BucketOwner'})";
    let made = [
        ("aws_s3_bucket_analytics_configuration.b", "create"),
        ("aws_s3_bucket_intelligent_tiering_configuration.b", "create"),
        ("aws_s3_bucket_inventory.b", "create"),
        ("aws_s3_bucket_metric.b", "create"),
        ("aws_s3_bucket_request_payment_configuration.b", "update"),
    ];
    try_all(
        &family,
        &["aws_s3_bucket_request_payment_configuration.b"],
        (told, expected),
        &imports,
        (lost, &made),
    );
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_objects_and_whom_buckets_serve() {
    let family = Family::start("arguments/objects");
    let told = "[s3.head_object(Bucket='bucket', Key='encrypted').get('BucketKeyEnabled'), \
                 [r['AllowedMethods'] for r in s3.get_bucket_cors(Bucket='bucket')['CORSRules']], \
                 s3.get_bucket_ownership_controls(Bucket='bucket')['OwnershipControls']['Rules'][0]['ObjectOwnership'], \
                 s3.get_bucket_website(Bucket='logs-b')['IndexDocument']['Suffix'], \
                 s3.get_bucket_encryption(Bucket='logs-a')['ServerSideEncryptionConfiguration']['Rules'][0]['ApplyServerSideEncryptionByDefault']['SSEAlgorithm'], \
                 s3.head_bucket(Bucket='objects--euw1-az1--x-s3').get('BucketLocationName')]";
    let expected = [
        json!([true, [["GET", "PUT"], ["HEAD"]], "BucketOwnerPreferred", "b.html", "aws:kms", "euw1-az1"]),
        json!([null, [["DELETE"], ["HEAD"], ["HEAD"]], "ObjectWriter", "c.html", "aws:kms", "euw1-az1"]),
        json!([null, [["GET"]], "BucketOwnerEnforced", "a.html", "AES256", "euw1-az1"]),
    ];
    let imports = Imports {
        ids: &[("aws_s3_object", "{bucket}/{key}")],
        unseen: &[
            KEY_WINDOW,
            ("aws_s3_object.content", "objects are not read"),
            ("aws_s3_object.source", "objects are not read"),
            ("aws_s3_object.source_hash", OURS),
            ("aws_s3_object.version_id", "the object is written once more"),
            ("aws_s3_object.force_destroy", OURS),
            ("aws_s3_bucket.force_destroy", OURS),
            ("aws_s3_directory_bucket.force_destroy", OURS),
        ],
        ..Imports::default()
    };
    let lost = "s3.delete_object(Bucket='bucket', Key='plain'); s3.delete_bucket_cors(Bucket='bucket'); s3.delete_bucket_website(Bucket='logs-b'); \
                s3.delete_bucket(Bucket='objects--euw1-az1--x-s3')";
    let made = [
        ("aws_s3_bucket_cors_configuration.b", "create"),
        ("aws_s3_bucket_website_configuration.b", "create"),
        ("aws_s3_directory_bucket.d", "create"),
        ("aws_s3_object.plain", "create"),
    ];
    let kept = ["aws_s3_directory_bucket.d", "aws_s3_object.encrypted"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("s3.list_buckets()['Buckets'] + s3.list_directory_buckets()['Buckets']");
}
