"""What flow logs are written as, with which tags of resources, and into which folder of a bucket."""
from moto.ec2.exceptions import InvalidParameterValue
from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.ec2.responses.flow_logs import FlowLogs

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


FlowLogsBackend.create_flow_logs = folders(FlowLogsBackend.create_flow_logs)
FlowLogs.create_flow_logs = flow_logs(FlowLogs.create_flow_logs)
