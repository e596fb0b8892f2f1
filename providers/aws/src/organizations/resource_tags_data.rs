//! Data source `aws_organizations_resource_tags`: the tags of a root, unit, account or policy.

use super::pages;
use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The tags of an object of the organization.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_resource_tags")]
pub struct ResourceTags {
    /// The object.
    pub id: Computed<String>,
    /// The root, unit, account or policy, by its id.
    pub resource_id: String,
    /// Its tags.
    pub tags: Computed<Tags>,
}

#[async_trait]
impl DataSource for ResourceTags {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.organizations().list_tags_for_resource().resource_id(&config.resource_id);
        let found = pages!(aws, "organizations:ListTagsForResource", call, tags)?;
        let tags: Tags = found.into_iter().map(|tag| (tag.key, tag.value)).collect();
        Ok(ResourceTags {
            id: config.resource_id.as_str().into(),
            tags: aws.tags().managed(tags).into(),
            ..config
        })
    }
}
