"""Attachments of transit gateways: VPCs, peers, and those that VPNs and Direct Connect make.

An attachment of any kind is one object of kind `attachment`, kept with the account and region of
the transit gateway's owner; it is shown to the owner of the resource too."""
from . import moto_side
from .errors import AwsError, not_found
from .operations import operation
from .transit_gateways import default_table, gateway_of
from .world import State, new_id, now, select

KIND = "attachment"
OPTIONS = {
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "enable",
    "Ipv6Support": "disable",
    "ApplianceModeSupport": "disable",
}
LIVING = ("pendingAcceptance", "pending", "available", "modifying", "initiatingRequest")


def visible(call, *types):
    """Attachments in the region that the account owns, by gateway or by resource."""
    return [
        a
        for a in call.world.every(KIND, call.region)
        if call.account in (a["_owner"], a["ResourceOwnerId"]) and (not types or a["ResourceType"] in types)
    ]


def attachment_of(call, identifier, *types, states=()):
    found = next((a for a in visible(call, *types) if a["TransitGatewayAttachmentId"] == identifier), None)
    if found is None or found["State"] == "deleted":
        raise not_found("TransitGatewayAttachmentID", identifier)
    if states and found["State"] not in states:
        raise AwsError("IncorrectState", f"{identifier} is in invalid state")
    return found


def new_attachment(call, gateway, resource_type, resource, **members):
    """An attachment that AWS makes for a resource of another kind; `available` at once."""
    identifier = new_id("tgw-attach-")
    attachment = State(
        TransitGatewayAttachmentId=identifier,
        TransitGatewayId=gateway["TransitGatewayId"],
        TransitGatewayOwnerId=gateway["OwnerId"],
        ResourceType=resource_type,
        ResourceId=resource,
        ResourceOwnerId=call.account,
        CreationTime=now(),
        State="available",
        _owner=gateway["OwnerId"],
        **members,
    )
    call.world.table(gateway["OwnerId"], call.region, KIND)[identifier] = attachment
    return attachment


def use_defaults(call, gateway, attachment):
    """Associates and propagates as the gateway does by default."""
    identifier, owner = attachment["TransitGatewayAttachmentId"], gateway["OwnerId"]
    table = default_table(gateway, "Association")
    if table:
        call.world.table(owner, call.region, "tgw-association")[identifier] = association(attachment, table)
    table = default_table(gateway, "Propagation")
    if table:
        call.world.table(owner, call.region, "tgw-propagation")[table, identifier] = propagation(attachment, table)


