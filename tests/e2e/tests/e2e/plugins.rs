//! A provider binary as its authors published it, hashicorp/aws 3.39.0, run as a plugin.

use terrane_e2e::{Aws, TestContext, plugins, terraform_on_path};

/// Groups, policies and a user; and a network with its routes, rules, transit gateway and VPN.
const STACK: &str = r#"
locals {
  groups = {
    Admin      = "arn:aws:iam::aws:policy/AdministratorAccess"
    Developers = "arn:aws:iam::aws:policy/PowerUserAccess"
    Operators  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}

resource "aws_iam_group" "role" {
  for_each = local.groups
  name     = each.key
}

resource "aws_iam_policy" "change_password" {
  name = "ChangePassword"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["iam:ChangePassword", "iam:GetAccountPasswordPolicy"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_group_policy_attachment" "managed" {
  for_each   = local.groups
  group      = aws_iam_group.role[each.key].name
  policy_arn = each.value
}

resource "aws_iam_policy" "view_billing" {
  name = "ViewBilling"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "aws-portal:ViewBilling", Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "view_billing" {
  group      = aws_iam_group.role["Operators"].name
  policy_arn = aws_iam_policy.view_billing.arn
}

resource "aws_iam_group_policy_attachment" "change_password" {
  for_each   = local.groups
  group      = aws_iam_group.role[each.key].name
  policy_arn = aws_iam_policy.change_password.arn
}

resource "aws_iam_user" "ann" {
  name = "ann"
  tags = { Team = "network" }
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.role["Admin"].name]
}

resource "aws_iam_user_login_profile" "ann" {
  user                    = aws_iam_user.ann.name
  pgp_key                 = "PGP_KEY"
  password_reset_required = true
}

resource "aws_iam_access_key" "ann" {
  user    = aws_iam_user.ann.name
  pgp_key = "PGP_KEY"
}

resource "aws_s3_bucket" "trail" {
  bucket        = "company-trail"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = aws_s3_bucket.trail.arn
      },
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.trail.arn}/*"
      },
    ]
  })
}

resource "aws_cloudtrail" "all" {
  name                          = "all"
  s3_bucket_name                = aws_s3_bucket.trail.id
  is_multi_region_trail         = true
  include_global_service_events = true
  depends_on                    = [aws_s3_bucket_policy.trail]
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "main" }
}

resource "aws_subnet" "part" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  tags       = { Name = "part-${count.index}" }
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.out.id
}

resource "aws_route_table_association" "part" {
  count          = 2
  subnet_id      = aws_subnet.part[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_ec2_transit_gateway" "hub" {
  description = "hub"
  tags        = { Name = "hub" }
}

resource "aws_customer_gateway" "office" {
  bgp_asn    = 65000
  ip_address = "198.51.100.7"
  type       = "ipsec.1"
}

resource "aws_vpn_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_vpn_connection" "office" {
  customer_gateway_id = aws_customer_gateway.office.id
  vpn_gateway_id      = aws_vpn_gateway.main.id
  type                = "ipsec.1"
}

data "aws_vpc" "main" {
  id = aws_vpc.main.id
}

output "dns" {
  value = data.aws_vpc.main.enable_dns_hostnames
}
"#;

/// Whose secrets these are: a key that was made for this test, with nobody who has the other half.
const PGP_KEY: &str = "\
    mI0Eawm7DgEEAL5eVuWbdZDY+jhDcFlGj47qHS+TwwkD1QAG7ySX+l2OUvGUkHOwloQHUWTLlC4sEyc9M0BccPpav4W7fjTbkd7d\
    NVxdk1QXtacFvZ1dTfE5Nad+c9yYEZ22EHpsF57rruvrolzlUejGuhMgiDIvXJTUlXQ8MqbSf4syRgSSib7rABEBAAG0EHRlc3RA\
    ZXhhbXBsZS5jb22IzgQTAQoAOBYhBMEXF7sF0oqpDrog6YmLe9AwkGalBQJrCbsOAhsNBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheA\
    AAoJEImLe9AwkGalREcEAIa/y1/deGbaqxi4RKVYxZWAFxfpAYBvfSj7kRNLCEpz3XlhQuJSgus2QpeB8iylctYySTcSbYtiNrN0\
    68DVfW4RKTOfEipDxi+B9KIb5C82q9+Lbkcx1XCKJdBp+tbUElHs5kubQaE7qJlGxthlXRQs6VRVH3qRLEevb0IFSwTC\
    ";

fn plugins_running(mark: &str) -> usize {
    plugins::running("terraform-provider-aws_v3.39.0", mark)
}

fn nothing_to_do(context: &TestContext) {
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0).expect_text("No changes.");
}

#[test]
fn the_life_of_a_stack_with_a_published_plugin() {
    let aws = Aws::start();
    let Some(context) = plugins::context(&aws, &STACK.replace("PGP_KEY", PGP_KEY)) else { return };
    let context = context.env("TERRANE_TEST_MARK", "lifecycle");

    context
        .run(&["plan"])
        .expect_code(1)
        .expect_text("Required plugins are not installed")
        .expect_text("terrane init");
    context.good(&["init"]).expect_text("- Installed hashicorp/aws v3.39.0");
    assert!(context.read(".terraform.lock.hcl").contains("h1:goOMfGE4SjLps+hpxJFEM/pZFiNgvi6BMG8/w86+f6k="));
    context.good(&["init"]).expect_text("- Using previously-installed hashicorp/aws v3.39.0");
    context.good(&["validate"]);

    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 32 added, 0 changed, 0 destroyed.");
    assert_eq!(
        aws.ask("sorted(g['GroupName'] for g in iam.list_groups()['Groups'])").as_array().unwrap().len(),
        3
    );
    let main = "ec2.describe_vpcs(Filters=[{'Name': 'tag:Name', 'Values': ['main']}])['Vpcs']";
    assert_eq!(aws.ask(&format!("[v['CidrBlock'] for v in {main}]")), serde_json::json!(["10.0.0.0/16"]));
    assert_eq!(context.good(&["output", "dns"]).stdout.trim(), "true");
    nothing_to_do(&context);

    // An update in place, and a replacement with all that depends on it.
    context.edit("main.tf", "{ Name = \"main\" }", "{ Name = \"main\", Stage = \"test\" }");
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 0 added, 1 changed, 0 destroyed.");
    context.edit("main.tf", "name   = \"web\"", "name   = \"front\"");
    let plan = context.good(&["plan"]);
    plan.expect_text("must be replaced").expect_text("# forces replacement");
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 1 added, 0 changed, 1 destroyed.");
    nothing_to_do(&context);

    // What somebody deleted is made again.
    aws.tamper("iam.remove_user_from_group(GroupName='Admin', UserName='ann')");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(2);
    context.good(&["apply", "-auto-approve"]);
    nothing_to_do(&context);

    // An object that the state forgets is imported again.
    let vpc = context.state()["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["type"] == "aws_vpc" && r["mode"] == "managed")
        .unwrap()["instances"][0]["attributes"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    context.good(&["state", "rm", "aws_vpc.main"]);
    context.good(&["import", "aws_vpc.main", &vpc]);
    nothing_to_do(&context);

    context.good(&["destroy", "-auto-approve"]).expect_text("32 destroyed");
    assert_eq!(aws.ask("len(iam.list_groups()['Groups'])"), 0);
    assert_eq!(plugins_running("lifecycle"), 0, "a plugin outlived the run that started it");
}

#[test]
fn what_the_plugin_refuses_is_shown_with_its_place() {
    let aws = Aws::start();
    let config = "resource \"aws_vpc\" \"bad\" {\n  cidr_block = \"nonsense\"\n}\n";
    let Some(context) = plugins::context(&aws, config) else { return };
    context.good(&["init"]);
    let run = context.run(&["validate"]).expect_code(1);
    run.expect_text("invalid CIDR address: nonsense").expect_text("main.tf line 2");
}

#[test]
fn a_state_of_an_older_schema_is_upgraded_by_the_plugin() {
    let aws = Aws::start();
    let config = r#"
resource "aws_db_instance" "main" {
  identifier          = "main"
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 10
  username            = "ann"
  password            = "not a secret"
  skip_final_snapshot = true
}
"#;
    let Some(context) = plugins::context(&aws, config) else { return };
    context.good(&["init"]);
    // The first schema had no `delete_automated_backups`: the plugin knows that it meant `true`, as its default does.
    let plan = |schema_version: u32| {
        let attributes = serde_json::json!({
            "id": "main", "identifier": "main", "engine": "postgres", "instance_class": "db.t3.micro", "allocated_storage": 10,
            "username": "ann", "password": "not a secret", "skip_final_snapshot": true, "auto_minor_version_upgrade": true,
        });
        let state = serde_json::json!({
            "version": 4, "terraform_version": "0.13.0", "serial": 1, "lineage": "upgrade", "outputs": {}, "resources": [{
                "mode": "managed", "type": "aws_db_instance", "name": "main",
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{ "schema_version": schema_version, "attributes": attributes }],
            }],
        });
        context.write("terraform.tfstate", &state.to_string());
        context.run(&["plan", "-refresh=false", "-detailed-exitcode"])
    };
    plan(1).expect_code(2).expect_text("+ delete_automated_backups");
    plan(0).expect_code(2).expect_no_text("delete_automated_backups");
}

#[test]
fn a_package_that_the_lock_file_does_not_know_is_refused() {
    let aws = Aws::start();
    let Some(context) = plugins::context(&aws, "resource \"aws_iam_group\" \"g\" {\n  name = \"g\"\n}\n")
    else {
        return;
    };
    let lock = |hash: &str| {
        format!(
            "provider \"registry.terraform.io/hashicorp/aws\" {{\n  version     = \"3.39.0\"\n  constraints = \"~> 3.39\"\n  \
             hashes = [\n    \"{hash}\",\n  ]\n}}\n"
        )
    };
    context.write(".terraform.lock.hcl", &lock("h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    context.run(&["init"]).expect_code(1).expect_text("none of the checksums in the lock file");
    let installed =
        context.path().join(".terraform/providers/registry.terraform.io/hashicorp/aws/3.39.0/linux_amd64");
    assert!(!installed.exists(), "something was installed");
    context.edit("provider.tf", "~> 3.39", "~> 2.0");
    context
        .run(&["init"])
        .expect_code(1)
        .expect_text("the lock file has version 3.39.0")
        .expect_text("-upgrade");
    context
        .run(&["init", "-upgrade"])
        .expect_code(1)
        .expect_text("no version for ~> 2.0 is available, only 3.39.0");
}

#[test]
fn after_a_crash_nothing_is_made_twice_by_a_plugin() {
    let aws = Aws::start();
    let config = "resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n";
    let Some(context) = plugins::context(&aws, config) else { return };
    let context = context.env("TERRANE_TEST_MARK", "crash");
    context.good(&["init"]);
    let made = "len([v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']])";

    let gate = aws.proxy().hold("DescribeVpcs", 0);
    let running = context.start(&["apply", "-auto-approve"]);
    gate.wait_until_reached();
    assert_eq!(plugins_running("crash"), 1);
    running.kill();
    // The system ends it a moment later than what started it.
    while plugins_running("crash") > 0 {
        std::thread::yield_now();
    }
    gate.open();
    assert_eq!(aws.ask(made), 1);

    for command in [&["resume"][..], &["apply", "-auto-approve"]] {
        let run = context.run(command).expect_code(1);
        run.expect_text("Nobody knows whether an object was made").expect_text("aws_vpc.main");
        assert_eq!(aws.ask(made), 1);
    }
    let wrong = context.run(&["resume", "-not-made=aws_vpc.other"]).expect_code(1);
    wrong.expect_text("No such interrupted creation").expect_text("aws_vpc.main");
    context.good(&["resume", "-not-made=aws_vpc.main"]);
    let id = aws.ask("[v['VpcId'] for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']][0]");
    context.good(&["import", "aws_vpc.main", id.as_str().unwrap()]);
    nothing_to_do(&context);
    assert_eq!(aws.ask(made), 1);
}

const NATIVE: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}

resource "aws_subnet" "part" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

data "aws_caller_identity" "me" {}

output "account" {
  value = data.aws_caller_identity.me.account_id
}

output "group" {
  value = provider::aws::arn_parse(aws_iam_group.admins.arn).resource
}
"#;

/// A directory that installs Terrane's own AWS provider as a plugin.
fn served(aws: &Aws) -> TestContext {
    let context = TestContext::with_config(NATIVE).using(aws);
    context.good(&["provider", "mirror", "mirror"]).expect_text("hashicorp/aws 6.62.0");
    let mirror = context.path().join("mirror").display().to_string();
    // Terraform does not know the block `native`, and Terrane wants to be told.
    context.write(
        "for-terraform.tfrc",
        &format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"),
    );
    context.write(
        "for-terrane.tfrc",
        &format!(
            "provider_installation {{\n  native {{\n    exclude = [\"hashicorp/aws\"]\n  }}\n  filesystem_mirror {{\n    path = \
             \"{mirror}\"\n  }}\n}}\n"
        ),
    );
    context
}

/// Creates, changes, replaces and destroys what [`NATIVE`] has.
fn a_life(aws: &Aws, context: &TestContext) {
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]).expect_text("5 added, 0 changed, 0 destroyed");
    assert_eq!(context.good(&["output", "-raw", "account"]).stdout.trim(), "123456789012");
    assert_eq!(context.good(&["output", "-raw", "group"]).stdout.trim(), "group/admins");
    nothing_to_do(context);
    let tags = aws.ask("[t['Key'] for v in ec2.describe_vpcs()['Vpcs'] for t in v.get('Tags', [])]");
    assert_eq!(tags, serde_json::json!(["Name"]), "the tag of a finished operation stayed");
    context.edit("main.tf", "{ Name = \"main\" }", "{ Name = \"main\", Stage = \"test\" }");
    context.edit("main.tf", "\"web\"\n  vpc_id", "\"front\"\n  vpc_id");
    context.good(&["apply", "-auto-approve"]).expect_text("1 added, 1 changed, 1 destroyed");
    nothing_to_do(context);
    assert_eq!(aws.ask("sorted(g['GroupName'] for g in ec2.describe_security_groups()['SecurityGroups'] if g['GroupName'] != 'default')"), serde_json::json!(["front"]));
    aws.tamper("iam.delete_group(GroupName='admins')");
    context
        .run(&["plan", "-detailed-exitcode"])
        .expect_code(2)
        .expect_text("aws_iam_group.admins will be created");
    context.good(&["destroy", "-auto-approve"]).expect_text("4 destroyed");
    assert_eq!(aws.ask("len([v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']])"), 0);
}

#[test]
fn the_native_provider_works_as_a_plugin_of_terrane() {
    let aws = Aws::start();
    let context = served(&aws);
    let configuration = context.path().join("for-terrane.tfrc").display().to_string();
    a_life(&aws, &context.env("TF_CLI_CONFIG_FILE", &configuration));
}

#[test]
fn the_native_provider_works_as_a_plugin_of_terraform() {
    let Some(terraform) = terraform_on_path() else {
        eprintln!("skipped: there is no terraform on PATH");
        return;
    };
    let aws = Aws::start();
    let context = served(&aws);
    let configuration = context.path().join("for-terraform.tfrc").display().to_string();
    a_life(&aws, &context.with_program(&terraform).env("TF_CLI_CONFIG_FILE", &configuration));
}

#[test]
fn a_plugin_is_not_for_people() {
    let context = TestContext::empty();
    context.run(&["provider", "serve", "hashicorp/aws"]).expect_code(1).expect_text("not for people");
    context
        .run(&["provider", "serve", "hashicorp/azurerm"])
        .expect_code(1)
        .expect_text("which has hashicorp/aws");
}
