//! Data source `aws_sqs_queue`: a queue by its name.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

use super::attributes;

/// A queue.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_sqs_queue")]
pub struct QueueData {
    /// The ARN of the queue.
    pub arn: Computed<String>,
    /// The URL of the queue.
    pub id: Computed<String>,
    /// The name of the queue.
    pub name: String,
    /// The tags of the queue.
    pub tags: Auto<Tags>,
    /// The URL of the queue.
    pub url: Computed<String>,
}

#[async_trait]
impl DataSource for QueueData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.sqs().get_queue_url().queue_name(&config.name).send();
        let url = aws.call("sqs:GetQueueUrl", call).await?.queue_url.unwrap_or_default();
        let found = attributes::get(aws, &url).await?.unwrap_or_default();
        let tags = aws.call("sqs:ListQueueTags", aws.sqs().list_queue_tags().queue_url(&url).send()).await?;
        let tags: Tags = tags.tags.into_iter().flatten().collect();
        Ok(QueueData {
            arn: found.get(&Name::QueueArn).cloned().into(),
            id: url.as_str().into(),
            tags: aws.tags().managed(tags).into(),
            url: url.into(),
            name: config.name,
        })
    }
}
