//! `aws_subnets`: the ids of subnets.

use super::batch::{PAGE, pages};
use super::data_filter::{DataFilter, filters};
use crate::Aws;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The subnets that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_subnets")]
pub struct Subnets {
    /// Filters of DescribeSubnets.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the subnets.
    pub ids: Computed<Vec<String>>,
    /// Tags that the subnets must have.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for Subnets {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.tags.0.clone().unwrap_or_default();
        let call =
            (aws.ec2().describe_subnets()).set_filters(filters(&config.filter, &tags, &[])).max_results(PAGE);
        let subnets = pages!(aws, "ec2:DescribeSubnets", call)?;
        let ids: Vec<String> = subnets.into_iter().filter_map(|s| s.subnet_id).collect();
        Ok(Subnets { id: aws.region().into(), ids: ids.into(), ..config })
    }
}
