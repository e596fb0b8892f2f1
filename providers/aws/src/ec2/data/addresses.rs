//! `aws_eip`, `aws_eips` and `aws_network_interface` as data sources.

use super::one::{described, only, text, told};
use crate::Aws;
use crate::client::dns_suffix;
use crate::ec2::data_filter::{DataFilter, chosen};
use crate::ec2::kind::set;
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The Elastic IP address that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_eip")]
pub struct EipData {
    /// The ARN of the address.
    pub arn: Computed<String>,
    /// Its association.
    pub association_id: Computed<String>,
    /// The address of the carrier.
    pub carrier_ip: Computed<String>,
    /// The address of the customer's.
    pub customer_owned_ip: Computed<String>,
    /// The pool of the customer's addresses.
    pub customer_owned_ipv4_pool: Computed<String>,
    /// What it is for: `vpc`.
    pub domain: Computed<String>,
    /// Filters of DescribeAddresses.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The allocation of the address.
    pub id: Auto<String>,
    /// The instance that has it.
    pub instance_id: Computed<String>,
    /// The pool of addresses that it is from.
    pub ipam_pool_id: Computed<String>,
    /// The network interface that has it.
    pub network_interface_id: Computed<String>,
    /// The account that owns the network interface.
    pub network_interface_owner_id: Computed<String>,
    /// The DNS name of the private address.
    pub private_dns: Computed<String>,
    /// The private address that it leads to.
    pub private_ip: Computed<String>,
    /// The name that reverse look-ups give.
    pub ptr_record: Computed<String>,
    /// The DNS name of the address.
    pub public_dns: Computed<String>,
    /// The address.
    pub public_ip: Auto<String>,
    /// The pool it is from.
    pub public_ipv4_pool: Computed<String>,
    /// Tags that the Elastic IP address must have; all of its tags.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for EipData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("allocation-id", set(config.id.0.as_deref())),
                ("public-ip", set(config.public_ip.0.as_deref())),
            ],
        );
        let call = aws.ec2().describe_addresses().set_filters(wanted).send();
        let found = aws.call("ec2:DescribeAddresses", call).await?.addresses.unwrap_or_default();
        let found = only(found, "Elastic IP address", "ec2:DescribeAddresses")?;
        let account = aws.account().await?;
        let ptr = reverse_name(aws, found.allocation_id()).await?;
        Ok(Self {
            arn: aws.ec2_arn(&account, &format!("elastic-ip/{}", text(found.allocation_id()))).into(),
            association_id: told(found.association_id()),
            carrier_ip: told(found.carrier_ip()),
            customer_owned_ip: told(found.customer_owned_ip()),
            customer_owned_ipv4_pool: told(found.customer_owned_ipv4_pool()),
            domain: told(found.domain()),
            id: told(found.allocation_id()),
            instance_id: told(found.instance_id()),
            ipam_pool_id: String::new().into(),
            network_interface_id: told(found.network_interface_id()),
            network_interface_owner_id: told(found.network_interface_owner_id()),
            private_dns: private_name(aws, found.private_ip_address()).into(),
            private_ip: told(found.private_ip_address()),
            ptr_record: ptr.unwrap_or_default().into(),
            public_dns: public_name(aws, found.public_ip()).into(),
            public_ip: told(found.public_ip()),
            public_ipv4_pool: told(found.public_ipv4_pool()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            ..config
        })
    }
}

/// The name that AWS gives an address inside of a region.
fn private_name(aws: &Aws, address: Option<&str>) -> String {
    let Some(address) = address.filter(|a| !a.is_empty()) else { return String::new() };
    let domain = match aws.region() {
        "us-east-1" => "ec2.internal".to_owned(),
        region => format!("{region}.compute.internal"),
    };
    format!("ip-{}.{domain}", address.replace('.', "-"))
}

/// The name that AWS gives a public address.
fn public_name(aws: &Aws, address: Option<&str>) -> String {
    let Some(address) = address.filter(|a| !a.is_empty()) else { return String::new() };
    let suffix = dns_suffix(aws.partition());
    let domain = match aws.region() {
        "us-east-1" => format!("compute-1.{suffix}"),
        region => format!("{region}.compute.{suffix}"),
    };
    format!("ec2-{}.{domain}", address.replace('.', "-"))
}

