//! The life of `examples/quickstart`, with boto3 as the witness of each step.

use serde_json::{Value, json};
use terrane_e2e::{Aws, TestContext};

/// Ours is the only VPC that is not the account's default one.
const SUBNETS: &str = "{t['Value']: s for s in ec2.describe_subnets(Filters=[{'Name': 'tag-key', 'Values': ['Kind']}])['Subnets'] \
    for t in s['Tags'] if t['Key'] == 'Name'}";
const VPCS: &str = "[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]";

#[test]
fn quickstart_lives_and_dies() {
    let aws = Aws::start();
    let context = TestContext::copy_of("examples/quickstart").using(&aws);
    context.good(&["init"]);
    context.good(&["validate"]);

    create(&context, &aws);
    // What objects say of each other after the run is in the state: the address knows of its gateway.
    context.run(&["drift"]).expect_code(0).expect_text("no drift. 38 of 38 objects read");
    no_changes(&context, &[]);
    update_in_place(&context, &aws);
    replace(&context, &aws);
    repair_drift(&context, &aws);
    remove_from_configuration(&context, &aws);
    destroy(&context, &aws);
}

fn create(context: &TestContext, aws: &Aws) {
    context
        .run(&["plan", "-detailed-exitcode"])
        .expect_code(2)
        .expect_text("Plan: 38 to add, 0 to change, 0 to destroy.");
    context
        .good(&["apply", "-auto-approve"])
        .expect_text("Apply complete! Resources: 38 added, 0 changed, 0 destroyed.");

    let vpcs = aws.ask(VPCS);
    assert_eq!(vpcs.as_array().unwrap().len(), 1);
    assert_eq!(vpcs[0]["CidrBlock"], "10.20.0.0/16");
    assert_eq!(tags(&vpcs[0]), json!({"Name": "quickstart", "Project": "quickstart", "Owner": "platform"}));

    let subnets = aws.ask(SUBNETS);
    let shape = |name: &str| {
        let subnet = &subnets[format!("quickstart-{name}")];
        (
            subnet["CidrBlock"].clone(),
            subnet["AvailabilityZone"].clone(),
            subnet["MapPublicIpOnLaunch"].clone(),
        )
    };
    assert_eq!(subnets.as_object().unwrap().len(), 4);
    assert_eq!(shape("public-eu-west-1a"), (json!("10.20.0.0/20"), json!("eu-west-1a"), json!(true)));
    assert_eq!(shape("public-eu-west-1b"), (json!("10.20.16.0/20"), json!("eu-west-1b"), json!(true)));
    assert_eq!(shape("private-eu-west-1a"), (json!("10.20.128.0/20"), json!("eu-west-1a"), json!(false)));
    assert_eq!(shape("private-eu-west-1b"), (json!("10.20.144.0/20"), json!("eu-west-1b"), json!(false)));

    // The way out: each subnet is associated with the table of its kind, whose default route
    // leads to the right gateway.
    let nat = aws.ask("ec2.describe_nat_gateways()['NatGateways'][0]");
    assert_eq!(nat["SubnetId"], subnets["quickstart-public-eu-west-1a"]["SubnetId"]);
    let gateway = aws.ask("ec2.describe_internet_gateways()['InternetGateways']");
    let gateway =
        gateway.as_array().unwrap().iter().find(|gateway| !tags(gateway).as_object().unwrap().is_empty());
    let gateway = gateway.unwrap();
    assert_eq!(gateway["Attachments"][0]["VpcId"], vpcs[0]["VpcId"]);
    for (kind, key, id) in [
        ("public", "GatewayId", &gateway["InternetGatewayId"]),
        ("private", "NatGatewayId", &nat["NatGatewayId"]),
    ] {
        for zone in ["a", "b"] {
            let route =
                default_route(aws, &subnets[format!("quickstart-{kind}-eu-west-1{zone}")]["SubnetId"]);
            assert_eq!(&route[key], id, "the way out of the {kind} subnet in zone {zone}");
        }
    }

    let rules = aws.ask(
        "sorted((r['IsEgress'], r['IpProtocol'], r['FromPort'], r['CidrIpv4']) for g in \
         ec2.describe_security_groups(Filters=[{'Name': 'group-name', 'Values': ['quickstart-web']}])['SecurityGroups'] \
         for r in ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [g['GroupId']]}])['SecurityGroupRules'])",
    );
    let everywhere = "0.0.0.0/0";
    let expected = json!([
        [false, "tcp", 80, everywhere],
        [false, "tcp", 443, everywhere],
        [true, "-1", -1, everywhere]
    ]);
    assert_eq!(rules, expected);

    assert_eq!(policies(aws, "Admin"), json!(["AdministratorAccess", "ChangePassword"]));
    assert_eq!(policies(aws, "Developers"), json!(["ChangePassword", "PowerUserAccess"]));
    assert_eq!(policies(aws, "Operators"), json!(["ChangePassword", "ReadOnlyAccess", "ViewBilling"]));
    assert_eq!(groups(aws, "yuki"), json!(["Developers", "Operators"]));
    assert_eq!(aws.ask("iam.get_user(UserName='yuki')['User']['Path']"), "/oncall/");
    let document = aws.ask(
        "iam.get_policy_version(PolicyArn='arn:aws:iam::123456789012:policy/ChangePassword', VersionId='v1')\
         ['PolicyVersion']['Document']",
    );
    assert_eq!(document["Statement"][0]["Action"], "iam:ChangePassword");
    assert_eq!(document["Statement"][0]["Resource"], "arn:aws:iam::123456789012:user/*/${aws:username}");

    let outputs = context.json(&["output", "-json"]);
    assert_eq!(outputs["vpc_id"]["value"], vpcs[0]["VpcId"]);
    assert_eq!(outputs["nat_address"]["value"], nat["NatGatewayAddresses"][0]["PublicIp"]);
    assert_eq!(outputs["groups"]["value"]["Developers"], json!(["ken", "yuki"]));
}

