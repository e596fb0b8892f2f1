"""CloudTrail's event history: every call that changed something, moto's as well as the stub's own,
and `LookupEvents` by the name of a resource.

An event knows its resources by all the texts in request and answer, where CloudTrail has a list for
each operation. So an object is found by its id, its ARN or its name, as it is at AWS.
"""
import json
import re
import uuid
from datetime import datetime, timezone
from urllib.parse import parse_qsl

from . import moto_side
from .errors import AwsError
from .operations import READING, operation

GLOBAL = {"iam", "organizations"}
TEXT = re.compile(r">([^<>]{1,2000})<")


def texts(data, content_type):
    """All texts of a form, of JSON or of XML."""
    data = data.decode("utf-8", "replace")
    if data.lstrip().startswith(("{", "[")):
        try:
            return set(leaves(json.loads(data)))
        except ValueError:
            return set()
    if data.lstrip().startswith("<"):
        return {text.strip() for text in TEXT.findall(data)}
    return {value for _, value in parse_qsl(data)} if "form" in content_type else set()


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from leaves(part)
    elif isinstance(value, str):
        yield value


def operation_of(environ, incoming, body):
    """What is called, in whichever protocol; for S3 the method and what it is about."""
    if incoming.operation:
        return incoming.operation
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.split(".")[-1]
    form = dict(parse_qsl(body.decode("utf-8", "replace")))
    if "Action" in form:
        return form["Action"]
    if incoming.service == "s3":
        part = environ.get("QUERY_STRING", "").split("&")[0].split("=")[0]
        verbs = {"PUT": "Put" if part else "Create", "POST": "Put", "DELETE": "Delete"}
        verb = verbs.get(environ["REQUEST_METHOD"], "Get")
        return f"{verb}Bucket{part.capitalize()}"
    return None


def record(world, environ, incoming, body, status, answer):
    """Notes a call that changed something."""
    name = operation_of(environ, incoming, body)
    if incoming.service is None or name is None or name.startswith((*READING, "Lookup", "Assume")):
        return
    content_type = environ.get("CONTENT_TYPE", "")
    names = texts(body, content_type) | texts(answer, "")
    if incoming.service == "s3":
        names.add(environ["PATH_INFO"].strip("/").split("/")[0])
        names.add(environ.get("HTTP_HOST", "").split(".")[0])
    world.trail.append(
        {
            "account": moto_side.account_of(incoming.access_key),
            "region": "us-east-1" if incoming.service in GLOBAL else incoming.region,
            "service": incoming.service,
            "name": name,
            "names": names,
            "id": str(uuid.uuid4()),
            "time": datetime.now(timezone.utc).replace(microsecond=0),
            "key": incoming.access_key,
            "agent": environ.get("HTTP_USER_AGENT", ""),
            "address": environ.get("REMOTE_ADDR", ""),
            "error": None if status < 400 else "Failed",
        }
    )


def principal(event):
    return f"arn:aws:iam::{event['account']}:user/{event['key']}"


def shown(event):
    told = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "arn": principal(event),
            "accountId": event["account"],
            "accessKeyId": event["key"],
            "userName": event["key"],
        },
        "eventTime": event["time"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{event['service']}.amazonaws.com",
        "eventName": event["name"],
        "awsRegion": event["region"],
        "sourceIPAddress": event["address"],
        "userAgent": event["agent"],
        "requestID": event["id"],
        "eventID": event["id"],
        "readOnly": False,
    }
    if event["error"]:
        told["errorCode"] = event["error"]
    return {
        "EventId": event["id"],
        "EventName": event["name"],
        "ReadOnly": "false",
        "AccessKeyId": event["key"],
        "EventTime": event["time"],
        "EventSource": f"{event['service']}.amazonaws.com",
        "Username": event["key"],
        "Resources": [],
        "CloudTrailEvent": json.dumps(told),
    }


def whole_seconds(time):
    """A time as the trail has it: in UTC, which parsers leave out, and in whole seconds."""
    return time and time.replace(microsecond=0, tzinfo=time.tzinfo or timezone.utc)


@operation("cloudtrail", "LookupEvents")
def lookup(call):
    wanted = call.params.get("LookupAttributes") or []
    if len(wanted) > 1:
        raise AwsError("InvalidLookupAttributesException", "You can only specify one lookup attribute.")
    since, until = (whole_seconds(call.params.get(name)) for name in ("StartTime", "EndTime"))
    if since and until and since > until:
        raise AwsError("InvalidTimeRangeException", "The start time is after the end time.")
    found = [e for e in call.world.trail if (e["account"], e["region"]) == (call.account, call.region)]
    for attribute in wanted:
        attribute = attribute.plain()
        key, value = attribute["AttributeKey"], attribute["AttributeValue"]
        tests = {
            "ResourceName": lambda e: value in e["names"],
            "EventName": lambda e: e["name"] == value,
            "EventId": lambda e: e["id"] == value,
            "Username": lambda e: e["key"] == value,
        }
        if key not in tests:
            raise AwsError("InvalidLookupAttributesException", f"The stub looks up no {key}.")
        found = [e for e in found if tests[key](e)]
    found = [e for e in found if not since or e["time"] >= since]
    found = [e for e in found if not until or e["time"] <= until]
    return call.page("Events", [shown(e) for e in reversed(found)])