/// The name that reverse look-ups of an address give, where its owner has set one.
async fn reverse_name(aws: &Aws, allocation: Option<&str>) -> Result<Option<String>, Error> {
    let Some(allocation) = allocation else { return Ok(None) };
    let call = (aws.ec2().describe_addresses_attribute())
        .allocation_ids(allocation)
        .attribute(types::AddressAttributeName::DomainName);
    match aws.call("ec2:DescribeAddressesAttribute", call.send()).await {
        // Not everybody who may see addresses may see this.
        Err(error) if error.has_code(&["UnauthorizedOperation"]) => Ok(None),
        other => Ok(other?.addresses.unwrap_or_default().into_iter().find_map(|a| a.ptr_record)),
    }
}

/// The Elastic IP addresses that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_eips")]
pub struct Eips {
    /// The allocations of the addresses.
    pub allocation_ids: Computed<Vec<String>>,
    /// Filters of DescribeAddresses.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The addresses.
    pub public_ips: Computed<Vec<String>>,
    /// Tags that the addresses must have.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for Eips {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(&config.filter, &config.tags, &[]);
        let call = aws.ec2().describe_addresses().set_filters(wanted).send();
        let found = aws.call("ec2:DescribeAddresses", call).await?.addresses.unwrap_or_default();
        Ok(Self {
            allocation_ids: found.iter().filter_map(|a| set(a.allocation_id())).collect::<Vec<_>>().into(),
            id: aws.region().into(),
            public_ips: found.iter().filter_map(|a| set(a.public_ip())).collect::<Vec<_>>().into(),
            ..config
        })
    }
}

/// The network interface that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_network_interface")]
pub struct NetworkInterfaceData {
    /// The ARN of the interface.
    pub arn: Computed<String>,
    /// Its public address.
    pub association: Computed<Vec<InterfaceAddress>>,
    /// What it is attached to.
    pub attachment: Computed<Vec<InterfaceAttachment>>,
    /// The zone it is in.
    pub availability_zone: Computed<String>,
    /// What it is for.
    pub description: Computed<String>,
    /// Whether it uses ENA Express.
    pub ena_srd_specification: Computed<Vec<Express>>,
    /// Filters of DescribeNetworkInterfaces.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the interface.
    pub id: Auto<String>,
    /// What kind of interface it is.
    pub interface_type: Computed<String>,
    /// Its IPv6 addresses.
    pub ipv6_addresses: Computed<BTreeSet<String>>,
    /// Its hardware address.
    pub mac_address: Computed<String>,
    /// The Outpost it is on.
    pub outpost_arn: Computed<String>,
    /// The account that owns it.
    pub owner_id: Computed<String>,
    /// The DNS name of its private address.
    pub private_dns_name: Computed<String>,
    /// Its first private address.
    pub private_ip: Computed<String>,
    /// Its private addresses, the first one first.
    pub private_ips: Computed<Vec<String>>,
    /// Who had it made.
    pub requester_id: Computed<String>,
    /// Its security groups.
    pub security_groups: Computed<BTreeSet<String>>,
    /// The subnet it is in.
    pub subnet_id: Computed<String>,
    /// Tags that the network interface must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The VPC it is in.
    pub vpc_id: Computed<String>,
}

/// The public address of a network interface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InterfaceAddress {
    /// Its allocation.
    pub allocation_id: String,
    /// Its association.
    pub association_id: String,
    /// The address of the carrier.
    pub carrier_ip: String,
    /// The address of the customer's.
    pub customer_owned_ip: String,
    /// Who owns the address.
    pub ip_owner_id: String,
    /// Its DNS name.
    pub public_dns_name: String,
    /// The address.
    pub public_ip: String,
}

/// What a network interface is attached to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InterfaceAttachment {
    /// The attachment.
    pub attachment_id: String,
    /// The index of the device.
    pub device_index: i64,
    /// The instance.
    pub instance_id: String,
    /// The account that owns the instance.
    pub instance_owner_id: String,
    /// The network card.
    pub network_card_index: i64,
}

