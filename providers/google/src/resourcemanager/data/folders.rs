//! `google_folder`, `google_folders` and `google_active_folder`: data sources of folders.

use crate::Google;
use crate::names::{escape, name_of};
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait, validate};

/// Reads a folder.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_folder")]
pub struct FolderData {
    /// `folders/` and the folder's number.
    pub id: Computed<String>,
    /// The folder's number, or `folders/` and it.
    pub folder: String,
    /// Whether to find the organization that the folder is in.
    pub lookup_organization: Option<bool>,
    /// The capabilities of the folder.
    pub configured_capabilities: Computed<Vec<String>>,
    /// When the folder was made.
    pub create_time: Computed<String>,
    /// Nothing that Google knows.
    pub deletion_protection: Computed<bool>,
    /// The name of the folder, for people.
    pub display_name: Computed<String>,
    /// The folder's number.
    pub folder_id: Computed<String>,
    /// Whether the folder is `ACTIVE`.
    pub lifecycle_state: Computed<String>,
    /// The project that manages the folder, if it is one for applications.
    pub management_project: Computed<String>,
    /// `folders/` and the folder's number.
    pub name: Computed<String>,
    /// The organization, with `lookup_organization`.
    pub organization: Computed<String>,
    /// What the folder is in.
    pub parent: Computed<String>,
}

async fn get(google: &Google, name: &str) -> Result<Json, Error> {
    google.fetch("cloudresourcemanager.folders.get", "resource_manager_v3", format!("v3/{name}")).await
}

fn text(json: &Json, name: &str) -> String {
    json[name].as_str().unwrap_or_default().to_owned()
}

#[async_trait]
impl DataSource for FolderData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let name = format!("folders/{}", name_of(&config.folder));
        let found = get(google, &name).await?;
        let mut organization = String::new();
        if config.lookup_organization == Some(true) {
            organization = text(&found, "parent");
            while organization.starts_with("folders/") {
                organization = text(&get(google, &organization).await?, "parent");
            }
        }
        Ok(FolderData {
            id: name.as_str().into(),
            folder_id: name_of(&name).into(),
            name: name.as_str().into(),
            configured_capabilities: Vec::new().into(),
            create_time: text(&found, "createTime").into(),
            deletion_protection: None.into(),
            display_name: text(&found, "displayName").into(),
            lifecycle_state: text(&found, "state").into(),
            management_project: text(&found, "managementProject").into(),
            organization: organization.into(),
            parent: text(&found, "parent").into(),
            ..config
        })
    }
}

/// Lists the folders that are directly in a folder or organization.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_folders")]
pub struct FoldersData {
    /// What the folders are in.
    pub id: Computed<String>,
    /// `organizations/1` or `folders/1`.
    pub parent_id: String,
    /// The folders.
    pub folders: Computed<Vec<ListedFolder>>,
}

/// A folder in a list.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ListedFolder {
    /// When it was made.
    pub create_time: String,
    /// When it was deleted.
    pub delete_time: String,
    /// Its name, for people.
    pub display_name: String,
    /// What changes with it.
    pub etag: String,
    /// `folders/` and its number.
    pub name: String,
    /// What it is in.
    pub parent: String,
    /// Whether it is `ACTIVE`.
    pub state: String,
    /// When it was changed.
    pub update_time: String,
}

async fn list(google: &Google, parent: &str) -> Result<Vec<Json>, Error> {
    let path = format!("v3/folders?parent={}", escape(parent));
    google.fetch_all("cloudresourcemanager.folders.list", "resource_manager_v3", &path, "folders").await
}

#[async_trait]
impl DataSource for FoldersData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let all = list(google, &config.parent_id).await?;
        let folders = all.iter().map(|folder| ListedFolder {
            create_time: text(folder, "createTime"),
            delete_time: text(folder, "deleteTime"),
            display_name: text(folder, "displayName"),
            etag: text(folder, "etag"),
            name: text(folder, "name"),
            parent: text(folder, "parent"),
            state: text(folder, "state"),
            update_time: text(folder, "updateTime"),
        });
        Ok(FoldersData {
            id: config.parent_id.as_str().into(),
            folders: folders.collect::<Vec<_>>().into(),
            ..config
        })
    }
}

/// Finds a folder by its name.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_active_folder")]
pub struct ActiveFolderData {
    /// `folders/` and the folder's number.
    pub id: Computed<String>,
    /// The name of the folder, for people.
    pub display_name: String,
    /// What the folder is in: `organizations/1` or `folders/1`.
    pub parent: String,
    /// How to look: accepted, since folders are listed here.
    #[attr(validate = validate::one_of(&["LIST", "SEARCH"]))]
    pub api_method: Auto<String>,
    /// `folders/` and the folder's number.
    pub name: Computed<String>,
}

#[async_trait]
impl DataSource for ActiveFolderData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let all = list(google, &config.parent).await?;
        let fits = |f: &&Json| f["displayName"] == config.display_name.as_str() && f["state"] == "ACTIVE";
        let name = all.iter().find(fits).map(|folder| text(folder, "name")).ok_or_else(|| {
            let detail = format!("There is no active folder {:?} in {}.", config.display_name, config.parent);
            Error::new("Folder not found", detail).attribute("display_name")
        })?;
        let method = config.api_method.0.clone().unwrap_or_else(|| "LIST".into());
        Ok(ActiveFolderData {
            id: name.as_str().into(),
            name: name.into(),
            api_method: method.into(),
            ..config
        })
    }
}
