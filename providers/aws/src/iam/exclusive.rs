//! What the types that manage all policies of a holder have in common. They take what others have
//! added away; destroying one only ends that.

use crate::Aws;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::Error;

use super::holder::{Holder, Policies};
use super::listing;

/// Removes all inline policies from a holder but `wanted`. There is no text to add one with.
pub(super) async fn keep_inline<H: Holder>(
    aws: &Aws,
    holder: &str,
    wanted: &BTreeSet<String>,
) -> Result<(), Error> {
    for name in H::inline_names(aws, holder).await?.unwrap_or_default().difference(wanted) {
        H::delete(aws, holder, name).await?;
    }
    Ok(())
}

/// Attaches the policies `wanted` to a holder, and detaches all others.
pub(super) async fn set_attached<H: Holder>(
    aws: &Aws,
    holder: &str,
    wanted: &BTreeSet<String>,
) -> Result<(), Error> {
    let attached = H::attached(aws, holder).await?.unwrap_or_default();
    for arn in attached.difference(wanted) {
        H::detach(aws, holder, arn).await?;
    }
    for arn in wanted.difference(&attached) {
        H::attach(aws, holder, arn).await?;
    }
    Ok(())
}

/// Names of the inline policies of each of `states`' holders.
pub(super) async fn read_inline<H: Holder, R>(
    aws: &Aws,
    states: Vec<R>,
    holder: impl Fn(&R) -> String,
    with: impl Fn(R, BTreeSet<String>) -> R,
) -> Vec<Result<Option<R>, Error>> {
    let one = |state: R| {
        let (holder, with) = (holder(&state), &with);
        async move { Ok(H::inline_names(aws, &holder).await?.map(|names| with(state, names))) }
    };
    let many = |state: R, all: &HashMap<String, Policies>| {
        let found = all.get(&holder(&state)).map(Policies::inline_names);
        Ok(found.map(|names| with(state, names)))
    };
    listing::read(states, &holder, one, || H::all(aws), many).await
}

/// The names of the inline policies of all holders.
pub(super) async fn all_inline<H: Holder>(aws: &Aws) -> Result<Vec<(String, BTreeSet<String>)>, Error> {
    let all = H::all(aws).await?.into_iter();
    Ok(all.map(|(holder, policies)| (holder, policies.inline_names())).collect())
}

/// The ARNs of the policies attached to all holders.
pub(super) async fn all_attached<H: Holder>(aws: &Aws) -> Result<Vec<(String, BTreeSet<String>)>, Error> {
    let all = H::all(aws).await?.into_iter();
    Ok(all.map(|(holder, policies)| (holder, policies.attached())).collect())
}

/// ARNs of the policies attached to each of `states`' holders.
pub(super) async fn read_attached<H: Holder, R>(
    aws: &Aws,
    states: Vec<R>,
    holder: impl Fn(&R) -> String,
    with: impl Fn(R, BTreeSet<String>) -> R,
) -> Vec<Result<Option<R>, Error>> {
    let one = |state: R| {
        let (holder, with) = (holder(&state), &with);
        async move { Ok(H::attached(aws, &holder).await?.map(|arns| with(state, arns))) }
    };
    let many = |state: R, all: &HashMap<String, Policies>| {
        let found = all.get(&holder(&state)).map(Policies::attached);
        Ok(found.map(|arns| with(state, arns)))
    };
    listing::read(states, &holder, one, || H::all(aws), many).await
}

/// Implements `Resource` for a type that manages all policies of the holder in field `$field`:
/// `$policies` are made so by `$make`, read by `$read` and listed by `$all`.
macro_rules! exclusive {
    ($type:ident, $holder:ty, $field:ident, $policies:ident, $make:ident, $read:ident, $all:ident) => {
        #[async_trait]
        impl Resource for $type {
            type Client = Aws;

            async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
                exclusive::$make::<$holder>(aws, &planned.$field, &planned.$policies).await?;
                Ok(planned)
            }

            async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let holder = |state: &Self| state.$field.clone();
                let with = |state: Self, $policies| Self { $policies, ..state };
                exclusive::$read::<$holder, _>(aws, states, holder, with).await
            }

            async fn update(
                aws: &Aws,
                _: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                exclusive::$make::<$holder>(aws, &planned.$field, &planned.$policies).await?;
                Ok(planned)
            }

            /// The policies stay as they are.
            async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
                Ok(())
            }

            const PART: bool = true;

            async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
                let all = exclusive::$all::<$holder>(aws).await?;
                Ok(Some(all.into_iter().map(|($field, $policies)| Self { $field, $policies }).collect()))
            }

            fn import_id(&self) -> Option<String> {
                Some(self.$field.clone())
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                Ok(vec![(stringify!($field), Value::from(id))])
            }
        }
    };
}
pub(super) use exclusive;
