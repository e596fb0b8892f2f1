//! `aws_default_vpc`: the VPC that AWS makes in each region, adopted, or made when it is gone.

use super::Vpc;
use super::batch::{PAGE, filter, pages};
use super::validate::{ipv6_network, same_network};
use crate::Aws;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, imported,
};

/// Manages the default VPC of a region. It stays when the resource is destroyed, unless
/// `force_destroy` says otherwise.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_default_vpc", version = 1, keep)]
pub struct DefaultVpc {
    /// The id of the VPC.
    pub id: Computed<String>,
    /// The ARN of the VPC.
    pub arn: Computed<String>,
    /// Whether to ask Amazon for an IPv6 range of size /56.
    #[attr(conflicts_with = ["ipv6_cidr_block", "ipv6_ipam_pool_id", "ipv6_netmask_length"])]
    pub assign_generated_ipv6_cidr_block: Option<bool>,
    /// The IPv4 range.
    pub cidr_block: Computed<String>,
    /// The network ACL of subnets that have no other.
    pub default_network_acl_id: Computed<String>,
    /// The route table the VPC was made with.
    pub default_route_table_id: Computed<String>,
    /// The security group the VPC was made with.
    pub default_security_group_id: Computed<String>,
    /// The set of DHCP options.
    pub dhcp_options_id: Computed<String>,
    /// Whether instances with public addresses get DNS names.
    #[attr(default = true)]
    pub enable_dns_hostnames: Option<bool>,
    /// Whether Amazon's DNS server answers in the VPC.
    #[attr(default = true)]
    pub enable_dns_support: Option<bool>,
    /// Whether the use of addresses is measured.
    pub enable_network_address_usage_metrics: Auto<bool>,
    /// Whether there was a default VPC when the resource was made.
    pub existing_default_vpc: Computed<bool>,
    /// Whether to delete the VPC when the resource is destroyed.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// How instances share hosts.
    pub instance_tenancy: Computed<String>,
    /// The association of the IPv6 range.
    pub ipv6_association_id: Computed<String>,
    /// The IPv6 range.
    #[attr(validate = ipv6_network, equivalent = same_network,
           conflicts_with = ["assign_generated_ipv6_cidr_block", "ipv6_netmask_length"])]
    pub ipv6_cidr_block: Auto<String>,
    /// The place from which Amazon's IPv6 range is advertised.
    pub ipv6_cidr_block_network_border_group: Auto<String>,
    /// The pool of addresses to take the IPv6 range from.
    #[attr(conflicts_with = "assign_generated_ipv6_cidr_block")]
    pub ipv6_ipam_pool_id: Option<String>,
    /// The size of the IPv6 range to take from the pool.
    #[attr(conflicts_with = ["assign_generated_ipv6_cidr_block", "ipv6_cidr_block"])]
    pub ipv6_netmask_length: Option<i64>,
    /// The route table of subnets that have no other.
    pub main_route_table_id: Computed<String>,
    /// The account that owns the VPC.
    pub owner_id: Computed<String>,
    /// The tags of the VPC.
    pub tags: Tags,
}

/// The default VPC of the region.
pub(super) async fn find(aws: &Aws) -> Result<Option<types::Vpc>, Error> {
    let call = aws.ec2().describe_vpcs().filters(filter("is-default", ["true"])).max_results(PAGE);
    Ok(pages!(aws, "ec2:DescribeVpcs", call)?.into_iter().next())
}

