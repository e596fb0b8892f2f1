//! `aws_internet_gateway`: a VPC's way to the internet.

use super::batch::{PAGE, all_failed, describe_by, filter, one_each, pages};
use super::dependents;
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait};

const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// Provides an internet gateway, attached to a VPC or not.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_internet_gateway", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct InternetGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The VPC the gateway is attached to.
    pub vpc_id: Auto<String>,
    /// The account that owns the gateway.
    pub owner_id: Computed<String>,
    /// The tags of the gateway.
    pub tags: Tags,
}

#[async_trait]
impl Resource for InternetGateway {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = InternetGateway { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let vpc = planned.vpc_id.as_deref().filter(|v| !v.is_empty());
            if let Some(vpc) = vpc {
                attach(aws, &id, vpc).await?;
            }
            read_back(aws, &started, &id, vpc).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        match describe_by(ids, |ids| describe(aws, ids), |g| g.internet_gateway_id()).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default());
                    Ok(remote.map(|remote| state.with(aws, remote.clone())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let vpc = |g: &Self| g.vpc_id.0.clone().filter(|v| !v.is_empty());
        let attached = vpc(&planned).filter(|_| vpc(&prior) != vpc(&planned));
        if vpc(&prior) != vpc(&planned) {
            if let Some(vpc) = vpc(&prior) {
                detach(aws, &id, &vpc, cx.timeout_or(PATIENCE)).await?;
            }
            if let Some(vpc) = &attached {
                attach(aws, &id, vpc).await?;
            }
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id, attached.as_deref()).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let timeout = cx.timeout_or(PATIENCE);
        if let Some(vpc) = state.vpc_id.as_deref().filter(|v| !v.is_empty()) {
            detach(aws, id, vpc, timeout).await?;
        }
        let delete = || {
            aws.call(
                "ec2:DeleteInternetGateway",
                aws.ec2().delete_internet_gateway().internet_gateway_id(id).send(),
            )
        };
        let in_use = |e: &Error| e.has_code(&["DependencyViolation"]);
        match retry_while(timeout, in_use, delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().describe_internet_gateways().max_results(PAGE);
        let found = pages!(aws, "ec2:DescribeInternetGateways", call)?;
        Ok(Some(found.into_iter().map(|g| InternetGateway::empty().with(aws, g)).collect()))
    }
}

impl InternetGateway {
    fn empty() -> InternetGateway {
        InternetGateway {
            id: None.into(),
            arn: None.into(),
            vpc_id: None.into(),
            owner_id: None.into(),
            tags: Tags::new(),
        }
    }

    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, remote: types::InternetGateway) -> InternetGateway {
        let id = remote.internet_gateway_id.clone().unwrap_or_default();
        let owner = remote.owner_id.clone().unwrap_or_default();
        InternetGateway {
            arn: aws.ec2_arn(&owner, &format!("internet-gateway/{id}")).into(),
            vpc_id: remote.attachments().first().and_then(|a| a.vpc_id()).unwrap_or_default().into(),
            owner_id: owner.into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}

async fn create(aws: &Aws, planned: &InternetGateway, cx: &ApplyContext) -> Result<String, Error> {
    let call = (aws.ec2().create_internet_gateway())
        .tag_specifications(creation_tags(ResourceType::InternetGateway, &planned.tags, cx))
        .send();
    let created = aws.call("ec2:CreateInternetGateway", call).await?;
    let id = created.internet_gateway.and_then(|g| g.internet_gateway_id);
    id.ok_or_else(|| Error::new("CreateInternetGateway failed", "The answer has no id."))
}

/// Attaches the gateway; done already by an earlier attempt is no error.
async fn attach(aws: &Aws, id: &str, vpc: &str) -> Result<(), Error> {
    let attach = || {
        let call = aws.ec2().attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send();
        aws.call("ec2:AttachInternetGateway", call)
    };
    match retry_while(PROPAGATION, is_not_found, attach).await {
        Err(e) if e.has_code(&["Resource.AlreadyAssociated"]) => {
            let gateway = describe_one(aws, id).await?;
            let attached = gateway.is_some_and(|g| g.attachments().iter().any(|a| a.vpc_id() == Some(vpc)));
            if attached { Ok(()) } else { Err(e) }
        }
        other => other.map(|_| ()),
    }
}

/// Detaches the gateway, which EC2 refuses as long as the VPC has public addresses in use.
async fn detach(aws: &Aws, id: &str, vpc: &str, timeout: Duration) -> Result<(), Error> {
    let detach = || {
        let call = aws.ec2().detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send();
        aws.call("ec2:DetachInternetGateway", call)
    };
    let in_use = |e: &Error| e.has_code(&["DependencyViolation"]);
    match retry_while(timeout, in_use, detach).await {
        Err(e) if is_not_found(&e) || e.has_code(&["Gateway.NotAttached"]) => Ok(()),
        Err(e) if in_use(&e) => {
            let public = [("vpc-id", vpc), ("association.public-ip", "*")];
            Err(dependents::explain(aws, e, &public).await)
        }
        other => other.map(|_| ()),
    }
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::InternetGateway>, Error> {
    let call =
        aws.ec2().describe_internet_gateways().filters(filter("internet-gateway-id", ids)).max_results(PAGE);
    pages!(aws, "ec2:DescribeInternetGateways", call)
}

async fn describe_one(aws: &Aws, id: &str) -> Result<Option<types::InternetGateway>, Error> {
    let all =
        |ids| one_each(ids, |ids| describe(aws, ids), |g: &types::InternetGateway| g.internet_gateway_id());
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

/// Reads a gateway that has just been changed, and perhaps `attached` to a VPC: then when it is
/// seen as such.
async fn read_back(
    aws: &Aws,
    planned: &InternetGateway,
    id: &str,
    attached: Option<&str>,
) -> Result<InternetGateway, Error> {
    let unseen = |what: &str| {
        Error::new("The internet gateway vanished", format!("{id} is not found{what}.")).code("NotFound")
    };
    let look = || async {
        let gateway = describe_one(aws, id).await?.ok_or_else(|| unseen(""))?;
        let is_attached = |vpc| gateway.attachments().iter().any(|a| a.vpc_id() == Some(vpc));
        if attached.is_none_or(is_attached) { Ok(gateway) } else { Err(unseen(" to be attached")) }
    };
    Ok(planned.clone().with(aws, retry_while(PROPAGATION, is_not_found, look).await?))
}
