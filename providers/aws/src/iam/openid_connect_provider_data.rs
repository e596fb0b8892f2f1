//! Data source `aws_iam_openid_connect_provider`: an OpenID Connect provider by ARN or address.

use crate::Aws;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Diagnostic, Diagnostics, Error, Value, async_trait};

use super::not_found;
use super::openid_connect_provider::{arns, get, without_scheme};
use super::tagging::tag_map;

/// Finds an IAM OpenID Connect provider.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_openid_connect_provider")]
pub struct OpenIdConnectProviderData {
    /// The provider's ARN.
    pub id: Computed<String>,
    /// The provider's ARN.
    #[attr(conflicts_with = "url")]
    pub arn: Auto<String>,
    /// The ids by which the provider knows applications.
    pub client_id_list: Computed<BTreeSet<String>>,
    /// The provider's tags.
    pub tags: Auto<Tags>,
    /// Thumbprints of the certificates of the provider's server.
    pub thumbprint_list: Computed<Vec<String>>,
    /// The provider's address.
    #[attr(conflicts_with = "arn")]
    pub url: Auto<String>,
}

#[async_trait]
impl DataSource for OpenIdConnectProviderData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = config.arn.as_deref().or(config.url.as_deref()).unwrap_or_default().to_owned();
        let missing = || {
            let error = not_found("OpenID Connect provider", &wanted);
            aws.here(error.operation("iam:GetOpenIDConnectProvider"))
        };
        let arn = match config.arn.get() {
            Some(arn) => arn.clone(),
            None => {
                // The address is what an ARN ends with.
                let end = format!(":oidc-provider/{}", without_scheme(&wanted));
                arns(aws).await?.into_iter().find(|arn| arn.ends_with(&end)).ok_or_else(missing)?
            }
        };
        let found = get(aws, &arn).await?.ok_or_else(missing)?;
        let clients = found.client_id_list.unwrap_or_default().into_iter();
        Ok(OpenIdConnectProviderData {
            id: arn.clone().into(),
            arn: arn.into(),
            client_id_list: clients.collect::<BTreeSet<_>>().into(),
            tags: aws.tags().managed(tag_map(found.tags.as_ref())).into(),
            thumbprint_list: found.thumbprint_list.unwrap_or_default().into(),
            url: config.url.0.or(found.url).into(),
        })
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name| config.attribute(name).is_none_or(|v| v.is_null());
        if unset("arn") && unset("url") {
            let detail = "One of \"arn\" and \"url\" must be set.";
            diagnostics.push(Diagnostic::error("Missing required argument", detail));
        }
    }
}
