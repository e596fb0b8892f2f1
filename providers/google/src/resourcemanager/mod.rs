//! Projects, folders and organizations, and the services that projects use.

mod accounts;
mod billing_info;
mod data;
mod folder;
mod organization;
mod project;
mod project_service;

pub(crate) use accounts::accounts;
pub use billing_info::BillingProjectInfo;
pub use data::*;
pub use folder::Folder;
pub use organization::OrganizationData;
pub use project::{Project, ProjectData};
pub use project_service::ProjectService;

use crate::Google;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![BillingProjectInfo, Folder, Project, ProjectService]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![
        ActiveFolderData,
        BillingAccountData,
        FolderData,
        FoldersData,
        OrganizationData,
        ProjectData,
        ProjectsData,
    ]
}

/// Whether two ids with or without the name of their collection are the same: `folders/1` and `1`.
fn same_id(one: &str, other: &str) -> bool {
    crate::names::name_of(one) == crate::names::name_of(other)
}
