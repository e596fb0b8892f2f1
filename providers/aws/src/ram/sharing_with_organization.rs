//! `aws_ram_sharing_with_organization`: whether shares reach the accounts of the organization without invitations.

use crate::Aws;
use crate::organizations::{is_managed_here, services};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, imported};

/// What Organizations knows RAM by.
const SERVICE: &str = "ram.amazonaws.com";

/// The role that RAM uses to see the organization.
const ROLE: &str = "AWSServiceRoleForResourceAccessManager";

/// Lets objects be shared with the organization, its units and its accounts without invitations. Only the management
/// account can say so.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ram_sharing_with_organization", keep)]
pub struct SharingWithOrganization {
    /// The id of the management account.
    pub id: Computed<String>,
}

#[async_trait]
impl Resource for SharingWithOrganization {
    type Client = Aws;

    async fn create(aws: &Aws, _: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = aws.ram().enable_sharing_with_aws_organization().send();
        let answer = aws.call("ram:EnableSharingWithAwsOrganization", call).await?;
        if answer.return_value == Some(false) {
            let detail =
                "RAM answers that it was not enabled. All features of the organization must be enabled.";
            return Err(Error::new("Sharing with the organization was not enabled", detail).into());
        }
        Ok(SharingWithOrganization { id: aws.account().await?.to_string().into() })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let enabled = services(aws).await.map(|services| services.is_some_and(|s| s.contains(SERVICE)));
        states.into_iter().map(|state| enabled.clone().map(|enabled| enabled.then_some(state))).collect()
    }

    /// Nothing can change.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if !is_managed_here(aws).await? {
            return Ok(Some(Vec::new()));
        }
        Ok(Some(imported(aws, [aws.account().await?.to_string()]).await?))
    }

    async fn delete(aws: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.organizations().disable_aws_service_access().service_principal(SERVICE).send();
        match aws.call("organizations:DisableAWSServiceAccess", call).await {
            Err(error) if !error.has_code(&["AWSOrganizationsNotInUseException"]) => return Err(error),
            _ => {}
        }
        // RAM makes the role anew when it is needed.
        let call = aws.iam().delete_service_linked_role().role_name(ROLE).send();
        match aws.call("iam:DeleteServiceLinkedRole", call).await {
            Err(error) if !error.has_code(&["NoSuchEntity"]) => Err(error),
            _ => Ok(()),
        }
    }
}
