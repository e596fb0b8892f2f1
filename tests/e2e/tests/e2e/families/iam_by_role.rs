//! Who may do what, by role, as a whole account has it.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_iam_group_policy_attachment", "{group}/{policy_arn}"),
        ("aws_iam_user_group_membership.person[\"aki\"]", "aki/Admin"),
        ("aws_iam_user_group_membership.person[\"ken\"]", "ken/Developers"),
        ("aws_iam_user_group_membership.person[\"yuki\"]", "yuki/Operators"),
        ("aws_cloudtrail", "{arn}"),
    ],
    never: &[
        ("aws_iam_access_key", "the secret is told once"),
        ("aws_iam_user_login_profile", "the password is told once"),
    ],
    unseen: &[
        ("aws_iam_user.force_destroy", "an instruction for the provider"),
        ("aws_s3_bucket.force_destroy", "an instruction for the provider"),
        ("aws_iam_user_group_membership.id", "made up by whoever creates the object"),
        ("aws_iam_group_policy_attachment.id", "made up by whoever creates the object"),
    ],
};

#[test]
fn iam_by_role() {
    let family = Family::start("iam_by_role");
    family.create();
    let policies = "{g['GroupName']: sorted(p['PolicyName'] for p in \
                    iam.list_attached_group_policies(GroupName=g['GroupName'])['AttachedPolicies']) \
                    for g in iam.list_groups()['Groups']}";
    family.witness(
        policies,
        json!({
            "Admin": ["AdministratorAccess", "ChangePassword"],
            "Developers": ["ChangePassword", "PowerUserAccess"],
            "Operators": ["ChangePassword", "ReadOnlyAccess", "ViewBilling"],
        }),
    );
    let hung = "[iam.list_attached_user_policies(UserName=u['UserName'])['AttachedPolicies'] + \
                iam.list_user_policies(UserName=u['UserName'])['PolicyNames'] for u in iam.list_users()['Users']]";
    family.witness(hung, json!([[], [], []]));
    let keys = "{u['UserName']: len(iam.list_access_keys(UserName=u['UserName'])['AccessKeyMetadata']) for u in iam.list_users()['Users']}";
    family.witness(keys, json!({"aki": 0, "ken": 1, "yuki": 0}));
    let trails = "[(t['IsMultiRegionTrail'], t['LogFileValidationEnabled']) for t in cloudtrail.describe_trails()['trailList']]";
    family.witness(trails, json!([[true, true]]));
    family.import(&IMPORTS);

    family.step(
        "somebody changes teams, and gets a key",
        &[("yuki = { group = \"Operators\" }", "yuki = { group = \"Developers\", key = true }")],
        &[
            ("aws_iam_user_group_membership.person[\"yuki\"]", "update"),
            ("aws_iam_access_key.person[\"yuki\"]", "create"),
        ],
    );
    family.step(
        "somebody leaves, and somebody comes",
        &[("ken  = { group = \"Developers\", key = true }", "emi  = { group = \"Developers\" }")],
        &[
            ("aws_iam_user.person[\"ken\"]", "delete"),
            ("aws_iam_user_group_membership.person[\"ken\"]", "delete"),
            ("aws_iam_user_login_profile.person[\"ken\"]", "delete"),
            ("aws_iam_access_key.person[\"ken\"]", "delete"),
            ("aws_iam_user.person[\"emi\"]", "create"),
            ("aws_iam_user_group_membership.person[\"emi\"]", "create"),
            ("aws_iam_user_login_profile.person[\"emi\"]", "create"),
        ],
    );
    family.tamper(
        "a = next(p['PolicyArn'] for p in iam.list_attached_group_policies(GroupName='Admin')['AttachedPolicies'] \
         if p['PolicyName'] == 'AdministratorAccess')\n\
         iam.detach_group_policy(GroupName='Admin', PolicyArn=a)\n\
         cloudtrail.update_trail(Name='all-regions', IsMultiRegionTrail=False)",
        &[("aws_iam_group_policy_attachment.managed[\"Admin\"]", "create"), ("aws_cloudtrail.all", "update")],
    );
    family.destroy(
        "iam.list_groups()['Groups'] + iam.list_users()['Users'] + cloudtrail.describe_trails()['trailList']",
    );
}
