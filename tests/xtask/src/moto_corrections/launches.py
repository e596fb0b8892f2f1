"""What an instance is launched with: its place, processors, market, capacity, volumes, addresses and interfaces."""
from datetime import timedelta

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import EBSBackend
from moto.ec2.models.elastic_network_interfaces import Attachment, NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.models.spot_requests import SpotRequestBackend
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.utils import generic_filter, random_spot_request_id

# Operations in a second, and throughput, of volumes for which nobody says any.
USUAL = {"gp3": lambda size: (3000, 125), "gp2": lambda size: (min(max(3 * size, 100), 16000), None)}
PLACES = {
    "Tenancy": "tenancy",
    "GroupName": "group_name",
    "GroupId": "group_id",
    "PartitionNumber": "partition_number",
    "HostId": "host_id",
    "HostResourceGroupArn": "host_resource_group_arn",
}


def settle(volume, iops=None, throughput=None):
    """Gives a volume the numbers of its kind."""
    usual = USUAL.get(volume.volume_type, lambda size: (None, None))(int(volume.size or 8))
    if throughput and volume.volume_type != "gp3":
        raise EC2ClientError("InvalidParameterCombination", "Only gp3 volumes have a throughput of one's choice.")
    if iops and volume.volume_type not in ("gp3", "io1", "io2"):
        raise EC2ClientError("InvalidParameterCombination", f"{volume.volume_type} volumes have no operations of one's choice.")
    volume.iops, volume.throughput = iops or usual[0], throughput or usual[1]


def modify_volume(call):
    def modify(self, volume_id, size=None, kind=None, iops=None, throughput=None, multi_attach=None):
        before = self.get_volume(volume_id)
        keeps = kind in (None, before.volume_type) and before.volume_type in ("gp3", "io1", "io2")
        kept = (before.iops, before.throughput) if keeps else (None, None)
        volume = call(self, volume_id, size, kind, iops, throughput, multi_attach)
        settle(volume, iops or kept[0], throughput or kept[1])
        return volume

    return modify


EBSBackend.modify_volume = modify_volume(EBSBackend.modify_volume)


def add_block_device(self, size, device_path, snapshot_id, encrypted, delete_on_termination, kms_key_id, volume_type):
    ebs = vars(self.ec2_backend).get("asked_devices", {}).get(device_path, {}).get("Ebs", {})
    volume = self.ec2_backend.create_volume(
        size=size,
        zone_name=self._placement.zone,
        snapshot_id=snapshot_id,
        encrypted=encrypted,
        kms_key_id=kms_key_id,
        volume_type=volume_type,
        iops=ebs.get("Iops"),
        throughput=ebs.get("Throughput"),
    )
    self.ec2_backend.attach_volume(volume.id, self.id, device_path, delete_on_termination)


Instance.add_block_device = add_block_device


def volumes(self, instance, asked):
    """The numbers of its volumes, and its first one where the request names others only."""
    backend = self.ec2_backend
    if instance.root_device_name not in instance.block_device_mapping:
        instance.add_block_device(8, instance.root_device_name, None, False, True, None, "gp2")
    for name, mapping in instance.block_device_mapping.items():
        ebs = asked.get(name, {}).get("Ebs", {})
        settle(backend.get_volume(mapping.volume_id), ebs.get("Iops"), ebs.get("Throughput"))


def addresses(self, instance):
    first = instance.nics[0]
    [nic] = [n for n in self._get_param("NetworkInterfaces", []) if not n.get("DeviceIndex")] or [{}]
    if nic.get("NetworkInterfaceId"):
        return
    for address in nic.get("PrivateIpAddresses", []):
        if not address.get("Primary"):
            first.private_ip_addresses.append({"Primary": False, "PrivateIpAddress": address["PrivateIpAddress"]})
    six = self._get_param("Ipv6Addresses", []) or nic.get("Ipv6Addresses", [])
    first.ipv6_addresses.extend(a["Ipv6Address"] for a in six if a["Ipv6Address"] not in first.ipv6_addresses)
    count = nic.get("Ipv6AddressCount") or 0
    if count > len(first.ipv6_addresses):
        self.ec2_backend.assign_ipv6_addresses(first.id, ipv6_count=count - len(first.ipv6_addresses))
    first.primary_ipv6 = bool(self._get_param("EnablePrimaryIpv6") or nic.get("PrimaryIpv6"))


