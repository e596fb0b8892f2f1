"""What moto's VPCs lack at their edges: further addresses of NAT gateways, the blocking of public access, security
groups in other VPCs than their own."""
from . import moto_side
from .errors import AwsError, not_found
from .operations import operation
from .world import listed, new_id, now, select


def gateway(call):
    found = moto_side.backend(call).nat_gateways.get(call.params["NatGatewayId"])
    if found is None or found.state == "deleted":
        raise AwsError("NatGatewayNotFound", f"NatGateway {call.params['NatGatewayId']} was not found")
    return found


def addresses_answer(found, addresses, status):
    shown = [{**{name[0].upper() + name[1:]: value for name, value in a.items()}, "Status": status} for a in addresses]
    return {"NatGatewayId": found.id, "NatGatewayAddresses": shown}


@operation("ec2", "AssociateNatGatewayAddress")
def associate_addresses(call):
    found = gateway(call)
    if found.connectivity_type == "private":
        raise AwsError("InvalidParameterCombination", "A private NAT gateway has no public addresses.")
    if found.availability_mode == "regional":
        return associate_in_zone(call, found)
    allocations, chosen = call.params["AllocationIds"], call.params.get("PrivateIpAddresses") or []
    if chosen and len(chosen) != len(allocations):
        raise AwsError("InvalidParameterCombination", "There must be as many private addresses as allocations.")
    known = moto_side.backend(call).addresses
    added = []
    for number, allocation in enumerate(allocations):
        address = next((a for a in known if a.allocation_id == allocation), None)
        if address is None:
            raise not_found("AllocationID", allocation)
        if address.association_id:
            raise AwsError("Resource.AlreadyAssociated", f"resource {allocation} is already associated")
        private = chosen[number] if chosen else free_address(call, found, [a["privateIp"] for a in added])
        added.append({"address": address, "privateIp": private})
    answer = []
    for entry in added:
        address = entry["address"]
        address.association_id = new_id("eipassoc-")
        answer.append(
            {
                "allocationId": address.allocation_id,
                "associationId": address.association_id,
                "publicIp": address.public_ip,
                "privateIp": entry["privateIp"],
                "networkInterfaceId": found._eni.id,
                "isPrimary": False,
            }
        )
    found.address_set.extend(answer)
    return addresses_answer(found, answer, "associating")


def associate_in_zone(call, found):
    """Gives a zone of a regional gateway addresses; where AWS chooses the zones, nobody else does."""
    if found.auto_provision_zones == "enabled":
        raise AwsError("InvalidParameterCombination", "AWS chooses the zones of this gateway.")
    zone = {name: call.params.get(name) for name in ("AvailabilityZone", "AvailabilityZoneId")}
    # Imported when moto is there with its corrections.
    from moto_corrections.nat_gateways import address

    added = [address(moto_side.backend(call), zone, allocation) for allocation in call.params["AllocationIds"]]
    found.address_set.extend(added)
    return addresses_answer(found, added, "associating")


@operation("ec2", "DisassociateNatGatewayAddress")
def disassociate_addresses(call):
    found = gateway(call)
    wanted = set(call.params["AssociationIds"])
    gone = secondary(found, "associationId", wanted, "AssociationID")
    for address in moto_side.backend(call).addresses:
        if address.association_id in wanted:
            address.association_id = None
    found.address_set[:] = [a for a in found.address_set if a not in gone]
    return addresses_answer(found, gone, "disassociating")


@operation("ec2", "AssignPrivateNatGatewayAddress")
def assign_addresses(call):
    found = gateway(call)
    if found.connectivity_type != "private":
        raise AwsError("InvalidParameterCombination", "A public NAT gateway gets its addresses with allocations.")
    chosen, count = call.params.get("PrivateIpAddresses"), call.params.get("PrivateIpAddressCount")
    if bool(chosen) == bool(count):
        raise AwsError("InvalidParameterCombination", "Either addresses or their number are needed.")
    private = list(chosen or [])
    for _ in range(count or 0):
        private.append(free_address(call, found, private))
    taken = {a["privateIp"] for a in found.address_set}
    if taken & set(private):
        raise AwsError("InvalidParameterValue", f"{', '.join(sorted(taken & set(private)))} is assigned already.")
    added = [{"privateIp": p, "networkInterfaceId": found._eni.id, "isPrimary": False} for p in private]
    found.address_set.extend(added)
    return addresses_answer(found, added, "assigning")


