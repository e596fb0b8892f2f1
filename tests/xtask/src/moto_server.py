"""Serves moto on a free port of 127.0.0.1, one request at a time.

Moto's own server lets threads change its dictionaries while others read them, and then now and
then answers with 500. It computes under one interpreter lock anyway, so little is lost.

It also puts right where moto is not as AWS's documentation has it: the outermost element of some of
S3's answers, by which clients read them; trails that are named by ARN; a queue's policy, which goes when
other attributes are set; metric filters, of which there is one of a name.
"""
import threading

from moto.cloudtrail.models import CloudTrailBackend
from moto.logs.metric_filters import MetricFilters
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.sqs.models import Queue
from werkzeug.serving import run_simple

application = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()

ELEMENTS = {
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


Queue._set_attributes = keep_policy(Queue._set_attributes)


def replace_filter(call):
    def add_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations):
        self.delete_filter(filter_name, log_group_name)
        return call(self, filter_name, filter_pattern, log_group_name, metric_transformations)

    return add_filter


MetricFilters.add_filter = replace_filter(MetricFilters.add_filter)


def as_s3_says(body):
    for wrong, right in ELEMENTS.items():
        if wrong in body[:200]:
            return body.replace(b"<" + wrong, b"<" + right).replace(b"</" + wrong, b"</" + right)
    return body


def one_at_a_time(environ, start_response):
    with turn:
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


run_simple("127.0.0.1", 0, one_at_a_time, threaded=True)
