//! CloudWatch Logs: groups of logs, and what is made of them.
//!
//! Groups are read in one request each, by name, or when they are many from a listing of all. Names
//! are the natural keys of everything here.

pub mod group;
pub mod group_data;
pub mod groups_data;
mod listing;
pub mod metric_filter;
pub mod resource_policy;
pub mod stream;
pub mod subscription_filter;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        group::LogGroup,
        metric_filter::LogMetricFilter,
        resource_policy::LogResourcePolicy,
        stream::LogStream,
        subscription_filter::LogSubscriptionFilter,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![group_data::LogGroupData, groups_data::LogGroupsData]
}

/// A result in which what does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&["ResourceNotFoundException"]) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether another change is under way.
fn is_busy(error: &Error) -> bool {
    error.has_code(&["OperationAbortedException"])
}