def market(self, instance):
    wanted = self._get_param("InstanceMarketOptions") or {}
    kind = wanted.get("MarketType") or ("spot" if wanted else None)
    if kind is None:
        return
    instance.lifecycle = kind
    if kind != "spot":
        return
    options = wanted.get("SpotOptions") or {}
    persistent = options.get("SpotInstanceType") == "persistent"
    behaviour = options.get("InstanceInterruptionBehavior") or "terminate"
    if persistent and behaviour == "terminate":
        raise EC2ClientError("InvalidParameterCombination", "A persistent request does not terminate its instances.")
    if options.get("ValidUntil") and not persistent:
        raise EC2ClientError("InvalidParameterCombination", "ValidUntil is for persistent requests.")
    request = Request(instance, options, behaviour)
    instance.spot_instance_request_id = request.id
    vars(self.ec2_backend).setdefault("launched_requests", {})[request.id] = request


class Request:
    """The request of a spot instance that was launched as one."""

    def __init__(self, instance, options, behaviour):
        self.id = self.spot_instance_request_id = random_spot_request_id()
        self.instance_id = instance.id
        self.instance_interruption_behavior = behaviour
        self.state = "active"
        self.spot_price = f"{float(options.get('MaxPrice') or 0.1):.6f}"
        self.type = options.get("SpotInstanceType") or "one-time"
        self.valid_until = options.get("ValidUntil") or utcnow() + timedelta(days=7)

    def get_filter_value(self, name, method_name=None):
        return {"spot-instance-request-id": self.id, "instance-id": self.instance_id}[name]


def describe_requests(call):
    def describe_spot_instance_requests(self, filters=None, spot_instance_ids=None):
        launched = vars(self).get("launched_requests", {}).values()
        named = [r for r in launched if not spot_instance_ids or r.id in spot_instance_ids]
        others = call(self, None, spot_instance_ids)
        return others + generic_filter(filters, named) if not filters else generic_filter(filters, named)

    return describe_spot_instance_requests


def cancel_requests(call):
    def cancel_spot_instance_requests(self, request_ids):
        launched = vars(self).get("launched_requests", {})
        ours = [launched[i] for i in request_ids if i in launched]
        for request in ours:
            request.state = "cancelled"
        return ours + call(self, [i for i in request_ids if i not in launched])

    return cancel_spot_instance_requests


SpotRequestBackend.describe_spot_instance_requests = describe_requests(SpotRequestBackend.describe_spot_instance_requests)
SpotRequestBackend.cancel_spot_instance_requests = cancel_requests(SpotRequestBackend.cancel_spot_instance_requests)


def capacity(asked):
    """How EC2 tells the wish for reserved capacity."""
    asked = asked or {"CapacityReservationPreference": "open"}
    if len(asked) != 1:
        raise EC2ClientError("InvalidParameterCombination", "Either a preference or a target can be given.")
    return dict(asked)


def secondary(asked):
    for number, interface in enumerate(asked):
        yield {
            "SecondaryInterfaceId": f"sif-{number:017x}",
            "SecondarySubnetId": interface["SecondarySubnetId"],
            "InterfaceType": interface.get("InterfaceType", "secondary"),
            "PrivateIpAddresses": [{"PrivateIpAddress": f"10.99.0.{4 + i}"} for i in range(interface.get("PrivateIpAddressCount") or 1)],
            "Attachment": {
                "DeviceIndex": interface.get("DeviceIndex") or 0,
                "NetworkCardIndex": interface.get("NetworkCardIndex") or 0,
                "DeleteOnTermination": interface.get("DeleteOnTermination", True),
            },
        }


def launch(call):
    def run_instances(self):
        ephemeral = [m for m in self._get_param("BlockDeviceMappings", []) if m.get("VirtualName") and "Ebs" not in m]
        asked = {m["DeviceName"]: m for m in self._get_param("BlockDeviceMappings", [])}
        if ephemeral:
            self.params["BlockDeviceMappings"] = [m for m in self.params["BlockDeviceMappings"] if m not in ephemeral]
        for mapping in self._get_param("BlockDeviceMappings", []):
            # Without a size, a volume has that of the image.
            if "Ebs" in mapping and not mapping["Ebs"].get("VolumeSize") and not mapping["Ebs"].get("SnapshotId"):
                mapping["Ebs"]["VolumeSize"] = 8
        self.ec2_backend.asked_devices = asked
        wish = capacity(self._get_param("CapacityReservationSpecification"))
        answer = call(self)
        for instance in answer.result.instances:
            for name, member in PLACES.items():
                value = self._get_param(f"Placement.{name}")
                if value is not None:
                    setattr(instance.placement, member, value)
            cpu = self._get_param("CpuOptions") or {}
            instance.cpu_options = {"CoreCount": 2, "ThreadsPerCore": 2, **cpu}
            instance.capacity_reservation_specification = wish
            instance.enclave_options = {"Enabled": bool(self._get_param("EnclaveOptions.Enabled"))}
            instance.hibernation_options = {"Configured": bool(self._get_param("HibernationOptions.Configured"))}
            instance.disable_api_termination = bool(self._get_param("DisableApiTermination"))
            instance.secondary_interfaces = list(secondary(self._get_param("SecondaryInterfaces", [])))
            # They are those of its first interface.
            instance.security_groups = instance.security_groups or list(instance.nics[0].group_set)
            volumes(self, instance, asked)
            addresses(self, instance)
            market(self, instance)
        return answer

    return run_instances


