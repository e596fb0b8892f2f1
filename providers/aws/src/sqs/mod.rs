//! SQS: queues. SQS tells about one queue at a time; the URL of a queue follows from its name.

mod attributes;
pub mod queue;
pub mod queue_attribute;
pub mod queue_data;
pub mod queues_data;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        queue::Queue,
        queue_attribute::QueuePolicy,
        queue_attribute::QueueRedriveAllowPolicy,
        queue_attribute::QueueRedrivePolicy,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![queue_data::QueueData, queues_data::Queues]
}

/// A result in which a queue that does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    let gone = [
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "com.amazonaws.sqs#QueueDoesNotExist",
    ];
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&gone) => Ok(None),
        Err(error) => Err(error),
    }
}
