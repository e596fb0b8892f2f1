"""Transit gateways and their route tables."""
import ipaddress

from . import moto_side
from .errors import AwsError, not_found
from .operations import operation
from .sharing import shared_arns
from .world import get, listed, new_id, now, select

KIND, TABLE = "transit-gateway", "tgw-route-table"
ENABLED = {
    "AutoAcceptSharedAttachments": "disable",
    "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable",
    "VpnEcmpSupport": "enable",
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "disable",
    "MulticastSupport": "disable",
}
OPTION_FILTERS = {
    "options.propagation-default-route-table-id": "Options.PropagationDefaultRouteTableId",
    "options.association-default-route-table-id": "Options.AssociationDefaultRouteTableId",
    "options.amazon-side-asn": "Options.AmazonSideAsn",
    "options.auto-accept-shared-attachments": "Options.AutoAcceptSharedAttachments",
    "options.default-route-table-association": "Options.DefaultRouteTableAssociation",
    "options.default-route-table-propagation": "Options.DefaultRouteTablePropagation",
    "options.dns-support": "Options.DnsSupport",
    "options.vpn-ecmp-support": "Options.VpnEcmpSupport",
}


def visible(call):
    """The account's own transit gateways in the region, and those shared with it."""
    shared = shared_arns(call.world, call.account)
    return [
        gateway
        for gateway in call.world.every(KIND, call.region)
        if gateway["OwnerId"] == call.account or gateway["TransitGatewayArn"] in shared
    ]


def gateway_of(call, identifier, own=False, ready=True):
    found = next((g for g in visible(call) if g["TransitGatewayId"] == identifier), None)
    if found is None or found["State"] == "deleted" or (own and found["OwnerId"] != call.account):
        raise not_found("TransitGatewayID", identifier)
    if ready and found["State"] not in ("available", "modifying"):
        raise AwsError("IncorrectState", f"{identifier} is in invalid state")
    return found


def table_of(call, identifier, ready=True):
    found = call.table(TABLE).get(identifier)
    if found is None or found["State"] == "deleted":
        raise AwsError("InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {identifier} was deleted or does not exist.")
    if ready and found["State"] != "available":
        raise AwsError("IncorrectState", f"{identifier} is in invalid state")
    return found


def check_blocks(blocks):
    for block in blocks:
        try:
            network = ipaddress.ip_network(block)
        except ValueError:
            raise AwsError("InvalidParameterValue", f"Invalid CIDR block {block}") from None
        if network.prefixlen > (24 if network.version == 4 else 64):
            raise AwsError("InvalidParameterValue", f"CIDR block {block} is too small")


@operation("ec2", "CreateTransitGateway")
def create(call):
    wanted = call.params.get("Options") or {}
    options = {name: wanted.get(name) or default for name, default in ENABLED.items()}
    options["AmazonSideAsn"] = wanted.get("AmazonSideAsn") or 64512
    options["TransitGatewayCidrBlocks"] = list(wanted.get("TransitGatewayCidrBlocks") or [])
    options["EncryptionSupport"] = {"EncryptionState": "disabled"}
    check_asn(options["AmazonSideAsn"])
    check_blocks(options["TransitGatewayCidrBlocks"])
    identifier = new_id("tgw-")
    gateway = call.new(
        KIND,
        identifier,
        TransitGatewayId=identifier,
        TransitGatewayArn=f"arn:aws:ec2:{call.region}:{call.account}:transit-gateway/{identifier}",
        OwnerId=call.account,
        Description=call.params.get("Description"),
        CreationTime=now(),
        Options=options,
    ).passes("State", "pending", "available")
    apply_defaults(call, gateway)
    moto_side.tag_on_creation(call, identifier, "transit-gateway")
    return {"TransitGateway": with_tags(call, gateway.shown())}


def check_asn(asn):
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise AwsError("InvalidParameterValue", f"Invalid Amazon Side ASN {asn}")


