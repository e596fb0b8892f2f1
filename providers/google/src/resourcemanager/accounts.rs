//! The projects below an organization or folder, and the provider configurations of which they are the project.

use crate::Google;
use crate::names::escape;
use terrane_sdk::provider::Account;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Error, Value, join_all};

/// All active projects below `parent`, by their ids; `None` when that is no organization or folder.
pub(crate) async fn accounts(
    google: &Google,
    config: &Value,
    parent: &str,
) -> Result<Option<Vec<Account>>, Error> {
    if !is_parent(parent) {
        return Ok(None);
    }
    let mut accounts = Vec::new();
    let mut parents = vec![parent.to_owned()];
    // One level of folders after the other, all of a level at once.
    while !parents.is_empty() {
        let level = parents.iter().map(|parent| async move {
            let (projects, folders) =
                tokio::join!(list(google, parent, "projects"), list(google, parent, "folders"));
            Ok::<_, Error>((projects?, folders?))
        });
        let mut below = Vec::new();
        for answer in join_all(level).await {
            let (projects, folders) = answer?;
            below.extend(folders.iter().filter_map(|folder| Some(folder["name"].as_str()?.to_owned())));
            accounts.extend(projects.iter().filter_map(|project| {
                let id = project["projectId"].as_str()?;
                Some(Account {
                    id: id.into(),
                    name: project["displayName"].as_str().unwrap_or_default().into(),
                    config: config.with_attribute("project", Value::string(id)),
                })
            }));
        }
        parents = below;
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Some(accounts))
}

/// What is directly in a parent, and not being deleted.
async fn list(google: &Google, parent: &str, collection: &str) -> Result<Vec<Json>, Error> {
    let operation = format!("cloudresourcemanager.{collection}.list");
    let path = format!("v3/{collection}?parent={}", escape(parent));
    let mut all = google.fetch_all(&operation, "resource_manager_v3", &path, collection).await?;
    all.retain(|one| one["state"].as_str().is_none_or(|state| state == "ACTIVE"));
    Ok(all)
}

/// `organizations/1234` or `folders/5678`.
fn is_parent(text: &str) -> bool {
    let number = text.strip_prefix("organizations/").or(text.strip_prefix("folders/"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
