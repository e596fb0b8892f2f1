//! `aws_vpc_endpoint`: a private way from a VPC to a service.

use super::gateway_facts::{is_gateway, prefix_lists};
use super::interfaces;
use super::remote::{self, PATIENCE, state};
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, by_ids, created};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::route::one_of;
use crate::ec2::tagging::{tag_map, update_tags};
use crate::iam::policy_json;
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, DnsOptionsSpecification, DnsRecordIpType, IpAddressType, NetworkInterface, PrefixList,
    ResourceType, SubnetConfiguration, VpcEndpointType,
};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Diagnostics, Error, Failure, PlanContext, Resource, Value,
    async_trait, validate,
};

const TYPES: &[&str] = &["Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"];
const RECORDS: &[&str] = &["dualstack", "ipv4", "ipv6", "service-defined"];

/// Provides an endpoint of a VPC.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint", keep, timeouts(create = "10m", update = "10m", delete = "10m"))]
pub struct VpcEndpoint {
    /// The id of the endpoint.
    pub id: Computed<String>,
    /// The ARN of the endpoint.
    pub arn: Computed<String>,
    /// Whether to accept the endpoint, when its service is of the same account.
    pub auto_accept: Option<bool>,
    /// The networks of the service, of a gateway.
    pub cidr_blocks: Computed<Vec<String>>,
    /// The DNS names of the endpoint.
    pub dns_entry: Computed<Vec<DnsEntry>>,
    /// How DNS answers for the endpoint.
    #[block(computed)]
    pub dns_options: Option<DnsOptions>,
    /// The addresses of the endpoint: `ipv4`, `ipv6` or `dualstack`.
    #[attr(validate = validate::one_of(&["dualstack", "ipv4", "ipv6"]))]
    pub ip_address_type: Auto<String>,
    /// The network interfaces of the endpoint.
    pub network_interface_ids: Computed<BTreeSet<String>>,
    /// The account that owns the endpoint.
    pub owner_id: Computed<String>,
    /// What may be done through the endpoint. Unset: everything.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: Auto<String>,
    /// The prefix list of the service, of a gateway.
    pub prefix_list_id: Computed<String>,
    /// Whether the service's own DNS names lead to the endpoint within the VPC.
    pub private_dns_enabled: Auto<bool>,
    /// Whether a service manages the endpoint.
    pub requester_managed: Computed<bool>,
    /// The resource configuration to reach.
    #[attr(force_new)]
    pub resource_configuration_arn: Option<String>,
    /// The route tables that get a route to the endpoint, of a gateway.
    pub route_table_ids: Auto<BTreeSet<String>>,
    /// The security groups of the endpoint's network interfaces.
    pub security_group_ids: Auto<BTreeSet<String>>,
    /// The service to reach.
    #[attr(force_new)]
    pub service_name: Option<String>,
    /// The service network to reach.
    #[attr(force_new)]
    pub service_network_arn: Option<String>,
    /// The region of the service.
    #[attr(force_new)]
    pub service_region: Auto<String>,
    /// How far the endpoint is.
    pub state: Computed<String>,
    /// Addresses of one's own choice in subnets.
    #[block(computed)]
    pub subnet_configuration: BTreeSet<SubnetAddresses>,
    /// The subnets in which the endpoint has network interfaces.
    pub subnet_ids: Auto<BTreeSet<String>>,
    /// The tags of the endpoint.
    pub tags: Tags,
    /// What the endpoint is.
    #[attr(force_new, default = "Gateway", validate = validate::one_of(TYPES))]
    pub vpc_endpoint_type: Option<String>,
    /// The VPC the endpoint is in.
    #[attr(force_new)]
    pub vpc_id: String,
}

/// A DNS name of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Block)]
pub struct DnsEntry {
    /// The name.
    pub dns_name: String,
    /// The zone of the name.
    pub hosted_zone_id: String,
}

