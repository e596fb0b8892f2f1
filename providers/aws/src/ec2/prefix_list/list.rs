//! `aws_ec2_managed_prefix_list`: a prefix list, with its entries or without.

use super::entries::{self, Change, PATIENCE};
use crate::Aws;
use crate::client::{Poll, is_not_found};
use crate::ec2::batch::all_failed;
use crate::ec2::dependents;
use crate::ec2::kind::{self, by_ids, created, int, set};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::ec2::validate::network;
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, AddPrefixListEntry, PrefixListEntry, PrefixListState as State, ResourceType};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Block, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

/// The most entries that a list can be made with.
const FIRST: usize = 100;

/// Provides a prefix list.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_managed_prefix_list", keep)]
pub struct ManagedPrefixList {
    /// The id of the list.
    pub id: Computed<String>,
    /// The family of its networks: `IPv4` or `IPv6`.
    #[attr(force_new, validate = validate::one_of(&["IPv4", "IPv6"]))]
    pub address_family: String,
    /// The ARN of the list.
    pub arn: Computed<String>,
    /// The networks. Unset: whichever there are.
    #[block(computed)]
    pub entry: BTreeSet<ListEntry>,
    /// The most entries the list can have, which is what counts for the limits of whatever refers to
    /// the list.
    #[attr(validate = validate::between(1..=i64::MAX))]
    pub max_entries: i64,
    /// The name of the list.
    #[attr(validate = validate::length(1..=255))]
    pub name: String,
    /// The account that owns the list.
    pub owner_id: Computed<String>,
    /// The tags of the list.
    pub tags: Tags,
    /// The version, which each change of entries raises.
    pub version: Computed<i64>,
}

/// A network of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ListEntry {
    /// The network.
    #[attr(validate = network)]
    pub cidr: String,
    /// What it is for.
    #[attr(validate = validate::length(0..=255))]
    pub description: Option<String>,
}

