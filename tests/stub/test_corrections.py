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


if __name__ == "__main__":
    unittest.main()