/// How DNS answers for an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct DnsOptions {
    /// The records: `ipv4`, `ipv6`, `dualstack` or `service-defined`.
    #[attr(validate = validate::one_of(RECORDS))]
    pub dns_record_ip_type: Auto<String>,
    /// Whether only the inbound endpoint of the resolver gives private answers.
    pub private_dns_only_for_inbound_resolver_endpoint: Option<bool>,
    /// Which private names are answered.
    pub private_dns_preference: Auto<String>,
    /// The private names that are answered, when they are chosen one by one.
    pub private_dns_specified_domains: Auto<BTreeSet<String>>,
}

/// The addresses of an endpoint in a subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct SubnetAddresses {
    /// The IPv4 address.
    pub ipv4: Option<String>,
    /// The IPv6 address.
    pub ipv6: Option<String>,
    /// The subnet.
    pub subnet_id: Option<String>,
}

#[async_trait]
impl Resource for VpcEndpoint {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = VpcEndpoint { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let timeout = cx.timeout_or(PATIENCE);
            let mut made = remote::settled(aws, &id, timeout).await?;
            if planned.auto_accept == Some(true) && state(&made) == "pendingacceptance" {
                remote::accept(aws, &made).await?;
                made = remote::settled(aws, &id, timeout).await?;
            }
            Facts::of(aws, [&made]).await.map(|facts| started.clone().with(aws, made, &facts))
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().filter_map(|s| s.id.as_deref());
            let found = by_ids::<types::VpcEndpoint>(aws, ids).await?;
            let facts = Facts::of(aws, found.values()).await?;
            Ok((found, facts))
        };
        match found.await {
            Ok((found, facts)) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default()).cloned();
                    Ok(remote.map(|remote| state.with(aws, remote, &facts)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let timeout = cx.timeout_or(PATIENCE);
        let wants_acceptance = planned.auto_accept == Some(true);
        if wants_acceptance
            && prior.state.as_deref().is_some_and(|s| s.eq_ignore_ascii_case("pendingAcceptance"))
        {
            remote::accept(aws, &remote::settled(aws, &id, timeout).await?).await?;
            remote::settled(aws, &id, timeout).await?;
        }
        if prior.is_modified(&planned) {
            remote::modify(aws, &id, timeout, |call| change(call, &prior, &planned)).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let now = kind::visible::<types::VpcEndpoint>(aws, &id).await?;
        let facts = Facts::of(aws, [&now]).await?;
        Ok(planned.with(aws, now, &facts))
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        remote::delete(aws, state.id.known()?, cx.timeout_or(PATIENCE)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let mut all = kind::all::<types::VpcEndpoint>(aws).await?;
        all.retain(|e| e.requester_managed() != Some(true));
        let facts = Facts::of(aws, &all).await?;
        Ok(Some(all.into_iter().map(|e| VpcEndpoint::default().with(aws, e, &facts)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let reshaped =
            ["subnet_ids", "subnet_configuration", "ip_address_type"].iter().any(|n| cx.changed(n));
        if reshaped {
            for name in ["dns_entry", "network_interface_ids"] {
                cx.set_unknown(name);
            }
            let unset = |v: &Value| v.is_null() || v.as_slice().is_some_and(<[Value]>::is_empty);
            if unset(&cx.config("subnet_configuration")) {
                cx.set_unknown("subnet_configuration");
            }
        }
        if cx.changed("private_dns_enabled") || cx.changed("dns_options") {
            cx.set_unknown("dns_entry");
        }
        // With another preference, the names that nobody chooses are other ones.
        let option = |blocks: &Value, name: &str| blocks.as_slice().and_then(|b| b.first()?.attribute(name));
        let (planned, names) = (cx.planned("dns_options"), "private_dns_specified_domains");
        let preference = |blocks: &Value| option(blocks, "private_dns_preference");
        let chosen = option(&cx.config("dns_options"), names).is_some_and(|n| !n.is_null());
        if !cx.prior("dns_options").is_null()
            && preference(&cx.prior("dns_options")) != preference(&planned)
            && !chosen
            && let (Some(blocks), Some(element)) = (planned.as_slice(), planned.ty().element().cloned())
        {
            let open = |b: &Value| {
                let ty = b.attribute(names).unwrap_or(Value::NULL).ty();
                b.with_attribute(names, Value::unknown(ty))
            };
            cx.set("dns_options", Value::list(element, blocks.iter().map(open)));
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let names = ["resource_configuration_arn", "service_name", "service_network_arn"];
        one_of(config, &names, "goal of the endpoint", diagnostics);
    }
}

/// What is known of endpoints beside their own descriptions.
struct Facts {
    lists: HashMap<String, PrefixList>,
    interfaces: HashMap<String, NetworkInterface>,
}

impl Facts {
    async fn of<'a, I>(aws: &Aws, endpoints: I) -> Result<Facts, Error>
    where
        I: IntoIterator<Item = &'a types::VpcEndpoint> + Clone,
    {
        let lists = prefix_lists(aws, endpoints.clone());
        let (lists, interfaces) = futures::try_join!(lists, interfaces::of(aws, endpoints))?;
        Ok(Facts { lists, interfaces })
    }
}

fn ids(set: &Auto<BTreeSet<String>>) -> BTreeSet<String> {
    set.0.clone().unwrap_or_default()
}

/// Those of `after` that are not in `before`, unless there are none.
fn added(before: &Auto<BTreeSet<String>>, after: &Auto<BTreeSet<String>>) -> Option<Vec<String>> {
    let added: Vec<String> = ids(after).difference(&ids(before)).cloned().collect();
    (!added.is_empty()).then_some(added)
}

impl VpcEndpoint {
    fn is_modified(&self, planned: &Self) -> bool {
        let shape = |e: &Self| {
            let sets = (ids(&e.route_table_ids), ids(&e.subnet_ids), ids(&e.security_group_ids));
            let dns = (e.private_dns_enabled.0, e.dns_options.clone());
            let addresses = (e.ip_address_type.0.clone(), e.subnet_configuration.clone());
            (sets, dns, addresses)
        };
        shape(self) != shape(planned) || self.new_policy(planned).is_some()
    }

    /// The policy to set, when it is another one.
    fn new_policy<'a>(&self, planned: &'a Self) -> Option<&'a str> {
        let (before, after) = (self.policy.as_deref().unwrap_or_default(), planned.policy.as_deref()?);
        (!policy_json::same_meaning(before, after)).then_some(after)
    }

    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, remote: types::VpcEndpoint, facts: &Facts) -> VpcEndpoint {
        let text = |t: Option<String>| t.unwrap_or_default();
        let list =
            (remote.service_name().filter(|_| is_gateway(&remote))).and_then(|name| facts.lists.get(name));
        let cidr_blocks = list.and_then(|l| l.cidrs.clone()).unwrap_or_default();
        let prefix_list_id = list.and_then(|l| l.prefix_list_id.clone());
        let subnet_configuration =
            match remote.network_interface_ids().iter().all(|id| facts.interfaces.contains_key(id)) {
                true => interfaces::addresses(&self.subnet_configuration, &remote, &facts.interfaces),
                // An interface that is on its way says nothing of its addresses.
                false => self.subnet_configuration.clone(),
            };
        let id = text(remote.vpc_endpoint_id);
        let owner = text(remote.owner_id);
        let remote_policy = remote.policy_document.filter(|p| !p.is_empty());
        let set = |ids: Option<Vec<String>>| ids.unwrap_or_default().into_iter().collect::<BTreeSet<_>>();
        let entry = |e: types::DnsEntry| DnsEntry {
            dns_name: text(e.dns_name),
            hosted_zone_id: text(e.hosted_zone_id),
        };
        let groups = remote.groups.unwrap_or_default().into_iter().filter_map(|g| g.group_id);
        let service_region = remote.service_region.or(self.service_region.0).or(Some(aws.region().into()));
        VpcEndpoint {
            arn: aws.ec2_arn(&owner, &format!("vpc-endpoint/{id}")).into(),
            auto_accept: self.auto_accept,
            cidr_blocks: cidr_blocks.into(),
            dns_entry: remote
                .dns_entries
                .unwrap_or_default()
                .into_iter()
                .map(entry)
                .collect::<Vec<_>>()
                .into(),
            dns_options: match remote.dns_options {
                Some(remote) => Some(self.dns_options.unwrap_or_default().with(remote)),
                None => self.dns_options,
            },
            ip_address_type: remote
                .ip_address_type
                .map(|t| t.as_str().to_owned())
                .or(self.ip_address_type.0)
                .unwrap_or_default()
                .into(),
            network_interface_ids: set(remote.network_interface_ids).into(),
            policy: match (self.policy.0, remote_policy) {
                (Some(ours), Some(found)) if policy_json::same_meaning(&ours, &found) => ours,
                (_, found) => found.unwrap_or_default(),
            }
            .into(),
            prefix_list_id: prefix_list_id.unwrap_or_default().into(),
            private_dns_enabled: remote.private_dns_enabled.unwrap_or_default().into(),
            requester_managed: remote.requester_managed.unwrap_or_default().into(),
            resource_configuration_arn: remote.resource_configuration_arn.or(self.resource_configuration_arn),
            route_table_ids: set(remote.route_table_ids).into(),
            security_group_ids: groups.collect::<BTreeSet<_>>().into(),
            service_name: remote.service_name.or(self.service_name),
            service_network_arn: remote.service_network_arn.or(self.service_network_arn),
            service_region: service_region.into(),
            state: remote.state.map(|s| s.as_str().to_owned()).into(),
            subnet_configuration,
            subnet_ids: set(remote.subnet_ids).into(),
            tags: tag_map(remote.tags),
            vpc_endpoint_type: (remote.vpc_endpoint_type.map(|t| t.as_str().to_owned()))
                .or(Some("Gateway".into())),
            vpc_id: text(remote.vpc_id),
            owner_id: owner.into(),
            id: id.into(),
        }
    }
}

impl DnsOptions {
    fn with(self, remote: types::DnsOptions) -> DnsOptions {
        let domains: BTreeSet<String> =
            remote.private_dns_specified_domains.unwrap_or_default().into_iter().collect();
        DnsOptions {
            dns_record_ip_type: remote.dns_record_ip_type.map(|t| t.as_str().to_owned()).into(),
            private_dns_only_for_inbound_resolver_endpoint: remote
                .private_dns_only_for_inbound_resolver_endpoint
                .filter(|only| *only || self.private_dns_only_for_inbound_resolver_endpoint.is_some()),
            private_dns_preference: remote.private_dns_preference.unwrap_or_default().into(),
            private_dns_specified_domains: domains.into(),
        }
    }

    fn specification(&self) -> DnsOptionsSpecification {
        let specified = self.private_dns_preference.as_deref().is_some_and(|p| p.contains("SPECIFIED"));
        let domains = self.private_dns_specified_domains.0.iter().flatten().filter(|_| specified);
        let domains = domains.cloned().collect::<Vec<_>>();
        DnsOptionsSpecification::builder()
            .set_dns_record_ip_type(self.dns_record_ip_type.as_deref().map(DnsRecordIpType::from))
            .set_private_dns_only_for_inbound_resolver_endpoint(
                self.private_dns_only_for_inbound_resolver_endpoint,
            )
            .set_private_dns_preference(kind::set(self.private_dns_preference.as_deref()))
            .set_private_dns_specified_domains((!domains.is_empty()).then_some(domains))
            .build()
    }
}

fn configurations(addresses: &BTreeSet<SubnetAddresses>) -> Option<Vec<SubnetConfiguration>> {
    let configuration = |a: &SubnetAddresses| {
        SubnetConfiguration::builder()
            .set_ipv4(kind::set(a.ipv4.as_deref()))
            .set_ipv6(kind::set(a.ipv6.as_deref()))
            .set_subnet_id(a.subnet_id.clone())
            .build()
    };
    (!addresses.is_empty()).then(|| addresses.iter().map(configuration).collect())
}

async fn create(aws: &Aws, planned: &VpcEndpoint, cx: &ApplyContext) -> Result<String, Error> {
    let none = Auto::<BTreeSet<String>>::default();
    let call = (aws.ec2().create_vpc_endpoint())
        .client_token(cx.token.to_string())
        .vpc_id(&planned.vpc_id)
        .set_vpc_endpoint_type(planned.vpc_endpoint_type.as_deref().map(VpcEndpointType::from))
        .set_service_name(kind::set(planned.service_name.as_deref()))
        .set_service_network_arn(kind::set(planned.service_network_arn.as_deref()))
        .set_resource_configuration_arn(kind::set(planned.resource_configuration_arn.as_deref()))
        .set_service_region(kind::set(planned.service_region.as_deref()))
        .set_policy_document(kind::set(planned.policy.as_deref()))
        // Unset, EC2 would take it to be on.
        .private_dns_enabled(planned.private_dns_enabled.0.unwrap_or_default())
        .set_ip_address_type(planned.ip_address_type.as_deref().map(IpAddressType::from))
        .set_dns_options(planned.dns_options.as_ref().map(DnsOptions::specification))
        .set_route_table_ids(added(&none, &planned.route_table_ids))
        .set_subnet_ids(added(&none, &planned.subnet_ids))
        .set_security_group_ids(added(&none, &planned.security_group_ids))
        .set_subnet_configurations(configurations(&planned.subnet_configuration))
        .tag_specifications(creation_tags(ResourceType::VpcEndpoint, &planned.tags, cx));
    let create = || aws.call("ec2:CreateVpcEndpoint", call.clone().send());
    let early = |e: &Error| is_not_found(e) && !e.has_code(&["InvalidServiceName.NotFound"]);
    let made = retry_while(crate::ec2::NEW_PARENT, early, create).await?;
    created("ec2:CreateVpcEndpoint", made.vpc_endpoint.and_then(|e| e.vpc_endpoint_id))
}

type Modify = aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder;

/// Says in `call` what differs.
fn change(call: Modify, prior: &VpcEndpoint, planned: &VpcEndpoint) -> Modify {
    let policy = prior.new_policy(planned);
    let new =
        |a: &Auto<String>, b: &Auto<String>| b.0.clone().filter(|b| !b.is_empty() && a.as_deref() != Some(b));
    let subnets = prior.subnet_configuration != planned.subnet_configuration;
    let dns = (prior.dns_options != planned.dns_options).then_some(planned.dns_options.as_ref()).flatten();
    call.set_add_route_table_ids(added(&prior.route_table_ids, &planned.route_table_ids))
        .set_remove_route_table_ids(added(&planned.route_table_ids, &prior.route_table_ids))
        .set_add_subnet_ids(added(&prior.subnet_ids, &planned.subnet_ids))
        .set_remove_subnet_ids(added(&planned.subnet_ids, &prior.subnet_ids))
        .set_add_security_group_ids(added(&prior.security_group_ids, &planned.security_group_ids))
        .set_remove_security_group_ids(added(&planned.security_group_ids, &prior.security_group_ids))
        .set_policy_document(policy.filter(|p| !p.is_empty()).map(str::to_owned))
        .set_reset_policy(policy.filter(|p| p.is_empty()).map(|_| true))
        .set_private_dns_enabled(
            planned
                .private_dns_enabled
                .0
                .filter(|_| prior.private_dns_enabled != planned.private_dns_enabled),
        )
        .set_ip_address_type(
            new(&prior.ip_address_type, &planned.ip_address_type).as_deref().map(IpAddressType::from),
        )
        .set_dns_options(dns.map(DnsOptions::specification))
        .set_subnet_configurations(configurations(&planned.subnet_configuration).filter(|_| subnets))
}
