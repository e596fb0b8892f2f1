//! `aws_network_interface`: a network interface, perhaps attached to an instance.

use super::addresses;
use super::remote::{self, PATIENCE};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::ec2::kind::{self, created, int, read_each, set, visible};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, AttributeBooleanValue, AttributeValue, EnaSrdSpecification, EnaSrdUdpSpecification,
    InstanceIpv6Address, Ipv4PrefixSpecificationRequest, Ipv6PrefixSpecificationRequest,
    NetworkInterfaceCreationType, PrivateIpAddressSpecification, ResourceType,
};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, validate,
};

const TYPES: &[&str] = &["efa", "efa-only", "branch", "trunk"];

/// Provides a network interface.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_network_interface", keep)]
pub struct NetworkInterface {
    /// The id of the interface.
    pub id: Computed<String>,
    /// The ARN of the interface.
    pub arn: Computed<String>,
    /// The instance that the interface is attached to.
    #[block(computed)]
    pub attachment: BTreeSet<Attachment>,
    /// What the interface is for.
    pub description: Option<String>,
    /// Whether the first IPv6 address stays as long as the interface. It cannot be switched off again.
    pub enable_primary_ipv6: Auto<bool>,
    /// Express transport between instances; of an interface that is attached.
    #[block]
    pub ena_srd_specification: Option<EnaSrd>,
    /// What the interface is, when it is not an ordinary one.
    #[attr(force_new, validate = validate::one_of(TYPES))]
    pub interface_type: Auto<String>,
    /// How many IPv4 prefixes EC2 chooses.
    #[attr(conflicts_with = "ipv4_prefixes")]
    pub ipv4_prefix_count: Auto<i64>,
    /// IPv4 prefixes, of size /28.
    #[attr(conflicts_with = "ipv4_prefix_count")]
    pub ipv4_prefixes: Auto<BTreeSet<String>>,
    /// How many IPv6 addresses EC2 chooses.
    #[attr(conflicts_with = ["ipv6_addresses", "ipv6_address_list"])]
    pub ipv6_address_count: Auto<i64>,
    /// IPv6 addresses in their order, which counts with `ipv6_address_list_enabled`.
    #[attr(conflicts_with = ["ipv6_addresses", "ipv6_address_count"])]
    pub ipv6_address_list: Auto<Vec<String>>,
    /// Whether the order of IPv6 addresses counts.
    #[attr(default = false)]
    pub ipv6_address_list_enabled: Option<bool>,
    /// IPv6 addresses.
    #[attr(conflicts_with = ["ipv6_address_count", "ipv6_address_list"])]
    pub ipv6_addresses: Auto<BTreeSet<String>>,
    /// How many IPv6 prefixes EC2 chooses.
    #[attr(conflicts_with = "ipv6_prefixes")]
    pub ipv6_prefix_count: Auto<i64>,
    /// IPv6 prefixes, of size /80.
    #[attr(conflicts_with = "ipv6_prefix_count")]
    pub ipv6_prefixes: Auto<BTreeSet<String>>,
    /// The hardware address.
    pub mac_address: Computed<String>,
    /// The Outpost the interface is on.
    pub outpost_arn: Computed<String>,
    /// The account that owns the interface.
    pub owner_id: Computed<String>,
    /// The private DNS name.
    pub private_dns_name: Computed<String>,
    /// The first private address.
    #[attr(force_new)]
    pub private_ip: Auto<String>,
    /// Private addresses in their order, which counts with `private_ip_list_enabled`; the first one
    /// is the primary one.
    #[attr(conflicts_with = "private_ips")]
    pub private_ip_list: Auto<Vec<String>>,
    /// Whether the order of private addresses counts.
    #[attr(default = false)]
    pub private_ip_list_enabled: Option<bool>,
    /// Private addresses.
    #[attr(conflicts_with = ["private_ip_list", "private_ips_count"])]
    pub private_ips: Auto<BTreeSet<String>>,
    /// How many private addresses EC2 chooses beside the primary one.
    #[attr(conflicts_with = "private_ips")]
    pub private_ips_count: Auto<i64>,
    /// The security groups.
    pub security_groups: Auto<BTreeSet<String>>,
    /// Whether traffic must be from or to the interface itself.
    #[attr(default = true)]
    pub source_dest_check: Option<bool>,
    /// The subnet the interface is in.
    #[attr(force_new)]
    pub subnet_id: String,
    /// The tags of the interface.
    pub tags: Tags,
}

/// An instance that a network interface is attached to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Attachment {
    /// The id of the attachment.
    pub attachment_id: Computed<String>,
    /// The index of the interface among those of the instance.
    pub device_index: i64,
    /// The instance.
    pub instance: String,
    /// The network card that the interface is on.
    pub network_card_index: Auto<i64>,
}