def apply_defaults(call, gateway):
    """Makes the default route table, when the options ask for one and there is none."""
    options, identifier = gateway["Options"], gateway["TransitGatewayId"]
    for word in ("Association", "Propagation"):
        key = f"{word}DefaultRouteTableId"
        if options[f"DefaultRouteTable{word}"] == "disable":
            options.pop(key, None)
        elif key not in options:
            other = options.get("PropagationDefaultRouteTableId") or options.get("AssociationDefaultRouteTableId")
            options[key] = other or new_table(call, identifier, "available")["TransitGatewayRouteTableId"]
    for table in call.table(TABLE).values():
        if table["TransitGatewayId"] == identifier:
            mine = table["TransitGatewayRouteTableId"]
            table["DefaultAssociationRouteTable"] = options.get("AssociationDefaultRouteTableId") == mine
            table["DefaultPropagationRouteTable"] = options.get("PropagationDefaultRouteTableId") == mine


def with_tags(call, shown, key="TransitGatewayId"):
    shown["Tags"] = moto_side.tag_list(call, shown[key])
    return shown


@operation("ec2", "DescribeTransitGateways")
def describe(call):
    found = visible(call)
    for identifier in call.params.get("TransitGatewayIds") or []:
        if not any(g["TransitGatewayId"] == identifier for g in found):
            raise not_found("TransitGatewayID", identifier)
    wanted = call.params.get("TransitGatewayIds")
    found = [g for g in found if not wanted or g["TransitGatewayId"] in wanted]
    members = {"transit-gateway-id": "TransitGatewayId", "state": "State", "owner-id": "OwnerId", **OPTION_FILTERS}
    tags = lambda g: moto_side.tags(call, g["TransitGatewayId"])
    answer = call.page("TransitGateways", select(found, call.params.get("Filters"), members, tags))
    for gateway in answer["TransitGateways"]:
        with_tags(call, gateway)
    return answer


@operation("ec2", "ModifyTransitGateway")
def modify(call):
    gateway = gateway_of(call, call.params["TransitGatewayId"], own=True)
    if "Description" in call.params:
        gateway["Description"] = call.params["Description"]
    changes, options = call.params.get("Options") or {}, gateway["Options"]
    for name in ENABLED:
        if name in changes and name != "MulticastSupport":
            options[name] = changes[name]
    for word in ("Association", "Propagation"):
        key = f"{word}DefaultRouteTableId"
        if key in changes:
            table_of(call, changes[key])
            options[key] = changes[key]
    if "AmazonSideAsn" in changes:
        check_asn(changes["AmazonSideAsn"])
        options["AmazonSideAsn"] = changes["AmazonSideAsn"]
    if "EncryptionSupport" in changes:
        options["EncryptionSupport"] = {"EncryptionState": changes["EncryptionSupport"] + "d"}
    blocks = options["TransitGatewayCidrBlocks"]
    check_blocks(changes.get("AddTransitGatewayCidrBlocks") or [])
    blocks += [b for b in changes.get("AddTransitGatewayCidrBlocks") or [] if b not in blocks]
    for block in changes.get("RemoveTransitGatewayCidrBlocks") or []:
        if block not in blocks:
            raise AwsError("InvalidParameterValue", f"{block} is no CIDR block of the transit gateway")
        blocks.remove(block)
    apply_defaults(call, gateway)
    gateway.passes("State", "modifying", "available")
    return {"TransitGateway": with_tags(call, gateway.shown())}


