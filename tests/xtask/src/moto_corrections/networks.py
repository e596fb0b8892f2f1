"""Subnets, prefix lists, endpoints, interfaces, the targets of routes and the sides of peering connections."""
import copy
import ipaddress

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError, RouteNotSupportedError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.subnets import Subnets
from moto.ec2.responses.vpc_peering_connections import VPCPeeringConnections
from moto.ec2.responses.vpcs import VPCs

# Switches of a subnet: what a request calls them, and the member of its description.
SWITCHES = {
    "AssignIpv6AddressOnCreation": "assign_ipv6_address_on_creation",
    "EnableDns64": "enable_dns64",
    "MapPublicIpOnLaunch": "map_public_ip_on_launch",
}
NAMES = {
    "EnableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecord",
    "EnableResourceNameDnsAAAARecordOnLaunch": "EnableResourceNameDnsAAAARecord",
}

Subnet.enable_dns64 = False
# One with IPv6 only has no others to give away.
free_addresses = Subnet.available_ip_address_count.fget
Subnet.available_ip_address_count = property(lambda subnet: 0 if subnet.ipv6_native else free_addresses(subnet))
Subnet.ipv6_cidr_block_association_set = property(
    lambda subnet: [
        {
            "Ipv6CidrBlock": a["ipv6CidrBlock"],
            "AssociationId": a["associationId"],
            "Ipv6CidrBlockState": a["ipv6CidrBlockState"],
        }
        for a in subnet.ipv6_cidr_block_associations.values()
        if a["ipv6CidrBlockState"]["State"] == "associated"
    ]
)


def modify_subnet(self):
    subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
    asked = {name: self._get_param(f"{name}.Value") for name in (*SWITCHES, *NAMES)}
    asked["PrivateDnsHostnameTypeOnLaunch"] = self._get_param("PrivateDnsHostnameTypeOnLaunch")
    asked = {name: value for name, value in asked.items() if value is not None}
    if len(asked) != 1:
        raise EC2ClientError("InvalidParameterCombination", "One attribute of a subnet can be changed at a time.")
    [(name, value)] = asked.items()
    if name == "AssignIpv6AddressOnCreation" and value and not subnet.ipv6_cidr_block_association_set:
        raise EC2ClientError("InvalidParameterValue", "Invalid value 'true' for assignIpv6AddressOnCreation. Subnet must have an IPv6 CIDR.")
    if name in SWITCHES:
        setattr(subnet, SWITCHES[name], value)
    else:
        subnet.private_dns_name_options_on_launch[NAMES.get(name, "HostnameType")] = value
    return EmptyResult()


Subnets.modify_subnet_attribute = modify_subnet


def resize(call):
    def modify_managed_prefix_list(self):
        most = self._get_param("MaxEntries")
        if most is None:
            return call(self)
        if self._get_param("AddEntries") or self._get_param("RemoveEntries"):
            raise EC2ClientError("InvalidParameterCombination", "The size and the entries of a prefix list do not change at once.")
        answer = call(self)
        found = answer.result["PrefixList"]
        if int(most) < len((found.entries or {}).get(found.version) or []):
            raise EC2ClientError("InvalidParameterValue", "A prefix list is no smaller than its entries.")
        found.max_entries = int(most)
        return answer

    return modify_managed_prefix_list


VPCs.modify_managed_prefix_list = resize(VPCs.modify_managed_prefix_list)


def made_with_more(call):
    """What an endpoint is made with."""

    def create_vpc_endpoint(self):
        goals = {member: self._get_param(name) for name, member in GOALS.items()}
        if sum(map(bool, [self._get_param("ServiceName"), *goals.values()])) != 1:
            raise EC2ClientError("InvalidParameterCombination", "An endpoint leads to one service, service network or resource.")
        answer = call(self)
        endpoint = self.ec2_backend.vpc_end_points[answer.result["VpcEndpoint"].id]
        vars(endpoint).update(goals)
        if endpoint.vpc_endpoint_type == "Interface" and not endpoint.security_group_ids:
            groups = self.ec2_backend.groups[endpoint.vpc_id].values()
            endpoint.security_group_ids = [g.id for g in groups if g.name == "default"]
        change_names(self, endpoint)
        give_addresses(self, endpoint)
        return answer

    return create_vpc_endpoint


def modify_endpoint(call):
    def modify_vpc_endpoint(self):
        answer = call(self)
        endpoint = self.ec2_backend.vpc_end_points[self._get_param("VpcEndpointId")]
        change_names(self, endpoint)
        give_addresses(self, endpoint)
        return answer

    return modify_vpc_endpoint