#[async_trait]
impl Resource for ManagedPrefixList {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Self { id: id.as_str().into(), ..planned };
        let complete = async {
            entries::ready(aws, &id, PATIENCE).await?;
            if started.entry.len() > FIRST {
                // More than a call can make are added afterwards.
                difference(&entries::of(aws, &id).await?, &started.entry).apply(aws, &id).await?;
            }
            read_back(aws, &started, &id).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().filter_map(|s| s.id.as_deref());
            let lists = by_ids::<types::ManagedPrefixList>(aws, ids).await?;
            let entries = entries::of_each(aws, lists.keys().cloned().collect()).await?;
            Ok((lists, entries))
        };
        match found.await {
            Ok((lists, mut entries)) => (states.into_iter())
                .map(|state| {
                    let id = state.id.as_deref().unwrap_or_default().to_owned();
                    let remote = lists.get(&id).cloned().zip(entries.remove(&id));
                    Ok(remote.map(|(remote, entries)| state.with(remote, entries)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    /// A list grows before it gets more entries, and shrinks when it has lost them.
    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let resize = |grows: bool| {
            let (prior, planned, id) = (prior.max_entries, planned.max_entries, id.clone());
            async move {
                if prior == planned || (planned > prior) != grows {
                    return Ok(());
                }
                entries::modify(aws, &id, false, |call| call.set_max_entries(int(Some(planned)))).await
            }
        };
        resize(true).await?;
        if prior.name != planned.name {
            entries::modify(aws, &id, false, |call| call.prefix_list_name(&planned.name)).await?;
        }
        if prior.entry != planned.entry {
            difference(&entries::of(aws, &id).await?, &planned.entry).apply(aws, &id).await?;
        }
        resize(false).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let delete = || {
            let call = aws.ec2().delete_managed_prefix_list().prefix_list_id(id).send();
            aws.call("ec2:DeleteManagedPrefixList", call)
        };
        // Routes and rules that have just gone may still be counted.
        let busy = |e: &Error| e.has_code(&["IncorrectState", "DependencyViolation"]);
        match crate::client::retry_while(PATIENCE, busy, delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            Err(e) if busy(&e) => {
                let call = aws.ec2().get_managed_prefix_list_associations().prefix_list_id(id).send();
                let found = aws.call("ec2:GetManagedPrefixListAssociations", call).await;
                let users = found.ok().and_then(|f| f.prefix_list_associations).into_iter().flatten();
                return Err(dependents::named(e, "Objects", users.filter_map(|u| u.resource_id).collect()));
            }
            other => other?,
        };
        kind::wait::<types::ManagedPrefixList, _>(aws, id, "to be deleted", PATIENCE, |list| {
            match list.as_ref().and_then(|l| l.state()) {
                None | Some(State::DeleteComplete) => Ok(Poll::Ready(())),
                Some(State::DeleteFailed) => {
                    let why = list.as_ref().and_then(|l| l.state_message()).unwrap_or("AWS gives no reason.");
                    Err(Error::new("The prefix list was not deleted", why))
                }
                Some(state) => Ok(Poll::Pending(state.as_str().to_owned())),
            }
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = entries::own(aws).await?;
        let ids = all.iter().filter_map(|l| l.prefix_list_id.clone()).collect();
        let mut entries = entries::of_each(aws, ids).await?;
        let object = |list: types::ManagedPrefixList| {
            let entries = entries.remove(list.prefix_list_id().unwrap_or_default()).unwrap_or_default();
            Self::default().with(list, entries)
        };
        Ok(Some(all.into_iter().map(object).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("entry") {
            cx.set_unknown("version");
        }
    }
}

/// What makes of the entries there are those that are wanted.
fn difference(there: &[PrefixListEntry], wanted: &BTreeSet<ListEntry>) -> Change {
    let there: BTreeMap<String, Option<String>> =
        there.iter().filter_map(|e| Some((e.cidr.clone()?, set(e.description())))).collect();
    let wanted: BTreeMap<String, Option<String>> =
        wanted.iter().map(|e| (e.cidr.clone(), set(e.description.as_deref()))).collect();
    Change {
        add: (wanted.iter().filter(|(c, d)| there.get(*c) != Some(*d)))
            .map(|(c, d)| (c.clone(), d.clone()))
            .collect(),
        remove: (there.iter().filter(|(c, d)| wanted.get(*c) != Some(*d))).map(|(c, _)| c.clone()).collect(),
    }
}

async fn create(aws: &Aws, planned: &ManagedPrefixList, cx: &ApplyContext) -> Result<String, Error> {
    let entry = |e: &ListEntry| {
        AddPrefixListEntry::builder().cidr(&e.cidr).set_description(set(e.description.as_deref())).build()
    };
    let first: Vec<_> = planned.entry.iter().take(FIRST).map(entry).collect();
    let call = (aws.ec2().create_managed_prefix_list())
        .client_token(cx.token.to_string())
        .address_family(&planned.address_family)
        .set_entries((!first.is_empty()).then_some(first))
        .set_max_entries(int(Some(planned.max_entries)))
        .prefix_list_name(&planned.name)
        .tag_specifications(creation_tags(ResourceType::PrefixList, &planned.tags, cx))
        .send();
    let made = aws.call("ec2:CreateManagedPrefixList", call).await?;
    created("ec2:CreateManagedPrefixList", made.prefix_list.and_then(|l| l.prefix_list_id))
}

async fn read_back(aws: &Aws, planned: &ManagedPrefixList, id: &str) -> Result<ManagedPrefixList, Error> {
    let (list, entries) =
        futures::try_join!(kind::visible::<types::ManagedPrefixList>(aws, id), entries::of(aws, id))?;
    Ok(planned.clone().with(list, entries))
}

impl ManagedPrefixList {
    /// This object as EC2 describes it.
    fn with(self, remote: types::ManagedPrefixList, entries: Vec<PrefixListEntry>) -> Self {
        let ours = self.entry;
        let entry = |e: PrefixListEntry| {
            let cidr = e.cidr.unwrap_or_default();
            // EC2 does not tell an empty description from none.
            let empty = || ours.iter().find(|o| o.cidr == cidr).and_then(|o| o.description.clone());
            let description = set(e.description.as_deref()).or_else(|| empty().filter(String::is_empty));
            ListEntry { cidr, description }
        };
        Self {
            address_family: remote.address_family.unwrap_or_default(),
            arn: remote.prefix_list_arn.unwrap_or_default().into(),
            entry: entries.into_iter().map(entry).collect(),
            max_entries: remote.max_entries.map(i64::from).unwrap_or_default(),
            name: remote.prefix_list_name.unwrap_or_default(),
            owner_id: remote.owner_id.unwrap_or_default().into(),
            tags: tag_map(remote.tags),
            version: remote.version.unwrap_or_default().into(),
            id: remote.prefix_list_id.into(),
        }
    }
}
