//! The schemas: against golden files (`schemas/<type>.json`, written anew with
//! `TERRANE_UPDATE_GOLDEN=1`, and then reviewed by eye), and against the names that AWS provider
//! 6.62 has (`tests/reference-schema.json`, cut by `cut_reference.py` out of lists of all its
//! types). `TERRANE_REFERENCE_SCHEMA=PATH` compares with such lists themselves, and prints what they
//! have and the provider has not.
//!
//! What differs is meant, and why it does is in SCHEMAS.md, which is made from the tables here. And what
//! all schemas have in common: how policies are compared.

#[path = "schemas/pages.rs"]
mod pages;

use serde_json::{Value as Json, json};
use std::path::Path;
use terrane_provider::{PlanRequest, Private, Provider};
use terrane_schema::{AttributeType, proposed_new};
use terrane_sdk::testing::{Reference, object};
use terrane_value::{Type, Value};

/// Differences to the reference that are meant, and why. A name with `*` in front of it is meant
/// for every type.
const MEANT: &[(&str, &str)] = &[
    (
        "*id",
        "the reference lists the id as optional, as Terraform's SDK declares it; setting it never worked",
    ),
    ("*tags_all", "the reference lists what the bindings let one set; here as in the provider's schema"),
    (
        "aws_iam_virtual_mfa_device.base32_string_seed",
        "the bindings spell base_32_string_seed so; here it is as in the provider's schema",
    ),
    (
        "aws_iam_virtual_mfa_device.base_32_string_seed",
        "the bindings spell it base32_string_seed; here it is as in the provider's schema",
    ),
    (
        "data aws_vpc_endpoint_service.region",
        "the bindings list it as computed; modules set it, as for other data sources",
    ),
    (
        "data aws_vpc_peering_connection.region",
        "the bindings list it as computed; here it can be set, as for other data sources",
    ),
    ("aws_instance.ebs_block_device.volume_id", "computed inside a block, which the bindings do not list"),
    (
        "aws_instance.primary_network_interface.delete_on_termination",
        "computed inside a block, which the bindings do not list",
    ),
    ("aws_instance.root_block_device.device_name", "computed inside a block, which the bindings do not list"),
    ("aws_instance.root_block_device.volume_id", "computed inside a block, which the bindings do not list"),
    (
        "aws_network_interface.attachment.attachment_id",
        "computed inside a block, which the bindings do not list",
    ),
    (
        "aws_s3_bucket_acl.access_control_policy.grant.grantee.display_name",
        "computed inside a block, which the bindings do not list",
    ),
    (
        "aws_s3_bucket_logging.target_grant.grantee.display_name",
        "computed inside a block, which the bindings do not list",
    ),
];

/// Types that the reference does not list, so that their names are from the documentation alone.
const NOT_LISTED: &[&str] = &[
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_log_stream",
    "aws_dx_connection_association",
    "aws_dx_connection_confirmation",
    "aws_dx_hosted_private_virtual_interface",
    "aws_dx_hosted_private_virtual_interface_accepter",
    "aws_dx_hosted_public_virtual_interface",
    "aws_dx_hosted_public_virtual_interface_accepter",
    "aws_dx_hosted_transit_virtual_interface",
    "aws_dx_hosted_transit_virtual_interface_accepter",
    "aws_dx_public_virtual_interface",
    "aws_ebs_default_kms_key",
    "aws_ebs_encryption_by_default",
    "aws_ebs_snapshot_block_public_access",
    "aws_ec2_image_block_public_access",
    "aws_ec2_instance_metadata_defaults",
    "aws_ec2_serial_console_access",
    "aws_ec2_transit_gateway_connect_peer",
    "aws_ec2_transit_gateway_default_route_table_association",
    "aws_ec2_transit_gateway_default_route_table_propagation",
    "aws_elasticache_subnet_group",
    "aws_iam_group_policies_exclusive",
    "aws_iam_organizations_features",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_security_token_service_preferences",
    "aws_iam_server_certificate",
    "aws_iam_user_policies_exclusive",
    "aws_iam_user_policy_attachments_exclusive",
    "aws_iam_user_ssh_key",
    "aws_kms_grant",
    "aws_network_interface_sg_attachment",
    "aws_redshift_subnet_group",
    "aws_s3_directory_bucket",
    "aws_sqs_queue_redrive_allow_policy",
    "aws_sqs_queue_redrive_policy",
    "aws_vpc_block_public_access_exclusion",
    "aws_vpc_endpoint_service",
    "aws_vpc_endpoint_service_allowed_principal",
    "aws_vpc_ipv6_cidr_block_association",
    "aws_vpc_security_group_rules_exclusive",
    "aws_vpc_security_group_vpc_association",
    "data aws_account_primary_contact",
    "data aws_arn",
    "data aws_cloudfront_log_delivery_canonical_user_id",
    "data aws_cloudwatch_log_groups",
    "data aws_dx_connection",
    "data aws_dx_location",
    "data aws_dx_locations",
    "data aws_ebs_default_kms_key",
    "data aws_ebs_encryption_by_default",
    "data aws_ebs_volumes",
    "data aws_ec2_client_vpn_endpoint",
    "data aws_ec2_instance_type_offering",
    "data aws_ec2_instance_type_offerings",
    "data aws_ec2_instance_types",
    "data aws_ec2_managed_prefix_lists",
    "data aws_ec2_serial_console_access",
    "data aws_ec2_transit_gateway_attachments",
    "data aws_ec2_transit_gateway_connect",
    "data aws_ec2_transit_gateway_connect_peer",
    "data aws_ec2_transit_gateway_dx_gateway_attachment",
    "data aws_ec2_transit_gateway_peering_attachments",
    "data aws_ec2_transit_gateway_route_table_associations",
    "data aws_ec2_transit_gateway_route_table_propagations",
    "data aws_ec2_transit_gateway_route_table_routes",
    "data aws_ec2_transit_gateway_route_tables",
    "data aws_iam_access_keys",
    "data aws_iam_instance_profiles",
    "data aws_iam_openid_connect_provider",
    "data aws_iam_principal_policy_simulation",
    "data aws_iam_saml_provider",
    "data aws_iam_server_certificate",
    "data aws_iam_user_ssh_key",
    "data aws_kms_public_key",
    "data aws_kms_secrets",
    "data aws_nat_gateways",
    "data aws_organizations_delegated_administrators",
    "data aws_organizations_delegated_services",
    "data aws_organizations_organizational_unit_descendant_organizational_units",
    "data aws_organizations_policies",
    "data aws_organizations_policies_for_target",
    "data aws_organizations_policy",
    "data aws_organizations_resource_tags",
    "data aws_s3_account_public_access_block",
    "data aws_s3_bucket_policy",
    "data aws_s3_objects",
    "data aws_sqs_queues",
    "data aws_ssm_parameters_by_path",
    "data aws_vpc_dhcp_options",
    "data aws_vpc_peering_connections",
    "data aws_vpc_security_group_rule",
    "data aws_vpc_security_group_rules",
];

