"""Buckets in one zone, which moto takes for any other: what they are made with, where they are, and sessions.

An SDK that was given an endpoint asks it for a session before it makes a bucket, too; AWS it asks then without one. So a
session is given for a bucket that is not there."""
import re
from datetime import datetime, timedelta, timezone

import xmltodict
from moto.core.exceptions import ServiceException
from moto.s3.exceptions import IllegalLocationConstraintException
from moto.s3.responses import S3Response

NAME = re.compile(r"[0-9a-z][0-9a-z-]*--([0-9a-z]+-az[0-9]+)--x-s3")
ZONE = {"Type": "AvailabilityZone"}
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
        if bucket.get("Type") != "Directory" or bucket.get("DataRedundancy") != "SingleAvailabilityZone":
            raise ServiceException("InvalidRequest", "A directory bucket is of the type Directory, in one zone.")
        if {"Name": name[1], **ZONE} != {k: v for k, v in location.items() if not k.startswith("@")}:
            raise IllegalLocationConstraintException()
        made = self.backend.create_bucket(bucket_name, self.region)
        made.zone = name[1]
        return 200, {"Location": f"/{bucket_name}"}, ""

    return bucket_response_put


def head(call):
    def head_bucket(self):
        status, headers, body = call(self)
        zone = status == 200 and getattr(self.backend.get_bucket(self.bucket_name), "zone", None)
        where = {"x-amz-bucket-location-name": zone, "x-amz-bucket-location-type": ZONE["Type"]} if zone else {}
        return status, {**headers, **where}, body

    return head_bucket


S3Response._bucket_response_get = get(S3Response._bucket_response_get)
S3Response._bucket_response_put = put(S3Response._bucket_response_put)
S3Response.head_bucket = head(S3Response.head_bucket)
