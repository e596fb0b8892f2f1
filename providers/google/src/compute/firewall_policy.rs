//! `google_compute_network_firewall_policy` and its associations with networks, which are parts of their policy: it takes
//! one change at a time.

use super::kind::{Place, change_at, request_id};
use crate::Google;
use crate::client::is_not_found;
use crate::names::{compute_url, name_of, parse_id, path_of, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, join_all,
};

/// Provides a firewall policy for networks.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_network_firewall_policy",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct NetworkFirewallPolicy {
    /// The path of the policy, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the policy.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What the policy is for.
    pub description: Option<String>,
    /// When the policy was made.
    pub creation_timestamp: Computed<String>,
    /// What the policy changes with.
    pub fingerprint: Computed<String>,
    /// Google's number for the policy.
    pub network_firewall_policy_id: Computed<String>,
    /// How much of the quota its rules take.
    pub rule_tuple_count: Computed<i64>,
    /// The URL of the policy.
    pub self_link: Computed<String>,
    /// The URL of the policy with its number.
    pub self_link_with_id: Computed<String>,
}

/// Provides the association of a firewall policy with a network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_network_firewall_policy_association",
    keep,
    timeouts(create = "20m", delete = "20m")
)]
pub struct NetworkFirewallPolicyAssociation {
    /// The path of the association.
    pub id: Computed<String>,
    /// The name of the association.
    #[attr(force_new)]
    pub name: String,
    /// The network.
    #[attr(force_new, equivalent = same_reference)]
    pub attachment_target: String,
    /// The policy, by its name or path.
    #[attr(force_new, equivalent = same_reference)]
    pub firewall_policy: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The name of the policy.
    pub short_name: Computed<String>,
}

/// The path of a policy by its name or path.
pub(super) fn policy_path(google: &Google, project: Option<&str>, policy: &str) -> Result<String, Error> {
    if policy.contains("projects/") {
        return Ok(path_of(policy).to_owned());
    }
    Ok(format!("projects/{}/global/firewallPolicies/{policy}", project_of(google, project)?))
}

/// What methods for the policy at a path are under.
fn methods(path: &str) -> &'static str {
    if path.contains("/regions/") {
        "compute.regionNetworkFirewallPolicies"
    } else {
        "compute.networkFirewallPolicies"
    }
}

pub(super) async fn get(google: &Google, path: &str) -> Result<Json, Error> {
    google.fetch(&format!("{}.get", methods(path)), "compute", format!("compute/v1/{path}")).await
}

/// Makes an empty policy, unless a first attempt has, and answers with it.
pub(super) async fn make(
    google: &Google,
    path: &str,
    description: Option<&str>,
    cx: &ApplyContext,
) -> Result<Json, Error> {
    if cx.repeated {
        match get(google, path).await {
            Err(e) if is_not_found(&e) => {}
            other => return other,
        }
    }
    let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
    let body = json!({"name": name_of(path), "description": description});
    let place = Place::global(path.split('/').nth(1).unwrap_or_default());
    let to = format!("compute/v1/{collection}?requestId={}", request_id(cx, "insert"));
    change_at(google, &format!("{}.insert", methods(path)), Method::POST, &place, to, Some(body), cx).await?;
    get(google, path).await
}

/// Gives the policy at a path another description, and answers with it.
pub(super) async fn describe(
    google: &Google,
    path: &str,
    description: Option<&str>,
    cx: &ApplyContext,
) -> Result<Json, Error> {
    let current = get(google, path).await?;
    let body = json!({"description": description.unwrap_or_default(), "fingerprint": current["fingerprint"]});
    change(google, (Method::PATCH, path, "", ""), Some(body), cx).await?;
    get(google, path).await
}

/// Deletes the policy at a path. One that is gone already is no error.
pub(super) async fn remove(google: &Google, path: &str, cx: &ApplyContext) -> Result<(), Error> {
    match change(google, (Method::DELETE, path, "", ""), None, cx).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other,
    }
}

/// The association of a name in the policy at a path, which is made if the policy has none.
pub(super) async fn associate(
    google: &Google,
    (path, name, target): (&str, &str, &str),
    cx: &ApplyContext,
) -> Result<Json, Error> {
    let there = if cx.repeated { association(&get(google, path).await?, name) } else { None };
    if there.is_none() {
        let project = path.split('/').nth(1).unwrap_or_default();
        let target = match target.contains("projects/") {
            true => path_of(target).to_owned(),
            false => format!("projects/{project}/global/networks/{target}"),
        };
        let body = json!({"name": name, "attachmentTarget": compute_url(&target)});
        change(google, (Method::POST, path, "addAssociation", ""), Some(body), cx).await?;
    }
    association(&get(google, path).await?, name)
        .ok_or_else(|| Error::new("The association vanished", format!("{path} has no association {name}.")))
}

/// The association of a name in its policy.
pub(super) fn association(policy: &Json, name: &str) -> Option<Json> {
    policy["associations"].as_array()?.iter().find(|a| a["name"] == name).cloned()
}

/// A change of the policy at a path. `verb` is empty for the policy itself.
pub(super) async fn change(
    google: &Google,
    (method, policy, verb, query): (Method, &str, &str, &str),
    body: Option<Json>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let _only = google.only(policy).await;
    let project = policy.split('/').nth(1).unwrap_or_default();
    let name = if verb.is_empty() { method.as_str().to_lowercase() } else { verb.to_owned() };
    let call = format!("{}.{name}", methods(policy));
    let verb = if verb.is_empty() { String::new() } else { format!("/{verb}") };
    let path = format!("compute/v1/{policy}{verb}?requestId={}{query}", request_id(cx, &name));
    change_at(google, &call, method, &Place::global(project), path, body, cx).await
}

