"""Direct Connect's virtual interfaces: private, public, transit; a connection's owner's and those
allocated to other accounts, which confirm them."""
import ipaddress
import secrets

from . import moto_side
from .direct_connect import CONNECTION, LAG, check_tags, client_error, new_id, of_kind
from .operations import operation
from .world import State, listed

KIND = "dx-interface"


def carrier(call, identifier):
    """The connection or Lag that an interface is on."""
    kind, name = (LAG, "Lag") if identifier.startswith("dxlag") else (CONNECTION, "Connection")
    found = of_kind(call, kind, identifier, name)
    if found.get("connectionState", found.get("lagState")) in ("deleted", "deleting"):
        raise client_error(f"{identifier} is being deleted")
    return found


def gateway_exists(call, identifier):
    found = call.world.find("dx-gateway", identifier)
    if found is None or found.gone or found["directConnectGatewayState"] in ("deleting", "deleted"):
        raise client_error(f"Direct Connect Gateway with ID {identifier} does not exist.")
    return found


def new_interface(call, kind, wanted, owner):
    on = carrier(call, call.params["connectionId"])
    vlan, family = wanted.get("vlan"), wanted.get("addressFamily") or "ipv4"
    if not 1 <= (vlan or 0) <= 4094:
        raise client_error(f"VLAN {vlan} is invalid")
    asn = wanted.get("asn") or wanted.get("asnLong")
    if not asn:
        raise client_error("asn or asnLong is missing")
    for other in call.world.every(KIND):
        used = other["virtualInterfaceState"] not in ("deleted", "deleting", "rejected") and not other.gone
        if used and other["connectionId"] == call.params["connectionId"] and other["vlan"] == vlan:
            raise client_error(f"VLAN {vlan} is already in use on {call.params['connectionId']}")
    mtu = wanted.get("mtu") or 1500
    if mtu not in {"private": (1500, 8500, 9001), "transit": (1500, 8500)}.get(kind, (1500,)):
        raise client_error(f"MTU {mtu} is invalid")
    identifier, number = new_id("dxvif"), secrets.randbelow(60) * 4
    amazon, customer = wanted.get("amazonAddress"), wanted.get("customerAddress")
    for address in filter(None, (amazon, customer)):
        try:
            ipaddress.ip_interface(address)
        except ValueError:
            raise client_error(f"Address {address} is invalid") from None
    if kind == "public" and family == "ipv4" and not (amazon and customer):
        raise client_error("Public interfaces need amazonAddress and customerAddress")
    net = "169.254.96" if family == "ipv4" else "2001:db8:1"
    suffix = (f".{number + 1}/30", f".{number + 2}/30") if family == "ipv4" else (f"::{number + 1:x}/125", f"::{number + 2:x}/125")
    made = State(
        ownerAccount=owner,
        virtualInterfaceId=identifier,
        location=on["location"],
        connectionId=call.params["connectionId"],
        virtualInterfaceType=kind,
        virtualInterfaceName=wanted["virtualInterfaceName"],
        vlan=vlan,
        asn=asn if asn < 2**31 else 0,
        asnLong=asn,
        authKey=wanted.get("authKey") or secrets.token_hex(10),
        amazonAddress=amazon or net + suffix[0],
        customerAddress=customer or net + suffix[1],
        addressFamily=family,
        mtu=mtu,
        jumboFrameCapable=True,
        region=call.region,
        awsDeviceV2=on["awsDeviceV2"],
        awsLogicalDeviceId=f"{on['awsDeviceV2']}-abc",
        siteLinkEnabled=bool(wanted.get("enableSiteLink")),
        amazonSideAsn=64512,
        virtualGatewayId="",
        routeFilterPrefixes=[],
        tags=check_tags(wanted.get("tags")),
        _carrier=call.account,
    )
    made["bgpPeers"] = [
        {
            "bgpPeerId": new_id("dxpeer"),
            **{k: made[k] for k in ("asn", "asnLong", "authKey", "addressFamily", "amazonAddress", "customerAddress")},
            "bgpPeerState": "available",
            "bgpStatus": "down",
            "awsDeviceV2": made["awsDeviceV2"],
        }
    ]
    call.world.table(owner, call.region, KIND)[identifier] = made
    return made


def lead(call, interface, virtual, direct):
    """Lets a private or transit interface lead to a gateway."""
    if bool(virtual) == bool(direct):
        raise client_error("Exactly one of virtualGatewayId and directConnectGatewayId is needed")
    if virtual:
        interface["amazonSideAsn"] = int(moto_side.vpn_gateway(call, virtual).amazon_side_asn or 64512)
        interface["virtualGatewayId"] = virtual
    else:
        interface["amazonSideAsn"] = gateway_exists(call, direct)["amazonSideAsn"]
        interface["directConnectGatewayId"] = direct


@operation("directconnect", "CreatePrivateVirtualInterface")
def create_private(call):
    wanted = call.params["newPrivateVirtualInterface"]
    made = new_interface(call, "private", wanted, call.account)
    lead(call, made, wanted.get("virtualGatewayId"), wanted.get("directConnectGatewayId"))
    return made.passes("virtualInterfaceState", "pending", "available").shown()


