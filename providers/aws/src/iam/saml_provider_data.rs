//! Data source `aws_iam_saml_provider`: a SAML provider by its ARN.

use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

use super::tagging::tag_map;
use super::{date, not_found, saml_provider};

/// Finds an IAM SAML provider.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_saml_provider")]
pub struct SamlProviderData {
    /// The provider's ARN.
    pub id: Computed<String>,
    /// The provider's ARN.
    pub arn: String,
    /// When the provider was made.
    pub create_date: Computed<String>,
    /// The provider's name.
    pub name: Computed<String>,
    /// The XML document in which the provider says who it is and what its keys are.
    pub saml_metadata_document: Computed<String>,
    /// The unique id that AWS gave the provider.
    pub saml_provider_uuid: Computed<String>,
    /// The provider's tags.
    pub tags: Auto<Tags>,
    /// Until when the document is valid.
    pub valid_until: Computed<String>,
}

#[async_trait]
impl DataSource for SamlProviderData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let missing = || aws.here(not_found("SAML provider", &config.arn).operation("iam:GetSAMLProvider"));
        let found = saml_provider::get(aws, &config.arn).await?.ok_or_else(missing)?;
        Ok(SamlProviderData {
            id: config.arn.clone().into(),
            create_date: found.create_date.as_ref().and_then(date).unwrap_or_default().into(),
            name: config.arn.rsplit('/').next().unwrap_or_default().into(),
            saml_metadata_document: found.saml_metadata_document.unwrap_or_default().into(),
            saml_provider_uuid: found.saml_provider_uuid.unwrap_or_default().into(),
            tags: aws.tags().managed(tag_map(found.tags.as_ref())).into(),
            valid_until: found.valid_until.as_ref().and_then(date).unwrap_or_default().into(),
            ..config
        })
    }
}
