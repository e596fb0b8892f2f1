#!/usr/bin/env python3
"""What plans without changes cost: mixed AWS objects on a local endpoint (moto), made once and then planned again.

    python3 tests/bench/aws_no_change.py [--program PATH] [--python PATH] [--sizes 1000]

Prints one line a size: requests by service (from `plan -stats`), seconds on the clock and of CPU, and peak memory of the plan, and
for comparison how long the endpoint itself was busy. Build with `cargo build --release -p terrane-cli` first; `--python` is an
interpreter with moto, by default that of the tests, target/venv/bin/python (`cargo xtask moto` makes it). Moto takes some
milliseconds a request and answers one at a time, so that the seconds are mostly its own.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))

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

HEAD = """
provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}
resource "aws_vpc" "bench" {
  cidr_block = "10.0.0.0/16"
}
"""


def endpoint(python, log):
    """A moto of its own, and where it listens."""
    server = os.path.join(ROOT, "tests/xtask/src/moto_server.py")
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    process = subprocess.Popen([python, "-u", server], stdout=subprocess.DEVNULL, stderr=log, env=environment)
    while process.poll() is None:
        with open(log.name, encoding="utf-8") as text:
            found = re.search(r"Running on (http://\S+)", text.read())
        if found:
            return process, found.group(1)
        time.sleep(0.1)
    sys.exit("moto did not start")


def run(program, directory, url, *arguments):
    """Seconds on the clock, seconds of CPU, peak memory in MB and what was printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_", "TERRANE_"))}
    environment.update(
        AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench", AWS_EC2_METADATA_DISABLED="true"
    )
    path = os.path.join(directory, "output.txt")
    with open(path, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen([program, *arguments], cwd=directory, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.monotonic() - start
    with open(path, encoding="utf-8") as output:
        text = output.read()
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(arguments)} failed:\n{text[-3000:]}")
    return clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def busy(pid):
    """Seconds of CPU that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--python", default=os.path.join(TARGET, "venv/bin/python"))
    parser.add_argument("--sizes", default="1000")
    arguments = parser.parse_args()
    for size in map(int, arguments.sizes.split(",")):
        directory = tempfile.mkdtemp(prefix="terrane-bench-")
        with open(os.path.join(directory, "moto.log"), "w", encoding="utf-8") as log:
            process, url = endpoint(arguments.python, log)
            try:
                units = max(size // 10, 1)
                with open(os.path.join(directory, "main.tf"), "w", encoding="utf-8") as text:
                    text.write(HEAD + "".join(UNIT.format(i=i) for i in range(units)))
                run(arguments.program, directory, url, "init")
                made, *_ = run(arguments.program, directory, url, "apply", "-auto-approve", "-parallelism=16")
                before = busy(process.pid)
                clock, cpu, memory, text = run(arguments.program, directory, url, "plan", "-stats", "-json", "-detailed-exitcode")
                work = busy(process.pid) - before
            finally:
                process.terminate()
                process.wait()
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        rows = [row for line in lines for all in line.get("traffic", {}).values() for row in all]
        services = ", ".join(f"{row['service']} {row['requests']}" for row in rows)
        print(
            f"{units * 10 + 1} objects: {sum(row['requests'] for row in rows)} requests ({services}); plan {clock:.1f} s on the clock, "
            f"{cpu:.1f} s of CPU, {memory:.0f} MB; moto {work:.1f} s of CPU; made in {made:.0f} s"
        )
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
