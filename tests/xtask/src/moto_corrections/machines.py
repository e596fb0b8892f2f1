"""Instances: monitoring, credits, recovery, names, user data, what a shutdown does, and the profile in another's place."""
from moto.core.responses import ActionResult, EmptyResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.iam_instance_profile import IamInstanceProfileAssociationBackend
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring

# What they are launched with where nobody says otherwise.
UNLIMITED = ("t3", "t3a", "t4g")
# Attributes that change only while an instance is stopped.
STOPPED = ("InstanceType", "UserData", "EbsOptimized")


def burstable(instance):
    return instance.instance_type.startswith("t")


def credits_of(instance):
    usual = "unlimited" if instance.instance_type.split(".")[0] in UNLIMITED else "standard"
    return getattr(instance, "credits", None) or usual


def names_of(instance):
    """The options of its names: its own, else those of its subnet at its launch."""
    return vars(instance).get("names")


def launch(call):
    def run_instances(self):
        answer = call(self)
        for instance in answer.result.instances:
            instance.credits = self._get_param("CreditSpecification.CpuCredits")
            instance.recovery = self._get_param("MaintenanceOptions.AutoRecovery") or "default"
            instance.monitoring_state = "enabled" if self._get_param("Monitoring.Enabled") in (True, "true") else "disabled"
            subnet = self.ec2_backend.get_subnet(instance.subnet_id) if instance.subnet_id else None
            usual = subnet.private_dns_name_options_on_launch if subnet else {"HostnameType": "ip-name"}
            instance.names = {**usual, **(self._get_param("PrivateDnsNameOptions") or {})}
        return answer

    return run_instances


Instance.maintenance_options = property(lambda self: {"AutoRecovery": vars(self).get("recovery", "default")})
Instance.private_dns_name_options = property(names_of)
InstanceResponse.run_instances = launch(InstanceResponse.run_instances)


def switch_monitoring(state, passing):
    def switch(self):
        instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        for instance in instances:
            instance.monitoring_state = state
        told = [{"InstanceId": i.id, "Monitoring": {"State": passing}} for i in instances]
        return ActionResult({"InstanceMonitorings": told})

    return switch


Monitoring.monitor_instances = switch_monitoring("enabled", "pending")
Monitoring.unmonitor_instances = switch_monitoring("disabled", "disabling")


def describe_credits(self):
    wanted = self._get_param("InstanceIds", []) or self._filters_from_querystring().get("instance-id", [])
    there = self.ec2_backend.all_instances()
    for identifier in self._get_param("InstanceIds", []):
        if not burstable(self.ec2_backend.get_instance(identifier)):
            raise EC2ClientError("InvalidParameterCombination", f"{identifier} has no credits.")
    told = [i for i in there if burstable(i) and (not wanted or i.id in wanted)]
    return ActionResult(
        {"InstanceCreditSpecifications": [{"InstanceId": i.id, "CpuCredits": credits_of(i)} for i in told]}
    )


def modify_credits(self):
    good, bad = [], []
    for asked in self._get_param("InstanceCreditSpecifications", []):
        instance = self.ec2_backend.get_instance_by_id(asked["InstanceId"])
        if instance is None:
            error = {"Code": "InvalidInstanceID.NotFound", "Message": "There is no such instance."}
            bad.append({"InstanceId": asked["InstanceId"], "Error": error})
        elif not burstable(instance):
            error = {"Code": "InstanceCreditSpecification.NotSupported", "Message": "The instance has no credits."}
            bad.append({"InstanceId": asked["InstanceId"], "Error": error})
        else:
            instance.credits = asked["CpuCredits"]
            good.append({"InstanceId": instance.id})
    return ActionResult(
        {"SuccessfulInstanceCreditSpecifications": good, "UnsuccessfulInstanceCreditSpecifications": bad}
    )


def modify_maintenance(self):
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    instance.recovery = self._get_param("AutoRecovery") or instance.maintenance_options["AutoRecovery"]
    return ActionResult({"InstanceId": instance.id, "AutoRecovery": instance.recovery})


def modify_names(self):
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    kind = self._get_param("PrivateDnsHostnameType")
    if kind and kind != instance.names["HostnameType"] and instance.state != "stopped":
        raise EC2ClientError("IncorrectInstanceState", "The type of its name changes while an instance is stopped.")
    asked = {
        "HostnameType": kind,
        "EnableResourceNameDnsARecord": self._get_param("EnableResourceNameDnsARecord"),
        "EnableResourceNameDnsAAAARecord": self._get_param("EnableResourceNameDnsAAAARecord"),
    }
    instance.names = {**instance.names, **{name: value for name, value in asked.items() if value is not None}}
    return ActionResult({"Return": True})


InstanceResponse.describe_instance_credit_specifications = describe_credits
InstanceResponse.modify_instance_credit_specification = modify_credits
InstanceResponse.modify_instance_maintenance_options = modify_maintenance
InstanceResponse.modify_private_dns_name_options = modify_names


def modify_attribute(call):
    def modify_instance_attribute(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        asked = [name for name in STOPPED if self._get_param(f"{name}.Value") is not None]
        if asked and instance.state != "stopped":
            text = f"The instance '{instance.id}' is not in the 'stopped' state."
            raise EC2ClientError("IncorrectInstanceState", text)
        if self._get_param("UserData.Value") is not None:
            data = self._get_param("UserData.Value")
            instance.user_data = Base64EncodedString.from_raw_bytes(data) if data else None
            return EmptyResult()
        behavior = self._get_param("InstanceInitiatedShutdownBehavior.Value")
        if behavior is not None:
            if behavior not in ("stop", "terminate"):
                raise EC2ClientError("InvalidParameterValue", f"Invalid value '{behavior}' for the behavior of a shutdown.")
            instance.instance_initiated_shutdown_behavior = behavior
            return EmptyResult()
        return call(self)

    return modify_instance_attribute


InstanceResponse.modify_instance_attribute = modify_attribute(InstanceResponse.modify_instance_attribute)


def replace_profile(call):
    """The instance itself tells of the profile, too; the association is another one then."""

    def replace(self, association_id, *args, **others):
        found = call(self, association_id, *args, **others)
        profile = found.iam_instance_profile
        found.instance.iam_instance_profile = {"Arn": profile.arn, "Id": found.association_id}
        return found

    return replace


IamInstanceProfileAssociationBackend.replace_iam_instance_profile_association = replace_profile(
    IamInstanceProfileAssociationBackend.replace_iam_instance_profile_association
)