fn update_in_place(context: &TestContext, aws: &Aws) {
    let before = aws.ask(VPCS);
    let args = ["-auto-approve", "-var=owner=security"];
    context.good(&["apply", args[0], args[1]]).expect_text("0 added").expect_text("0 destroyed.");
    let after = aws.ask(VPCS);
    assert_eq!(after[0]["VpcId"], before[0]["VpcId"]);
    assert_eq!(tags(&after[0])["Owner"], "security");
    assert_eq!(
        aws.ask("iam.list_user_tags(UserName='ken')['Tags']").to_string().matches("security").count(),
        1
    );
    no_changes(context, &[args[1]]);
    context.edit("variables.tf", "default     = \"platform\"", "default     = \"security\"");
}

fn replace(context: &TestContext, aws: &Aws) {
    let before = aws.ask(SUBNETS);
    context.edit(
        "network/main.tf",
        "cidrsubnet(var.cidr, 4, 8 + index)",
        "cidrsubnet(var.cidr, 4, 10 + index)",
    );
    context.run(&["plan"]).expect_code(0).expect_text("# forces replacement");
    // The two subnets and what associates them with their route table.
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 4 added, 0 changed, 4 destroyed.");
    let after = aws.ask(SUBNETS);
    assert_eq!(after.as_object().unwrap().len(), 4);
    assert_eq!(after["quickstart-private-eu-west-1a"]["CidrBlock"], "10.20.160.0/20");
    let id = |subnets: &Value, name: &str| subnets[format!("quickstart-{name}")]["SubnetId"].clone();
    assert_ne!(id(&after, "private-eu-west-1b"), id(&before, "private-eu-west-1b"));
    assert_eq!(id(&after, "public-eu-west-1b"), id(&before, "public-eu-west-1b"));
    assert!(default_route(aws, &id(&after, "private-eu-west-1b"))["NatGatewayId"].is_string());
    no_changes(context, &[]);
}

