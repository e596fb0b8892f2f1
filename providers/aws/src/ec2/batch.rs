//! Reading many objects at once. EC2's Describe calls take up to 200 values in a filter, and a
//! filter, unlike a list of ids, does not fail for objects that are gone.

use aws_sdk_ec2::types::Filter;
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use terrane_sdk::{Error, try_join_all};

/// The most values that a filter takes.
const FILTER_VALUES: usize = 200;

/// The largest pages that Describe calls give.
pub(crate) const PAGE: i32 = 1000;

/// A filter of a Describe call.
pub(crate) fn filter(name: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Filter {
    let values: Vec<String> = values.into_iter().map(Into::into).collect();
    Filter::builder().name(name).set_values(Some(values)).build()
}

/// Describes the objects with these ids, in as few calls as filters allow, and gives them by
/// what `key` says.
pub(crate) async fn describe_by<'a, T, F, Fut>(
    ids: impl IntoIterator<Item = &'a str>,
    describe: F,
    key: impl Fn(&T) -> Option<&str>,
) -> Result<HashMap<String, T>, Error>
where
    F: Fn(Vec<String>) -> Fut,
    Fut: Future<Output = Result<Vec<T>, Error>>,
{
    let found = describe_all(ids, describe).await?;
    Ok(found.into_iter().filter_map(|object| Some((key(&object)?.to_owned(), object))).collect())
}

/// Describes the objects with these ids, in as few calls as filters allow.
pub(crate) async fn describe_all<'a, T, F, Fut>(
    ids: impl IntoIterator<Item = &'a str>,
    describe: F,
) -> Result<Vec<T>, Error>
where
    F: Fn(Vec<String>) -> Fut,
    Fut: Future<Output = Result<Vec<T>, Error>>,
{
    let ids: BTreeSet<&str> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    let pages = try_join_all(ids.chunks(FILTER_VALUES).map(|ids| describe(ids.to_vec()))).await?;
    Ok(pages.into_iter().flatten().collect())
}

/// The objects with these ids in the order of the ids; for calls joined by
/// [`Coalesce`](crate::coalesce::Coalesce).
pub(crate) async fn one_each<T: Clone, F, Fut>(
    ids: Vec<String>,
    describe: F,
    key: impl Fn(&T) -> Option<&str>,
) -> Vec<Result<Option<T>, Error>>
where
    F: Fn(Vec<String>) -> Fut,
    Fut: Future<Output = Result<Vec<T>, Error>>,
{
    match describe_by(ids.iter().map(String::as_str), describe, key).await {
        Ok(found) => ids.iter().map(|id| Ok(found.get(id).cloned())).collect(),
        Err(error) => all_failed(ids.len(), &error),
    }
}

/// The answer of a batched read when its calls failed: the same error for each object.
pub(crate) fn all_failed<R>(count: usize, error: &Error) -> Vec<Result<Option<R>, Error>> {
    (0..count).map(|_| Err(error.clone())).collect()
}

/// Awaits all pages of a paginated call.
macro_rules! pages {
    ($aws:expr, $operation:literal, $call:expr) => {
        $aws.call($operation, async {
            let mut pages = $call.into_paginator().items().send();
            let mut all = Vec::new();
            while let Some(item) = pages.next().await {
                all.push(item?);
            }
            Ok(all)
        })
        .await
    };
}
pub(crate) use pages;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ids_are_asked_for_once_and_in_full_filters() {
        let ids: Vec<String> = (0..801).map(|i| format!("subnet-{}", i % 800)).chain(["".into()]).collect();
        let calls = std::sync::Mutex::new(Vec::new());
        let describe = |ids: Vec<String>| {
            calls.lock().expect("no panic holds the lock").push(ids.len());
            async move { Ok(ids) }
        };
        let found = describe_by(ids.iter().map(String::as_str), describe, |id: &String| Some(id)).await;
        assert_eq!(found.map(|f| f.len()), Ok(800));
        assert_eq!(*calls.lock().expect("no panic holds the lock"), [200, 200, 200, 200]);
    }
}
