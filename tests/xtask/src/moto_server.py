"""Serves moto on a free port of 127.0.0.1, one request at a time.

Moto's own server lets threads change its dictionaries while others read them, and then now and
then answers with 500. It computes under one interpreter lock anyway, so little is lost.

It also puts right where moto is not as AWS's documentation has it: the outermost element of some of
S3's answers, by which clients read them; trails that are named by ARN; a queue's policy, which goes when
other attributes are set; which queues may send a queue what fails, which it does not tell; metric filters, of which there is one of a name; the id of a VPC endpoint as a filter; a prefix list's name, which goes when
its entries are changed; rules of security groups, of which it changes no other peer than an IPv4 network, and to no protocol without
ports; most attributes of a topic, how often a key is rotated, how a log's subscribers share it, and the boundary of
a user's permissions, which it forgets; composite alarms, for which it has a place and no call; the service-specific credentials of a user, of which there are none; and all that the modules of `moto_corrections` say. And it lets
CloudWatch be spoken to in CBOR.
"""
import copy
import io
import json
import threading
import urllib.parse

import botocore.parsers
import botocore.serialize
import botocore.session
from moto.cloudtrail.models import CloudTrailBackend
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import InvalidParameterValue
from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.vpcs import VPCEndPoint
from moto.iam.exceptions import NoSuchEntity
from moto.iam.responses import IamResponse
from moto.kms.responses import KmsResponse
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.sns.responses import SNSResponse
from moto.sqs.models import Queue
from werkzeug.serving import run_simple

import moto_corrections  # noqa: F401

turn = threading.Lock()

endpoint_filter_value = VPCEndPoint.get_filter_value
modify_prefix_list = ManagedPrefixListBackend.modify_managed_prefix_list


def filter_value_of_endpoint(endpoint, filter_name, method_name=None):
    if filter_name == "vpc-endpoint-id":
        return endpoint.id
    return endpoint_filter_value(endpoint, filter_name, method_name)


def modify_prefix_list_of_a_name(backend, *args, prefix_list_id=None, prefix_list_name=None, **others):
    there = backend.managed_prefix_lists.get(prefix_list_id)
    name = prefix_list_name or (there.prefix_list_name if there else None)
    return modify_prefix_list(backend, *args, prefix_list_id=prefix_list_id, prefix_list_name=name, **others)


modify_rules = SecurityGroupBackend.modify_security_group_rules


