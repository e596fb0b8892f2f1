//! Systems Manager: parameters. Ten of them are read in one request.

pub mod parameter;
pub mod parameter_data;
mod parameters;
pub mod parameters_by_path_data;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![parameter::Parameter]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![parameter_data::ParameterData, parameters_by_path_data::ParametersByPathData]
}

/// A result in which what does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&["ParameterNotFound", "InvalidResourceId"]) => Ok(None),
        Err(error) => Err(error),
    }
}
