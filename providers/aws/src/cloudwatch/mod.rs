//! CloudWatch: alarms and dashboards. A hundred alarms are read in one request, besides their tags.

pub mod composite_alarm;
pub mod dashboard;
pub mod metric_alarm;
mod metric_query;
mod tagging;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![composite_alarm::CompositeAlarm, dashboard::Dashboard, metric_alarm::MetricAlarm]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    Vec::new()
}

/// A result in which what does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    let gone = ["ResourceNotFound", "ResourceNotFoundException", "DashboardNotFoundError"];
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&gone) => Ok(None),
        Err(error) => Err(error),
    }
}
