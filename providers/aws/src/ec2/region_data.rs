//! `aws_region`: a region's name and endpoint.

use crate::Aws;
use crate::client::{dns_suffix, partition_of};
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The provider's region, or another one by name or endpoint.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_region")]
pub struct RegionData {
    /// What people call the region.
    pub description: Computed<String>,
    /// The endpoint of EC2 in the region, to choose the region by.
    pub endpoint: Auto<String>,
    /// The region.
    pub id: Computed<String>,
    /// The region, to choose it by.
    #[attr(deprecated = "Use region instead.")]
    pub name: Auto<String>,
    /// The region, to choose it by.
    pub region: Auto<String>,
}

/// Regions and what people call them.
const DESCRIPTIONS: &str = "\
af-south-1=Africa (Cape Town);ap-east-1=Asia Pacific (Hong Kong);ap-east-2=Asia Pacific (Taipei);\
ap-northeast-1=Asia Pacific (Tokyo);ap-northeast-2=Asia Pacific (Seoul);ap-northeast-3=Asia Pacific (Osaka);\
ap-south-1=Asia Pacific (Mumbai);ap-south-2=Asia Pacific (Hyderabad);ap-southeast-1=Asia Pacific (Singapore);\
ap-southeast-2=Asia Pacific (Sydney);ap-southeast-3=Asia Pacific (Jakarta);\
ap-southeast-4=Asia Pacific (Melbourne);ap-southeast-5=Asia Pacific (Malaysia);\
ap-southeast-6=Asia Pacific (New Zealand);ap-southeast-7=Asia Pacific (Thailand);ca-central-1=Canada (Central);\
ca-west-1=Canada West (Calgary);cn-north-1=China (Beijing);cn-northwest-1=China (Ningxia);\
eu-central-1=Europe (Frankfurt);eu-central-2=Europe (Zurich);eu-north-1=Europe (Stockholm);\
eu-south-1=Europe (Milan);eu-south-2=Europe (Spain);eu-west-1=Europe (Ireland);eu-west-2=Europe (London);\
eu-west-3=Europe (Paris);eusc-de-east-1=EU (Germany);il-central-1=Israel (Tel Aviv);\
me-central-1=Middle East (UAE);me-south-1=Middle East (Bahrain);mx-central-1=Mexico (Central);\
sa-east-1=South America (Sao Paulo);us-east-1=US East (N. Virginia);us-east-2=US East (Ohio);\
us-gov-east-1=AWS GovCloud (US-East);us-gov-west-1=AWS GovCloud (US-West);us-west-1=US West (N. California);\
us-west-2=US West (Oregon)";

fn description(region: &str) -> Option<&'static str> {
    DESCRIPTIONS
        .split(';')
        .find_map(|entry| entry.split_once('=').filter(|(r, _)| *r == region).map(|(_, d)| d))
}

#[async_trait]
impl DataSource for RegionData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let by_endpoint = match config.endpoint.as_deref() {
            None => None,
            Some(endpoint) => Some(endpoint.split('.').nth(1).map(str::to_owned).ok_or_else(|| {
                Error::new("Unknown region", format!("{endpoint:?} is not an endpoint of EC2."))
                    .attribute("endpoint")
            })?),
        };
        let named = config.region.0.or(config.name.0).or(by_endpoint);
        let region = named.unwrap_or_else(|| aws.region().to_owned());
        let endpoint = format!("ec2.{region}.{}", dns_suffix(partition_of(&region)));
        Ok(RegionData {
            description: description(&region).unwrap_or_default().into(),
            endpoint: endpoint.into(),
            id: region.as_str().into(),
            name: region.as_str().into(),
            region: region.into(),
        })
    }
}
