//! Whose account it is: assumed roles, profiles and web identities, several accounts in one run.
//! Moto keeps accounts apart by the role that was assumed, and asks nobody for permission.

use terrane_e2e::{Aws, Call, TestContext};

/// The account of the credentials that the tests start with.
const HOME: &str = "123456789012";
const WORKLOAD: &str = "111111111111";
const AUDIT: &str = "222222222222";

/// Python: the networks of an account, by the tag `Name`, asked with credentials that boto3 assumes itself.
fn networks(aws: &Aws, account: &str) -> serde_json::Value {
    aws.ask(&format!(
        "(lambda c: sorted(t['Value'] for v in boto3.client('ec2', aws_access_key_id=c['AccessKeyId'], \
         aws_secret_access_key=c['SecretAccessKey'], aws_session_token=c['SessionToken']).describe_vpcs()['Vpcs'] \
         for t in v.get('Tags', [])))(boto3.client('sts').assume_role(RoleArn='arn:aws:iam::{account}:role/Witness', \
         RoleSessionName='witness')['Credentials'])"
    ))
}

fn calls(aws: &Aws, operation: &str) -> Vec<Call> {
    aws.proxy().calls().into_iter().filter(|call| call.operation == operation).collect()
}

const THREE_ACCOUNTS: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "workload"
  region = "eu-west-1"
  assume_role {
    role_arn     = "arn:aws:iam::111111111111:role/OrganizationAccountAccessRole"
    session_name = "deploy"
    external_id  = "ticket-42"
    duration     = "30m"
    tags         = { Team = "network" }
  }
}

provider "aws" {
  alias  = "audit"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/Hub"
  }
  assume_role {
    role_arn     = "arn:aws:iam::222222222222:role/Auditor"
    session_name = "second"
  }
}

data "aws_caller_identity" "home" {}
data "aws_caller_identity" "workload" { provider = aws.workload }
data "aws_caller_identity" "audit" { provider = aws.audit }

resource "aws_vpc" "home" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "home" }
}

resource "aws_vpc" "workload" {
  provider   = aws.workload
  cidr_block = "10.1.0.0/16"
  tags       = { Name = "workload" }
}

resource "aws_vpc" "audit" {
  provider   = aws.audit
  cidr_block = "10.2.0.0/16"
  tags       = { Name = "audit" }
}

resource "aws_iam_group" "workload" {
  provider = aws.workload
  name     = "Operators"
}

output "accounts" {
  value = [
    data.aws_caller_identity.home.account_id,
    data.aws_caller_identity.workload.account_id,
    data.aws_caller_identity.audit.account_id,
  ]
}
"#;

#[test]
fn several_accounts_in_one_run_by_assumed_roles() {
    let aws = Aws::start();
    let context = TestContext::with_config(THREE_ACCOUNTS).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 4 added");
    let accounts = context.json(&["output", "-json", "accounts"]);
    assert_eq!(accounts, serde_json::json!([HOME, WORKLOAD, AUDIT]));
    assert_eq!(networks(&aws, WORKLOAD), serde_json::json!(["workload"]));
    assert_eq!(networks(&aws, AUDIT), serde_json::json!(["audit"]));
    assert_eq!(
        aws.ask("iam.list_groups()['Groups']"),
        serde_json::json!([]),
        "the group is in the other account"
    );

    let roles = calls(&aws, "AssumeRole");
    let deploy =
        roles.iter().find(|c| c.form.contains("RoleSessionName=deploy")).expect("the session by its name");
    for part in [
        "ExternalId=ticket-42",
        "DurationSeconds=1800",
        "Tags.member.1.Key=Team",
        "Tags.member.1.Value=network",
    ] {
        assert!(deploy.form.contains(part), "{part} in {}", deploy.form);
    }

    aws.proxy().forget();
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let roles = calls(&aws, "AssumeRole").len();
    assert_eq!(roles, 3, "each role is assumed once in a run, whatever is asked with it");

    context.good(&["destroy", "-auto-approve"]);
    assert_eq!(networks(&aws, WORKLOAD), serde_json::json!([]));
    assert_eq!(networks(&aws, AUDIT), serde_json::json!([]));
}

#[test]
fn a_role_that_cannot_be_assumed_is_named() {
    let aws = Aws::start();
    let config = r#"
provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/Nobody"
  }
}

resource "aws_vpc" "net" {
  cidr_block = "10.0.0.0/16"
}
"#;
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    let denied = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:AssumeRole";
    // More often than any part of a run asks.
    for _ in 0..8 {
        aws.proxy().refuse("AssumeRole", 403, "AccessDenied", denied);
    }
    context
        .run(&["apply", "-auto-approve"])
        .expect_code(1)
        .expect_text("arn:aws:iam::111111111111:role/Nobody")
        .expect_text("not authorized to perform: sts:AssumeRole")
        .expect_text("test-request-id");
    assert_eq!(aws.proxy().count("CreateVpc"), 0);
    assert_eq!(context.state()["resources"], serde_json::json!([]));
}

