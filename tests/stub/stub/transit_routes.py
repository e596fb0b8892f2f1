"""What a transit gateway's route tables hold: associations, propagations, routes, prefix lists."""
import ipaddress

from . import moto_side
from .errors import AwsError
from .operations import operation
from .transit_attachments import about, association, attachment_of, propagation
from .transit_gateways import table_of
from .world import State, listed, select

ATTACHED = {
    "resource-id": "ResourceId",
    "resource-type": "ResourceType",
    "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
}


def owned_attachment(call, identifier):
    attachment = attachment_of(call, identifier)
    if attachment["_owner"] != call.account:
        raise AwsError("UnauthorizedOperation", "Only the owner of the transit gateway can do this.", 403)
    if attachment["State"] not in ("available", "modifying"):
        raise AwsError("IncorrectState", f"{identifier} is in invalid state")
    return attachment


@operation("ec2", "AssociateTransitGatewayRouteTable")
def associate(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["TransitGatewayAttachmentId"]
    table_of(call, table)
    attachment = owned_attachment(call, identifier)
    present = call.table("tgw-association").get(identifier)
    if present is not None and not present.gone:
        text = f"Transit Gateway Attachment {identifier} is already associated to a route table."
        raise AwsError("Resource.AlreadyAssociated", text)
    made = association(attachment, table, "associating", "associated")
    call.table("tgw-association")[identifier] = made
    return {"Association": made.shown()}


@operation("ec2", "DisassociateTransitGatewayRouteTable")
def disassociate(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["TransitGatewayAttachmentId"]
    table_of(call, table)
    found = call.table("tgw-association").get(identifier)
    if found is None or found.gone or found["TransitGatewayRouteTableId"] != table:
        raise AwsError("InvalidAssociation.NotFound", f"There is no association of {identifier} with {table}.")
    if found["State"] != "associated":
        raise AwsError("IncorrectState", f"The association of {identifier} is in state {found['State']}.")
    found.gone_after("State", "disassociating")
    return {"Association": found.shown()}


@operation("ec2", "GetTransitGatewayRouteTableAssociations")
def associations(call):
    table = call.params["TransitGatewayRouteTableId"]
    table_of(call, table, ready=False)
    found = [a for a in listed(call.table("tgw-association")) if a["TransitGatewayRouteTableId"] == table]
    return call.page("Associations", select(found, call.params.get("Filters"), ATTACHED))


@operation("ec2", "EnableTransitGatewayRouteTablePropagation")
def propagate(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["TransitGatewayAttachmentId"]
    table_of(call, table)
    attachment = owned_attachment(call, identifier)
    if attachment["ResourceType"] == "peering":
        raise AwsError("InvalidTransitGatewayAttachmentID.NotFound", f"{identifier} cannot propagate routes.")
    if (table, identifier) in call.table("tgw-propagation"):
        text = f"Propagation from attachment {identifier} to route table {table} already exists."
        raise AwsError("TransitGatewayRouteTablePropagation.Duplicate", text)
    call.table("tgw-propagation")[table, identifier] = made = propagation(attachment, table)
    return {"Propagation": made.shown()}


@operation("ec2", "DisableTransitGatewayRouteTablePropagation")
def stop_propagating(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["TransitGatewayAttachmentId"]
    table_of(call, table)
    found = call.table("tgw-propagation").pop((table, identifier), None)
    if found is None:
        text = f"Propagation from attachment {identifier} to route table {table} does not exist."
        raise AwsError("TransitGatewayRouteTablePropagation.NotFound", text)
    return {"Propagation": {**found, "State": "disabled"}}


@operation("ec2", "GetTransitGatewayRouteTablePropagations")
def propagations(call):
    table = call.params["TransitGatewayRouteTableId"]
    table_of(call, table, ready=False)
    found = [p for (where, _), p in call.table("tgw-propagation").items() if where == table]
    return call.page("TransitGatewayRouteTablePropagations", select(found, call.params.get("Filters"), ATTACHED))


def network(text):
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Invalid CIDR block {text}") from None


def target(call):
    """The attachment of a route, or none for a black hole."""
    identifier, blackhole = call.params.get("TransitGatewayAttachmentId"), call.params.get("Blackhole")
    if bool(identifier) == bool(blackhole):
        raise AwsError("InvalidParameterCombination", "Exactly one of TransitGatewayAttachmentId and Blackhole is needed.")
    return owned_attachment(call, identifier) if identifier else None


def route(destination, attachment, *states, kind="static"):
    made = State(DestinationCidrBlock=destination, Type=kind)
    if attachment is not None:
        made["TransitGatewayAttachments"] = [about(attachment)]
        made["_attachment"] = attachment["TransitGatewayAttachmentId"]
    return made.passes("State", *(states if attachment is not None else ("blackhole",)))


@operation("ec2", "CreateTransitGatewayRoute")
def create_route(call):
    table, destination = call.params["TransitGatewayRouteTableId"], str(network(call.params["DestinationCidrBlock"]))
    table_of(call, table)
    routes = call.table("tgw-route")
    if (table, destination) in routes and not routes[table, destination].gone:
        raise AwsError("RouteAlreadyExists", f"The static route {destination} already exists in Transit Gateway Route Table {table}")
    routes[table, destination] = made = route(destination, target(call), "pending", "active")
    return {"Route": made.shown()}


@operation("ec2", "ReplaceTransitGatewayRoute")
def replace_route(call):
    table, destination = call.params["TransitGatewayRouteTableId"], str(network(call.params["DestinationCidrBlock"]))
    table_of(call, table)
    existing(call, table, destination)
    call.table("tgw-route")[table, destination] = made = route(destination, target(call), "pending", "active")
    return {"Route": made.shown()}


def existing(call, table, destination):
    found = call.table("tgw-route").get((table, destination))
    if found is None or found.gone:
        raise AwsError("InvalidRoute.NotFound", f"Route {destination} was not found in Transit Gateway Route Table {table}")
    return found


@operation("ec2", "DeleteTransitGatewayRoute")
def delete_route(call):
    table, destination = call.params["TransitGatewayRouteTableId"], str(network(call.params["DestinationCidrBlock"]))
    table_of(call, table)
    found = existing(call, table, destination)
    found.gone_after("State", "deleting")
    return {"Route": found.shown()}


def propagated(call, table):
    for (where, identifier), _ in call.table("tgw-propagation").items():
        attachment = call.table("attachment").get(identifier)
        if where != table or attachment is None or attachment["State"] not in ("available", "modifying"):
            continue
        for destination in reached(call, attachment):
            if (table, destination) not in call.table("tgw-route"):
                yield route(destination, attachment, "active", kind="propagated")


def reached(call, attachment):
    """The networks that an attachment tells of."""
    if attachment["ResourceType"] == "vpc":
        other = moto_side.ec2_backends[attachment["ResourceOwnerId"]][call.region]
        found = other.vpcs.get(attachment["ResourceId"])
        if found is None:
            return []
        six = found.get_cidr_block_association_set(ipv6=True) if attachment["Options"]["Ipv6Support"] == "enable" else []
        return [found.cidr_block] + [s["cidr_block"] for s in six]
    if attachment["ResourceType"] == "direct-connect-gateway":
        return attachment.get("_prefixes", [])
    return []


@operation("ec2", "SearchTransitGatewayRoutes")
def search(call):
    table = call.params["TransitGatewayRouteTableId"]
    table_of(call, table, ready=False)
    static = call.table("tgw-route")
    for key in [k for k, r in static.items() if r.gone]:
        del static[key]
    found = [r for (where, _), r in static.items() if where == table] + list(propagated(call, table))
    filters = []
    for wanted in call.params["Filters"]:
        name, values = wanted["Name"], wanted.get("Values") or []
        relation = RELATIONS.get(name)
        if relation:
            found = [r for r in found if any(relation(network(r["DestinationCidrBlock"]), network(v)) for v in values)]
        else:
            filters.append(wanted)
    first = lambda key: lambda r: [a[key] for a in r.get("TransitGatewayAttachments", [])]
    members = {
        "attachment.transit-gateway-attachment-id": first("TransitGatewayAttachmentId"),
        "attachment.resource-id": first("ResourceId"),
        "attachment.resource-type": first("ResourceType"),
        "prefix-list-id": "PrefixListId",
        "state": "State",
        "type": "Type",
    }
    answer = call.page("Routes", select(found, filters, members))
    return {**answer, "AdditionalRoutesAvailable": "NextToken" in answer}


RELATIONS = {
    "route-search.exact-match": lambda route, asked: route == asked,
    "route-search.subnet-of-match": lambda route, asked: route.version == asked.version and route.subnet_of(asked),
    "route-search.supernet-of-match": lambda route, asked: route.version == asked.version and route.supernet_of(asked),
}


def reference(call, table, identifier):
    owner = moto_side.prefix_list(call, identifier).owner_id
    attachment = target(call)
    made = State(
        TransitGatewayRouteTableId=table,
        PrefixListId=identifier,
        PrefixListOwnerId=owner,
        Blackhole=attachment is None,
    )
    if attachment is not None:
        made["TransitGatewayAttachment"] = about(attachment)
    return made


@operation("ec2", "CreateTransitGatewayPrefixListReference")
def create_reference(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["PrefixListId"]
    table_of(call, table)
    present = call.table("tgw-prefix-list").get((table, identifier))
    if present is not None and not present.gone:
        raise AwsError("PrefixListReferenceAlreadyExists", f"{table} refers to {identifier} already.")
    made = reference(call, table, identifier).passes("State", "pending", "available")
    call.table("tgw-prefix-list")[table, identifier] = made
    return {"TransitGatewayPrefixListReference": made.shown()}


def present_reference(call, table, identifier):
    found = call.table("tgw-prefix-list").get((table, identifier))
    if found is None or found.gone:
        raise AwsError("InvalidPrefixListId.NotFound", f"{table} has no reference to {identifier}.")
    return found


@operation("ec2", "ModifyTransitGatewayPrefixListReference")
def modify_reference(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["PrefixListId"]
    table_of(call, table)
    present_reference(call, table, identifier)
    made = reference(call, table, identifier).passes("State", "modifying", "available")
    call.table("tgw-prefix-list")[table, identifier] = made
    return {"TransitGatewayPrefixListReference": made.shown()}


@operation("ec2", "DeleteTransitGatewayPrefixListReference")
def delete_reference(call):
    table, identifier = call.params["TransitGatewayRouteTableId"], call.params["PrefixListId"]
    table_of(call, table)
    found = present_reference(call, table, identifier)
    found.gone_after("State", "deleting")
    return {"TransitGatewayPrefixListReference": found.shown()}


@operation("ec2", "GetTransitGatewayPrefixListReferences")
def references(call):
    table = call.params["TransitGatewayRouteTableId"]
    table_of(call, table, ready=False)
    everything = call.table("tgw-prefix-list")
    for key in [k for k, r in everything.items() if r.gone]:
        del everything[key]
    found = [r for (where, _), r in everything.items() if where == table]
    members = {
        "attachment.transit-gateway-attachment-id": "TransitGatewayAttachment.TransitGatewayAttachmentId",
        "prefix-list-id": "PrefixListId",
        "prefix-list-owner-id": "PrefixListOwnerId",
        "state": "State",
    }
    return call.page("TransitGatewayPrefixListReferences", select(found, call.params.get("Filters"), members))


