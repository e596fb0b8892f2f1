//! Log sinks: where the log entries of a project, folder or organization are copied to.

mod remote;
mod sinks;

pub use sinks::{FolderSink, OrganizationSink, ProjectSink};

use crate::Google;
use terrane_sdk::{ResourceType, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![FolderSink, OrganizationSink, ProjectSink]
}
