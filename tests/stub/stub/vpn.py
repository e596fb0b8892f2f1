"""Site-to-site VPN: customer gateways, connections with their tunnels, static routes, and the
propagation of routes by virtual private gateways, which are moto's."""
import ipaddress
import re
import secrets
import uuid
from xml.sax.saxutils import escape

from . import moto_side
from .errors import AwsError, NotModelled
from .operations import operation
from .transit_attachments import attachment_of, detach, new_attachment, use_defaults
from .transit_gateways import gateway_of
from .world import State, listed, new_id, select

CUSTOMER, CONNECTION, CONCENTRATOR = "customer-gateway", "vpn-connection", "vpn-concentrator"
LISTS = {
    "Phase1EncryptionAlgorithms": ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"],
    "Phase2EncryptionAlgorithms": ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"],
    "Phase1IntegrityAlgorithms": ["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"],
    "Phase2IntegrityAlgorithms": ["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"],
    "Phase1DHGroupNumbers": [2, *range(14, 25)],
    "Phase2DHGroupNumbers": [2, 5, *range(14, 25)],
    "IKEVersions": ["ikev1", "ikev2"],
}
NUMBERS = {
    "Phase1LifetimeSeconds": (28800, 900, 28800),
    "Phase2LifetimeSeconds": (3600, 900, 3600),
    "RekeyMarginTimeSeconds": (270, 60, 1800),
    "RekeyFuzzPercentage": (100, 0, 100),
    "ReplayWindowSize": (1024, 64, 2048),
    "DPDTimeoutSeconds": (30, 30, 3600),
}
# What answers call the options that requests call otherwise.
SHOWN = {"IKEVersions": "IkeVersions", "DPDTimeoutSeconds": "DpdTimeoutSeconds", "DPDTimeoutAction": "DpdTimeoutAction"}
CHOICES = {"DPDTimeoutAction": ["clear", "none", "restart"], "StartupAction": ["add", "start"]}


@operation("ec2", "CreateCustomerGateway")
def create_customer(call):
    address = call.params.get("IpAddress") or call.params.get("PublicIp")
    certificate = call.params.get("CertificateArn")
    if not address and not certificate:
        raise AwsError("MissingParameter", "The request must contain the parameter ipAddress or certificateArn")
    asn, extended = call.params.get("BgpAsn"), call.params.get("BgpAsnExtended")
    if (asn is None) == (extended is None):
        raise AwsError("InvalidParameterCombination", "Exactly one of BgpAsn and BgpAsnExtended is needed.")
    for other in listed(call.table(CUSTOMER)):
        same = (other.get("IpAddress"), other.get("_asn"), other.get("CertificateArn"), other.get("DeviceName"))
        if same == (address, asn or extended, certificate, call.params.get("DeviceName")) and other["State"] != "deleted":
            return {"CustomerGateway": shown(call, other, "CustomerGatewayId")}
    identifier = new_id("cgw-")
    gateway = call.new(
        CUSTOMER,
        identifier,
        CustomerGatewayId=identifier,
        Type=call.params["Type"],
        IpAddress=address,
        CertificateArn=certificate,
        DeviceName=call.params.get("DeviceName"),
        _asn=asn or extended,
    )
    gateway["BgpAsn" if asn is not None else "BgpAsnExtended"] = str(asn or extended)
    gateway.passes("State", "pending", "available")
    moto_side.tag_on_creation(call, identifier, "customer-gateway")
    return {"CustomerGateway": shown(call, gateway, "CustomerGatewayId")}


def shown(call, obj, key):
    now_ = obj.shown() if isinstance(obj, State) else obj
    now_["Tags"] = moto_side.tag_list(call, now_[key])
    return now_


def chosen(call, kind, key, ids, code):
    found = listed(call.table(kind))
    for identifier in ids or []:
        if identifier not in call.table(kind):
            raise AwsError(code, f"The ID '{identifier}' does not exist")
    return [o for o in found if not ids or o[key] in ids]


