//! The accounts of a company, and what each of them gets: the second configuration works in all accounts that
//! the first one has made, by the role that AWS puts into them.

use serde_json::{Value, json};
use terrane_e2e::{Family, Imports, TestContext};

const ACCOUNTS: &str = "sorted(a['Name'] for a in organizations.list_accounts()['Accounts'])";

/// Python: the id of an account by its name.
fn id(name: &str) -> String {
    format!("next(a['Id'] for a in organizations.list_accounts()['Accounts'] if a['Name'] == '{name}')")
}

/// Python: the name of the unit in which an account is.
fn unit_of(name: &str) -> String {
    format!(
        "organizations.describe_organizational_unit(OrganizationalUnitId=organizations.list_parents(\
         ChildId={})['Parents'][0]['Id'])['OrganizationalUnit']['Name']",
        id(name)
    )
}

#[test]
fn organization() {
    let family = Family::start_with_stub("organization");
    family.create();
    family.witness(ACCOUNTS, json!(["ads", "audit", "master", "shop"]));
    family.witness(&unit_of("shop"), json!("production"));
    family.witness(
        "json.loads(organizations.describe_resource_policy()['ResourcePolicy']['Content'])['Statement'][0]['Action']",
        json!(["organizations:List*", "organizations:Describe*"]),
    );
    let outputs = family.context.json(&["output", "-json"]);
    assert_eq!(outputs["policies"]["value"], json!(true));
    assert_eq!(outputs["administers"]["value"], json!(["guardduty.amazonaws.com"]));
    family.import(&Imports {
        unseen: &[("aws_organizations_account.close_on_deletion", "an instruction for the provider")],
        ..Imports::default()
    });

    family.step(
        "an account moves, a policy says more, a unit has other tags",
        &[
            (
                "email = \"ads@example.com\", unit = \"staging\"",
                "email = \"ads@example.com\", unit = \"production\"",
            ),
            (
                "\"organizations:LeaveOrganization\"",
                "[\"organizations:LeaveOrganization\", \"account:CloseAccount\"]",
            ),
            ("{ Stage = each.key }", "{ Phase = each.key }"),
        ],
        &[
            ("aws_organizations_account.member[\"ads\"]", "update"),
            ("aws_organizations_policy.stay", "update"),
            ("aws_organizations_organizational_unit.workload[\"production\"]", "update"),
            ("aws_organizations_organizational_unit.workload[\"staging\"]", "update"),
        ],
    );
    family.witness(&unit_of("ads"), json!("production"));
    family.step(
        "another kind of policies, while all that refers to the root stays",
        &[("[\"SERVICE_CONTROL_POLICY\"]", "[\"SERVICE_CONTROL_POLICY\", \"TAG_POLICY\"]")],
        &[("aws_organizations_organization.company", "update")],
    );
    family.tamper(
        "p = next(p['Id'] for p in organizations.list_policies(Filter='SERVICE_CONTROL_POLICY')['Policies'] if p['Name'] == 'stay')\n\
         t = organizations.list_targets_for_policy(PolicyId=p)['Targets'][0]['TargetId']\n\
         organizations.detach_policy(PolicyId=p, TargetId=t)",
        &[("aws_organizations_policy_attachment.stay", "create")],
    );
    let back = format!(
        "i = {}\np = organizations.list_parents(ChildId=i)['Parents'][0]['Id']\n\
         organizations.move_account(AccountId=i, SourceParentId=p, DestinationParentId=organizations.list_roots()['Roots'][0]['Id'])",
        id("shop")
    );
    family.tamper(&back, &[("aws_organizations_account.member[\"shop\"]", "update")]);

    let baseline = baseline(&family);
    family.step(
        "a new account",
        &[(
            "    ads   = {",
            "    pay   = { email = \"pay@example.com\", unit = \"production\" }\n    ads   = {",
        )],
        &[("aws_organizations_account.member[\"pay\"]", "create")],
    );
    let run = baseline.good(&["apply", "-auto-approve"]);
    run.expect_text("Resources: 11 added, 0 changed, 0 destroyed.");
    baseline.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    baseline.good(&["destroy", "-auto-approve"]);
    assert_eq!(baseline.state()["resources"], json!([]));
    let roles =
        format!("[r['RoleName'] for r in client('iam', account={}).list_roles()['Roles']]", id("shop"));
    family.witness(&roles, json!(["OrganizationAccountAccessRole"]));
    family.destroy("[]");
    family.aws.tamper(
        "try:\n    organizations.describe_organization()\n    raise AssertionError('it is still there')\n\
         except organizations.exceptions.AWSOrganizationsNotInUseException:\n    pass",
    );
    family.expect_order(&["DetachPolicy", "DeletePolicy"]);
    family.expect_order(&[
        "DeregisterDelegatedAdministrator",
        "RemoveAccountFromOrganization",
        "DeleteOrganizationalUnit",
        "DeleteOrganization",
    ]);
}

/// Gives the accounts what all get, and changes it in all of them.
fn baseline(family: &Family) -> TestContext {
    let context = TestContext::copy_of("tests/e2e/families/organization/baseline").using(&family.aws);
    context.good(&["init"]);
    context.good(&["validate"]);
    let run = context.good(&["apply", "-auto-approve"]);
    run.expect_text("Resources: 33 added, 0 changed, 0 destroyed.");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let accounts = ["ads", "audit", "shop"];
    for name in accounts {
        let account = id(name);
        let ask = |service: &str, expression: &str| {
            family.aws.ask(&format!("(lambda c: {expression})(client('{service}', account={account}))"))
        };
        let trails = ask(
            "cloudtrail",
            "[(t['Name'], t['IsMultiRegionTrail']) for t in c.describe_trails()['trailList']]",
        );
        assert_eq!(trails, json!([["all", true]]), "{name}");
        let attached = ask(
            "iam",
            "[p['PolicyName'] for p in c.list_attached_role_policies(RoleName='auditor')['AttachedPolicies']]",
        );
        assert_eq!(attached, json!(["view-bills"]), "{name}");
        for region in ["eu-west-1", "ap-northeast-1"] {
            let groups = format!(
                "[g['retentionInDays'] for g in client('logs', '{region}', {account}).describe_log_groups()['logGroups']]"
            );
            assert_eq!(family.aws.ask(&groups), json!([30]), "{name} {region}");
        }
    }
    let trails = context.json(&["output", "-json", "trails"]);
    let owners: Vec<Value> = accounts.iter().map(|name| family.aws.ask(&id(name))).collect();
    for (name, owner) in accounts.iter().zip(owners) {
        let trail = trails[name].as_str().unwrap_or_default();
        assert_eq!(
            trail,
            format!("arn:aws:cloudtrail:eu-west-1:{}:trail/all", owner.as_str().unwrap_or_default())
        );
    }

    // The same change in all accounts, at once.
    context.edit("account/main.tf", "max_session_duration = 7200", "max_session_duration = 3600");
    context.edit("region/main.tf", "retention_in_days = 30", "retention_in_days = 60");
    let run = context.good(&["apply", "-auto-approve"]);
    run.expect_text("Resources: 0 added, 9 changed, 0 destroyed.");
    // Somebody changes one of them behind our back.
    let tampered = format!(
        "client('logs', 'ap-northeast-1', {}).delete_log_group(logGroupName='/baseline')",
        id("audit")
    );
    family.aws.tamper(&tampered);
    let run = context.good(&["apply", "-auto-approve"]);
    run.expect_text("Resources: 1 added, 0 changed, 0 destroyed.");
    context
}
