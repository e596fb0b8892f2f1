//! The subnets that databases, caches and warehouses may be in, under a name: RDS, ElastiCache and Redshift each
//! have such groups, with much the same calls. Here is what these have in common, as far as a group goes.

mod cache;
mod database;
mod warehouse;

pub use cache::CacheSubnetGroup;
pub use database::DatabaseSubnetGroup;
pub use warehouse::WarehouseSubnetGroup;

use crate::Aws;
use crate::client::{Element, Service, retry_while};
use crate::tags::{Tags, difference};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Error, ResourceType, resources, try_join_all};

/// The resource types about such groups.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![CacheSubnetGroup, DatabaseSubnetGroup, WarehouseSubnetGroup]
}

/// What AWS writes down where nobody says what a group is for.
const DESCRIPTION: &str = "Managed by Terraform";

/// How long what is in a group may take to be gone.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How a service calls its groups, and what is told of them.
struct Api {
    service: &'static Service,
    version: &'static str,
    /// The service in the names of its operations.
    prefix: &'static str,
    /// Its groups in the names of its operations.
    group: &'static str,
    /// The element that is a group.
    element: &'static str,
    /// The parameters of name and description.
    name: &'static str,
    description: &'static str,
    /// The code that says that there is no such group.
    gone: &'static str,
    /// The element with a group's ARN, where there is one.
    arn: Option<&'static str>,
    /// The operations that set and remove tags, and the parameter that has the keys.
    tag: &'static str,
    untag: &'static str,
    keys: &'static str,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    name: String,
    description: String,
    subnets: BTreeSet<String>,
    tags: Tags,
    arn: String,
    vpc: String,
    network_types: BTreeSet<String>,
}

type Parameters = Vec<(String, String)>;

fn subnets(ids: &BTreeSet<String>) -> impl Iterator<Item = (String, String)> {
    ids.iter().enumerate().map(|(i, id)| (format!("SubnetIds.SubnetIdentifier.{}", i + 1), id.clone()))
}

fn tag_parameters(tags: &Tags) -> impl Iterator<Item = (String, String)> {
    tags.iter().enumerate().flat_map(|(i, (key, value))| {
        let at = |part| format!("Tags.Tag.{}.{part}", i + 1);
        [(at("Key"), key.clone()), (at("Value"), value.clone())]
    })
}

/// The tags in a list of elements.
fn tags_in(list: &[Element]) -> Tags {
    list.iter().map(|tag| (tag.get("Key").to_owned(), tag.get("Value").to_owned())).collect()
}

impl Api {
    async fn call(&self, aws: &Aws, action: &str, parameters: &[(String, String)]) -> Result<Element, Error> {
        let operation = format!("{}:{action}", self.prefix);
        aws.query(self.service, &operation, self.version, parameters).await
    }

    fn named(&self, name: &str) -> (String, String) {
        (self.name.to_owned(), name.to_owned())
    }

    async fn arn_of(&self, aws: &Aws, found: &Element, name: &str) -> Result<String, Error> {
        if let Some(element) = self.arn {
            let arn = found.get(element);
            if !arn.is_empty() {
                return Ok(arn.to_owned());
            }
        }
        let account = aws.account().await?;
        Ok(format!("arn:{}:{}:{}:{account}:subnetgroup:{name}", aws.partition(), self.prefix, aws.region()))
    }

    async fn group(&self, aws: &Aws, found: &Element) -> Result<Group, Error> {
        let name = found.get(self.name).to_owned();
        let subnet = |s: &Element| Some(s.get("SubnetIdentifier").to_owned()).filter(|id| !id.is_empty());
        let types = found.list("SupportedNetworkTypes").iter().map(|t| t.text.clone()).collect();
        Ok(Group {
            arn: self.arn_of(aws, found, &name).await?,
            description: found.get(self.description).to_owned(),
            subnets: found.list("Subnets").iter().filter_map(subnet).collect(),
            tags: tags_in(found.list("Tags")),
            vpc: found.get("VpcId").to_owned(),
            network_types: types,
            name,
        })
    }

    /// All groups, by name, but for tags that only a call of their own tells.
    async fn all(&self, aws: &Aws) -> Result<HashMap<String, Group>, Error> {
        let mut all = HashMap::new();
        let mut marker = String::new();
        loop {
            let mut parameters = vec![("MaxRecords".to_owned(), "100".to_owned())];
            if !marker.is_empty() {
                parameters.push(("Marker".to_owned(), marker));
            }
            let page = self.call(aws, &format!("Describe{}s", self.group), &parameters).await?;
            for found in page.list(&format!("{}s", self.element)) {
                let group = self.group(aws, found).await?;
                all.insert(group.name.clone(), group);
            }
            marker = page.get("Marker").to_owned();
            if marker.is_empty() {
                return Ok(all);
            }
        }
    }

    /// The groups of these names, with their tags.
    async fn of<'a>(
        &self,
        aws: &Aws,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<HashMap<String, Group>, Error> {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let mut all = self.all(aws).await?;
        all.retain(|name, _| names.contains(name.as_str()));
        self.with_tags(aws, all).await
    }

