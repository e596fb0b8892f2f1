//! What an account says once for a region: encryption of volumes, what may become public, defaults of instances.
//!
//! A setting always has a value. Creating one writes it, deleting one writes what AWS has for new accounts, and
//! nothing can be found missing.

mod data;
mod ebs_default_kms_key;
mod ebs_encryption_by_default;
mod image_block_public_access;
mod instance_metadata_defaults;
mod serial_console_access;
mod snapshot_block_public_access;

pub use data::{EbsDefaultKmsKeyData, EbsEncryptionByDefaultData, SerialConsoleAccessData};
pub use ebs_default_kms_key::EbsDefaultKmsKey;
pub use ebs_encryption_by_default::EbsEncryptionByDefault;
pub use image_block_public_access::ImageBlockPublicAccess;
pub use instance_metadata_defaults::InstanceMetadataDefaults;
pub use serial_console_access::SerialConsoleAccess;
pub use snapshot_block_public_access::SnapshotBlockPublicAccess;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this part of the service.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        EbsDefaultKmsKey,
        EbsEncryptionByDefault,
        ImageBlockPublicAccess,
        InstanceMetadataDefaults,
        SerialConsoleAccess,
        SnapshotBlockPublicAccess,
    ]
}

/// The data sources of this part of the service.
pub(super) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![EbsDefaultKmsKeyData, EbsEncryptionByDefaultData, SerialConsoleAccessData]
}

/// The objects of a setting, of which there is one value: `with` puts it into each.
fn with_value<R, V>(
    states: Vec<R>,
    value: Result<V, Error>,
    with: impl Fn(R, &V) -> R,
) -> Vec<Result<Option<R>, Error>> {
    let one = |state| value.as_ref().map(|value| Some(with(state, value))).map_err(Error::clone);
    states.into_iter().map(one).collect()
}

/// Writes `impl Resource` for a setting that is kept as `region`, from `get(aws)`, which gives its value, `with(self, &value)`,
/// `put(&self, aws)` and `reset(aws)`.
macro_rules! setting {
    ($type:ident) => {
        #[::terrane_sdk::async_trait]
        impl ::terrane_sdk::Resource for $type {
            type Client = $crate::Aws;

            const PART: bool = true;

            /// Writing a setting again changes nothing.
            async fn create(
                aws: &$crate::Aws,
                planned: Self,
                _: &::terrane_sdk::ApplyContext,
            ) -> Result<Self, ::terrane_sdk::Failure<Self>> {
                planned.put(aws).await?;
                Ok($type { id: aws.region().into(), ..planned })
            }

            async fn read(
                aws: &$crate::Aws,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, ::terrane_sdk::Error>> {
                let value = Self::get(aws).await;
                $crate::ec2::settings::with_value(states, value, |state, value| $type {
                    id: aws.region().into(),
                    ..state.with(value)
                })
            }

            async fn update(
                aws: &$crate::Aws,
                _: Self,
                planned: Self,
                _: &::terrane_sdk::ApplyContext,
            ) -> Result<Self, ::terrane_sdk::Failure<Self>> {
                planned.put(aws).await?;
                Ok(planned)
            }

            async fn delete(
                aws: &$crate::Aws,
                _: Self,
                _: &::terrane_sdk::ApplyContext,
            ) -> Result<(), ::terrane_sdk::Error> {
                Self::reset(aws).await
            }

            async fn list(aws: &$crate::Aws) -> Result<Option<Vec<Self>>, ::terrane_sdk::Error> {
                ::terrane_sdk::imported(aws, [aws.region().to_owned()]).await.map(Some)
            }
        }
    };
}
use setting;
