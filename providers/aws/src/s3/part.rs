//! What the configurations of a bucket that are resources of their own have in common: they are
//! put, got and removed under the bucket's name. S3 has no call that reads those of several
//! buckets, so that they are read one by one, side by side.
//!
//! To put a configuration again changes nothing, so that a create that repeats one which a crash
//! interrupted needs no search.

use crate::Aws;
use crate::client::retry_while;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait, imported, join_all, try_join_all,
};

use super::bucket;

/// How long a bucket that was just made may be unknown to some of S3's servers, or busy.
const NEW_BUCKET: Duration = Duration::from_secs(2 * 60);

/// A configuration of a bucket.
#[async_trait]
pub(super) trait BucketPart: Clone + Send + Sync + 'static {
    /// Writes the configuration over `prior`, and answers it with what S3 chose.
    async fn put(self, aws: &Aws, prior: Option<&Self>) -> Result<Self, Error>;

    /// The configuration as it is; `None` when the bucket or the configuration does not exist.
    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error>;

    /// Takes the configuration away.
    async fn remove(&self, aws: &Aws) -> Result<(), Error>;
}

/// Whether S3 will accept the same call in a moment: the bucket is new, or another change of it
/// is under way.
fn is_premature(error: &Error) -> bool {
    error.has_code(&["NoSuchBucket", "OperationAborted"])
}

/// Whether another change of the bucket is under way.
fn is_busy(error: &Error) -> bool {
    error.has_code(&["OperationAborted"])
}

pub(super) async fn create<P: BucketPart>(aws: &Aws, planned: P, cx: &ApplyContext) -> Result<P, Failure<P>> {
    let put = || planned.clone().put(aws, None);
    Ok(retry_while(cx.timeout_or(NEW_BUCKET), is_premature, put).await?)
}

pub(super) async fn read<P: BucketPart>(aws: &Aws, states: Vec<P>) -> Vec<Result<Option<P>, Error>> {
    join_all(states.into_iter().map(|state| state.get(aws))).await
}

pub(super) async fn update<P: BucketPart>(
    aws: &Aws,
    prior: P,
    planned: P,
    cx: &ApplyContext,
) -> Result<P, Failure<P>> {
    let put = || planned.clone().put(aws, Some(&prior));
    Ok(retry_while(cx.timeout_or(NEW_BUCKET), is_busy, put).await?)
}

pub(super) async fn delete<P: BucketPart>(aws: &Aws, state: P) -> Result<(), Error> {
    retry_while(NEW_BUCKET, is_busy, || state.remove(aws)).await
}

/// The configurations of all buckets, which a bucket has one of.
pub(super) async fn list<P: Resource<Client = Aws>>(aws: &Aws) -> Result<Option<Vec<P>>, Error> {
    Ok(Some(imported(aws, bucket::names(aws).await?).await?))
}

/// The configurations of all buckets, of which `of` gives those of one.
pub(super) async fn list_of_each<P, Fut: Future<Output = Result<Vec<P>, Error>>>(
    aws: &Aws,
    of: impl Fn(String) -> Fut,
) -> Result<Option<Vec<P>>, Error> {
    let all = try_join_all(bucket::names(aws).await?.into_iter().map(of)).await?;
    Ok(Some(all.into_iter().flatten().collect()))
}

/// `list_named`: the configurations of all buckets, of which a bucket has several, by the call `$call`.
macro_rules! named_in_bucket {
    ($type:ty, $call:ident, $operation:literal, $list:ident) => {
        impl $type {
            async fn list_named(aws: &crate::Aws) -> Result<Option<Vec<Self>>, terrane_sdk::Error> {
                $crate::s3::part::list_of_each(aws, |bucket| Self::of_bucket(aws, bucket)).await
            }

            async fn of_bucket(aws: &crate::Aws, bucket: String) -> Result<Vec<Self>, terrane_sdk::Error> {
                let (mut all, mut next) = (Vec::new(), None);
                loop {
                    let call = aws.s3().$call().bucket(&bucket).set_continuation_token(next);
                    let page = $crate::s3::remote::unless(aws.call($operation, call.send()).await, &[])?;
                    let Some(page) = page else { return Ok(all) };
                    all.extend(page.$list.into_iter().flatten().map(|found| {
                        let (bucket, name) = (bucket.clone(), found.id.clone());
                        Self { bucket, name, ..Self::default() }.with_remote(found)
                    }));
                    next = page.next_continuation_token.filter(|_| page.is_truncated == Some(true));
                    if next.is_none() {
                        return Ok(all);
                    }
                }
            }
        }
    };
}
pub(super) use named_in_bucket;

