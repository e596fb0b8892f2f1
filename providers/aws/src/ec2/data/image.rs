//! `aws_ami` and `aws_ami_ids`: images that instances are launched from.

use super::one::{only, told};
use crate::Aws;
use crate::ec2::batch::pages;
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, Value, async_trait};

/// The largest page of images.
const IMAGES_PAGE: i32 = 1000;

/// The image that matches, or the newest of those that do.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ami")]
pub struct Image {
    /// Whether to take the newest image even where neither owner nor anything else narrows whose it is.
    pub allow_unsafe_filter: Option<bool>,
    /// The processors it is for.
    pub architecture: Computed<String>,
    /// The ARN of the image.
    pub arn: Computed<String>,
    /// Its volumes.
    pub block_device_mappings: Computed<BTreeSet<ImageDevice>>,
    /// How it boots.
    pub boot_mode: Computed<String>,
    /// When it was made.
    pub creation_date: Computed<String>,
    /// When it is deprecated.
    pub deprecation_time: Computed<String>,
    /// What it is.
    pub description: Computed<String>,
    /// Whether it has enhanced networking.
    pub ena_support: Computed<bool>,
    /// Only images that these may launch.
    pub executable_users: Vec<String>,
    /// Filters of DescribeImages.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// What it runs on.
    pub hypervisor: Computed<String>,
    /// The id of the image.
    pub id: Computed<String>,
    /// The id of the image.
    pub image_id: Computed<String>,
    /// Where it is.
    pub image_location: Computed<String>,
    /// Whose it is, by name.
    pub image_owner_alias: Computed<String>,
    /// What kind of image it is.
    pub image_type: Computed<String>,
    /// Whether its instances need tokens for their metadata.
    pub imds_support: Computed<String>,
    /// Whether deprecated images count.
    #[attr(default = false)]
    pub include_deprecated: Option<bool>,
    /// Its kernel.
    pub kernel_id: Computed<String>,
    /// When an instance was last launched from it.
    pub last_launched_time: Computed<String>,
    /// Whether to take the newest of several.
    #[attr(default = false)]
    pub most_recent: Option<bool>,
    /// Its name.
    pub name: Computed<String>,
    /// A regular expression for the name.
    #[attr(validate = regular)]
    pub name_regex: Option<String>,
    /// The account that owns it.
    pub owner_id: Computed<String>,
    /// Only images of these: accounts, `self`, `amazon`, `aws-marketplace`.
    pub owners: Vec<String>,
    /// Its platform, of Windows.
    pub platform: Computed<String>,
    /// Its platform in words.
    pub platform_details: Computed<String>,
    /// Its product codes.
    pub product_codes: Computed<BTreeSet<ProductCode>>,
    /// Whether everybody may launch it.
    pub public: Computed<bool>,
    /// Its memory disk.
    pub ramdisk_id: Computed<String>,
    /// The name of its first volume.
    pub root_device_name: Computed<String>,
    /// What its first volume is.
    pub root_device_type: Computed<String>,
    /// The snapshot of its first volume.
    pub root_snapshot_id: Computed<String>,
    /// Whether it has simple enhanced networking.
    pub sriov_net_support: Computed<String>,
    /// Whether it can be used.
    pub state: Computed<String>,
    /// Why it cannot be used.
    pub state_reason: Computed<BTreeMap<String, String>>,
    /// Tags that the image must have; all of its tags.
    pub tags: Auto<Tags>,
    /// Whether it has a trusted platform module.
    pub tpm_support: Computed<String>,
    /// Variables of its firmware, which nothing reads.
    pub uefi_data: Option<String>,
    /// What its use is billed as.
    pub usage_operation: Computed<String>,
    /// How it is virtualized.
    pub virtualization_type: Computed<String>,
}