@operation("ec2", "UnassignPrivateNatGatewayAddress")
def unassign_addresses(call):
    found = gateway(call)
    gone = secondary(found, "privateIp", set(call.params["PrivateIpAddresses"]), "NetworkInterfacePrivateIpAddress")
    found.address_set[:] = [a for a in found.address_set if a not in gone]
    return addresses_answer(found, gone, "unassigning")


def secondary(found, member, wanted, kind):
    """The further addresses of which a member is one of those wanted, all of them."""
    further = found.availability_mode == "regional"
    gone = [a for a in found.address_set if (further or a.get("isPrimary") is False) and a.get(member) in wanted]
    for missing in sorted(wanted - {a[member] for a in gone}):
        raise not_found(kind, missing)
    return gone


def free_address(call, found, taken):
    """An address of the gateway's subnet that it does not have. The first four and the last of a subnet are AWS's."""
    network = moto_side.subnet(call, found.subnet_id).cidr
    hosts = list(network.hosts())[3:] if network.num_addresses <= 1024 else [network[n] for n in range(4, 260)]
    used = {a.get("privateIp") for a in found.address_set} | set(taken)
    return next(str(h) for h in hosts if str(h) not in used)


def options(call):
    table = call.table("public-access")
    if "options" not in table:
        members = {
            "AwsAccountId": call.account,
            "AwsRegion": call.region,
            "State": "default-state",
            "InternetGatewayBlockMode": "off",
            "ExclusionsAllowed": "allowed",
        }
        return call.new("public-access", "options", **members)
    return table["options"]


@operation("ec2", "DescribeVpcBlockPublicAccessOptions")
def describe_options(call):
    return {"VpcBlockPublicAccessOptions": options(call).shown()}


@operation("ec2", "ModifyVpcBlockPublicAccessOptions")
def modify_options(call):
    found = options(call)
    found["InternetGatewayBlockMode"] = call.params["InternetGatewayBlockMode"]
    found["LastUpdateTimestamp"] = now()
    found.passes("State", "update-in-progress", "update-complete")
    return {"VpcBlockPublicAccessOptions": dict(found)}


def exclusion(call):
    found = call.table("exclusion").get(call.params["ExclusionId"])
    if found is None or found.gone:
        raise not_found("VpcBlockPublicAccessExclusionId", call.params["ExclusionId"])
    return found


def shown_exclusion(call, found):
    return {**found.shown(), "Tags": moto_side.tag_list(call, found["ExclusionId"])}


@operation("ec2", "CreateVpcBlockPublicAccessExclusion")
def create_exclusion(call):
    subnet, vpc = call.params.get("SubnetId"), call.params.get("VpcId")
    if bool(subnet) == bool(vpc):
        raise AwsError("InvalidParameterCombination", "Either a subnet or a VPC is needed.")
    what = f"subnet/{moto_side.subnet(call, subnet).id}" if subnet else f"vpc/{moto_side.vpc(call, vpc).id}"
    arn = f"arn:aws:ec2:{call.region}:{call.account}:{what}"
    if any(e["ResourceArn"] == arn for e in listed(call.table("exclusion"))):
        raise AwsError("VpcBlockPublicAccessExclusionAlreadyExists", f"There is an exclusion for {arn}.")
    identifier = new_id("vpcbpa-exclude-")
    found = call.new(
        "exclusion",
        identifier,
        ExclusionId=identifier,
        InternetGatewayExclusionMode=call.params["InternetGatewayExclusionMode"],
        ResourceArn=arn,
        CreationTimestamp=now(),
    ).passes("State", "create-in-progress", "create-complete")
    moto_side.tag_on_creation(call, identifier, "vpc-block-public-access-exclusion")
    return {"VpcBlockPublicAccessExclusion": {**found, "Tags": moto_side.tag_list(call, identifier)}}