/// The implementation of `Resource` for a [`BucketPart`] whose import id is read by `$import`, whose custom diff, if it has
/// one, is `$plan`. A bucket has one, or several which are `named` (see `named_in_bucket`).
macro_rules! part_of_bucket {
    ($type:ty, $import:path) => {
        $crate::s3::part::part_of_bucket!($type, $import, |_| ());
    };
    ($type:ty, $import:path, named) => {
        $crate::s3::part::part_of_bucket!($type, $import, |_| (), <$type>::list_named);
    };
    ($type:ty, $import:path, $plan:expr) => {
        $crate::s3::part::part_of_bucket!($type, $import, $plan, $crate::s3::part::list::<$type>);
    };
    ($type:ty, $import:path, $plan:expr, $list:expr) => {
        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $type {
            type Client = crate::Aws;

            const PART: bool = true;

            async fn create(
                aws: &crate::Aws,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                $crate::s3::part::create(aws, planned, cx).await
            }

            async fn read(
                aws: &crate::Aws,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                $crate::s3::part::read(aws, states).await
            }

            async fn update(
                aws: &crate::Aws,
                prior: Self,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                $crate::s3::part::update(aws, prior, planned, cx).await
            }

            async fn delete(
                aws: &crate::Aws,
                state: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                $crate::s3::part::delete(aws, state).await
            }

            fn import(id: &str) -> Result<terrane_sdk::Attributes, terrane_sdk::Error> {
                $import(id)
            }

            async fn list(aws: &crate::Aws) -> Result<Option<Vec<Self>>, terrane_sdk::Error> {
                $list(aws).await
            }

            fn plan(cx: &mut terrane_sdk::PlanContext<'_, crate::Aws>) {
                let plan: fn(&mut terrane_sdk::PlanContext<'_, crate::Aws>) = $plan;
                plan(cx);
            }
        }
    };
}
pub(super) use part_of_bucket;

/// The id of a configuration: the bucket, and after a comma the account that must own it.
pub(super) fn id(bucket: &str, owner: Option<&str>) -> String {
    match owner.filter(|o| !o.is_empty()) {
        Some(owner) => format!("{bucket},{owner}"),
        None => bucket.to_owned(),
    }
}

/// `BUCKET` or `BUCKET,ACCOUNT`.
pub(super) fn import(id: &str) -> Result<Attributes, Error> {
    let (bucket, owner) = id.split_once(',').map_or((id, None), |(bucket, owner)| (bucket, Some(owner)));
    let well_formed = !bucket.is_empty() && owner.is_none_or(|o| o.len() == 12 && !o.contains(','));
    if !well_formed {
        let detail =
            format!("Expected BUCKET, or BUCKET,ACCOUNT with the account's twelve digits, got {id:?}.");
        return Err(Error::new("Invalid import id", detail));
    }
    let mut attributes = vec![("id", Value::from(id)), ("bucket", Value::from(bucket))];
    attributes.extend(owner.map(|owner| ("expected_bucket_owner", Value::from(owner))));
    Ok(attributes)
}

/// `BUCKET` alone.
pub(super) fn import_bucket(id: &str) -> Result<Attributes, Error> {
    Ok(vec![("id", Value::from(id)), ("bucket", Value::from(id))])
}

/// `BUCKET:NAME`, for configurations of which a bucket can have several.
pub(super) fn import_named(id: &str) -> Result<Attributes, Error> {
    match id.split_once(':') {
        Some((bucket, name)) if !bucket.is_empty() && !name.is_empty() => {
            Ok(vec![("id", Value::from(id)), ("bucket", Value::from(bucket)), ("name", Value::from(name))])
        }
        _ => Err(Error::new("Invalid import id", format!("Expected BUCKET:NAME, got {id:?}."))),
    }
}
