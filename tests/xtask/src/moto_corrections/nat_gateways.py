"""NAT gateways of a region, which have no subnet: a route table of their own, and addresses by zone."""
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.utils import add_tag_specification, random_nat_gateway_id
from moto.moto_api._internal import mock_random as random

NatGateway.availability_mode = "zonal"
NatGateway.auto_provision_zones = NatGateway.auto_scaling_ips = NatGateway.route_table_id = None


class RegionalGateway(NatGateway):
    availability_mode = "regional"

    def __init__(self, backend, vpc, zones, tags):
        self.ec2_backend, self.id, self.vpc_id = backend, random_nat_gateway_id(), vpc.id
        self.subnet_id = self.private_ip = self._eni = None
        self.state, self.connectivity_type, self._created_at = "available", "public", utcnow()
        self.auto_provision_zones = self.auto_scaling_ips = "disabled" if zones else "enabled"
        self.route_table_id = backend.create_route_table(vpc.id).id
        self.address_set = [address(backend, zone, allocation) for zone in zones for allocation in zone["AllocationIds"]]
        self.add_tags(tags)


def address(backend, place, allocation):
    """An address of a zone, which is named or given by id."""
    known = backend.describe_availability_zones()
    asked = (place.get("AvailabilityZone"), place.get("AvailabilityZoneId"))
    zone = next((z for z in known if (z.name, None) == asked or (None, z.zone_id) == asked), None)
    if zone is None:
        raise EC2ClientError("InvalidParameterValue", "The zone is none of this region, or it is given twice.")
    [elastic] = backend.address_by_allocation([allocation])
    if elastic.association_id:
        raise EC2ClientError("Resource.AlreadyAssociated", f"resource {allocation} is already associated")
    elastic.association_id = f"eipassoc-{random.get_random_hex(17)}"
    return {
        "allocationId": allocation,
        "associationId": elastic.association_id,
        "publicIp": elastic.public_ip,
        "availabilityZone": zone.name,
        "availabilityZoneId": zone.zone_id,
        "status": "succeeded",
    }


def create(call):
    def create_nat_gateway(self):
        if self._get_param("AvailabilityMode") != "regional":
            if not self._get_param("SubnetId"):
                raise EC2ClientError("MissingParameter", "The request must contain the parameter subnetId")
            return call(self)
        if self._get_param("ConnectivityType") == "private" or self._get_param("SubnetId"):
            raise EC2ClientError("InvalidParameterCombination", "A regional NAT gateway is public and in no subnet.")
        if not self._get_param("VpcId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter vpcId")
        backend, vpc = self.ec2_backend, self.ec2_backend.get_vpc(self._get_param("VpcId"))
        if not any(gateway.vpc is vpc for gateway in backend.internet_gateways.values()):
            raise EC2ClientError("Gateway.NotAttached", f"Network {vpc.id} has no Internet gateway attached")
        tags = add_tag_specification(self._get_param("TagSpecifications", []))
        made = RegionalGateway(backend, vpc, self._get_param("AvailabilityZoneAddresses", []), tags)
        backend.nat_gateways[made.id] = made
        return ActionResult({"NatGateway": made})

    return create_nat_gateway


def delete(call):
    def delete_nat_gateway(self):
        backend = self.ec2_backend
        found = backend.nat_gateways.get(self._get_param("NatGatewayId"))
        if isinstance(found, RegionalGateway) and found.state != "deleted":
            backend.delete_route_table(found.route_table_id)
            for elastic in backend.address_by_allocation([a["allocationId"] for a in found.address_set]) if found.address_set else []:
                elastic.association_id = None
        return call(self)

    return delete_nat_gateway


NatGateways.create_nat_gateway = create(NatGateways.create_nat_gateway)
NatGateways.delete_nat_gateway = delete(NatGateways.delete_nat_gateway)
