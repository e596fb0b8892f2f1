//! IAM groups, their members and their policies.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_iam_group_policy_attachment", "{group}/{policy_arn}"),
        ("aws_iam_user_group_membership.person[\"ken\"]", "{user}/developers/operators"),
        ("aws_iam_user_group_membership.person[\"yuki\"]", "{user}/developers/operators"),
    ],
    never: &[],
    unseen: &[
        ("aws_iam_user.force_destroy", "an instruction for the provider"),
        ("aws_iam_user_group_membership.id", "made up by whoever creates the object"),
        ("aws_iam_group_policy_attachment.id", "made up by whoever creates the object"),
    ],
};

#[test]
fn iam_groups() {
    let family = Family::start("iam_groups");
    family.create();
    let members = "{g['GroupName']: sorted(u['UserName'] for u in iam.get_group(GroupName=g['GroupName'])['Users']) \
                   for g in iam.list_groups()['Groups']}";
    family.witness(members, json!({"developers": ["ken", "yuki"], "operators": ["ken", "yuki"]}));
    family.import(&IMPORTS);

    family.step(
        "a policy says the same in other words",
        &[("Action = [\"ec2:Describe*\"]", "Action = \"ec2:Describe*\"")],
        &[],
    );
    family.step(
        "tags, members and a policy change",
        &[
            ("Owner = \"platform\"", "Owner = \"security\""),
            ("s3:ListAllMyBuckets", "s3:ListBucket"),
            ("[\"developers\", \"operators\"] :", "[\"developers\"] :"),
        ],
        &[
            ("aws_iam_user.person[\"ken\"]", "update"),
            ("aws_iam_user.person[\"yuki\"]", "update"),
            ("aws_iam_group_policy.own", "update"),
            ("aws_iam_user_group_membership.person[\"ken\"]", "update"),
            ("aws_iam_user_group_membership.person[\"yuki\"]", "update"),
        ],
    );
    family.witness(members, json!({"developers": ["ken", "yuki"], "operators": []}));
    family.witness(
        "iam.get_group_policy(GroupName='operators', PolicyName='own')['PolicyDocument']['Statement'][0]['Action']",
        json!("s3:ListBucket"),
    );

    family.tamper(
        "iam.delete_group_policy(GroupName='operators', PolicyName='own')",
        &[("aws_iam_group_policy.own", "create")],
    );
    family.tamper(
        "iam.detach_group_policy(GroupName='developers', PolicyArn=[p['Arn'] for p in iam.list_policies(Scope='Local')['Policies']][0])\n\
         iam.remove_user_from_group(UserName='ken', GroupName='developers')",
        &[
            ("aws_iam_group_policy_attachment.network", "create"),
            ("aws_iam_user_group_membership.person[\"ken\"]", "update"),
        ],
    );

    family.destroy("iam.list_groups()['Groups'] + iam.list_users()['Users'] + iam.list_policies(Scope='Local')['Policies']");
    family.expect_order(&["DetachGroupPolicy", "DeletePolicy"]);
    family.expect_order(&["RemoveUserFromGroup", "DeleteGroup"]);
    family.expect_order(&["DeleteGroupPolicy", "DeleteGroup"]);
}
