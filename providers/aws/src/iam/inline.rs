//! What the types `aws_iam_group_policy`, `aws_iam_role_policy` and `aws_iam_user_policy` have in
//! common: a policy written into a holder, known as `HOLDER:NAME`.

use crate::Aws;
use std::collections::HashMap;
use terrane_sdk::{Attributes, Error, Value};

use super::holder::{Holder, Policies};
use super::listing;

/// Holder and name of the inline policy that the state knows by `id`.
pub(super) fn names<H: Holder>(id: &str) -> Result<(String, String), Error> {
    match id.split_once(':') {
        Some((holder, name)) if !holder.is_empty() && !name.is_empty() => {
            Ok((holder.to_owned(), name.to_owned()))
        }
        _ => Err(Error::new("Invalid id", format!("Expected {}:NAME, got {id:?}.", H::PLACEHOLDER))),
    }
}

/// The attributes that import id `id` stands for; the holder's one is `field`.
pub(super) fn import<H: Holder>(field: &'static str, id: &str) -> Result<Attributes, Error> {
    let (holder, name) = names::<H>(id)?;
    Ok(vec![("id", Value::from(id)), (field, Value::from(holder)), ("name", Value::from(name))])
}

/// Reads policies: for each of `states`, which `id` gives the id of, what `of` makes of holder, name and text.
pub(super) async fn read<H: Holder, R>(
    aws: &Aws,
    states: Vec<R>,
    id: impl Fn(&R) -> Result<String, Error>,
    of: impl Fn(String, String, String) -> R,
) -> Vec<Result<Option<R>, Error>> {
    let names_of = |state: &R| names::<H>(&id(state)?);
    let one = |state: R| {
        let (names, of) = (names_of(&state), &of);
        async move {
            let (holder, name) = names?;
            let found = H::inline(aws, &holder, &name).await?;
            Ok(found.map(|policy| of(holder, name, policy)))
        }
    };
    let many = |state: R, all: &HashMap<String, Policies>| {
        let (holder, name) = names_of(&state)?;
        let found = all.get(&holder).and_then(|policies| policies.inline(&name));
        Ok(found.map(|policy| of(holder, name, policy)))
    };
    let key = |state: &R| names_of(state).map(|(holder, _)| holder).unwrap_or_default();
    listing::read(states, key, one, || H::all(aws), many).await
}

/// Implements `Resource` for the type of an inline policy, whose holder is in field `$field`.
macro_rules! inline_policy {
    ($type:ident, $holder:ty, $field:ident) => {
        impl $type {
            fn of(holder: String, name: String, policy: String) -> Self {
                let id = format!("{holder}:{name}").into();
                let name_prefix = $crate::iam::name::prefix_of(&name).into();
                Self { id, $field: holder, name: name.into(), name_prefix, policy }
            }
        }

        #[async_trait]
        impl Resource for $type {
            type Client = Aws;

            async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
                let (name, prefix) = (planned.name.as_deref(), planned.name_prefix.as_deref());
                let name = $crate::iam::name::chosen(name, prefix, cx);
                <$holder>::put(aws, &planned.$field, &name, &planned.policy).await?;
                let (holder, policy) = (planned.$field.clone(), planned.policy.clone());
                Ok(Self::of(holder, name, policy))
            }

            async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let id = |state: &Self| state.id.known().cloned();
                $crate::iam::inline::read::<$holder, _>(aws, states, id, Self::of).await
            }

            async fn update(
                aws: &Aws,
                _: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                let (holder, name) = $crate::iam::inline::names::<$holder>(planned.id.known()?)?;
                <$holder>::put(aws, &holder, &name, &planned.policy).await?;
                Ok(planned)
            }

            async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
                let (holder, name) = $crate::iam::inline::names::<$holder>(state.id.known()?)?;
                <$holder>::delete(aws, &holder, &name).await
            }

            const PART: bool = true;

            async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
                let mut all = Vec::new();
                for (holder, policies) in <$holder>::all(aws).await? {
                    for name in policies.inline_names() {
                        let policy = policies.inline(&name).unwrap_or_default();
                        all.push(Self::of(holder.clone(), name, policy));
                    }
                }
                Ok(Some(all))
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                $crate::iam::inline::import::<$holder>(stringify!($field), id)
            }
        }
    };
}
pub(super) use inline_policy;