/// A volume of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ImageDevice {
    /// The name of the device.
    pub device_name: String,
    /// What the volume is.
    pub ebs: BTreeMap<String, String>,
    /// Whether there is none.
    pub no_device: String,
    /// The name of a volume of the host.
    pub virtual_name: String,
}

/// A product code of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ProductCode {
    /// The code.
    pub product_code_id: String,
    /// Whose it is.
    pub product_code_type: String,
}

/// The ids of images that match, newest first.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ami_ids")]
pub struct ImageIds {
    /// Only images that these may launch.
    pub executable_users: Vec<String>,
    /// Filters of DescribeImages.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// A number made from the question.
    pub id: Computed<String>,
    /// The ids.
    pub ids: Computed<Vec<String>>,
    /// Whether deprecated images count.
    #[attr(default = false)]
    pub include_deprecated: Option<bool>,
    /// A regular expression for the name.
    #[attr(validate = regular)]
    pub name_regex: Option<String>,
    /// Only images of these.
    #[attr(required)]
    pub owners: Vec<String>,
    /// Whether the oldest one comes first.
    #[attr(default = false)]
    pub sort_ascending: Option<bool>,
}

fn regular(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Ok(()) };
    regex::Regex::new(text).map(|_| ()).map_err(|e| format!("{text:?} is no regular expression: {e}"))
}

/// What both data sources ask.
struct Question<'a> {
    filter: &'a BTreeSet<DataFilter>,
    tags: Tags,
    owners: &'a [String],
    users: &'a [String],
    deprecated: bool,
    name: Option<&'a str>,
}

impl Question<'_> {
    /// The images that match, newest first.
    async fn ask(&self, aws: &Aws) -> Result<Vec<types::Image>, Error> {
        let some = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        let call = (aws.ec2().describe_images())
            .set_filters(filters(self.filter, &self.tags, &[]))
            .set_owners(some(self.owners))
            .set_executable_users(some(self.users))
            .include_deprecated(self.deprecated)
            .max_results(IMAGES_PAGE);
        let mut found: Vec<types::Image> = pages!(aws, "ec2:DescribeImages", call)?;
        if let Some(name) = self.name {
            let name = regex::Regex::new(name).map_err(|e| {
                Error::new("Invalid regular expression", e.to_string()).attribute("name_regex")
            })?;
            found.retain(|i| i.name().is_some_and(|n| name.is_match(n)));
        }
        found.sort_by(|a, b| b.creation_date().cmp(&a.creation_date()));
        Ok(found)
    }
}

#[async_trait]
impl DataSource for ImageIds {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let question = Question {
            filter: &config.filter,
            tags: Tags::new(),
            owners: &config.owners,
            users: &config.executable_users,
            deprecated: config.include_deprecated == Some(true),
            name: config.name_regex.as_deref(),
        };
        let found = question.ask(aws).await?;
        let mut ids: Vec<String> = found.into_iter().filter_map(|i| i.image_id).collect();
        if config.sort_ascending == Some(true) {
            ids.reverse();
        }
        let asked = format!("{:?} {:?} {:?}", config.owners, config.filter, config.name_regex);
        Ok(Self { id: crate::ec2::route::crc32(&asked).to_string().into(), ids: ids.into(), ..config })
    }
}

#[async_trait]
impl DataSource for Image {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let newest = config.most_recent == Some(true);
        let narrows = ["image-id", "owner-id", "owner-alias"];
        let narrow = config.filter.iter().any(|f| narrows.contains(&f.name.as_str()));
        if newest && config.owners.is_empty() && !narrow && config.allow_unsafe_filter != Some(true) {
            let detail = "Anybody could publish a newer image that matches: set owners, or filter by \
                image-id or owner-id. allow_unsafe_filter takes the newest of any owner all the same.";
            return Err(Error::new("The newest image of anybody", detail).attribute("most_recent"));
        }
        let question = Question {
            filter: &config.filter,
            tags: config.tags.0.clone().unwrap_or_default(),
            owners: &config.owners,
            users: &config.executable_users,
            deprecated: config.include_deprecated == Some(true),
            name: config.name_regex.as_deref(),
        };
        let mut found = question.ask(aws).await?;
        if newest {
            found.truncate(1);
        }
        let image = only(found, "image", "ec2:DescribeImages")?;
        Ok(config.with(aws, image))
    }
}

