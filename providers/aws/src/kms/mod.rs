//! The Key Management Service: keys, their names and who else may use them. It tells about one key at
//! a time, apart from names.

pub mod alias;
pub mod alias_data;
pub mod grant;
pub mod key;
pub mod key_data;
mod key_settings;
pub mod public_key_data;
pub mod secrets_data;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![alias::Alias, grant::Grant, key::Key]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![
        alias_data::AliasData,
        key_data::KeyData,
        public_key_data::PublicKeyData,
        secrets_data::SecretsData,
    ]
}

/// A result in which what does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&["NotFoundException"]) => Ok(None),
        Err(error) => Err(error),
    }
}
