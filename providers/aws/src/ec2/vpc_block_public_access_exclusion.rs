//! `aws_vpc_block_public_access_exclusion`: a VPC or subnet that the blocking of public access
//! leaves alone.

use super::batch::PAGE;
use super::kind::{self, created, kind, set, visible};
use super::operation::{creation_tags, find_made, finish};
use super::route::one_of;
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    InternetGatewayExclusionMode, ResourceType, VpcBlockPublicAccessExclusion as Remote,
    VpcBlockPublicAccessExclusionState as State,
};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait, validate,
};

const PATIENCE: Duration = Duration::from_secs(60 * 60);

// No filter takes ids, and a list of them fails for those that are gone; there are 50 at most.
kind!(Remote, "exclusion from the blocking of public access", None, exclusion_id, |aws, filters| {
    let call = aws.ec2().describe_vpc_block_public_access_exclusions().set_filters(filters).max_results(PAGE);
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let call = call.clone().set_next_token(token);
        let page = aws.call("ec2:DescribeVpcBlockPublicAccessExclusions", call.send()).await?;
        all.extend(page.vpc_block_public_access_exclusions.unwrap_or_default());
        token = page.next_token.filter(|t| !t.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
}, gone: |exclusion| matches!(
    exclusion.state(),
    Some(State::DeleteComplete | State::DeleteInProgress | State::DisableComplete | State::DisableInProgress)
));

/// Excludes a VPC or a subnet from the blocking of public access.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_vpc_block_public_access_exclusion",
    keep,
    timeouts(create = "60m", update = "60m", delete = "60m")
)]
pub struct BlockPublicAccessExclusion {
    /// The id of the exclusion.
    pub id: Computed<String>,
    /// What is let through: `allow-bidirectional` or `allow-egress`.
    #[attr(validate = validate::one_of(&["allow-bidirectional", "allow-egress"]))]
    pub internet_gateway_exclusion_mode: String,
    /// The ARN of the VPC or subnet.
    pub resource_arn: Computed<String>,
    /// The subnet.
    #[attr(force_new)]
    pub subnet_id: Option<String>,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: Option<String>,
    /// The tags of the exclusion.
    pub tags: Tags,
}

async fn ready(aws: &Aws, id: &str, timeout: Duration) -> Result<Remote, Error> {
    kind::wait::<Remote, _>(aws, id, "to hold", timeout, |found| {
        let Some(found) = found else { return Ok(Poll::Pending("not found".into())) };
        match &found.state {
            Some(State::CreateFailed | State::UpdateFailed) => {
                let why = found.reason.unwrap_or_else(|| "AWS gives no reason.".into());
                Err(Error::new("The exclusion failed", why))
            }
            Some(State::CreateComplete | State::UpdateComplete) | None => Ok(Poll::Ready(found)),
            Some(state) => Ok(Poll::Pending(state.as_str().to_owned())),
        }
    })
    .await
}

#[async_trait]
impl Resource for BlockPublicAccessExclusion {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => {
                let kind = ResourceType::VpcBlockPublicAccessExclusion;
                let call = (aws.ec2().create_vpc_block_public_access_exclusion())
                    .internet_gateway_exclusion_mode(planned.mode())
                    .set_subnet_id(set(planned.subnet_id.as_deref()))
                    .set_vpc_id(set(planned.vpc_id.as_deref()))
                    .tag_specifications(creation_tags(kind, &planned.tags, cx));
                let operation = "ec2:CreateVpcBlockPublicAccessExclusion";
                let create = || aws.call(operation, call.clone().send());
                let made = retry_while(super::NEW_PARENT, is_not_found, create).await?;
                created(operation, made.vpc_block_public_access_exclusion.and_then(|e| e.exclusion_id))?
            }
        };
        let started = Self { id: id.as_str().into(), ..planned };
        match ready(aws, &id, cx.timeout_or(PATIENCE)).await {
            Ok(found) => Ok(started.with(found)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        kind::read_each::<Remote, _>(aws, states, |s| s.id.as_deref(), Self::with).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        if prior.internet_gateway_exclusion_mode != planned.internet_gateway_exclusion_mode {
            let call = (aws.ec2().modify_vpc_block_public_access_exclusion())
                .exclusion_id(&id)
                .internet_gateway_exclusion_mode(planned.mode())
                .send();
            aws.call("ec2:ModifyVpcBlockPublicAccessExclusion", call).await?;
            ready(aws, &id, cx.timeout_or(PATIENCE)).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(planned.with(visible(aws, &id).await?))
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = || {
            let call = aws.ec2().delete_vpc_block_public_access_exclusion().exclusion_id(id).send();
            aws.call("ec2:DeleteVpcBlockPublicAccessExclusion", call)
        };
        kind::delete(PATIENCE, call).await?;
        kind::wait::<Remote, _>(aws, id, "to end", cx.timeout_or(PATIENCE), |found| {
            Ok(match found.and_then(|f| f.state) {
                None | Some(State::DeleteComplete | State::DisableComplete) => Poll::Ready(()),
                Some(state) => Poll::Pending(state.as_str().to_owned()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        Ok(Some(kind::all::<Remote>(aws).await?.into_iter().map(|e| Self::default().with(e)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, &["subnet_id", "vpc_id"], "subnet or VPC to exclude", diagnostics);
    }
}

impl BlockPublicAccessExclusion {
    fn mode(&self) -> InternetGatewayExclusionMode {
        InternetGatewayExclusionMode::from(self.internet_gateway_exclusion_mode.as_str())
    }

    /// This object as EC2 describes it.
    fn with(self, remote: Remote) -> Self {
        let arn = remote.resource_arn.unwrap_or_default();
        let part = |kind: &str| arn.split_once(kind).map(|(_, id)| id.to_owned());
        Self {
            subnet_id: part(":subnet/").or(self.subnet_id),
            vpc_id: part(":vpc/").or(self.vpc_id),
            internet_gateway_exclusion_mode: remote
                .internet_gateway_exclusion_mode
                .map_or(self.internet_gateway_exclusion_mode, |m| m.as_str().to_owned()),
            tags: tag_map(remote.tags),
            resource_arn: arn.into(),
            id: remote.exclusion_id.into(),
        }
    }
}
