"""Alarms about queries in PromQL and about metrics of other accounts, policies of one group of logs, and selectors of trails, of
which there is one kind at a time."""
import json
import uuid

from moto.cloudtrail.models import Trail
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.exceptions import JsonRESTError
from moto.logs.responses import LogsResponse

from .logs import group

OF_METRICS = ("ComparisonOperator", "DatapointsToAlarm", "EvaluationPeriods", "Metrics", "MetricName", "Namespace", "Period", "Threshold")


def alarm(call):
    def put_metric_alarm(self):
        criteria, interval = self._get_param("EvaluationCriteria"), self._get_param("EvaluationInterval")
        if (criteria is None) != (interval is None):
            raise ValidationError("EvaluationInterval and EvaluationCriteria come together.")
        if criteria and any(self._get_param(name) is not None for name in OF_METRICS):
            raise ValidationError("An alarm with EvaluationCriteria has no metric.")
        band, queries = self._get_param("ThresholdMetricId"), self._get_param("Metrics", [])
        if band and not any(q["Id"] == band and "ANOMALY_DETECTION_BAND" in q.get("Expression", "") for q in queries):
            raise ValidationError("ThresholdMetricId has to be the id of an ANOMALY_DETECTION_BAND.")
        answer = call(self)
        made = self.cloudwatch_backend.alarms[self._get_param("AlarmName")]
        made.evaluation_criteria, made.evaluation_interval = criteria, interval
        for query, asked in zip(made.metric_data_queries or [], queries):
            query.account_id = asked.get("AccountId")
        return answer

    return put_metric_alarm


def put_policy(call):
    def put_resource_policy(self):
        if not self._get_param("resourceArn"):
            return call(self)
        found, revision = group(self, "resourceArn"), self._get_param("expectedRevisionId")
        same_revision(revision, getattr(found, "policy", None))
        found.policy = {
            "policyDocument": self._get_param("policyDocument"),
            "policyScope": "RESOURCE",
            "resourceArn": self._get_param("resourceArn"),
            "revisionId": str(uuid.uuid4()),
        }
        return json.dumps({"resourcePolicy": found.policy, "revisionId": found.policy["revisionId"]})

    return put_resource_policy


def same_revision(revision, there):
    """Refuses who knows another revision of a group's policy than there is."""
    if revision != (there and there["revisionId"]):
        raise JsonRESTError("OperationAbortedException", "The revision of the policy is another one.")


def describe_policies(call):
    def describe_resource_policies(self):
        if self._get_param("policyScope") != "RESOURCE":
            return call(self)
        there = getattr(group(self, "resourceArn"), "policy", None)
        return json.dumps({"resourcePolicies": [there] if there else []})

    return describe_resource_policies


def delete_policy(call):
    def delete_resource_policy(self):
        if not self._get_param("resourceArn"):
            return call(self)
        found = group(self, "resourceArn")
        there = getattr(found, "policy", None)
        if there is None:
            raise JsonRESTError("ResourceNotFoundException", "The group has no policy.")
        same_revision(self._get_param("expectedRevisionId"), there)
        found.policy = None
        return ""

    return delete_resource_policy


def one_kind(call):
    def put_event_selectors(self, event_selectors, advanced_event_selectors):
        if bool(event_selectors) == bool(advanced_event_selectors):
            raise JsonRESTError("InvalidEventSelectorsException", "Selectors are of one kind.")
        self.event_selectors, self.advanced_event_selectors = [], []
        return call(self, event_selectors, advanced_event_selectors)

    return put_event_selectors


CloudWatchResponse.put_metric_alarm = alarm(CloudWatchResponse.put_metric_alarm)
LogsResponse.put_resource_policy = put_policy(LogsResponse.put_resource_policy)
LogsResponse.describe_resource_policies = describe_policies(LogsResponse.describe_resource_policies)
LogsResponse.delete_resource_policy = delete_policy(LogsResponse.delete_resource_policy)
Trail.put_event_selectors = one_kind(Trail.put_event_selectors)
