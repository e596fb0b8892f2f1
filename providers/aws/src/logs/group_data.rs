//! Data source `aws_cloudwatch_log_group`: a group of logs by its name.

use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

use super::{group, listing};

/// A group of logs.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_cloudwatch_log_group")]
pub struct LogGroupData {
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// When the group was made, in milliseconds since 1970.
    pub creation_time: Computed<i64>,
    /// Whether the group cannot be deleted.
    pub deletion_protection_enabled: Computed<bool>,
    /// The name of the group.
    pub id: Computed<String>,
    /// The key the group is encrypted with.
    pub kms_key_id: Computed<String>,
    /// The class of the group.
    pub log_group_class: Computed<String>,
    /// The name of the group.
    pub name: String,
    /// For how many days logs are kept; 0 is for ever.
    pub retention_in_days: Computed<i64>,
    /// The tags of the group.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for LogGroupData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let name = config.name;
        let Some(found) = listing::group(aws, &name).await? else {
            let detail = format!("There is no log group {name:?} in this region and account.");
            return Err(aws.here(Error::new("The log group does not exist", detail).attribute("name")));
        };
        let arn = group::plain_arn(&found);
        let tags = group::tags(aws, &arn).await?;
        Ok(LogGroupData {
            arn: arn.into(),
            creation_time: found.creation_time.unwrap_or_default().into(),
            deletion_protection_enabled: found.deletion_protection_enabled.unwrap_or_default().into(),
            id: name.as_str().into(),
            kms_key_id: found.kms_key_id.unwrap_or_default().into(),
            log_group_class: found
                .log_group_class
                .map_or("STANDARD".to_owned(), |c| c.as_str().into())
                .into(),
            retention_in_days: found.retention_in_days.map(i64::from).unwrap_or_default().into(),
            tags: aws.tags().managed(tags).into(),
            name,
        })
    }
}