/// Whether a network interface uses ENA Express.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Express {
    /// Whether it does.
    pub ena_srd_enabled: bool,
    /// Whether it does for UDP.
    pub ena_srd_udp_specification: Vec<ExpressUdp>,
}

/// Whether a network interface uses ENA Express for UDP.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ExpressUdp {
    /// Whether it does.
    pub ena_srd_udp_enabled: bool,
}

#[async_trait]
impl DataSource for NetworkInterfaceData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted =
            chosen(&config.filter, &config.tags, &[("network-interface-id", set(config.id.0.as_deref()))]);
        let found = described::<types::NetworkInterface>(aws, wanted).await?;
        let found = only(found, "network interface", "ec2:DescribeNetworkInterfaces")?;
        Ok(Self {
            arn: aws
                .ec2_arn(
                    found.owner_id().unwrap_or_default(),
                    &format!("network-interface/{}", text(found.network_interface_id())),
                )
                .into(),
            association: found.association().map(address).into_iter().collect::<Vec<_>>().into(),
            attachment: found.attachment().map(attachment).into_iter().collect::<Vec<_>>().into(),
            availability_zone: told(found.availability_zone()),
            description: told(found.description()),
            ena_srd_specification: found
                .attachment()
                .and_then(|a| a.ena_srd_specification())
                .map(express)
                .into_iter()
                .collect::<Vec<_>>()
                .into(),
            id: told(found.network_interface_id()),
            interface_type: told(found.interface_type()),
            ipv6_addresses: found
                .ipv6_addresses()
                .iter()
                .filter_map(|a| set(a.ipv6_address()))
                .collect::<BTreeSet<_>>()
                .into(),
            mac_address: told(found.mac_address()),
            outpost_arn: told(found.outpost_arn()),
            owner_id: told(found.owner_id()),
            private_dns_name: told(found.private_dns_name()),
            private_ip: told(found.private_ip_address()),
            private_ips: {
                let mut all: Vec<_> = found.private_ip_addresses().iter().collect();
                all.sort_by_key(|a| a.primary() != Some(true));
                all.into_iter().filter_map(|a| set(a.private_ip_address())).collect::<Vec<_>>()
            }
            .into(),
            requester_id: told(found.requester_id()),
            security_groups: found
                .groups()
                .iter()
                .filter_map(|g| set(g.group_id()))
                .collect::<BTreeSet<_>>()
                .into(),
            subnet_id: told(found.subnet_id()),
            tags: aws.tags().managed(tag_map(found.tag_set.clone())).into(),
            vpc_id: told(found.vpc_id()),
            ..config
        })
    }
}

fn address(found: &types::NetworkInterfaceAssociation) -> InterfaceAddress {
    InterfaceAddress {
        allocation_id: text(found.allocation_id()),
        association_id: text(found.association_id()),
        carrier_ip: text(found.carrier_ip()),
        customer_owned_ip: text(found.customer_owned_ip()),
        ip_owner_id: text(found.ip_owner_id()),
        public_dns_name: text(found.public_dns_name()),
        public_ip: text(found.public_ip()),
    }
}

fn attachment(found: &types::NetworkInterfaceAttachment) -> InterfaceAttachment {
    InterfaceAttachment {
        attachment_id: text(found.attachment_id()),
        device_index: found.device_index().map_or(0, i64::from),
        instance_id: text(found.instance_id()),
        instance_owner_id: text(found.instance_owner_id()),
        network_card_index: found.network_card_index().map_or(0, i64::from),
    }
}

fn express(found: &types::AttachmentEnaSrdSpecification) -> Express {
    let udp = |u: &types::AttachmentEnaSrdUdpSpecification| ExpressUdp {
        ena_srd_udp_enabled: u.ena_srd_udp_enabled().unwrap_or_default(),
    };
    Express {
        ena_srd_enabled: found.ena_srd_enabled().unwrap_or_default(),
        ena_srd_udp_specification: found.ena_srd_udp_specification().map(udp).into_iter().collect(),
    }
}
