//! `google_project_default_service_accounts`: what becomes of the accounts that Google makes in a project by itself.

use super::account::{all_of, switch};
use crate::Google;
use crate::client::{Request, is_not_found};
use crate::iam::location::Location;
use crate::iam::policy::{Policy, edit, read};
use crate::names::name_of;
use http::Method;
use std::collections::BTreeMap;
use terrane_sdk::join_all;
use terrane_sdk::serde_json::json;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait, validate};

/// The role that Google gives these accounts.
const EDITOR: &str = "roles/editor";

/// Takes the default service accounts of a project their rights, or switches them off, or deletes them.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_project_default_service_accounts",
    keep,
    timeouts(create = "10m", read = "10m", delete = "10m")
)]
pub struct DefaultServiceAccounts {
    /// The project, with `projects/` before it.
    pub id: Computed<String>,
    /// The project.
    #[attr(force_new, equivalent = same_project)]
    pub project: String,
    /// What is done: `DEPRIVILEGE`, `DISABLE` or `DELETE`.
    #[attr(force_new, validate = validate::one_of(&["DEPRIVILEGE", "DISABLE", "DELETE"]))]
    pub action: String,
    /// What a destruction does: `REVERT`, `REVERT_AND_IGNORE_FAILURE` or `NONE`.
    #[attr(local, default = "REVERT", validate = validate::one_of(&["NONE", "REVERT", "REVERT_AND_IGNORE_FAILURE"]))]
    pub restore_policy: Option<String>,
    /// The accounts: their numbers by their addresses.
    pub service_accounts: Computed<BTreeMap<String, String>>,
}

fn same_project(one: &str, other: &str) -> bool {
    name_of(one) == name_of(other)
}

#[async_trait]
impl Resource for DefaultServiceAccounts {
    type Client = Google;

    async fn create(google: &Google, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let project = name_of(&planned.project).to_owned();
        let all = all_of(google, &project).await?;
        let found: BTreeMap<String, String> = (all.into_iter())
            .filter(|(email, _)| is_default(&project, email))
            .map(|(email, account)| (email, account.unique_id))
            .collect();
        let made = DefaultServiceAccounts {
            id: format!("projects/{project}").into(),
            service_accounts: found.clone().into(),
            ..planned
        };
        let act = async {
            if made.action == "DEPRIVILEGE" {
                return grant(google, &project, found.keys(), false).await;
            }
            let each = found.keys().map(|email| {
                let (made, project) = (&made, &project);
                async move {
                    match made.action.as_str() {
                        "DISABLE" => switch(google, &path(project, email), true).await,
                        _ => delete_account(google, project, email).await,
                    }
                }
            });
            join_all(each).await.into_iter().collect::<Result<(), Error>>()
        };
        match act.await {
            Ok(()) => Ok(made),
            // What was done so far can be reverted by a destruction.
            Err(e) => Err(Failure::partial(e, made)),
        }
    }

    /// Accounts that have their rights again are ones with which nothing was done.
    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            let project = name_of(&state.project);
            let Some(known) = state.service_accounts.0.as_ref().filter(|known| !known.is_empty()) else {
                return Ok(Some(state));
            };
            let undone = match state.action.as_str() {
                "DEPRIVILEGE" => match read(google, &Location::resource_manager("projects", project)).await {
                    Ok(policy) => {
                        let editors = policy.members(EDITOR, None);
                        known.keys().any(|email| editors.contains(&format!("serviceAccount:{email}")))
                    }
                    Err(e) if is_not_found(&e) => true,
                    Err(e) => return Err(e),
                },
                action => match all_of(google, project).await {
                    Ok(there) if action == "DELETE" => known.keys().all(|email| there.contains_key(email)),
                    Ok(there) => known.keys().any(|email| there.get(email).is_some_and(|a| !a.disabled)),
                    Err(e) if is_not_found(&e) => true,
                    Err(e) => return Err(e),
                },
            };
            Ok((!undone).then_some(state))
        }))
        .await
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let policy = state.restore_policy.as_deref().unwrap_or("REVERT");
        if policy == "NONE" {
            return Ok(());
        }
        let project = name_of(&state.project);
        let accounts = state.service_accounts.0.unwrap_or_default();
        let reverted = match state.action.as_str() {
            "DEPRIVILEGE" => grant(google, project, accounts.keys(), true).await,
            "DISABLE" => {
                let each = accounts
                    .keys()
                    .map(|email| async move { switch(google, &path(project, email), false).await });
                join_all(each).await.into_iter().collect()
            }
            _ => match all_of(google, project).await {
                Ok(there) => {
                    let gone = accounts.iter().filter(|(email, _)| !there.contains_key(*email));
                    let each = gone.map(|(_, number)| undelete(google, project, number));
                    join_all(each).await.into_iter().collect()
                }
                Err(e) => Err(e),
            },
        };
        match reverted {
            Err(_) if policy == "REVERT_AND_IGNORE_FAILURE" => Ok(()),
            Err(e) if is_not_found(&e) && state.action != "DELETE" => Ok(()),
            other => other,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let detail =
            format!("What was done with the default accounts of {id} is known nowhere. Create it instead.");
        Err(Error::new("google_project_default_service_accounts cannot be imported", detail))
    }
}

/// Whether Google makes an account by itself: for Compute Engine or App Engine.
fn is_default(project: &str, email: &str) -> bool {
    let compute = email
        .strip_suffix("-compute@developer.gserviceaccount.com")
        .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
    compute || email == format!("{project}@appspot.gserviceaccount.com")
}

/// The path of an account.
fn path(project: &str, email: &str) -> String {
    format!("projects/{project}/serviceAccounts/{email}")
}

async fn delete_account(google: &Google, project: &str, email: &str) -> Result<(), Error> {
    let request = Request {
        operation: "iam.projects.serviceAccounts.delete",
        method: Method::DELETE,
        endpoint: "iam",
        path: format!("v1/{}", path(project, email)),
        body: None,
        idempotent: true,
    };
    match google.send(request).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

async fn undelete(google: &Google, project: &str, number: &str) -> Result<(), Error> {
    let request = Request {
        operation: "iam.projects.serviceAccounts.undelete",
        method: Method::POST,
        endpoint: "iam",
        path: format!("v1/projects/{project}/serviceAccounts/{number}:undelete"),
        body: Some(json!({})),
        idempotent: true,
    };
    google.send(request).await.map(|_| ())
}

/// Gives accounts the role that they had at first, or takes it away.
async fn grant(
    google: &Google,
    project: &str,
    emails: impl Iterator<Item = &String> + Clone,
    give: bool,
) -> Result<(), Error> {
    let members: Vec<String> = emails.map(|email| format!("serviceAccount:{email}")).collect();
    let change = |policy: &mut Policy| {
        let before = policy.members(EDITOR, None);
        let mut after = before.clone();
        match give {
            true => after.extend(members.iter().cloned()),
            false => after.retain(|member| !members.contains(member)),
        }
        let differs = after != before;
        policy.set(EDITOR, None, after);
        Ok(differs)
    };
    edit(google, &Location::resource_manager("projects", project), change).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_accounts_are_known_by_their_addresses() {
        for (email, want) in [
            ("123-compute@developer.gserviceaccount.com", true),
            ("p@appspot.gserviceaccount.com", true),
            ("q@appspot.gserviceaccount.com", false),
            ("a-compute@developer.gserviceaccount.com", false),
            ("own@p.iam.gserviceaccount.com", false),
        ] {
            assert_eq!(is_default("p", email), want, "{email}");
        }
    }
}