/// Policies by their paths, each read once.
async fn policies(
    google: &Google,
    paths: impl Iterator<Item = String>,
) -> BTreeMap<String, Result<Option<Json>, Error>> {
    let paths: BTreeSet<String> = paths.collect();
    // Rules are in a policy's own answer only, not in lists.
    join_all(paths.into_iter().map(|path| async move {
        let found = match get(google, &path).await {
            Ok(policy) => Ok(Some(policy)),
            Err(e) if is_not_found(&e) => Ok(None),
            Err(e) => Err(e),
        };
        (path, found)
    }))
    .await
    .into_iter()
    .collect()
}

/// The part of its policy that each state is.
pub(super) async fn parts<S: Clone>(
    google: &Google,
    states: Vec<S>,
    path: impl Fn(&S) -> Result<String, Error>,
    part: impl Fn(S, &str, &Json) -> Result<Option<S>, Error>,
) -> Vec<Result<Option<S>, Error>> {
    let paths: Vec<Result<String, Error>> = states.iter().map(path).collect();
    let found = policies(google, paths.iter().flatten().cloned()).await;
    (states.into_iter().zip(&paths))
        .map(|(state, path)| {
            let path = path.as_ref().map_err(Clone::clone)?;
            match found.get(path) {
                Some(Ok(Some(policy))) => part(state, path, policy),
                Some(Err(error)) => Err(error.clone()),
                _ => Ok(None),
            }
        })
        .collect()
}

/// Takes a part out of its policy, unless that has it no longer or is gone itself.
pub(super) async fn remove_part(
    google: &Google,
    path: &str,
    part: impl Fn(&Json) -> Option<Json>,
    (verb, query): (&str, &str),
    cx: &ApplyContext,
) -> Result<(), Error> {
    match get(google, path).await {
        Ok(policy) if part(&policy).is_some() => {
            change(google, (Method::POST, path, verb, query), None, cx).await
        }
        Err(e) if !is_not_found(&e) => Err(e),
        _ => Ok(()),
    }
}

#[async_trait]
impl Resource for NetworkFirewallPolicy {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = policy_path(google, planned.project.as_deref(), &planned.name)?;
        let made = make(google, &path, planned.description.as_deref(), cx).await?;
        Ok(planned.with(&path, &made))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let path = |s: &Self| policy_path(google, s.project.as_deref(), &s.name);
        parts(google, states, path, |state, path, policy| Ok(Some(state.with(path, policy)))).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = policy_path(google, prior.project.as_deref(), &prior.name)?;
        let changed = describe(google, &path, planned.description.as_deref(), cx).await?;
        Ok(planned.with(&path, &changed))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let path = policy_path(google, state.project.as_deref(), &state.name)?;
        remove(google, &path, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/global/firewallPolicies/{name}", "{project}/{name}", "{name}"])
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if !cx.is_create() && cx.is_changed() {
            cx.set_unknown("fingerprint");
        }
    }
}

impl NetworkFirewallPolicy {
    /// This policy as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Self {
        let text = |name: &str| remote[name].as_str().map(str::to_owned);
        NetworkFirewallPolicy {
            id: path.into(),
            name: name_of(path).to_owned(),
            project: path.split('/').nth(1).unwrap_or_default().into(),
            description: text("description").filter(|d| !d.is_empty()),
            creation_timestamp: text("creationTimestamp").into(),
            fingerprint: text("fingerprint").into(),
            network_firewall_policy_id: text("id").into(),
            rule_tuple_count: remote["ruleTupleCount"].as_i64().into(),
            self_link: text("selfLink").into(),
            self_link_with_id: text("selfLinkWithId").unwrap_or_default().into(),
        }
    }
}

#[async_trait]
impl Resource for NetworkFirewallPolicyAssociation {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.policy(google)?;
        let found = associate(google, (&path, &planned.name, &planned.attachment_target), cx).await?;
        Ok(planned.with(&path, &found))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let path = |s: &Self| s.policy(google);
        let part = |state: Self, path: &str, policy: &Json| {
            let found = association(policy, &state.name);
            Ok(found.map(|association| state.with(path, &association)))
        };
        parts(google, states, path, part).await
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let query = format!("&name={}", state.name);
        let part = |policy: &Json| association(policy, &state.name);
        remove_part(google, &state.policy(google)?, part, ("removeAssociation", &query), cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/global/firewallPolicies/{firewall_policy}/associations/{name}",
                "{project}/{firewall_policy}/{name}",
                "{firewall_policy}/{name}",
            ],
        )
    }
}

impl NetworkFirewallPolicyAssociation {
    fn policy(&self, google: &Google) -> Result<String, Error> {
        policy_path(google, self.project.as_deref(), &self.firewall_policy)
    }

    /// This association as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Self {
        let text = |name: &str| remote[name].as_str().map(str::to_owned);
        NetworkFirewallPolicyAssociation {
            id: format!("{path}/associations/{}", self.name).into(),
            attachment_target: text("attachmentTarget").unwrap_or(self.attachment_target.clone()),
            project: path.split('/').nth(1).unwrap_or_default().into(),
            short_name: text("shortName").unwrap_or_default().into(),
            ..self
        }
    }
}
