"""Direct Connect gateways, which belong to no region, what is associated with them, and proposals
of other accounts."""
import ipaddress
import uuid

from . import moto_side
from .direct_connect import check_tags, client_error
from .operations import operation
from .transit_attachments import detach, new_attachment, use_defaults
from .transit_gateways import gateway_of
from .world import State, get, listed

GATEWAY, ASSOCIATION, PROPOSAL = "dx-gateway", "dx-association", "dx-proposal"


def table(call, kind=GATEWAY):
    return call.world.table(call.account, "global", kind)


def gateway(call, identifier):
    found = table(call).get(identifier)
    if found is None or found.gone or found["directConnectGatewayState"] in ("deleted", "deleting"):
        raise client_error(f"Direct Connect Gateway with ID {identifier} does not exist.")
    return found


@operation("directconnect", "CreateDirectConnectGateway")
def create(call):
    asn = call.params.get("amazonSideAsn") or 64512
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise client_error(f"Amazon side ASN {asn} is invalid")
    identifier = str(uuid.uuid4())
    made = State(
        directConnectGatewayId=identifier,
        directConnectGatewayName=call.params["directConnectGatewayName"],
        amazonSideAsn=asn,
        ownerAccount=call.account,
        tags=check_tags(call.params.get("tags")),
    )
    table(call)[identifier] = made.passes("directConnectGatewayState", "pending", "available")
    return {"directConnectGateway": made.shown()}


@operation("directconnect", "DescribeDirectConnectGateways")
def describe(call):
    wanted = call.params.get("directConnectGatewayId")
    found = [g for g in listed(table(call)) if wanted in (None, g["directConnectGatewayId"])]
    return call.page("directConnectGateways", found, "nextToken", "maxResults")


@operation("directconnect", "UpdateDirectConnectGateway")
def update(call):
    found = gateway(call, call.params["directConnectGatewayId"])
    found["directConnectGatewayName"] = call.params["newDirectConnectGatewayName"]
    return {"directConnectGateway": found.shown()}


@operation("directconnect", "DeleteDirectConnectGateway")
def delete(call):
    identifier = call.params["directConnectGatewayId"]
    found = gateway(call, identifier)
    if any(a["directConnectGatewayId"] == identifier and not a.gone for a in call.world.every(ASSOCIATION)):
        raise client_error(f"Direct Connect Gateway {identifier} has gateway associations.")
    interfaces = [i for i in call.world.every("dx-interface") if i.get("directConnectGatewayId") == identifier]
    if any(not i.gone and i["virtualInterfaceState"] not in ("deleted", "deleting") for i in interfaces):
        raise client_error(f"Direct Connect Gateway {identifier} has virtual interfaces.")
    found.passes("directConnectGatewayState", "deleting", "deleted")
    return {"directConnectGateway": found.shown()}


def prefixes(items):
    found = []
    for item in items or []:
        try:
            ipaddress.ip_network(item["cidr"])
        except ValueError:
            raise client_error(f"Prefix {item['cidr']} is invalid") from None
        found.append({"cidr": item["cidr"]})
    return found


def associated(call, identifier):
    """The virtual private or transit gateway of the caller's that is to be associated."""
    if identifier.startswith("vgw-"):
        found = moto_side.vpn_gateway(call, identifier)
        blocks = [moto_side.vpc(call, a.vpc_id).cidr_block for a in found.attachments.values()]
        return "virtualPrivateGateway", [{"cidr": b} for b in blocks], None
    if identifier.startswith("tgw-"):
        return "transitGateway", [], gateway_of(call, identifier, own=True)
    raise client_error(f"Gateway {identifier} is invalid")


