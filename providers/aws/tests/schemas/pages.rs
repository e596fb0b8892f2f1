//! The pages of the book about this provider, which are made from its schemas: written anew with
//! `TERRANE_UPDATE_GOLDEN=1`, and checked to be current.

use std::path::Path;
use terrane_sdk::testing::{Pages, Topic};

const TOPICS: &[Topic<'_>] = &[
    (
        "vpc",
        "VPCs, subnets and routes",
        &[
            "aws_availability_zone",
            "aws_default_route_table",
            "aws_default_subnet",
            "aws_default_vpc",
            "aws_ec2_subnet",
            "aws_egress_only",
            "aws_eip",
            "aws_flow_log",
            "aws_internet_gateway",
            "aws_main_route_table",
            "aws_nat_gateway",
            "aws_network_interface",
            "aws_route",
            "aws_subnet",
            "aws_vpc",
        ],
    ),
    (
        "security-groups",
        "security groups, ACLs and prefix lists",
        &[
            "aws_default_network_acl",
            "aws_default_security_group",
            "aws_ec2_managed_prefix_list",
            "aws_network_acl",
            "aws_network_interface_sg",
            "aws_prefix_list",
            "aws_security_group",
            "aws_vpc_security_group",
        ],
    ),
    ("vpc-endpoints", "VPC endpoints and peering", &["aws_vpc_endpoint", "aws_vpc_peering"]),
    ("transit-gateways", "transit gateways", &["aws_ec2_transit_gateway"]),
    ("vpn", "VPN", &["aws_customer_gateway", "aws_ec2_client_vpn", "aws_vpn_"]),
    ("direct-connect", "Direct Connect", &["aws_dx_"]),
    (
        "instances",
        "instances and volumes",
        &["aws_ami", "aws_ebs_", "aws_ec2_", "aws_instance", "aws_key_pair", "aws_volume_"],
    ),
    ("iam", "IAM", &["aws_iam_"]),
    (
        "account",
        "accounts, regions and names",
        &[
            "aws_account_",
            "aws_arn",
            "aws_caller_identity",
            "aws_default_tags",
            "aws_elb_service_account",
            "aws_partition",
            "aws_region",
            "aws_service_principal",
        ],
    ),
    ("organizations", "organizations", &["aws_organizations_"]),
    ("ram", "Resource Access Manager", &["aws_ram_"]),
    ("s3", "S3", &["aws_canonical_user_id", "aws_cloudfront_log_delivery", "aws_s3_"]),
    ("cloudtrail", "CloudTrail", &["aws_cloudtrail"]),
    ("cloudwatch", "CloudWatch: alarms, dashboards, logs", &["aws_cloudwatch_"]),
    ("kms", "KMS", &["aws_kms_"]),
    ("messages", "SNS and SQS", &["aws_sns_", "aws_sqs_"]),
    ("ssm", "Systems Manager", &["aws_ssm_"]),
    (
        "subnet-groups",
        "subnet groups",
        &["aws_db_subnet_group", "aws_elasticache_subnet_group", "aws_redshift_subnet_group"],
    ),
];

#[test]
fn the_pages_are_current() {
    let provider = terrane_provider_aws::provider();
    let pages = Pages {
        provider: &provider,
        title: "AWS",
        reference: "6.62",
        home: "providers/aws",
        root: &Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
        folder: "docs/reference/aws",
        topics: TOPICS,
    };
    let wrong = pages.check();
    assert!(wrong.is_empty(), "run with TERRANE_UPDATE_GOLDEN=1: {wrong:#?}");
}
