//! `aws_s3_bucket_analytics_configuration`: how often some objects of a bucket are used.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_s3::types::{
    self, AnalyticsAndOperator, AnalyticsExportDestination, AnalyticsFilter, AnalyticsS3BucketDestination,
    AnalyticsS3ExportFileFormat, StorageClassAnalysisDataExport, StorageClassAnalysisSchemaVersion,
};
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, named_in_bucket, part_of_bucket};
use super::remote::{built, tag_list, tag_map, text, unless};

/// Provides an analysis of how often objects are used.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_analytics_configuration", keep)]
pub struct BucketAnalytics {
    /// What the state knows it by: the bucket and the name.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new)]
    pub bucket: String,
    /// Which objects; all of them without it.
    #[block]
    pub filter: Option<AnalysisFilter>,
    /// The name of the analysis.
    #[attr(force_new, validate = validate::length(1..=64))]
    pub name: String,
    /// Where the results are written.
    #[block]
    pub storage_class_analysis: Option<Analysis>,
}

/// Which objects are analysed.
#[derive(Clone, Debug, Default, Block)]
pub struct AnalysisFilter {
    /// Those whose names begin with this.
    pub prefix: Option<String>,
    /// Those with all these tags.
    pub tags: Tags,
}

/// An analysis.
#[derive(Clone, Debug, Default, Block)]
pub struct Analysis {
    /// Its results.
    #[block(min = 1)]
    pub data_export: Option<DataExport>,
}

/// The results of an analysis.
#[derive(Clone, Debug, Default, Block)]
pub struct DataExport {
    /// Where they are written.
    #[block(min = 1)]
    pub destination: Option<ExportDestination>,
    /// Their form: `V_1`.
    #[attr(default = "V_1", validate = validate::one_of(&["V_1"]))]
    pub output_schema_version: Option<String>,
}

/// Where results are written.
#[derive(Clone, Debug, Default, Block)]
pub struct ExportDestination {
    /// A bucket.
    #[block(min = 1)]
    pub s3_bucket_destination: Option<ExportBucket>,
}

/// The bucket where results are written.
#[derive(Clone, Debug, Default, Block)]
pub struct ExportBucket {
    /// The account that must own it.
    pub bucket_account_id: Option<String>,
    /// Its ARN.
    pub bucket_arn: String,
    /// The format: `CSV`.
    #[attr(default = "CSV", validate = validate::one_of(&["CSV"]))]
    pub format: Option<String>,
    /// What the names of the objects begin with.
    pub prefix: Option<String>,
}

impl AnalysisFilter {
    fn to_remote(&self) -> Result<Option<AnalyticsFilter>, Error> {
        let prefix = text(&self.prefix);
        let mut tags = tag_list(&self.tags)?;
        Ok(Some(match (prefix, tags.len()) {
            (None, 0) => return Ok(None),
            (Some(prefix), 0) => AnalyticsFilter::Prefix(prefix),
            (None, 1) => AnalyticsFilter::Tag(tags.remove(0)),
            (prefix, _) => AnalyticsFilter::And(
                AnalyticsAndOperator::builder().set_prefix(prefix).set_tags(Some(tags)).build(),
            ),
        }))
    }

    fn from_remote(filter: AnalyticsFilter) -> AnalysisFilter {
        match filter {
            AnalyticsFilter::Prefix(prefix) => AnalysisFilter { prefix: Some(prefix), tags: Tags::new() },
            AnalyticsFilter::Tag(tag) => {
                AnalysisFilter { prefix: None, tags: Tags::from([(tag.key, tag.value)]) }
            }
            AnalyticsFilter::And(and) => {
                AnalysisFilter { prefix: and.prefix, tags: tag_map(and.tags.unwrap_or_default()) }
            }
            _ => AnalysisFilter::default(),
        }
    }
}

impl Analysis {
    fn to_remote(&self) -> Result<types::StorageClassAnalysis, Error> {
        let export = self.data_export.clone().unwrap_or_default();
        let bucket = export.destination.and_then(|d| d.s3_bucket_destination).unwrap_or_default();
        let destination = AnalyticsS3BucketDestination::builder()
            .bucket(&bucket.bucket_arn)
            .format(AnalyticsS3ExportFileFormat::from(bucket.format.as_deref().unwrap_or("CSV")))
            .set_bucket_account_id(text(&bucket.bucket_account_id))
            .set_prefix(text(&bucket.prefix))
            .build();
        let destination =
            AnalyticsExportDestination::builder().s3_bucket_destination(built(destination)?).build();
        let version = export.output_schema_version.as_deref().unwrap_or("V_1");
        let export = StorageClassAnalysisDataExport::builder()
            .output_schema_version(StorageClassAnalysisSchemaVersion::from(version))
            .destination(destination)
            .build();
        Ok(types::StorageClassAnalysis::builder().data_export(built(export)?).build())
    }

    fn from_remote(analysis: types::StorageClassAnalysis) -> Option<Analysis> {
        let export = analysis.data_export?;
        let bucket = export.destination.and_then(|d| d.s3_bucket_destination).map(|b| ExportBucket {
            bucket_account_id: b.bucket_account_id,
            bucket_arn: b.bucket,
            format: Some(b.format.as_str().to_owned()),
            prefix: b.prefix,
        });
        let data_export = DataExport {
            destination: Some(ExportDestination { s3_bucket_destination: bucket }),
            output_schema_version: Some(export.output_schema_version.as_str().to_owned()),
        };
        Some(Analysis { data_export: Some(data_export) })
    }
}

impl BucketAnalytics {
    fn with_remote(self, found: types::AnalyticsConfiguration) -> Self {
        Self {
            id: format!("{}:{}", self.bucket, self.name).into(),
            filter: found.filter.map(AnalysisFilter::from_remote),
            storage_class_analysis: found.storage_class_analysis.and_then(Analysis::from_remote),
            ..self
        }
    }
}

#[async_trait]
impl BucketPart for BucketAnalytics {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let analysis = self.storage_class_analysis.as_ref().map(Analysis::to_remote).transpose()?;
        let analysis = analysis.unwrap_or_else(|| types::StorageClassAnalysis::builder().build());
        let filter = self.filter.as_ref().map(AnalysisFilter::to_remote).transpose()?.flatten();
        let configuration = types::AnalyticsConfiguration::builder()
            .id(&self.name)
            .set_filter(filter)
            .storage_class_analysis(analysis)
            .build();
        let call = (aws.s3().put_bucket_analytics_configuration().bucket(&self.bucket).id(&self.name))
            .analytics_configuration(built(configuration)?);
        aws.call("s3:PutBucketAnalyticsConfiguration", call.send()).await?;
        Ok(Self { id: format!("{}:{}", self.bucket, self.name).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_analytics_configuration().bucket(&self.bucket).id(&self.name).send();
        let gone = ["NoSuchConfiguration"];
        let found = unless(aws.call("s3:GetBucketAnalyticsConfiguration", call).await, &gone)?;
        Ok(found.and_then(|f| f.analytics_configuration).map(|found| self.with_remote(found)))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call =
            aws.s3().delete_bucket_analytics_configuration().bucket(&self.bucket).id(&self.name).send();
        let gone = ["NoSuchConfiguration"];
        unless(aws.call("s3:DeleteBucketAnalyticsConfiguration", call).await, &gone).map(|_| ())
    }
}

named_in_bucket!(
    BucketAnalytics,
    list_bucket_analytics_configurations,
    "s3:ListBucketAnalyticsConfigurations",
    analytics_configuration_list
);
part_of_bucket!(BucketAnalytics, part::import_named, named);
