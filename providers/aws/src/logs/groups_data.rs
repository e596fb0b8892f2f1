//! Data source `aws_cloudwatch_log_groups`: the groups of logs whose names begin alike.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::{group, listing};

/// Groups of logs.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_cloudwatch_log_groups")]
pub struct LogGroupsData {
    /// The ARNs of the groups.
    pub arns: Computed<BTreeSet<String>>,
    /// The region.
    pub id: Computed<String>,
    /// What the names begin with.
    pub log_group_name_prefix: Option<String>,
    /// The names of the groups.
    pub log_group_names: Computed<BTreeSet<String>>,
}

#[async_trait]
impl DataSource for LogGroupsData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let prefix = config.log_group_name_prefix.as_deref().unwrap_or_default();
        let all = listing::groups(aws, None).await?;
        let found: Vec<_> =
            all.into_iter().filter(|g| g.log_group_name().is_some_and(|n| n.starts_with(prefix))).collect();
        Ok(LogGroupsData {
            arns: found.iter().map(group::plain_arn).collect::<BTreeSet<_>>().into(),
            id: aws.region().into(),
            log_group_names: found
                .into_iter()
                .filter_map(|g| g.log_group_name)
                .collect::<BTreeSet<_>>()
                .into(),
            ..config
        })
    }
}
