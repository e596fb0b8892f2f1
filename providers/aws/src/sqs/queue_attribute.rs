//! `aws_sqs_queue_policy`, `aws_sqs_queue_redrive_policy` and `aws_sqs_queue_redrive_allow_policy`:
//! attributes of a queue that are resources of their own.

use crate::Aws;
use crate::iam::policy_json;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, imported, join_all,
    json_equivalent, validate,
};

use super::{attributes, queue};

async fn put(aws: &Aws, url: &str, name: Name, value: &str) -> Result<(), Error> {
    attributes::set(aws, url, [(name, value.to_owned())].into()).await.map(|_| ())
}

async fn get(aws: &Aws, url: &str, name: &Name) -> Result<Option<String>, Error> {
    let found = attributes::get(aws, url).await?;
    Ok(found.and_then(|mut f| f.remove(name)).filter(|v| !v.is_empty()))
}

async fn clear(aws: &Aws, url: &str, name: Name) -> Result<(), Error> {
    match attributes::get(aws, url).await? {
        Some(found) if found.get(&name).is_some_and(|v| !v.is_empty()) => put(aws, url, name, "").await,
        _ => Ok(()),
    }
}

macro_rules! attribute_of_queue {
    ($(#[$doc:meta])* $type:ident, $name:literal, version: $version:literal, $field:ident: $attribute:ident,
        $(#[$field_doc:meta])* valid: $valid:expr, same: $same:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Resource)]
        #[resource(name = $name, version = $version, keep)]
        pub struct $type {
            /// The URL of the queue.
            pub id: Computed<String>,
            $(#[$field_doc])*
            #[attr(validate = $valid, equivalent = $same)]
            pub $field: String,
            /// The URL of the queue.
            #[attr(force_new)]
            pub queue_url: String,
        }

        #[async_trait]
        impl Resource for $type {
            type Client = Aws;

            async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
                put(aws, &planned.queue_url, Name::$attribute, &planned.$field).await?;
                Ok(Self { id: planned.queue_url.as_str().into(), ..planned })
            }

            async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                join_all(states.into_iter().map(|state| async move {
                    let url = state.id.known()?.clone();
                    let found = get(aws, &url, &Name::$attribute).await?;
                    Ok(found.map(|value| Self { $field: value, queue_url: url, ..state }))
                }))
                .await
            }

            async fn update(
                aws: &Aws,
                _: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                put(aws, &planned.queue_url, Name::$attribute, &planned.$field).await?;
                Ok(planned)
            }

            async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
                clear(aws, state.id.known()?, Name::$attribute).await
            }

            const PART: bool = true;

            async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
                Ok(Some(imported(aws, queue::urls(aws).await?).await?))
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                Ok(vec![("id", Value::from(id)), ("queue_url", Value::from(id))])
            }
        }
    };
}

attribute_of_queue!(
    /// Provides who may do what with a queue.
    QueuePolicy, "aws_sqs_queue_policy", version: 1, policy: Policy,
    /// The policy document.
    valid: policy_json::valid, same: policy_json::same_meaning
);
attribute_of_queue!(
    /// Provides where the messages of a queue go that fail too often.
    QueueRedrivePolicy, "aws_sqs_queue_redrive_policy", version: 0, redrive_policy: RedrivePolicy,
    /// `deadLetterTargetArn` and `maxReceiveCount`, as JSON.
    valid: validate::json, same: json_equivalent
);
attribute_of_queue!(
    /// Provides which queues may use a queue for messages that fail.
    QueueRedriveAllowPolicy, "aws_sqs_queue_redrive_allow_policy", version: 0,
    redrive_allow_policy: RedriveAllowPolicy,
    /// `redrivePermission` and `sourceQueueArns`, as JSON.
    valid: validate::json, same: json_equivalent
);
