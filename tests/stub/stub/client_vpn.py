"""Client VPN: endpoints, the networks they are associated with, who may go where, and routes."""
import ipaddress

from . import moto_side
from .errors import AwsError
from .operations import operation
from .transit_attachments import attachment_of, detach, new_attachment, use_defaults
from .transit_gateways import gateway_of
from .world import State, get, listed, new_id, now, select

KIND = "client-vpn-endpoint"


def endpoint_of(call, identifier):
    found = call.table(KIND).get(identifier)
    if found is None or found.gone or get(found, "Status.Code") in ("deleting", "deleted"):
        raise AwsError("InvalidClientVpnEndpointId.NotFound", f"Endpoint {identifier} does not exist")
    return found


def client_range(text, authentication):
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Invalid client CIDR {text}") from None
    if not 12 <= network.prefixlen <= 22:
        raise AwsError("InvalidParameterValue", f"The client CIDR {text} must be of size /12 to /22")


def authentication(options):
    shown = []
    for option in options:
        kind = option["Type"]
        one = {"Type": kind}
        if kind == "certificate-authentication":
            chain = (option.get("MutualAuthentication") or {}).get("ClientRootCertificateChainArn")
            if not chain:
                raise AwsError("MissingParameter", "ClientRootCertificateChainArn is missing.")
            one["MutualAuthentication"] = {"ClientRootCertificateChain": chain}
        elif kind == "directory-service-authentication":
            directory = (option.get("ActiveDirectory") or {}).get("DirectoryId")
            if not directory:
                raise AwsError("MissingParameter", "DirectoryId is missing.")
            one["ActiveDirectory"] = {"DirectoryId": directory}
        else:
            federated = option.get("FederatedAuthentication") or {}
            if not federated.get("SAMLProviderArn"):
                raise AwsError("MissingParameter", "SAMLProviderArn is missing.")
            one["FederatedAuthentication"] = {"SamlProviderArn": federated["SAMLProviderArn"]}
            if federated.get("SelfServiceSAMLProviderArn"):
                one["FederatedAuthentication"]["SelfServiceSamlProviderArn"] = federated["SelfServiceSAMLProviderArn"]
        shown.append(one)
    return shown


def connection_log(options):
    made = options.plain()
    if made.get("Enabled") and not made.get("CloudwatchLogGroup"):
        raise AwsError("MissingParameter", "CloudwatchLogGroup is missing.")
    return made


@operation("ec2", "CreateClientVpnEndpoint")
def create(call):
    params, identifier = call.params, new_id("cvpn-endpoint-")
    if not params.get("ClientCidrBlock") and params.get("TrafficIpAddressType") != "ipv6":
        raise AwsError("MissingParameter", "ClientCidrBlock is missing.")
    auth = authentication(params["AuthenticationOptions"])
    if params.get("ClientCidrBlock"):
        client_range(params["ClientCidrBlock"], auth)
    if params.get("VpnPort") not in (None, 443, 1194):
        raise AwsError("InvalidParameterValue", "VpnPort must be 443 or 1194")
    transit = params.get("TransitGatewayConfiguration")
    if transit and (params.get("VpcId") or params.get("SecurityGroupIds")):
        raise AwsError("InvalidParameterCombination", "An endpoint leads to a transit gateway, or to a VPC.")
    endpoint = call.new(
        KIND,
        identifier,
        ClientVpnEndpointId=identifier,
        Description=params.get("Description"),
        CreationTime=now().isoformat(),
        DnsName=f"*.{identifier}.prod.clientvpn.{call.region}.amazonaws.com",
        ClientCidrBlock=params.get("ClientCidrBlock"),
        DnsServers=list(params.get("DnsServers") or []),
        SplitTunnel=bool(params.get("SplitTunnel")),
        VpnProtocol="openvpn",
        TransportProtocol=params.get("TransportProtocol") or "udp",
        VpnPort=params.get("VpnPort") or 443,
        ServerCertificateArn=params["ServerCertificateArn"],
        AuthenticationOptions=auth,
        ConnectionLogOptions=connection_log(params["ConnectionLogOptions"]),
        SecurityGroupIds=[],
        SessionTimeoutHours=hours(params.get("SessionTimeoutHours")),
        DisconnectOnSessionTimeout=params.get("DisconnectOnSessionTimeout") is not False,
        EndpointIpAddressType=params.get("EndpointIpAddressType") or "ipv4",
        TrafficIpAddressType=params.get("TrafficIpAddressType") or "ipv4",
        ClientConnectOptions={"Enabled": False, "Status": {"Code": "applied"}},
        ClientLoginBannerOptions={"Enabled": False},
        ClientRouteEnforcementOptions={"Enforced": False},
    )
    network(call, endpoint)
    others(call, endpoint)
    endpoint.passes("Status.Code", "pending-associate")
    if transit:
        lead_to_gateway(call, endpoint, transit)
    moto_side.tag_on_creation(call, identifier, "client-vpn-endpoint")
    return {"ClientVpnEndpointId": identifier, "Status": {"Code": "pending-associate"}, "DnsName": endpoint["DnsName"]}