@operation("ec2", "DescribeCustomerGateways")
def describe_customers(call):
    ids = call.params.get("CustomerGatewayIds")
    found = chosen(call, CUSTOMER, "CustomerGatewayId", ids, "InvalidCustomerGatewayID.NotFound")
    members = {
        "bgp-asn": "_asn",
        "customer-gateway-id": "CustomerGatewayId",
        "ip-address": "IpAddress",
        "state": "State",
        "type": "Type",
    }
    tags = lambda g: moto_side.tags(call, g["CustomerGatewayId"])
    found = select(found, call.params.get("Filters"), members, tags)
    return {"CustomerGateways": [shown(call, g, "CustomerGatewayId") for g in found]}


def customer(call, identifier):
    found = call.table(CUSTOMER).get(identifier)
    if found is None or found.gone or found["State"] in ("deleted", "deleting"):
        raise AwsError("InvalidCustomerGatewayID.NotFound", f"The customerGateway ID '{identifier}' does not exist")
    return found


@operation("ec2", "DeleteCustomerGateway")
def delete_customer(call):
    identifier = call.params["CustomerGatewayId"]
    gateway = customer(call, identifier)
    if any(c["CustomerGatewayId"] == identifier and c["State"] != "deleted" for c in call.table(CONNECTION).values()):
        raise AwsError("IncorrectState", "The customer gateway is in use.")
    gateway.passes("State", "deleting", "deleted")
    moto_side.forget_tags(call, identifier)


def check_gateway(call, vpn_gateway, transit_gateway):
    if bool(vpn_gateway) and bool(transit_gateway):
        raise AwsError("InvalidParameterCombination", "A VPN connection has one gateway.")
    if vpn_gateway:
        moto_side.vpn_gateway(call, vpn_gateway)
    return gateway_of(call, transit_gateway, own=True) if transit_gateway else None


def tunnel(wanted, number, static, ipv6):
    """The options of a tunnel, as asked for and checked; what is left open AWS chooses."""
    made = {"OutsideIpAddress": f"198.51.{secrets.randbelow(100)}.{secrets.randbelow(200) + number}"}
    inside = wanted.get("TunnelInsideCidr")
    if inside and not (inside.startswith("169.254.") and inside.endswith("/30")):
        raise AwsError("InvalidParameterValue", f"Invalid tunnel inside CIDR {inside}")
    made["TunnelInsideCidr"] = inside or f"169.254.{secrets.randbelow(200) + 10}.{secrets.randbelow(60) * 4}/30"
    if ipv6 or wanted.get("TunnelInsideIpv6Cidr"):
        made["TunnelInsideIpv6Cidr"] = wanted.get("TunnelInsideIpv6Cidr") or f"fd00:{secrets.token_hex(2)}::/126"
    key = wanted.get("PreSharedKey")
    if key and not re.fullmatch(r"[1-9A-Za-z._][0-9A-Za-z._]{7,63}", key):
        raise AwsError("InvalidParameterValue", "The pre-shared key is invalid.")
    made["PreSharedKey"] = key or secrets.token_hex(16)
    change(made, wanted)
    return made


def change(made, wanted):
    """Changes the options of a tunnel that are in `wanted`."""
    for name, allowed in LISTS.items():
        if name in wanted:
            values = [v["Value"] for v in wanted[name] or []]
            bad = [v for v in values if v not in allowed]
            if bad:
                raise AwsError("InvalidParameterValue", f"Invalid values {bad} of {name}")
            made[SHOWN.get(name, name)] = [{"Value": v} for v in values]
    for name, (_, low, high) in NUMBERS.items():
        if wanted.get(name) is not None:
            if not low <= wanted[name] <= high:
                raise AwsError("InvalidParameterValue", f"{name} is not between {low} and {high}")
            made[SHOWN.get(name, name)] = wanted[name]
    for name, allowed in CHOICES.items():
        if wanted.get(name) is not None:
            if wanted[name] not in allowed:
                raise AwsError("InvalidParameterValue", f"Invalid {name} {wanted[name]}")
            made[SHOWN.get(name, name)] = wanted[name]
    if wanted.get("EnableTunnelLifecycleControl") is not None:
        made["EnableTunnelLifecycleControl"] = wanted["EnableTunnelLifecycleControl"]
    log = (wanted.get("LogOptions") or {}).get("CloudWatchLogOptions")
    if log is not None:
        before = (made.get("LogOptions") or {}).get("CloudWatchLogOptions") or {}
        made["LogOptions"] = {"CloudWatchLogOptions": {**before, **log.plain()}}


