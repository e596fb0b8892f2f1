"""Direct Connect: locations, connections, link aggregation groups, and tags."""
import secrets

from .errors import AwsError
from .operations import Call, operation
from .world import listed

CONNECTION, LAG = "dx-connection", "dx-lag"
BANDWIDTHS = ("1Gbps", "10Gbps", "100Gbps", "400Gbps")
# Of hosted connections.
HOSTED = ("50Mbps", "100Mbps", "200Mbps", "300Mbps", "400Mbps", "500Mbps", "1Gbps", "2Gbps", "5Gbps", "10Gbps", "25Gbps")
LOCATIONS = {
    "EqDC2": ("Equinix DC2/DC11, Ashburn, VA", "us-east-1"),
    "EqTY2": ("Equinix TY2, Tokyo, JPN", "ap-northeast-1"),
    "EqFA5": ("Equinix FR5, Frankfurt, DEU", "eu-central-1"),
}


def client_error(text):
    return AwsError("DirectConnectClientException", text)


def new_id(prefix):
    return f"{prefix}-f{secrets.token_hex(4)[:7]}"


def check_tags(tags):
    keys = [t["key"] for t in tags or []]
    if len(set(keys)) != len(keys):
        raise AwsError("DuplicateTagKeysException", "A tag key was specified more than once.")
    return [{"key": t["key"], "value": t.get("value") or ""} for t in tags or []]


def check_location(call, code):
    if code not in LOCATIONS:
        raise client_error(f"Location {code} is invalid")
    return code


def of_kind(call, kind, identifier, name):
    """An object of the caller's that is not deleted."""
    found = call.table(kind).get(identifier)
    if found is None or found.gone:
        raise client_error(f"Could not find {name} with ID {identifier}")
    return found


@operation("directconnect", "DescribeLocations")
def locations(call):
    found = [
        {
            "locationCode": code,
            "locationName": name,
            "region": region,
            "availablePortSpeeds": ["1G", "10G", "100G"],
            "availableProviders": ["Example Networks"],
            "availableMacSecPortSpeeds": ["10G", "100G"],
        }
        for code, (name, region) in LOCATIONS.items()
    ]
    return {"locations": found}


def new_connection(call, name, bandwidth, location, **members):
    identifier = new_id("dxcon")
    connection = call.new(
        CONNECTION,
        identifier,
        ownerAccount=call.account,
        connectionId=identifier,
        connectionName=name,
        region=call.region,
        location=location,
        bandwidth=bandwidth,
        jumboFrameCapable=True,
        awsDevice=f"{location}-1",
        awsDeviceV2=f"{location}-1",
        awsLogicalDeviceId=f"{location}-1-abc",
        hasLogicalRedundancy="unknown",
        macSecCapable=members.pop("macSecCapable", False),
        portEncryptionStatus="Encryption Down",
        encryptionMode="no_encrypt",
        **members,
    )
    return connection.passes("connectionState", "requested", "pending", "available")


@operation("directconnect", "CreateConnection")
def create(call):
    params = call.params
    if params["bandwidth"] not in BANDWIDTHS:
        raise client_error(f"Bandwidth {params['bandwidth']} is invalid")
    lag = params.get("lagId")
    if lag:
        of_kind(call, LAG, lag, "Lag")
    connection = new_connection(
        call,
        params["connectionName"],
        params["bandwidth"],
        check_location(call, params["location"]),
        tags=check_tags(params.get("tags")),
        macSecCapable=bool(params.get("requestMACSec")),
    )
    if connection["macSecCapable"]:
        connection["encryptionMode"] = "should_encrypt"
    for name in ("lagId", "providerName"):
        if params.get(name):
            connection[name] = params[name]
    return connection.shown()


@operation("directconnect", "DescribeConnections")
def describe(call):
    identifier = call.params.get("connectionId")
    if identifier:
        found = [of_kind(call, CONNECTION, identifier, "Connection")]
    else:
        found = listed(call.table(CONNECTION))
    return call.page("connections", found, "nextToken", "maxResults")