def lead_to_gateway(call, endpoint, wanted):
    """The attachment of an endpoint to a transit gateway, in some zones."""
    gateway, identifier = gateway_of(call, wanted.get("TransitGatewayId")), endpoint["ClientVpnEndpointId"]
    names, ids = wanted.get("AvailabilityZones") or [], wanted.get("AvailabilityZoneIds") or []
    zones = [z for z in moto_side.backend(call).describe_availability_zones() if z.name in names or z.zone_id in ids]
    if bool(names) == bool(ids) or len(zones) != len(names or ids):
        raise AwsError("InvalidParameterValue", "The zones are given by name or by id, and are those of the region.")
    attachment = new_attachment(call, gateway, "client-vpn", identifier)
    use_defaults(call, gateway, attachment)
    endpoint["TransitGatewayConfiguration"] = {
        "TransitGatewayId": gateway["TransitGatewayId"],
        "TransitGatewayAttachmentId": attachment["TransitGatewayAttachmentId"],
        "AvailabilityZones": [z.name for z in zones],
        "AvailabilityZoneIds": [z.zone_id for z in zones],
    }
    endpoint.passes("Status.Code", "pending-associate", "available")


def hours(number):
    if number not in (None, 8, 10, 12, 24):
        raise AwsError("InvalidParameterValue", "SessionTimeoutHours must be 8, 10, 12 or 24")
    return number or 24


def network(call, endpoint):
    """VPC and security groups."""
    vpc, groups = call.params.get("VpcId"), call.params.get("SecurityGroupIds")
    if vpc:
        moto_side.vpc(call, vpc)
        endpoint["VpcId"] = vpc
    if groups is not None and groups:
        if not endpoint.get("VpcId"):
            raise AwsError("MissingParameter", "Security groups need a VPC.")
        for group in groups:
            if moto_side.security_group(call, group).vpc_id != endpoint["VpcId"]:
                raise AwsError("InvalidParameterValue", f"{group} is not in {endpoint['VpcId']}.")
        endpoint["SecurityGroupIds"] = list(groups)


def others(call, endpoint):
    """Options that are given and changed in the same way."""
    params = call.params
    if params.get("SelfServicePortal"):
        url = f"https://self-service.clientvpn.amazonaws.com/endpoints/{endpoint['ClientVpnEndpointId']}"
        endpoint["SelfServicePortalUrl"] = url if params["SelfServicePortal"] == "enabled" else None
    if params.get("ClientConnectOptions"):
        wanted = params["ClientConnectOptions"].plain()
        endpoint["ClientConnectOptions"] = {**wanted, "Status": {"Code": "applied"}}
    if params.get("ClientLoginBannerOptions"):
        endpoint["ClientLoginBannerOptions"] = params["ClientLoginBannerOptions"].plain()
    if params.get("ClientRouteEnforcementOptions"):
        endpoint["ClientRouteEnforcementOptions"] = params["ClientRouteEnforcementOptions"].plain()


