//! What the public modules for IAM are made of.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_iam_role_policy_attachment", "{role}/{policy_arn}"),
        ("aws_iam_user_policy_attachment", "{user}/{policy_arn}"),
        ("aws_iam_group_policy_attachment", "{group}/{policy_arn}"),
        ("aws_iam_user_ssh_key", "{username}:{ssh_public_key_id}:{encoding}"),
    ],
    never: &[
        ("aws_iam_group_membership", "AWS provider imports none, nor does Terrane"),
        (
            "aws_iam_user_login_profile",
            "AWS does not tell how long the password is, and another length makes a new one",
        ),
    ],
    unseen: &[
        ("aws_iam_user.force_destroy", "an instruction for the provider"),
        ("aws_iam_role.force_detach_policies", "an instruction for the provider"),
        ("aws_iam_openid_connect_provider.url", "AWS gives it without the scheme"),
        ("aws_iam_user_ssh_key.public_key", "AWS gives it without the comment"),
        ("aws_iam_access_key.secret", "told once"),
        ("aws_iam_access_key.ses_smtp_password_v4", "made of the secret"),
        ("aws_iam_access_key.pgp_key", "an instruction for the provider"),
    ],
};

#[test]
fn iam_module() {
    let family = Family::start("iam_module");
    family.create();
    let trust = "[s.get('Sid') for r in iam.list_roles()['Roles'] if r['RoleName'].startswith('deploy-') \
                 for s in r['AssumeRolePolicyDocument']['Statement']]";
    family.witness(trust, json!([null, null, "ByPeople", "services"]));
    family.witness("iam.list_account_aliases()['AccountAliases']", json!(["family-of-iam"]));
    family.witness("iam.get_account_password_policy()['PasswordPolicy']['MinimumPasswordLength']", json!(14));
    family.witness(
        "[s['Sid'] for s in iam.get_policy_version(PolicyArn=[p['Arn'] for p in iam.list_policies(Scope='Local')['Policies'] \
         if p['PolicyName'] == 'read'][0], VersionId='v1')['PolicyVersion']['Document']['Statement']]",
        json!(["rds", "resourcegroups", "AllowLogsQuery"]),
    );
    family.witness("[u['UserName'] for u in iam.get_group(GroupName='people')['Users']]", json!(["ken"]));
    let key = family.text("aws_iam_access_key.robot", "id");
    family.witness(
        "[k['AccessKeyId'] for k in iam.list_access_keys(UserName='robot')['AccessKeyMetadata']]",
        json!([key]),
    );
    family.import(&IMPORTS);

    family.step(
        "members, a key, the account and an identity provider change",
        &[
            ("for user in [\"ken\"]", "for user in [\"ken\", \"robot\"]"),
            ("status  = \"Active\"", "status  = \"Inactive\""),
            ("minimum_password_length        = 14", "minimum_password_length        = 16"),
            ("6938fd4d98bab03faadb97b34396831e3780aea1", "1c58a3a8518e8759bf075b76b750d4f2df264fcd"),
            ("values = [\"true\"]", "values = [true]"),
        ],
        &[
            ("aws_iam_access_key.robot", "update"),
            ("aws_iam_account_password_policy.this", "update"),
            ("aws_iam_group_membership.this", "update"),
            ("aws_iam_openid_connect_provider.github", "update"),
        ],
    );
    family.step(
        "the role of an instance profile changes its name",
        &[("name_prefix           = \"deploy-\"", "name_prefix           = \"deliver-\"")],
        &[
            ("aws_iam_role.this", "replace"),
            ("aws_iam_role_policy.inline", "replace"),
            ("aws_iam_role_policy_attachment.this[\"aws\"]", "replace"),
            ("aws_iam_role_policy_attachment.this[\"own\"]", "replace"),
            ("aws_iam_instance_profile.this", "update"),
        ],
    );
    family.witness(
        "iam.get_instance_profile(InstanceProfileName='deploy')['InstanceProfile']['Roles'][0]['RoleName'][:8]",
        json!("deliver-"),
    );
    family.tamper(
        "iam.delete_access_key(UserName='robot', AccessKeyId=iam.list_access_keys(UserName='robot')['AccessKeyMetadata'][0]['AccessKeyId'])\n\
         iam.delete_account_alias(AccountAlias='family-of-iam')\n\
         iam.remove_user_from_group(UserName='robot', GroupName='people')",
        &[
            ("aws_iam_access_key.robot", "create"),
            ("aws_iam_account_alias.this", "create"),
            ("aws_iam_group_membership.this", "update"),
        ],
    );
    family.destroy(
        "iam.list_groups()['Groups'] + iam.list_users()['Users'] + iam.list_policies(Scope='Local')['Policies'] \
         + iam.list_instance_profiles()['InstanceProfiles'] + iam.list_account_aliases()['AccountAliases'] \
         + iam.list_open_id_connect_providers()['OpenIDConnectProviderList'] + iam.list_saml_providers()['SAMLProviderList']",
    );
    family.expect_order(&["RemoveRoleFromInstanceProfile", "DeleteInstanceProfile", "DeleteRole"]);
    family.expect_order(&["DeleteAccessKey", "DeleteUser"]);
}
