//! `aws_organizations_delegated_administrator`: an account that administers a service for all.

use super::account_list::{date, state, status};
use super::organization::managed_here;
use super::{change, pages, unless, unless_gone};
use crate::Aws;
use aws_sdk_organizations::types::{DelegatedAdministrator as RemoteAdministrator, DelegatedService};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, try_join_all,
    validate,
};

/// Lets a member account administer a service for the whole organization.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_organizations_delegated_administrator", keep)]
pub struct DelegatedAdministrator {
    /// The account and the service, with a slash between them.
    pub id: Computed<String>,
    /// The account.
    #[attr(force_new, validate = validate::matches(r"^\d{12}$", "be the id of an account, which has 12 digits"))]
    pub account_id: String,
    /// The ARN of the account.
    pub arn: Computed<String>,
    /// Since when the account administers something.
    pub delegation_enabled_date: Computed<String>,
    /// The e-mail address of its owner.
    pub email: Computed<String>,
    /// How it came into the organization.
    pub joined_method: Computed<String>,
    /// When it came into the organization.
    pub joined_timestamp: Computed<String>,
    /// Its name.
    pub name: Computed<String>,
    /// The service, such as `guardduty.amazonaws.com`.
    #[attr(force_new, validate = validate::length(1..=128))]
    pub service_principal: String,
    /// The status of the account.
    pub status: Computed<String>,
}

impl DelegatedAdministrator {
    fn with_remote(self, found: &RemoteAdministrator) -> Self {
        let (of, with) = (found.state.as_ref(), found.status.as_ref());
        // What AWS answers without a status is in the state alone.
        let status = if with.is_some() { status(of, with) } else { state(of, with) };
        DelegatedAdministrator {
            id: format!("{}/{}", self.account_id, self.service_principal).into(),
            arn: found.arn.clone().into(),
            delegation_enabled_date: date(found.delegation_enabled_date.as_ref()).into(),
            email: found.email.clone().into(),
            joined_method: found.joined_method.as_ref().map(|m| m.as_str().to_owned()).into(),
            joined_timestamp: date(found.joined_timestamp.as_ref()).into(),
            name: found.name.clone().into(),
            status: status.into(),
            ..self
        }
    }
}

/// The accounts that administer a service, by id.
async fn of_service(aws: &Aws, service: &str) -> Result<HashMap<String, RemoteAdministrator>, Error> {
    let call = aws.organizations().list_delegated_administrators().service_principal(service);
    let found = pages!(aws, "organizations:ListDelegatedAdministrators", call, delegated_administrators);
    let found = unless_gone(found)?.unwrap_or_default();
    Ok(found.into_iter().filter_map(|admin| Some((admin.id.clone()?, admin))).collect())
}

#[async_trait]
impl Resource for DelegatedAdministrator {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let registered = change(|| {
            let call = aws.organizations().register_delegated_administrator();
            let call = call.account_id(&planned.account_id).service_principal(&planned.service_principal);
            aws.call("organizations:RegisterDelegatedAdministrator", call.send())
        });
        let taken: &[&str] = if cx.repeated { &["AccountAlreadyRegisteredException"] } else { &[] };
        unless(taken, registered.await)?;
        let id = format!("{}/{}", planned.account_id, planned.service_principal);
        let started = DelegatedAdministrator { id: id.into(), ..planned.clone() };
        let found = of_service(aws, &planned.service_principal).await;
        let found = found.map_err(|error| Failure::partial(error, started.clone()))?;
        match found.get(&planned.account_id) {
            Some(found) => Ok(planned.with_remote(found)),
            None => {
                let detail =
                    "AWS does not list the account among the administrators of the service. Apply again.";
                let error = Error::new("The administrator is not registered yet", detail);
                Err(Failure::partial(error, started))
            }
        }
    }

    /// One listing of the administrators of each service.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let services: BTreeSet<String> = states.iter().map(|s| s.service_principal.clone()).collect();
        let list = |service: String| async {
            let found = of_service(aws, &service).await;
            (service, found)
        };
        let listed: HashMap<_, _> = join_all(services.into_iter().map(list)).await.into_iter().collect();
        let one = |state: Self| match listed.get(&state.service_principal) {
            Some(Ok(found)) => Ok(found.get(&state.account_id).map(|found| state.with_remote(found))),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(None),
        };
        states.into_iter().map(one).collect()
    }

    /// Nothing can change.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let removed = change(|| {
            let call = aws.organizations().deregister_delegated_administrator();
            let call = call.account_id(&state.account_id).service_principal(&state.service_principal);
            aws.call("organizations:DeregisterDelegatedAdministrator", call.send())
        });
        match unless_gone(removed.await) {
            Err(error) if error.has_code(&["AccountNotRegisteredException"]) => Ok(()),
            result => result.map(drop),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if managed_here(aws).await?.is_none() {
            return Ok(Some(Vec::new()));
        }
        let call = aws.organizations().list_delegated_administrators();
        let accounts =
            pages!(aws, "organizations:ListDelegatedAdministrators", call, delegated_administrators)?;
        let of_account = |found: RemoteAdministrator| async move {
            let account = found.id.clone().unwrap_or_default();
            let call = aws.organizations().list_delegated_services_for_account().account_id(&account);
            let services =
                pages!(aws, "organizations:ListDelegatedServicesForAccount", call, delegated_services);
            let services = unless_gone(services)?.unwrap_or_default();
            let administers = |service: DelegatedService| {
                let service_principal = service.service_principal?;
                Some(
                    Self { account_id: account.clone(), service_principal, ..Self::default() }
                        .with_remote(&found),
                )
            };
            Ok::<Vec<Self>, Error>(services.into_iter().filter_map(administers).collect())
        };
        let all = try_join_all(accounts.into_iter().map(of_account)).await?;
        Ok(Some(all.into_iter().flatten().collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once('/') {
            Some((account, service)) if !account.is_empty() && !service.is_empty() => Ok(vec![
                ("id", Value::from(id)),
                ("account_id", Value::from(account)),
                ("service_principal", Value::from(service)),
            ]),
            _ => {
                let detail = format!(
                    "{id:?} is not of the form ACCOUNT/SERVICE, as in 123456789012/config.amazonaws.com."
                );
                Err(Error::new("Invalid import id", detail))
            }
        }
    }
}