@operation("ec2", "ModifyClientVpnEndpoint")
def modify(call):
    params, endpoint = call.params, endpoint_of(call, call.params["ClientVpnEndpointId"])
    for name in ("ServerCertificateArn", "Description", "SplitTunnel", "VpnPort", "DisconnectOnSessionTimeout"):
        if params.get(name) is not None:
            endpoint[name] = params[name]
    if params.get("SessionTimeoutHours") is not None:
        endpoint["SessionTimeoutHours"] = hours(params["SessionTimeoutHours"])
    if params.get("ConnectionLogOptions"):
        endpoint["ConnectionLogOptions"] = connection_log(params["ConnectionLogOptions"])
    servers = params.get("DnsServers")
    if servers is not None:
        custom = servers.get("CustomDnsServers")
        if servers.get("Enabled") is False:
            endpoint["DnsServers"] = []
        elif custom:
            endpoint["DnsServers"] = list(custom)
    network(call, endpoint)
    others(call, endpoint)
    return {"Return": True}


@operation("ec2", "DescribeClientVpnEndpoints")
def describe(call):
    wanted = call.params.get("ClientVpnEndpointIds")
    for identifier in wanted or []:
        endpoint_of(call, identifier)
    found = [e for e in listed(call.table(KIND)) if not wanted or e["ClientVpnEndpointId"] in wanted]
    members = {"endpoint-id": "ClientVpnEndpointId", "transport-protocol": "TransportProtocol"}
    tags = lambda e: moto_side.tags(call, e["ClientVpnEndpointId"])
    answer = call.page("ClientVpnEndpoints", select(found, call.params.get("Filters"), members, tags))
    for endpoint in answer["ClientVpnEndpoints"]:
        endpoint["Tags"] = moto_side.tag_list(call, endpoint["ClientVpnEndpointId"])
        networks = of(call, "cvpn-association", endpoint["ClientVpnEndpointId"])
        endpoint["AssociatedTargetNetworks"] = [{"NetworkId": n["TargetNetworkId"], "NetworkType": "vpc"} for n in networks]
    return answer


def of(call, kind, endpoint):
    return [o for o in listed(call.table(kind)) if o["ClientVpnEndpointId"] == endpoint]


@operation("ec2", "DeleteClientVpnEndpoint")
def delete(call):
    identifier = call.params["ClientVpnEndpointId"]
    endpoint = endpoint_of(call, identifier)
    if of(call, "cvpn-association", identifier):
        raise AwsError("OperationNotPermitted", "Client VPN endpoint has associated target networks.")
    endpoint.gone_after("Status.Code", "deleting")
    if endpoint.get("TransitGatewayConfiguration"):
        attachment = attachment_of(call, endpoint["TransitGatewayConfiguration"]["TransitGatewayAttachmentId"])
        detach(call, attachment)
        attachment.passes("State", "deleted")
    for kind in ("cvpn-rule", "cvpn-route"):
        for key in [k for k, o in call.table(kind).items() if o["ClientVpnEndpointId"] == identifier]:
            del call.table(kind)[key]
    moto_side.forget_tags(call, identifier)
    return {"Status": {"Code": "deleting"}}


