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
import sys
import tempfile
import uuid

from measure import AWS, TARGET, moto, requests, run

PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'
SUBNETS = 8
DRIFTED = 2  # the exit code


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--objects", type=int, default=10000)
    parser.add_argument("--drifted", type=int, default=10)
    options = parser.parse_args()
    import boto3

    program = options.program
    with tempfile.TemporaryDirectory() as directory, open(os.path.join(directory, "moto.log"), "w", encoding="utf-8") as log:
        server, endpoint = moto(sys.executable, log)
        try:
            variables = {**AWS, "AWS_ENDPOINT_URL": endpoint}
            keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench", "region_name": "eu-west-1", "endpoint_url": endpoint}
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
                run(program, directory, variables, f"-chdir={stack}", "refresh")
                last.append((clients("ec2"), subnets[-1]["id"]))
            for ec2, subnet in last[: options.drifted]:
                ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Owner", "Value": "mallory"}])
            before = requests(log)
            drift = run(program, directory, variables, "drift", "-recursive=live", "-who=false", "-json", expected=DRIFTED)
            summary = json.loads(drift.text)["summary"]
            print(
                f"{summary['read']} objects in {summary['stacks']} accounts: {requests(log) - before} requests, {drift.clock:.2f} s, "
                f"{drift.cpu:.2f} s CPU, {drift.memory:.0f} MB; {summary['changed']} changed, {summary['vanished']} vanished"
            )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
