//! What resources and principals of a share have in common as resource types: they are a pair, which is
//! made and deleted as a whole.

/// Writes `impl Resource` for a type of associations: which kind it is, and the field that is not the share.
macro_rules! association {
    ($type:ident, $kind:ident, $entity:ident, $example:literal) => {
        impl $type {
            fn pair(&self) -> $crate::ram::associations::Pair {
                (self.resource_share_arn.clone(), self.$entity.clone())
            }
        }

        #[::terrane_sdk::async_trait]
        impl ::terrane_sdk::Resource for $type {
            type Client = $crate::Aws;

            async fn create(
                aws: &$crate::Aws,
                planned: Self,
                cx: &::terrane_sdk::ApplyContext,
            ) -> Result<Self, ::terrane_sdk::Failure<Self>> {
                let pair = planned.pair();
                let made = $type { id: format!("{},{}", pair.0, pair.1).into(), ..planned };
                let kind = ::aws_sdk_ram::types::ResourceShareAssociationType::$kind;
                match $crate::ram::associations::associate(aws, kind.clone(), &pair, cx).await {
                    Ok(()) => Ok(made),
                    Err(error) => {
                        let living =
                            $crate::ram::associations::living(aws, kind, std::slice::from_ref(&pair)).await;
                        Err(match living {
                            Ok(living) if living.contains(&pair) => {
                                ::terrane_sdk::Failure::partial(error, made)
                            }
                            _ => error.into(),
                        })
                    }
                }
            }

            async fn read(
                aws: &$crate::Aws,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, ::terrane_sdk::Error>> {
                let pairs: Vec<_> = states.iter().map($type::pair).collect();
                let kind = ::aws_sdk_ram::types::ResourceShareAssociationType::$kind;
                let living = $crate::ram::associations::living(aws, kind, &pairs).await;
                let one = |state: Self| match &living {
                    Ok(living) => Ok(living.contains(&state.pair()).then_some(state)),
                    Err(error) => Err(error.clone()),
                };
                states.into_iter().map(one).collect()
            }

            /// Nothing can change.
            async fn update(
                _: &$crate::Aws,
                _: Self,
                planned: Self,
                _: &::terrane_sdk::ApplyContext,
            ) -> Result<Self, ::terrane_sdk::Failure<Self>> {
                Ok(planned)
            }

            async fn delete(
                aws: &$crate::Aws,
                state: Self,
                cx: &::terrane_sdk::ApplyContext,
            ) -> Result<(), ::terrane_sdk::Error> {
                let kind = ::aws_sdk_ram::types::ResourceShareAssociationType::$kind;
                $crate::ram::associations::disassociate(aws, kind, &state.pair(), cx).await
            }

            const PART: bool = true;

            async fn list(aws: &$crate::Aws) -> Result<Option<Vec<Self>>, ::terrane_sdk::Error> {
                let kind = ::aws_sdk_ram::types::ResourceShareAssociationType::$kind;
                let all = $crate::ram::associations::all(aws, kind).await?.into_iter();
                let one = |(share, $entity): $crate::ram::associations::Pair| Self {
                    id: format!("{share},{}", $entity).into(),
                    $entity,
                    resource_share_arn: share,
                };
                Ok(Some(all.map(one).collect()))
            }

            fn import(id: &str) -> Result<::terrane_sdk::Attributes, ::terrane_sdk::Error> {
                use ::terrane_sdk::{Error, Value};
                match id.split_once(',') {
                    Some((share, entity)) if !share.is_empty() && !entity.is_empty() => Ok(vec![
                        ("id", Value::from(id)),
                        ("resource_share_arn", Value::from(share)),
                        (stringify!($entity), Value::from(entity)),
                    ]),
                    _ => {
                        let detail = format!("{id:?} is not of the form {}.", $example);
                        Err(Error::new("Invalid import id", detail))
                    }
                }
            }
        }
    };
}
pub(super) use association;
