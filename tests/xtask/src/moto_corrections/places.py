"""Where things are put by one's own choice: interfaces on network cards, addresses of NAT gateways, reserved addresses, VPCs at
sets of DHCP options, and default VPCs and subnets that are made anew."""
import ipaddress

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DefaultSubnetAlreadyExistsInAvailabilityZoneError, DefaultVpcDoesNotExistError, EC2ClientError
from moto.ec2.models.dhcp_options import DHCPOptionsSetBackend
from moto.ec2.models.elastic_network_interfaces import Attachment
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.subnets import SubnetBackend, SubnetCidrReservation
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.responses.subnets import Subnets


def put(interface, instance_type, card):
    """Puts an interface on a network card of an instance."""
    card = int(card or 0)
    there = INSTANCE_TYPES.get(instance_type, {}).get("NetworkInfo", {}).get("MaximumNetworkCards", 1)
    if card >= there:
        raise EC2ClientError("InvalidParameterValue", f"Network card index {card} is none of an instance of type {instance_type}.")
    vars(interface)["network_card"] = card


def attach(call):
    def attach_network_interface(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        interface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
        put(interface, instance.instance_type, self._get_param("NetworkCardIndex"))
        return call(self)

    return attach_network_interface


def launch(call):
    def run_instances(self):
        asked_for = self._get_param("NetworkInterfaces", [])
        wanted = [n for n in asked_for if n.get("NetworkCardIndex")]
        made = [n for n in asked_for if n.get("DeviceIndex") == 0 and (n.get("NetworkInterfaceId") or "DeleteOnTermination" in n)]
        answer = call(self)
        for instance in answer.result.instances:
            if not made and 0 in instance.nics:
                # One that is made with an instance goes with it.
                instance.nics[0].delete_on_termination = True
            for asked in wanted:
                put(instance.nics[int(asked["DeviceIndex"])], instance.instance_type, asked["NetworkCardIndex"])
        return answer

    return run_instances


def with_card(call):
    def init(self, interface):
        call(self, interface)
        self.network_card_index = vars(interface).get("network_card", 0)

    return init


def move(call):
    """A VPC uses one set of DHCP options, and leaves the one that it used before."""

    def associate_dhcp_options(self, dhcp_options, vpc):
        if vpc.dhcp_options:
            vpc.dhcp_options.vpc = None
        call(self, dhcp_options, vpc)

    return associate_dhcp_options


DHCPOptionsSetBackend.associate_dhcp_options = move(DHCPOptionsSetBackend.associate_dhcp_options)
Attachment.__init__ = with_card(Attachment.__init__)
ElasticNetworkInterfaces.attach_network_interface = attach(ElasticNetworkInterfaces.attach_network_interface)
InstanceResponse.run_instances = launch(InstanceResponse.run_instances)


def create_nat_gateway(call):
    def create(self):
        wanted = self._get_param("PrivateIpAddress")
        if not wanted:
            return call(self)
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        if ipaddress.ip_address(wanted) not in subnet.cidr:
            raise EC2ClientError("InvalidParameterValue", f"Address {wanted} is not within {subnet.id}.")
        answer = call(self)
        gateway = answer.result["NatGateway"]
        gateway.private_ip = gateway._eni.private_ip_address = gateway.address_set[0]["privateIp"] = wanted
        for address in gateway._eni.private_ip_addresses:
            address["PrivateIpAddress"] = wanted
        return answer

    return create


NatGateways.create_nat_gateway = create_nat_gateway(NatGateways.create_nat_gateway)


def reserve(call):
    def create_subnet_cidr_reservation(self):
        answer = call(self)
        answer.result["SubnetCidrReservation"].description = self._get_param("Description")
        return answer

    return create_subnet_cidr_reservation


def place(self, availability_zone):
    """A default subnet has the first range of the VPC that is free."""
    backend, vpc = self, self.get_default_vpc()
    if availability_zone in backend.get_default_subnets():
        there = backend.get_default_subnets()[availability_zone]
        raise DefaultSubnetAlreadyExistsInAvailabilityZoneError(there.id, availability_zone)
    if vpc is None:
        raise DefaultVpcDoesNotExistError()
    taken = [s.cidr for s in backend.describe_subnets(filters={"vpc-id": vpc.id}) if s.cidr_block]
    blocks = ipaddress.ip_network(vpc.cidr_block).subnets(new_prefix=20)
    free = next(block for block in blocks if not any(block.overlaps(other) for other in taken))
    return backend.create_subnet(vpc.id, str(free), availability_zone=availability_zone)


def create_default_subnet(call):
    """One with IPv6 only takes the next range of the VPC."""

    def create(self):
        if not self._get_param("Ipv6Native"):
            return call(self)
        backend, zone = self.ec2_backend, self._get_param("AvailabilityZone")
        vpc, there = backend.get_default_vpc(), backend.get_default_subnets().get(zone)
        if vpc is None:
            raise DefaultVpcDoesNotExistError()
        if there is not None:
            raise DefaultSubnetAlreadyExistsInAvailabilityZoneError(there.id, zone)
        six = [a["cidr_block"] for a in vpc.get_cidr_block_association_set(ipv6=True)]
        if not six:
            raise EC2ClientError("InvalidParameterValue", "The default VPC has no IPv6 range.")
        taken = {a["ipv6CidrBlock"] for s in backend.describe_subnets() for a in s.ipv6_cidr_block_associations.values()}
        free = (str(n) for n in ipaddress.ip_network(six[0]).subnets(new_prefix=64))
        block = next(n for n in free if n not in taken)
        made = backend.create_subnet(vpc.id, None, block, zone, None, ipv6_native=True)
        made.default_for_az = True
        return ActionResult({"Subnet": made})

    return create


SubnetCidrReservation.description = None
SubnetBackend.create_default_subnet = place
Subnets.create_subnet_cidr_reservation = reserve(Subnets.create_subnet_cidr_reservation)
Subnets.create_default_subnet = create_default_subnet(Subnets.create_default_subnet)
