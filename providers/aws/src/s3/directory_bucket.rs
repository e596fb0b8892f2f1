//! `aws_s3_directory_bucket`: a bucket in one zone.

use crate::Aws;
use crate::client::{Element, Request, S3_EXPRESS_CONTROL, encoded};
use crate::tags::Tags;
use aws_sdk_s3::types::{
    BucketInfo, BucketType, CreateBucketConfiguration, DataRedundancy, LocationInfo, LocationType,
};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use super::bucket_contents;
use super::directory_bucket_tags;
use super::remote::{tag_list, unless};

/// Provides a bucket in one zone.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_directory_bucket", keep)]
pub struct DirectoryBucket {
    /// The name of the bucket.
    pub id: Computed<String>,
    /// The ARN of the bucket.
    pub arn: Computed<String>,
    /// The name of the bucket: `NAME--ZONE--x-s3`.
    #[attr(
        force_new,
        validate = validate::matches(
            r"^[0-9a-z][0-9a-z-]*--[0-9a-z-]+--x-s3$",
            "have the form NAME--ZONE--x-s3"
        )
    )]
    pub bucket: String,
    /// `SingleAvailabilityZone` or `SingleLocalZone`.
    #[attr(force_new, validate = validate::one_of(&["SingleAvailabilityZone", "SingleLocalZone"]))]
    pub data_redundancy: Auto<String>,
    /// Whether all objects are deleted with the bucket.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// Where the bucket is.
    #[block(force_new)]
    pub location: Option<Location>,
    /// The tags of the bucket.
    pub tags: Tags,
    /// `Directory`.
    #[attr(force_new, default = "Directory", name = "type", validate = validate::one_of(&["Directory"]))]
    pub kind: Option<String>,
}

/// Where a bucket is.
#[derive(Clone, Debug, Default, Block)]
pub struct Location {
    /// The id of the zone.
    #[attr(force_new)]
    pub name: String,
    /// `AvailabilityZone` or `LocalZone`.
    #[attr(
        force_new,
        default = "AvailabilityZone",
        name = "type",
        validate = validate::one_of(&["AvailabilityZone", "LocalZone"])
    )]
    pub kind: Option<String>,
}

impl DirectoryBucket {
    async fn complete(self, aws: &Aws) -> Result<Self, Error> {
        let account = aws.account().await?;
        let arn =
            format!("arn:{}:s3express:{}:{account}:bucket/{}", aws.partition(), aws.region(), self.bucket);
        let zone = self.bucket.rsplit("--").nth(1).unwrap_or_default().to_owned();
        let location =
            self.location.unwrap_or(Location { name: zone, kind: Some("AvailabilityZone".into()) });
        let redundancy = match location.kind.as_deref() {
            Some("LocalZone") => "SingleLocalZone",
            _ => "SingleAvailabilityZone",
        };
        Ok(Self {
            id: self.bucket.as_str().into(),
            arn: arn.into(),
            data_redundancy: self.data_redundancy.0.unwrap_or_else(|| redundancy.into()).into(),
            kind: Some("Directory".into()),
            location: Some(location),
            ..self
        })
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().head_bucket().bucket(&self.bucket).send();
        let Some(head) = unless(aws.call("s3:HeadBucket", call).await, &[])? else { return Ok(None) };
        let told = head.bucket_location_name.zip(head.bucket_location_type);
        let told = told.map(|(name, kind)| Location { name, kind: Some(kind.as_str().to_owned()) });
        let found = Self { location: told.or(self.location.clone()), ..self }.complete(aws).await?;
        let tags = directory_bucket_tags::of(aws, found.arn.known()?).await?;
        Ok(Some(Self { tags, ..found }))
    }
}

/// The names of the buckets in the zones of the region. The SDK would first ask an endpoint that is not AWS's own for
/// a session, which is one of a bucket.
async fn names(aws: &Aws) -> Result<Vec<String>, Error> {
    const FIRST: &str = "/?x-id=ListDirectoryBuckets";
    let operation = "s3:ListDirectoryBuckets";
    let (mut names, mut path) = (Vec::new(), FIRST.to_owned());
    loop {
        let body = aws.send(&S3_EXPRESS_CONTROL, Request::new(operation, "GET", path)).await?;
        let page = Element::parse(&body).ok_or_else(|| {
            let detail = "The answer is no XML document.";
            aws.here(Error::new("Unintelligible answer", detail).operation(operation))
        })?;
        names.extend(page.list("Buckets").iter().map(|bucket| bucket.get("Name").to_owned()));
        match page.get("ContinuationToken") {
            "" => return Ok(names),
            token => path = format!("{FIRST}&continuation-token={}", encoded(token)),
        }
    }
}

#[async_trait]
impl Resource for DirectoryBucket {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let planned = planned.complete(aws).await?;
        let place = planned.location.clone().unwrap_or_default();
        let kind = LocationType::from(place.kind.as_deref().unwrap_or("AvailabilityZone"));
        let redundancy = planned.data_redundancy.as_deref().unwrap_or_default();
        let info = BucketInfo::builder().r#type(BucketType::Directory);
        let configuration = CreateBucketConfiguration::builder()
            .location(LocationInfo::builder().name(&place.name).r#type(kind).build())
            .bucket(info.data_redundancy(DataRedundancy::from(redundancy)).build())
            .set_tags(Some(tag_list(&planned.tags)?).filter(|t| !t.is_empty()))
            .build();
        let call = aws.s3().create_bucket().bucket(&planned.bucket);
        let call = call.create_bucket_configuration(configuration).send();
        match aws.call("s3:CreateBucket", call).await {
            Err(e) if cx.repeated && e.has_code(&["BucketAlreadyOwnedByYou"]) => Ok(planned),
            Err(e) => Err(e.into()),
            Ok(_) => Ok(planned),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        directory_bucket_tags::change(aws, prior.arn.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let delete = || aws.call("s3:DeleteBucket", aws.s3().delete_bucket().bucket(&state.bucket).send());
        let deleted = match delete().await {
            Err(e) if e.has_code(&["BucketNotEmpty"]) && state.force_destroy == Some(true) => {
                bucket_contents::delete_unversioned(aws, &state.bucket).await?;
                delete().await
            }
            other => other,
        };
        unless(deleted, &[]).map(|_| ())
    }

    /// Stores that speak S3's language have none.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if aws.has_own_endpoint("s3") {
            return Ok(None);
        }
        let names = names(aws).await?.into_iter();
        let states = names.map(|bucket| Self { bucket, ..Self::default() });
        let found: Result<Vec<_>, _> = Self::read(aws, states.collect()).await.into_iter().collect();
        Ok(Some(found?.into_iter().flatten().collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("bucket", Value::from(id)), ("force_destroy", Value::from(false))])
    }
}
