//! Data source `aws_sns_topic`: a topic by its name.

use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

use super::topic;

/// A topic.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_sns_topic")]
pub struct TopicData {
    /// The ARN of the topic.
    pub arn: Computed<String>,
    /// The ARN of the topic.
    pub id: Computed<String>,
    /// The name of the topic.
    pub name: String,
    /// The tags of the topic.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for TopicData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let account = aws.account().await?;
        let arn = format!("arn:{}:sns:{}:{account}:{}", aws.partition(), aws.region(), config.name);
        if topic::get(aws, &arn).await?.is_none() {
            let detail = format!("There is no topic {:?} in this region and account.", config.name);
            return Err(aws.here(Error::new("The topic does not exist", detail).attribute("name")));
        }
        let tags = topic::tags(aws, &arn).await?.unwrap_or_default();
        let tags = aws.tags().managed(tags).into();
        Ok(TopicData { id: arn.as_str().into(), arn: arn.into(), tags, name: config.name })
    }
}
