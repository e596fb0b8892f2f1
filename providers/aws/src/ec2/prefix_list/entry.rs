//! `aws_ec2_managed_prefix_list_entry`: one network of a prefix list, by itself.

use super::entries::{self, Wish};
use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{parts, set};
use crate::ec2::validate::{network, same_network};
use aws_sdk_ec2::types::PrefixListEntry;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

/// Puts a network into a prefix list whose entries are not listed by the list itself.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_managed_prefix_list_entry", keep)]
pub struct ManagedPrefixListEntry {
    /// The list and the network.
    pub id: Computed<String>,
    /// The network.
    #[attr(force_new, validate = network, equivalent = same_network)]
    pub cidr: String,
    /// What the entry is for.
    #[attr(force_new, validate = validate::length(0..=255))]
    pub description: Option<String>,
    /// The list.
    #[attr(force_new)]
    pub prefix_list_id: String,
}

#[async_trait]
impl Resource for ManagedPrefixListEntry {
    type Client = Aws;

    const PART: bool = true;

    /// The network is the natural key: a list has each once.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let there = match cx.repeated {
            true => entries::of(aws, &planned.prefix_list_id).await?,
            false => Vec::new(),
        };
        if !there.iter().any(|e| same_network(e.cidr().unwrap_or_default(), &planned.cidr)) {
            let wish = Wish {
                list: planned.prefix_list_id.clone(),
                cidr: planned.cidr.clone(),
                add: Some(set(planned.description.as_deref())),
            };
            entries::fulfil(aws, wish).await?;
        }
        Ok(planned.identified())
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let lists = states.iter().map(|s| s.prefix_list_id.clone()).collect();
        let found = match entries::of_each(aws, lists).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let mut entries = found.get(&state.prefix_list_id)?.iter();
            let entry = entries.find(|e| same_network(e.cidr().unwrap_or_default(), &state.cidr))?;
            let description = set(entry.description()).or(state.description.clone().filter(String::is_empty));
            Some(Self { description, ..state }.identified())
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// Nothing of an entry can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let there = match entries::of(aws, &state.prefix_list_id).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        if !there.iter().any(|e| e.cidr() == Some(&state.cidr)) {
            return Ok(());
        }
        let wish = Wish { list: state.prefix_list_id, cidr: state.cidr, add: None };
        entries::fulfil(aws, wish).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let lists = entries::own(aws).await?.into_iter().filter_map(|l| l.prefix_list_id).collect();
        let of = |(prefix_list_id, entries): (String, Vec<PrefixListEntry>)| {
            let object = move |entry: PrefixListEntry| {
                let (prefix_list_id, cidr) = (prefix_list_id.clone(), entry.cidr.unwrap_or_default());
                Self { prefix_list_id, cidr, description: entry.description, ..Self::default() }.identified()
            };
            entries.into_iter().map(object)
        };
        Ok(Some(entries::of_each(aws, lists).await?.into_iter().flat_map(of).collect()))
    }

    /// `LIST,NETWORK`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [list, cidr] = parts(id, ',', ["PREFIX-LIST-ID", "CIDR"])?;
        let id = ("id", Value::from(id));
        Ok(vec![id, ("prefix_list_id", Value::from(list)), ("cidr", Value::from(cidr))])
    }
}

impl ManagedPrefixListEntry {
    fn identified(self) -> Self {
        let id = format!("{},{}", self.prefix_list_id, self.cidr);
        Self { id: id.into(), ..self }
    }
}
