//! `aws_s3_bucket_inventory`: regular lists of the objects of a bucket.

use crate::Aws;
use aws_sdk_s3::types::{
    self, InventoryConfiguration, InventoryEncryption, InventoryFormat, InventoryFrequency,
    InventoryIncludedObjectVersions, InventoryOptionalField, InventoryS3BucketDestination, InventorySchedule,
    Ssekms, Sses3,
};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, named_in_bucket, part_of_bucket};
use super::remote::{built, text, unless};

/// Provides regular lists of the objects of a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_inventory", keep)]
pub struct BucketInventory {
    /// What the state knows it by: the bucket and the name.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new)]
    pub bucket: String,
    /// Where the lists are written.
    #[block(min = 1)]
    pub destination: Option<InventoryDestination>,
    /// Whether lists are made.
    #[attr(default = true)]
    pub enabled: Option<bool>,
    /// Which objects; all of them without it.
    #[block]
    pub filter: Option<InventoryFilter>,
    /// Which versions: `All` or `Current`.
    #[attr(validate = validate::one_of(&["All", "Current"]))]
    pub included_object_versions: String,
    /// The name of the inventory.
    #[attr(force_new, validate = validate::length(0..=64))]
    pub name: String,
    /// What the lists tell besides the names: `Size`, `ETag` and so on.
    pub optional_fields: BTreeSet<String>,
    /// How often.
    #[block(min = 1)]
    pub schedule: Option<Schedule>,
}

/// Where lists are written.
#[derive(Clone, Debug, Default, Block)]
pub struct InventoryDestination {
    /// A bucket.
    #[block(min = 1)]
    pub bucket: Option<InventoryBucket>,
}

/// The bucket where lists are written.
#[derive(Clone, Debug, Default, Block)]
pub struct InventoryBucket {
    /// The account that must own it.
    pub account_id: Option<String>,
    /// Its ARN.
    pub bucket_arn: String,
    /// How lists are encrypted.
    #[block]
    pub encryption: Option<Encryption>,
    /// `CSV`, `ORC` or `Parquet`.
    #[attr(validate = validate::one_of(&["CSV", "ORC", "Parquet"]))]
    pub format: String,
    /// What the names of the lists begin with.
    pub prefix: Option<String>,
}

/// How lists are encrypted.
#[derive(Clone, Debug, Default, Block)]
pub struct Encryption {
    /// With a key of the Key Management Service.
    #[block(conflicts_with = "sse_s3")]
    pub sse_kms: Option<WithKey>,
    /// With S3's own keys.
    #[block(conflicts_with = "sse_kms")]
    pub sse_s3: Option<WithoutKey>,
}

/// Encryption with a key of the Key Management Service.
#[derive(Clone, Debug, Default, Block)]
pub struct WithKey {
    /// The ARN of the key.
    pub key_id: String,
}

/// Encryption with S3's own keys.
#[derive(Clone, Debug, Default, Block)]
pub struct WithoutKey {}

/// Which objects are listed.
#[derive(Clone, Debug, Default, Block)]
pub struct InventoryFilter {
    /// Those whose names begin with this.
    pub prefix: Option<String>,
}

/// How often lists are made.
#[derive(Clone, Debug, Default, Block)]
pub struct Schedule {
    /// `Daily` or `Weekly`.
    #[attr(validate = validate::one_of(&["Daily", "Weekly"]))]
    pub frequency: String,
}

impl InventoryBucket {
    fn to_remote(&self) -> Result<InventoryS3BucketDestination, Error> {
        let encryption = match &self.encryption {
            None => None,
            Some(encryption) => {
                let key =
                    encryption.sse_kms.as_ref().map(|k| built(Ssekms::builder().key_id(&k.key_id).build()));
                let own = encryption.sse_s3.as_ref().map(|_| Sses3::builder().build());
                Some(InventoryEncryption::builder().set_ssekms(key.transpose()?).set_sses3(own).build())
            }
        };
        built(
            InventoryS3BucketDestination::builder()
                .bucket(&self.bucket_arn)
                .format(InventoryFormat::from(self.format.as_str()))
                .set_account_id(text(&self.account_id))
                .set_prefix(text(&self.prefix))
                .set_encryption(encryption)
                .build(),
        )
    }

