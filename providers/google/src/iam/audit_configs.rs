//! `google_project_iam_audit_config` and the like for folders and organizations: which accesses to a service are logged.

use super::location::Location;
use super::policy::{AuditConfig, AuditLogConfig, Policy, edit, normal, read};
use super::same_id;
use crate::Google;
use crate::client::is_not_found;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Attributes, Block, Computed, Diagnostics, Error, Failure, Object, Resource, Value,
    async_trait, join_all, validate,
};

/// A kind of accesses that is logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct LoggedAccesses {
    /// `ADMIN_READ`, `DATA_READ` or `DATA_WRITE`.
    #[attr(validate = validate::one_of(&["ADMIN_READ", "DATA_READ", "DATA_WRITE"]))]
    pub log_type: String,
    /// Whose accesses are not logged.
    pub exempted_members: BTreeSet<String>,
}

/// The configuration of a service as policies have it.
fn config(service: &str, kinds: &BTreeSet<LoggedAccesses>) -> AuditConfig {
    let kinds = kinds.iter().map(|kind| AuditLogConfig {
        log_type: kind.log_type.clone(),
        exempted_members: kind.exempted_members.iter().map(|member| normal(member)).collect(),
    });
    AuditConfig { service: service.to_owned(), audit_log_configs: kinds.collect() }
}

/// Puts the configuration of a service into a policy; without kinds of accesses it is taken out.
async fn set(
    google: &Google,
    location: &Location,
    service: &str,
    kinds: &BTreeSet<LoggedAccesses>,
) -> Result<Policy, Error> {
    let wanted = config(service, kinds);
    edit(google, location, |policy| {
        let before = policy.audit_configs.clone();
        policy.audit_configs.retain(|config| config.service != service);
        if !kinds.is_empty() {
            policy.audit_configs.push(wanted.clone());
        }
        Ok(policy.audit_configs != before)
    })
    .await
}

/// What a policy says of a service.
fn told(policy: &Policy, service: &str) -> BTreeSet<LoggedAccesses> {
    let configs = policy.audit_configs.iter().filter(|config| config.service == service);
    configs
        .flat_map(|config| config.audit_log_configs.iter())
        .map(|kind| LoggedAccesses {
            log_type: kind.log_type.clone(),
            exempted_members: kind.exempted_members.clone(),
        })
        .collect()
}

/// Reads the policies of several objects, each once.
async fn policies(google: &Google, locations: &[Location]) -> BTreeMap<String, Result<Policy, Error>> {
    let by_path: BTreeMap<&str, &Location> = locations.iter().map(|l| (l.path.as_str(), l)).collect();
    let answers = by_path
        .into_iter()
        .map(|(path, location)| async move { (path.to_owned(), read(google, location).await) });
    join_all(answers).await.into_iter().collect()
}

macro_rules! audit_config {
    ($type:ident $name:literal, $collection:literal, $parent:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Debug, Default, Resource)]
        #[resource(name = $name, keep)]
        pub struct $type {
            /// The object and the service.
            pub id: Computed<String>,
            /// The object whose accesses are logged.
            #[attr(force_new, equivalent = same_id)]
            pub $parent: String,
            /// The service, or `allServices`.
            #[attr(force_new)]
            pub service: String,
            /// Which kinds of accesses.
            #[block(min = 1)]
            pub audit_log_config: BTreeSet<LoggedAccesses>,
            /// What the policy changes with.
            pub etag: Computed<String>,
        }

        impl $type {
            fn location(&self) -> Location {
                Location::resource_manager($collection, &self.$parent)
            }

            fn with(self, policy: &Policy) -> Self {
                let told = told(policy, &self.service);
                let same = |kinds: &BTreeSet<LoggedAccesses>| -> BTreeSet<(String, BTreeSet<String>)> {
                    let each = kinds.iter().map(|k| {
                        (k.log_type.clone(), k.exempted_members.iter().map(|m| normal(m)).collect())
                    });
                    each.collect()
                };
                let written = same(&told) == same(&self.audit_log_config);
                Self {
                    id: format!("{} {}", super::location::short(&self.location().path), self.service).into(),
                    audit_log_config: if written { self.audit_log_config } else { told },
                    etag: policy.etag.clone().unwrap_or_default().into(),
                    ..self
                }
            }
        }

        #[async_trait]
        impl Resource for $type {
            type Client = Google;

            async fn create(google: &Google, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
                let location = planned.location();
                let policy = set(google, &location, &planned.service, &planned.audit_log_config).await?;
                Ok(planned.with(&policy))
            }

            async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let locations: Vec<Location> = states.iter().map(|state| state.location()).collect();
                let found = policies(google, &locations).await;
                (states.into_iter().zip(&locations))
                    .map(|(state, location)| match found.get(&location.path) {
                        Some(Ok(policy)) if told(policy, &state.service).is_empty() => Ok(None),
                        Some(Ok(policy)) => Ok(Some(state.with(policy))),
                        Some(Err(e)) if is_not_found(e) => Ok(None),
                        Some(Err(e)) => Err(e.clone()),
                        None => Ok(None),
                    })
                    .collect()
            }

            async fn update(
                google: &Google,
                _: Self,
                planned: Self,
                cx: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                Self::create(google, planned, cx).await
            }

            async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
                match set(google, &state.location(), &state.service, &BTreeSet::new()).await {
                    Err(e) if is_not_found(&e) => Ok(()),
                    other => other.map(|_| ()),
                }
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                match id.split_once(' ') {
                    Some((parent, service)) => Ok(vec![
                        (stringify!($parent), Value::from(parent)),
                        ("service", Value::from(service)),
                    ]),
                    None => {
                        let detail =
                            format!("{id:?} is not of the form \"{} service\".", stringify!($parent));
                        Err(Error::new("Invalid import id", detail))
                    }
                }
            }

            async fn foresee(google: &Google, prior: &Value, planned: &Value) -> Diagnostics {
                let read = |value: &Value| <Self as Object>::from_value(value).ok();
                let Some(after) = read(planned) else { return Diagnostics::new() };
                let before = read(prior).filter(|before| before.service == after.service);
                let before: Vec<AuditConfig> =
                    before.iter().map(|b| config(&b.service, &b.audit_log_config)).collect();
                let now = [config(&after.service, &after.audit_log_config)];
                super::foresee::audit(google, &after.location(), &after.service, (&before, &now)).await
            }

            fn plan(cx: &mut terrane_sdk::PlanContext<'_, Google>) {
                if !cx.is_create() && cx.is_changed() {
                    cx.set_unknown("etag");
                }
            }
        }
    };
}

audit_config!(ProjectIamAuditConfig "google_project_iam_audit_config", "projects", project,
    "Provides which accesses to a service are logged in a project.");
audit_config!(FolderIamAuditConfig "google_folder_iam_audit_config", "folders", folder,
    "Provides which accesses to a service are logged in a folder.");
audit_config!(OrganizationIamAuditConfig "google_organization_iam_audit_config", "organizations", org_id,
    "Provides which accesses to a service are logged in an organization.");