/// Express transport between instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct EnaSrd {
    /// Whether it is on.
    pub ena_srd_enabled: Option<bool>,
    /// For datagrams.
    #[block]
    pub ena_srd_udp_specification: Option<EnaSrdUdp>,
}

/// Express transport of datagrams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct EnaSrdUdp {
    /// Whether it is on.
    pub ena_srd_udp_enabled: Option<bool>,
}

/// Attributes that say the same of an interface: how many, which, and in which order.
const SAME: [&[&str]; 4] = [
    &["private_ips", "private_ips_count", "private_ip_list"],
    &["ipv6_addresses", "ipv6_address_count", "ipv6_address_list"],
    &["ipv4_prefixes", "ipv4_prefix_count"],
    &["ipv6_prefixes", "ipv6_prefix_count"],
];

#[async_trait]
impl Resource for NetworkInterface {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Self { id: id.as_str().into(), ..planned };
        let complete = async {
            let now = Self::default().with(aws, visible(aws, &id).await?);
            attach(aws, &id, &now, &started).await?;
            modify(aws, &id, &now, &started).await?;
            Ok(started.clone().with(aws, visible(aws, &id).await?))
        };
        complete.await.map_err(|e: Error| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let with = |state: Self, remote| state.with(aws, remote);
        read_each::<types::NetworkInterface, _>(aws, states, |s| s.id.as_deref(), with).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        attach(aws, &id, &prior, &planned).await?;
        addresses::change(aws, &id, &prior, &planned).await?;
        modify(aws, &id, &prior, &planned).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(planned.with(aws, visible(aws, &id).await?))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let Some(now) = kind::find::<types::NetworkInterface>(aws, id).await? else { return Ok(()) };
        if let Some(attachment) = now.attachment().and_then(|a| a.attachment_id()) {
            remote::detach(aws, id, attachment).await?;
        }
        let delete = || {
            let call = aws.ec2().delete_network_interface().network_interface_id(id).send();
            aws.call("ec2:DeleteNetworkInterface", call)
        };
        let in_use = |e: &Error| e.has_code(&["InvalidParameterValue", "InvalidNetworkInterface.InUse"]);
        match retry_while(PATIENCE, |e| in_use(e) && e.detail.contains("in use"), delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = kind::all::<types::NetworkInterface>(aws).await?.into_iter();
        // Services manage their own, and the first one of an instance may come and go with it.
        let own = all.filter(|i| {
            let goes = |a: &types::NetworkInterfaceAttachment| {
                a.device_index() == Some(0) && a.delete_on_termination() == Some(true)
            };
            i.requester_managed() != Some(true) && !i.attachment().is_some_and(goes)
        });
        Ok(Some(own.map(|i| Self::default().with(aws, i)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        for names in SAME {
            if names.iter().any(|name| cx.changed(name)) {
                for name in names.iter().filter(|name| cx.config(name).is_null()).copied().collect::<Vec<_>>()
                {
                    cx.set_unknown(name);
                }
            }
        }
        if cx.prior("enable_primary_ipv6").as_bool() == Some(true) && cx.changed("enable_primary_ipv6") {
            cx.force_new("enable_primary_ipv6");
        }
        // The primary address is as old as the interface.
        let first = |list: Value| list.as_slice().and_then(|l| l.first().cloned());
        let (before, after) = (first(cx.prior("private_ip_list")), first(cx.planned("private_ip_list")));
        let ordered = cx.config("private_ip_list_enabled").as_bool() == Some(true);
        if ordered && after.is_some() && before != after {
            cx.force_new("private_ip_list");
        }
    }
}

async fn create(aws: &Aws, planned: &NetworkInterface, cx: &ApplyContext) -> Result<String, Error> {
    let ordered = planned.private_ip_list.0.as_ref().filter(|l| !l.is_empty());
    let private: Vec<&String> = match (ordered, &planned.private_ips.0) {
        (Some(list), _) => list.iter().collect(),
        (None, set) => set.iter().flatten().collect(),
    };
    let primary = set(planned.private_ip.as_deref()).or_else(|| private.first().map(|p| (*p).clone()));
    let private: Vec<_> = (private.into_iter())
        .map(|ip| {
            let is_primary = Some(ip) == primary.as_ref();
            PrivateIpAddressSpecification::builder().private_ip_address(ip).primary(is_primary).build()
        })
        .collect();
    let ipv6 = planned.ipv6_address_list.0.clone().filter(|l| !l.is_empty());
    let ipv6 = ipv6.unwrap_or_else(|| planned.ipv6_addresses.0.iter().flatten().cloned().collect());
    let ipv6: Vec<_> =
        ipv6.into_iter().map(|ip| InstanceIpv6Address::builder().ipv6_address(ip).build()).collect();
    let prefixes4: Vec<_> = (planned.ipv4_prefixes.0.iter().flatten())
        .map(|p| Ipv4PrefixSpecificationRequest::builder().ipv4_prefix(p).build())
        .collect();
    let prefixes6: Vec<_> = (planned.ipv6_prefixes.0.iter().flatten())
        .map(|p| Ipv6PrefixSpecificationRequest::builder().ipv6_prefix(p).build())
        .collect();
    let count = |n: &Auto<i64>| int(n.0.filter(|n| *n > 0));
    let groups = planned.security_groups.0.clone().filter(|g| !g.is_empty());
    let call = (aws.ec2().create_network_interface())
        .client_token(cx.token.to_string())
        .subnet_id(&planned.subnet_id)
        .set_description(set(planned.description.as_deref()))
        .set_groups(groups.map(|g| g.into_iter().collect()))
        .set_interface_type(planned.interface_type.as_deref().map(NetworkInterfaceCreationType::from))
        .set_enable_primary_ipv6(planned.enable_primary_ipv6.0)
        // EC2 takes the primary address alone, or among the others.
        .set_private_ip_address(primary.filter(|_| private.is_empty()))
        .set_private_ip_addresses((!private.is_empty()).then_some(private))
        .set_secondary_private_ip_address_count(count(&planned.private_ips_count))
        .set_ipv6_addresses((!ipv6.is_empty()).then_some(ipv6))
        .set_ipv6_address_count(count(&planned.ipv6_address_count))
        .set_ipv4_prefixes((!prefixes4.is_empty()).then_some(prefixes4))
        .set_ipv4_prefix_count(count(&planned.ipv4_prefix_count))
        .set_ipv6_prefixes((!prefixes6.is_empty()).then_some(prefixes6))
        .set_ipv6_prefix_count(count(&planned.ipv6_prefix_count))
        .tag_specifications(creation_tags(ResourceType::NetworkInterface, &planned.tags, cx));
    let create = || aws.call("ec2:CreateNetworkInterface", call.clone().send());
    let made = retry_while(crate::ec2::NEW_PARENT.min(PROPAGATION), is_not_found, create).await?;
    created("ec2:CreateNetworkInterface", made.network_interface.and_then(|i| i.network_interface_id))
}

/// Attaches the interface where the plan says, when it is elsewhere.
async fn attach(
    aws: &Aws,
    id: &str,
    prior: &NetworkInterface,
    planned: &NetworkInterface,
) -> Result<(), Error> {
    let place = |i: &NetworkInterface| i.attachment.first().map(|a| (a.instance.clone(), a.device_index));
    let card = |i: &NetworkInterface| i.attachment.first().and_then(|a| a.network_card_index.0);
    let same_card = card(planned).is_none_or(|wanted| card(prior) == Some(wanted));
    if place(prior) == place(planned) && same_card {
        return Ok(());
    }
    if let Some(attachment) = prior.attachment.first().and_then(|a| a.attachment_id.0.clone()) {
        remote::detach(aws, id, &attachment).await?;
    }
    if let Some(a) = planned.attachment.first() {
        remote::attach(aws, id, &a.instance, a.device_index, a.network_card_index.0).await?;
    }
    Ok(())
}

/// Changes what EC2 changes attribute by attribute.
async fn modify(
    aws: &Aws,
    id: &str,
    prior: &NetworkInterface,
    planned: &NetworkInterface,
) -> Result<(), Error> {
    let call = || aws.ec2().modify_network_interface_attribute().network_interface_id(id);
    let mut calls = Vec::new();
    let description = |i: &NetworkInterface| i.description.clone().unwrap_or_default();
    if description(prior) != description(planned) {
        calls.push(call().description(AttributeValue::builder().value(description(planned)).build()));
    }
    let check = |i: &NetworkInterface| i.source_dest_check.unwrap_or(true);
    if check(prior) != check(planned) {
        let value = AttributeBooleanValue::builder().value(check(planned)).build();
        calls.push(call().source_dest_check(value));
    }
    if let Some(groups) = &planned.security_groups.0
        && prior.security_groups.0.as_ref() != Some(groups)
    {
        calls.push(call().set_groups(Some(groups.iter().cloned().collect())));
    }
    if let Some(on) = planned.enable_primary_ipv6.0
        && prior.enable_primary_ipv6.0.unwrap_or_default() != on
    {
        calls.push(call().enable_primary_ipv6(on));
    }
    if prior.ena_srd_specification != planned.ena_srd_specification {
        let srd = planned.ena_srd_specification.clone().unwrap_or_default();
        let udp = srd.ena_srd_udp_specification.unwrap_or_default().ena_srd_udp_enabled.unwrap_or_default();
        let udp = EnaSrdUdpSpecification::builder().ena_srd_udp_enabled(udp).build();
        let srd = EnaSrdSpecification::builder()
            .ena_srd_enabled(srd.ena_srd_enabled.unwrap_or_default())
            .ena_srd_udp_specification(udp)
            .build();
        calls.push(call().ena_srd_specification(srd));
    }
    for call in calls {
        aws.call("ec2:ModifyNetworkInterfaceAttribute", call.send()).await?;
    }
    Ok(())
}

impl NetworkInterface {
    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, remote: types::NetworkInterface) -> Self {
        let text = |t: Option<String>| t.unwrap_or_default();
        let count = |n: usize| i64::try_from(n).unwrap_or_default();
        let attachment: BTreeSet<Attachment> = (remote::attachment(&remote).into_iter())
            .map(|a| Attachment {
                attachment_id: a.attachment_id.clone().into(),
                device_index: a.device_index().map(i64::from).unwrap_or_default(),
                instance: text(a.instance_id.clone()),
                network_card_index: a.network_card_index().map(i64::from).unwrap_or_default().into(),
            })
            .collect();
        let srd = remote.attachment().and_then(|a| a.ena_srd_specification()).map(|s| EnaSrd {
            ena_srd_enabled: s.ena_srd_enabled(),
            ena_srd_udp_specification: s
                .ena_srd_udp_specification()
                .map(|u| EnaSrdUdp { ena_srd_udp_enabled: u.ena_srd_udp_enabled() }),
        });
        let id = text(remote.network_interface_id);
        let owner = text(remote.owner_id);
        // The primary address comes first.
        let mut private = remote.private_ip_addresses.unwrap_or_default();
        private.sort_by_key(|p| p.primary() != Some(true));
        let private: Vec<String> = private.into_iter().filter_map(|p| p.private_ip_address).collect();
        let ipv6 = remote.ipv6_addresses.unwrap_or_default();
        let primary_ipv6 = ipv6.iter().any(|a| a.is_primary_ipv6() == Some(true));
        let ipv6: Vec<String> = ipv6.into_iter().filter_map(|a| a.ipv6_address).collect();
        let prefixes4: BTreeSet<String> =
            remote.ipv4_prefixes.into_iter().flatten().filter_map(|p| p.ipv4_prefix).collect();
        let prefixes6: BTreeSet<String> =
            remote.ipv6_prefixes.into_iter().flatten().filter_map(|p| p.ipv6_prefix).collect();
        let groups = remote.groups.into_iter().flatten().filter_map(|g| g.group_id);
        Self {
            arn: aws.ec2_arn(&owner, &format!("network-interface/{id}")).into(),
            attachment,
            description: set(remote.description.as_deref())
                .or_else(|| self.description.filter(String::is_empty)),
            enable_primary_ipv6: primary_ipv6.into(),
            ena_srd_specification: match self.ena_srd_specification {
                // Unset, it is off, which is what EC2 says of all that are attached.
                None => srd.filter(|s| s.ena_srd_enabled == Some(true)),
                ours => srd.or(ours),
            },
            interface_type: remote.interface_type.map(|t| t.as_str().to_owned()).unwrap_or_default().into(),
            ipv4_prefix_count: count(prefixes4.len()).into(),
            ipv4_prefixes: prefixes4.into(),
            ipv6_address_count: count(ipv6.len()).into(),
            ipv6_addresses: ipv6.iter().cloned().collect::<BTreeSet<_>>().into(),
            ipv6_address_list: ipv6.into(),
            ipv6_address_list_enabled: Some(self.ipv6_address_list_enabled.unwrap_or_default()),
            ipv6_prefix_count: count(prefixes6.len()).into(),
            ipv6_prefixes: prefixes6.into(),
            mac_address: text(remote.mac_address).into(),
            outpost_arn: text(remote.outpost_arn).into(),
            private_dns_name: text(remote.private_dns_name).into(),
            private_ip: text(remote.private_ip_address).into(),
            private_ips_count: count(private.len().saturating_sub(1)).into(),
            private_ips: private.iter().cloned().collect::<BTreeSet<_>>().into(),
            private_ip_list: private.into(),
            private_ip_list_enabled: Some(self.private_ip_list_enabled.unwrap_or_default()),
            security_groups: groups.collect::<BTreeSet<_>>().into(),
            source_dest_check: Some(remote.source_dest_check.unwrap_or(true)),
            subnet_id: text(remote.subnet_id),
            tags: tag_map(remote.tag_set),
            owner_id: owner.into(),
            id: id.into(),
        }
    }
}