def concentrator_of(call, identifier):
    found = call.table(CONCENTRATOR).get(identifier)
    if found is None or found["State"] == "deleted":
        raise AwsError("InvalidVpnConcentratorID.NotFound", f"The VPN concentrator ID '{identifier}' does not exist")
    return found


@operation("ec2", "CreateVpnConcentrator")
def create_concentrator(call):
    """Many connections that reach a transit gateway by one attachment."""
    if call.params["Type"] != "ipsec.1":
        raise AwsError("InvalidParameterValue", f"Invalid type {call.params['Type']}")
    gateway, identifier = gateway_of(call, call.params.get("TransitGatewayId"), own=True), new_id("vcn-")
    attachment = new_attachment(call, gateway, "vpn-concentrator", identifier)
    made = call.new(
        CONCENTRATOR,
        identifier,
        VpnConcentratorId=identifier,
        TransitGatewayId=gateway["TransitGatewayId"],
        TransitGatewayAttachmentId=attachment["TransitGatewayAttachmentId"],
        Type="ipsec.1",
    ).passes("State", "pending", "available")
    use_defaults(call, gateway, attachment)
    return {"VpnConcentrator": made.shown()}


@operation("ec2", "DescribeVpnConcentrators")
def describe_concentrators(call):
    wanted = call.params.get("VpnConcentratorIds")
    found = [concentrator_of(call, i) for i in wanted] if wanted else listed(call.table(CONCENTRATOR))
    return call.page("VpnConcentrators", found)


@operation("ec2", "DeleteVpnConcentrator")
def delete_concentrator(call):
    found = concentrator_of(call, call.params["VpnConcentratorId"])
    identifier = found["VpnConcentratorId"]
    if any(c.get("VpnConcentratorId") == identifier and c["State"] != "deleted" for c in call.table(CONNECTION).values()):
        raise AwsError("IncorrectState", f"{identifier} has VPN connections.")
    attachment = attachment_of(call, found["TransitGatewayAttachmentId"])
    detach(call, attachment)
    attachment.passes("State", "deleted")
    found.passes("State", "deleted")
    return {"Return": True}


