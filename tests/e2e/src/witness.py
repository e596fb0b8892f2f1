"""The second opinion of the end-to-end tests: boto3 in a process that lives as long as a test.

A request is a line of JSON, {"evaluate": expression} or {"execute": statements}; the answer is a line of JSON,
{"value": ...} or {"error": traceback}.
"""
import json
import sys
import traceback

import boto3


def session(account=None, role="OrganizationAccountAccessRole"):
    """A session of the account of the environment's credentials, or of another account by a role in it."""
    if account is None:
        return boto3.Session()
    arn = f"arn:aws:iam::{account}:role/{role}"
    keys = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="witness")["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def client(service, region=None, account=None):
    """A client of a service in a region and an account."""
    return session(account).client(service, region_name=region)


def pages(call, key, **arguments):
    """The items of all pages of a call."""
    items, token = [], {}
    while token is not None:
        answer = call(**arguments, **token)
        items += answer[key]
        token = next(({name: answer[name]} for name in ("nextToken", "NextToken") if answer.get(name)), None)
    return items


class Client:
    """A client of the default account and region, made when it is first used."""

    def __init__(self, service):
        self._service = service

    def __getattr__(self, name):
        if "_client" not in self.__dict__:
            self._client = client(self._service)
        return getattr(self._client, name)


SERVICES = """cloudtrail cloudwatch directconnect ec2 iam kms logs organizations ram s3 sns sqs ssm sts""".split()
NAMES = {"boto3": boto3, "json": json, "client": client, "session": session, "pages": pages}
NAMES.update((service, Client(service)) for service in SERVICES)

for line in sys.stdin:
    request = json.loads(line)
    try:
        if "execute" in request:
            exec(request["execute"], NAMES)
            answer = {"value": None}
        else:
            answer = {"value": eval(request["evaluate"], NAMES)}
    except Exception:
        answer = {"error": traceback.format_exc(limit=-2)}
    print(json.dumps(answer, default=str), flush=True)
