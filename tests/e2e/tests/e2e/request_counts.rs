//! How many requests a plan makes, counted at the endpoint.

use std::collections::BTreeMap;
use terrane_e2e::{Aws, TestContext};

const NETWORKS: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

locals {
  networks = { for index in range(200) : format("net-%03d", index) => cidrsubnet("10.0.0.0/8", 12, index * 4) }
  subnets = merge([
    for name, cidr in local.networks : {
      for part in range(4) : "${name}-${part}" => { network = name, cidr = cidrsubnet(cidr, 4, part) }
    }
  ]...)
}

resource "aws_vpc" "net" {
  for_each   = local.networks
  cidr_block = each.value
  tags       = { Name = each.key }
}

resource "aws_subnet" "part" {
  for_each   = local.subnets
  vpc_id     = aws_vpc.net[each.value.network].id
  cidr_block = each.value.cidr
  tags       = { Name = each.key }
}

resource "aws_security_group" "web" {
  for_each = toset(slice(keys(local.networks), 0, 50))
  name     = "web-${each.key}"
  vpc_id   = aws_vpc.net[each.key].id
}
"#;

/// What AWS answers for one object at a time only: `DescribeVpcAttribute` takes one VPC and one
/// attribute, and nothing else tells enableDnsSupport, enableDnsHostnames and
/// enableNetworkAddressUsageMetrics.
const WITHOUT_BATCH: &str = "DescribeVpcAttribute";

#[test]
fn a_plan_of_1050_objects_makes_at_most_60_batched_requests() {
    let aws = Aws::start();
    let context = TestContext::with_config(NETWORKS).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve", "-parallelism=30"]).expect_text("Resources: 1050 added");
    assert_eq!(aws.ask("len(ec2.describe_vpcs()['Vpcs'])"), 201, "with the account's default one");
    assert_eq!(
        aws.ask("len(ec2.describe_subnets(Filters=[{'Name': 'tag-key', 'Values': ['Name']}])['Subnets'])"),
        800
    );

    aws.proxy().forget();
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0).expect_text("No changes.");

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for call in aws.proxy().calls() {
        *counts.entry(call.operation).or_default() += 1;
    }
    println!("{counts:#?}");
    let attributes = counts.remove(WITHOUT_BATCH).unwrap_or(0);
    assert!(attributes <= 3 * 200, "{attributes} requests for attributes");
    let batched: usize = counts.values().sum();
    assert!(batched <= 60, "{batched} batched requests: {counts:#?}");
    assert!(counts["DescribeSubnets"] < 10, "{counts:#?}");

    // What a plan has to do without the cloud needs no request for objects at all.
    aws.proxy().forget();
    context.run(&["plan", "-refresh=false", "-detailed-exitcode"]).expect_code(0);
    assert_eq!(aws.proxy().count("DescribeSubnets"), 0);
}
