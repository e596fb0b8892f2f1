//! `aws_vpc_block_public_access_options`: whether VPCs of a region may reach the internet at all.

use crate::Aws;
use crate::client::{Poll, wait_until};
use aws_sdk_ec2::types::{
    InternetGatewayBlockMode, VpcBlockPublicAccessOptions as Remote, VpcBlockPublicAccessState as State,
};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, validate};

const PATIENCE: Duration = Duration::from_secs(60 * 60);
const OFF: &str = "off";

/// Sets whether internet gateways of an account's region let traffic through. There is one such
/// setting in a region; destroyed, it is `off`.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_vpc_block_public_access_options",
    keep,
    timeouts(create = "60m", update = "60m", delete = "60m")
)]
pub struct BlockPublicAccessOptions {
    /// The region.
    pub id: Computed<String>,
    /// The account.
    pub aws_account_id: Computed<String>,
    /// The region.
    pub aws_region: Computed<String>,
    /// What is blocked: `off`, `block-bidirectional` or `block-ingress`.
    #[attr(validate = validate::one_of(&["off", "block-bidirectional", "block-ingress"]))]
    pub internet_gateway_block_mode: String,
}

async fn describe(aws: &Aws) -> Result<Option<Remote>, Error> {
    let call = aws.ec2().describe_vpc_block_public_access_options().send();
    let found = aws.call("ec2:DescribeVpcBlockPublicAccessOptions", call).await?;
    Ok(found.vpc_block_public_access_options)
}

/// Sets the mode and waits until it holds.
async fn put(aws: &Aws, mode: &str, timeout: Duration) -> Result<Remote, Error> {
    let call = (aws.ec2().modify_vpc_block_public_access_options())
        .internet_gateway_block_mode(InternetGatewayBlockMode::from(mode))
        .send();
    aws.call("ec2:ModifyVpcBlockPublicAccessOptions", call).await?;
    wait_until("the blocking of public access to change", timeout, || async {
        let Some(found) = describe(aws).await? else { return Ok(Poll::Pending("not found".into())) };
        match &found.state {
            Some(State::UpdateInProgress) => Ok(Poll::Pending("update-in-progress".into())),
            Some(State::UpdateComplete | State::DefaultState) | None => Ok(Poll::Ready(found)),
            Some(state) if state.as_str().contains("fail") => {
                let why = found.reason.unwrap_or_else(|| "AWS gives no reason.".into());
                Err(Error::new("The blocking of public access did not change", why))
            }
            Some(state) => Ok(Poll::Pending(state.as_str().to_owned())),
        }
    })
    .await
}

#[async_trait]
impl Resource for BlockPublicAccessOptions {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let now = put(aws, &planned.internet_gateway_block_mode, cx.timeout_or(PATIENCE)).await?;
        Ok(planned.with(aws, now))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = describe(aws).await;
        let now = |state: Self| found.clone().map(|found| found.map(|found| state.with(aws, found)));
        states.into_iter().map(now).collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let now = put(aws, &planned.internet_gateway_block_mode, cx.timeout_or(PATIENCE)).await?;
        Ok(planned.with(aws, now))
    }

    async fn delete(aws: &Aws, _: Self, cx: &ApplyContext) -> Result<(), Error> {
        let now = describe(aws).await?.and_then(|o| o.internet_gateway_block_mode);
        if now.is_some_and(|mode| mode.as_str() != OFF) {
            put(aws, OFF, cx.timeout_or(PATIENCE)).await?;
        }
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = describe(aws).await?.into_iter();
        Ok(Some(found.map(|options| Self::default().with(aws, options)).collect()))
    }
}

impl BlockPublicAccessOptions {
    fn with(self, aws: &Aws, remote: Remote) -> Self {
        Self {
            id: aws.region().into(),
            aws_account_id: remote.aws_account_id.unwrap_or_default().into(),
            aws_region: remote.aws_region.unwrap_or_else(|| aws.region().to_owned()).into(),
            internet_gateway_block_mode: remote
                .internet_gateway_block_mode
                .map_or_else(|| OFF.to_owned(), |m| m.as_str().to_owned()),
        }
    }
}