def new_association(call, owner, dx_gateway, identifier, allowed, gateway_account):
    """`call` is the associated gateway's owner's."""
    kind, default, transit = associated(call, identifier)
    for other in call.world.every(ASSOCIATION):
        if (other["directConnectGatewayId"], other["associatedGateway"]["id"]) == (dx_gateway, identifier) and not other.gone:
            raise client_error(f"{identifier} is already associated with {dx_gateway}.")
    if kind == "transitGateway" and not allowed:
        raise client_error("Transit gateways need allowed prefixes.")
    made = State(
        associationId=str(uuid.uuid4()),
        directConnectGatewayId=dx_gateway,
        directConnectGatewayOwnerAccount=owner,
        associatedGateway={"id": identifier, "type": kind, "ownerAccount": gateway_account, "region": call.region},
        allowedPrefixesToDirectConnectGateway=allowed or default,
    )
    if kind == "virtualPrivateGateway":
        made["virtualGatewayId"] = identifier
        made["virtualGatewayRegion"] = call.region
        made["virtualGatewayOwnerAccount"] = gateway_account
    else:
        attachment = new_attachment(call, transit, "direct-connect-gateway", dx_gateway)
        attachment["_prefixes"] = []
        use_defaults(call, transit, attachment)
    call.world.table(owner, "global", ASSOCIATION)[made["associationId"]] = made
    return made.passes("associationState", "associating", "associated")


@operation("directconnect", "CreateDirectConnectGatewayAssociation")
def associate(call):
    dx_gateway = gateway(call, call.params["directConnectGatewayId"])["directConnectGatewayId"]
    identifier = call.params.get("gatewayId") or call.params.get("virtualGatewayId")
    if not identifier:
        raise client_error("gatewayId is missing.")
    allowed = prefixes(call.params.get("addAllowedPrefixesToDirectConnectGateway"))
    made = new_association(call, call.account, dx_gateway, identifier, allowed, call.account)
    return {"directConnectGatewayAssociation": made.shown()}


def visible(call):
    """The associations of the caller's, by either gateway."""
    for found in call.world.every(ASSOCIATION):
        mine = call.account in (found["directConnectGatewayOwnerAccount"], found["associatedGateway"]["ownerAccount"])
        if mine and not found.gone:
            yield found


@operation("directconnect", "DescribeDirectConnectGatewayAssociations")
def associations(call):
    identifier, other = call.params.get("associationId"), call.params.get("associatedGatewayId")
    other = other or call.params.get("virtualGatewayId")
    dx_gateway = call.params.get("directConnectGatewayId")
    if not (identifier or other or dx_gateway):
        raise client_error("One of associationId, associatedGatewayId and directConnectGatewayId is needed.")
    found = [
        a
        for a in visible(call)
        if identifier in (None, a["associationId"])
        and other in (None, a["associatedGateway"]["id"])
        and dx_gateway in (None, a["directConnectGatewayId"])
    ]
    return call.page("directConnectGatewayAssociations", found, "nextToken", "maxResults")


def association(call):
    wanted, dx_gateway = call.params.get("associationId"), call.params.get("directConnectGatewayId")
    other = call.params.get("virtualGatewayId")
    for found in visible(call):
        by_pair = (found["directConnectGatewayId"], found["associatedGateway"]["id"]) == (dx_gateway, other)
        if found["associationId"] == wanted or by_pair:
            return found
    raise client_error(f"Direct Connect Gateway Association {wanted} does not exist.")


@operation("directconnect", "UpdateDirectConnectGatewayAssociation")
def update_association(call):
    found = association(call)
    removed = {p["cidr"] for p in call.params.get("removeAllowedPrefixesToDirectConnectGateway") or []}
    added = prefixes(call.params.get("addAllowedPrefixesToDirectConnectGateway"))
    kept = [p for p in found["allowedPrefixesToDirectConnectGateway"] if p["cidr"] not in removed]
    found["allowedPrefixesToDirectConnectGateway"] = kept + [p for p in added if p not in kept]
    found.passes("associationState", "updating", "associated")
    return {"directConnectGatewayAssociation": found.shown()}


