//! Data source `aws_sqs_queues`: the queues whose names begin alike.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// Queues.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_sqs_queues")]
pub struct Queues {
    /// What the names begin with.
    pub queue_name_prefix: Option<String>,
    /// The URLs of the queues.
    pub queue_urls: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for Queues {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let prefix = config.queue_name_prefix.clone().filter(|p| !p.is_empty());
        // Without the size of a page SQS gives the first thousand, and no more.
        let call = aws.sqs().list_queues().set_queue_name_prefix(prefix).max_results(1000);
        let listed = async {
            let mut items = call.into_paginator().items().send();
            let mut all = Vec::new();
            while let Some(url) = items.next().await {
                all.push(url?);
            }
            Ok(all)
        };
        let urls = aws.call("sqs:ListQueues", listed).await?;
        Ok(Queues { queue_urls: urls.into(), ..config })
    }
}
