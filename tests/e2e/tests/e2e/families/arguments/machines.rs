//! What instances are launched with, their interfaces and addresses.

use super::*;

const LISTED: &str = "how they are given is the configuration's choice";

#[test]
fn arguments_of_launches() {
    let family = Family::start("arguments/launches");
    let made = "(lambda image, templates: {'host': ec2.allocate_hosts(AvailabilityZone='eu-west-1a', InstanceType='m5.large', Quantity=2)['HostIds'], \
                  'template': [templates.append(ec2.create_launch_template(LaunchTemplateName='t', \
                      LaunchTemplateData={'ImageId': image, 'InstanceType': 'm5.large'})['LaunchTemplate']['LaunchTemplateId']), \
                    ec2.create_launch_template_version(LaunchTemplateId=templates[0], LaunchTemplateData={'ImageId': image, 'InstanceType': 'm5.xlarge'}), \
                    templates[0]][-1]})(ec2.describe_images(Owners=['099720109477'])['Images'][0]['ImageId'], [])";
    family.context.write("terraform.tfvars.json", &family.aws.ask(made).to_string());
    let told = "(lambda found, attribute, volume: \
                  [[i['CpuOptions'].get('NestedVirtualization'), i['CpuOptions']['ThreadsPerCore'], i['CapacityReservationSpecification']['CapacityReservationPreference'], \
                    i['MetadataOptions']['HttpEndpoint'], i['PrivateDnsNameOptions']['EnableResourceNameDnsAAAARecord'], attribute(i, 'disableApiTermination'), \
                    [a['IsPrimaryIpv6'] for a in i['NetworkInterfaces'][0]['Ipv6Addresses']], \
                    [a['PrivateIpAddress'][-2:] for a in i['NetworkInterfaces'][0]['PrivateIpAddresses'] if not a['Primary']]] for i in [found('flexible')]] + \
                  [i['CapacityReservationSpecification'] for i in [found('reserved')]] + [attribute(i, 'userData') for i in [found('data')]] + \
                  [[v['VolumeType'], v['Size'], v['Iops'], v.get('Throughput'), m['Ebs']['DeleteOnTermination'], sorted(t['Key'] for t in v['Tags'])] \
                    for m in found('stored')['BlockDeviceMappings'] if m['DeviceName'] != '/dev/sdg' for v in [volume(m)]]) \
                (lambda name: [i for r in ec2.describe_instances(Filters=[{'Name': 'tag:Name', 'Values': [name]}])['Reservations'] for i in r['Instances']][0], \
                 lambda i, name: ec2.describe_instance_attribute(InstanceId=i['InstanceId'], Attribute=name)[name[0].upper() + name[1:]].get('Value'), \
                 lambda m: ec2.describe_volumes(VolumeIds=[m['Ebs']['VolumeId']])['Volumes'][0])";
    let group = "arn:aws:resource-groups:eu-west-1:123456789012:group/g";
    let by_group = json!({"CapacityReservationTarget": {"CapacityReservationResourceGroupArn": group}});
    let expected = [
        json!([
            ["enabled", 1, "none", "disabled", true, true, [true, false], ["20"]],
            {"CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}},
            "YQ==",
            ["io2", 5, 500, null, true, ["a", "owner"]],
            ["gp3", 9, 4000, 200, false, ["a", "owner"]]
        ]),
        json!([
            ["disabled", 2, "open", "enabled", false, false, [true], ["21", "22"]],
            by_group,
            "Yg==",
            ["io2", 5, 500, null, true, ["b", "owner"]],
            ["gp2", 9, 100, null, true, ["b", "owner"]]
        ]),
        json!([
            ["disabled", 2, "open", "enabled", false, false, [true], ["21", "22"]],
            by_group,
            "Yg==",
            ["io2", 5, 500, null, true, ["owner"]],
            ["gp2", 9, 100, null, true, ["b", "owner"]]
        ]),
    ];
    let imports = Imports {
        unseen: &[
            ("aws_instance.force_destroy", OURS),
            ("aws_instance.get_password_data", OURS),
            ("aws_instance.user_data_replace_on_change", OURS),
            ("aws_instance.user_data", LISTED),
            ("aws_instance.user_data_base64", LISTED),
            ("aws_instance.password_data", "asked for only where it is wanted"),
            ("aws_instance.network_interface", LISTED),
            ("aws_instance.launch_template", LISTED),
            ("aws_instance.instance_market_options", "a price has six decimals there"),
            ("aws_instance.root_block_device", "tags are told where some are given"),
            ("aws_instance.ebs_block_device", "tags are told where some are given"),
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_kms_key.deletion_window_in_days", "told of deleted keys only"),
        ],
        never: &[
            ("aws_key_pair", "its public key is not told, so that it would be made once more"),
            ("aws_instance.placed", "volumes of the host are not told"),
        ],
        ..Imports::default()
    };
    let lost = "ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[r['SpotInstanceRequestId'] \
                  for r in ec2.describe_spot_instance_requests()['SpotInstanceRequests']]); \
                [ec2.terminate_instances(InstanceIds=[i['InstanceId']]) for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] \
                  if i.get('InstanceLifecycle') and i['State']['Name'] == 'running']";
    let made = [("aws_instance.cheap", "create"), ("aws_instance.spot", "create")];
    let kept =
        ["aws_instance.data", "aws_instance.flexible", "aws_instance.reserved", "aws_instance.windows"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    let others = [
        ("aws_instance.addressed", "replace"),
        ("aws_instance.cheap", "replace"),
        ("aws_instance.former", "replace"),
        ("aws_instance.grouped", "replace"),
        ("aws_instance.hosted", "replace"),
        ("aws_instance.placed", "replace"),
        ("aws_instance.reset", "replace"),
        ("aws_instance.spot", "replace"),
        ("aws_instance.stored", "replace"),
        ("aws_instance.templated", "replace"),
        ("aws_instance.wired", "replace"),
        ("aws_network_interface_attachment.a", "replace"),
    ];
    family.step("what needs another instance", &[TURN], &others);
    let told = "(lambda i, asked: [[i[p] for p in ['EbsOptimized', 'KeyName']] + [i['Placement'].get(p) for p in ['AvailabilityZone', 'GroupName', 'PartitionNumber', 'Tenancy']] + \
                  [i['EnclaveOptions']['Enabled'], i['HibernationOptions']['Configured'], i['SecurityGroups'][0]['GroupName'], i.get('PublicIpAddress')], \
                  sorted([r['SpotPrice'], r['Type'], r['State'], r['InstanceInterruptionBehavior']] for r in asked)]) \
                (*[i for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['InstanceType'] == 'm5d.large' and i['State']['Name'] == 'running'], \
                 [r for r in ec2.describe_spot_instance_requests()['SpotInstanceRequests'] if r['Type'] == 'persistent']) + \
                sorted(i['CpuOptions']['AmdSevSnp'] + i['Placement']['GroupId'][-1] for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['InstanceType'] == 'm6a.large' and i['State']['Name'] == 'running') + \
                [t['Value'] for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['InstanceType'] == 'm5.xlarge' for t in i['Tags'] if t['Key'].endswith(':version')]";
    let cancelled = json!(["0.050000", "persistent", "cancelled", "stop"]);
    let expected = json!([
        [false, "b", "eu-west-1b", "b", 2, "default", false, false, "second", null],
        [cancelled, cancelled, ["0.060000", "persistent", "active", "hibernate"]],
        "disabled1",
        "2"
    ]);
    family.witness(told, expected);
    family.destroy("[i for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['State']['Name'] != 'terminated']");
}

#[test]
fn arguments_of_interfaces_and_their_addresses() {
    let family = Family::start("arguments/interfaces");
    let made = "{'snapshot': [ec2.create_snapshot(VolumeId=ec2.create_volume(AvailabilityZone='eu-west-1a', Size=size)['VolumeId'])['SnapshotId'] for size in (3, 4)]}";
    family.context.write("terraform.tfvars.json", &family.aws.ask(made).to_string());
    let told = "(lambda interface: \
                  [[a['PrivateIpAddress'][-2:] for a in interface('10.0.1.210')['PrivateIpAddresses']], [a['Ipv6Address'][-2:] for a in interface('10.0.1.210')['Ipv6Addresses']], \
                   interface('10.0.1.240').get('Attachment', {}).get('DeviceIndex'), \
                   interface('10.0.1.240').get('Attachment', {}).get('EnaSrdSpecification', {}).get('EnaSrdUdpSpecification', {}).get('EnaSrdUdpEnabled')] + \
                  [p['Ipv6Prefix'][-6:] for i in ec2.describe_network_interfaces()['NetworkInterfaces'] for p in i.get('Ipv6Prefixes', [])]) \
                (lambda address: ec2.describe_network_interfaces(Filters=[{'Name': 'private-ip-address', 'Values': [address]}])['NetworkInterfaces'][0]) + \
                sorted(a['PrivateIpAddress'] for a in ec2.describe_addresses()['Addresses'] if a.get('PrivateIpAddress', '')[:9] in ('10.0.1.20', '10.0.1.24', '10.0.1.25'))";
    let expected = [
        json!([
            ["10", "13", "12"],
            ["20", "22", "21"],
            1,
            true,
            "8::/80",
            "10.0.1.204",
            "10.0.1.241",
            "10.0.1.251"
        ]),
        json!([["10", "12"], ["21", "20"], 2, false, "9::/80", "10.0.1.205", "10.0.1.240", "10.0.1.251"]),
        json!([["10"], ["20"], 2, false, "9::/80", "10.0.1.205", "10.0.1.240", "10.0.1.251"]),
    ];
    let imports = Imports {
        ids: &[("aws_volume_attachment", "{device_name}:{volume_id}:{instance_id}")],
        unseen: &[
            ("aws_network_interface.private_ip_list_enabled", OURS),
            ("aws_network_interface.ipv6_address_list_enabled", OURS),
            ("aws_eip.associate_with_private_ip", "the wish is not told, but what became of it"),
            ("aws_ebs_volume.final_snapshot", OURS),
            ("aws_volume_attachment.skip_destroy", OURS),
            ("aws_instance.force_destroy", OURS),
            ("aws_instance.get_password_data", OURS),
            ("aws_instance.user_data_replace_on_change", OURS),
            ("aws_instance.network_interface", LISTED),
            ("aws_instance.ebs_block_device", "volumes that others have attached are told, too"),
            ("aws_instance.associate_public_ip_address", "an Elastic IP address takes the place of another"),
            ("aws_kms_key.deletion_window_in_days", "told of deleted keys only"),
        ],
        never: &[
            ("aws_eip.known", "whether the address was wanted is not told"),
            ("aws_eip.ipam", "the pool of IPAM is not told"),
            ("aws_eip_association.machine", "whether it may be taken from elsewhere is not told"),
            ("aws_ebs_volume.filled", "how fast it was filled is not told"),
        ],
    };
    let lost = "[ec2.disassociate_address(AssociationId=a['AssociationId']) for a in ec2.describe_addresses()['Addresses'] if a.get('AssociationId')]; \
                [ec2.detach_network_interface(AttachmentId=i['Attachment']['AttachmentId']) for i in ec2.describe_network_interfaces()['NetworkInterfaces'] \
                  if i.get('Attachment', {}).get('DeviceIndex')]";
    let made = [
        ("aws_eip.machine", "update"),
        ("aws_eip.second", "update"),
        ("aws_eip_association.machine", "create"),
        ("aws_eip_association.private", "create"),
        ("aws_network_interface.attached", "update"),
    ];
    let kept = ["aws_eip.machine", "aws_network_interface.primary", "aws_volume_attachment.left"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    let others = [
        ("aws_ebs_volume.filled", "replace"),
        ("aws_ebs_volume.shared", "replace"),
        ("aws_eip.customer", "replace"),
        ("aws_eip.ipam", "replace"),
        ("aws_eip.known", "replace"),
        ("aws_eip.pool", "replace"),
        ("aws_eip_association.machine", "replace"),
        ("aws_eip_association.private", "replace"),
        ("aws_network_interface.primary", "replace"),
        ("aws_network_interface.typed", "replace"),
        ("aws_volume_attachment.a", "replace"),
    ];
    family.step("what needs another object", &[TURN], &others);
    let pools = "sorted([a['PublicIpv4Pool'][:14], a['NetworkBorderGroup'], a.get('CustomerOwnedIpv4Pool', '')[-1:]] for a in ec2.describe_addresses()['Addresses'] \
                   if a['PublicIpv4Pool'] != 'amazon' or a.get('CustomerOwnedIpv4Pool'))";
    let expected = json!([
        ["amazon", "eu-west-1", "1"],
        ["ipam-ipam-pool", "eu-west-1", ""],
        ["ipv4pool-ec2-0", "eu-west-1", ""]
    ]);
    family.witness(pools, expected);
    family.destroy("ec2.describe_addresses()['Addresses'] + [i for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['State']['Name'] != 'terminated']");
}
