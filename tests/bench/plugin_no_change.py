#!/usr/bin/env python3
"""What a plan without changes of 60 AWS objects costs with a published plugin, hashicorp/aws 3.39.0, on a local endpoint (moto).

    python3 tests/bench/plugin_no_change.py [--program PATH] [--python PATH] [--runs 5]

The same directory and plugin for Terrane and, where one is on the PATH, for Terraform: seconds on the clock and of CPU (of the program
and the plugin), the peak of the memory of both together, sampled every ten milliseconds, and requests; the median of the runs. Build with
`cargo build --release -p terrane-cli` first; `--python` is an interpreter with moto and the plugin's package, by default that of the
tests, target/venv/bin/python (`cargo xtask moto` makes it).
"""
import argparse
import os
import shutil
import statistics
import tempfile

from measure import TARGET, moto, published_plugin, published_provider, requests, run

OBJECTS = """
resource "aws_vpc" "bench" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "bench" {
  vpc_id = aws_vpc.bench.id
}
resource "aws_subnet" "bench" {
  count      = 10
  vpc_id     = aws_vpc.bench.id
  cidr_block = cidrsubnet(aws_vpc.bench.cidr_block, 8, count.index)
}
resource "aws_security_group" "bench" {
  count  = 12
  name   = "bench-${count.index}"
  vpc_id = aws_vpc.bench.id
}
resource "aws_iam_group" "bench" {
  count = 12
  name  = "bench-${count.index}"
}
resource "aws_iam_policy" "bench" {
  count  = 12
  name   = "bench-${count.index}"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
}
resource "aws_iam_group_policy_attachment" "bench" {
  count      = 12
  group      = aws_iam_group.bench[count.index].name
  policy_arn = aws_iam_policy.bench[count.index].arn
}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--python", default=os.path.join(TARGET, "venv/bin/python"), type=os.path.abspath)
    parser.add_argument("--runs", default=5, type=int)
    arguments = parser.parse_args()
    programs = [("terrane", arguments.program)]
    terraform = shutil.which("terraform")
    if terraform:
        programs.append(("terraform", terraform))
    directory = tempfile.mkdtemp(prefix="terrane-bench-")
    with open(os.path.join(directory, "moto.log"), "w", encoding="utf-8") as log:
        process, url = moto(arguments.python, log)
        try:
            for name, program in programs:
                place = os.path.join(directory, name)
                os.mkdir(place)
                native = 'native { exclude = ["hashicorp/aws"] }' if name == "terrane" else ""
                variables = published_plugin(arguments.python, directory, name, native)
                with open(os.path.join(place, "main.tf"), "w", encoding="utf-8") as text:
                    # Each has objects of its own.
                    text.write(published_provider(url, ["ec2", "iam", "sts"]) + OBJECTS.replace("bench-$", f"{name}-$"))
                run(program, place, variables, "init")
                run(program, place, variables, "apply", "-auto-approve")
                before = requests(log)
                runs = [
                    run(program, place, variables, "plan", "-detailed-exitcode") for _ in range(arguments.runs)
                ]
                asked = (requests(log) - before) / arguments.runs
                clock, cpu, memory = (statistics.median(column) for column in list(zip(*runs))[:3])
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