@operation("ec2", "CreateVpnConnection")
def create(call):
    if call.params["Type"] != "ipsec.1":
        raise AwsError("InvalidParameterValue", f"Invalid type {call.params['Type']}")
    gateway = customer(call, call.params["CustomerGatewayId"])
    vpn_gateway, transit = call.params.get("VpnGatewayId"), call.params.get("TransitGatewayId")
    concentrator = call.params.get("VpnConcentratorId")
    if concentrator:
        if vpn_gateway or transit:
            raise AwsError("InvalidParameterCombination", "A VPN connection has one gateway.")
        transit = concentrator_of(call, concentrator)["TransitGatewayId"]
    transit_gateway = check_gateway(call, vpn_gateway, transit)
    wanted = call.params.get("Options") or {}
    ip_version = wanted.get("TunnelInsideIpVersion") or "ipv4"
    static = bool(wanted.get("StaticRoutesOnly"))
    asked = list(wanted.get("TunnelOptions") or [])
    if len(asked) > 2:
        raise AwsError("InvalidParameterValue", "A VPN connection has two tunnels.")
    asked += [{}] * (2 - len(asked))
    options = {
        "EnableAcceleration": bool(wanted.get("EnableAcceleration")),
        "StaticRoutesOnly": static,
        "OutsideIpAddressType": wanted.get("OutsideIpAddressType") or "PublicIpv4",
        "TunnelInsideIpVersion": ip_version,
        "TunnelBandwidth": wanted.get("TunnelBandwidth") or "standard",
        "TunnelOptions": [tunnel(t, n + 1, static, ip_version == "ipv6") for n, t in enumerate(asked)],
    }
    if options["EnableAcceleration"] and not transit:
        raise AwsError("InvalidParameterCombination", "Acceleration needs a transit gateway.")
    transport = wanted.get("TransportTransitGatewayAttachmentId")
    if bool(transport) != (options["OutsideIpAddressType"] == "PrivateIpv4"):
        raise AwsError("InvalidParameterCombination", "Private addresses outside need the attachment that carries the tunnels.")
    if transport:
        attachment_of(call, transport, "direct-connect-gateway", states=("available",))
        options["TransportTransitGatewayAttachmentId"] = transport
    for side in ("Local", "Remote"):
        for version, everything in (("4", "0.0.0.0/0"), ("6", "::/0")):
            name = f"{side}Ipv{version}NetworkCidr"
            value = wanted.get(name)
            if ip_version == f"ipv{version}":
                options[name] = value or everything
            elif value:
                raise AwsError("InvalidParameterCombination", f"{name} does not fit tunnels with {ip_version} inside.")
    identifier = new_id("vpn-")
    connection = call.new(
        CONNECTION,
        identifier,
        VpnConnectionId=identifier,
        CustomerGatewayId=gateway["CustomerGatewayId"],
        Type="ipsec.1",
        Category="VPN",
        GatewayAssociationState="associated" if vpn_gateway or transit else "not-associated",
        Options=options,
        Routes=[],
        VgwTelemetry=[
            {"AcceptedRouteCount": 0, "OutsideIpAddress": t["OutsideIpAddress"], "Status": "DOWN", "StatusMessage": ""}
            for t in options["TunnelOptions"]
        ],
    )
    storage = call.params.get("PreSharedKeyStorage")
    if storage not in (None, "Standard", "SecretsManager"):
        raise AwsError("InvalidParameterValue", f"Invalid PreSharedKeyStorage {storage}")
    if storage == "SecretsManager":
        name = f"s2svpn!{identifier}-{uuid.uuid4()}"
        connection["PreSharedKeyArn"] = f"arn:aws:secretsmanager:{call.region}:{call.account}:secret:{name}"
    if vpn_gateway:
        connection["VpnGatewayId"] = vpn_gateway
    connection.passes("State", "pending", "available")
    if concentrator:
        connection["VpnConcentratorId"] = concentrator
    elif transit:
        connection["TransitGatewayId"] = transit
        use_defaults(call, transit_gateway, new_attachment(call, transit_gateway, "vpn", identifier))
    configure(call, connection)
    moto_side.tag_on_creation(call, identifier, "vpn-connection")
    return {"VpnConnection": shown(call, connection, "VpnConnectionId")}


def configure(call, connection):
    """Writes the configuration for the customer's router."""
    gateway = call.table(CUSTOMER)[connection["CustomerGatewayId"]]
    static = connection["Options"]["StaticRoutesOnly"]
    tunnels = []
    for options in connection["Options"]["TunnelOptions"]:
        hosts = list(ipaddress.ip_network(options["TunnelInsideCidr"], strict=False).hosts())
        bgp = "" if static else "<bgp><asn>{}</asn><hold_time>30</hold_time></bgp>"
        tunnels.append(
            "<ipsec_tunnel><customer_gateway><tunnel_outside_address>"
            f"<ip_address>{gateway.get('IpAddress') or '0.0.0.0'}</ip_address></tunnel_outside_address>"
            f"<tunnel_inside_address><ip_address>{hosts[1]}</ip_address><network_mask>255.255.255.252</network_mask>"
            "<network_cidr>30</network_cidr></tunnel_inside_address>"
            f"{bgp.format(gateway['_asn'])}</customer_gateway>"
            f"<vpn_gateway><tunnel_outside_address><ip_address>{options['OutsideIpAddress']}</ip_address>"
            f"</tunnel_outside_address><tunnel_inside_address><ip_address>{hosts[0]}</ip_address>"
            "<network_mask>255.255.255.252</network_mask><network_cidr>30</network_cidr></tunnel_inside_address>"
            f"{bgp.format(64512)}</vpn_gateway><ike><authentication_protocol>sha1</authentication_protocol>"
            f"<pre_shared_key>{escape(options['PreSharedKey'])}</pre_shared_key></ike>"
            "<ipsec><protocol>esp</protocol></ipsec></ipsec_tunnel>"
        )
    routing = "<static_routes_only>true</static_routes_only>" if static else ""
    connection["CustomerGatewayConfiguration"] = (
        f'<?xml version="1.0" encoding="UTF-8"?><vpn_connection id="{connection["VpnConnectionId"]}">'
        f"<customer_gateway_id>{connection['CustomerGatewayId']}</customer_gateway_id>"
        f"<vpn_gateway_id>{connection.get('VpnGatewayId', '')}</vpn_gateway_id>"
        f"<vpn_connection_type>ipsec.1</vpn_connection_type>{routing}{''.join(tunnels)}</vpn_connection>"
    )


