//! `aws_default_subnet`: the default subnet of a zone, adopted, or made when it is gone.

use super::Subnet;
use super::batch::{PAGE, filter, pages};
use super::kind::created;
use super::validate::{ipv6_network, same_network};
use crate::Aws;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

/// Manages the default subnet of a zone. It stays when the resource is destroyed, unless
/// `force_destroy` says otherwise.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_default_subnet", version = 1, keep, timeouts(create = "10m", delete = "20m"))]
pub struct DefaultSubnet {
    /// The id of the subnet.
    pub id: Computed<String>,
    /// The ARN of the subnet.
    pub arn: Computed<String>,
    /// Whether network interfaces made in the subnet get an IPv6 address.
    #[attr(default = false)]
    pub assign_ipv6_address_on_creation: Option<bool>,
    /// The zone the subnet is in.
    #[attr(force_new)]
    pub availability_zone: String,
    /// The zone the subnet is in, by an id that means the same zone in all accounts.
    pub availability_zone_id: Computed<String>,
    /// The IPv4 range.
    pub cidr_block: Computed<String>,
    /// The pool of the customer's addresses.
    pub customer_owned_ipv4_pool: Option<String>,
    /// Whether DNS answers for IPv4-only destinations carry IPv6 addresses.
    #[attr(default = false)]
    pub enable_dns64: Option<bool>,
    /// The device index from which instances get a local network interface.
    pub enable_lni_at_device_index: Computed<i64>,
    /// Whether DNS answers for names of instances carry their IPv4 address.
    #[attr(default = false)]
    pub enable_resource_name_dns_a_record_on_launch: Option<bool>,
    /// Whether DNS answers for names of instances carry their IPv6 address.
    #[attr(default = false)]
    pub enable_resource_name_dns_aaaa_record_on_launch: Option<bool>,
    /// Whether there was a default subnet when the resource was made.
    pub existing_default_subnet: Computed<bool>,
    /// Whether to delete the subnet when the resource is destroyed.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// The IPv6 range.
    #[attr(validate = ipv6_network, equivalent = same_network)]
    pub ipv6_cidr_block: Auto<String>,
    /// The association of the IPv6 range.
    pub ipv6_cidr_block_association_id: Computed<String>,
    /// Whether the subnet has IPv6 addresses only.
    #[attr(force_new, default = false)]
    pub ipv6_native: Option<bool>,
    /// Whether network interfaces get an address of the customer's; needs pool and Outpost.
    pub map_customer_owned_ip_on_launch: Option<bool>,
    /// Whether instances launched in the subnet get a public address.
    #[attr(default = true)]
    pub map_public_ip_on_launch: Option<bool>,
    /// The Outpost the subnet is on.
    pub outpost_arn: Computed<String>,
    /// The account that owns the subnet.
    pub owner_id: Computed<String>,
    /// How instances are named: `ip-name` or `resource-name`.
    #[attr(validate = validate::one_of(&["ip-name", "resource-name"]))]
    pub private_dns_hostname_type_on_launch: Auto<String>,
    /// The tags of the subnet.
    pub tags: Tags,
    /// The VPC the subnet is in.
    pub vpc_id: Computed<String>,
}

async fn find(aws: &Aws, zone: &str) -> Result<Option<types::Subnet>, Error> {
    let call = (aws.ec2().describe_subnets())
        .filters(filter("default-for-az", ["true"]))
        .filters(filter("availability-zone", [zone]))
        .max_results(PAGE);
    Ok(pages!(aws, "ec2:DescribeSubnets", call)?.into_iter().next())
}

