//! `aws_ec2_image_block_public_access`: whether images of machines may be public.

use crate::Aws;
use crate::client::{Poll, wait_until};
use aws_sdk_ec2::types::ImageBlockPublicAccessEnabledState as Enabled;
use std::time::Duration;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, imported, validate};

use super::with_value;

const UNBLOCKED: &str = "unblocked";

/// Keeps new images of this region from being public. Destroying it leaves the setting as it is.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_image_block_public_access", keep, timeouts(update = "10m"))]
pub struct ImageBlockPublicAccess {
    /// The region.
    pub id: Computed<String>,
    /// What is blocked: `block-new-sharing`, or nothing with `unblocked`.
    #[attr(validate = validate::one_of(&["block-new-sharing", UNBLOCKED]))]
    pub state: String,
}

async fn get(aws: &Aws) -> Result<String, Error> {
    let call = aws.ec2().get_image_block_public_access_state().send();
    let answer = aws.call("ec2:GetImageBlockPublicAccessState", call).await?;
    Ok(answer.image_block_public_access_state.unwrap_or_else(|| UNBLOCKED.to_owned()))
}

/// Writes the setting, which takes minutes to be in effect.
async fn put(aws: &Aws, state: &str, cx: &ApplyContext) -> Result<(), Error> {
    if get(aws).await? == state {
        return Ok(());
    }
    if state == UNBLOCKED {
        let call = aws.ec2().disable_image_block_public_access().send();
        aws.call("ec2:DisableImageBlockPublicAccess", call).await?;
    } else {
        let call = aws.ec2().enable_image_block_public_access();
        let call = call.image_block_public_access_state(Enabled::from(state));
        aws.call("ec2:EnableImageBlockPublicAccess", call.send()).await?;
    }
    let what = format!("the blocking of public images to be {state}");
    wait_until(&what, cx.timeout_or(Duration::from_secs(10 * 60)), || async {
        let now = get(aws).await?;
        Ok(if now == state { Poll::Ready(()) } else { Poll::Pending(now) })
    })
    .await
}

#[async_trait]
impl Resource for ImageBlockPublicAccess {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        put(aws, &planned.state, cx).await?;
        Ok(ImageBlockPublicAccess { id: aws.region().into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let value = get(aws).await;
        with_value(states, value, |_, state| ImageBlockPublicAccess {
            id: aws.region().into(),
            state: state.clone(),
        })
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        put(aws, &planned.state, cx).await?;
        Ok(planned)
    }

    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        imported(aws, [aws.region().to_owned()]).await.map(Some)
    }
}
