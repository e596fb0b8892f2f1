//! `aws_vpc_dhcp_options`: what a VPC tells its instances by DHCP.

use super::batch::{PAGE, filter, pages};
use super::dependents;
use super::kind::{Kind, created, delete, kind, read_each, visible};
use super::operation::{creation_tags, find_made, finish, tagged};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::PROPAGATION;
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, NewDhcpConfiguration, ResourceType};
use terrane_sdk::{
    ApplyContext, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value, async_trait,
};

kind!(types::DhcpOptions, "set of DHCP options", Some("dhcp-options-id"), dhcp_options_id, |aws, filters| {
    let call = aws.ec2().describe_dhcp_options().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeDhcpOptions", call)
});

/// Provides a set of DHCP options.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_dhcp_options", keep)]
pub struct VpcDhcpOptions {
    /// The id of the set.
    pub id: Computed<String>,
    /// The ARN of the set.
    pub arn: Computed<String>,
    /// The domain that names without one are in.
    #[attr(force_new)]
    pub domain_name: Option<String>,
    /// Servers of names: addresses, or `AmazonProvidedDNS`.
    #[attr(force_new)]
    pub domain_name_servers: Vec<String>,
    /// How often, in seconds, a lease of an IPv6 address is renewed.
    #[attr(force_new)]
    pub ipv6_address_preferred_lease_time: Option<String>,
    /// Addresses of NetBIOS name servers.
    #[attr(force_new)]
    pub netbios_name_servers: Vec<String>,
    /// The NetBIOS node type: 1, 2, 4 or 8.
    #[attr(force_new)]
    pub netbios_node_type: Option<String>,
    /// Addresses of time servers.
    #[attr(force_new)]
    pub ntp_servers: Vec<String>,
    /// The account that owns the set.
    pub owner_id: Computed<String>,
    /// The tags of the set.
    pub tags: Tags,
}

/// The options, which EC2 knows by names of its own.
const NAMES: [&str; 6] = [
    "domain-name",
    "domain-name-servers",
    "ipv6-address-preferred-lease-time",
    "netbios-name-servers",
    "netbios-node-type",
    "ntp-servers",
];

#[async_trait]
impl Resource for VpcDhcpOptions {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => {
                let call = (aws.ec2().create_dhcp_options())
                    .set_dhcp_configurations(Some(planned.configurations()))
                    .tag_specifications(creation_tags(ResourceType::DhcpOptions, &planned.tags, cx))
                    .send();
                let made = aws.call("ec2:CreateDhcpOptions", call).await?;
                created("ec2:CreateDhcpOptions", made.dhcp_options.and_then(|o| o.dhcp_options_id))?
            }
        };
        let started = VpcDhcpOptions { id: id.as_str().into(), ..planned };
        let complete = async {
            let mut remote: types::DhcpOptions = visible(aws, &id).await?;
            remote.tags = tagged(aws, &id, &started.tags, remote.tags).await?;
            Ok::<_, Error>(remote)
        };
        match complete.await {
            Ok(remote) => Ok(started.with(aws, remote)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        read_each(aws, states, |s| s.id.as_deref(), |state, remote| state.with(aws, remote)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        update_tags(aws, id, &prior.tags, &planned.tags).await?;
        Ok(planned.with(aws, visible(aws, id).await?))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call =
            || aws.call("ec2:DeleteDhcpOptions", aws.ec2().delete_dhcp_options().dhcp_options_id(id).send());
        match delete(PROPAGATION, call).await {
            Err(e) if e.has_code(&["DependencyViolation"]) => {
                let found = types::Vpc::describe(aws, Some(vec![filter("dhcp-options-id", [id])])).await;
                let vpcs = found.unwrap_or_default().into_iter().filter_map(|vpc| vpc.vpc_id);
                Err(dependents::named(e, "VPCs", vpcs.collect()))
            }
            other => other,
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = super::kind::all::<types::DhcpOptions>(aws).await?;
        Ok(Some(all.into_iter().map(|o| Self::default().with(aws, o)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let names = NAMES.map(|n| n.replace('-', "_"));
        if names.iter().all(|n| config.attribute(n).is_none_or(|v| v.is_null())) {
            let detail = format!("Set at least one of {}.", names.join(", "));
            diagnostics.push(Diagnostic::error("A set of DHCP options without options", detail));
        }
    }
}

impl VpcDhcpOptions {
    fn configurations(&self) -> Vec<NewDhcpConfiguration> {
        let one = |t: &Option<String>| t.iter().cloned().collect::<Vec<_>>();
        let values = [
            one(&self.domain_name),
            self.domain_name_servers.clone(),
            one(&self.ipv6_address_preferred_lease_time),
            self.netbios_name_servers.clone(),
            one(&self.netbios_node_type),
            self.ntp_servers.clone(),
        ];
        (NAMES.iter().zip(values))
            .filter(|(_, values)| values.iter().any(|v| !v.is_empty()))
            .map(|(name, values)| NewDhcpConfiguration::builder().key(*name).set_values(Some(values)).build())
            .collect()
    }

    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, remote: types::DhcpOptions) -> VpcDhcpOptions {
        let values = |name: &str| -> Vec<String> {
            let found = remote.dhcp_configurations().iter().find(|c| c.key() == Some(name));
            found.into_iter().flat_map(|c| c.values()).filter_map(|v| v.value.clone()).collect()
        };
        let id = remote.dhcp_options_id.clone().unwrap_or_default();
        let owner = remote.owner_id.clone().unwrap_or_default();
        VpcDhcpOptions {
            arn: aws.ec2_arn(&owner, &format!("dhcp-options/{id}")).into(),
            domain_name: values("domain-name").into_iter().next(),
            domain_name_servers: values("domain-name-servers"),
            // What cannot be changed is as it was made, also where an endpoint does not tell it.
            ipv6_address_preferred_lease_time: values("ipv6-address-preferred-lease-time")
                .into_iter()
                .next()
                .or(self.ipv6_address_preferred_lease_time),
            netbios_name_servers: values("netbios-name-servers"),
            netbios_node_type: values("netbios-node-type").into_iter().next(),
            ntp_servers: values("ntp-servers"),
            owner_id: owner.into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}
