//! `aws_dx_gateway`: a router between virtual interfaces and gateways of any region.

use super::PATIENCE;
use super::calls::{is_missing, or_missing, pages, there, wait_for};
use super::tagging::{creation_tags, finish, made_before, tag_map, update_tags};
use crate::Aws;
use crate::client::retry_while;
use crate::ec2::{all_failed, any_asn, created};
use crate::tags::Tags;
use aws_sdk_directconnect::types::{DirectConnectGateway as Remote, DirectConnectGatewayState as State};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};

/// Provides a Direct Connect gateway. It belongs to no region.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_gateway", keep, timeouts(create = "10m", delete = "10m"))]
pub struct DxGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The number of the gateway's autonomous system, a private one.
    #[attr(force_new, validate = any_asn)]
    pub amazon_side_asn: String,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// A name for the gateway.
    pub name: String,
    /// The account that owns the gateway.
    pub owner_account_id: Computed<String>,
    /// The tags of the gateway.
    pub tags: Tags,
}

#[async_trait]
impl Resource for DxGateway {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let made = match cx.repeated {
            true => made_before(all(aws).await?, |g| g.tags(), cx).and_then(|g| g.direct_connect_gateway_id),
            false => None,
        };
        let id = match made {
            Some(id) => id,
            None => {
                let call = (aws.directconnect().create_direct_connect_gateway())
                    .direct_connect_gateway_name(&planned.name)
                    .set_amazon_side_asn(planned.amazon_side_asn.parse().ok())
                    .set_tags(creation_tags(&planned.tags, cx)?);
                let name = "directconnect:CreateDirectConnectGateway";
                let made = aws.call(name, call.send()).await?.direct_connect_gateway;
                created(name, made.and_then(|g| g.direct_connect_gateway_id))?
            }
        };
        let arn = arn(aws, &account, &id);
        let started = DxGateway { id: id.as_str().into(), arn: arn.into(), ..planned };
        let what = format!("Direct Connect gateway {id} to be available");
        let timeout = cx.timeout_or(PATIENCE);
        let made = wait_for(&what, &["available"], false, timeout, state, || find(aws, &id)).await;
        match made.and_then(|g| there(g, "The gateway")) {
            Ok(made) => Ok(started.with(aws, &account, made)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.arn.as_deref()).await;
    }

    /// All gateways of the account are one call for each page; a call for many ids does not exist.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async { Ok::<_, Error>((all(aws).await?, aws.account().await?)) };
        match found.await {
            Ok((found, account)) => (states.into_iter())
                .map(|object| {
                    let wanted = |g: &&Remote| g.direct_connect_gateway_id() == object.id.as_deref();
                    let remote = found.iter().filter(|g| !is_gone(g)).find(wanted).cloned();
                    Ok(remote.map(|remote| object.with(aws, &account, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if prior.name != planned.name {
            let call = (aws.directconnect().update_direct_connect_gateway())
                .direct_connect_gateway_id(prior.id.known()?)
                .new_direct_connect_gateway_name(&planned.name);
            aws.call("directconnect:UpdateDirectConnectGateway", call.send()).await?;
        }
        update_tags(aws, planned.arn.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, object: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = object.id.known()?;
        let timeout = cx.timeout_or(PATIENCE);
        let delete = || {
            let call = aws.directconnect().delete_direct_connect_gateway().direct_connect_gateway_id(id);
            aws.call("directconnect:DeleteDirectConnectGateway", call.send())
        };
        // An interface that another account made and this one accepted may be on its way out, and nothing orders the two.
        match retry_while(timeout, is_in_use, delete).await {
            Err(e) if is_missing(&e) => return Ok(()),
            other => drop(other?),
        }
        let what = format!("Direct Connect gateway {id} to be deleted");
        wait_for(&what, &["deleted"], true, timeout, state, || find(aws, id)).await.map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let found = all(aws).await?.into_iter().filter(|g| !is_gone(g));
        Ok(Some(found.map(|g| Self::default().with(aws, &account, g)).collect()))
    }
}

impl DxGateway {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxGateway {
        let id = remote.direct_connect_gateway_id.unwrap_or_default();
        DxGateway {
            amazon_side_asn: remote.amazon_side_asn.map(|n| n.to_string()).unwrap_or_default(),
            arn: arn(aws, account, &id).into(),
            name: remote.direct_connect_gateway_name.unwrap_or_default(),
            owner_account_id: remote.owner_account.unwrap_or_default().into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}

/// The ARN of a gateway, which has no region.
pub(super) fn arn(aws: &Aws, account: &str, id: &str) -> String {
    format!("arn:{}:directconnect::{account}:dx-gateway/{id}", aws.partition())
}

/// Whether a gateway is not deleted since something is attached to it. Direct Connect has one code for all errors of callers.
fn is_in_use(error: &Error) -> bool {
    let says = |what: &str| error.detail.to_lowercase().contains(what);
    error.has_code(&["DirectConnectClientException"]) && (says("virtual interface") || says("association"))
}

fn state(gateway: &Remote) -> &str {
    gateway.direct_connect_gateway_state().map_or("unknown", |s| s.as_str())
}

fn is_gone(gateway: &Remote) -> bool {
    matches!(gateway.direct_connect_gateway_state(), Some(State::Deleted | State::Deleting))
}

/// All gateways of the account.
pub(super) async fn all(aws: &Aws) -> Result<Vec<Remote>, Error> {
    let call = || aws.directconnect().describe_direct_connect_gateways();
    pages!(aws, "directconnect:DescribeDirectConnectGateways", call(), direct_connect_gateways)
}

/// The gateways of the account that are there to stay.
pub(super) async fn living(aws: &Aws) -> Result<Vec<Remote>, Error> {
    let mut found = all(aws).await?;
    found.retain(|g| !is_gone(g));
    Ok(found)
}

async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let call = aws.directconnect().describe_direct_connect_gateways().direct_connect_gateway_id(id).send();
    let found = or_missing(aws.call("directconnect:DescribeDirectConnectGateways", call).await)?;
    Ok(found.and_then(|f| f.direct_connect_gateways?.into_iter().next()))
}