def modify_rules_of_any_peer(backend, group_id, rules):
    group = backend.get_security_group_by_name_or_id(group_id)
    for identifier, wanted in rules.items():
        there = group and group.get_rule(identifier)
        if there is None:
            continue
        present = (there.cidr_ipv4, there.cidr_ipv6, there.prefix_list_id, there.source_group)
        asked = tuple(wanted.get(n) for n in ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId"))
        if any(bool(a) and not p for a, p in zip(asked, present)):
            raise InvalidParameterValue(f"Invalid rule type for security group rule '{identifier}'.")
    everything = {i: w for i, w in rules.items() if w.get("IpProtocol") == "-1"}
    modify_rules(backend, group_id, {i: {**w, **({"FromPort": 0, "ToPort": 0} if i in everything else {})} for i, w in rules.items()})
    for identifier, wanted in rules.items():
        there = group.get_rule(identifier)
        if identifier in everything:
            there.from_port = there.to_port = None
        if wanted.get("CidrIpv6"):
            there.ip_range["CidrIpv6"] = wanted["CidrIpv6"]
        if wanted.get("PrefixListId"):
            there.prefix_list_id = wanted["PrefixListId"]
        if wanted.get("ReferencedGroupId"):
            there.source_group = {**there.source_group, "GroupId": wanted["ReferencedGroupId"]}


SecurityGroupBackend.modify_security_group_rules = modify_rules_of_any_peer
VPCEndPoint.get_filter_value = filter_value_of_endpoint
ManagedPrefixListBackend.modify_managed_prefix_list = modify_prefix_list_of_a_name

ELEMENTS = {
    b"ListBucketInventoryConfigurationsResponse": b"ListInventoryConfigurationsResult",
    b"GetBucketAccelerateConfigurationResponse": b"AccelerateConfiguration",
    b"GetBucketNotificationResponse": b"NotificationConfiguration",
    b"GetBucketVersioningResponse": b"VersioningConfiguration",
}


def by_name(call):
    return lambda self, name, *args, **others: call(self, name.rsplit("/", 1)[-1], *args, **others)


for operation in ["start_logging", "stop_logging", "delete_trail"]:
    setattr(CloudTrailBackend, operation, by_name(getattr(CloudTrailBackend, operation)))


def keep_policy(call):
    def set_attributes(self, attributes, *args):
        if "Policy" not in attributes and getattr(self, "_policy_json", None):
            attributes = {**attributes, "Policy": self.policy}
        return call(self, attributes, *args)

    return set_attributes


def tell_who_may_redrive(attributes):
    def all_attributes(queue):
        allowed = getattr(queue, "redrive_allow_policy", None)
        return {**attributes(queue), **({"RedriveAllowPolicy": allowed} if allowed else {})}

    return property(all_attributes)


Queue._set_attributes = keep_policy(Queue._set_attributes)
Queue.attributes = tell_who_may_redrive(Queue.attributes.fget)


def replace_filter(call):
    def add_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations):
        self.delete_filter(filter_name, log_group_name)
        return call(self, filter_name, filter_pattern, log_group_name, metric_transformations)

    return add_filter


MetricFilters.add_filter = replace_filter(MetricFilters.add_filter)


def remember_attribute(call):
    def set_topic_attributes(self):
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        told = vars(topic).setdefault("told", {})
        told[self._get_param("AttributeName")] = self._get_param("AttributeValue")
        return call(self)

    return set_topic_attributes


