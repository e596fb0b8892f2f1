"""Drives what is put right of moto with boto3: what moto forgets must be told, and what AWS refuses be refused."""
import ipaddress
import json
import unittest

from botocore.exceptions import ClientError

from test_wire import Stub


class Corrections(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stub = Stub()
        cls.addClassCleanup(cls.stub.stop)

    def refused(self, code, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def network(self, ec2):
        """A subnet with IPv6, and another range of its VPC."""
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        six = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
        first, second = (str(n) for n, _ in zip(ipaddress.ip_network(six).subnets(new_prefix=64), range(2)))
        made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", Ipv6CidrBlock=first)["Subnet"]
        return vpc, made["SubnetId"], second

    def test_subnets(self):
        ec2 = self.stub.client("ec2")
        _, subnet, other = self.network(ec2)
        ec2.modify_subnet_attribute(SubnetId=subnet, EnableDns64={"Value": True})
        ec2.modify_subnet_attribute(SubnetId=subnet, PrivateDnsHostnameTypeOnLaunch="resource-name")
        ec2.modify_subnet_attribute(SubnetId=subnet, EnableResourceNameDnsAAAARecordOnLaunch={"Value": True})
        two = {"EnableDns64": {"Value": True}, "MapPublicIpOnLaunch": {"Value": True}}
        self.refused("InvalidParameterCombination", ec2.modify_subnet_attribute, SubnetId=subnet, **two)
        told = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        names = {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": True}
        self.assertEqual((told["EnableDns64"], told["PrivateDnsNameOptionsOnLaunch"]), (True, names))
        [block] = told["Ipv6CidrBlockAssociationSet"]
        self.assertEqual(block["Ipv6CidrBlockState"], {"State": "associated"})
        ec2.disassociate_subnet_cidr_block(AssociationId=block["AssociationId"])
        ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=other)
        told = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        self.assertEqual([a["Ipv6CidrBlock"] for a in told["Ipv6CidrBlockAssociationSet"]], [other])

    def test_leavings(self):
        ec2, iam = self.stub.client("ec2"), self.stub.client("iam")
        vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
        of_it = [{"Name": "vpc-id", "Values": [vpc]}]
        self.assertEqual(len(ec2.describe_network_acls(Filters=of_it)["NetworkAcls"]), 1)
        ec2.delete_vpc(VpcId=vpc)
        self.assertEqual(ec2.describe_network_acls(Filters=of_it)["NetworkAcls"], [])
        own = "arn:aws:iam::123456789012:policy/gone"
        self.refused("NoSuchEntity", iam.list_entities_for_policy, PolicyArn=own)

    def test_instances(self):
        ec2 = self.stub.client("ec2")
        _, subnet, _ = self.network(ec2)
        image = ec2.describe_images()["Images"][0]["ImageId"]
        options = {"Monitoring": {"Enabled": True}, "CreditSpecification": {"CpuCredits": "standard"}, "UserData": "a"}
        made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet, **options)
        one = {"InstanceId": made["Instances"][0]["InstanceId"]}
        many = {"InstanceIds": list(one.values())}
        told = lambda: ec2.describe_instances(**many)["Reservations"][0]["Instances"][0]
        credits = lambda: ec2.describe_instance_credit_specifications(**many)["InstanceCreditSpecifications"][0]["CpuCredits"]
        self.assertEqual((told()["Monitoring"]["State"], credits()), ("enabled", "standard"))
        self.assertEqual(told()["MaintenanceOptions"], {"AutoRecovery": "default"})
        ec2.unmonitor_instances(**many)
        ec2.modify_instance_credit_specification(InstanceCreditSpecifications=[{**one, "CpuCredits": "unlimited"}])
        ec2.modify_instance_maintenance_options(AutoRecovery="disabled", **one)
        ec2.modify_private_dns_name_options(EnableResourceNameDnsARecord=True, **one)
        ec2.modify_instance_attribute(InstanceInitiatedShutdownBehavior={"Value": "terminate"}, **one)
        self.assertEqual((told()["Monitoring"]["State"], credits()), ("disabled", "unlimited"))
        self.assertEqual(told()["MaintenanceOptions"], {"AutoRecovery": "disabled"})
        self.assertTrue(told()["PrivateDnsNameOptions"]["EnableResourceNameDnsARecord"])
        attribute = lambda name: ec2.describe_instance_attribute(Attribute=name, **one)[name[0].upper() + name[1:]].get("Value")
        self.assertEqual(attribute("instanceInitiatedShutdownBehavior"), "terminate")
        self.refused("IncorrectInstanceState", ec2.modify_instance_attribute, UserData={"Value": b"b"}, **one)
        ec2.stop_instances(**many)
        ec2.modify_instance_attribute(UserData={"Value": b"b"}, **one)
        self.assertEqual(attribute("userData"), "Yg==")
        ec2.modify_instance_attribute(UserData={"Value": b""}, **one)
        self.assertIsNone(attribute("userData"))

    def launch(self, ec2, **arguments):
        image = ec2.describe_images(Owners=["099720109477"])["Images"][0]["ImageId"]
        made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, **arguments)["Instances"][0]["InstanceId"]
        tell = lambda: ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
        return made, tell

    def test_what_instances_are_launched_with(self):
        ec2 = self.stub.client("ec2")
        place = {"Tenancy": "dedicated", "GroupName": "a", "PartitionNumber": 2}
        enclave, hibernation = {"EnclaveOptions": {"Enabled": True}}, {"HibernationOptions": {"Configured": True}}
        cpu, none = {"CoreCount": 1, "ThreadsPerCore": 1}, {"CapacityReservationPreference": "none"}
        interfaces = [{"SecondarySubnetId": "ss-1", "NetworkCardIndex": 1, "PrivateIpAddressCount": 2}]
        instance, tell = self.launch(ec2, Placement=place, CpuOptions=cpu, CapacityReservationSpecification=none, SecondaryInterfaces=interfaces,
                                     DisableApiTermination=True, **enclave, **hibernation)
        told = tell()
        self.assertLessEqual(place.items(), told["Placement"].items())
        self.assertEqual((told["CpuOptions"], told["CapacityReservationSpecification"]), (cpu, none))
        self.assertEqual((told["EnclaveOptions"], told["HibernationOptions"]), ({"Enabled": True}, {"Configured": True}))
        [secondary] = told["SecondaryInterfaces"]
        self.assertEqual((secondary["Attachment"]["NetworkCardIndex"], len(secondary["PrivateIpAddresses"])), (1, 2))
        self.refused("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[instance])
        other = {"InstanceId": instance, "CoreCount": 2, "ThreadsPerCore": 1}
        self.refused("IncorrectInstanceState", ec2.modify_instance_cpu_options, **other)
        target = {"CapacityReservationTarget": {"CapacityReservationId": "cr-1"}}
        ec2.stop_instances(InstanceIds=[instance])
        ec2.modify_instance_cpu_options(**other)
        ec2.modify_instance_cpu_options(InstanceId=instance, NestedVirtualization="enabled")
        ec2.modify_instance_capacity_reservation_attributes(InstanceId=instance, CapacityReservationSpecification=target)
        self.assertEqual(tell()["CpuOptions"], {"CoreCount": 2, "ThreadsPerCore": 1, "NestedVirtualization": "enabled"})
        self.assertEqual(tell()["CapacityReservationSpecification"], target)

    def test_volumes_of_instances(self):
        ec2 = self.stub.client("ec2")
        mappings = [
            {"DeviceName": "/dev/sdf", "Ebs": {"VolumeType": "gp3", "Throughput": 250}},
            {"DeviceName": "/dev/sdg", "VirtualName": "ephemeral0"},
        ]
        _, tell = self.launch(ec2, BlockDeviceMappings=mappings)
        found = {m["DeviceName"]: m["Ebs"]["VolumeId"] for m in tell()["BlockDeviceMappings"]}
        self.assertEqual(sorted(found), ["/dev/sda1", "/dev/sdf"])
        volume = lambda device: ec2.describe_volumes(VolumeIds=[found[device]])["Volumes"][0]
        self.assertEqual((volume("/dev/sda1")["VolumeType"], volume("/dev/sda1")["Iops"]), ("gp2", 100))
        self.assertEqual((volume("/dev/sdf")["Iops"], volume("/dev/sdf")["Throughput"]), (3000, 250))
        ec2.modify_volume(VolumeId=found["/dev/sdf"], VolumeType="gp2")
        self.assertEqual(volume("/dev/sdf")["Iops"], 100)
        self.assertNotIn("Throughput", volume("/dev/sdf"))
        self.refused("InvalidParameterCombination", ec2.modify_volume, VolumeId=found["/dev/sdf"], Throughput=300)

    def test_spot_instances(self):
        ec2 = self.stub.client("ec2")
        options = {"MaxPrice": "0.05", "SpotInstanceType": "persistent"}
        market = {"MarketType": "spot", "SpotOptions": options}
        self.refused("InvalidParameterCombination", self.launch, ec2=ec2, InstanceMarketOptions=market)
        options["InstanceInterruptionBehavior"] = "stop"
        _, tell = self.launch(ec2, InstanceMarketOptions=market)
        request = tell()["SpotInstanceRequestId"]
        by_id = [{"Name": "spot-instance-request-id", "Values": [request]}]
        told = lambda: ec2.describe_spot_instance_requests(Filters=by_id)["SpotInstanceRequests"][0]
        self.assertEqual((told()["SpotPrice"], told()["Type"], told()["State"]), ("0.050000", "persistent", "active"))
        ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[request])
        self.assertEqual((told()["State"], tell()["InstanceLifecycle"]), ("cancelled", "spot"))

    def test_addresses_of_instances(self):
        ec2 = self.stub.client("ec2")
        _, subnet, _ = self.network(ec2)
        others = [{"PrivateIpAddress": "10.0.1.9", "Primary": True}, {"PrivateIpAddress": "10.0.1.10", "Primary": False}]
        nic = {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True, "PrivateIpAddresses": others, "Ipv6AddressCount": 2}
        _, tell = self.launch(ec2, NetworkInterfaces=[nic])
        [first] = tell()["NetworkInterfaces"]
        self.assertEqual([a["PrivateIpAddress"] for a in first["PrivateIpAddresses"]], ["10.0.1.9", "10.0.1.10"])
        self.assertEqual(first["Association"]["IpOwnerId"], "amazon")
        self.assertEqual([a["IsPrimaryIpv6"] for a in first["Ipv6Addresses"]], [False, False])
        one = {"NetworkInterfaceId": first["NetworkInterfaceId"]}
        ec2.modify_network_interface_attribute(EnablePrimaryIpv6=True, **one)
        self.assertEqual([a["IsPrimaryIpv6"] for a in tell()["NetworkInterfaces"][0]["Ipv6Addresses"]], [True, False])
        self.refused("InvalidParameterCombination", ec2.modify_network_interface_attribute, EnablePrimaryIpv6=False, **one)
        address = ec2.allocate_address(PublicIpv4Pool="ipv4pool-ec2-1", NetworkBorderGroup="eu-west-1-x")
        allocation = {"AllocationId": address["AllocationId"]}
        self.refused("InvalidParameterValue", ec2.associate_address, PrivateIpAddress="10.0.1.99", **allocation, **one)
        ec2.associate_address(PrivateIpAddress="10.0.1.10", **allocation, **one)
        [told] = ec2.describe_addresses(AllocationIds=list(allocation.values()))["Addresses"]
        self.assertEqual((told["PrivateIpAddress"], told["InstanceId"]), ("10.0.1.10", tell()["InstanceId"]))
        self.assertEqual((told["PublicIpv4Pool"], told["NetworkBorderGroup"]), ("ipv4pool-ec2-1", "eu-west-1-x"))
        kept = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        other, _ = self.launch(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": kept}])
        ec2.terminate_instances(InstanceIds=[other])
        [told] = ec2.describe_network_interfaces(NetworkInterfaceIds=[kept])["NetworkInterfaces"]
        self.assertEqual((told["Status"], told.get("Attachment")), ("available", None))

    def test_network_acls_and_leases(self):
        ec2 = self.stub.client("ec2")
        vpc, _, _ = self.network(ec2)
        acl = {"NetworkAclId": ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]}
        rule = {**acl, "RuleNumber": 7, "Egress": False, "Protocol": "1", "RuleAction": "allow", "CidrBlock": "10.0.0.0/8"}
        told = lambda: [e for e in ec2.describe_network_acls()["NetworkAcls"] for e in e["Entries"] if e["RuleNumber"] == 7]
        self.refused("InvalidParameterValue", ec2.create_network_acl_entry, **rule)
        ec2.create_network_acl_entry(IcmpTypeCode={"Type": 3, "Code": 4}, **rule)
        self.assertEqual([e["IcmpTypeCode"] for e in told()], [{"Type": 3, "Code": 4}])
        ec2.replace_network_acl_entry(IcmpTypeCode={"Type": -1, "Code": -1}, **rule)
        self.assertEqual([e["IcmpTypeCode"] for e in told()], [{"Type": -1, "Code": -1}])
        one = {**acl, "RuleNumber": 7, "Egress": False}
        ec2.delete_network_acl_entry(**one)
        self.refused("InvalidNetworkAclEntry.NotFound", ec2.delete_network_acl_entry, **one)
        lease = {"Key": "ipv6-address-preferred-lease-time", "Values": ["1234"]}
        made = ec2.create_dhcp_options(DhcpConfigurations=[lease])["DhcpOptions"]["DhcpOptionsId"]
        [options] = ec2.describe_dhcp_options(DhcpOptionsIds=[made])["DhcpOptions"]
        self.assertEqual(options["DhcpConfigurations"], [{"Key": lease["Key"], "Values": [{"Value": "1234"}]}])

    def test_pools(self):
        ec2 = self.stub.client("ec2")

        def pool(family, network):
            made = ec2.create_ipam_pool(IpamScopeId="ipam-scope-1", AddressFamily=family)["IpamPool"]["IpamPoolId"]
            ec2.provision_ipam_pool_cidr(IpamPoolId=made, Cidr=network)
            return made

        four, six = pool("ipv4", "10.20.0.0/14"), pool("ipv6", "2001:db8::/40")
        vpc = ec2.create_vpc(Ipv4IpamPoolId=four, Ipv4NetmaskLength=16, Ipv6IpamPoolId=six, Ipv6NetmaskLength=56)["Vpc"]["VpcId"]
        told = lambda: ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
        [block] = told()["Ipv6CidrBlockAssociationSet"]
        self.assertEqual((told()["CidrBlock"], block["Ipv6CidrBlock"], block["Ipv6Pool"]), ("10.20.0.0/16", "2001:db8::/56", "IPAM Managed"))
        self.assertEqual(block["NetworkBorderGroup"], "eu-central-1")
        more = {"VpcId": vpc, "Ipv4IpamPoolId": four}
        self.refused("InvalidParameterCombination", ec2.associate_vpc_cidr_block, **more)
        self.refused("InsufficientCidrBlocks", ec2.associate_vpc_cidr_block, CidrBlock="10.20.1.0/24", **more)
        ec2.associate_vpc_cidr_block(CidrBlock="10.22.0.0/24", **more)
        ec2.associate_vpc_cidr_block(Ipv4NetmaskLength=24, **more)
        self.assertEqual([a["CidrBlock"] for a in told()["CidrBlockAssociationSet"]], ["10.20.0.0/16", "10.22.0.0/24", "10.21.0.0/24"])
        self.refused("InsufficientCidrBlocks", ec2.associate_vpc_cidr_block, CidrBlock="10.22.0.0/24", **more)
        ec2.disassociate_vpc_cidr_block(AssociationId=told()["CidrBlockAssociationSet"][1]["AssociationId"])
        ec2.associate_vpc_cidr_block(CidrBlock="10.22.0.0/24", **more)
        other = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        every = [v["CidrBlockAssociationSet"][0]["AssociationId"] for v in ec2.describe_vpcs(VpcIds=[vpc, other])["Vpcs"]]
        found = ec2.describe_vpcs(Filters=[{"Name": "cidr-block-association.association-id", "Values": every}])["Vpcs"]
        self.assertEqual({v["VpcId"] for v in found}, {vpc, other})
        subnets = {"Ipv4IpamPoolId": pool("ipv4", "10.20.8.0/22"), "Ipv6IpamPoolId": pool("ipv6", "2001:db8::/60")}
        subnet = ec2.create_subnet(VpcId=vpc, Ipv4NetmaskLength=24, Ipv6NetmaskLength=64, **subnets)["Subnet"]
        self.assertEqual((subnet["CidrBlock"], subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]), ("10.20.8.0/24", "2001:db8::/64"))
        native = ec2.create_subnet(VpcId=vpc, Ipv6Native=True, Ipv6CidrBlock="2001:db8:0:9::/64")["Subnet"]
        self.assertEqual((native["AvailableIpAddressCount"], native.get("CidrBlock")), (0, None))

    def test_another_profile(self):
        ec2, iam = self.stub.client("ec2"), self.stub.client("iam")
        for name in ("one", "two"):
            iam.create_instance_profile(InstanceProfileName=name)
        image = ec2.describe_images()["Images"][0]["ImageId"]
        made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "one"})
        identifier = made["Instances"][0]["InstanceId"]
        [there] = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
        profile = {"AssociationId": there["AssociationId"], "IamInstanceProfile": {"Name": "two"}}
        ec2.replace_iam_instance_profile_association(**profile)
        told = ec2.describe_instances(InstanceIds=[identifier])["Reservations"][0]["Instances"][0]
        self.assertTrue(told["IamInstanceProfile"]["Arn"].endswith("/two"))

    def test_interfaces(self):
        ec2 = self.stub.client("ec2")
        _, subnet, _ = self.network(ec2)
        made = ec2.create_network_interface(SubnetId=subnet, Ipv4PrefixCount=1, Description="a")["NetworkInterface"]
        self.assertEqual([p["Ipv4Prefix"] for p in made["Ipv4Prefixes"]], ["10.0.1.240/28"])
        one = {"NetworkInterfaceId": made["NetworkInterfaceId"]}
        answer = ec2.assign_private_ip_addresses(Ipv4Prefixes=["10.0.1.128/28"], **one)
        self.assertEqual(answer["AssignedIpv4Prefixes"], [{"Ipv4Prefix": "10.0.1.128/28"}])
        self.refused("InvalidParameterValue", ec2.assign_private_ip_addresses, Ipv4Prefixes=["10.0.2.0/28"], **one)
        six = ec2.assign_ipv6_addresses(Ipv6PrefixCount=2, **one)["AssignedIpv6Prefixes"]
        ec2.unassign_private_ip_addresses(Ipv4Prefixes=["10.0.1.240/28"], **one)
        ec2.unassign_ipv6_addresses(Ipv6Prefixes=six[:1], **one)
        ec2.modify_network_interface_attribute(Description={"Value": ""}, **one)
        [told] = ec2.describe_network_interfaces(NetworkInterfaceIds=list(one.values()))["NetworkInterfaces"]
        self.assertEqual([p["Ipv4Prefix"] for p in told["Ipv4Prefixes"]], ["10.0.1.128/28"])
        self.assertEqual([p["Ipv6Prefix"] for p in told["Ipv6Prefixes"]], six[1:])
        self.assertEqual((told["Description"], told.get("Ipv6Addresses", [])), ("", []))

    def test_endpoints_and_prefix_lists(self):
        ec2 = self.stub.client("ec2")
        vpc, subnet, _ = self.network(ec2)
        kind = {"VpcEndpointType": "Interface", "ServiceName": f"com.amazonaws.{ec2.meta.region_name}.sqs"}
        made = ec2.create_vpc_endpoint(VpcId=vpc, SubnetIds=[subnet], PrivateDnsEnabled=True, **kind)["VpcEndpoint"]
        self.assertEqual((made["PrivateDnsEnabled"], made["IpAddressType"]), (True, "ipv4"))
        one = {"VpcEndpointId": made["VpcEndpointId"]}
        change = {"PrivateDnsEnabled": False, "IpAddressType": "dualstack", "DnsOptions": {"DnsRecordIpType": "dualstack"}}
        ec2.modify_vpc_endpoint(**one, **change)
        told = ec2.describe_vpc_endpoints(VpcEndpointIds=list(one.values()))["VpcEndpoints"][0]
        self.assertEqual({name: told[name] for name in change}, change)
        entries = [{"Cidr": "10.0.0.0/8"}, {"Cidr": "11.0.0.0/8"}]
        made = ec2.create_managed_prefix_list(PrefixListName="a", AddressFamily="IPv4", MaxEntries=3, Entries=entries)
        one = {"PrefixListId": made["PrefixList"]["PrefixListId"]}
        self.assertEqual(ec2.modify_managed_prefix_list(MaxEntries=5, **one)["PrefixList"]["MaxEntries"], 5)
        self.refused("InvalidParameterValue", ec2.modify_managed_prefix_list, MaxEntries=1, **one)
        both = {"MaxEntries": 6, "RemoveEntries": entries[:1]}
        self.refused("InvalidParameterCombination", ec2.modify_managed_prefix_list, CurrentVersion=1, **one, **both)

    def test_rules_of_security_groups(self):
        ec2 = self.stub.client("ec2")
        vpc, _, _ = self.network(ec2)
        one, two = (ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("one", "two"))
        made = ec2.create_managed_prefix_list(PrefixListName="b", AddressFamily="IPv4", MaxEntries=3)
        listed = made["PrefixList"]["PrefixListId"]

        def permission(text):
            said = {"Description": text} if text else {}
            peers = {"UserIdGroupPairs": [{"GroupId": two, **said}], "PrefixListIds": [{"PrefixListId": listed, **said}]}
            return [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, **peers}]

        def told():
            [found] = ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissions"]
            rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
            by_group = [p.get("Description") for p in found["UserIdGroupPairs"] + found["PrefixListIds"]]
            return by_group, [r.get("Description") or None for r in rules if not r["IsEgress"]]

        ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=permission("a"))
        self.assertEqual(told(), (["a", "a"], ["a", "a"]))
        ec2.update_security_group_rule_descriptions_ingress(GroupId=one, IpPermissions=permission("b"))
        self.assertEqual(told(), (["b", "b"], ["b", "b"]))
        ec2.update_security_group_rule_descriptions_ingress(GroupId=one, IpPermissions=permission(None))
        self.assertEqual(told(), ([None, None], [None, None]))
        self.refused("InvalidPermission.Duplicate", ec2.authorize_security_group_ingress, GroupId=one, IpPermissions=permission("c"))
        ec2.revoke_security_group_ingress(GroupId=one, IpPermissions=permission("d"))
        self.assertEqual(ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissions"], [])

    def test_targets_of_routes(self):
        ec2 = self.stub.client("ec2")
        vpc, subnet, _ = self.network(ec2)
        interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        table = {"RouteTableId": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]}
        told = lambda: {r["DestinationCidrBlock"]: (r.get("GatewayId"), r.get("NetworkInterfaceId")) for r in  # noqa: E731
                        ec2.describe_route_tables(RouteTableIds=list(table.values()))["RouteTables"][0]["Routes"] if "DestinationCidrBlock" in r}
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        ec2.create_route(DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=interface, **table)
        ec2.replace_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway, **table)
        ec2.replace_route(DestinationCidrBlock="10.0.0.0/16", NetworkInterfaceId=interface, **table)
        self.assertEqual(told(), {"0.0.0.0/0": (gateway, None), "10.0.0.0/16": (None, interface)})
        ec2.replace_route(DestinationCidrBlock="10.0.0.0/16", LocalTarget=True, **table)
        self.assertEqual(told()["10.0.0.0/16"], ("local", None))

    def test_buckets(self):
        s3, iam = self.stub.client("s3"), self.stub.client("iam")
        for name in ("one", "two"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rules = [
            {
                "ID": "a",
                "Status": "Enabled",
                "Filter": {"ObjectSizeGreaterThan": 100},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 3, "NewerNoncurrentVersions": 4},
            },
            {
                "ID": "b",
                "Status": "Enabled",
                "Filter": {"And": {"Prefix": "x", "ObjectSizeGreaterThan": 3, "ObjectSizeLessThan": 1000}},
                "NoncurrentVersionTransitions": [{"NoncurrentDays": 3, "NewerNoncurrentVersions": 4, "StorageClass": "GLACIER"}],
            },
        ]
        smallest = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
        s3.put_bucket_lifecycle_configuration(Bucket="one", LifecycleConfiguration={"Rules": rules}, **smallest)
        told = s3.get_bucket_lifecycle_configuration(Bucket="one")
        self.assertEqual((told["Rules"], told["TransitionDefaultMinimumObjectSize"]), (rules, *smallest.values()))
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = iam.create_role(RoleName="copies", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        rule = {
            "ID": "a",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "p", "Tags": [{"Key": "a", "Value": "b"}]}},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": "arn:aws:s3:::two", "Metrics": {"Status": "Enabled"}},
        }
        s3.put_bucket_replication(Bucket="one", ReplicationConfiguration={"Role": role, "Rules": [rule]})
        told = s3.get_bucket_replication(Bucket="one")["ReplicationConfiguration"]
        self.assertEqual(told, {"Role": role, "Rules": [rule]})
        s3.put_bucket_ownership_controls(Bucket="two", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
        s3.put_bucket_acl(Bucket="two", ACL="log-delivery-write")
        for form in ({"SimplePrefix": {}}, {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}):
            enabled = {"TargetBucket": "two", "TargetPrefix": "x", "TargetObjectKeyFormat": form}
            s3.put_bucket_logging(Bucket="one", BucketLoggingStatus={"LoggingEnabled": enabled})
            self.assertEqual(s3.get_bucket_logging(Bucket="one")["LoggingEnabled"], enabled)
        for wanted in ({"EventBridgeConfiguration": {}}, {}):
            s3.put_bucket_notification_configuration(Bucket="one", NotificationConfiguration=wanted)
            told = s3.get_bucket_notification_configuration(Bucket="one")
            self.assertEqual({k: v for k, v in told.items() if k != "ResponseMetadata"}, wanted)

    def test_directory_buckets(self):
        s3 = self.stub.client("s3", region="us-west-2")
        name = {"Bucket": "mine--usw2-az1--x-s3"}
        bucket = {"Type": "Directory", "DataRedundancy": "SingleAvailabilityZone"}
        place = lambda zone: {"Bucket": bucket, "Location": {"Type": "AvailabilityZone", "Name": zone}}  # noqa: E731
        wrong = "IllegalLocationConstraintException"
        self.refused(wrong, s3.create_bucket, CreateBucketConfiguration=place("usw2-az2"), **name)
        s3.create_bucket(CreateBucketConfiguration=place("usw2-az1"), **name)
        told = s3.head_bucket(**name)
        self.assertEqual((told["BucketLocationName"], told["BucketLocationType"]), ("usw2-az1", "AvailabilityZone"))
        self.assertNotIn(name["Bucket"], [b["Name"] for b in s3.list_buckets()["Buckets"]])
        self.assertIn(name["Bucket"], [b["Name"] for b in s3.list_directory_buckets()["Buckets"]])
        s3.put_object(Key="a", Body=b"a", **name)
        self.refused("BucketNotEmpty", s3.delete_bucket, **name)
        s3.delete_object(Key="a", **name)
        s3.delete_bucket(**name)

    def test_clients_of_identity_providers(self):
        iam = self.stub.client("iam")
        made = iam.create_open_id_connect_provider(Url="https://a.example", ClientIDList=["a"], ThumbprintList=["c" * 40])
        one = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
        for client in ("b", "b"):
            iam.add_client_id_to_open_id_connect_provider(ClientID=client, **one)
        iam.remove_client_id_from_open_id_connect_provider(ClientID="a", **one)
        self.assertEqual(iam.get_open_id_connect_provider(**one)["ClientIDList"], ["b"])

    def test_logs_and_trails(self):
        logs, trails = self.stub.client("logs"), self.stub.client("cloudtrail")
        logs.create_log_group(logGroupName="g", logGroupClass="INFREQUENT_ACCESS", deletionProtectionEnabled=True)
        self.refused("ValidationException", logs.delete_log_group, logGroupName="g")
        logs.associate_kms_key(logGroupName="g", kmsKeyId="arn:aws:kms:eu-central-1:123456789012:key/a")
        told = lambda: logs.describe_log_groups(logGroupNamePrefix="g")["logGroups"][0]
        self.assertEqual((told()["logGroupClass"], told()["kmsKeyId"][-1]), ("INFREQUENT_ACCESS", "a"))
        transformations = [{"metricName": "a", "metricNamespace": "b", "metricValue": "1"}]
        more = {"filterPattern": "", "metricTransformations": transformations, "applyOnTransformedLogs": True}
        logs.put_metric_filter(logGroupName="g", filterName="f", **more)
        self.assertTrue(logs.describe_metric_filters(logGroupName="g")["metricFilters"][0]["applyOnTransformedLogs"])
        logs.disassociate_kms_key(logGroupName="g")
        logs.put_log_group_deletion_protection(logGroupIdentifier="g", deletionProtectionEnabled=False)
        self.assertEqual((told()["deletionProtectionEnabled"], told().get("kmsKeyId")), (False, None))
        logs.delete_log_group(logGroupName="g")
        self.stub.client("s3", region="us-east-1").create_bucket(Bucket="calls")
        trails.create_trail(Name="all", S3BucketName="calls")
        self.refused("InsightNotEnabledException", trails.get_insight_selectors, TrailName="all")
        rate = [{"InsightType": "ApiCallRateInsight"}]
        for _ in range(2):
            trails.put_insight_selectors(TrailName="all", InsightSelectors=rate)
        self.assertEqual(trails.get_insight_selectors(TrailName="all")["InsightSelectors"], rate)
        self.assertTrue(trails.describe_trails()["trailList"][0]["HasInsightSelectors"])

    def test_owners_of_buckets(self):
        s3 = self.stub.client("s3")
        bucket = {"Bucket": "owned"}
        s3.create_bucket(ObjectLockEnabledForBucket=True, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}, **bucket)
        self.refused("AccessDenied", s3.get_bucket_acl, ExpectedBucketOwner="210987654321", **bucket)
        self.refused("AccessDenied", s3.put_bucket_request_payment, ExpectedBucketOwner="210987654321", RequestPaymentConfiguration={"Payer": "Requester"}, **bucket)
        owner = s3.get_bucket_acl(ExpectedBucketOwner="123456789012", **bucket)["Owner"]["ID"]
        self.assertEqual(s3.list_buckets()["Owner"]["ID"], owner)
        s3.put_object(Key="a", Body=b"a", **bucket)
        rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
        s3.put_object_lock_configuration(ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}, **bucket)
        told = s3.get_object_lock_configuration(**bucket)["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        self.assertEqual((told["Mode"], told["Days"]), ("GOVERNANCE", 1))
        s3.delete_object(Key="a", **bucket)
        [marker] = s3.list_object_versions(**bucket)["DeleteMarkers"]
        self.assertNotIn("Errors", s3.delete_objects(Delete={"Objects": [{"Key": "a", "VersionId": marker["VersionId"]}]}, **bucket))
        self.refused("InvalidBucketState", s3.put_bucket_versioning, VersioningConfiguration={"Status": "Suspended"}, **bucket)
        both = {"VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"}}
        self.refused("AccessDenied", s3.put_bucket_versioning, **both, **bucket)
        s3.put_bucket_versioning(MFA="arn:aws:iam::123456789012:mfa/root 123456", **both, **bucket)
        self.assertEqual(s3.get_bucket_versioning(**bucket)["MFADelete"], "Enabled")

    def test_encryption_that_writers_may_not_use(self):
        s3 = self.stub.client("s3")
        s3.create_bucket(Bucket="closed", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        blocked = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, **blocked}
        s3.put_bucket_encryption(Bucket="closed", ServerSideEncryptionConfiguration={"Rules": [rule]})
        told = lambda: s3.get_bucket_encryption(Bucket="closed")["ServerSideEncryptionConfiguration"]["Rules"][0]  # noqa: E731
        self.assertEqual(told()["BlockedEncryptionTypes"], blocked["BlockedEncryptionTypes"])
        s3.delete_bucket_encryption(Bucket="closed")
        with self.assertRaises((ClientError, KeyError)):
            told()["BlockedEncryptionTypes"]

    def test_tags_of_directory_buckets(self):
        s3, control = self.stub.client("s3"), self.stub.client("s3control")
        local = {"Location": {"Type": "LocalZone", "Name": "euc1-ham1-az1"}, "Bucket": {"Type": "Directory", "DataRedundancy": "SingleLocalZone"}}
        s3.create_bucket(Bucket="t--euc1-ham1-az1--x-s3", CreateBucketConfiguration={**local, "Tags": [{"Key": "a", "Value": "1"}]})
        self.assertEqual(s3.head_bucket(Bucket="t--euc1-ham1-az1--x-s3")["BucketLocationType"], "LocalZone")
        self.assertEqual([b["Name"] for b in s3.list_directory_buckets()["Buckets"]], ["t--euc1-ham1-az1--x-s3"])
        arn = "arn:aws:s3express:eu-central-1:123456789012:bucket/t--euc1-ham1-az1--x-s3"
        control.tag_resource(AccountId="123456789012", ResourceArn=arn, Tags=[{"Key": "b", "Value": "<2>"}])
        control.untag_resource(AccountId="123456789012", ResourceArn=arn, TagKeys=["a"])
        told = control.list_tags_for_resource(AccountId="123456789012", ResourceArn=arn)["Tags"]
        self.assertEqual(told, [{"Key": "b", "Value": "<2>"}])
        self.refused("NoSuchResource", control.list_tags_for_resource, AccountId="123456789012", ResourceArn=arn + "x")

    def test_alarms_about_queries(self):
        watch = self.stub.client("cloudwatch")
        criteria = {"PromQLCriteria": {"Query": "up == 0", "PendingPeriod": 60}}
        self.refused("ValidationError", watch.put_metric_alarm, AlarmName="a", EvaluationCriteria=criteria)
        watch.put_metric_alarm(AlarmName="a", EvaluationCriteria=criteria, EvaluationInterval=60)
        queries = [
            {"Id": "load", "AccountId": "123456789012", "MetricStat": {"Metric": {"MetricName": "Load", "Namespace": "App"}, "Period": 60, "Stat": "Sum"}},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(load)", "ReturnData": True},
        ]
        common = {"AlarmName": "b", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanUpperThreshold", "Metrics": queries}
        self.refused("ValidationError", watch.put_metric_alarm, ThresholdMetricId="load", **common)
        watch.put_metric_alarm(ThresholdMetricId="band", **common)
        [one, other] = watch.describe_alarms(AlarmNames=["a", "b"])["MetricAlarms"]
        self.assertEqual((one["EvaluationCriteria"], one["EvaluationInterval"]), (criteria, 60))
        self.assertEqual((other["ThresholdMetricId"], other["Metrics"][0]["AccountId"]), ("band", "123456789012"))

    def test_policies_of_groups(self):
        logs = self.stub.client("logs")
        logs.create_log_group(logGroupName="own")
        arn = {"resourceArn": "arn:aws:logs:eu-central-1:123456789012:log-group:own"}
        put = lambda **more: logs.put_resource_policy(policyDocument="{}", **arn, **more)  # noqa: E731
        first = put()["revisionId"]
        self.refused("OperationAbortedException", put)
        second = put(expectedRevisionId=first)["revisionId"]
        [told] = logs.describe_resource_policies(policyScope="RESOURCE", **arn)["resourcePolicies"]
        self.assertEqual((told["revisionId"], told["policyScope"]), (second, "RESOURCE"))
        self.assertEqual(logs.describe_resource_policies()["resourcePolicies"], [])
        self.refused("OperationAbortedException", logs.delete_resource_policy, expectedRevisionId=first, **arn)
        logs.delete_resource_policy(expectedRevisionId=second, **arn)
        self.refused("ResourceNotFoundException", logs.delete_resource_policy, expectedRevisionId=second, **arn)

    def test_selectors_of_one_kind(self):
        s3, trails = self.stub.client("s3"), self.stub.client("cloudtrail")
        s3.create_bucket(Bucket="selected", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        trails.create_trail(Name="selected", S3BucketName="selected")
        fields = [{"Name": "a", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]
        trails.put_event_selectors(TrailName="selected", AdvancedEventSelectors=fields)
        self.assertEqual(trails.get_event_selectors(TrailName="selected")["AdvancedEventSelectors"], fields)
        trails.put_event_selectors(TrailName="selected", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}])
        self.assertFalse(trails.get_event_selectors(TrailName="selected").get("AdvancedEventSelectors"))

    def test_tags_of_identities(self):
        iam = self.stub.client("iam")
        tags, other = [{"Key": "a", "Value": "1"}], [{"Key": "b", "Value": "2"}]
        arn = {"SAMLProviderArn": iam.create_saml_provider(Name="s", SAMLMetadataDocument="x" * 1000, Tags=tags)["SAMLProviderArn"]}
        told = iam.get_saml_provider(**arn)
        self.assertEqual((told["Tags"], told["SAMLProviderUUID"]), (tags, iam.get_saml_provider(**arn)["SAMLProviderUUID"]))
        self.refused("EntityAlreadyExists", iam.create_saml_provider, Name="s", SAMLMetadataDocument="y" * 1000)
        iam.tag_saml_provider(Tags=other, **arn)
        iam.untag_saml_provider(TagKeys=["a"], **arn)
        self.assertEqual(iam.list_saml_provider_tags(**arn)["Tags"], other)
        name = {"ServerCertificateName": "c"}
        iam.upload_server_certificate(CertificateBody="a", PrivateKey="b", CertificateChain="c", Tags=tags, **name)
        iam.tag_server_certificate(Tags=other, **name)
        told = iam.get_server_certificate(**name)["ServerCertificate"]
        self.assertEqual((told["Tags"], told["CertificateChain"]), (tags + other, "c"))
        paths = ("/", "/elsewhere/")
        listed = [len(iam.list_server_certificates(PathPrefix=path)["ServerCertificateMetadataList"]) for path in paths]
        self.assertEqual(listed, [1, 0])
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName="d", Tags=tags)["VirtualMFADevice"]
        serial = {"SerialNumber": made["SerialNumber"]}
        iam.tag_mfa_device(Tags=other, **serial)
        iam.untag_mfa_device(TagKeys=["a"], **serial)
        self.assertEqual(iam.list_mfa_device_tags(**serial)["Tags"], other)
        self.refused("NoSuchEntity", iam.list_mfa_device_tags, SerialNumber=made["SerialNumber"] + "x")
        iam.create_user(UserName="resets")
        iam.create_login_profile(UserName="resets", Password="Secret-12345", PasswordResetRequired=True)
        self.assertTrue(iam.get_login_profile(UserName="resets")["LoginProfile"]["PasswordResetRequired"])

    def test_stores_of_keys(self):
        kms = self.stub.client("kms")
        cluster = kms.create_custom_key_store(CustomKeyStoreName="cluster", CustomKeyStoreType="AWS_CLOUDHSM")["CustomKeyStoreId"]
        outside = kms.create_custom_key_store(CustomKeyStoreName="outside", CustomKeyStoreType="EXTERNAL_KEY_STORE")["CustomKeyStoreId"]
        self.refused("CustomKeyStoreNameInUseException", kms.create_custom_key_store, CustomKeyStoreName="outside")
        self.refused("CustomKeyStoreNotFoundException", kms.create_key, Origin="AWS_CLOUDHSM", CustomKeyStoreId="cks-1234567890abcdef0")
        self.refused("UnsupportedOperationException", kms.create_key, CustomKeyStoreId=cluster)
        made = kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=outside, XksKeyId="k")["KeyMetadata"]
        told = kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]
        self.assertEqual((told["CustomKeyStoreId"], told["XksKeyConfiguration"]), (outside, {"Id": "k"}))

    def test_fields_of_flow_logs(self):
        ec2, s3 = self.stub.client("ec2"), self.stub.client("s3")
        vpc, _, _ = self.network(ec2)
        s3.create_bucket(Bucket="flows", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        fields = [{"ResourceType": "vpc", "TagKeys": ["a"]}]
        common = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL", "DestinationOptions": {"FileFormat": "parquet"}}
        stream = {"LogDestinationType": "kinesis-data-firehose", "LogDestination": "arn:aws:firehose:eu-central-1:123456789012:deliverystream/a"}
        self.refused("InvalidParameterValue", ec2.create_flow_logs, **stream, **common)
        bucket = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::flows/folder/"}
        [made] = ec2.create_flow_logs(TagFieldSpecifications=fields, **bucket, **common)["FlowLogIds"]
        [told] = ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"]
        options = {"FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": False}
        self.assertEqual((told["DestinationOptions"], told["TagFieldSpecifications"]), (options, fields))
        self.assertEqual(told["LogDestination"], "arn:aws:s3:::flows/folder/")

    def test_what_subscriptions_are_told_again(self):
        sns = self.stub.client("sns")
        topics = [sns.create_topic(Name=name, Attributes=more)["TopicArn"] for name, more in (("a", {}), ("a.fifo", {"FifoTopic": "true"}))]
        plain, fifo = (
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:eu-central-1:123456789012:{name}")["SubscriptionArn"]
            for topic, name in zip(topics, ("q", "q.fifo"))
        )
        policy = json.dumps({"PointType": "Timestamp", "StartingPoint": "2030-01-01T00:00:00.000Z"})
        replay = {"AttributeName": "ReplayPolicy", "AttributeValue": policy}
        self.refused("InvalidParameter", sns.set_subscription_attributes, SubscriptionArn=plain, **replay)
        told = lambda: sns.get_subscription_attributes(SubscriptionArn=fifo)["Attributes"].get("ReplayPolicy")  # noqa: E731
        sns.set_subscription_attributes(SubscriptionArn=fifo, **replay)
        self.assertEqual(told(), policy)
        sns.set_subscription_attributes(SubscriptionArn=fifo, AttributeName="ReplayPolicy", AttributeValue="")
        self.assertIsNone(told())

    def test_policies_of_all_kinds(self):
        organizations = self.stub.client("organizations", role_account="666666666666")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.enable_policy_type(RootId=root, PolicyType="S3_POLICY")
        made = organizations.create_policy(Name="a", Type="S3_POLICY", Content="{}", Description="")["Policy"]["PolicySummary"]
        self.assertIn("/s3_policy/p-", made["Arn"])

    def test_subnet_groups(self):
        ec2 = self.stub.client("ec2")
        vpc, first, _ = self.network(ec2)
        second = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24")["Subnet"]["SubnetId"]
        rds, redshift, caches = (self.stub.client(name) for name in ("rds", "redshift", "elasticache"))
        rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="a", SubnetIds=[first])
        rds.modify_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="b", SubnetIds=[first, second])
        [told] = rds.describe_db_subnet_groups()["DBSubnetGroups"]
        self.assertEqual((told["DBSubnetGroupDescription"], len(told["Subnets"])), ("b", 2))
        redshift.create_cluster_subnet_group(ClusterSubnetGroupName="g", Description="a", SubnetIds=[first])
        redshift.modify_cluster_subnet_group(ClusterSubnetGroupName="g", Description="b", SubnetIds=[first, second])
        [told] = redshift.describe_cluster_subnet_groups()["ClusterSubnetGroups"]
        self.assertEqual((told["Description"], len(told["Subnets"])), ("b", 2))
        name = {"CacheSubnetGroupName": "g"}
        caches.create_cache_subnet_group(CacheSubnetGroupDescription="a", SubnetIds=[first], **name)
        caches.modify_cache_subnet_group(CacheSubnetGroupDescription="b", SubnetIds=[first, second], **name)
        [told] = caches.describe_cache_subnet_groups()["CacheSubnetGroups"]
        self.assertEqual((told["CacheSubnetGroupDescription"], len(told["Subnets"])), ("b", 2))
        caches.delete_cache_subnet_group(**name)
        self.refused("CacheSubnetGroupNotFoundFault", caches.delete_cache_subnet_group, **name)

    def test_outposts(self):
        ec2 = self.stub.client("ec2")
        vpc, other, _ = self.network(ec2)
        outpost = "arn:aws:outposts:eu-central-1:123456789012:outpost/op-0000000000000000a"
        self.refused("InvalidParameterValue", ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.2.0/24", OutpostArn="a")
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24", OutpostArn=outpost)["Subnet"]["SubnetId"]
        self.refused("InvalidParameterValue", ec2.modify_subnet_attribute, SubnetId=other, EnableLniAtDeviceIndex=1)
        self.refused("InvalidParameterValue", ec2.modify_subnet_attribute, SubnetId=subnet, EnableLniAtDeviceIndex=0)
        maps = {"SubnetId": subnet, "MapCustomerOwnedIpOnLaunch": {"Value": True}}
        self.refused("InvalidParameterCombination", ec2.modify_subnet_attribute, **maps)
        ec2.modify_subnet_attribute(CustomerOwnedIpv4Pool="ipv4pool-coip-a", **maps)
        ec2.modify_subnet_attribute(SubnetId=subnet, EnableLniAtDeviceIndex=2)
        members = ("OutpostArn", "MapCustomerOwnedIpOnLaunch", "CustomerOwnedIpv4Pool", "EnableLniAtDeviceIndex")
        told = lambda: [ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0].get(m) for m in members]
        self.assertEqual(told(), [outpost, True, "ipv4pool-coip-a", 2])
        ec2.modify_subnet_attribute(SubnetId=subnet, DisableLniAtDeviceIndex={"Value": True})
        ec2.modify_subnet_attribute(SubnetId=subnet, MapCustomerOwnedIpOnLaunch={"Value": False})
        self.assertEqual(told(), [outpost, False, None, None])
        volume = ec2.create_volume(AvailabilityZone="eu-central-1a", Size=1, OutpostArn=outpost)["VolumeId"]
        self.assertEqual(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["OutpostArn"], outpost)

    def test_routes_to_other_networks(self):
        ec2 = self.stub.client("ec2")
        vpc, _, _ = self.network(ec2)
        carrier = ec2.create_carrier_gateway(VpcId=vpc)["CarrierGateway"]["CarrierGatewayId"]
        one = {"RouteTableId": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"], "DestinationCidrBlock": "10.9.0.0/16"}
        core = "arn:aws:networkmanager::123456789012:core-network/core-network-0000000000000000a"
        odb = "arn:aws:odb:eu-central-1:123456789012:odb-network/odbnet_a"
        members = ("CarrierGatewayId", "CoreNetworkArn", "LocalGatewayId", "OdbNetworkArn")

        def told():
            [table] = ec2.describe_route_tables(RouteTableIds=[one["RouteTableId"]])["RouteTables"]
            return [[r[m] for m in members if r.get(m)] for r in table["Routes"] if r.get("DestinationCidrBlock") == "10.9.0.0/16"]

        ec2.create_route(CarrierGatewayId=carrier, **one)
        self.assertEqual(told(), [[carrier]])
        for name, target in (("LocalGatewayId", "lgw-0000000000000000a"), ("CoreNetworkArn", core), ("OdbNetworkArn", odb), ("CarrierGatewayId", carrier)):
            ec2.replace_route(**{name: target}, **one)
            self.assertEqual(told(), [[target]])
        self.refused("InvalidParameterValue", ec2.replace_route, CoreNetworkArn=odb, **one)

    def test_route_tables_of_gateways(self):
        ec2 = self.stub.client("ec2")
        vpc, _, _ = self.network(ec2)
        gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=gateway)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, GatewayId=gateway)
        [told] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        self.assertEqual([a["GatewayId"] for a in told["Associations"]], [gateway])

    def test_sets_of_dhcp_options(self):
        ec2 = self.stub.client("ec2")
        vpc, _, _ = self.network(ec2)
        options = [{"Key": "domain-name", "Values": ["example.com"]}]
        first, second = (ec2.create_dhcp_options(DhcpConfigurations=options)["DhcpOptions"]["DhcpOptionsId"] for _ in "ab")
        for used in (first, second):
            ec2.associate_dhcp_options(VpcId=vpc, DhcpOptionsId=used)
        ec2.delete_dhcp_options(DhcpOptionsId=first)
        self.refused("DependencyViolation", ec2.delete_dhcp_options, DhcpOptionsId=second)

    def test_places(self):
        ec2 = self.stub.client("ec2")
        _, subnet, _ = self.network(ec2)
        image = ec2.describe_images()["Images"][0]["ImageId"]
        first, second, third = (ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"] for _ in range(3))
        wired = [
            {"DeviceIndex": 0, "NetworkInterfaceId": first},
            {"DeviceIndex": 1, "NetworkInterfaceId": second, "NetworkCardIndex": 1},
        ]
        launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1}
        made = ec2.run_instances(InstanceType="p4d.24xlarge", NetworkInterfaces=wired, **launch)["Instances"][0]["InstanceId"]
        attach = {"NetworkInterfaceId": third, "InstanceId": made, "DeviceIndex": 2}
        self.refused("InvalidParameterValue", ec2.attach_network_interface, NetworkCardIndex=9, **attach)
        ec2.attach_network_interface(NetworkCardIndex=3, **attach)
        told = ec2.describe_network_interfaces(NetworkInterfaceIds=[second, third])["NetworkInterfaces"]
        self.assertEqual(sorted(i["Attachment"]["NetworkCardIndex"] for i in told), [1, 3])
        self.refused("InvalidParameterValue", ec2.create_nat_gateway, SubnetId=subnet, ConnectivityType="private", PrivateIpAddress="10.9.0.1")
        nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", PrivateIpAddress="10.0.1.40")["NatGateway"]
        [told] = ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"]
        self.assertEqual([a["PrivateIp"] for a in told["NatGatewayAddresses"]], ["10.0.1.40"])
        ec2.create_subnet_cidr_reservation(SubnetId=subnet, Cidr="10.0.1.64/28", ReservationType="explicit", Description="a")
        told = ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]
        self.assertEqual([r["Description"] for r in told], ["a"])

    def test_default_subnets_with_ipv6_only(self):
        ec2 = self.stub.client("ec2", region="ap-south-1")
        [default] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        wanted = {"AvailabilityZone": "ap-south-1a", "Ipv6Native": True}
        self.refused("DefaultSubnetAlreadyExistsInAvailabilityZone", ec2.create_default_subnet, **wanted)
        for subnet in ec2.describe_subnets()["Subnets"]:
            if subnet["AvailabilityZone"] == "ap-south-1a":
                ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        self.refused("InvalidParameterValue", ec2.create_default_subnet, **wanted)
        ec2.associate_vpc_cidr_block(VpcId=default["VpcId"], AmazonProvidedIpv6CidrBlock=True)
        made = ec2.create_default_subnet(**wanted)["Subnet"]
        [told] = ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"]
        self.assertEqual((told["DefaultForAz"], told["Ipv6Native"], told.get("CidrBlock")), (True, True, None))

    def test_ends_of_endpoints(self):
        ec2 = self.stub.client("ec2")
        vpc, subnet, _ = self.network(ec2)
        self.refused("InvalidParameterCombination", ec2.create_vpc_endpoint, VpcId=vpc, VpcEndpointType="Resource")
        arn = "arn:aws:vpc-lattice:eu-central-1:123456789012:resourceconfiguration/rcfg-0000000000000000a"
        names = {"PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["a.example.com"]}
        made = ec2.create_vpc_endpoint(VpcId=vpc, VpcEndpointType="Resource", ResourceConfigurationArn=arn, DnsOptions=names)["VpcEndpoint"]
        [told] = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
        self.assertEqual((told["ResourceConfigurationArn"], told.get("ServiceName")), (arn, None))
        self.assertEqual(told["DnsOptions"]["PrivateDnsSpecifiedDomains"], ["a.example.com"])
        service = {"ServiceName": "com.amazonaws.eu-central-1.sqs", "VpcEndpointType": "Interface", "IpAddressType": "dualstack"}
        [block] = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["Ipv6CidrBlockAssociationSet"]
        six = str(ipaddress.ip_network(block["Ipv6CidrBlock"])[7])
        placed = [{"SubnetId": subnet, "Ipv4": "10.0.1.7", "Ipv6": six}]
        made = ec2.create_vpc_endpoint(VpcId=vpc, SubnetIds=[subnet], SubnetConfigurations=placed, **service)["VpcEndpoint"]
        [told] = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
        self.assertEqual([g["GroupName"] for g in told["Groups"]], ["default"])
        [told] = ec2.describe_network_interfaces(NetworkInterfaceIds=told["NetworkInterfaceIds"])["NetworkInterfaces"]
        self.assertEqual((told["PrivateIpAddress"], [a["Ipv6Address"] for a in told["Ipv6Addresses"]]), ("10.0.1.7", [six]))

    def test_ranges_of_pools_of_ones_own(self):
        ec2 = self.stub.client("ec2")
        vpc, _, _ = self.network(ec2)
        own = {"VpcId": vpc, "Ipv6Pool": "ipv6pool-ec2-0000000000000000a"}
        self.refused("InvalidParameterValue", ec2.associate_vpc_cidr_block, **own)
        ec2.associate_vpc_cidr_block(Ipv6CidrBlock="2001:db8:a::/56", **own)
        [told] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
        self.assertIn(own["Ipv6Pool"], [a["Ipv6Pool"] for a in told["Ipv6CidrBlockAssociationSet"]])


if __name__ == "__main__":
    unittest.main()