#[test]
fn an_account_that_is_not_allowed_is_refused_before_anything_is_made() {
    let aws = Aws::start();
    let config = r#"
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["999999999999"]
}

resource "aws_vpc" "net" {
  cidr_block = "10.0.0.0/16"
}
"#;
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    context
        .run(&["apply", "-auto-approve"])
        .expect_code(1)
        .expect_text("Account not allowed")
        .expect_text(HOME)
        .expect_text("main.tf");
    assert_eq!(aws.proxy().count("CreateVpc"), 0);
}

const PROFILES: &str = "\
[profile workload]
region = eu-west-1
role_arn = arn:aws:iam::111111111111:role/FromProfile
source_profile = base
role_session_name = by-profile
";

const CREDENTIALS: &str = "\
[base]
aws_access_key_id = fromfile
aws_secret_access_key = secret
";

#[test]
fn profiles_give_region_credentials_and_roles() {
    let aws = Aws::start();
    let config = r#"
provider "aws" {
  profile                  = "workload"
  shared_config_files      = ["aws/config"]
  shared_credentials_files = ["aws/credentials"]
}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}

resource "aws_vpc" "net" {
  cidr_block = "10.1.0.0/16"
  tags       = { Name = "by-profile" }
}

output "me" {
  value = "${data.aws_caller_identity.me.arn} ${data.aws_region.here.region}"
}
"#;
    let context = TestContext::with_config(config).using(&aws);
    // Only the files are left to say who and where.
    let context = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .fold(context, TestContext::without_env);
    context.write("aws/config", PROFILES);
    context.write("aws/credentials", CREDENTIALS);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let me = context.json(&["output", "-json", "me"]);
    assert_eq!(me, format!("arn:aws:sts::{WORKLOAD}:assumed-role/FromProfile/by-profile eu-west-1"));
    assert_eq!(networks(&aws, WORKLOAD), serde_json::json!(["by-profile"]));
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    context.edit("main.tf", "profile                  = \"workload\"", "profile = \"worklod\"");
    context.run(&["plan"]).expect_code(1).expect_text("has a profile worklod").expect_text("base, workload");
}

#[test]
fn web_identities_from_the_configuration_and_from_the_environment() {
    let aws = Aws::start();
    let config = r#"
provider "aws" {
  region = "eu-west-1"
  assume_role_with_web_identity {
    role_arn                = "arn:aws:iam::111111111111:role/Runner"
    session_name            = "pipeline"
    web_identity_token_file = "token"
  }
}

data "aws_caller_identity" "me" {}

output "me" {
  value = data.aws_caller_identity.me.arn
}
"#;
    let nobody =
        |context: TestContext| context.without_env("AWS_ACCESS_KEY_ID").without_env("AWS_SECRET_ACCESS_KEY");
    let context = nobody(TestContext::with_config(config).using(&aws));
    context.write("token", "the.signed.token\n");
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let me = context.json(&["output", "-json", "me"]);
    assert_eq!(me, format!("arn:aws:sts::{WORKLOAD}:assumed-role/Runner/pipeline"));
    let asked = calls(&aws, "AssumeRoleWithWebIdentity");
    assert!(asked.iter().all(|call| call.form.contains("WebIdentityToken=the.signed.token")), "{asked:?}");
    assert!(!asked.is_empty());

    // As a Kubernetes service account or a CI runner has it.
    let config = config.split("  assume_role_with").next().unwrap().to_owned()
        + "}\n\ndata \"aws_caller_identity\" \"me\" {}\n\noutput \"me\" {\n  value = data.aws_caller_identity.me.arn\n}\n";
    let context = nobody(TestContext::with_config(&config).using(&aws));
    context.write("token", "the.signed.token");
    let file = context.path().join("token").display().to_string();
    let context = context
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", &file)
        .env("AWS_ROLE_ARN", "arn:aws:iam::222222222222:role/Pod")
        .env("AWS_ROLE_SESSION_NAME", "pod");
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let me = context.json(&["output", "-json", "me"]);
    assert_eq!(me, format!("arn:aws:sts::{AUDIT}:assumed-role/Pod/pod"));
}

#[test]
fn without_credentials_the_error_says_where_they_were_looked_for() {
    let aws = Aws::start();
    let config = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\n\nresource \"aws_vpc\" \"net\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n";
    let context = TestContext::with_config(config)
        .using(&aws)
        .without_env("AWS_ACCESS_KEY_ID")
        .without_env("AWS_SECRET_ACCESS_KEY");
    context.good(&["init"]);
    context
        .run(&["apply", "-auto-approve"])
        .expect_code(1)
        .expect_text("credentials")
        .expect_text("environment");
    assert_eq!(aws.proxy().count("CreateVpc"), 0);
}
