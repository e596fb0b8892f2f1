#!/usr/bin/env python3
"""How long it takes to look for drift in a fleet: stacks in as many accounts, with as many objects altogether, at a local AWS endpoint.

    target/venv/bin/python tests/bench/drift.py [--program PATH] [--accounts 50] [--objects 10000] [--drifted 10]

Each account has one stack, which is reached through a role: VPCs with subnets, and groups of IAM. The objects are made with boto3
and their states are written by hand, so that nothing but `terrane drift` is measured. Prints requests, seconds, CPU and peak
memory of Terrane, and what it found. The endpoint is moto, in one Python process, which is slower than Terrane by far: the seconds
are mostly its own. Build with `cargo build --release -p terrane-cli` first; `cargo xtask moto` once makes the venv.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'
SUBNETS = 8


def serve(log):
    """A moto server, and its address."""
    server = os.path.join(ROOT, "tests/xtask/src/moto_server.py")
    process = subprocess.Popen([sys.executable, "-u", server], stdout=subprocess.DEVNULL, stderr=open(log, "w"))
    while True:
        found = re.search(r"Running on (http://\S+)", open(log).read())
        if found:
            return process, found.group(1)
        if process.poll() is not None:
            sys.exit(open(log).read())
        time.sleep(0.05)


def resource(kind, name, instances):
    return {
        "mode": "managed", "type": kind, "name": name, "provider": PROVIDER,
        "instances": [
            {"index_key": n, "schema_version": 1 if kind in ("aws_vpc", "aws_subnet") else 0, "attributes": attributes, "sensitive_attributes": []}
            for n, attributes in enumerate(instances)
        ],
    }


def account_state(clients, total):
    """Makes the objects of an account, and their state; what Terrane adds to it, one refresh does."""
    ec2, iam = clients("ec2"), clients("iam")
    vpcs, subnets, groups = [], [], []
    while len(vpcs) + len(subnets) + len(groups) < total * 9 // 10:
        block = len(vpcs)
        vpc = ec2.create_vpc(CidrBlock=f"10.{block}.0.0/16")["Vpc"]
        vpcs.append({"id": vpc["VpcId"], "cidr_block": vpc["CidrBlock"]})
        for n in range(SUBNETS):
            made = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock=f"10.{block}.{n}.0/24")["Subnet"]
            subnets.append({"id": made["SubnetId"], "vpc_id": vpc["VpcId"], "cidr_block": made["CidrBlock"]})
    while len(vpcs) + len(subnets) + len(groups) < total:
        made = iam.create_group(GroupName=f"team-{len(groups)}")["Group"]
        groups.append({"id": made["GroupName"], "name": made["GroupName"], "arn": made["Arn"], "path": "/", "unique_id": made["GroupId"]})
    state = {
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": str(uuid.uuid4()), "outputs": {}, "check_results": None,
        "resources": [resource("aws_vpc", "net", vpcs), resource("aws_subnet", "part", subnets), resource("aws_iam_group", "team", groups)],
    }
    return state, subnets


def configuration(account, state):
    counts = {r["type"]: len(r["instances"]) for r in state["resources"]}
    return (
        f'provider "aws" {{\n  region = "eu-west-1"\n  assume_role {{\n    role_arn = "arn:aws:iam::{account}:role/Drift"\n  }}\n}}\n'
        f'resource "aws_vpc" "net" {{\n  count      = {counts["aws_vpc"]}\n  cidr_block = "10.${{count.index}}.0.0/16"\n}}\n'
        f'resource "aws_subnet" "part" {{\n  count      = {counts["aws_subnet"]}\n  vpc_id     = aws_vpc.net[floor(count.index / {SUBNETS})].id\n'
        f'  cidr_block = "10.${{floor(count.index / {SUBNETS})}}.${{count.index % {SUBNETS}}}.0/24"\n}}\n'
        f'resource "aws_iam_group" "team" {{\n  count = {counts["aws_iam_group"]}\n  name  = "team-${{count.index}}"\n}}\n'
    )


def run(program, directory, environment, *arguments):
    """Exit code, output, seconds, CPU and peak memory in MB."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen([program, *arguments], cwd=directory, env=environment, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return process.returncode, output.read().decode(), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release/terrane"), type=os.path.abspath)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--objects", type=int, default=10000)
    parser.add_argument("--drifted", type=int, default=10)
    options = parser.parse_args()
    import boto3

    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as directory:
        log = os.path.join(directory, "moto.log")
        server, endpoint = serve(log)
        try:
            keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "eu-west-1", "endpoint_url": endpoint}
            environment = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "TERRANE_", "AWS_"))}
            environment.update(AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true")
            sts = boto3.client("sts", **keys)
            last = []
            for n in range(options.accounts):
                account = f"{210000000000 + n}"
                role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/Drift", RoleSessionName="bench")["Credentials"]
                own = {**keys, "aws_access_key_id": role["AccessKeyId"], "aws_secret_access_key": role["SecretAccessKey"], "aws_session_token": role["SessionToken"]}
                clients = lambda service: boto3.client(service, **own)
                state, subnets = account_state(clients, options.objects // options.accounts)
                stack = os.path.join(directory, "live", account)
                os.makedirs(stack)
                for name, text in (("main.tf", configuration(account, state)), ("terraform.tfstate", json.dumps(state))):
                    with open(os.path.join(stack, name), "w") as file:
                        file.write(text)
                code, text, *_ = run(program, directory, environment, f"-chdir={stack}", "refresh")
                if code != 0:
                    sys.exit(text)
                last.append((clients("ec2"), subnets[-1]["id"]))
            for ec2, subnet in last[: options.drifted]:
                ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Owner", "Value": "mallory"}])
            before = open(log).read().count("HTTP/1.1")
            code, text, seconds, cpu, memory = run(program, directory, environment, "drift", "-recursive=live", "-who=false", "-json")
            summary = json.loads(text)["summary"]
            requests = open(log).read().count("HTTP/1.1") - before
            print(
                f"{summary['read']} objects in {summary['stacks']} accounts: {requests} requests, {seconds:.2f} s, {cpu:.2f} s CPU, "
                f"{memory:.0f} MB; {summary['changed']} changed, {summary['vanished']} vanished; exit code {code}"
            )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
