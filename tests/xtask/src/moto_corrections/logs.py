"""Groups of logs with their keys, classes and protection, metric filters that read transformed logs, and the insights of trails."""
import json

from moto.cloudtrail.models import Trail
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse


def group(self, name="logGroupName"):
    wanted = self._get_param(name) or self._get_param("resourceIdentifier") or ""
    wanted = wanted.split(":log-group:")[-1].removesuffix(":*")
    found = self.logs_backend.groups.get(wanted)
    if found is None:
        raise ResourceNotFoundException()
    return found


def create_group(call):
    def create_log_group(self):
        answer = call(self)
        found = group(self)
        found.kind = self._get_param("logGroupClass") or "STANDARD"
        found.protected = bool(self._get_param("deletionProtectionEnabled"))
        return answer

    return create_log_group


def delete_group(call):
    def delete_log_group(self):
        if getattr(group(self), "protected", False):
            raise JsonRESTError("ValidationException", "Log group is protected against its deletion.")
        return call(self)

    return delete_log_group


def protect_group(self):
    group(self, "logGroupIdentifier").protected = bool(self._get_param("deletionProtectionEnabled"))
    return ""


def associate_key(self):
    group(self).kms_key_id = self._get_param("kmsKeyId")
    return ""


def disassociate_key(self):
    group(self).kms_key_id = None
    return ""


def describe_group(call):
    def to_describe_dict(self):
        more = {
            "deletionProtectionEnabled": getattr(self, "protected", False),
            "logGroupClass": getattr(self, "kind", "STANDARD"),
        }
        return {**call(self), **more}

    return to_describe_dict


LogGroup.to_describe_dict = describe_group(LogGroup.to_describe_dict)
LogsResponse.create_log_group = create_group(LogsResponse.create_log_group)
LogsResponse.delete_log_group = delete_group(LogsResponse.delete_log_group)
LogsResponse.put_log_group_deletion_protection = protect_group
LogsResponse.associate_kms_key = associate_key
LogsResponse.disassociate_kms_key = disassociate_key

TOLD_OF_FILTER = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")


def put_filter(call):
    def put_metric_filter(self):
        answer = call(self)
        name, of = self._get_param("filterName"), self._get_param("logGroupName")
        found = [f for f in self.logs_backend.filters.metric_filters if (f["filterName"], f["logGroupName"]) == (name, of)]
        more = {key: self._get_param(key) for key in TOLD_OF_FILTER}
        found[-1].update({key: value for key, value in more.items() if value is not None})
        return answer

    return put_metric_filter


LogsResponse.put_metric_filter = put_filter(LogsResponse.put_metric_filter)


def put_insights(self, selectors):
    self.insight_selectors = list(selectors or [])


def put_events(self, selectors, advanced):
    """Selectors of one kind take the place of those of the other."""
    if selectors or advanced:
        self.event_selectors, self.advanced_event_selectors = selectors or [], advanced or []


def describe_trail(call):
    def description(self, *args, **others):
        return {**call(self, *args, **others), "HasInsightSelectors": bool(self.insight_selectors)}

    return description


def get_insights(call):
    def get_insight_selectors(self):
        answer = json.loads(call(self))
        if not answer.get("InsightSelectors"):
            text = "Insights are not enabled on the trail."
            raise JsonRESTError("InsightNotEnabledException", text)
        return json.dumps(answer)

    return get_insight_selectors


Trail.put_insight_selectors = put_insights
Trail.put_event_selectors = put_events
Trail.description = describe_trail(Trail.description)
CloudTrailResponse.get_insight_selectors = get_insights(CloudTrailResponse.get_insight_selectors)