@operation("ec2", "DeleteTransitGateway")
def delete(call):
    identifier = call.params["TransitGatewayId"]
    gateway = gateway_of(call, identifier, own=True)
    alive = [
        a["TransitGatewayAttachmentId"]
        for a in call.world.every("attachment")
        if a["TransitGatewayId"] == identifier and a.shown()["State"] not in ("deleted", "rejected", "failed")
    ]
    if alive:
        raise AwsError("IncorrectState", f"{identifier} has non-deleted Attachments: {', '.join(alive)}.")
    defaults = {gateway["Options"].get(f"{w}DefaultRouteTableId") for w in ("Association", "Propagation")}
    tables = [t for t in call.table(TABLE).values() if t["TransitGatewayId"] == identifier and t["State"] != "deleted"]
    own = [t["TransitGatewayRouteTableId"] for t in tables if t["TransitGatewayRouteTableId"] not in defaults]
    if own:
        raise AwsError("IncorrectState", f"{identifier} has non-deleted Transit Gateway Route Tables: {', '.join(own)}.")
    for table in tables:
        table["State"] = "deleted"
    gateway.passes("State", "deleting", "deleted")
    moto_side.forget_tags(call, identifier)
    return {"TransitGateway": gateway.shown()}


def new_table(call, gateway, *states):
    identifier = new_id("tgw-rtb-")
    return call.new(
        TABLE,
        identifier,
        TransitGatewayRouteTableId=identifier,
        TransitGatewayId=gateway,
        DefaultAssociationRouteTable=False,
        DefaultPropagationRouteTable=False,
        CreationTime=now(),
    ).passes("State", *states)


@operation("ec2", "CreateTransitGatewayRouteTable")
def create_table(call):
    gateway = gateway_of(call, call.params["TransitGatewayId"], own=True)
    table = new_table(call, gateway["TransitGatewayId"], "pending", "available")
    moto_side.tag_on_creation(call, table["TransitGatewayRouteTableId"], "transit-gateway-route-table")
    return {"TransitGatewayRouteTable": with_tags(call, table.shown(), "TransitGatewayRouteTableId")}


@operation("ec2", "DescribeTransitGatewayRouteTables")
def describe_tables(call):
    wanted, found = call.params.get("TransitGatewayRouteTableIds"), listed(call.table(TABLE))
    for identifier in wanted or []:
        if identifier not in call.table(TABLE):
            raise AwsError("InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {identifier} was deleted or does not exist.")
    found = [t for t in found if not wanted or t["TransitGatewayRouteTableId"] in wanted]
    members = {
        "default-association-route-table": "DefaultAssociationRouteTable",
        "default-propagation-route-table": "DefaultPropagationRouteTable",
        "state": "State",
        "transit-gateway-id": "TransitGatewayId",
        "transit-gateway-route-table-id": "TransitGatewayRouteTableId",
    }
    tags = lambda t: moto_side.tags(call, t["TransitGatewayRouteTableId"])
    answer = call.page("TransitGatewayRouteTables", select(found, call.params.get("Filters"), members, tags))
    for table in answer["TransitGatewayRouteTables"]:
        with_tags(call, table, "TransitGatewayRouteTableId")
    return answer


@operation("ec2", "DeleteTransitGatewayRouteTable")
def delete_table(call):
    identifier = call.params["TransitGatewayRouteTableId"]
    table = table_of(call, identifier)
    if table["DefaultAssociationRouteTable"] or table["DefaultPropagationRouteTable"]:
        raise AwsError("IncorrectState", f"Cannot delete default route table {identifier}.")
    alive = [a for a in call.table("tgw-association").values() if not a.gone and a["TransitGatewayRouteTableId"] == identifier]
    if alive:
        raise AwsError("IncorrectState", f"Cannot delete route table {identifier} while it has associations.")
    for kind in ("tgw-route", "tgw-propagation", "tgw-prefix-list"):
        for key in [k for k in call.table(kind) if k[0] == identifier]:
            del call.table(kind)[key]
    table.passes("State", "deleting", "deleted")
    moto_side.forget_tags(call, identifier)
    return {"TransitGatewayRouteTable": table.shown()}


def default_table(gateway, word):
    """The route table that new attachments are associated with, or propagate to, or None."""
    return get(gateway, f"Options.{word}DefaultRouteTableId")
