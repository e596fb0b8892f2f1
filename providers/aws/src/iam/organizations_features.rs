//! `aws_iam_organizations_features`: what the organization's management account may do with the
//! root users of its members.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, validate};

const CREDENTIALS: &str = "RootCredentialsManagement";
const SESSIONS: &str = "RootSessions";

/// Manages central root access in an organization.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_organizations_features", keep)]
pub struct OrganizationsFeatures {
    /// The organization's id.
    pub id: Computed<String>,
    /// The features that are on: `RootCredentialsManagement`, `RootSessions`.
    #[attr(required, validate = validate::each(validate::one_of(&[CREDENTIALS, SESSIONS])))]
    pub enabled_features: BTreeSet<String>,
}

/// The organization's id and the features that are on.
async fn features(aws: &Aws) -> Result<(Option<String>, BTreeSet<String>), Error> {
    let call = aws.iam().list_organizations_features().send();
    let found = aws.call("iam:ListOrganizationsFeatures", call).await?;
    let features = found.enabled_features.unwrap_or_default();
    Ok((found.organization_id, features.iter().map(|feature| feature.as_str().to_owned()).collect()))
}

/// Makes the features that are on from `before` into `after`.
async fn change(aws: &Aws, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Result<(), Error> {
    let iam = aws.iam();
    for feature in before.difference(after) {
        match feature.as_str() {
            CREDENTIALS => {
                let call = iam.disable_organizations_root_credentials_management().send();
                aws.call("iam:DisableOrganizationsRootCredentialsManagement", call).await?;
            }
            _ => {
                let call = iam.disable_organizations_root_sessions().send();
                aws.call("iam:DisableOrganizationsRootSessions", call).await?;
            }
        }
    }
    for feature in after.difference(before) {
        match feature.as_str() {
            CREDENTIALS => {
                let call = iam.enable_organizations_root_credentials_management().send();
                aws.call("iam:EnableOrganizationsRootCredentialsManagement", call).await?;
            }
            _ => {
                let call = iam.enable_organizations_root_sessions().send();
                aws.call("iam:EnableOrganizationsRootSessions", call).await?;
            }
        }
    }
    Ok(())
}

/// Whether there is no organization, or IAM may do nothing in it, so that no feature is on.
fn is_off(error: &Error) -> bool {
    error.has_code(&["OrganizationNotFoundException", "ServiceAccessNotEnabledException", "NoSuchEntity"])
}

#[async_trait]
impl Resource for OrganizationsFeatures {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (id, before) = features(aws).await?;
        change(aws, &before, &planned.enabled_features).await?;
        Ok(Self { id: id.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = features(aws).await;
        let read = |_: Self| match &found {
            Ok((id, enabled)) if !enabled.is_empty() => {
                Ok(Some(Self { id: id.clone().into(), enabled_features: enabled.clone() }))
            }
            Ok(_) => Ok(None),
            Err(error) if is_off(error) => Ok(None),
            Err(error) => Err(error.clone()),
        };
        states.into_iter().map(read).collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        change(aws, &prior.enabled_features, &planned.enabled_features).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        match change(aws, &state.enabled_features, &BTreeSet::new()).await {
            Err(error) if is_off(&error) => Ok(()),
            result => result,
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        match features(aws).await {
            Ok((id, enabled_features)) if !enabled_features.is_empty() => {
                Ok(Some(vec![Self { id: id.into(), enabled_features }]))
            }
            Err(error)
                if !is_off(&error)
                    && !error.has_code(&["AccountNotManagementOrDelegatedAdministratorException"]) =>
            {
                Err(error)
            }
            _ => Ok(Some(Vec::new())),
        }
    }
}
