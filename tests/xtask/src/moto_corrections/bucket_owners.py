"""Who owns buckets, for whom moto has two ids, and who must own one, which it does not ask; what only somebody with a device may change, which it forgets; locks, which it
refuses where objects are, and which keep versions from being suspended."""
import re

from moto.core.responses import ActionResult
from moto.s3.exceptions import AccessDeniedByLock, InvalidBucketState
from moto.s3.models import OWNER as OWNER_ID
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

OWNER = "x-amz-expected-bucket-owner"
MFA = re.compile(r"<MfaDelete>(\w+)</MfaDelete>")
DEVICE = re.compile(r"\S+ [0-9]{6}")


def of_owner(call):
    """Refuses who expects somebody else to own the bucket."""

    def response(self, request, full_url):
        expected = request.headers.get(OWNER)
        name = self.parse_bucket_name_from_url(request, full_url)
        if name and expected and self.backend.get_bucket(name).account_id != expected:
            raise AccessDeniedByLock()
        return call(self, request, full_url)

    return response


def with_device(call):
    """Keeps whether versions are deleted by somebody with the owner's device only, who alone changes it."""

    def bucket_response_put(self, request, bucket_name, querystring):
        if "versioning" not in querystring:
            return call(self, request, bucket_name, querystring)
        bucket = self.backend.get_bucket(bucket_name)
        if bucket.object_lock_enabled and b"<Status>Suspended" in self.body:
            raise InvalidBucketState(
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
            )
        there, said = getattr(bucket, "mfa_delete", None), MFA.search(self.body.decode())
        wanted = said[1] if said else there
        changed = (wanted == "Enabled") != (there == "Enabled")
        if changed and not DEVICE.fullmatch(request.headers.get("x-amz-mfa", "")):
            raise AccessDeniedByLock()
        answer = call(self, request, bucket_name, querystring)
        bucket.mfa_delete = wanted
        return answer

    return bucket_response_put


def get_bucket_versioning(self):
    bucket = self.backend.get_bucket(self.bucket_name)
    told = {"Status": bucket.versioning_status, "MFADelete": getattr(bucket, "mfa_delete", None)}
    self.data["Action"] = "GetBucketVersioning"
    return self.serialized(ActionResult({name: value for name, value in told.items() if value}))


def of_any_bucket(call):
    """A lock is for the objects to come: it is set whatever there is."""

    def put_object_lock_configuration(self, bucket_name, *args, **others):
        bucket = self.get_bucket(bucket_name)
        keys, bucket.keys = bucket.keys, type(bucket.keys)()
        try:
            return call(self, bucket_name, *args, **others)
        finally:
            bucket.keys = keys

    return put_object_lock_configuration


def all_buckets(self):
    """The account has one id, in listings and in lists of access. Directory buckets are listed by themselves."""
    buckets = self.backend.list_buckets(
        prefix=self._get_param("prefix"),
        bucket_region=self._get_param("bucket-region"),
        max_buckets=self._get_param("max-buckets"),
    )
    self.data["Action"] = "ListAllMyBuckets"
    self._authenticate_and_authorize_s3_action()
    self.data["Action"] = "ListBuckets"
    general = [bucket for bucket in buckets if not getattr(bucket, "zone", None)]
    told = [{"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601} for bucket in general]
    return self.serialized(ActionResult({"Owner": {"ID": OWNER_ID, "DisplayName": "webfile"}, "Buckets": told}))


S3Response.all_buckets = all_buckets
S3Response._bucket_response = of_owner(S3Response._bucket_response)
S3Response._bucket_response_put = with_device(S3Response._bucket_response_put)
S3Response.get_bucket_versioning = get_bucket_versioning
S3Backend.put_object_lock_configuration = of_any_bucket(S3Backend.put_object_lock_configuration)
