//! Data sources `aws_organizations_delegated_administrators`, the accounts that administer something for all, and
//! `aws_organizations_delegated_services`, what one of them administers.

use super::account_list::{date, state, status};
use super::pages;
use crate::Aws;
use aws_sdk_organizations::types::DelegatedAdministrator as RemoteAdministrator;
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait, validate};

/// The accounts that administer a service, or any.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_delegated_administrators")]
pub struct DelegatedAdministrators {
    /// The account that asks.
    pub id: Computed<String>,
    /// The accounts.
    pub delegated_administrators: Computed<BTreeSet<ListedAdministrator>>,
    /// The service, such as `guardduty.amazonaws.com`.
    #[attr(validate = validate::length(1..=128))]
    pub service_principal: Option<String>,
}

/// An account that administers something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ListedAdministrator {
    /// Its ARN.
    pub arn: String,
    /// Since when it administers something.
    pub delegation_enabled_date: String,
    /// The e-mail address of its owner.
    pub email: String,
    /// Its id.
    pub id: String,
    /// How it came into the organization.
    pub joined_method: String,
    /// When it came into the organization.
    pub joined_timestamp: String,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: String,
}

/// The services that an account administers.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_delegated_services")]
pub struct DelegatedServices {
    /// The account that asks.
    pub id: Computed<String>,
    /// The account.
    #[attr(validate = validate::matches(r"^\d{12}$", "be the id of an account, which has 12 digits"))]
    pub account_id: String,
    /// The services.
    pub delegated_services: Computed<BTreeSet<DelegatedService>>,
}

/// A service that an account administers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct DelegatedService {
    /// Since when the account administers it.
    pub delegation_enabled_date: String,
    /// The service.
    pub service_principal: String,
}

impl ListedAdministrator {
    fn of(found: RemoteAdministrator) -> ListedAdministrator {
        let (of, with) = (found.state.as_ref(), found.status.as_ref());
        ListedAdministrator {
            delegation_enabled_date: date(found.delegation_enabled_date.as_ref()),
            joined_timestamp: date(found.joined_timestamp.as_ref()),
            // What AWS answers without a status is in the state alone.
            status: if with.is_some() { status(of, with) } else { state(of, with) },
            arn: found.arn.unwrap_or_default(),
            email: found.email.unwrap_or_default(),
            id: found.id.unwrap_or_default(),
            joined_method: found.joined_method.map(|m| m.as_str().to_owned()).unwrap_or_default(),
            name: found.name.unwrap_or_default(),
        }
    }
}

#[async_trait]
impl DataSource for DelegatedAdministrators {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let service = config.service_principal.clone();
        let call = aws.organizations().list_delegated_administrators().set_service_principal(service);
        let found = pages!(aws, "organizations:ListDelegatedAdministrators", call, delegated_administrators)?;
        let found: BTreeSet<_> = found.into_iter().map(ListedAdministrator::of).collect();
        Ok(DelegatedAdministrators {
            id: aws.account().await?.to_string().into(),
            delegated_administrators: found.into(),
            ..config
        })
    }
}

#[async_trait]
impl DataSource for DelegatedServices {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.organizations().list_delegated_services_for_account().account_id(&config.account_id);
        let found = pages!(aws, "organizations:ListDelegatedServicesForAccount", call, delegated_services)?;
        let service = |found: aws_sdk_organizations::types::DelegatedService| DelegatedService {
            delegation_enabled_date: date(found.delegation_enabled_date.as_ref()),
            service_principal: found.service_principal.unwrap_or_default(),
        };
        Ok(DelegatedServices {
            id: aws.account().await?.to_string().into(),
            delegated_services: found.into_iter().map(service).collect::<BTreeSet<_>>().into(),
            ..config
        })
    }
}
