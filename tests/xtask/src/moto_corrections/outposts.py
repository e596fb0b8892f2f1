"""Subnets and volumes on Outposts, and routes to what is there and to other networks that moto has no object for."""
import re

from moto.core.responses import EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import Volume
from moto.ec2.models.route_tables import Route
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.elastic_block_store import ElasticBlockStore
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.subnets import Subnets

OUTPOST = r"arn:aws:outposts:[a-z0-9-]+:\d{12}:outpost/op-[0-9a-f]{17}"
# Targets of routes: what a request calls them, and what they look like.
TARGETS = {
    "CoreNetworkArn": ("core_network_arn", r"arn:aws:networkmanager::\d{12}:core-network/core-network-[0-9a-f]{17}"),
    "LocalGatewayId": ("local_gateway_id", r"lgw-[0-9a-f]{17}"),
    "OdbNetworkArn": ("odb_network_arn", r"arn:aws:odb:[a-z0-9-]+:\d{12}:odb-network/odbnet_[0-9a-z]+"),
}

Subnet.outpost_arn = Subnet.customer_owned_ipv4_pool = Subnet.enable_lni_at_device_index = Volume.outpost_arn = None
Subnet.map_customer_owned_ip_on_launch = False
for member, _ in TARGETS.values():
    setattr(Route, member, None)


def outpost(self):
    arn = self._get_param("OutpostArn")
    if arn and not re.fullmatch(OUTPOST, arn):
        raise EC2ClientError("InvalidParameterValue", f"Value ({arn}) for parameter outpostArn is invalid.")
    return arn


def create_subnet(call):
    def create(self):
        arn = outpost(self)
        answer = call(self)
        answer.result["Subnet"].outpost_arn = arn
        return answer

    return create


def create_volume(call):
    def create(self):
        arn = outpost(self)
        answer = call(self)
        answer.result.outpost_arn = arn
        return answer

    return create


def modify_subnet(call):
    """What concerns Outposts; all else as before."""

    def modify(self):
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        index, off = self._get_param("EnableLniAtDeviceIndex"), self._get_param("DisableLniAtDeviceIndex.Value")
        maps, pool = self._get_param("MapCustomerOwnedIpOnLaunch.Value"), self._get_param("CustomerOwnedIpv4Pool")
        if [index, off, maps] == [None] * 3:
            return call(self)
        if not subnet.outpost_arn and (index or maps):
            raise EC2ClientError("InvalidParameterValue", f"Subnet {subnet.id} is on no Outpost.")
        if index is not None:
            if int(index) < 1:
                raise EC2ClientError("InvalidParameterValue", "The first interface of an instance is no local one.")
            subnet.enable_lni_at_device_index = int(index)
        elif off:
            subnet.enable_lni_at_device_index = None
        else:
            if bool(maps) != bool(pool):
                raise EC2ClientError("InvalidParameterCombination", "MapCustomerOwnedIpOnLaunch goes with CustomerOwnedIpv4Pool.")
            subnet.map_customer_owned_ip_on_launch, subnet.customer_owned_ipv4_pool = bool(maps), pool
        return EmptyResult()

    return modify


def lead(call):
    """Makes a route, or leads it elsewhere, perhaps to what moto does not know."""

    def leading(self):
        wanted = {member: self._get_param(name) for name, (member, _) in TARGETS.items()}
        for name, (member, form) in TARGETS.items():
            if wanted[member] and not re.fullmatch(form, wanted[member]):
                raise EC2ClientError("InvalidParameterValue", f"Value ({wanted[member]}) for parameter {name} is invalid.")
        answer = call(self)
        names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        destination = next(filter(None, map(self._get_param, names)), None)
        for route in self.ec2_backend.get_route_table(self._get_param("RouteTableId"))._routes.values():
            if destination in (route.destination_cidr_block, route.destination_ipv6_cidr_block, route.destination_prefix_list_id):
                vars(route).update(wanted)
                carrier = self._get_param("CarrierGatewayId")
                route.carrier_gateway = self.ec2_backend.carrier_gateways.get(carrier)
        return answer

    return leading


Subnets.create_subnet = create_subnet(Subnets.create_subnet)
Subnets.modify_subnet_attribute = modify_subnet(Subnets.modify_subnet_attribute)
ElasticBlockStore.create_volume = create_volume(ElasticBlockStore.create_volume)
RouteTables.create_route = lead(RouteTables.create_route)
RouteTables.replace_route = lead(RouteTables.replace_route)
