//! An instance as EC2 describes it, in several calls: most is in one description of many instances,
//! volumes and credits are told for many at once, too; four attributes are told one by one.

use super::Instance;
use super::blocks::{
    CapacityReservation, CapacityReservationTarget, CpuOptions, CreditSpecification, Enclave,
    InstanceInterface, LaunchTemplate, Maintenance, MarketOptions, MetadataOptions, PrimaryInterface,
    PrivateNames, SecondaryInterface, SpotOptions, same_price,
};
use super::{devices, remote};
use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::batch::{PAGE, describe_by, filter, pages};
use crate::ec2::kind::by_ids;
use crate::ec2::tagging::tag_map;
use aws_sdk_ec2::primitives::DateTimeFormat;
use aws_sdk_ec2::types::{self, InstanceAttributeName as Attribute, Tenancy, Volume};
use aws_smithy_types::base64;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{Error, try_join_all};

/// What is told one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    protected: bool,
    /// None where the attribute is not known.
    unstoppable: Option<bool>,
    shutdown: Option<String>,
    user_data: Option<String>,
}

/// What is known of instances beside their descriptions.
pub(in crate::ec2) struct Facts {
    pub(super) account: String,
    pub(super) volumes: HashMap<String, Volume>,
    attributes: HashMap<String, Attributes>,
    pub(in crate::ec2) credits: HashMap<String, String>,
    spot: HashMap<String, types::SpotInstanceRequest>,
    /// By their ids, as far as they are not deleted.
    templates: HashMap<String, types::LaunchTemplate>,
}

/// The tags by which AWS tells the template of an instance.
const TEMPLATE: &str = "aws:ec2launchtemplate:id";
const TEMPLATE_VERSION: &str = "aws:ec2launchtemplate:version";

fn tag_of<'a>(instance: &'a types::Instance, key: &str) -> Option<&'a str> {
    instance.tags().iter().find(|t| t.key() == Some(key)).and_then(|t| t.value())
}

