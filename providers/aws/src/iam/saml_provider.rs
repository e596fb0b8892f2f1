//! `aws_iam_saml_provider`: someone who says who people are, by SAML.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_iam::operation::get_saml_provider::GetSamlProviderOutput;
use terrane_sdk::{
    ApplyContext, Computed, Error, Failure, PlanContext, Resource, async_trait, join_all, validate,
};

use super::tagging::{tag_list, tag_map, update_tags};
use super::{date, is_taken, unless_gone};

/// Provides an IAM SAML provider.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_saml_provider", keep)]
pub struct SamlProvider {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The provider's name.
    #[attr(
        force_new,
        validate = validate::length(1..=128),
        validate = validate::matches(r"^[\w.-]*$", "only have letters, digits and any of ._-")
    )]
    pub name: String,
    /// The XML document in which the provider says who it is and what its keys are.
    #[attr(validate = validate::length(1000..=10_000_000))]
    pub saml_metadata_document: String,
    /// The unique id that AWS gave the provider.
    pub saml_provider_uuid: Computed<String>,
    /// Its tags.
    pub tags: Tags,
    /// Until when the document is valid.
    pub valid_until: Computed<String>,
}

impl SamlProvider {
    fn with_remote(self, arn: String, found: GetSamlProviderOutput) -> SamlProvider {
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        SamlProvider {
            id: arn.clone().into(),
            arn: arn.into(),
            name,
            saml_metadata_document: found.saml_metadata_document.unwrap_or_default(),
            saml_provider_uuid: found.saml_provider_uuid.unwrap_or_default().into(),
            tags: tag_map(found.tags.as_ref()),
            valid_until: found.valid_until.as_ref().and_then(date).unwrap_or_default().into(),
        }
    }
}

/// The provider with this ARN.
pub(super) async fn get(aws: &Aws, arn: &str) -> Result<Option<GetSamlProviderOutput>, Error> {
    let call = aws.iam().get_saml_provider().saml_provider_arn(arn).send();
    unless_gone(aws.call("iam:GetSAMLProvider", call).await)
}

#[async_trait]
impl Resource for SamlProvider {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = (aws.iam().create_saml_provider().name(&planned.name))
            .saml_metadata_document(&planned.saml_metadata_document)
            .set_tags(tag_list(&planned.tags)?);
        let (arn, taken) = match aws.call("iam:CreateSAMLProvider", call.send()).await {
            Ok(answer) => {
                let missing = || Error::new("CreateSAMLProvider failed", "The answer has no ARN.");
                (answer.saml_provider_arn.ok_or_else(missing)?, None)
            }
            Err(error) if cx.repeated && is_taken(&error) => {
                let account = aws.account().await?;
                let arn = format!("arn:{}:iam::{account}:saml-provider/{}", aws.partition(), planned.name);
                (arn, Some(error))
            }
            Err(error) => return Err(error.into()),
        };
        // Until when the document is valid, AWS says only when it is asked.
        let found = get(aws, &arn).await?;
        let found = found.map(|found| planned.clone().with_remote(arn.clone(), found));
        match (found, taken) {
            (Some(found), Some(error))
                if found.saml_metadata_document != planned.saml_metadata_document
                    || found.tags != planned.tags =>
            {
                Err(error.into())
            }
            (None, Some(error)) => Err(error.into()),
            (Some(found), _) => Ok(SamlProvider { tags: planned.tags, ..found }),
            (None, None) => {
                let error = Error::new("CreateSAMLProvider failed", "The provider vanished at once.");
                Err(Failure::partial(error, Self { id: arn.clone().into(), arn: arn.into(), ..planned }))
            }
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing has neither documents nor tags.
        let read = |state: Self| async {
            let arn = state.id.known()?.clone();
            let found = get(aws, &arn).await?;
            Ok(found.map(|found| state.with_remote(arn, found)))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = planned.id.known()?.clone();
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagSAMLProvider" => aws.iam().tag_saml_provider().saml_provider_arn(&arn),
            "iam:UntagSAMLProvider" => aws.iam().untag_saml_provider().saml_provider_arn(&arn));
        if prior.saml_metadata_document == planned.saml_metadata_document {
            return Ok(planned);
        }
        let call = aws.iam().update_saml_provider().saml_provider_arn(&arn);
        let call = call.saml_metadata_document(&planned.saml_metadata_document).send();
        aws.call("iam:UpdateSAMLProvider", call).await?;
        let missing =
            || Error::new("UpdateSAMLProvider failed", "The provider vanished while it was changed.");
        let found = get(aws, &arn).await?.ok_or_else(missing)?;
        Ok(Self { tags: planned.tags.clone(), ..planned.with_remote(arn, found) })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.iam().delete_saml_provider().saml_provider_arn(state.id.known()?).send();
        unless_gone(aws.call("iam:DeleteSAMLProvider", call).await).map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        // AWS gives the ARNs in one page.
        let found = aws.call("iam:ListSAMLProviders", aws.iam().list_saml_providers().send()).await?;
        let arns = found.saml_provider_list.unwrap_or_default().into_iter().filter_map(|p| p.arn);
        let states = arns.map(|arn| Self { id: arn.clone().into(), arn: arn.into(), ..Self::default() });
        let found: Result<Vec<_>, _> = Self::read(aws, states.collect()).await.into_iter().collect();
        Ok(Some(found?.into_iter().flatten().collect()))
    }

    /// A new document may be valid for another time.
    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("saml_metadata_document") {
            cx.set_unknown("valid_until");
        }
    }
}
