"""Fields of flow logs, stores of keys, and what subscriptions are told again, which moto forgets or refuses."""
import json

from moto.core.exceptions import JsonRESTError
from moto.ec2.exceptions import InvalidParameterValue
from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.ec2.responses.flow_logs import FlowLogs
from moto.kms.models import Key
from moto.kms.responses import KmsResponse
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend

FILES = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


def flow_logs(call):
    def create_flow_logs(self):
        options, fields = self._get_param("DestinationOptions"), self._get_param("TagFieldSpecifications", [])
        bucket = self._get_param("LogDestinationType") == "s3"
        if options and not bucket:
            raise InvalidParameterValue("DestinationOptions are for S3.")
        answer = call(self)
        for made in self.ec2_backend.describe_flow_logs(answer.result["FlowLogIds"], None):
            made.destination_options = {**FILES, **(options or {})} if bucket else None
            made.tag_field_specifications = fields
            made.deliver_cross_account_role = self._get_param("DeliverCrossAccountRole")
        return answer

    return create_flow_logs


def folders(call):
    """The destination may be a folder of a bucket."""

    def create_flow_logs(self, log_destination=None, log_destination_type=None, **others):
        bucket = log_destination.split("/")[0] if log_destination_type == "s3" else log_destination
        made, errors = call(self, log_destination=bucket, log_destination_type=log_destination_type, **others)
        for one in made:
            one.log_destination = log_destination
        return made, errors

    return create_flow_logs


def create_store(self):
    """A store of keys; which one, and whether it is connected, nobody asks."""
    stores = vars(self.kms_backend).setdefault("stores", {})
    kind = self._get_param("CustomKeyStoreType") or "AWS_CLOUDHSM"
    if any(name == self._get_param("CustomKeyStoreName") for name, _ in stores.values()):
        raise JsonRESTError("CustomKeyStoreNameInUseException", "There is a store of this name.")
    identifier = f"cks-{len(stores):017x}"
    stores[identifier] = (self._get_param("CustomKeyStoreName"), kind)
    return json.dumps({"CustomKeyStoreId": identifier})



def key(call):
    def create_key(self):
        store, outside = self._get_param("CustomKeyStoreId"), self._get_param("XksKeyId")
        kind = vars(self.kms_backend).get("stores", {}).get(store, (None, None))[1]
        if store and kind is None:
            raise JsonRESTError("CustomKeyStoreNotFoundException", f"There is no store {store}.")
        if (self._get_param("Origin") or "AWS_KMS") != (kind or "AWS_KMS"):
            raise JsonRESTError("UnsupportedOperationException", "The origin is not that of the store.")
        if bool(outside) != (kind == "EXTERNAL_KEY_STORE"):
            raise JsonRESTError("ValidationException", "XksKeyId is for keys in a store outside of AWS.")
        made = json.loads(call(self))["KeyMetadata"]
        found = self.kms_backend.describe_key(made["KeyId"])
        found.store = {
            **({"CustomKeyStoreId": store} if store else {}),
            **({"XksKeyConfiguration": {"Id": outside}} if outside else {}),
        }
        return json.dumps(found.to_dict())

    return create_key


def describe_key(call):
    def to_dict(self):
        told = call(self)
        told["KeyMetadata"].update(getattr(self, "store", {}))
        return told

    return to_dict


def replay(call):
    def set_subscription_attributes(self, arn, name, value):
        if name != "ReplayPolicy":
            return call(self, arn, name, value)
        [found] = [s for s in self.subscriptions.values() if s.arn == arn]
        if not found.topic.fifo_topic:
            raise SNSInvalidParameter("Invalid parameter: ReplayPolicy is for subscriptions to FIFO topics")
        found.attributes.pop(name, None)
        if value and json.loads(value):
            found.attributes[name] = value
        return None

    return set_subscription_attributes


FlowLogsBackend.create_flow_logs = folders(FlowLogsBackend.create_flow_logs)
FlowLogs.create_flow_logs = flow_logs(FlowLogs.create_flow_logs)
Key.to_dict = describe_key(Key.to_dict)
KmsResponse.create_custom_key_store = create_store
KmsResponse.create_key = key(KmsResponse.create_key)
SNSBackend.set_subscription_attributes = replay(SNSBackend.set_subscription_attributes)
