//! Data source `aws_ram_resource_share`: a share by its name or tags.

use super::pages;
use super::shares::{is_living, resources, tag_map};
use crate::Aws;
use crate::tags::Tags;
use aws_sdk_ram::types::{ResourceOwner, ResourceShareStatus, TagFilter};
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait, validate};

const OWNERS: &[&str] = &["OTHER-ACCOUNTS", "SELF"];

/// The one share that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ram_resource_share")]
pub struct ResourceShareData {
    /// The ARN of the share.
    pub id: Computed<String>,
    /// The ARN of the share.
    pub arn: Computed<String>,
    /// Tags that the share must have.
    #[block]
    pub filter: BTreeSet<ShareFilter>,
    /// Its name.
    pub name: Auto<String>,
    /// The account that shares.
    pub owning_account_id: Computed<String>,
    /// The ARNs of what is in the share.
    pub resource_arns: Computed<Vec<String>>,
    /// Whose share it is: `SELF` or `OTHER-ACCOUNTS`.
    #[attr(validate = validate::one_of(OWNERS))]
    pub resource_owner: String,
    /// The status that the share must have; any but that of what is deleted, when it is not set.
    #[attr(validate = validate::one_of(ResourceShareStatus::values()))]
    pub resource_share_status: Option<String>,
    /// The status of the share.
    pub status: Computed<String>,
    /// Tags that the share must have; all of its tags.
    pub tags: Auto<Tags>,
}

/// A tag that a share must have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ShareFilter {
    /// Its key.
    pub name: String,
    /// The values, of which it must have one.
    #[attr(required)]
    pub values: Vec<String>,
}

#[async_trait]
impl DataSource for ResourceShareData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let owner = ResourceOwner::from(config.resource_owner.as_str());
        let filters = config.filter.iter().map(|filter| {
            TagFilter::builder().tag_key(&filter.name).set_tag_values(Some(filter.values.clone())).build()
        });
        let filters: Vec<_> = filters.collect();
        let call = (aws.ram().get_resource_shares())
            .resource_owner(owner.clone())
            .set_name(config.name.get().cloned())
            .set_resource_share_status(config.resource_share_status.as_deref().map(ResourceShareStatus::from))
            .set_tag_filters(Some(filters).filter(|filters| !filters.is_empty()));
        let mut found = pages!(aws, "ram:GetResourceShares", call, resource_shares)?;
        let asked = config.tags.get().cloned().unwrap_or_default();
        found.retain(|share| {
            let tags = tag_map(share.tags.as_ref());
            (config.resource_share_status.is_some() || is_living(share))
                && asked.iter().all(|(key, value)| tags.get(key) == Some(value))
        });
        let count = found.len();
        let (Some(share), 1) = (found.pop(), count) else {
            let detail = match count {
                0 => "No resource share matches.".to_owned(),
                count => format!("{count} resource shares match; say more about the one that is meant."),
            };
            return Err(Error::new("Resource share not found", detail).operation("ram:GetResourceShares"));
        };
        let arn = share.resource_share_arn.clone().unwrap_or_default();
        let mut inside = resources(aws, owner, std::slice::from_ref(&arn)).await?;
        Ok(ResourceShareData {
            resource_arns: inside.remove(&arn).unwrap_or_default().into(),
            id: arn.as_str().into(),
            arn: arn.into(),
            name: share.name.clone().into(),
            owning_account_id: share.owning_account_id.clone().into(),
            status: share.status.as_ref().map(|status| status.as_str().to_owned()).into(),
            tags: aws.tags().managed(tag_map(share.tags.as_ref())).into(),
            filter: config.filter,
            resource_owner: config.resource_owner,
            resource_share_status: config.resource_share_status,
        })
    }
}