@operation("ec2", "ModifyVpcBlockPublicAccessExclusion")
def modify_exclusion(call):
    found = exclusion(call)
    found["InternetGatewayExclusionMode"] = call.params["InternetGatewayExclusionMode"]
    found["LastUpdateTimestamp"] = now()
    found.passes("State", "update-in-progress", "update-complete")
    return {"VpcBlockPublicAccessExclusion": dict(found)}


@operation("ec2", "DeleteVpcBlockPublicAccessExclusion")
def delete_exclusion(call):
    found = exclusion(call)
    found.gone_after("State", "delete-in-progress", "delete-complete")
    moto_side.forget_tags(call, found["ExclusionId"])
    return {"VpcBlockPublicAccessExclusion": dict(found)}


@operation("ec2", "DescribeVpcBlockPublicAccessExclusions")
def describe_exclusions(call):
    found = listed(call.table("exclusion"))
    wanted = call.params.get("ExclusionIds") or []
    known = {e["ExclusionId"] for e in found}
    for missing in [w for w in wanted if w not in known]:
        raise not_found("VpcBlockPublicAccessExclusionId", missing)
    members = {
        "resource-arn": "ResourceArn",
        "internet-gateway-exclusion-mode": "InternetGatewayExclusionMode",
        "state": "State",
    }
    tags = lambda e: moto_side.tags(call, e["ExclusionId"])  # noqa: E731
    found = select(found, call.params.get("Filters"), members, tags)
    found = [e for e in found if not wanted or e["ExclusionId"] in wanted]
    page = call.page("VpcBlockPublicAccessExclusions", [e["ExclusionId"] for e in found])
    by_id = {e["ExclusionId"]: e for e in found}
    page["VpcBlockPublicAccessExclusions"] = [
        shown_exclusion(call, by_id[identifier]) for identifier in page["VpcBlockPublicAccessExclusions"]
    ]
    return page


def group_association(call):
    """The key of an association, and the association if there is one."""
    group, vpc = call.params["GroupId"], call.params["VpcId"]
    own = moto_side.security_group(call, group).vpc_id
    if own == moto_side.vpc(call, vpc).id:
        raise AwsError("InvalidParameterValue", f"{vpc} is the group's own VPC.")
    found = call.table("group-association").get(f"{group},{vpc}")
    return f"{group},{vpc}", None if found is None or found.gone else found


@operation("ec2", "AssociateSecurityGroupVpc")
def associate_group(call):
    key, found = group_association(call)
    if found is not None:
        raise AwsError("SecurityGroupVpcAssociation.Duplicate", f"{key} is associated already.")
    call.new(
        "group-association",
        key,
        GroupId=call.params["GroupId"],
        VpcId=call.params["VpcId"],
        VpcOwnerId=call.account,
        GroupOwnerId=call.account,
    ).passes("State", "associating", "associated")
    return {"State": "associating"}


@operation("ec2", "DisassociateSecurityGroupVpc")
def disassociate_group(call):
    key, found = group_association(call)
    if found is None:
        raise AwsError("InvalidSecurityGroupVpcAssociation.NotFound", f"{key} is not associated.")
    found.gone_after("State", "disassociating", "disassociated")
    return {"State": "disassociating"}


@operation("ec2", "DescribeSecurityGroupVpcAssociations")
def describe_group_associations(call):
    members = {
        "group-id": "GroupId",
        "vpc-id": "VpcId",
        "vpc-owner-id": "VpcOwnerId",
        "state": "State",
        "group-owner-id": "GroupOwnerId",
    }
    found = select(listed(call.table("group-association")), call.params.get("Filters"), members)
    return call.page("SecurityGroupVpcAssociations", found)
