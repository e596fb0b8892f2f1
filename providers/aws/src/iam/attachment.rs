//! What the types `aws_iam_group_policy_attachment`, `aws_iam_role_policy_attachment` and
//! `aws_iam_user_policy_attachment` have in common: that one policy is attached to a holder.

use crate::Aws;
use std::collections::HashMap;
use terrane_sdk::{Attributes, Error, Value};

use super::holder::{Holder, Policies};
use super::listing;

/// The attributes that import id `HOLDER/ARN` stands for; the holder's one is `field`.
pub(super) fn import<H: Holder>(field: &'static str, id: &str) -> Result<Attributes, Error> {
    match id.split_once('/') {
        Some((holder, arn)) if !holder.is_empty() && arn.starts_with("arn:") => {
            Ok(vec![("id", Value::from(id)), (field, Value::from(holder)), ("policy_arn", Value::from(arn))])
        }
        _ => {
            let detail = format!("Expected {}/POLICY-ARN, got {id:?}.", H::PLACEHOLDER);
            Err(Error::new("Invalid import id", detail))
        }
    }
}

/// Those of `states` whose policy is still attached; `parts` gives holder and ARN of each.
pub(super) async fn read<H: Holder, R>(
    aws: &Aws,
    states: Vec<R>,
    parts: impl Fn(&R) -> (String, String),
) -> Vec<Result<Option<R>, Error>> {
    let one = |state: R| {
        let (holder, arn) = parts(&state);
        async move {
            let attached = H::attached(aws, &holder).await?;
            Ok(Some(state).filter(|_| attached.is_some_and(|attached| attached.contains(&arn))))
        }
    };
    let many = |state: R, all: &HashMap<String, Policies>| {
        let (holder, arn) = parts(&state);
        let attached = all.get(&holder).map(Policies::attached);
        Ok(Some(state).filter(|_| attached.is_some_and(|attached| attached.contains(&arn))))
    };
    listing::read(states, |state| parts(state).0, one, || H::all(aws), many).await
}

/// Implements `Resource` for the type of an attachment to the holder in field `$field`.
macro_rules! policy_attachment {
    ($type:ident, $holder:ty, $field:ident) => {
        impl $type {
            /// The object with the id that the provider gives since version 6; earlier ones keep theirs.
            fn with_id(self) -> Self {
                let id = self.id.0.unwrap_or_else(|| format!("{}/{}", self.$field, self.policy_arn));
                Self { id: id.into(), ..self }
            }
        }

        #[async_trait]
        impl Resource for $type {
            type Client = Aws;

            async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
                <$holder>::attach(aws, &planned.$field, &planned.policy_arn).await?;
                Ok(planned.with_id())
            }

            async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let parts = |state: &Self| (state.$field.clone(), state.policy_arn.clone());
                let read = $crate::iam::attachment::read::<$holder, _>(aws, states, parts).await;
                read.into_iter().map(|state| state.map(|found| found.map(Self::with_id))).collect()
            }

            /// Every attribute needs a new object.
            async fn update(
                _: &Aws,
                _: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                Ok(planned)
            }

            async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
                <$holder>::detach(aws, &state.$field, &state.policy_arn).await
            }

            const PART: bool = true;

            async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
                let attached = <$holder>::all(aws).await?.into_iter().flat_map(|(holder, policies)| {
                    let of_holder = move |policy_arn| {
                        Self { id: None.into(), $field: holder.clone(), policy_arn }.with_id()
                    };
                    policies.attached().into_iter().map(of_holder)
                });
                Ok(Some(attached.collect()))
            }

            /// Ids of earlier versions of the provider are made up.
            fn import_id(&self) -> Option<String> {
                Some(format!("{}/{}", self.$field, self.policy_arn))
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                $crate::iam::attachment::import::<$holder>(stringify!($field), id)
            }
        }
    };
}
pub(super) use policy_attachment;
