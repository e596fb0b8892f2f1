"""Connect attachments of transit gateways, and their peers: GRE tunnels with BGP inside."""
import ipaddress

from . import moto_side
from .errors import AwsError, not_found
from .operations import operation
from .transit_attachments import attachment_of, describe_some, detach, new_attachment, shown, use_defaults, visible
from .transit_gateways import gateway_of
from .world import listed, new_id, now, select

PEER = "tgw-connect-peer"


@operation("ec2", "CreateTransitGatewayConnect")
def create(call):
    carrier = attachment_of(call, call.params["TransportTransitGatewayAttachmentId"], "vpc", "direct-connect-gateway", states=("available",))
    gateway = gateway_of(call, carrier["TransitGatewayId"], own=True)
    attachment = new_attachment(
        call,
        gateway,
        "connect",
        carrier["TransitGatewayAttachmentId"],
        TransportTransitGatewayAttachmentId=carrier["TransitGatewayAttachmentId"],
        Options={"Protocol": call.params["Options"]["Protocol"]},
    )
    attachment.passes("State", "pending", "available")
    use_defaults(call, gateway, attachment)
    moto_side.tag_on_creation(call, attachment["TransitGatewayAttachmentId"], "transit-gateway-attachment")
    return {"TransitGatewayConnect": shown(call, attachment)}


@operation("ec2", "DescribeTransitGatewayConnects")
def describe(call):
    members = {
        "options.protocol": "Options.Protocol",
        "state": "State",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
        "transit-gateway-id": "TransitGatewayId",
        "transport-transit-gateway-attachment-id": "TransportTransitGatewayAttachmentId",
    }
    return describe_some(call, "TransitGatewayConnects", visible(call, "connect"), members)


@operation("ec2", "DeleteTransitGatewayConnect")
def delete(call):
    attachment = attachment_of(call, call.params["TransitGatewayAttachmentId"], "connect", states=("available",))
    identifier = attachment["TransitGatewayAttachmentId"]
    if any(p["TransitGatewayAttachmentId"] == identifier and p["State"] != "deleted" for p in listed(call.table(PEER))):
        raise AwsError("IncorrectState", f"{identifier} has Connect peers.")
    detach(call, attachment)
    return {"TransitGatewayConnect": attachment.shown()}


def configuration(call, gateway):
    blocks = [ipaddress.ip_network(b) for b in call.params["InsideCidrBlocks"]]
    wanted = {4: ("169.254.0.0/16", 29), 6: ("fd00::/8", 125)}
    for block in blocks:
        within, length = wanted[block.version]
        if block.prefixlen != length or not block.subnet_of(ipaddress.ip_network(within)):
            raise AwsError("InvalidParameterValue", f"Invalid inside CIDR {block}")
    if [b.version for b in blocks].count(4) != 1:
        raise AwsError("InvalidParameterValue", "One IPv4 network is needed inside.")
    address = call.params.get("TransitGatewayAddress")
    own = [ipaddress.ip_network(b) for b in gateway["Options"]["TransitGatewayCidrBlocks"]]
    if address is None:
        if not own:
            raise AwsError("InvalidParameterCombination", "The transit gateway has no CIDR block.")
        address = str(own[0][5])
    elif not any(ipaddress.ip_address(address) in block for block in own):
        raise AwsError("InvalidParameterValue", f"{address} is in no CIDR block of the transit gateway")
    near = gateway["Options"]["AmazonSideAsn"]
    far = (call.params.get("BgpOptions") or {}).get("PeerAsn") or near
    sessions = [
        {
            "TransitGatewayAsn": near,
            "PeerAsn": far,
            "TransitGatewayAddress": str(block[number]),
            "PeerAddress": str(block[1]),
            "BgpStatus": "down",
        }
        for block in blocks
        for number in (2, 3)
    ]
    return {
        "TransitGatewayAddress": address,
        "PeerAddress": call.params["PeerAddress"],
        "InsideCidrBlocks": [str(b) for b in blocks],
        "Protocol": "gre",
        "BgpConfigurations": sessions,
    }


def with_tags(call, peer):
    return {**peer, "Tags": moto_side.tag_list(call, peer["TransitGatewayConnectPeerId"])}


@operation("ec2", "CreateTransitGatewayConnectPeer")
def create_peer(call):
    attachment = attachment_of(call, call.params["TransitGatewayAttachmentId"], "connect", states=("available",))
    gateway = gateway_of(call, attachment["TransitGatewayId"], own=True)
    made = configuration(call, gateway)
    identifier = new_id("tgw-connect-peer-")
    peer = call.new(
        PEER,
        identifier,
        TransitGatewayConnectPeerId=identifier,
        TransitGatewayAttachmentId=attachment["TransitGatewayAttachmentId"],
        CreationTime=now(),
        ConnectPeerConfiguration=made,
    ).passes("State", "pending", "available")
    moto_side.tag_on_creation(call, identifier, "transit-gateway-connect-peer")
    return {"TransitGatewayConnectPeer": with_tags(call, peer.shown())}


@operation("ec2", "DescribeTransitGatewayConnectPeers")
def describe_peers(call):
    members = {
        "state": "State",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
        "transit-gateway-connect-peer-id": "TransitGatewayConnectPeerId",
    }
    tags = lambda p: moto_side.tags(call, p["TransitGatewayConnectPeerId"])
    wanted = call.params.get("TransitGatewayConnectPeerIds")
    for identifier in wanted or []:
        if identifier not in call.table(PEER):
            raise not_found("TransitGatewayConnectPeerID", identifier)
    found = [p for p in listed(call.table(PEER)) if not wanted or p["TransitGatewayConnectPeerId"] in wanted]
    found = select(found, call.params.get("Filters"), members, tags)
    answer = call.page("TransitGatewayConnectPeers", found)
    answer["TransitGatewayConnectPeers"] = [with_tags(call, p) for p in answer["TransitGatewayConnectPeers"]]
    return answer


@operation("ec2", "DeleteTransitGatewayConnectPeer")
def delete_peer(call):
    identifier = call.params["TransitGatewayConnectPeerId"]
    peer = call.table(PEER).get(identifier)
    if peer is None or peer["State"] == "deleted":
        raise not_found("TransitGatewayConnectPeerID", identifier)
    peer.passes("State", "deleting", "deleted")
    moto_side.forget_tags(call, identifier)
    return {"TransitGatewayConnectPeer": peer.shown()}
