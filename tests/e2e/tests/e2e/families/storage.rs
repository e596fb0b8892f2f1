//! Buckets, objects, a trail, keys and parameters.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[("aws_s3_bucket_acl", "{bucket},{acl}"), ("aws_s3_object", "{bucket}/{key}")],
    never: &[],
    unseen: &[
        ("aws_s3_bucket.force_destroy", "an instruction for the provider"),
        ("aws_s3_object.content", "a read does not download"),
        ("aws_kms_key.deletion_window_in_days", "an instruction for the provider"),
    ],
};

#[test]
fn storage() {
    let family = Family::start("storage");
    family.create();
    family.witness(
        "s3.get_bucket_tagging(Bucket='audit-trail')['TagSet']",
        json!([{"Key": "Name", "Value": "trail"}, {"Key": "Owner", "Value": "platform"}]),
    );
    family.witness("cloudtrail.get_trail_status(Name='all')['IsLogging']", json!(true));
    family.witness(
        "s3.get_bucket_lifecycle_configuration(Bucket='audit-trail')['Rules'][0]['Filter']",
        json!({"Prefix": "AWSLogs/"}),
    );
    family.witness("ssm.get_parameter(Name='/audit/bucket')['Parameter']['Value']", json!("audit-trail"));
    family.import(&IMPORTS);

    family.step(
        "a lifecycle, a page and a trail change",
        &[
            ("days = 400", "days = 500"),
            ("Hello", "Good day"),
            ("enable_key_rotation     = true", ""),
            ("BucketOwnerPreferred", "ObjectWriter"),
            ("\"site/\"", "\"pages/\""),
        ],
        &[
            ("aws_kms_key.trail", "update"),
            ("aws_s3_bucket_lifecycle_configuration.trail", "update"),
            ("aws_s3_bucket_logging.site", "update"),
            ("aws_s3_bucket_ownership_controls.trail", "update"),
            ("aws_s3_object.index", "update"),
        ],
    );
    family.witness(
        "s3.get_object(Bucket='the-site', Key='index.html')['Body'].read().decode()",
        json!("<h1>Good day</h1>"),
    );
    family.tamper(
        "s3.delete_bucket_policy(Bucket='audit-trail')\ncloudtrail.stop_logging(Name='all')",
        &[("aws_s3_bucket_policy.trail", "create"), ("aws_cloudtrail.all", "update")],
    );
    family.tamper(
        "s3.delete_object(Bucket='the-site', Key='index.html')",
        &[("aws_s3_object.index", "create")],
    );

    // What the plan has cost, by service.
    let told = family.context.good(&["plan", "-stats", "-no-color"]).stdout;
    for service in ["cloudtrail", "kms", "s3", "ssm"] {
        assert!(told.lines().any(|line| line.contains("eu-west-1") && line.contains(service)), "{told}");
    }
    assert!(told.contains("total"), "{told}");

    let told = family.context.good(&["plan", "-stats", "-json"]).stdout;
    let lines = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let traffic = lines.into_iter().find(|line| line["type"] == "provider_traffic").expect("traffic");
    let rows = traffic["traffic"].as_object().and_then(|all| all.values().next()).expect("a provider");
    let rows = rows.as_array().expect("rows");
    let s3 = rows.iter().find(|row| row["service"] == "s3").expect("S3 was asked");
    // Two buckets, seven configurations of one and two of the other, an object and its tags.
    assert_eq!((&s3["requests"], &s3["throttled"]), (&json!(13), &json!(0)));

    family.destroy("s3.list_buckets()['Buckets'] + cloudtrail.describe_trails()['trailList']");
}