def about(attachment):
    return {k: attachment[k] for k in ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")}


def association(attachment, table, *states):
    made = State(**about(attachment), TransitGatewayRouteTableId=table)
    return made.passes("State", *(states or ("associated",)))


def propagation(attachment, table):
    return State(**about(attachment), TransitGatewayRouteTableId=table, State="enabled")


def detach(call, attachment):
    """Ends an attachment and all that belongs to it."""
    identifier, owner = attachment["TransitGatewayAttachmentId"], attachment["_owner"]
    attachment.passes("State", "deleting", "deleted")
    for region in {call.region, attachment.get("_peer_region", call.region)}:
        for account in {owner, attachment.get("_peer_owner", owner)}:
            call.world.table(account, region, "tgw-association").pop(identifier, None)
            for kind in ("tgw-propagation",):
                table = call.world.table(account, region, kind)
                for key in [k for k in table if k[1] == identifier]:
                    del table[key]
            for route in call.world.table(account, region, "tgw-route").values():
                if route.get("_attachment") == identifier:
                    route["State"] = "blackhole"
    moto_side.forget_tags(call, identifier)


def shown(call, attachment):
    now_ = attachment.shown() if isinstance(attachment, State) else attachment
    now_["Tags"] = moto_side.tag_list(call, now_["TransitGatewayAttachmentId"])
    return now_


def check_subnets(call, vpc_id, identifiers):
    zones = set()
    for identifier in identifiers:
        subnet = moto_side.subnet(call, identifier)
        if subnet.vpc_id != vpc_id:
            raise AwsError("InvalidSubnetID.NotFound", f"Subnet {identifier} does not belong to {vpc_id}")
        if subnet.availability_zone in zones:
            raise AwsError("DuplicateSubnetsInSameZone", f"Duplicate Subnets for same AZ {subnet.availability_zone}")
        zones.add(subnet.availability_zone)


@operation("ec2", "CreateTransitGatewayVpcAttachment")
def create_vpc(call):
    gateway = gateway_of(call, call.params["TransitGatewayId"])
    vpc_id, subnets = call.params["VpcId"], list(call.params["SubnetIds"])
    moto_side.vpc(call, vpc_id)
    if not subnets:
        raise AwsError("MissingParameter", "The request must contain the parameter SubnetIds")
    check_subnets(call, vpc_id, subnets)
    for other in visible(call, "vpc"):
        if (other["TransitGatewayId"], other["ResourceId"]) == (gateway["TransitGatewayId"], vpc_id) and other["State"] in LIVING:
            text = f"{gateway['TransitGatewayId']} has non-deleted Transit Gateway Attachments with same VPC ID."
            raise AwsError("DuplicateTransitGatewayAttachment", text)
    wanted = call.params.get("Options") or {}
    attachment = new_attachment(
        call,
        gateway,
        "vpc",
        vpc_id,
        VpcId=vpc_id,
        VpcOwnerId=call.account,
        SubnetIds=subnets,
        Options={name: wanted.get(name) or default for name, default in OPTIONS.items()},
    )
    own = gateway["OwnerId"] == call.account
    if own or gateway["Options"]["AutoAcceptSharedAttachments"] == "enable":
        attachment.passes("State", "pending", "available")
        use_defaults(call, gateway, attachment)
    else:
        attachment["State"] = "pendingAcceptance"
    moto_side.tag_on_creation(call, attachment["TransitGatewayAttachmentId"], "transit-gateway-attachment")
    return {"TransitGatewayVpcAttachment": shown(call, attachment)}


VPC_FILTERS = {
    "state": "State",
    "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
    "transit-gateway-id": "TransitGatewayId",
    "vpc-id": "VpcId",
}


def describe_some(call, key, found, members):
    wanted = call.params.get("TransitGatewayAttachmentIds")
    for identifier in wanted or []:
        if not any(a["TransitGatewayAttachmentId"] == identifier for a in found):
            raise not_found("TransitGatewayAttachmentID", identifier)
    found = [a for a in found if not wanted or a["TransitGatewayAttachmentId"] in wanted]
    tags = lambda a: moto_side.tags(call, a["TransitGatewayAttachmentId"])
    answer = call.page(key, select(found, call.params.get("Filters"), members, tags))
    for attachment in answer[key]:
        shown(call, attachment)
    return answer


@operation("ec2", "DescribeTransitGatewayVpcAttachments")
def describe_vpc(call):
    return describe_some(call, "TransitGatewayVpcAttachments", visible(call, "vpc"), VPC_FILTERS)


@operation("ec2", "DescribeTransitGatewayAttachments")
def describe_all(call):
    def associated(attachment):
        table = call.world.table(attachment["_owner"], call.region, "tgw-association")
        found = table.get(attachment["TransitGatewayAttachmentId"])
        return found if found is not None and not found.gone else None

    members = {
        "association.state": lambda a: (associated(a) or {}).get("State"),
        "association.transit-gateway-route-table-id": lambda a: (associated(a) or {}).get("TransitGatewayRouteTableId"),
        "resource-id": "ResourceId",
        "resource-owner-id": "ResourceOwnerId",
        "resource-type": "ResourceType",
        "state": "State",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
        "transit-gateway-id": "TransitGatewayId",
        "transit-gateway-owner-id": "TransitGatewayOwnerId",
    }
    own = {a["TransitGatewayAttachmentId"]: a for a in visible(call)}
    answer = describe_some(call, "TransitGatewayAttachments", list(own.values()), members)
    for attachment in answer["TransitGatewayAttachments"]:
        found = associated(attachment)
        if found and attachment["_owner"] == call.account:
            attachment["Association"] = {k: found[k] for k in ("TransitGatewayRouteTableId", "State")}
    return answer


@operation("ec2", "ModifyTransitGatewayVpcAttachment")
def modify_vpc(call):
    attachment = attachment_of(call, call.params["TransitGatewayAttachmentId"], "vpc", states=("available",))
    if attachment["VpcOwnerId"] != call.account:
        raise AwsError("UnauthorizedOperation", "Only the owner of the VPC can modify the attachment.", 403)
    removed = call.params.get("RemoveSubnetIds") or []
    subnets = [s for s in attachment["SubnetIds"] if s not in removed] + list(call.params.get("AddSubnetIds") or [])
    check_subnets(call, attachment["VpcId"], subnets)
    attachment["SubnetIds"] = subnets
    options = call.params.get("Options") or {}
    for name in list(options):
        attachment["Options"][name] = options[name]
    attachment.passes("State", "modifying", "available")
    return {"TransitGatewayVpcAttachment": shown(call, attachment)}


@operation("ec2", "AcceptTransitGatewayVpcAttachment")
def accept_vpc(call):
    identifier = call.params["TransitGatewayAttachmentId"]
    attachment = attachment_of(call, identifier, "vpc")
    if attachment["_owner"] != call.account:
        raise not_found("TransitGatewayAttachmentID", identifier)
    if attachment["State"] != "pendingAcceptance":
        raise AwsError("IncorrectState", f"{identifier} is in invalid state")
    attachment.passes("State", "pending", "available")
    use_defaults(call, gateway_of(call, attachment["TransitGatewayId"]), attachment)
    return {"TransitGatewayVpcAttachment": shown(call, attachment)}


@operation("ec2", "DeleteTransitGatewayVpcAttachment")
def delete_vpc(call):
    states = ("available", "pendingAcceptance", "rejected", "failed")
    attachment = attachment_of(call, call.params["TransitGatewayAttachmentId"], "vpc", states=states)
    detach(call, attachment)
    return {"TransitGatewayVpcAttachment": attachment.shown()}


def peer_view(call, attachment):
    """A peering attachment as the caller's side sees it."""
    near = {"TransitGatewayId": attachment["TransitGatewayId"], "OwnerId": attachment["_owner"], "Region": attachment["_region"]}
    far = {"TransitGatewayId": attachment["_peer"], "OwnerId": attachment["_peer_owner"], "Region": attachment["_peer_region"]}
    requester = attachment["_side"] == "requester"
    return {
        **attachment,
        "RequesterTgwInfo": near if requester else far,
        "AccepterTgwInfo": far if requester else near,
        "Tags": moto_side.tag_list(call, attachment["TransitGatewayAttachmentId"]),
    }


@operation("ec2", "CreateTransitGatewayPeeringAttachment")
def create_peering(call):
    gateway = gateway_of(call, call.params["TransitGatewayId"], own=True)
    account, region, peer = (call.params[k] for k in ("PeerAccountId", "PeerRegion", "PeerTransitGatewayId"))
    far = call.world.table(account, region, "transit-gateway").get(peer)
    if far is None or far["State"] != "available":
        raise not_found("TransitGatewayID", peer)
    wanted = call.params.get("Options") or {}
    identifier = new_id("tgw-attach-")
    sides = (
        ("requester", call.account, call.region, gateway, account, region, peer),
        ("accepter", account, region, far, call.account, call.region, gateway["TransitGatewayId"]),
    )
    for side, owner, where, near, other, elsewhere, opposite in sides:
        made = State(
            TransitGatewayAttachmentId=identifier,
            TransitGatewayId=near["TransitGatewayId"],
            TransitGatewayOwnerId=owner,
            ResourceType="peering",
            ResourceId=opposite,
            ResourceOwnerId=other,
            CreationTime=now(),
            Options={"DynamicRouting": wanted.get("DynamicRouting") or "disable"},
            _side=side,
            _owner=owner,
            _region=where,
            _peer=opposite,
            _peer_owner=other,
            _peer_region=elsewhere,
        )
        call.world.table(owner, where, KIND)[identifier] = made.passes("State", "initiatingRequest", "pendingAcceptance")
    moto_side.tag_on_creation(call, identifier, "transit-gateway-attachment")
    return {"TransitGatewayPeeringAttachment": peer_view(call, call.table(KIND)[identifier].shown())}


@operation("ec2", "DescribeTransitGatewayPeeringAttachments")
def describe_peering(call):
    members = {
        "state": "State",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
        "transit-gateway-id": "TransitGatewayId",
        "local-owner-id": "_owner",
        "remote-owner-id": "_peer_owner",
    }
    found = [a for a in call.table(KIND).values() if a["ResourceType"] == "peering"]
    answer = describe_some(call, "TransitGatewayPeeringAttachments", found, members)
    for near in answer["TransitGatewayPeeringAttachments"]:
        # Both sides are one object: who looks at one moves the other on as well.
        call.world.table(near["_peer_owner"], near["_peer_region"], KIND)[near["TransitGatewayAttachmentId"]].shown()
    shown_ = [peer_view(call, a) for a in answer["TransitGatewayPeeringAttachments"]]
    return {**answer, "TransitGatewayPeeringAttachments": shown_}


def both_sides(call, identifier):
    near = call.table(KIND).get(identifier)
    if near is None or near["ResourceType"] != "peering" or near["State"] == "deleted":
        raise not_found("TransitGatewayAttachmentID", identifier)
    return near, call.world.table(near["_peer_owner"], near["_peer_region"], KIND)[identifier]


@operation("ec2", "AcceptTransitGatewayPeeringAttachment")
def accept_peering(call):
    near, far = both_sides(call, call.params["TransitGatewayAttachmentId"])
    if near["_side"] != "accepter" or near["State"] != "pendingAcceptance":
        raise AwsError("IncorrectState", f"{near['TransitGatewayAttachmentId']} is in invalid state")
    for side in (near, far):
        side.passes("State", "pending", "available")
    return {"TransitGatewayPeeringAttachment": peer_view(call, near.shown())}


@operation("ec2", "DeleteTransitGatewayPeeringAttachment")
def delete_peering(call):
    near, far = both_sides(call, call.params["TransitGatewayAttachmentId"])
    detach(call, near)
    far.passes("State", "deleting", "deleted")
    return {"TransitGatewayPeeringAttachment": peer_view(call, near.shown())}
