"""Pools of IPAM: networks of VPCs and subnets that are taken from them, by their size or by their name."""
import ipaddress

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.vpcs import VPC
from moto.ec2.responses.subnets import Subnets
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import random_vpc_cidr_association_id

# What EC2 calls the pool of a network that IPAM gave.
MANAGED = "IPAM Managed"


class Pool:
    def __init__(self, number, family):
        self.ipam_pool_id = f"ipam-pool-{number:017x}"
        self.address_family = family
        self.state = "create-complete"
        self.networks, self.taken = [], []

    def take(self, name, length):
        """The network of this name, or the next one of this size."""
        if (name is None) == (length is None):
            raise EC2ClientError("InvalidParameterCombination", "Either a network or its size can be taken from a pool.")
        if name:
            wanted = ipaddress.ip_network(name)
            candidates = [wanted] if any(wanted.subnet_of(n) for n in self.networks) else []
        else:
            candidates = (block for n in self.networks if n.prefixlen <= length for block in n.subnets(new_prefix=length))
        free = next((block for block in candidates if not any(block.overlaps(other) for other in self.taken)), None)
        if free is None:
            raise EC2ClientError("InsufficientCidrBlocks", f"There is no such free network in {self.ipam_pool_id}.")
        self.taken.append(free)
        return str(free)


def pools(self):
    return vars(self.ec2_backend).setdefault("ipam_pools", {})


def take(self, number):
    """The network that a request takes from a pool of the `number`th version of the protocol; none when it takes none."""
    identifier = self._get_param(f"Ipv{number}IpamPoolId")
    name = "CidrBlock" if number == 4 else "Ipv6CidrBlock"
    if not identifier:
        return None
    pool = pools(self).get(identifier)
    if pool is None or pool.address_family != f"ipv{number}":
        raise EC2ClientError("InvalidIpamPoolId.NotFound", f"There is no pool {identifier} for ipv{number}.")
    return pool.take(self._get_param(name), self._get_param(f"Ipv{number}NetmaskLength"))


def create_pool(self):
    pool = Pool(len(pools(self)) + 1, self._get_param("AddressFamily"))
    pools(self)[pool.ipam_pool_id] = pool
    return ActionResult({"IpamPool": pool})


def provision(self):
    pool = pools(self)[self._get_param("IpamPoolId")]
    pool.networks.append(ipaddress.ip_network(self._get_param("Cidr")))
    return ActionResult({"IpamPoolCidr": {"Cidr": self._get_param("Cidr"), "State": "provisioned"}})


def associate(vpc, network, border_group):
    made = {
        "association_id": random_vpc_cidr_association_id(),
        "cidr_block_state": {"state": "associated", "StatusMessage": None},
        "cidr_block": network,
        "ipv6_pool": MANAGED,
        "ipv6_cidr_block_network_border_group": border_group,
    }
    vpc._cidr_block_association_set[made["association_id"]] = made
    for table in [table for table in vpc.ec2_backend.route_tables.values() if table.vpc_id == vpc.id]:
        vpc.ec2_backend.create_route(table.id, None, destination_ipv6_cidr_block=network, local=True)
    return made


def create_vpc(call):
    def create(self):
        four, six = take(self, 4), take(self, 6)
        if four:
            self.params["CidrBlock"] = four
        answer = call(self)
        if six:
            vpc = self.ec2_backend.get_vpc(answer.result["Vpc"].id)
            associate(vpc, six, self._get_param("Ipv6CidrBlockNetworkBorderGroup") or self.region)
        return answer

    return create


def associate_block(call):
    def associate_vpc_cidr_block(self):
        four, six = take(self, 4), take(self, 6)
        if four:
            self.params["CidrBlock"] = four
        own = self._get_param("Ipv6Pool")
        if own:
            # A pool of addresses that the customer has brought.
            six = self._get_param("Ipv6CidrBlock")
            if not six or not own.startswith("ipv6pool-ec2-"):
                raise EC2ClientError("InvalidParameterValue", "A pool of one's own and a range of it go together.")
        vpc = self.ec2_backend.get_vpc(self._get_param("VpcId"))
        border = self._get_param("Ipv6CidrBlockNetworkBorderGroup") or self.region
        if not six:
            answer = call(self)
            told = answer.result.get("Ipv6CidrBlockAssociation")
            if told:
                vpc._cidr_block_association_set[told["AssociationId"]]["ipv6_cidr_block_network_border_group"] = border
                told["NetworkBorderGroup"] = border
            return answer
        made = associate(vpc, six, border)
        made["ipv6_pool"] = own or MANAGED
        told = {
            "AssociationId": made["association_id"],
            "Ipv6CidrBlock": six,
            "Ipv6CidrBlockState": {"State": "associating"},
            "Ipv6Pool": made["ipv6_pool"],
        }
        return ActionResult({"VpcId": vpc.id, "Ipv6CidrBlockAssociation": told})

    return associate_vpc_cidr_block


def disassociate_block(call):
    def disassociate_vpc_cidr_block(self):
        identifier = self._get_param("AssociationId")
        found = [v._cidr_block_association_set.get(identifier) for v in self.ec2_backend.vpcs.values()]
        answer = call(self)
        free = {ipaddress.ip_network(a["cidr_block"]) for a in found if a}
        for pool in pools(self).values():
            pool.taken = [network for network in pool.taken if network not in free]
        return answer

    return disassociate_vpc_cidr_block


def create_subnet(call):
    def create(self):
        four, six = take(self, 4), take(self, 6)
        if four:
            self.params["CidrBlock"] = four
        if six:
            self.params["Ipv6CidrBlock"] = six
        return call(self)

    return create


def with_border(tell):
    """Networks are told with the place from which they are advertised."""
    return property(lambda vpc: [{**a, "network_border_group": a.get("ipv6_cidr_block_network_border_group")} for a in tell(vpc)])


VPC.ipv6_cidr_block_association_set = with_border(VPC.ipv6_cidr_block_association_set.fget)
VPCs.create_ipam_pool = create_pool
VPCs.provision_ipam_pool_cidr = provision
VPCs.create_vpc = create_vpc(VPCs.create_vpc)
VPCs.associate_vpc_cidr_block = associate_block(VPCs.associate_vpc_cidr_block)
VPCs.disassociate_vpc_cidr_block = disassociate_block(VPCs.disassociate_vpc_cidr_block)
Subnets.create_subnet = create_subnet(Subnets.create_subnet)