async fn templates(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::LaunchTemplate>, Error> {
    let call = aws.ec2().describe_launch_templates().set_launch_template_ids(Some(ids));
    match pages!(aws, "ec2:DescribeLaunchTemplates", call) {
        // There is no filter of ids, so that one that is deleted hides the others: what is known of them stays.
        Err(e) if is_not_found(&e) => Ok(Vec::new()),
        other => other,
    }
}

async fn attribute(
    aws: &Aws,
    id: &str,
    name: Attribute,
) -> Result<aws_sdk_ec2::operation::describe_instance_attribute::DescribeInstanceAttributeOutput, Error> {
    let call = aws.ec2().describe_instance_attribute().instance_id(id).attribute(name).send();
    aws.call("ec2:DescribeInstanceAttribute", call).await
}

/// Whether the instance is protected from being stopped; not all endpoints know this attribute.
async fn stopping(aws: &Aws, id: &str) -> Result<Option<bool>, Error> {
    match attribute(aws, id, Attribute::DisableApiStop).await {
        Err(e) if e.has_code(&["UnsupportedOperation", "InvalidParameterValue"]) => Ok(None),
        other => Ok(other?.disable_api_stop.and_then(|v| v.value)),
    }
}

async fn attributes(aws: &Aws, id: &str) -> Result<(String, Attributes), Error> {
    let (protection, stopping, shutdown, data) = futures::try_join!(
        attribute(aws, id, Attribute::DisableApiTermination),
        stopping(aws, id),
        attribute(aws, id, Attribute::InstanceInitiatedShutdownBehavior),
        attribute(aws, id, Attribute::UserData),
    )?;
    let on = |v: Option<types::AttributeBooleanValue>| v.and_then(|v| v.value).unwrap_or_default();
    let found = Attributes {
        protected: on(protection.disable_api_termination),
        unstoppable: stopping,
        shutdown: shutdown.instance_initiated_shutdown_behavior.and_then(|v| v.value),
        user_data: data.user_data.and_then(|v| v.value).filter(|v| !v.is_empty()),
    };
    Ok((id.to_owned(), found))
}

/// Whether instances of a type have credits.
fn has_credits(instance: &types::Instance) -> bool {
    instance.instance_type().is_some_and(|t| t.as_str().starts_with('t'))
}

impl Facts {
    /// What an instance was given to begin with, in base 64.
    pub(in crate::ec2) fn user_data(&self, id: &str) -> Option<&str> {
        self.attributes.get(id)?.user_data.as_deref()
    }

    /// The facts of these instances.
    pub(in crate::ec2) async fn of(aws: &Aws, instances: Vec<&types::Instance>) -> Result<Facts, Error> {
        let ids: Vec<&str> = instances.iter().filter_map(|i| i.instance_id()).collect();
        let volumes: Vec<&str> = (instances.iter())
            .flat_map(|i| i.block_device_mappings())
            .filter_map(|m| m.ebs().and_then(|e| e.volume_id()))
            .collect();
        let with_credits = instances.iter().filter(|i| has_credits(i)).filter_map(|i| i.instance_id());
        let credits = |ids: Vec<String>| async move {
            let filters = filter("instance-id", ids);
            let call = aws.ec2().describe_instance_credit_specifications().filters(filters);
            pages!(aws, "ec2:DescribeInstanceCreditSpecifications", call.max_results(PAGE))
        };
        let requests = instances.iter().filter_map(|i| i.spot_instance_request_id());
        let spot = |ids: Vec<String>| async move {
            let filters = filter("spot-instance-request-id", ids);
            let call = aws.ec2().describe_spot_instance_requests().filters(filters).max_results(PAGE);
            pages!(aws, "ec2:DescribeSpotInstanceRequests", call)
        };
        let of_template = instances.iter().filter_map(|i| tag_of(i, TEMPLATE));
        let (volumes, credits, spot, templates, attributes, account) = futures::try_join!(
            by_ids::<Volume>(aws, volumes),
            describe_by(with_credits, credits, |c: &types::InstanceCreditSpecification| c.instance_id()),
            describe_by(requests, spot, |r: &types::SpotInstanceRequest| r.spot_instance_request_id()),
            describe_by(of_template, |ids| templates(aws, ids), |t| t.launch_template_id()),
            try_join_all(ids.iter().map(|id| attributes(aws, id))),
            aws.account(),
        )?;
        let credits = credits.into_iter().filter_map(|(id, c)| Some((id, c.cpu_credits?))).collect();
        let attributes = attributes.into_iter().collect();
        Ok(Facts { account: account.to_string(), volumes, attributes, credits, spot, templates })
    }
}

impl Instance {
    /// This object as EC2 describes it.
    pub(in crate::ec2) fn with(self, aws: &Aws, remote: types::Instance, facts: &Facts) -> Self {
        let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
        let id = text(remote.instance_id());
        let told = facts.attributes.get(&id).cloned().unwrap_or_default();
        let first = remote
            .network_interfaces()
            .iter()
            .find(|i| i.attachment().and_then(|a| a.device_index()).unwrap_or_default() == 0);
        let mut further = BTreeSet::new();
        let mut ipv6 = Vec::new();
        if let Some(first) = first {
            let others = first.private_ip_addresses().iter().filter(|a| a.primary() != Some(true));
            further = others.filter_map(|a| a.private_ip_address.clone()).collect();
            further.remove(&text(remote.private_ip_address()));
            ipv6 = first.ipv6_addresses().iter().filter_map(|a| a.ipv6_address.clone()).collect();
        }
        let groups = |name: bool| {
            let pick = move |g: &types::GroupIdentifier| {
                if name { g.group_name.clone() } else { g.group_id.clone() }
            };
            remote.security_groups().iter().filter_map(pick).collect::<BTreeSet<String>>()
        };
        let placement = remote.placement();
        let user_data = told.user_data.clone();
        let (plain, encoded) = match (&self.user_data_base64.0, user_data) {
            (Some(ours), found) if !ours.is_empty() => (None, found.or(Some(String::new()))),
            (_, found) => {
                let decoded = found.as_deref().and_then(|d| base64::decode(d).ok());
                (
                    decoded.and_then(|d| String::from_utf8(d).ok()).or(self
                        .user_data
                        .0
                        .clone()
                        .filter(|_| found.is_some())),
                    None,
                )
            }
        };
        let profile = remote.iam_instance_profile().and_then(|p| p.arn());
        let profile = profile.and_then(|arn| arn.rsplit('/').next());
        // A name or an ARN says the same.
        let ours = self.iam_instance_profile.as_deref().filter(|p| profile.is_some_and(|f| p.ends_with(f)));
        let association = first.and_then(|i| i.association());
        // An Elastic IP address belongs to an account.
        let by_launch = association.is_some_and(|a| a.ip_owner_id().is_none_or(|owner| owner == "amazon"));
        let associates = self.associate_public_ip_address.0.or(Some(by_launch));
        let is_new = self.ami.as_deref().unwrap_or_default().is_empty();
        let tenancy = placement.and_then(|p| p.tenancy()).unwrap_or(&Tenancy::Default);
        let running = remote::state(&remote).map(|s| s.as_str());
        let monitors = remote.monitoring().and_then(|m| m.state()).map(|s| s.as_str());
        let (root, ebs) = devices::of(aws, &self, &remote, facts);
        // Of the volumes that are the instance's own: another may hang on it with tags of its own.
        let volume_tags = self.volume_tags.as_ref().map(|ours| {
            let own = root.iter().map(|r| &r.volume_id).chain(ebs.iter().map(|b| &b.volume_id));
            let mut known = own.filter_map(|id| facts.volumes.get(id.as_deref()?));
            known
                .next()
                .map_or_else(|| ours.clone(), |v| devices::own_tags(aws, ours, &tag_map(v.tags.clone())))
        });
        Self {
            ami: text(remote.image_id()).into(),
            arn: aws.ec2_arn(&facts.account, &format!("instance/{id}")).into(),
            associate_public_ip_address: associates.into(),
            availability_zone: text(placement.and_then(|p| p.availability_zone())).into(),
            capacity_reservation_specification: (remote.capacity_reservation_specification())
                .map(capacity)
                .or(self.capacity_reservation_specification),
            cpu_options: remote.cpu_options().map(|c| cpu(c, self.cpu_options.clone())).or(self.cpu_options),
            credit_specification: (facts.credits.get(&id).cloned())
                .map(|credits| CreditSpecification { cpu_credits: Some(credits) })
                .filter(|_| self.credit_specification.is_some()),
            disable_api_stop: told.unstoppable.or(self.disable_api_stop.0).unwrap_or_default().into(),
            disable_api_termination: told.protected.into(),
            ebs_block_device: ebs,
            ebs_optimized: remote.ebs_optimized().unwrap_or_default().into(),
            enable_primary_ipv6: first
                .is_some_and(|i| i.ipv6_addresses().iter().any(|a| a.is_primary_ipv6() == Some(true)))
                .into(),
            enclave_options: (remote.enclave_options())
                .map(|e| Enclave { enabled: e.enabled().unwrap_or_default().into() })
                .or(self.enclave_options),
            force_destroy: Some(self.force_destroy.unwrap_or_default()),
            get_password_data: Some(self.get_password_data.unwrap_or_default()),
            hibernation: match remote.hibernation_options().and_then(|h| h.configured()) {
                Some(true) => Some(true),
                _ => self.hibernation.map(|_| false),
            },
            host_id: text(placement.and_then(|p| p.host_id())).into(),
            host_resource_group_arn: text(placement.and_then(|p| p.host_resource_group_arn())).into(),
            iam_instance_profile: text(ours.or(profile)).into(),
            instance_initiated_shutdown_behavior: told.shutdown.unwrap_or_else(|| "stop".into()).into(),
            instance_lifecycle: text(remote.instance_lifecycle().map(|l| l.as_str())).into(),
            instance_state: running.unwrap_or_default().into(),
            instance_type: text(remote.instance_type().map(|t| t.as_str())).into(),
            ipv6_address_count: i64::try_from(ipv6.len()).unwrap_or_default().into(),
            ipv6_addresses: ipv6.into(),
            key_name: text(remote.key_name()).into(),
            maintenance_options: (remote.maintenance_options())
                .map(|m| Maintenance { auto_recovery: text(m.auto_recovery().map(|r| r.as_str())).into() })
                .or(self.maintenance_options),
            metadata_options: remote.metadata_options().map(metadata).or(self.metadata_options),
            monitoring: matches!(monitors, Some("enabled" | "pending")).into(),
            outpost_arn: text(remote.outpost_arn()).into(),
            password_data: self.password_data.0.unwrap_or_default().into(),
            placement_group: text(placement.and_then(|p| p.group_name())).into(),
            placement_group_id: text(placement.and_then(|p| p.group_id())).into(),
            placement_partition_number: placement
                .and_then(|p| p.partition_number())
                .map_or(0, i64::from)
                .into(),
            primary_network_interface_id: text(first.and_then(|i| i.network_interface_id())).into(),
            private_dns: text(remote.private_dns_name()).into(),
            private_dns_name_options: (remote.private_dns_name_options())
                .map(|n| PrivateNames {
                    enable_resource_name_dns_a_record: n
                        .enable_resource_name_dns_a_record()
                        .unwrap_or_default()
                        .into(),
                    enable_resource_name_dns_aaaa_record: n
                        .enable_resource_name_dns_aaaa_record()
                        .unwrap_or_default()
                        .into(),
                    hostname_type: text(n.hostname_type().map(|t| t.as_str())).into(),
                })
                .or(self.private_dns_name_options),
            private_ip: text(remote.private_ip_address()).into(),
            public_dns: text(remote.public_dns_name()).into(),
            public_ip: text(remote.public_ip_address()).into(),
            root_block_device: root,
            secondary_private_ips: further.into(),
            security_groups: groups(true).into(),
            source_dest_check: Some(remote.source_dest_check().unwrap_or(true)),
            spot_instance_request_id: text(remote.spot_instance_request_id()).into(),
            subnet_id: text(remote.subnet_id()).into(),
            tags: tag_map(remote.tags.clone()),
            tenancy: tenancy.as_str().to_owned().into(),
            user_data: plain.into(),
            user_data_base64: encoded.into(),
            user_data_replace_on_change: Some(self.user_data_replace_on_change.unwrap_or_default()),
            volume_tags,
            vpc_security_group_ids: groups(false).into(),
            id: id.into(),
            instance_market_options: market(&remote, facts, self.instance_market_options),
            launch_template: template(&remote, facts, self.launch_template),
            // More may have been attached since.
            network_interface: if is_new { interfaces(&remote) } else { self.network_interface },
            primary_network_interface: first.map(|first| PrimaryInterface {
                delete_on_termination: (first.attachment())
                    .and_then(|a| a.delete_on_termination())
                    .unwrap_or_default()
                    .into(),
                network_interface_id: text(first.network_interface_id()),
            }),
            secondary_network_interface: match is_new {
                true => secondary(&remote),
                false => self.secondary_network_interface,
            },
            // What only the launch knows.
            ephemeral_block_device: self.ephemeral_block_device,
        }
    }
}

/// How an instance was bought; what only the launch knows stays.
fn market(remote: &types::Instance, facts: &Facts, ours: Option<MarketOptions>) -> Option<MarketOptions> {
    let lifecycle = remote.instance_lifecycle()?.as_str();
    let request = remote.spot_instance_request_id().and_then(|id| facts.spot.get(id));
    let Some(request) = request.filter(|_| lifecycle == "spot") else {
        let market_type = lifecycle.to_owned().into();
        return ours.or(Some(MarketOptions { market_type, ..MarketOptions::default() }));
    };
    let before = ours.and_then(|m| m.spot_options).unwrap_or_default();
    // A price has six decimals there.
    let told = request.spot_price();
    let same = before.max_price.0.clone().filter(|ours| told.is_some_and(|told| same_price(told, ours)));
    let until = request.valid_until().and_then(|t| t.fmt(DateTimeFormat::DateTime).ok());
    let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
    Some(MarketOptions {
        market_type: lifecycle.to_owned().into(),
        spot_options: Some(SpotOptions {
            instance_interruption_behavior: text(
                request.instance_interruption_behavior().map(|b| b.as_str()),
            )
            .into(),
            max_price: same.or_else(|| told.map(str::to_owned)).unwrap_or_default().into(),
            spot_instance_type: text(request.r#type().map(|t| t.as_str())).into(),
            valid_until: until.unwrap_or_default().into(),
        }),
    })
}

/// The template of an instance, by its tags. A version that is not a number stays as long as it stands for that number.
fn template(remote: &types::Instance, facts: &Facts, ours: Option<LaunchTemplate>) -> Option<LaunchTemplate> {
    let found = tag_of(remote, TEMPLATE).and_then(|id| facts.templates.get(id));
    let (Some(found), Some(number)) = (found, tag_of(remote, TEMPLATE_VERSION)) else { return ours };
    let current = |version: Option<i64>| version.is_some_and(|v| v.to_string() == number);
    let version = match ours.as_ref().map(|t| t.version.as_deref().unwrap_or("$Default")) {
        Some("$Default") if current(found.default_version_number()) => ours.and_then(|t| t.version),
        Some("$Latest") if current(found.latest_version_number()) => ours.and_then(|t| t.version),
        _ => Some(number.to_owned()),
    };
    Some(LaunchTemplate {
        id: found.launch_template_id.clone().into(),
        name: found.launch_template_name.clone().into(),
        version,
    })
}

fn interfaces(remote: &types::Instance) -> BTreeSet<InstanceInterface> {
    let attached = remote.network_interfaces().iter().filter_map(|i| {
        let attachment = i.attachment()?;
        Some(InstanceInterface {
            delete_on_termination: Some(attachment.delete_on_termination().unwrap_or_default()),
            device_index: attachment.device_index().map(i64::from).unwrap_or_default(),
            network_card_index: Some(attachment.network_card_index().map(i64::from).unwrap_or_default()),
            network_interface_id: i.network_interface_id.clone()?,
        })
    });
    attached.collect()
}

fn secondary(remote: &types::Instance) -> BTreeSet<SecondaryInterface> {
    let attached = remote.secondary_interfaces().iter().filter_map(|i| {
        let attachment = i.attachment()?;
        Some(SecondaryInterface {
            delete_on_termination: attachment.delete_on_termination(),
            device_index: attachment.device_index().map(i64::from),
            interface_type: i.interface_type().map(|t| t.as_str().to_owned()),
            network_card_index: attachment.network_card_index().map(i64::from).unwrap_or_default(),
            private_ip_address_count: i64::try_from(i.private_ip_addresses().len()).ok(),
            secondary_subnet_id: i.secondary_subnet_id.clone()?,
        })
    });
    attached.collect()
}

fn capacity(found: &types::CapacityReservationSpecificationResponse) -> CapacityReservation {
    CapacityReservation {
        capacity_reservation_preference: found
            .capacity_reservation_preference()
            .map(|p| p.as_str().to_owned()),
        capacity_reservation_target: found.capacity_reservation_target().map(|t| CapacityReservationTarget {
            capacity_reservation_id: t.capacity_reservation_id.clone(),
            capacity_reservation_resource_group_arn: t.capacity_reservation_resource_group_arn.clone(),
        }),
    }
}

fn cpu(found: &types::CpuOptions, ours: Option<CpuOptions>) -> CpuOptions {
    let number = |n: Option<i32>| n.map(i64::from).unwrap_or_default();
    let ours = ours.unwrap_or_default();
    CpuOptions {
        amd_sev_snp: found
            .amd_sev_snp()
            .map(|s| s.as_str().to_owned())
            .or(ours.amd_sev_snp.0)
            .unwrap_or_default()
            .into(),
        core_count: number(found.core_count()).into(),
        nested_virtualization: found
            .nested_virtualization()
            .map(|s| s.as_str().to_owned())
            .or(ours.nested_virtualization.0)
            .unwrap_or_default()
            .into(),
        threads_per_core: number(found.threads_per_core()).into(),
    }
}

fn metadata(found: &types::InstanceMetadataOptionsResponse) -> MetadataOptions {
    let word = |t: Option<&str>, default: &str| t.unwrap_or(default).to_owned();
    MetadataOptions {
        http_endpoint: Some(word(found.http_endpoint().map(|e| e.as_str()), "enabled")),
        http_protocol_ipv6: Some(word(found.http_protocol_ipv6().map(|e| e.as_str()), "disabled")),
        http_put_response_hop_limit: found.http_put_response_hop_limit().map_or(1, i64::from).into(),
        http_tokens: word(found.http_tokens().map(|t| t.as_str()), "optional").into(),
        instance_metadata_tags: word(found.instance_metadata_tags().map(|t| t.as_str()), "disabled").into(),
    }
}