@operation("ec2", "DescribeVpnConnections")
def describe(call):
    ids = call.params.get("VpnConnectionIds")
    found = chosen(call, CONNECTION, "VpnConnectionId", ids, "InvalidVpnConnectionID.NotFound")
    for connection in found:
        connection["Routes"] = [r for r in connection["Routes"] if not r.gone]
    members = {
        "bgp-asn": lambda c: call.table(CUSTOMER).get(c["CustomerGatewayId"], {}).get("_asn"),
        "customer-gateway-id": "CustomerGatewayId",
        "option.static-routes-only": "Options.StaticRoutesOnly",
        "route.destination-cidr-block": lambda c: [r["DestinationCidrBlock"] for r in c["Routes"]],
        "state": "State",
        "transit-gateway-id": "TransitGatewayId",
        "type": "Type",
        "vpn-connection-id": "VpnConnectionId",
        "vpn-gateway-id": "VpnGatewayId",
    }
    tags = lambda c: moto_side.tags(call, c["VpnConnectionId"])
    answer = []
    for connection in select(found, call.params.get("Filters"), members, tags):
        one = shown(call, connection, "VpnConnectionId")
        one["Routes"] = [r.shown() for r in connection["Routes"]]
        if one["State"] == "deleted":
            one.pop("CustomerGatewayConfiguration", None)
        answer.append(one)
    return {"VpnConnections": answer}


def connection_of(call, identifier, ready=True):
    found = call.table(CONNECTION).get(identifier)
    if found is None or found["State"] in ("deleted", "deleting"):
        raise AwsError("InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{identifier}' does not exist")
    if ready and found["State"] != "available":
        raise AwsError("IncorrectState", f"The VPN connection is in state {found['State']}.")
    return found


@operation("ec2", "ModifyVpnConnection")
def modify(call):
    connection = connection_of(call, call.params["VpnConnectionId"])
    vpn_gateway, transit = call.params.get("VpnGatewayId"), call.params.get("TransitGatewayId")
    if call.params.get("CustomerGatewayId"):
        connection["CustomerGatewayId"] = customer(call, call.params["CustomerGatewayId"])["CustomerGatewayId"]
    if vpn_gateway or transit:
        gateway = check_gateway(call, vpn_gateway, transit)
        unattach(call, connection)
        connection.pop("VpnGatewayId", None), connection.pop("TransitGatewayId", None)
        if vpn_gateway:
            connection["VpnGatewayId"] = vpn_gateway
        else:
            connection["TransitGatewayId"] = transit
            use_defaults(call, gateway, new_attachment(call, gateway, "vpn", connection["VpnConnectionId"]))
    configure(call, connection)
    connection.passes("State", "pending", "available")
    return {"VpnConnection": shown(call, connection, "VpnConnectionId")}


