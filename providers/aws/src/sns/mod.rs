//! SNS: topics and who is told what is said there. SNS tells about one topic at a time.

pub mod subscription;
pub mod topic;
pub mod topic_data;
pub mod topic_policy;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![subscription::Subscription, topic::Topic, topic_policy::TopicPolicy]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![topic_data::TopicData]
}

/// A result in which what does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&["NotFound", "NotFoundException", "ResourceNotFound"]) => Ok(None),
        Err(error) => Err(error),
    }
}