impl Image {
    fn with(self, aws: &Aws, image: types::Image) -> Self {
        let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
        let id = text(image.image_id());
        let partition = aws.partition();
        let root = image.root_device_name();
        let snapshot = image.block_device_mappings().iter().find(|m| m.device_name() == root);
        let devices = image.block_device_mappings().iter().map(device).collect::<BTreeSet<_>>();
        let codes = image.product_codes().iter().map(|c| ProductCode {
            product_code_id: text(c.product_code_id()),
            product_code_type: text(c.product_code_type().map(|t| t.as_str())),
        });
        let reason = image.state_reason().map_or_else(BTreeMap::new, |r| {
            let pairs = [("code", r.code()), ("message", r.message())];
            pairs.map(|(k, v)| (k.to_owned(), v.unwrap_or("UNSET").to_owned())).into()
        });
        Self {
            architecture: told(image.architecture()),
            arn: format!("arn:{partition}:ec2:{}::image/{id}", aws.region()).into(),
            block_device_mappings: devices.into(),
            boot_mode: told(image.boot_mode()),
            creation_date: told(image.creation_date()),
            deprecation_time: told(image.deprecation_time()),
            description: told(image.description()),
            ena_support: image.ena_support().unwrap_or_default().into(),
            hypervisor: told(image.hypervisor()),
            image_id: id.as_str().into(),
            image_location: told(image.image_location()),
            image_owner_alias: told(image.image_owner_alias()),
            image_type: told(image.image_type()),
            imds_support: told(image.imds_support()),
            kernel_id: told(image.kernel_id()),
            last_launched_time: told(image.last_launched_time()),
            name: told(image.name()),
            owner_id: told(image.owner_id()),
            platform: told(image.platform()),
            platform_details: told(image.platform_details()),
            product_codes: codes.collect::<BTreeSet<_>>().into(),
            public: image.public().unwrap_or_default().into(),
            ramdisk_id: told(image.ramdisk_id()),
            root_device_name: told(root),
            root_device_type: told(image.root_device_type()),
            root_snapshot_id: told(snapshot.and_then(|m| m.ebs()).and_then(|e| e.snapshot_id())),
            sriov_net_support: told(image.sriov_net_support()),
            state: told(image.state()),
            state_reason: reason.into(),
            tags: aws.tags().managed(tag_map(image.tags.clone())).into(),
            tpm_support: told(image.tpm_support()),
            usage_operation: told(image.usage_operation()),
            virtualization_type: told(image.virtualization_type()),
            id: id.into(),
            ..self
        }
    }
}

fn device(mapping: &types::BlockDeviceMapping) -> ImageDevice {
    let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
    let number = |n: Option<i32>| n.unwrap_or_default().to_string();
    let ebs = mapping.ebs().map_or_else(BTreeMap::new, |e| {
        let pairs = [
            ("delete_on_termination", e.delete_on_termination().unwrap_or_default().to_string()),
            ("encrypted", e.encrypted().unwrap_or_default().to_string()),
            ("iops", number(e.iops())),
            ("snapshot_id", text(e.snapshot_id())),
            ("throughput", number(e.throughput())),
            ("volume_size", number(e.volume_size())),
            ("volume_type", text(e.volume_type().map(|t| t.as_str()))),
        ];
        pairs.map(|(k, v)| (k.to_owned(), v)).into()
    });
    ImageDevice {
        device_name: text(mapping.device_name()),
        ebs,
        no_device: text(mapping.no_device()),
        virtual_name: text(mapping.virtual_name()),
    }
}
