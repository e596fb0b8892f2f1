"""Buckets in one zone, which moto takes for any other: what they are made with, their tags, where they are, and sessions.

An SDK that was given an endpoint asks it for a session before it makes a bucket, too; AWS it asks then without one. So a
session is given for a bucket that is not there."""
import re
from datetime import datetime, timedelta, timezone

import xmltodict
from moto.core.exceptions import ServiceException
from moto.moto_server.werkzeug_app import SIGNING_ALIASES
from moto.s3.exceptions import IllegalLocationConstraintException
from moto.s3.responses import S3Response
from moto.s3control import urls
from moto.s3control.exceptions import S3ControlError
from moto.s3control.models import S3ControlBackend
from moto.s3control.responses import S3ControlResponse
from moto.s3.models import s3_backends

NAME = re.compile(r"[0-9a-z][0-9a-z-]*--([0-9a-z]+(-[0-9a-z]+)?-az[0-9]+)--x-s3")
KEY = re.compile(r"Credential=([^/]+)/")


def get(call):
    def bucket_response_get(self, bucket_name, querystring):
        if "session" not in querystring:
            return call(self, bucket_name, querystring)
        key = KEY.search(self.headers.get("Authorization", ""))
        expires = datetime.now(timezone.utc) + timedelta(minutes=5)
        credentials = {
            "SessionToken": "session",
            "SecretAccessKey": "session",
            "AccessKeyId": key[1] if key else "session",
            "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        answer = {"CreateSessionResult": {"@xmlns": space, "Credentials": credentials}}
        return 200, {"Content-Type": "application/xml"}, xmltodict.unparse(answer)

    return bucket_response_get


def put(call):
    def bucket_response_put(self, request, bucket_name, querystring):
        name = NAME.fullmatch(bucket_name)
        if querystring or not name:
            return call(self, request, bucket_name, querystring)
        asked = (xmltodict.parse(self.body) if self.body else {}).get("CreateBucketConfiguration") or {}
        bucket, location = asked.get("Bucket") or {}, asked.get("Location") or {}
        kind = "LocalZone" if name[2] else "AvailabilityZone"
        if bucket.get("Type") != "Directory" or bucket.get("DataRedundancy") != f"Single{kind}":
            raise ServiceException("InvalidRequest", "A directory bucket is of the type Directory, in one zone.")
        if {"Name": name[1], "Type": kind} != {k: v for k, v in location.items() if not k.startswith("@")}:
            raise IllegalLocationConstraintException()
        made = self.backend.create_bucket(bucket_name, self.region)
        made.zone = name[1], kind
        tags = (asked.get("Tags") or {}).get("Tag") or []
        arn = f"arn:aws:s3express:{self.region}:{self.current_account}:bucket/{bucket_name}"
        self.backend.tagger.delete_all_tags_for_resource(arn)
        self.backend.tagger.tag_resource(arn, [tags] if isinstance(tags, dict) else tags)
        return 200, {"Location": f"/{bucket_name}"}, ""

    return bucket_response_put


def all_buckets(call):
    def listed(self):
        if "/s3express/aws4_request" not in self.headers.get("Authorization", ""):
            return call(self)
        found = [b for b in self.backend.buckets.values() if getattr(b, "zone", None) and b.region_name == self.region]
        buckets = [{"Name": b.name, "CreationDate": b.creation_date_ISO8601} for b in found]
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        answer = {"ListAllMyDirectoryBucketsResult": {"@xmlns": space, "Buckets": {"Bucket": buckets}}}
        return 200, {"Content-Type": "application/xml"}, xmltodict.unparse(answer)

    return listed


def head(call):
    def head_bucket(self):
        status, headers, body = call(self)
        zone = status == 200 and getattr(self.backend.get_bucket(self.bucket_name), "zone", None)
        where = {"x-amz-bucket-location-name": zone[0], "x-amz-bucket-location-type": zone[1]} if zone else {}
        return status, {**headers, **where}, body

    return head_bucket


def of_bucket(call):
    """Tags of a bucket that is there."""

    def tags(self, resource_arn, *args, **others):
        bucket = re.fullmatch(r"arn:aws:s3express:[^:]+:[0-9]+:bucket/(.+)", resource_arn)
        if bucket and bucket[1] not in s3_backends[self.account_id][self.partition].buckets:
            raise S3ControlError("NoSuchResource", "The specified resource does not exist.")
        return call(self, resource_arn, *args, **others)

    return tags


for name in ("list_tags_for_resource", "tag_resource", "untag_resource"):
    setattr(S3ControlBackend, name, of_bucket(getattr(S3ControlBackend, name)))
SIGNING_ALIASES["s3express"] = "s3"
urls.url_paths["/v20180820/tags/<path:arn>"] = S3ControlResponse.dispatch
S3Response.all_buckets = all_buckets(S3Response.all_buckets)
S3Response._bucket_response_get = get(S3Response._bucket_response_get)
S3Response._bucket_response_put = put(S3Response._bucket_response_put)
S3Response.head_bucket = head(S3Response.head_bucket)
