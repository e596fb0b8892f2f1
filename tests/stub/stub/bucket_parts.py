"""Parts of buckets that moto lacks: who pays for requests, metrics, analytics, inventories, archives by themselves."""
from moto.s3.models import s3_backends

from .errors import AwsError
from .operations import operation

PARTS = {
    "Analytics": "AnalyticsConfiguration",
    "IntelligentTiering": "IntelligentTieringConfiguration",
    "Inventory": "InventoryConfiguration",
    "Metrics": "MetricsConfiguration",
}


def parts(call, kind):
    """What the caller's bucket has of a kind, by id."""
    bucket = call.params["Bucket"]
    call.params.get("ChecksumAlgorithm")
    if (call.params.get("ExpectedBucketOwner") or call.account) != call.account:
        raise AwsError("AccessDenied", "Access Denied", 403)
    for backend in s3_backends[call.account].values():
        if bucket in backend.buckets:
            # A new bucket of the same name has none of it.
            key = f"{bucket} {id(backend.buckets[bucket])}"
            return call.world.table(call.account, "aws-global", f"bucket-{kind}").setdefault(key, {})
    raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)


def part(kind, configuration):
    """The four operations on what a bucket may have many of."""
    prefix = f"Bucket{kind}Configuration"

    def there(call):
        found = parts(call, kind)
        if call.params["Id"] not in found:
            raise AwsError("NoSuchConfiguration", "The specified configuration does not exist.", 404)
        return found

    @operation("s3", f"Put{prefix}")
    def put(call):
        wanted = call.params[configuration].plain()
        if wanted["Id"] != call.params["Id"]:
            raise AwsError("InvalidArgument", "The id of the configuration is not that of the request.")
        check(kind, wanted)
        parts(call, kind)[wanted["Id"]] = wanted

    @operation("s3", f"Get{prefix}")
    def get(call):
        return {configuration: there(call)[call.params["Id"]]}

    @operation("s3", f"Delete{prefix}")
    def delete(call):
        there(call).pop(call.params["Id"])

    @operation("s3", f"List{prefix}s")
    def list_all(call):
        call.params.get("ContinuationToken")
        found = parts(call, kind)
        return {f"{configuration}List": [found[key] for key in sorted(found)], "IsTruncated": False}


def check(kind, wanted):
    """What the model does not say of these configurations."""
    for member in ("Prefix", "Tag", "And", "AccessPointArn"):
        others = set(wanted.get("Filter") or {}) - {member}
        if member in (wanted.get("Filter") or {}) and others:
            raise AwsError("MalformedXML", f"A filter has {member} and {', '.join(sorted(others))}.")
    together = (wanted.get("Filter") or {}).get("And")
    if together is not None and len(together.get("Tags") or []) + ("Prefix" in together) < 2:
        raise AwsError("MalformedXML", "And has to join two things.")
    for tier in wanted.get("Tierings") or []:
        least = {"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}[tier["AccessTier"]]
        if not least <= tier["Days"] <= 730:
            raise AwsError("InvalidRequest", f"{tier['AccessTier']} begins after {least} to 730 days.")


for kind, configuration in PARTS.items():
    part(kind, configuration)


@operation("s3", "PutBucketRequestPayment")
def put_payment(call):
    parts(call, "payment")["Payer"] = call.params["RequestPaymentConfiguration"]["Payer"]


@operation("s3", "GetBucketRequestPayment")
def get_payment(call):
    return {"Payer": parts(call, "payment").get("Payer", "BucketOwner")}