Instance.cpu_options = Instance.capacity_reservation_specification = Instance.enclave_options = None
Instance.secondary_interfaces = Instance.spot_instance_request_id = None
InstanceResponse.run_instances = launch(InstanceResponse.run_instances)


def terminate(call):
    """Interfaces that do not go with an instance are free then."""

    def terminated(self):
        before = call(self)
        for interface in self.nics.values():
            interface.instance = interface.attachment_id = interface.attach_time = None
            interface.status = "available"
        return before

    return terminated


Instance.terminate = terminate(Instance.terminate)


def stopped(instance):
    if instance.state != "stopped":
        raise EC2ClientError("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")


def modify_cpu(self):
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    stopped(instance)
    cores, threads = self._get_param("CoreCount"), self._get_param("ThreadsPerCore")
    if (cores is None) != (threads is None):
        raise EC2ClientError("MissingParameter", "Cores and their threads are given together.")
    asked = {"CoreCount": cores, "ThreadsPerCore": threads, "NestedVirtualization": self._get_param("NestedVirtualization")}
    instance.cpu_options = {**instance.cpu_options, **{name: value for name, value in asked.items() if value is not None}}
    return ActionResult({"InstanceId": instance.id, **instance.cpu_options})


def modify_capacity(self):
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    stopped(instance)
    instance.capacity_reservation_specification = capacity(self._get_param("CapacityReservationSpecification"))
    return ActionResult({"Return": True})


InstanceResponse.modify_instance_cpu_options = modify_cpu
InstanceResponse.modify_instance_capacity_reservation_attributes = modify_capacity


def modify_interface(call):
    def modify_network_interface_attribute(self):
        on, express = self._get_param("EnablePrimaryIpv6"), self._get_param("EnaSrdSpecification")
        interface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
        if express is not None:
            if interface.attachment is None:
                raise EC2ClientError("InvalidParameterCombination", "The transport is that of an attached interface.")
            interface.express = express
            return EmptyResult()
        if on is None:
            return call(self)
        if not on and interface.primary_ipv6:
            raise EC2ClientError("InvalidParameterCombination", "A primary IPv6 address cannot be disabled.")
        if not interface.ipv6_addresses:
            raise EC2ClientError("InvalidParameterCombination", "There is no IPv6 address to be the primary one.")
        interface.primary_ipv6 = bool(on)
        return EmptyResult()

    return modify_network_interface_attribute


def attach(call):
    def init(self, interface):
        call(self, interface)
        self.express = interface.express

    return init


def create_interface(call):
    def create_network_interface(self):
        answer = call(self)
        interface = self.ec2_backend.get_network_interface(answer.result["NetworkInterface"].id)
        interface.primary_ipv6 = bool(self._get_param("EnablePrimaryIpv6"))
        interface.interface_type = self._get_param("InterfaceType") or interface.interface_type
        return answer

    return create_network_interface


def six(interface):
    """The first address is the primary one where one is wanted."""
    return [{"Ipv6Address": a, "IsPrimaryIpv6": interface.primary_ipv6 and i == 0} for i, a in enumerate(interface.ipv6_addresses)]


def association(tell):
    """An address that came with the launch is Amazon's."""

    def told(interface):
        found = tell(interface)
        return {**found, "ipOwnerId": "amazon"} if found and "allocationId" not in found else found

    return property(told)


NetworkInterface.primary_ipv6 = False
# How an attachment is transported, while there is one.
NetworkInterface.express = {"EnaSrdEnabled": False, "EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": False}}
Attachment.ena_srd_specification = property(lambda attachment: attachment.express)
Attachment.__init__ = attach(Attachment.__init__)
NetworkInterface.instance_ipv6_address_list = property(six)
NetworkInterface.network_interface_ipv6_addresses_list = property(six)
NetworkInterface.association = association(NetworkInterface.association.fget)
Interfaces = ElasticNetworkInterfaces
Interfaces.modify_network_interface_attribute = modify_interface(Interfaces.modify_network_interface_attribute)
Interfaces.create_network_interface = create_interface(Interfaces.create_network_interface)
