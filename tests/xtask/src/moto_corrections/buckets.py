"""Configurations of buckets of which moto keeps a part: lifecycles, replication, logging, notifications, encryption. And who pays
for downloads, of which it knows nothing."""
from xml.etree import ElementTree

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.s3.models import FakeDeleteMarker
from moto.s3.responses import S3Response

# By the word of the query: the operation that puts the configuration, its member, and moto's answer to who asks for it.
PUT = {
    "encryption": ("PutBucketEncryption", "ServerSideEncryptionConfiguration"),
    "lifecycle": ("PutBucketLifecycleConfiguration", "LifecycleConfiguration"),
    "logging": ("PutBucketLogging", "BucketLoggingStatus"),
    "replication": ("PutBucketReplication", "ReplicationConfiguration"),
}
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
SMALLEST = "x-amz-transition-default-minimum-object-size"


def put(call):
    """Keeps what was put as the service's model reads it."""

    def bucket_response_put(self, request, bucket_name, querystring):
        if "requestPayment" in querystring:
            asked = ElementTree.fromstring(self.body)
            self.backend.get_bucket(bucket_name).payer = asked.findtext("{*}Payer")
            return 200, {}, ""
        answer = call(self, request, bucket_name, querystring)
        word = next((word for word in PUT if word in querystring), None)
        if word:
            operation, member = PUT[word]
            model = get_service_model("s3").operation_model(operation)
            asked = {
                "method": "PUT",
                "values": {},
                "headers": request.headers,
                "body": self.body,
                "url_path": f"/{bucket_name}",
                "url_params": {"Bucket": bucket_name},
            }
            put = PROTOCOL_PARSERS["rest-xml"](model).parse(asked)[member]
            bucket = self.backend.get_bucket(bucket_name)
            vars(bucket).setdefault("put", {})[word] = put
            if word == "lifecycle":
                bucket.smallest = request.headers.get(SMALLEST) or "all_storage_classes_128K"
                return 200, {SMALLEST: bucket.smallest}, ""
        return answer

    return bucket_response_put


def payer(call):
    """Tells who pays for downloads: the owner, unless somebody said otherwise."""

    def bucket_response_get(self, bucket_name, querystring):
        if "requestPayment" not in querystring:
            return call(self, bucket_name, querystring)
        payer = getattr(self.backend.get_bucket(bucket_name), "payer", "BucketOwner")
        return f'<RequestPaymentConfiguration xmlns="{NAMESPACE}"><Payer>{payer}</Payer></RequestPaymentConfiguration>'

    return bucket_response_get


def with_missing(told, kept):
    """What moto tells, with the members that it has forgotten."""
    if isinstance(told, dict) and isinstance(kept, dict):
        names = [*told, *(name for name in kept if name not in told)]
        return {name: with_missing(told[name], kept.get(name)) if name in told else kept[name] for name in names}
    if isinstance(told, list) and isinstance(kept, list) and len(told) == len(kept):
        return [with_missing(t, k) for t, k in zip(told, kept)]
    return told


def get(call, word, complete):
    """Answers as moto does, by what it says completed."""

    def answered(self):
        said = []
        serialized = self.serialized
        self.serialized = lambda answer: (said.append(answer), serialized(answer))[1]
        try:
            first = call(self)
        finally:
            del self.serialized
        if not said:
            return first
        bucket = self.backend.get_bucket(self.bucket_name)
        kept = vars(bucket).get("put", {}).get(word)
        return self.serialized(ActionResult(complete(bucket, said[-1].result or {}, kept)))

    return answered


def lifecycle(bucket, told, kept):
    rules = with_missing({"Rules": told["Rules"]}, {"Rules": (kept or {}).get("Rules")})
    return {**rules, "TransitionDefaultMinimumObjectSize": getattr(bucket, "smallest", "all_storage_classes_128K")}


def logging(bucket, told, kept):
    return with_missing(told, kept or {})


def replication(bucket, told, kept):
    rules = told["ReplicationConfiguration"]["Rules"]
    # Rules of the older form have no priority.
    chosen = [
        {"ID": rule["ID"], **({"Priority": rule["Priority"]} if "Filter" in k else {}), **k}
        for rule, k in zip(rules, kept["Rules"])
    ]
    return {"ReplicationConfiguration": {**kept, "Rules": chosen}}


def encryption(bucket, told, kept):
    return with_missing(told, {"ServerSideEncryptionConfiguration": kept} if kept else {})


def delete_encryption(call):
    def delete_bucket_encryption(self):
        vars(self.backend.get_bucket(self.bucket_name)).get("put", {}).pop("encryption", None)
        return call(self)

    return delete_bucket_encryption


def notification(bucket, told, kept):
    configuration = bucket.notification_configuration
    bridge = configuration is not None and configuration.event_bridge is not None
    return {**told, **({"EventBridgeConfiguration": {}} if bridge else {})}


# A marker goes as an object does, of which there is a file.
FakeDeleteMarker.dispose = lambda self: None
S3Response._bucket_response_get = payer(S3Response._bucket_response_get)
S3Response._bucket_response_put = put(S3Response._bucket_response_put)
S3Response.get_bucket_lifecycle = get(S3Response.get_bucket_lifecycle, "lifecycle", lifecycle)
S3Response.delete_bucket_encryption = delete_encryption(S3Response.delete_bucket_encryption)
S3Response.get_bucket_encryption = get(S3Response.get_bucket_encryption, "encryption", encryption)
S3Response.get_bucket_logging = get(S3Response.get_bucket_logging, "logging", logging)
S3Response.get_bucket_notification = get(S3Response.get_bucket_notification, "notification", notification)
S3Response.get_bucket_replication = get(S3Response.get_bucket_replication, "replication", replication)