def unattach(call, connection):
    for attachment in call.world.every("attachment", call.region):
        if attachment["ResourceId"] == connection["VpnConnectionId"] and attachment["State"] != "deleted":
            detach(call, attachment)
            attachment.passes("State", "deleted")


@operation("ec2", "ModifyVpnConnectionOptions")
def modify_options(call):
    connection = connection_of(call, call.params["VpnConnectionId"])
    for name in ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "LocalIpv6NetworkCidr", "RemoteIpv6NetworkCidr", "TunnelBandwidth"):
        if call.params.get(name):
            connection["Options"][name] = call.params[name]
    connection.passes("State", "pending", "available")
    return {"VpnConnection": shown(call, connection, "VpnConnectionId")}


@operation("ec2", "ModifyVpnTunnelOptions")
def modify_tunnel(call):
    connection = connection_of(call, call.params["VpnConnectionId"])
    address, wanted = call.params["VpnTunnelOutsideIpAddress"], call.params["TunnelOptions"]
    found = [t for t in connection["Options"]["TunnelOptions"] if t["OutsideIpAddress"] == address]
    if not found:
        raise AwsError("InvalidParameterValue", f"{address} is no outside address of the connection.")
    for name in ("TunnelInsideCidr", "TunnelInsideIpv6Cidr", "PreSharedKey"):
        if wanted.get(name):
            found[0][name] = wanted[name]
    change(found[0], wanted)
    if call.params.get("SkipTunnelReplacement") or call.params.get("PreSharedKeyStorage"):
        raise NotModelled("SkipTunnelReplacement and PreSharedKeyStorage")
    configure(call, connection)
    connection.passes("State", "pending", "available")
    return {"VpnConnection": shown(call, connection, "VpnConnectionId")}


@operation("ec2", "DeleteVpnConnection")
def delete(call):
    connection = connection_of(call, call.params["VpnConnectionId"], ready=False)
    unattach(call, connection)
    connection.passes("State", "deleting", "deleted")
    moto_side.forget_tags(call, connection["VpnConnectionId"])


@operation("ec2", "CreateVpnConnectionRoute")
def create_route(call):
    connection, destination = connection_of(call, call.params["VpnConnectionId"]), call.params["DestinationCidrBlock"]
    if not connection["Options"]["StaticRoutesOnly"]:
        raise AwsError("InvalidParameterCombination", "The VPN connection does not have static routes.")
    ipaddress_or_error(destination)
    if not any(r["DestinationCidrBlock"] == destination and not r.gone for r in connection["Routes"]):
        made = State(DestinationCidrBlock=destination, Source="Static").passes("State", "pending", "available")
        connection["Routes"].append(made)


def ipaddress_or_error(text):
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Invalid CIDR block {text}") from None


@operation("ec2", "DeleteVpnConnectionRoute")
def delete_route(call):
    connection, destination = connection_of(call, call.params["VpnConnectionId"]), call.params["DestinationCidrBlock"]
    for found in connection["Routes"]:
        if found["DestinationCidrBlock"] == destination and not found.gone and found["State"] != "deleting":
            found.gone_after("State", "deleting", "deleted")
            return
    raise AwsError("InvalidRoute.NotFound", f"The route {destination} does not exist.")


@operation("ec2", "EnableVgwRoutePropagation")
def propagate(call):
    table, identifier = moto_side.route_table(call, call.params["RouteTableId"]), call.params["GatewayId"]
    gateway = moto_side.vpn_gateway(call, identifier)
    attached = [a.vpc_id for a in gateway.attachments.values() if a.state == "attached"]
    if table.vpc_id not in attached:
        raise AwsError("Gateway.NotAttached", f"resource {identifier} is not attached to network {table.vpc_id}")
    call.world.table("propagations", table.id, "")[identifier] = State()


@operation("ec2", "DisableVgwRoutePropagation")
def stop_propagating(call):
    table = moto_side.route_table(call, call.params["RouteTableId"])
    gateway = moto_side.vpn_gateway(call, call.params["GatewayId"])
    call.world.table("propagations", table.id, "").pop(gateway.id, None)


