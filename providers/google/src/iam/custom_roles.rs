//! `google_project_iam_custom_role` and `google_organization_iam_custom_role`: roles of one's own. A deleted role stays
//! for some days, and comes back when one with its id is wanted.

use crate::Google;
use crate::client::{Request, is_not_found, is_taken};
use crate::names::{name_of, parse_id};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

/// Roles in so many are listed instead of got one by one.
const LIST_FROM: usize = 3;

const STAGES: &[&str] = &["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"];

/// What a role says.
struct Role {
    title: String,
    description: Option<String>,
    permissions: BTreeSet<String>,
    stage: Option<String>,
}

impl Role {
    fn body(&self) -> Json {
        json!({
            "title": self.title,
            "description": self.description.clone().unwrap_or_default(),
            "includedPermissions": self.permissions,
            "stage": self.stage,
        })
    }

    fn of(remote: &Json) -> Role {
        let text = |name: &str| remote[name].as_str().map(str::to_owned);
        let permissions = remote["includedPermissions"].as_array().into_iter().flatten();
        Role {
            title: text("title").unwrap_or_default(),
            description: text("description"),
            permissions: permissions.filter_map(|p| p.as_str().map(str::to_owned)).collect(),
            stage: text("stage").or(Some("ALPHA".into())),
        }
    }
}

async fn call(
    google: &Google,
    verb: &str,
    method: Method,
    path: String,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("iam.roles.{verb}");
    let idempotent = method != Method::POST;
    let path = format!("v1/{path}");
    google.send(Request { operation: &operation, method, endpoint: "iam", path, body, idempotent }).await
}

