"""Drives the stub with boto3, which has AWS's wire formats from the same models as AWS's own tools:
what it sends must be understood, what it gets must be complete, and wrong requests must be refused."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = Path(__file__).parent
REGION = "eu-central-1"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0"


class Stub:
    """A running stub."""

    def __init__(self):
        self.log = tempfile.NamedTemporaryFile("w+")
        self.process = subprocess.Popen([sys.executable, str(HERE / "serve.py")], stderr=self.log)
        words = "Running on "
        while words not in (text := Path(self.log.name).read_text()):
            if self.process.poll() is not None:
                raise RuntimeError(text)
        self.endpoint = text.split(words)[1].split()[0]

    def client(self, service, role_account=None, region=REGION):
        keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "secret"}
        if role_account:
            role = f"arn:aws:iam::{role_account}:role/r"
            made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
            keys = {
                "aws_access_key_id": made["AccessKeyId"],
                "aws_secret_access_key": made["SecretAccessKey"],
                "aws_session_token": made["SessionToken"],
            }
        config = Config(read_timeout=20, retries={"max_attempts": 1})
        return boto3.client(service, region, endpoint_url=self.endpoint, config=config, **keys)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stub = Stub()
        cls.addClassCleanup(cls.stub.stop)

    def refused(self, code, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def network(self, ec2, block="10.0.0.0/16"):
        vpc = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block.replace("/16", "/24"))["Subnet"]["SubnetId"]
        return vpc, subnet

    def gateway(self, ec2, **arguments):
        made = ec2.create_transit_gateway(**arguments)["TransitGateway"]
        return self.settled(ec2.describe_transit_gateways, "TransitGateways", TransitGatewayIds=[made["TransitGatewayId"]])

    def settled(self, describe, key, **arguments):
        """The one object that is described, after its passing states."""
        passing = {"pending", "modifying", "associating", "deleting", "requested", "initiatingRequest", "verifying"}
        for _ in range(6):
            found = describe(**arguments)[key]
            states = {v for k, v in found[0].items() if k.lower().endswith("state")} if found else set()
            if not states & passing:
                break
        return found[0] if found else None

    def test_moto_is_put_right(self):
        self.stub.client("s3", region="us-east-1").create_bucket(Bucket="calls")
        trails = self.stub.client("cloudtrail")
        arn = trails.create_trail(Name="all", S3BucketName="calls")["TrailARN"]
        trails.start_logging(Name=arn)
        self.assertTrue(trails.get_trail_status(Name=arn)["IsLogging"])
        alarms = self.stub.client("cloudwatch")
        alarm = {"AlarmName": "cpu", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 80.0}
        alarms.put_metric_alarm(MetricName="CPUUtilization", Namespace="AWS/EC2", Period=60, Statistic="Average", **alarm)
        self.assertEqual([a["AlarmName"] for a in alarms.describe_alarms()["MetricAlarms"]], ["cpu"])

    def test_ipv6_is_propagated(self):
        ec2 = self.stub.client("ec2", region="eu-north-1")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
        gateway = self.gateway(ec2)
        arguments = {"TransitGatewayId": gateway["TransitGatewayId"], "VpcId": vpc, "SubnetIds": [subnet]}
        made = ec2.create_transit_gateway_vpc_attachment(**arguments)["TransitGatewayVpcAttachment"]
        attachment = {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}
        ids = {"TransitGatewayAttachmentIds": list(attachment.values())}
        settle = lambda: self.settled(ec2.describe_transit_gateway_vpc_attachments, "TransitGatewayVpcAttachments", **ids)
        table = {"TransitGatewayRouteTableId": gateway["Options"]["PropagationDefaultRouteTableId"]}
        propagated = [{"Name": "type", "Values": ["propagated"]}]
        routes = lambda: [r["DestinationCidrBlock"] for r in ec2.search_transit_gateway_routes(Filters=propagated, **table)["Routes"]]
        settle()
        self.assertEqual(routes(), ["10.9.0.0/16"])
        ec2.modify_transit_gateway_vpc_attachment(Options={"Ipv6Support": "enable"}, **attachment)
        settle()
        self.assertEqual([":" in r for r in routes()], [False, True])

    def test_transit_gateway(self):
        ec2 = self.stub.client("ec2")
        tags = [{"ResourceType": "transit-gateway", "Tags": [{"Key": "Name", "Value": "t"}]}]
        made = ec2.create_transit_gateway(Description="d", TagSpecifications=tags)["TransitGateway"]
        self.assertEqual((made["State"], made["Tags"]), ("pending", [{"Key": "Name", "Value": "t"}]))
        identifier = made["TransitGatewayId"]
        gateway = self.settled(ec2.describe_transit_gateways, "TransitGateways", TransitGatewayIds=[identifier])
        self.assertEqual((gateway["State"], gateway["Options"]["AmazonSideAsn"]), ("available", 64512))
        vpc, subnet = self.network(ec2)
        self.refused("InvalidVpcID.NotFound", ec2.create_transit_gateway_vpc_attachment, TransitGatewayId=identifier, VpcId="vpc-0", SubnetIds=[subnet])
        attachment = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=identifier, VpcId=vpc, SubnetIds=[subnet])
        attachment = attachment["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        ids = {"TransitGatewayAttachmentIds": [attachment]}
        self.assertEqual(self.settled(ec2.describe_transit_gateway_vpc_attachments, "TransitGatewayVpcAttachments", **ids)["State"], "available")
        shown = ec2.describe_transit_gateway_attachments(**ids)["TransitGatewayAttachments"][0]
        default = gateway["Options"]["AssociationDefaultRouteTableId"]
        self.assertEqual(shown["Association"]["TransitGatewayRouteTableId"], default)
        everything = [{"Name": "type", "Values": ["static", "propagated"]}]
        found = ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=default, Filters=everything)["Routes"]
        self.assertEqual([(r["DestinationCidrBlock"], r["Type"]) for r in found], [("10.0.0.0/16", "propagated")])
        route = {"TransitGatewayRouteTableId": default, "DestinationCidrBlock": "0.0.0.0/0"}
        ec2.create_transit_gateway_route(TransitGatewayAttachmentId=attachment, **route)
        self.refused("RouteAlreadyExists", ec2.create_transit_gateway_route, Blackhole=True, **route)
        ec2.delete_transit_gateway_route(**route)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=identifier)
        self.refused("IncorrectState", ec2.delete_transit_gateway, TransitGatewayId=identifier)
        ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
        self.settled(ec2.describe_transit_gateway_vpc_attachments, "TransitGatewayVpcAttachments", **ids)
        ec2.delete_transit_gateway(TransitGatewayId=identifier)
        gone = self.settled(ec2.describe_transit_gateways, "TransitGateways", TransitGatewayIds=[identifier])
        self.assertEqual(gone["State"], "deleted")
        self.refused("InvalidTransitGatewayID.NotFound", ec2.delete_transit_gateway, TransitGatewayId=identifier)

    def test_gateways_go_when_nothing_needs_them(self):
        ec2, dx = self.stub.client("ec2"), self.stub.client("directconnect")
        gateway = self.gateway(ec2, Options={"AmazonSideAsn": 64555})
        identifier, default = gateway["TransitGatewayId"], gateway["Options"]["AssociationDefaultRouteTableId"]
        own = ec2.create_transit_gateway_route_table(TransitGatewayId=identifier)["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
        tables = lambda: {t["TransitGatewayRouteTableId"]: t["State"] for t in ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]}
        self.refused("IncorrectState", ec2.delete_transit_gateway, TransitGatewayId=identifier)
        self.refused("IncorrectState", ec2.delete_transit_gateway_route_table, TransitGatewayRouteTableId=default)
        ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=own)
        ec2.create_tags(Resources=[identifier], Tags=[{"Key": "Name", "Value": "t"}])
        self.refused("InvalidTransitGatewayID.NotFound", self.stub.client("ec2", "210987654321").delete_transit_gateway, TransitGatewayId=identifier)
        self.assertEqual(ec2.delete_transit_gateway(TransitGatewayId=identifier)["TransitGateway"]["State"], "deleting")
        self.assertEqual(self.settled(ec2.describe_transit_gateways, "TransitGateways", TransitGatewayIds=[identifier])["State"], "deleted")
        self.assertIn(tables().get(default), (None, "deleted"))
        self.assertEqual(ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [identifier]}])["Tags"], [])

        customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65010, IpAddress="192.0.2.77")["CustomerGateway"]["CustomerGatewayId"]
        hub = self.gateway(ec2)["TransitGatewayId"]
        line = ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer, TransitGatewayId=hub)["VpnConnection"]["VpnConnectionId"]
        self.refused("IncorrectState", ec2.delete_customer_gateway, CustomerGatewayId=customer)
        self.refused("IncorrectState", ec2.delete_transit_gateway, TransitGatewayId=hub)
        ec2.delete_vpn_connection(VpnConnectionId=line)
        self.settled(ec2.describe_vpn_connections, "VpnConnections", VpnConnectionIds=[line])
        ec2.delete_customer_gateway(CustomerGatewayId=customer)
        self.refused("InvalidCustomerGatewayID.NotFound", ec2.delete_customer_gateway, CustomerGatewayId=customer)
        ec2.delete_transit_gateway(TransitGatewayId=hub)

        lone = dx.create_direct_connect_gateway(directConnectGatewayName="lone")["directConnectGateway"]["directConnectGatewayId"]
        self.settled(dx.describe_direct_connect_gateways, "directConnectGateways", directConnectGatewayId=lone)
        gone = dx.delete_direct_connect_gateway(directConnectGatewayId=lone)["directConnectGateway"]
        self.assertEqual(gone["directConnectGatewayState"], "deleting")
        self.settled(dx.describe_direct_connect_gateways, "directConnectGateways", directConnectGatewayId=lone)
        self.refused("DirectConnectClientException", dx.delete_direct_connect_gateway, directConnectGatewayId=lone)

    def test_what_is_wrong_is_refused(self):
        ec2, dx = self.stub.client("ec2"), self.stub.client("directconnect")
        # boto3 would refuse these itself.
        ec2.meta.events.register("before-parameter-build.ec2", lambda **_: None)
        self.refused("InvalidParameterValue", ec2.create_transit_gateway, Options={"DnsSupport": "yes"})
        self.refused("InvalidParameterValue", ec2.describe_transit_gateways, Filters=[{"Name": "colour", "Values": ["red"]}])
        self.refused("DryRunOperation", ec2.create_transit_gateway, DryRun=True)
        self.refused("NotModelledByStub", ec2.describe_transit_gateway_multicast_domains)
        self.refused("NotModelledByStub", dx.describe_interconnects)
        self.refused("DirectConnectClientException", dx.create_connection, location="nowhere", bandwidth="1Gbps", connectionName="c")
        before = len(ec2.describe_customer_gateways()["CustomerGateways"])
        self.refused("InvalidParameterValue", ec2.create_customer_gateway, Type="ipsec.2", BgpAsn=65000, IpAddress="192.0.2.1")
        self.assertEqual(len(ec2.describe_customer_gateways()["CustomerGateways"]), before)

    def test_pages(self):
        ec2 = self.stub.client("ec2", region="us-west-1")
        gateway = self.gateway(ec2)["TransitGatewayId"]
        for _ in range(7):
            ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)
        wanted = [{"Name": "transit-gateway-id", "Values": [gateway]}]
        pages = list(ec2.get_paginator("describe_transit_gateway_route_tables").paginate(Filters=wanted))
        self.assertEqual([len(p["TransitGatewayRouteTables"]) for p in pages], [5, 3])

    def test_sharing_across_accounts(self):
        ec2, ram = self.stub.client("ec2"), self.stub.client("ram")
        other, other_ram = self.stub.client("ec2", "222222222222"), self.stub.client("ram", "222222222222")
        gateway = self.gateway(ec2)
        vpc, subnet = self.network(other)
        attach = {"TransitGatewayId": gateway["TransitGatewayId"], "VpcId": vpc, "SubnetIds": [subnet]}
        self.refused("InvalidTransitGatewayID.NotFound", other.create_transit_gateway_vpc_attachment, **attach)
        share = ram.create_resource_share(name="s", clientToken="t")["resourceShare"]
        self.assertEqual(ram.create_resource_share(name="s", clientToken="t")["resourceShare"], share)
        self.refused("IdempotentParameterMismatchException", ram.create_resource_share, name="z", clientToken="t")
        arn = share["resourceShareArn"]
        ram.associate_resource_share(resourceShareArn=arn, resourceArns=[gateway["TransitGatewayArn"]])
        ram.associate_resource_share(resourceShareArn=arn, principals=["222222222222"])
        principals = {"associationType": "PRINCIPAL", "resourceShareArns": [arn]}
        found = ram.get_resource_share_associations(**principals)["resourceShareAssociations"]
        self.assertEqual(found[0]["status"], "ASSOCIATING")
        invitation = other_ram.get_resource_share_invitations(resourceShareArns=[arn])["resourceShareInvitations"][0]
        accept = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
        other_ram.accept_resource_share_invitation(**accept)
        self.refused("ResourceShareInvitationAlreadyAcceptedException", other_ram.accept_resource_share_invitation, **accept)
        for _ in range(3):
            ram.get_resource_shares(resourceOwner="SELF")
            ram.get_resource_share_associations(associationType="RESOURCE", resourceShareArns=[arn])
        resources = other_ram.list_resources(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[arn])["resources"]
        self.assertEqual([r["arn"] for r in resources], [gateway["TransitGatewayArn"]])
        made = other.create_transit_gateway_vpc_attachment(**attach)["TransitGatewayVpcAttachment"]
        self.assertEqual(made["State"], "pendingAcceptance")
        ids = {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}
        self.refused("InvalidTransitGatewayAttachmentID.NotFound", other.accept_transit_gateway_vpc_attachment, **ids)
        accepted = ec2.accept_transit_gateway_vpc_attachment(**ids)["TransitGatewayVpcAttachment"]
        self.assertEqual((accepted["State"], accepted["VpcOwnerId"]), ("pending", "222222222222"))

    def test_features_of_an_organization(self):
        org = self.stub.client("organizations", role_account="777777777777")
        org.create_organization(FeatureSet="CONSOLIDATED_BILLING")
        asked = org.enable_all_features()["Handshake"]
        self.refused("DuplicateHandshakeException", org.enable_all_features)
        told = lambda: org.describe_organization()["Organization"]["FeatureSet"]  # noqa: E731
        self.assertEqual((told(), asked["State"]), ("CONSOLIDATED_BILLING", "OPEN"))
        org.accept_handshake(HandshakeId=asked["Id"])
        self.assertEqual(told(), "ALL")
        self.refused("InvalidHandshakeTransitionException", org.accept_handshake, HandshakeId=asked["Id"])
        self.refused("HandshakeConstraintViolationException", org.enable_all_features)

    def test_organization(self):
        org = self.stub.client("organizations", role_account="333333333333")
        self.refused("AWSOrganizationsNotInUseException", org.create_account, AccountName="a", Email="a@example.com")
        org.create_organization(FeatureSet="ALL")
        root = org.list_roots()["Roots"][0]["Id"]

        def ended(**account):
            made = org.create_account(**account)["CreateAccountStatus"]
            self.assertEqual(made["State"], "IN_PROGRESS")
            states = [
                org.describe_create_account_status(CreateAccountRequestId=made["Id"])["CreateAccountStatus"] for _ in range(3)
            ]
            self.assertEqual(states[0]["State"], "IN_PROGRESS")
            return states[-1]

        made = ended(AccountName="a", Email="a@example.com", Tags=[{"Key": "k", "Value": "v"}])
        self.assertEqual(made["State"], "SUCCEEDED")
        again = ended(AccountName="b", Email="A@example.com")
        self.assertEqual((again["State"], again["FailureReason"]), ("FAILED", "EMAIL_ALREADY_EXISTS"))
        self.refused("InvalidInputException", org.create_account, AccountName="b", Email="nowhere.com")
        self.assertEqual(org.list_tags_for_resource(ResourceId=made["AccountId"])["Tags"], [{"Key": "k", "Value": "v"}])
        unit = org.create_organizational_unit(ParentId=root, Name="u")["OrganizationalUnit"]["Id"]
        self.refused("DuplicateOrganizationalUnitException", org.create_organizational_unit, ParentId=root, Name="u")
        self.refused("ParentNotFoundException", org.create_organizational_unit, ParentId="r-0000", Name="u")
        org.move_account(AccountId=made["AccountId"], SourceParentId=root, DestinationParentId=unit)
        self.refused("OrganizationalUnitNotEmptyException", org.delete_organizational_unit, OrganizationalUnitId=unit)
        self.refused("ResourcePolicyNotFoundException", org.describe_resource_policy)
        policy = org.put_resource_policy(Content="{}", Tags=[{"Key": "k", "Value": "v"}])["ResourcePolicy"]
        identifier = policy["ResourcePolicySummary"]["Id"]
        org.tag_resource(ResourceId=identifier, Tags=[{"Key": "l", "Value": "w"}])
        org.untag_resource(ResourceId=identifier, TagKeys=["k"])
        self.assertEqual(org.list_tags_for_resource(ResourceId=identifier)["Tags"], [{"Key": "l", "Value": "w"}])
        org.delete_resource_policy()
        org.close_account(AccountId=made["AccountId"])
        states = [org.describe_account(AccountId=made["AccountId"])["Account"]["State"] for _ in range(2)]
        self.assertEqual(states, ["PENDING_CLOSURE", "CLOSED"])

    def test_account_settings(self):
        ec2 = self.stub.client("ec2", region="eu-south-1")
        ec2.enable_serial_console_access()
        self.assertTrue(ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"])
        self.refused("InvalidParameterValue", ec2.enable_snapshot_block_public_access, State="unblocked")
        ec2.enable_snapshot_block_public_access(State="block-all-sharing")
        self.assertEqual(ec2.get_snapshot_block_public_access_state()["State"], "block-all-sharing")
        ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
        states = [ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"] for _ in range(2)]
        self.assertEqual(states, ["unblocked", "block-new-sharing"])
        ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
        ec2.modify_instance_metadata_defaults(HttpPutResponseHopLimit=-1)
        self.assertEqual(ec2.get_instance_metadata_defaults()["AccountLevel"], {"HttpTokens": "required"})

    def test_edges_of_networks(self):
        ec2 = self.stub.client("ec2")
        vpc, subnet = self.network(ec2)
        other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        first, second = (ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(2))
        public = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=first)["NatGateway"]["NatGatewayId"]
        added = ec2.associate_nat_gateway_address(NatGatewayId=public, AllocationIds=[second])["NatGatewayAddresses"][0]
        self.assertEqual((added["AllocationId"], added["IsPrimary"], added["Status"]), (second, False, "associating"))
        self.refused("Resource.AlreadyAssociated", ec2.associate_nat_gateway_address, NatGatewayId=public, AllocationIds=[second])
        shown = ec2.describe_nat_gateways(NatGatewayIds=[public])["NatGateways"][0]["NatGatewayAddresses"]
        self.assertEqual([a["AllocationId"] for a in shown], [first, second])
        self.refused("InvalidAssociationID.NotFound", ec2.disassociate_nat_gateway_address, NatGatewayId=public, AssociationIds=["eipassoc-0"])
        ec2.disassociate_nat_gateway_address(NatGatewayId=public, AssociationIds=[added["AssociationId"]])
        private = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
        self.refused("InvalidParameterCombination", ec2.assign_private_nat_gateway_address, NatGatewayId=private)
        ec2.assign_private_nat_gateway_address(NatGatewayId=private, PrivateIpAddressCount=2)
        shown = ec2.describe_nat_gateways(NatGatewayIds=[private])["NatGateways"][0]["NatGatewayAddresses"]
        self.assertEqual(len(shown), 3)
        ec2.unassign_private_nat_gateway_address(NatGatewayId=private, PrivateIpAddresses=[shown[1]["PrivateIp"]])
        self.assertEqual(ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")["VpcBlockPublicAccessOptions"]["State"], "update-in-progress")
        made = ec2.create_vpc_block_public_access_exclusion(VpcId=vpc, InternetGatewayExclusionMode="allow-egress")
        made = made["VpcBlockPublicAccessExclusion"]["ExclusionId"]
        self.refused("VpcBlockPublicAccessExclusionAlreadyExists", ec2.create_vpc_block_public_access_exclusion, VpcId=vpc, InternetGatewayExclusionMode="allow-egress")
        self.assertEqual(ec2.delete_vpc_block_public_access_exclusion(ExclusionId=made)["VpcBlockPublicAccessExclusion"]["State"], "delete-in-progress")
        group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
        self.refused("InvalidParameterValue", ec2.associate_security_group_vpc, GroupId=group, VpcId=vpc)
        self.assertEqual(ec2.associate_security_group_vpc(GroupId=group, VpcId=other)["State"], "associating")
        described = lambda: ec2.describe_security_group_vpc_associations()["SecurityGroupVpcAssociations"]  # noqa: E731
        self.assertEqual([described()[0]["State"] for _ in range(2)], ["associating", "associated"])

    def test_regional_nat_gateways(self):
        ec2 = self.stub.client("ec2")
        vpc, subnet = self.network(ec2)
        regional = {"VpcId": vpc, "AvailabilityMode": "regional"}
        self.refused("Gateway.NotAttached", ec2.create_nat_gateway, **regional)
        out = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=out, VpcId=vpc)
        self.refused("InvalidParameterCombination", ec2.create_nat_gateway, SubnetId=subnet, **regional)
        self.refused("MissingParameter", ec2.create_nat_gateway, AvailabilityMode="regional")
        first, second = (ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(2))
        zone = {"AvailabilityZone": "eu-central-1a", "AllocationIds": [first]}
        made = ec2.create_nat_gateway(AvailabilityZoneAddresses=[zone], **regional)["NatGateway"]
        one = {"NatGatewayId": made["NatGatewayId"]}
        self.assertEqual((made["AutoProvisionZones"], made["NatGatewayAddresses"][0]["AvailabilityZone"]), ("disabled", "eu-central-1a"))
        elsewhere = {"AvailabilityZone": "us-east-1a"}
        self.refused("InvalidParameterValue", ec2.associate_nat_gateway_address, AllocationIds=[second], **elsewhere, **one)
        self.refused("Resource.AlreadyAssociated", ec2.associate_nat_gateway_address, AllocationIds=[first], AvailabilityZone="eu-central-1b", **one)
        ec2.associate_nat_gateway_address(AllocationIds=[second], AvailabilityZone="eu-central-1b", **one)
        told = lambda: ec2.describe_nat_gateways(NatGatewayIds=list(one.values()))["NatGateways"][0]
        self.assertEqual([a["AvailabilityZone"] for a in told()["NatGatewayAddresses"]], ["eu-central-1a", "eu-central-1b"])
        ec2.disassociate_nat_gateway_address(AssociationIds=[told()["NatGatewayAddresses"][0]["AssociationId"]], **one)
        self.assertEqual([a["AllocationId"] for a in told()["NatGatewayAddresses"]], [second])
        automatic = ec2.create_nat_gateway(**regional)["NatGateway"]
        self.assertEqual(automatic["AutoProvisionZones"], "enabled")
        taken = {"NatGatewayId": automatic["NatGatewayId"], "AllocationIds": [first], "AvailabilityZone": "eu-central-1a"}
        self.refused("InvalidParameterCombination", ec2.associate_nat_gateway_address, **taken)
        ec2.delete_nat_gateway(**one)
        [freed] = ec2.describe_addresses(AllocationIds=[second])["Addresses"]
        self.assertNotIn("AssociationId", freed)

    def test_hosted_connections(self):
        partner, customer = self.stub.client("directconnect", "444444444444"), self.stub.client("directconnect")
        line = partner.create_connection(location="EqFA5", bandwidth="1Gbps", connectionName="p")["connectionId"]
        hosted = {"connectionId": line, "ownerAccount": "123456789012", "connectionName": "h"}
        self.refused("DirectConnectClientException", partner.allocate_hosted_connection, bandwidth="3Mbps", vlan=7, **hosted)
        self.refused("DirectConnectClientException", partner.allocate_hosted_connection, bandwidth="50Mbps", vlan=4095, **hosted)
        made = partner.allocate_hosted_connection(bandwidth="50Mbps", vlan=7, **hosted)
        self.assertEqual((made["connectionState"], made["vlan"], made["location"]), ("ordering", 7, "EqFA5"))
        self.refused("DirectConnectClientException", partner.allocate_hosted_connection, bandwidth="100Mbps", vlan=7, **hosted)
        one = {"connectionId": made["connectionId"]}
        self.assertEqual(customer.confirm_connection(**one)["connectionState"], "pending")
        self.refused("DirectConnectClientException", customer.confirm_connection, **one)
        states = [customer.describe_connections(**one)["connections"][0]["connectionState"] for _ in range(3)]
        self.assertEqual(states[-1], "available")
        customer.delete_connection(**one)
        states = [customer.describe_connections(**one)["connections"][0]["connectionState"] for _ in range(3)]
        self.assertEqual(states[-1], "deleted")

    def test_parts_of_buckets(self):
        s3 = self.stub.client("s3", region="us-east-1")
        s3.create_bucket(Bucket="parts")
        self.assertEqual(s3.get_bucket_request_payment(Bucket="parts")["Payer"], "BucketOwner")
        s3.put_bucket_request_payment(Bucket="parts", RequestPaymentConfiguration={"Payer": "Requester"})
        self.assertEqual(s3.get_bucket_request_payment(Bucket="parts")["Payer"], "Requester")
        metric = {"Id": "all", "Filter": {"And": {"Prefix": "a", "Tags": [{"Key": "k", "Value": "v"}]}}}
        s3.put_bucket_metrics_configuration(Bucket="parts", Id="all", MetricsConfiguration=metric)
        self.assertEqual(s3.get_bucket_metrics_configuration(Bucket="parts", Id="all")["MetricsConfiguration"], metric)
        self.assertEqual(s3.list_bucket_metrics_configurations(Bucket="parts")["MetricsConfigurationList"], [metric])
        alone = {"Id": "one", "Filter": {"And": {"Prefix": "a"}}}
        self.refused("MalformedXML", s3.put_bucket_metrics_configuration, Bucket="parts", Id="one", MetricsConfiguration=alone)
        s3.delete_bucket_metrics_configuration(Bucket="parts", Id="all")
        self.refused("NoSuchConfiguration", s3.get_bucket_metrics_configuration, Bucket="parts", Id="all")
        tiers = {"Id": "a", "Status": "Enabled", "Tierings": [{"Days": 10, "AccessTier": "ARCHIVE_ACCESS"}]}
        self.refused("InvalidRequest", s3.put_bucket_intelligent_tiering_configuration, Bucket="parts", Id="a", IntelligentTieringConfiguration=tiers)
        s3.put_object(Bucket="parts", Key="o", Body=b"moto's")
        self.assertEqual(s3.get_object(Bucket="parts", Key="o")["Body"].read(), b"moto's")

    def test_vpn(self):
        ec2 = self.stub.client("ec2", region="us-west-2")
        customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65010, IpAddress="192.0.2.9")["CustomerGateway"]
        vpc, _ = self.network(ec2)
        vpn_gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        options = {"StaticRoutesOnly": True, "TunnelOptions": [{"PreSharedKey": "abcdefgh1", "IKEVersions": [{"Value": "ikev2"}]}]}
        made = ec2.create_vpn_connection(
            Type="ipsec.1", CustomerGatewayId=customer["CustomerGatewayId"], VpnGatewayId=vpn_gateway, Options=options
        )["VpnConnection"]
        one = {"VpnConnectionIds": [made["VpnConnectionId"]]}
        found = self.settled(ec2.describe_vpn_connections, "VpnConnections", **one)
        self.assertIn("<pre_shared_key>abcdefgh1</pre_shared_key>", found["CustomerGatewayConfiguration"])
        self.assertEqual(found["Options"]["TunnelOptions"][0]["IkeVersions"], [{"Value": "ikev2"}])
        ec2.create_vpn_connection_route(VpnConnectionId=made["VpnConnectionId"], DestinationCidrBlock="10.9.0.0/16")
        found = ec2.describe_vpn_connections(**one)["VpnConnections"][0]
        self.assertEqual(found["Routes"], [{"DestinationCidrBlock": "10.9.0.0/16", "Source": "Static", "State": "pending"}])
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        enable = {"RouteTableId": table, "GatewayId": vpn_gateway}
        self.refused("Gateway.NotAttached", ec2.enable_vgw_route_propagation, **enable)
        ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=vpn_gateway)
        ec2.enable_vgw_route_propagation(**enable)
        shown = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
        self.assertEqual(shown["PropagatingVgws"], [{"GatewayId": vpn_gateway}])

    def test_vpn_by_private_lines(self):
        ec2 = self.stub.client("ec2", region="us-west-2")
        gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
        self.settled(ec2.describe_transit_gateways, "TransitGateways", TransitGatewayIds=[gateway])
        customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65011, IpAddress="10.0.0.9")["CustomerGateway"]
        one = {"Type": "ipsec.1", "CustomerGatewayId": customer["CustomerGatewayId"]}
        private = {"OutsideIpAddressType": "PrivateIpv4"}
        self.refused("InvalidParameterCombination", ec2.create_vpn_connection, TransitGatewayId=gateway, Options=private, **one)
        gathered = ec2.create_vpn_concentrator(Type="ipsec.1", TransitGatewayId=gateway)["VpnConcentrator"]["VpnConcentratorId"]
        self.refused("InvalidParameterCombination", ec2.create_vpn_connection, TransitGatewayId=gateway, VpnConcentratorId=gathered, **one)
        made = ec2.create_vpn_connection(VpnConcentratorId=gathered, **one)["VpnConnection"]
        self.assertEqual(made["VpnConcentratorId"], gathered)
        self.refused("IncorrectState", ec2.delete_vpn_concentrator, VpnConcentratorId=gathered)
        [told] = ec2.describe_vpn_concentrators(VpnConcentratorIds=[gathered])["VpnConcentrators"]
        self.assertEqual((told["State"], told["TransitGatewayId"]), ("available", gateway))

    def test_client_vpn_by_transit_gateways(self):
        ec2 = self.stub.client("ec2", region="us-west-2")
        vpc, subnet = self.network(ec2)
        gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
        self.settled(ec2.describe_transit_gateways, "TransitGateways", TransitGatewayIds=[gateway])
        by_gateway = {"TransitGatewayId": gateway, "AvailabilityZones": ["us-west-2a"]}
        arguments = {
            "ClientCidrBlock": "10.100.0.0/22",
            "ServerCertificateArn": CERTIFICATE,
            "AuthenticationOptions": [
                {"Type": "certificate-authentication", "MutualAuthentication": {"ClientRootCertificateChainArn": CERTIFICATE}}
            ],
            "ConnectionLogOptions": {"Enabled": False},
        }
        create = ec2.create_client_vpn_endpoint
        self.refused("InvalidParameterCombination", create, VpcId=vpc, TransitGatewayConfiguration=by_gateway, **arguments)
        both = {**by_gateway, "AvailabilityZoneIds": ["usw2-az1"]}
        self.refused("InvalidParameterValue", create, TransitGatewayConfiguration=both, **arguments)
        endpoint = {"ClientVpnEndpointId": create(TransitGatewayConfiguration=by_gateway, **arguments)["ClientVpnEndpointId"]}
        self.refused("InvalidParameterValue", ec2.associate_client_vpn_target_network, SubnetId=subnet, **endpoint)
        ec2.create_client_vpn_route(DestinationCidrBlock="10.0.0.0/8", **endpoint)
        [told] = ec2.describe_client_vpn_endpoints(ClientVpnEndpointIds=[endpoint["ClientVpnEndpointId"]])["ClientVpnEndpoints"]
        attachment = told["TransitGatewayConfiguration"]["TransitGatewayAttachmentId"]
        [route] = ec2.describe_client_vpn_routes(**endpoint)["Routes"]
        self.assertEqual((route["TransitGatewayAttachmentId"], len(told["TransitGatewayConfiguration"]["AvailabilityZoneIds"])), (attachment, 1))

    def test_client_vpn(self):
        ec2 = self.stub.client("ec2", region="us-east-2")
        vpc, subnet = self.network(ec2)
        arguments = {
            "ClientCidrBlock": "10.100.0.0/22",
            "ServerCertificateArn": CERTIFICATE,
            "AuthenticationOptions": [
                {"Type": "certificate-authentication", "MutualAuthentication": {"ClientRootCertificateChainArn": CERTIFICATE}}
            ],
            "ConnectionLogOptions": {"Enabled": False},
        }
        made = ec2.create_client_vpn_endpoint(**arguments)
        endpoint = {"ClientVpnEndpointId": made["ClientVpnEndpointId"]}
        self.assertEqual(made["Status"]["Code"], "pending-associate")
        ec2.create_tags(Resources=[made["ClientVpnEndpointId"]], Tags=[{"Key": "a", "Value": "b"}])
        association = ec2.associate_client_vpn_target_network(SubnetId=subnet, **endpoint)["AssociationId"]
        states = [
            ec2.describe_client_vpn_target_networks(**endpoint)["ClientVpnTargetNetworks"][0]["Status"]["Code"]
            for _ in range(2)
        ]
        self.assertEqual(states[-1], "associated")
        ec2.authorize_client_vpn_ingress(TargetNetworkCidr="10.0.0.0/16", AccessGroupId="g", **endpoint)
        rules = ec2.describe_client_vpn_authorization_rules(**endpoint)["AuthorizationRules"]
        self.assertEqual([(r["GroupId"], r["AccessAll"]) for r in rules], [("g", False)])
        routes = ec2.describe_client_vpn_routes(**endpoint)["Routes"]
        self.assertEqual([(r["DestinationCidr"], r["Origin"]) for r in routes], [("10.0.0.0/16", "associate")])
        shown = ec2.describe_client_vpn_endpoints(ClientVpnEndpointIds=list(endpoint.values()))["ClientVpnEndpoints"][0]
        self.assertEqual((shown["VpcId"], shown["Tags"]), (vpc, [{"Key": "a", "Value": "b"}]))
        self.refused("OperationNotPermitted", ec2.delete_client_vpn_endpoint, **endpoint)
        ec2.disassociate_client_vpn_target_network(AssociationId=association, **endpoint)

    def test_direct_connect(self):
        dx, ec2 = self.stub.client("directconnect"), self.stub.client("ec2")
        self.assertIn("EqDC2", [place["locationCode"] for place in dx.describe_locations()["locations"]])
        made = dx.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="c", tags=[{"key": "a", "value": "b"}])
        connection = {"connectionId": made["connectionId"]}
        states = [dx.describe_connections(**connection)["connections"][0]["connectionState"] for _ in range(3)]
        self.assertEqual((made["connectionState"], states[-1]), ("requested", "available"))
        gateway = dx.create_direct_connect_gateway(directConnectGatewayName="g", amazonSideAsn=64600)
        identifier = {"directConnectGatewayId": gateway["directConnectGateway"]["directConnectGatewayId"]}
        wanted = {"virtualInterfaceName": "v", "vlan": 7, "asn": 65000, "addressFamily": "ipv4", **identifier}
        vif = dx.create_transit_virtual_interface(newTransitVirtualInterface=wanted, **connection)["virtualInterface"]
        self.assertEqual((vif["amazonSideAsn"], vif["virtualInterfaceType"]), (64600, "transit"))
        arn = f"arn:aws:directconnect:{REGION}:123456789012:dxvif/{vif['virtualInterfaceId']}"
        dx.tag_resource(resourceArn=arn, tags=[{"key": "x", "value": "y"}])
        self.assertEqual(dx.describe_tags(resourceArns=[arn])["resourceTags"][0]["tags"], [{"key": "x", "value": "y"}])
        transit = self.gateway(ec2)["TransitGatewayId"]
        association = {"gatewayId": transit, **identifier}
        self.refused("DirectConnectClientException", dx.create_direct_connect_gateway_association, **association)
        prefixes = {"addAllowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/8"}]}
        made = dx.create_direct_connect_gateway_association(**association, **prefixes)
        self.assertEqual(made["directConnectGatewayAssociation"]["associationState"], "associating")
        attached = [{"Name": "resource-type", "Values": ["direct-connect-gateway"]}]
        found = ec2.describe_transit_gateway_attachments(Filters=attached)["TransitGatewayAttachments"]
        self.assertEqual([a["TransitGatewayId"] for a in found], [transit])
        self.refused("DirectConnectClientException", dx.delete_direct_connect_gateway, **identifier)

    def test_connect(self):
        ec2 = self.stub.client("ec2", region="eu-west-3")
        vpc, subnet = self.network(ec2)
        bare = self.gateway(ec2)["TransitGatewayId"]
        attach = {"TransitGatewayId": bare, "VpcId": vpc, "SubnetIds": [subnet]}
        carrier = ec2.create_transit_gateway_vpc_attachment(**attach)["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        ids = {"TransitGatewayAttachmentIds": [carrier]}
        self.settled(ec2.describe_transit_gateway_vpc_attachments, "TransitGatewayVpcAttachments", **ids)
        arguments = {"TransportTransitGatewayAttachmentId": carrier, "Options": {"Protocol": "gre"}}
        connect = ec2.create_transit_gateway_connect(**arguments)["TransitGatewayConnect"]["TransitGatewayAttachmentId"]
        ids = {"TransitGatewayAttachmentIds": [connect]}
        found = self.settled(ec2.describe_transit_gateway_connects, "TransitGatewayConnects", **ids)
        self.assertEqual((found["State"], found["TransportTransitGatewayAttachmentId"]), ("available", carrier))
        tunnel = {"TransitGatewayAttachmentId": connect, "PeerAddress": "10.0.0.9", "InsideCidrBlocks": ["169.254.200.0/29"]}
        self.refused("InvalidParameterCombination", ec2.create_transit_gateway_connect_peer, **tunnel)
        options = {"AddTransitGatewayCidrBlocks": ["10.200.0.0/24"]}
        ec2.modify_transit_gateway(TransitGatewayId=bare, Options=options)
        for _ in range(2):
            ec2.describe_transit_gateways(TransitGatewayIds=[bare])
        peer = ec2.create_transit_gateway_connect_peer(BgpOptions={"PeerAsn": 65099}, **tunnel)["TransitGatewayConnectPeer"]
        sessions = peer["ConnectPeerConfiguration"]["BgpConfigurations"]
        self.assertEqual([s["TransitGatewayAddress"] for s in sessions], ["169.254.200.2", "169.254.200.3"])
        self.assertEqual({(s["PeerAddress"], s["PeerAsn"]) for s in sessions}, {("169.254.200.1", 65099)})
        identifier = {"TransitGatewayConnectPeerId": peer["TransitGatewayConnectPeerId"]}
        ec2.create_tags(Resources=list(identifier.values()), Tags=[{"Key": "a", "Value": "b"}])
        found = ec2.describe_transit_gateway_connect_peers(TransitGatewayConnectPeerIds=list(identifier.values()))
        self.assertEqual(found["TransitGatewayConnectPeers"][0]["Tags"], [{"Key": "a", "Value": "b"}])
        gone = {"TransitGatewayAttachmentId": connect}
        self.refused("IncorrectState", ec2.delete_transit_gateway_connect, **gone)
        ec2.delete_transit_gateway_connect_peer(**identifier)
        for _ in range(2):
            ec2.describe_transit_gateway_connect_peers()
        ec2.delete_transit_gateway_connect(**gone)

    def test_peering_and_prefix_lists(self):
        here, there = self.stub.client("ec2"), self.stub.client("ec2", region="eu-west-1")
        one, two = self.gateway(here), self.gateway(there)
        made = here.create_transit_gateway_peering_attachment(
            TransitGatewayId=one["TransitGatewayId"],
            PeerTransitGatewayId=two["TransitGatewayId"],
            PeerAccountId=two["OwnerId"],
            PeerRegion="eu-west-1",
        )["TransitGatewayPeeringAttachment"]
        attachment = {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}
        ids = {"TransitGatewayAttachmentIds": list(attachment.values())}
        key = "TransitGatewayPeeringAttachments"
        self.assertEqual(self.settled(there.describe_transit_gateway_peering_attachments, key, **ids)["State"], "pendingAcceptance")
        there.accept_transit_gateway_peering_attachment(**attachment)
        self.assertEqual(self.settled(here.describe_transit_gateway_peering_attachments, key, **ids)["State"], "available")
        listed = here.create_managed_prefix_list(PrefixListName="p", MaxEntries=1, AddressFamily="IPv4")["PrefixList"]
        table = {"TransitGatewayRouteTableId": one["Options"]["AssociationDefaultRouteTableId"]}
        here.create_transit_gateway_prefix_list_reference(PrefixListId=listed["PrefixListId"], Blackhole=True, **table)
        key = "TransitGatewayPrefixListReferences"
        found = self.settled(here.get_transit_gateway_prefix_list_references, key, **table)
        self.assertEqual((found["Blackhole"], found["State"]), (True, "available"))

    def test_services_for_endpoints(self):
        ec2, balancers = self.stub.client("ec2"), self.stub.client("elbv2")
        _, subnet = self.network(ec2, "10.7.0.0/16")
        network, gateway = (
            balancers.create_load_balancer(Name=kind, Type=kind, Subnets=[subnet])["LoadBalancers"][0]["LoadBalancerArn"]
            for kind in ("network", "gateway")
        )
        create = ec2.create_vpc_endpoint_service_configuration
        self.refused("InvalidParameterValue", create, NetworkLoadBalancerArns=[gateway])
        self.refused("InvalidParameterCombination", create, NetworkLoadBalancerArns=[network], GatewayLoadBalancerArns=[gateway])
        tags = [{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "a", "Value": "b"}]}]
        made = create(NetworkLoadBalancerArns=[network], TagSpecifications=tags)["ServiceConfiguration"]
        self.assertEqual((made["ServiceState"], made["AcceptanceRequired"], made["SupportedIpAddressTypes"]), ("Pending", True, ["ipv4"]))
        self.assertEqual(made["Tags"], [{"Key": "a", "Value": "b"}])
        service = {"ServiceId": made["ServiceId"]}
        modify = ec2.modify_vpc_endpoint_service_configuration
        modify(**service, PrivateDnsName="a.example.com", AddSupportedIpAddressTypes=["ipv6"], AddSupportedRegions=["eu-west-1"])
        self.refused("InvalidParameter", modify, RemoveSupportedRegions=[REGION], **service)
        found = ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[made["ServiceId"]])["ServiceConfigurations"][0]
        self.assertEqual((found["ServiceState"], found["PrivateDnsNameConfiguration"]["State"]), ("Available", "pendingVerification"))
        self.assertEqual([r["Region"] for r in found["SupportedRegions"]], [REGION, "eu-west-1"])
        permit = ec2.modify_vpc_endpoint_service_permissions
        self.refused("InvalidPrincipal", permit, AddAllowedPrincipals=["somebody"], **service)
        permit(AddAllowedPrincipals=["arn:aws:iam::222222222222:root"], **service)
        allowed = ec2.describe_vpc_endpoint_service_permissions(**service)["AllowedPrincipals"]
        self.assertEqual([(p["Principal"], p["PrincipalType"]) for p in allowed], [("arn:aws:iam::222222222222:root", "Account")])
        delete = ec2.delete_vpc_endpoint_service_configurations
        self.assertEqual(delete(ServiceIds=[made["ServiceId"]])["Unsuccessful"], [])
        for _ in range(2):
            ec2.describe_vpc_endpoint_service_configurations()
        failed = delete(ServiceIds=[made["ServiceId"]])["Unsuccessful"][0]["Error"]["Code"]
        self.assertEqual(failed, "InvalidVpcEndpointService.NotFound")

    def test_account(self):
        account, iam = self.stub.client("account", "555555555555"), self.stub.client("iam", "555555555555")
        self.refused("ResourceNotFoundException", account.get_contact_information)
        contact = {"FullName": "a", "AddressLine1": "b", "City": "c", "PostalCode": "1", "CountryCode": "US", "PhoneNumber": "+1"}
        self.refused("ValidationException", account.put_contact_information, ContactInformation=contact)
        account.put_contact_information(ContactInformation={**contact, "CountryCode": "DE"})
        self.assertEqual(account.get_contact_information()["ContactInformation"], {**contact, "CountryCode": "DE"})
        self.refused("AccessDeniedException", account.get_contact_information, AccountId="222222222222")
        self.refused("ValidationException", account.disable_region, RegionName="eu-west-1")
        account.enable_region(RegionName="eu-south-2")
        self.refused("ConflictException", account.disable_region, RegionName="eu-south-2")
        states = [account.get_region_opt_status(RegionName="eu-south-2")["RegionOptStatus"] for _ in range(2)]
        self.assertEqual(states, ["ENABLING", "ENABLED"])
        listed = [r for page in account.get_paginator("list_regions").paginate() for r in page["Regions"]]
        self.assertIn({"RegionName": "eu-south-2", "RegionOptStatus": "ENABLED"}, listed)
        self.assertIn({"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}, listed)
        version = lambda: iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"]
        self.assertEqual(version(), 1)
        iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
        self.assertEqual(version(), 2)
        self.refused("OrganizationNotFoundException", iam.list_organizations_features)
        organizations = self.stub.client("organizations", "555555555555")
        organizations.create_organization(FeatureSet="ALL")
        self.refused("ServiceAccessNotEnabledException", iam.enable_organizations_root_sessions)
        organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
        iam.enable_organizations_root_sessions()
        self.assertEqual(iam.list_organizations_features()["EnabledFeatures"], ["RootSessions"])
        iam.disable_organizations_root_sessions()
        self.assertEqual(iam.list_organizations_features()["EnabledFeatures"], [])

    def test_moto_remembers(self):
        iam, alarms, logs = self.stub.client("iam"), self.stub.client("cloudwatch"), self.stub.client("logs")
        document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        arn = iam.create_policy(PolicyName="bound", PolicyDocument=document)["Policy"]["Arn"]
        iam.create_user(UserName="bound", PermissionsBoundary=arn)
        self.assertEqual(iam.get_user(UserName="bound")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"], arn)
        self.assertFalse([u for u in iam.list_users()["Users"] if "PermissionsBoundary" in u])
        iam.delete_user_permissions_boundary(UserName="bound")
        self.refused("NoSuchEntity", iam.delete_user_permissions_boundary, UserName="bound")
        composite = {"AlarmName": "both", "AlarmRule": "ALARM(cpu)"}
        self.refused("ValidationError", alarms.put_composite_alarm, ActionsSuppressor="cpu", **composite)
        alarms.put_composite_alarm(ActionsSuppressor="cpu", ActionsSuppressorWaitPeriod=1, ActionsSuppressorExtensionPeriod=2, **composite)
        self.assertEqual(alarms.describe_alarms(AlarmNames=["both"])["MetricAlarms"], [])
        found = alarms.describe_alarms(AlarmNames=["both"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
        self.assertEqual((found["AlarmRule"], found["ActionsSuppressorWaitPeriod"]), ("ALARM(cpu)", 1))
        self.stub.client("kinesis").create_stream(StreamName="logs", ShardCount=1)
        logs.create_log_group(logGroupName="logs")
        stream = f"arn:aws:kinesis:{REGION}:123456789012:stream/logs"
        subscription = {"logGroupName": "logs", "filterName": "f", "filterPattern": "", "destinationArn": stream, "roleArn": arn}
        logs.put_subscription_filter(distribution="Random", **subscription)
        self.assertEqual(logs.describe_subscription_filters(logGroupName="logs")["subscriptionFilters"][0]["distribution"], "Random")
        ec2 = self.stub.client("ec2")
        vpc, _ = self.network(ec2, "10.8.0.0/16")
        group = ec2.create_security_group(GroupName="six", Description="d", VpcId=vpc)["GroupId"]
        tcp = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}
        rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp])["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        change = lambda **wanted: ec2.modify_security_group_rules(
            GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": wanted}]
        )
        self.refused("InvalidParameterValue", change, IpProtocol="tcp", FromPort=1, ToPort=1, CidrIpv4="10.0.0.0/8")
        change(IpProtocol="-1", CidrIpv6="::/0")
        found = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"][0]
        self.assertEqual((found["CidrIpv6"], found["IpProtocol"]), ("::/0", "-1"))


if __name__ == "__main__":
    unittest.main()