@operation("directconnect", "UpdateConnection")
def update(call):
    connection = of_kind(call, CONNECTION, call.params["connectionId"], "Connection")
    if call.params.get("connectionName"):
        connection["connectionName"] = call.params["connectionName"]
    mode = call.params.get("encryptionMode")
    if mode:
        if mode not in ("no_encrypt", "should_encrypt", "must_encrypt") or not connection["macSecCapable"]:
            raise client_error(f"Encryption mode {mode} is invalid for the connection")
        connection["encryptionMode"] = mode
    return connection.shown()


@operation("directconnect", "AllocateHostedConnection")
def allocate(call):
    """A partner's connection has room for others, each of which its owner must confirm."""
    params = call.params
    parent = of_kind(call, CONNECTION, params["connectionId"], "Connection")
    if params["bandwidth"] not in HOSTED:
        raise client_error(f"Bandwidth {params['bandwidth']} is invalid")
    if not 1 <= params["vlan"] <= 4094:
        raise client_error(f"VLAN {params['vlan']} is not between 1 and 4094")
    taken = {c["vlan"] for c in call.world.every(CONNECTION) if c.get("_parent") == parent["connectionId"] and not c.gone}
    if params["vlan"] in taken:
        raise client_error(f"VLAN {params['vlan']} is in use")
    owner = Call(call.world, params["ownerAccount"], call.region, call.service, call.name, {})
    tags = check_tags(params.get("tags"))
    members = {"vlan": params["vlan"], "partnerName": "Example Networks", "_parent": parent["connectionId"], "tags": tags}
    hosted = new_connection(owner, params["connectionName"], params["bandwidth"], parent["location"], **members)
    hosted.passes("connectionState", "ordering")
    return {name: value for name, value in hosted.shown().items() if not name.startswith("_")}


@operation("directconnect", "ConfirmConnection")
def confirm(call):
    connection = of_kind(call, CONNECTION, call.params["connectionId"], "Connection")
    if connection["connectionState"] != "ordering":
        raise client_error(f"Connection {connection['connectionId']} is not in state ordering")
    connection.passes("connectionState", "pending", "available")
    return {"connectionState": "pending"}


@operation("directconnect", "DeleteConnection")
def delete(call):
    identifier = call.params["connectionId"]
    connection = of_kind(call, CONNECTION, identifier, "Connection")
    used = [i for i in call.world.every("dx-interface") if i["connectionId"] == identifier and not i.gone and i["virtualInterfaceState"] != "deleted"]
    if used:
        raise client_error(f"Cannot delete connection {identifier} because it has virtual interfaces")
    connection.passes("connectionState", "deleting", "deleted")
    return connection.shown()


@operation("directconnect", "CreateLag")
def create_lag(call):
    params, identifier = call.params, new_id("dxlag")
    number = params["numberOfConnections"]
    if params["connectionsBandwidth"] not in BANDWIDTHS:
        raise client_error(f"Bandwidth {params['connectionsBandwidth']} is invalid")
    location = check_location(call, params["location"])
    tags = check_tags(params.get("tags"))
    lag = call.new(
        LAG,
        identifier,
        connectionsBandwidth=params["connectionsBandwidth"],
        numberOfConnections=number,
        lagId=identifier,
        ownerAccount=call.account,
        lagName=params["lagName"],
        location=location,
        region=call.region,
        minimumLinks=0,
        awsDevice=f"{location}-1",
        awsDeviceV2=f"{location}-1",
        allowsHostedConnections=False,
        jumboFrameCapable=True,
        hasLogicalRedundancy="no",
        macSecCapable=False,
        tags=tags,
    )
    if params.get("providerName"):
        lag["providerName"] = params["providerName"]
    if params.get("connectionId"):
        first = of_kind(call, CONNECTION, params["connectionId"], "Connection")
        if (first["bandwidth"], first["location"]) != (lag["connectionsBandwidth"], location) or first.get("lagId"):
            raise client_error("The connection cannot be a member of the Lag")
        first["lagId"] = identifier
    else:
        for index in range(number):
            name = f"Requested Connection {index + 1} for Lag {identifier}"
            new_connection(call, name, params["connectionsBandwidth"], location, lagId=identifier, tags=[])
    lag.passes("lagState", "requested", "pending", "available")
    return with_connections(call, lag.shown())