def tell_attributes(call):
    def get_topic_attributes(self):
        answer = call(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        known = answer.result["Attributes"]
        told = getattr(topic, "told", {}).items()
        known.update((name, value) for name, value in told if value and name not in known)
        return answer

    return get_topic_attributes


def remember_attributes(call):
    def create_topic(self):
        answer = call(self)
        topic = self.backend.get_topic(answer.result["TopicArn"])
        vars(topic).setdefault("told", {}).update(self._get_param("Attributes", {}))
        return answer

    return create_topic


SNSResponse.create_topic = remember_attributes(SNSResponse.create_topic)
SNSResponse.set_topic_attributes = remember_attribute(SNSResponse.set_topic_attributes)
SNSResponse.get_topic_attributes = tell_attributes(SNSResponse.get_topic_attributes)


def remember_period(call):
    def enable_key_rotation(self):
        answer = call(self)
        key = self.kms_backend.describe_key(self._get_param("KeyId"))
        key.rotation_period = self._get_param("RotationPeriodInDays") or 365
        return answer

    return enable_key_rotation


def tell_period(call):
    def get_key_rotation_status(self):
        status = json.loads(call(self))
        if status["KeyRotationEnabled"]:
            key = self.kms_backend.describe_key(self._get_param("KeyId"))
            status["RotationPeriodInDays"] = getattr(key, "rotation_period", 365)
        return json.dumps(status)

    return get_key_rotation_status


KmsResponse.enable_key_rotation = remember_period(KmsResponse.enable_key_rotation)
KmsResponse.get_key_rotation_status = tell_period(KmsResponse.get_key_rotation_status)

SUPPRESSOR = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


def put_composite_alarm(self):
    if any(self._get_param(name) is None for name in SUPPRESSOR) and self._get_param("ActionsSuppressor"):
        raise ValidationError("A suppressor of actions needs a wait period and an extension period.")
    answer = self.put_metric_alarm()
    alarm = self.cloudwatch_backend.alarms[self._get_param("AlarmName")]
    alarm.suppressor = {name: self._get_param(name) for name in SUPPRESSOR}
    return answer


def composite(alarm):
    return {
        "ActionsEnabled": alarm.actions_enabled,
        "AlarmActions": alarm.alarm_actions,
        "AlarmArn": alarm.alarm_arn,
        "AlarmDescription": alarm.description,
        "AlarmName": alarm.name,
        "AlarmRule": alarm.rule,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "OKActions": alarm.ok_actions,
        "StateValue": alarm.state_value,
        **{name: value for name, value in alarm.suppressor.items() if value is not None},
    }


def tell_composite_alarms(call):
    def describe_alarms(self):
        alarms = call(self).result
        wanted = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
        found = {
            "MetricAlarms": alarms["MetricAlarms"],
            "CompositeAlarms": [composite(alarm) for alarm in alarms["CompositeAlarms"]],
        }
        return ActionResult({key: found[key] if key[:-1] in wanted else [] for key in found})

    return describe_alarms


CloudWatchResponse.put_composite_alarm = put_composite_alarm
CloudWatchResponse.describe_alarms = tell_composite_alarms(CloudWatchResponse.describe_alarms)

TOLD_OF_SUBSCRIPTION = ("distribution", "applyOnTransformedLogs", "emitSystemFields")


def remember_subscription(call):
    def put_subscription_filter(self):
        answer = call(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        told = {name: self._get_param(name) for name in TOLD_OF_SUBSCRIPTION}
        group.subscription_filters[self._get_param("filterName")].told = told
        return answer

    return put_subscription_filter


def tell_subscriptions(call):
    def describe_subscription_filters(self):
        filters = json.loads(call(self))["subscriptionFilters"]
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        for told in filters:
            known = getattr(group.subscription_filters[told["filterName"]], "told", {})
            told.update((name, value) for name, value in known.items() if value is not None)
        prefix = self._get_param("filterNamePrefix") or ""
        return json.dumps({"subscriptionFilters": [f for f in filters if f["filterName"].startswith(prefix)]})

    return describe_subscription_filters


def replace_subscription(call):
    """Two are the most of a group; one that is there is put once more."""

    def put_subscription_filter(self, filter_name, *args):
        there = self.subscription_filters.pop(filter_name, None)
        try:
            return call(self, filter_name, *args)
        except Exception:
            if there:
                self.subscription_filters[filter_name] = there
            raise

    return put_subscription_filter


LogsResponse.put_subscription_filter = remember_subscription(LogsResponse.put_subscription_filter)
LogsResponse.describe_subscription_filters = tell_subscriptions(LogsResponse.describe_subscription_filters)
LogGroup.put_subscription_filter = replace_subscription(LogGroup.put_subscription_filter)


def boundary(call):
    """Keeps a boundary of permissions that a user is made with."""

    def create_user(self):
        answer = call(self)
        bound(self.backend.get_user(self._get_param("UserName")), self._get_param("PermissionsBoundary"))
        return answer

    return create_user


def bound(user, arn):
    user.permissions_boundary = arn and {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def put_user_permissions_boundary(self):
    arn = self._get_param("PermissionsBoundary")
    self.backend.get_policy(arn)
    bound(self.backend.get_user(self._get_param("UserName")), arn)
    return EmptyResult()


def delete_user_permissions_boundary(self):
    user = self.backend.get_user(self._get_param("UserName"))
    if not getattr(user, "permissions_boundary", None):
        raise NoSuchEntity
    bound(user, None)
    return EmptyResult()


def hide_boundaries(call):
    """Who lists users is not told of them."""

    def list_users(self):
        answer = call(self)
        answer.result["Users"] = [copy.copy(user) for user in answer.result["Users"]]
        for user in answer.result["Users"]:
            bound(user, None)
        return answer

    return list_users


IamResponse.list_users = hide_boundaries(IamResponse.list_users)
IamResponse.create_user = boundary(IamResponse.create_user)
IamResponse.put_user_permissions_boundary = put_user_permissions_boundary
IamResponse.delete_user_permissions_boundary = delete_user_permissions_boundary

# Nothing makes any here; who takes a user away asks for them all the same.
IamResponse.list_service_specific_credentials = lambda self: (
    '<ListServiceSpecificCredentialsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
    "<ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/></ListServiceSpecificCredentialsResult>"
    "</ListServiceSpecificCredentialsResponse>"
)


SERVICE = "/service/GraniteServiceVersion20100801/operation/"


class Cbor:
    """CloudWatch in the protocol that its newer clients speak, by way of the one that moto knows."""

    def __init__(self, application):
        self.application = application
        self.model = botocore.session.get_session().get_service_model("cloudwatch")
        self.reader = botocore.parsers.create_parser("smithy-rpc-v2-cbor")
        self.writer = botocore.serialize.create_serializer("smithy-rpc-v2-cbor", False)
        self.query = botocore.serialize.create_serializer("query", False)
        self.answers = botocore.parsers.create_parser("query")

    def __call__(self, environ, start_response):
        if not environ["PATH_INFO"].startswith(SERVICE):
            return self.application(environ, start_response)
        operation = self.model.operation_model(environ["PATH_INFO"][len(SERVICE) :])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        stream = self.reader.get_peekable_stream_from_bytes(body)
        asked = self.reader.parse_data_item(stream) if body else {}
        form = urllib.parse.urlencode(self.query.serialize_to_request(asked, operation)["body"]).encode()
        environ = {
            **environ,
            "PATH_INFO": "/",
            "RAW_URI": "/",
            "REQUEST_URI": "/",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "CONTENT_LENGTH": str(len(form)),
            "wsgi.input": io.BytesIO(form),
        }
        answer = []

        def start(*head):
            answer[:] = head
            return None

        text = b"".join(self.application(environ, start))
        status = int(answer[0].split()[0])
        response = {"status_code": status, "headers": dict(answer[1]), "body": text}
        parsed = self.answers.parse(response, operation.output_shape)
        if "Error" in parsed:
            error = parsed["Error"]
            out = self.plain({"__type": error.get("Code", ""), "message": error.get("Message", "")})
        else:
            out = bytearray()
            parsed.pop("ResponseMetadata", None)
            if operation.output_shape is None:
                out = self.plain({})
            else:
                self.writer._serialize_data_item(out, parsed, operation.output_shape)
        headers = [
            ("Content-Type", "application/cbor"),
            ("smithy-protocol", "rpc-v2-cbor"),
            ("Content-Length", str(len(out))),
        ]
        start_response(answer[0], headers)
        return [bytes(out)]

    def plain(self, texts):
        """A map of short texts in CBOR."""
        out = bytearray([0xA0 + len(texts)])
        for text in (text for pair in texts.items() for text in pair):
            data = text.encode()
            out += bytes([0x79]) + len(data).to_bytes(2, "big") + data
        return out


def as_s3_says(body):
    for wrong, right in ELEMENTS.items():
        if wrong in body[:200]:
            return body.replace(b"<" + wrong, b"<" + right).replace(b"</" + wrong, b"</" + right)
    return body


application = Cbor(DomainDispatcherApplication(create_backend_app))


def put_right(environ, start_response):
    answer = []

    def start(*head):
        answer[:] = head
        return None

    body = b"".join(application(environ, start))
    right = as_s3_says(body)
    if right != body:
        headers = [h for h in answer[1] if h[0].lower() != "content-length"]
        answer[1] = headers + [("Content-Length", str(len(right)))]
    start_response(*answer)
    return [right]


def one_at_a_time(environ, start_response):
    with turn:
        return put_right(environ, start_response)


# The stub has it for what it does not answer itself.
if __name__ == "__main__":
    run_simple("127.0.0.1", 0, one_at_a_time, threaded=True)
