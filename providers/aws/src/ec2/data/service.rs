//! Data source `aws_vpc_endpoint_service`: a service that endpoints can reach.

use super::one::{only, told};
use crate::Aws;
use crate::ec2::batch::PAGE;
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types::ServiceDetail;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The service that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc_endpoint_service")]
pub struct EndpointServiceData {
    /// Whether each endpoint is to be accepted.
    pub acceptance_required: Computed<bool>,
    /// The ARN of the service.
    pub arn: Computed<String>,
    /// The zones in which there is the service.
    pub availability_zones: Computed<BTreeSet<String>>,
    /// The DNS names that endpoints get names under.
    pub base_endpoint_dns_names: Computed<BTreeSet<String>>,
    /// Filters of DescribeVpcEndpointServices.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// A number made from the name.
    pub id: Computed<String>,
    /// Whether the service makes its endpoints itself.
    pub manages_vpc_endpoints: Computed<bool>,
    /// Whose the service is.
    pub owner: Computed<String>,
    /// The private DNS name.
    pub private_dns_name: Computed<String>,
    /// All private DNS names.
    pub private_dns_names: Computed<BTreeSet<String>>,
    /// The short name of a service of AWS: `s3`.
    #[attr(conflicts_with = "service_name")]
    pub service: Option<String>,
    /// The id of the service.
    pub service_id: Computed<String>,
    /// The name of the service.
    #[attr(conflicts_with = "service")]
    pub service_name: Auto<String>,
    /// The region of the service.
    pub service_region: Computed<String>,
    /// The regions in which to look.
    pub service_regions: BTreeSet<String>,
    /// What endpoints the service is for.
    pub service_type: Auto<String>,
    /// The addresses of the service.
    pub supported_ip_address_types: Computed<BTreeSet<String>>,
    /// Tags that the service must have; all of its tags.
    pub tags: Auto<Tags>,
    /// Whether endpoints can have a policy.
    pub vpc_endpoint_policy_supported: Computed<bool>,
}

fn kind(service: &ServiceDetail) -> &str {
    service.service_type().first().and_then(|t| t.service_type()).map(|t| t.as_str()).unwrap_or_default()
}

#[async_trait]
impl DataSource for EndpointServiceData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.tags.0.clone().unwrap_or_default();
        let wanted = config.service_type.0.clone().filter(|t| !t.is_empty());
        let others = [("service-type", wanted.clone())];
        // Services of AWS in China are called by the suffix of that partition.
        let reversed = crate::client::dns_suffix(aws.partition()).rsplit('.').collect::<Vec<_>>().join(".");
        let short = config.service.as_ref().map(|s| format!("{reversed}.{}.{s}", aws.region()));
        let name = short.or_else(|| config.service_name.0.clone().filter(|n| !n.is_empty()));
        let regions: Vec<String> = config.service_regions.iter().cloned().collect();
        let call = (aws.ec2().describe_vpc_endpoint_services())
            .set_filters(filters(&config.filter, &tags, &others))
            .set_service_names(name.map(|n| vec![n]))
            .set_service_regions((!regions.is_empty()).then_some(regions))
            .max_results(PAGE);
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let page = call.clone().set_next_token(token).send();
            let page = aws.call("ec2:DescribeVpcEndpointServices", page).await?;
            found.extend(page.service_details.unwrap_or_default());
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break;
            }
        }
        // A service may be of several types, which are several services to endpoints.
        found.retain(|s: &ServiceDetail| wanted.as_ref().is_none_or(|w| kind(s) == w));
        let service = only(found, "VPC endpoint service", "ec2:DescribeVpcEndpointServices")?;
        let kind = kind(&service).to_owned();
        let text = |t: Option<String>| t.unwrap_or_default();
        let set = |list: Option<Vec<String>>| list.unwrap_or_default().into_iter().collect::<BTreeSet<_>>();
        let (id, name) = (text(service.service_id), text(service.service_name));
        let owner = text(service.owner);
        let account = if owner.len() == 12 { owner.clone() } else { aws.account().await?.to_string() };
        let names = service.private_dns_names.unwrap_or_default().into_iter();
        let types = service.supported_ip_address_types.unwrap_or_default().into_iter();
        Ok(Self {
            acceptance_required: service.acceptance_required.unwrap_or_default().into(),
            arn: aws.ec2_arn(&account, &format!("vpc-endpoint-service/{id}")).into(),
            availability_zones: set(service.availability_zones).into(),
            base_endpoint_dns_names: set(service.base_endpoint_dns_names).into(),
            id: crate::ec2::route::crc32(&name).to_string().into(),
            manages_vpc_endpoints: service.manages_vpc_endpoints.unwrap_or_default().into(),
            private_dns_name: told(service.private_dns_name.as_deref()),
            private_dns_names: names.filter_map(|n| n.private_dns_name).collect::<BTreeSet<_>>().into(),
            service_id: id.into(),
            service_name: name.into(),
            service_region: service.service_region.unwrap_or_else(|| aws.region().to_owned()).into(),
            service_type: kind.into(),
            supported_ip_address_types: types.map(|t| t.as_str().to_owned()).collect::<BTreeSet<_>>().into(),
            tags: aws.tags().managed(tag_map(service.tags)).into(),
            vpc_endpoint_policy_supported: service.vpc_endpoint_policy_supported.unwrap_or_default().into(),
            owner: owner.into(),
            service: config.service,
            service_regions: config.service_regions,
            filter: config.filter,
        })
    }
}