def with_connections(call, lag):
    members = [c for c in listed(call.table(CONNECTION)) if c.get("lagId") == lag["lagId"] and c["connectionState"] != "deleted"]
    lag["connections"] = [dict(c) for c in members]
    lag["numberOfConnections"] = len(members)
    return lag


@operation("directconnect", "DescribeLags")
def describe_lags(call):
    identifier = call.params.get("lagId")
    found = [of_kind(call, LAG, identifier, "Lag")] if identifier else listed(call.table(LAG))
    answer = call.page("lags", found, "nextToken", "maxResults")
    for lag in answer["lags"]:
        with_connections(call, lag)
    return answer


@operation("directconnect", "UpdateLag")
def update_lag(call):
    lag = of_kind(call, LAG, call.params["lagId"], "Lag")
    if call.params.get("lagName"):
        lag["lagName"] = call.params["lagName"]
    return with_connections(call, lag.shown())


@operation("directconnect", "DisassociateConnectionFromLag")
def leave_lag(call):
    of_kind(call, LAG, call.params["lagId"], "Lag")
    connection = of_kind(call, CONNECTION, call.params["connectionId"], "Connection")
    if connection.get("lagId") != call.params["lagId"]:
        raise client_error("The connection is not in the Lag")
    del connection["lagId"]
    return connection.shown()


@operation("directconnect", "AssociateConnectionWithLag")
def join_lag(call):
    of_kind(call, LAG, call.params["lagId"], "Lag")
    connection = of_kind(call, CONNECTION, call.params["connectionId"], "Connection")
    connection["lagId"] = call.params["lagId"]
    return connection.shown()


@operation("directconnect", "DeleteLag")
def delete_lag(call):
    lag = of_kind(call, LAG, call.params["lagId"], "Lag")
    if with_connections(call, dict(lag))["connections"]:
        raise client_error(f"Cannot delete Lag {lag['lagId']} because it has connections")
    lag.passes("lagState", "deleting", "deleted")
    return lag.shown()


def tagged(call, arn):
    """What an ARN names: a connection, Lag, virtual interface or gateway of the caller's."""
    kinds = {"dxcon": CONNECTION, "dxlag": LAG, "dxvif": "dx-interface", "dx-gateway": "dx-gateway"}
    kind, _, identifier = arn.rsplit(":", 1)[-1].partition("/")
    if not arn.startswith("arn:") or kind not in kinds:
        raise client_error(f"{arn} is no valid ARN")
    region = "global" if kind == "dx-gateway" else call.region
    found = call.world.table(call.account, region, kinds[kind]).get(identifier)
    if found is None or found.gone:
        raise client_error(f"Could not find {arn}")
    return found


@operation("directconnect", "TagResource")
def tag(call):
    found = tagged(call, call.params["resourceArn"])
    pairs = {t["key"]: t["value"] for t in found.get("tags", [])}
    pairs.update({t["key"]: t["value"] for t in check_tags(call.params["tags"])})
    found["tags"] = [{"key": k, "value": v} for k, v in pairs.items()]
    return {}


@operation("directconnect", "UntagResource")
def untag(call):
    found = tagged(call, call.params["resourceArn"])
    found["tags"] = [t for t in found.get("tags", []) if t["key"] not in call.params["tagKeys"]]
    return {}


@operation("directconnect", "DescribeTags")
def describe_tags(call):
    found = [{"resourceArn": arn, "tags": tagged(call, arn).get("tags", [])} for arn in call.params["resourceArns"]]
    return {"resourceTags": found}


