//! `aws_iam_openid_connect_provider`: someone who says who people or workloads are, by OpenID
//! Connect.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_iam::operation::get_open_id_connect_provider::GetOpenIdConnectProviderOutput;
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all, validate,
};

use super::tagging::{tag_list, tag_map, update_tags};
use super::{is_taken, unless_gone};

/// Provides an IAM OpenID Connect provider.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_openid_connect_provider", keep)]
pub struct OpenIdConnectProvider {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The ids by which the provider knows applications: audiences.
    #[attr(required, validate = validate::each(validate::length(1..=255)))]
    pub client_id_list: BTreeSet<String>,
    /// Its tags.
    pub tags: Tags,
    /// Thumbprints of the certificates of the provider's server. AWS gets them itself when there
    /// are none.
    #[attr(validate = validate::each(validate::length(40..=40)))]
    pub thumbprint_list: Auto<Vec<String>>,
    /// The provider's address.
    #[attr(force_new, validate = valid_url, equivalent = same_url)]
    pub url: String,
}

/// AWS gives addresses without the scheme, which is always the same.
pub(super) fn without_scheme(url: &str) -> &str {
    url.strip_prefix("https://").unwrap_or(url)
}

fn same_url(a: &str, b: &str) -> bool {
    without_scheme(a) == without_scheme(b)
}

fn valid_url(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(url) if !url.starts_with("https://") || url.len() == "https://".len() => {
            Err(format!("must begin with \"https://\" and a host name, got {url:?}."))
        }
        Some(url) if url.contains('?') => Err(format!("must not have a query, got {url:?}.")),
        _ => Ok(()),
    }
}

impl OpenIdConnectProvider {
    fn with_remote(self, arn: String, found: GetOpenIdConnectProviderOutput) -> OpenIdConnectProvider {
        OpenIdConnectProvider {
            id: arn.clone().into(),
            arn: arn.into(),
            client_id_list: found.client_id_list.unwrap_or_default().into_iter().collect(),
            tags: tag_map(found.tags.as_ref()),
            thumbprint_list: found.thumbprint_list.unwrap_or_default().into(),
            url: found.url.unwrap_or_default(),
        }
    }

    fn is_as_created(&self, planned: &OpenIdConnectProvider) -> bool {
        self.client_id_list == planned.client_id_list
            && self.tags == planned.tags
            && planned.thumbprint_list.get().is_none_or(|wanted| Some(wanted) == self.thumbprint_list.get())
    }
}

/// The provider with this ARN.
pub(super) async fn get(aws: &Aws, arn: &str) -> Result<Option<GetOpenIdConnectProviderOutput>, Error> {
    let call = aws.iam().get_open_id_connect_provider().open_id_connect_provider_arn(arn).send();
    unless_gone(aws.call("iam:GetOpenIDConnectProvider", call).await)
}

/// The ARNs of all providers. AWS gives them in one page.
pub(super) async fn arns(aws: &Aws) -> Result<Vec<String>, Error> {
    let call = aws.iam().list_open_id_connect_providers().send();
    let found = aws.call("iam:ListOpenIDConnectProviders", call).await?;
    let providers = found.open_id_connect_provider_list.unwrap_or_default();
    Ok(providers.into_iter().filter_map(|provider| provider.arn).collect())
}

#[async_trait]
impl Resource for OpenIdConnectProvider {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = (aws.iam().create_open_id_connect_provider().url(&planned.url))
            .set_client_id_list(Some(planned.client_id_list.iter().cloned().collect()))
            .set_thumbprint_list(planned.thumbprint_list.get().cloned())
            .set_tags(tag_list(&planned.tags)?);
        let (arn, taken) = match aws.call("iam:CreateOpenIDConnectProvider", call.send()).await {
            Ok(answer) => {
                let missing = || Error::new("CreateOpenIDConnectProvider failed", "The answer has no ARN.");
                (answer.open_id_connect_provider_arn.ok_or_else(missing)?, None)
            }
            Err(error) if cx.repeated && is_taken(&error) => {
                let host = without_scheme(&planned.url);
                let account = aws.account().await?;
                (format!("arn:{}:iam::{account}:oidc-provider/{host}", aws.partition()), Some(error))
            }
            Err(error) => return Err(error.into()),
        };
        // The thumbprints that AWS got are known only when it is asked.
        let found = get(aws, &arn).await?;
        let found = found.map(|found| planned.clone().with_remote(arn.clone(), found));
        match (found, taken) {
            (Some(found), Some(error)) if !found.is_as_created(&planned) => Err(error.into()),
            (None, Some(error)) => Err(error.into()),
            (Some(found), _) => Ok(OpenIdConnectProvider { tags: planned.tags, ..found }),
            (None, None) => {
                let error =
                    Error::new("CreateOpenIDConnectProvider failed", "The provider vanished at once.");
                Err(Failure::partial(error, Self { id: arn.clone().into(), arn: arn.into(), ..planned }))
            }
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing has nothing but the ARNs.
        let read = |state: Self| async {
            let arn = state.id.known()?.clone();
            let found = get(aws, &arn).await?;
            Ok(found.map(|found| state.with_remote(arn, found)))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = planned.id.known()?;
        for client in planned.client_id_list.difference(&prior.client_id_list) {
            let call = aws.iam().add_client_id_to_open_id_connect_provider();
            let call = call.open_id_connect_provider_arn(arn).client_id(client);
            aws.call("iam:AddClientIDToOpenIDConnectProvider", call.send()).await?;
        }
        for client in prior.client_id_list.difference(&planned.client_id_list) {
            let call = aws.iam().remove_client_id_from_open_id_connect_provider();
            let call = call.open_id_connect_provider_arn(arn).client_id(client);
            aws.call("iam:RemoveClientIDFromOpenIDConnectProvider", call.send()).await?;
        }
        if prior.thumbprint_list.get() != planned.thumbprint_list.get()
            && let Some(thumbprints) = planned.thumbprint_list.get()
        {
            let call = aws.iam().update_open_id_connect_provider_thumbprint();
            let call = call.open_id_connect_provider_arn(arn).set_thumbprint_list(Some(thumbprints.clone()));
            aws.call("iam:UpdateOpenIDConnectProviderThumbprint", call.send()).await?;
        }
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagOpenIDConnectProvider" =>
                aws.iam().tag_open_id_connect_provider().open_id_connect_provider_arn(arn),
            "iam:UntagOpenIDConnectProvider" =>
                aws.iam().untag_open_id_connect_provider().open_id_connect_provider_arn(arn));
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.iam().delete_open_id_connect_provider();
        let call = call.open_id_connect_provider_arn(state.id.known()?).send();
        unless_gone(aws.call("iam:DeleteOpenIDConnectProvider", call).await).map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let stub = |arn: String| Self { id: arn.clone().into(), arn: arn.into(), ..Self::default() };
        let states = arns(aws).await?.into_iter().map(stub).collect();
        let found: Result<Vec<_>, _> = Self::read(aws, states).await.into_iter().collect();
        Ok(Some(found?.into_iter().flatten().collect()))
    }
}