@operation("ec2", "AssociateClientVpnTargetNetwork")
def associate(call):
    identifier, subnet_id = call.params["ClientVpnEndpointId"], call.params["SubnetId"]
    endpoint, subnet = endpoint_of(call, identifier), moto_side.subnet(call, subnet_id)
    if endpoint.get("TransitGatewayConfiguration"):
        raise AwsError("InvalidParameterValue", f"{identifier} leads to a transit gateway.")
    if endpoint.get("VpcId") and endpoint["VpcId"] != subnet.vpc_id:
        raise AwsError("InvalidParameterValue", f"{subnet_id} is not in {endpoint['VpcId']}.")
    for other in of(call, "cvpn-association", identifier):
        there = moto_side.subnet(call, other["TargetNetworkId"])
        if there.id == subnet_id:
            raise AwsError("InvalidClientVpnDuplicateAssociationException", f"{subnet_id} is associated already.")
        if there.availability_zone == subnet.availability_zone:
            raise AwsError("InvalidClientVpnDuplicateAssociationException", "There is one subnet for each zone.")
    endpoint["VpcId"] = subnet.vpc_id
    if not endpoint["SecurityGroupIds"]:
        groups = moto_side.backend(call).groups[subnet.vpc_id].values()
        endpoint["SecurityGroupIds"] = [g.id for g in groups if g.name == "default"]
    made = call.new(
        "cvpn-association",
        association := new_id("cvpn-assoc-"),
        AssociationId=association,
        ClientVpnEndpointId=identifier,
        TargetNetworkId=subnet_id,
        VpcId=subnet.vpc_id,
        SecurityGroups=list(endpoint["SecurityGroupIds"]),
    ).passes("Status.Code", "associating", "associated")
    endpoint.passes("Status.Code", get(endpoint, "Status.Code"), "available")
    block = moto_side.vpc(call, subnet.vpc_id).cidr_block
    new_route(call, identifier, block, subnet_id, "associate", "Default Route")
    return {"AssociationId": association, "Status": made.shown()["Status"]}


@operation("ec2", "DescribeClientVpnTargetNetworks")
def describe_networks(call):
    identifier, wanted = call.params["ClientVpnEndpointId"], call.params.get("AssociationIds")
    endpoint_of(call, identifier)
    found = of(call, "cvpn-association", identifier)
    for association in wanted or []:
        if not any(n["AssociationId"] == association for n in found):
            text = f"The association {association} does not exist"
            raise AwsError("InvalidClientVpnAssociationIdNotFound", text)
    found = [n for n in found if not wanted or n["AssociationId"] in wanted]
    members = {"association-id": "AssociationId", "target-network-id": "TargetNetworkId", "vpc-id": "VpcId"}
    return call.page("ClientVpnTargetNetworks", select(found, call.params.get("Filters"), members))


@operation("ec2", "DisassociateClientVpnTargetNetwork")
def disassociate(call):
    identifier, association = call.params["ClientVpnEndpointId"], call.params["AssociationId"]
    endpoint = endpoint_of(call, identifier)
    found = call.table("cvpn-association").get(association)
    if found is None or found.gone or found["ClientVpnEndpointId"] != identifier:
        text = f"The association {association} does not exist"
        raise AwsError("InvalidClientVpnAssociationIdNotFound", text)
    found.gone_after("Status.Code", "disassociating")
    for key in [k for k, r in call.table("cvpn-route").items() if k[0] == identifier and k[2] == found["TargetNetworkId"]]:
        del call.table("cvpn-route")[key]
    left = [n for n in of(call, "cvpn-association", identifier) if get(n, "Status.Code") != "disassociating"]
    if not left:
        endpoint.passes("Status.Code", "pending-associate")
    return {"AssociationId": association, "Status": {"Code": "disassociating"}}


@operation("ec2", "AuthorizeClientVpnIngress")
def authorize(call):
    params, identifier = call.params, call.params["ClientVpnEndpointId"]
    endpoint_of(call, identifier)
    target, group, everyone = params["TargetNetworkCidr"], params.get("AccessGroupId"), params.get("AuthorizeAllGroups")
    network_or_error(target)
    if bool(group) == bool(everyone):
        raise AwsError("MissingParameter", "Exactly one of AccessGroupId and AuthorizeAllGroups is needed.")
    key = (identifier, target, group)
    present = call.table("cvpn-rule").get(key)
    if present is not None and not present.gone:
        raise AwsError("InvalidClientVpnDuplicateAuthorizationRule", f"There is a rule for {target} already.")
    rule = State(
        ClientVpnEndpointId=identifier,
        Description=params.get("Description"),
        GroupId=group or "",
        AccessAll=bool(everyone),
        DestinationCidr=target,
    )
    call.table("cvpn-rule")[key] = rule.passes("Status.Code", "authorizing", "active")
    return {"Status": {"Code": "authorizing"}}


