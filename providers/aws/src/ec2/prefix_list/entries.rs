//! Prefix lists as EC2 describes them, and changes of their entries. Each change makes a new version
//! of the list, and names the version that it changes; a list takes one change at a time, so that
//! changes that are asked for at about the same time go in one call.

use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while};
use crate::ec2::batch::pages;
use crate::ec2::kind::{self, kind};
use aws_sdk_ec2::operation::modify_managed_prefix_list::builders::ModifyManagedPrefixListFluentBuilder as Modify;
use aws_sdk_ec2::types::{
    AddPrefixListEntry, ManagedPrefixList, PrefixListEntry, PrefixListState as State, RemovePrefixListEntry,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use terrane_sdk::{Error, join_all};

/// How long a list may take to be made, changed or deleted.
pub(super) const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The most entries that one call adds or removes.
const ENTRIES: usize = 100;

/// The largest page of lists and entries.
pub(in crate::ec2) const LISTS_PAGE: i32 = 100;

kind!(ManagedPrefixList, "prefix list", Some("prefix-list-id"), prefix_list_id, |aws, filters| {
    let call = aws.ec2().describe_managed_prefix_lists().set_filters(filters).max_results(LISTS_PAGE);
    pages!(aws, "ec2:DescribeManagedPrefixLists", call)
}, gone: |list| matches!(list.state(), Some(State::DeleteComplete | State::DeleteInProgress)));

/// The lists of this account; the others are AWS's own.
pub(super) async fn own(aws: &Aws) -> Result<Vec<ManagedPrefixList>, Error> {
    let account = aws.account().await?;
    let mut all = kind::all::<ManagedPrefixList>(aws).await?;
    all.retain(|l| l.owner_id() == Some(&*account));
    Ok(all)
}

/// The entries of a list.
pub(super) async fn of(aws: &Aws, list: &str) -> Result<Vec<PrefixListEntry>, Error> {
    let call = aws.ec2().get_managed_prefix_list_entries().prefix_list_id(list).max_results(LISTS_PAGE);
    pages!(aws, "ec2:GetManagedPrefixListEntries", call)
}

/// The entries of lists. EC2 tells them list by list, so that these calls run side by side.
pub(super) async fn of_each(
    aws: &Aws,
    lists: BTreeSet<String>,
) -> Result<HashMap<String, Vec<PrefixListEntry>>, Error> {
    let read = |id: String| async move {
        match of(aws, &id).await {
            Err(e) if is_not_found(&e) => Ok(None),
            other => other.map(|entries| Some((id, entries))),
        }
    };
    let found = join_all(lists.into_iter().map(read)).await;
    let found: Result<Vec<_>, Error> = found.into_iter().collect();
    Ok(found?.into_iter().flatten().collect())
}

/// Waits until no change of the list is under way.
pub(super) async fn ready(aws: &Aws, id: &str, timeout: Duration) -> Result<ManagedPrefixList, Error> {
    kind::wait::<ManagedPrefixList, _>(aws, id, "to be ready", timeout, |list| {
        let Some(list) = list else { return Ok(Poll::Pending("not found".into())) };
        match list.state() {
            Some(State::CreateFailed | State::ModifyFailed | State::RestoreFailed | State::DeleteFailed) => {
                let why = list.state_message().unwrap_or("AWS gives no reason.");
                Err(Error::new("The prefix list did not change", why))
            }
            Some(State::CreateInProgress | State::ModifyInProgress | State::RestoreInProgress) => {
                Ok(Poll::Pending("in progress".into()))
            }
            _ => Ok(Poll::Ready(list)),
        }
    })
    .await
}

/// Changes a list: `change` gets a call that names the present version, if a change of entries needs
/// that. Changes by others in between are waited for.
pub(super) async fn modify(
    aws: &Aws,
    id: &str,
    names_version: bool,
    change: impl Fn(Modify) -> Modify,
) -> Result<(), Error> {
    let busy = |e: &Error| {
        e.has_code(&["IncorrectState", "PrefixListVersionMismatch", "ConcurrentMutationLimitExceeded"])
    };
    retry_while(PROPAGATION, busy, || async {
        let now = ready(aws, id, PATIENCE).await?;
        let version = now.version().filter(|_| names_version);
        let call = aws.ec2().modify_managed_prefix_list().prefix_list_id(id).set_current_version(version);
        aws.call("ec2:ModifyManagedPrefixList", change(call).send()).await
    })
    .await?;
    ready(aws, id, PATIENCE).await.map(|_| ())
}

/// Entries to add, with their descriptions, and networks to remove.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    pub(super) add: BTreeMap<String, Option<String>>,
    pub(super) remove: BTreeSet<String>,
}