#[async_trait]
impl Resource for DefaultSubnet {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let found = find(aws, &planned.availability_zone).await?.and_then(|s| s.subnet_id);
        let existing = found.is_some() && !cx.repeated;
        let id = match found {
            Some(id) => id,
            None => {
                let call = (aws.ec2().create_default_subnet())
                    .availability_zone(&planned.availability_zone)
                    .set_ipv6_native(planned.ipv6_native.filter(|native| *native))
                    .send();
                let made = aws.call("ec2:CreateDefaultSubnet", call).await?;
                created("ec2:CreateDefaultSubnet", made.subnet.and_then(|s| s.subnet_id))?
            }
        };
        let started =
            Self { id: id.as_str().into(), existing_default_subnet: existing.into(), ..planned.clone() };
        let complete = async {
            let unknown = Subnet { id: id.as_str().into(), ..Subnet::empty() };
            let read = Subnet::read(aws, vec![unknown]).await.pop();
            let mut prior = read.unwrap_or(Ok(None))?.ok_or_else(|| {
                Error::new("The default subnet vanished", format!("{id} was there a moment ago."))
            })?;
            prior.tags = aws.tags().managed(prior.tags);
            let mut wanted = planned.into_subnet();
            if wanted.ipv6_cidr_block.0.is_none() {
                wanted.ipv6_cidr_block = prior.ipv6_cidr_block.clone();
            }
            wanted.enable_lni_at_device_index = prior.enable_lni_at_device_index;
            wanted.id = prior.id.clone();
            Subnet::update(aws, prior, wanted, cx).await.map_err(|failure| failure.error)
        };
        match complete.await {
            Ok(subnet) => Ok(started.filled(subnet)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let read = Subnet::read(aws, states.iter().cloned().map(Self::into_subnet).collect()).await;
        (states.into_iter().zip(read))
            .map(|(state, answer)| answer.map(|subnet| subnet.map(|subnet| state.filled(subnet))))
            .collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let kept = planned.clone();
        let done = Subnet::update(aws, prior.into_subnet(), planned.into_subnet(), cx).await;
        done.map(|subnet| kept.filled(subnet)).map_err(|failure| failure.error.into())
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.force_destroy == Some(true) {
            return Subnet::delete(aws, state.into_subnet(), cx).await;
        }
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().describe_subnets().filters(filter("default-for-az", ["true"]));
        let found = pages!(aws, "ec2:DescribeSubnets", call.max_results(PAGE))?;
        let object = |subnet| Self::default().filled(Subnet::empty().with(aws, subnet));
        Ok(Some(found.into_iter().map(object).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("ipv6_cidr_block") {
            cx.set_unknown("ipv6_cidr_block_association_id");
        }
    }
}

impl DefaultSubnet {
    fn into_subnet(self) -> Subnet {
        Subnet {
            id: self.id,
            arn: self.arn,
            vpc_id: self.vpc_id.0.unwrap_or_default(),
            cidr_block: self.cidr_block.0.into(),
            availability_zone: self.availability_zone.into(),
            availability_zone_id: self.availability_zone_id.0.into(),
            ipv6_cidr_block: self.ipv6_cidr_block,
            ipv6_cidr_block_association_id: self.ipv6_cidr_block_association_id,
            ipv6_native: self.ipv6_native,
            assign_ipv6_address_on_creation: self.assign_ipv6_address_on_creation,
            enable_dns64: self.enable_dns64,
            enable_lni_at_device_index: self.enable_lni_at_device_index.0,
            enable_resource_name_dns_a_record_on_launch: self.enable_resource_name_dns_a_record_on_launch,
            enable_resource_name_dns_aaaa_record_on_launch: self
                .enable_resource_name_dns_aaaa_record_on_launch,
            map_customer_owned_ip_on_launch: self.map_customer_owned_ip_on_launch,
            customer_owned_ipv4_pool: self.customer_owned_ipv4_pool,
            map_public_ip_on_launch: self.map_public_ip_on_launch,
            outpost_arn: self.outpost_arn.0,
            private_dns_hostname_type_on_launch: self.private_dns_hostname_type_on_launch,
            owner_id: self.owner_id,
            tags: self.tags,
            ..Subnet::empty()
        }
    }

    fn filled(self, subnet: Subnet) -> DefaultSubnet {
        DefaultSubnet {
            id: subnet.id,
            arn: subnet.arn,
            assign_ipv6_address_on_creation: subnet.assign_ipv6_address_on_creation,
            availability_zone: subnet.availability_zone.0.unwrap_or_default(),
            availability_zone_id: subnet.availability_zone_id.0.into(),
            cidr_block: subnet.cidr_block.0.into(),
            customer_owned_ipv4_pool: subnet.customer_owned_ipv4_pool,
            enable_dns64: subnet.enable_dns64,
            enable_lni_at_device_index: subnet.enable_lni_at_device_index.unwrap_or_default().into(),
            enable_resource_name_dns_a_record_on_launch: subnet.enable_resource_name_dns_a_record_on_launch,
            enable_resource_name_dns_aaaa_record_on_launch: subnet
                .enable_resource_name_dns_aaaa_record_on_launch,
            existing_default_subnet: self.existing_default_subnet.0.unwrap_or(true).into(),
            force_destroy: Some(self.force_destroy.unwrap_or_default()),
            ipv6_cidr_block: subnet.ipv6_cidr_block,
            ipv6_cidr_block_association_id: subnet.ipv6_cidr_block_association_id,
            ipv6_native: subnet.ipv6_native,
            map_customer_owned_ip_on_launch: subnet.map_customer_owned_ip_on_launch,
            map_public_ip_on_launch: subnet.map_public_ip_on_launch,
            outpost_arn: subnet.outpost_arn.unwrap_or_default().into(),
            owner_id: subnet.owner_id,
            private_dns_hostname_type_on_launch: subnet.private_dns_hostname_type_on_launch,
            tags: subnet.tags,
            vpc_id: subnet.vpc_id.into(),
        }
    }
}