@operation("directconnect", "DeleteDirectConnectGatewayAssociation")
def disassociate(call):
    found = association(call)
    if found["associationState"] == "disassociating":
        raise client_error("The association is being deleted.")
    for attachment in call.world.every("attachment"):
        pair = (attachment["ResourceId"], attachment["TransitGatewayId"])
        if pair == (found["directConnectGatewayId"], get(found, "associatedGateway.id")) and attachment["State"] != "deleted":
            detach(call, attachment)
            attachment.passes("State", "deleted")
    found.gone_after("associationState", "disassociating")
    return {"directConnectGatewayAssociation": found.shown()}


@operation("directconnect", "CreateDirectConnectGatewayAssociationProposal")
def propose(call):
    owner, dx_gateway = call.params["directConnectGatewayOwnerAccount"], call.params["directConnectGatewayId"]
    there = call.world.table(owner, "global", GATEWAY).get(dx_gateway)
    if there is None or there.gone:
        raise client_error(f"Direct Connect Gateway with ID {dx_gateway} does not exist.")
    identifier = call.params["gatewayId"]
    kind, _, _ = associated(call, identifier)
    proposal = State(
        proposalId=str(uuid.uuid4()),
        directConnectGatewayId=dx_gateway,
        directConnectGatewayOwnerAccount=owner,
        associatedGateway={"id": identifier, "type": kind, "ownerAccount": call.account, "region": call.region},
        requestedAllowedPrefixesToDirectConnectGateway=prefixes(
            call.params.get("addAllowedPrefixesToDirectConnectGateway")
        ),
    )
    table(call, PROPOSAL)[proposal["proposalId"]] = proposal.passes("proposalState", "requested")
    return {"directConnectGatewayAssociationProposal": proposal.shown()}


@operation("directconnect", "DescribeDirectConnectGatewayAssociationProposals")
def proposals(call):
    wanted = {
        "proposalId": call.params.get("proposalId"),
        "directConnectGatewayId": call.params.get("directConnectGatewayId"),
        "associatedGateway.id": call.params.get("associatedGatewayId"),
    }
    found = [
        p
        for p in call.world.every(PROPOSAL)
        if call.account in (p["directConnectGatewayOwnerAccount"], p["associatedGateway"]["ownerAccount"])
        and all(value in (None, get(p, path)) for path, value in wanted.items())
        and not p.gone
    ]
    return call.page("directConnectGatewayAssociationProposals", found, "nextToken", "maxResults")


@operation("directconnect", "DeleteDirectConnectGatewayAssociationProposal")
def withdraw(call):
    found = table(call, PROPOSAL).get(call.params["proposalId"])
    if found is None or found.gone:
        raise client_error(f"Proposal {call.params['proposalId']} does not exist.")
    found.gone_after("proposalState", "deleted")
    return {"directConnectGatewayAssociationProposal": found.shown()}


@operation("directconnect", "AcceptDirectConnectGatewayAssociationProposal")
def accept(call):
    dx_gateway, identifier = call.params["directConnectGatewayId"], call.params["proposalId"]
    gateway(call, dx_gateway)
    account = call.params["associatedGatewayOwnerAccount"]
    found = call.world.table(account, "global", PROPOSAL).get(identifier)
    if found is None or found.gone or found["directConnectGatewayId"] != dx_gateway:
        raise client_error(f"Proposal {identifier} does not exist.")
    override = prefixes(call.params.get("overrideAllowedPrefixesToDirectConnectGateway"))
    allowed = override or found["requestedAllowedPrefixesToDirectConnectGateway"]
    side = type(call)(call.world, account, found["associatedGateway"]["region"], call.service, call.name, {})
    made = new_association(side, call.account, dx_gateway, found["associatedGateway"]["id"], allowed, account)
    found["proposalState"] = "accepted"
    return {"directConnectGatewayAssociation": made.shown()}