/// One step of changes: what a single call can do.
type Step = (Vec<(String, Option<String>)>, Vec<String>);

impl Change {
    /// The steps. A network cannot be added and removed by the same call, so that one of which only
    /// the description changes is removed first.
    fn steps(&self) -> Vec<Step> {
        let (again, gone): (Vec<&String>, Vec<&String>) =
            self.remove.iter().partition(|cidr| self.add.contains_key(*cidr));
        let mut steps: Vec<Step> =
            again.chunks(ENTRIES).map(|c| (Vec::new(), c.iter().map(|c| (*c).clone()).collect())).collect();
        let mut added = self.add.iter().map(|(c, d)| (c.clone(), d.clone())).collect::<Vec<_>>().into_iter();
        let mut gone = gone.into_iter().cloned();
        loop {
            let remove: Vec<String> = gone.by_ref().take(ENTRIES).collect();
            let add: Vec<_> = added.by_ref().take(ENTRIES).collect();
            if remove.is_empty() && add.is_empty() {
                return steps;
            }
            steps.push((add, remove));
        }
    }

    /// Changes the entries of a list.
    pub(super) async fn apply(&self, aws: &Aws, list: &str) -> Result<(), Error> {
        for (add, remove) in self.steps() {
            let added: Vec<_> = (add.into_iter())
                .map(|(c, d)| AddPrefixListEntry::builder().cidr(c).set_description(d).build())
                .collect();
            let removed: Vec<_> =
                remove.into_iter().map(|c| RemovePrefixListEntry::builder().cidr(c).build()).collect();
            modify(aws, list, true, |call| {
                call.set_add_entries((!added.is_empty()).then(|| added.clone()))
                    .set_remove_entries((!removed.is_empty()).then(|| removed.clone()))
            })
            .await?;
        }
        Ok(())
    }
}

/// One entry to add or to remove, asked for by a resource of its own.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) list: String,
    pub(super) cidr: String,
    /// The description of an entry to add; none for one to remove.
    pub(super) add: Option<Option<String>>,
}

/// Fulfils a wish together with those that others have at about the same time.
pub(super) async fn fulfil(aws: &Aws, wish: Wish) -> Result<(), Error> {
    let all = |wishes: Vec<Wish>| async move {
        let mut changes = BTreeMap::<String, Change>::new();
        for wish in &wishes {
            let change = changes.entry(wish.list.clone()).or_default();
            match &wish.add {
                Some(description) => _ = change.add.insert(wish.cidr.clone(), description.clone()),
                None => _ = change.remove.insert(wish.cidr.clone()),
            }
        }
        let apply = |(list, change): (String, Change)| async move {
            let done = change.apply(aws, &list).await;
            (list, done)
        };
        let done: HashMap<String, Result<(), Error>> =
            join_all(changes.into_iter().map(apply)).await.into_iter().collect();
        wishes.iter().map(|w| done.get(&w.list).cloned().unwrap_or(Ok(()))).collect()
    };
    let lost = || Error::new("The prefix list was not changed", "The call was interrupted.");
    aws.joint().join(wish, all).await.unwrap_or_else(|| Err(lost()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_not_added_and_removed_by_one_call() {
        let change = Change {
            add: [("10.0.0.0/8".to_owned(), Some("new".to_owned())), ("10.1.0.0/16".to_owned(), None)].into(),
            remove: ["10.0.0.0/8".to_owned(), "10.2.0.0/16".to_owned()].into(),
        };
        let steps = change.steps();
        assert_eq!(steps[0], (vec![], vec!["10.0.0.0/8".to_owned()]));
        assert_eq!(steps[1].1, ["10.2.0.0/16"]);
        assert_eq!(steps[1].0.len(), 2);
        assert_eq!(steps.len(), 2);
    }

    #[test]
    fn many_entries_need_several_calls() {
        let add = (0..250).map(|i| (format!("10.0.{i}.0/24"), None)).collect();
        let sizes: Vec<_> =
            Change { add, ..Change::default() }.steps().iter().map(|(add, _)| add.len()).collect();
        assert_eq!(sizes, [100, 100, 50]);
    }
}
