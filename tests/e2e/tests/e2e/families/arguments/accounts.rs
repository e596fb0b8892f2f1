//! What an account has: identities, policies, settings, an organization.

use super::*;

#[test]
fn arguments_of_users_roles_and_policies() {
    let family = Family::start("arguments/identity");
    let told = "[[r.get('Description'), r['MaxSessionDuration'], r.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn', '')[-1:]] \
                  for r in [iam.get_role(RoleName='r')['Role']]][0] + \
                [u['Path'] + u['UserName'] for u in iam.list_users()['Users'] if u['UserName'] != 'x'] + \
                [iam.get_account_password_policy()['PasswordPolicy']['MinimumPasswordLength']] + \
                [iam.get_open_id_connect_provider(OpenIDConnectProviderArn=p['Arn'])['ClientIDList'] for p in iam.list_open_id_connect_providers()['OpenIDConnectProviderList']]";
    let expected = [
        json!(["a", 7200, "p", "/a/v", 20, ["a", "b"]]),
        json!(["b", 10800, "q", "/b/w", 21, ["b", "c"]]),
        json!(["", 3600, "", "/u", 6, ["a"]]),
    ];
    let kept = [
        "aws_iam_access_key.x",
        "aws_iam_group_membership.g",
        "aws_iam_group_policy.g",
        "aws_iam_policy_attachment.a",
        "aws_iam_role.inline",
        "aws_iam_user_group_membership.g",
    ];
    let imports = Imports {
        ids: &[("aws_iam_user_group_membership", "{user}/z")],
        never: &[
            ("aws_iam_group_membership", "AWS provider has no import of it"),
            ("aws_iam_policy_attachment", "it may be one of many"),
        ],
        unseen: &[
            FORCE_DESTROY,
            FORCE_DETACH,
            ("aws_iam_policy.delay_after_policy_creation_in_ms", OURS),
            ("aws_iam_access_key.secret", "told at the creation only"),
            ("aws_iam_access_key.ses_smtp_password_v4", "told at the creation only"),
            ("aws_iam_user_group_membership.id", "made up"),
            ("aws_iam_openid_connect_provider.url", "told without its scheme"),
        ],
    };
    let lost = "iam.delete_account_password_policy(); iam.remove_user_from_group(UserName='x', GroupName='z'); \
                iam.delete_role_permissions_boundary(RoleName='r'); iam.delete_group(GroupName='h'); \
                [iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=p['Arn']) for p in iam.list_open_id_connect_providers()['OpenIDConnectProviderList']]; \
                [iam.delete_access_key(UserName='x', AccessKeyId=k['AccessKeyId']) for k in iam.list_access_keys(UserName='x')['AccessKeyMetadata']]";
    let made = [
        ("aws_iam_access_key.x", "create"),
        ("aws_iam_account_password_policy.p", "create"),
        ("aws_iam_group.g", "create"),
        ("aws_iam_openid_connect_provider.o", "create"),
        ("aws_iam_role.r", "update"),
        ("aws_iam_user_group_membership.g", "update"),
    ];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_users()['Users'] + iam.list_groups()['Groups']");
}

