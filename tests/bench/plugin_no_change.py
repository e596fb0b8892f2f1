#!/usr/bin/env python3
"""What a plan without changes of 60 AWS objects costs with a published plugin, hashicorp/aws 3.39.0, on a local endpoint (moto).

    python3 tests/bench/plugin_no_change.py [--program PATH] [--python PATH] [--runs 5]

The same directory and plugin for Terrane and, where one is on the PATH, for Terraform: seconds on the clock and of CPU (of the program
and the plugin), the peak of the memory of both together, sampled every ten milliseconds, and requests; the median of the runs. Build with
`cargo build --release -p terrane-cli` first; `--python` is an interpreter with moto and the plugin's package, by default that of the
tests, target/venv/bin/python (`cargo xtask moto` makes it).
"""
import argparse
import glob
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from aws_no_change import ROOT, TARGET, endpoint

ARCHIVE = "terraform-provider-aws_3.39.0_linux_amd64.zip"

HEAD = """
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "3.39.0"
    }}
  }}
}}
provider "aws" {{
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {{
    ec2 = "{url}"
    iam = "{url}"
    sts = "{url}"
  }}
}}
resource "aws_vpc" "bench" {{
  cidr_block = "10.0.0.0/16"
}}
resource "aws_internet_gateway" "bench" {{
  vpc_id = aws_vpc.bench.id
}}
resource "aws_subnet" "bench" {{
  count      = 10
  vpc_id     = aws_vpc.bench.id
  cidr_block = cidrsubnet(aws_vpc.bench.cidr_block, 8, count.index)
}}
resource "aws_security_group" "bench" {{
  count  = 12
  name   = "bench-${{count.index}}"
  vpc_id = aws_vpc.bench.id
}}
resource "aws_iam_group" "bench" {{
  count = 12
  name  = "bench-${{count.index}}"
}}
resource "aws_iam_policy" "bench" {{
  count  = 12
  name   = "bench-${{count.index}}"
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }}] }})
}}
resource "aws_iam_group_policy_attachment" "bench" {{
  count      = 12
  group      = aws_iam_group.bench[count.index].name
  policy_arn = aws_iam_policy.bench[count.index].arn
}}
"""


def resident(pid):
    """The resident memory of a process and all that it has started, in kB."""
    pages = 0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            with open(f"/proc/{current}/statm", encoding="ascii") as statm:
                pages += int(statm.read().split()[1])
            for children in glob.glob(f"/proc/{current}/task/*/children"):
                with open(children, encoding="ascii") as text:
                    waiting.extend(map(int, text.read().split()))
        except (OSError, IndexError):
            pass
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def run(program, directory, variables, *arguments):
    """Seconds on the clock, seconds of CPU, peak memory in MB."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_", "TERRANE_"))}
    environment.update(variables)
    path = os.path.join(directory, "output.txt")
    with open(path, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen([program, *arguments], cwd=directory, env=environment, stdout=output, stderr=output)
        peak = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, resident(process.pid))
            time.sleep(0.01)
        clock = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) != 0:
        with open(path, encoding="utf-8") as output:
            sys.exit(f"{program} {' '.join(arguments)} failed:\n{output.read()[-3000:]}")
    return clock, usage.ru_utime + usage.ru_stime, peak / 1024


def requests(log):
    """How many requests the endpoint has had."""
    with open(log.name, encoding="utf-8") as text:
        return sum("HTTP/1." in line for line in text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--python", default=os.path.join(TARGET, "venv/bin/python"), type=os.path.abspath)
    parser.add_argument("--runs", default=5, type=int)
    arguments = parser.parse_args()
    packages = os.path.join(os.path.dirname(os.path.dirname(arguments.python)), "lib/python3*/site-packages")
    archives = glob.glob(os.path.join(packages, "cloudrail/terraform_plugins", ARCHIVE))
    if not archives:
        sys.exit(f"{ARCHIVE} is not installed beside {arguments.python}")
    programs = [("terrane", arguments.program)]
    terraform = shutil.which("terraform")
    if terraform:
        programs.append(("terraform", terraform))
    directory = tempfile.mkdtemp(prefix="terrane-bench-")
    mirror = os.path.join(directory, "mirror")
    os.makedirs(os.path.join(mirror, "registry.terraform.io/hashicorp/aws"))
    os.symlink(archives[0], os.path.join(mirror, "registry.terraform.io/hashicorp/aws", ARCHIVE))
    with open(os.path.join(directory, "moto.log"), "w", encoding="utf-8") as log:
        process, url = endpoint(arguments.python, log)
        try:
            for name, program in programs:
                place = os.path.join(directory, name)
                os.mkdir(place)
                native = 'native { exclude = ["hashicorp/aws"] }' if name == "terrane" else ""
                configuration = os.path.join(directory, f"{name}.tfrc")
                with open(configuration, "w", encoding="utf-8") as text:
                    text.write(f'provider_installation {{\n  {native}\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n')
                with open(os.path.join(place, "main.tf"), "w", encoding="utf-8") as text:
                    # Each has objects of its own.
                    text.write(HEAD.format(url=url).replace("bench-$", f"{name}-$"))
                variables = {
                    "TF_CLI_CONFIG_FILE": configuration,
                    "AWS_ACCESS_KEY_ID": "bench",
                    "AWS_SECRET_ACCESS_KEY": "bench",
                    "AWS_EC2_METADATA_DISABLED": "true",
                }
                run(program, place, variables, "init")
                run(program, place, variables, "apply", "-auto-approve")
                before = requests(log)
                runs = [
                    run(program, place, variables, "plan", "-detailed-exitcode") for _ in range(arguments.runs)
                ]
                asked = (requests(log) - before) / arguments.runs
                clock, cpu, memory = (statistics.median(column) for column in zip(*runs))
                print(
                    f"{name}: plan {clock:.2f} s on the clock, {cpu:.2f} s of CPU, {memory:.0f} MB, {asked:.0f} requests "
                    f"(median of {arguments.runs})"
                )
        finally:
            process.terminate()
            process.wait()
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