    fn from_remote(bucket: InventoryS3BucketDestination) -> InventoryBucket {
        InventoryBucket {
            account_id: bucket.account_id,
            bucket_arn: bucket.bucket,
            encryption: bucket.encryption.filter(|e| e.ssekms.is_some() || e.sses3.is_some()).map(|e| {
                Encryption {
                    sse_kms: e.ssekms.map(|k| WithKey { key_id: k.key_id }),
                    sse_s3: e.sses3.map(|_| WithoutKey {}),
                }
            }),
            format: bucket.format.as_str().to_owned(),
            prefix: bucket.prefix,
        }
    }
}

impl BucketInventory {
    fn with_remote(self, found: types::InventoryConfiguration) -> Self {
        Self {
            id: format!("{}:{}", self.bucket, self.name).into(),
            destination: found.destination.map(|d| InventoryDestination {
                bucket: d.s3_bucket_destination.map(InventoryBucket::from_remote),
            }),
            enabled: Some(found.is_enabled),
            filter: found.filter.map(|f| InventoryFilter { prefix: Some(f.prefix) }),
            included_object_versions: found.included_object_versions.as_str().to_owned(),
            optional_fields: (found.optional_fields.iter().flatten())
                .map(|f| f.as_str().to_owned())
                .collect(),
            schedule: found.schedule.map(|s| Schedule { frequency: s.frequency.as_str().to_owned() }),
            ..self
        }
    }
}

#[async_trait]
impl BucketPart for BucketInventory {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let bucket = self.destination.as_ref().and_then(|d| d.bucket.clone()).unwrap_or_default();
        let destination =
            types::InventoryDestination::builder().s3_bucket_destination(bucket.to_remote()?).build();
        let prefix = self.filter.as_ref().and_then(|f| text(&f.prefix));
        let filter = prefix.map(|prefix| built(types::InventoryFilter::builder().prefix(prefix).build()));
        let frequency = self.schedule.as_ref().map(|s| s.frequency.as_str()).unwrap_or_default();
        let schedule = InventorySchedule::builder().frequency(InventoryFrequency::from(frequency)).build();
        let fields = self.optional_fields.iter().map(|f| InventoryOptionalField::from(f.as_str())).collect();
        let versions = InventoryIncludedObjectVersions::from(self.included_object_versions.as_str());
        let configuration = InventoryConfiguration::builder()
            .id(&self.name)
            .is_enabled(self.enabled != Some(false))
            .included_object_versions(versions)
            .destination(destination)
            .set_filter(filter.transpose()?)
            .schedule(built(schedule)?)
            .set_optional_fields(Some(fields).filter(|f: &Vec<_>| !f.is_empty()))
            .build();
        let call = (aws.s3().put_bucket_inventory_configuration().bucket(&self.bucket).id(&self.name))
            .inventory_configuration(built(configuration)?);
        aws.call("s3:PutBucketInventoryConfiguration", call.send()).await?;
        Ok(Self { id: format!("{}:{}", self.bucket, self.name).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_inventory_configuration().bucket(&self.bucket).id(&self.name).send();
        let gone = ["NoSuchConfiguration"];
        let found = unless(aws.call("s3:GetBucketInventoryConfiguration", call).await, &gone)?;
        Ok(found.and_then(|f| f.inventory_configuration).map(|found| self.with_remote(found)))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call =
            aws.s3().delete_bucket_inventory_configuration().bucket(&self.bucket).id(&self.name).send();
        let gone = ["NoSuchConfiguration"];
        unless(aws.call("s3:DeleteBucketInventoryConfiguration", call).await, &gone).map(|_| ())
    }
}

named_in_bucket!(
    BucketInventory,
    list_bucket_inventory_configurations,
    "s3:ListBucketInventoryConfigurations",
    inventory_configuration_list
);
part_of_bucket!(BucketInventory, part::import_named, named);