fn repair_drift(context: &TestContext, aws: &Aws) {
    let vpc = aws.ask(VPCS)[0]["VpcId"].as_str().unwrap().to_owned();
    aws.tamper(&format!(
        "ec2.create_tags(Resources=['{vpc}'], Tags=[{{'Key': 'Name', 'Value': 'by-hand'}}])"
    ));
    aws.tamper(
        "iam.detach_group_policy(GroupName='Operators', PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')",
    );
    aws.tamper("iam.remove_user_from_group(UserName='yuki', GroupName='Operators')");

    let plan = context.run(&["plan", "-detailed-exitcode"]).expect_code(2);
    let plan = plan.expect_text("\"by-hand\" -> \"quickstart\"").expect_text("Operators/ReadOnlyAccess");
    plan.expect_text("aws_iam_user_group_membership.person[\"yuki\"]")
        .expect_text("Plan: 1 to add, 2 to change, 0 to destroy.");
    // A plan only looks.
    assert_eq!(tags(&aws.ask(VPCS)[0])["Name"], "by-hand");

    context.good(&["apply", "-auto-approve"]);
    assert_eq!(tags(&aws.ask(VPCS)[0])["Name"], "quickstart");
    assert_eq!(policies(aws, "Operators"), json!(["ChangePassword", "ReadOnlyAccess", "ViewBilling"]));
    assert_eq!(groups(aws, "yuki"), json!(["Developers", "Operators"]));
    no_changes(context, &[]);
}

fn remove_from_configuration(context: &TestContext, aws: &Aws) {
    context.edit("variables.tf", "    ken   = { groups = [\"Developers\"] }\n", "");
    context.edit("iam.tf", "[\"ChangePassword\", \"ViewBilling\"]", "[\"ChangePassword\"]");
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 0 added, 0 changed, 3 destroyed.");
    assert_eq!(aws.ask("sorted(u['UserName'] for u in iam.list_users()['Users'])"), json!(["alice", "yuki"]));
    assert_eq!(policies(aws, "Operators"), json!(["ChangePassword", "ReadOnlyAccess"]));
    no_changes(context, &[]);
}

fn destroy(context: &TestContext, aws: &Aws) {
    context.good(&["destroy", "-auto-approve"]).expect_text("35 destroyed.");
    for (left, what) in [
        (VPCS, "VPCs"),
        (SUBNETS, "subnets"),
        (
            "[n for n in ec2.describe_nat_gateways()['NatGateways'] if n['State'] != 'deleted']",
            "NAT gateways",
        ),
        ("ec2.describe_addresses()['Addresses']", "elastic addresses"),
        (
            "ec2.describe_internet_gateways(Filters=[{'Name': 'tag-key', 'Values': ['Name']}])['InternetGateways']",
            "gateways",
        ),
        ("iam.list_groups()['Groups']", "groups"),
        ("iam.list_users()['Users']", "users"),
        ("iam.list_policies(Scope='Local')['Policies']", "policies"),
    ] {
        assert_eq!(aws.ask(left), if left == SUBNETS { json!({}) } else { json!([]) }, "{what} are left");
    }
    assert_eq!(context.state()["resources"], json!([]));
}

fn no_changes(context: &TestContext, args: &[&str]) {
    let args = [&["plan", "-detailed-exitcode"], args].concat();
    context.run(&args).expect_code(0).expect_text("No changes.");
}

fn tags(object: &Value) -> Value {
    let pairs = object["Tags"].as_array().cloned().unwrap_or_default();
    pairs.iter().map(|tag| (tag["Key"].as_str().unwrap().to_owned(), tag["Value"].clone())).collect()
}

fn policies(aws: &Aws, group: &str) -> Value {
    let policies = format!("iam.list_attached_group_policies(GroupName='{group}')['AttachedPolicies']");
    aws.ask(&format!("sorted(p['PolicyName'] for p in {policies})"))
}

fn groups(aws: &Aws, user: &str) -> Value {
    aws.ask(&format!("sorted(g['GroupName'] for g in iam.list_groups_for_user(UserName='{user}')['Groups'])"))
}

fn default_route(aws: &Aws, subnet: &Value) -> Value {
    aws.ask(&format!(
        "[r for t in ec2.describe_route_tables(Filters=[{{'Name': 'association.subnet-id', 'Values': ['{}']}}])['RouteTables'] \
         for r in t['Routes'] if r['DestinationCidrBlock'] == '0.0.0.0/0'][0]",
        subnet.as_str().unwrap()
    ))
}