#[test]
fn arguments_of_policies_and_documents() {
    let family = Family::start("arguments/policies");
    let told = "[json.loads(sns.get_topic_attributes(TopicArn='arn:aws:sns:eu-west-1:123456789012:t')['Attributes']['Policy'])['Statement'][0]['Sid'], \
                iam.list_ssh_public_keys(UserName='u')['SSHPublicKeys'][0]['Status'], \
                json.loads(cloudwatch.get_dashboard(DashboardName='d')['DashboardBody'])['widgets'][0]['properties']['markdown'], \
                json.loads(sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName='q')['QueueUrl'], AttributeNames=['All'])['Attributes']['RedrivePolicy'])['maxReceiveCount'], \
                iam.get_user_policy(UserName='u', PolicyName='p')['PolicyDocument']['Statement'][0]['Action']]";
    let expected = [
        json!(["b", "Inactive", "b", 5, "s3:Put*"]),
        json!(["c", "Active", "c", 6, "s3:List*"]),
        json!(["a", "Active", "a", 4, "s3:Get*"]),
    ];
    let imports = Imports {
        ids: &[("aws_iam_user_ssh_key", "{username}:{ssh_public_key_id}:SSH")],
        unseen: &[FORCE_DESTROY, FORCE_DETACH],
        ..Imports::default()
    };
    let lost = "iam.delete_role_policy(RoleName='r', PolicyName='p'); iam.delete_user_policy(UserName='u', PolicyName='p'); \
                s3.delete_bucket_policy(Bucket='policies'); cloudwatch.delete_dashboards(DashboardNames=['d']); \
                logs.delete_resource_policy(policyName='p'); iam.delete_ssh_public_key(UserName='u', \
                  SSHPublicKeyId=iam.list_ssh_public_keys(UserName='u')['SSHPublicKeys'][0]['SSHPublicKeyId'])";
    let made = [
        ("aws_cloudwatch_dashboard.d", "create"),
        ("aws_cloudwatch_log_resource_policy.p", "create"),
        ("aws_iam_role_policy.p", "create"),
        ("aws_iam_user_policy.p", "create"),
        ("aws_iam_user_ssh_key.k", "create"),
        ("aws_s3_bucket_policy.b", "create"),
    ];
    let kept = ["aws_iam_user_ssh_key.k"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_users()['Users'] + s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_what_bounds_permissions() {
    let family = Family::start("arguments/limits");
    let told = "[o.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn', '')[-2:] \
                  for o in [iam.get_user(UserName='u')['User'], iam.get_user(UserName='bound')['User'], iam.get_role(RoleName='r')['Role']]] + \
                [len(iam.list_attached_user_policies(UserName='only')['AttachedPolicies']), \
                 len(iam.list_attached_role_policies(RoleName='only')['AttachedPolicies'])]";
    let expected =
        [json!(["p0", "p1", "p1", 0, 1]), json!(["p1", "", "", 3, 0]), json!(["", "p0", "p0", 1, 3])];
    let imports = Imports {
        ids: &[
            ("aws_iam_group_policies_exclusive", "{group_name}"),
            ("aws_iam_group_policy_attachments_exclusive", "{group_name}"),
            ("aws_iam_role_policies_exclusive", "{role_name}"),
            ("aws_iam_role_policy_attachments_exclusive", "{role_name}"),
            ("aws_iam_user_policies_exclusive", "{user_name}"),
            ("aws_iam_user_policy_attachments_exclusive", "{user_name}"),
        ],
        never: &[("aws_iam_policy_attachment", "it may be one of many")],
        unseen: &[FORCE_DESTROY, FORCE_DETACH, ("aws_iam_policy.delay_after_policy_creation_in_ms", OURS)],
    };
    let lost = "iam.put_user_policy(UserName='u', PolicyName='other', PolicyDocument=json.dumps({'Version': '2012-10-17', \
                  'Statement': [{'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*'}]})); \
                iam.delete_group_policy(GroupName='g', PolicyName='p1'); \
                iam.attach_role_policy(RoleName='only', PolicyArn='arn:aws:iam::123456789012:policy/p1'); \
                iam.delete_saml_provider(SAMLProviderArn='arn:aws:iam::123456789012:saml-provider/s'); \
                iam.delete_user_permissions_boundary(UserName='bound')";
    let made = [
        ("aws_iam_group_policies_exclusive.g", "update"),
        ("aws_iam_group_policy.p[1]", "create"),
        ("aws_iam_role_policy_attachments_exclusive.r", "update"),
        ("aws_iam_saml_provider.s", "create"),
        ("aws_iam_user.bound", "update"),
        ("aws_iam_user_policies_exclusive.u", "update"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_users()['Users'] + iam.list_groups()['Groups']");
}

#[test]
fn arguments_of_an_organization_and_of_parameters() {
    let family = Family::start("arguments/account");
    let told = "[[p.get('Description'), p.get('AllowedPattern')] for p in ssm.describe_parameters()['Parameters'] if p['Name'] == 'p'][0] + \
                [p['Description'] for p in organizations.list_policies(Filter='SERVICE_CONTROL_POLICY')['Policies'] if not p['AwsManaged']] + \
                [t['Type'] for t in organizations.list_roots()['Roots'][0]['PolicyTypes']]";
    let expected = [
        json!(["a", ".*", "a", "SERVICE_CONTROL_POLICY"]),
        json!(["b", "[a-z]", "b", "TAG_POLICY"]),
        json!([null, null, ""]),
    ];
    let kept = ["aws_ebs_encryption_by_default.e", "aws_kms_alias.a", "aws_s3_account_public_access_block.a"];
    let imports = Imports {
        unseen: &[
            KEY_WINDOW,
            ("aws_organizations_policy.skip_destroy", OURS),
            ("aws_ssm_parameter.value_wo_version", OURS),
            ("aws_ssm_parameter.w.version", "the value is written once more"),
            ("aws_ssm_parameter.has_value_wo", OURS),
        ],
        ..Imports::default()
    };
    let lost = "ssm.delete_parameter(Name='p'); kms.delete_alias(AliasName='alias/a'); \
                [organizations.delete_policy(PolicyId=p['Id']) for p in organizations.list_policies(Filter='SERVICE_CONTROL_POLICY')['Policies'] \
                  if not p['AwsManaged']]; \
                [organizations.delete_organizational_unit(OrganizationalUnitId=u['Id']) \
                  for u in organizations.list_organizational_units_for_parent(ParentId=organizations.list_roots()['Roots'][0]['Id'])['OrganizationalUnits']]";
    let made = [
        ("aws_kms_alias.a", "create"),
        ("aws_organizations_organizational_unit.u", "create"),
        ("aws_organizations_policy.p", "create"),
        ("aws_ssm_parameter.p", "create"),
    ];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("ssm.describe_parameters()['Parameters']");
}

#[test]
fn arguments_of_what_an_account_keeps() {
    let family = Family::start_with_stub("arguments/standing");
    let told = "[client('account').get_contact_information()['ContactInformation'].get(n) for n in ['FullName', 'AddressLine3', 'WebsiteUrl', 'StateOrRegion']] + \
                [client('account').get_region_opt_status(RegionName='eu-south-2')['RegionOptStatus'], \
                 iam.get_account_summary()['SummaryMap']['GlobalEndpointTokenVersion'], iam.list_organizations_features()['EnabledFeatures']]";
    let expected = [
        json!(["b", "a", "https://a.example", "WA", "ENABLED", 1, ["RootCredentialsManagement"]]),
        json!([
            "c",
            "b",
            "https://b.example",
            "b",
            "DISABLED",
            2,
            ["RootCredentialsManagement", "RootSessions"]
        ]),
        json!(["a", null, null, null, "DISABLED", 2, ["RootSessions"]]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_account_region.a", "{account_id},{region_name}"),
            ("aws_account_region.r", "{region_name}"),
        ],
        unseen: &[
            ("aws_account_primary_contact.account_id", "an import names the provider's own, too"),
            ("aws_organizations_account.close_on_deletion", OURS),
            ("aws_organizations_account.create_govcloud", OURS),
        ],
        ..Imports::default()
    };
    let lost = "iam.disable_organizations_root_credentials_management(); organizations.delete_resource_policy(); \
                client('account').enable_region(RegionName='me-south-1'); client('account').disable_region(RegionName='eu-south-2')";
    let made = [
        ("aws_account_region.r", "update"),
        ("aws_iam_organizations_features.f", "create"),
        ("aws_organizations_resource_policy.p", "create"),
    ];
    let kept =
        ["aws_account_region.a", "aws_account_region.r", "aws_iam_security_token_service_preferences.p"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_saml_providers()['SAMLProviderList']");
}

#[test]
fn a_user_is_known_by_its_new_name_when_what_comes_after_fails() {
    let aws = Aws::start();
    let config = "resource \"aws_iam_user\" \"u\" {\n  name = \"old\"\n}\n";
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    context.edit("main.tf", "\"old\"", "\"new\"\n  tags = { a = 1 }");
    aws.proxy().refuse("TagUser", 400, "InvalidInput", "Not today.");
    context.run(&["apply", "-auto-approve"]).expect_code(1);
    assert_eq!(aws.ask("[u['UserName'] for u in iam.list_users()['Users']]"), json!(["new"]));
    context.good(&["plan"]).expect_text("0 to add, 1 to change, 0 to destroy");
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(aws.ask("iam.list_user_tags(UserName='new')['Tags']"), json!([{"Key": "a", "Value": "1"}]));
}