async fn get(google: &Google, path: &str) -> Result<Option<Json>, Error> {
    match call(google, "get", Method::GET, path.to_owned(), None).await {
        Ok(role) => Ok(Some(role)),
        Err(e) if is_not_found(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Makes a role, or brings a deleted one back with what it is to say now.
async fn create(
    google: &Google,
    parent: &str,
    id: &str,
    role: &Role,
    cx: &ApplyContext,
) -> Result<Json, Error> {
    let path = format!("{parent}/roles/{id}");
    let there = get(google, &path).await?;
    match there {
        Some(found) if found["deleted"] == true => {
            call(google, "undelete", Method::POST, format!("{path}:undelete"), Some(json!({}))).await?;
            patch(google, &path, role).await
        }
        Some(found) if cx.repeated => Ok(found),
        _ => {
            let body = json!({"roleId": id, "role": role.body()});
            match call(google, "create", Method::POST, format!("{parent}/roles"), Some(body)).await {
                Err(e) if cx.repeated && is_taken(&e) => get(google, &path).await?.ok_or(e),
                other => other,
            }
        }
    }
}

async fn patch(google: &Google, path: &str, role: &Role) -> Result<Json, Error> {
    let mask = "title,description,includedPermissions,stage";
    call(google, "patch", Method::PATCH, format!("{path}?updateMask={mask}"), Some(role.body())).await
}

async fn delete(google: &Google, path: &str) -> Result<(), Error> {
    match get(google, path).await? {
        Some(role) if role["deleted"] != true => {
            call(google, "delete", Method::DELETE, path.to_owned(), None).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Roles by their paths, in few calls.
async fn look_up(google: &Google, paths: Vec<String>) -> BTreeMap<String, Result<Option<Json>, Error>> {
    let mut parents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in paths {
        let parent = path.split("/roles/").next().unwrap_or_default().to_owned();
        parents.entry(parent).or_default().push(path);
    }
    let answers = parents.into_iter().map(|(parent, paths)| async move {
        if paths.len() < LIST_FROM {
            let each = paths.into_iter().map(|path| async move {
                let found = get(google, &path).await;
                (path, found)
            });
            return join_all(each).await;
        }
        let from = format!("v1/{parent}/roles?view=FULL&pageSize=500");
        match google.fetch_all("iam.roles.list", "iam", &from, "roles").await {
            Err(error) => paths.into_iter().map(|path| (path, Err(error.clone()))).collect(),
            Ok(all) => {
                let find = |path: &String| all.iter().find(|role| role["name"] == path.as_str()).cloned();
                paths
                    .into_iter()
                    .map(|path| {
                        let found = find(&path);
                        (path, Ok(found))
                    })
                    .collect()
            }
        }
    });
    join_all(answers).await.into_iter().flatten().collect()
}

/// Checks the id of a role.
fn role_id(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    match (3..=64).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(()),
        false => Err(format!("{text:?} must have 3 to 64 letters, digits, dots and underscores.")),
    }
}

macro_rules! custom_role {
    ($type:ident $name:literal $doc:literal, $parent:ident: $parent_type:ty, $(#[$parent_attr:meta])*,
     path: |$google:ident, $this:ident| $path:expr, with: |$remote_path:ident| $told:expr, import: $forms:expr) => {
        #[doc = $doc]
        #[derive(Clone, Debug, Default, Resource)]
        #[resource(name = $name, keep)]
        pub struct $type {
            /// The path of the role.
            pub id: Computed<String>,
            /// The id of the role.
            #[attr(force_new, validate = role_id)]
            pub role_id: String,
            $(#[$parent_attr])*
            pub $parent: $parent_type,
            /// The name of the role, for people.
            pub title: String,
            /// What the role is for.
            pub description: Option<String>,
            /// The permissions.
            #[attr(required)]
            pub permissions: BTreeSet<String>,
            /// How far the role is: `GA` when it is meant for use.
            #[attr(default = "GA", validate = validate::one_of(STAGES))]
            pub stage: Option<String>,
            /// Whether the role is deleted.
            pub deleted: Computed<bool>,
            /// The path of the role.
            pub name: Computed<String>,
        }

        impl $type {
            fn parent($google: &Google, $this: &Self) -> Result<String, Error> {
                $path
            }

            fn path(&self, google: &Google) -> Result<String, Error> {
                match self.name.as_deref().or(self.id.as_deref()) {
                    Some(path) if path.contains('/') => Ok(path.to_owned()),
                    _ => Ok(format!("{}/roles/{}", Self::parent(google, self)?, self.role_id)),
                }
            }

            fn role(&self) -> Role {
                Role {
                    title: self.title.clone(),
                    description: self.description.clone(),
                    permissions: self.permissions.clone(),
                    stage: self.stage.clone(),
                }
            }

            /// This role as Google describes it.
            fn with(self, path: &str, remote: &Json) -> Self {
                let role = Role::of(remote);
                let $remote_path = path;
                Self {
                    id: path.into(),
                    role_id: name_of(path).to_owned(),
                    $parent: $told,
                    title: role.title,
                    description: role.description,
                    permissions: role.permissions,
                    stage: role.stage,
                    deleted: (remote["deleted"] == true).into(),
                    name: path.into(),
                }
            }
        }

        #[async_trait]
        impl Resource for $type {
            type Client = Google;

            async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
                let parent = Self::parent(google, &planned)?;
                let made = create(google, &parent, &planned.role_id, &planned.role(), cx).await?;
                let path = format!("{parent}/roles/{}", planned.role_id);
                Ok(planned.with(&path, &made))
            }

            async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let paths: Vec<_> = states.iter().map(|s| s.path(google)).collect();
                let found = look_up(google, paths.iter().flatten().cloned().collect()).await;
                (states.into_iter().zip(paths))
                    .map(|(state, path)| {
                        let path = path?;
                        match found.get(&path) {
                            Some(Ok(Some(role))) if role["deleted"] != true => Ok(Some(state.with(&path, role))),
                            Some(Err(error)) => Err(error.clone()),
                            _ => Ok(None),
                        }
                    })
                    .collect()
            }

            async fn update(
                google: &Google,
                prior: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                let path = prior.path(google)?;
                let made = patch(google, &path, &planned.role()).await?;
                Ok(planned.with(&path, &made))
            }

            async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
                delete(google, &state.path(google)?).await
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                parse_id(id, $forms)
            }
        }
    };
}

custom_role! {
    ProjectIamCustomRole "google_project_iam_custom_role" "Provides a role of one's own in a project.",
    project: Auto<String>,
    /// The project.
    #[attr(force_new)],
    path: |google, this| Ok(format!("projects/{}", project_of(google, this.project.as_deref())?)),
    with: |path| path.split('/').nth(1).unwrap_or_default().into(),
    import: &["projects/{project}/roles/{role_id}", "{project}/{role_id}", "{role_id}"]
}

custom_role! {
    OrganizationIamCustomRole "google_organization_iam_custom_role" "Provides a role of one's own in an organization.",
    org_id: String,
    /// The organization's number.
    #[attr(force_new)],
    path: |_google, this| Ok(format!("organizations/{}", name_of(&this.org_id))),
    with: |path| path.split('/').nth(1).unwrap_or_default().to_owned(),
    import: &["organizations/{org_id}/roles/{role_id}", "{org_id}/{role_id}"]
}
