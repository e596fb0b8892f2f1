//! Federated sign-in over several accounts: a step account, and the accounts of services behind it.

use serde_json::json;
use terrane_e2e::Family;

const STEP: &str = "111100000001";
const SHOP: &str = "111100000003";

/// Python: the roles of an account, but for the one by which it is entered.
fn roles(account: &str) -> String {
    format!(
        "sorted(r['RoleName'] for r in client('iam', account='{account}').list_roles()['Roles'] if r['RoleName'] != 'OrganizationAccountAccessRole')"
    )
}

/// Python: the first statement of a role's trust.
fn trust(account: &str, role: &str) -> String {
    format!(
        "client('iam', account='{account}').get_role(RoleName='{role}')['Role']['AssumeRolePolicyDocument']['Statement'][0]"
    )
}

#[test]
fn federated_sign_in() {
    let family = Family::start("federated_sign_in");
    family.create();
    let step =
        ["step-ads-admin", "step-ads-readonly", "step-shop-admin", "step-shop-custom", "step-shop-readonly"];
    family.witness(&roles(STEP), json!(step));
    family.witness(&roles(SHOP), json!(["shop-admin", "shop-custom", "shop-readonly"]));
    let signed_in = family.aws.ask(&trust(STEP, "step-shop-admin"));
    assert_eq!(
        signed_in["Principal"],
        json!({"Federated": format!("arn:aws:iam::{STEP}:saml-provider/directory")})
    );
    assert_eq!(signed_in["Action"], json!("sts:AssumeRoleWithSAML"));
    assert_eq!(
        signed_in["Condition"],
        json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})
    );
    for kind in ["shop-admin", "shop-custom", "shop-readonly"] {
        let trusted = family.aws.ask(&trust(SHOP, kind));
        assert_eq!(trusted["Principal"], json!({"AWS": format!("arn:aws:iam::{STEP}:role/step-{kind}")}));
        let further = format!(
            "client('iam', account='{STEP}').get_role_policy(RoleName='step-{kind}', PolicyName='go-on')\
             ['PolicyDocument']['Statement'][0]['Resource']"
        );
        family.witness(&further, json!(format!("arn:aws:iam::{SHOP}:role/{kind}")));
    }
    let managed = format!(
        "[p['PolicyName'] for p in client('iam', account='{SHOP}').list_attached_role_policies(RoleName='shop-readonly')['AttachedPolicies']]"
    );
    family.witness(&managed, json!(["ReadOnlyAccess"]));

    family.step(
        "a custom role may do more",
        &[("[\"cloudwatch:Get*\", \"logs:FilterLogEvents\"]", "[\"cloudwatch:*\"]")],
        &[("module.service[\"shop\"].aws_iam_policy.custom[\"shop-custom\"]", "update")],
    );
    // Somebody lets others in: the role trusts exactly one again.
    family.tamper(
        &format!(
            "i = client('iam', account='{SHOP}')\nd = i.get_role(RoleName='shop-admin')['Role']['AssumeRolePolicyDocument']\n\
             d['Statement'][0]['Principal'] = '*'\ni.update_assume_role_policy(RoleName='shop-admin', PolicyDocument=json.dumps(d))"
        ),
        &[("module.service[\"shop\"].aws_iam_role.service[\"shop-admin\"]", "update")],
    );
    family.step(
        "a service more",
        &[("    ads  = \"111100000002\"", "    ads  = \"111100000002\"\n    pay  = \"111100000004\"")],
        &[
            ("module.step.aws_iam_role.step[\"pay-admin\"]", "create"),
            ("module.step.aws_iam_role.step[\"pay-readonly\"]", "create"),
            ("module.step.aws_iam_role_policy.go_on[\"pay-admin\"]", "create"),
            ("module.step.aws_iam_role_policy.go_on[\"pay-readonly\"]", "create"),
            ("module.service[\"pay\"].aws_iam_role.service[\"pay-admin\"]", "create"),
            ("module.service[\"pay\"].aws_iam_role.service[\"pay-readonly\"]", "create"),
            ("module.service[\"pay\"].aws_iam_role_policy_attachment.managed[\"pay-admin\"]", "create"),
            ("module.service[\"pay\"].aws_iam_role_policy_attachment.managed[\"pay-readonly\"]", "create"),
        ],
    );
    family.destroy(&format!("{} + {} + {}", roles(STEP), roles(SHOP), roles("111100000004")));
}