@operation("directconnect", "CreateTransitVirtualInterface")
def create_transit(call):
    wanted = call.params["newTransitVirtualInterface"]
    made = new_interface(call, "transit", wanted, call.account)
    lead(call, made, None, wanted.get("directConnectGatewayId"))
    return {"virtualInterface": made.passes("virtualInterfaceState", "pending", "available").shown()}


@operation("directconnect", "CreatePublicVirtualInterface")
def create_public(call):
    wanted = call.params["newPublicVirtualInterface"]
    made = new_interface(call, "public", wanted, call.account)
    made["routeFilterPrefixes"] = route_filters(wanted)
    return made.passes("virtualInterfaceState", "verifying", "down").shown()


def route_filters(wanted):
    found = [{"cidr": p["cidr"]} for p in wanted.get("routeFilterPrefixes") or []]
    if not found and (wanted.get("addressFamily") or "ipv4") == "ipv4":
        raise client_error("Public IPv4 interfaces need route filter prefixes")
    return found


def allocate(call, kind, wanted):
    owner = call.params["ownerAccount"]
    if owner == call.account:
        raise client_error("The owner account is the account of the connection")
    made = new_interface(call, kind, wanted, owner)
    return made.passes("virtualInterfaceState", "confirming")


@operation("directconnect", "AllocatePrivateVirtualInterface")
def allocate_private(call):
    return allocate(call, "private", call.params["newPrivateVirtualInterfaceAllocation"]).shown()


@operation("directconnect", "AllocateTransitVirtualInterface")
def allocate_transit(call):
    return {"virtualInterface": allocate(call, "transit", call.params["newTransitVirtualInterfaceAllocation"]).shown()}


@operation("directconnect", "AllocatePublicVirtualInterface")
def allocate_public(call):
    wanted = call.params["newPublicVirtualInterfaceAllocation"]
    made = allocate(call, "public", wanted)
    made["routeFilterPrefixes"] = route_filters(wanted)
    return made.shown()


def visible(call):
    """The caller's interfaces, and those on the caller's connections."""
    own = listed(call.table(KIND))
    others = [i for i in call.world.every(KIND, call.region) if i["_carrier"] == call.account and i["ownerAccount"] != call.account]
    return own + [i for i in others if not i.gone]


def interface(call, identifier, own=False):
    for found in visible(call):
        if found["virtualInterfaceId"] == identifier and (not own or found["ownerAccount"] == call.account):
            return found
    raise client_error(f"VirtualInterface with ID {identifier} does not exist")


def confirm(call, kind, virtual=None, direct=None):
    found = interface(call, call.params["virtualInterfaceId"], own=True)
    if found["virtualInterfaceState"] != "confirming" or found["virtualInterfaceType"] != kind:
        raise client_error(f"{found['virtualInterfaceId']} is not in state confirming")
    if kind != "public":
        lead(call, found, virtual, direct)
    found.passes("virtualInterfaceState", "pending", "available")
    return {"virtualInterfaceState": "pending"}


@operation("directconnect", "ConfirmPrivateVirtualInterface")
def confirm_private(call):
    return confirm(call, "private", call.params.get("virtualGatewayId"), call.params.get("directConnectGatewayId"))


@operation("directconnect", "ConfirmTransitVirtualInterface")
def confirm_transit(call):
    return confirm(call, "transit", None, call.params["directConnectGatewayId"])


@operation("directconnect", "ConfirmPublicVirtualInterface")
def confirm_public(call):
    return confirm(call, "public")


@operation("directconnect", "DescribeVirtualInterfaces")
def describe(call):
    on, wanted = call.params.get("connectionId"), call.params.get("virtualInterfaceId")
    found = [
        i for i in visible(call) if on in (None, i["connectionId"]) and wanted in (None, i["virtualInterfaceId"])
    ]
    return call.page("virtualInterfaces", found, "nextToken", "maxResults")


@operation("directconnect", "UpdateVirtualInterfaceAttributes")
def update(call):
    found = interface(call, call.params["virtualInterfaceId"])
    mtu = call.params.get("mtu")
    if mtu is not None:
        if mtu not in {"private": (1500, 8500, 9001), "transit": (1500, 8500)}.get(found["virtualInterfaceType"], (1500,)):
            raise client_error(f"MTU {mtu} is invalid")
        found["mtu"] = mtu
    if call.params.get("enableSiteLink") is not None:
        found["siteLinkEnabled"] = call.params["enableSiteLink"]
    if call.params.get("virtualInterfaceName"):
        found["virtualInterfaceName"] = call.params["virtualInterfaceName"]
    return found.shown()


@operation("directconnect", "DeleteVirtualInterface")
def delete(call):
    found = interface(call, call.params["virtualInterfaceId"])
    if found["virtualInterfaceState"] in ("deleting", "deleted"):
        raise client_error(f"{found['virtualInterfaceId']} is being deleted")
    found.passes("virtualInterfaceState", "deleting", "deleted")
    return {"virtualInterfaceState": "deleting"}