fn reference() -> Reference<'static> {
    Reference {
        provider: terrane_provider_aws::provider(),
        folder: Path::new(env!("CARGO_MANIFEST_DIR")),
        title: "AWS provider 6.62",
        lists: include_str!("reference-schema.json"),
        meant: MEANT,
        not_listed: NOT_LISTED,
    }
}

#[test]
fn schemas_are_the_golden_ones() {
    let wrong = reference().check_golden_files();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_are_those_of_the_reference() {
    let differences = reference().differences();
    assert!(differences.is_empty(), "unexplained differences: {differences:#?}");
}

#[test]
fn the_table_of_differences_is_current() {
    assert!(reference().table_is_current(), "SCHEMAS.md is not current: run with TERRANE_UPDATE_GOLDEN=1");
}

/// Attributes called policy that hold no IAM policy.
const OTHER_POLICIES: &[&str] = &[
    "archive_policy",
    "delivery_policy",
    "filter_policy",
    "redrive_allow_policy",
    "redrive_policy",
    "replay_policy",
];

/// Attributes that are not compared by meaning, and why.
const AS_WRITTEN: &[(&str, &str)] =
    &[("aws_s3_bucket.policy", "a configuration that sets it is refused, in favour of aws_s3_bucket_policy")];

/// Wherever a policy occurs, another wording of the same is no change.
#[tokio::test]
async fn policies_are_compared_by_meaning() {
    let provider = terrane_provider_aws::provider();
    let schema = provider.schema();
    let config = json!({
        "region": "eu-west-1", "access_key": "AKIATEST", "secret_key": "secret",
        "skip_credentials_validation": true, "skip_requesting_account_id": true,
    });
    let config = object(&schema.provider.block, &config).expect("the configuration is valid");
    let client = provider.configure(&config).await.expect("the provider can be configured");
    let statement = |action: Json, principal: &str| {
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": action, "Resource": "*", "Principal": { "AWS": principal } } ] })
        .to_string()
    };
    let before = statement(json!(["s3:Get*", "s3:Put*"]), "arn:aws:iam::123456789012:root");
    let after = statement(json!(["s3:Put*", "S3:get*"]), "123456789012");
    let mut wrong = Vec::new();
    for (name, schema) in &schema.resources {
        for (attribute, spec) in &schema.block.attributes {
            let text = matches!(&spec.ty, AttributeType::Plain(Type::String));
            let policy =
                ["policy", "policy_document", "policy_json"].iter().any(|end| attribute.ends_with(end));
            let at = format!("{name}.{attribute}");
            let known = OTHER_POLICIES.contains(&&**attribute) || AS_WRITTEN.iter().any(|(a, _)| *a == at);
            if !text || !policy || known || !(spec.required || spec.optional) {
                continue;
            }
            let only =
                |text: &str| object(&schema.block, &json!({ &**attribute: text })).expect("it is an object");
            let plan = async |prior: Value, config: Value| {
                let proposed = proposed_new(&schema.block, &prior, &config);
                let (type_name, private) = (name.to_string(), Private::from([]));
                let request = PlanRequest { type_name, prior, config, proposed, private };
                provider.plan(&client, request).await.planned
            };
            // An object with its defaults, so that nothing but the policy differs.
            let made = plan(Value::NULL, only(&before)).await;
            let unknown: Vec<(String, Type)> = (made.as_map().into_iter().flatten())
                .filter(|(_, value)| !value.is_wholly_known())
                .map(|(name, value)| (name.to_string(), value.ty()))
                .collect();
            let prior = unknown
                .into_iter()
                .fold(made, |object, (name, ty)| object.with_attribute(&name, Value::null(ty)));
            let planned = plan(prior, only(&after)).await;
            if planned.attribute(attribute).as_ref().and_then(Value::as_str) != Some(&before) {
                wrong.push(at);
            }
        }
    }
    assert!(wrong.is_empty(), "another wording of the same policy is a change of {wrong:?}");
}