def change_names(self, endpoint):
    private, kind, names = (self._get_param(n) for n in ("PrivateDnsEnabled", "IpAddressType", "DnsOptions"))
    if private is not None:
        endpoint.private_dns_enabled = private
    if endpoint.vpc_endpoint_type in ("Interface", "GatewayLoadBalancer") or kind:
        endpoint.ip_address_type = kind or getattr(endpoint, "ip_address_type", None) or "ipv4"
    if names or endpoint.vpc_endpoint_type == "Interface":
        before = getattr(endpoint, "dns_options", None) or {"DnsRecordIpType": endpoint.ip_address_type}
        endpoint.dns_options = {**before, **(names or {})}
        domains = (names or {}).get("PrivateDnsSpecifiedDomains")
        if "SPECIFIED" not in endpoint.dns_options.get("PrivateDnsPreference", ""):
            if domains:
                raise EC2ClientError("InvalidParameter", "Domains are specified where the preference says so.")
            endpoint.dns_options.pop("PrivateDnsSpecifiedDomains", None)


def give_addresses(self, endpoint):
    """The addresses that a request chooses for the endpoint's interfaces."""
    for wanted in self._get_param("SubnetConfigurations", []) or []:
        there = map(self.ec2_backend.get_network_interface, endpoint.network_interface_ids)
        found = [i for i in there if i.subnet.id == wanted["SubnetId"]]
        if not found:
            raise EC2ClientError("InvalidParameterValue", f"The endpoint has no interface in {wanted['SubnetId']}.")
        if wanted.get("Ipv4"):
            found[0].private_ip_address = wanted["Ipv4"]
            found[0].private_ip_addresses = [{"Primary": True, "PrivateIpAddress": wanted["Ipv4"]}]
        if wanted.get("Ipv6"):
            if endpoint.ip_address_type not in ("dualstack", "ipv6"):
                raise EC2ClientError("InvalidParameterCombination", "The endpoint has no IPv6 addresses.")
            found[0].ipv6_addresses = [wanted["Ipv6"]]


# What an endpoint leads to beside services.
GOALS = {"ServiceNetworkArn": "service_network_arn", "ResourceConfigurationArn": "resource_configuration_arn"}
VPCEndPoint.ip_address_type = VPCEndPoint.dns_options = None
VPCEndPoint.service_network_arn = VPCEndPoint.resource_configuration_arn = None
VPCs.create_vpc_endpoint = made_with_more(VPCs.create_vpc_endpoint)
VPCs.modify_vpc_endpoint = modify_endpoint(VPCs.modify_vpc_endpoint)


def modify_interface(call):
    def modify_network_interface_attribute(self):
        answer = call(self)
        if self._get_param("Description.Value") == "":
            self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId")).description = ""
        return answer

    return modify_network_interface_attribute


# By family: the members of requests and of a description, how many bits a prefix has.
FAMILIES = (
    ("Ipv4Prefixes", "Ipv4Prefix", "Ipv4PrefixCount", "ipv4_prefixes", 28),
    ("Ipv6Prefixes", "Ipv6Prefix", "Ipv6PrefixCount", "ipv6_prefixes", 80),
)


def ranges(interface, bits):
    """The networks of a subnet that can be delegated to an interface: none that has an address that is taken."""
    subnet = interface.subnet
    six = [a["ipv6CidrBlock"] for a in subnet.ipv6_cidr_block_associations.values() if a["ipv6CidrBlockState"]["State"] == "associated"]
    block = ipaddress.ip_network(subnet.cidr_block if bits == 28 else six[0])
    return block, reversed(list(block.subnets(new_prefix=bits))) if bits == 28 else block.subnets(new_prefix=bits)


def delegate(self, interface, answer=None):
    """Gives an interface the prefixes that a request asks for, by name or by number."""
    for many, one, count, member, bits in FAMILIES:
        there = vars(interface).setdefault(member, [])
        asked = [p[one] if isinstance(p, dict) else p for p in self._get_param(many, []) or []]
        number = int(self._get_param(count) or 0)
        if asked and number:
            raise EC2ClientError("InvalidParameterCombination", f"Either {many} or {count} can be given.")
        if not asked and not number:
            continue
        others = self.ec2_backend.enis.values()
        taken = {p[one] for other in others for p in vars(other).get(member, [])}
        block, free = ranges(interface, bits)
        for prefix in asked:
            network = ipaddress.ip_network(prefix)
            if network.prefixlen != bits or not network.subnet_of(block) or prefix in taken:
                raise EC2ClientError("InvalidParameterValue", f"'{prefix}' is no free prefix of the subnet.")
        free = (str(network) for network in free if str(network) not in taken)
        added = [{one: prefix} for prefix in asked or [next(free) for _ in range(number)]]
        there.extend(added)
        if answer is not None:
            answer[f"Assigned{many}"] = [a[one] for a in added] if bits == 80 else added