    /// Groups with their tags, which are told one by one unless the listing has them.
    async fn with_tags(
        &self,
        aws: &Aws,
        groups: HashMap<String, Group>,
    ) -> Result<HashMap<String, Group>, Error> {
        if self.tag == "CreateTags" {
            return Ok(groups);
        }
        let told = groups.into_iter().map(|(name, group)| async move {
            let of = [("ResourceName".to_owned(), group.arn.clone())];
            match self.call(aws, "ListTagsForResource", &of).await {
                Ok(found) => Ok(Some((name, Group { tags: tags_in(found.list("TagList")), ..group }))),
                Err(error) if error.has_code(&[self.gone]) => Ok(None),
                Err(error) => Err(error),
            }
        });
        Ok(try_join_all(told).await?.into_iter().flatten().collect())
    }

    /// Makes a group. One that is there already is adopted when an earlier attempt of this operation made it.
    async fn create(&self, aws: &Aws, wanted: Group, cx: &ApplyContext) -> Result<Group, Error> {
        let parameters: Parameters =
            [self.named(&wanted.name), (self.description.to_owned(), wanted.description.clone())]
                .into_iter()
                .chain(subnets(&wanted.subnets))
                .chain(tag_parameters(&wanted.tags))
                .collect();
        let made = self.call(aws, &format!("Create{}", self.group), &parameters).await;
        match made {
            Ok(_) => {}
            Err(error)
                if cx.repeated && error.code.as_deref().is_some_and(|c| c.contains("AlreadyExists")) =>
            {
                let there = self.of(aws, [wanted.name.as_str()]).await?.remove(&wanted.name);
                if !there.is_some_and(|g| g.subnets == wanted.subnets && g.tags == wanted.tags) {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        let found = self.all(aws).await?.remove(&wanted.name);
        let found = found.ok_or_else(|| {
            Error::new(
                "The subnet group vanished",
                format!("{} is not found after its creation.", wanted.name),
            )
        })?;
        Ok(Group { tags: wanted.tags, ..found })
    }

    /// Changes what differs.
    async fn update(&self, aws: &Aws, prior: &Group, wanted: &Group) -> Result<(), Error> {
        if prior.description != wanted.description || prior.subnets != wanted.subnets {
            let parameters: Parameters =
                [self.named(&wanted.name), (self.description.to_owned(), wanted.description.clone())]
                    .into_iter()
                    .chain(subnets(&wanted.subnets))
                    .collect();
            self.call(aws, &format!("Modify{}", self.group), &parameters).await?;
        }
        let (set, removed) = difference(&prior.tags, &wanted.tags);
        let resource = ("ResourceName".to_owned(), prior.arn.clone());
        if !removed.is_empty() {
            let keys =
                removed.into_iter().enumerate().map(|(i, key)| (format!("{}.{}", self.keys, i + 1), key));
            let parameters: Parameters = std::iter::once(resource.clone()).chain(keys).collect();
            self.call(aws, self.untag, &parameters).await?;
        }
        if !set.is_empty() {
            let parameters: Parameters = std::iter::once(resource).chain(tag_parameters(&set)).collect();
            self.call(aws, self.tag, &parameters).await?;
        }
        Ok(())
    }

    /// Deletes a group; one that is in use is tried again, one that is gone is no error.
    async fn delete(&self, aws: &Aws, name: &str) -> Result<(), Error> {
        let parameters = [self.named(name)];
        let action = format!("Delete{}", self.group);
        let in_use = |e: &Error| {
            let code = e.code.as_deref().unwrap_or_default();
            code.starts_with("Invalid") && code.contains("State") || code.contains("InUse")
        };
        let deleted = retry_while(PATIENCE, in_use, || self.call(aws, &action, &parameters)).await;
        match deleted {
            Err(error) if error.has_code(&[self.gone]) => Ok(()),
            other => other.map(drop),
        }
    }
}

/// Implements a resource type whose objects are groups: from and to a [`Group`].
macro_rules! subnet_group {
    ($ty:ident, $api:expr) => {
        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $ty {
            type Client = crate::Aws;

            async fn create(
                aws: &crate::Aws,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let made = $api.create(aws, planned.group(cx), cx).await?;
                Ok(planned.with(made))
            }

            async fn read(
                aws: &crate::Aws,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                let names = states.iter().filter_map(|s| s.id.as_deref());
                match $api.of(aws, names).await {
                    Ok(found) => (states.into_iter())
                        .map(|s| {
                            let group = found.get(s.id.as_deref().unwrap_or_default()).cloned();
                            Ok(group.map(|group| s.with(group)))
                        })
                        .collect(),
                    Err(error) => crate::ec2::all_failed(states.len(), &error),
                }
            }

            async fn update(
                aws: &crate::Aws,
                prior: Self,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let before = prior.group(cx);
                $api.update(aws, &before, &planned.group(cx)).await?;
                let found = $api.of(aws, [before.name.as_str()]).await?.remove(&before.name);
                Ok(match found {
                    Some(group) => planned.with(group),
                    None => planned,
                })
            }

            async fn delete(
                aws: &crate::Aws,
                state: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                $api.delete(aws, state.id.known()?).await
            }

            async fn list(aws: &crate::Aws) -> Result<Option<Vec<Self>>, terrane_sdk::Error> {
                let all = $api.all(aws).await?;
                let all = $api.with_tags(aws, all).await?;
                Ok(Some(all.into_values().map(|group| Self::default().with(group)).collect()))
            }
        }
    };
}
use subnet_group;
