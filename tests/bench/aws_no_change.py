#!/usr/bin/env python3
"""What plans without changes cost: mixed AWS objects on a local endpoint (moto), made once and then planned again.

    python3 tests/bench/aws_no_change.py [--program PATH] [--python PATH] [--sizes 1000] [--terraform-up-to 0]

Prints one line a size: requests by service (from `plan -stats`), seconds on the clock and of CPU, and peak memory of the plan, and
for comparison how long the endpoint itself was busy. Build with `cargo build --release -p terrane-cli` first; `--python` is an
interpreter with moto, by default that of the tests, target/venv/bin/python (`cargo xtask moto` makes it). Moto takes some
milliseconds a request and answers one at a time, so that the seconds are mostly its own. Up to a size, the same for a
`terraform` on the PATH with hashicorp/aws 3.39.0 as published, the newest that the package registry of Python has; its reads
are those of 2021.
"""
import argparse
import os
import shutil
import tempfile

from measure import AWS, TARGET, busy, moto, published_plugin, published_provider, requests, run

SERVICES = "cloudwatch cloudwatchlogs ec2 iam s3 sns sqs ssm sts".split()

# A unit of ten objects. VPCs are few, since moto slows down with their number.
UNIT = """
resource "aws_iam_group" "g{i}" {{
  name = "group-{i}"
}}
resource "aws_iam_policy" "p{i}" {{
  name   = "policy-{i}"
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }}] }})
}}
resource "aws_iam_group_policy_attachment" "a{i}" {{
  group      = aws_iam_group.g{i}.name
  policy_arn = aws_iam_policy.p{i}.arn
}}
resource "aws_s3_bucket" "b{i}" {{
  bucket = "bench-bucket-{i}"
}}
resource "aws_sqs_queue" "q{i}" {{
  name = "queue-{i}"
}}
resource "aws_sns_topic" "t{i}" {{
  name = "topic-{i}"
}}
resource "aws_cloudwatch_log_group" "l{i}" {{
  name = "/bench/{i}"
}}
resource "aws_cloudwatch_metric_alarm" "m{i}" {{
  alarm_name          = "alarm-{i}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "M"
  namespace           = "N"
  period              = 60
  statistic           = "Sum"
  threshold           = 1
}}
resource "aws_ssm_parameter" "s{i}" {{
  name  = "/bench/{i}"
  type  = "String"
  value = "{i}"
}}
resource "aws_security_group" "x{i}" {{
  name   = "group-{i}"
  vpc_id = aws_vpc.bench.id
}}
"""

PROVIDER = """
provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}
"""

HEAD = """
resource "aws_vpc" "bench" {
  cidr_block = "10.0.0.0/16"
}
"""


def no_change(name, program, directory, variables, text, log, pid, stats=()):
    """Makes the objects and plans them again."""
    place = os.path.join(directory, name)
    os.mkdir(place)
    with open(os.path.join(place, "main.tf"), "w", encoding="utf-8") as file:
        file.write(text)
    run(program, place, variables, "init")
    made = run(program, place, variables, "apply", "-auto-approve", "-parallelism=16")
    asked, worked = requests(log), busy(pid)
    plan = run(program, place, variables, "plan", "-detailed-exitcode", "-parallelism=16", *stats)
    asked, worked = requests(log) - asked, busy(pid) - worked
    services = ", ".join(f"{row['service']} {row['requests']}" for row in plan.traffic())
    print(
        f"{name}, {text.count('resource ')} objects: {asked} requests{f' ({services})' if services else ''}; plan {plan.clock:.1f} s on the clock, "
        f"{plan.cpu:.1f} s of CPU, {plan.memory:.0f} MB; moto {worked:.1f} s of CPU; made in {made.clock:.0f} s",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--python", default=os.path.join(TARGET, "venv/bin/python"))
    parser.add_argument("--sizes", default="1000")
    parser.add_argument("--terraform-up-to", type=int, default=0)
    arguments = parser.parse_args()
    terraform = shutil.which("terraform")
    for size in map(int, arguments.sizes.split(",")):
        objects = "".join(UNIT.format(i=i) for i in range(max(size // 10, 1)))
        for name in ["terrane", "terraform"] if terraform and size <= arguments.terraform_up_to else ["terrane"]:
            directory = tempfile.mkdtemp(prefix="terrane-bench-")
            with open(os.path.join(directory, "moto.log"), "w", encoding="utf-8") as log:
                process, url = moto(arguments.python, log)
                try:
                    if name == "terrane":
                        variables = {**AWS, "AWS_ENDPOINT_URL": url}
                        text = PROVIDER + HEAD + objects
                        no_change(name, arguments.program, directory, variables, text, log, process.pid, ("-stats", "-json"))
                    else:
                        variables = published_plugin(arguments.python, directory, name)
                        text = published_provider(url, SERVICES) + HEAD + objects
                        no_change(name, terraform, directory, variables, text, log, process.pid)
                finally:
                    process.terminate()
                    process.wait()
            shutil.rmtree(directory)


if __name__ == "__main__":
    main()