def take_back(self, interface):
    for many, one, _, member, _ in FAMILIES:
        gone = set(self._get_param(many, []) or [])
        there = vars(interface).get(member, [])
        if not gone <= {p[one] for p in there}:
            raise EC2ClientError("InvalidParameterValue", "The interface has no such prefix.")
        vars(interface)[member] = [p for p in there if p[one] not in gone]


def with_prefixes(call, change):
    def changed(self):
        answer = call(self)
        interface = self._get_param("NetworkInterfaceId") or answer.result["NetworkInterface"].id
        change(self, self.ec2_backend.get_network_interface(interface), answer)
        return answer

    return changed


def told_of(self, interface, answer):
    delegate(self, interface, answer.result if "NetworkInterface" not in answer.result else None)


def only_prefixes(call):
    """Moto takes a request that names no address for one of one."""

    def assign(self):
        named = self._get_param("Ipv6Addresses") or self._get_param("Ipv6AddressCount")
        if named:
            return call(self)
        return ActionResult({"NetworkInterfaceId": self._get_param("NetworkInterfaceId")})

    return assign


NetworkInterface.ipv4_prefixes = NetworkInterface.ipv6_prefixes = None
Interfaces = ElasticNetworkInterfaces
Interfaces.modify_network_interface_attribute = modify_interface(Interfaces.modify_network_interface_attribute)
Interfaces.create_network_interface = with_prefixes(Interfaces.create_network_interface, told_of)
Interfaces.assign_private_ip_addresses = with_prefixes(Interfaces.assign_private_ip_addresses, told_of)
Interfaces.assign_ipv6_addresses = with_prefixes(only_prefixes(Interfaces.assign_ipv6_addresses), told_of)
for name in ("unassign_private_ip_addresses", "unassign_ipv6_addresses"):
    setattr(Interfaces, name, with_prefixes(getattr(Interfaces, name), lambda self, i, _: take_back(self, i)))


TARGETS = ("instance", "interface", "vpc_pcx", "carrier_gateway", "vpc_endpoint_id")


def replace_route(call):
    """What a route led to is no target of it any more, and it may lead to an endpoint or within the VPC."""

    def replace(self):
        backend, wanted = self.ec2_backend, self._get_param("VpcEndpointId")
        if wanted and backend.describe_vpc_endpoints(vpc_end_point_ids=[wanted])[0].vpc_endpoint_type != "GatewayLoadBalancer":
            raise RouteNotSupportedError(wanted)
        names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        destination = next(filter(None, map(self._get_param, names)), None)
        there = backend.get_route_table(self._get_param("RouteTableId"))._routes.values()
        for route in there:
            listed = route.destination_prefix_list and route.destination_prefix_list.id
            if destination in (route.destination_cidr_block, route.destination_ipv6_cidr_block, listed):
                before = dict(vars(route))
                vars(route).update(dict.fromkeys(TARGETS), local=bool(self._get_param("LocalTarget")))
                try:
                    answer = call(self)
                except Exception:
                    vars(route).update(before)
                    raise
                route.vpc_endpoint_id = wanted
                return answer
        return call(self)

    return replace


RouteTables.replace_route = replace_route(RouteTables.replace_route)


def with_gateways(tell):
    """Virtual private gateways use tables, too."""

    def told(table):
        found = tell(table)
        for item in found:
            target = table._associations.get(item["RouteTableAssociationId"], "")
            if target.startswith("vgw-"):
                item["GatewayId"] = target
        return found

    return property(told)


RouteTable.associations = with_gateways(RouteTable.associations.fget)


def seen_from(call):
    """Each side of a peering connection has tags of its own on it."""

    def told(self):
        answer = call(self)
        for key in ("VpcPeeringConnections", "VpcPeeringConnection"):
            found = answer.result.get(key)
            views = [copy.copy(p) for p in (found if isinstance(found, list) else [found]) if p]
            for view in views:
                view.ec2_backend = self.ec2_backend
            if found:
                answer.result[key] = views if isinstance(found, list) else views[0]
        return answer

    return told


for name in ("accept_vpc_peering_connection", "describe_vpc_peering_connections"):
    setattr(VPCPeeringConnections, name, seen_from(getattr(VPCPeeringConnections, name)))
