//! `aws_s3_bucket_intelligent_tiering_configuration`: when objects that nobody uses are archived.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_s3::types::{
    self, IntelligentTieringAccessTier, IntelligentTieringAndOperator, IntelligentTieringConfiguration,
    IntelligentTieringFilter, IntelligentTieringStatus,
};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, named_in_bucket, part_of_bucket};
use super::remote::{built, int, tag_list, tag_map, text, unless};

/// Provides when objects in intelligent tiering are archived.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_intelligent_tiering_configuration", keep)]
pub struct BucketIntelligentTiering {
    /// What the state knows it by: the bucket and the name.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new)]
    pub bucket: String,
    /// Which objects; all of them without it.
    #[block]
    pub filter: Option<TieringFilter>,
    /// The name of the configuration.
    #[attr(force_new)]
    pub name: String,
    /// `Enabled` or `Disabled`.
    #[attr(default = "Enabled", validate = validate::one_of(&["Enabled", "Disabled"]))]
    pub status: Option<String>,
    /// After how long objects go where.
    #[block(min = 1)]
    pub tiering: BTreeSet<Tiering>,
}

/// Which objects are archived.
#[derive(Clone, Debug, Default, Block)]
pub struct TieringFilter {
    /// Those whose names begin with this.
    pub prefix: Option<String>,
    /// Those with all these tags.
    pub tags: Tags,
}

/// After how long objects go where.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Tiering {
    /// `ARCHIVE_ACCESS` or `DEEP_ARCHIVE_ACCESS`.
    #[attr(validate = validate::one_of(&["ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"]))]
    pub access_tier: String,
    /// The number of days without use.
    pub days: i64,
}

impl TieringFilter {
    fn to_remote(&self) -> Result<IntelligentTieringFilter, Error> {
        let prefix = text(&self.prefix);
        let mut tags = tag_list(&self.tags)?;
        let filter = IntelligentTieringFilter::builder();
        Ok(match (prefix, tags.len()) {
            (prefix, 0) => filter.set_prefix(prefix).build(),
            (None, 1) => filter.tag(tags.remove(0)).build(),
            (prefix, _) => {
                let and = IntelligentTieringAndOperator::builder().set_prefix(prefix).set_tags(Some(tags));
                filter.and(and.build()).build()
            }
        })
    }

    fn from_remote(filter: IntelligentTieringFilter) -> Option<TieringFilter> {
        let (prefix, tags) = match filter.and {
            Some(and) => (and.prefix, tag_map(and.tags.unwrap_or_default())),
            None => (filter.prefix, tag_map(filter.tag.into_iter().collect())),
        };
        let empty = prefix.as_deref().unwrap_or_default().is_empty() && tags.is_empty();
        (!empty).then_some(TieringFilter { prefix, tags })
    }
}

impl BucketIntelligentTiering {
    fn with_remote(self, found: IntelligentTieringConfiguration) -> Self {
        let tiering = |t: types::Tiering| Tiering {
            access_tier: t.access_tier.as_str().to_owned(),
            days: i64::from(t.days),
        };
        Self {
            id: format!("{}:{}", self.bucket, self.name).into(),
            filter: found.filter.and_then(TieringFilter::from_remote),
            status: Some(found.status.as_str().to_owned()),
            tiering: found.tierings.into_iter().map(tiering).collect(),
            ..self
        }
    }
}

#[async_trait]
impl BucketPart for BucketIntelligentTiering {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let tiering = |tiering: &Tiering| {
            built(
                types::Tiering::builder()
                    .access_tier(IntelligentTieringAccessTier::from(tiering.access_tier.as_str()))
                    .set_days(int(Some(tiering.days))?)
                    .build(),
            )
        };
        let tierings = self.tiering.iter().map(tiering).collect::<Result<Vec<_>, _>>()?;
        let status = self.status.as_deref().unwrap_or("Enabled");
        let configuration = IntelligentTieringConfiguration::builder()
            .id(&self.name)
            .set_filter(self.filter.as_ref().map(TieringFilter::to_remote).transpose()?)
            .status(IntelligentTieringStatus::from(status))
            .set_tierings(Some(tierings))
            .build();
        let call = (aws.s3().put_bucket_intelligent_tiering_configuration())
            .bucket(&self.bucket)
            .id(&self.name)
            .intelligent_tiering_configuration(built(configuration)?);
        aws.call("s3:PutBucketIntelligentTieringConfiguration", call.send()).await?;
        Ok(Self { id: format!("{}:{}", self.bucket, self.name).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_intelligent_tiering_configuration())
            .bucket(&self.bucket)
            .id(&self.name)
            .send();
        let gone = ["NoSuchConfiguration"];
        let found = unless(aws.call("s3:GetBucketIntelligentTieringConfiguration", call).await, &gone)?;
        Ok(found.and_then(|f| f.intelligent_tiering_configuration).map(|found| self.with_remote(found)))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = (aws.s3().delete_bucket_intelligent_tiering_configuration())
            .bucket(&self.bucket)
            .id(&self.name)
            .send();
        let gone = ["NoSuchConfiguration"];
        unless(aws.call("s3:DeleteBucketIntelligentTieringConfiguration", call).await, &gone).map(|_| ())
    }
}

named_in_bucket!(
    BucketIntelligentTiering,
    list_bucket_intelligent_tiering_configurations,
    "s3:ListBucketIntelligentTieringConfigurations",
    intelligent_tiering_configuration_list
);
part_of_bucket!(BucketIntelligentTiering, part::import_named, named);
