//! `aws_iam_security_token_service_preferences`: what kind of tokens the global endpoint of the
//! Security Token Service gives.

use crate::Aws;
use aws_sdk_iam::types::{GlobalEndpointTokenVersion, SummaryKeyType};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, imported, validate};

/// The only id there is: an account has one setting.
const ID: &str = "iam-security-token-service-preferences";

/// Manages the account's preferences for the Security Token Service. There always are some:
/// destroying the resource leaves them as they are.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_security_token_service_preferences", keep)]
pub struct SecurityTokenServicePreferences {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// `v1Token`, valid in the regions that are on by default, or `v2Token`, valid in all.
    #[attr(validate = validate::one_of(&["v1Token", "v2Token"]))]
    pub global_endpoint_token_version: String,
}

impl SecurityTokenServicePreferences {
    async fn put(self, aws: &Aws) -> Result<Self, Error> {
        let version = GlobalEndpointTokenVersion::from(self.global_endpoint_token_version.as_str());
        let call = aws.iam().set_security_token_service_preferences();
        let call = call.global_endpoint_token_version(version).send();
        aws.call("iam:SetSecurityTokenServicePreferences", call).await?;
        Ok(Self { id: ID.into(), ..self })
    }
}

async fn version(aws: &Aws) -> Result<String, Error> {
    let summary = aws.call("iam:GetAccountSummary", aws.iam().get_account_summary().send()).await?;
    let summary = summary.summary_map.unwrap_or_default();
    match summary.get(&SummaryKeyType::GlobalEndpointTokenVersion) {
        Some(version) => Ok(format!("v{version}Token")),
        None => Err(aws.here(
            Error::new("GetAccountSummary failed", "The answer does not say which tokens there are.")
                .operation("iam:GetAccountSummary"),
        )),
    }
}

#[async_trait]
impl Resource for SecurityTokenServicePreferences {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = version(aws).await;
        let read = |state: Self| Ok(Some(Self { global_endpoint_token_version: found.clone()?, ..state }));
        states.into_iter().map(read).collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        Ok(Some(imported(aws, [ID.to_owned()]).await?))
    }
}
