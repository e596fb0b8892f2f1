//! The attributes of a queue, as SQS has them: texts by name. A change takes up to a minute to reach
//! all of SQS, so that who sets attributes waits until they are what they were set to.

use crate::Aws;
use crate::client::{Poll, wait_until};
use crate::iam::policy_json::same_meaning;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::Error;

use super::unless_gone;

/// Attributes by name.
pub(super) type Attributes = HashMap<Name, String>;

const PATIENCE: Duration = Duration::from_secs(3 * 60);

/// All attributes of a queue; `None` when it does not exist.
pub(super) async fn get(aws: &Aws, url: &str) -> Result<Option<Attributes>, Error> {
    let call = aws.sqs().get_queue_attributes().queue_url(url).attribute_names(Name::All).send();
    let found = unless_gone(aws.call("sqs:GetQueueAttributes", call).await)?;
    Ok(found.map(|f| f.attributes.unwrap_or_default()))
}

/// Sets attributes and waits until they are to be seen.
pub(super) async fn set(aws: &Aws, url: &str, changed: Attributes) -> Result<Attributes, Error> {
    if !changed.is_empty() {
        let call = aws.sqs().set_queue_attributes().queue_url(url).set_attributes(Some(changed.clone()));
        aws.call("sqs:SetQueueAttributes", call.send()).await?;
    }
    seen(aws, url, &changed).await
}

/// Waits until a queue has these attributes.
pub(super) async fn seen(aws: &Aws, url: &str, wanted: &Attributes) -> Result<Attributes, Error> {
    wait_until(&format!("the attributes of queue {url}"), PATIENCE, || async {
        let Some(found) = get(aws, url).await? else { return Ok(Poll::Pending("no such queue".into())) };
        let other = wanted.iter().find(|(name, value)| {
            let now = found.get(*name).map(String::as_str).unwrap_or_default();
            now != value.as_str() && !same_meaning(now, value)
        });
        Ok(match other {
            Some((name, _)) => Poll::Pending(format!("{} not changed yet", name.as_str())),
            None => Poll::Ready(found),
        })
    })
    .await
}
