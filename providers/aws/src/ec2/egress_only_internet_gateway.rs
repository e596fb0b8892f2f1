//! `aws_egress_only_internet_gateway`: the way of IPv6 traffic out of a VPC.

use super::batch::pages;
use super::kind::{created, delete, kind, read_each, visible};
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};

/// The largest pages that DescribeEgressOnlyInternetGateways gives.
const GATEWAYS_PAGE: i32 = 255;

// Its filters are tags only, and an id that is gone fails the call.
kind!(
    types::EgressOnlyInternetGateway,
    "egress-only internet gateway",
    None,
    egress_only_internet_gateway_id,
    |aws, filters| {
        let call = aws.ec2().describe_egress_only_internet_gateways().set_filters(filters);
        pages!(aws, "ec2:DescribeEgressOnlyInternetGateways", call.max_results(GATEWAYS_PAGE))
    }
);

/// Provides an egress-only internet gateway of a VPC.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_egress_only_internet_gateway", keep)]
pub struct EgressOnlyInternetGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
    /// The tags of the gateway.
    pub tags: Tags,
}

#[async_trait]
impl Resource for EgressOnlyInternetGateway {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => {
                let tags = creation_tags(ResourceType::EgressOnlyInternetGateway, &planned.tags, cx);
                let call = (aws.ec2().create_egress_only_internet_gateway())
                    .vpc_id(&planned.vpc_id)
                    .client_token(cx.token.to_string())
                    .tag_specifications(tags);
                let create = || aws.call("ec2:CreateEgressOnlyInternetGateway", call.clone().send());
                let made = retry_while(super::NEW_PARENT, is_not_found, create).await?;
                let id = made.egress_only_internet_gateway.and_then(|g| g.egress_only_internet_gateway_id);
                created("ec2:CreateEgressOnlyInternetGateway", id)?
            }
        };
        let started = EgressOnlyInternetGateway { id: id.as_str().into(), ..planned };
        match visible(aws, &id).await {
            Ok(remote) => Ok(started.with(remote)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        read_each(aws, states, |s| s.id.as_deref(), Self::with).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        update_tags(aws, id, &prior.tags, &planned.tags).await?;
        Ok(planned.with(visible(aws, id).await?))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = || {
            let call = aws.ec2().delete_egress_only_internet_gateway().egress_only_internet_gateway_id(id);
            aws.call("ec2:DeleteEgressOnlyInternetGateway", call.send())
        };
        delete(PROPAGATION, call).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = super::kind::all::<types::EgressOnlyInternetGateway>(aws).await?;
        Ok(Some(all.into_iter().map(|g| Self::default().with(g)).collect()))
    }
}

impl EgressOnlyInternetGateway {
    /// This object as EC2 describes it.
    fn with(self, remote: types::EgressOnlyInternetGateway) -> Self {
        EgressOnlyInternetGateway {
            vpc_id: remote.attachments().first().and_then(|a| a.vpc_id()).unwrap_or_default().to_owned(),
            tags: tag_map(remote.tags),
            id: remote.egress_only_internet_gateway_id.into(),
        }
    }
}
