"""What an account says of EC2 once for a region: serial consoles, what may become public, defaults of instances."""
from . import moto_side
from .errors import AwsError
from .operations import operation
from .world import READS


def settings(call):
    return call.table("account-settings")


def setting(name, enable, disable, get, shown):
    """A switch with two calls that turn it and one that tells it."""

    def turned(on):
        def turn(call):
            settings(call)[name] = on
            return {shown: on}

        return turn

    operation("ec2", enable)(turned(True))
    operation("ec2", disable)(turned(False))
    operation("ec2", get)(lambda call: {shown: settings(call).get(name, False)})


setting(
    "serial-console",
    "EnableSerialConsoleAccess",
    "DisableSerialConsoleAccess",
    "GetSerialConsoleAccessStatus",
    "SerialConsoleAccessEnabled",
)


@operation("ec2", "EnableSnapshotBlockPublicAccess")
def block_snapshots(call):
    state = call.params["State"]
    if state == "unblocked":
        raise AwsError("InvalidParameterValue", "unblocked is what DisableSnapshotBlockPublicAccess brings about.")
    settings(call)["snapshots"] = state
    return {"State": state}


@operation("ec2", "DisableSnapshotBlockPublicAccess")
def unblock_snapshots(call):
    settings(call)["snapshots"] = "unblocked"
    return {"State": "unblocked"}


@operation("ec2", "GetSnapshotBlockPublicAccessState")
def snapshots(call):
    return {"State": settings(call).get("snapshots", "unblocked")}


def change_images(call, state):
    """It takes some looks until the change is in effect."""
    settings(call)["images"] = (settings(call).get("images", ("", "unblocked", 0))[1], state, READS)
    return {"ImageBlockPublicAccessState": state}


@operation("ec2", "EnableImageBlockPublicAccess")
def block_images(call):
    return change_images(call, call.params["ImageBlockPublicAccessState"])


@operation("ec2", "DisableImageBlockPublicAccess")
def unblock_images(call):
    return change_images(call, "unblocked")


@operation("ec2", "GetImageBlockPublicAccessState")
def images(call):
    before, state, looks = settings(call).get("images", ("", "unblocked", 0))
    settings(call)["images"] = (before, state, max(looks - 1, 0))
    return {"ImageBlockPublicAccessState": before if looks else state}


MEMBERS = ("HttpEndpoint", "HttpPutResponseHopLimit", "HttpTokens", "InstanceMetadataTags")
NO_PREFERENCE = ("no-preference", -1)


@operation("ec2", "ModifyInstanceMetadataDefaults")
def modify_metadata(call):
    defaults = dict(settings(call).get("metadata", {}))
    for name in MEMBERS:
        value = call.params.get(name)
        if name == "HttpPutResponseHopLimit" and value is not None and value != -1 and not 1 <= value <= 64:
            raise AwsError("InvalidParameterValue", f"{value} is no limit of hops.")
        if value in NO_PREFERENCE:
            defaults.pop(name, None)
        elif value is not None:
            defaults[name] = value
    settings(call)["metadata"] = defaults
    return {"Return": True}


@operation("ec2", "GetInstanceMetadataDefaults")
def metadata(call):
    return {"AccountLevel": dict(settings(call).get("metadata", {}))}


@operation("ec2", "GetEbsDefaultKmsKeyId")
def default_key(call):
    """The key that moto's ModifyEbsDefaultKmsKeyId has set; else AWS's own."""
    return {"KmsKeyId": moto_side.backend(call).default_kms_key_id or "alias/aws/ebs"}


@operation("ec2", "ResetEbsDefaultKmsKeyId")
def reset_default_key(call):
    moto_side.backend(call).default_kms_key_id = ""
    return {"KmsKeyId": "alias/aws/ebs"}
