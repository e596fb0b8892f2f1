"""Elastic IP addresses: of which pool they are, where they are advertised, and which private address they stand for."""
import itertools

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.responses.elastic_ip_addresses import ElasticIPAddresses

POOLS = {"PublicIpv4Pool": "public_ipv4_pool", "CustomerOwnedIpv4Pool": "customer_owned_ipv4_pool"}
numbers = itertools.count(1)


def allocate(call):
    def allocate_address(self):
        answer = call(self)
        [address] = self.ec2_backend.address_by_allocation([answer.result["AllocationId"]])
        address.network_border_group = self._get_param("NetworkBorderGroup") or self.region
        address.public_ipv4_pool = "amazon"
        for name, member in POOLS.items():
            if self._get_param(name):
                setattr(address, member, self._get_param(name))
        if self._get_param("IpamPoolId"):
            address.public_ipv4_pool = f"ipam-{self._get_param('IpamPoolId')}"
        if self._get_param("CustomerOwnedIpv4Pool"):
            address.customer_owned_ip = f"192.0.2.{next(numbers)}"
        told = ("network_border_group", "public_ipv4_pool", "customer_owned_ipv4_pool", "customer_owned_ip")
        names = ("NetworkBorderGroup", "PublicIpv4Pool", "CustomerOwnedIpv4Pool", "CustomerOwnedIp")
        answer.result.update({n: getattr(address, t) for n, t in zip(names, told) if getattr(address, t)})
        return answer

    return allocate_address


def associate(call):
    def associate_address(self):
        wanted = self._get_param("PrivateIpAddress")
        answer = call(self)
        ids = [self._get_param("AllocationId")]
        found = self.ec2_backend.address_by_allocation(ids) if ids[0] else self.ec2_backend.address_by_ip([self._get_param("PublicIp")])
        [address] = found
        there = [a["PrivateIpAddress"] for a in address.eni.private_ip_addresses]
        if wanted and wanted not in there:
            error = EC2ClientError("InvalidParameterValue", f"{wanted} is no address of {address.eni.id}.")
            self.ec2_backend.disassociate_address(association_id=address.association_id)
            raise error
        address.private_address = wanted
        return answer

    return associate_address


def private(address):
    return address.eni and (address.private_address or address.eni.private_ip_address)


ElasticAddress.private_address = ElasticAddress.network_border_group = ElasticAddress.public_ipv4_pool = None
ElasticAddress.customer_owned_ipv4_pool = ElasticAddress.customer_owned_ip = None
ElasticAddress.private_ip_address = property(private)
# The instance of an interface is told, too.
ElasticAddress.instance_id = property(lambda self: getattr(self.instance or (self.eni and self.eni.instance), "id", None))
ElasticIPAddresses.allocate_address = allocate(ElasticIPAddresses.allocate_address)
ElasticIPAddresses.associate_address = associate(ElasticIPAddresses.associate_address)
