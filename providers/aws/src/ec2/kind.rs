//! What the Describe calls of all kinds of EC2 objects have in common: one [`Kind`] says how to
//! describe, the functions here read many objects in few calls, share look-ups, and wait. Knows no
//! schema.

use super::batch::{all_failed, describe_by, filter, one_each};
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::Filter;
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use terrane_sdk::{Error, async_trait};

/// A kind of objects that EC2 describes.
#[async_trait]
pub(crate) trait Kind: Clone + Send + Sync + 'static {
    /// The kind in words, as in "the network ACL".
    const NAME: &'static str;
    /// The filter that takes ids; none when the call has no such filter, so that all objects are
    /// listed and the wanted ones picked.
    const ID_FILTER: Option<&'static str>;

    /// The object's id.
    fn id(&self) -> Option<&str>;

    /// Whether EC2 only remembers the object.
    fn is_gone(&self) -> bool {
        false
    }

    /// All objects that match, from all pages.
    async fn describe(aws: &Aws, filters: Option<Vec<Filter>>) -> Result<Vec<Self>, Error>;
}

/// Implements [`Kind`] for a struct of the SDK.
macro_rules! kind {
    ($ty:ty, $name:literal, $filter:expr, $id:ident, |$aws:ident, $filters:ident| $describe:expr
        $(, gone: |$object:ident| $gone:expr)?) => {
        #[terrane_sdk::async_trait]
        impl $crate::ec2::kind::Kind for $ty {
            const NAME: &'static str = $name;
            const ID_FILTER: Option<&'static str> = $filter;

            fn id(&self) -> Option<&str> {
                self.$id.as_deref()
            }

            $(fn is_gone(&self) -> bool {
                let $object = self;
                $gone
            })?

            async fn describe(
                $aws: &$crate::Aws,
                $filters: Option<Vec<aws_sdk_ec2::types::Filter>>,
            ) -> Result<Vec<Self>, terrane_sdk::Error> {
                $describe
            }
        }
    };
}
pub(crate) use kind;

/// Objects by their ids, gone ones included.
async fn with_ids<K: Kind>(aws: &Aws, ids: Vec<String>) -> Result<Vec<K>, Error> {
    match K::ID_FILTER {
        Some(name) => K::describe(aws, Some(vec![filter(name, ids)])).await,
        None => {
            let mut all = K::describe(aws, None).await?;
            all.retain(|k| k.id().is_some_and(|id| ids.iter().any(|i| i == id)));
            Ok(all)
        }
    }
}

/// Objects by their ids, in as few calls as filters allow, without those that are gone.
pub(crate) async fn by_ids<'a, K: Kind>(
    aws: &Aws,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, K>, Error> {
    let mut found = describe_by(ids, |ids| with_ids::<K>(aws, ids), |k| k.id()).await?;
    found.retain(|_, k| !k.is_gone());
    Ok(found)
}

/// Reads objects: `id` is that of a state, `with` the state as EC2 describes it.
pub(crate) async fn read_each<K: Kind, S>(
    aws: &Aws,
    states: Vec<S>,
    id: for<'a> fn(&'a S) -> Option<&'a str>,
    with: impl Fn(S, K) -> S,
) -> Vec<Result<Option<S>, Error>> {
    match by_ids::<K>(aws, states.iter().filter_map(id)).await {
        Ok(found) => (states.into_iter())
            .map(|state| {
                let remote = found.get(id(&state).unwrap_or_default()).cloned();
                Ok(remote.map(|remote| with(state, remote)))
            })
            .collect(),
        Err(error) => all_failed(states.len(), &error),
    }
}

/// All objects that are not gone.
pub(crate) async fn all<K: Kind>(aws: &Aws) -> Result<Vec<K>, Error> {
    let mut all = K::describe(aws, None).await?;
    all.retain(|k| !k.is_gone());
    Ok(all)
}

/// One object, perhaps one that is gone, in a call shared with others.
pub(crate) async fn find<K: Kind>(aws: &Aws, id: &str) -> Result<Option<K>, Error> {
    let all = |ids| one_each(ids, |ids| with_ids::<K>(aws, ids), |k: &K| k.id());
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

/// One object that must be there, perhaps not for every server of AWS yet.
pub(crate) async fn visible<K: Kind>(aws: &Aws, id: &str) -> Result<K, Error> {
    let unseen =
        || Error::new(format!("The {} vanished", K::NAME), format!("{id} is not found.")).code("NotFound");
    let look = || async { find::<K>(aws, id).await?.filter(|k| !k.is_gone()).ok_or_else(unseen) };
    retry_while(PROPAGATION, is_not_found, look).await
}

/// Waits for an object: `ready` judges what is found, gone or not.
pub(crate) async fn wait<K: Kind, T>(
    aws: &Aws,
    id: &str,
    what: &str,
    timeout: Duration,
    ready: impl Fn(Option<K>) -> Result<Poll<T>, Error>,
) -> Result<T, Error> {
    let what = format!("the {} {id} {what}", K::NAME);
    let ready = &ready;
    wait_until(&what, timeout, || async move { ready(find::<K>(aws, id).await?) }).await
}

/// Deletes: an object that is gone already is no error, one in use is tried again.
pub(crate) async fn delete<T, F, Fut>(timeout: Duration, call: F) -> Result<(), Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    match retry_while(timeout, |e| e.has_code(&["DependencyViolation"]), call).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// The id that a Create call must have answered.
pub(crate) fn created(operation: &str, id: Option<String>) -> Result<String, Error> {
    let what = operation.trim_start_matches("ec2:");
    id.ok_or_else(|| Error::new(format!("{what} failed"), "The answer has no id.").operation(operation))
}

/// A text that is set and not empty.
pub(crate) fn set(text: Option<&str>) -> Option<String> {
    text.filter(|t| !t.is_empty()).map(str::to_owned)
}

/// A whole number as EC2 takes it.
pub(crate) fn int(number: Option<i64>) -> Option<i32> {
    number.and_then(|n| i32::try_from(n).ok())
}

/// The parts of an import id that `separator` separates, as many as `names`.
pub(crate) fn parts<'a, const N: usize>(
    id: &'a str,
    separator: char,
    names: [&str; N],
) -> Result<[&'a str; N], Error> {
    let parts: Vec<&str> = id.splitn(N, separator).collect();
    match <[&str; N]>::try_from(parts) {
        Ok(parts) if parts.iter().all(|p| !p.is_empty()) => Ok(parts),
        _ => {
            let form = names.join(&separator.to_string());
            Err(Error::new("Invalid import id", format!("{id:?} is not of the form {form}.")))
        }
    }
}
