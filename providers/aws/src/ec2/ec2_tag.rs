//! `aws_ec2_tag`: one tag of an object that is managed elsewhere.

use super::batch::{PAGE, all_failed, describe_all, filter, pages};
use super::kind::parts;
use super::tagging::{delete_tags, update_tags};
use crate::Aws;
use crate::client::is_not_found;
use crate::tags::Tags;
use aws_sdk_ec2::types::TagDescription;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Puts a tag on an object of EC2.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_tag", keep)]
pub struct Ec2Tag {
    /// The object and the key.
    pub id: Computed<String>,
    /// The key.
    #[attr(force_new)]
    pub key: String,
    /// The object.
    #[attr(force_new)]
    pub resource_id: String,
    /// The value.
    pub value: String,
}

async fn put(aws: &Aws, planned: Ec2Tag) -> Result<Ec2Tag, Failure<Ec2Tag>> {
    let tags = Tags::from([(planned.key.clone(), planned.value.clone())]);
    update_tags(aws, &planned.resource_id, &Tags::new(), &tags).await?;
    let id = format!("{},{}", planned.resource_id, planned.key);
    Ok(Ec2Tag { id: id.into(), ..planned })
}

#[async_trait]
impl Resource for Ec2Tag {
    type Client = Aws;

    const PART: bool = true;

    /// Object and key are the natural key.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        put(aws, planned).await
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let describe = |ids: Vec<String>| async move {
            let call = aws.ec2().describe_tags().filters(filter("resource-id", ids)).max_results(PAGE);
            pages!(aws, "ec2:DescribeTags", call)
        };
        let found: Vec<TagDescription> =
            match describe_all(states.iter().map(|s| s.resource_id.as_str()), describe).await {
                Ok(found) => found,
                Err(error) => return all_failed(states.len(), &error),
            };
        let now = |state: Self| {
            let is_it = |t: &&TagDescription| {
                t.resource_id() == Some(&state.resource_id) && t.key() == Some(&state.key)
            };
            let value = found.iter().find(is_it)?.value.clone().unwrap_or_default();
            let id = format!("{},{}", state.resource_id, state.key);
            Some(Self { id: id.into(), value, ..state })
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        put(aws, planned).await
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        match delete_tags(aws, &[state.resource_id], &[state.key]).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    /// All tags but AWS's own.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = pages!(aws, "ec2:DescribeTags", aws.ec2().describe_tags().max_results(PAGE))?;
        let object = |tag: TagDescription| {
            let (resource_id, key) = (tag.resource_id?, tag.key.filter(|k| !k.starts_with("aws:"))?);
            let id = format!("{resource_id},{key}").into();
            Some(Self { id, resource_id, key, value: tag.value.unwrap_or_default() })
        };
        Ok(Some(found.into_iter().filter_map(object).collect()))
    }

    /// `OBJECT,KEY`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [object, key] = parts(id, ',', ["RESOURCE-ID", "KEY"])?;
        Ok(vec![("resource_id", Value::from(object)), ("key", Value::from(key))])
    }
}
