//! Data sources of projects, folders and billing accounts.

mod billing_account;
mod folders;
mod projects;

pub use billing_account::BillingAccountData;
pub use folders::{ActiveFolderData, FolderData, FoldersData, ListedFolder};
pub use projects::{ListedProject, ProjectsData};
