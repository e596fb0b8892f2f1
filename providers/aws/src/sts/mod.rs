//! STS, and what follows from the credentials and the region alone.

mod arn;
mod caller_identity;
mod elb_service_account;
mod partition;
mod service_principal;

pub use arn::Arn;
pub use caller_identity::CallerIdentity;
pub use elb_service_account::ElbServiceAccount;
pub use partition::Partition;
pub use service_principal::ServicePrincipal;

use crate::Aws;
use terrane_sdk::{DataSourceType, data_sources};

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![Arn, CallerIdentity, ElbServiceAccount, Partition, ServicePrincipal]
}
