#!/usr/bin/env python3
"""What a plan over many accounts costs: one run that manages the same objects in every account and region, on a local
endpoint (moto).

    python3 tests/bench/aws_accounts.py [--program PATH] [--python PATH] [--accounts 200] [--regions 3] [--objects 20]

The accounts are those of an organization, and provider configurations are made for each account and region from what the
organization says, with a role to be assumed. The objects are made once, and then planned again in one run
without changes. Prints requests, seconds on the clock and of CPU, and peak memory of the plan, and how long the endpoint itself was
busy. Build with `cargo build --release -p terrane-cli` first; `--python` is an interpreter with moto, by default that of the tests,
target/venv/bin/python (`cargo xtask moto` makes it). Moto takes some milliseconds a request and answers one at a time, so that
the seconds are mostly its own.
"""
import argparse
import json
import os
import shutil
import tempfile

from measure import AWS, TARGET, busy, moto, run

REGIONS = ["eu-west-1", "eu-central-1", "ap-northeast-1", "us-east-1", "us-west-2", "ap-southeast-1"]

HEAD = """
provider "aws" {{
  region = "eu-west-1"
}}
data "aws_organizations_organization" "company" {{}}
locals {{
  accounts = {{ for account in data.aws_organizations_organization.company.non_master_accounts : account.name => account.id }}
  places = {{
    for place in setproduct(keys(local.accounts), {regions}) :
    "${{place[0]}}/${{place[1]}}" => {{ account = local.accounts[place[0]], region = place[1] }}
  }}
}}
provider "aws" {{
  alias    = "place"
  for_each = local.places
  region   = each.value.region
  assume_role {{
    role_arn = "arn:aws:iam::${{each.value.account}}:role/OrganizationAccountAccessRole"
  }}
}}
module "place" {{
  source    = "./place"
  for_each  = local.places
  providers = {{ aws = aws.place[each.key] }}
}}
"""

PLACE = """
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
}}
resource "aws_cloudwatch_log_group" "l" {{
  count = {quarter}
  name  = "/bench/${{count.index}}"
}}
resource "aws_sns_topic" "t" {{
  count = {quarter}
  name  = "topic-${{count.index}}"
}}
resource "aws_cloudwatch_metric_alarm" "m" {{
  count               = {quarter}
  alarm_name          = "alarm-${{count.index}}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "M"
  namespace           = "N"
  period              = 60
  statistic           = "Sum"
  threshold           = 1
}}
resource "aws_ssm_parameter" "s" {{
  count = {rest}
  name  = "/bench/${{count.index}}"
  type  = "String"
  value = "${{count.index}}"
}}
"""

COMPANY = """
provider "aws" {{
  region = "eu-west-1"
}}
resource "aws_organizations_organization" "company" {{}}
resource "aws_organizations_account" "member" {{
  count      = {accounts}
  name       = format("account-%03d", count.index)
  email      = "account-${{count.index}}@example.com"
  depends_on = [aws_organizations_organization.company]
}}
"""


def write(directory, name, text):
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--python", default=os.path.join(TARGET, "venv/bin/python"))
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--regions", type=int, default=3, choices=range(1, len(REGIONS) + 1))
    parser.add_argument("--objects", type=int, default=20)
    arguments = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="terrane-bench-")
    company, places = os.path.join(directory, "company"), os.path.join(directory, "places")
    quarter = arguments.objects // 4
    write(company, "main.tf", COMPANY.format(accounts=arguments.accounts))
    write(places, "main.tf", HEAD.format(regions=json.dumps(REGIONS[: arguments.regions])))
    write(places, "place/main.tf", PLACE.format(quarter=quarter, rest=arguments.objects - 3 * quarter))
    with open(os.path.join(directory, "moto.log"), "w", encoding="utf-8") as log:
        process, url = moto(arguments.python, log)
        variables = {**AWS, "AWS_ENDPOINT_URL": url}
        try:
            run(arguments.program, company, variables, "init")
            run(arguments.program, company, variables, "apply", "-auto-approve", "-parallelism=16")
            run(arguments.program, places, variables, "init")
            made = run(arguments.program, places, variables, "apply", "-auto-approve", "-parallelism=16")
            before = busy(process.pid)
            plan = run(arguments.program, places, variables, "plan", "-stats", "-json", "-detailed-exitcode")
            work = busy(process.pid) - before
        finally:
            process.terminate()
            process.wait()
    total = arguments.accounts * arguments.regions * arguments.objects
    print(
        f"{arguments.accounts} accounts x {arguments.regions} regions x {arguments.objects} objects = {total}: "
        f"{sum(row['requests'] for row in plan.traffic())} requests; plan {plan.clock:.1f} s on the clock, "
        f"{plan.cpu:.1f} s of CPU, {plan.memory:.0f} MB; moto {work:.1f} s of CPU; made in {made.clock:.0f} s with {made.memory:.0f} MB"
    )
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