#[async_trait]
impl Resource for DefaultVpc {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let found = find(aws).await?.and_then(|v| v.vpc_id);
        let existing = found.is_some() && !cx.repeated;
        let id = match found {
            Some(id) => id,
            None => {
                let call = aws.ec2().create_default_vpc().send();
                let made = aws.call("ec2:CreateDefaultVpc", call).await?;
                super::kind::created("ec2:CreateDefaultVpc", made.vpc.and_then(|v| v.vpc_id))?
            }
        };
        let started =
            DefaultVpc { id: id.as_str().into(), existing_default_vpc: existing.into(), ..planned.clone() };
        let complete = async {
            let unknown = DefaultVpc { id: id.as_str().into(), ..Self::default() };
            let read = Vpc::read(aws, vec![unknown.into_vpc()]).await.pop();
            let mut prior = read.unwrap_or(Ok(None))?.ok_or_else(|| {
                Error::new("The default VPC vanished", format!("{id} was there a moment ago."))
            })?;
            prior.tags = aws.tags().managed(prior.tags);
            let mut wanted = planned.into_vpc();
            wanted.instance_tenancy = prior.instance_tenancy.clone();
            wanted.id = prior.id.clone();
            wanted.default_network_acl_id = prior.default_network_acl_id.clone();
            wanted.default_security_group_id = prior.default_security_group_id.clone();
            if wanted.ipv6_cidr_block.0.is_none() {
                wanted.ipv6_cidr_block = prior.ipv6_cidr_block.clone();
            }
            Vpc::update(aws, prior, wanted, cx).await.map_err(|failure| failure.error)
        };
        match complete.await {
            Ok(vpc) => Ok(started.filled(vpc)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let read = Vpc::read(aws, states.iter().cloned().map(Self::into_vpc).collect()).await;
        (states.into_iter().zip(read))
            .map(|(state, answer)| answer.map(|vpc| vpc.map(|vpc| state.filled(vpc))))
            .collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let kept = planned.clone();
        let done = Vpc::update(aws, prior.into_vpc(), planned.into_vpc(), cx).await;
        done.map(|vpc| kept.filled(vpc)).map_err(|failure| failure.error.into())
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.force_destroy == Some(true) {
            return Vpc::delete(aws, state.into_vpc(), cx).await;
        }
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        imported(aws, find(aws).await?.and_then(|v| v.vpc_id)).await.map(Some)
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        Vpc::plan(cx);
    }
}

impl DefaultVpc {
    fn into_vpc(self) -> Vpc {
        Vpc {
            id: self.id,
            arn: self.arn,
            cidr_block: self.cidr_block.0.into(),
            ipv4_ipam_pool_id: None,
            ipv4_netmask_length: None,
            assign_generated_ipv6_cidr_block: self.assign_generated_ipv6_cidr_block,
            ipv6_cidr_block: self.ipv6_cidr_block,
            ipv6_cidr_block_network_border_group: self.ipv6_cidr_block_network_border_group,
            ipv6_ipam_pool_id: self.ipv6_ipam_pool_id,
            ipv6_netmask_length: self.ipv6_netmask_length,
            ipv6_association_id: self.ipv6_association_id,
            instance_tenancy: self.instance_tenancy.0,
            enable_dns_hostnames: self.enable_dns_hostnames.into(),
            enable_dns_support: self.enable_dns_support,
            enable_network_address_usage_metrics: self.enable_network_address_usage_metrics,
            dhcp_options_id: self.dhcp_options_id,
            default_network_acl_id: self.default_network_acl_id,
            default_route_table_id: self.default_route_table_id,
            default_security_group_id: self.default_security_group_id,
            main_route_table_id: self.main_route_table_id,
            owner_id: self.owner_id,
            tags: self.tags,
        }
    }

    fn filled(self, vpc: Vpc) -> DefaultVpc {
        DefaultVpc {
            id: vpc.id,
            arn: vpc.arn,
            assign_generated_ipv6_cidr_block: vpc.assign_generated_ipv6_cidr_block,
            cidr_block: vpc.cidr_block.0.into(),
            default_network_acl_id: vpc.default_network_acl_id,
            default_route_table_id: vpc.default_route_table_id,
            default_security_group_id: vpc.default_security_group_id,
            dhcp_options_id: vpc.dhcp_options_id,
            enable_dns_hostnames: vpc.enable_dns_hostnames.0,
            enable_dns_support: vpc.enable_dns_support,
            enable_network_address_usage_metrics: vpc.enable_network_address_usage_metrics,
            existing_default_vpc: self.existing_default_vpc.0.unwrap_or(true).into(),
            force_destroy: Some(self.force_destroy.unwrap_or_default()),
            instance_tenancy: vpc.instance_tenancy.into(),
            ipv6_association_id: vpc.ipv6_association_id,
            ipv6_cidr_block: vpc.ipv6_cidr_block,
            ipv6_cidr_block_network_border_group: vpc.ipv6_cidr_block_network_border_group,
            ipv6_ipam_pool_id: vpc.ipv6_ipam_pool_id,
            ipv6_netmask_length: vpc.ipv6_netmask_length,
            main_route_table_id: vpc.main_route_table_id,
            owner_id: vpc.owner_id,
            tags: vpc.tags,
        }
    }
}