def network_or_error(text):
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Invalid CIDR {text}") from None


@operation("ec2", "DescribeClientVpnAuthorizationRules")
def rules(call):
    identifier = call.params["ClientVpnEndpointId"]
    endpoint_of(call, identifier)
    members = {"description": "Description", "destination-cidr": "DestinationCidr", "group-id": "GroupId"}
    found = select(of(call, "cvpn-rule", identifier), call.params.get("Filters"), members)
    return call.page("AuthorizationRules", found)


@operation("ec2", "RevokeClientVpnIngress")
def revoke(call):
    params, identifier = call.params, call.params["ClientVpnEndpointId"]
    endpoint_of(call, identifier)
    group = params.get("AccessGroupId")
    if bool(group) == bool(params.get("RevokeAllGroups")):
        raise AwsError("MissingParameter", "Exactly one of AccessGroupId and RevokeAllGroups is needed.")
    found = call.table("cvpn-rule").get((identifier, params["TargetNetworkCidr"], group))
    if found is None or found.gone:
        raise AwsError("InvalidClientVpnAuthorizationRuleNotFound", "The rule does not exist.")
    found.gone_after("Status.Code", "revoking")
    return {"Status": {"Code": "revoking"}}


def new_route(call, endpoint, destination, subnet, origin, description):
    made = State(
        ClientVpnEndpointId=endpoint,
        DestinationCidr=destination,
        TargetSubnet=subnet,
        Type="Nat",
        Origin=origin,
        Description=description,
    )
    call.table("cvpn-route")[endpoint, destination, subnet] = made.passes("Status.Code", "creating", "active")
    return made


@operation("ec2", "CreateClientVpnRoute")
def create_route(call):
    params, identifier = call.params, call.params["ClientVpnEndpointId"]
    transit = endpoint_of(call, identifier).get("TransitGatewayConfiguration")
    destination, subnet = params["DestinationCidrBlock"], params.get("TargetVpcSubnetId")
    network_or_error(destination)
    if bool(transit) == bool(subnet):
        raise AwsError("InvalidParameterValue", "A route leads to a subnet, at an endpoint that leads to a transit gateway to none.")
    if subnet and not any(n["TargetNetworkId"] == subnet for n in of(call, "cvpn-association", identifier)):
        raise AwsError("InvalidClientVpnActiveAssociationNotFound", f"{subnet} is not associated.")
    present = call.table("cvpn-route").get((identifier, destination, subnet))
    if present is not None and not present.gone:
        raise AwsError("InvalidClientVpnDuplicateRoute", f"There is a route to {destination} already.")
    made = new_route(call, identifier, destination, subnet, "add-route", params.get("Description"))
    if transit:
        made["TransitGatewayAttachmentId"] = transit["TransitGatewayAttachmentId"]
    return {"Status": {"Code": "creating"}}


@operation("ec2", "DescribeClientVpnRoutes")
def routes(call):
    identifier = call.params["ClientVpnEndpointId"]
    endpoint_of(call, identifier)
    members = {"destination-cidr": "DestinationCidr", "origin": "Origin", "target-subnet": "TargetSubnet"}
    found = select(of(call, "cvpn-route", identifier), call.params.get("Filters"), members)
    return call.page("Routes", found)


@operation("ec2", "DeleteClientVpnRoute")
def delete_route(call):
    params, identifier = call.params, call.params["ClientVpnEndpointId"]
    endpoint_of(call, identifier)
    found = call.table("cvpn-route").get((identifier, params["DestinationCidrBlock"], params.get("TargetVpcSubnetId")))
    if found is None or found.gone:
        raise AwsError("InvalidClientVpnRouteNotFound", "The route does not exist.")
    if found["Origin"] == "associate":
        raise AwsError("OperationNotPermitted", "Routes made by an association cannot be deleted.")
    found.gone_after("Status.Code", "deleting")
    return {"Status": {"Code": "deleting"}}


